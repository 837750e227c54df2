/* SPDX-License-Identifier: MIT */
/*
 * The Condition element: {operator: {key: value or values}}.
 *
 * All operators and all keys must hold. Of a key's values one must match; of a negated operator's none may. A missing
 * key fails an operator, passes a negated one and passes anything IfExists. ForAnyValue and ForAllValues are for keys
 * with several values. Facts: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
#include "sim/act/asking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- comparisons: what the policy says, what the request says ---- */

static bool string_equals(const char *policy, const char *actual)
{
    return strcmp(policy, actual) == 0;
}

static bool string_equals_ignore_case(const char *policy, const char *actual)
{
    return strcasecmp(policy, actual) == 0;
}

static bool string_like(const char *policy, const char *actual)
{
    return text_glob(policy, actual);
}

/* Each of the six parts between colons by itself: no wildcard reaches over a colon but in the last part. */
static bool arn_like(const char *policy, const char *actual)
{
    for (int part = 0; part < 5; part++) {
        char left[512], right[512];
        size_t n_left = strcspn(policy, ":"), n_right = strcspn(actual, ":");

        if (policy[n_left] != ':' || actual[n_right] != ':' || n_left >= sizeof(left) || n_right >= sizeof(right))
            return false;
        memcpy(left, policy, n_left);
        memcpy(right, actual, n_right);
        left[n_left] = right[n_right] = '\0';
        if (!text_glob(left, right))
            return false;
        policy += n_left + 1;
        actual += n_right + 1;
    }
    return text_glob(policy, actual);
}

static bool ip_address(const char *policy, const char *actual)
{
    return ip_in(actual, policy);
}

static bool read_number(const char *s, double *ret)
{
    char *end;

    *ret = strtod(s, &end);
    return end != s && *end == '\0' && isfinite(*ret);
}

static bool read_date(const char *s, double *ret)
{
    int64_t ms;

    if (read_number(s, ret)) /* seconds since 1970 */
        return true;
    if (!time_parse(s, &ms, NULL))
        return false;
    *ret = (double)ms / 1000;
    return true;
}

/* The request's value compared with the policy's: -1, 0, 1; 2 when one is no number. */
static int order(bool (*read)(const char *, double *), const char *policy, const char *actual)
{
    double left, right;

    if (!read(actual, &left) || !read(policy, &right))
        return 2;
    return left < right ? -1 : left > right;
}

static bool number_equals(const char *policy, const char *actual)
{
    return order(read_number, policy, actual) == 0;
}

static bool number_less(const char *policy, const char *actual)
{
    return order(read_number, policy, actual) == -1;
}

static bool number_less_equals(const char *policy, const char *actual)
{
    return order(read_number, policy, actual) <= 0;
}

static bool number_greater(const char *policy, const char *actual)
{
    return order(read_number, policy, actual) == 1;
}

static bool number_greater_equals(const char *policy, const char *actual)
{
    int found = order(read_number, policy, actual);

    return found == 0 || found == 1;
}

static bool date_equals(const char *policy, const char *actual)
{
    return order(read_date, policy, actual) == 0;
}

static bool date_less(const char *policy, const char *actual)
{
    return order(read_date, policy, actual) == -1;
}

static bool date_less_equals(const char *policy, const char *actual)
{
    return order(read_date, policy, actual) <= 0;
}

static bool date_greater(const char *policy, const char *actual)
{
    return order(read_date, policy, actual) == 1;
}

static bool date_greater_equals(const char *policy, const char *actual)
{
    int found = order(read_date, policy, actual);

    return found == 0 || found == 1;
}

/* ---- the table ---- */

static const struct operator_row {
    const char *name;
    bool (*matches)(const char *policy, const char *actual);
    bool negated, expands; /* expands: takes policy variables */
} operators[] = {
    {"ArnEquals",                 arn_like,                  false, true },
    {"ArnLike",                   arn_like,                  false, true },
    {"ArnNotEquals",              arn_like,                  true,  true },
    {"ArnNotLike",                arn_like,                  true,  true },
    {"BinaryEquals",              string_equals,             false, false},
    {"Bool",                      string_equals_ignore_case, false, false},
    {"DateEquals",                date_equals,               false, false},
    {"DateGreaterThan",           date_greater,              false, false},
    {"DateGreaterThanEquals",     date_greater_equals,       false, false},
    {"DateLessThan",              date_less,                 false, false},
    {"DateLessThanEquals",        date_less_equals,          false, false},
    {"DateNotEquals",             date_equals,               true,  false},
    {"IpAddress",                 ip_address,                false, false},
    {"NotIpAddress",              ip_address,                true,  false},
    {"NumericEquals",             number_equals,             false, false},
    {"NumericGreaterThan",        number_greater,            false, false},
    {"NumericGreaterThanEquals",  number_greater_equals,     false, false},
    {"NumericLessThan",           number_less,               false, false},
    {"NumericLessThanEquals",     number_less_equals,        false, false},
    {"NumericNotEquals",          number_equals,             true,  false},
    {"StringEquals",              string_equals,             false, true },
    {"StringEqualsIgnoreCase",    string_equals_ignore_case, false, true },
    {"StringLike",                string_like,               false, true },
    {"StringNotEquals",           string_equals,             true,  true },
    {"StringNotEqualsIgnoreCase", string_equals_ignore_case, true,  true },
    {"StringNotLike",             string_like,               true,  true },
};

struct parsed {                     /* "ForAnyValue:StringLikeIfExists" */
    const struct operator_row *row; /* NULL: Null */
    bool any, all, if_exists;
};

static bool parse_operator(const char *name, struct parsed *out)
{
    const char *suffix = "IfExists";
    size_t n;

    *out = (struct parsed){0};
    if (strncasecmp(name, "ForAnyValue:", 12) == 0)
        out->any = true;
    else if (strncasecmp(name, "ForAllValues:", 13) == 0)
        out->all = true;
    name += out->any ? 12 : out->all ? 13 : 0;
    n = strlen(name);
    if (n > strlen(suffix) && strcasecmp(name + n - strlen(suffix), suffix) == 0) {
        out->if_exists = true;
        n -= strlen(suffix);
    }
    if (n == 4 && strncasecmp(name, "Null", 4) == 0)
        return !out->if_exists;
    for (size_t i = 0; i < COUNT(operators) && !out->row; i++)
        if (strlen(operators[i].name) == n && strncasecmp(operators[i].name, name, n) == 0)
            out->row = &operators[i];
    return out->row != NULL;
}

bool condition_operator_known(const char *name)
{
    struct parsed parsed;

    return parse_operator(name, &parsed);
}

/* ---- evaluation ---- */

/* Does one value of the request satisfy the operator against all that the policy lists? */
static bool value_satisfies(struct asking *a, const struct operator_row *row, const json_t *policy, const char *actual)
{
    for (size_t i = 0; i < one_or_more(policy); i++) {
        const char *wanted = scalar_text(&a->arena, nth(policy, i));

        if (wanted && row->expands)
            wanted = expand_variables(a, wanted);
        if (wanted && row->matches(wanted, actual))
            return !row->negated;
    }
    return row->negated;
}

static bool key_holds(struct asking *a, const struct parsed *op, const char *key, const json_t *policy)
{
    struct values actual = key_values(a, key);
    size_t satisfied = 0;

    if (!op->row) /* {"Null": {"aws:TokenIssueTime": "true"}}: the key must be absent */
        return (actual.n == 0) == text_same(scalar_text(&a->arena, nth(policy, 0)), "true");
    if (actual.n == 0)
        return op->if_exists || op->all || (op->row->negated && !op->any);
    for (size_t i = 0; i < actual.n; i++)
        satisfied += value_satisfies(a, op->row, policy, actual.list[i]);
    return op->any || (!op->all && !op->row->negated) ? satisfied > 0 : satisfied == actual.n;
}

bool conditions_hold(struct asking *a, const json_t *condition)
{
    const char *name, *key;
    json_t *tests, *policy;

    json_object_foreach((json_t *)condition, name, tests)
    {
        struct parsed op;

        if (!parse_operator(name, &op))
            return false;
        json_object_foreach(tests, key, policy) if (!key_holds(a, &op, key, policy)) return false;
    }
    return true;
}
