/* SPDX-License-Identifier: MIT */
/* JSON documents: what is refused, what is cleaned, paths, lenient readers. */
#include "sim/base/base.h"
#include "sim/base/json_memory.h"

#include <CUnit/CUnit.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void test_read(void)
{
    static const struct {
        const char *text, *written; /* NULL: refused */
    } rows[] = {
        {"{\"b\": 1, \"a\": [true, null, \"x\"]}", "{\"b\":1,\"a\":[true,null,\"x\"]}"                    },
        {" \"text\" ",                             "\"text\""                                             },
        {"22",                                     "22"                                                   },
        {"\"\\u00e9\\ud83c\\udf70\"",              "\"\xc3\xa9\xf0\x9f\x8d\xb0\""                         },
        {"[{}, [], {\"\": [[]]}]",                 "[{},[],{\"\":[[]]}]"                                  },
        {"[-9223372036854775808, 1.5, 1e3, 0.1]",  "[-9223372036854775808,1.5,1000.0,0.10000000000000001]"},
        {"\"\\u001b\\u007f\\b/\\\"\\\\\"",         "\"\\u001B\x7f\\b/\\\"\\\\\""                          },
        {"{\"a\": 1, \"a\": 2}",                   NULL                                                   },
        {"{\"a\": 1} x",                           NULL                                                   },
        {"{'a': 1}",                               NULL                                                   },
        {"[1, 2,]",                                NULL                                                   },
        {"",                                       NULL                                                   },
        {"nul",                                    NULL                                                   },
        {"\"\\ud800\"",                            NULL                                                   },
        {"\"\\u0000\"",                            NULL                                                   },
        {"\"\xff\"",                               NULL                                                   },
        {"99999999999999999999",                   NULL                                                   },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        struct err e = {0};
        json_auto_t *value = json_read(rows[i].text, strlen(rows[i].text), &e);
        CU_ASSERT_EQUAL(value != NULL, rows[i].written != NULL);
        CU_ASSERT_EQUAL(e.set, rows[i].written == NULL);
        if (!value || !rows[i].written)
            continue;
        AUTO(free_text) char *theirs = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        str_add_json_value(&text, value);
        CU_ASSERT_STRING_EQUAL(str_text(&text), rows[i].written);
        CU_ASSERT_STRING_EQUAL(theirs, rows[i].written);
    }
}

static bool read_nested(unsigned depth)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};

    for (unsigned i = 0; i < depth; i++)
        str_add(&text, "[");
    str_add(&text, "\"]]\\\"[[\""); /* brackets in a text do not count */
    for (unsigned i = 0; i < depth; i++)
        str_add(&text, "]");
    json_auto_t *value = json_read(text.s, text.len, &e);
    return value != NULL;
}

static void test_depth(void)
{
    CU_ASSERT(read_nested(JSON_MAX_DEPTH));
    CU_ASSERT_FALSE(read_nested(JSON_MAX_DEPTH + 1));
    CU_ASSERT_FALSE(read_nested(1000000));
}

static void test_lenient(void)
{
    struct err e = {0};
    const char *text =
        "{\"n\": 22, \"t\": \"23\", \"x\": \"2x\", \"yes\": true, \"no\": \"false\", \"s\": \"text\", \"z\": null}";
    json_auto_t *o = json_read(text, strlen(text), &e);

    CU_ASSERT_EQUAL(json_int_or(o, "n", -1), 22);
    CU_ASSERT_EQUAL(json_int_or(o, "t", -1), 23);
    CU_ASSERT_EQUAL(json_int_or(o, "x", -1), -1);
    CU_ASSERT_EQUAL(json_int_or(o, "absent", -1), -1);
    CU_ASSERT_TRUE(json_bool_or(o, "yes", false));
    CU_ASSERT_FALSE(json_bool_or(o, "no", true));
    CU_ASSERT_TRUE(json_bool_or(o, "s", true));
    CU_ASSERT_STRING_EQUAL(json_str(o, "s"), "text");
    CU_ASSERT_PTR_NULL(json_str(o, "n"));
    CU_ASSERT_STRING_EQUAL(json_str_or(o, "z", "none"), "none");
    CU_ASSERT_PTR_NULL(json_str(NULL, "s"));
}

static void test_path(void)
{
    struct err e = {0};
    const char *text = "{\"a\": {\"items\": [{\"port\": 22}, {\"port\": 80}]}, \"e\": []}";
    json_auto_t *o = json_read(text, strlen(text), &e);
    AUTO(str_drop) struct str wide = {0};

    CU_ASSERT_EQUAL(json_integer_value(json_path(o, "a.items.1.port")), 80);
    CU_ASSERT_PTR_EQUAL(json_path(o, ""), o);
    CU_ASSERT_PTR_NULL(json_path(o, "a.items.2.port"));
    CU_ASSERT_PTR_NULL(json_path(o, "a.items.x.port"));
    CU_ASSERT_PTR_NULL(json_path(o, "a.items.-1"));
    CU_ASSERT_PTR_NULL(json_path(o, "a.b.c"));
    CU_ASSERT_PTR_NULL(json_path(o, "e.0"));
    CU_ASSERT_PTR_NULL(json_path(NULL, "a"));
    for (int i = 0; i < 200; i++)
        str_add(&wide, "k");
    CU_ASSERT_PTR_NULL(json_path(o, wide.s));
}

static void test_build(void)
{
    AUTO(str_drop) struct str text = {0}, pretty = {0};
    json_auto_t *o = json_object();

    json_put_text(o, "clean", "caf\xe9");
    json_put_text(o, "none", NULL);
    json_put(o, "made", json_textf("%s-%d", "a", 1));
    json_put(o, "list", json_pack("[i]", 1));
    str_add_json_value(&text, o);
    CU_ASSERT_STRING_EQUAL(text.s, "{\"clean\":\"caf\xef\xbf\xbd\",\"made\":\"a-1\",\"list\":[1]}");
    str_add_json_pretty(&pretty, o);
    CU_ASSERT_STRING_EQUAL(pretty.s,
                           "{\n  \"clean\": \"caf\xef\xbf\xbd\",\n  \"made\": \"a-1\",\n  \"list\": [\n    1\n  ]\n}\n");
}

/* What was given back serves again only whom it has room for; more than a thread keeps goes back to malloc. */
static void test_memory(void)
{
    enum { MANY = 2000 };
    static char *blocks[MANY];
    for (size_t given = 0; given < 330; given++) {
        json_memory_give(json_memory_take(given));
        for (size_t taken = given < 40 ? 0 : given - 40; taken < given + 40; taken++) {
            char *block = json_memory_take(taken);
            CU_ASSERT(malloc_usable_size(block) >= taken);
            memset(block, 'x', taken);
            json_memory_give(block);
        }
    }
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++)
            memset(blocks[i] = json_memory_take(i % 300), (int)i, i % 300);
        for (size_t i = 0; i < MANY; i++) {
            CU_ASSERT(i % 300 == 0 || blocks[i][i % 300 - 1] == (char)i);
            json_memory_give(blocks[i]);
        }
    }
    json_memory_drop();
}

static void *reads(void *made_elsewhere)
{
    json_decref(made_elsewhere);
    return json_pack("{s:[i, s]}", "a", 1, "b");
}

/* Documents go from thread to thread, and threads end. */
static void test_threads(void)
{
    json_t *document = json_pack("[s]", "x");
    for (int i = 0; i < 8; i++) {
        pthread_t thread;
        void *made = NULL;
        CU_ASSERT(!pthread_create(&thread, NULL, reads, document) && !pthread_join(thread, &made));
        document = made;
        CU_ASSERT_STRING_EQUAL(json_string_value(json_path(document, "a.1")), "b");
    }
    json_decref(document);
}

CU_TestInfo base_json_tests[] = {
    {"reading",            test_read   },
    {"depth",              test_depth  },
    {"lenient readers",    test_lenient},
    {"paths",              test_path   },
    {"building, cleaning", test_build  },
    {"memory",             test_memory },
    {"threads",            test_threads},
    CU_TEST_INFO_NULL,
};
