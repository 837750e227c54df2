/* SPDX-License-Identifier: MIT */
/*
 * What no single table can see: names used twice, references that lead nowhere, circles, steps out of order or outside
 * the clock. Every mistake is told; none stops the others from being found.
 */
#include "sim/scenario/decode.h"

#include <string.h>

#define AT(item) (item)->at, (unsigned)strlen((item)->name)

/* ---- names are one space ---- */

static void check_unique(const struct scenario *s, struct diags *diags, const struct list *list, size_t size)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct variable *item = (const void *)((const char *)list->items + i * size); /* name and place come first */
        const void *first = NULL;
        scenario_name(s, item->name, &first);
        if (first != (const void *)item)
            diag_error(diags, AT(item), "name-taken", "\"%s\" is the name of something else already", item->name);
        else if (text_same(item->name, "account"))
            diag_error(diags, AT(item), "name-taken", "\"account\" is the account's own name");
        else if (item->name[strspn(item->name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
            diag_error(diags, AT(item), "bad-name", "expected a name of a-z, 0-9 and _, got \"%s\"", item->name);
    }
}

static void check_names(const struct scenario *s, struct diags *diags)
{
    check_unique(s, diags, &s->vary, sizeof(struct variable));
    check_unique(s, diags, &s->places, sizeof(struct place));
    check_unique(s, diags, &s->cast, sizeof(struct person));
    check_unique(s, diags, &s->account.security_groups, sizeof(struct security_group_spec));
    check_unique(s, diags, &s->account.instances, sizeof(struct instance_spec));
    check_unique(s, diags, &s->account.buckets, sizeof(struct bucket_spec));
    check_unique(s, diags, &s->servers, sizeof(struct server_spec));
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++) {
        const void *first = NULL;
        if (step[i].mark && (scenario_name(s, step[i].mark, &first), first != (const void *)&step[i]))
            diag_error(diags, step[i].at, 1, "name-taken", "the mark \"%s\" is the name of something else already",
                       step[i].mark);
    }
}

/* ---- people and resources ---- */

static void expect_kind(const struct scenario *s, struct diags *diags, const char *name, enum name_kind kind,
                        const char *called, struct src_pos at)
{
    if (name && scenario_name(s, name, NULL) != kind)
        diag_error(diags, at, 1, "dangling-reference", "\"%s\" is not %s of this file", name, called);
}

static bool named_in(const struct list *list, size_t size, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (text_same(*(const char *const *)((const char *)list->items + i * size), name))
            return true;
    return false;
}

static void check_policies(const struct scenario *s, struct diags *diags, const struct texts *policies, struct src_pos at)
{
    for (size_t i = 0; i < policies->n; i++) {
        const char *name = policies->list[i];
        bool own = named_in(&s->account.policies, sizeof(struct policy), name);
        bool of_aws = name[0] >= 'A' && name[0] <= 'Z' && name[strspn(name, ALPHABET_ALNUM "_")] == 0;
        if (!own && !of_aws)
            diag_error(diags, at, 1, "dangling-reference",
                       "\"%s\" is neither a policy of account.policies nor named like one of AWS", name);
    }
}

static void check_person(const struct scenario *s, struct diags *diags, const struct person *p)
{
    expect_kind(s, diags, p->place, NAME_PLACE, "a place", p->at);
    for (size_t i = 0; i < p->groups.n; i++)
        if (!named_in(&s->account.groups, sizeof(struct group_spec), p->groups.list[i]))
            diag_error(diags, AT(p), "dangling-reference", "\"%s\" is not a group of account.groups", p->groups.list[i]);
    check_policies(s, diags, &p->policies, p->at);
    if (p->client && !client_find(p->client))
        diag_error(diags, AT(p), "unknown-client",
                   "unknown client \"%s\": expected aws-cli, aws-cli-v1, boto3, terraform, console or ssh", p->client);
    if (!p->user && (p->access_key || p->console_password || p->groups.n || p->policies.n))
        diag_error(diags, AT(p), "no-user", "\"%s\" has keys, a password, groups or policies, but no user in the account",
                   p->name);
    const struct client *client = p->client ? client_find(p->client) : NULL;
    if (client && p->user && client->console ? !p->console_password : client && p->user && !p->access_key)
        diag_error(diags, AT(p), "no-credentials", "\"%s\" works with %s and so needs %s: true", p->name, p->client,
                   client->console ? "console_password" : "access_key");
}

static void check_cast(const struct scenario *s, struct diags *diags)
{
    const struct person *p = s->cast.items;
    size_t students = 0;
    for (size_t i = 0; i < s->cast.n; i++) {
        check_person(s, diags, &p[i]);
        students += p[i].student;
    }
    if (s->cast.n && students != 1)
        diag_error(diags, p[0].at, 1, "one-student", "expected exactly one person with student: true, found %zu", students);
}

static void check_cidr(const struct scenario *s, struct diags *diags, const struct value *v)
{
    if (!v->text)
        return;
    scenario_check_references(s, diags, v->text, v->at, v->width);
    struct cidr cidr;
    if (strstr(v->text, "{{"))
        return;
    if (!cidr_parse(v->text, &cidr))
        diag_error(diags, v->at, v->width, "bad-cidr", "expected a network such as 203.0.113.0/28, got \"%s\"", v->text);
    else if (!cidr_strict(&cidr))
        diag_error(diags, v->at, v->width, "bad-cidr", "\"%s\" has bits set behind its prefix", v->text);
}

static void check_account(const struct scenario *s, struct diags *diags)
{
    const struct policy *policy = s->account.policies.items;
    for (size_t i = 0; i < s->account.policies.n; i++)
        if (!policy[i].allow.n && !policy[i].deny.n && !policy[i].document)
            diag_error(diags, AT(&policy[i]), "empty", "the policy \"%s\" says nothing: expected allow, deny or document",
                       policy[i].name);
    const struct group_spec *group = s->account.groups.items;
    for (size_t i = 0; i < s->account.groups.n; i++)
        check_policies(s, diags, &group[i].policies, group[i].at);
    const struct security_group_spec *sg = s->account.security_groups.items;
    for (size_t i = 0; i < s->account.security_groups.n; i++)
        for (size_t j = 0; j < sg[i].lets_in.n; j++) {
            const struct opening *opening = (const struct opening *)sg[i].lets_in.items + j;
            check_cidr(s, diags, &opening->from);
            if (!opening->tcp == !opening->udp)
                diag_error(diags, opening->from.at, opening->from.width, "bad-opening",
                           "expected either tcp or udp with a port");
        }
    const struct instance_spec *instance = s->account.instances.items;
    for (size_t i = 0; i < s->account.instances.n; i++)
        for (size_t j = 0; j < instance[i].groups.n; j++)
            expect_kind(s, diags, instance[i].groups.list[j], NAME_GROUP, "a security group", instance[i].at);
    const struct bucket_spec *bucket = s->account.buckets.items;
    for (size_t i = 0; i < s->account.buckets.n; i++)
        if (bucket[i].called.text)
            scenario_check_references(s, diags, bucket[i].called.text, bucket[i].called.at, bucket[i].called.width);
    const struct server_spec *server = s->servers.items;
    for (size_t i = 0; i < s->servers.n; i++) {
        expect_kind(s, diags, server[i].instance, NAME_INSTANCE, "an instance", server[i].at);
        if (server[i].like && !text_same(server[i].like, "amazon-linux-2"))
            diag_error(diags, AT(&server[i]), "unknown-base", "unknown base tree \"%s\": expected amazon-linux-2",
                       server[i].like);
    }
}

/* ---- variables: a text may use only those above it, which also rules out circles ---- */

static void check_variables(const struct scenario *s, struct diags *diags)
{
    const struct variable *v = s->vary.items;
    for (size_t i = 0; i < s->vary.n; i++) {
        struct reference ref;
        const char *rest = v[i].text.text;
        while (rest && reference_next(&rest, &ref)) {
            size_t j = 0;
            while (j < i && !text_same(v[j].name, ref.name))
                j++;
            if (j < i && !ref.bad)
                continue;
            if (text_same(v[i].name, ref.name))
                diag_error(diags, v[i].text.at, v[i].text.width, "circle", "the variable \"%s\" is made of itself", ref.name);
            else
                diag_error(diags, v[i].text.at, v[i].text.width, "circle",
                           "%s: a variable's text may use variables above it only", ref.whole);
        }
    }
}

/* ---- steps ---- */

static const char *operation_of(const struct step *step)
{
    return step->op ? step->op : "host:Run";
}

static void check_step_names(const struct scenario *s, struct diags *diags, const struct step *step)
{
    expect_kind(s, diags, step->as, NAME_PERSON, "a person of the cast", step->at);
    expect_kind(s, diags, step->on, NAME_SERVER, "a server", step->at);
    expect_kind(s, diags, step->after, NAME_MARK, "a mark", step->at);
    expect_kind(s, diags, step->session, NAME_MARK, "a mark", step->at);
    if (step->client && !client_find(step->client))
        diag_error(diags, step->at, 1, "unknown-client", "unknown client \"%s\"", step->client);
    const char *op = operation_of(step);
    if (!step->op && !step->run.n)
        diag_error(diags, step->at, 1, "missing-key", "a step needs \"do\" with an operation, or \"run\" with command lines");
    else if (!strchr(op, ':'))
        diag_error(diags, step->op_at.line ? step->op_at : step->at, 1, "bad-operation",
                   "expected service:Operation such as ec2:RunInstances, got \"%s\"", op);
    bool host = text_starts(op, "host:");
    if ((host || step->run.n) && !step->on)
        diag_error(diags, step->at, 1, "missing-key", "the step happens on a server: missing key \"on\"");
    if (step->run.n && !host && !text_same(op, "ssm:SendCommand"))
        diag_error(diags, step->at, 1, "bad-operation", "\"run\" goes with ssm:SendCommand or with nothing else, not with %s",
                   op);
    scenario_check_node(s, diags, step->with);
    for (size_t i = 0; i < step->run.n; i++)
        scenario_check_references(s, diags, step->run.list[i], step->at, 1);
    if (step->wait.text)
        scenario_check_references(s, diags, step->wait.text, step->wait.at, step->wait.width);
    if (step->at_time.text)
        scenario_check_references(s, diags, step->at_time.text, step->at_time.at, step->at_time.width);
}

/* The span in which a variable or a plain text lies; false if it is no duration (or time). */
static bool span_of(const struct scenario *s, const char *text, bool time, int64_t *low, int64_t *high)
{
    bool zoned;
    if (!strstr(text, "{{")) {
        bool good = time ? time_parse(text, low, &zoned) : duration_parse(text, low);
        *high = *low;
        return good;
    }
    struct reference ref = {0};
    const char *rest = text;
    const void *item = NULL;
    if (!reference_next(&rest, &ref) || ref.bad || ref.start || *rest || scenario_name(s, ref.name, &item) != NAME_VARIABLE)
        return false;
    const struct variable *v = item;
    *low = v->low;
    *high = v->high;
    return v->kind == (time ? VARY_TIME : VARY_DURATION);
}

struct when { /* the earliest and the latest that a step can come */
    int64_t low, high;
};

static bool step_base(const struct scenario *s, struct diags *diags, const struct step *steps, size_t i,
                      const struct when *known, struct when *base)
{
    const struct step *step = &steps[i];
    if (step->when == STEP_AT_OFFSET)
        base->low = base->high = s->clock.start + step->offset_ms;
    else if (step->when == STEP_FOLLOWS)
        *base = i ? known[i - 1] : (struct when){s->clock.start, s->clock.start};
    else if (step->when == STEP_AT) {
        if (span_of(s, step->at_time.text, true, &base->low, &base->high))
            return true;
        diag_error(diags, step->at_time.at, step->at_time.width, "bad-time", "expected a time, or a variable that is one");
        return false;
    } else {
        for (size_t j = 0; j < i; j++)
            if (text_same(steps[j].mark, step->after)) {
                *base = known[j];
                return true;
            }
        if (scenario_name(s, step->after, NULL) == NAME_MARK)
            diag_error(diags, step->at, 1, "circle", "\"after: %s\" names a step that comes later in the file", step->after);
        return false;
    }
    return true;
}

static void check_marks_used(const struct scenario *s, struct diags *diags, const struct step *steps, size_t i)
{
    if (!steps[i].session)
        return;
    for (size_t j = 0; j < i; j++)
        if (text_same(steps[j].mark, steps[i].session)) {
            if (!text_same(steps[j].op, "host:LogIn") && !text_same(steps[j].op, "ssm:StartSession"))
                diag_error(diags, steps[i].at, 1, "bad-session", "\"session: %s\" is no login", steps[i].session);
            return;
        }
    if (scenario_name(s, steps[i].session, NULL) == NAME_MARK)
        diag_error(diags, steps[i].at, 1, "circle", "\"session: %s\" names a step that comes later in the file",
                   steps[i].session);
}

static void check_times(struct scenario *s, struct diags *diags)
{
    const struct step *steps = s->timeline.items;
    struct when *known = arena_alloc(&s->arena, (s->timeline.n + 1) * sizeof(*known));
    for (size_t i = 0; i < s->timeline.n; i++) {
        check_marks_used(s, diags, steps, i);
        struct when base = {s->clock.start, s->clock.start}, wait = {0, 0};
        bool good = step_base(s, diags, steps, i, known, &base);
        if (steps[i].wait.text && !span_of(s, steps[i].wait.text, false, &wait.low, &wait.high)) {
            diag_error(diags, steps[i].wait.at, steps[i].wait.width, "bad-duration",
                       "expected a duration such as \"30s\", or a variable that is one");
            good = false;
        }
        known[i] = (struct when){base.low + wait.low, base.high + wait.high};
        if (!good || !s->clock.length)
            continue;
        if (known[i].low < s->clock.start || known[i].high > s->clock.start + s->clock.length)
            diag_error(diags, steps[i].at, 1, "outside-clock", "this step can lie outside the clock (%s to %s)",
                       arena_time(&s->arena, s->clock.start, TIME_ISO),
                       arena_time(&s->arena, s->clock.start + s->clock.length, TIME_ISO));
        if (steps[i].when == STEP_AT && i && steps[i - 1].as && text_same(steps[i - 1].as, steps[i].as) &&
            known[i].high < known[i - 1].low)
            diag_error(diags, steps[i].at, 1, "out-of-order",
                       "this step lies before the one above it, which the same person does");
    }
}

void scenario_check(struct scenario *s, struct diags *diags)
{
    check_names(s, diags);
    check_variables(s, diags);
    const struct place *place = s->places.items;
    for (size_t i = 0; i < s->places.n; i++)
        check_cidr(s, diags, &place[i].cidr);
    check_cast(s, diags);
    check_account(s, diags);
    const struct step *steps = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++)
        check_step_names(s, diags, &steps[i]);
    steps = s->solution.items;
    for (size_t i = 0; i < s->solution.n; i++)
        check_step_names(s, diags, &steps[i]);
    check_times(s, diags);
    expect_kind(s, diags, s->background.scanned_after, NAME_MARK, "a mark", (struct src_pos){s->file, 0, 0});
    if (s->region && !text_starts(s->region, "us-") && !text_starts(s->region, "eu-") && !text_starts(s->region, "ap-") &&
        !text_starts(s->region, "sa-") && !text_starts(s->region, "ca-"))
        diag_error(diags, (struct src_pos){s->file, 0, 0}, 1, "unknown-region", "unknown region \"%s\"", s->region);
}
