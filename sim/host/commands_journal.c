/* SPDX-License-Identifier: MIT */
/*
 * journalctl, out of what rsyslog wrote: secure, messages and cron, as one by time. There is no other journal, so what is not
 * in those files (boots, fields, formats) is refused as in a shell on the server (sim/shell/journalctl.inc).
 */
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

#define STAMP 15 /* "Oct 16 16:02:15" */

struct log_line {
    int64_t ms;
    size_t order; /* as read */
    const char *s;
    size_t n;
};
struct journalctl {
    struct program *p;
    const char **tags; /* of programs; none = all */
    size_t n_tags, cap_tags;
    struct log_line *lines;
    size_t n, cap;
    int64_t since_ms, until_ms;
    long most; /* -1 = all */
    bool newest_first;
};

static void take_unit(struct journalctl *j, const char *unit)
{
    size_t n = strlen(unit) - (text_ends(unit, ".service") ? strlen(".service") : 0);
    const char *name = arena_dupn(&j->p->m->arena, unit, n);

    if (strcmp(name, "crond") == 0)
        *GROW(j->tags, j->n_tags, j->cap_tags) = "CROND";
    *GROW(j->tags, j->n_tags, j->cap_tags) = strcmp(name, "rsyslog") == 0 ? "rsyslogd" : name;
}

/* ---- lines ---- */

/* The newest time not after now that the stamp can mean: it has no year. */
static bool stamp_ms(const struct journalctl *j, const char *stamp, int64_t *ret)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *month = strstr(months, arena_dupn(&j->p->m->arena, stamp, 3));
    int year = atoi(arena_time(&j->p->m->arena, j->p->m->now_ms, "%Y"));

    for (int back = 0; month && back < 2; back++) {
        const char *text = arena_printf(&j->p->m->arena, "%d-%02d-%c%cT%.8sZ", year - back, (int)(month - months) / 3 + 1,
                                        stamp[4] == ' ' ? '0' : stamp[4], stamp[5], stamp + 7);
        if (!time_parse(text, ret, NULL))
            return false;
        if (*ret <= j->p->m->now_ms)
            return true;
    }
    return month != NULL;
}

/* "sshd[123]:", "systemd:", "run-parts(/etc/cron.hourly)[29081]:" */
static bool has_tag(const struct journalctl *j, const char *s, size_t n)
{
    const char *host = memchr(s + STAMP, ' ', n - STAMP),
               *tag = host ? memchr(host + 1, ' ', (size_t)(s + n - host - 1)) : NULL;
    size_t len;

    if (j->n_tags == 0)
        return true;
    tag = tag ? tag + 1 : s + n;
    len = strcspn(arena_dupn(&j->p->m->arena, tag, (size_t)(s + n - tag)), "([: ");
    for (size_t i = 0; i < j->n_tags; i++)
        if (strlen(j->tags[i]) == len && strncmp(j->tags[i], tag, len) == 0)
            return true;
    return false;
}

/* The journal is systemd-journal's, and by an ACL adm's and wheel's: they see everything. */
static struct cred reader(const struct program *p)
{
    unsigned gid;

    for (const char *const *group = (const char *const[]){"adm", "wheel", "systemd-journal", NULL}; *group; group++)
        if (os_group_find(p->m, *group, &gid) && in_group(&p->cred, gid))
            return (struct cred){0};
    return p->cred;
}

static bool read_log(struct journalctl *j, const char *path)
{
    struct program as = *j->p;
    const char *data;
    size_t n;

    as.cred = reader(j->p);
    if (fs_read(&as, path, &data, &n) != 0)
        return false;
    for (const char *at = data, *end = data + n, *stop; at < end; at = stop + 1) {
        struct log_line line = {.order = j->n, .s = at};

        stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        line.n = (size_t)(stop - at);
        if (line.n > STAMP && has_tag(j, at, line.n) && stamp_ms(j, at, &line.ms) && line.ms >= j->since_ms &&
            line.ms <= j->until_ms)
            *GROW(j->lines, j->n, j->cap) = line;
    }
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct log_line *x = a, *y = b;

    return x->ms != y->ms ? (x->ms > y->ms) - (x->ms < y->ms) : (x->order > y->order) - (x->order < y->order);
}

static int show(struct journalctl *j)
{
    bool any = false;
    size_t first;

    for (const char *const *log = (const char *const[]){"/var/log/secure", "/var/log/messages", "/var/log/cron", NULL}; *log;
         log++)
        any |= read_log(j, *log);
    if (!any) {
        str_add(j->p->io.err,
                "Hint: You are currently not seeing messages from other users and the system.\nNo journal files were "
                "opened due to insufficient permissions.\n");
        return 1;
    }
    if (j->n > 0)
        qsort(j->lines, j->n, sizeof(*j->lines), by_time);
    first = j->most >= 0 && (size_t)j->most < j->n ? j->n - (size_t)j->most : 0;
    for (size_t i = first; i < j->n; i++) {
        const struct log_line *line = &j->lines[j->newest_first ? j->n - 1 - (i - first) : i];

        say(j->p, line->s, line->n);
        say(j->p, "\n", 1);
    }
    return 0;
}

/* ---- options ---- */

#define DAY_MS INT64_C(86400000)
static const struct {
    const char *names; /* each between blanks */
    int64_t ms;
} units[] = {
    {" s sec second seconds ", 1000         },
    {" m min minute minutes ", 60000        },
    {" h hr hour hours ",      3600000      },
    {" d day days ",           DAY_MS       },
    {" w week weeks ",         7 * DAY_MS   },
    {" M month months ",       2629800000LL },
    {" y year years ",         31557600000LL},
};

static int64_t unit_ms(struct journalctl *j, const char *unit, size_t n)
{
    for (size_t i = 0; i < COUNT(units) && n > 0; i++)
        if (strstr(units[i].names, arena_printf(&j->p->m->arena, " %.*s ", (int)n, unit)))
            return units[i].ms;
    return 0;
}

/* "1 hour ago", "1h 30min ago", "-2d" */
static bool take_ago(struct journalctl *j, const char *text, int64_t *ret)
{
    bool minus = *text == '-';
    int64_t back = 0;
    char *at = (char *)text + minus;

    for (at += strspn(at, " "); isdigit((unsigned char)*at); at += strspn(at, " ")) {
        unsigned long long n = strtoull(at, &at, 10);
        at += strspn(at, " ");
        size_t len = strcspn(at, " " ALPHABET_DIGITS);
        int64_t ms = unit_ms(j, at, len), part;

        if (!ms || n > INT64_MAX || __builtin_mul_overflow((int64_t)n, ms, &part) || __builtin_add_overflow(back, part, &back))
            return false;
        at += len;
    }
    *ret = j->p->m->now_ms - back;
    return back > 0 && strcmp(at, minus ? "" : "ago") == 0;
}

/* "now", "today", "yesterday" */
static bool take_day(struct journalctl *j, const char *text, int64_t *ret)
{
    int64_t now = j->p->m->now_ms, midnight = now - now % DAY_MS;

    *ret = strcmp(text, "now") == 0 ? now : strcmp(text, "today") == 0 ? midnight : midnight - DAY_MS;
    return strcmp(text, "now") == 0 || strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0;
}

/* "2025-10-16", "2025-10-16 15:00", "2025-10-16 15:00:05", and what the two above take */
static int take_time(struct journalctl *j, const char *text, int64_t *ret)
{
    if (take_day(j, text, ret) || take_ago(j, text, ret))
        return 0;
    char *day = arena_printf(&j->p->m->arena, "%s%s", text,
                             strlen(text) == 10   ? "T00:00:00Z"
                             : strlen(text) == 16 ? ":00Z"
                                                  : "Z");

    if (strlen(day) > 10 && day[10] == ' ')
        day[10] = 'T';
    return time_parse(day, ret, NULL) ? 0 : (str_addf(j->p->io.err, "Failed to parse timestamp: %s\n", text), 1);
}

static int no_journal(struct journalctl *j, const char *what)
{
    return complain(j->p, 1, "%s: there is no journal here; what rsyslog wrote is in /var/log/secure, messages and cron", what);
}

static int take_option(struct journalctl *j, int letter, const char *value)
{
    char *end;

    switch (letter) {
    case 'u': take_unit(j, value); break;
    case 't': *GROW(j->tags, j->n_tags, j->cap_tags) = value; break;
    case 'r': j->newest_first = true; break;
    case 'f': j->most = j->most < 0 ? 10 : j->most; break; /* what would come after that never comes here */
    case 'S': return take_time(j, value, &j->since_ms);
    case 'U': return take_time(j, value, &j->until_ms);
    case 'n':
        value = value ? value : "10";
        j->most = strtol(value, &end, 10);
        if (end == value || *end || j->most < 0)
            return str_addf(j->p->io.err, "Failed to parse lines '%s'\n", value), 1;
        break;
    }
    return 0;
}

static int take_match(struct journalctl *j, const char *match)
{
    if (text_starts(match, "_COMM=") || text_starts(match, "SYSLOG_IDENTIFIER="))
        *GROW(j->tags, j->n_tags, j->cap_tags) = strchr(match, '=') + 1;
    else if (text_starts(match, "_SYSTEMD_UNIT="))
        take_unit(j, strchr(match, '=') + 1);
    else
        return no_journal(j, match);
    return 0;
}

/* An optional value: what follows -n at once, or a next word that is a number. */
static const char *lines_value(struct options *o)
{
    const char *value = o->cluster;
    const char *next = o->next < o->p->argc ? o->p->argv[o->next] : "";

    o->cluster = "";
    if (*value)
        return value;
    if (*next && next[strspn(next, "0123456789")] == '\0')
        return o->next++, next;
    return NULL;
}

int run_journalctl(struct program *p)
{
    static const struct option_spec spec = {"u:t:n?fxreaqlbS:U:\1",
                                            "unit=u identifier=t lines=n follow=f reverse=r no-pager=\1 full=l all=a quiet=q "
                                            "catalog=x pager-end=e boot=b since=S until=U",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct journalctl j = {.p = p, .most = -1, .until_ms = INT64_MAX};
    const char *value;
    int letter, status = 0;

    while (!status && (letter = options_next(&o, &value)))
        status = take_option(&j, letter, letter == 'n' && !value ? lines_value(&o) : value);
    if (o.failed)
        status = 1;
    for (int i = o.at; i < p->argc && !status; i++)
        status = take_match(&j, p->argv[i]);
    if (!status)
        status = show(&j);
    free(j.tags);
    free(j.lines);
    return status;
}
