/* SPDX-License-Identifier: MIT */
/*
 * userIdentity, key by key as genuine records have it: type, principalId, arn, accountId, accessKeyId, userName,
 * sessionContext, invokedBy. Facts: CloudTrail user guide, "userIdentity element", and public logs.
 */
#include "sim/act/act.h"

const char *principal_arn(const struct world *w, struct arena *arena, const struct principal *who)
{
    const char *account = w->account.id;
    const struct user *user;

    switch (who->kind) {
    case PRINCIPAL_ROOT: return arena_printf(arena, "arn:aws:iam::%s:root", account);
    case PRINCIPAL_USER:
        user = find_user(w, who->name);
        return user ? user->arn : arena_printf(arena, "arn:aws:iam::%s:user/%s", account, who->name ? who->name : "");
    case PRINCIPAL_ROLE:
        return arena_printf(arena, "arn:aws:sts::%s:assumed-role/%s/%s", account, who->name,
                            who->session_name ? who->session_name : "");
    default: return who->name ? who->name : "anonymous";
    }
}

static json_t *session_attributes(const struct principal *who)
{
    AUTO(str_drop) struct str created = {0};
    json_t *attributes = json_object();

    str_add_time(&created, who->session_start_ms, TIME_ISO);
    json_put_text(attributes, "creationDate", str_text(&created));
    json_put_text(attributes, "mfaAuthenticated", who->mfa ? "true" : "false");
    return attributes;
}

/* Only temporary credentials have one. */
static void put_session(json_t *identity, const struct principal *who)
{
    json_t *context;

    if (who->session_start_ms == 0)
        return;
    context = json_object();
    json_put(context, "attributes", session_attributes(who));
    json_put(identity, "sessionContext", context);
}

static void put_root(const struct world *w, const struct principal *who, const char *arn, json_t *identity)
{
    json_put_text(identity, "type", "Root");
    json_put_text(identity, "principalId", w->account.id);
    json_put_text(identity, "arn", arn);
    json_put_text(identity, "accountId", w->account.id);
    json_put_text(identity, "accessKeyId", who->access_key_id);
    put_session(identity, who);
}

static void put_user(const struct world *w, const struct principal *who, const char *arn, json_t *identity)
{
    const struct user *user = find_user(w, who->name);

    json_put_text(identity, "type", "IAMUser");
    json_put_text(identity, "principalId", user ? user->id : NULL);
    json_put_text(identity, "arn", arn);
    json_put_text(identity, "accountId", w->account.id);
    json_put_text(identity, "accessKeyId", who->access_key_id);
    json_put_text(identity, "userName", who->name);
    put_session(identity, who);
}

static json_t *session_issuer(const struct world *w, const struct role *role)
{
    json_t *issuer = json_object();

    json_put_text(issuer, "type", "Role");
    json_put_text(issuer, "principalId", role->id);
    json_put_text(issuer, "arn", role->arn);
    json_put_text(issuer, "accountId", w->account.id);
    json_put_text(issuer, "userName", role->name);
    return issuer;
}

static void put_role(const struct world *w, const struct principal *who, const char *arn, json_t *identity)
{
    const struct role *role = find_role(w, who->name);
    json_t *context = json_object();

    json_put_text(identity, "type", "AssumedRole");
    if (role)
        json_put(identity, "principalId", json_textf("%s:%s", role->id, who->session_name ? who->session_name : ""));
    json_put_text(identity, "arn", arn);
    json_put_text(identity, "accountId", w->account.id);
    json_put_text(identity, "accessKeyId", who->access_key_id);
    if (role)
        json_put(context, "sessionIssuer", session_issuer(w, role));
    json_put(context, "attributes", session_attributes(who));
    json_put_text(context, "ec2RoleDelivery", who->delivery);
    json_put(identity, "sessionContext", context);
}

json_t *identity_json(const struct world *w, const struct principal *who)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *arn = principal_arn(w, &arena, who);
    json_t *identity = json_object();

    switch (who->kind) {
    case PRINCIPAL_ROOT: put_root(w, who, arn, identity); break;
    case PRINCIPAL_USER: put_user(w, who, arn, identity); break;
    case PRINCIPAL_ROLE: put_role(w, who, arn, identity); break;
    case PRINCIPAL_SERVICE:
        json_put_text(identity, "type", "AWSService");
        json_put_text(identity, "invokedBy", who->name);
        return identity;
    case PRINCIPAL_ANONYMOUS:
    case PRINCIPAL_OS:
        json_put_text(identity, "type", "AWSAccount");
        json_put_text(identity, "principalId", "");
        json_put_text(identity, "accountId", "ANONYMOUS_PRINCIPAL");
        break;
    }
    json_put_text(identity, "invokedBy", who->invoked_by);
    return identity;
}
