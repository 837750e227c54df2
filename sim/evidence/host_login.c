/* SPDX-License-Identifier: MIT */
/*
 * What sshd, PAM, logind and the kernel leave of somebody coming in or leaving.
 *
 * Order and wording of audit's records: genuine RHEL 7 and Amazon Linux 2 logs (sshd 7.4 with Red Hat's audit patch).
 * Authentication succeeds at the entry's time; the key exchange lies a little before it.
 */
#include "sim/evidence/host_traces.h"

#include <string.h>

#define SSHD "exe=\"/usr/sbin/sshd\""
#define GRANTORS                                                                                                               \
    "pam_selinux,pam_loginuid,pam_selinux,pam_namespace,pam_keyinit,pam_keyinit,pam_limits,pam_systemd,pam_unix,pam_lastlog"
#define SSHD_UID 74
#define CLIENT_WAIT 1900 /* pam_unix waits about two seconds before it says no (pam_fail_delay) */

struct guest { /* one connection, as the facts of LogIn and LogOut say */
    const char *user, *acct, *addr, *laddr, *tty, *by;
    long long port, session;
    unsigned uid;
    int monitor, preauth, child, shell;
    bool known;
};

static int pid_of(const json_t *facts, const char *which)
{
    return (int)json_int_or(json_object_get(facts, "pids"), which, 0);
}

static struct guest guest_of(struct traces *t, const json_t *facts)
{
    struct guest g = {.user = json_str_or(facts, "user", "?"), .addr = json_str_or(facts, "addr", "?")};

    g.acct = audit_quoted(t, g.user);
    g.laddr = json_str_or(facts, "laddr", t->server->instance ? t->server->instance->private_ip : "10.0.0.1");
    g.tty = json_str_or(facts, "tty", "?");
    g.by = json_str_or(facts, "by", "password");
    g.port = json_int_or(facts, "port", 0);
    g.session = json_int_or(facts, "session", 0);
    g.uid = (unsigned)json_int_or(facts, "uid", 0);
    g.monitor = pid_of(facts, "monitor");
    g.preauth = pid_of(facts, "preauth");
    g.child = pid_of(facts, "child");
    g.shell = pid_of(facts, "shell");
    g.known = json_bool_or(facts, "known", true);
    return g;
}

/* ---- logind ---- */

static unsigned *slice_of(struct traces *t, const char *user)
{
    for (size_t i = 0; i < t->n_slices; i++)
        if (text_same(t->slices[i].user, user))
            return &t->slices[i].open;
    if (t->n_slices == COUNT(t->slices))
        return &t->slices[0].open;
    t->slices[t->n_slices].user = arena_dup(&t->arena, user);
    t->slices[t->n_slices].open = 0;
    return &t->slices[t->n_slices++].open;
}

void trace_session_opened(struct traces *t, int64_t ms, const char *user, long session, bool announced)
{
    if ((*slice_of(t, user))++ == 0)
        trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Created slice User Slice of %s.", user);
    trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Started Session %ld of user %s.", session, user);
    if (announced)
        trace_syslog(t, TO_MESSAGES, ms, "systemd-logind", 0, "New session %ld of user %s.", session, user);
}

void trace_session_closed(struct traces *t, int64_t ms, const char *user, long session, bool announced)
{
    unsigned *open = slice_of(t, user);

    if (announced)
        trace_syslog(t, TO_MESSAGES, ms, "systemd-logind", 0, "Removed session %ld.", session);
    if (*open > 0 && --*open == 0)
        trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Removed slice User Slice of %s.", user);
}

/* ---- the connection ---- */

static void host_keys_destroyed(struct traces *t, int64_t ms, const struct actor *who, int pid)
{
    for (size_t i = 0; i < COUNT(t->host_keys); i++)
        if (t->host_keys[i])
            audit_user(t, ms, "CRYPTO_KEY_USER", who,
                       "op=destroy kind=server fp=%s direction=? spid=%d suid=0  " SSHD
                       " hostname=? addr=? terminal=? res=success",
                       t->host_keys[i], pid);
}

static void session_keys_destroyed(struct traces *t, int64_t ms, const struct actor *who, const struct guest *g, int pid,
                                   unsigned uid)
{
    audit_user(t, ms, "CRYPTO_KEY_USER", who,
               "op=destroy kind=session fp=? direction=both spid=%d suid=%u rport=%lld laddr=%s lport=22  " SSHD
               " hostname=? addr=%s terminal=? res=success",
               pid, uid, g->port, g->laddr, g->addr);
}

static void keys_exchanged(struct traces *t, int64_t ms, const struct guest *g)
{
    static const char *const ways[] = {"from-server", "from-client"};
    struct actor preauth = ACTOR_UNSET(g->preauth), monitor = ACTOR_UNSET(g->monitor);

    host_keys_destroyed(t, ms, &preauth, g->preauth);
    for (size_t i = 0; i < COUNT(ways); i++)
        audit_user(t, ms + 44, "CRYPTO_SESSION", &monitor,
                   "op=start direction=%s cipher=chacha20-poly1305@openssh.com ksize=512 mac=<implicit> pfs=curve25519-sha256 "
                   "spid=%d suid=%d rport=%lld laddr=%s lport=22  " SSHD " hostname=? addr=%s terminal=? res=success",
                   ways[i], g->preauth, SSHD_UID, g->port, g->laddr, g->addr);
}

/* ---- success ---- */

static void accepted(struct traces *t, int64_t ms, const struct guest *g, const json_t *key)
{
    struct actor who = ACTOR_UNSET(g->monitor);
    const char *type = json_str_or(key, "type", "RSA"), *print = json_str_or(key, "fingerprint", "?");

    if (!text_same(g->by, "publickey")) {
        audit_user(t, ms, "USER_AUTH", &who,
                   "op=PAM:authentication grantors=pam_unix acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success",
                   g->acct, g->addr, g->addr);
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "Accepted password for %s from %s port %lld ssh2", g->user, g->addr,
                     g->port);
        return;
    }
    audit_user(t, ms, "USER_AUTH", &who, "op=pubkey_auth rport=%lld acct=%s " SSHD " hostname=? addr=%s terminal=? res=success",
               g->port, g->acct, g->addr);
    audit_user(t, ms, "USER_AUTH", &who,
               "op=key algo=%s size=%lld fp=%s rport=%lld acct=%s " SSHD " hostname=? addr=%s terminal=? res=success",
               text_same(type, "ED25519") ? "ssh-ed25519"
               : text_same(type, "ECDSA") ? "ecdsa-sha2-nistp256"
                                          : "ssh-rsa",
               (long long)json_int_or(key, "bits", 2048), audit_fingerprint(t, print), g->port, g->acct, g->addr);
    trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "Accepted publickey for %s from %s port %lld ssh2: %s %s", g->user,
                 g->addr, g->port, type, print);
}

static void session_begins(struct traces *t, int64_t ms, const struct guest *g)
{
    struct actor before = ACTOR_UNSET(g->monitor);
    struct actor monitor = {.pid = g->monitor, .auid = g->uid, .ses = (uint32_t)g->session};
    struct actor child = monitor;
    AUTO(str_drop) struct str login = {0};

    child.pid = g->child;
    audit_user(t, ms + 5, "USER_ACCT", &before,
               "op=PAM:accounting grantors=pam_unix,pam_localuser acct=%s " SSHD
               " hostname=%s addr=%s terminal=ssh res=success",
               g->acct, g->addr, g->addr);
    session_keys_destroyed(t, ms + 6, &before, g, g->preauth, SSHD_UID);
    audit_user(t, ms + 7, "USER_AUTH", &before, "op=success acct=%s " SSHD " hostname=? addr=%s terminal=ssh res=success",
               g->acct, g->addr);
    audit_user(t, ms + 8, "CRED_ACQ", &before,
               "op=PAM:setcred grantors=pam_env,pam_unix acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success",
               g->acct, g->addr, g->addr);
    str_addf(&login, "LOGIN pid=%d uid=0 old-auid=4294967295 auid=%u tty=(none) old-ses=4294967295 ses=%lld res=1\n",
             g->monitor, g->uid, g->session);
    audit_event(t, ms + 9, &login);
    trace_session_opened(t, ms + 30, g->user, (long)g->session, true);
    trace_syslog(t, TO_SECURE, ms + 40, "sshd", g->monitor, "pam_unix(sshd:session): session opened for user %s by (uid=0)",
                 g->user);
    audit_user(t, ms + 41, "USER_START", &monitor,
               "op=PAM:session_open grantors=" GRANTORS " acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success",
               g->acct, g->addr, g->addr);
    host_keys_destroyed(t, ms + 43, &child, g->child);
    audit_user(t, ms + 44, "CRED_ACQ", &child,
               "op=PAM:setcred grantors=pam_env,pam_unix acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success",
               g->acct, g->addr, g->addr);
    audit_user(t, ms + 60, "USER_LOGIN", &monitor, "op=login id=%u " SSHD " hostname=%s addr=%s terminal=/dev/%s res=success",
               g->uid, g->addr, g->addr, g->tty);
    audit_user(t, ms + 60, "USER_START", &monitor, "op=login id=%u " SSHD " hostname=%s addr=%s terminal=/dev/%s res=success",
               g->uid, g->addr, g->addr, g->tty);
}

static struct utmp_record slot_of(const struct guest *g, int64_t ms, enum utmp_type type)
{
    struct utmp_record slot = {.type = type, .pid = g->monitor, .time_us = ms * 1000};

    snprintf(slot.line, sizeof(slot.line), "%s", g->tty);
    snprintf(slot.id, sizeof(slot.id), "%s", text_starts(g->tty, "pts/") ? g->tty + 1 : g->tty); /* "ts/0" */
    if (type == UTMP_USER) {
        snprintf(slot.user, sizeof(slot.user), "%s", g->user);
        utmp_address(&slot, g->addr);
    }
    return slot;
}

static void recorded(struct traces *t, int64_t ms, const struct guest *g)
{
    struct utmp_record slot = slot_of(g, ms, UTMP_USER);

    slot.time_us += ms % 7919 * 31 % 1000; /* gettimeofday() is finer than our clock */
    trace_utmp(t, TO_WTMP, ms, &slot);
    slot.session = (int)g->uid; /* lastlog is a table by uid: carried here to its writer */
    trace_utmp(t, TO_LASTLOG, ms, &slot);
}

/* ---- refusal ---- */

static void bad_login(struct traces *t, int64_t ms, const struct guest *g)
{
    struct utmp_record bad = {.type = UTMP_LOGIN, .pid = g->monitor, .time_us = ms * 1000};

    snprintf(bad.line, sizeof(bad.line), "ssh:notty");
    snprintf(bad.user, sizeof(bad.user), "%s", g->user);
    utmp_address(&bad, g->addr);
    trace_utmp(t, TO_BTMP, ms, &bad);
}

/* sshd 7.4 speaks up about a name it does not take as soon as it hears it, and notes it in btmp at once. */
static void unknown_name(struct traces *t, int64_t ms, const struct guest *g)
{
    struct actor who = ACTOR_UNSET(g->monitor);

    trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "Invalid user %s from %s port %lld", g->user, g->addr, g->port);
    trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "input_userauth_request: invalid user %s [preauth]", g->user);
    audit_user(t, ms, "USER_LOGIN", &who,
               "op=login acct=28756E6B6E6F776E207573657229 " SSHD " hostname=? addr=%s terminal=ssh res=failed", g->addr);
    bad_login(t, ms, g);
}

static void bad_password(struct traces *t, int64_t ms, const struct guest *g)
{
    struct actor who = ACTOR_UNSET(g->monitor);

    if (!g->known)
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "pam_unix(sshd:auth): check pass; user unknown");
    trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor,
                 "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=%s%s%s", g->addr,
                 g->known ? "  user=" : "", g->known ? g->user : "");
    audit_user(t, ms, "USER_AUTH", &who,
               "op=PAM:authentication grantors=? acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=failed",
               g->known ? g->acct : "\"?\"", g->addr, g->addr);
    ms += CLIENT_WAIT;
    trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "Failed password for %s%s from %s port %lld ssh2",
                 g->known ? "" : "invalid user ", g->user, g->addr, g->port);
    audit_user(t, ms, "USER_AUTH", &who, "op=password acct=%s " SSHD " hostname=? addr=%s terminal=ssh res=failed",
               g->known ? g->acct : "28696E76616C6964207573657229", g->addr);
    bad_login(t, ms, g);
}

static void not_welcome(struct traces *t, int64_t ms, const struct guest *g, const json_t *facts)
{
    const char *reason = json_str_or(facts, "reason", ""), *option = json_str(facts, "by_option");
    AUTO(str_drop) struct str why = {0};

    if (text_same(reason, "not-allowed"))
        str_addf(&why, "not listed in %s", option ? option : "AllowUsers");
    else if (text_same(reason, "denied"))
        str_addf(&why, "listed in %s", option ? option : "DenyUsers");
    if (why.len) {
        bool group = option && strstr(option, "Groups");
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "User %s from %s not allowed because %s%s", g->user, g->addr,
                     group && text_same(reason, "not-allowed") ? "none of user's groups are "
                     : group                                   ? "a group is "
                                                               : "",
                     group && text_same(reason, "not-allowed") ? str_text(&why) + 4 : str_text(&why));
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "input_userauth_request: invalid user %s [preauth]", g->user);
    } else if (text_same(reason, "no-shell")) {
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "User %s not allowed because shell does not exist", g->user);
    } else if (text_same(reason, "root-login")) {
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "ROOT LOGIN REFUSED FROM %s port %lld", g->addr, g->port);
    } else if (text_same(reason, "strict-modes")) {
        trace_syslog(t, TO_SECURE, ms, "sshd", g->monitor, "Authentication refused: bad ownership or modes for file %s",
                     json_str_or(facts, "file", "?"));
    }
}

static void refused(struct traces *t, int64_t ms, const struct guest *g, const json_t *facts)
{
    struct actor who = ACTOR_UNSET(g->monitor);
    const char *reason = json_str_or(facts, "reason", "");

    if (!g->known)
        unknown_name(t, ms, g);
    not_welcome(t, ms, g, facts);
    if (text_same(g->by, "publickey"))
        audit_user(t, ms + 3, "USER_AUTH", &who, "op=pubkey acct=%s " SSHD " hostname=? addr=%s terminal=ssh res=failed",
                   g->known ? g->acct : "28696E76616C6964207573657229", g->addr);
    if (text_same(reason, "bad-password")) {
        bad_password(t, ms + 12, g);
        ms += CLIENT_WAIT;
    }
    session_keys_destroyed(t, ms + 180, &who, g, g->preauth, SSHD_UID);
    trace_syslog(t, TO_SECURE, ms + 181, "sshd", g->monitor, "Connection closed by %s port %lld [preauth]", g->addr, g->port);
    host_keys_destroyed(t, ms + 182, &who, g->monitor);
    audit_user(t, ms + 182, "USER_LOGIN", &who, "op=login acct=%s " SSHD " hostname=? addr=%s terminal=ssh res=failed",
               g->known ? g->acct : "28756E6B6E6F776E207573657229", g->addr);
}

/* ---- coming and leaving ---- */

void traces_of_login(struct traces *t, const struct entry *entry)
{
    const json_t *facts = entry->response;
    struct guest g = guest_of(t, facts);
    int64_t ms = entry->time_ms;

    if (text_same(g.by, "ssm")) {
        if (!entry->error_code)
            traces_of_agent_login(t, entry);
        return;
    }
    if (!g.monitor)
        return; /* no packet arrived, or nobody listened */
    keys_exchanged(t, ms - 420, &g);
    if (entry->error_code) {
        refused(t, ms, &g, facts);
        return;
    }
    accepted(t, ms, &g, json_object_get(facts, "key"));
    session_begins(t, ms, &g);
    recorded(t, ms + 55, &g);
}

void traces_of_logout(struct traces *t, int64_t ms, const json_t *session)
{
    struct guest g = guest_of(t, session);
    struct actor who = {.pid = g.monitor, .auid = g.uid, .ses = (uint32_t)g.session};
    const char *how = json_str_or(session, "how", "exit");
    struct utmp_record slot = slot_of(&g, ms + 8, UTMP_DEAD);

    if (text_same(g.by, "ssm") || !g.monitor)
        return;
    if (text_same(how, "monitor-killed")) /* nobody is left to close it */
        return;
    if (!text_same(how, "child-killed")) {
        trace_syslog(t, TO_SECURE, ms, "sshd", g.child, "Received disconnect from %s port %lld:11: disconnected by user",
                     g.addr, g.port);
        trace_syslog(t, TO_SECURE, ms, "sshd", g.child, "Disconnected from %s port %lld", g.addr, g.port);
    }
    audit_user(t, ms + 5, "USER_END", &who, "op=login id=%u " SSHD " hostname=%s addr=%s terminal=/dev/%s res=success", g.uid,
               g.addr, g.addr, g.tty);
    audit_user(t, ms + 5, "USER_LOGOUT", &who, "op=login id=%u " SSHD " hostname=%s addr=%s terminal=/dev/%s res=success",
               g.uid, g.addr, g.addr, g.tty);
    session_keys_destroyed(t, ms + 6, &who, &g, g.child, g.uid);
    host_keys_destroyed(t, ms + 6, &who, g.child);
    trace_utmp(t, TO_WTMP, ms + 8, &slot);
    trace_syslog(t, TO_SECURE, ms + 9, "sshd", g.monitor, "pam_unix(sshd:session): session closed for user %s", g.user);
    audit_user(t, ms + 10, "USER_END", &who,
               "op=PAM:session_close grantors=" GRANTORS " acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success",
               g.acct, g.addr, g.addr);
    audit_user(t, ms + 11, "CRED_DISP", &who,
               "op=PAM:setcred grantors=pam_env,pam_unix acct=%s " SSHD " hostname=%s addr=%s terminal=ssh res=success", g.acct,
               g.addr, g.addr);
    trace_session_closed(t, ms + 14, g.user, (long)g.session, true);
}
