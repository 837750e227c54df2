/* SPDX-License-Identifier: MIT */
/* What a shell changed: two trees are compared, the differences become entries of the journal. */
#include "sim/lab/stay.h"

#include "sim/lab/parts.h"

#include <stdlib.h>
#include <string.h>

#define CONTENT_MAX (5u << 20) /* as base64 it has to fit into an entry */

void stay_drop(struct stay *stay)
{
    for (size_t i = 0; i < stay->n_changes; i++)
        json_decref(stay->changes[i]);
    free(stay->changes);
    *stay = (struct stay){0};
}

static const char *way_to_make(const struct file *f)
{
    return f->kind == FILE_DIR ? "mkdir" : f->kind == FILE_LINK ? "link" : "write";
}

static bool same_content(const struct file *a, const struct file *b)
{
    return a->kind == b->kind &&
           (a->kind == FILE_DIR || (a->size == b->size && (!a->size || !memcmp(a->data, b->data, a->size))));
}

static bool same_attributes(const struct file *a, const struct file *b)
{
    bool same_mode = a->kind == FILE_LINK || (a->mode & 07777) == (b->mode & 07777);
    return same_mode && a->uid == b->uid && a->gid == b->gid && a->mtime_ms == b->mtime_ms;
}

static json_t *add(struct stay *stay, const struct file *f, const char *does)
{
    json_t *params = json_pack("{s:o, s:s}", "path", json_clean(f->path), "does", does);
    *GROW(stay->changes, stay->n_changes, stay->cap_changes) = params;
    return params;
}

static void add_attributes(json_t *params, const struct file *f)
{
    json_put(params, "mode", json_integer(f->mode & 07777));
    json_put(params, "uid", json_integer(f->uid));
    json_put(params, "gid", json_integer(f->gid));
    json_put(params, "mtime", json_integer(f->mtime_ms));
}

/* How much of the file is as it was: all of what it was when it only grew, as logs do; else nothing. */
static size_t kept_of(const struct file *was, const struct file *f)
{
    bool grew = was && was->kind == FILE_REGULAR && f->kind == FILE_REGULAR && was->size && f->size > was->size;
    return grew && !memcmp(was->data, f->data, was->size) ? was->size : 0;
}

static bool add_made(struct stay *stay, const struct file *was, const struct file *f, struct err *e)
{
    size_t kept = kept_of(was, f);
    if (f->size - kept > CONTENT_MAX)
        return err_set(e, "%s has %zu bytes: more than the %u MiB that a lab's journal takes of one file", f->path, f->size,
                       CONTENT_MAX >> 20);
    json_t *params = add(stay, f, kept ? "append" : way_to_make(f));
    if (f->kind != FILE_DIR) {
        AUTO(str_drop) struct str data = {0};
        str_add_base64(&data, f->data ? f->data + kept : "", f->data ? f->size - kept : 0);
        json_put_text(params, "data", str_text(&data));
    }
    add_attributes(params, f);
    return true;
}

bool stay_compare(struct stay *stay, const struct tree *before, const struct tree *after, bool (*ignored)(const char *path),
                  struct err *e)
{
    bool good = true;
    for (const struct file *f = before->files; f; f = f->next)
        if (!ignored(f->path) && !tree_find(after, f->path))
            add(stay, f, "remove");
    for (const struct file *f = after->files; f; f = f->next) {
        const struct file *was = tree_find(before, f->path);
        if (!ignored(f->path) && (!was || !same_content(was, f)))
            good &= add_made(stay, was, f, e);
    }
    for (const struct file *f = after->files; f; f = f->next) { /* last: names change their directory's time */
        const struct file *was = tree_find(before, f->path);
        if (!ignored(f->path) && (f->kind == FILE_DIR || (was && same_content(was, f))) && (!was || !same_attributes(was, f)))
            add_attributes(add(stay, f, "attributes"), f);
    }
    return good;
}

void stay_act(struct lab *lab, const char *on, const char *op, json_t *params, int64_t now_ms)
{
    struct outcome out;
    struct action action = {
        .time_ms = now_ms,
        .who = {.kind = PRINCIPAL_OS, .name = "root"  },
        .from = {.ip = "127.0.0.1",    .agent = "shell"},
        .op = op,
        .on = on,
        .params = params
    };
    act(&lab->world, &action, &out);
}

/* ---- as JSON ---- */

json_t *stay_ask_begin(const struct arrival *a)
{
    return json_pack("{s:s, s:s, s:b, s:b}", "do", "begin", "on", a->on, "console", a->console, "joins", a->joins);
}

json_t *stay_ask_end(const struct stay *stay)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < stay->n_changes; i++)
        json_array_append(changes, stay->changes[i]);
    return json_pack("{s:s, s:s, s:I, s:o, s:O?}", "do", "end", "on", stay->on, "session", (json_int_t)stay->session, "changes",
                     changes, "settled", stay->settled);
}

/* False: what is asked is no end of a stay. */
bool stay_from_json(struct stay *stay, const json_t *asked)
{
    const json_t *changes = json_object_get(asked, "changes");
    json_t *one;
    size_t i;
    *stay = (struct stay){.on = json_str(asked, "on"),
                          .session = (long)json_int_or(asked, "session", 0),
                          .settled = json_object_get(asked, "settled")};
    json_array_foreach(changes, i, one) * GROW(stay->changes, stay->n_changes, stay->cap_changes) = json_incref(one);
    return stay->on && (json_is_object(stay->settled) || json_is_null(stay->settled)) && json_is_array(changes);
}
