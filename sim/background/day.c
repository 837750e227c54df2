/* SPDX-License-Identifier: MIT */
/*
 * One person's day: when they work, from which address, how they sign in (or fail to at first), and which credentials
 * they work with. Facts: genuine ConsoleLogin records; the console calls services with temporary credentials (ASIA..)
 * that it renews, all of them with the creationDate of the sign-in.
 */
#include "sim/background/habits.h"

#include <string.h>

#define SECOND 1000
#define MINUTE 60000
#define HOUR 3600000
#define DAY 86400000

/* ---- credentials ---- */

uint32_t session_at(const struct working_time *t, int64_t when_ms)
{
    int64_t hour = (when_ms - t->start_ms) / HOUR;

    if (hour >= t->n_sessions)
        hour = t->n_sessions - 1;
    return hour > 0 ? (uint32_t)hour : 0;
}

const char *agent_for(const struct drawing *d, const struct working_time *t, const char *op)
{
    const struct service *service = NULL;

    catalog_find(d->plan->w->catalog, op, &service);
    if (text_starts(op, "signin:"))
        return t->worker->browser;
    if (t->hours->way == BY_CONSOLE)
        return service ? service->console_agent : t->worker->browser;
    return client_agent(&d->plan->w->arena, t->worker->agent, op);
}

/* What userIdentity says of each session is written once. */
static void make_sessions(struct drawing *d, struct working_time *t)
{
    struct everyday *everyday = &d->b->everyday;

    t->session = (uint32_t)everyday->n_sessions;
    for (uint32_t i = 0; i < t->n_sessions; i++) {
        AUTO(str_drop) struct str text = {0};
        struct principal who = t->who;
        who.access_key_id = t->keys[i];
        json_auto_t *identity = identity_json(d->plan->w, &who);
        str_add_json_value(&text, identity);
        *GROW(everyday->sessions, everyday->n_sessions, everyday->cap_sessions) = (struct everyday_session){
            .identity = arena_dup(&d->b->arena, text.s), .len = text.len, .from = t->from, .console = t->who.console};
    }
}

static void take_long_lived_key(struct drawing *d, struct working_time *t)
{
    t->keys = arena_alloc(&d->b->arena, sizeof(*t->keys));
    t->keys[0] = t->who.access_key_id;
    t->n_sessions = 1;
}

/* ---- actions ---- */

struct draft *draft_add(struct drawing *d, size_t time, int64_t when_ms, const char *op, json_t *params)
{
    struct working_time *t = &d->times[time];
    struct draft *draft;

    if (when_ms < d->plan->from_ms || when_ms >= d->plan->until_ms) {
        json_decref(params);
        return NULL;
    }
    draft = GROW(d->drafts, d->n_drafts, d->cap_drafts);
    *draft = (struct draft){.time = time};
    draft->is.who_id = t->worker->r->id;
    draft->is.action = (struct action){.time_ms = when_ms, .who = t->who, .from = t->from, .op = op, .params = params};
    draft->is.action.from.agent = agent_for(d, t, op);
    draft->is.action.stream = arena_printf(&d->b->arena, "%s/%s/%zu.%u", t->worker->r->id, t->date, t->nth, t->n_actions++);
    if (t->n_sessions)
        draft->is.action.who.access_key_id = t->keys[session_at(t, when_ms)];
    return draft;
}

/* ---- the console ---- */

enum typed { TYPED_WRONG, TYPED_RIGHT, TYPED_WITH_CODE }; /* the last: and the second factor */
static void try_password(struct drawing *d, size_t time, int64_t when_ms, enum typed as)
{
    const struct user *user = d->times[time].worker->user;
    const char *typed = user->password ? user->password : "";
    json_t *params = json_object();

    json_put_text(params, "userName", user->name);
    json_put(params, "password", as != TYPED_WRONG ? json_clean(typed) : json_textf("%.*s", (int)(strlen(typed) / 2), typed));
    if (as == TYPED_WITH_CODE)
        json_put(params, "mfa", json_true());
    draft_add(d, time, when_ms, "signin:ConsoleLogin", params);
}

static void show_device(struct drawing *d, size_t time, int64_t when_ms)
{
    json_t *params = json_object();

    json_put_text(params, "userName", d->times[time].worker->user->name);
    draft_add(d, time, when_ms, "signin:CheckMfa", params);
}

/* One in seven has the password wrong at first; one in twelve of those with a second factor lets its minute pass. */
static void sign_in(struct drawing *d, size_t time, struct chance *c)
{
    struct working_time *t = &d->times[time];
    bool mfa = t->worker->user->mfa, mistyped = chance_one_in(c, 7), too_late = chance_one_in(c, 12) && mfa;
    int64_t signed_in = t->start_ms;

    t->who.access_key_id = NULL; /* nobody has credentials before */
    if (mistyped)
        try_password(d, time, signed_in - chance_between(c, 45, 70) * SECOND, TYPED_WRONG);
    if (too_late)
        try_password(d, time, signed_in - chance_between(c, 20, 40) * SECOND, TYPED_RIGHT);
    if (mfa)
        show_device(d, time, signed_in - chance_between(c, 900, 4000));
    try_password(d, time, signed_in, mfa ? TYPED_WITH_CODE : TYPED_RIGHT);
}

static void work_in_console(struct drawing *d, size_t time, struct chance *c)
{
    struct working_time *t = &d->times[time];

    sign_in(d, time, c); /* before there are keys */
    t->n_sessions = (uint32_t)((t->end_ms - t->start_ms) / HOUR + 1);
    t->keys = arena_alloc(&d->b->arena, t->n_sessions * sizeof(*t->keys));
    for (uint32_t i = 0; i < t->n_sessions; i++) {
        char random[9];
        chance_text(c, ALPHABET_BASE32, 8, random);
        t->keys[i] = arena_printf(&d->b->arena, "ASIA%s%s", d->plan->w->account.key_prefix, random);
    }
    t->who.console = true;
    t->who.mfa = t->worker->user->mfa;
    t->who.session_start_ms = t->start_ms / SECOND * SECOND;
}

/* ---- a role ---- */

/* The key that AssumeRole will hand out is the one that its rehearsal hands out: both draw from the same stream. */
static void work_in_role(struct drawing *d, size_t time)
{
    const struct working_time *t = &d->times[time];
    const struct role *role = t->worker->r->role ? find_role(d->plan->w, t->worker->r->role) : NULL;
    int64_t when = t->start_ms / SECOND * SECOND;
    const struct entry *entry;
    struct draft *draft;

    take_long_lived_key(d, &d->times[time]);
    if (!role)
        return;
    json_t *params = json_pack("{s:s, s:s, s:i}", "roleArn", role->arn, "roleSessionName", t->worker->r->who.name,
                               "durationSeconds", 4 * 3600);
    draft = draft_add(d, time, when, "sts:AssumeRole", params);
    entry = draft ? act_rehearse(d->plan->w, &draft->is.action) : NULL;
    const char *key = entry ? json_str(json_path(entry->response, "credentials"), "accessKeyId") : NULL;
    if (!key) { /* refused, or before the plan's time: nothing is read in this working time */
        d->times[time].end_ms = d->times[time].start_ms;
        return;
    }
    d->times[time].keys[0] = key;
    d->times[time].who = (struct principal){.kind = PRINCIPAL_ROLE,
                                            .name = role->name,
                                            .session_name = t->worker->r->who.name,
                                            .access_key_id = key,
                                            .session_start_ms = when};
}

/* ---- the day ---- */

/* Can that person work so at all? */
static bool equipped(const struct worker *w, enum way way)
{
    if (way == BY_CONSOLE)
        return w->user && w->user->has_login_profile;
    return w->r->who.access_key_id != NULL;
}

static void work(struct drawing *d, size_t time, struct chance *c)
{
    switch (d->times[time].hours->way) {
    case BY_CONSOLE: work_in_console(d, time, c); break;
    case BY_ROLE: work_in_role(d, time); break;
    default: take_long_lived_key(d, &d->times[time]); break;
    }
    make_sessions(d, &d->times[time]);
    changes_draw(d, time);
}

static void add_time(struct drawing *d, const struct working_time *time, struct chance *c)
{
    if (time->end_ms <= d->plan->from_ms || time->start_ms >= d->plan->until_ms || !equipped(time->worker, time->hours->way))
        return;
    *GROW(d->times, d->n_times, d->cap_times) = *time;
    work(d, d->n_times - 1, c);
}

/* Once in eight days a person (not a program) is on the road. */
static const char *address_of_day(struct drawing *d, const struct worker *w, struct chance *c)
{
    bool travels = chance_one_in(c, 8);
    const char *elsewhere = address_elsewhere(&d->b->arena, c, d->plan, false);

    return travels && elsewhere && habits[w->r->habit].hours->way != BY_PROGRAM ? elsewhere : w->ip;
}

/* The desk mostly. */
static size_t machine_of(struct chance *c)
{
    uint64_t percent = chance_below(c, 100);

    return percent < 60 ? 0 : percent < 85 ? 1 : 2;
}

void day_draw(struct drawing *d, const struct worker *w, int64_t local_day)
{
    const struct habit_facts *habit = &habits[w->r->habit];
    int64_t midnight = local_day * DAY - (int64_t)w->r->zone_minutes * MINUTE;
    const char *date = arena_time(&d->b->arena, local_day * DAY, "%Y-%m-%d");
    int weekday = civil_from_ms(local_day * DAY).weekday;
    struct chance day = chance_of(&d->plan->seed, "background/%s/%s", w->r->id, date);
    const char *ip = address_of_day(d, w, &day);

    for (size_t i = 0; i < habit->n; i++) {
        const struct hours *h = &habit->hours[i];
        struct chance c = chance_of(&d->plan->seed, "background/%s/%s/%zu", w->r->id, date, i);
        bool works = chance_below(&c, 100) < h->percent && h->days >> weekday & 1;
        struct working_time time = {.worker = w, .hours = h, .date = date, .nth = i, .who = w->r->who, .from = w->r->from};
        time.start_ms = midnight + chance_between(&c, h->start_low, h->start_high) * MINUTE;
        time.start_ms += chance_between(&c, 0, MINUTE - 1);
        time.end_ms = time.start_ms + chance_between(&c, h->length_low, h->length_high) * MINUTE;
        time.rank = (uint32_t)(chance_u64(&c) >> 32);
        time.from.ip = ip;
        size_t machine = machine_of(&c);
        if (h->way == BY_COMMAND || h->way == BY_ROLE)
            time.worker = &w[machine];
        if (works)
            add_time(d, &time, &c);
    }
}
