/* SPDX-License-Identifier: MIT */
/*
 * loginctl: systemd 219 in verbs, words and exit codes. logind knows the sessions that PAM told it of: sshd's, not SSM's.
 *
 * Terminating is what systemd does to a scope: all in it get TERM and HUP. So sshd's monitor closes the session in the logs,
 * where it is alive; kill-user and kill-session send one signal to each process, and what comes of it is process.c's affair.
 */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <signal.h>
#include <stdlib.h>

struct loginctl {
    struct program *p;
    int signal;
    bool leader, no_legend;
    const char *property;
};

static bool is_known(const struct os_session *s)
{
    return !s->ended_ms && strcmp(s->method, "ssm") != 0;
}

static const struct os_session *session_named(struct program *p, const char *name)
{
    unsigned number;
    struct os_session *s = id_parse(name, &number) ? find_session(p->m->server, (long)number) : NULL;

    return s && is_known(s) ? s : NULL;
}

static bool has_session(struct program *p, unsigned uid)
{
    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        if (is_known(s) && s->uid == uid)
            return true;
    return false;
}

static int refused(struct program *p, const char *fmt, const char *what)
{
    str_addf(p->io.err, fmt, what); /* NOLINT: the formats below are literals */
    return 1;
}

/* ---- lists ---- */

static int list_sessions(struct loginctl *l, const char *none)
{
    unsigned n = 0;
    (void)none;

    if (!l->no_legend)
        sayf(l->p, "%10s %10s %-16s %-16s\n", "SESSION", "UID", "USER", "SEAT");
    for (const struct os_session *s = l->p->m->server->sessions; s; s = s->next)
        if (is_known(s)) {
            sayf(l->p, "%10ld %10u %-16s %-16s\n", s->number, s->uid, s->user, "");
            n++;
        }
    if (!l->no_legend)
        sayf(l->p, "\n%u sessions listed.\n", n);
    return 0;
}

/* Each once, as it came first. */
static int list_users(struct loginctl *l, const char *none)
{
    const struct os_session *first = l->p->m->server->sessions;
    unsigned n = 0;
    (void)none;

    if (!l->no_legend)
        sayf(l->p, "%10s %-16s\n", "UID", "USER");
    for (const struct os_session *s = first; s; s = s->next) {
        const struct os_session *before = first;

        while (before != s && !(is_known(before) && before->uid == s->uid))
            before = before->next;
        if (is_known(s) && before == s) {
            sayf(l->p, "%10u %-16s\n", s->uid, s->user);
            n++;
        }
    }
    if (!l->no_legend)
        sayf(l->p, "\n%u users listed.\n", n);
    return 0;
}

static int list_seats(struct loginctl *l, const char *none)
{
    (void)none;
    sayf(l->p, l->no_legend ? "seat0           \n" : "SEAT            \nseat0           \n\n1 seats listed.\n");
    return 0;
}

/* ---- one session, one user ---- */

static const char *age(struct program *p, int64_t since_ms)
{
    int64_t s = (p->m->now_ms - since_ms) / 1000, minutes = s / 60;
    const char *ago = minutes >= 60
                          ? arena_printf(&p->m->arena, "%lldh %lldmin", (long long)minutes / 60, (long long)minutes % 60)
                      : minutes > 0 ? arena_printf(&p->m->arena, "%lldmin %llds", (long long)minutes, (long long)s % 60)
                                    : arena_printf(&p->m->arena, "%llds", (long long)s);

    return arena_printf(&p->m->arena, "%s; %s ago", arena_time(&p->m->arena, since_ms, "%a %Y-%m-%d %H:%M:%S UTC"), ago);
}

static void show_processes(struct program *p, const struct os_session *s, const char *indent)
{
    const struct process *last = NULL;

    for (const struct process *at = p->m->server->processes; at; at = at->next)
        last = at->session == s->number ? at : last;
    for (const struct process *at = p->m->server->processes; at; at = at->next)
        if (at->session == s->number)
            sayf(p, "%s%s%d %s\n", indent, at == last ? "\xe2\x94\x94\xe2\x94\x80" : "\xe2\x94\x9c\xe2\x94\x80", at->pid,
                 at->title);
}

static int session_status(struct loginctl *l, const char *name)
{
    struct program *p = l->p;
    const struct os_session *s = session_named(p, name);

    if (!s)
        return refused(p, "Failed to get session: No session '%s' known\n", name);
    sayf(p, "%ld - %s (%u)\n           Since: %s\n", s->number, s->user, s->uid, age(p, s->started_ms));
    sayf(p, "          Leader: %d%s\n", s->monitor_pid, find_process(p->m->server, s->monitor_pid) ? " (sshd)" : "");
    sayf(p, "             TTY: %s\n          Remote: %s\n         Service: sshd; type tty; class user\n", s->tty, s->host);
    sayf(p, "           State: %s\n            Unit: session-%ld.scope\n",
         find_process(p->m->server, s->monitor_pid) ? "active" : "closing", s->number);
    show_processes(p, s, "                  ");
    return 0;
}

static int user_named(struct loginctl *l, const char *name, struct os_user *ret)
{
    unsigned uid;
    const char *known = id_parse(name, &uid) ? os_user_name(l->p->m, uid) : name;

    if (!known || !os_user_find(l->p->m->w, l->p->m->server, known, ret))
        return refused(l->p, "Failed to look up user %s: No such process\n", name);
    return 0;
}

static int user_status(struct loginctl *l, const char *name)
{
    struct program *p = l->p;
    struct os_user user;

    if (user_named(l, name, &user) != 0)
        return 1;
    if (!has_session(p, user.uid))
        return refused(p, "Failed to get user: No user \"%s\" known or logged in\n",
                       arena_printf(&p->m->arena, "%u", user.uid));
    sayf(p, "%s (%u)\n           State: active\n        Sessions:", user.name, user.uid);
    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        if (is_known(s) && s->uid == user.uid)
            sayf(p, " %ld", s->number);
    sayf(p, "\n            Unit: user-%u.slice\n", user.uid);
    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        if (is_known(s) && s->uid == user.uid)
            show_processes(p, s, "                  ");
    return 0;
}

/* A property, or all of them when none was asked for. */
static void show_property(struct loginctl *l, const char *key, const char *value)
{
    if (!l->property || strcmp(l->property, key) == 0)
        sayf(l->p, "%s=%s\n", key, value);
}

static int show_session(struct loginctl *l, const char *name)
{
    struct arena *arena = &l->p->m->arena;
    const struct os_session *s = session_named(l->p, name);

    if (!s)
        return refused(l->p, "Failed to get session: No session '%s' known\n", name);
    show_property(l, "Id", arena_printf(arena, "%ld", s->number));
    show_property(l, "Name", s->user);
    show_property(l, "Timestamp", arena_time(arena, s->started_ms, "%Y-%m-%d %H:%M:%S UTC"));
    show_property(l, "VTNr", "0");
    show_property(l, "TTY", s->tty);
    show_property(l, "Remote", "yes");
    show_property(l, "RemoteHost", s->host);
    show_property(l, "Service", "sshd");
    show_property(l, "Scope", arena_printf(arena, "session-%ld.scope", s->number));
    show_property(l, "Leader", arena_printf(arena, "%d", s->monitor_pid));
    show_property(l, "Audit", arena_printf(arena, "%ld", s->number));
    show_property(l, "Type", "tty");
    show_property(l, "Class", "user");
    show_property(l, "Active", "yes");
    show_property(l, "State", find_process(l->p->m->server, s->monitor_pid) ? "active" : "closing");
    return 0;
}

/* ---- an end to them ---- */

/* logind asks systemd, which is root. Those that the first of them took along are gone by then. */
static void signal_session(struct loginctl *l, const struct os_session *s, int number)
{
    struct server *server = l->p->m->server;
    struct program root = *l->p;
    int *pids = NULL;
    size_t n = 0, cap = 0;

    root.cred = (struct cred){0};
    for (const struct process *at = server->processes; at; at = at->next)
        if (at->session == s->number && (!l->leader || at->pid == s->monitor_pid))
            *GROW(pids, n, cap) = at->pid;
    for (size_t i = 0; i < n; i++)
        if (find_process(server, pids[i]))
            process_signal(&root, pids[i], number);
    free(pids);
}

static int may_manage(struct loginctl *l, unsigned uid, const char *fmt)
{
    return l->p->cred.uid == 0 || l->p->cred.uid == uid ? 0 : refused(l->p, fmt, "Access denied");
}

static int end_session(struct loginctl *l, const char *name, int number, const char *fmt)
{
    const struct os_session *s = session_named(l->p, name);

    if (!s)
        return refused(l->p, fmt, arena_printf(&l->p->m->arena, "No session '%s' known", name));
    if (may_manage(l, s->uid, fmt) != 0)
        return 1;
    signal_session(l, s, number);
    return 0;
}

static int end_user(struct loginctl *l, const char *name, int number, const char *fmt)
{
    struct program *p = l->p;
    struct os_user user;

    if (user_named(l, name, &user) != 0)
        return 1;
    if (!has_session(p, user.uid))
        return refused(p, fmt, arena_printf(&p->m->arena, "No user \"%u\" known or logged in", user.uid));
    if (may_manage(l, user.uid, fmt) != 0)
        return 1;
    for (const struct os_session *s = p->m->server->sessions; s; s = s->next)
        if (is_known(s) && s->uid == user.uid)
            signal_session(l, s, number);
    return 0;
}

static int terminate_session(struct loginctl *l, const char *name)
{
    l->leader = false;
    return end_session(l, name, SIGHUP, "Failed to issue method call: %s\n");
}

static int terminate_user(struct loginctl *l, const char *name)
{
    l->leader = false;
    return end_user(l, name, SIGHUP, "Could not terminate user: %s\n");
}

static int kill_session(struct loginctl *l, const char *name)
{
    return end_session(l, name, l->signal, "Could not kill session: %s\n");
}

static int kill_user(struct loginctl *l, const char *name)
{
    l->leader = false;
    return end_user(l, name, l->signal, "Could not kill user: %s\n");
}

/* ---- verbs ---- */

static const struct {
    const char *name;
    bool operands; /* one or more; else none */
    int (*run)(struct loginctl *, const char *operand);
} verbs[] = {
    {"list-sessions",     false, list_sessions    },
    {"list-users",        false, list_users       },
    {"list-seats",        false, list_seats       },
    {"session-status",    true,  session_status   },
    {"user-status",       true,  user_status      },
    {"show-session",      true,  show_session     },
    {"terminate-session", true,  terminate_session},
    {"terminate-user",    true,  terminate_user   },
    {"kill-session",      true,  kill_session     },
    {"kill-user",         true,  kill_user        },
};

static int run_verb(struct loginctl *l, int at)
{
    struct program *p = l->p;
    const char *verb = at < p->argc ? p->argv[at] : "list-sessions";
    int status = 0;
    size_t i = 0;

    while (i < COUNT(verbs) && strcmp(verbs[i].name, verb) != 0)
        i++;
    if (i == COUNT(verbs))
        return refused(p, "Unknown operation %s.\n", verb);
    if (!verbs[i].operands)
        return at + 1 < p->argc ? refused(p, "%s\n", "Too many arguments.") : verbs[i].run(l, NULL);
    if (at + 1 >= p->argc)
        return refused(p, "%s\n", "Too few arguments.");
    for (int k = at + 1; k < p->argc && !status; k++)
        status = verbs[i].run(l, p->argv[k]);
    return status;
}

int run_loginctl(struct program *p)
{
    enum { LEGEND = 1, WHO, PAGER };
    static const struct option_spec spec = {"ap:ls:\1\2:\3",
                                            "all=a property=p full=l signal=s no-legend=\1 kill-who=\2 no-pager=\3", false};
    struct options o = {.p = p, .spec = &spec};
    struct loginctl l = {.p = p, .signal = SIGTERM};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        l.no_legend |= letter == LEGEND;
        l.property = letter == 'p' ? value : l.property;
        if (letter == WHO)
            l.leader = strcmp(value, "leader") == 0;
        if (letter == 's' && (l.signal = signal_number(value)) < 0)
            return refused(p, "Failed to parse signal string %s.\n", value);
    }
    return o.failed ? 1 : run_verb(&l, o.at);
}
