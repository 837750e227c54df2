/* SPDX-License-Identifier: MIT */
/* Limits of a query: found, and turned round without a change to anything else. */
#include "sim/athena/athena.h"

#include <CUnit/CUnit.h>

static const struct {
    const char *sql, *words, *least, *greatest; /* words NULL: there is no choice in it */
    bool by_value;
} rows[] = {
    {"SELECT a FROM logs LIMIT 1",                                           "LIMIT 1", "SELECT a FROM logs ORDER BY 1 LIMIT 1",
     "SELECT a FROM logs ORDER BY 1 DESC LIMIT 1",                                                                                                                                                                           false},
    {"SELECT a FROM logs ORDER BY b DESC LIMIT 1;",                          "LIMIT 1", "SELECT a FROM logs ORDER BY b DESC, 1 LIMIT 1;",
     "SELECT a FROM logs ORDER BY b DESC, 1 DESC LIMIT 1;",                                                                                                                                                                  false},
    {"select a from logs order by b offset 2 limit 3",                       "limit 3", "select a from logs order by b, 1 offset 2 limit 3",
     "select a from logs order by b, 1 DESC offset 2 limit 3",                                                                                                                                                               false},
    {"SELECT a, b FROM logs ORDER BY a LIMIT 1",                             "LIMIT 1", "SELECT a, b FROM logs ORDER BY 1 LIMIT 1",
     "SELECT a, b FROM logs ORDER BY 1 DESC LIMIT 1",                                                                                                                                                                        false},
    {"SELECT a, b FROM logs ORDER BY a LIMIT 1",                             "LIMIT 1", "SELECT a, b FROM logs ORDER BY a, 1 LIMIT 1",
     "SELECT a, b FROM logs ORDER BY a, 1 DESC LIMIT 1",                                                                                                                                                                     true },
    {"SELECT DISTINCT x.A FROM logs x ORDER BY X.a DESC LIMIT 1",            "LIMIT 1",
     "SELECT DISTINCT x.A FROM logs x ORDER BY 1 LIMIT 1",                                                                                   "SELECT DISTINCT x.A FROM logs x ORDER BY 1 DESC LIMIT 1",                      false},
    {"SELECT a FROM logs ORDER BY 1 ASC LIMIT 1",                            "LIMIT 1", "SELECT a FROM logs ORDER BY 1 LIMIT 1",
     "SELECT a FROM logs ORDER BY 1 DESC LIMIT 1",                                                                                                                                                                           false},
    {"SELECT ab FROM logs ORDER BY a LIMIT 1",                               "LIMIT 1", "SELECT ab FROM logs ORDER BY a, 1 LIMIT 1",
     "SELECT ab FROM logs ORDER BY a, 1 DESC LIMIT 1",                                                                                                                                                                       false},
    {"SELECT a FROM logs WHERE b = (SELECT b FROM logs ORDER BY b LIMIT 1)", "LIMIT 1",
     "SELECT a FROM logs WHERE b = (SELECT b FROM logs ORDER BY b, 1 LIMIT 1)",                                                              "SELECT a FROM logs WHERE b = (SELECT b FROM logs ORDER BY b, 1 DESC LIMIT 1)", false},
    {"SELECT a FROM (SELECT a FROM logs ORDER BY c) LIMIT 1",                "LIMIT 1",
     "SELECT a FROM (SELECT a FROM logs ORDER BY c) ORDER BY 1 LIMIT 1",                                                                     "SELECT a FROM (SELECT a FROM logs ORDER BY c) ORDER BY 1 DESC LIMIT 1",        false},
    {"SELECT array_agg(a ORDER BY b)[1] FROM logs LIMIT 1",                  "LIMIT 1",
     "SELECT array_agg(a ORDER BY b)[1] FROM logs ORDER BY 1 LIMIT 1",                                                                       "SELECT array_agg(a ORDER BY b)[1] FROM logs ORDER BY 1 DESC LIMIT 1",          false},
    {"SELECT 'LIMIT 1', \"limit\" FROM logs -- LIMIT 1",                     NULL,      NULL,                                                NULL,                                                                           false},
    {"SELECT limit FROM logs",                                               NULL,      NULL,                                                NULL,                                                                           false},
    {"SELECT a FROM logs LIMIT ALL",                                         NULL,      NULL,                                                NULL,                                                                           false},
    {"SELECT 'a",                                                            NULL,      NULL,                                                NULL,                                                                           false},
    {"LIMIT",                                                                NULL,      NULL,                                                NULL,                                                                           false},
    {"",                                                                     NULL,      NULL,                                                NULL,                                                                           false},
};

static void test_one_choice(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct athena_choice c = {0};
        bool found = athena_choice(&arena, rows[i].sql, 0, rows[i].by_value, &c);
        CU_ASSERT_EQUAL(found, rows[i].words != NULL);
        if (!found || !rows[i].words)
            continue;
        CU_ASSERT_STRING_EQUAL(c.words, rows[i].words);
        CU_ASSERT_STRING_EQUAL(c.least, rows[i].least);
        CU_ASSERT_STRING_EQUAL(c.greatest, rows[i].greatest);
        CU_ASSERT_FALSE(athena_choice(&arena, rows[i].sql, 1, rows[i].by_value, &c));
    }
}

static void test_several(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct athena_choice c = {0};
    const char *sql = "SELECT a FROM (SELECT a FROM logs LIMIT 5) LIMIT 2";
    CU_ASSERT(athena_choice(&arena, sql, 0, false, &c));
    CU_ASSERT_STRING_EQUAL(c.greatest, "SELECT a FROM (SELECT a FROM logs ORDER BY 1 DESC LIMIT 5) LIMIT 2");
    CU_ASSERT(athena_choice(&arena, sql, 1, false, &c));
    CU_ASSERT_STRING_EQUAL(c.greatest, "SELECT a FROM (SELECT a FROM logs LIMIT 5) ORDER BY 1 DESC LIMIT 2");
    CU_ASSERT_FALSE(athena_choice(&arena, sql, 2, false, &c));
}

CU_TestInfo athena_choice_tests[] = {
    {"one choice, turned both ways", test_one_choice},
    {"each of several by itself",    test_several   },
    CU_TEST_INFO_NULL
};
