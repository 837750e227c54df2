/* SPDX-License-Identifier: MIT */
/* Rows of one query beside those of another: what is the same, what is missing, what is too many. */
#include "grader/rows.h"

#include <CUnit/CUnit.h>
#include <string.h>
#include <strings.h>

/* "name:type,name:type;cell,cell;cell,cell": a result; ~ is NULL. */
static void make_result(const char *text, struct athena_result *r)
{
    *r = (struct athena_result){0};
    char *rest = arena_dup(&r->arena, text), *head = strsep(&rest, ";");
    r->columns = arena_alloc(&r->arena, 8 * sizeof(*r->columns));
    r->cells = xcalloc(64, sizeof(*r->cells));
    for (char *column; (column = strsep(&head, ","));) {
        const char *name = strsep(&column, ":");
        r->columns[r->n_columns++] = (struct athena_column){name, column ? column : "varchar"};
    }
    for (char *line; (line = strsep(&rest, ";")); r->n_rows++)
        for (size_t i = 0; i < r->n_columns; i++) {
            const char *cell = strsep(&line, ",");
            r->cells[r->n_rows * r->n_columns + i] = text_same(cell, "~") ? NULL : cell;
        }
}

#define IN_ORDER                                                                                                               \
    {                                                                                                                          \
        .ordered = true                                                                                                        \
    }
#define BY_NAMES                                                                                                               \
    {                                                                                                                          \
        .columns = COLUMNS_NAMES                                                                                               \
    }
#define ANY                                                                                                                    \
    {                                                                                                                          \
        .columns = COLUMNS_ANY                                                                                                 \
    }
static const struct {
    const char *expected, *given;
    struct row_rules rules;
    int hits; /* -1: other columns */
    size_t missing, extra;
    bool out_of_order;
} rows[] = {
  /* a multiset: order does not count, repetitions do */
    {"a;x;y;z",                "b;z;x;y",                                                   {0},                                3,  0, 0, false},
    {"a;x;x;y",                "a;x;y;y",                                                   {0},                                2,  1, 1, false},
    {"a;x",                    "a",                                                         {0},                                0,  1, 0, false},
    {"a",                      "a;x",                                                       {0},                                0,  0, 1, false},
    {"a;x;~",                  "a;~;x",                                                     {0},                                2,  0, 0, false},
    {"a;x;~",                  "a;x;NULL",                                                  {0},                                1,  1, 1, false},
    {"a,b;x,y",                "a,b;xy,",                                                   {0},                                0,  1, 1, false},
 /* in order */
    {"a;x;y",                  "a;x;y",                                                     IN_ORDER,                           2,  0, 0, false},
    {"a;x;y",                  "a;y;x",                                                     IN_ORDER,                           0,  0, 0, true },
    {"a;x;y;z",                "a;x;z;y",                                                   IN_ORDER,                           1,  0, 0, true },
 /* cells: numbers and moments are what they say */
    {"n:bigint;3",             "n:double;3.0",                                              {0},                                1,  0, 0, false},
    {"n:bigint;3",             "n:varchar;3",                                               {0},                                1,  0, 0, false},
    {"n:varchar;012",          "n:varchar;12",                                              {0},                                0,  1, 1, false},
    {"n:decimal;3.50",         "n:double;3.5",                                              {0},                                1,  0, 0, false},
    {"t;2025-10-14T13:00:00Z", "t:timestamp(3) with time zone;2025-10-14 13:00:00.000 UTC", {0},                                1,  0, 0, false},
    {"t;2025-10-14T13:00:00Z", "t;2025-10-14T13:00:01Z",                                    {0},                                0,  1, 1, false},
    {"a;X",                    "a;x",                                                       {0},                                0,  1, 1, false},
 /* tolerance */
    {"a,n:bigint;x,100;y,7",   "a,n:bigint;y,8;x,101",                                      {.within = 1},                      2,  0, 0, false},
    {"a,n:bigint;x,100;y,7",   "a,n:bigint;y,8;x,101",                                      {.within = 0.02, .relative = true}, 1,  1, 1, false},
    {"n:bigint;1;2",           "n:bigint;3;2",                                              {.within = 1},                      2,  0, 0, false},
    {"n:bigint;1;~",           "n:bigint;~;1",                                              {.within = 1},                      2,  0, 0, false},
    {"a,n:bigint;x,1",         "a,n:bigint;y,1",                                            {.within = 5},                      0,  1, 1, false},
 /* columns */
    {"a,b;x,y",                "a;x",                                                       {0},                                -1, 0, 0, false},
    {"a,b;x,y",                "b,a;y,x",                                                   {0},                                0,  1, 1, false},
    {"a,b;x,y",                "B,A;y,x",                                                   BY_NAMES,                           1,  0, 0, false},
    {"a,b;x,y",                "c,a;y,x",                                                   BY_NAMES,                           -1, 0, 0, false},
    {"a,b;x,y",                "b,a,c;y,x,z",                                               BY_NAMES,                           -1, 0, 0, false},
    {"a,b,c;x,y,z;u,v,w",      "d,e,f;w,u,v;z,x,y",                                         ANY,                                2,  0, 0, false},
    {"a,b;x,y;y,x",            "c,d;y,x;x,z",                                               ANY,                                1,  1, 1, false},
    {"a,b;x,y",                "a;x",                                                       ANY,                                -1, 0, 0, false},
};

static void compares(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(athena_result_drop) struct athena_result expected, given;
        AUTO(row_difference_drop) struct row_difference d;
        make_result(rows[i].expected, &expected);
        make_result(rows[i].given, &given);
        rows_compare(&expected, &given, &rows[i].rules, &d);
        int hits = d.columns.len ? -1 : (int)d.hits;
        bool good = hits == rows[i].hits && d.n_missing == rows[i].missing && d.n_extra == rows[i].extra &&
                    d.out_of_order == rows[i].out_of_order;
        if (!good)
            printf("\n%s beside %s: %d right, %zu missing, %zu too many%s %s", rows[i].expected, rows[i].given, hits,
                   d.n_missing, d.n_extra, d.out_of_order ? ", out of order" : "", str_text(&d.columns));
        CU_ASSERT_TRUE(good);
    }
}

static void shows_rows(void)
{
    AUTO(athena_result_drop) struct athena_result r;
    AUTO(str_drop) struct str text = {0};
    make_result("a,b,c;x\n,~,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &r);
    row_add(&text, &r, 0);
    CU_ASSERT_STRING_EQUAL(str_text(&text), "x\\x0a | NULL | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...");
}

CU_TestInfo grader_rows_tests[] = {
    {"compares",   compares  },
    {"shows rows", shows_rows},
    CU_TEST_INFO_NULL
};
