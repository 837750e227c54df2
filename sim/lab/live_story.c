/* SPDX-License-Identifier: MIT */
#include "sim/lab/live_story.h"

#include <string.h>

#define LEAST_PAUSE_MS 1000                     /* between steps that follow one another, however short the waits are */
#define LEAST_AGAIN_MS 300                      /* the same of one that is done again and again */
#define SETTLING_MS 20000                       /* from signing in to the console to what one came for */
#define RETRY_MS 2000                           /* what cannot be done yet is tried again */
#define KNOCKING_MS (INT64_C(12) * 3600 * 1000) /* how long strangers are drawn for */

/* A play holds its world by value, and so does a lab: it is lent for as long as a step takes. */
static void lend(struct story *s, struct lab *lab)
{
    s->p.world = lab->world;
}

static void take_back(struct story *s, struct lab *lab)
{
    lab->world = s->p.world;
    memset(&s->p.world, 0, sizeof(s->p.world));
}

static const struct step *step_at(const struct story *s, size_t i)
{
    return (const struct step *)s->p.scenario->timeline.items + i;
}

static size_t n_steps(const struct story *s)
{
    return s->p.scenario->timeline.n;
}

bool story_is_students(const struct story *s, const struct step *step)
{
    const struct member *student = play_student(&s->p);
    return student && text_same(step->as, student->person->name);
}

/* ---- what has happened already ---- */

/* A step's actions have the streams "story/<step>/0", 1, ... */
const struct entry *story_entry(struct lab *lab, size_t step, size_t n)
{
    const char *stream = stream_name(&lab->world, "story/%zu/%zu", step, n);
    for (size_t i = lab->built_entries; i < lab->world.journal.n; i++)
        if (text_same(lab->world.journal.list[i]->stream, stream))
            return lab->world.journal.list[i];
    return NULL;
}

static void make_mark(struct story *s, size_t i, const struct entry *entry)
{
    const struct step *step = step_at(s, i);
    s->times[i] = entry->time_ms;
    if (step->mark)
        s->p.marks[s->p.n_marks++] = (struct mark){.name = step->mark, .step = step, .entry = entry, .server = entry->on};
}

/* The first entry of the step's own operation is its mark: before it there may be a login. */
static const struct entry *played_before(struct story *s, struct lab *lab, size_t i)
{
    const struct entry *first = NULL, *entry;
    for (size_t n = 0; (entry = story_entry(lab, i, n)); n++) {
        first = first ? first : entry;
        if (text_same(entry->op, step_at(s, i)->op))
            return entry;
    }
    return first;
}

/* With all that its last action caused. */
size_t story_step_end(struct lab *lab, size_t step)
{
    const struct entry *entry;
    size_t end = 0;
    for (size_t n = 0; (entry = story_entry(lab, step, n)); n++)
        end = (size_t)entry->seq;
    while (end && end < lab->world.journal.n && lab->world.journal.list[end]->cause)
        end++;
    return end;
}

bool story_goes_on(const struct story *s, size_t step)
{
    return s->again[step].done < s->again[step].all;
}

static void remember_times(struct story *s, struct lab *lab, size_t i)
{
    struct again *again = &s->again[i];
    const struct entry *entry;
    again->all = step_times(&s->p, step_at(s, i));
    for (; again->all > 1 && again->done < again->all && (entry = story_entry(lab, i, again->done)); again->done++)
        s->times[i] = again->last_ms = entry->time_ms;
}

static void remember(struct story *s, struct lab *lab)
{
    for (size_t i = 0; i < n_steps(s); i++) {
        const struct entry *entry = story_is_students(s, step_at(s, i)) ? NULL : played_before(s, lab, i);
        if (!entry)
            continue;
        make_mark(s, i, entry);
        remember_times(s, lab, i);
        if (s->again[i].all <= 1)
            s->again[i] = (struct again){0};
    }
}

/* ---- the student's steps ---- */

/* What the step names in plain words ("name: monitor") is what the entry has; the rest is the student's to choose. */
static bool same_plain_params(const struct step *step, const json_t *asked)
{
    for (size_t k = 0; step->with && step->with->kind == NODE_MAP && k < step->with->n; k++) {
        const struct pair *pair = &step->with->pairs[k];
        const char *has = json_str(asked, pair->key->text);
        if (pair->value->kind == NODE_TEXT && !strstr(pair->value->text, "{{") && has && !text_same(has, pair->value->text))
            return false;
    }
    return true;
}

static bool fulfils(const struct story *s, const struct step *step, const struct entry *entry)
{
    const struct member *student = play_student(&s->p);
    const char *op = step->op ? step->op : "host:Run";
    return text_same(entry->op, op) && text_same(entry->error_code, step->expect) && !entry->cause &&
           (entry->who.kind == PRINCIPAL_OS || text_same(entry->who.name, student->person->user)) &&
           same_plain_params(step, entry->asked);
}

void story_notice(struct story *s, struct lab *lab)
{
    for (; s->seen < lab->world.journal.n; s->seen++)
        for (size_t i = 0; i < n_steps(s); i++)
            if (!s->times[i] && story_is_students(s, step_at(s, i)) &&
                fulfils(s, step_at(s, i), lab->world.journal.list[s->seen])) {
                make_mark(s, i, lab->world.journal.list[s->seen]);
                break;
            }
}

/* ---- waits ---- */

static bool paced_wait(struct story *s, const struct step *step, const struct value *wait, int64_t *ret)
{
    struct err ignored = {0};
    if (!step_wait(&s->p, step, wait, ret, &ignored))
        return false;
    *ret /= s->pace;
    return true;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool mark_goes_on(const struct story *s, const char *mark)
{
    size_t i = 0;
    while (i < n_steps(s) && !(text_same(step_at(s, i)->mark, mark) && story_goes_on(s, i)))
        i++;
    return i < n_steps(s);
}

static int64_t live_due(struct story *s, const struct step *step)
{
    int64_t due = NOT_YET, base = 0, wait = 0;
    if (step->live.after && !mark_goes_on(s, step->live.after) &&
        step_time_of_mark(&s->p, s->times, n_steps(s), step->live.after, &base) && base &&
        paced_wait(s, step, &step->live.wait, &wait))
        due = s->skipping ? 0 : base + wait;
    if (step->live.or_at.text && duration_parse(step->live.or_at.text + 1, &wait))
        due = least(due, s->skipping ? 0 : s->p.world.start_ms + wait / s->pace);
    return due;
}

static int64_t least_pause(const struct story *s, size_t i, int64_t due)
{
    int64_t least = i && step_at(s, i)->when == STEP_FOLLOWS ? s->times[i - 1] + LEAST_PAUSE_MS : 0;
    return due > least ? due : least;
}

/* ---- the console ---- */

static const struct sign_in *console_of(const struct story *s, size_t i, int64_t now_ms)
{
    for (size_t k = 0; k < n_steps(s); k++)
        if (step_shares_console(step_at(s, i), step_at(s, k), &s->consoles[k], now_ms))
            return &s->consoles[k];
    return NULL;
}

/* Who works in the console signs in before, and then looks around for a while. */
static void sign_in(struct story *s, size_t i, int64_t now_ms)
{
    struct err refused = {0};
    step_sign_in(&s->p, &(struct due){.time_ms = now_ms, .kind = DUE_SIGN_IN, .index = i, .step = step_at(s, i)}, &refused);
    s->consoles[i] = step_console(&s->p, i, now_ms);
}

static void remember_consoles(struct story *s, size_t built)
{
    struct world *w = &s->p.world;
    for (size_t i = 0; i < n_steps(s); i++) {
        const char *stream = stream_name(w, "sign-in/%zu", i);
        for (size_t k = built; k < w->journal.n; k++)
            if (text_same(w->journal.list[k]->stream, stream))
                s->consoles[i] = step_console(&s->p, i, w->journal.list[k]->time_ms);
    }
}

/* ---- when ---- */

static int64_t after_sign_in(const struct story *s, size_t i, int64_t due)
{
    int64_t pause = s->skipping ? LEAST_PAUSE_MS : SETTLING_MS / s->pace, ready;
    if (!s->consoles[i].key)
        return due;
    ready = s->consoles[i].time_ms + (pause > LEAST_PAUSE_MS ? pause : LEAST_PAUSE_MS);
    return due > ready ? due : ready;
}

static int64_t again_due(const struct story *s, size_t i)
{
    const struct again *again = &s->again[i];
    int64_t pause = s->skipping ? 0 : step_pause(&s->p, i, again->done) / s->pace;
    return again->last_ms + (pause > LEAST_AGAIN_MS ? pause : LEAST_AGAIN_MS);
}

/* NOT_YET while what it follows has not happened. */
static int64_t first_due(struct story *s, size_t i)
{
    struct err ignored = {0};
    const struct step *step = step_at(s, i);
    int64_t base = 0, wait = 0, of_mark = 0;
    if (step->live.at.line)
        return live_due(s, step);
    if (step->when == STEP_FOLLOWS && i && (!s->times[i - 1] || story_goes_on(s, i - 1)))
        return NOT_YET;
    if (step->when == STEP_AFTER &&
        (mark_goes_on(s, step->after) || !step_time_of_mark(&s->p, s->times, i, step->after, &of_mark) || !of_mark))
        return NOT_YET;
    if (!step_base(&s->p, i, s->times, &base, &ignored) || !paced_wait(s, step, &step->wait, &wait))
        return NOT_YET;
    return least_pause(s, i, s->skipping ? 0 : base + wait);
}

static int64_t step_due(struct story *s, size_t i)
{
    if (story_is_students(s, step_at(s, i)) || (s->times[i] && !story_goes_on(s, i)))
        return NOT_YET;
    if (s->times[i])
        return again_due(s, i);
    int64_t due = first_due(s, i), retry = s->again[i].last_ms ? s->again[i].last_ms + RETRY_MS : 0;
    return after_sign_in(s, i, due > retry ? due : retry);
}

/* ---- doing it ---- */

/* What a step comes to in a live lab may be a refusal: the student was quicker. Then that is what the journal says. */
static void play_step(struct story *s, size_t i, int64_t now_ms)
{
    struct err refused = {0};
    step_meets_key(&s->p, step_at(s, i), now_ms);
    size_t first = s->p.world.journal.n, marks = s->p.n_marks;
    struct again *again = &s->again[i];
    again->all = step_times(&s->p, step_at(s, i));
    struct due due = {
        .time_ms = now_ms, .kind = DUE_STEP, .index = i, .step = step_at(s, i), .once = again->all > 1, .ends_then = true};
    due.nth = due.once ? again->done : 0;
    const struct sign_in *console = console_of(s, i, now_ms);
    if (console)
        due.console = *console;
    bool good = step_play(&s->p, &due, &refused);
    again->last_ms = now_ms;
    if (!good && s->p.world.journal.n == first) { /* what it speaks of is not there yet */
        again->all = again->done;
        s->wants_files = true;
        return;
    }
    again->done++;
    s->times[i] = now_ms;
    if (!due.nth && s->p.n_marks == marks && s->p.world.journal.n > first)
        make_mark(s, i, s->p.world.journal.list[first]);
}

static void draw_strangers(struct story *s)
{
    const char *opening = s->p.scenario->background.scanned_after;
    const struct mark *mark = opening ? play_mark(&s->p, opening) : NULL;
    if (!mark || s->knocking)
        return;
    struct background_plan plan = life_plan(&s->p, 0);
    plan.until_ms = mark->entry->time_ms + KNOCKING_MS;
    background_knock(&plan, mark->entry->time_ms, &s->p.strangers);
    s->knocking = true;
    while (s->next_knock < s->p.strangers.n_actions &&
           s->p.strangers.actions[s->next_knock].action.time_ms <= s->p.world.now_ms)
        s->next_knock++; /* they came before a restart */
}

static int64_t let_knock(struct story *s, int64_t now_ms)
{
    struct outcome refused;
    for (; s->next_knock < s->p.strangers.n_actions; s->next_knock++) {
        const struct action *knock = &s->p.strangers.actions[s->next_knock].action;
        if (knock->time_ms > now_ms)
            return knock->time_ms;
        act(&s->p.world, knock, &refused);
    }
    return NOT_YET;
}

int64_t story_play_due(struct story *s, struct lab *lab, int64_t now_ms)
{
    int64_t next = NOT_YET;
    bool played = false;
    lend(s, lab);
    for (size_t i = 0; i < n_steps(s); i++) {
        int64_t due = step_due(s, i);
        if (due <= now_ms) {
            bool signs_in = step_needs_console(&s->p, step_at(s, i)) && !console_of(s, i, now_ms);
            (signs_in ? sign_in : play_step)(s, i, now_ms);
            played = true;
        } else
            next = least(next, due);
    }
    s->skipping = s->skipping && (played || next != NOT_YET);
    draw_strangers(s);
    next = least(next, let_knock(s, now_ms));
    take_back(s, lab);
    return played ? now_ms : next; /* what was played may have made another one due */
}

/* ---- opening ---- */

bool story_open(struct story *s, struct lab *lab, unsigned pace, struct err *e)
{
    size_t n = lab->scenario->timeline.n;
    *s = (struct story){
        .p = {.scenario = lab->scenario, .seed = lab->world.seed},
          .pace = pace ? pace : 1
    };
    s->p.shift_ms = lab->world.start_ms - lab->scenario->clock.start;
    s->p.from_ms = lab->from_ms;
    s->p.until_ms = lab->until_ms;
    s->times = arena_alloc(&lab->arena, (n + 1) * sizeof(*s->times));
    s->consoles = arena_alloc(&lab->arena, (n + 1) * sizeof(*s->consoles));
    s->again = arena_alloc(&lab->arena, (n + 1) * sizeof(*s->again));
    s->p.marks = arena_alloc(&lab->arena, (n + 1) * sizeof(*s->p.marks));
    s->seen = lab->built_entries;
    lend(s, lab);
    bool good = scenario_draw(s->p.scenario, &s->p.seed, &s->p.world.arena, &s->p.draw, e) && cast_draw(&s->p, e);
    if (good) {
        cast_meet_account(&s->p);
        remember_consoles(s, lab->built_entries);
    }
    take_back(s, lab);
    if (!good)
        return false;
    remember(s, lab);
    story_notice(s, lab);
    return true;
}

void story_drop(struct story *s)
{
    background_drop(&s->p.strangers);
    *s = (struct story){0};
}
