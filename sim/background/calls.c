/* SPDX-License-Identifier: MIT */
/*
 * Each distinct call is rehearsed once: who makes it, with what, about which thing. Its shape (parameters, error,
 * client) serves all its occurrences. A hash says which were rehearsed already.
 */
#include "sim/background/habits.h"

#include <stdlib.h>

#define IMPOSSIBLE UINT32_MAX

struct rehearsed {
    const struct worker *worker; /* NULL: free place */
    const struct habit_call *call;
    uint32_t variant, way;
    uint32_t index;
};

static size_t hash(const struct worker *worker, const struct habit_call *call, size_t variant, enum way way)
{
    uint64_t h = (uint64_t)(uintptr_t)worker * 0x9e3779b97f4a7c15ULL ^ (uint64_t)(uintptr_t)call * 0xc2b2ae3d27d4eb4fULL;

    h ^= (variant * 4 + way) * 0x165667b19e3779f9ULL;
    return (size_t)(h ^ h >> 29 ^ h >> 47);
}

static struct rehearsed *place_of(struct drawing *d, const struct rehearsed *r)
{
    size_t mask = d->cap_rehearsed - 1, i = hash(r->worker, r->call, r->variant, (enum way)r->way) & mask;

    while (d->rehearsed[i].worker && (d->rehearsed[i].worker != r->worker || d->rehearsed[i].call != r->call ||
                                      d->rehearsed[i].variant != r->variant || d->rehearsed[i].way != r->way))
        i = (i + 1) & mask;
    return &d->rehearsed[i];
}

static void make_room(struct drawing *d)
{
    struct rehearsed *old = d->rehearsed;
    size_t n = d->cap_rehearsed;

    if (d->n_rehearsed * 2 < n)
        return;
    d->cap_rehearsed = n ? n * 2 : 1024;
    d->rehearsed = xcalloc(d->cap_rehearsed, sizeof(*d->rehearsed));
    for (size_t i = 0; i < n; i++)
        if (old[i].worker)
            *place_of(d, &old[i]) = old[i];
    free(old);
}

static uint32_t rehearse(struct drawing *d, const struct working_time *t, const struct habit_call *call, size_t variant)
{
    const struct own own = {t->from.ip, t->worker->r->who.name};
    const struct service *service;
    const struct entry *shape = NULL;

    if (catalog_find(d->plan->w->catalog, call->op, &service)) {
        json_auto_t *params = things_fill(&d->things, call->params, variant, &own);
        struct action action = {.time_ms = d->plan->from_ms,
                                .who = t->who,
                                .from = t->from,
                                .op = call->op,
                                .region = call->region,
                                .params = params};
        action.from.agent = agent_for(d, t, call->op);
        shape = act_rehearse(d->plan->w, &action);
    }
    if (!shape || shape->silent || shape->data_event) /* it would leave no record */
        return IMPOSSIBLE;
    *GROW(d->b->everyday.calls, d->b->everyday.n_calls, d->b->everyday.cap_calls) = (struct everyday_call){shape, service};
    return (uint32_t)d->b->everyday.n_calls - 1;
}

bool call_index(struct drawing *d, const struct working_time *t, const struct habit_call *call, size_t variant, uint32_t *ret)
{
    struct rehearsed wanted = {t->worker, call, (uint32_t)variant, t->hours->way, 0}, *place;

    make_room(d);
    place = place_of(d, &wanted);
    if (!place->worker) {
        wanted.index = rehearse(d, t, call, variant);
        *place = wanted;
        d->n_rehearsed++;
    }
    *ret = place->index;
    return place->index != IMPOSSIBLE;
}
