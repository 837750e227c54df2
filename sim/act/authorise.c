/* SPDX-License-Identifier: MIT */
/*
 * May this principal do this? IAM's evaluation for one account: a matching Deny anywhere wins; else an Allow in the
 * principal's own policies or in the resource's; else no. Boundaries, service control policies and session policies
 * only cut down and are left out.
 *
 * Two kinds of resource insist on their own policy: KMS keys and the trust of a role. If these name the account they
 * leave the decision to IAM; if they name nobody who asks, nothing else helps.
 * Facts: IAM user guide, "Policy evaluation logic"; KMS developer guide, "Key policies".
 */
#include "sim/act/asking.h"

#include <string.h>

/* ---- small readings of JSON ---- */

size_t one_or_more(const json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : value ? 1 : 0;
}

const json_t *nth(const json_t *value, size_t i)
{
    return json_is_array(value) ? json_array_get(value, i) : value;
}

const char *scalar_text(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    return json_is_real(value) ? arena_printf(arena, "%.12g", json_real_value(value)) : NULL;
}

/* ---- one statement ---- */

static bool any_action(const struct asking *a, const json_t *patterns)
{
    for (size_t i = 0; i < one_or_more(patterns); i++) {
        const char *pattern = json_string_value(nth(patterns, i));

        if (pattern && text_glob_any_case(pattern, a->q->action))
            return true;
    }
    return false;
}

static bool any_resource(struct asking *a, const json_t *patterns)
{
    for (size_t i = 0; i < one_or_more(patterns); i++) {
        const char *pattern = json_string_value(nth(patterns, i));

        if (pattern)
            pattern = expand_variables(a, pattern);
        if (pattern && text_glob(pattern, a->q->resource ? a->q->resource : "*"))
            return true;
    }
    return false;
}

/* Everything but the principal. A trust policy has no resource: it is about the role it belongs to. */
static bool statement_applies(struct asking *a, const json_t *statement, bool of_resource)
{
    const json_t *action = json_object_get(statement, "Action"), *not_action = json_object_get(statement, "NotAction");
    const json_t *resource = json_object_get(statement, "Resource");
    const json_t *not_resource = json_object_get(statement, "NotResource");

    if (action ? !any_action(a, action) : !not_action || any_action(a, not_action))
        return false;
    if (resource ? !any_resource(a, resource) : not_resource ? any_resource(a, not_resource) : !of_resource)
        return false;
    return conditions_hold(a, json_object_get(statement, "Condition"));
}

/* ---- the principal's own policies ---- */

struct findings {
    bool allow, deny;
    bool to_account; /* a resource's policy allows it to the account: IAM decides */
};

static void begin_policy(struct asking *a, const json_t *document)
{
    a->variables = text_same(json_str(document, "Version"), "2012-10-17");
}

static bool is_deny(const json_t *statement)
{
    return text_same(json_str(statement, "Effect"), "Deny");
}

static void read_policy(struct asking *a, const struct policy_doc *policy, struct findings *out)
{
    const json_t *document = policy->document ? policy->document : policy->arn ? managed_policy(policy->arn) : NULL;
    const json_t *statements = json_object_get(document, "Statement");

    begin_policy(a, document);
    for (size_t i = 0; i < one_or_more(statements) && !out->deny; i++) {
        const json_t *statement = nth(statements, i);

        if ((is_deny(statement) || !out->allow) && statement_applies(a, statement, false))
            *(is_deny(statement) ? &out->deny : &out->allow) = true;
    }
}

static void read_policies(struct asking *a, const struct policy_doc *own, const struct attachment *attached,
                          struct findings *out)
{
    for (; own; own = own->next)
        read_policy(a, own, out);
    for (; attached; attached = attached->next)
        read_policy(a, attached->policy, out);
}

static struct findings identity_findings(struct asking *a)
{
    struct findings found = {.allow = a->q->who->kind == PRINCIPAL_ROOT};

    if (a->role)
        read_policies(a, a->role->inline_policies, a->role->attached, &found);
    if (!a->user)
        return found;
    read_policies(a, a->user->inline_policies, a->user->attached, &found);
    for (const struct group *group = a->w->account.groups; group; group = group->next)
        if (group_has(group, a->user))
            read_policies(a, group->inline_policies, group->attached, &found);
    return found;
}

/* ---- the resource's policy ---- */

enum named { NAMED_NOT, NAMED_ACCOUNT, NAMED_ITSELF };

/* "123456789012" and "arn:aws:iam::123456789012:root" both mean the account. */
static bool names_account(const char *name, const char *account)
{
    const char *before = "arn:aws:iam::", *after = ":root";
    size_t n = strlen(name);

    if (text_starts(name, before) && text_ends(name, after)) {
        name += strlen(before);
        n -= strlen(before) + strlen(after);
    }
    return n == strlen(account) && strncmp(name, account, n) == 0;
}

/* An entry below "AWS": an ARN, an account number, the id of a user or role, or "*". */
static enum named aws_names(const struct asking *a, const char *name)
{
    enum principal_kind kind = a->q->who->kind;

    if (strcmp(name, "*") == 0)
        return NAMED_ITSELF;
    if (kind != PRINCIPAL_ROOT && kind != PRINCIPAL_USER && kind != PRINCIPAL_ROLE)
        return NAMED_NOT;
    if (a->role && (text_same(name, a->role->arn) || text_same(name, a->role->id)))
        return NAMED_ITSELF;
    if (a->user && text_same(name, a->user->id))
        return NAMED_ITSELF;
    if (text_same(name, a->arn))
        return NAMED_ITSELF;
    return names_account(name, a->w->account.id) ? NAMED_ACCOUNT : NAMED_NOT;
}

static enum named principal_named(const struct asking *a, const json_t *principal)
{
    enum named best = NAMED_NOT;
    const json_t *aws = json_object_get(principal, "AWS"), *services = json_object_get(principal, "Service");

    if (json_is_string(principal))
        return strcmp(json_string_value(principal), "*") == 0 ? NAMED_ITSELF : NAMED_NOT;
    for (size_t i = 0; i < one_or_more(aws); i++) {
        const char *name = json_string_value(nth(aws, i));
        enum named named = name ? aws_names(a, name) : NAMED_NOT;

        if (named > best)
            best = named;
    }
    for (size_t i = 0; i < one_or_more(services) && a->q->who->kind == PRINCIPAL_SERVICE; i++)
        if (text_same(json_string_value(nth(services, i)), a->q->who->name))
            best = NAMED_ITSELF;
    return best;
}

static enum named statement_names(const struct asking *a, const json_t *statement)
{
    const json_t *principal = json_object_get(statement, "Principal");
    const json_t *not_principal = json_object_get(statement, "NotPrincipal");

    if (principal)
        return principal_named(a, principal);
    return not_principal && principal_named(a, not_principal) == NAMED_NOT ? NAMED_ITSELF : NAMED_NOT;
}

static struct findings resource_findings(struct asking *a)
{
    const json_t *statements = json_object_get(a->q->resource_policy, "Statement");
    struct findings found = {0};

    begin_policy(a, a->q->resource_policy);
    for (size_t i = 0; i < one_or_more(statements); i++) {
        const json_t *statement = nth(statements, i);
        enum named named = statement_names(a, statement);

        if (named == NAMED_NOT || !statement_applies(a, statement, true))
            continue;
        if (is_deny(statement))
            found.deny = true;
        else if (named == NAMED_ITSELF)
            found.allow = true;
        else
            found.to_account = true;
    }
    return found;
}

static bool resource_insists(const struct question_of_access *q)
{
    return q->resource_policy && (text_starts(q->action, "kms:") || text_starts(q->action, "sts:AssumeRole"));
}

/* ---- the decision ---- */

static struct decision decide(const struct question_of_access *q, struct findings own, struct findings resource)
{
    bool left_to_iam = resource.to_account || !resource_insists(q);

    if (own.deny || resource.deny)
        return (struct decision){.explicit_deny = true, .by_resource_policy = !own.deny};
    if (resource.allow)
        return (struct decision){.allowed = true, .by_resource_policy = true};
    return (struct decision){.allowed = own.allow && left_to_iam, .by_resource_policy = !left_to_iam};
}

static void asking_drop(struct asking *a)
{
    arena_drop(&a->arena);
}

struct decision authorise(const struct world *w, const struct question_of_access *q)
{
    AUTO(asking_drop) struct asking a = {.w = w, .q = q};
    struct findings own, resource;
    struct decision decision;

    if (q->who->kind == PRINCIPAL_USER)
        a.user = find_user(w, q->who->name);
    if (q->who->kind == PRINCIPAL_ROLE)
        a.role = find_role(w, q->who->name);
    a.arn = principal_arn(w, &a.arena, q->who);
    own = identity_findings(&a);
    resource = resource_findings(&a);
    decision = decide(q, own, resource);
    decision.allowed |= !decision.explicit_deny && acl_lets(w, q);
    return decision;
}
