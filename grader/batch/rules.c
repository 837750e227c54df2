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

/* "7.5", or "7,5" as spreadsheets of half the world write it. */
static bool read_points(const char *text, int64_t *ret)
{
    char plain[32], *end = NULL;
    snprintf(plain, sizeof(plain), "%s", text);
    char *comma = strchr(plain, ',');
    if (comma && !strchr(plain, '.'))
        *comma = '.';
    double value = strtod(plain, &end);
    *ret = llround(value * 100);
    return strlen(text) < sizeof(plain) && end != plain && !*end && value >= 0 && value <= 100000;
}

static bool read_override(struct class *c, struct overrides *all, const char *path, const struct csv_row *row, const int *at,
                          struct err *e)
{
    const struct student *s = column_student(&c->roster, path, row, at[0], e);
    const char *points = column_text(row, at[2]), *reason = column_text(row, at[3]);
    int64_t value = 0;
    if (!s)
        return false;
    if (!*points && !*reason) /* a marking sheet that is not done yet */
        return true;
    if (!read_points(points, &value))
        return err_set(e, "%s:%u: \"points\": expected a number such as 7.5, got \"%s\"", path, row->line, points);
    if (!*reason)
        return err_set(e, "%s:%u: an override needs its reason", path, row->line);
    *GROW(all->list, all->n, all->cap) = (struct override){.student = s->id,
                                                           .item = arena_dup(&all->arena, column_text(row, at[1])),
                                                           .reason = arena_dup(&all->arena, reason),
                                                           .points = value,
                                                           .line = row->line};
    return true;
}

static const char *const columns[] = {"student", "item", "points", "reason", NULL};

/* No file: none, and the csv stays empty. */
static bool read_table(struct class *c, const char *path, struct csv *csv, int at[4], struct overrides *all, struct err *e)
{
    *all = (struct overrides){0};
    if (!file_exists(path))
        return true;
    if (!columns_read(path, csv, columns, 4, at, e))
        return false;
    for (size_t i = 1; i < csv->n; i++)
        if (!read_override(c, all, path, &csv->rows[i], at, e))
            return false;
    return true;
}

bool overrides_read(struct class *c, struct overrides *all, struct err *e)
{
    AUTO(csv_drop) struct csv csv = {0};
    AUTO(arena_drop) struct arena arena = {0};
    int at[4];
    return read_table(c, class_path(&arena, c, "overrides.csv"), &csv, at, all, e);
}

static const struct override *find_same(const struct overrides *all, const struct override *o)
{
    for (size_t i = all->n; i-- > 0;)
        if (text_same(all->list[i].student, o->student) && text_same(all->list[i].item, o->item))
            return &all->list[i];
    return NULL;
}

/* A line more, in the columns and with the delimiter that the file has. */
static void add_line(struct str *out, const struct csv *csv, const int at[4], const struct override *o)
{
    AUTO(str_drop) struct str points = {0};
    str_add_points(&points, o->points);
    const char *const texts[] = {o->student, o->item, str_text(&points), o->reason};
    for (size_t i = 0; i < csv->rows[0].n; i++) {
        const char *text = "";
        for (size_t k = 0; k < COUNT(texts); k++)
            text = at[k] == (int)i ? texts[k] : text;
        if (i)
            str_addc(out, csv->delimiter);
        csv_add(out, text, csv->delimiter, false);
    }
    str_addc(out, '\n');
}

static bool add_new(const struct overrides *marks, const char *sheet, const struct overrides *all, const struct csv *csv,
                    const int at[4], struct str *out, size_t *ret_n, struct err *e)
{
    for (size_t i = 0; i < marks->n; i++) {
        const struct override *o = &marks->list[i], *known = find_same(all, o);
        if (known && known->points != o->points)
            return err_set(e, "%s:%u and overrides.csv:%u say otherwise of \"%s\" of %s: make them one", sheet, o->line,
                           known->line, o->item, o->student);
        if (known)
            continue;
        add_line(out, csv, at, o);
        ++*ret_n;
    }
    return true;
}

bool overrides_adopt(struct class *c, const char *sheet, size_t *ret_n, struct err *e)
{
    static const char head[] = "student,item,points,reason\n";
    AUTO(csv_drop) struct csv filled = {0}, csv = {0};
    AUTO(overrides_drop) struct overrides marks = {0}, all = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str out = {0};
    AUTO(diags_drop) struct diags ignored = {0};
    static const struct csv_limits limits = {sizeof(head), 10, 10};
    const char *path = class_path(&arena, c, "overrides.csv");
    int at[4] = {0, 1, 2, 3}, of_sheet[4];
    *ret_n = 0;
    if (!read_table(c, sheet, &filled, of_sheet, &marks, e) || !read_table(c, path, &csv, at, &all, e))
        return false;
    if (!csv.n)
        csv_read(path, head, strlen(head), &limits, &csv, &ignored);
    str_addn(&out, csv.text, csv.len);
    if (out.len && out.s[out.len - 1] != '\n')
        str_addc(&out, '\n');
    return add_new(&marks, sheet, &all, &csv, at, &out, ret_n, e) &&
           (!*ret_n || file_write(path, str_text(&out), out.len, 0600, e));
}

void overrides_drop(struct overrides *all)
{
    free(all->list);
    arena_drop(&all->arena);
    *all = (struct overrides){0};
}
