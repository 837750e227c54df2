/* SPDX-License-Identifier: MIT */
/* Growing strings, escapes, comparisons, "did you mean". */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void test_str(void)
{
    AUTO(str_drop) struct str s = {0};

    CU_ASSERT_STRING_EQUAL(str_text(&s), "");
    str_add(&s, "");
    CU_ASSERT_STRING_EQUAL(s.s, "");
    for (int i = 0; i < 1000; i++)
        str_addf(&s, "%d,", i);
    CU_ASSERT_EQUAL(s.len, strlen(s.s));
    CU_ASSERT_STRING_EQUAL(s.s + s.len - 8, "998,999,");
    str_clear(&s);
    str_addf(&s, "%0300d", 7); /* longer than the first guess */
    CU_ASSERT_EQUAL(s.len, 300);
    str_clear(&s);
    static const int64_t numbers[] = {0, -7, 10, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        str_add_int(&s, numbers[i]);
        str_addc(&s, ' ');
    }
    CU_ASSERT_STRING_EQUAL(s.s, "0 -7 10 9223372036854775807 -9223372036854775808 ");
    str_clear(&s);
    str_addn(&s, "a\0b", 3);
    CU_ASSERT_EQUAL(s.len, 3);
    AUTO(free_text) char *stolen = str_steal(&s);
    CU_ASSERT_EQUAL(memcmp(stolen, "a\0b", 4), 0);
    CU_ASSERT(s.s == NULL && s.len == 0 && s.cap == 0);
    AUTO(free_text) char *nothing = str_steal(&s);
    CU_ASSERT_STRING_EQUAL(nothing, "");
}

static void test_escapes(void)
{
    static const struct {
        const char *text, *json, *uri, *log;
    } rows[] = {
        {"plain",                    "\"plain\"",                                "plain",                    "plain"                         },
        {"",                         "\"\"",                                     "",                         ""                              },
        {"a b/c?",                   "\"a b/c?\"",                               "a%20b%2Fc%3F",             "a b/c?"                        },
        {"\"\\\b\t\n\v\f\r",         "\"\\\"\\\\\\b\\t\\n\\u000B\\f\\r\"",       "%22%5C%08%09%0A%0B%0C%0D",
         "\"\\\\x08\\x09\\x0a\\x0b\\x0c\\x0d"                                                                                                },
        {"caf\xc3\xa9",              "\"caf\xc3\xa9\"",                          "caf%C3%A9",                "caf\xc3\xa9"                   },
        {"caf\xe9",                  "\"caf\xef\xbf\xbd\"",                      "caf%E9",                   "caf\\xe9"                      },
        {"\x1b[31m",                 "\"\\u001B[31m\"",                          "%1B%5B31m",                "\\x1b[31m"                     },
        {"\x7f\xc2\x9b",             "\"\x7f\xc2\x9b\"",                         "%7F%C2%9B",                "\\x7f\\xc2\\x9b"               },
        {"\xe2\x80\xae\xe2\x81\xa9", "\"\xe2\x80\xae\xe2\x81\xa9\"",             "%E2%80%AE%E2%81%A9",       "\\xe2\\x80\\xae\\xe2\\x81\\xa9"},
        {"\xed\xa0\x80",             "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "%ED%A0%80",                "\\xed\\xa0\\x80"               },
        {"\xf0\x9f\x8d\xb0",         "\"\xf0\x9f\x8d\xb0\"",                     "%F0%9F%8D%B0",             "\xf0\x9f\x8d\xb0"              },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str json = {0}, uri = {0}, log = {0};
        str_add_json(&json, rows[i].text);
        str_add_uri(&uri, rows[i].text);
        str_add_log(&log, rows[i].text);
        CU_ASSERT_STRING_EQUAL(str_text(&json), rows[i].json);
        CU_ASSERT_STRING_EQUAL(str_text(&uri), rows[i].uri);
        CU_ASSERT_STRING_EQUAL(str_text(&log), rows[i].log);
    }
    AUTO(str_drop) struct str prose = {0};
    str_add_prose(&prose, "one\n\n\ttwo\x1b[31m\r\xe9\n");
    CU_ASSERT_STRING_EQUAL(str_text(&prose), "one\n\n two\\x1b[31m\\x0d\\xe9\n");
}

static void test_shell_words(void)
{
    static const char *const rows[][2] = {
        {"scenarios/old-key", "scenarios/old-key"},
        {"my class/b s",      "'my class/b s'"   },
        {"caf\xc3\xa9",       "'caf\xc3\xa9'"    },
        {"it's $HOME",        "'it'\\''s $HOME'" },
        {"-o",                "'-o'"             },
        {"~",                 "'~'"              },
        {"",                  "''"               },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str word = {0};
        str_add_shell_word(&word, rows[i][0]);
        CU_ASSERT_STRING_EQUAL(str_text(&word), rows[i][1]);
    }
}

static void test_hex(void)
{
    AUTO(str_drop) struct str s = {0};

    str_add_hex(&s, "\x00\xab\xff", 3);
    str_add_hex_upper(&s, "\x0c", 1);
    str_add_hex_upper(&s, "", 0);
    CU_ASSERT_STRING_EQUAL(s.s, "00abff0C");
}

static void test_utf8(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool good;
    } rows[] = {
        {"",                 0, true },
        {"a",                1, true },
        {"a\0b",             3, false},
        {"\xc3\xa9",         2, true },
        {"\xc3",             1, false},
        {"\xc0\x80",         2, false},
        {"\xe0\x80\x80",     3, false},
        {"\xef\xbf\xbf",     3, true },
        {"\xed\x9f\xbf",     3, true },
        {"\xed\xa0\x80",     3, false},
        {"\xf4\x8f\xbf\xbf", 4, true },
        {"\xf4\x90\x80\x80", 4, false},
        {"\xf0\x80\x80\x80", 4, false},
        {"\xff",             1, false},
        {"\x80",             1, false},
        {"\xe2\x82",         2, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL(text_utf8(rows[i].bytes, rows[i].n), rows[i].good);
}

static void test_compare(void)
{
    CU_ASSERT(text_same("a", "a") && text_same(NULL, NULL));
    CU_ASSERT_FALSE(text_same("a", NULL) || text_same(NULL, "a") || text_same("a", "b"));
    CU_ASSERT(text_starts("abc", "ab") && text_starts("abc", ""));
    CU_ASSERT_FALSE(text_starts("ab", "abc") || text_starts(NULL, "a"));
    CU_ASSERT(text_ends("abc", "bc") && text_ends("abc", ""));
    CU_ASSERT_FALSE(text_ends("bc", "abc") || text_ends(NULL, ""));
}

static void test_glob(void)
{
    static const struct {
        const char *pattern, *text;
        bool ignore_case, fits;
    } rows[] = {
        {"",              "",                      false, true },
        {"",              "a",                     false, false},
        {"*",             "",                      false, true },
        {"*",             "anything",              false, true },
        {"a*c",           "abbc",                  false, true },
        {"a*c",           "abbd",                  false, false},
        {"a?c",           "abc",                   false, true },
        {"a?c",           "ac",                    false, false},
        {"ec2:Describe*", "ec2:DescribeInstances", false, true },
        {"ec2:describe*", "ec2:DescribeInstances", false, false},
        {"ec2:describe*", "ec2:DescribeInstances", true,  true },
        {"*a*b*c*",       "xxaxxbxxcxx",           false, true },
        {"*a*b*c",        "aabbcb",                false, false},
        {"a**b",          "ab",                    false, true },
        {"\xc3\xa9*",     "\xc3\xa9t\xc3\xa9",     false, true },
    };
    AUTO(str_drop) struct str text = {0}, pattern = {0};

    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL((rows[i].ignore_case ? text_glob_any_case : text_glob)(rows[i].pattern, rows[i].text), rows[i].fits);
    for (int i = 0; i < 5000; i++) { /* what makes a careless matcher run for ever */
        str_add(&text, "a");
        str_add(&pattern, i % 50 ? "a" : "*a");
    }
    str_add(&pattern, "b");
    int64_t began = clock_monotonic_us();
    CU_ASSERT_FALSE(text_glob(pattern.s, text.s));
    CU_ASSERT(clock_monotonic_us() - began < 2000000);
}

static void test_distance(void)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"",       "",        0},
        {"a",      "",        1},
        {"",       "abc",     3},
        {"kitten", "sitting", 3},
        {"form",   "from",    1},
        {"minuts", "minutes", 1},
        {"abcd",   "badc",    2},
    };
    AUTO(str_drop) struct str wide = {0};

    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL(text_distance(rows[i].a, rows[i].b), rows[i].distance);
    for (int i = 0; i < 400; i++)
        str_addc(&wide, 'x');
    CU_ASSERT_EQUAL(text_distance(wide.s, ""), 255);
}

static void test_meant(void)
{
    static const char *const words[] = {"minutes", "level", "Region", "id", NULL};
    static const struct {
        const char *word, *meant;
    } rows[] = {
        {"minuts", "minutes"},
        {"lvel",   "level"  },
        {"region", "Region" },
        {"REGION", "Region" },
        {"xyzzy",  NULL     },
        {"i",      "id"     },
        {"q",      NULL     },
        {"",       NULL     },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *meant = text_meant(rows[i].word, words);
        CU_ASSERT(text_same(meant, rows[i].meant));
    }
    AUTO(arena_drop) struct arena arena = {0};
    CU_ASSERT_STRING_EQUAL(arena_meant(&arena, "lvel", words), " (did you mean \"level\"?)");
    CU_ASSERT_STRING_EQUAL(arena_meant(&arena, "xyzzy", words), "");
}

static void test_memory(void)
{
    AUTO(arena_drop) struct arena a = {0};
    int *list = NULL;
    size_t n = 0, cap = 0;

    for (int i = 0; i < 1000; i++)
        *GROW(list, n, cap) = i;
    CU_ASSERT(n == 1000 && cap >= n && list[999] == 999);
    free(list);
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        char *p = arena_alloc(&a, size);
        bool zero = true;
        for (size_t i = 0; i < size; i++)
            zero = zero && p[i] == 0;
        CU_ASSERT(zero && (uintptr_t)p % 8 == 0);
        memset(p, 'x', size); /* a sanitizer sees whether it is all ours */
    }
    CU_ASSERT_STRING_EQUAL(arena_printf(&a, "%s-%d", "a", 5), "a-5");
    CU_ASSERT_STRING_EQUAL(arena_dupn(&a, "abcdef", 3), "abc");
    CU_ASSERT_PTR_NULL(arena_dup(&a, NULL));
}

static void test_err(void)
{
    struct err e = {0};

    CU_ASSERT_FALSE(err_set(&e, "open '%s'", "x"));
    CU_ASSERT_FALSE(err_set(&e, "later"));
    CU_ASSERT_STRING_EQUAL(e.msg, "open 'x'");
    CU_ASSERT_FALSE(err_wrap(&e, "scenario '%s'", "y"));
    CU_ASSERT_STRING_EQUAL(e.msg, "scenario 'y': open 'x'");
    CU_ASSERT_FALSE(err_set(NULL, "nobody asks"));
    CU_ASSERT_FALSE(err_wrap(NULL, "nobody asks"));
    for (int i = 0; i < 200; i++)
        err_wrap(&e, "and again");
    CU_ASSERT_EQUAL(strlen(e.msg), sizeof(e.msg) - 1);
}

static void texts_stand_once_and_in_order(void)
{
    const char *list[] = {"b", "a\xff", "a", "b", "B", "", "b"};
    static const char *const want[] = {"", "B", "a", "a\xff", "b"};
    size_t n = texts_once(list, COUNT(list));
    CU_ASSERT_EQUAL(n, COUNT(want));
    for (size_t i = 0; i < n && i < COUNT(want); i++)
        CU_ASSERT_STRING_EQUAL(list[i], want[i]);
    CU_ASSERT_EQUAL(texts_once(NULL, 0), 0);
}

CU_TestInfo base_text_tests[] = {
    {"strings grow",                   test_str                     },
    {"escapes",                        test_escapes                 },
    {"words of a shell",               test_shell_words             },
    {"hexadecimal",                    test_hex                     },
    {"UTF-8",                          test_utf8                    },
    {"comparing",                      test_compare                 },
    {"globs",                          test_glob                    },
    {"distances",                      test_distance                },
    {"did you mean",                   test_meant                   },
    {"memory",                         test_memory                  },
    {"errors",                         test_err                     },
    {"texts stand once, and in order", texts_stand_once_and_in_order},
    CU_TEST_INFO_NULL,
};
