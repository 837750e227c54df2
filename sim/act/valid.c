/* SPDX-License-Identifier: MIT */
/*
 * Would IAM take this policy document? Its sentences are those of MalformedPolicyDocument (IAM) and MalformedPolicy (S3).
 * Facts: IAM user guide, "Grammar of the IAM JSON policy language".
 */
#include "sim/act/asking.h"

#include <string.h>

static const char *const document_keys[] = {"Version", "Id", "Statement", NULL};
static const char *const statement_keys[] = {"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                             "NotAction", "Resource", "NotResource", "Condition",    NULL};
#define SYNTAX "Syntax errors in policy."

static bool known_keys(const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        const char *const *at = known;

        while (*at && strcmp(*at, key) != 0)
            at++;
        if (!*at)
            return false;
    }
    return true;
}

static bool all_texts(const json_t *value)
{
    size_t n = one_or_more(value);

    for (size_t i = 0; i < n; i++)
        if (!json_is_string(nth(value, i)))
            return false;
    return n > 0;
}

/* "*" or "service:Action" with wildcards. */
static bool action_good(const char *action)
{
    size_t service = strspn(action, ALPHABET_LOWER ALPHABET_UPPER "-*");

    if (strcmp(action, "*") == 0)
        return true;
    return service > 0 && action[service] == ':' && action[service + 1] != '\0' &&
           action[service + 1 + strspn(action + service + 1, ALPHABET_LOWER ALPHABET_UPPER "*?")] == '\0';
}

/* "*" or something with the six parts of an ARN. */
static bool resource_good(const char *resource)
{
    unsigned colons = 0;

    if (strcmp(resource, "*") == 0)
        return true;
    for (const char *at = resource; *at; at++)
        colons += *at == ':';
    return text_starts(resource, "arn:") && (colons >= 5 || strchr(resource, '*'));
}

static bool every(const json_t *value, bool (*good)(const char *))
{
    for (size_t i = 0; i < one_or_more(value); i++)
        if (!good(json_string_value(nth(value, i))))
            return false;
    return true;
}

static const char *actions_fault(const json_t *statement)
{
    const json_t *action = json_object_get(statement, "Action"), *not_action = json_object_get(statement, "NotAction");
    const json_t *given = action ? action : not_action;

    if (!given)
        return "Policy statement must contain actions.";
    if ((action && not_action) || !all_texts(given))
        return SYNTAX;
    return every(given, action_good) ? NULL : "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
}

/* The policy of a key or a role may name no resource: it is about what it is attached to. */
static const char *resources_fault(const json_t *statement, bool of_resource)
{
    const json_t *resource = json_object_get(statement, "Resource");
    const json_t *not_resource = json_object_get(statement, "NotResource");
    const json_t *given = resource ? resource : not_resource;

    if (!given)
        return of_resource ? NULL : "Policy statement must contain resources.";
    if ((resource && not_resource) || !all_texts(given))
        return SYNTAX;
    return every(given, resource_good) ? NULL : "Resource must be in ARN format or \"*\".";
}

static bool principal_good(const json_t *principal)
{
    static const char *const kinds[] = {"AWS", "Service", "Federated", "CanonicalUser", NULL};
    const char *kind;
    json_t *names;

    if (json_is_string(principal))
        return strcmp(json_string_value(principal), "*") == 0;
    if (!json_is_object(principal) || json_object_size(principal) == 0 || !known_keys(principal, kinds))
        return false;
    json_object_foreach((json_t *)principal, kind, names) if (!all_texts(names)) return false;
    return true;
}

static const char *principal_fault(const json_t *statement, bool of_resource)
{
    const json_t *principal = json_object_get(statement, "Principal");
    const json_t *not_principal = json_object_get(statement, "NotPrincipal");

    if (!of_resource)
        return principal || not_principal ? "Policy document should not specify a principal." : NULL;
    if (!principal == !not_principal)
        return "Missing required field Principal";
    return principal_good(principal ? principal : not_principal) ? NULL : "Invalid principal in policy";
}

static const char *condition_fault(const json_t *condition)
{
    const char *name, *key;
    json_t *tests, *values;

    if (condition && !json_is_object(condition))
        return SYNTAX;
    json_object_foreach((json_t *)condition, name, tests)
    {
        if (!condition_operator_known(name) || !json_is_object(tests))
            return SYNTAX;
        json_object_foreach(tests, key, values) for (size_t i = 0; i < one_or_more(values);
                                                     i++) if (json_is_object(nth(values, i)) || json_is_array(nth(values, i)) ||
                                                              json_is_null(nth(values, i))) return SYNTAX;
    }
    return NULL;
}

static const char *statement_fault(const json_t *statement, bool of_resource)
{
    const json_t *effect = json_object_get(statement, "Effect"), *sid = json_object_get(statement, "Sid");
    const char *fault;

    if (!json_is_object(statement) || !known_keys(statement, statement_keys) || (sid && !json_is_string(sid)))
        return SYNTAX;
    if (!effect)
        return "Missing required field Effect";
    if (!text_same(json_string_value(effect), "Allow") && !text_same(json_string_value(effect), "Deny"))
        return SYNTAX;
    fault = principal_fault(statement, of_resource);
    if (!fault)
        fault = actions_fault(statement);
    if (!fault)
        fault = resources_fault(statement, of_resource);
    return fault ? fault : condition_fault(json_object_get(statement, "Condition"));
}

static const char *document_fault(const json_t *document, bool of_resource)
{
    const json_t *version = json_object_get(document, "Version"), *statements = json_object_get(document, "Statement");

    if (!json_is_object(document))
        return "This policy contains invalid Json";
    if (!known_keys(document, document_keys))
        return SYNTAX;
    if (version && !text_same(json_string_value(version), "2012-10-17") && !text_same(json_string_value(version), "2008-10-17"))
        return "Policy document must be version 2012-10-17 or greater.";
    if (one_or_more(statements) == 0)
        return SYNTAX;
    for (size_t i = 0; i < one_or_more(statements); i++) {
        const char *fault = statement_fault(nth(statements, i), of_resource);

        if (fault)
            return fault;
    }
    return NULL;
}

bool policy_valid(const json_t *document, bool is_resource_policy, const char **why)
{
    const char *fault = document_fault(document, is_resource_policy);

    if (fault && why)
        *why = fault;
    return !fault;
}
