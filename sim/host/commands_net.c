/* SPDX-License-Identifier: MIT */
/* Who is connected: ss, as iproute of Amazon Linux 2 lays it out. Only root sees whose sockets they are. */
#include "sim/host/commands.h"

struct ss {
    struct program *p;
    bool listening, established, processes;
};

static void show(struct ss *ss, const char *state, int queue, const char *local, const char *peer, const char *users)
{
    sayf(ss->p, "%-10s %-6d %-6d %-26s %-26s %s\n", state, 0, queue, local, peer,
         ss->processes && ss->p->cred.uid == 0 ? users : "");
}

static void show_listening(struct ss *ss)
{
    static const struct {
        const char *unit, *local, *peer, *users;
    } rows[] = {
        {"sshd",  "*:22",  "*:*",  "users:((\"sshd\",pid=%d,fd=3))" },
        {"sshd",  ":::22", ":::*", "users:((\"sshd\",pid=%d,fd=4))" },
        {"httpd", ":::80", ":::*", "users:((\"httpd\",pid=%d,fd=4))"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct daemon *daemon = find_daemon(ss->p->m->server, rows[i].unit);

        if (daemon && daemon->running)
            show(ss, "LISTEN", 128, rows[i].local, rows[i].peer,
                 arena_printf(&ss->p->m->arena, rows[i].users, daemon->pid)); /* NOLINT: the formats above */
    }
}

/* The connection lives as long as sshd's child has it open, or the monitor. */
static void show_session(struct ss *ss, const struct os_session *s)
{
    struct arena *arena = &ss->p->m->arena;
    const char *ip = ss->p->m->server->instance->private_ip;
    bool monitor = find_process(ss->p->m->server, s->monitor_pid);

    show(ss, "ESTAB", 0, arena_printf(arena, "%s:22", ip), arena_printf(arena, "%s:%d", s->host, s->remote_port),
         monitor ? arena_printf(arena, "users:((\"sshd\",pid=%d,fd=3),(\"sshd\",pid=%d,fd=3))", s->child_pid, s->monitor_pid)
                 : arena_printf(arena, "users:((\"sshd\",pid=%d,fd=3))", s->child_pid));
}

int run_ss(struct program *p)
{
    static const struct option_spec spec = {"4aelnoptu", "all=a listening=l numeric=n processes=p tcp=t udp=u", false};
    struct options o = {.p = p, .spec = &spec};
    struct ss ss = {.p = p, .established = true};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        ss.listening |= letter == 'a' || letter == 'l';
        ss.established = letter == 'a' || (ss.established && letter != 'l');
        ss.processes |= letter == 'p';
    }
    if (o.failed)
        return 1;
    sayf(p, "State      Recv-Q Send-Q Local Address:Port         Peer Address:Port\n");
    if (ss.listening)
        show_listening(&ss);
    for (const struct os_session *s = p->m->server->sessions; s && ss.established; s = s->next)
        if (!s->ended_ms && strcmp(s->method, "ssm") != 0)
            show_session(&ss, s);
    return 0;
}
