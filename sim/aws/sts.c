/* SPDX-License-Identifier: MIT */
/* STS: who am I, and temporary credentials. Sources: STS API Reference 2011-06-15; genuine logs for the bodies. */
#include "sim/aws/shapes.h"

static void get_caller_identity(struct call *c)
{
    json_t *identity = identity_json(c->w, &c->action->who);
    c->reply = json_object();
    json_put_text(c->reply, "UserId", json_str_or(identity, "principalId", ""));
    json_put_text(c->reply, "Account", c->w->account.id);
    json_put_text(c->reply, "Arn", principal_arn(c->w, c->arena, &c->action->who));
    json_decref(identity);
}

static const char *session_token(struct call *c)
{
    return arena_printf(c->arena, "IQoJb3JpZ2luX2Vj%s", call_id(c, "", ALPHABET_ALNUM "+/", 348));
}

static json_t *credentials(const char *key, const char *token, json_t *expires, const char *const names[3])
{
    json_t *j = json_object();
    json_put_text(j, names[0], key);
    json_put_text(j, names[1], token);
    json_put(j, names[2], expires);
    return j;
}

static const char *const log_names[] = {"accessKeyId", "sessionToken", "expiration"};
static const char *const reply_names[] = {"AccessKeyId", "SessionToken", "Expiration"};

static void get_session_token(struct call *c)
{
    const char *key = call_account_id(c, "ASIA"), *token = session_token(c);
    int64_t until = c->now_ms + call_int(c, "durationSeconds", 43200) * 1000;
    call_log_response(c, wrapped("credentials", credentials(key, token, date_log(until), log_names)));
    c->reply = wrapped("Credentials", credentials(key, token, date_iso(until), reply_names));
}

static void assume_role(struct call *c)
{
    const char *session = call_text(c, "roleSessionName");
    struct role *role = find_role(c->w, call_text(c, "roleArn"));
    const struct question_of_access q = {.who = &c->action->who,
                                         .action = "sts:AssumeRole",
                                         .resource = call_text(c, "roleArn"),
                                         .source_ip = c->action->from.ip,
                                         .now_ms = c->now_ms,
                                         .resource_policy = role ? role->trust : NULL};
    if (!role || !authorise(c->w, &q).allowed)
        return call_fail(c, "AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                         principal_arn(c->w, c->arena, &c->action->who), call_text(c, "roleArn"));
    int64_t seconds = call_int(c, "durationSeconds", 3600);
    if (seconds < 900 || seconds > role->max_session_s)
        return call_fail(c, "ValidationError",
                         "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    const char *key = call_account_id(c, "ASIA"), *token = session_token(c);
    int64_t until = c->now_ms + seconds * 1000;
    const char *arn = arena_printf(c->arena, "arn:aws:sts::%s:assumed-role/%s/%s", c->w->account.id, role->name, session);
    const char *id = arena_printf(c->arena, "%s:%s", role->id, session);
    call_log_response(c, json_pack("{s:o, s:{s:s, s:s}}", "credentials", credentials(key, token, date_log(until), log_names),
                                   "assumedRoleUser", "assumedRoleId", id, "arn", arn));
    call_log_resource(c, "AWS::IAM::Role", role->arn);
    c->reply = json_pack("{s:o, s:{s:s, s:s}}", "Credentials", credentials(key, token, date_iso(until), reply_names),
                         "AssumedRoleUser", "AssumedRoleId", id, "Arn", arn);
}

static void get_access_key_info(struct call *c)
{
    c->reply = wrapped("Account", json_string(c->w->account.id));
}

static const struct op sts_ops[] = {
    {"sts:AssumeRole",        "roleArn! roleSessionName! durationSeconds# externalId", OP_READ | OP_KEEPS_RESPONSE | OP_FREE,
     "{roleArn}",                                                                                                                  NULL, assume_role        },
    {"sts:GetAccessKeyInfo",  "accessKeyId!",                                          OP_READ,                               "*", NULL, get_access_key_info},
    {"sts:GetCallerIdentity", "",                                                      OP_READ | OP_FREE | OP_HIDES_PARAMS,   "*", NULL, get_caller_identity},
    {"sts:GetSessionToken",   "durationSeconds# serialNumber tokenCode",               OP_READ | OP_KEEPS_RESPONSE | OP_FREE, "*", NULL,
     get_session_token                                                                                                                                      },
};

const struct service aws_sts = {
    .name = "sts",
    .source = "sts.amazonaws.com",
    .event_version = "1.08",
    .host = "sts.$region.amazonaws.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = sts_ops,
    .n = COUNT(sts_ops),
};
