/* SPDX-License-Identifier: MIT */
/* Logs in the order of their times, and logins after the users that they are of. Pure functions of a log's text. */
#include "grader/verify/proof.h"

#include <stdlib.h>
#include <string.h>

#define UTMP_TIME 340 /* of ut_tv.tv_sec */

static bool disordered(struct disorder *d, size_t line, const char *fmt, ...) PRINTF(3, 4);
static bool disordered(struct disorder *d, size_t line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(d->says, sizeof(d->says), fmt, args);
    va_end(args);
    d->line = line;
    return false;
}

struct lines {
    const char *at, *end;
    size_t number;
    char line[2048]; /* as far as it matters */
};

static bool lines_next(struct lines *l)
{
    if (l->at >= l->end)
        return false;
    const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
    size_t n = (size_t)((stop ? stop : l->end) - l->at), kept = n < sizeof(l->line) ? n : sizeof(l->line) - 1;
    memcpy(l->line, l->at, kept);
    l->line[kept] = 0;
    l->at += n + 1;
    l->number++;
    return true;
}

bool audit_in_order(const char *text, size_t n, struct disorder *d)
{
    struct lines l = {text, text + n, 0, ""};
    double last = 0;
    long last_serial = 0;
    while (lines_next(&l)) {
        const char *at = strstr(l.line, "audit(");
        char *end = NULL;
        double time = at ? strtod(at + 6, &end) : 0;
        long serial = end && *end == ':' ? strtol(end + 1, NULL, 10) : 0;
        if (!at)
            continue;
        if (time + 0.0005 < last)
            return disordered(d, l.number, "goes back in time, from %.3f to %.3f", last, time);
        if (serial < last_serial && time > last + 0.0005)
            return disordered(d, l.number, "the serial goes back, from %ld to %ld", last_serial, serial);
        last = time;
        last_serial = serial;
    }
    return true;
}

/* Seconds into a year of 366 days; -1 = no such stamp. */
static long syslog_second(const char *line)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const int before[] = {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335};
    char month[4] = "";
    int day = 0, hour = 0, minute = 0, second = 0;
    if (sscanf(line, "%3s %d %d:%d:%d", month, &day, &hour, &minute, &second) != 5)
        return -1;
    const char *at = strstr(months, month);
    if (!at || (at - months) % 3)
        return -1;
    return (((before[(at - months) / 3] + day - 1) * 24L + hour) * 60 + minute) * 60 + second;
}

bool syslog_in_order(const char *text, size_t n, struct disorder *d)
{
    const long half_a_year = 183L * 86400;
    struct lines l = {text, text + n, 0, ""};
    long last = -1;
    while (lines_next(&l)) {
        long now = syslog_second(l.line);
        if (now < 0)
            continue;
        if (last >= 0 && now < last && last - now < half_a_year) /* more than that is New Year */
            return disordered(d, l.number, "goes back in time by %ld s", last - now);
        last = now;
    }
    return true;
}

/* The login name of "Accepted password for NAME from ..."; "" when the line is of something else. */
static void accepted_name(const char *line, char name[64])
{
    const char *at = strstr(line, "]: Accepted ");
    at = at ? strstr(at, " for ") : NULL;
    *name = 0;
    if (at && sscanf(at, " for %63s", name) != 1)
        *name = 0;
}

static bool made_later(struct lines l, const char *name, size_t *ret_line)
{
    char made[96];
    snprintf(made, sizeof(made), "new user: name=%s,", name);
    while (lines_next(&l))
        if (strstr(l.line, made)) {
            *ret_line = l.number;
            return true;
        }
    return false;
}

bool logins_follow_users(const char *text, size_t n, struct disorder *d)
{
    struct lines l = {text, text + n, 0, ""};
    while (lines_next(&l)) {
        char name[64];
        size_t later = 0;
        accepted_name(l.line, name);
        if (*name && made_later(l, name, &later))
            return disordered(d, l.number, "\"%s\" logs in before line %zu makes that user", name, later);
    }
    return true;
}

bool wtmp_in_order(const void *data, size_t n, struct disorder *d)
{
    const unsigned char *bytes = data;
    uint32_t last = 0;
    if (n % UTMP_SIZE)
        return disordered(d, n / UTMP_SIZE + 1, "is cut off: %zu bytes are no whole record", n % UTMP_SIZE);
    for (size_t i = 0; i < n / UTMP_SIZE; i++) {
        uint32_t now;
        memcpy(&now, bytes + i * UTMP_SIZE + UTMP_TIME, sizeof(now));
        if (now < last)
            return disordered(d, i + 1, "goes back in time, from %u to %u", last, now);
        last = now;
    }
    return true;
}
