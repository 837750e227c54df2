/* SPDX-License-Identifier: MIT */
/* Who is here and who was: who, w, last, uptime. They look at the sessions that utmp and wtmp would show. */
#include "sim/host/commands.h"

#include <stdlib.h>

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

/* ---- last ---- */

static const char *weekday(int64_t ms)
{
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

    return names[civil_from_ms(ms).weekday];
}

static void show_login(struct program *p, const struct os_session *s)
{
    int64_t minutes = (s->ended_ms - s->started_ms) / 60000;

    sayf(p, "%-8.8s %-12.12s %-16.16s %s %s", s->user, s->tty, s->host, weekday(s->started_ms),
         when(p, s->started_ms, "%b %e %H:%M"));
    if (!s->ended_ms) {
        sayf(p, find_process(p->m->server, s->monitor_pid) ? "   still logged in\n" : "    gone - no logout\n");
        return;
    }
    sayf(p, " - %s  ", when(p, s->ended_ms, "%H:%M"));
    if (minutes >= 1440)
        sayf(p, "(%lld+%02lld:%02lld)\n", (long long)minutes / 1440, (long long)minutes / 60 % 24, (long long)minutes % 60);
    else
        sayf(p, "(%02lld:%02lld)\n", (long long)minutes / 60, (long long)minutes % 60);
}

int run_last(struct program *p)
{
    static const struct option_spec spec = {"adFf:iKn:Rwx0123456789", "", false};
    struct options o = {.p = p, .spec = &spec};
    const struct server *server = p->m->server;
    const struct os_session **list;
    size_t n = 0, cap = 0;
    long most = 0, count = 0;
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        if (letter == 'n')
            most = strtol(value, NULL, 10);
        else if (letter >= '0' && letter <= '9' && most < 100000)
            most = most * 10 + letter - '0';
    }
    if (o.failed)
        return 1;
    for (const struct os_session *s = server->sessions; s; s = s->next)
        cap++;
    list = arena_alloc(&p->m->arena, (cap + 1) * sizeof(const struct os_session *));
    for (const struct os_session *s = server->sessions; s; s = s->next)
        if (strcmp(s->method, "ssm") != 0)
            list[n++] = s;
    for (; n > 0; n--) { /* the newest first */
        bool wanted = o.at >= p->argc;

        for (int i = o.at; i < p->argc; i++)
            wanted |= strcmp(p->argv[i], list[n - 1]->user) == 0 || strcmp(p->argv[i], list[n - 1]->tty) == 0;
        if (wanted && (!most || count++ < most))
            show_login(p, list[n - 1]);
    }
    if (o.at >= p->argc && (!most || count < most))
        sayf(p, "reboot   system boot  4.14.355-277.643 %s %s   still running\n", weekday(server->booted_ms),
             when(p, server->booted_ms, "%b %e %H:%M"));
    sayf(p, "\nwtmp begins %s %s\n", weekday(server->booted_ms), when(p, server->booted_ms, "%b %e %H:%M:%S %Y"));
    return 0;
}
