/* SPDX-License-Identifier: MIT */
/*
 * Records laid flat: for each a list of paths and values, both by number. CloudTrail says the same few thousand things again
 * and again, so that what a rule asks of a value is asked once, however many records have it.
 */
#include "sim/sigma/rule.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 512 };

/* ---- texts by number ---- */

static uint64_t hash_of(const struct value *v)
{
    uint64_t hash = 14695981039346656037u + (uint64_t)v->kind; /* FNV-1a */
    for (size_t i = 0; i < v->n; i++)
        hash = (hash ^ (unsigned char)v->s[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

static bool same_value(const struct value *a, const struct value *b)
{
    return a->kind == b->kind && a->n == b->n && !memcmp(a->s, b->s, a->n);
}

static size_t slot_of(const struct interned *all, const struct value *v)
{
    size_t at = hash_of(v) & (all->n_slots - 1);
    while (all->slots[at] && !same_value(&all->list[all->slots[at] - 1], v))
        at = (at + 1) & (all->n_slots - 1);
    return at;
}

static void make_room(struct interned *all)
{
    if (all->n * 2 < all->n_slots)
        return;
    free(all->slots);
    all->n_slots = all->n_slots ? all->n_slots * 2 : 1024;
    all->slots = xcalloc(all->n_slots, sizeof(*all->slots));
    for (size_t i = 0; i < all->n; i++)
        all->slots[slot_of(all, &all->list[i])] = (uint32_t)i + 1;
}

static uint32_t intern(struct arena *arena, struct interned *all, enum value_kind kind, const char *s, size_t n)
{
    struct value v = {kind, s, n};
    make_room(all);
    size_t at = slot_of(all, &v);
    if (!all->slots[at]) {
        v.s = arena_dupn(arena, s, n);
        *GROW(all->list, all->n, all->cap) = v;
        all->slots[at] = (uint32_t)all->n;
    }
    return all->slots[at] - 1;
}

size_t log_path(const struct sigma_log *log, const char *path)
{
    struct value v = {VALUE_TEXT, path, strlen(path)};
    return log->paths.n && log->paths.slots[slot_of(&log->paths, &v)] ? log->paths.slots[slot_of(&log->paths, &v)] - 1
                                                                      : SIZE_MAX;
}

/* ---- one record ---- */

static uint32_t value_of(struct sigma_log *log, const json_t *json)
{
    AUTO(str_drop) struct str text = {0};
    enum value_kind kind = json_is_object(json)   ? VALUE_OBJECT
                           : json_is_array(json)  ? VALUE_LIST
                           : json_is_number(json) ? VALUE_NUMBER
                           : json_is_null(json)   ? VALUE_NULL
                                                  : VALUE_BOOL;
    if (json_is_string(json))
        return intern(&log->arena, &log->values, VALUE_TEXT, json_string_value(json), json_string_length(json));
    str_add_json_value(&text, json);
    return intern(&log->arena, &log->values, kind, str_text(&text), text.len);
}

/* `path` is the way here; what is too deep to be named is not looked into. */
static void flatten(struct sigma_log *log, struct str *path, const json_t *json)
{
    size_t len = path->len, i;
    const char *key;
    json_t *item;
    uint32_t number = intern(&log->arena, &log->paths, VALUE_TEXT, str_text(path), len);
    if (len)
        *GROW(log->entries, log->n_entries, log->cap_entries) = (struct entry){number, value_of(log, json)};
    json_object_foreach((json_t *)json, key, item)
    {
        if (len + strlen(key) + 1 > PATH_BYTES)
            continue;
        str_addf(path, "%s%s", len ? "." : "", key);
        flatten(log, path, item);
        path->len = len;
        path->s[len] = 0;
    }
    json_array_foreach(json, i, item) flatten(log, path, item);
}

static const char *text_at(struct sigma_log *log, const json_t *record, const char *path)
{
    const json_t *found = json_path(record, path);
    const char *s = json_is_string(found) ? json_string_value(found) : "";
    return log->values.list[intern(&log->arena, &log->values, VALUE_TEXT, s, strlen(s))].s;
}

static void add_record(struct sigma_log *log, const char *path, const json_t *json)
{
    AUTO(str_drop) struct str way = {0};
    size_t first = log->n_entries;
    flatten(log, &way, json);
    const char *user = text_at(log, json, "userIdentity.userName");
    struct record record = {
        .first = first,
        .n = log->n_entries - first,
        .event = {.id = text_at(log, json, "eventID"),
                  .name = text_at(log, json, "eventName"),
                  .time = text_at(log, json, "eventTime"),
                  .who = *user ? user : text_at(log, json, "userIdentity.arn"),
                  .path = path}
    };
    *GROW(log->records, log->n, log->cap) = record;
}

/* ---- the whole ---- */

struct sigma_log *sigma_log_new(void)
{
    return xcalloc(1, sizeof(struct sigma_log));
}

bool sigma_log_add(struct sigma_log *log, const char *path, const char *text, size_t n, struct err *e)
{
    json_auto_t *all = json_read(text, n, e);
    const json_t *records = all ? json_object_get(all, "Records") : NULL;
    if (!all)
        return err_wrap(e, "%s", path);
    if (!json_is_array(records))
        return err_set(e, "%s: expected a list \"Records\"", path);
    const char *kept = arena_dup(&log->arena, path);
    for (size_t i = 0; i < json_array_size(records); i++)
        if (json_is_object(json_array_get(records, i)))
            add_record(log, kept, json_array_get(records, i));
    return true;
}

size_t sigma_log_size(const struct sigma_log *log)
{
    return log->n;
}

struct sigma_event sigma_log_event(const struct sigma_log *log, size_t i)
{
    return log->records[i].event;
}

size_t sigma_log_find(const struct sigma_log *log, const char *event_id)
{
    for (size_t i = 0; i < log->n; i++)
        if (text_same(log->records[i].event.id, event_id))
            return i;
    return SIZE_MAX;
}

static void interned_drop(struct interned *all)
{
    free(all->list);
    free(all->slots);
}

void sigma_log_free(struct sigma_log **log)
{
    if (!*log)
        return;
    interned_drop(&(*log)->paths);
    interned_drop(&(*log)->values);
    free((*log)->entries);
    free((*log)->records);
    arena_drop(&(*log)->arena);
    free(*log);
    *log = NULL;
}
