/* SPDX-License-Identifier: MIT */
/*
 * The reading calls. A layer is what a usual day's gestures come to; many events are many layers, one beside the other.
 * The last one is thinned: its gestures are kept in an order of their own until the number is met, so that more events
 * are always the same ones and some more.
 */
#include "sim/background/habits.h"

#include <stdlib.h>

#define PICKS (1u << 20) /* many more than there are things to choose from */

struct gesture {
    uint32_t rank, first, n; /* its occurrences in the layer's list */
};
struct layer {
    unsigned number;
    struct gesture *gestures;
    size_t n_gestures, cap_gestures;
    struct occurrence *list;
    size_t n, cap;
};

static void layer_drop(struct layer *l)
{
    free(l->gestures);
    free(l->list);
}

/* ---- one gesture ---- */

struct making { /* a gesture while it is made */
    struct drawing *d;
    const struct working_time *t;
    const struct routine *routine;
    struct layer *l;
};

static bool is_refused(const struct drawing *d, uint32_t index)
{
    const char *error = d->b->everyday.calls[index].shape->error_code;

    return error && (text_starts(error, "AccessDenied") || text_ends(error, "UnauthorizedOperation"));
}

static void happen(const struct making *m, const struct habit_call *call, size_t variant, int64_t when_ms)
{
    const struct working_time *t = m->t;
    bool unasked = t->hours->way == BY_PROGRAM && !m->routine->mistaken;
    uint32_t index;

    if (when_ms < m->d->plan->from_ms || when_ms >= m->d->plan->until_ms || !call_index(m->d, t, call, variant, &index))
        return;
    if (!unasked || !is_refused(m->d, index))
        *GROW(m->l->list, m->l->n, m->l->cap) = (struct occurrence){when_ms, index, t->session + session_at(t, when_ms)};
}

/* Half of a pause is sure, the rest is drawn; calls that are made side by side still arrive one after the other. */
static int64_t pause_before(struct chance *c, const struct habit_call *call)
{
    return call->gap_ms ? call->gap_ms / 2 + chance_gap(c, call->gap_ms / 2) : chance_between(c, 0, 40);
}

/* Is the gesture's first call refused to that person? A page that may not list the users asks nothing about them. */
static bool refused(struct drawing *d, const struct working_time *t, const struct routine *routine, size_t pick)
{
    size_t variants = things_variants(&d->things, routine->calls->params);
    uint32_t index;

    return variants && call_index(d, t, routine->calls, pick % variants, &index) && is_refused(d, index);
}

static bool follows_from_first(const struct habit_call *call)
{
    return call->each || call->gap_ms >= 1500;
}

static int64_t make_calls(const struct making *m, struct chance *c, int64_t when)
{
    size_t pick = (size_t)chance_below(c, PICKS);
    bool in_vain = refused(m->d, m->t, m->routine, pick);

    for (size_t i = 0; i < m->routine->n; i++) {
        const struct habit_call *call = &m->routine->calls[i];
        size_t variants = things_variants(&m->d->things, call->params);
        bool made = chance_below(c, 100) < (call->percent ? call->percent : 100);
        if (!made || !variants || (in_vain && follows_from_first(call)))
            continue;
        for (size_t v = 0; v < (call->each ? variants : 1); v++) {
            when += pause_before(c, call);
            happen(m, call, call->each ? v : pick % variants, when);
        }
    }
    return when;
}

static const struct routine *weigh(const struct hours *h, struct chance *c)
{
    unsigned all = 0, at;

    for (size_t i = 0; i < *h->n_routines; i++)
        all += h->routines[i].weight;
    at = (unsigned)chance_below(c, all);
    for (size_t i = 0; i < *h->n_routines; i++) {
        if (at < h->routines[i].weight)
            return &h->routines[i];
        at -= h->routines[i].weight;
    }
    return h->routines;
}

/* People learn where they are not wanted: they go there a quarter as often. */
static const struct routine *choose(struct drawing *d, const struct working_time *t, struct chance *c)
{
    const struct routine *routine = weigh(t->hours, c);

    if (t->hours->way == BY_CONSOLE && refused(d, t, routine, 0) && !chance_one_in(c, 4))
        routine = weigh(t->hours, c);
    return routine;
}

/* ---- a working time ---- */

/* 0, 1/2, 1/4, 3/4, 1/8, ..: whatever a thinned program keeps is still evenly spaced. */
static uint32_t evenly(uint32_t i)
{
    uint32_t mirrored = 0;

    for (int bit = 0; bit < 32; bit++)
        mirrored |= (i >> bit & 1) << (31 - bit);
    return mirrored;
}

static int64_t next_start(const struct hours *h, struct chance *c, int64_t began, int64_t ended)
{
    if (h->way == BY_PROGRAM) /* by the clock, whatever the work took */
        return began + h->pause_ms + chance_between(c, -1000, 1000);
    return ended + 2000 + chance_gap(c, h->pause_ms);
}

static void fill(struct drawing *d, const struct working_time *t, struct layer *l)
{
    const struct hours *h = t->hours;
    struct chance c = chance_of(&d->plan->seed, "background/%s/%s/%zu/%u", t->worker->r->id, t->date, t->nth, l->number);
    bool by_clock = h->way == BY_PROGRAM;
    int64_t first = by_clock ? chance_between(&c, 0, l->number ? h->pause_ms : 5000) : 3000 + chance_gap(&c, 6000);
    uint32_t i = 0;

    for (int64_t when = t->start_ms + first; when < t->end_ms && when < d->plan->until_ms; i++) {
        struct gesture g = {by_clock ? evenly(i) : (uint32_t)(chance_u64(&c) >> 32), (uint32_t)l->n, 0};
        struct making m = {d, t, choose(d, t, &c), l};
        int64_t ended = make_calls(&m, &c, when);
        g.n = (uint32_t)l->n - g.first;
        if (g.n)
            *GROW(l->gestures, l->n_gestures, l->cap_gestures) = g;
        when = next_start(h, &c, when, ended);
    }
}

/* ---- layers ---- */

static void keep(struct everyday *everyday, const struct layer *l, const struct gesture *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *GROW(everyday->list, everyday->n, everyday->cap) = l->list[g->first + i];
}

static int by_rank(const void *a, const void *b)
{
    const struct gesture *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* As much of the layer as there is room for. */
static void keep_some(struct everyday *everyday, struct layer *l, uint64_t room)
{
    if (l->n > room)
        qsort(l->gestures, l->n_gestures, sizeof(*l->gestures), by_rank);
    for (size_t i = 0; i < l->n_gestures && room; i++) {
        size_t n = l->gestures[i].n < room ? l->gestures[i].n : (size_t)room;
        keep(everyday, l, &l->gestures[i], n);
        room -= n;
    }
}

static unsigned layers_of(const struct working_time *t)
{
    return habits[t->worker->r->habit].layers;
}

/* True if the layer held any call. */
static bool draw_layer(struct drawing *d, unsigned number, bool limited, uint64_t room)
{
    AUTO(layer_drop) struct layer l = {.number = number};

    for (size_t i = 0; i < d->n_times; i++) {
        const struct working_time *t = &d->times[i];
        if (!t->dropped && !(limited && layers_of(t) && number >= layers_of(t)))
            fill(d, t, &l);
    }
    keep_some(&d->b->everyday, &l, room);
    return l.n > 0;
}

static int by_time(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;

    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    return x->session < y->session ? -1 : x->session > y->session;
}

void layers_draw(struct drawing *d, uint64_t n_records)
{
    struct everyday *everyday = &d->b->everyday;
    bool limited = true; /* until nobody is left who may do more */

    for (unsigned number = 0; everyday->n + n_records < d->plan->events;) {
        if (draw_layer(d, number, limited, d->plan->events - n_records - everyday->n))
            number++;
        else if (limited)
            limited = false;
        else
            break;
    }
    if (everyday->n)
        qsort(everyday->list, everyday->n, sizeof(*everyday->list), by_time);
}
