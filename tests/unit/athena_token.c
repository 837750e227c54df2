/* SPDX-License-Identifier: MIT */
/* The tokenizer: places, quotes, comments, and what it refuses. */
#include "sim/athena/token.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void cuts(void)
{
    static const struct {
        const char *sql, *tokens; /* with a bar behind each */
    } rows[] = {
        {"",                                 ""                                  },
        {"a.b,c",                            "a|.|b|,|c|"                        },
        {"a<=b>=c<>d!=e||f",                 "a|<=|b|>=|c|<>|d|!=|e||||f|"       },
        {"x->x+1",                           "x|->|x|+|1|"                       },
        {"1.5 .5 1e3 1e-3 1e 2.",            "1.5|.5|1e3|1e-3|1|e|2.|"           },
        {"'it''s' \"a\"\"b\" `c`",           "'it''s'|\"a\"\"b\"|`c`|"           },
        {"a -- b\nc /* d\n * e */ f /**/ g", "a|c|f|g|"                          },
        {"map<string,array<string>>",        "map|<|string|,|array|<|string|>|>|"},
        {"caf\xc3\xa9",                      NULL                                },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(tokens_drop) struct tokens t = {0};
        AUTO(str_drop) struct str got = {0};
        struct err e = {0};
        bool good = tokens_read(&t, rows[i].sql, strlen(rows[i].sql), &e);
        CU_ASSERT_EQUAL(good, rows[i].tokens != NULL);
        for (size_t n = 0; good && n + 1 < t.n; n++)
            str_addf(&got, "%.*s|", (int)t.items[n].len, t.sql + t.items[n].at);
        if (good)
            CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].tokens);
    }
}

static void knows_places(void)
{
    AUTO(tokens_drop) struct tokens t = {0};
    AUTO(arena_drop) struct arena arena = {0};
    const char *sql = "SELECT '\xc3\xa9', x -- c\n  FROM \"A b\"\n\n";
    CU_ASSERT(tokens_read(&t, sql, strlen(sql), NULL));
    CU_ASSERT(token_at(&t, 3)->line == 1 && token_at(&t, 3)->col == 13); /* characters, not bytes */
    CU_ASSERT(token_at(&t, 4)->line == 2 && token_at(&t, 4)->col == 3);
    CU_ASSERT(token_at(&t, 6)->kind == TOKEN_END && token_at(&t, 6)->line == 2 && token_at(&t, 6)->col == 13);
    CU_ASSERT(token_at(&t, 99) == token_at(&t, 6));
    CU_ASSERT(token_is(&t, 4, "from") && !token_is(&t, 5, "a b") && token_is_name(&t, 5));
    CU_ASSERT_STRING_EQUAL(token_text(&t, 5, &arena), "A b");
}

static void closes(void)
{
    AUTO(tokens_drop) struct tokens t = {0};
    CU_ASSERT(tokens_read(&t, "f(a[1], (b)) (", 14, NULL));
    CU_ASSERT_EQUAL(token_close(&t, 1), 10);
    CU_ASSERT_EQUAL(token_close(&t, 3), 5);
    CU_ASSERT_EQUAL(token_close(&t, 11), t.n - 1);
}

static void refuses(void)
{
    static const struct {
        const char *sql, *said;
    } rows[] = {
        {"a\n /* b",       "line 2:2: mismatched input '/*': a comment that never ends"},
        {"a 'b\n",         "line 1:3: mismatched input ''': a text that never ends"    },
        {"a \"b",          "line 1:3: a quoted name that never ends"                   },
        {"a $b",           "line 1:3: mismatched input '$'"                            },
        {"a \xe2\x82\xac", "line 1:3: mismatched input '\xe2\x82\xac'"                 },
        {"a \xff",         "the query is not UTF-8 text"                               },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(tokens_drop) struct tokens t = {0};
        struct err e = {0};
        CU_ASSERT_FALSE(tokens_read(&t, rows[i].sql, strlen(rows[i].sql), &e));
        CU_ASSERT_STRING_EQUAL(e.msg, rows[i].said);
    }
    AUTO(tokens_drop) struct tokens t = {0};
    AUTO(str_drop) struct str large = {0};
    struct err e = {0};
    while (large.len <= SQL_MAX)
        str_add(&large, "aaaaaaaaaaaaaaaa");
    CU_ASSERT_FALSE(tokens_read(&t, large.s, large.len, &e));
    CU_ASSERT(text_starts(e.msg, "the query is too long"));
}

CU_TestInfo athena_token_tests[] = {
    {"cuts",         cuts        },
    {"knows places", knows_places},
    {"closes",       closes      },
    {"refuses",      refuses     },
    CU_TEST_INFO_NULL,
};
