/* SPDX-License-Identifier: MIT */
/*
 * Names of files turned into places, as the kernel walks them: every directory on the way must let the program search
 * it, links are followed, and at the end there is a file, or a gap where one could be (path_resolution(7)).
 */
#include "sim/host/machine.h"

#define MAX_LINKS 40 /* as Linux */

/* ---- permissions ---- */

bool in_group(const struct cred *cred, unsigned gid)
{
    if (cred->gid == gid)
        return true;
    for (size_t i = 0; i < cred->n_groups; i++)
        if (cred->groups[i] == gid)
            return true;
    return false;
}

bool may(const struct cred *cred, const struct file *file, unsigned want)
{
    unsigned bits = file->mode & 7;

    if (file->kind == FILE_LINK)
        return true;
    if (cred->uid == 0) /* root reads and writes all, and executes what anybody may execute */
        return !(want & 1) || file->kind == FILE_DIR || file->mode & 0111;
    if (cred->uid == file->uid)
        bits = file->mode >> 6 & 7;
    else if (in_group(cred, file->gid))
        bits = file->mode >> 3 & 7;
    return (bits & want) == want;
}

/* ---- names ---- */

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

const char *path_join(struct arena *arena, const char *dir, const char *name)
{
    AUTO(str_drop) struct str path = {0};

    str_add(&path, dir);
    if (!text_ends(dir, "/"))
        str_addc(&path, '/');
    str_add(&path, name);
    return arena_dupn(arena, path.s, path.len);
}

/* Takes the last part off. */
static void str_up(struct str *path)
{
    while (path->len > 0 && path->s[path->len - 1] != '/')
        path->len--;
    if (path->len > 0)
        path->len--;
    if (path->s)
        path->s[path->len] = '\0';
}

const char *path_absolute(struct arena *arena, const char *cwd, const char *name)
{
    AUTO(str_drop) struct str all = {0}, path = {0};

    str_addf(&all, "%s/%s", *name == '/' ? "" : cwd, name);
    for (const char *at = str_text(&all); *at;) {
        size_t n = strcspn(at, "/");

        if (n == 2 && at[0] == '.' && at[1] == '.') {
            str_up(&path);
        } else if (n > 0 && !(n == 1 && at[0] == '.')) {
            str_addc(&path, '/');
            str_addn(&path, at, n);
        }
        at += n + (at[n] == '/');
    }
    return arena_dup(arena, path.len ? path.s : "/");
}

bool is_null_device(const char *path)
{
    return strcmp(path, "/dev/null") == 0;
}

/* ---- the walk ---- */

struct walk {
    const struct cred *cred;
    const struct tree *tree;
    struct str done, rest; /* what is resolved ("" is the root); what is still to walk */
    size_t at;             /* in rest */
    struct file *dir;      /* what `done` is; NULL when the way there broke off */
    unsigned links;
};

static int broken_off(struct walk *k, int error)
{
    k->dir = NULL;
    return error;
}

/* A link's target takes the place of its name in what is still to walk. */
static int follow_link(struct walk *k, const struct file *link, const char *tail)
{
    AUTO(str_drop) struct str next = {0};

    str_addf(&next, "%.*s%s", (int)link->size, link->data ? link->data : "", tail);
    if (++k->links > MAX_LINKS)
        return broken_off(k, ELOOP);
    if (next.len > TREE_MAX_PATH * 4)
        return broken_off(k, ENAMETOOLONG);
    if (*str_text(&next) == '/') {
        str_clear(&k->done);
        k->dir = k->tree->files;
    }
    str_clear(&k->rest);
    str_add(&k->rest, str_text(&next));
    k->at = 0;
    return 0;
}

static void go_up(struct walk *k)
{
    str_up(&k->done);
    k->dir = tree_find(k->tree, k->done.len ? k->done.s : "/");
}

static void go_into(struct walk *k, const char *path)
{
    str_clear(&k->done);
    str_add(&k->done, path);
}

/* The last part of the name: it may be missing, and only a directory may be called "x/". */
static int arrive(struct walk *k, struct file *file, const char *path, const char *tail, struct file **ret_file)
{
    go_into(k, path);
    *ret_file = file;
    if (!file)
        return ENOENT;
    return *tail == '/' && file->kind != FILE_DIR ? ENOTDIR : 0;
}

/* True when the walk is over; then *ret_error says how. */
static bool walk_part(struct walk *k, bool follow, struct file **ret_file, int *ret_error)
{
    AUTO(str_drop) struct str path = {0};
    const char *part = k->rest.s + k->at, *tail;
    size_t n = strcspn(part, "/");
    struct file *file;
    bool last;

    tail = part + n;
    last = tail[strspn(tail, "/")] == '\0';
    str_addn(&path, str_text(&k->done), k->done.len);
    str_addc(&path, '/');
    str_addn(&path, part, n);
    if (n > 255 || path.len > TREE_MAX_PATH)
        return *ret_error = broken_off(k, ENAMETOOLONG), true;
    file = tree_find(k->tree, str_text(&path));
    if (file && file->kind == FILE_LINK && (!last || follow || *tail == '/'))
        return *ret_error = follow_link(k, file, tail), *ret_error != 0;
    if (last)
        return *ret_error = arrive(k, file, str_text(&path), tail, ret_file), true;
    if (!file || file->kind != FILE_DIR)
        return *ret_error = broken_off(k, file ? ENOTDIR : ENOENT), true;
    go_into(k, str_text(&path));
    k->dir = file;
    k->at += n;
    return false;
}

static int walk(struct walk *k, bool follow, struct file **ret_file)
{
    int error = 0;

    for (;;) {
        const char *part;
        size_t n;

        k->at += strspn(str_text(&k->rest) + k->at, "/");
        part = str_text(&k->rest) + k->at;
        n = strcspn(part, "/");
        if (n == 0) /* the name ends in a directory: "/", "a/.." */
            return *ret_file = k->dir, 0;
        if (!k->dir || k->dir->kind != FILE_DIR)
            return broken_off(k, k->dir ? ENOTDIR : ENOENT);
        if (!may(k->cred, k->dir, 1))
            return broken_off(k, EACCES);
        if (n == 1 && part[0] == '.') {
            k->at += n;
        } else if (n == 2 && part[0] == '.' && part[1] == '.') {
            go_up(k);
            k->at += n;
        } else if (walk_part(k, follow, ret_file, &error)) {
            return error;
        }
    }
}

static struct file *parent_of(const struct tree *tree, const char *path)
{
    AUTO(str_drop) struct str up = {0};

    str_add(&up, path);
    str_up(&up);
    return tree_find(tree, up.len ? up.s : "/");
}

struct place place_walk(const struct cred *cred, const struct tree *tree, struct arena *arena, const char *cwd,
                        const char *name, bool follow)
{
    struct walk k = {.cred = cred, .tree = tree};
    struct place place = {0};

    if (*name == '\0' || strlen(name) > TREE_MAX_PATH)
        return (struct place){.path = name, .error = *name ? ENAMETOOLONG : ENOENT};
    if (*name != '/' && strcmp(cwd, "/") != 0)
        str_add(&k.done, cwd);
    k.dir = tree_find(tree, k.done.len ? k.done.s : "/");
    str_add(&k.rest, name);
    place.error = walk(&k, follow, &place.file);
    place.path = k.dir ? arena_dup(arena, k.done.len ? k.done.s : "/") : path_absolute(arena, cwd, name);
    place.parent = place.file ? parent_of(tree, place.path) : k.dir;
    if (place.error)
        place.file = NULL;
    str_drop(&k.done);
    str_drop(&k.rest);
    return place;
}

struct place place_find(struct program *p, const char *name, bool follow)
{
    struct place at = place_walk(&p->cred, p->m->tree, &p->m->arena, p->cwd, name, follow);
    struct file *kept = at.error == ENOENT && at.parent ? pid_file(p->m, at.path) : NULL;

    if (kept) {
        at.file = kept;
        at.error = 0;
    }
    return at;
}

/* ---- directories ---- */

/* In the tree's order a directory is followed by all that it holds. */
struct file *dir_next(const struct file *dir, struct file *last)
{
    size_t n = strcmp(dir->path, "/") == 0 ? 0 : strlen(dir->path);

    for (struct file *at = last ? last->next : dir->next; at; at = at->next) {
        if (strncmp(at->path, dir->path, n) != 0 || at->path[n] != '/')
            return NULL;
        if (!strchr(at->path + n + 1, '/'))
            return at;
    }
    return NULL;
}

const struct file *host_file(const struct tree *tree, const char *path)
{
    static const struct cred root = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct place at = place_walk(&root, tree, &arena, "/", path, true);
    return at.error ? NULL : at.file;
}
