/* SPDX-License-Identifier: MIT */
/*
 * What commands leave behind: sudo, account tools, service manager. Files that the kernel watches are host_watch.c's.
 *
 * The wordings of audit are those of Red Hat's patched shadow-utils and sudo 1.8.23 (genuine logs), of syslog those of
 * shadow-utils 4.1.5, pam_unix, systemd 219.
 */
#include "sim/evidence/host_traces.h"

#include <string.h>

/* ---- what every record of a program needs ---- */

static struct actor actor_of(const json_t *program)
{
    return (struct actor){
        .pid = (int)json_int_or(program, "pid", 0),
        .uid = (unsigned)json_int_or(program, "uid", 0),
        .auid = (uint32_t)json_int_or(program, "auid", AUDIT_UNSET),
        .ses = (uint32_t)json_int_or(program, "ses", AUDIT_UNSET),
    };
}

static const char *tty_of(const json_t *program)
{
    const char *tty = json_str(program, "tty");

    return tty && text_starts(tty, "pts/") ? tty : NULL;
}

/* ---- sudo ---- */

#define SUDO "exe=\"/usr/bin/sudo\""
#define SUDO_GRANTORS "pam_keyinit,pam_limits,pam_keyinit,pam_limits,pam_systemd,pam_unix"

static void sudo_refused(struct traces *t, int64_t ms, const struct actor *who, const json_t *program, const json_t *sudo)
{
    const char *tty = tty_of(program), *cwd = json_str_or(program, "cwd", "/"), *command = json_str_or(sudo, "command", "?");
    const char *user = json_str_or(sudo, "user", "?"), *reason = json_str_or(sudo, "reason", "command not allowed");

    audit_user(t, ms + 3, "USER_CMD", who, "cwd=%s cmd=%s terminal=%s res=failed", audit_quoted(t, cwd),
               audit_quoted(t, command), tty ? tty : "?");
    trace_syslog(t, TO_SECURE, ms + 3, "sudo", 0, "%8s : %s ; TTY=%s ; PWD=%s ; USER=%s ; COMMAND=%s", user, reason,
                 tty ? tty : "unknown", cwd, json_str_or(sudo, "runas", "root"), command);
}

/* Everything is said before the command runs, which is a millisecond later at the earliest. */
static void sudo_opened(struct traces *t, int64_t ms, const struct actor *caller, const json_t *program, const json_t *sudo)
{
    const char *tty = tty_of(program), *cwd = json_str_or(program, "cwd", "/"), *command = json_str_or(sudo, "command", "?");
    const char *user = json_str_or(sudo, "user", "?"), *runas = json_str_or(sudo, "runas", "root");
    const char *terminal = tty ? arena_printf(&t->arena, "/dev/%s", tty) : "?";
    struct actor root = *caller;

    root.uid = 0;
    audit_user(t, ms, "USER_ACCT", caller,
               "op=PAM:accounting grantors=pam_unix,pam_localuser acct=%s " SUDO " hostname=? addr=? terminal=%s res=success",
               audit_quoted(t, user), terminal);
    audit_user(t, ms, "USER_CMD", caller, "cwd=%s cmd=%s terminal=%s res=success", audit_quoted(t, cwd),
               audit_quoted(t, command), tty ? tty : "?");
    trace_syslog(t, TO_SECURE, ms, "sudo", 0, "%8s : TTY=%s ; PWD=%s ; USER=%s ; COMMAND=%s", user, tty ? tty : "unknown", cwd,
                 runas, command);
    audit_user(t, ms, "CRED_REFR", &root,
               "op=PAM:setcred grantors=pam_env,pam_unix acct=%s " SUDO " hostname=? addr=? terminal=%s res=success",
               audit_quoted(t, runas), terminal);
    trace_syslog(t, TO_SECURE, ms, "sudo", 0, "pam_unix(sudo:session): session opened for user %s by %s(uid=0)", runas, user);
    audit_user(t, ms, "USER_START", &root,
               "op=PAM:session_open grantors=" SUDO_GRANTORS " acct=%s " SUDO " hostname=? addr=? terminal=%s res=success",
               audit_quoted(t, runas), terminal);
}

static void sudo_closed(struct traces *t, int64_t ms, const struct actor *caller, const json_t *program, const json_t *sudo)
{
    const char *tty = tty_of(program), *runas = json_str_or(sudo, "runas", "root");
    const char *terminal = tty ? arena_printf(&t->arena, "/dev/%s", tty) : "?";
    struct actor root = *caller;

    root.uid = 0;
    trace_syslog(t, TO_SECURE, ms, "sudo", 0, "pam_unix(sudo:session): session closed for user %s", runas);
    audit_user(t, ms, "USER_END", &root,
               "op=PAM:session_close grantors=" SUDO_GRANTORS " acct=%s " SUDO " hostname=? addr=? terminal=%s res=success",
               audit_quoted(t, runas), terminal);
    audit_user(t, ms, "CRED_DISP", &root,
               "op=PAM:setcred grantors=pam_env,pam_unix acct=%s " SUDO " hostname=? addr=? terminal=%s res=success",
               audit_quoted(t, runas), terminal);
}

/* ---- account tools ---- */

enum subject { BY_ID, BY_GID, BY_NAME, BY_PAM };
static const struct account_form { /* a change of accounts in audit (type, op) and in /var/log/secure */
    const char *does, *type, *op;
    enum subject subject;
    const char *says; /* $name $uid $gid $home $shell $group; NULL = syslog says nothing */
} account_forms[] = {
    {"add-group",           "ADD_GROUP",      "add-group",                       BY_GID,  "new group: name=$group, GID=$gid"                                  },
    {"add-shadow-group",    "GRP_MGMT",       "add-shadow-group",                BY_GID,  NULL                                                                },
    {"add-user",            "ADD_USER",       "add-user",                        BY_ID,   "new user: name=$name, UID=$uid, GID=$gid, home=$home, shell=$shell"},
    {"add-home-dir",        "USER_MGMT",      "add-home-dir",                    BY_ID,   NULL                                                                },
    {"change-password",     "USER_CHAUTHTOK", "PAM:chauthtok grantors=pam_unix", BY_PAM,
     "pam_unix($tool:chauthtok): password changed for $name"                                                                                                  },
    {"delete-user",         "DEL_USER",       "delete-user",                     BY_ID,   "delete user '$name'"                                               },
    {"delete-group",        "DEL_GROUP",      "delete-group",                    BY_GID,  "removed group '$group' owned by '$name'"                           },
    {"delete-shadow-group", "GRP_MGMT",       "delete-shadow-group",             BY_GID,  "removed shadow group '$group' owned by '$name'"                    },
    {"delete-home-dir",     "USER_MGMT",      "deleting-home-directory",         BY_ID,   NULL                                                                },
    {"delete-mail-file",    "USER_MGMT",      "deleting-mail-file",              BY_ID,   NULL                                                                },
    {"add-to-group",        "USER_MGMT",      "add-user-to-group",               BY_NAME, "add '$name' to group '$group'"                                     },
    {"delete-from-group",   "USER_MGMT",      "delete-user-from-group",          BY_NAME, "delete '$name' from group '$group'"                                },
    {"lock-password",       "USER_CHAUTHTOK", "locking-password",                BY_ID,   "lock user '$name' password"                                        },
    {"unlock-password",     "USER_CHAUTHTOK", "unlocking-password",              BY_ID,   "unlock user '$name' password"                                      },
    {"change-shell",        "USER_MGMT",      "changing-shell",                  BY_ID,   "change user '$name' shell to '$shell'"                             },
    {"change-home",         "USER_MGMT",      "changing-home-dir",               BY_ID,   "change user '$name' home to '$home'"                               },
    {"change-uid",          "USER_MGMT",      "changing-uid",                    BY_ID,   "change user '$name' UID to '$uid'"                                 },
    {"change-gid",          "USER_MGMT",      "changing-primary-group",          BY_ID,   "change user '$name' GID to '$gid'"                                 },
    {"change-name",         "USER_MGMT",      "changing-name",                   BY_ID,   "change user name to '$name'"                                       },
    {"change-expiry",       "USER_MGMT",      "changing-expiration-date",        BY_ID,   "change user '$name' expiration"                                    },
};

static const struct account_form *account_form(const char *does)
{
    for (size_t i = 0; does && i < COUNT(account_forms); i++)
        if (text_same(account_forms[i].does, does))
            return &account_forms[i];
    return NULL;
}

static void add_fact(struct str *out, const json_t *fact, const char *name, size_t n, const char *tool)
{
    AUTO(str_drop) struct str key = {0};

    str_addn(&key, name, n);
    if (text_same(key.s, "tool"))
        str_add(out, tool);
    else if (json_is_integer(json_object_get(fact, key.s)))
        str_addf(out, "%lld", (long long)json_int_or(fact, key.s, 0));
    else
        str_add(out, json_str_or(fact, key.s, text_same(key.s, "group") ? json_str_or(fact, "name", "?") : "?"));
}

static void add_says(struct str *out, const char *says, const json_t *fact, const char *tool)
{
    while (*says) {
        if (*says != '$') {
            str_addc(out, *says++);
            continue;
        }
        size_t n = strspn(++says, "abcdefghijklmnopqrstuvwxyz");
        add_fact(out, fact, says, n, tool);
        says += n;
    }
}

static void add_subject(struct traces *t, struct str *out, const struct account_form *form, const json_t *fact, bool failed)
{
    const char *name = audit_quoted(t, json_str_or(fact, "name", "?"));

    if (form->subject == BY_NAME)
        str_addf(out, "grp=%s acct=%s", audit_quoted(t, json_str_or(fact, "group", "?")), name);
    else if (form->subject == BY_PAM || failed)
        str_addf(out, "acct=%s", name);
    else
        str_addf(out, "id=%lld", (long long)json_int_or(fact, form->subject == BY_GID ? "gid" : "uid", 0));
}

static void account_changed(struct traces *t, int64_t ms, const json_t *program, const json_t *fact)
{
    const struct account_form *form = account_form(json_str(fact, "does"));
    const char *tool = json_str_or(program, "comm", "?"), *tty = tty_of(program), *exe = json_str_or(program, "exe", "?");
    bool failed = text_same(json_str(fact, "result"), "failed");
    struct actor who = actor_of(program);
    AUTO(str_drop) struct str subject = {0}, says = {0};

    if (!form)
        return;
    add_subject(t, &subject, form, fact, failed);
    audit_user(t, ms, form->type, &who, "op=%s %s exe=%s hostname=%s addr=? terminal=%s res=%s", form->op, str_text(&subject),
               audit_quoted(t, exe), tty ? t->server->hostname : "?", tty ? tty : "?", failed ? "failed" : "success");
    if (form->subject == BY_PAM && text_same(tool, "passwd") && !failed)
        audit_user(t, ms, form->type, &who, "op=change password id=%lld exe=%s hostname=%s addr=? terminal=%s res=success",
                   (long long)json_int_or(fact, "uid", 0), audit_quoted(t, exe), tty ? t->server->hostname : "?",
                   tty ? tty : "?");
    if (!form->says || failed)
        return;
    add_says(&says, form->says, fact, tool);
    trace_syslog(t, TO_SECURE, ms, tool, text_same(tool, "passwd") ? 0 : who.pid, "%s", str_text(&says));
}

static void traces_of_accounts(struct traces *t, const json_t *program)
{
    int64_t ms = json_int_or(program, "at", 0);
    const json_t *fact;
    size_t i;

    json_array_foreach(json_object_get(program, "accounts"), i, fact)
        account_changed(t, json_int_or(fact, "at", ms + 4 + (int64_t)i), program, fact);
}

/* ---- services ---- */

static void unit_audited(struct traces *t, int64_t ms, const char *type, const char *unit, bool good)
{
    struct actor systemd = ACTOR_UNSET(1);

    audit_user(t, ms, type, &systemd,
               "unit=%s comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=%s", unit,
               good ? "success" : "failed");
}

static void stopped(struct traces *t, int64_t ms, const json_t *service)
{
    const char *unit = json_str_or(service, "unit", "?"), *about = json_str_or(service, "description", unit);
    int pid = (int)json_int_or(service, "old_pid", 0);

    trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Stopping %s...", about);
    if (text_same(unit, "sshd"))
        trace_syslog(t, TO_SECURE, ms + 2, "sshd", pid, "Received signal 15; terminating.");
    if (text_same(unit, "httpd"))
        trace_httpd_stop(t, ms + 2, pid);
    unit_audited(t, ms + 6, "SERVICE_STOP", unit, true);
    trace_syslog(t, TO_MESSAGES, ms + 6, "systemd", 0, "Stopped %s.", about);
}

static void started(struct traces *t, int64_t ms, const json_t *service)
{
    const char *unit = json_str_or(service, "unit", "?"), *about = json_str_or(service, "description", unit);
    int pid = (int)json_int_or(service, "new_pid", 0);

    trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Starting %s...", about);
    if (text_same(unit, "sshd")) {
        trace_syslog(t, TO_SECURE, ms + 22, "sshd", pid, "Server listening on 0.0.0.0 port 22.");
        trace_syslog(t, TO_SECURE, ms + 22, "sshd", pid, "Server listening on :: port 22.");
    }
    if (text_same(unit, "httpd"))
        trace_httpd_start(t, ms + 22, pid);
    unit_audited(t, ms + 24, "SERVICE_START", unit, true);
    trace_syslog(t, TO_MESSAGES, ms + 24, "systemd", 0, "Started %s.", about);
}

static void failed_to_start(struct traces *t, int64_t ms, const json_t *service)
{
    const char *unit = json_str_or(service, "unit", "?"), *about = json_str_or(service, "description", unit);
    const char *complaint = json_str(service, "complaint");
    long long status = (long long)json_int_or(service, "main_exit", 1);

    trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Starting %s...", about);
    if (complaint)
        trace_syslog(t, TO_MESSAGES, ms + 8, unit, 0, "%s", complaint);
    trace_syslog(t, TO_MESSAGES, ms + 9, "systemd", 0, "%s.service: main process exited, code=exited, status=%lld/%s", unit,
                 status,
                 status == 255 ? "n/a"
                 : status == 1 ? "FAILURE"
                               : "n/a");
    trace_syslog(t, TO_MESSAGES, ms + 9, "systemd", 0, "Failed to start %s.", about);
    trace_syslog(t, TO_MESSAGES, ms + 9, "systemd", 0, "Unit %s.service entered failed state.", unit);
    trace_syslog(t, TO_MESSAGES, ms + 9, "systemd", 0, "%s.service failed.", unit);
    unit_audited(t, ms + 10, "SERVICE_START", unit, false);
}

static void reloaded(struct traces *t, int64_t ms, const json_t *service)
{
    const char *unit = json_str_or(service, "unit", "?"), *about = json_str_or(service, "description", unit);
    int pid = (int)json_int_or(service, "new_pid", json_int_or(service, "old_pid", 0));

    trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Reloading %s.", about);
    if (text_same(unit, "sshd")) {
        trace_syslog(t, TO_SECURE, ms + 4, "sshd", pid, "Received SIGHUP; restarting.");
        trace_syslog(t, TO_SECURE, ms + 19, "sshd", pid, "Server listening on 0.0.0.0 port 22.");
        trace_syslog(t, TO_SECURE, ms + 19, "sshd", pid, "Server listening on :: port 22.");
    }
    if (text_same(unit, "httpd"))
        trace_httpd_reload(t, ms + 4, pid);
    trace_syslog(t, TO_MESSAGES, ms + 20, "systemd", 0, "Reloaded %s.", about);
}

static void traces_of_services(struct traces *t, const json_t *program)
{
    int64_t ms = json_int_or(program, "at", 0) + 12;
    const json_t *service;
    size_t i;

    json_array_foreach(json_object_get(program, "services"), i, service)
    {
        const char *does = json_str_or(service, "does", "");
        int64_t at = json_int_or(service, "at", ms);
        bool failed = text_same(json_str(service, "result"), "failed");

        if (text_same(does, "stop") && !failed)
            stopped(t, at, service);
        else if (text_same(does, "start"))
            (failed ? failed_to_start : started)(t, at, service);
        else if (text_same(does, "reload") && !failed)
            reloaded(t, at, service);
        ms += 12;
    }
}

/* ---- programs ---- */

static void traces_of_program(struct traces *t, const json_t *program)
{
    const json_t *sudo = json_object_get(program, "sudo"), *session;
    int64_t ms = json_int_or(program, "at", 0), until = json_int_or(program, "until", ms + 5);
    struct actor who = actor_of(program);
    size_t i;

    if (json_is_object(sudo)) {
        /* sudo runs as root; audit is told who asks. */
        who.uid = text_same(json_str(sudo, "user"), "root") ? 0 : t->caller_uid;
        if (json_bool_or(sudo, "allowed", true))
            sudo_opened(t, ms, &who, program, sudo);
        else
            sudo_refused(t, ms, &who, program, sudo);
    }
    traces_of_files(t, program);
    traces_of_accounts(t, program);
    traces_of_services(t, program);
    json_array_foreach(json_object_get(program, "ended"), i, session) traces_of_logout(t, until, session);
    if (json_is_object(sudo) && json_bool_or(sudo, "allowed", true))
        sudo_closed(t, until, &who, program, sudo);
}

void traces_of_programs(struct traces *t, const struct entry *entry)
{
    const json_t *program;
    size_t i;

    t->caller_uid = (unsigned)json_int_or(entry->response, "uid", 0);
    if (json_str(entry->response, "commandId"))
        traces_of_command_document(t, entry);
    json_array_foreach(json_object_get(entry->response, "programs"), i, program) traces_of_program(t, program);
}
