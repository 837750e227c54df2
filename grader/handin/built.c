/* SPDX-License-Identifier: MIT */
/* The list of what was handed out: looking, writing, reading, finding. It lies on a student's disk: everything is checked. */
#include "grader/handin/built.h"

#include "grader/handin/form.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 60000, MOST_BYTES = 64 << 20 };

const char *const form_kinds[] = {[FILE_REGULAR] = "file", [FILE_DIR] = "dir", [FILE_LINK] = "link", NULL};

const char *built_tree_name(struct arena *arena, const struct world *w, const struct server *server)
{
    return server == w->servers ? "host" : arena_printf(arena, "host-%s", server->name);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct built_file *)a)->path, ((const struct built_file *)b)->path);
}

void built_end(struct built *b)
{
    if (b->n)
        qsort(b->list, b->n, sizeof(*b->list), by_path);
}

/* ---- looking ---- */

static void set_hash(struct built_file *one, const struct file *f, const struct built_known *known)
{
    const char *hash = known && f->kind == FILE_REGULAR ? known->hash(known->context, one->path) : "";
    if (*hash)
        snprintf(one->sha256, sizeof(one->sha256), "%s", hash);
    else
        sha256_hex(f->data ? f->data : "", f->data ? f->size : 0, one->sha256);
}

static void look_at_tree(const struct world *w, const struct server *server, const struct built_known *known, struct built *b)
{
    const char *name = built_tree_name(&b->arena, w, server);
    for (const struct file *f = server->tree.files; f; f = f->next) {
        struct built_file one = {.path = arena_printf(&b->arena, "%s%s", name, f->path[1] ? f->path : ""),
                                 .kind = f->kind,
                                 .mode = f->mode,
                                 .uid = f->uid,
                                 .gid = f->gid,
                                 .size = f->kind == FILE_DIR ? 0 : f->size};
        if (f->kind != FILE_DIR)
            set_hash(&one, f, known);
        *GROW(b->list, b->n, b->cap) = one;
    }
}

void built_look_at_trees(const struct world *w, const struct built_known *known, struct built *b)
{
    for (const struct server *server = w->servers; server; server = server->next)
        look_at_tree(w, server, known, b);
}

bool built_look_at_file(struct built *b, const char *path, size_t n, const char *hash, struct err *e)
{
    if (!text_starts(path, "s3/"))
        return true;
    if (b->n >= MOST_FILES)
        return err_set(e, "s3/: more than %d files", MOST_FILES);
    struct built_file one = {.path = arena_dup(&b->arena, path), .size = n};
    snprintf(one.sha256, sizeof(one.sha256), "%s", hash);
    *GROW(b->list, b->n, b->cap) = one;
    return true;
}

static bool look_at_object(void *built, const struct dir_entry *entry, struct err *e)
{
    AUTO(str_drop) struct str path = {0}, bytes = {0};
    char hash[65];
    if (entry->is_dir || entry->is_link)
        return true;
    str_addf(&path, "s3/%s", entry->path);
    if (!file_read_at(entry->dir, entry->name, MOST_BYTES, &bytes, e))
        return err_wrap(e, "s3/%s", entry->path);
    sha256_hex(str_text(&bytes), bytes.len, hash);
    return built_look_at_file(built, str_text(&path), bytes.len, hash, e);
}

bool built_look(const struct world *w, const char *dir, struct built *b, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *s3 = arena_printf(&arena, "%s/s3", dir);
    built_look_at_trees(w, NULL, b);
    if (file_exists(s3) && !dir_walk(s3, look_at_object, b, e))
        return false;
    built_end(b);
    return true;
}

/* ---- writing and reading ---- */

void built_add_json(struct str *out, const struct built *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct built_file *f = &b->list[i];
        str_add(out, "{\"path\":");
        str_add_json(out, f->path);
        str_add(out, ",\"kind\":\"");
        str_add(out, form_kinds[f->kind]);
        str_add(out, "\",\"mode\":");
        str_add_int(out, f->mode);
        str_add(out, ",\"uid\":");
        str_add_int(out, f->uid);
        str_add(out, ",\"gid\":");
        str_add_int(out, f->gid);
        str_add(out, ",\"size\":");
        str_add_int(out, (int64_t)f->size);
        str_add(out, ",\"sha256\":\"");
        str_add(out, f->sha256);
        str_add(out, "\"}\n");
    }
}

static bool number(const json_t *line, const char *key, int64_t most, int64_t *ret, struct err *e)
{
    *ret = json_int_or(line, key, -1);
    return (*ret >= 0 && *ret <= most) || err_set(e, "\"%s\": expected a whole number", key);
}

static bool read_line(struct built *b, const json_t *line, struct err *e)
{
    struct built_file f = {.path = arena_dup(&b->arena, json_str(line, "path"))};
    const char *kind = json_str(line, "kind"), *hash = json_str(line, "sha256");
    int64_t mode, uid, gid, size;
    size_t k = 0;
    while (form_kinds[k] && !text_same(form_kinds[k], kind))
        k++;
    if (!f.path || !form_kinds[k] || !hash || strlen(hash) > 64 || strspn(hash, ALPHABET_HEX) != strlen(hash))
        return err_set(e, "expected path, kind and sha256");
    if (!number(line, "mode", 07777, &mode, e) || !number(line, "uid", UINT32_MAX, &uid, e) ||
        !number(line, "gid", UINT32_MAX, &gid, e) || !number(line, "size", INT64_MAX, &size, e))
        return false;
    f.kind = (enum file_kind)k;
    f.mode = (unsigned)mode;
    f.uid = (unsigned)uid;
    f.gid = (unsigned)gid;
    f.size = (uint64_t)size;
    memcpy(f.sha256, hash, strlen(hash) + 1);
    *GROW(b->list, b->n, b->cap) = f;
    return true;
}

bool built_read(const char *text, size_t n, struct built *b, struct err *e)
{
    const char *end = text + n;
    for (unsigned number = 1; text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        json_auto_t *line = json_read(text, (size_t)((stop ? stop : end) - text), e);
        if (b->n >= MOST_FILES)
            err_set(e, "more than %d files", MOST_FILES);
        if (e->set || !read_line(b, line, e))
            return err_wrap(e, "line %u", number);
        text = stop ? stop + 1 : end;
    }
    built_end(b);
    for (size_t i = 1; i < b->n; i++)
        if (text_same(b->list[i].path, b->list[i - 1].path))
            return err_set(e, "\"%s\" is listed twice", b->list[i].path);
    return true;
}

const struct built_file *built_find(const struct built *b, const char *path)
{
    const struct built_file key = {.path = path};
    return b->n ? bsearch(&key, b->list, b->n, sizeof(*b->list), by_path) : NULL;
}

bool built_same(const struct built_file *a, const struct built_file *b)
{
    return a->kind == b->kind && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid && a->size == b->size &&
           text_same(a->sha256, b->sha256);
}

void built_drop(struct built *b)
{
    free(b->list);
    arena_drop(&b->arena);
    *b = (struct built){0};
}
