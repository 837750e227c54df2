/* SPDX-License-Identifier: MIT */
/* What an operation may do while it runs: read its parameters, draw ids, fail, and say what is logged. */
#include "sim/act/parts.h"

#include <string.h>

/* ---- parameters ---- */

const char *call_text(const struct call *c, const char *param)
{
    return json_str(c->params, param);
}

int64_t call_int(const struct call *c, const char *param, int64_t otherwise)
{
    return json_int_or(c->params, param, otherwise);
}

bool call_bool(const struct call *c, const char *param, bool otherwise)
{
    return json_bool_or(c->params, param, otherwise);
}

/* ---- ids ---- */

/* Ids of EC2 begin with 0: 17 digits were made of 16 random ones. */
const char *call_id(struct call *c, const char *prefix, const char *alphabet, size_t n)
{
    char *drawn = arena_alloc(c->arena, n + 1);

    chance_text(&c->ids, alphabet, n, drawn);
    if (n == 17 && strcmp(alphabet, ALPHABET_HEX) == 0)
        drawn[0] = '0';
    return arena_printf(c->arena, "%s%s", prefix, drawn);
}

/* Access keys have 16 characters after the prefix, unique ids 17 (IAM user guide, "IAM identifiers"). */
const char *call_account_id(struct call *c, const char *prefix)
{
    bool is_key = strcmp(prefix, "AKIA") == 0 || strcmp(prefix, "ASIA") == 0;
    char rest[10];

    chance_text(&c->ids, ALPHABET_BASE32, is_key ? 8 : 9, rest);
    return arena_printf(c->arena, "%s%s%s", prefix, c->w->account.key_prefix, rest);
}

const char *call_uuid(struct call *c)
{
    char *id = arena_alloc(c->arena, UUID_LEN + 1);

    chance_uuid(&c->ids, id);
    return id;
}

/* ---- the outcome ---- */

void call_fail(struct call *c, const char *code, const char *fmt, ...)
{
    AUTO(str_drop) struct str message = {0};
    va_list args;

    if (c->failed) /* the first one counts */
        return;
    va_start(args, fmt);
    str_vaddf(&message, fmt, args);
    va_end(args);
    c->failed = true;
    c->error_code = code_on_wire(c->arena, c->service, code);
    c->error_message = arena_dup(c->arena, str_text(&message));
}

static void replace(json_t **slot, json_t *steals)
{
    json_decref(*slot);
    *slot = steals;
}

void call_log_params(struct call *c, json_t *params)
{
    if (params)
        replace(&c->entry->params, params);
}

void call_log_response(struct call *c, json_t *response)
{
    replace(&c->entry->response, response ? response : json_null());
}

void call_log_additional(struct call *c, json_t *additional)
{
    replace(&c->entry->additional, additional);
}

/* Keys in the order of genuine records, which differ: a bucket has accountId first, an object only its type and ARN. */
void call_log_resource(struct call *c, const char *type, const char *arn)
{
    json_t *resource = json_object();

    if (!c->entry->resources)
        c->entry->resources = json_array();
    if (strcmp(type, "AWS::S3::Object") == 0) {
        json_put_text(resource, "type", type);
        json_put_text(resource, "ARN", arn);
    } else {
        json_put_text(resource, "accountId", c->w->account.id);
        json_put_text(resource, "type", type);
        json_put_text(resource, "ARN", arn);
    }
    json_array_append_new(c->entry->resources, resource);
}
