/* SPDX-License-Identifier: MIT */
/*
 * What the server would show at the lab's end to somebody who looks: server/NAME/ holds the output of `ps -ef`, `ss -tanp`,
 * `who`, `w` and `uptime`.
 *
 * Who investigates without a shell still has to see that the intruder is there: his session (who, w), his processes
 * (ps) and his connection (ss) are three views of it, with the pids that audit.log and wtmp name. They are rewritten
 * with every call. Forms: procps-ng 3.3.10, iproute 4.9, coreutils 8.22 of Amazon Linux 2, in its own locale (en_US.UTF-8).
 */
#include "sim/evidence/writers.h"

#include "sim/evidence/host_traces.h"

#include <string.h>

#define DAY_MS 86400000
#define HOUR_MS 3600000

struct look {
    const struct evidence_task *task;
    const struct server *server;
    int64_t now_ms;
};

static const char *user_name(const struct look *l, unsigned uid, struct arena *arena)
{
    struct os_user user;

    if (os_user_by_uid((struct world *)l->task->w, l->server, uid, &user))
        return user.name;
    return arena_printf(arena, "%u", uid);
}

/* ps cuts a long name and says so with a plus. */
static void add_user(struct str *out, const char *name)
{
    if (strlen(name) > 8)
        str_addf(out, "%.7s+", name);
    else
        str_addf(out, "%-8s", name);
}

/* ps shows the hour of today, the day of this year, else the year. */
static const char *stime_format(int64_t started_ms, int64_t now_ms)
{
    struct civil start = civil_from_ms(started_ms), now = civil_from_ms(now_ms);

    if (start.year != now.year)
        return " %Y";
    return start.yearday != now.yearday ? "%b%d" : "%H:%M";
}

static void add_ps(const struct look *l, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};

    str_add(out, "UID        PID  PPID  C STIME TTY          TIME CMD\n");
    for (const struct process *p = l->server->processes; p; p = p->next) {
        add_user(out, user_name(l, p->uid, &arena));
        str_addf(out, " %5d %5d  0 ", p->pid, p->ppid);
        str_add_time(out, p->started_ms, stime_format(p->started_ms, l->now_ms));
        str_addf(out, " %-8s 00:00:00 %s\n", p->tty && p->tty[0] ? p->tty : "?", p->title);
    }
}

static bool alive(const struct os_session *s)
{
    return s->ended_ms == 0 && !text_same(s->method, "ssm");
}

static void add_socket(struct str *out, const char *state, const char *local, const char *peer, const char *users)
{
    str_addf(out, "%-10s 0      %-6d %-26s %-26s %s\n", state, text_same(state, "LISTEN") ? 128 : 0, local, peer, users);
}

static void add_ss(const struct look *l, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *ip = l->server->instance ? l->server->instance->private_ip : "10.0.0.10";
    const struct daemon *sshd = find_daemon(l->server, "sshd"), *httpd = find_daemon(l->server, "httpd");

    str_addf(out, "%-10s Recv-Q Send-Q %-26s %-26s\n", "State", "Local Address:Port", "Peer Address:Port");
    if (sshd && sshd->running)
        add_socket(out, "LISTEN", "*:22", "*:*", arena_printf(&arena, "users:((\"sshd\",pid=%d,fd=3))", sshd->pid));
    if (httpd && httpd->running)
        add_socket(out, "LISTEN", ":::80", ":::*", arena_printf(&arena, "users:((\"httpd\",pid=%d,fd=4))", httpd->pid));
    for (const struct os_session *s = l->server->sessions; s; s = s->next) {
        AUTO(str_drop) struct str users = {0};
        if (text_same(s->method, "ssm") || !find_process(l->server, s->child_pid))
            continue;
        str_addf(&users, "users:((\"sshd\",pid=%d,fd=3)", s->child_pid);
        if (find_process(l->server, s->monitor_pid))
            str_addf(&users, ",(\"sshd\",pid=%d,fd=3)", s->monitor_pid);
        str_addc(&users, ')');
        add_socket(out, "ESTAB", arena_printf(&arena, "%s:22", ip), arena_printf(&arena, "%s:%d", s->host, s->remote_port),
                   str_text(&users));
    }
}

static void add_who(const struct look *l, struct str *out)
{
    for (const struct os_session *s = l->server->sessions; s; s = s->next) {
        if (!alive(s))
            continue;
        str_addf(out, "%-8s %-12s ", s->user, s->tty);
        str_add_time(out, s->started_ms, "%Y-%m-%d %H:%M");
        str_addf(out, " (%s)\n", s->host);
    }
}

static void add_uptime(const struct look *l, struct str *out)
{
    int64_t up = (l->now_ms - l->server->booted_ms) / 60000;
    unsigned users = 0;

    for (const struct os_session *s = l->server->sessions; s; s = s->next)
        users += alive(s);
    str_addc(out, ' ');
    str_add_time(out, l->now_ms, "%H:%M:%S");
    str_add(out, " up ");
    if (up >= 1440)
        str_addf(out, "%lld day%s, ", (long long)(up / 1440), up >= 2880 ? "s" : "");
    if (up % 1440 >= 60)
        str_addf(out, "%2lld:%02lld, ", (long long)(up % 1440 / 60), (long long)(up % 60));
    else
        str_addf(out, "%lld min, ", (long long)(up % 60));
    str_addf(out, " %u user%s,  load average: 0.00, 0.01, 0.00\n", users, users == 1 ? "" : "s");
}

/* When somebody last typed in a session; else when it began. */
static int64_t last_typed(const struct look *l, const struct os_session *s)
{
    const struct journal *journal = &l->task->w->journal;

    for (size_t i = journal->n; i > 0; i--) {
        const struct entry *entry = journal->list[i - 1];
        if (text_same(entry->on, l->server->name) && json_int_or(entry->response, "session", -1) == s->number)
            return entry->time_ms;
    }
    return s->started_ms;
}

static void add_idle(struct str *out, int64_t ms)
{
    AUTO(str_drop) struct str idle = {0};

    if (ms >= 2 * DAY_MS)
        str_addf(&idle, "%lldday", (long long)(ms / DAY_MS));
    else if (ms >= HOUR_MS)
        str_addf(&idle, "%lld:%02lldm", (long long)(ms / HOUR_MS), (long long)(ms / 60000 % 60));
    else if (ms >= 60000)
        str_addf(&idle, "%lld:%02lld ", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
    else
        str_addf(&idle, "%lld.00s", (long long)(ms / 1000));
    str_addf(out, "%7s", str_text(&idle));
}

/* w: the hour while it is recent, then weekday and hour, after six days the date. */
static void add_login_time(struct str *out, int64_t started_ms, int64_t now_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct civil start = civil_from_ms(started_ms);

    if (now_ms - started_ms <= 12 * (int64_t)HOUR_MS)
        str_addf(out, "%02d:%02d  ", start.hour, start.minute);
    else if (now_ms - started_ms <= 6 * (int64_t)DAY_MS)
        str_addf(out, "%s%02d  ", days[start.weekday], start.hour);
    else
        str_add_time(out, started_ms, "%d%b%y");
}

static void add_w(const struct look *l, struct str *out)
{
    add_uptime(l, out);
    str_add(out, "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n");
    for (const struct os_session *s = l->server->sessions; s; s = s->next) {
        if (!alive(s))
            continue;
        const struct process *shell = find_process(l->server, s->shell_pid);
        str_addf(out, "%-8.8s %-8s %-16.16s ", s->user, s->tty, s->host);
        add_login_time(out, s->started_ms, l->now_ms);
        add_idle(out, l->now_ms - last_typed(l, s));
        str_addf(out, "  0.00s  0.00s %s\n", shell ? shell->title : "-");
    }
}

static const struct {
    const char *file;
    void (*add)(const struct look *, struct str *);
} views[] = {
    {"ps-ef.txt",   add_ps    },
    {"ss-tanp.txt", add_ss    },
    {"who.txt",     add_who   },
    {"w.txt",       add_w     },
    {"uptime.txt",  add_uptime},
};

bool host_write_views(const struct evidence_task *task, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};

    for (const struct server *server = task->to.dir || task->to.take ? task->w->servers : NULL; server; server = server->next) {
        struct look look = {.task = task, .server = server, .now_ms = task->until_ms};
        const char *dir = arena_printf(&arena, "server/%s", server->name);
        if (!folder_make(&task->to, dir, e))
            return false;
        for (size_t i = 0; i < COUNT(views); i++) {
            AUTO(str_drop) struct str text = {0};
            views[i].add(&look, &text);
            if (!folder_put(&task->to, arena_printf(&arena, "%s/%s", dir, views[i].file), str_text(&text), text.len, e))
                return false;
        }
    }
    return true;
}
