/* SPDX-License-Identifier: MIT */
/*
 * Item analysis. Facility: mean of what was earned over what could be. Discrimination: Pearson's correlation of an item's
 * points with the rest of the score (without that item, else it would correlate with itself). An item that waits for a person,
 * or could not be judged, has no part in its own figures, and until then no points in the rest of the others'. First attempts
 * are told apart, because a facility over best attempts says more of patience than of the item.
 */
#include "grader/batch/analysis.h"
#include "grader/batch/alike.h"
#include "grader/batch/results.h"

#include <math.h>
#include <stdlib.h>

/* ---- items: facility, first and tries are sums until finish_items() ---- */

static size_t item_of(struct analysis *a, const struct finding *f, size_t guess)
{
    if (guess < a->n_items && text_same(a->items[guess].id, f->id))
        return guess;
    for (size_t i = 0; i < a->n_items; i++)
        if (text_same(a->items[i].id, f->id))
            return i;
    *GROW(a->items, a->n_items, a->cap_items) = (struct item){
        .id = arena_dup(&a->arena, f->id), .title = arena_dup(&a->arena, f->title), .kind = f->kind, .max = f->max};
    return a->n_items - 1;
}

static bool is_full(const struct finding *f)
{
    return f->outcome == OUTCOME_PASS;
}

/* An essay that nobody has marked is not worth nothing. */
static bool is_decided(int outcome)
{
    return outcome >= 0 && outcome != OUTCOME_ERROR && outcome != OUTCOME_MANUAL;
}

static double share_of(const struct finding *f)
{
    return f->max ? (double)f->points / (double)f->max : is_full(f) ? 1 : 0;
}

/* Of the first attempt that counts, and how many it took until an item was right. */
static void look_at_attempts(struct analysis *a, const struct standing *s)
{
    size_t known = a->n_items + 256, number = 0;
    bool *solved = xcalloc(known, sizeof(*solved));
    for (size_t i = 0; i < s->n; i++) {
        AUTO(report_drop) struct report r = {0};
        struct err ignored = {0};
        if (!s->attempts[i].counts || !report_read(json_object_get(s->attempts[i].json, "report"), &r, &ignored))
            continue;
        number++;
        for (size_t j = 0; j < r.n; j++) {
            size_t at = item_of(a, &r.findings[j], j);
            struct item *item = &a->items[at];
            if (number == 1 && is_decided((int)r.findings[j].outcome)) {
                item->first += share_of(&r.findings[j]);
                item->n_first++;
            }
            if (at < known && !solved[at] && is_full(&r.findings[j])) {
                solved[at] = true;
                item->tries += (double)number;
                item->n_solved++;
            }
        }
    }
    free(solved);
}

/* ---- rows ---- */

static void fill_cells(struct analysis *a, struct row *row, const struct report *r)
{
    size_t most = row->n_cells = r->n + a->n_items;
    row->cells = arena_alloc(&a->arena, (most + 1) * sizeof(*row->cells));
    for (size_t i = 0; i < most; i++)
        row->cells[i].outcome = -1;
    for (size_t i = 0; i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        size_t at = item_of(a, f, i);
        struct item *item = &a->items[at];
        row->hints += f->hints;
        row->cells[at] = (struct cell){(signed char)f->outcome, f->points};
        item->n++;
        item->right += is_full(f);
        item->partly += f->outcome == OUTCOME_PARTIAL;
        item->errors += !is_decided((int)f->outcome);
        item->facility += is_decided((int)f->outcome) ? share_of(f) : 0;
        item->hints += f->hints;
    }
}

static void add_row(struct analysis *a, const struct standing *s)
{
    struct row *row = &a->rows[a->n++];
    *row = (struct row){.student = s->student,
                        .handed_in = s->n > 0,
                        .graded = s->graded,
                        .attempts = s->n,
                        .counted = s->counted,
                        .score = s->report.score,
                        .max = s->report.max,
                        .raw = s->raw,
                        .seconds = -1,
                        .why = arena_dup(&a->arena, s->why),
                        .not_graded = arena_dup(&a->arena, s->report.ungradable),
                        .vetoed = arena_dup(&a->arena, s->report.vetoed)};
    a->handed_in += row->handed_in;
    a->graded += row->graded;
    a->untimed += s->graded && s->untimed;
    a->outdated += s->graded && s->outdated;
    if (!s->graded)
        return;
    fill_cells(a, row, &s->report);
    look_at_attempts(a, s);
    time_take(a, row, s->n ? json_object_get(s->attempts[s->kept].json, "facts") : NULL);
}

/* Rows that were made before an item was first seen have no cell of it. */
static void widen_rows(struct analysis *a)
{
    for (size_t i = 0; i < a->n; i++) {
        struct row *row = &a->rows[i];
        struct cell *wide = arena_alloc(&a->arena, (a->n_items + 1) * sizeof(*wide));
        for (size_t j = 0; j < a->n_items; j++)
            wide[j] = j < row->n_cells ? row->cells[j] : (struct cell){-1, 0};
        row->cells = wide;
        row->n_cells = a->n_items;
    }
}

/* ---- numbers ---- */

static double correlation(const struct analysis *a, size_t item)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct row *row = &a->rows[i];
        if (!row->graded || !is_decided(row->cells[item].outcome))
            continue;
        double own = (double)row->cells[item].points, rest = 0;
        for (size_t j = 0; j < a->n_items; j++)
            if (j != item && a->items[j].max && row->cells[j].outcome >= 0)
                rest += (double)row->cells[j].points;
        n++;
        x += own, y += rest;
        xx += own * own, yy += rest * rest, xy += own * rest;
    }
    double spread = (n * xx - x * x) * (n * yy - y * y);
    return n < 3 || spread <= 0 ? NAN : (n * xy - x * y) / sqrt(spread);
}

static void finish_items(struct analysis *a)
{
    for (size_t i = 0; i < a->n_items; i++) {
        struct item *item = &a->items[i];
        item->facility = item->n > item->errors ? item->facility / (double)(item->n - item->errors) : NAN;
        item->first = item->n_first ? item->first / (double)item->n_first : NAN;
        item->tries = item->n_solved ? item->tries / (double)item->n_solved : NAN;
        item->discrimination = item->max ? correlation(a, i) : NAN;
    }
}

/* Reports have the titles in the language they were judged in; the page may be in another. */
static void name_items(struct analysis *a)
{
    AUTO(diags_drop) struct diags ignored = {0};
    AUTO(rubric_free) struct rubric *rubric = rubric_read(a->class->scenario, &ignored);
    for (size_t i = 0; i < a->n_items; i++) {
        const char *title = rubric_title(rubric, a->items[i].id, a->class->language);
        if (title)
            a->items[i].title = arena_dup(&a->arena, title);
    }
}

static void note_uploads(struct analysis *a, const struct standing *s)
{
    for (size_t i = 0; i < s->n; i++) {
        char key[65];
        results_key(s->attempts[i].json, key);
        *GROW(a->handed, a->n_handed, a->cap_handed) = arena_dup(&a->arena, key);
    }
}

bool analysis_make(struct class *c, void (*progress)(void *context, const char *what, unsigned done, unsigned all),
                   struct analysis *a, struct err *e)
{
    struct class_rules rules;
    AUTO(overrides_drop) struct overrides overrides = {0};
    AUTO(variants_drop) struct variants variants = {0};
    AUTO(alike_free) struct alike *alike = NULL;
    *a = (struct analysis){.class = c};
    if (!rules_read(c, &rules, e) || !overrides_read(c, &overrides, e) || !class_variants(c, &variants, e))
        return false;
    bool good = true;
    a->idle_deadline = rules.deadline_ms && !rules.late.n;
    a->rows = xcalloc(c->roster.n + 1, sizeof(*a->rows));
    alike = alike_new(c, &variants);
    for (size_t i = 0; good && i < c->roster.n; i++) {
        AUTO(standing_drop) struct standing s = {0};
        good = standing_read(c, RESULTS, &rules, &overrides, &c->roster.list[i], &s, e);
        if (!good)
            break;
        add_row(a, &s);
        note_uploads(a, &s);
        alike_take(alike, &s, i);
    }
    good = good && overrides_good(&overrides, e) && unclaimed_take(a, e);
    if (good) {
        widen_rows(a);
        finish_items(a);
        name_items(a);
        time_finish(a);
        alike_find(alike, progress, a);
    }
    return good;
}

void analysis_drop(struct analysis *a)
{
    free(a->rows);
    free(a->items);
    free(a->alike);
    free(a->unclaimed);
    free(a->handed);
    arena_drop(&a->arena);
    *a = (struct analysis){0};
}
