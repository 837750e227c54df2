/* SPDX-License-Identifier: MIT */
/*
 * Processes, and what a signal does to them. A login by ssh is three: sshd's monitor (root, "[priv]"), its child (the
 * user, "@pts/0") and the shell. They end as they do on a real server:
 *     child or shell die    the monitor notices, closes the session in the logs and goes, and so does the rest
 *     monitor is killed     child and shell live on as orphans of systemd; nobody closes the session
 *     TERM to the monitor   it passes it on to its child
 * An interactive bash takes no notice of TERM, INT and QUIT.
 */
#include "sim/host/machine.h"

#include <signal.h>
#include <stdlib.h>

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP",    1 },
    {"INT",    2 },
    {"QUIT",   3 },
    {"ILL",    4 },
    {"TRAP",   5 },
    {"ABRT",   6 },
    {"BUS",    7 },
    {"FPE",    8 },
    {"KILL",   9 },
    {"USR1",   10},
    {"SEGV",   11},
    {"USR2",   12},
    {"PIPE",   13},
    {"ALRM",   14},
    {"TERM",   15},
    {"STKFLT", 16},
    {"CHLD",   17},
    {"CONT",   18},
    {"STOP",   19},
    {"TSTP",   20},
    {"TTIN",   21},
    {"TTOU",   22},
    {"URG",    23},
    {"XCPU",   24},
    {"XFSZ",   25},
    {"VTALRM", 26},
    {"PROF",   27},
    {"WINCH",  28},
    {"IO",     29},
    {"PWR",    30},
    {"SYS",    31},
};

int signal_number(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    if (digits > 0 && digits < 3 && name[digits] == '\0') {
        int number = atoi(name);

        return number <= 64 ? number : -1;
    }
    if (strncasecmp(name, "SIG", 3) == 0)
        name += 3;
    for (size_t i = 0; i < COUNT(signals); i++)
        if (strcasecmp(name, signals[i].name) == 0)
            return signals[i].number;
    return -1;
}

const char *signal_name(int number)
{
    for (size_t i = 0; i < COUNT(signals); i++)
        if (signals[i].number == number)
            return signals[i].name;
    return NULL;
}

/* ---- the table ---- */

struct process *process_add(struct machine *m, int pid, int ppid, unsigned uid, const char *title, const char *exe,
                            const char *tty, long session)
{
    struct process *process = arena_alloc(&m->w->arena, sizeof(*process));

    *process = (struct process){
        .pid = pid,
        .ppid = ppid,
        .uid = uid,
        .title = arena_dup(&m->w->arena, title),
        .exe = arena_dup(&m->w->arena, exe),
        .tty = arena_dup(&m->w->arena, tty),
        .started_ms = m->now_ms,
        .session = session,
    };
    list_append(&m->server->processes, process);
    return process;
}

/* As the kernel names it: by the file, but a kernel thread by its title. */
const char *process_comm(struct arena *arena, const struct process *process)
{
    const char *name = path_base(process->exe);

    if (*name == '\0') {
        name = process->title + (process->title[0] == '[');
        return arena_dupn(arena, name, strnlen(name, strcspn(name, "]/") < 15 ? strcspn(name, "]") : 15));
    }
    return arena_dupn(arena, name, strnlen(name, 15));
}

static bool take_out(struct machine *m, int pid)
{
    struct process *process = find_process(m->server, pid);

    if (!process)
        return false;
    list_remove(&m->server->processes, process);
    for (struct process *child = m->server->processes; child; child = child->next)
        if (child->ppid == pid)
            child->ppid = 1;
    return true;
}

/* ---- sessions ---- */

json_t *session_fact(const struct os_session *s, unsigned gid)
{
    json_t *fact = json_object(), *pids = json_object();

    json_put(fact, "session", json_integer(s->number));
    json_put_text(fact, "user", s->user);
    json_put(fact, "uid", json_integer(s->uid));
    json_put(fact, "gid", json_integer(gid));
    json_put_text(fact, "by", s->method);
    json_put_text(fact, "addr", s->host);
    json_put(fact, "port", json_integer(s->remote_port));
    json_put_text(fact, "tty", s->tty);
    json_put(pids, "monitor", json_integer(s->monitor_pid));
    if (s->child_pid)
        json_put(pids, "child", json_integer(s->child_pid));
    json_put(pids, "shell", json_integer(s->shell_pid));
    json_put(fact, "pids", pids);
    return fact;
}

static json_t *ended_fact(struct program *p, const struct os_session *s, const char *how)
{
    struct os_user user;
    bool known = os_user_find(p->m->w, p->m->server, s->user, &user);
    json_t *fact = session_fact(s, known ? user.gid : s->uid);

    json_put_text(fact, "how", how);
    json_put(fact, "at", json_integer(p->m->now_ms));
    return fact;
}

/* The rest of its processes go; whoever else has the terminal gets a hang-up. */
void session_end(struct program *p, struct os_session *s, const char *how)
{
    if (s->ended_ms)
        return;
    s->ended_ms = p->m->now_ms;
    if (p->fact)
        json_array_append_new(fact_list(p, "ended"), ended_fact(p, s, how));
    take_out(p->m, s->shell_pid);
    if (s->child_pid)
        take_out(p->m, s->child_pid);
    take_out(p->m, s->monitor_pid);
    for (struct process *at = p->m->server->processes, *next; at; at = next) {
        next = at->next;
        if (at->session == s->number && strcmp(at->tty, s->tty) == 0)
            take_out(p->m, at->pid);
    }
}

static struct os_session *session_of(struct machine *m, int pid)
{
    for (struct os_session *s = m->server->sessions; s; s = s->next)
        if (!s->ended_ms && (s->monitor_pid == pid || s->child_pid == pid || s->shell_pid == pid))
            return s;
    return NULL;
}

/* Child and shell have nobody left to tell: the session is over, but nothing is written about it. */
static void end_orphan(struct program *p, struct os_session *s)
{
    s->ended_ms = p->m->now_ms;
    take_out(p->m, s->shell_pid);
    take_out(p->m, s->child_pid);
}

static void hit_session(struct program *p, struct os_session *s, int pid, int number)
{
    bool orphaned = !find_process(p->m->server, s->monitor_pid);

    if (pid == s->shell_pid && (number == SIGTERM || number == SIGINT || number == SIGQUIT))
        return;
    if (pid == s->monitor_pid && s->child_pid && number != SIGKILL) {
        if (number == SIGTERM || number == SIGHUP)
            session_end(p, s, "child-killed");
        else
            take_out(p->m, pid);
    } else if (pid == s->monitor_pid && s->child_pid) {
        take_out(p->m, pid);
        if (p->fact)
            json_array_append_new(fact_list(p, "ended"), ended_fact(p, s, "monitor-killed"));
    } else if (orphaned) {
        end_orphan(p, s);
    } else {
        session_end(p, s, pid == s->shell_pid ? "shell-killed" : "child-killed");
    }
}

/* ---- signals ---- */

static bool changes_nothing(int number)
{
    return number == 0 || number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH ||
           number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static struct daemon *daemon_of(struct machine *m, int pid)
{
    for (struct daemon *d = m->server->daemons; d; d = d->next)
        if (d->running && d->pid == pid)
            return d;
    return NULL;
}

static void hit(struct program *p, struct process *target, int number)
{
    struct machine *m = p->m;
    struct os_session *session = session_of(m, target->pid);
    struct daemon *daemon = daemon_of(m, target->pid);

    if (changes_nothing(number) || target->pid == 1) /* PID 1 only gets what it asks for */
        return;
    if (session) {
        hit_session(p, session, target->pid, number);
    } else if (daemon && number == SIGHUP && unit_find(daemon->unit)) {
        unit_reload(m, unit_find(daemon->unit), NULL);
    } else if (daemon) {
        unit_died(m, daemon, number, p);
    } else {
        take_out(m, target->pid);
    }
}

static json_t *signal_fact(struct program *p, int pid, int number, const struct process *target)
{
    json_t *fact = json_object();

    json_put(fact, "pid", json_integer(pid));
    json_put(fact, "signal", json_integer(number));
    if (target) {
        json_put_text(fact, "comm", process_comm(&p->m->arena, target));
        json_put_text(fact, "title", target->title);
        json_put(fact, "uid", json_integer(target->uid));
    }
    json_put(fact, "at", json_integer(p->m->now_ms));
    return fact;
}

int process_signal(struct program *p, int pid, int number)
{
    struct process *target = find_process(p->m->server, pid);
    json_t *fact = signal_fact(p, pid, number, target);
    int error = !target ? ESRCH : p->cred.uid != 0 && p->cred.uid != target->uid ? EPERM : 0;

    if (error)
        json_put_text(fact, "errno", strerrorname_np(error));
    json_array_append_new(fact_list(p, "signals"), fact);
    if (!error)
        hit(p, target, number);
    return error;
}
