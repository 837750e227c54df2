/* SPDX-License-Identifier: MIT */
/*
 * Playing a scenario: one timeline of scripted steps and everyday life, merged by time, through the one door. Nothing is
 * written to a disk here.
 */
#include "sim/lab/playing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *stream_name(struct world *w, const char *fmt, ...)
{
    AUTO(str_drop) struct str path = {0}, name = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&path, fmt, args);
    va_end(args);
    struct seed hidden = seed_derive(&w->seed, "stream/%s", str_text(&path));
    str_add_hex(&name, hidden.key, 8);
    return arena_dup(&w->arena, str_text(&name));
}

/* Twelve digits, the first not 0 (all account numbers of AWS look like that). */
static void open_account(struct play *p)
{
    struct chance c = chance_of(&p->seed, "account/number");
    char number[13];
    chance_text(&c, ALPHABET_DIGITS, 12, number);
    if (number[0] == '0')
        number[0] = (char)('1' + chance_below(&c, 9));
    world_init(&p->world, &p->seed, number, p->scenario->region, p->scenario->clock.start + p->shift_ms);
    p->world.catalog = &lab_catalog;
}

/* ---- everyday life ---- */

static const char *drawn(void *play, const char *name, const char *field)
{
    const struct play *p = play;
    return *field ? NULL : draw_value(p->scenario, &p->draw, name);
}

/* A text that is the user, as it stands or as it was drawn, or that names the user's key. */
static bool speaks_of(struct play *p, const struct node *node, const char *user, const char *reference)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (!node)
        return false;
    if (node->kind == NODE_TEXT)
        return strstr(node->text, reference) ||
               (scenario_expand(node->text, drawn, p, &text, &ignored) && text_same(str_text(&text), user));
    for (size_t i = 0; i < node->n; i++)
        if (speaks_of(p, node->kind == NODE_LIST ? node->items[i] : node->pairs[i].value, user, reference))
            return true;
    return false;
}

/* Somebody's key is stolen, or somebody's user is changed: what a step asks for names it. */
static bool in_story(struct play *p, const struct person *person)
{
    AUTO(str_drop) struct str reference = {0};
    const struct scenario *s = p->scenario;
    const struct list *lists[] = {&s->timeline, &s->solution};
    str_addf(&reference, "{{ %s.key }}", person->name);
    for (size_t l = 0; l < COUNT(lists); l++) {
        const struct step *step = lists[l]->items;
        for (size_t i = 0; i < lists[l]->n; i++)
            if (speaks_of(p, step[i].with, person->user, str_text(&reference)) ||
                (step[i].key.text && strstr(step[i].key.text, str_text(&reference))))
                return true;
    }
    return false;
}

static void everyday_people(struct play *p, struct regular *people, size_t *n)
{
    struct err ignored = {0};
    for (size_t i = 0; i < p->n_cast; i++) {
        const struct member *m = &p->cast[i];
        enum habit habit = HABIT_NONE;
        const void *place = NULL;
        if (!habit_named(m->person->habit, &habit) || habit == HABIT_NONE)
            continue;
        scenario_name(p->scenario, m->person->place, &place);
        people[(*n)++] = (struct regular){.id = m->person->name,
                                          .who = m->who,
                                          .from = m->from,
                                          .place = place_cidr(p, m->person->place, &ignored),
                                          .zone_minutes = ((const struct place *)place)->zone_minutes,
                                          .habit = habit,
                                          .in_story = in_story(p, m->person)};
    }
}

/* Networks that are somebody's: strangers come from elsewhere. */
static size_t taken_networks(struct play *p, const char **avoid)
{
    struct err ignored = {0};
    size_t n = 0;
    const struct place *place = p->scenario->places.items;
    for (size_t i = 0; i < p->scenario->places.n; i++)
        avoid[n++] = place_cidr(p, place[i].name, &ignored);
    for (const struct instance *i = p->world.account.instances; i; i = i->next)
        if (i->public_ip)
            avoid[n++] = i->public_ip;
    return n;
}

/* Those with a role of their own: the story has it. */
static size_t working_instances(struct play *p, const char **in_use)
{
    size_t n = 0;
    const struct instance_spec *spec = p->scenario->account.instances.items;
    for (size_t i = 0; i < p->scenario->account.instances.n; i++) {
        const struct instance *made = spec[i].role ? instance_of(&p->world, &spec[i]) : NULL;
        if (made)
            in_use[n++] = made->id;
    }
    return n;
}

struct background_plan life_plan(struct play *p, int64_t events)
{
    struct arena *arena = &p->world.arena;
    size_t n_instances = 0;
    for (const struct instance *i = p->world.account.instances; i; i = i->next)
        n_instances++;
    struct regular *people = arena_alloc(arena, (p->n_cast + 1) * sizeof(*people));
    const char **avoid = arena_alloc(arena, (p->scenario->places.n + n_instances + 1) * sizeof(*avoid));
    const char **in_use = arena_alloc(arena, (n_instances + 1) * sizeof(*in_use));
    struct background_plan plan = {.w = &p->world,
                                   .people = people,
                                   .seed = p->seed,
                                   .from_ms = p->from_ms,
                                   .until_ms = p->until_ms,
                                   .events = (uint64_t)(events >= 0 ? events : p->scenario->background.events),
                                   .server = p->world.servers ? p->world.servers->name : NULL,
                                   .in_use = in_use,
                                   .avoid = avoid};
    everyday_people(p, people, &plan.n_people);
    plan.n_in_use = working_instances(p, in_use);
    plan.n_avoid = taken_networks(p, avoid);
    return plan;
}

static bool draw_life(struct play *p, const struct play_options *o, const struct schedule *story, struct err *e)
{
    const char *opening = p->scenario->background.scanned_after;
    if (o->no_background)
        return true;
    struct background_plan plan = life_plan(p, o->events);
    plan.actions_alone = p->reads_later;
    if (!background_draw(&plan, &p->background, e))
        return false;
    for (size_t i = 0; opening && i < story->n; i++)
        if (story->list[i].kind == DUE_STEP && text_same(story->list[i].step->mark, opening))
            background_knock(&plan, story->list[i].time_ms, &p->strangers);
    return true;
}

/* ---- the story ---- */

static void live(struct play *p, const struct due *due)
{
    struct action action = due->life->action;
    struct outcome out;
    action.stream = stream_name(&p->world, "life/%s", action.stream); /* not to be told from the story's */
    act(&p->world, &action, &out);                                    /* a refusal is part of everyday life */
}

bool step_sign_in(struct play *p, const struct due *due, struct err *e)
{
    const struct member *m = member_of_step(p, due->step, e);
    if (!m)
        return false;
    json_auto_t *params = json_pack("{s:s, s:s}", "userName", m->person->user, "password", m->password);
    if (m->person->mfa)
        json_put(params, "mfa", json_true());
    struct outcome out;
    act(&p->world,
        &(struct action){
            .time_ms = due->time_ms,
            .who = {.kind = PRINCIPAL_USER, .name = m->person->user},
            .from = member_origin(&p->world.arena, m, "console", "signin:ConsoleLogin"),
            .op = "signin:ConsoleLogin",
            .params = params,
            .stream = stream_name(&p->world, "sign-in/%zu", due->index)
    },
        &out);
    return !out.entry->error_message ||
           step_fail(due->step, e, "signing in to the console as %s: %s", m->person->user, out.entry->error_message);
}

static bool do_due(struct play *p, const struct due *due, struct err *e)
{
    switch (due->kind) {
    case DUE_SIGN_IN: return step_sign_in(p, due, e);
    case DUE_KEY: key_play(p, due); return true;
    case DUE_STEP: step_meets_key(p, due->step, due->time_ms); return step_play(p, due, e);
    case DUE_LIFE: live(p, due); return true;
    }
    return true;
}

static bool play_story(struct play *p, const struct play_options *o, struct err *e)
{
    AUTO(schedule_drop) struct schedule schedule = {0};
    if ((!o->live_from_ms && !schedule_story(p, &schedule, e)) || !draw_life(p, o, &schedule, e))
        return false;
    schedule_keys(p, &schedule);
    schedule_life(p, &schedule);
    p->logs_at_end = !o->live_from_ms;
    for (size_t i = 0; i < schedule.n; i++)
        if (!do_due(p, &schedule.list[i], e))
            return false;
    return true;
}

/* A live lab begins now, whenever its scenario does. */
static void move_to(struct play *p, int64_t start_ms)
{
    p->shift_ms = start_ms - p->scenario->clock.start;
    p->from_ms += p->shift_ms;
    p->until_ms = start_ms;
}

static bool begin(const struct scenario *s, const struct seed *seed, const struct play_options *o, struct play *p,
                  struct err *e)
{
    *p = (struct play){.scenario = s,
                       .seed = *seed,
                       .events = o->events,
                       .reads_later = o->reads_later && !o->no_background,
                       .from_ms = s->clock.start - s->clock.history,
                       .until_ms = s->clock.start + s->clock.length};
    if (o->live_from_ms)
        move_to(p, o->live_from_ms);
    open_account(p);
    p->marks = arena_alloc(&p->world.arena, (s->timeline.n + 1) * sizeof(*p->marks));
    if (scenario_draw(s, &p->seed, &p->world.arena, &p->draw, e) && cast_draw(p, e))
        return true;
    play_drop(p);
    return false;
}

bool play_begin(const struct scenario *s, const struct play_options *o, struct play *p, struct err *e)
{
    struct seed class = seed_from_text(o->seed ? o->seed : "0");
    const char *hash = o->content_hash ? o->content_hash : s->content_hash;
    struct seed seed = seed_derive(&class, "%s/%s/%s", s->id, hash, o->student ? o->student : "");
    return begin(s, &seed, o, p, e);
}

bool play(const struct scenario *s, const struct play_options *o, struct play *p, struct err *e)
{
    if (!play_begin(s, o, p, e))
        return false;
    if (prelude_play(p, e) && servers_boot(p, e) && play_story(p, o, e))
        return true;
    play_drop(p);
    return false;
}

/* ---- what only reads, later ---- */

/* Calls are rehearsed in the world as it was before the story. */
static struct play *play_past(const struct play *p)
{
    struct play *past = xcalloc(1, sizeof(*past));
    const struct play_options options = {.events = p->events, .live_from_ms = p->shift_ms ? p->until_ms : 0};
    const struct schedule no_story = {0};
    struct err e = {0};
    if (!begin(p->scenario, &p->seed, &options, past, &e) || !prelude_play(past, &e) || !servers_boot(past, &e) ||
        !draw_life(past, &options, &no_story, &e))
        abort(); /* it went well the first time */
    return past;
}

const struct everyday *play_everyday(struct play *p)
{
    if (!p->reads_later)
        return &p->background.everyday;
    if (!p->past)
        p->past = play_past(p);
    return &p->past->background.everyday;
}

void play_drop(struct play *p)
{
    if (p->past)
        play_drop(p->past);
    free(p->past);
    background_drop(&p->background);
    background_drop(&p->strangers);
    world_drop(&p->world);
    *p = (struct play){0};
}
