/* SPDX-License-Identifier: MIT */
/* Programs that make and remove files: GNU coreutils 8.22 in options, words and exit codes. */
#include "sim/host/commands.h"

/* ---- names ---- */

bool names_dir(struct program *p, const char *name)
{
    struct place at = place_find(p, name, FOLLOW);

    return at.file && at.file->kind == FILE_DIR;
}

const char *path_trimmed(struct program *p, const char *name)
{
    size_t n = strlen(name);

    while (n > 1 && name[n - 1] == '/')
        n--;
    return arena_dupn(&p->m->arena, name, n);
}

/* ---- rm, rmdir, mkdir ---- */

struct rm {
    struct program *p;
    bool force, recursive, dirs, verbose;
};

/* Why it is not even tried; the status, or 0. */
static int rm_refuses(const struct rm *rm, const char *name, const struct place *at, bool dir)
{
    struct program *p = rm->p;
    const char *base = path_base(name);

    if (strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return complain(p, 1, "refusing to remove '.' or '..' directory: skipping '%s'", name);
    if (dir && strcmp(at->path, "/") == 0) {
        complain(p, 1, "it is dangerous to operate recursively on '/'");
        str_add(p->io.err, "rm: use --no-preserve-root to override this failsafe\n");
        return 1;
    }
    if (dir && !rm->recursive && !rm->dirs)
        return complain(p, 1, "cannot remove '%s': Is a directory", name);
    return 0;
}

static int rm_one(const struct rm *rm, const char *name)
{
    struct program *p = rm->p;
    struct place at = place_find(p, name, NO_FOLLOW);
    bool dir = at.file && at.file->kind == FILE_DIR;
    const char *where = name;
    int error;

    if (rm_refuses(rm, name, &at, dir) != 0)
        return 1;
    error = dir && rm->recursive ? fs_remove_tree(p, name, &where) : dir ? fs_rmdir(p, name) : fs_unlink(p, name);
    if (error && !(rm->force && error == ENOENT))
        return complain(p, 1, "cannot remove '%s': %s", where, strerror(error));
    if (!error && rm->verbose)
        sayf(p, "removed '%s'\n", name);
    return 0;
}

int run_rm(struct program *p)
{
    static const struct option_spec spec = {"dfiIrRv", "force=f recursive=r interactive=i dir=d verbose=v", true};
    struct options o = {.p = p, .spec = &spec};
    struct rm rm = {.p = p};
    const char *value;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        rm.force |= letter == 'f';
        rm.recursive |= letter == 'r' || letter == 'R';
        rm.dirs |= letter == 'd';
        rm.verbose |= letter == 'v';
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return rm.force ? 0 : usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++)
        status |= rm_one(&rm, path_trimmed(p, p->argv[i]));
    return status;
}

int run_rmdir(struct program *p)
{
    static const struct option_spec spec = {"pv", "parents=p verbose=v ignore-fail-on-non-empty=v", true};
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
        error = fs_rmdir(p, path_trimmed(p, p->argv[i]));
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
        if (!names_dir(p, arena_dupn(&p->m->arena, name, (size_t)(at - name))))
            error = fs_mkdir(p, arena_dupn(&p->m->arena, name, (size_t)(at - name)),
                             at[strspn(at, "/")] ? (0777 & ~p->umask) | 0300 : mode);
    }
    return error;
}

int run_mkdir(struct program *p)
{
    static const struct option_spec spec = {"m:pv", "mode=m parents=p verbose=v", true};
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
        const char *name = path_trimmed(p, p->argv[i]);

        error = parents ? make_parents(p, name, mode) : fs_mkdir(p, name, mode);
        if (error)
            status = complain(p, 1, "cannot create directory '%s': %s", name, strerror(error));
    }
    return status;
}

/* ---- touch, ln ---- */

int run_touch(struct program *p)
{
    static const struct option_spec spec = {"acd:hmr:t:", "no-create=c date=d reference=r", true};
    struct options o = {.p = p, .spec = &spec};
    int64_t when = -1;
    const char *value;
    bool no_create = false;
    int letter, status = 0, error;

    while ((letter = options_next(&o, &value))) {
        no_create |= letter == 'c';
        if (letter == 'r') {
            struct place like = place_find(p, value, FOLLOW);

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
        struct place at = place_find(p, p->argv[i], FOLLOW);

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
    static const struct option_spec spec = {"fnsTv", "force=f symbolic=s no-dereference=n no-target-directory=T", true};
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
    if (names_dir(p, name) && !(no_follow && place_find(p, name, NO_FOLLOW).file->kind == FILE_LINK))
        name = path_join(&p->m->arena, name, path_base(path_trimmed(p, p->argv[o.at])));
    if (!symbolic) /* the tree has one name for each file */
        return complain(p, 1, "failed to create hard link '%s' => '%s': Operation not permitted", name, p->argv[o.at]);
    if (force && place_find(p, name, NO_FOLLOW).file)
        fs_unlink(p, name);
    error = fs_symlink(p, p->argv[o.at], name);
    return error ? complain(p, 1, "failed to create symbolic link '%s': %s", name, strerror(error)) : 0;
}
