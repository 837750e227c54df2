/* SPDX-License-Identifier: MIT */
/* Who is here: who, w, uptime. They look at the sessions that utmp would show. */
#include "sim/host/commands.h"

static bool in_utmp(const struct os_session *s)
{
    return !s->ended_ms && strcmp(s->method, "ssm") != 0;
}

/* who and w leave out entries whose process is gone: sshd's monitor is the one in utmp. */
static bool shown(struct program *p, const struct os_session *s)
{
    return in_utmp(s) && find_process(p->m->server, s->monitor_pid);
}

static const char *when(struct program *p, int64_t ms, const char *fmt)
{
    return arena_time(&p->m->arena, ms, fmt);
}

int run_who(struct program *p)
{
    static const struct option_spec spec = {"abHimqrsTuw", "all=a boot=b heading=H users=u count=q", true};
    struct options o = {.p = p, .spec = &spec};
    bool pids = false, boot = false, mine = false, heading = false;
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        pids |= letter == 'u' || letter == 'a';
        boot |= letter == 'b' || letter == 'a';
        mine |= letter == 'm';
        heading |= letter == 'H';
    }
    if (o.failed)
        return 1;
    mine |= p->argc - o.at == 2; /* who am i */
    if (heading)
        sayf(p, "NAME     LINE         TIME             COMMENT\n");
    if (boot)
        sayf(p, "         system boot  %s\n", when(p, p->m->server->booted_ms, "%Y-%m-%d %H:%M"));
    for (const struct os_session *s = p->m->server->sessions; s && !(boot && !pids); s = s->next) {
        if (!shown(p, s) || (mine && s != p->m->session))
            continue;
        sayf(p, "%-8s %-12s %s", s->user, s->tty, when(p, s->started_ms, "%Y-%m-%d %H:%M"));
        if (pids)
            sayf(p, "   .  %10d", s->monitor_pid);
        sayf(p, " (%s)\n", s->host);
    }
    return 0;
}

static void show_uptime(struct program *p)
{
    int64_t minutes = (p->m->now_ms - p->m->server->booted_ms) / 60000, days = minutes / 1440, hours = minutes / 60 % 24;
    unsigned users = 0;

    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        users += shown(p, s);
    sayf(p, " %s up ", when(p, p->m->now_ms, "%H:%M:%S"));
    if (days > 0)
        sayf(p, "%lld day%s, ", (long long)days, days == 1 ? "" : "s");
    if (hours > 0)
        sayf(p, "%2lld:%02lld, ", (long long)hours, (long long)minutes % 60);
    else
        sayf(p, "%lld min, ", (long long)minutes % 60);
    sayf(p, " %u user%s,  load average: 0.00, 0.00, 0.00\n", users, users == 1 ? "" : "s");
}

int run_uptime(struct program *p)
{
    show_uptime(p);
    return 0;
}

int run_w(struct program *p)
{
    bool heading = p->argc < 2 || strcmp(p->argv[1], "-h") != 0;

    if (heading) {
        show_uptime(p);
        sayf(p, "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n");
    }
    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        if (shown(p, s))
            sayf(p, "%-8.8s %-8s %-16s %-8s %-6s %-6s %-6s %s\n", s->user, s->tty, s->host,
                 when(p, s->started_ms, p->m->now_ms - s->started_ms < 86400000 ? "%H:%M" : "%d%b%y"),
                 s == p->m->session ? "0.00s" : "1:12", "0.01s", "0.00s", s == p->m->session ? p->argv[0] : "-bash");
    return 0;
}
