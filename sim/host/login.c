/* SPDX-License-Identifier: MIT */
/*
 * host:LogIn and host:LogOut: what a login that works starts, and what its end ends. What the network swallowed leaves nothing
 * on the server.
 */
#include "sim/host/login.h"
#include "sim/host/deeds.h"

#define SSM_SESSIONS 100000 /* their numbers; audit knows none */

/* ---- a session ---- */

static const char *free_tty(const struct login *l)
{
    for (int n = 0;; n++) {
        const char *tty = arena_printf(&l->m->w->arena, "pts/%d", n);
        bool taken = false;

        for (const struct os_session *s = l->m->server->sessions; s && !taken; s = s->next)
            taken = !s->ended_ms && strcmp(s->tty, tty) == 0;
        if (!taken)
            return tty;
    }
}

static struct os_session *session_begin(struct login *l, long number)
{
    struct os_session *s = arena_alloc(&l->m->w->arena, sizeof(*s));

    *s = (struct os_session){
        .number = number,
        .user = arena_dup(&l->m->w->arena, l->account.name),
        .uid = l->account.uid,
        .tty = free_tty(l),
        .host = arena_dup(&l->m->w->arena, l->addr ? l->addr : ""),
        .remote_port = l->port,
        .method = arena_dup(&l->m->w->arena, l->by),
        .started_ms = l->m->now_ms,
    };
    list_append(&l->m->server->sessions, s);
    return s;
}

static void put_session(struct login *l, const struct os_session *s)
{
    json_t *reply = json_object();

    json_put(l->response, "session", json_integer(s->number));
    json_put_text(l->response, "tty", s->tty);
    json_put_text(l->response, "home", l->account.home);
    json_put_text(l->response, "shell", l->account.shell);
    json_put(reply, "session", json_integer(s->number));
    l->c->reply = reply;
}

static void open_session(struct login *l)
{
    struct machine *m = l->m;
    struct world *w = m->w;
    struct os_session *s = session_begin(l, server_take_session(m->server, m->now_ms));
    json_t *pids = json_object_get(l->response, "pids");

    s->monitor_pid = l->monitor;
    process_add(m, s->monitor_pid, l->sshd->pid, 0, arena_printf(&w->arena, "sshd: %s [priv]", s->user), "/usr/sbin/sshd", "?",
                s->number);
    s->child_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->child_pid, s->monitor_pid, s->uid, arena_printf(&w->arena, "sshd: %s@%s", s->user, s->tty),
                "/usr/sbin/sshd", "?", s->number);
    s->shell_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->shell_pid, s->child_pid, s->uid, "-bash", "/usr/bin/bash", s->tty, s->number);
    json_put(pids, "child", json_integer(s->child_pid));
    json_put(pids, "shell", json_integer(s->shell_pid));
    put_session(l, s);
}

/* ---- SSM: no network, no sshd; the agent makes its user when it is missing ---- */

static bool make_ssm_user(struct login *l)
{
    static const char sudoers[] = "# User rules for ssm-user\nssm-user ALL=(ALL) NOPASSWD:ALL\n";
    AUTO(str_drop) struct str out = {0}, err = {0};
    struct program p = {
        .m = l->m, .cwd = "/", .umask = 022, .io = {.out = &out, .err = &err},
                   .ppid = l->monitor
    };
    const char *argv[] = {"useradd", "-m", "-c", "", l->user, NULL};
    int status;

    p.argv = argv;
    p.argc = COUNT(argv) - 1;
    program_begin(&p, "/usr/sbin/useradd", false);
    status = command_find("useradd")->run(&p);
    fs_write(&p, "/etc/sudoers.d/ssm-agent-users", sudoers, strlen(sudoers));
    program_end(&p, status);
    l->known = os_user_find(l->m->w, l->m->server, l->user, &l->account);
    return l->known;
}

static void log_in_by_ssm(struct login *l)
{
    struct machine *m = l->m;
    const struct daemon *agent = find_daemon(m->server, "amazon-ssm-agent");
    json_t *pids = json_object();
    struct os_session *s;
    long number = SSM_SESSIONS;

    if (!agent || !agent->running || strcmp(m->server->instance->state, "running") != 0) {
        json_decref(pids);
        call_fail(l->c, "TargetNotConnected", "%s is not connected.", m->server->instance->id);
        return;
    }
    l->monitor = server_take_pid(m->server, m->now_ms);
    l->addr = "";
    for (s = m->server->sessions; s; s = s->next)
        number = s->number > number ? s->number : number;
    if (!l->known && (strcmp(l->user, "ssm-user") != 0 || !make_ssm_user(l))) {
        json_decref(pids);
        call_fail(l->c, "NoSuchUser", "there is no user \"%.64s\" on this server", l->user);
        return;
    }
    s = session_begin(l, number + 1);
    s->monitor_pid = l->monitor;
    process_add(m, s->monitor_pid, agent->pid, 0, "/usr/bin/ssm-session-worker", "/usr/bin/ssm-session-worker", "?", s->number);
    s->shell_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->shell_pid, s->monitor_pid, s->uid, "sh", "/usr/bin/bash", s->tty, s->number);
    json_put(l->response, "uid", json_integer(s->uid));
    json_put(l->response, "gid", json_integer(l->account.gid));
    json_put(pids, "monitor", json_integer(s->monitor_pid));
    json_put(pids, "shell", json_integer(s->shell_pid));
    json_put(l->response, "pids", pids);
    put_session(l, s);
}

/* ---- the operations ---- */

static void put_peers(struct login *l)
{
    json_t *pids = json_object();

    l->monitor = server_take_pid(l->m->server, l->m->now_ms);
    l->preauth = server_take_pid(l->m->server, l->m->now_ms);
    json_put_text(l->response, "laddr", l->m->server->instance->private_ip);
    json_put(l->response, "listener", json_integer(l->sshd->pid));
    json_put(pids, "monitor", json_integer(l->monitor));
    json_put(pids, "preauth", json_integer(l->preauth));
    json_put(l->response, "pids", pids);
    json_put(l->response, "known", json_boolean(l->known));
    if (l->known) {
        json_put(l->response, "uid", json_integer(l->account.uid));
        json_put(l->response, "gid", json_integer(l->account.gid));
    }
    json_put_text(l->response, "offered", login_offers(l));
}

static void log_in_by_ssh(struct login *l)
{
    if (login_decide(l, put_peers))
        open_session(l);
    else
        call_fail(l->c, l->code, "%s", l->message);
}

void run_log_in(struct call *c)
{
    const char *user = call_text(c, "user"), *by = call_text(c, "by");
    struct login l = {.c = c, .password = call_text(c, "password")};
    struct machine m;

    if (strcmp(by, "password") != 0 && strcmp(by, "publickey") != 0 && strcmp(by, "ssm") != 0) {
        call_fail(c, "InvalidParameter", "by: \"%.40s\" is not \"password\", \"publickey\" or \"ssm\"", by);
        return;
    }
    if (strlen(user) > 64 || strpbrk(user, "\n:/")) {
        call_fail(c, "InvalidParameter", "user: \"%.64s\" is no user name", user);
        return;
    }
    machine_open(&m, c);
    l.port = (int)call_int(c, "fromPort", chance_between(&c->ids, 32768, 60999)); /* Linux's ephemeral ports */
    login_prepare(&l, &m, user, by, c->entry->from.ip, call_text(c, "key"));
    if (strcmp(by, "ssm") == 0)
        log_in_by_ssm(&l);
    else
        log_in_by_ssh(&l);
    if (json_array_size(m.programs) > 0)
        json_put(l.response, "programs", json_incref(m.programs));
    call_log_response(c, l.response);
    machine_close(&m);
}

void run_log_out(struct call *c)
{
    struct machine m;
    struct program p = {.m = &m};
    struct os_session *s;
    struct os_user user;
    json_t *response;
    bool known;

    machine_open(&m, c);
    s = find_session(m.server, c->entry->who.os_session);
    if (!s || s->ended_ms) {
        call_fail(c, "NoSuchSession", "there is no session %ld on this server", c->entry->who.os_session);
        machine_close(&m);
        return;
    }
    known = os_user_find(m.w, m.server, s->user, &user);
    response = session_fact(s, known ? user.gid : s->uid);
    json_put_text(response, "how", "exit");
    session_end(&p, s, "exit");
    call_log_response(c, response);
    machine_close(&m);
}
