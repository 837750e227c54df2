/* SPDX-License-Identifier: MIT */
/* The class's rules in class.json, and overrides.csv. What is misspelt is an error: a rule that is not applied is worse. */
#include "grader/batch/columns.h"
#include "grader/batch/standing.h"

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
        AUTO(arena_drop) struct arena arena = {0};
        if (!known)
            return err_set(e, "class.json: \"grading\": unknown key \"%s\"%s", key, arena_meant(&arena, key, keys));
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

enum { STUDENT, ITEM, POINTS, REASON };

static void read_override(struct overrides *all, struct columns *t, const struct roster *roster, size_t row)
{
    const struct student *s = columns_student(t, roster, row, STUDENT);
    const char *points = columns_text(t, row, POINTS), *reason = columns_text(t, row, REASON);
    int64_t value = 0;
    if (!s || (!*points && !*reason)) /* a marking sheet that is not done yet */
        return;
    if (!points_parse(points, &value))
        columns_wrong(t, row, POINTS, "bad-points", "\"points\": expected a number such as 7.5, got \"%s\"", points);
    if (!*reason)
        columns_wrong(t, row, REASON, "no-reason", "an override needs its reason");
    *GROW(all->list, all->n, all->cap) = (struct override){.student = s->id,
                                                           .item = arena_dup(&all->arena, columns_text(t, row, ITEM)),
                                                           .reason = arena_dup(&all->arena, reason),
                                                           .points = value,
                                                           .line = t->csv.rows[row].line};
}

/* No file: none, and the table stays empty. */
static bool read_table(struct class *c, const char *path, struct columns *t, struct overrides *all, struct err *e)
{
    static const char *const names[] = {[STUDENT] = "student", [ITEM] = "item", [POINTS] = "points", [REASON] = "reason", NULL};
    *all = (struct overrides){0};
    if (!file_exists(path))
        return true;
    if (!columns_read(t, path, names, &c->told, e))
        return false;
    for (size_t i = 1; i < t->csv.n; i++)
        read_override(all, t, &c->roster, i);
    return columns_good(t, e);
}

bool overrides_read(struct class *c, struct overrides *all, struct err *e)
{
    AUTO(columns_drop) struct columns table = {0};
    AUTO(arena_drop) struct arena arena = {0};
    return read_table(c, class_path(&arena, c, "overrides.csv"), &table, all, e);
}

static const struct override *find_same(const struct overrides *all, const struct override *o)
{
    for (size_t i = all->n; i-- > 0;)
        if (text_same(all->list[i].student, o->student) && text_same(all->list[i].item, o->item))
            return &all->list[i];
    return NULL;
}

/* A line more, in the columns and with the delimiter that the file has. */
static void add_line(struct str *out, const struct columns *t, const struct override *o)
{
    AUTO(str_drop) struct str points = {0};
    str_add_points(&points, o->points);
    const char *const texts[] = {[STUDENT] = o->student, [ITEM] = o->item, [POINTS] = str_text(&points), [REASON] = o->reason};
    for (size_t i = 0; i < t->csv.rows[0].n; i++) {
        const char *text = "";
        for (size_t k = 0; k < COUNT(texts); k++)
            text = t->at[k] == (int)i ? texts[k] : text;
        if (i)
            str_addc(out, t->csv.delimiter);
        csv_add(out, text, t->csv.delimiter, false);
    }
    str_addc(out, '\n');
}

static bool add_new(const struct overrides *marks, const char *sheet, const struct overrides *all, const struct columns *t,
                    struct str *out, size_t *ret_n, struct err *e)
{
    for (size_t i = 0; i < marks->n; i++) {
        const struct override *o = &marks->list[i], *known = find_same(all, o);
        if (known && known->points != o->points)
            return err_set(e, "%s:%u and overrides.csv:%u say otherwise of \"%s\" of %s: make them one", sheet, o->line,
                           known->line, o->item, o->student);
        if (known)
            continue;
        add_line(out, t, o);
        ++*ret_n;
    }
    return true;
}

bool overrides_adopt(struct class *c, const char *sheet, size_t *ret_n, struct err *e)
{
    static const char head[] = "student,item,points,reason\n";
    static const struct csv_limits limits = {sizeof(head), 10, 10};
    AUTO(columns_drop) struct columns filled = {0}, table = {0};
    AUTO(overrides_drop) struct overrides marks = {0}, all = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str out = {0};
    const char *path = class_path(&arena, c, "overrides.csv");
    *ret_n = 0;
    if (!read_table(c, sheet, &filled, &marks, e) || !read_table(c, path, &table, &all, e))
        return false;
    if (!table.csv.n) {
        csv_read(path, head, strlen(head), &limits, &table.csv, &c->told);
        for (int i = STUDENT; i <= REASON; i++)
            table.at[i] = i;
    }
    str_addn(&out, table.csv.text, table.csv.len);
    if (out.len && out.s[out.len - 1] != '\n')
        str_addc(&out, '\n');
    file_sweep(path);
    return add_new(&marks, sheet, &all, &table, &out, ret_n, e) &&
           (!*ret_n || file_write(path, str_text(&out), out.len, 0600, e));
}

void overrides_drop(struct overrides *all)
{
    free(all->list);
    arena_drop(&all->arena);
    *all = (struct overrides){0};
}
