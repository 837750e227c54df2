/* SPDX-License-Identifier: MIT */
/*
 * What a student reads before looking into anything: titles of checks, what the account is called and said to be from the
 * start, hints that cost nothing. An answer that stands there needs no investigation. All of it is only warned of: a word may
 * be an answer and stand there by right.
 */
#include "grader/verify/proof.h"

#include <string.h>

/* Its answer is one of a list that everybody is shown, or no value at all. */
bool answer_is_no_secret(const struct question *q)
{
    return q->type->needs_options || (q->of && q->of->needs_options) || q->type->judge || q->type->manual;
}

const char *answer_secret(const struct question *q, size_t i)
{
    return q->type->takes == TAKES_PAIRS ? pair_right(q->answer.list[i]) : q->answer.list[i];
}

/* The answer of the question that the text tells; NULL = none. */
static const char *told_by(struct proof *p, const struct question *q, const char *text)
{
    for (size_t i = 0; text && !answer_is_no_secret(q) && i < q->answer.n; i++) {
        p->facts[PROVE_LEAK]++;
        if (answer_stands_in(text, strlen(text), answer_secret(q, i)))
            return q->answer.list[i];
    }
    return NULL;
}

/* ---- titles: whoever looks whether a repair holds reads them all ---- */

static void look_at_title(struct proof *p, const struct check *c, const struct question *q)
{
    const struct fault fault = {
        .property = PROVE_LEAK, .warns = true, .at = c->at, .file = "answers.yaml", .command = "cafelab check try"};
    if (!c->hidden && told_by(p, q, local_text_get(&c->title, "en")))
        fault_note(p, &fault,
                   "`cafelab check` prints the answer of \"%s\" in the title of \"%s\": put it otherwise, or make it `hidden`",
                   q->id, c->id);
}

/* ---- the account as it is from the start ---- */

struct thing { /* of the account */
    struct src_pos at;
    const char *what, *name; /* "the security group \"web\"" is what and name */
    const char *called;      /* its name in the account: that is no news of itself */
};

/* Texts may have references: this variant's values. NULL = none, or no value. */
static const char *filled(struct proof *p, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    struct err ignored = {0};
    if (!text || !scenario_expand(text, play_lookup, &p->key->play, &out, &ignored))
        return NULL;
    return arena_dup(&p->arena, str_text(&out));
}

static void look_at_text(struct proof *p, const struct thing *thing, const char *part, const char *text)
{
    const struct question *q = p->key->rubric->questions.items;
    const char *said = filled(p, text), *called = filled(p, thing->called);
    for (size_t i = 0; said && i < p->key->rubric->questions.n; i++) {
        const char *answer = told_by(p, &q[i], said);
        if (!answer || (called && text_same(called, answer)))
            continue;
        const struct fault fault = {.property = PROVE_LEAK,
                                    .warns = true,
                                    .at = thing->at,
                                    .file = "account",
                                    .about = arena_printf(&p->arena, "%s %s", part, q[i].id),
                                    .command = arena_printf(&p->arena, "grep -rnF -e %s try/account --exclude='event-*'",
                                                            arena_shell_word(&p->arena, said))};
        fault_note(p, &fault, "the answer of \"%s\" stands in the %s of %s \"%s\", which is there from the start: \"%s\"",
                   q[i].id, part, thing->what, thing->name, said);
    }
}

static void look_at_groups(struct proof *p, const struct account_spec *account)
{
    const struct security_group_spec *group = account->security_groups.items;
    for (size_t i = 0; i < account->security_groups.n; i++) {
        const struct thing thing = {group[i].at, "the security group", group[i].name, group[i].called};
        const struct opening *opening = group[i].lets_in.items;
        look_at_text(p, &thing, "name", group[i].called);
        look_at_text(p, &thing, "description", group[i].description);
        for (size_t j = 0; j < group[i].lets_in.n; j++)
            look_at_text(p, &thing, "description of a rule", opening[j].description);
    }
}

static void look_at_names(struct proof *p, const struct account_spec *account)
{
    const struct instance_spec *instance = account->instances.items;
    const struct bucket_spec *bucket = account->buckets.items;
    const struct policy *policy = account->policies.items;
    const struct group_spec *group = account->groups.items;
    const struct role_spec *role = account->roles.items;
    for (size_t i = 0; i < account->instances.n; i++) {
        const struct thing thing = {instance[i].at, "the instance", instance[i].name, instance[i].called};
        look_at_text(p, &thing, "tag Name", instance[i].called);
        look_at_text(p, &thing, "key pair", instance[i].key_name);
    }
    for (size_t i = 0; i < account->buckets.n; i++)
        look_at_text(p, &(struct thing){bucket[i].at, "the bucket", bucket[i].name, bucket[i].called.text}, "name",
                     bucket[i].called.text);
    for (size_t i = 0; i < account->policies.n; i++)
        look_at_text(p, &(struct thing){policy[i].at, "the policy", policy[i].name, policy[i].name}, "name", policy[i].name);
    for (size_t i = 0; i < account->groups.n; i++)
        look_at_text(p, &(struct thing){group[i].at, "the IAM group", group[i].name, group[i].name}, "name", group[i].name);
    for (size_t i = 0; i < account->roles.n; i++) {
        const struct thing thing = {role[i].at, "the role", role[i].name, role[i].called};
        look_at_text(p, &thing, "name", role[i].called);
        look_at_text(p, &thing, "description", role[i].description);
    }
    const struct person *person = p->scenario->cast.items;
    for (size_t i = 0; i < p->scenario->cast.n; i++)
        look_at_text(p, &(struct thing){person[i].at, "the user of", person[i].name, person[i].user}, "name", person[i].user);
}

/* ---- hints that cost nothing: nor do those before them ---- */

/* Each is given at once, for nothing. */
static const char *hint_command(struct proof *p, const char *question, size_t n)
{
    const char *command = arena_printf(&p->arena, "cafelab hint try %s", question);
    for (const char *one = command; n; n--)
        command = arena_printf(&p->arena, "%s && %s", command, one);
    return command;
}

static void look_at_hint(struct proof *p, const struct question *of, size_t n, const struct hint *hint,
                         const struct question *q)
{
    const char *answer = NULL;
    for (size_t i = 0; !answer && i < LANGUAGES; i++)
        answer = told_by(p, q, hint->text.in[i]);
    answer = answer ? answer : told_by(p, q, hint->shows.sql);
    answer = answer ? answer : told_by(p, q, hint->shows.command);
    if (!answer)
        return;
    const struct fault fault = {.property = PROVE_LEAK,
                                .warns = true,
                                .at = hint->at,
                                .file = "answers.yaml",
                                .about = q->id,
                                .command = hint_command(p, of->id, n)};
    fault_note(p, &fault, "hint %zu of \"%s\" costs nothing and tells the answer of \"%s\": \"%s\"", n + 1, of->id, q->id,
               answer);
}

static void look_at_hints(struct proof *p, const struct question *of)
{
    const struct question *q = p->key->rubric->questions.items;
    const struct hint *hint = of->hints.items;
    for (size_t i = 0; i < of->hints.n && !hint[i].cost; i++)
        for (size_t j = 0; j < p->key->rubric->questions.n; j++)
            look_at_hint(p, of, i, &hint[i], &q[j]);
}

void prove_not_told(struct proof *p)
{
    const struct rubric *key = p->key->rubric;
    const struct check *c = key->checks.items;
    const struct question *q = key->questions.items;
    for (size_t i = 0; i < key->checks.n; i++)
        for (size_t j = 0; j < key->questions.n; j++)
            look_at_title(p, &c[i], &q[j]);
    look_at_groups(p, &p->scenario->account);
    look_at_names(p, &p->scenario->account);
    for (size_t i = 0; i < key->questions.n; i++)
        look_at_hints(p, &q[i]);
}
