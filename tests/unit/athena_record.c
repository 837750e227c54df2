/* SPDX-License-Identifier: MIT */
/* The reader of log files: what it takes from records, and what it says of text that is none. */
#include "sim/athena/record.h"

#include <CUnit/CUnit.h>
#include <string.h>

static size_t leaf_of(const char *column, const char *field)
{
    size_t leaf = leaf_find(column);
    for (size_t i = leaf; field && i < leaf_next(leaf); i++)
        if (text_same(leaves[i].name, field))
            return i;
    return leaf;
}

static bool holds(const struct cell *cell, const char *text)
{
    return text ? cell->s && cell->n == strlen(text) && !memcmp(cell->s, text, cell->n) : !cell->s;
}

static void takes_cells(void)
{
    static const struct {
        const char *record, *column, *field, *text;
    } rows[] = {
        {"{\"eventName\":\"ListUsers\"}",                                                            "eventname",         NULL,   "ListUsers"                            },
        {"{ \"eventName\" : \"ListUsers\" }",                                                        "eventname",         NULL,   "ListUsers"                            },
        {"{\"eventName\":null}",                                                                     "eventname",         NULL,   NULL                                   },
        {"{}",                                                                                       "eventname",         NULL,   NULL                                   },
        {"{\"eventname\":\"x\"}",                                                                    "eventname",         NULL,   NULL                                   }, /* CloudTrail's own spelling counts */
        {"{\" eventName\":\"x\"}",                                                                   "eventname",         NULL,   NULL                                   },
        {"{\"eventName\":\"a\",\"eventName\":\"b\"}",                                                "eventname",         NULL,   "b"                                    },
        {"{\"readOnly\":true}",                                                                      "readonly",          NULL,   "true"                                 },
        {"{\"readOnly\":-1.5e+3}",                                                                   "readonly",          NULL,   "-1.5e+3"                              },
        {"{\"requestParameters\":{\"a\":[1,{\"b\":\"]}\"}]},\"eventName\":\"x\"}",                   "requestparameters", NULL,
         "{\"a\":[1,{\"b\":\"]}\"}]}"                                                                                                                                    },
        {"{\"requestParameters\":null}",                                                             "requestparameters", NULL,   NULL                                   },
        {"{\"eventName\":\"a\\n\\\"\\\\\\/\\u00e9\\u20ac\"}",                                        "eventname",         NULL,   "a\n\"\\/\xc3\xa9\xe2\x82\xac"         },
        {"{\"eventName\":\"\\ud83d\\ude00\"}",                                                       "eventname",         NULL,   "\xf0\x9f\x98\x80"                     },
        {"{\"eventName\":\"\\ud83dx\\udc00\\u0000\"}",                                               "eventname",         NULL,   "\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd"},
        {"{\"userIdentity\":{\"type\":\"Root\",\"arn\":\"a\"}}",                                     "useridentity",      "arn",  "a"                                    },
        {"{\"userIdentity\":{\"arn\":\"a\",\"type\":\"Root\"}}",                                     "useridentity",      "type", "Root"                                 },
        {"{\"userIdentity\":{}}",                                                                    "useridentity",      NULL,   ""                                     },
        {"{\"userIdentity\":\"text\"}",                                                              "useridentity",      NULL,   NULL                                   },
        {"{\"userIdentity\":{\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":\"true\"}}}}", "useridentity",
         "mfaauthenticated",                                                                                                      "true"                                 },
        {"{\"resources\":[{\"ARN\":\"x\"}]}",                                                        "resources",         NULL,   "[{\"ARN\":\"x\"}]"                    },
        {"{\"resources\":{}}",                                                                       "resources",         NULL,   NULL                                   },
        {"{\"unknown\":{\"eventName\":\"x\"}}",                                                      "eventname",         NULL,   NULL                                   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str file = {0};
        AUTO(records_drop) struct records got = {0};
        struct err e = {0};
        str_addf(&file, "{\"Records\":[%s]}", rows[i].record);
        bool good = records_read(file.s, file.len, &got, &e) && got.n == 1 &&
                    holds(&got.rows[0][leaf_of(rows[i].column, rows[i].field)], rows[i].text);
        CU_ASSERT(good);
        if (!good)
            printf("%s: %s\n", rows[i].record, e.msg);
    }
}

static void refuses(void)
{
    static const struct {
        const char *file, *said;
    } rows[] = {
        {"",                                         "it is empty (at byte 0)"                     },
        {"[]",                                       "it does not begin with '{' (at byte 0)"      },
        {"{}",                                       "it has no \"Records\" (at byte 2)"           },
        {"{\"Records\":[]",                          "it ends too early (at byte 13)"              },
        {"{\"Records\":[]}x",                        "more text after the end (at byte 14)"        },
        {"{\"Records\":[],}",                        "expected a key (at byte 14)"                 },
        {"{\"Records\":[{}{}]}",                     "expected ',' or ']' (at byte 14)"            },
        {"{\"Records\":[{\"a\"1}]}",                 "expected ':' (at byte 16)"                   },
        {"{\"Records\":[{\"a\":1,}]}",               "expected a key (at byte 19)"                 },
        {"{\"Records\":[{\"a\":[1,]}]}",             "a value that is none (at byte 20)"           },
        {"{\"Records\":[{\"a\":\"\t\"}]}",           "a control character in a string (at byte 18)"},
        {"{\"Records\":[{\"a\":\"x",                 "it ends within a string (at byte 19)"        },
        {"{\"Records\":[{\"a\":\"\\u12g4\"}]}",      "a bad escape (at byte 18)"                   },
        {"{\"Records\":[{\"a\":1.}]}",               "a bad number (at byte 19)"                   },
        {"{\"Records\":[{\"a\":1e}]}",               "a bad number (at byte 19)"                   },
        {"{\"Records\":[{\"a\":nul}]}",              "a value that is none (at byte 17)"           },
        {"{\"Records\":[{\"a\":\"\xc3\x28\"}]}",     "text that is not UTF-8 (at byte 20)"         },
        {"{\"Records\":[{\"a\":\"\xed\xa0\x80\"}]}", "text that is not UTF-8 (at byte 21)"         },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(records_drop) struct records got = {0};
        struct err e = {0};
        CU_ASSERT_FALSE(records_read(rows[i].file, strlen(rows[i].file), &got, &e));
        CU_ASSERT_STRING_EQUAL(e.msg, rows[i].said);
    }
}

/* Runs of every length, so that the look at eight bytes at once meets a quote at each of its places. */
static void finds_ends(void)
{
    for (size_t n = 0; n < 40; n++) {
        AUTO(str_drop) struct str file = {0};
        AUTO(records_drop) struct records got = {0};
        str_add(&file, "{\"Records\":[{\"eventName\":\"");
        for (size_t i = 0; i < n; i++)
            str_addc(&file, (char)('a' + i % 26));
        str_add(&file, "\",\"awsRegion\":\"r\"}]}");
        CU_ASSERT(records_read(file.s, file.len, &got, NULL) && got.n == 1);
        CU_ASSERT_EQUAL(got.rows[0][leaf_find("eventname")].n, n);
        CU_ASSERT(holds(&got.rows[0][leaf_find("awsregion")], "r"));
    }
}

static void reads_lists_and_maps(void)
{
    AUTO(records_drop) struct records got = {0};
    const char *list = "[{\"ARN\":\"a\\u0041\",\"type\":\"t\"},{},{\"ARN\":1},7]",
               *map = "{\"k\":\"v\", \"n\":1, \"x\":null, \"bad\"}";
    size_t leaf = leaf_find("resources");
    records_read_list(list, strlen(list), leaf, &got);
    CU_ASSERT_EQUAL(got.n, 3);
    CU_ASSERT(holds(&got.rows[0][leaf + 1], "aA") && holds(&got.rows[0][leaf + 3], "t"));
    CU_ASSERT(holds(&got.rows[1][leaf + 1], NULL) && holds(&got.rows[2][leaf + 1], "1"));
    records_read_map(map, strlen(map), &got);
    CU_ASSERT_EQUAL(got.n, 3);
    CU_ASSERT(holds(&got.rows[0][0], "k") && holds(&got.rows[0][1], "v") && holds(&got.rows[2][1], NULL));
}

static void caps_records(void)
{
    AUTO(str_drop) struct str file = {0};
    AUTO(records_drop) struct records got = {0};
    struct err e = {0};
    str_add(&file, "{\"Records\":[{}");
    for (size_t i = 0; i < RECORDS_MAX; i++)
        str_add(&file, ",{}");
    str_add(&file, "]}");
    CU_ASSERT_FALSE(records_read(file.s, file.len, &got, &e));
    CU_ASSERT(text_starts(e.msg, "too many records"));
}

CU_TestInfo athena_record_tests[] = {
    {"takes cells",          takes_cells         },
    {"refuses",              refuses             },
    {"finds ends",           finds_ends          },
    {"reads lists and maps", reads_lists_and_maps},
    {"caps records",         caps_records        },
    CU_TEST_INFO_NULL,
};
