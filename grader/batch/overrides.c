/* SPDX-License-Identifier: MIT */
/* overrides.csv: read, and added to by the marks of a marking sheet. */
#include "grader/batch/columns.h"
#include "grader/batch/results.h"
#include "grader/batch/standing.h"

#include <stdlib.h>
#include <string.h>

enum { STUDENT, ITEM, POINTS, REASON };

static struct override_place place_of(struct overrides *all, const struct columns *t, size_t row, size_t column)
{
    struct override_place place;
    place.at = columns_place(t, row, column, &place.width);
    place.at.file = arena_dup(&all->arena, place.at.file);
    return place;
}

/* Not in the roster any more, and somebody of whom there are results: what was decided waits for the day of coming back. */
static bool has_left(const struct class *c, const char *id)
{
    AUTO(arena_drop) struct arena arena = {0};
    return *id && *id != '.' && !strchr(id, '/') && !roster_meant(&c->roster, id) && !roster_several(&c->roster, id) &&
           file_exists(class_path(&arena, c, RESULTS "/%s.json", id));
}

static void read_override(struct overrides *all, struct columns *t, const struct class *c, size_t row)
{
    const char *points = columns_text(t, row, POINTS), *reason = columns_text(t, row, REASON);
    int64_t value = 0;
    if (!*points && !*reason) /* a marking sheet that is not done yet */
        return;
    if (has_left(c, columns_text(t, row, STUDENT)))
        return;
    const struct student *s = columns_student(t, &c->roster, row, STUDENT);
    if (!s)
        return;
    if (!points_parse(points, &value))
        columns_wrong(t, row, POINTS, "bad-points", "\"points\": expected a number such as 7.5, got \"%s\"", points);
    if (!*reason)
        columns_wrong(t, row, REASON, "no-reason", "an override needs its reason");
    *GROW(all->list, all->n, all->cap) = (struct override){.student = s->id,
                                                           .item = arena_dup(&all->arena, columns_text(t, row, ITEM)),
                                                           .reason = arena_dup(&all->arena, reason),
                                                           .points = value,
                                                           .item_at = place_of(all, t, row, ITEM),
                                                           .points_at = place_of(all, t, row, POINTS)};
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
        read_override(all, t, c, i);
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

static void contradict(struct diags *told, const struct override *o, const struct override *known)
{
    AUTO(str_drop) struct str points = {0};
    str_add_points(&points, known->points);
    diag_error(told, o->points_at.at, o->points_at.width, "contradiction",
               "overrides.csv says %s of \"%s\" of %s in line %u: make them one", str_text(&points), o->item, o->student,
               known->points_at.at.line);
}

/* Marks that are new, as lines more. */
static size_t add_new(const struct overrides *marks, const struct overrides *all, const struct columns *t, struct str *out,
                      struct diags *told)
{
    size_t n = 0;
    for (size_t i = 0; i < marks->n; i++) {
        const struct override *o = &marks->list[i], *known = find_same(all, o);
        if (known && known->points != o->points)
            contradict(told, o, known);
        if (known)
            continue;
        add_line(out, t, o);
        n++;
    }
    return n;
}

/* The sheet says what an item is worth: a slip is told where it was typed, before it is a decision. */
static bool check_marks(struct columns *sheet, struct err *e)
{
    int max = columns_find(sheet, "max");
    if (max < 0)
        return true;
    for (size_t i = 1; i < sheet->csv.n; i++) {
        const struct csv_row *row = &sheet->csv.rows[i];
        const char *points = columns_text(sheet, i, POINTS), *most = (size_t)max < row->n ? row->cells[max].text : "";
        int64_t value = 0, worth = 0;
        if (points_parse(points, &value) && points_parse(most, &worth) && value > worth)
            columns_wrong(sheet, i, POINTS, "too-many-points", "\"points\": \"%s\" is worth %s at most, got %s (for %s)",
                          columns_text(sheet, i, ITEM), most, points, columns_text(sheet, i, STUDENT));
    }
    return columns_good(sheet, e);
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
    if (!read_table(c, sheet, &filled, &marks, e) || !check_marks(&filled, e) || !read_table(c, path, &table, &all, e))
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
    size_t known = c->told.n_errors;
    *ret_n = add_new(&marks, &all, &table, &out, &c->told);
    return none_wrong(c->told.n_errors - known, sheet, e) && (!*ret_n || file_write(path, str_text(&out), out.len, 0600, e));
}

bool overrides_good(const struct overrides *all, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += all->list[i].wrong;
    return none_wrong(n, n ? all->list[0].item_at.at.file : "", e);
}

void overrides_drop(struct overrides *all)
{
    free(all->list);
    arena_drop(&all->arena);
    *all = (struct overrides){0};
}
