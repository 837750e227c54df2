/* SPDX-License-Identifier: MIT */
/* Programs that copy, move, make and remove files: GNU coreutils 8.22 in options, words and exit codes. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

#define HINT(letters, longs)                                                                                                   \
    {                                                                                                                          \
        letters, longs, true                                                                                                   \
    }

static struct place look(struct program *p, const char *name)
{
    return place_find(p, name, FOLLOW);
}

static bool is_dir(struct program *p, const char *name)
{
    struct place at = look(p, name);

    return at.file && at.file->kind == FILE_DIR;
}

/* Without the slashes at its end. */
static const char *trimmed(struct program *p, const char *name)
{
    size_t n = strlen(name);

    while (n > 1 && name[n - 1] == '/')
        n--;
    return arena_dupn(&p->m->arena, name, n);
}

/* ---- cp and mv: sources, then a target ---- */

struct transfer {
    struct program *p;
    const char *target_dir; /* -t */
    bool recursive, preserve, force, no_clobber, verbose, no_target_dir, move;
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
    fs_chown(p, to, from->uid, from->gid, NO_FOLLOW);
    if (from->kind != FILE_LINK)
        fs_chmod(p, to, from->mode);
    at.file->mtime_ms = from->mtime_ms; /* utimes of a file just made: no fact of its own */
}

static void copy_file(struct transfer *t, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place source = look(p, from), target = look(p, to);
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
    target = look(p, to);
    if (fresh && source.file && target.file && !is_null_device(target.path))
        target.file->mode = source.file->mode & 0777 & ~p->umask;
    if (t->preserve && source.file)
        keep_attributes(t, source.file, to);
}

static void copy_any(struct transfer *t, const char *from, const char *to);

static void copy_dir(struct transfer *t, const struct file *dir, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place target = look(p, to);
    int error = target.file ? target.file->kind == FILE_DIR ? 0 : EEXIST : fs_mkdir(p, to, dir->mode & 0777 & ~p->umask);

    if (error == EEXIST) {
        told(t, "cannot overwrite non-directory '%s' with directory '%s'", to, from);
        return;
    }
    target = look(p, to);
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
    if (t->preserve)
        keep_attributes(t, dir, to);
}

static void copy_any(struct transfer *t, const char *from, const char *to)
{
    struct program *p = t->p;
    struct place source = place_find(p, from, !t->recursive);

    if (source.error)
        told(t, "cannot stat '%s': %s", from, strerror(source.error));
    else if (source.file->kind == FILE_DIR && !t->recursive)
        told(t, "omitting directory '%s'", from);
    else if (source.file->kind == FILE_DIR)
        copy_dir(t, source.file, from, to);
    else if (source.file->kind == FILE_LINK)
        fs_symlink(p, source.file->data ? source.file->data : "", to);
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
    struct place target = look(t->p, to);

    if (t->no_clobber && target.file)
        return;
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
    if (!t->no_target_dir && is_dir(p, target)) {
        for (int i = o->at; i < last; i++)
            transfer_one(t, p->argv[i], path_join(&p->m->arena, target, path_base(trimmed(p, p->argv[i]))));
    } else if (t->target_dir || last - o->at > 1) {
        return complain(p, 1, "target '%s' is not a directory", target);
    } else {
        transfer_one(t, p->argv[o->at], trimmed(p, target));
    }
    return t->status;
}

int run_cp(struct program *p)
{
    static const struct option_spec spec =
        HINT("adfHilLnpPrRst:Tuvx", "archive=a force=f interactive=i no-clobber=n recursive=r target-directory=t "
                                    "no-target-directory=T verbose=v preserve=p");
    struct options o = {.p = p, .spec = &spec};
    struct transfer t = {.p = p};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        t.recursive |= letter == 'a' || letter == 'r' || letter == 'R';
        t.preserve |= letter == 'a' || letter == 'p';
        t.force |= letter == 'f';
        t.no_clobber |= letter == 'n';
        t.verbose |= letter == 'v';
        t.no_target_dir |= letter == 'T';
        t.target_dir = letter == 't' ? value : t.target_dir;
    }
    return o.failed ? 1 : transfer(&t, &o);
}

int run_mv(struct program *p)
{
    static const struct option_spec spec =
        HINT("bfint:Tuv", "force=f interactive=i no-clobber=n target-directory=t no-target-directory=T verbose=v");
    struct options o = {.p = p, .spec = &spec};
    struct transfer t = {.p = p, .move = true};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        t.no_clobber = letter == 'n' || (t.no_clobber && letter != 'f');
        t.verbose |= letter == 'v';
        t.no_target_dir |= letter == 'T';
        t.target_dir = letter == 't' ? value : t.target_dir;
    }
    return o.failed ? 1 : transfer(&t, &o);
}

/* ---- rm, rmdir, mkdir ---- */

int run_rm(struct program *p)
{
    static const struct option_spec spec = HINT("dfiIrRv", "force=f recursive=r interactive=i dir=d verbose=v");
    struct options o = {.p = p, .spec = &spec};
    bool force = false, recursive = false, verbose = false, dirs = false;
    const char *value, *where;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        force |= letter == 'f';
        recursive |= letter == 'r' || letter == 'R';
        dirs |= letter == 'd';
        verbose |= letter == 'v';
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return force ? 0 : usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++) {
        const char *name = trimmed(p, p->argv[i]), *base = path_base(name);
        struct place at = place_find(p, name, NO_FOLLOW);
        bool dir = at.file && at.file->kind == FILE_DIR;
        int error;

        where = name;
        if (strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
            status = complain(p, 1, "refusing to remove '.' or '..' directory: skipping '%s'", name);
            continue;
        }
        if (dir && strcmp(at.path, "/") == 0) {
            status = complain(p, 1, "it is dangerous to operate recursively on '/'");
            str_add(p->io.err, "rm: use --no-preserve-root to override this failsafe\n");
            continue;
        }
        if (dir && !recursive && !dirs) {
            status = complain(p, 1, "cannot remove '%s': Is a directory", name);
            continue;
        }
        error = dir && recursive ? fs_remove_tree(p, name, &where) : dir ? fs_rmdir(p, name) : fs_unlink(p, name);
        if (error && !(force && error == ENOENT))
            status = complain(p, 1, "cannot remove '%s': %s", where, strerror(error));
        else if (!error && verbose)
            sayf(p, "removed '%s'\n", name);
    }
    return status;
}

int run_rmdir(struct program *p)
{
    static const struct option_spec spec = HINT("pv", "parents=p verbose=v ignore-fail-on-non-empty=v");
    struct options o = {.p = p, .spec = &spec};
    const char *value;
    int status = 0, error;

    while (options_next(&o, &value))
        ;
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++) {
        error = fs_rmdir(p, trimmed(p, p->argv[i]));
        if (error)
            status = complain(p, 1, "failed to remove '%s': %s", p->argv[i], strerror(error));
    }
    return status;
}

static int make_parents(struct program *p, const char *name, unsigned mode)
{
    const char *at = name;
    int error = 0;

    while (!error && *at) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        if (!is_dir(p, arena_dupn(&p->m->arena, name, (size_t)(at - name))))
            error = fs_mkdir(p, arena_dupn(&p->m->arena, name, (size_t)(at - name)),
                             at[strspn(at, "/")] ? (0777 & ~p->umask) | 0300 : mode);
    }
    return error;
}

static bool mode_change(struct program *p, const char *text, bool dir, unsigned old, unsigned *ret);

int run_mkdir(struct program *p)
{
    static const struct option_spec spec = HINT("m:pv", "mode=m parents=p verbose=v");
    struct options o = {.p = p, .spec = &spec};
    unsigned mode = 0777 & ~p->umask;
    const char *value;
    bool parents = false;
    int letter, status = 0, error;

    while ((letter = options_next(&o, &value))) {
        parents |= letter == 'p';
        if (letter == 'm' && !mode_change(p, value, true, 0777, &mode))
            return complain(p, 1, "invalid mode '%s'", value);
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++) {
        const char *name = trimmed(p, p->argv[i]);

        error = parents ? make_parents(p, name, mode) : fs_mkdir(p, name, mode);
        if (error)
            status = complain(p, 1, "cannot create directory '%s': %s", name, strerror(error));
    }
    return status;
}

/* ---- touch, ln ---- */

int run_touch(struct program *p)
{
    static const struct option_spec spec = HINT("acd:hmr:t:", "no-create=c date=d reference=r");
    struct options o = {.p = p, .spec = &spec};
    int64_t when = -1;
    const char *value;
    bool no_create = false;
    int letter, status = 0, error;

    while ((letter = options_next(&o, &value))) {
        no_create |= letter == 'c';
        if (letter == 'r') {
            struct place like = look(p, value);

            if (like.error)
                return complain(p, 1, "failed to get attributes of '%s': %s", value, strerror(like.error));
            when = like.file->mtime_ms;
        } else if (letter == 'd' && !time_parse(value, &when, NULL)) {
            return complain(p, 1, "invalid date format '%s'", value);
        }
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "file operand");
    for (int i = o.at; i < p->argc; i++) {
        struct place at = look(p, p->argv[i]);

        if (at.error == ENOENT && no_create)
            continue;
        error = at.error ? fs_append(p, p->argv[i], "", 0) : 0;
        if (!error && (!at.error || when >= 0))
            error = fs_utimes(p, p->argv[i], when >= 0 ? when : p->m->now_ms);
        if (error)
            status =
                complain(p, 1, at.error ? "cannot touch '%s': %s" : "setting times of '%s': %s", p->argv[i], strerror(error));
    }
    return status;
}

int run_ln(struct program *p)
{
    static const struct option_spec spec = HINT("fnsTv", "force=f symbolic=s no-dereference=n no-target-directory=T");
    struct options o = {.p = p, .spec = &spec};
    bool force = false, symbolic = false, no_follow = false;
    const char *value, *name;
    int letter, error;

    while ((letter = options_next(&o, &value))) {
        force |= letter == 'f';
        symbolic |= letter == 's';
        no_follow |= letter == 'n' || letter == 'T';
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "file operand");
    name = p->argc - o.at > 1 ? p->argv[p->argc - 1] : path_base(p->argv[o.at]);
    if (is_dir(p, name) && !(no_follow && place_find(p, name, NO_FOLLOW).file->kind == FILE_LINK))
        name = path_join(&p->m->arena, name, path_base(trimmed(p, p->argv[o.at])));
    if (!symbolic) /* the tree has one name for each file */
        return complain(p, 1, "failed to create hard link '%s' => '%s': Operation not permitted", name, p->argv[o.at]);
    if (force && place_find(p, name, NO_FOLLOW).file)
        fs_unlink(p, name);
    error = fs_symlink(p, p->argv[o.at], name);
    return error ? complain(p, 1, "failed to create symbolic link '%s': %s", name, strerror(error)) : 0;
}

/* ---- chmod, chown ---- */

/* "u+rwx", "go-w", "a=r", "+x". Returns what follows the clause, NULL when it is none. */
static const char *mode_clause(struct program *p, const char *s, bool dir, unsigned *mode)
{
    unsigned who = 0;

    for (; *s && strchr("ugoa", *s); s++)
        who |= *s == 'u' ? 04700u : *s == 'g' ? 02070u : *s == 'o' ? 01007u : 07777u;
    if (!*s || !strchr("+-=", *s))
        return NULL;
    while (*s && strchr("+-=", *s)) {
        char op = *s++;
        unsigned bits = 0, mask = who ? who : 07777 & ~p->umask;

        for (; *s && strchr("rwxXst", *s); s++)
            bits |= *s == 'r'                          ? 0444u
                    : *s == 'w'                        ? 0222u
                    : *s == 's'                        ? 06000u
                    : *s == 't'                        ? 01000u
                    : *s == 'x' || dir || *mode & 0111 ? 0111u
                                                       : 0u;
        bits &= mask;
        *mode = op == '+' ? *mode | bits : op == '-' ? *mode & ~bits : (*mode & ~(who ? who : 07777u)) | bits;
    }
    return s;
}

static bool mode_change(struct program *p, const char *text, bool dir, unsigned old, unsigned *ret)
{
    unsigned mode = old;

    if (isdigit((unsigned char)*text)) {
        if (strspn(text, "01234567") != strlen(text) || strlen(text) > 5)
            return false;
        *ret = (unsigned)strtoul(text, NULL, 8) & 07777;
        return true;
    }
    for (;;) {
        text = mode_clause(p, text, dir, &mode);
        if (!text)
            return false;
        if (*text == '\0')
            break;
        if (*text++ != ',')
            return false;
    }
    *ret = mode;
    return true;
}

struct change { /* of mode or owner, perhaps of a whole tree */
    struct program *p;
    const char *mode;
    unsigned uid, gid;
    bool recursive, quiet;
    int status;
};

static void change_one(struct change *c, const char *name)
{
    struct program *p = c->p;
    struct place at = place_find(p, name, !c->recursive);
    unsigned mode = 0;
    int error = at.error;

    if (error) {
        c->status = complain(p, 1, "cannot access '%s': %s", name, strerror(error));
        return;
    }
    if (c->mode && at.file->kind != FILE_LINK) {
        mode_change(p, c->mode, at.file->kind == FILE_DIR, at.file->mode, &mode);
        error = fs_chmod(p, name, mode);
        if (error)
            c->status = complain(p, 1, "changing permissions of '%s': %s", name, strerror(error));
    } else if (!c->mode) {
        error = fs_chown(p, name, c->uid, c->gid, !c->recursive);
        if (error)
            c->status = complain(p, 1, "changing ownership of '%s': %s", name, strerror(error));
    }
    if (!c->recursive || at.file->kind != FILE_DIR)
        return;
    for (struct file *child = dir_next(at.file, NULL); child; child = dir_next(at.file, child))
        change_one(c, path_join(&p->m->arena, name, path_base(child->path)));
}

/* Modes look like options ("chmod -x"): they are taken apart by hand. */
int run_chmod(struct program *p)
{
    struct change c = {.p = p};
    unsigned probe;
    int at = 1;

    for (; at < p->argc && p->argv[at][0] == '-' && !strchr("rwxXst", p->argv[at][1]); at++) {
        if (strcmp(p->argv[at], "-R") == 0 || strcmp(p->argv[at], "--recursive") == 0)
            c.recursive = true;
        else if (strspn(p->argv[at] + 1, "cfv") != strlen(p->argv[at]) - 1)
            return complain(p, 1, "unrecognized option '%s'\nTry 'chmod --help' for more information.", p->argv[at]);
    }
    if (at >= p->argc)
        return usage_missing(p, "operand");
    c.mode = p->argv[at++];
    if (!mode_change(p, c.mode, false, 0, &probe)) {
        complain(p, 1, "invalid mode: '%s'", c.mode);
        str_add(p->io.err, "Try 'chmod --help' for more information.\n");
        return 1;
    }
    if (at >= p->argc)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", c.mode));
    for (; at < p->argc; at++)
        change_one(&c, trimmed(p, p->argv[at]));
    return c.status;
}

static bool parse_owner(struct program *p, const char *text, unsigned *uid, unsigned *gid)
{
    size_t n = strcspn(text, ":");
    const char *user = arena_dupn(&p->m->arena, text, n), *group = text[n] ? text + n + 1 : NULL;
    struct os_user account;

    *uid = *gid = NO_ID;
    if (*user && os_user_find(p->m->w, p->m->server, user, &account)) {
        *uid = account.uid;
        *gid = group && !*group ? account.gid : NO_ID;
    } else if (*user && !id_parse(user, uid)) {
        return complain(p, 1, "invalid user: '%s'", text), false;
    }
    if (group && *group && !os_group_find(p->m, group, gid) && !id_parse(group, gid))
        return complain(p, 1, *user ? "invalid group: '%s'" : "invalid group: '%s'", text), false;
    return true;
}

int run_chown(struct program *p)
{
    static const struct option_spec spec = HINT("cfhRv", "recursive=R no-dereference=h");
    struct options o = {.p = p, .spec = &spec};
    struct change c = {.p = p};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value)))
        c.recursive |= letter == 'R';
    if (o.failed)
        return 1;
    if (p->argc - o.at < 1)
        return usage_missing(p, "operand");
    if (p->argc - o.at < 2)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", p->argv[o.at]));
    if (!parse_owner(p, p->argv[o.at], &c.uid, &c.gid))
        return 1;
    for (int i = o.at + 1; i < p->argc; i++)
        change_one(&c, trimmed(p, p->argv[i]));
    return c.status;
}
