/* SPDX-License-Identifier: MIT */
/*
 * When everything happens. The times of scripted steps follow from the scenario and the drawn variables alone, so they
 * are known before anything is played, and no everyday event can move them.
 */
#include "sim/lab/playing.h"

#include <stdlib.h>
#include <string.h>

#define SESSION_MS (INT64_C(8) * 3600 * 1000) /* after that a console person signs in again */

void schedule_drop(struct schedule *s)
{
    free(s->list);
    *s = (struct schedule){0};
}

/* ---- times ---- */

static bool expand_value(struct play *p, const struct step *step, const struct value *v, struct str *out, struct err *e)
{
    return scenario_expand(v->text, play_lookup, p, out, e) || step_fail(step, e, "its time");
}

static bool time_at(struct play *p, const struct step *step, int64_t *ret, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    if (!expand_value(p, step, &step->at_time, &text, e))
        return false;
    if (!time_parse(str_text(&text), ret, NULL))
        return step_fail(step, e, "expected a time, got \"%s\"", str_text(&text));
    *ret += p->shift_ms;
    return true;
}

bool step_wait(struct play *p, const struct step *step, const struct value *wait, int64_t *ret, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    *ret = 0;
    if (!wait->text)
        return true;
    if (!expand_value(p, step, wait, &text, e))
        return false;
    return duration_parse(str_text(&text), ret) || step_fail(step, e, "expected a duration, got \"%s\"", str_text(&text));
}

bool step_time_of_mark(const struct play *p, const int64_t *times, size_t before, const char *mark, int64_t *ret)
{
    const struct step *steps = p->scenario->timeline.items;
    for (size_t i = 0; i < before; i++)
        if (text_same(steps[i].mark, mark)) {
            *ret = times[i];
            return true;
        }
    return false;
}

/* People do not act on the second: every step has milliseconds of its own. */
static int64_t odd_ms(const struct play *p, size_t i)
{
    struct chance c = chance_of(&p->seed, "story/%zu/ms", i);
    return chance_between(&c, 0, 999);
}

bool step_base(struct play *p, size_t i, const int64_t *times, int64_t *ret, struct err *e)
{
    const struct step *step = (const struct step *)p->scenario->timeline.items + i;
    int64_t base = i ? times[i - 1] / 1000 * 1000 : p->world.start_ms;
    if (step->when == STEP_AT_OFFSET)
        base = p->world.start_ms + step->offset_ms;
    else if (step->when == STEP_AT && !time_at(p, step, &base, e))
        return false;
    else if (step->when == STEP_AFTER && !step_time_of_mark(p, times, i, step->after, &base))
        return step_fail(step, e, "nothing before it is marked \"%s\"", step->after);
    *ret = base;
    return true;
}

static bool step_time(struct play *p, size_t i, int64_t *times, struct err *e)
{
    const struct step *step = (const struct step *)p->scenario->timeline.items + i;
    int64_t base = 0, wait = 0;
    if (!step_base(p, i, times, &base, e) || !step_wait(p, step, &step->wait, &wait, e))
        return false;
    times[i] = (base + wait) / 1000 * 1000 + odd_ms(p, i);
    return true;
}

/* ---- the console ---- */

/* A person who works in the console has to be signed in: once, and again when the session is old. */
static void add_sign_in(struct play *p, struct schedule *s, size_t i)
{
    struct due *step = &s->list[i];
    const struct member *m = play_member(p, step->step->as);
    const struct client *client = client_find(step->step->client ? step->step->client : m->person->client);
    if (!client->console || !m->password || text_starts(step->step->op, "host:") || text_starts(step->step->op, "signin:"))
        return;
    for (size_t k = 0; k < i; k++)
        if (s->list[k].kind == DUE_STEP && s->list[k].console.key && text_same(s->list[k].step->as, step->step->as) &&
            text_same(s->list[k].step->place, step->step->place) && step->time_ms >= s->list[k].console.time_ms &&
            step->time_ms - s->list[k].console.time_ms < SESSION_MS) {
            step->console = s->list[k].console;
            return;
        }
    struct chance c = chance_of(&p->seed, "story/%zu/sign-in", step->index);
    char tail[9];
    chance_text(&c, ALPHABET_BASE32, 8, tail);
    step->console.time_ms = step->time_ms - chance_between(&c, 35000, 110000);
    step->console.key = arena_printf(&p->world.arena, "ASIA%s%s", p->world.account.key_prefix, tail);
    *GROW(s->list, s->n, s->cap) = (struct due){.time_ms = s->list[i].console.time_ms,
                                                .kind = DUE_SIGN_IN,
                                                .index = s->list[i].index,
                                                .step = s->list[i].step,
                                                .console = s->list[i].console};
}

bool schedule_story(struct play *p, struct schedule *s, struct err *e)
{
    const struct step *steps = p->scenario->timeline.items;
    size_t n = p->scenario->timeline.n;
    int64_t *times = arena_alloc(&p->world.arena, (n + 1) * sizeof(*times));
    for (size_t i = 0; i < n; i++) {
        if (!step_time(p, i, times, e))
            return false;
        *GROW(s->list, s->n, s->cap) = (struct due){.time_ms = times[i], .kind = DUE_STEP, .index = i, .step = &steps[i]};
    }
    for (size_t i = 0; i < n; i++)
        add_sign_in(p, s, i);
    return true;
}

/* ---- everything together ---- */

static int by_time(const void *a, const void *b)
{
    const struct due *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static void add_life(struct schedule *s, const struct background *b, size_t first)
{
    for (size_t i = 0; i < b->n_actions; i++)
        *GROW(s->list, s->n, s->cap) =
            (struct due){.time_ms = b->actions[i].action.time_ms, .kind = DUE_LIFE, .index = first + i, .life = &b->actions[i]};
}

void schedule_life(struct play *p, struct schedule *s)
{
    add_life(s, &p->background, 0);
    add_life(s, &p->strangers, p->background.n_actions);
    if (s->n)
        qsort(s->list, s->n, sizeof(*s->list), by_time);
}
