/* SPDX-License-Identifier: MIT */
/*
 * Moments as people copy and write them: ISO 8601, RFC 2822, "2025-10-15 17:20:33 UTC", the console's "October 15, 2025,
 * 17:20:33 (UTC+00:00)", "20251015T172033Z", seconds since 1970, and what stands in a server's logs: "[15/Oct/2025:17:20:33
 * +0000]", "audit(1760548833.125:417)". Months and days also in Portuguese and Spanish, as browsers there show them. Any zone
 * is good; a bare time counts as UTC. Dates that half the world reads otherwise (10/11/2025) and zones with several meanings
 * (EST) are refused with what to write instead.
 */
#include "grader/types.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct parts {
    int year, month, day, hour, minute, second, ms;
    int zone_minutes;
    bool has_date, has_clock, zoned, pm, am;
    const char *refused;
};

/* How their names begin, in three bytes each. "martes" begins as March does. */
static const char *const months[] = {"jan ene", "feb fev", "mar",     "apr abr", "may mai", "jun",
                                     "jul",     "aug ago", "sep set", "oct out", "nov",     "dec dez dic"};
static const char *const days[] = {"mon seg lun",       "tue ter", "wed qua mie mi\xc3", "thu qui jue", "fri sex vie",
                                   "sat sab s\xc3\xa1", "sun dom"};
static const char *const fillers[] = {"at", "on", "de", "del", "a", "las", "el", "em", "\u00e0s", "martes"};

static int name_in(const char *word, const char *const *names, size_t n)
{
    bool name = strlen(word) >= 3;
    for (const char *s = word; *s; s++)
        name &= islower((unsigned char)*s) || (unsigned char)*s >= 0x80 || strchr(".-", *s) != NULL;
    for (size_t i = 0; name && i < n; i++)
        for (const char *start = names[i]; *start; start += start[3] ? 4 : 3)
            if (!strncmp(word, start, 3))
                return (int)i;
    return -1;
}

static bool is_filler(const char *word)
{
    for (size_t i = 0; i < COUNT(fillers); i++)
        if (text_same(word, fillers[i]))
            return true;
    return name_in(word, days, COUNT(days)) >= 0;
}

static int digits_of(const char **s, int most)
{
    int value = 0, n = 0;
    for (; n < most && isdigit((unsigned char)**s); n++, (*s)++)
        value = value * 10 + (**s - '0');
    return n ? value : -1;
}

/* "z", "utc", "gmt", "+02:00", "-0700", "utc+2", "(utc+00:00)" */
static bool read_zone(const char *word, struct parts *p)
{
    char zone[24];
    if (*word == '(')
        word++;
    size_t n = strcspn(word, ")");
    if (n == 0 || n >= sizeof(zone))
        return false;
    memcpy(zone, word, n);
    zone[n] = 0;
    const char *at = zone;
    bool named = text_starts(at, "utc") || text_starts(at, "gmt") || text_same(at, "ut");
    if (named)
        at += text_same(at, "ut") ? 2 : 3;
    p->zone_minutes = 0;
    if ((named && !*at) || text_same(at, "z"))
        return true;
    if (*at != '+' && *at != '-')
        return false;
    int sign = *at++ == '-' ? -1 : 1, hours = digits_of(&at, 2);
    at += *at == ':';
    int minutes = *at ? digits_of(&at, 2) : 0;
    p->zone_minutes = sign * (hours * 60 + minutes);
    return hours >= 0 && hours <= 14 && minutes >= 0 && minutes < 60 && !*at;
}

static bool half_of_day(const char *word, struct parts *p)
{
    static const char *const am[] = {"am", "a.m.", "a.m", "a."}, *const pm[] = {"pm", "p.m.", "p.m", "p."};
    for (size_t i = 0; i < COUNT(am); i++) {
        p->am |= text_same(word, am[i]);
        p->pm |= text_same(word, pm[i]);
    }
    return p->am || p->pm;
}

/* "172033z" behind a date */
static bool read_digits_clock(const char *word, struct parts *p)
{
    if (!p->has_date || strspn(word, ALPHABET_DIGITS) != 6)
        return false;
    p->hour = digits_of(&word, 2);
    p->minute = digits_of(&word, 2);
    p->second = digits_of(&word, 2);
    p->has_clock = true;
    return !*word || (p->zoned = read_zone(word, p));
}

/* "17:20", "17:20:33", "17:20:33.125", each with a zone behind it */
static bool read_clock(const char *word, struct parts *p)
{
    p->hour = digits_of(&word, 2);
    if (p->hour < 0 || *word++ != ':' || (p->minute = digits_of(&word, 2)) < 0)
        return false;
    if (*word == ':' && (word++, p->second = digits_of(&word, 2)) < 0)
        return false;
    if (*word == '.' && isdigit((unsigned char)word[1])) {
        int scale = 100;
        for (word++; isdigit((unsigned char)*word); word++, scale /= 10)
            p->ms += scale * (*word - '0');
    }
    p->has_clock = true;
    if (!*word)
        return true;
    return half_of_day(word, p) || (p->zoned = read_zone(word, p));
}

/* "20251015" */
static bool read_digits_date(const char *word, struct parts *p)
{
    if (strlen(word) != 8 || strspn(word, ALPHABET_DIGITS) != 8)
        return false;
    p->year = digits_of(&word, 4);
    p->month = digits_of(&word, 2);
    p->day = digits_of(&word, 2);
    return (p->has_date = true);
}

/* "15/oct/2025:17:20:33" of a web server's log */
static bool read_log_date(const char *word, struct parts *p)
{
    int day = digits_of(&word, 2);
    char month[4] = "";
    if (day < 0 || *word != '/' || strlen(word) < 5 || word[4] != '/')
        return false;
    memcpy(month, word + 1, 3);
    p->month = name_in(month, months, COUNT(months)) + 1;
    p->day = day;
    word += 5;
    p->year = digits_of(&word, 4);
    return (p->has_date = p->month > 0 && *word++ == ':') && read_clock(word, p);
}

static bool read_date(const char *word, struct parts *p)
{
    const char *at = word;
    int year = digits_of(&at, 4);
    char mark = *at;
    if ((mark != '-' && mark != '/') || at - word != 4)
        return false;
    at++;
    int month = digits_of(&at, 2);
    if (month < 0 || *at++ != mark)
        return false;
    int day = digits_of(&at, 2);
    if (day < 0 || *at)
        return false;
    p->year = year;
    p->month = month;
    p->day = day;
    return (p->has_date = true);
}

/* "10/11/2025", "15.10.25" */
static bool ambiguous_date(const char *word)
{
    int marks = 0;
    for (const char *s = word; *s; s++) {
        if (*s == '/' || *s == '.' || *s == '-')
            marks++;
        else if (!isdigit((unsigned char)*s))
            return false;
    }
    return marks == 2;
}

static bool named_zone(const char *word)
{
    static const char *const zones[] = {"est", "edt", "cst", "cdt", "mst",  "mdt", "pst",  "pdt", "et",  "ct",
                                        "pt",  "bst", "ist", "cet", "cest", "wet", "west", "brt", "msk", "jst"};
    for (size_t i = 0; i < COUNT(zones); i++)
        if (text_same(word, zones[i]))
            return true;
    return false;
}

/* Day, month by name and year in any order: "15 oct 2025", "october 15 2025". */
static bool read_loose(const char *word, struct parts *p)
{
    int month = name_in(word, months, COUNT(months));
    if (month >= 0 && !p->month)
        return (p->month = month + 1) > 0;
    const char *at = word;
    int value = digits_of(&at, 4);
    bool ordinal = text_same(at, "st") || text_same(at, "nd") || text_same(at, "rd") || text_same(at, "th");
    if (value < 0 || (*at && !ordinal))
        return false;
    if (at - word == 4 && !p->year)
        return (p->year = value) > 0;
    return at - word <= 2 && !p->day && (p->day = value) > 0;
}

static bool read_word(const char *word, struct parts *p)
{
    if (p->has_clock && !p->zoned && read_zone(word, p))
        return (p->zoned = true);
    if (p->zoned && !p->zone_minutes && text_same(word, "utc")) /* "+0000 UTC" */
        return true;
    if (p->has_clock && !p->am && !p->pm && half_of_day(word, p))
        return true;
    if ((p->am || p->pm) && text_same(word, "m.")) /* "p. m." */
        return true;
    if (!p->has_date && !p->year && !p->has_clock && read_log_date(word, p))
        return true;
    if (strchr(word, ':') && *word != '(')
        return !p->has_clock && read_clock(word, p);
    if (!p->has_date && !p->year && (read_date(word, p) || read_digits_date(word, p)))
        return true;
    if (!p->has_clock && read_digits_clock(word, p))
        return true;
    if (ambiguous_date(word))
        p->refused = "is that day or month first? Write the date as 2025-10-14";
    else if (named_zone(word))
        p->refused = "that zone's name has several meanings: write it as an offset such as -07:00, or UTC";
    if (p->refused)
        return false;
    return is_filler(word) || (!p->has_date && read_loose(word, p));
}

static bool words_of(struct arena *arena, const char *text, struct parts *p)
{
    char *copy = arena_dup(arena, plain_text(arena, text)), *rest = copy;
    size_t n = strlen(copy);
    for (char *t = copy; *t; t++) { /* the T of ISO 8601, and of nothing else; its comma before parts of a second */
        bool within = t > copy && isdigit((unsigned char)t[-1]) && isdigit((unsigned char)t[1]);
        if (*t == 't' && within)
            *t = ' ';
        if (*t == ',' && within && t - copy > 2 && t[-3] == ':')
            *t = '.';
    }
    if (n > 1 && copy[n - 1] == (*copy == '[' ? ']' : '.') && copy[n - 2] != 'm') /* the end of a sentence; of "[...]" */
        copy[n - 1] = 0;
    rest += *copy == '[';
    for (char *word; (word = strsep(&rest, " ,"));)
        if (*word && !read_word(word, p))
            return false;
    if (p->year && p->month && p->day)
        p->has_date = true;
    return p->has_date && p->has_clock;
}

static bool valid(struct parts *p, int64_t *ret_wall)
{
    if ((p->am || p->pm) && (p->hour < 1 || p->hour > 12))
        return false;
    if (p->am || p->pm)
        p->hour = p->hour % 12 + (p->pm ? 12 : 0);
    if (p->year < 1970 || p->year > 9999 || p->month < 1 || p->month > 12 || p->day < 1 || p->hour > 23 || p->minute > 59 ||
        p->second > 59)
        return false;
    struct civil c = {.year = p->year,
                      .month = p->month,
                      .day = p->day,
                      .hour = p->hour,
                      .minute = p->minute,
                      .second = p->second,
                      .ms = p->ms};
    *ret_wall = ms_from_civil(&c);
    struct civil back = civil_from_ms(*ret_wall);
    return back.day == p->day && back.month == p->month;
}

/* "1760548833", "1760548833.125", "1760548833125"; "audit(1760548833.125:417)" with a number behind it */
static bool read_epoch(const char *s, struct reading *out)
{
    char number[24];
    s += text_starts(s, "msg=") ? strlen("msg=") : *s == '@';
    const char *serial = text_starts(s, "audit(") ? strchr(s, ':') : NULL;
    s += serial ? strlen("audit(") : 0;
    if (serial && (size_t)(serial - s) < sizeof(number)) {
        memcpy(number, s, (size_t)(serial - s));
        number[serial - s] = 0;
        s = number;
    }
    size_t n = strspn(s, ALPHABET_DIGITS);
    bool fraction = s[n] == '.' && s[n + 1 + strspn(s + n + 1, ALPHABET_DIGITS)] == 0;
    if ((s[n] && !(n == 10 && fraction)) || (n != 10 && n != 13))
        return false;
    int64_t value = strtoll(s, NULL, 10);
    out->ms = n == 13 ? value : value * 1000;
    out->wall_ms = out->ms;
    out->zoned = true;
    return true;
}

bool read_time(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    struct parts p = {0};
    out->norm = bare_text(r->arena, text);
    if (read_epoch(out->norm, out))
        return true;
    if (!words_of(r->arena, text, &p) || !valid(&p, &out->wall_ms)) {
        str_add(why, p.refused                    ? p.refused
                     : p.has_date && !p.has_clock ? "expected a time of day, too: 2025-10-14T13:00:00Z"
                                                  : "expected a time such as 2025-10-14T13:00:00Z");
        return false;
    }
    out->zoned = p.zoned;
    out->ms = out->wall_ms - p.zone_minutes * 60000LL;
    return true;
}

static bool near_enough(int64_t a, int64_t b, int64_t tolerance)
{
    return (a > b ? a - b : b - a) <= tolerance;
}

bool same_time(const struct question *q, const struct reading *key, const struct reading *given)
{
    return near_enough(key->ms, given->ms, q->tolerance_ms);
}

/* A wrong answer without a zone is what a clock on the wall shows; only an answer without one can be it. */
bool same_wrong_time(const struct question *q, const struct reading *wrong, const struct reading *given)
{
    if (wrong->zoned && given->zoned)
        return near_enough(wrong->ms, given->ms, q->tolerance_ms);
    return !given->zoned && near_enough(wrong->wall_ms, given->wall_ms, q->tolerance_ms);
}

void near_time(const struct reading *key, const struct reading *given, struct str *says)
{
    enum { MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    int64_t off = given->ms - key->ms, size = off < 0 ? -off : off;
    if (size < MINUTE && given->wall_ms % MINUTE == 0)
        str_add(says, "the minute is right: the second is asked for, too");
    else if (size % (15 * MINUTE) == 0 && size <= 14 * HOUR)
        str_addf(says, "off by exactly %s%d:%02d: that reads like local time%s; CloudTrail speaks UTC, the server's logs too",
                 off < 0 ? "-" : "+", (int)(size / HOUR), (int)(size % HOUR / MINUTE),
                 given->zoned ? " under the wrong zone" : "");
    else if (size % DAY == 0)
        str_add(says, "the time of day is right, the day is not");
}
