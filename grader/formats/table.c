/* SPDX-License-Identifier: MIT */
/*
 * Tables. `csv` has a row for each submission and a column for each item's points: which items there are is known when all
 * submissions were seen, so rows are kept until the end, numbers only. `csv-items` has a row for each item.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

#include <stdlib.h>

struct item_points {
    size_t column;
    int64_t points;
    bool known;
};
struct row {
    char *head; /* the cells before the items */
    struct item_points *items;
    size_t n;
};
struct table {
    struct arena arena;
    const char **columns;
    size_t n_columns, cap_columns;
    struct row *rows;
    size_t n, cap;
};

static size_t column_of(struct table *t, const char *id, size_t guess)
{
    if (guess < t->n_columns && text_same(t->columns[guess], id))
        return guess;
    for (size_t i = 0; i < t->n_columns; i++)
        if (text_same(t->columns[i], id))
            return i;
    *GROW(t->columns, t->n_columns, t->cap_columns) = arena_dup(&t->arena, id);
    return t->n_columns - 1;
}

static void add_text(struct str *out, const char *s)
{
    str_add_cell(out, s ? s : "");
    str_addc(out, ',');
}

static void add_head(struct str *out, const struct graded *g)
{
    const struct report *r = g->report;
    add_text(out, g->submission);
    add_text(out, r->student);
    add_text(out, g->name);
    add_text(out, r->scenario);
    if (!r->ungradable)
        str_add_points(out, r->score);
    str_addc(out, ',');
    str_add_points(out, r->max);
    str_addc(out, ',');
    if (!r->ungradable)
        str_addf(out, "%d", report_percent(r));
    str_addc(out, ',');
    add_text(out, r->ungradable);
    add_text(out, r->vetoed);
    if (r->receipt.submission_hash)
        str_add(out, r->receipt.submission_hash);
}

bool table_begin(struct writing *w, struct err *e)
{
    (void)e;
    w->own = xcalloc(1, sizeof(struct table));
    return true;
}

void table_add(struct writing *w, const struct graded *g)
{
    struct table *t = w->own;
    const struct report *r = g->report;
    AUTO(str_drop) struct str head = {0};
    add_head(&head, g);
    struct row *row = GROW(t->rows, t->n, t->cap);
    *row = (struct row){str_steal(&head), xcalloc(r->n + 1, sizeof(*row->items)), r->n};
    for (size_t i = 0; i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        bool known =
            !r->ungradable && f->outcome != OUTCOME_SKIPPED && f->outcome != OUTCOME_ERROR && f->outcome != OUTCOME_MANUAL;
        row->items[i] = (struct item_points){column_of(t, f->id, i), f->points, known};
    }
}

static void add_row(struct str *out, const struct table *t, const struct row *row)
{
    str_add(out, row->head);
    for (size_t column = 0; column < t->n_columns; column++) {
        str_addc(out, ',');
        for (size_t i = 0; i < row->n; i++)
            if (row->items[i].column == column && row->items[i].known)
                str_add_points(out, row->items[i].points);
    }
    str_addc(out, '\n');
}

void table_end(struct writing *w)
{
    const struct table *t = w->own;
    str_add(w->out, "submission,student,name,scenario,score,max,percent,not_graded,vetoed,submission_hash");
    for (size_t i = 0; i < t->n_columns; i++) {
        str_addc(w->out, ',');
        str_add_cell(w->out, t->columns[i]);
    }
    str_addc(w->out, '\n');
    for (size_t i = 0; i < t->n; i++)
        add_row(w->out, t, &t->rows[i]);
}

void table_drop(struct writing *w)
{
    struct table *t = w->own;
    for (size_t i = 0; i < t->n; i++) {
        free(t->rows[i].head);
        free(t->rows[i].items);
    }
    free(t->rows);
    free(t->columns);
    arena_drop(&t->arena);
    free(t);
}

/* ---- a row an item ---- */

bool items_begin(struct writing *w, struct err *e)
{
    (void)e;
    str_add(w->out, "submission,student,kind,item,outcome,points,max,hints,found,expected,feedback\n");
    return true;
}

void items_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    for (size_t i = 0; i < r->n; i++) {
        AUTO(arena_drop) struct arena arena = {0};
        const struct finding shown = seen(w, r, &r->findings[i], &arena), *f = &shown;
        add_text(w->out, g->submission);
        add_text(w->out, r->student);
        str_addf(w->out, "%s,", finding_names[f->kind]);
        add_text(w->out, f->id);
        str_addf(w->out, "%s,", outcome_names[f->outcome]);
        str_add_points(w->out, f->points);
        str_addc(w->out, ',');
        str_add_points(w->out, f->max);
        str_addf(w->out, ",%u,", f->hints);
        add_text(w->out, f->found);
        add_text(w->out, f->expected);
        str_add_cell(w->out, f->feedback ? f->feedback : "");
        str_addc(w->out, '\n');
    }
}
