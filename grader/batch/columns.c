/* SPDX-License-Identifier: MIT */
/* Small tables that a teacher writes: all mistakes of one are told in one run, as those of the roster are. */
#include "grader/batch/columns.h"

#include <string.h>

static int find_column(const struct csv *csv, const char *name)
{
    for (size_t i = 0; csv->n && i < csv->rows[0].n; i++)
        if (!strcasecmp(csv->rows[0].cells[i].text, name))
            return (int)i;
    return -1;
}

bool columns_read(struct columns *t, const char *path, const char *const *names, struct diags *diags, struct err *e)
{
    static const struct csv_limits limits = {16u << 20, 100000, 100};
    AUTO(str_drop) struct str text = {0};
    *t = (struct columns){.path = path, .diags = diags, .known = diags->n_errors};
    if (!file_read(path, limits.bytes, &text, e))
        return false;
    bool good = csv_read(path, str_text(&text), text.len, &limits, &t->csv, diags);
    for (size_t i = 0; good && names[i]; i++)
        if ((t->at[i] = find_column(&t->csv, names[i])) < 0)
            diag_error(diags, (struct src_pos){path, 1, 1}, 1, "missing-column", "expected a column \"%s\"", names[i]);
    return columns_good(t, e);
}

static const struct csv_cell *cell(const struct columns *t, size_t row, size_t column)
{
    const struct csv_row *r = &t->csv.rows[row];
    return (size_t)t->at[column] < r->n ? &r->cells[t->at[column]] : NULL;
}

int columns_find(const struct columns *t, const char *name)
{
    return find_column(&t->csv, name);
}

const char *columns_text(const struct columns *t, size_t row, size_t column)
{
    const struct csv_cell *c = cell(t, row, column);
    return c ? c->text : "";
}

struct src_pos columns_place(const struct columns *t, size_t row, size_t column, unsigned *ret_width)
{
    const struct csv_cell *c = cell(t, row, column);
    *ret_width = c && c->width ? c->width : 1;
    return (struct src_pos){t->path, c ? c->line : t->csv.rows[row].line, c ? c->col : 1};
}

void columns_wrong(struct columns *t, size_t row, size_t column, const char *rule, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    unsigned width;
    struct src_pos at = columns_place(t, row, column, &width);
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    diag_error(t->diags, at, width, rule, "%s", str_text(&text));
}

const struct student *columns_student(struct columns *t, const struct roster *roster, size_t row, size_t column)
{
    const char *text = columns_text(t, row, column);
    const struct student *s = roster_student(roster, text);
    s = s ? s : roster_meant(roster, text);
    if (!s && roster_several(roster, text))
        columns_wrong(t, row, column, "several-students", "\"%s\" may mean several students: expected an id", text);
    else if (!s)
        columns_wrong(t, row, column, "unknown-student", "no student \"%s\" in this class", text);
    return s;
}

bool none_wrong(size_t n, const char *path, struct err *e)
{
    return !n || err_set(e, "%s: %zu mistake%s", path, n, n == 1 ? "" : "s");
}

bool columns_good(const struct columns *t, struct err *e)
{
    return none_wrong(t->diags->n_errors - t->known, t->path, e);
}

void columns_drop(struct columns *t)
{
    csv_drop(&t->csv);
    *t = (struct columns){0};
}
