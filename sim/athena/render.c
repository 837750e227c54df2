/* SPDX-License-Identifier: MIT */
/* Results for people and for programs. */
#include "sim/athena/athena.h"

#include <string.h>

/* Columns of a terminal that a UTF-8 text takes, one a character. */
static size_t width_of(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += (*s & 0xc0) != 0x80;
    return n;
}

/* A cell on one line: log text may hold anything, and none of it may move a terminal's cursor. */
static void add_cell(struct str *s, const char *cell)
{
    if (cell)
        str_add_log(s, cell);
}

struct table {
    const struct athena_result *r;
    struct arena arena;
    const char **cells; /* as they are printed, the header first */
    size_t *widths;
};

static void measure(struct table *t)
{
    const struct athena_result *r = t->r;
    AUTO(str_drop) struct str s = {0};
    t->widths = arena_alloc(&t->arena, (r->n_columns + 1) * sizeof(*t->widths));
    t->cells = arena_alloc(&t->arena, ((r->n_rows + 1) * r->n_columns + 1) * sizeof(*t->cells));
    for (size_t i = 0; i < (r->n_rows + 1) * r->n_columns; i++) {
        str_clear(&s);
        add_cell(&s, i < r->n_columns ? r->columns[i].name : r->cells[i - r->n_columns]);
        t->cells[i] = arena_dup(&t->arena, str_text(&s));
        size_t width = width_of(t->cells[i]), *most = &t->widths[i % r->n_columns];
        *most = width > *most ? width : *most;
    }
}

static bool is_number(const char *type)
{
    static const char *const numbers[] = {"tinyint", "smallint", "integer", "bigint", "real", "double", NULL};
    for (size_t i = 0; numbers[i]; i++)
        if (text_same(type, numbers[i]))
            return true;
    return text_starts(type, "decimal");
}

/* Ends the line that began at `from`: no blanks at the end, and at most `width` characters, the last an ellipsis. True if
 * it was cut. */
static bool end_line(struct str *s, size_t from, unsigned width)
{
    while (s->len > from && s->s[s->len - 1] == ' ')
        s->len--;
    s->s[s->len] = 0;
    bool cut = width && width_of(s->s + from) > width;
    if (cut) {
        size_t n = 0, i = from;
        for (; n < width - 1 || (s->s[i] & 0xc0) == 0x80; i++)
            n += (s->s[i + 1] & 0xc0) != 0x80;
        s->len = i;
        str_add(s, "…");
    }
    str_addc(s, '\n');
    return cut;
}

static bool add_line(struct str *s, const struct table *t, const char **cells, unsigned width)
{
    size_t from = s->len;
    for (size_t i = 0; i < t->r->n_columns; i++) {
        size_t pad = t->widths[i] - width_of(cells[i]);
        bool right = is_number(t->r->columns[i].type);
        str_addf(s, "%s%*s%s%*s", i ? "  " : "", right ? (int)pad : 0, "", cells[i], right ? 0 : (int)pad, "");
    }
    return end_line(s, from, width);
}

static void add_rule(struct str *s, const struct table *t, unsigned width)
{
    size_t from = s->len;
    for (size_t i = 0; i < t->r->n_columns; i++) {
        str_add(s, i ? "  " : "");
        for (size_t n = 0; n < t->widths[i]; n++)
            str_addc(s, '-');
    }
    end_line(s, from, width);
}

bool athena_add_table(struct str *s, const struct athena_result *r, unsigned width)
{
    struct table t = {.r = r};
    if (!r->n_columns)
        return false;
    measure(&t);
    bool cut = add_line(s, &t, t.cells, width);
    add_rule(s, &t, width);
    for (size_t row = 1; row <= r->n_rows; row++)
        cut = add_line(s, &t, t.cells + row * r->n_columns, width) || cut;
    arena_drop(&t.arena);
    return cut;
}

static void add_csv_field(struct str *s, const char *text)
{
    str_addc(s, '"');
    for (size_t n; *text; text += n) { /* up to a quote, which is doubled */
        n = strcspn(text, "\"");
        n += text[n] == '"';
        str_addn(s, text, n);
        str_add(s, text[n - 1] == '"' ? "\"" : "");
    }
    str_addc(s, '"');
}

/* As the result file in S3: the names first, every field quoted, NULL as nothing at all. */
void athena_add_csv(struct str *s, const struct athena_result *r)
{
    if (!r->n_columns)
        return;
    for (size_t i = 0; i < (r->n_rows + 1) * r->n_columns; i++) {
        const char *text = i < r->n_columns ? r->columns[i].name : r->cells[i - r->n_columns];
        str_add(s, i % r->n_columns ? "," : "");
        if (text)
            add_csv_field(s, text);
        str_add(s, (i + 1) % r->n_columns ? "" : "\n");
    }
}

/* What JSON has a form of its own for. */
static bool is_bare(const char *type, const char *text)
{
    return text_same(type, "boolean") || (is_number(type) && strspn(text, "-0123456789.E") == strlen(text));
}

void athena_add_json(struct str *s, const struct athena_result *r)
{
    size_t n = r->n_columns ? r->n_rows * r->n_columns : 0;
    str_addc(s, '[');
    for (size_t i = 0; i < n; i++) {
        size_t column = i % r->n_columns;
        str_add(s, column ? "," : i ? ",\n {" : "\n {");
        str_add_json(s, r->columns[column].name);
        str_addc(s, ':');
        if (!r->cells[i])
            str_add(s, "null");
        else if (is_bare(r->columns[column].type, r->cells[i]))
            str_add(s, r->cells[i]);
        else
            str_add_json(s, r->cells[i]);
        str_add(s, column + 1 == r->n_columns ? "}" : "");
    }
    str_add(s, n ? "\n]\n" : "]\n");
}
