/* SPDX-License-Identifier: MIT */
/*
 * .cafelab/redo: what a call is about to change in the servers' trees, whole, so that a call that is killed while it
 * writes them has either not happened to the files, or is done to the end when the lab is opened next. The file comes into
 * being by a rename and goes when the trees are written.
 *
 * First line {"entries": n}, the journal's length that the files then agree to; then a line for each path.
 */
#include "sim/lab/parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define REDO_MAX (512u << 20)

static const char *const kinds[] = {[FILE_REGULAR] = "file", [FILE_DIR] = "dir", [FILE_LINK] = "link"};

/* ---- writing ---- */

static void add_file(struct str *out, const struct server *server, const struct file *f)
{
    str_add(out, "{\"server\":");
    str_add_json(out, server->name);
    str_add(out, ",\"path\":");
    str_add_json(out, f->path);
    str_addf(out, ",\"kind\":\"%s\",\"mode\":%u,\"uid\":%u,\"gid\":%u,\"timeMs\":%lld,\"data\":\"", kinds[f->kind], f->mode,
             f->uid, f->gid, (long long)f->mtime_ms);
    str_add_base64(out, f->data ? f->data : "", f->data ? f->size : 0);
    str_add(out, "\"}\n");
}

static void add_removed(struct str *out, const struct server *server, const struct file *f)
{
    str_add(out, "{\"server\":");
    str_add_json(out, server->name);
    str_add(out, ",\"path\":");
    str_add_json(out, f->path);
    str_add(out, ",\"kind\":\"gone\"}\n");
}

bool redo_write(const struct world *w, const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str out = {0};
    str_addf(&out, "{\"entries\":%zu}\n", w->journal.n);
    for (const struct server *server = w->servers; server; server = server->next) {
        for (const struct file *f = server->tree.removed; f; f = f->next)
            if (!tree_find(&server->tree, f->path))
                add_removed(&out, server, f);
        for (const struct file *f = server->tree.files; f; f = f->next)
            if (f->dirty)
                add_file(&out, server, f);
    }
    return file_write(lab_file(&arena, dir, ".cafelab/redo"), str_text(&out), out.len, 0600, e);
}

bool redo_done(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = lab_file(&arena, dir, ".cafelab/redo");
    return !unlink(path) || errno == ENOENT || err_set(e, "remove '%s': %m", path);
}

/* ---- reading ---- */

/* The file as it is to be; NULL when it cannot be there. */
static struct file *put(struct world *w, struct tree *tree, const char *path, const char *kind, const struct str *data,
                        int64_t now_ms)
{
    const struct file *there = tree_find(tree, path);
    size_t k = 0;
    while (k < COUNT(kinds) && !text_same(kinds[k], kind))
        k++;
    if (k == COUNT(kinds))
        return NULL;
    if (there && there->kind != (enum file_kind)k)
        tree_remove(tree, path, now_ms);
    if (k == FILE_DIR)
        return there && there->kind == FILE_DIR ? tree_find(tree, path) : tree_mkdir(w, tree, path, 0755, 0, 0, now_ms);
    if (k == FILE_LINK)
        return tree_link(w, tree, path, arena_dup(&w->arena, str_text(data)), now_ms);
    return tree_put(w, tree, path, str_text(data), data->len, now_ms);
}

static bool redo_line(struct world *w, const json_t *line, struct err *e)
{
    const char *name = json_str_or(line, "server", ""), *path = json_str_or(line, "path", ""),
               *kind = json_str_or(line, "kind", "");
    const char *text = json_str_or(line, "data", "");
    int64_t time_ms = json_int_or(line, "timeMs", 0);
    struct server *server = find_server(w, name);
    AUTO(str_drop) struct str data = {0};
    if (!server || !base64_decode(text, strlen(text), &data))
        return err_set(e, "expected a server, a path and base64");
    if (text_same(kind, "gone")) {
        tree_remove(&server->tree, path, w->now_ms);
        return true;
    }
    struct file *f = put(w, &server->tree, path, kind, &data, time_ms);
    if (!f)
        return err_set(e, "\"%.200s\" cannot be there", path);
    f->mode = (unsigned)json_int_or(line, "mode", 0644) & 07777;
    f->uid = (unsigned)json_int_or(line, "uid", 0);
    f->gid = (unsigned)json_int_or(line, "gid", 0);
    f->mtime_ms = time_ms > 0 ? time_ms : 0;
    f->dirty = true;
    return true;
}

static bool read_redo(const char *dir, struct str *text, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = lab_file(&arena, dir, ".cafelab/redo");
    return !file_exists(path) || file_read(path, REDO_MAX, text, e);
}

bool redo_entries(const char *dir, size_t *ret, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    if (!read_redo(dir, &text, e))
        return false;
    if (!text.len)
        return true;
    json_auto_t *first = json_read(str_text(&text), strcspn(str_text(&text), "\n"), e);
    int64_t n = json_int_or(first, "entries", -1);
    if (n < 0)
        return err_set(e, ".cafelab/redo:1: expected the number of entries");
    *ret = (size_t)n;
    return true;
}

bool redo_apply_text(struct world *w, const char *text, size_t n, struct err *e)
{
    const char *end = text + n, *line = n ? memchr(text, '\n', n) : NULL;
    for (unsigned number = 2; line && ++line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        json_auto_t *document = json_read(line, (size_t)((stop ? stop : end) - line), e);
        if (!document || !redo_line(w, document, e))
            return err_wrap(e, ".cafelab/redo:%u", number);
        line = stop;
    }
    return true;
}

bool redo_apply(struct world *w, const char *dir, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    return read_redo(dir, &text, e) && redo_apply_text(w, str_text(&text), text.len, e);
}
