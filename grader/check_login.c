/* SPDX-License-Identifier: MIT */
/*
 * Would a login work? Asked of the very code that host:LogIn runs: security groups, sshd as loaded, accounts, keys and
 * their modes.
 */
#include "grader/checks.h"

enum { BY_PUBLICKEY, BY_PASSWORD };
static const char *const login_methods[] = {"publickey", "password", NULL};
struct login_params {
    const char *server, *user, *from, *password, *key;
    int by;
    bool works;
};

#define LOGIN(member) offsetof(struct login_params, member)
static const struct field login_list[] = {
    {"server",   decode_server,    LOGIN(server),   true,  "the server",                                    NULL         },
    {"user",     decode_mentioned, LOGIN(user),     true,  "the OS account",                                NULL         },
    {"by",       decode_choice,    LOGIN(by),       true,  "publickey or password",                         login_methods},
    {"from",     decode_address,   LOGIN(from),     true,  "the address it is tried from",                  NULL         },
    {"password", decode_filled,    LOGIN(password), false, "the password",                                  NULL         },
    {"key",      decode_filled,    LOGIN(key),      false, "the public key; the owner's key pair without",  NULL         },
    {"works",    decode_bool,      LOGIN(works),    true,  "true: it still works; false: it works no more", NULL         },
};
static const struct fields login_fields = FIELDS("login", login_list, struct login_params);

static void lint_login(struct decoder *d, const struct node *node, const void *params)
{
    const struct login_params *p = params;
    if (p->by == BY_PASSWORD && !p->password)
        node_error(d->diags, node, "bad-check", "login: by password needs the password");
    if (p->by != BY_PASSWORD && p->password)
        node_error(d->diags, node, "bad-check", "login: a password is of no use by publickey");
}

static void run_login(struct scene *scene, const void *params, struct result *r)
{
    const struct login_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    const char *why = NULL;
    if (!server)
        return;
    const char *key = p->by == BY_PUBLICKEY && !p->key ? server->public_key : p->key;
    struct login_try attempt = {
        .user = p->user, .by = login_methods[p->by], .password = p->password, .key = key, .ip = p->from};
    const char *refusal = host_login_refusal(scene->now, server, &attempt, &why);
    expected(r, "a login as %s by %s from %s %s", p->user, login_methods[p->by], p->from, p->works ? "works" : "does not work");
    if (!refusal)
        found(r, "it works");
    else if (text_same(refusal, "ConnectionTimedOut"))
        found(r, "no connection: tcp/22 is not open to %s", p->from);
    else if (text_same(refusal, "ConnectionRefused"))
        found(r, "no connection: sshd does not run");
    else
        found(r, "sshd refuses it%s%s", why ? ": " : "", why ? why : "");
    r->good = !refusal == p->works;
}

const struct check_kind check_login = {"login", "a login to a server would work, or would not", &login_fields, lint_login,
                                       run_login};
