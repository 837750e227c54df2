/* SPDX-License-Identifier: MIT */
/*
 * Cron's other jobs: whatever somebody put into /etc/cron.d or a crontab on this server leaves a line in /var/log/cron for
 * each run, from the minute after the file was written. What a job does is not played, and the sessions that crond opens
 * for it are left out: session numbers were given to logins, and stay.
 *
 * Format: crontab(5) of cronie 1.4.11. Files that came with the image are older than the boot and have traces of their own.
 */
#include "sim/evidence/host_traces.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000

/* "*", "5", "1-5", each with "/2" or without. */
static bool add_part(const char *part, unsigned low, unsigned high, uint64_t *mask)
{
    char *end = NULL;
    unsigned long from = low, to = high, step = 1;
    if (*part == '*')
        end = (char *)part + 1;
    else {
        from = to = strtoul(part, &end, 10);
        if (end == part)
            return false;
        if (*end == '-')
            to = strtoul(end + 1, &end, 10);
        else if (*end == '/')
            to = high;
    }
    if (*end == '/')
        step = strtoul(end + 1, &end, 10);
    if (*end || from < low || to > high || from > to || step == 0)
        return false;
    for (unsigned long v = from; v <= to; v += step)
        *mask |= UINT64_C(1) << v;
    return true;
}

static bool read_field(const char *text, unsigned low, unsigned high, uint64_t *mask)
{
    AUTO(free_text) char *copy = xstrdup(text);
    bool good = true;
    char *rest = copy;
    for (char *part; good && (part = strsep(&rest, ","));)
        good = add_part(part, low, high, mask);
    return good;
}

/* The next word of a line; *at moves behind it and the blanks after it. */
static const char *word(struct arena *arena, const char **at)
{
    *at += strspn(*at, " \t");
    size_t n = strcspn(*at, " \t");
    const char *copy = arena_dupn(arena, *at, n);
    *at += n;
    *at += strspn(*at, " \t");
    return copy;
}

static const char *meant_by(const char *nickname)
{
    static const struct {
        const char *name, *fields;
    } nicknames[] = {
        {"@hourly",   "0 * * * *"},
        {"@daily",    "0 0 * * *"},
        {"@midnight", "0 0 * * *"},
        {"@weekly",   "0 0 * * 0"},
        {"@monthly",  "0 0 1 * *"},
    };
    for (size_t i = 0; i < COUNT(nicknames); i++)
        if (text_same(nicknames[i].name, nickname))
            return nicknames[i].fields;
    return NULL;
}

/* Minute, hour, day, month, weekday. */
static bool read_times(struct arena *arena, const char **at, struct cron_job *job)
{
    static const struct {
        unsigned low, high;
    } limits[] = {
        {0, 59},
        {0, 23},
        {1, 31},
        {1, 12},
        {0, 7 },
    };
    const char *fields[COUNT(limits)];
    for (size_t i = 0; i < COUNT(limits); i++) {
        fields[i] = word(arena, at);
        if (!read_field(fields[i], limits[i].low, limits[i].high, &job->fields[i]))
            return false;
    }
    job->any_day = *fields[2] == '*';
    job->any_weekday = *fields[4] == '*';
    job->fields[4] |= job->fields[4] >> 7 & 1; /* Sunday is 0 and 7 */
    return true;
}

bool cron_line(struct arena *arena, const char *line, bool with_user, struct cron_job *job)
{
    const char *at = line + strspn(line, " \t");
    const char *nickname = *at == '@' ? word(arena, &at) : NULL, *meant = nickname ? meant_by(nickname) : NULL;
    if ((nickname && !meant) || !read_times(arena, nickname ? &meant : &at, job))
        return false;
    job->user = with_user ? word(arena, &at) : NULL;
    job->command = arena_dup(arena, at);
    return *job->command && (!with_user || *job->user);
}

static bool is_due(const struct cron_job *job, const struct civil *c)
{
    bool day = job->fields[2] >> c->day & 1, weekday = job->fields[4] >> c->weekday & 1;
    bool date = job->any_day || job->any_weekday ? day && weekday : day || weekday; /* crontab(5) */
    return date && (job->fields[0] >> c->minute & 1) && (job->fields[1] >> c->hour & 1) && (job->fields[3] >> c->month & 1);
}

static void run_job(struct traces *t, const struct cron_job *job, const char *user, int64_t since_ms)
{
    int64_t from = since_ms > t->begin_ms ? since_ms : t->begin_ms;
    for (int64_t minute = (from / MINUTE_MS + 1) * MINUTE_MS; minute + 2000 <= t->task->until_ms; minute += MINUTE_MS) {
        struct civil c = civil_from_ms(minute);
        if (!is_due(job, &c))
            continue;
        struct chance draw =
            chance_of(&t->task->seed, "host/%s/job/%s/%lld", t->server->name, job->command, (long long)(minute / MINUTE_MS));
        trace_syslog(t, TO_CRON, minute + 1000 + (int64_t)chance_below(&draw, 400), "CROND",
                     server_quiet_pid(t->server, minute, 2), "(%s) CMD (%s)", user, job->command);
    }
}

/* An assignment such as SHELL=/bin/bash, a comment, or nothing. */
static bool says_no_job(const char *line)
{
    line += strspn(line, " \t");
    size_t name = strspn(line, ALPHABET_ALNUM "_");
    return !*line || *line == '#' || (name && line[name + strspn(line + name, " ")] == '=');
}

static void run_table(struct traces *t, const struct file *file, const char *owner)
{
    char *rest = arena_dupn(&t->arena, file->data, file->size), *line;
    while ((line = strsep(&rest, "\n"))) {
        struct cron_job job = {0};
        if (!says_no_job(line) && cron_line(&t->arena, line, !owner, &job))
            run_job(t, &job, owner ? owner : job.user, file->mtime_ms);
    }
}

void traces_of_jobs(struct traces *t)
{
    static const char system[] = "/etc/cron.d/", spool[] = "/var/spool/cron/";
    const struct daemon *crond = find_daemon(t->server, "crond");
    for (const struct file *f = t->server->tree.files; f && crond && crond->running; f = f->next) {
        const char *owner = text_starts(f->path, spool) ? f->path + strlen(spool) : NULL;
        if ((owner || text_starts(f->path, system)) && f->kind == FILE_REGULAR && f->data && f->mtime_ms > t->server->booted_ms)
            run_table(t, f, owner);
    }
}
