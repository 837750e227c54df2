/* SPDX-License-Identifier: MIT */
/* Text to nodes: what YAML means here, what is refused and in which words, limits. */
#include "sim/yaml/yaml.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

/* The document as JSON, or what was said of it. */
static void read_as_text(const char *yaml, size_t n, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(diags_drop) struct diags diags = {0};
    const struct node *node = yaml_read(&arena, "t.yaml", yaml, n, &diags);

    diags_show(&diags, out);
    if (diags.n_errors || !node)
        return;
    json_auto_t *json = node_json(node);
    str_add_json_value(out, json);
}

static void test_meaning(void)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        {"a: 1\nb: [x, y]\n",                                                          "{\"a\":1,\"b\":[\"x\",\"y\"]}"                              },
        {"- 1\n- two\n",                                                               "[1,\"two\"]"                                                },
        {"plain",                                                                      "\"plain\""                                                  },
 /* YAML 1.2's core schema: only these words are no texts */
        {"[true, True, FALSE, yes, no, on, off, y, n]",                                "[true,true,false,\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\"]"},
        {"[null, Null, ~, , none]",                                                    NULL                                                         },
        {"[null, NULL, ~, nil]",                                                       "[null,null,null,\"nil\"]"                                   },
        {"[22, -3, 0, 022, 0x16, 0o26, 1_000, 12:30, +5, 1.5, 123456789012345678901]",
         "[22,-3,0,\"022\",\"0x16\",\"0o26\",\"1_000\",\"12:30\",\"+5\",\"1.5\",\"123456789012345678901\"]"                                         },
        {"[\"22\", 'true', \"~\", \"\"]",                                              "[\"22\",\"true\",\"~\",\"\"]"                               },
        {"a:\nb: ''\n",                                                                "{\"a\":null,\"b\":\"\"}"                                    },
        {"a: |\n  one\n  two\n",                                                       "{\"a\":\"one\\ntwo\\n\"}"                                   },
        {"a: >-\n  one\n  two\n",                                                      "{\"a\":\"one two\"}"                                        },
        {"a: \"\\u00e9\\n\"\n",                                                        "{\"a\":\"\xc3\xa9\\n\"}"                                    },
        {"a: 2025-10-14T13:00:00Z # a comment\n",                                      "{\"a\":\"2025-10-14T13:00:00Z\"}"                           },
        {"a: 1\r\nb: 2\r\n",                                                           "{\"a\":1,\"b\":2}"                                          },
        {"\xef\xbb\xbf"
         "a: 1\nb: 2\n",                                                      "{\"a\":1,\"b\":2}"                                          },
        {"--- \na: 1\n...\n",                                                          "{\"a\":1}"                                                  },
        {"{}",                                                                         "{}"                                                         },
        {"[]",                                                                         "[]"                                                         },
        {"<<: 1\n",                                                                    "{\"<<\":1}"                                                 },
        {"caf\xc3\xa9: \xf0\x9f\x8d\xb0\n",                                            "{\"caf\xc3\xa9\":\"\xf0\x9f\x8d\xb0\"}"                     },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        read_as_text(rows[i].yaml, strlen(rows[i].yaml), &got);
        if (!rows[i].json) {
            CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&got), "error:"));
            continue;
        }
        if (!text_same(str_text(&got), rows[i].json))
            printf("%s: %s\n", rows[i].yaml, str_text(&got));
        CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].json);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *yaml;
        size_t n; /* 0: strlen */
        const char *says;
    } rows[] = {
        {"",                                   0, "t.yaml:1:1: error: the file is empty"                                                },
        {"# nothing\n\n",                      0, "t.yaml:1:1: error: the file is empty"                                                },
        {"a: 1\n\tb: 2\n",                     0, "t.yaml:2:1: error: a tab cannot indent: use blanks"                                  },
        {"\xc3\xa9: 1\n\tb: 2\n",              0, "t.yaml:2:1: error: a tab cannot indent: use blanks"                                  },
        {"a: [1, 2\n",                         0, "did not find expected ',' or ']' while parsing a flow sequence that begins on line 1"},
        {"a: 'x\n",                            0, "found unexpected end of stream while scanning a quoted scalar that begins on line 1" },
        {"a: b: c\n",                          0, "t.yaml:1:5: error: mapping values are not allowed in this context"                   },
        {"a: &x 1\n",                          0, "t.yaml:1:4: error: anchors are not supported: write the value again"                 },
        {"a: *x\n",                            0, "t.yaml:1:4: error: aliases are not supported: write the value again"                 },
        {"a: !!str 22\n",                      0, "t.yaml:1:4: error: tags are not supported: write a plain value"                      },
        {"a: ! 22\n",                          0, "t.yaml:1:4: error: tags are not supported: write a plain value"                      },
        {"a: !!python/object:os.system [x]\n", 0, "t.yaml:1:4: error: tags are not supported: write a plain value"                      },
        {"a: 1\na: 2\n",                       0, "t.yaml:2:1: error: duplicate key \"a\": the first is on line 1"                      },
        {"{a: {b: 1, b: 2}}",                  0, "t.yaml:1:12: error: duplicate key \"b\": the first is on line 1"                     },
        {"? [x]\n: 1\n",                       0, "t.yaml:1:3: error: expected a plain key, got a list"                                 },
        {"a: 1\n---\nb: 2\n",                  0, "t.yaml:2:1: error: expected one document, found another"                             },
        {"a: caf\xe9 x\n",                     0, "t.yaml:1:7: error: expected UTF-8, found a byte that is not"                         },
        {"a: \xc3\xa9\nb: caf\xe9 x\n",        0, "t.yaml:2:7: error: expected UTF-8, found a byte that is not"                         },
        {"a: \xed\xa0\x80\n",                  0, "error: expected UTF-8, found a byte that is not"                                     },
        {"a: x\0y\n",                          8, "error: control characters are not allowed"                                           },
        {"a: \"x\\0y\"\n",                     0, "t.yaml:1:4: error: a text may not hold a NUL character"                              },
        {"a: \x1b[31mred\n",                   0, "t.yaml:1:4: error: control characters are not allowed"                               },
        {"\xff\xfe\x61\x00:\x00 \x00",         8, "t.yaml:1:1: error: expected UTF-8, found a byte that is not"                         },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        read_as_text(rows[i].yaml, rows[i].n ? rows[i].n : strlen(rows[i].yaml), &got);
        if (!strstr(str_text(&got), rows[i].says))
            printf("%s: expected %s, got %s\n", rows[i].yaml, rows[i].says, str_text(&got));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&got), rows[i].says));
        CU_ASSERT(text_utf8(str_text(&got), got.len));
    }
}

/* Files made to hurt are refused in no time. */
static void test_limits(void)
{
    AUTO(str_drop) struct str deep = {0}, deep_map = {0}, wide = {0}, many = {0}, big = {0};
    struct {
        const struct str *text;
        const char *says;
    } rows[] = {
        {&deep,     "nested too deep"                    },
        {&deep_map, "nested too deep"                    },
        {&wide,     "too many keys in one map"           },
        {&many,     "too many values"                    },
        {&big,      "t.yaml: error: larger than 1024 KiB"},
    };

    for (int i = 0; i < 200000; i++)
        str_add(&deep, "[");
    for (int i = 0; i < 100; i++)
        str_addf(&deep_map, "%*sa:\n", i, "");
    for (int i = 0; i < 60000; i++)
        str_addf(&wide, "k%d: 1\n", i);
    for (int i = 0; i < 60000; i++)
        str_add(&many, "- x\n");
    for (unsigned i = 0; i <= YAML_MAX_BYTES; i++)
        str_addc(&big, 'x');
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        int64_t began = clock_monotonic_us();
        read_as_text(rows[i].text->s, rows[i].text->len, &got);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&got), rows[i].says));
        CU_ASSERT(clock_monotonic_us() - began < 3000000);
        CU_ASSERT(got.len < 2000);
    }
    big.len = YAML_MAX_BYTES; /* a text of just the size is fine */
    AUTO(str_drop) struct str got = {0};
    read_as_text(big.s, big.len, &got);
    CU_ASSERT_EQUAL(got.len, YAML_MAX_BYTES + 2);
}

static void test_places(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(diags_drop) struct diags diags = {0};
    const char *yaml = "a: 1\r\n\xc3\xa9t\xc3\xa9: [x, \"y z\"]\r\nlong: |\r\n  text\r\n";
    const struct node *root = yaml_read(&arena, "t.yaml", yaml, strlen(yaml), &diags);
    const struct node *list = node_get(root, "\xc3\xa9t\xc3\xa9"), *block = node_get(root, "long");

    CU_ASSERT(root && list && block && list->n == 2);
    if (!list || !block || list->n != 2)
        return;
    CU_ASSERT(list->at.line == 2 && list->at.col == 6);
    CU_ASSERT(list->items[1]->at.col == 10 && list->items[1]->width == 5 && list->items[1]->quoted);
    CU_ASSERT(block->at.line == 3 && block->width == 1);
    CU_ASSERT_STRING_EQUAL(block->text, "text\n");
    CU_ASSERT_PTR_NULL(node_get(root, "none"));
    CU_ASSERT_PTR_NULL(node_get(list, "a"));
    CU_ASSERT_PTR_NULL(node_get(NULL, "a"));
}

CU_TestInfo yaml_read_tests[] = {
    {"what it means",   test_meaning},
    {"what is refused", test_refused},
    {"limits",          test_limits },
    {"places",          test_places },
    CU_TEST_INFO_NULL,
};
