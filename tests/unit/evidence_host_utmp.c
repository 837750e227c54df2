/* SPDX-License-Identifier: MIT */
/* Login records: the bytes glibc writes, and the slots that init keeps. */
#include "sim/evidence/host_traces.h"

#include <CUnit/CUnit.h>
#include <string.h>
#include <utmp.h>

static void as_glibc_lays_it_out(void)
{
    struct utmp_record r = {.type = UTMP_USER, .pid = 3021, .session = 7, .line = "pts/0", .id = "ts/0", .user = "chaos-user"};
    AUTO(str_drop) struct str out = {0};
    struct utmp theirs;

    r.time_us = 1760550150055713;
    utmp_address(&r, "198.51.100.23");
    utmp_add(&out, &r);
    CU_ASSERT_EQUAL(sizeof(theirs), UTMP_SIZE);
    CU_ASSERT_EQUAL(out.len, UTMP_SIZE);
    memcpy(&theirs, out.s, sizeof(theirs));
    CU_ASSERT_EQUAL(theirs.ut_type, USER_PROCESS);
    CU_ASSERT_EQUAL(theirs.ut_pid, 3021);
    CU_ASSERT_EQUAL(theirs.ut_session, 7);
    CU_ASSERT_EQUAL(theirs.ut_tv.tv_sec, 1760550150);
    CU_ASSERT_EQUAL(theirs.ut_tv.tv_usec, 55713);
    CU_ASSERT_STRING_EQUAL(theirs.ut_line, "pts/0");
    CU_ASSERT_NSTRING_EQUAL(theirs.ut_id, "ts/0", 4);
    CU_ASSERT_STRING_EQUAL(theirs.ut_user, "chaos-user");
    CU_ASSERT_STRING_EQUAL(theirs.ut_host, "198.51.100.23");
    CU_ASSERT_EQUAL(((const unsigned char *)theirs.ut_addr_v6)[0], 198);
    CU_ASSERT_EQUAL(((const unsigned char *)theirs.ut_addr_v6)[3], 23);
}

static void read_back(void)
{
    struct utmp_record r = {.type = UTMP_DEAD, .pid = 9, .line = "pts/11", .id = "s/11", .time_us = 1}, again;
    AUTO(str_drop) struct str out = {0};
    size_t pos = 0;

    memset(r.host, 'h', sizeof(r.host) - 1);
    utmp_add(&out, &r);
    CU_ASSERT(utmp_read(out.s, out.len, &pos, &again));
    CU_ASSERT_EQUAL(again.type, UTMP_DEAD);
    CU_ASSERT_STRING_EQUAL(again.line, "pts/11");
    CU_ASSERT_STRING_EQUAL(again.host, r.host);
    CU_ASSERT_EQUAL(again.time_us, 1);
    CU_ASSERT_EQUAL(pos, UTMP_SIZE);
    CU_ASSERT_FALSE(utmp_read(out.s, out.len, &pos, &again));
    pos = 1;
    CU_ASSERT_FALSE(utmp_read(out.s, out.len, &pos, &again));
}

static void slots_are_taken_over(void)
{
    static const struct {
        int type, pid;
        const char *id;
    } rows[] = {
        {UTMP_BOOT,      0,   "~~"  },
        {UTMP_RUN_LEVEL, 51,  "~~"  },
        {UTMP_LOGIN,     70,  "tty1"},
        {UTMP_USER,      100, "ts/0"},
        {UTMP_USER,      110, "ts/1"},
        {UTMP_DEAD,      100, "ts/0"},
        {UTMP_USER,      120, "ts/0"},
    };
    static const int left[] = {0, 51, 70, 120, 110};
    AUTO(str_drop) struct str wtmp = {0}, slots = {0};
    struct utmp_record r;
    size_t pos = 0, n = 0;

    for (size_t round = 0; round < 2; round++) /* a boot begins anew */
        for (size_t i = 0; i < COUNT(rows); i++) {
            r = (struct utmp_record){.type = rows[i].type, .pid = rows[i].pid};
            strcpy(r.id, rows[i].id);
            utmp_add(&wtmp, &r);
        }
    utmp_slots(&wtmp, &slots);
    while (utmp_read(slots.s, slots.len, &pos, &r)) {
        CU_ASSERT(n < COUNT(left) && r.pid == left[n]);
        n++;
    }
    CU_ASSERT_EQUAL(n, COUNT(left));
}

CU_TestInfo evidence_host_utmp_tests[] = {
    {"as glibc lays it out", as_glibc_lays_it_out},
    {"read back",            read_back           },
    {"slots are taken over", slots_are_taken_over},
    CU_TEST_INFO_NULL,
};
