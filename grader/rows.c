/* SPDX-License-Identifier: MIT */
/*
 * Rows as a multiset or in order. Each cell is brought to a normal form first: numbers of numeric columns as numbers, moments
 * as instants. Rows are then sorted and merged; with a tolerance only the texts are, and numbers are tried against each other
 * within rows of the same texts.
 */
#include "grader/rows.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_PERMUTED = 5, CELL_SHOWN = 60 };

const char *const columns_by_names[] = {"position", "names", "any", NULL};

struct row {
    const char *text;      /* the cells that are no numbers, or all without a tolerance */
    const double *numbers; /* NULL without a tolerance; NAN where the cell is none */
    size_t index;
    bool used;
};
struct table {
    struct row *rows;
    size_t n;
};
struct comparing {
    struct arena arena;
    const struct athena_result *expected, *given;
    const struct row_rules *rules;
    size_t n_columns;
    bool *numeric; /* by column of the expected result: compared as numbers, with the tolerance */
};

/* ---- cells ---- */

static bool numeric_type(const char *type)
{
    static const char *const types[] = {"tinyint", "smallint", "integer", "bigint", "real", "float", "double", "decimal"};
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_starts(type, types[i]))
            return true;
    return false;
}

static bool read_number(const char *s, double *ret)
{
    char *end = NULL;
    if (!isdigit((unsigned char)*s) && *s != '-' && *s != '.')
        return false;
    *ret = strtod(s, &end);
    return end != s && !*end && isfinite(*ret);
}

/* "2025-10-14 13:00:00.000 UTC", "2025-10-14T13:00:00Z" */
static bool read_moment(struct arena *arena, const char *s, int64_t *ms)
{
    size_t n = strlen(s);
    bool looks = n >= 16 && n < 40 && s[4] == '-' && s[7] == '-' && (s[10] == 'T' || s[10] == ' ');
    if (!looks)
        return false;
    return time_parse(text_ends(s, " UTC") ? arena_dupn(arena, s, n - 4) : s, ms, NULL);
}

static void add_normal(struct comparing *c, struct str *out, const char *cell, bool number)
{
    int64_t ms;
    double value;
    if (!cell)
        str_add(out, "\x01");
    else if (number && read_number(cell, &value))
        str_addf(out, "%.15g", value == 0 ? 0.0 : value);
    else if (read_moment(&c->arena, cell, &ms))
        str_addf(out, "@%lld", (long long)ms);
    else
        str_add(out, cell);
}

/* ---- tables in normal form; map: the column that each of the expected ones is compared with ---- */

static struct table table_of(struct comparing *c, const struct athena_result *r, const size_t *map)
{
    struct table t = {arena_alloc(&c->arena, (r->n_rows + 1) * sizeof(*t.rows)), r->n_rows};
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < r->n_rows; i++) {
        double *numbers = c->rules->within > 0 ? arena_alloc(&c->arena, (c->n_columns + 1) * sizeof(*numbers)) : NULL;
        str_clear(&text);
        for (size_t j = 0; j < c->n_columns; j++) {
            const char *cell = r->cells[i * r->n_columns + map[j]];
            bool apart = numbers && c->numeric[j] && cell && read_number(cell, &numbers[j]);
            if (numbers && !apart)
                numbers[j] = NAN;
            if (!apart)
                add_normal(c, &text, cell, numeric_type(r->columns[map[j]].type));
            str_addc(&text, '\x1f');
        }
        t.rows[i] = (struct row){arena_dupn(&c->arena, str_text(&text), text.len), numbers, i, false};
    }
    return t;
}

static bool number_near(const struct row_rules *rules, double expected, double given)
{
    if (isnan(expected) || isnan(given))
        return isnan(expected) && isnan(given);
    return fabs(expected - given) <= rules->within * (rules->relative ? fabs(expected) : 1) + 1e-12;
}

static bool same_row(const struct comparing *c, const struct row *expected, const struct row *given)
{
    if (strcmp(expected->text, given->text) != 0)
        return false;
    for (size_t i = 0; expected->numbers && i < c->n_columns; i++)
        if (!number_near(c->rules, expected->numbers[i], given->numbers[i]))
            return false;
    return true;
}

static int by_text(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_index(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static void sort(struct table *t, int (*by)(const void *, const void *))
{
    if (t->n)
        qsort(t->rows, t->n, sizeof(*t->rows), by);
}

/* Marks what has a partner on the other side; how many have. */
static size_t pair_up(const struct comparing *c, struct table *expected, struct table *given)
{
    size_t hits = 0, from = 0;
    sort(expected, by_text);
    sort(given, by_text);
    for (size_t i = 0; i < expected->n; i++) {
        struct row *row = &expected->rows[i];
        while (from < given->n && (given->rows[from].used || strcmp(given->rows[from].text, row->text) < 0))
            from++;
        for (size_t j = from; !row->used && j < given->n && !strcmp(given->rows[j].text, row->text); j++)
            if (!given->rows[j].used && same_row(c, row, &given->rows[j])) {
                row->used = given->rows[j].used = true;
                hits++;
            }
    }
    sort(expected, by_index);
    sort(given, by_index);
    return hits;
}

/* ---- columns ---- */

static bool by_position(struct comparing *c, size_t *map, struct str *why)
{
    size_t n = c->given->n_columns;
    for (size_t i = 0; i < c->n_columns; i++)
        map[i] = i;
    if (n != c->n_columns)
        str_addf(why, "%zu column%s expected, %zu came", c->n_columns, c->n_columns == 1 ? " is" : "s are", n);
    return n == c->n_columns;
}

static bool by_names(struct comparing *c, size_t *map, struct str *why)
{
    for (size_t i = 0; i < c->n_columns && !why->len; i++) {
        map[i] = 0;
        while (map[i] < c->given->n_columns && strcasecmp(c->given->columns[map[i]].name, c->expected->columns[i].name) != 0)
            map[i]++;
        if (map[i] == c->given->n_columns)
            str_addf(why, "there is no column \"%s\"", c->expected->columns[i].name);
    }
    if (!why->len && c->given->n_columns != c->n_columns)
        str_addf(why, "%zu columns are expected, %zu came", c->n_columns, c->given->n_columns);
    return !why->len;
}

static size_t hits_with(struct comparing *c, const size_t *map)
{
    size_t straight[MOST_PERMUTED] = {0, 1, 2, 3, 4};
    struct arena kept = c->arena;
    c->arena = (struct arena){0};
    struct table expected = table_of(c, c->expected, straight), given = table_of(c, c->given, map);
    size_t hits = pair_up(c, &expected, &given);
    arena_drop(&c->arena);
    c->arena = kept;
    return hits;
}

/* The order of columns that makes most rows right: all are tried. */
static void permute(struct comparing *c, size_t *map, size_t from, size_t *best, size_t *best_hits)
{
    if (from == c->n_columns) {
        size_t hits = hits_with(c, map);
        if (*best_hits == SIZE_MAX || hits > *best_hits) {
            *best_hits = hits;
            memcpy(best, map, c->n_columns * sizeof(*map));
        }
        return;
    }
    for (size_t i = from; i < c->n_columns && (*best_hits == SIZE_MAX || *best_hits < c->expected->n_rows); i++) {
        size_t swapped = map[from];
        map[from] = map[i];
        map[i] = swapped;
        permute(c, map, from + 1, best, best_hits);
        map[i] = map[from];
        map[from] = swapped;
    }
}

static bool map_columns(struct comparing *c, size_t *map, struct str *why)
{
    if (c->rules->columns == COLUMNS_NAMES)
        return by_names(c, map, why);
    if (!by_position(c, map, why))
        return false;
    if (c->rules->columns == COLUMNS_ANY && c->n_columns <= MOST_PERMUTED) {
        size_t try[MOST_PERMUTED] = {0, 1, 2, 3, 4}, hits = SIZE_MAX;
        permute(c, try, 0, map, &hits);
    }
    return true;
}

/* ---- the whole ---- */

static size_t in_place(const struct comparing *c, const struct table *expected, const struct table *given)
{
    size_t n = 0;
    for (size_t i = 0; i < expected->n && i < given->n; i++)
        n += same_row(c, &expected->rows[i], &given->rows[i]);
    return n;
}

static void note_unpaired(const struct table *t, size_t *list, size_t *n)
{
    for (size_t i = 0; i < t->n && *n < ROWS_SHOWN; i++)
        if (!t->rows[i].used)
            list[(*n)++] = i;
}

void rows_compare(const struct athena_result *expected, const struct athena_result *given, const struct row_rules *rules,
                  struct row_difference *out)
{
    struct comparing c = {.expected = expected, .given = given, .rules = rules, .n_columns = expected->n_columns};
    size_t *straight = arena_alloc(&c.arena, (c.n_columns + 1) * sizeof(*straight));
    size_t *map = arena_alloc(&c.arena, (c.n_columns + 1) * sizeof(*map));
    *out = (struct row_difference){0};
    c.numeric = arena_alloc(&c.arena, c.n_columns + 1);
    for (size_t i = 0; i < c.n_columns; i++) {
        straight[i] = i;
        c.numeric[i] = numeric_type(expected->columns[i].type);
    }
    if (map_columns(&c, map, &out->columns)) {
        struct table want = table_of(&c, expected, straight), have = table_of(&c, given, map);
        out->hits = pair_up(&c, &want, &have);
        note_unpaired(&want, out->missing, &out->n_missing);
        note_unpaired(&have, out->extra, &out->n_extra);
        size_t placed = rules->ordered ? in_place(&c, &want, &have) : out->hits;
        out->out_of_order = placed < out->hits;
        out->hits = placed < out->hits ? placed : out->hits;
    }
    arena_drop(&c.arena);
}

void row_difference_drop(struct row_difference *d)
{
    str_drop(&d->columns);
}

void row_add(struct str *out, const struct athena_result *r, size_t row)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        AUTO(str_drop) struct str cell = {0};
        const char *text = r->cells[row * r->n_columns + i];
        str_add_log(&cell, text ? text : "NULL");
        size_t n = cell.len > CELL_SHOWN ? CELL_SHOWN : cell.len;
        while (n < cell.len && n && ((unsigned char)cell.s[n] & 0xc0) == 0x80)
            n--;
        str_add(out, i ? " | " : "");
        str_addn(out, str_text(&cell), n);
        str_add(out, n < cell.len ? "..." : "");
    }
}
