/* SPDX-License-Identifier: MIT */
/*
 * Time at work, as far as students' commands noted it (grader/pace.h): of each student, of each question the median, and who
 * came to half of the points in a tenth of the class's median. Medians, because one lunch break that was no pause would
 * otherwise be the mean.
 */
#include "grader/batch/analysis.h"
#include "grader/batch/phrases.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_TIMED = 5, TENTH = 10 };

void time_take(struct analysis *a, struct row *row, const json_t *facts)
{
    const json_t *time = json_object_get(facts, "time"), *questions = json_object_get(time, "questions");
    row->seconds = json_int_or(time, "seconds", -1);
    if (row->seconds < 0 || !json_object_size(questions))
        return;
    row->times = arena_alloc(&a->arena, (a->n_items + 1) * sizeof(*row->times));
    row->n_times = a->n_items;
    for (size_t i = 0; i < a->n_items; i++)
        row->times[i] = a->items[i].kind == FINDING_QUESTION ? json_int_or(questions, a->items[i].id, -1) : -1;
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int64_t analysis_median(int64_t *list, size_t n)
{
    if (!n)
        return -1;
    qsort(list, n, sizeof(*list), by_number);
    return n % 2 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

static int64_t median_of_item(const struct analysis *a, size_t item, int64_t *list, size_t *ret_n)
{
    *ret_n = 0;
    for (size_t i = 0; i < a->n; i++)
        if (item < a->rows[i].n_times && a->rows[i].times[item] >= 0)
            list[(*ret_n)++] = a->rows[i].times[item];
    return analysis_median(list, *ret_n);
}

static bool is_fast(const struct analysis *a, const struct row *row)
{
    return row->seconds >= 0 && row->max && row->score * 2 >= row->max && row->seconds * TENTH < a->median_s;
}

static void find_fast(struct analysis *a)
{
    const char *language = a->class->language;
    size_t fast = 0;
    for (size_t i = 0; i < a->n; i++)
        fast += is_fast(a, &a->rows[i]);
    for (size_t i = 0; a->timed >= LEAST_TIMED && i < a->n; i++) {
        const struct row *row = &a->rows[i];
        if (!is_fast(a, row))
            continue;
        struct likeness *l = GROW(a->alike, a->n_alike, a->cap_alike);
        *l = (struct likeness){.kind = phrase("en", PHRASE_LIKE_FAST), .says = phrase(language, PHRASE_LIKE_FAST), .n = 1};
        l->students = arena_alloc(&a->arena, sizeof(*l->students));
        l->students[0] = row->student->id;
        l->rarity = (double)fast / (double)a->timed;
        l->what = arena_printf(&a->arena, phrase(language, PHRASE_FAST_WHAT), (long long)time_minutes(row->seconds),
                               100.0 * (double)row->score / (double)row->max);
        l->base =
            arena_printf(&a->arena, phrase(language, PHRASE_FAST_BASE), fast, a->timed, (long long)time_minutes(a->median_s));
    }
}

void time_finish(struct analysis *a)
{
    int64_t *list = xcalloc(a->n + 1, sizeof(*list));
    for (size_t i = 0; i < a->n_items; i++)
        a->items[i].seconds = median_of_item(a, i, list, &a->items[i].timed);
    for (size_t i = 0; i < a->n; i++)
        if (a->rows[i].graded && a->rows[i].seconds >= 0)
            list[a->timed++] = a->rows[i].seconds;
    a->median_s = analysis_median(list, a->timed);
    free(list);
    find_fast(a);
}

int64_t time_minutes(int64_t seconds)
{
    return (seconds + 59) / 60;
}

static int slower(const void *a, const void *b)
{
    const struct item *const *x = a, *const *y = b;
    int order = ((*x)->seconds < (*y)->seconds) - ((*x)->seconds > (*y)->seconds);
    return order ? order : strcmp((*x)->id, (*y)->id);
}

size_t time_slowest(const struct analysis *a, const struct item **list)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_items; i++)
        if (a->items[i].seconds >= 0)
            list[n++] = &a->items[i];
    if (n)
        qsort(list, n, sizeof(*list), slower);
    return n;
}
