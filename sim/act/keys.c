/* SPDX-License-Identifier: MIT */
/*
 * Condition keys and policy variables: what a request can say about itself.
 *
 * Facts: IAM user guide, "AWS global condition context keys" and "IAM policy elements: Variables and tags". A key is
 * found in any case of letters. What the table does not have is looked up in the question's own context.
 */
#include "sim/act/asking.h"

#include <string.h>
#include <strings.h>

static const char *source_ip(struct asking *a)
{
    return a->q->source_ip;
}

static const char *user_name(struct asking *a)
{
    return a->q->who->kind == PRINCIPAL_USER ? a->q->who->name : NULL;
}

static const char *user_id(struct asking *a)
{
    const struct principal *who = a->q->who;

    if (who->kind == PRINCIPAL_ROOT)
        return a->w->account.id;
    if (a->role)
        return arena_printf(&a->arena, "%s:%s", a->role->id, who->session_name ? who->session_name : "");
    return a->user ? a->user->id : NULL;
}

/* For a role's session this is the role. */
static const char *principal_arn_key(struct asking *a)
{
    return a->role ? a->role->arn : a->q->who->kind <= PRINCIPAL_ROLE ? a->arn : NULL;
}

static const char *principal_account(struct asking *a)
{
    return a->q->who->kind <= PRINCIPAL_ROLE ? a->w->account.id : NULL;
}

static const char *principal_type(struct asking *a)
{
    static const char *const names[] = {
        [PRINCIPAL_ROOT] = "Account",    [PRINCIPAL_USER] = "User",           [PRINCIPAL_ROLE] = "AssumedRole",
        [PRINCIPAL_SERVICE] = "Service", [PRINCIPAL_ANONYMOUS] = "Anonymous", [PRINCIPAL_OS] = "Anonymous",
    };

    return names[a->q->who->kind];
}

static const char *is_service(struct asking *a)
{
    return a->q->who->kind == PRINCIPAL_SERVICE ? "true" : "false";
}

static const char *service_name(struct asking *a)
{
    return a->q->who->kind == PRINCIPAL_SERVICE ? a->q->who->name : NULL;
}

static const char *via_service(struct asking *a)
{
    return a->q->who->invoked_by ? "true" : "false";
}

static const char *called_via(struct asking *a)
{
    return a->q->who->invoked_by;
}

static const char *current_time(struct asking *a)
{
    return arena_time(&a->arena, a->q->now_ms, TIME_ISO);
}

static const char *epoch_time(struct asking *a)
{
    return arena_printf(&a->arena, "%lld", (long long)(a->q->now_ms / 1000));
}

/* Absent for long-term keys: the reason why Bool and BoolIfExists differ. */
static const char *mfa_present(struct asking *a)
{
    return a->q->who->session_start_ms == 0 ? NULL : a->q->who->mfa ? "true" : "false";
}

static const char *mfa_age(struct asking *a)
{
    if (a->q->who->session_start_ms == 0 || !a->q->who->mfa)
        return NULL;
    return arena_printf(&a->arena, "%lld", (long long)((a->q->now_ms - a->q->who->session_start_ms) / 1000));
}

static const char *issue_time(struct asking *a)
{
    return a->q->who->session_start_ms ? arena_time(&a->arena, a->q->who->session_start_ms, TIME_ISO) : NULL;
}

static const char *role_delivery(struct asking *a)
{
    return a->q->who->delivery;
}

static const char *always_true(struct asking *a)
{
    (void)a;
    return "true";
}

static const struct {
    const char *key;
    const char *(*value)(struct asking *);
} keys[] = {
    {"aws:CalledVia",              called_via       },
    {"aws:CurrentTime",            current_time     },
    {"aws:EpochTime",              epoch_time       },
    {"aws:MultiFactorAuthAge",     mfa_age          },
    {"aws:MultiFactorAuthPresent", mfa_present      },
    {"aws:PrincipalAccount",       principal_account},
    {"aws:PrincipalArn",           principal_arn_key},
    {"aws:PrincipalIsAWSService",  is_service       },
    {"aws:PrincipalServiceName",   service_name     },
    {"aws:PrincipalType",          principal_type   },
    {"aws:SecureTransport",        always_true      },
    {"aws:SourceIp",               source_ip        },
    {"aws:TokenIssueTime",         issue_time       },
    {"aws:ViaAWSService",          via_service      },
    {"aws:userid",                 user_id          },
    {"aws:username",               user_name        },
    {"ec2:RoleDelivery",           role_delivery    },
};

#define PRINCIPAL_TAG "aws:PrincipalTag/"

static const char *own_value(struct asking *a, const char *key)
{
    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcasecmp(keys[i].key, key) == 0)
            return keys[i].value(a);
    if (a->user && strncasecmp(key, PRINCIPAL_TAG, strlen(PRINCIPAL_TAG)) == 0)
        return tag_value(a->user->tags, key + strlen(PRINCIPAL_TAG));
    return NULL;
}

static const json_t *context_value(const struct asking *a, const char *key)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)a->q->context, name, value) if (strcasecmp(name, key) == 0) return value;
    return NULL;
}

struct values key_values(struct asking *a, const char *key)
{
    struct values values = {0};
    const char *own = own_value(a, key);
    const json_t *given = own || !a->q->context ? NULL : context_value(a, key);
    size_t n = own ? 1 : one_or_more(given);

    if (n == 0)
        return values;
    values.list = arena_alloc(&a->arena, n * sizeof(*values.list));
    for (size_t i = 0; i < n; i++) {
        const char *text = own ? own : scalar_text(&a->arena, nth(given, i));

        if (text)
            values.list[values.n++] = text;
    }
    return values;
}

/* ${aws:PrincipalTag/team, 'none'}: what stands for a key that is absent. NULL without one. */
static const char *default_value(struct asking *a, const char *name)
{
    const char *text = strchr(name, ',');
    size_t n;

    if (!text)
        return NULL;
    text += 1 + strspn(text + 1, " ");
    n = strlen(text);
    return n >= 2 && text[0] == '\'' && text[n - 1] == '\'' ? arena_dupn(&a->arena, text + 1, n - 2) : NULL;
}

/* "${*}", "${?}", "${$}" stand for the character itself; a glob has no way to say so, and names hold none of them. */
static const char *variable_value(struct asking *a, const char *name)
{
    struct values values;

    if (strcmp(name, "*") == 0 || strcmp(name, "?") == 0 || strcmp(name, "$") == 0)
        return name;
    values = key_values(a, arena_dupn(&a->arena, name, strcspn(name, ",")));
    return values.n == 1 ? values.list[0] : values.n == 0 ? default_value(a, name) : NULL;
}

const char *expand_variables(struct asking *a, const char *pattern)
{
    AUTO(str_drop) struct str out = {0};
    const char *at = pattern, *open;

    if (!a->variables || !strstr(pattern, "${"))
        return pattern;
    while ((open = strstr(at, "${"))) {
        const char *close = strchr(open, '}');
        const char *value;

        if (!close)
            break;
        value = variable_value(a, arena_dupn(&a->arena, open + 2, (size_t)(close - open - 2)));
        if (!value)
            return NULL;
        str_addn(&out, at, (size_t)(open - at));
        str_add(&out, value);
        at = close + 1;
    }
    str_add(&out, at);
    return arena_dupn(&a->arena, str_text(&out), out.len);
}
