/* SPDX-License-Identifier: MIT */
/* Civil time, reading of times and durations. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void test_civil(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0,               "1970-01-01 00:00:00.000 Thu 001 Jan  1 70"},
        {-1,              "1969-12-31 23:59:59.999 Wed 365 Dec 31 69"},
        {951782400000,    "2000-02-29 00:00:00.000 Tue 060 Feb 29 00"},
        {1760371200000,   "2025-10-13 16:00:00.000 Mon 286 Oct 13 25"},
        {4107542400000,   "2100-03-01 00:00:00.000 Mon 060 Mar  1 00"},
        {-2208988800000,  "1900-01-01 00:00:00.000 Mon 001 Jan  1 00"},
        {253402300799999, "9999-12-31 23:59:59.999 Fri 365 Dec 31 99"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        struct civil c = civil_from_ms(rows[i].ms);
        str_add_time(&text, rows[i].ms, "%Y-%m-%d %H:%M:%S.%L %a %j %b %e %y");
        CU_ASSERT_STRING_EQUAL(text.s, rows[i].text);
        CU_ASSERT_EQUAL(ms_from_civil(&c), rows[i].ms);
    }
}

/* Against the C library's own, day by day for four centuries. */
static void test_civil_every_day(void)
{
    size_t wrong = 0;

    for (int64_t day = -70000; day < 76000; day++) {
        time_t t = day * 86400;
        struct tm tm;
        struct civil c = civil_from_ms(day * 86400000);
        gmtime_r(&t, &tm);
        wrong += c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday || c.weekday != tm.tm_wday ||
                 c.yearday != tm.tm_yday;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_format_odd(void)
{
    AUTO(arena_drop) struct arena a = {0};

    CU_ASSERT_STRING_EQUAL(arena_time(&a, 0, "100%%, %q, %"), "100%, q, %");
    CU_ASSERT_STRING_EQUAL(arena_time(&a, 1760371233456, TIME_ISO), "2025-10-13T16:00:33Z");
}

static void test_parse(void)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
        bool zoned;
    } rows[] = {
        {"2025-10-13T16:00:00Z",           1760371200000, true },
        {"2025-10-13 16:00:00",            1760371200000, false},
        {"2025-10-13t16:00z",              1760371200000, true },
        {"2025-10-13T16:00",               1760371200000, false},
        {"2025-10-13",                     1760313600000, false},
        {"2025-10-13T09:00:00-07:00",      1760371200000, true },
        {"2025-10-13T18:00:00+0200",       1760371200000, true },
        {"2025-10-13T18:00:00 +02",        1760371200000, true },
        {"2025-10-13 16:00:00 UTC",        1760371200000, true },
        {"2025-10-13T16:00:00.5Z",         1760371200500, true },
        {"2025-10-13T16:00:00,123456789Z", 1760371200123, true },
        {"2024-02-29T00:00:00Z",           1709164800000, true },
        {"2025-02-29T00:00:00Z",           -1,            false},
        {"2025-13-01",                     -1,            false},
        {"2025-00-10",                     -1,            false},
        {"2025-10-32",                     -1,            false},
        {"2025-10-13T24:00:00Z",           -1,            false},
        {"2025-10-13T16:60:00Z",           -1,            false},
        {"2025-10-13T16:00:60Z",           -1,            false},
        {"2025-10-13T16:00:00.Z",          -1,            false},
        {"2025-10-13T16",                  -1,            false},
        {"2025-10-13Z",                    -1,            false},
        {"25-10-13",                       -1,            false},
        {"2025-10-13T16:00:00Zx",          -1,            false},
        {"2025-10-13T16:00:00+15:00",      -1,            false},
        {"2025-10-13T16:00:00+02:",        -1,            false},
        {"13 Oct 2025",                    -1,            false},
        {"",                               -1,            false},
        {"1760371200",                     -1,            false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = -1;
        bool zoned = false, good = time_parse(rows[i].text, &ms, &zoned);
        if (good != (rows[i].ms >= 0))
            printf("%s\n", rows[i].text);
        CU_ASSERT_EQUAL(good, rows[i].ms >= 0);
        if (good) {
            CU_ASSERT_EQUAL(ms, rows[i].ms);
            CU_ASSERT_EQUAL(zoned, rows[i].zoned);
        }
    }
}

static void test_zone(void)
{
    static const struct {
        const char *text;
        int minutes; /* 9999: refused */
    } rows[] = {
        {"Z",       0   },
        {"z",       0   },
        {"UTC",     0   },
        {"+02:00",  120 },
        {"-07:00",  -420},
        {"+0530",   330 },
        {"-03",     -180},
        {"+14:00",  840 },
        {"-00:30",  -30 },
        {"",        9999},
        {"02:00",   9999},
        {"+2",      9999},
        {"+15:00",  9999},
        {"+02:60",  9999},
        {"+02:0",   9999},
        {"+02:",    9999},
        {"+02:00x", 9999},
        {"CET",     9999},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int minutes = 9999;
        bool good = zone_parse(rows[i].text, &minutes);
        CU_ASSERT_EQUAL(good, rows[i].minutes != 9999);
        if (good)
            CU_ASSERT_EQUAL(minutes, rows[i].minutes);
    }
}

static void test_duration(void)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
        const char *again;
    } rows[] = {
        {"90s",                   90000,        "1m30s"      },
        {"4m30s",                 270000,       "4m30s"      },
        {"2d",                    172800000,    "2d"         },
        {"150ms",                 150,          "150ms"      },
        {"0s",                    0,            "0s"         },
        {"1d2h3m4s5ms",           93784005,     "1d2h3m4s5ms"},
        {"36h",                   129600000,    "1d12h"      },
        {"3650d",                 315360000000, "3650d"      },
        {"",                      -1,           NULL         },
        {"90",                    -1,           NULL         },
        {"s",                     -1,           NULL         },
        {"-5s",                   -1,           NULL         },
        {"1.5h",                  -1,           NULL         },
        {"1 h",                   -1,           NULL         },
        {"5w",                    -1,           NULL         },
        {"3651d",                 -1,           NULL         },
        {"99999999999999999999s", -1,           NULL         },
        {"3650d1ms",              -1,           NULL         },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str again = {0};
        int64_t ms = -1;
        bool good = duration_parse(rows[i].text, &ms);
        CU_ASSERT_EQUAL(good, rows[i].ms >= 0);
        if (!good)
            continue;
        CU_ASSERT_EQUAL(ms, rows[i].ms);
        str_add_duration(&again, ms);
        CU_ASSERT_STRING_EQUAL(str_text(&again), rows[i].again);
    }
}

static void test_clocks(void)
{
    int64_t now = clock_now_ms(), tick = clock_monotonic_us();

    CU_ASSERT(now > 1700000000000);
    CU_ASSERT(clock_monotonic_us() >= tick);
}

CU_TestInfo base_time_tests[] = {
    {"civil time and back",        test_civil          },
    {"every day as the C library", test_civil_every_day},
    {"odd formats",                test_format_odd     },
    {"reading times",              test_parse          },
    {"zones",                      test_zone           },
    {"durations",                  test_duration       },
    {"clocks run",                 test_clocks         },
    CU_TEST_INFO_NULL,
};
