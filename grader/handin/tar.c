/* SPDX-License-Identifier: MIT */
/*
 * Files that were made as members of a tar archive. libarchive would do, but for bundles its gzip costs more than
 * everything else together, and its output differs between versions.
 */
#include "grader/handin/tar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_MOST 255 /* of what is handed in: no lab has longer ones */

/* What is handed out and in has no owners and whole seconds. */
static void add_header(struct str *tar, const char *path, enum tar_type type, unsigned mode, size_t size, int64_t mtime_ms,
                       const char *link)
{
    tar_add_header(
        tar, &(struct tar_member){
                 .path = path, .type = type, .mode = mode, .size = size, .mtime_ms = mtime_ms - mtime_ms % 1000, .link = link});
}

static void pad(struct str *tar)
{
    static const char zeros[TAR_BLOCK];
    str_addn(tar, zeros, tar_pad(tar->len));
}

bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *e)
{
    if (strlen(path) > PATH_MOST)
        return err_set(e, "'%s' is too long a path for a tar archive", path);
    add_header(tar, path, TAR_FILE, mode, n, mtime_ms, NULL);
    str_addn(tar, data, n);
    pad(tar);
    return true;
}

/* ---- straight into gzip ---- */

static void pack_header(struct gzip_parts *gz, const char *path, enum tar_type type, unsigned mode, size_t size,
                        int64_t mtime_ms, const char *link)
{
    AUTO(str_drop) struct str header = {0};
    add_header(&header, path, type, mode, size, mtime_ms, link);
    gzip_parts_add(gz, header.s, header.len);
}

bool tar_pack_file(struct gzip_parts *gz, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms,
                   struct err *e)
{
    static const char zeros[TAR_BLOCK];
    if (strlen(path) > PATH_MOST)
        return err_set(e, "'%s' is too long a path for a tar archive", path);
    pack_header(gz, path, TAR_FILE, mode, n, mtime_ms, NULL);
    gzip_parts_add(gz, data, n);
    gzip_parts_add(gz, zeros, tar_pad(n));
    return true;
}

void tar_pack_end(struct gzip_parts *gz)
{
    AUTO(str_drop) struct str end = {0};
    tar_end(&end);
    gzip_parts_add(gz, end.s, end.len);
    gzip_parts_end(gz);
}

/* ---- files that were made ---- */

struct loaded {
    char *path, *own; /* own: the data, if they are not another's */
    const char *data;
    char hash[65];
    mode_t mode;
    int64_t mtime_ms;
    size_t n;
};

static char *copy_of(const struct made_file *file)
{
    char *copy = xmalloc(file->n + 1);
    memcpy(copy, file->data, file->n);
    copy[file->n] = 0;
    return copy;
}

bool tar_load_take(void *load, const struct made_file *file, struct err *e)
{
    struct tar_load *l = load;
    (void)e;
    struct loaded one = {.path = xstrdup(file->path), .mode = file->mode, .mtime_ms = file->mtime_ms, .n = file->n};
    one.own = file->gives ? str_steal(file->gives) : file->stays ? NULL : copy_of(file);
    one.data = one.own ? one.own : file->data;
    if (file->hash)
        snprintf(one.hash, sizeof(one.hash), "%s", file->hash);
    *GROW(l->list, l->n, l->cap) = one;
    return true;
}

void tar_load_drop(struct tar_load *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->list[i].path);
        free(l->list[i].own);
    }
    free(l->list);
    *l = (struct tar_load){0};
}

static int by_path(const void *a, const void *b)
{
    return path_order(((const struct loaded *)a)->path, ((const struct loaded *)b)->path);
}

const char *tar_load_hash(const struct tar_load *l, const char *path)
{
    const struct loaded wanted = {.path = (char *)path}, *found;
    found = l->n ? bsearch(&wanted, l->list, l->n, sizeof(*l->list), by_path) : NULL;
    return found ? found->hash : "";
}

struct packing {
    struct gzip_parts *gz;
    const char *under;
    int64_t latest_ms;
    const char *last; /* path of what was packed last: "" = nothing */
};

/* Files of servers have the times that the manifest says: a log may go on for a second after the end. */
static int64_t time_of(const struct packing *p, const char *path, int64_t mtime_ms)
{
    bool of_server = text_starts(path, "host/") || text_starts(path, "host-");
    return of_server || mtime_ms < p->latest_ms ? mtime_ms : p->latest_ms;
}

static void add_folder(struct packing *p, const char *path, size_t n, unsigned mode, int64_t mtime_ms)
{
    AUTO(str_drop) struct str name = {0};
    str_addf(&name, "%s/%.*s/", p->under, (int)n, path);
    pack_header(p->gz, str_text(&name), TAR_DIR, mode, 0, time_of(p, path, mtime_ms), NULL);
}

/* Folders that it lies in and that nobody made for themselves. */
static void add_folders_of(struct packing *p, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - path);
        bool there = strncmp(p->last, path, n) == 0 && (!p->last[n] || p->last[n] == '/');
        if (!there)
            add_folder(p, path, n, 0755, p->latest_ms);
    }
}

static bool add_loaded(struct packing *p, const struct loaded *f, struct err *e)
{
    AUTO(str_drop) struct str name = {0};
    if (text_same(p->last, f->path)) /* a folder that several made */
        return S_ISDIR(f->mode) || err_set(e, "'%s' was made twice", f->path);
    add_folders_of(p, f->path);
    p->last = f->path;
    str_add(&name, p->under);
    str_addc(&name, '/');
    str_add(&name, f->path);
    if (S_ISDIR(f->mode))
        add_folder(p, f->path, strlen(f->path), f->mode, f->mtime_ms);
    else if (S_ISLNK(f->mode))
        pack_header(p->gz, str_text(&name), TAR_LINK, 0777, 0, time_of(p, f->path, f->mtime_ms), f->data);
    else
        return tar_pack_file(p->gz, str_text(&name), f->data, f->n, f->mode, time_of(p, f->path, f->mtime_ms), e);
    return true;
}

bool tar_pack_load(struct gzip_parts *gz, struct tar_load *l, const char *under, int64_t latest_ms, const struct tar_look *look,
                   struct err *e)
{
    struct packing p = {.gz = gz, .under = under, .latest_ms = latest_ms, .last = ""};
    AUTO(str_drop) struct str top = {0};
    str_addf(&top, "%s/", under);
    pack_header(gz, str_text(&top), TAR_DIR, 0755, 0, latest_ms, NULL);
    if (l->n)
        qsort(l->list, l->n, sizeof(*l->list), by_path);
    for (size_t i = 0; i < l->n; i++) {
        const struct loaded *f = &l->list[i];
        if (!add_loaded(&p, f, e) || (S_ISREG(f->mode) && look && !look->each(look->context, f->path, f->n, f->hash, e)))
            return false;
    }
    return true;
}
