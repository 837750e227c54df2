/* SPDX-License-Identifier: MIT */
/*
 * What a request is about, as policies see it: the action's name, the ARN from the operation's row, the policy of what
 * the ARN names, and the condition keys that come from the request's parameters.
 */
#include "sim/act/asking.h"
#include "sim/act/parts.h"

#include <string.h>

#define BUCKET_ARN "arn:aws:s3:::"

/* Who names a version of an object needs "s3:GetObjectVersion" instead of "s3:GetObject", and so on. */
const char *call_action(const struct call *c)
{
    const char *action = c->op->action ? c->op->action : c->op->name;
    const char *object = text_starts(action, "s3:") && call_text(c, "versionId") ? strstr(action, "Object") : NULL;
    size_t n = object ? (size_t)(object - action) + strlen("Object") : 0;

    return object ? arena_printf(c->arena, "%.*sVersion%s", (int)n, action, action + n) : action;
}

/* ---- the ARN ---- */

static const char *param_text(const struct call *c, const char *name)
{
    const json_t *value = json_path(c->params, name);
    const char *text = json_string_value(value);

    return text && *text ? text : NULL;
}

/* One piece of the template at *at: "{param}", "$word" or plain characters. A missing parameter is "*". */
static void add_piece(const struct call *c, const char **at, struct str *out)
{
    static const char *const words[] = {"$account", "$region", "$partition"};
    const char *const values[] = {c->w->account.id, c->entry->region, "aws"};
    size_t n = strcspn(*at + 1, "{$") + 1;

    if (**at == '{') {
        const char *value;

        n = strcspn(*at, "}");
        value = param_text(c, arena_dupn(c->arena, *at + 1, n - 1));
        if (!value && c->entry->who.kind == PRINCIPAL_USER && text_starts(*at, "{userName}"))
            value = c->entry->who.name; /* IAM: without a name it is about the caller */
        str_add(out, value ? value : "*");
        *at += n + (*(*at + n) == '}');
        return;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (text_starts(*at, words[i])) {
            str_add(out, values[i]);
            *at += strlen(words[i]);
            return;
        }
    }
    str_addn(out, *at, n);
    *at += n;
}

/* A parameter may be the whole ARN already, or a user's name without the path that the ARN has. */
static const char *as_it_is_named(const struct call *c, const char *arn)
{
    const struct world *w = c->w;
    const char *nested = strstr(arn + 1, "arn:"), *name = strrchr(arn, '/');
    const struct user *user;
    const struct kms_key *key;

    if (nested && nested[-1] == '/' && !text_starts(arn, BUCKET_ARN))
        arn = nested;
    if (text_starts(arn, "arn:aws:kms:") && (name = strstr(arn, ":key/"))) {
        key = find_kms_key(w, name + strlen(":key/"));
        return key ? key->arn : arn;
    }
    if (text_starts(arn, "arn:aws:iam:") && strstr(arn, ":user/") && name && (user = find_user(w, name + 1)))
        return user->arn;
    return arn;
}

const char *op_resource(const struct call *c)
{
    AUTO(str_drop) struct str arn = {0};
    const char *at = c->op->resource;

    if (!at || strcmp(at, "*") == 0)
        return "*";
    while (*at)
        add_piece(c, &at, &arn);
    return as_it_is_named(c, arena_dup(c->arena, str_text(&arn)));
}

/* ---- its policy ---- */

static bool to_everyone(const json_t *statement)
{
    const json_t *principal = json_object_get(statement, "Principal"), *aws = json_object_get(principal, "AWS");

    if (!text_same(json_str(statement, "Effect"), "Allow") || json_object_get(statement, "Condition"))
        return false;
    if (text_same(json_string_value(principal), "*"))
        return true;
    for (size_t i = 0; i < one_or_more(aws); i++)
        if (text_same(json_string_value(nth(aws, i)), "*"))
            return true;
    return false;
}

bool policy_is_public(const json_t *document)
{
    const json_t *statements = json_object_get(document, "Statement");

    for (size_t i = 0; i < one_or_more(statements); i++)
        if (to_everyone(nth(statements, i)))
            return true;
    return false;
}

const json_t *bucket_policy_for(const struct bucket *bucket, const struct principal *who)
{
    bool outside = who->kind == PRINCIPAL_ANONYMOUS;
    bool restricted = json_bool_or(bucket->public_block, "RestrictPublicBuckets", false);

    return outside && restricted && policy_is_public(bucket->policy) ? NULL : bucket->policy;
}

const json_t *resource_policy(const struct world *w, const struct call *c, const char *resource)
{
    if (text_starts(resource, BUCKET_ARN)) {
        const char *name = resource + strlen(BUCKET_ARN);
        const struct bucket *bucket = find_bucket(w, arena_dupn(c->arena, name, strcspn(name, "/")));

        return bucket ? bucket_policy_for(bucket, &c->entry->who) : NULL;
    }
    if (text_starts(resource, "arn:aws:kms:")) {
        const struct kms_key *key = find_kms_key(w, resource);

        return key ? key->policy : NULL;
    }
    if (strcmp(call_action(c), "sts:AssumeRole") == 0) {
        const struct role *role = find_role(w, resource);

        return role ? role->trust : NULL;
    }
    return NULL;
}

/* ---- condition keys ---- */

static const struct { /* parameters that are condition keys as they stand */
    const char *service, *param, *key;
} request_keys[] = {
    {"s3",  "prefix",                       "s3:prefix"                      },
    {"s3",  "delimiter",                    "s3:delimiter"                   },
    {"s3",  "x-amz-acl",                    "s3:x-amz-acl"                   },
    {"s3",  "x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"},
    {"iam", "policyArn",                    "iam:PolicyARN"                  },
};

static void put_tags(json_t *context, const struct tag *tags, const char *service)
{
    for (; tags; tags = tags->next) {
        AUTO(str_drop) struct str key = {0};

        str_addf(&key, "%s:ResourceTag/%s", service, tags->key);
        json_put_text(context, str_text(&key), tags->value);
        str_clear(&key);
        str_addf(&key, "aws:ResourceTag/%s", tags->key);
        json_put_text(context, str_text(&key), tags->value);
    }
}

static void put_resource_tags(json_t *context, const struct world *w, const char *resource, const char *service)
{
    const char *slash = strrchr(resource, '/');
    const char *name = slash ? slash + 1 : resource;
    const struct instance *instance = find_instance(w, name);
    const struct security_group *group = find_security_group(w, name);
    const struct user *user = find_user(w, name);

    if (instance && strstr(resource, ":instance/"))
        put_tags(context, instance->tags, service);
    else if (group && strstr(resource, ":security-group/"))
        put_tags(context, group->tags, service);
    else if (user && strstr(resource, ":user/"))
        put_tags(context, user->tags, service);
}

static void put_encryption_context(json_t *context, const json_t *pairs)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)pairs, key, value)
    {
        AUTO(str_drop) struct str name = {0};

        str_addf(&name, "kms:EncryptionContext:%s", key);
        json_put_text(context, str_text(&name), json_string_value(value));
    }
}

json_t *access_context(const struct call *c, const char *resource)
{
    json_t *context = json_object();

    json_put_text(context, "aws:RequestedRegion", c->entry->region);
    json_put_text(context, "aws:UserAgent", c->entry->from.agent);
    for (size_t i = 0; i < COUNT(request_keys); i++)
        if (strcmp(request_keys[i].service, c->service->name) == 0)
            json_put_text(context, request_keys[i].key, json_str(c->params, request_keys[i].param));
    put_resource_tags(context, c->w, resource, c->service->name);
    put_encryption_context(context, json_object_get(c->params, "encryptionContext"));
    return context;
}
