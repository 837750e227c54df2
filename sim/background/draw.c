/* SPDX-License-Identifier: MIT */
/* The whole: everybody's days, then actions, then as many reading calls as are wanted. */
#include "sim/background/habits.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE 60000
#define DAY 86400000

static const char *const browsers[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
};

/* ---- the plan ---- */

static bool plan_good(const struct background_plan *plan, struct err *e)
{
    if (plan->until_ms <= plan->from_ms)
        return err_set(e, "everyday life needs some time: it would end at or before its beginning");
    if (plan->events > BACKGROUND_MAX_EVENTS)
        return err_set(e, "%llu events are too many: at most %u", (unsigned long long)plan->events, BACKGROUND_MAX_EVENTS);
    for (size_t i = 0; i < plan->n_people; i++) {
        if (!plan->people[i].id || !*plan->people[i].id)
            return err_set(e, "person %zu of everyday life has no id", i + 1);
        for (size_t j = 0; j < i; j++)
            if (strcmp(plan->people[i].id, plan->people[j].id) == 0)
                return err_set(e, "two people of everyday life are called \"%s\"", plan->people[i].id);
    }
    return true;
}

/* Whoever types commands does so at a desk, on a laptop, now and then in a CloudShell: other versions of the same client. */
static const char *agent_at(const char *own, size_t machine)
{
    const struct client *cli = client_find("aws-cli");
    size_t n = 0, at = 0;

    while (cli->agents[n])
        at = text_same(cli->agents[n++], own) ? n - 1 : at;
    return text_starts(own, "aws-cli/2") && machine && n ? cli->agents[(at + machine) % n] : own;
}

static void meet(struct drawing *d, const struct regular *r, struct worker *w)
{
    struct chance c = chance_of(&d->plan->seed, "background/%s", r->id);
    const char *browser = browsers[chance_below(&c, COUNT(browsers))], *ip = r->from.ip;

    if (!ip)
        ip = r->place ? address_within(&d->b->arena, &c, r->place) : address_elsewhere(&d->b->arena, &c, d->plan, false);
    for (size_t i = 0; i < MACHINES; i++)
        w[i] = (struct worker){.r = r,
                               .user = r->who.name ? find_user(d->plan->w, r->who.name) : NULL,
                               .ip = ip ? ip : "192.0.2.1",
                               .agent = agent_at(r->from.agent ? r->from.agent : "", i),
                               .browser = browser};
}

/* The day before counts, too: who works at night may still be at it. */
static void live(struct drawing *d, const struct worker *w)
{
    int64_t zone = (int64_t)w->r->zone_minutes * MINUTE;
    int64_t first = (d->plan->from_ms + zone) / DAY - 1, last = (d->plan->until_ms + zone) / DAY;

    for (int64_t day = first; day <= last; day++)
        day_draw(d, w, day);
}

/* ---- actions ---- */

/* Few events leave room for few actions: whole working times go, sign-in and all. */
static size_t drop_working_times(struct drawing *d)
{
    size_t kept = d->n_drafts;

    while (kept > d->plan->events / 4) {
        struct working_time *last = NULL;
        for (size_t i = 0; i < d->n_times; i++)
            if (!d->times[i].dropped && d->times[i].n_actions && (!last || d->times[i].rank > last->rank))
                last = &d->times[i];
        if (!last)
            break;
        last->dropped = true;
        kept -= last->n_actions;
    }
    return kept;
}

static int by_time(const void *a, const void *b)
{
    const struct action *x = &((const struct background_action *)a)->action,
                        *y = &((const struct background_action *)b)->action;

    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return strcmp(x->stream, y->stream);
}

static void sort_actions(struct background *b)
{
    if (b->n_actions)
        qsort(b->actions, b->n_actions, sizeof(*b->actions), by_time);
}

static void keep_actions(struct drawing *d)
{
    for (size_t i = 0; i < d->n_drafts; i++) {
        if (d->times[d->drafts[i].time].dropped)
            json_decref(d->drafts[i].is.action.params);
        else
            *GROW(d->b->actions, d->b->n_actions, d->b->cap_actions) = d->drafts[i].is;
    }
    sort_actions(d->b);
}

/* ---- the door ---- */

static void drawing_drop(struct drawing *d)
{
    things_drop(&d->things);
    free(d->workers);
    free(d->times);
    free(d->drafts);
    free(d->rehearsed);
}

bool background_draw(const struct background_plan *plan, struct background *b, struct err *e)
{
    AUTO(drawing_drop) struct drawing d = {.plan = plan, .b = b};

    *b = (struct background){0};
    if (!plan_good(plan, e))
        return false;
    things_find(plan, &d.things);
    d.workers = xcalloc(MACHINES * (plan->n_people + 1), sizeof(*d.workers));
    for (size_t i = 0; i < plan->n_people && plan->events; i++) {
        meet(&d, &plan->people[i], &d.workers[MACHINES * i]);
        if (plan->people[i].habit != HABIT_NONE)
            live(&d, &d.workers[MACHINES * i]);
    }
    size_t records = drop_working_times(&d);
    keep_actions(&d);
    if (!plan->actions_alone)
        layers_draw(&d, records);
    return true;
}

void background_drop(struct background *b)
{
    for (size_t i = 0; i < b->n_actions; i++)
        json_decref(b->actions[i].action.params);
    free(b->actions);
    free(b->everyday.calls);
    free(b->everyday.sessions);
    free(b->everyday.list);
    arena_drop(&b->arena);
    *b = (struct background){0};
}
