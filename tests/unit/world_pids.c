/* SPDX-License-Identifier: MIT */
/* A server's counters: ids rise, wrap, skip what lives, and leave room for cron. */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>

#define BOOT 1760000400000 /* 2025-10-09T09:00:00Z */
#define HOUR 3600000

static void ids_rise_and_leave_room(void)
{
    struct server s = {.booted_ms = BOOT};
    int before = 0;

    for (int64_t t = BOOT; t < BOOT + 4 * HOUR; t += 41000) {
        int pid = server_take_pid(&s, t);
        CU_ASSERT(pid > before);
        for (unsigned nth = 0; nth < 4; nth++)
            CU_ASSERT(server_quiet_pid(&s, t, nth) != pid);
        before = pid;
    }
    CU_ASSERT_EQUAL(server_quiet_pid(&s, BOOT + HOUR, 1), server_quiet_pid(&s, BOOT + HOUR, 5));
}

static void ids_wrap_and_skip_the_living(void)
{
    struct process old = {.pid = 305};
    struct server s = {.booted_ms = BOOT, .processes = &old};

    s.pids_given = PID_MAX - 1;
    CU_ASSERT_EQUAL(server_take_pid(&s, BOOT), PID_MAX - 1);
    CU_ASSERT_EQUAL(server_take_pid(&s, BOOT), 300);
    for (int i = 301; i < 305; i++)
        CU_ASSERT_EQUAL(server_take_pid(&s, BOOT), i);
    CU_ASSERT_EQUAL(server_take_pid(&s, BOOT), 306);
    CU_ASSERT(server_take_pid(&s, BOOT + 3000 * (int64_t)HOUR) < PID_MAX);
}

static void sessions_count_cron_too(void)
{
    struct server s = {.booted_ms = BOOT};

    CU_ASSERT_EQUAL(server_cron_runs(&s, BOOT - 1), 0);
    CU_ASSERT_EQUAL(server_cron_runs(&s, BOOT + 59999), 0);
    CU_ASSERT_EQUAL(server_cron_runs(&s, BOOT + 60000), 1);
    CU_ASSERT_EQUAL(server_take_session(&s, BOOT + 30000), 1);
    CU_ASSERT_EQUAL(server_take_session(&s, BOOT + 90000), 3);
    CU_ASSERT_EQUAL(server_take_session(&s, BOOT + 90001), 4);
    CU_ASSERT_EQUAL(server_take_session(&s, BOOT + 2 * (int64_t)HOUR + 90000), 7);
}

CU_TestInfo world_pids_tests[] = {
    {"ids rise and leave room",      ids_rise_and_leave_room     },
    {"ids wrap and skip the living", ids_wrap_and_skip_the_living},
    {"sessions count cron too",      sessions_count_cron_too     },
    CU_TEST_INFO_NULL,
};
