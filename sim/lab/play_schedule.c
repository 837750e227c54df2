/* SPDX-License-Identifier: MIT */
/*
 * When everything happens. The times of scripted steps follow from the scenario and the drawn variables alone, so they
 * are known before anything is played, and no everyday event can move them.
 */
#include "sim/lab/playing.h"

#include <stdlib.h>

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
bool step_needs_console(struct play *p, const struct step *step)
{
    const struct member *m = play_member(p, step->as);
    const struct client *client = m ? client_find(step->client ? step->client : m->person->client) : NULL;
    return client && client->console && m->password && !text_starts(step->op, "host:") && !text_starts(step->op, "signin:");
}

static struct chance console_chance(const struct play *p, size_t i)
{
    return chance_of(&p->seed, "story/%zu/sign-in", i);
}

static struct sign_in draw_console(struct play *p, struct chance *c, int64_t time_ms)
{
    char tail[9];
    chance_text(c, ALPHABET_BASE32, 8, tail);
    return (struct sign_in){time_ms, arena_printf(&p->world.arena, "ASIA%s%s", p->world.account.key_prefix, tail)};
}

struct sign_in step_console(struct play *p, size_t i, int64_t time_ms)
{
    struct chance c = console_chance(p, i);
    return draw_console(p, &c, time_ms);
}

bool step_shares_console(const struct step *step, const struct step *other, const struct sign_in *console, int64_t time_ms)
{
    return console->key && text_same(other->as, step->as) && text_same(other->place, step->place) &&
           time_ms >= console->time_ms && time_ms - console->time_ms < SESSION_MS;
}

static void add_sign_in(struct play *p, struct schedule *s, size_t i)
{
    struct due *step = &s->list[i];
    if (!step_needs_console(p, step->step))
        return;
    for (size_t k = 0; k < i; k++)
        if (s->list[k].kind == DUE_STEP &&
            step_shares_console(step->step, s->list[k].step, &s->list[k].console, step->time_ms)) {
            step->console = s->list[k].console;
            return;
        }
    struct chance c = console_chance(p, step->index);
    step->console = draw_console(p, &c, 0);
    step->console.time_ms = step->time_ms - chance_between(&c, 35000, 110000);
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
