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
                                           " {\"eventName\":\"a\\u001b[31m\\nb\",\"n\":-1,\"it\":false}\n]\n");
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

CU_TestInfo athena_render_tests[] = {
    {"aligned", aligned},
    {"cut",     cut    },
    {"csv",     csv    },
    {"json",    json   },
    {"nothing", nothing},
    {"doubles", doubles},
    CU_TEST_INFO_NULL,
};
