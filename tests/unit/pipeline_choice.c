/* SPDX-License-Identifier: MIT */
/* Where a line of programs keeps some lines of many: found, undone, turned round. */
#include "sim/pipeline/pipeline.h"

#include <CUnit/CUnit.h>

static const struct {
    const char *line, *words, *open; /* words NULL: there is no choice in it */
    bool sorted, by_line;
} rows[] = {
    {"cat a | head -n 1",                      "head -n 1",           "cat a",                      false, false},
    {"cat a | head -1 | cut -c2",              "head -1",             "cat a | cut -c2",            false, false},
    {"cat a | tail -n1",                       "tail -n1",            "cat a",                      false, false},
    {"cat a | tail --lines=2 | tr a b",        "tail --lines=2",      "cat a | tr a b",             false, false},
    {"cat a | head --lines 2",                 "head --lines 2",      "cat a",                      false, false},
    {"cat a | head",                           "head",                "cat a",                      false, false},
    {"head -n 2 host/*",                       "head -n 2",           "cat host/*",                 false, false},
    {"grep -m 1 -h x a | cut -c2",             "grep -m 1",           "grep -h x a | cut -c2",      false, false},
    {"grep -h -m1 'x  y' a",                   "grep -h -m1",         "grep -h 'x  y' a",           false, false},
    {"egrep --max-count=3 x a",                "egrep --max-count=3", "egrep x a",                  false, false},
    {"cat a | sort | head -n 1",               "head -n 1",           "cat a | sort",               true,  true },
    {"cat a | sort -ru | tail -n 1",           "tail -n 1",           "cat a | sort -ru",           true,  true },
    {"cat a | sort -k 2 | head -n 1",          "head -n 1",           "cat a | sort -k 2",          true,  false},
    {"cat a | sort -rn | head -n 1 | cut -c2", "head -n 1",           "cat a | sort -rn | cut -c2", true,  false},
    {"cat a | sort | cut -c2 | head -n 1",     "head -n 1",           "cat a | sort | cut -c2",     true,  false},
    {"cat a | tail -n +2",                     NULL,                  NULL,                         false, false},
    {"cat a | head -n -1",                     NULL,                  NULL,                         false, false},
    {"cat a | head -c 20",                     NULL,                  NULL,                         false, false},
    {"grep -c head a | sort",                  NULL,                  NULL,                         false, false},
    {"cat 'a | head -n 1",                     NULL,                  NULL,                         false, false},
    {"",                                       NULL,                  NULL,                         false, false},
};

static void test_choices(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct pipeline_choice c;
        bool found = pipeline_choice(&arena, rows[i].line, 0, &c);
        CU_ASSERT_EQUAL(found, rows[i].words != NULL);
        if (!found || !rows[i].words)
            continue;
        CU_ASSERT_STRING_EQUAL(c.words, rows[i].words);
        CU_ASSERT_STRING_EQUAL(c.open, rows[i].open);
        CU_ASSERT_EQUAL(c.sorted, rows[i].sorted);
        CU_ASSERT_EQUAL(c.by_line, rows[i].by_line);
        CU_ASSERT_EQUAL(c.equals[0] != NULL, rows[i].sorted);
        CU_ASSERT_FALSE(pipeline_choice(&arena, rows[i].line, 1, &c));
    }
}

static void test_equals(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct pipeline_choice c;
    CU_ASSERT(pipeline_choice(&arena, "cat a | sort | uniq -c | sort -rn | head -n 1", 0, &c));
    CU_ASSERT_STRING_EQUAL(c.equals[0], "cat a | sort | uniq -c | sort -s -rn | head -n 1");
    CU_ASSERT_STRING_EQUAL(c.equals[1], "cat a | sort | uniq -c | tac | sort -s -rn | head -n 1");
    CU_ASSERT(pipeline_choice(&arena, "sort a | head -n 1", 0, &c));
    CU_ASSERT(c.sorted && !c.equals[0] && !c.equals[1]); /* of files, not of what comes in */
    CU_ASSERT(pipeline_choice(&arena, "cat a | head -n 3 | sort | tail -n 1", 1, &c));
    CU_ASSERT_STRING_EQUAL(c.open, "cat a | head -n 3 | sort");
    CU_ASSERT(pipeline_choice(&arena, "cat a | head -n 3 | sort | tail -n 1", 0, &c));
    CU_ASSERT_FALSE(c.sorted); /* what is sorted afterwards was chosen before */
}

CU_TestInfo pipeline_choice_tests[] = {
    {"choices, and the line without them", test_choices},
    {"equals the other way round",         test_equals },
    CU_TEST_INFO_NULL
};
