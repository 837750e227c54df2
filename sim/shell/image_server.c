/* SPDX-License-Identifier: MIT */
/*
 * The server's tree as a layer: what the lab's manifest says, in its order. On a base it also takes away what the base has
 * outside of /usr and the server has not: a Debian's /etc is no Amazon Linux's. What the base's programs cannot do without
 * stays, the same files that `cafelab shell` brings in from this machine.
 */
#include "sim/shell/image_parts.h"
#include "sim/shell/parts.h"

#include <stdlib.h>
#include <string.h>

#define WHITEOUT ".wh."

/* A name that means something else in a layer, or one below it. */
static bool is_reserved(const char *path)
{
    return strstr(path, "/" WHITEOUT) != NULL;
}

static void add_file(struct str *tar, const struct file *f)
{
    static const enum tar_type types[] = {[FILE_DIR] = TAR_DIR, [FILE_LINK] = TAR_LINK, [FILE_REGULAR] = TAR_FILE};
    AUTO(str_drop) struct str path = {0};
    str_addf(&path, "%s%s", f->path[1] ? f->path + 1 : ".", f->kind == FILE_DIR ? "/" : "");
    const struct tar_member m = {
        .path = str_text(&path),
        .type = types[f->kind],
        .mode = f->mode,
        .uid = f->uid,
        .gid = f->gid,
        .mtime_ms = f->mtime_ms,
        .link = f->kind == FILE_LINK ? f->data : NULL,
        .size = f->kind == FILE_REGULAR ? f->size : 0,
    };
    tar_add(tar, &m, f->data);
}

/* ---- what of the base goes ---- */

static bool programs_own(const char *path)
{
    static const char *const places[] = {"/usr",   "/bin",    "/sbin", "/lib",  "/lib32",
                                         "/lib64", "/libx32", "/dev",  "/proc", "/sys"};
    for (size_t i = 0; i < COUNT(places); i++)
        if (text_starts(path, places[i]) && (!path[strlen(places[i])] || path[strlen(places[i])] == '/'))
            return true;
    /* host keys that came with the base are everybody's */
    return root_is_ours(path) && !text_starts(path, "/etc/ssh/") && !text_starts(path, "/run/");
}

/* Sorted: a folder before what is in it. The list is to be freed, the paths are the base's. */
static const char **paths_of(const struct base *b, size_t *ret_n)
{
    const char **list = xcalloc(json_object_size(b->paths) + 1, sizeof(*list)), *path;
    json_t *value;
    *ret_n = 0;
    json_object_foreach(b->paths, path, value) list[(*ret_n)++] = path;
    qsort(list, *ret_n, sizeof(*list), texts_order);
    return list;
}

static void add_whiteout(struct str *tar, const char *path, int64_t mtime_ms)
{
    AUTO(str_drop) struct str name = {0};
    const char *slash = strrchr(path, '/');
    str_addn(&name, path + 1, (size_t)(slash - path));
    str_addf(&name, WHITEOUT "%s", slash + 1);
    tar_add(tar, &(struct tar_member){.path = str_text(&name), .type = TAR_FILE, .mode = 0644, .mtime_ms = mtime_ms}, NULL);
}

static const struct file *parent_of(const struct tree *tree, const char *path)
{
    AUTO(free_text) char *parent = xstrdup(path);
    *strrchr(parent, '/') = 0;
    return tree_find(tree, *parent ? parent : "/");
}

/* The topmost of what goes; where the server has a file or a link instead of a folder, that takes its place by itself. */
static void add_whiteouts(struct str *tar, const struct tree *tree, const struct base *b)
{
    size_t n;
    const char **paths = paths_of(b, &n);
    for (size_t i = 0; i < n; i++) {
        const struct file *parent = programs_own(paths[i]) || is_reserved(paths[i]) ? NULL : parent_of(tree, paths[i]);
        if (parent && parent->kind == FILE_DIR && !tree_find(tree, paths[i]))
            add_whiteout(tar, paths[i], parent->mtime_ms);
    }
    free(paths);
}

void layer_add_server(struct str *tar, const struct tree *tree, const struct base *b, size_t *ret_left_out)
{
    *ret_left_out = 0;
    if (b)
        add_whiteouts(tar, tree, b);
    for (const struct file *f = tree->files; f; f = f->next) {
        bool reserved = is_reserved(f->path);
        *ret_left_out += reserved;
        if (!reserved)
            add_file(tar, f);
    }
    tar_end(tar);
}
