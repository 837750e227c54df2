/* SPDX-License-Identifier: MIT */
/* What calls are about: the account's things as they are before the story, and templates of parameters filled with them. */
#include "sim/background/habits.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[THING_KINDS] = {
    [THING_INSTANCE] = "instance",
    [THING_STAGING] = "staging",
    [THING_SERVER] = "server",
    [THING_VOLUME] = "volume",
    [THING_IMAGE] = "image",
    [THING_SECURITY_GROUP] = "sg",
    [THING_STAGING_GROUP] = "opengroup",
    [THING_VPC] = "vpc",
    [THING_SUBNET] = "subnet",
    [THING_USER] = "user",
    [THING_GROUP] = "group",
    [THING_POLICY] = "policy",
    [THING_ROLE] = "role",
    [THING_BUCKET] = "bucket",
    [THING_KEY_ID] = "keyid",
    [THING_KMS_KEY] = "kmskey",
    [THING_COLLEAGUE] = "colleague",
    [THING_SIGNER] = "signer",
    [THING_PASSWORD] = "password",
    [THING_NOWHERE] = "nowhere",
};
#define MOST 24 /* of each kind: a page shows no more, and every one of them is a rehearsal */

static void add(struct things *t, enum thing kind, const char *id)
{
    if (id && *id && t->n[kind] < MOST)
        *GROW(t->list[kind], t->n[kind], t->cap[kind]) = id;
}

static bool is_in_use(const struct background_plan *plan, const struct instance *instance)
{
    for (const struct server *s = plan->w->servers; s; s = s->next)
        if (s->instance == instance)
            return true;
    for (size_t i = 0; i < plan->n_in_use; i++)
        if (text_same(plan->in_use[i], instance->id))
            return true;
    return instance->server;
}

static bool holds_one_in_use(const struct background_plan *plan, const struct security_group *group)
{
    for (const struct instance *i = plan->w->account.instances; i; i = i->next)
        for (size_t g = 0; g < i->n_groups; g++)
            if (i->groups[g] == group && is_in_use(plan, i))
                return true;
    return false;
}

static void find_ec2(const struct background_plan *plan, struct things *t)
{
    const struct account *a = &plan->w->account;

    for (const struct instance *i = a->instances; i; i = i->next) {
        add(t, THING_INSTANCE, i->id);
        if (!is_in_use(plan, i))
            add(t, THING_STAGING, i->id);
        add(t, THING_VOLUME, i->volume_id);
        if (!i->next || !text_same(i->image_id, i->next->image_id))
            add(t, THING_IMAGE, i->image_id);
    }
    for (const struct security_group *g = a->security_groups; g; g = g->next) {
        add(t, THING_SECURITY_GROUP, g->id);
        if (strcmp(g->name, "default") != 0 && !holds_one_in_use(plan, g))
            add(t, THING_STAGING_GROUP, g->id);
    }
    add(t, THING_VPC, a->network.vpc_id);
    for (size_t i = 0; i < COUNT(a->network.subnet_ids); i++)
        add(t, THING_SUBNET, a->network.subnet_ids[i]);
}

static void find_iam(const struct account *a, struct things *t)
{
    for (const struct user *u = a->users; u; u = u->next) {
        add(t, THING_USER, u->name);
        for (const struct access_key *k = u->keys; k; k = k->next)
            add(t, THING_KEY_ID, k->id);
    }
    for (const struct group *g = a->groups; g; g = g->next)
        add(t, THING_GROUP, g->name);
    for (const struct policy_doc *p = a->policies; p; p = p->next)
        if (p->arn && !text_starts(p->arn, "arn:aws:iam::aws:"))
            add(t, THING_POLICY, p->arn);
    for (const struct role *r = a->roles; r; r = r->next)
        add(t, THING_ROLE, r->name);
}

static void find_colleagues(const struct background_plan *plan, struct things *t)
{
    const struct server *server = plan->server ? find_server(plan->w, plan->server) : NULL;

    if (server && server->instance)
        add(t, THING_SERVER, server->instance->id);
    for (size_t i = 0; i < plan->n_people; i++) {
        const struct user *user = find_user(plan->w, plan->people[i].who.name ? plan->people[i].who.name : "");
        if (user && user->keys && !plan->people[i].in_story)
            add(t, THING_COLLEAGUE, user->name);
        if (user && user->has_login_profile && user->password && t->n[THING_SIGNER] < MOST) {
            add(t, THING_SIGNER, user->name);
            add(t, THING_PASSWORD, user->password);
        }
    }
}

/* Ids as a slip of the finger makes them: right in shape, known to nobody. */
static void find_nowhere(const struct background_plan *plan, struct things *t)
{
    struct chance c = chance_of(&plan->seed, "background/typing errors");
    char digits[17];

    for (int i = 0; i < 3; i++) {
        chance_text(&c, ALPHABET_HEX, 16, digits);
        add(t, THING_NOWHERE, arena_printf(&plan->w->arena, "0%s", digits));
    }
}

void things_find(const struct background_plan *plan, struct things *t)
{
    *t = (struct things){0};
    find_ec2(plan, t);
    find_iam(&plan->w->account, t);
    for (const struct bucket *b = plan->w->account.buckets; b; b = b->next)
        add(t, THING_BUCKET, b->name);
    for (const struct kms_key *k = plan->w->account.keys; k; k = k->next)
        add(t, THING_KMS_KEY, k->id);
    find_colleagues(plan, t);
    find_nowhere(plan, t);
}

void things_drop(struct things *t)
{
    for (int i = 0; i < THING_KINDS; i++)
        free(t->list[i]);
    *t = (struct things){0};
}

/* ---- templates ---- */

/* The kind that "$name" at `at` names; THING_KINDS: none, $own or $me. */
static enum thing named(const char *at, size_t *len)
{
    *len = strspn(at, "abcdefghijklmnopqrstuvwxyz");
    for (int i = 0; i < THING_KINDS; i++)
        if (strlen(names[i]) == *len && memcmp(names[i], at, *len) == 0)
            return (enum thing)i;
    return THING_KINDS;
}

size_t things_variants(const struct things *t, const char *params)
{
    size_t variants = 1, len;

    for (const char *at = params ? strchr(params, '$') : NULL; at; at = strchr(at, '$')) {
        enum thing kind = named(++at, &len);
        if (kind == THING_KINDS)
            continue;
        if (t->n[kind] == 0)
            return 0;
        if (t->n[kind] > variants)
            variants = t->n[kind];
    }
    return variants;
}

static void add_thing(struct str *json, const struct things *t, enum thing kind, const char *name, size_t variant,
                      const struct own *own)
{
    if (kind != THING_KINDS)
        str_add(json, t->list[kind][variant % t->n[kind]]);
    else if (text_starts(name, "own"))
        str_add(json, own->ip);
    else
        str_add(json, own->user);
}

json_t *things_fill(const struct things *t, const char *params, size_t variant, const struct own *own)
{
    AUTO(str_drop) struct str json = {0};
    struct err e = {0};
    json_t *filled;
    size_t len;

    if (!params)
        return NULL;
    for (const char *at = params; *at; at++) {
        if (*at != '$') {
            str_addc(&json, *at == '\'' ? '"' : *at);
            continue;
        }
        enum thing kind = named(at + 1, &len);
        add_thing(&json, t, kind, at + 1, variant, own);
        at += len;
    }
    filled = json_read(json.s, json.len, &e);
    if (!filled)
        abort(); /* a row of our tables that is no JSON */
    return filled;
}
