/* SPDX-License-Identifier: MIT */
/* Who is connected: ss and netstat, as iproute and net-tools of Amazon Linux 2 lay it out. Only root sees whose sockets they
 * are. */
#include "sim/host/commands.h"

struct socket_row {
    const char *state, *local, *peer;
    bool v6;
    int queue;
    const char *users; /* ss: users:(("sshd",pid=1,fd=3)) */
    int pid;
    const char *title;
};
struct sockets {
    struct program *p;
    bool listening, established, processes, tcp, udp;
    void (*show)(struct sockets *, const struct socket_row *);
};

/* ---- what there is ---- */

static void show_listening(struct sockets *s)
{
    static const struct {
        const char *unit, *local, *peer, *users;
        bool v6;
    } rows[] = {
        {"sshd",  "*:22",  "*:*",  "users:((\"sshd\",pid=%d,fd=3))",  false},
        {"sshd",  ":::22", ":::*", "users:((\"sshd\",pid=%d,fd=4))",  true },
        {"httpd", ":::80", ":::*", "users:((\"httpd\",pid=%d,fd=4))", true },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct daemon *daemon = find_daemon(s->p->m->server, rows[i].unit);
        struct socket_row row = {"LISTEN", rows[i].local, rows[i].peer, rows[i].v6, 128, "", 0, rows[i].unit};

        if (!daemon || !daemon->running)
            continue;
        row.pid = daemon->pid;
        row.users = arena_printf(&s->p->m->arena, rows[i].users, daemon->pid); /* NOLINT: the formats above */
        s->show(s, &row);
    }
}

/* The connection lives as long as sshd's child has it open, or the monitor. */
static void show_session(struct sockets *s, const struct os_session *session)
{
    struct arena *arena = &s->p->m->arena;
    bool monitor = find_process(s->p->m->server, session->monitor_pid);
    int pid = monitor ? session->monitor_pid : session->child_pid;
    const struct process *process = find_process(s->p->m->server, pid);
    struct socket_row row = {"ESTAB", NULL, NULL, false, 0, NULL, pid, process ? process->title : "sshd"};

    row.local = arena_printf(arena, "%s:22", s->p->m->server->instance->private_ip);
    row.peer = arena_printf(arena, "%s:%d", session->host, session->remote_port);
    row.users = monitor ? arena_printf(arena, "users:((\"sshd\",pid=%d,fd=3),(\"sshd\",pid=%d,fd=3))", session->child_pid,
                                       session->monitor_pid)
                        : arena_printf(arena, "users:((\"sshd\",pid=%d,fd=3))", session->child_pid);
    s->show(s, &row);
}

static void show_all(struct sockets *s)
{
    if (s->listening)
        show_listening(s);
    for (const struct os_session *at = s->p->m->server->sessions; at && s->established; at = at->next)
        if (!at->ended_ms && strcmp(at->method, "ssm") != 0)
            show_session(s, at);
}

/* ---- ss ---- */

static void ss_row(struct sockets *s, const struct socket_row *row)
{
    sayf(s->p, "%-10s %-6d %-6d %-26s %-26s %s\n", row->state, 0, row->queue, row->local, row->peer,
         s->processes && s->p->cred.uid == 0 ? row->users : "");
}

int run_ss(struct program *p)
{
    static const struct option_spec spec = {"4aelnoptu", "all=a listening=l numeric=n processes=p tcp=t udp=u", false};
    struct options o = {.p = p, .spec = &spec};
    struct sockets s = {.p = p, .established = true, .show = ss_row};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        s.listening |= letter == 'a' || letter == 'l';
        s.established = letter == 'a' || (s.established && letter != 'l');
        s.processes |= letter == 'p';
    }
    if (o.failed)
        return 1;
    sayf(p, "State      Recv-Q Send-Q Local Address:Port         Peer Address:Port\n");
    show_all(&s);
    return 0;
}

/* ---- netstat ---- */

static void netstat_row(struct sockets *s, const struct socket_row *row)
{
    struct arena *arena = &s->p->m->arena;
    const char *name = row->title, *local = row->local, *peer = row->peer;

    if (!row->v6 && *local == '*') {
        local = arena_printf(arena, "0.0.0.0%s", local + 1);
        peer = arena_printf(arena, "0.0.0.0%s", peer + 1);
    }
    sayf(s->p, "%-5s %6d %6d %-23s %-23s %-11s", row->v6 ? "tcp6" : "tcp", 0, 0, local, peer,
         strcmp(row->state, "ESTAB") == 0 ? "ESTABLISHED" : row->state);
    if (s->processes && s->p->cred.uid == 0)
        sayf(s->p, " %-20.19s", arena_printf(arena, "%d/%s", row->pid, name));
    else if (s->processes)
        sayf(s->p, " %-20s", "-");
    sayf(s->p, "\n");
}

int run_netstat(struct program *p)
{
    static const struct option_spec spec = {"4alnptuW", "all=a listening=l numeric=n program=p programs=p tcp=t udp=u wide=W",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct sockets s = {.p = p, .established = true, .show = netstat_row};
    const char *value, *what = "w/o servers";
    int letter;

    while ((letter = options_next(&o, &value))) {
        s.listening |= letter == 'a' || letter == 'l';
        s.established = letter == 'a' || (s.established && letter != 'l');
        s.processes |= letter == 'p';
        s.tcp |= letter == 't' || letter == '4';
        s.udp |= letter == 'u';
        what = letter == 'a' ? "servers and established" : letter == 'l' ? "only servers" : what;
    }
    if (o.failed)
        return 3;
    if (s.processes && p->cred.uid != 0)
        str_add(p->io.err,
                "(Not all processes could be identified, non-owned process info\n will not be shown, you would have to "
                "be root to see it all.)\n");
    sayf(
        p,
        "Active Internet connections (%s)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      %s\n",
        what, s.processes ? " PID/Program name    " : " ");
    if (s.tcp || !s.udp)
        show_all(&s);
    return 0;
}
