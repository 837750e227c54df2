/* SPDX-License-Identifier: MIT */
/* STS: who am I, and temporary credentials. Sources: STS API Reference 2011-06-15; genuine logs for the bodies. */
#include "sim/aws/shapes.h"

#include "sim/base/services.h"

static op_fn get_caller_identity, get_session_token, assume_role, get_access_key_info;

static const struct op sts_ops[] = {
    {"sts:AssumeRole",        "roleArn! roleSessionName! durationSeconds# externalId",
     OP_READ | OP_LEAVES | OP_KEEPS_RESPONSE | OP_FREE,                                                                                   "{roleArn}", NULL, assume_role        },
    {"sts:GetAccessKeyInfo",  "accessKeyId!",                                          OP_READ,                                           "*",         NULL, get_access_key_info},
    {"sts:GetCallerIdentity", "",                                                      OP_READ | OP_FREE | OP_HIDES_PARAMS,               "*",         NULL, get_caller_identity},
    {"sts:GetSessionToken",   "durationSeconds# serialNumber tokenCode",               OP_READ | OP_LEAVES | OP_KEEPS_RESPONSE | OP_FREE, "*",
     NULL,                                                                                                                                                   get_session_token  },
};

const struct service aws_sts = {
    .name = "sts",
    .source = SERVICE_STS,
    .event_version = "1.08",
    .host = "sts.$region.amazonaws.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = sts_ops,
    .n = COUNT(sts_ops),
};

static void get_caller_identity(struct call *c)
{
    json_t *identity = identity_json(c->w, &c->action->who);
    c->reply = json_object();
    json_put_text(c->reply, "UserId", json_str_or(identity, "principalId", ""));
    json_put_text(c->reply, "Account", c->w->account.id);
    json_put_text(c->reply, "Arn", principal_arn(c->w, c->arena, &c->action->who));
    json_decref(identity);
}

/* ---- temporary credentials: who signs with them acts as `who` ---- */

static struct session_key *give_key(struct call *c, struct principal who, int64_t seconds)
{
    struct session_key *key = arena_alloc(c->arena, sizeof(*key));
    key->id = call_account_id(c, "ASIA");
    key->secret = call_id(c, "", ALPHABET_ALNUM "+/", 40);
    key->token = call_id(c, "IQoJb3JpZ2luX2Vj", ALPHABET_ALNUM "+/", 348);
    key->expires_ms = c->now_ms + seconds * 1000;
    key->who = who;
    key->who.access_key_id = key->id;
    key->who.session_start_ms = c->now_ms / 1000 * 1000;
    if (c->entry->seq) /* a rehearsal gives nothing out */
        roll_add(&c->w->account.session_keys_roll, c->arena, key);
    return key;
}

/* The secret is only told, never logged. */
static json_t *credentials(const struct session_key *key, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "accessKeyId" : "AccessKeyId", key->id);
    if (!log)
        json_put_text(j, "SecretAccessKey", key->secret);
    json_put_text(j, log ? "sessionToken" : "SessionToken", key->token);
    json_put(j, log ? "expiration" : "Expiration", log ? date_log(key->expires_ms) : date_iso(key->expires_ms));
    return j;
}

static bool seconds_good(struct call *c, int64_t seconds, int64_t most, const char *says)
{
    if (seconds < 900)
        call_fail(
            c, "ValidationError",
            "1 validation error detected: Value '%lld' at 'durationSeconds' failed to satisfy constraint: Member must have "
            "value greater than or equal to 900",
            (long long)seconds);
    else if (seconds > most)
        call_fail(c, "ValidationError", "%s", says);
    return !c->failed;
}

static void get_session_token(struct call *c)
{
    int64_t seconds = call_int(c, "durationSeconds", 43200);
    const struct user *user = find_user(c->w, c->action->who.name);
    if (c->action->who.kind != PRINCIPAL_USER || !user || c->action->who.session_start_ms)
        return call_fail(c, "AccessDenied", "Cannot call GetSessionToken with session credentials");
    if (call_text(c, "serialNumber") && (!user->mfa || !text_same(user->mfa->serial, call_text(c, "serialNumber"))))
        return call_fail(c, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.");
    if (!seconds_good(c, seconds, 129600, "The requested DurationSeconds exceeds 129600 seconds."))
        return;
    struct principal who = {.kind = PRINCIPAL_USER, .name = user->name, .mfa = call_text(c, "serialNumber") != NULL};
    struct session_key *key = give_key(c, who, seconds);
    call_log_response(c, wrapped("credentials", credentials(key, true)));
    c->reply = wrapped("Credentials", credentials(key, false));
}

/* EC2 does it for its instances: for six hours, whatever the role's own limit, which the record does not say. */
static bool for_instance(const struct call *c)
{
    return c->action->who.kind == PRINCIPAL_SERVICE && text_same(c->action->who.name, SERVICE_EC2);
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
    struct decision decision = authorise(c->w, &q);
    if (!role || !decision.allowed)
        return call_fail(c, "AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                         principal_arn(c->w, c->arena, &c->action->who), call_text(c, "roleArn"));
    int64_t seconds = call_int(c, "durationSeconds", 3600);
    const struct instance *instance = for_instance(c) ? find_instance(c->w, session) : NULL;
    if (instance)
        call_log_params(c, json_pack("{s:s, s:s}", "roleArn", call_text(c, "roleArn"), "roleSessionName", session));
    if (!seconds_good(c, seconds, instance ? INSTANCE_SESSION_S : role->max_session_s,
                      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."))
        return;
    struct principal who = {.kind = PRINCIPAL_ROLE, .name = role->name, .session_name = kept(c, session)};
    who.delivery = !instance ? NULL : instance->tokens_required ? "2.0" : "1.0";
    struct session_key *key = give_key(c, who, seconds);
    const char *arn = arena_printf(c->arena, "arn:aws:sts::%s:assumed-role/%s/%s", c->w->account.id, role->name, session);
    const char *id = arena_printf(c->arena, "%s:%s", role->id, session);
    call_log_response(c, json_pack("{s:o, s:{s:s, s:s}}", "credentials", credentials(key, true), "assumedRoleUser",
                                   "assumedRoleId", id, "arn", arn));
    call_log_resource(c, "AWS::IAM::Role", role->arn);
    c->reply = json_pack("{s:o, s:{s:s, s:s}}", "Credentials", credentials(key, false), "AssumedRoleUser", "AssumedRoleId", id,
                         "Arn", arn);
}

static void get_access_key_info(struct call *c)
{
    const char *id = call_text(c, "accessKeyId");
    if (strlen(id) < 16 || strlen(id) > 128)
        return call_fail(
            c, "ValidationError",
            "1 validation error detected: Value '%.140s' at 'accessKeyId' failed to satisfy constraint: Member must "
            "have length %s",
            id, strlen(id) < 16 ? "greater than or equal to 16" : "less than or equal to 128");
    c->reply = wrapped("Account", json_string(c->w->account.id));
}
