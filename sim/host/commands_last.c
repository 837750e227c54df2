/* SPDX-License-Identifier: MIT */
/*
 * Who was here: last and lastb (util-linux 2.30). They read wtmp and btmp backwards, as the files are on the server; logins
 * that are younger than the file come first. Records are those of x86_64 (utmp(5)).
 */
#include "sim/host/commands.h"

#include <stdlib.h>
#include <utmp.h>

#define LINES_MAX 64 /* terminals whose logout is known */

struct logout {
    char line[UT_LINESIZE + 1];
    int64_t ms;
};
struct last {
    struct program *p;
    const char *file;
    bool bad; /* lastb */
    long most, shown;
    int at; /* operands: names and terminals that are wanted */
    struct logout logouts[LINES_MAX];
    size_t n_logouts;
    int64_t end_ms;    /* of the shutdown or boot that came next; 0 = the server has been up since */
    bool is_shut_down; /* it was a shutdown */
    int64_t down_ms;   /* of the last shutdown that was read; a boot ends there, whatever came between: as util-linux has it */
    int64_t newest_ms;
};

static const char *weekday(int64_t ms)
{
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

    return names[civil_from_ms(ms).weekday];
}

static bool wanted(const struct last *l, const char *user, const char *line)
{
    bool any = l->at >= l->p->argc;

    for (int i = l->at; i < l->p->argc; i++) {
        const char *word = l->p->argv[i];

        any |= strcmp(word, user) == 0 || strcmp(word, line) == 0 || (text_starts(line, "tty") && strcmp(word, line + 3) == 0);
    }
    return any && (!l->most || l->shown < l->most);
}

static const char *length(struct arena *arena, int64_t from_ms, int64_t to_ms)
{
    int64_t minutes = (to_ms - from_ms) / 60000;

    if (minutes >= 1440)
        return arena_printf(arena, "(%lld+%02lld:%02lld)", (long long)minutes / 1440, (long long)minutes / 60 % 24,
                            (long long)minutes % 60);
    return arena_printf(arena, " (%02lld:%02lld)", (long long)minutes / 60, (long long)minutes % 60);
}

/* `ends`: "- 04:12", "  still", .. of seven columns; `rest`: "(00:01)", "logged in". */
static void show(struct last *l, const char *user, const char *line, const char *host, int64_t ms, const char *ends,
                 const char *rest)
{
    if (!wanted(l, user, line))
        return;
    l->shown++;
    sayf(l->p, "%-8.8s %-12.12s %-16.16s %s %s %s %s\n", user, line, host, weekday(ms),
         arena_time(&l->p->m->arena, ms, "%b %e %H:%M"), ends, rest);
}

static void show_ended(struct last *l, const char *user, const char *line, const char *host, int64_t ms, int64_t end_ms)
{
    struct arena *arena = &l->p->m->arena;

    show(l, user, line, host, ms, arena_time(arena, end_ms, "- %H:%M"), length(arena, ms, end_ms));
}

/* ---- records ---- */

static int64_t time_of(const struct utmp *u)
{
    return (int64_t)u->ut_tv.tv_sec * 1000;
}

static struct logout *logout_of(struct last *l, const char *line)
{
    for (size_t i = 0; i < l->n_logouts; i++)
        if (strcmp(l->logouts[i].line, line) == 0)
            return &l->logouts[i];
    return NULL;
}

static void note_logout(struct last *l, const char *line, int64_t ms)
{
    struct logout *known = logout_of(l, line);

    if (!known && l->n_logouts < LINES_MAX)
        known = &l->logouts[l->n_logouts++];
    if (!known)
        return;
    memcpy(known->line, line, strlen(line) + 1);
    known->ms = ms;
}

static void forget_logout(struct last *l, struct logout *known)
{
    *known = l->logouts[--l->n_logouts];
}

static void show_login(struct last *l, const struct utmp *u, const char *user, const char *line, const char *host)
{
    struct logout *out = logout_of(l, line);
    int64_t ms = time_of(u);

    if (out) {
        show_ended(l, user, line, host, ms, out->ms);
        forget_logout(l, out);
    } else if (l->end_ms) {
        show(l, user, line, host, ms, l->is_shut_down ? "- down " : "- crash", length(&l->p->m->arena, ms, l->end_ms));
    } else if (find_process(l->p->m->server, u->ut_pid)) {
        show(l, user, line, host, ms, "  still", "logged in");
    } else {
        show(l, user, line, host, ms, "   gone", "- no logout");
    }
    note_logout(l, line, ms); /* whoever had the line before was gone by then */
}

/* Nobody was logged in beyond it. */
static void note_end(struct last *l, int64_t ms, bool is_shut_down)
{
    l->end_ms = ms;
    l->is_shut_down = is_shut_down;
    l->down_ms = is_shut_down ? ms : l->down_ms;
    l->n_logouts = 0;
}

static void show_boot(struct last *l, const struct utmp *u, const char *host)
{
    int64_t ms = time_of(u);

    if (l->down_ms)
        show_ended(l, "reboot", "system boot", host, ms, l->down_ms);
    else
        show(l, "reboot", "system boot", host, ms, "  still", "running");
    note_end(l, ms, false);
}

static void show_record(struct last *l, const struct utmp *u)
{
    struct arena *arena = &l->p->m->arena;
    const char *user = arena_dupn(arena, u->ut_user, strnlen(u->ut_user, sizeof(u->ut_user)));
    const char *line = arena_dupn(arena, u->ut_line, strnlen(u->ut_line, sizeof(u->ut_line)));
    const char *host = arena_dupn(arena, u->ut_host, strnlen(u->ut_host, sizeof(u->ut_host)));

    if (l->bad)
        show_ended(l, user, line, host, time_of(u), time_of(u));
    else if (u->ut_type == BOOT_TIME)
        show_boot(l, u, host);
    else if (u->ut_type == RUN_LVL && strcmp(user, "shutdown") == 0)
        note_end(l, time_of(u), true);
    else if (u->ut_type == DEAD_PROCESS && *line)
        note_logout(l, line, time_of(u));
    else if (u->ut_type == USER_PROCESS && *user)
        show_login(l, u, user, line, host);
}

/* ---- all of it ---- */

/* Sessions that the file does not know yet: this one, mostly. */
static void show_younger(struct last *l, const struct os_session *s)
{
    if (!s)
        return;
    show_younger(l, s->next);
    if (s->started_ms / 1000 * 1000 <= l->newest_ms || strcmp(s->method, "ssm") == 0)
        return;
    if (s->ended_ms)
        show_ended(l, s->user, s->tty, s->host, s->started_ms, s->ended_ms);
    else
        show(l, s->user, s->tty, s->host, s->started_ms, "  still", "logged in");
}

static int run_over(struct last *l)
{
    struct program *p = l->p;
    const char *data;
    struct utmp u;
    size_t n;
    int error = fs_read(p, l->file, &data, &n);
    int64_t begins = p->m->server->booted_ms;

    if (error)
        return complain(p, 1, "cannot open %s: %s", l->file, strerror(error));
    n -= n % sizeof(u);
    for (size_t at = 0; at < n; at += sizeof(u)) {
        memcpy(&u, data + at, sizeof(u));
        begins = at == 0 ? time_of(&u) : begins;
        l->newest_ms = u.ut_type == USER_PROCESS && time_of(&u) > l->newest_ms ? time_of(&u) : l->newest_ms;
    }
    if (!l->bad)
        show_younger(l, p->m->server->sessions);
    for (size_t at = n; at > 0; at -= sizeof(u)) {
        memcpy(&u, data + at - sizeof(u), sizeof(u));
        show_record(l, &u);
    }
    sayf(p, "\n%s begins %s %s\n", path_base(l->file), weekday(begins), arena_time(&p->m->arena, begins, "%b %e %H:%M:%S %Y"));
    return 0;
}

int run_last(struct program *p)
{
    static const struct option_spec spec = {"adFf:iKn:Rwx0123456789", "file=f limit=n", false};
    struct options o = {.p = p, .spec = &spec};
    struct last l = {.p = p, .bad = strcmp(path_base(p->argv[0]), "lastb") == 0};
    const char *value;
    int letter;

    l.file = l.bad ? "/var/log/btmp" : "/var/log/wtmp";
    while ((letter = options_next(&o, &value))) {
        if (letter == 'n')
            l.most = strtol(value, NULL, 10);
        else if (letter == 'f')
            l.file = value;
        else if (letter >= '0' && letter <= '9' && l.most < 100000)
            l.most = l.most * 10 + letter - '0';
    }
    if (o.failed)
        return 1;
    l.at = o.at;
    return run_over(&l);
}
