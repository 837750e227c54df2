/* SPDX-License-Identifier: MIT */
/* The class's rules in class.json, and overrides.csv. What is misspelt is an error: a rule that is not applied is worse. */
#include "grader/batch/columns.h"
#include "grader/batch/standing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool whole(const json_t *o, const char *key, int64_t least, int64_t most, int64_t *ret, struct err *e)
{
    const json_t *value = json_object_get(o, key);
    if (!value)
        return true;
    *ret = json_integer_value(value);
    return (json_is_integer(value) && *ret >= least && *ret <= most) ||
           err_set(e, "class.json: \"grading\": \"%s\": expected a whole number from %lld to %lld", key, (long long)least,
                   (long long)most);
}

static bool knows_keys(const json_t *o, const char *const *keys, struct err *e)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)o, key, value)
    {
        bool known = false;
        for (size_t i = 0; keys[i]; i++)
            known |= text_same(keys[i], key);
        const char *meant = known ? NULL : text_meant(key, keys);
        if (!known)
            return meant ? err_set(e, "class.json: \"grading\": unknown key \"%s\" (did you mean \"%s\"?)", key, meant)
                         : err_set(e, "class.json: \"grading\": unknown key \"%s\"", key);
    }
    return true;
}

static bool read_late(const json_t *list, struct class_rules *p, struct err *e)
{
    static const char *const keys[] = {"after", "percent", NULL};
    if (!list)
        return true;
    if (!json_is_array(list) || !json_array_size(list) || json_array_size(list) > LATE_STEPS)
        return err_set(e, "class.json: \"grading\": \"late\": expected a list of 1 to %d steps", LATE_STEPS);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *step = json_array_get(list, i);
        struct late_step *out = &p->late[p->n_late++];
        int64_t percent = -1;
        const char *after = json_str(step, "after");
        if (!knows_keys(step, keys, e) || !whole(step, "percent", 0, 100, &percent, e))
            return false;
        if (!after || !duration_parse(after, &out->after_ms) || percent < 0)
            return err_set(e, "class.json: \"grading\": \"late\": expected {\"after\": \"24h\", \"percent\": 50}");
        if (i && out->after_ms <= p->late[i - 1].after_ms)
            return err_set(e, "class.json: \"grading\": \"late\": steps must come in order");
        out->percent = (int)percent;
    }
    return true;
}

bool rules_read(const json_t *settings, struct class_rules *p, struct err *e)
{
    static const char *const keys[] = {"attempts", "penalty", "keep", "deadline", "late", NULL};
    const json_t *o = json_object_get(settings, "grading");
    *p = (struct class_rules){0};
    if (!o)
        return true;
    if (!json_is_object(o))
        return err_set(e, "class.json: \"grading\": expected an object");
    int64_t penalty = 0;
    const char *keep = json_str_or(o, "keep", "best"), *deadline = json_str(o, "deadline");
    bool zoned = false;
    if (!knows_keys(o, keys, e) || !whole(o, "attempts", 0, 1000, &p->attempts, e) || !whole(o, "penalty", 0, 100, &penalty, e))
        return false;
    if (!text_same(keep, "best") && !text_same(keep, "last"))
        return err_set(e, "class.json: \"grading\": \"keep\": expected best or last, got \"%s\"", keep);
    if (deadline && (!time_parse(deadline, &p->deadline_ms, &zoned) || !zoned))
        return err_set(e, "class.json: \"grading\": \"deadline\": expected a time with its zone, got \"%s\"", deadline);
    p->penalty = (int)penalty;
    p->keep_last = text_same(keep, "last");
    return read_late(json_object_get(o, "late"), p, e);
}

/* ---- overrides ---- */

static bool read_override(struct class *c, struct overrides *all, const char *path, const struct csv_row *row, const int *at,
                          struct err *e)
{
    const struct student *s = column_student(&c->roster, path, row, at[0], e);
    const char *points = column_text(row, at[2]), *reason = column_text(row, at[3]);
    char *end = NULL;
    double value = strtod(points, &end);
    if (!s)
        return false;
    if (!*points && !*reason) /* a marking sheet that is not done yet */
        return true;
    if (end == points || *end || !(value >= 0 && value <= 100000))
        return err_set(e, "%s:%u: \"points\": expected a number such as 7.5, got \"%s\"", path, row->line, points);
    if (!*reason)
        return err_set(e, "%s:%u: an override needs its reason", path, row->line);
    *GROW(all->list, all->n, all->cap) = (struct override){s->id, arena_dup(&all->arena, column_text(row, at[1])),
                                                           arena_dup(&all->arena, reason), llround(value * 100)};
    return true;
}

bool overrides_read(struct class *c, struct overrides *all, struct err *e)
{
    static const char *const names[] = {"student", "item", "points", "reason", NULL};
    AUTO(csv_drop) struct csv csv = {0};
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = class_path(&arena, c, "overrides.csv");
    int at[4];
    *all = (struct overrides){0};
    if (!file_exists(path))
        return true;
    if (!columns_read(path, &csv, names, 4, at, e))
        return false;
    for (size_t i = 1; i < csv.n; i++)
        if (!read_override(c, all, path, &csv.rows[i], at, e))
            return false;
    return true;
}

void overrides_drop(struct overrides *all)
{
    free(all->list);
    arena_drop(&all->arena);
    *all = (struct overrides){0};
}
