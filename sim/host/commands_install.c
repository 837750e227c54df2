/* SPDX-License-Identifier: MIT */
/*
 * install: GNU coreutils 8.22 in options, words and exit codes. A file that is there is taken away first, so the new one has an
 * inode of its own: made with mode 0600, filled, then given its owner, its mode, and with -p its time.
 */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

struct install {
    struct program *p;
    const char *target_dir, *mode_text, *owner_text, *group_text, *suffix;
    unsigned mode, uid, gid;
    bool dirs, leading, no_target_dir, backup, preserve, verbose, compare;
    int status;
};

static void told(struct install *in, const char *fmt, ...) PRINTF(2, 3);
static void told(struct install *in, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;

    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    in->status = complain(in->p, 1, "%s", str_text(&text));
}

/* ---- owner and mode ---- */

static bool give_attributes(struct install *in, const char *to)
{
    int error = in->uid == NO_ID && in->gid == NO_ID ? 0 : fs_chown(in->p, to, in->uid, in->gid, NO_FOLLOW);

    if (error)
        return told(in, "cannot change ownership of '%s': %s", to, strerror(error)), false;
    error = fs_chmod(in->p, to, in->mode);
    if (error)
        told(in, "cannot change permissions of '%s': %s", to, strerror(error));
    return !error;
}

static bool names_good(struct install *in)
{
    struct os_user user;

    if (in->owner_text && os_user_find(in->p->m->w, in->p->m->server, in->owner_text, &user))
        in->uid = user.uid;
    else if (in->owner_text && !id_parse(in->owner_text, &in->uid))
        return told(in, "invalid user '%s'", in->owner_text), false;
    if (in->group_text && !os_group_find(in->p->m, in->group_text, &in->gid) && !id_parse(in->group_text, &in->gid))
        return told(in, "invalid group '%s'", in->group_text), false;
    in->mode = 0755;
    if (in->mode_text && !mode_change(in->p, in->mode_text, in->dirs, 0, &in->mode))
        return told(in, "invalid mode '%s'", in->mode_text), false;
    return true;
}

/* ---- directories ---- */

/* All of a path that is missing, with mode 0755; those on the way say so, too. */
static bool make_dirs(struct install *in, const char *path)
{
    struct program *p = in->p;

    for (const char *at = path + strspn(path, "/"); *at; at += strspn(at, "/")) {
        at += strcspn(at, "/");
        const char *dir = arena_dupn(&p->m->arena, path, (size_t)(at - path));
        struct place place = place_find(p, dir, FOLLOW);
        int error = place.file ? place.file->kind == FILE_DIR ? 0 : EEXIST : fs_mkdir(p, dir, 0755);

        if (error)
            return told(in, "cannot create directory '%s': %s", dir, strerror(error)), false;
        if (!place.file && in->verbose)
            sayf(p, "%s: creating directory '%s'\n", path_base(p->argv[0]), dir);
    }
    return true;
}

static void install_dir(struct install *in, const char *path)
{
    if (make_dirs(in, path))
        give_attributes(in, path);
}

/* ---- files ---- */

/* -C: content, owner and mode are what they are to be. */
static bool is_same(struct install *in, const struct file *from, const struct file *to)
{
    unsigned uid = in->uid == NO_ID ? in->p->cred.uid : in->uid, gid = in->gid == NO_ID ? in->p->cred.gid : in->gid;

    return to && to->kind == FILE_REGULAR && from->kind == FILE_REGULAR && to->size == from->size && to->mode == in->mode &&
           to->uid == uid && to->gid == gid &&
           (from->size == 0 || (from->data && to->data && memcmp(from->data, to->data, from->size) == 0));
}

/* Makes room for the new file; false: told. *ret_saved is where the old one went with -b. */
static bool clear_way(struct install *in, const char *from, const char *to, const char **ret_saved)
{
    const char *saved = arena_printf(&in->p->m->arena, "%s%s", to, in->suffix);
    const struct file *source = place_find(in->p, from, FOLLOW).file;

    if (in->backup && source && source == place_find(in->p, saved, NO_FOLLOW).file)
        return told(in, "backing up '%s' would destroy source;  '%s' not copied", to, from), false;
    int error = in->backup ? fs_rename(in->p, to, saved) : fs_unlink(in->p, to);

    if (error)
        return told(in, in->backup ? "cannot backup '%s': %s" : "cannot remove '%s': %s", to, strerror(error)), false;
    if (in->backup)
        *ret_saved = saved;
    else if (in->verbose)
        sayf(in->p, "removed '%s'\n", to);
    return true;
}

static void install_file(struct install *in, const char *from, const char *to)
{
    struct program *p = in->p;
    struct place source = place_find(p, from, FOLLOW), target = place_find(p, to, NO_FOLLOW);
    unsigned umask = p->umask;
    const char *data, *saved = NULL;
    int error = fs_read(p, from, &data, &(size_t){0});
    size_t n = source.file && source.file->data ? source.file->size : 0;
    int64_t when = source.file ? source.file->mtime_ms : 0;

    if (source.error && !is_null_device(source.path)) {
        told(in, "cannot stat '%s': %s", from, strerror(source.error));
    } else if (source.file && source.file->kind == FILE_DIR) {
        told(in, "omitting directory '%s'", from);
    } else if (error) {
        told(in, "cannot open '%s' for reading: %s", from, strerror(error));
    } else if (source.file && source.file == target.file) {
        told(in, "'%s' and '%s' are the same file", from, to);
    } else if (target.file && target.file->kind == FILE_DIR) {
        told(in, "cannot overwrite directory '%s' with non-directory", to);
    } else if (!(in->compare && source.file && is_same(in, source.file, target.file)) &&
               (!target.file || clear_way(in, from, to, &saved))) {
        p->umask = 0177;
        error = fs_write_lasting(p, to, data, n);
        p->umask = umask;
        if (error) {
            told(in, "cannot create regular file '%s': %s", to, strerror(error));
            return;
        }
        if (in->verbose && saved)
            sayf(p, "'%s' -> '%s' (backup: '%s')\n", from, to, saved);
        else if (in->verbose)
            sayf(p, "'%s' -> '%s'\n", from, to);
        if (in->preserve && source.file)
            fs_utimes(p, to, when);
        give_attributes(in, to);
    }
}

/* ---- operands ---- */

static int install_files(struct install *in, int at)
{
    struct program *p = in->p;
    int last = in->target_dir ? p->argc : p->argc - 1;
    const char *target = in->target_dir ? in->target_dir : p->argv[last];

    if (!in->target_dir && p->argc - at < 2) {
        complain(p, 1, "missing destination file operand after '%s'", p->argv[at]);
        return usage_hint(p);
    }
    if (in->leading && in->target_dir && !make_dirs(in, target))
        return 1;
    if (!in->no_target_dir && names_dir(p, target)) {
        for (int i = at; i < last; i++)
            install_file(in, p->argv[i], path_join(&p->m->arena, target, path_base(path_trimmed(p, p->argv[i]))));
        return in->status;
    }
    if (in->target_dir || (last - at > 1 && !in->no_target_dir))
        return complain(p, 1, "target '%s' is not a directory", target);
    if (last - at > 1) {
        complain(p, 1, "extra operand '%s'", p->argv[at + 2]);
        return usage_hint(p);
    }
    const char *dir = path_trimmed(p, target);
    size_t n = (size_t)(path_base(dir) - dir);
    if (in->leading && n > 1 && !make_dirs(in, arena_dupn(&p->m->arena, dir, n - 1)))
        return 1;
    install_file(in, p->argv[at], target);
    return in->status;
}

int run_install(struct program *p)
{
    static const struct option_spec spec = {"bcCdDg:m:o:pS:t:Tv",
                                            "compare=C directory=d group=g mode=m owner=o preserve-timestamps=p suffix=S "
                                            "target-directory=t no-target-directory=T verbose=v",
                                            true};
    struct options o = {.p = p, .spec = &spec};
    struct install in = {.p = p, .uid = NO_ID, .gid = NO_ID, .suffix = "~"};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        in.backup |= letter == 'b' || letter == 'S';
        in.compare |= letter == 'C';
        in.dirs |= letter == 'd';
        in.leading |= letter == 'D';
        in.preserve |= letter == 'p';
        in.no_target_dir |= letter == 'T';
        in.verbose |= letter == 'v';
        in.group_text = letter == 'g' ? value : in.group_text;
        in.owner_text = letter == 'o' ? value : in.owner_text;
        in.mode_text = letter == 'm' ? value : in.mode_text;
        in.suffix = letter == 'S' ? value : in.suffix;
        in.target_dir = letter == 't' ? value : in.target_dir;
    }
    if (o.failed || !names_good(&in))
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "file operand");
    if (!in.dirs)
        return install_files(&in, o.at);
    for (int i = o.at; i < p->argc; i++)
        install_dir(&in, path_trimmed(p, p->argv[i]));
    return in.status;
}
