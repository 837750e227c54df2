/* SPDX-License-Identifier: MIT */
/*
 * Signing in to the console. What the caller gives (name, password, second factor) is never logged; what is logged
 * instead follows genuine ConsoleLogin records.
 */
#include "sim/aws/shapes.h"

#include "sim/base/services.h"

static op_fn console_login, check_mfa;

static const struct op signin_ops[] = {
    {"signin:CheckMfa",     "userName!",               OP_SIGNIN | OP_FREE | OP_GLOBAL, "*", NULL, check_mfa    },
    {"signin:ConsoleLogin", "userName! password mfa?", OP_SIGNIN | OP_FREE | OP_GLOBAL, "*", NULL, console_login},
};

const struct service aws_signin = {
    .name = "signin",
    .source = SERVICE_SIGNIN,
    .event_version = "1.08",
    .host = "signin.aws.amazon.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = signin_ops,
    .n = COUNT(signin_ops),
};

/* Before the password is known to be right there is no session: the identity is bare. */
static void set_identity(struct call *c, const struct user *user, bool complete)
{
    json_t *j = json_object();
    json_put_text(j, "type", "IAMUser");
    if (user) {
        json_put_text(j, "principalId", user->id);
        json_put_text(j, "arn", complete ? user->arn : NULL);
    }
    json_put_text(j, "accountId", c->w->account.id);
    if (!complete)
        json_put_text(j, "accessKeyId", "");
    json_put_text(j, "userName", user ? user->name : "HIDDEN_DUE_TO_SECURITY_REASONS");
    c->entry->identity = j; /* act() keeps it */
}

static void console_login(struct call *c)
{
    struct user *user = find_user(c->w, call_text(c, "userName"));
    bool mfa = call_bool(c, "mfa", false);
    bool right = user && user->has_login_profile && text_same(user->password, call_text(c, "password")) && (!user->mfa || mfa);
    json_t *more = json_object();
    json_put(more, "LoginTo",
             json_textf("https://console.aws.amazon.com/console/home?hashArgs=%%23&isauthcode=true&state=hashArgsFromTB_%s_%s",
                        c->w->account.region, call_id(c, "", ALPHABET_HEX, 16)));
    json_put_text(more, "MobileVersion", "No");
    if (user && user->mfa && mfa)
        json_put_text(more, "MFAIdentifier", user->mfa->serial);
    json_put_text(more, "MFAUsed", user && user->mfa && mfa ? "Yes" : "No");
    call_log_additional(c, more);
    call_log_params(c, json_null());
    call_log_response(c, wrapped("ConsoleLogin", json_string(right ? "Success" : "Failure")));
    set_identity(c, user, right);
    if (right) {
        user->password_last_used_ms = c->now_ms;
        c->reply = wrapped("ConsoleLogin", json_string("Success"));
    } else
        c->entry->error_message = user ? "Failed authentication" : "No username found in supplied account";
}

static void check_mfa(struct call *c)
{
    struct user *user = find_user(c->w, call_text(c, "userName"));
    if (!user || !user->mfa)
        return call_fail(c, "NoSuchEntity", "no such user with a second factor");
    call_log_additional(c, wrapped("MfaType", json_string("Virtual MFA")));
    call_log_params(c, json_null());
    call_log_response(c, wrapped("CheckMfa", json_string("Success")));
    set_identity(c, user, false);
    c->reply = wrapped("CheckMfa", json_string("Success"));
}
