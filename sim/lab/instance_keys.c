/* SPDX-License-Identifier: MIT */
/*
 * The credentials of an instance's role, as its metadata hands them out: EC2 assumes the role for the instance, with the
 * instance's id as the name of the session, and again before they end (EC2 user guide, "Retrieve security credentials from
 * instance metadata"). Where a scenario gives an instance a role, EC2 does so all the time; else when somebody asks.
 */
#include "sim/lab/playing.h"

#include "sim/base/services.h"

#define MINUTE (INT64_C(60) * 1000)
#define LEAST_LEFT_MS (5 * MINUTE) /* when new ones are made: ibid. */
#define KEPT_LEAST_MS (320 * MINUTE)
#define KEPT_MOST_MS (350 * MINUTE)

static bool is_of(const struct session_key *key, const struct instance *i)
{
    return key->who.kind == PRINCIPAL_ROLE && text_same(key->who.name, i->profile_role) &&
           text_same(key->who.session_name, i->id);
}

const struct session_key *instance_key(const struct world *w, const struct instance *i)
{
    const struct session_key *newest = NULL;
    for (const struct session_key *k = w->account.session_keys; k; k = k->next)
        if (is_of(k, i))
            newest = k;
    return newest;
}

const struct session_key *instance_key_at(const struct world *w, const struct instance *i, int64_t now_ms)
{
    const struct session_key *key = instance_key(w, i);
    return key && key->expires_ms > now_ms + LEAST_LEFT_MS ? key : NULL;
}

void instance_renew(struct world *w, const struct instance *i, const struct action *when, struct outcome *out)
{
    const struct role *role = find_role(w, i->profile_role);
    json_auto_t *params =
        json_pack("{s:s, s:s, s:i}", "roleArn", role->arn, "roleSessionName", i->id, "durationSeconds", INSTANCE_SESSION_S);
    struct action action = *when;
    action.who = (struct principal){.kind = PRINCIPAL_SERVICE, .name = SERVICE_EC2};
    action.from = (struct origin){.ip = SERVICE_EC2, .agent = SERVICE_EC2};
    action.op = "sts:AssumeRole";
    action.params = params;
    act(w, &action, out);
}

/* ---- of the instances of a scenario ---- */

/* Only while it runs, and its role lets EC2. */
static bool may_renew(const struct world *w, const struct instance *i)
{
    const struct role *role = i && i->profile_role && text_same(i->state, "running") ? find_role(w, i->profile_role) : NULL;
    const struct principal ec2 = {.kind = PRINCIPAL_SERVICE, .name = SERVICE_EC2};
    return role && authorise(w, &(struct question_of_access){.who = &ec2,
                                                             .action = "sts:AssumeRole",
                                                             .resource = role->arn,
                                                             .now_ms = w->now_ms,
                                                             .resource_policy = role->trust})
                       .allowed;
}

static void renew(struct play *p, const struct instance_spec *spec, int64_t time_ms, bool prelude, const char *stream)
{
    struct outcome out;
    const struct instance *i = instance_of(&p->world, spec);
    if (may_renew(&p->world, i))
        instance_renew(&p->world, i, &(struct action){.time_ms = time_ms, .prelude = prelude, .stream = stream}, &out);
}

static struct chance chance_of_key(const struct play *p, const struct instance_spec *spec, size_t nth)
{
    return chance_of(&p->seed, "instance/%s/key/%zu", spec->name, nth);
}

static const char *stream_of_key(struct play *p, const struct instance_spec *spec, size_t nth)
{
    return stream_name(&p->world, "instance/%s/key/%zu", spec->name, nth);
}

void keys_begin(struct play *p)
{
    const struct instance_spec *spec = p->scenario->account.instances.items;
    for (size_t i = 0; i < p->scenario->account.instances.n; i++) {
        struct chance c = chance_of_key(p, &spec[i], 0);
        if (spec[i].role)
            renew(p, &spec[i], p->from_ms - chance_between(&c, MINUTE, KEPT_LEAST_MS), true, stream_of_key(p, &spec[i], 0));
    }
}

void schedule_keys(struct play *p, struct schedule *s)
{
    const struct instance_spec *spec = p->scenario->account.instances.items;
    for (size_t i = 0; i < p->scenario->account.instances.n; i++) {
        const struct instance *instance = spec[i].role ? instance_of(&p->world, &spec[i]) : NULL;
        const struct session_key *first = instance ? instance_key(&p->world, instance) : NULL;
        int64_t time_ms = first ? first->who.session_start_ms : p->until_ms;
        for (size_t nth = 1;; nth++) {
            struct chance c = chance_of_key(p, &spec[i], nth);
            time_ms += chance_between(&c, KEPT_LEAST_MS, KEPT_MOST_MS);
            if (time_ms >= p->until_ms)
                break;
            *GROW(s->list, s->n, s->cap) = (struct due){.time_ms = time_ms, .kind = DUE_KEY, .index = i, .nth = nth};
        }
    }
}

void key_play(struct play *p, const struct due *due)
{
    const struct instance_spec *spec = (const struct instance_spec *)p->scenario->account.instances.items + due->index;
    renew(p, spec, due->time_ms, false, stream_of_key(p, spec, due->nth));
}

struct asked { /* whose key a step is done with */
    const struct scenario *s;
    const struct instance_spec *spec; /* NULL = no instance's */
};

static const char *note_instance(void *context, const char *name, const char *field)
{
    struct asked *asked = context;
    const void *item = NULL;
    if (scenario_name(asked->s, name, &item) == NAME_INSTANCE && text_same(field, "key"))
        asked->spec = item;
    return "";
}

void step_meets_key(struct play *p, const struct step *step, int64_t time_ms)
{
    AUTO(str_drop) struct str ignored = {0};
    struct asked asked = {p->scenario, NULL};
    struct err none = {0};
    if (step->key.text)
        scenario_expand(step->key.text, note_instance, &asked, &ignored, &none);
    const struct instance *i = asked.spec ? instance_of(&p->world, asked.spec) : NULL;
    if (i && !instance_key_at(&p->world, i, time_ms)) /* named by when, since it may be needed again and again */
        renew(p, asked.spec, time_ms, false,
              stream_name(&p->world, "instance/%s/asked/%zu", asked.spec->name, p->world.journal.n));
}
