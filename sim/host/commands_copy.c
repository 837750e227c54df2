/* SPDX-License-Identifier: MIT */
/* cp and mv, whose operands are sources, then a target: GNU coreutils 8.22 in options, words and exit codes. */
#include "sim/host/commands.h"

struct transfer {
    struct program *p;
    const char *target_dir; /* -t */
    bool recursive, keep_mode, keep_owner, keep_time, follow, update, force, no_clobber, verbose, no_target_dir, move;
    int status;
};

static void told(struct transfer *t, const char *fmt, ...) PRINTF(2, 3);
static void told(struct transfer *t, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;

    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    t->status = complain(t->p, 1, "%s", str_text(&text));
}

static void keep_attributes(struct transfer *t, const struct file *from, const char *to)
{
    struct program *p = t->p;
    struct place at = place_find(p, to, from->kind != FILE_LINK);

    if (!at.file)
        return;
    if (t->keep_owner)
        fs_chown(p, to, from->uid, from->gid, NO_FOLLOW);
    if (t->keep_mode && from->kind != FILE_LINK)
        fs_chmod(p, to, from->mode);
    if (t->keep_time)
        at.file->mtime_ms = from->mtime_ms; /* utimes of a file just made: no fact of its own */
}

/* What --preserve names: "mode,timestamps"; without a list what -p keeps. */
static bool take_kept(struct transfer *t, const char *list)
{
    static const struct {
        const char *name;
        bool mode, owner, time;
    } words[] = {
        {"mode",       true,  false, false},
        {"ownership",  false, true,  false},
        {"timestamps", false, false, true },
        {"all",        true,  true,  true },
        {"links",      false, false, false},
        {"xattr",      false, false, false},
        {"context",    false, false, false},
    };

    for (list = list ? list : "mode,ownership,timestamps"; *list; list += *list == ',') {
        size_t n = strcspn(list, ","), i = 0;

        while (i < COUNT(words) && !(strlen(words[i].name) == n && strncmp(words[i].name, list, n) == 0))
            i++;
        if (i == COUNT(words)) {
            told(t,
                 "invalid argument '%.*s' for '--preserve'\nValid arguments are:\n  - 'mode'\n  - 'timestamps'\n  - "
                 "'ownership'\n  - 'links'\n  - 'context'\n  - 'xattr'\n  - 'all'\nTry 'cp --help' for more information.",
                 (int)n, list);
            return false;
        }
        t->keep_mode |= words[i].mode;
        t->keep_owner |= words[i].owner;
        t->keep_time |= words[i].time;
        list += n;
    }
    return true;
}

static void copy_file(struct transfer *t, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place source = place_find(p, from, FOLLOW), target = place_find(p, to, FOLLOW);
    const char *data;
    bool fresh = !target.file;
    size_t n;
    int error = fs_read(p, from, &data, &n);

    if (error) {
        told(t, "cannot open '%s' for reading: %s", from, strerror(error));
        return;
    }
    if (source.file == target.file && source.file) {
        told(t, "'%s' and '%s' are the same file", from, to);
        return;
    }
    error = fs_write_lasting(p, to, data, n);
    if (error == EACCES && t->force && !fresh && fs_unlink(p, to) == 0) {
        fresh = true;
        error = fs_write_lasting(p, to, data, n);
    }
    if (error) {
        told(t, "cannot create regular file '%s': %s", to, strerror(error));
        return;
    }
    target = place_find(p, to, FOLLOW);
    if (fresh && source.file && target.file && !is_null_device(target.path))
        target.file->mode = source.file->mode & 0777 & ~p->umask;
    if (source.file)
        keep_attributes(t, source.file, to);
}

static void copy_any(struct transfer *t, const char *from, const char *to);

static void copy_dir(struct transfer *t, const struct file *dir, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place target = place_find(p, to, FOLLOW);
    int error = target.file ? target.file->kind == FILE_DIR ? 0 : EEXIST : fs_mkdir(p, to, dir->mode & 0777 & ~p->umask);

    if (error == EEXIST) {
        told(t, "cannot overwrite non-directory '%s' with directory '%s'", to, from);
        return;
    }
    target = place_find(p, to, FOLLOW);
    if (error || !target.file) {
        told(t, "cannot create directory '%s': %s", to, strerror(error ? error : ENOENT));
        return;
    }
    if (target.file == dir || text_starts(target.path, path_join(&p->m->arena, dir->path, ""))) {
        told(t, "cannot copy a directory, '%s', into itself, '%s'", from, to);
        return;
    }
    if (!may(&p->cred, dir, 5)) {
        told(t, "cannot access '%s': Permission denied", from);
        return;
    }
    for (struct file *at = dir_next(dir, NULL); at; at = dir_next(dir, at))
        copy_any(t, path_join(&p->m->arena, from, path_base(at->path)), path_join(&p->m->arena, to, path_base(at->path)));
    keep_attributes(t, dir, to);
}

static void copy_link(struct transfer *t, const struct file *link, const char *from, const char *to)
{
    struct place there = place_find(t->p, to, NO_FOLLOW);
    int error = there.file == link ? EEXIST : there.file && there.file->kind != FILE_DIR ? fs_unlink(t->p, to) : 0;

    if (there.file == link)
        told(t, "'%s' and '%s' are the same file", from, to);
    else if (error)
        told(t, "cannot remove '%s': %s", to, strerror(error));
    else if ((error = fs_symlink(t->p, link->data ? link->data : "", to)) != 0)
        told(t, "cannot create symbolic link '%s': %s", to, strerror(error));
    else
        keep_attributes(t, link, to);
}

static void copy_any(struct transfer *t, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place source = place_find(p, from, t->follow);

    if (source.error)
        told(t, "cannot stat '%s': %s", from, strerror(source.error));
    else if (source.file->kind == FILE_DIR && !t->recursive)
        told(t, "omitting directory '%s'", from);
    else if (source.file->kind == FILE_DIR)
        copy_dir(t, source.file, from, to);
    else if (source.file->kind == FILE_LINK)
        copy_link(t, source.file, from, to);
    else
        copy_file(t, from, to);
    if (t->verbose && !t->status)
        sayf(p, "'%s' -> '%s'\n", from, to);
}

static void move_any(struct transfer *t, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place source = place_find(p, from, NO_FOLLOW), target = place_find(p, to, NO_FOLLOW);
    int error;

    if (source.error) {
        told(t, "cannot stat '%s': %s", from, strerror(source.error));
        return;
    }
    if (source.file == target.file) {
        told(t, "'%s' and '%s' are the same file", from, to);
        return;
    }
    if (target.file && target.file->kind == FILE_DIR && source.file->kind != FILE_DIR) {
        told(t, "cannot overwrite directory '%s' with non-directory", to);
        return;
    }
    if (target.file && target.file->kind != FILE_DIR && source.file->kind == FILE_DIR) {
        told(t, "cannot overwrite non-directory '%s' with directory '%s'", to, from);
        return;
    }
    error = fs_rename(p, from, to);
    if (error == EINVAL)
        told(t, "cannot move '%s' to a subdirectory of itself, '%s'", from, to);
    else if (error)
        told(t, "cannot move '%s' to '%s': %s", from, to, strerror(error));
    else if (t->verbose)
        sayf(p, "'%s' -> '%s'\n", from, to);
}

static void transfer_one(struct transfer *t, const char *from, const char *to)
{
    struct place target = place_find(t->p, to, FOLLOW);

    if (t->no_clobber && target.file)
        return;
    if (t->update && target.file && target.file->kind != FILE_DIR) {
        struct place source = place_find(t->p, from, FOLLOW);

        if (source.file && source.file->mtime_ms <= target.file->mtime_ms)
            return;
    }
    if (t->move)
        move_any(t, from, to);
    else
        copy_any(t, from, to);
}

static int transfer(struct transfer *t, struct options *o)
{
    struct program *p = t->p;
    int last = t->target_dir ? p->argc : p->argc - 1;
    const char *target;

    if (o->at >= p->argc)
        return usage_missing(p, "file operand");
    if (!t->target_dir && p->argc - o->at < 2) {
        complain(p, 1, "missing destination file operand after '%s'", p->argv[o->at]);
        str_addf(p->io.err, "Try '%s --help' for more information.\n", path_base(p->argv[0]));
        return 1;
    }
    target = t->target_dir ? t->target_dir : p->argv[last];
    if (!t->no_target_dir && names_dir(p, target)) {
        for (int i = o->at; i < last; i++)
            transfer_one(t, p->argv[i], path_join(&p->m->arena, target, path_base(path_trimmed(p, p->argv[i]))));
    } else if (t->target_dir || last - o->at > 1) {
        return complain(p, 1, "target '%s' is not a directory", target);
    } else {
        transfer_one(t, p->argv[o->at], path_trimmed(p, target));
    }
    return t->status;
}

int run_cp(struct program *p)
{
    static const struct option_spec spec = {"adfiLnpP\1?rRt:Tuvx",
                                            "archive=a force=f interactive=i no-clobber=n recursive=r target-directory=t "
                                            "no-target-directory=T verbose=v preserve=\1 update=u dereference=L "
                                            "no-dereference=P one-file-system=x",
                                            true};
    struct options o = {.p = p, .spec = &spec};
    struct transfer t = {.p = p};
    const char *value;
    bool given = false;
    int letter;

    while ((letter = options_next(&o, &value))) {
        t.recursive |= letter == 'a' || letter == 'r' || letter == 'R';
        t.follow = letter == 'L' || (t.follow && !strchr("adP", letter));
        given |= strchr("adLP", letter) != NULL;
        if ((letter == 'a' || letter == 'p' || letter == '\1') && !take_kept(&t, letter == 'a' ? "all" : value))
            return 1;
        t.force |= letter == 'f';
        t.no_clobber |= letter == 'n';
        t.update |= letter == 'u';
        t.verbose |= letter == 'v';
        t.no_target_dir |= letter == 'T';
        t.target_dir = letter == 't' ? value : t.target_dir;
    }
    t.follow |= !given && !t.recursive;
    return o.failed ? 1 : transfer(&t, &o);
}

int run_mv(struct program *p)
{
    static const struct option_spec spec = {
        "fint:Tuv", "force=f interactive=i no-clobber=n target-directory=t no-target-directory=T update=u verbose=v", true};
    struct options o = {.p = p, .spec = &spec};
    struct transfer t = {.p = p, .move = true};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        t.no_clobber = letter == 'n' || (t.no_clobber && letter != 'f');
        t.update |= letter == 'u';
        t.verbose |= letter == 'v';
        t.no_target_dir |= letter == 'T';
        t.target_dir = letter == 't' ? value : t.target_dir;
    }
    return o.failed ? 1 : transfer(&t, &o);
}
