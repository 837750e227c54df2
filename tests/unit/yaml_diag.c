/* SPDX-License-Identifier: MIT */
/* Mistakes shown: order, repetition, carets under every kind of text, long lines, JSON. */
#include "sim/yaml/yaml.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static struct src_pos at(unsigned line, unsigned col)
{
    return (struct src_pos){"t.yaml", line, col};
}

static void test_order(void)
{
    AUTO(diags_drop) struct diags d = {0};
    AUTO(str_drop) struct str said = {0};
    const char *text = "first\nsecond\n";

    diag_source(&d, "t.yaml", text, strlen(text));
    diag_error(&d, at(2, 3), 4, "b", "second %d", 2);
    diag_warn(&d, at(1, 1), 0, "a", "careful");
    diag_error(&d, at(2, 3), 4, "b", "second %d", 2); /* told once */
    diag_error(&d, at(2, 3), 1, "b", "another");
    diag_error(&d, (struct src_pos){"a.yaml", 0, 0}, 1, "c", "of the file");
    diags_show(&d, &said);
    CU_ASSERT_STRING_EQUAL(said.s, "a.yaml: error: of the file\n"
                                   "t.yaml:1:1: warning: careful\n    1 | first\n      | ^\n"
                                   "t.yaml:2:3: error: another\n    2 | second\n      |   ^\n"
                                   "t.yaml:2:3: error: second 2\n    2 | second\n      |   ^~~~\n");
    json_auto_t *list = diags_json(&d);
    AUTO(str_drop) struct str json = {0};
    CU_ASSERT_EQUAL(json_array_size(list), 4);
    str_add_json_value(&json, json_array_get(list, 1));
    CU_ASSERT_STRING_EQUAL(
        json.s,
        "{\"file\":\"t.yaml\",\"line\":1,\"column\":1,\"severity\":\"warning\",\"rule\":\"a\",\"message\":\"careful\"}");
}

static void test_carets(void)
{
    static const struct {
        const char *line;
        unsigned col, width;
        const char *shown;
    } rows[] = {
        {"abc: def",                   6, 3, "    1 | abc: def\n      |      ^~~\n"                },
        {"",                           1, 1, "    1 | \n      | ^\n"                               },
        {"x",                          9, 1, "    1 | x\n      |  ^\n"                             }, /* beyond the end: right behind it */
        {"caf\xc3\xa9 x",              6, 1, "    1 | caf\xc3\xa9 x\n      |      ^\n"             },
        {"\xe5\x92\x96\xe5\x95\xa1 x", 4, 1, "    1 | \xe5\x92\x96\xe5\x95\xa1 x\n      |      ^\n"}, /* two cells each */
        {"\xf0\x9f\x8d\xb0x",          2, 1, "    1 | \xf0\x9f\x8d\xb0x\n      |   ^\n"            },
        {"e\xcc\x81x",                 3, 1, "    1 | e\xcc\x81x\n      |  ^\n"                    }, /* a combining accent takes no cell */
        {"\ta",                        2, 1, "    1 |  a\n      |  ^\n"                            },
        {"\xff\x1b[31m",               2, 1, "    1 | ??[31m\n      |  ^\n"                        }, /* nothing reaches the terminal */
        {"\xc2\x9b"
         "31m",               2, 1, "    1 | ?31m\n      |  ^\n"                          },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags d = {0};
        AUTO(str_drop) struct str said = {0};
        diag_source(&d, "t.yaml", rows[i].line, strlen(rows[i].line));
        diag_error(&d, at(1, rows[i].col), rows[i].width, "x", "m");
        diags_show(&d, &said);
        const char *shown = strchr(said.s, '\n') + 1;
        if (strcmp(shown, rows[i].shown) != 0)
            printf("row %zu: expected %sgot %s", i, rows[i].shown, shown);
        CU_ASSERT_STRING_EQUAL(shown, rows[i].shown);
    }
}

static void test_line_breaks(void)
{
    AUTO(diags_drop) struct diags d = {0};
    AUTO(str_drop) struct str said = {0};
    const char *text = "one\r\ntwo\rthree\xe2\x80\xa8"
                       "four\xc2\x85"
                       "five";

    diag_source(&d, "t.yaml", text, strlen(text));
    for (unsigned line = 1; line <= 6; line++)
        diag_error(&d, at(line, 1), 1, "x", "m");
    diags_show(&d, &said);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "    1 | one\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "    2 | two\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "    3 | three\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "    4 | four\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "    5 | five\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "t.yaml:6:1: error: m\n")); /* there is no such line: nothing is shown */
    CU_ASSERT_PTR_NULL(strstr(said.s, "    6 |"));
}

static void test_long_lines(void)
{
    AUTO(diags_drop) struct diags d = {0};
    AUTO(str_drop) struct str line = {0}, said = {0};

    for (int i = 0; i < 5000; i++)
        str_addc(&line, 'x');
    line.s[4000] = '!';
    diag_source(&d, "t.yaml", line.s, line.len);
    diag_error(&d, at(1, 4001), 500, "x", "m");
    diags_show(&d, &said);
    CU_ASSERT(said.len < 600);
    const char *shown = strstr(said.s, " | ...") + 3, *caret = strstr(said.s, "\n      | ") + 9;
    CU_ASSERT_EQUAL(strchr(shown, '!') - shown, strchr(caret, '^') - caret); /* still under it */
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "x...\n"));
}

static void test_messages_are_safe(void)
{
    AUTO(diags_drop) struct diags d = {0};
    AUTO(str_drop) struct str said = {0};

    diag_error(&d, (struct src_pos){"bad\x1bname", 1, 1}, 1, "x", "got \"%s\"", "\x1b[2J\xff");
    diags_show(&d, &said);
    CU_ASSERT_STRING_EQUAL(said.s, "bad\\x1bname:1:1: error: got \"\\x1b[2J\\xff\"\n");
}

static void test_too_many(void)
{
    AUTO(diags_drop) struct diags d = {0};
    AUTO(str_drop) struct str said = {0};

    for (unsigned i = 1; i <= 1000; i++)
        diag_error(&d, at(i, 1), 1, "x", "m");
    diags_show(&d, &said);
    CU_ASSERT_EQUAL(d.n_errors, 1000);
    CU_ASSERT_EQUAL(d.n, 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "(only the first 200 mistakes are shown)\n"));
}

CU_TestInfo yaml_diag_tests[] = {
    {"sorted, each once",        test_order            },
    {"carets",                   test_carets           },
    {"line breaks of all kinds", test_line_breaks      },
    {"long lines are cut",       test_long_lines       },
    {"messages are safe",        test_messages_are_safe},
    {"too many",                 test_too_many         },
    CU_TEST_INFO_NULL,
};
