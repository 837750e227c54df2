/* SPDX-License-Identifier: MIT */
/* The sheet that comes back: what people do to YAML is read, everything else is told with its place, in these words. */
#include "grader/answers.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void read_sheet(const char *text, size_t n, struct answers *out, struct str *said, bool *good)
{
    AUTO(diags_drop) struct diags diags = {0};
    diag_source(&diags, "answers.yaml", text, n);
    *good = answers_read("answers.yaml", text, n, out, &diags);
    diags_show(&diags, said);
}

/* Readable sheets: what the key `a` holds, with | between items. */
static void readable(void)
{
    static const struct {
        const char *yaml, *a;
    } rows[] = {
        {"",                                     ""                    },
        {"# only comments\n\n   # and blanks\n", ""                    },
        {"a:\n",                                 ""                    },
        {"a: ~\n",                               ""                    },
        {"a: \"\"\n",                            ""                    },
        {"a: \"  \"\n",                          ""                    },
        {"a: '\"\"'\n",                          ""                    },
        {"a: |\n\n   \n",                        ""                    },
        {"a: \u201c\u00a0\u201d\n",              ""                    },
        {"a: ['', \"\\t\", x]\n",                "x"                   },
        {"a: chaos\n",                           "chaos"               },
        {"a: 'it''s'\n",                         "it's"                },
        {"a: 0.0.0.0/0\n",                       "0.0.0.0/0"           },
        {"a: 2025-10-15T17:20:33Z\n",            "2025-10-15T17:20:33Z"},
        {"a: [x, y]\n",                          "x|y"                 },
        {"a:\n  - x\n  - y\n",                   "x|y"                 },
        {"a: |\n  x\n  y\n",                     "x\ny\n"              },
        {"a: yes\nb: 22\n",                      "yes"                 },
        {"\xef\xbb\xbf"
         "a: bom\n",                    "bom"                 },
        {"a: crlf\r\nb: x\r\n",                  "crlf"                },
        {"a:\n  - x =\n  - \"y = \"\n",          ""                    }, /* as the sheet had it */
        {"a:\n  - x =\n  - y = 2\n",             "y = 2"               },
        {"a: [c2FmZQ==, YQo=]\n",                "c2FmZQ==|YQo="       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(answers_drop) struct answers answers = {0};
        AUTO(str_drop) struct str said = {0}, a = {0};
        bool good = false;
        read_sheet(rows[i].yaml, strlen(rows[i].yaml), &answers, &said, &good);
        const struct texts *given = answers_find(&answers, "a");
        for (size_t j = 0; j < given->n; j++)
            str_addf(&a, "%s%s", j ? "|" : "", given->list[j]);
        if (!good || !text_same(str_text(&a), rows[i].a))
            printf("%s: read '%s', said %s\n", rows[i].yaml, str_text(&a), str_text(&said));
        CU_ASSERT(good);
        CU_ASSERT_STRING_EQUAL(str_text(&a), rows[i].a);
    }
}

/* tests/data/answers/NAME.yaml and the exact words NAME.expect. */
struct cases {
    unsigned n, good;
};

static bool malformed_case(void *context, const struct dir_entry *entry, struct err *e)
{
    struct cases *cases = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str yaml = {0}, want = {0}, said = {0};
    AUTO(answers_drop) struct answers answers = {0};
    if (!text_ends(entry->path, ".yaml"))
        return true;
    const char *base = data_path(&arena, "tests/data/answers/%s", entry->path);
    const char *expect = arena_printf(&arena, "%.*s.expect", (int)strlen(base) - 5, base);
    bool good = true;
    if (!file_read(base, 1 << 20, &yaml, e) || !file_read(expect, 1 << 16, &want, e))
        return false;
    read_sheet(str_text(&yaml), yaml.len, &answers, &said, &good);
    if (good || !text_same(str_text(&said), str_text(&want)))
        printf("%s: expected\n%sgot%s\n%s", entry->path, str_text(&want), good ? " no complaint" : "", str_text(&said));
    cases->n++;
    cases->good += !good && text_same(str_text(&said), str_text(&want));
    return true;
}

static void malformed(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct cases cases = {0};
    struct err e = {0};
    CU_ASSERT(dir_walk(data_path(&arena, "tests/data/answers"), malformed_case, &cases, &e));
    CU_ASSERT(cases.n >= 15);
    CU_ASSERT_EQUAL(cases.good, cases.n);
}

static void too_big(void)
{
    AUTO(answers_drop) struct answers answers = {0};
    AUTO(str_drop) struct str sheet = {0}, said = {0};
    bool good = true;
    str_add(&sheet, "a: ");
    for (int i = 0; i < 30000; i++)
        str_add(&sheet, "xxxxxxxxxx");
    read_sheet(str_text(&sheet), sheet.len, &answers, &said, &good);
    CU_ASSERT(!good);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "answers.yaml: error: 300003 bytes are no sheet of answers: at most 262144\n");
}

CU_TestInfo grader_answers_tests[] = {
    {"readable",  readable },
    {"malformed", malformed},
    {"too big",   too_big  },
    CU_TEST_INFO_NULL,
};
