/* SPDX-License-Identifier: MIT */
/* Ranges of subordinate ids in the text of /etc/subuid, as people and programs write it. */
#include "sim/shell/shell.h"

#include <CUnit/CUnit.h>

static void ranges(void)
{
    static const struct {
        const char *text;
        unsigned first, n; /* 0 = there is none */
    } rows[] = {
        {"ana:100000:65536\n",                     100000, 65536},
        {"eve:100000:65536\nana:165536:65536\n",   165536, 65536},
        {"ana:165536:65536",                       165536, 65536},
        {"1007:231072:65536\n",                    231072, 65536},
        {"anabel:100000:65536\nana2:1:2\n",        0,      0    },
        {"",                                       0,      0    },
        {"ana\nana:\nana:5\nana:x:65536\n",        0,      0    },
        {"ana:0:65536\n",                          0,      0    },
        {"ana:4294967290:65536\n",                 0,      0    },
        {"ana:100000:99999999999999999999\n",      0,      0    },
        {"ana:100000:65536:7\nana:200000:65536\n", 200000, 65536},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned first = 0, n = 0;
        bool found = subid_find(rows[i].text, "ana", 1007, &first, &n);
        CU_ASSERT_EQUAL(found, rows[i].n != 0);
        CU_ASSERT_EQUAL(first, rows[i].first);
        CU_ASSERT_EQUAL(n, rows[i].n);
    }
}

static void maps(void)
{
    static const char whole[] = "         0          0 4294967295\n", rootless[] = "         0       1002          1\n"
                                                                                   "         1     165536      65536\n";
    static const struct {
        const char *map;
        unsigned first, n;
    } rows[] = {
        {whole,                      0x70000000, 4294967295u - 0x70000000},
        {whole,                      1,          4294967294u             },
        {rootless,                   0,          1                       },
        {rootless,                   1,          65536                   },
        {rootless,                   65536,      1                       },
        {rootless,                   65537,      0                       },
        {"0 1000 1\n",               1,          0                       },
        {"",                         0,          0                       },
        {"\n0 0\nx y z\n5 100 10\n", 7,          8                       },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL(ids_given(rows[i].map, rows[i].first), rows[i].n);
}

static void modes(void)
{
    CU_ASSERT_STRING_EQUAL(shell_mode_name(SHELL_NONE), "none");
    CU_ASSERT_STRING_EQUAL(shell_mode_name(SHELL_MULTI), "multi");
    CU_ASSERT_STRING_EQUAL(shell_mode_name(SHELL_ROOT), "root");
    CU_ASSERT_STRING_EQUAL(shell_mode_name(SHELL_CONTAINER), "container");
}

CU_TestInfo shell_means_tests[] = {
    {"ranges of subordinate ids", ranges},
    {"ids that a map gives",      maps  },
    {"names of modes",            modes },
    CU_TEST_INFO_NULL,
};
