/* SPDX-License-Identifier: MIT */
/* Civil time without the C library's zones and locales (days from civil: Howard Hinnant's public-domain algorithm). */
#include "sim/base/base.h"

#include <string.h>
#include <time.h>

static const int64_t DAY = 86400000;
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct civil civil_from_ms(int64_t ms)
{
    int64_t day = floor_div(ms, DAY), rest = ms - day * DAY;
    int64_t z = day + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    struct civil c = {0};
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    c.hour = (int)(rest / 3600000);
    c.minute = (int)(rest / 60000 % 60);
    c.second = (int)(rest / 1000 % 60);
    c.ms = (int)(rest % 1000);
    c.weekday = (int)((day % 7 + 11) % 7); /* 1970-01-01 was a Thursday */
    c.yearday = (int)(day - days_from_civil(c.year, 1, 1));
    return c;
}

int64_t ms_from_civil(const struct civil *c)
{
    return days_from_civil(c->year, c->month, c->day) * DAY + ((c->hour * 60LL + c->minute) * 60 + c->second) * 1000 + c->ms;
}

static void add_digits(struct str *out, int value, int width)
{
    char text[8];
    for (int i = width - 1; i >= 0; i--, value /= 10)
        text[i] = (char)('0' + value % 10);
    str_addn(out, text, (size_t)width);
}

static void add_part(struct str *out, const struct civil *c, char part)
{
    switch (part) {
    case 'Y': add_digits(out, c->year, 4); break;
    case 'y': add_digits(out, c->year % 100, 2); break;
    case 'm': add_digits(out, c->month, 2); break;
    case 'd': add_digits(out, c->day, 2); break;
    case 'e': str_addf(out, "%2d", c->day); break;
    case 'H': add_digits(out, c->hour, 2); break;
    case 'M': add_digits(out, c->minute, 2); break;
    case 'S': add_digits(out, c->second, 2); break;
    case 'L': add_digits(out, c->ms, 3); break;
    case 'j': add_digits(out, c->yearday + 1, 3); break;
    case 'b': str_add(out, months[c->month - 1]); break;
    case 'a': str_add(out, days[c->weekday]); break;
    default: str_addc(out, part); break;
    }
}

void str_add_time(struct str *out, int64_t ms, const char *fmt)
{
    struct civil c = civil_from_ms(ms);
    for (; *fmt; fmt++)
        if (*fmt == '%' && fmt[1])
            add_part(out, &c, *++fmt);
        else
            str_addc(out, *fmt);
}

char *arena_time(struct arena *a, int64_t ms, const char *fmt)
{
    AUTO(str_drop) struct str text = {0};
    str_add_time(&text, ms, fmt);
    return arena_dup(a, str_text(&text));
}

/* ---- reading ---- */

static bool take_digits(const char **s, int width, int low, int high, int *out)
{
    *out = 0;
    for (int i = 0; i < width; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        *out = *out * 10 + (**s - '0');
    }
    return *out >= low && *out <= high;
}

static bool take(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

bool zone_parse(const char *s, int *ret_minutes)
{
    int hours = 0, minutes = 0, sign = *s == '-' ? -1 : 1;
    if (text_same(s, "Z") || text_same(s, "z") || text_same(s, "UTC") || text_same(s, "GMT")) {
        *ret_minutes = 0;
        return true;
    }
    if (!take(&s, '+') && !take(&s, '-'))
        return false;
    if (!take_digits(&s, 2, 0, 14, &hours))
        return false;
    if ((take(&s, ':') || *s) && (!take_digits(&s, 2, 0, 59, &minutes) || *s))
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

static int days_in(int year, int month)
{
    static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : n[month - 1];
}

static bool take_clock(const char **s, struct civil *c)
{
    if (!take_digits(s, 2, 0, 23, &c->hour) || !take(s, ':') || !take_digits(s, 2, 0, 59, &c->minute))
        return false;
    if (!take(s, ':'))
        return true;
    if (!take_digits(s, 2, 0, 59, &c->second))
        return false;
    if (!take(s, '.') && !take(s, ','))
        return true;
    int scale = 100, any = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++, any++, scale /= 10)
        c->ms += (**s - '0') * scale;
    return any > 0;
}

bool time_parse(const char *s, int64_t *ret_ms, bool *zoned)
{
    struct civil c = {0};
    int offset = 0;
    bool has_zone = false;
    if (!take_digits(&s, 4, 1900, 9999, &c.year) || !take(&s, '-') || !take_digits(&s, 2, 1, 12, &c.month) || !take(&s, '-') ||
        !take_digits(&s, 2, 1, days_in(c.year, c.month), &c.day))
        return false;
    if (take(&s, 'T') || take(&s, 't') || take(&s, ' ')) {
        if (!take_clock(&s, &c))
            return false;
        take(&s, ' ');
        has_zone = *s != 0;
        if (has_zone && !zone_parse(s, &offset))
            return false;
    } else if (*s)
        return false;
    *ret_ms = ms_from_civil(&c) - offset * 60000LL;
    if (zoned)
        *zoned = has_zone;
    return true;
}

static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {
    {"d",  86400000},
    {"h",  3600000 },
    {"ms", 1       },
    {"m",  60000   },
    {"s",  1000    },
};

static const struct unit *take_unit(const char **s)
{
    for (size_t i = 0; i < COUNT(units); i++)
        if (text_starts(*s, units[i].name)) {
            *s += strlen(units[i].name);
            return &units[i];
        }
    return NULL;
}

bool duration_parse(const char *s, int64_t *ret_ms)
{
    const int64_t most = 3650 * DAY; /* ten years: nothing here lasts longer */
    int64_t total = 0;
    if (!*s)
        return false;
    while (*s) {
        int64_t n = 0;
        if (*s < '0' || *s > '9')
            return false;
        for (; *s >= '0' && *s <= '9'; s++)
            if ((n = n * 10 + (*s - '0')) > most)
                return false;
        const struct unit *unit = take_unit(&s);
        if (!unit || n > most / unit->ms)
            return false;
        if ((total += n * unit->ms) > most)
            return false;
    }
    *ret_ms = total;
    return true;
}

void str_add_duration(struct str *out, int64_t ms)
{
    static const int order[] = {0, 1, 3, 4, 2}; /* d h m s ms */
    size_t before = out->len;
    for (size_t i = 0; i < COUNT(order); i++) {
        const struct unit *unit = &units[order[i]];
        if (ms >= unit->ms)
            str_addf(out, "%lld%s", (long long)(ms / unit->ms), unit->name);
        ms %= unit->ms;
    }
    if (out->len == before)
        str_add(out, "0s");
}

/* ---- the only clock ---- */

int64_t clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int64_t clock_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

int64_t clock_boot_us(void)
{
    return clock_us(CLOCK_BOOTTIME);
}

int64_t clock_cpu_us(void)
{
    return clock_us(CLOCK_PROCESS_CPUTIME_ID);
}
