/* SPDX-License-Identifier: MIT */
/* Results as tables, CSV and JSON; numbers as Java prints them. */
#include "sim/athena/athena.h"
#include "sim/athena/value.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

static struct athena_column columns[] = {
    {"eventName", "varchar"},
    {"n",         "bigint" },
    {"it",        "boolean"}
};
static const char *cells[] = {"caf\xc3\xa9 \"x\"", "7", "true", NULL, "1234", NULL, "a\x1b[31m\nb", "-1", "false"};
static const struct athena_result result = {.columns = columns, .n_columns = 3, .cells = cells, .n_rows = 3};

static void aligned(void)
{
    AUTO(str_drop) struct str got = {0};
    const char *wanted = "eventName          n  it\n"
                         "--------------  ----  -----\n"
                         "caf\xc3\xa9 \"x\"           7  true\n"
                         "                1234\n"
                         "a\\x1b[31m\\x0ab    -1  false\n";
    CU_ASSERT_FALSE(athena_add_table(&got, &result, 0));
    CU_ASSERT_STRING_EQUAL(str_text(&got), wanted);
    str_clear(&got);
    CU_ASSERT_FALSE(athena_add_table(&got, &result, 27));
    CU_ASSERT_STRING_EQUAL(str_text(&got), wanted);
}

static void cut(void)
{
    AUTO(str_drop) struct str got = {0};
    CU_ASSERT(athena_add_table(&got, &result, 5));
    CU_ASSERT_STRING_EQUAL(
        str_text(&got), "even\xe2\x80\xa6\n----\xe2\x80\xa6\ncaf\xc3\xa9\xe2\x80\xa6\n    \xe2\x80\xa6\na\\x1\xe2\x80\xa6\n");
}

static void csv(void)
{
    AUTO(str_drop) struct str got = {0};
    athena_add_csv(&got, &result);
    CU_ASSERT_STRING_EQUAL(str_text(&got), "\"eventName\",\"n\",\"it\"\n"
                                           "\"caf\xc3\xa9 \"\"x\"\"\",\"7\",\"true\"\n"
                                           ",\"1234\",\n"
                                           "\"a\x1b[31m\nb\",\"-1\",\"false\"\n");
}

static void json(void)
{
    AUTO(str_drop) struct str got = {0};
    athena_add_json(&got, &result);
    CU_ASSERT_STRING_EQUAL(str_text(&got), "[\n {\"eventName\":\"caf\xc3\xa9 \\\"x\\\"\",\"n\":7,\"it\":true},\n"
                                           " {\"eventName\":null,\"n\":1234,\"it\":null},\n"
                                           " {\"eventName\":\"a\\u001B[31m\\nb\",\"n\":-1,\"it\":false}\n]\n");
}

static void nothing(void)
{
    AUTO(str_drop) struct str got = {0};
    struct athena_result none = {.columns = columns, .n_columns = 1};
    athena_add_json(&got, &none);
    CU_ASSERT_STRING_EQUAL(str_text(&got), "[]\n");
    str_clear(&got);
    athena_add_table(&got, &none, 0);
    CU_ASSERT_STRING_EQUAL(str_text(&got), "eventName\n---------\n");
    str_clear(&got);
    none.n_columns = 0;
    athena_add_csv(&got, &none);
    CU_ASSERT_FALSE(athena_add_table(&got, &none, 0));
    CU_ASSERT_EQUAL(got.len, 0);
}

static void doubles(void)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0,         "0.0"               },
        {-0.0,      "-0.0"              },
        {1,         "1.0"               },
        {-2.5,      "-2.5"              },
        {0.1,       "0.1"               },
        {100,       "100.0"             },
        {1e7,       "1.0E7"             },
        {9999999,   "9999999.0"         },
        {12345678,  "1.2345678E7"       },
        {0.001,     "0.001"             },
        {0.00099,   "9.9E-4"            },
        {1.0 / 3,   "0.3333333333333333"},
        {1e100,     "1.0E100"           },
        {123.456,   "123.456"           },
        {NAN,       "NaN"               },
        {INFINITY,  "Infinity"          },
        {-INFINITY, "-Infinity"         },
        {5e-324,    "5.0E-324"          },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        value_add_double(&got, rows[i].value, false);
        CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].text);
    }
    AUTO(str_drop) struct str single = {0};
    value_add_double(&single, 0.1f, true);
    CU_ASSERT_STRING_EQUAL(str_text(&single), "0.1");
}

static const char *columns_of_result(size_t i)
{
    return columns[i].name;
}

/* What is written is read back: names, types, cells, NULL. */
static void result_files(void)
{
    AUTO(str_drop) struct str rows = {0};
    AUTO(str_drop) struct str metadata = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct athena_column typed[] = {
        {"a", "decimal(10,2)"              },
        {"b", "row(x varchar)"             },
        {"c", "timestamp(3) with time zone"}
    };
    static const struct athena_column_info wanted[] = {
        {"a", "decimal",                  10, 2, false},
        {"b", "row",                      0,  0, false},
        {"c", "timestamp with time zone", 3,  0, false}
    };
    struct athena_result r = result;
    struct athena_column_info *infos = NULL;
    const char *got[3];
    size_t n = 0, at = 0;
    r.statement = "DML";
    athena_add_result(&rows, &r);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT(athena_read_row(rows.s, rows.len, true, 3, &at, &arena, got));
        for (size_t k = 0; k < 3; k++)
            CU_ASSERT(text_same(got[k], i ? cells[(i - 1) * 3 + k] : columns_of_result(k)));
    }
    CU_ASSERT_FALSE(athena_read_row(rows.s, rows.len, true, 3, &at, &arena, got));
    r.columns = typed;
    athena_add_metadata(&metadata, &r);
    CU_ASSERT(athena_read_metadata(metadata.s, metadata.len, &arena, &infos, &n));
    CU_ASSERT_EQUAL(n, 3);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_STRING_EQUAL(infos[i].name, wanted[i].name);
        CU_ASSERT_STRING_EQUAL(infos[i].type, wanted[i].type);
        CU_ASSERT_EQUAL(infos[i].precision, wanted[i].precision);
        CU_ASSERT_EQUAL(infos[i].scale, wanted[i].scale);
    }
    CU_ASSERT_FALSE(athena_read_metadata(metadata.s, metadata.len - 1, &arena, &infos, &n));
}

CU_TestInfo athena_render_tests[] = {
    {"aligned",                     aligned     },
    {"cut",                         cut         },
    {"csv",                         csv         },
    {"json",                        json        },
    {"nothing",                     nothing     },
    {"doubles",                     doubles     },
    {"files in S3, there and back", result_files},
    CU_TEST_INFO_NULL,
};
