/* SPDX-License-Identifier: MIT */
/* Sentences in other languages: a row has all of them, with the same conversions in the same order, and each key once. */
#include "grader/sentences.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* The conversions of a format, "%zu %s"; what takes an argument and prints nothing of it ("%.0s") is the same as "%s". */
static void conversions(const char *format, struct str *out)
{
    for (const char *s = strchr(format, '%'); s; s = strchr(s, '%')) {
        size_t n = strspn(++s, ".0123456789lz") + 1;
        const char *letters = s;
        while (strchr(".0123456789", *letters))
            letters++;
        str_addf(out, "%%%.*s ", (int)(s + n - letters), letters);
        s += n;
    }
}

static void rows_are_whole(void)
{
    for (size_t i = 0; i < n_sentences; i++) {
        const char *key = sentences[i].in[0];
        AUTO(str_drop) struct str wanted = {0};
        conversions(key, &wanted);
        for (size_t k = 1; k < LANGUAGES; k++) {
            AUTO(str_drop) struct str got = {0};
            CU_ASSERT_PTR_NOT_NULL(sentences[i].in[k]);
            conversions(sentences[i].in[k] ? sentences[i].in[k] : "", &got);
            CU_ASSERT_STRING_EQUAL(str_text(&wanted), str_text(&got));
            CU_ASSERT(text_ends(key, ".") == text_ends(sentences[i].in[k], "."));
            CU_ASSERT(text_ends(key, " ") == text_ends(sentences[i].in[k], " "));
        }
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(sentences[k].in[0], key);
    }
}

static void what_is_said(void)
{
    static const struct {
        const char *english, *language, *says;
    } rows[] = {
        {"it works",                                    "en", "it works"                                             },
        {"it works",                                    NULL, "it works"                                             },
        {"it works",                                    "fr", "it works"                                             },
        {"it works",                                    "pt", "funciona"                                             },
        {"it works well",                               "pt", "it works well"                                        },
        {"expected one of console, programmatic",       "es", "se esperaba una de las opciones console, programmatic"},
        {"write the number alone, without \"records\"", "pt", "escreve só o número, sem \"records\""               },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str said = {0};
        str_add_sentence(&said, rows[i].english, rows[i].language);
        CU_ASSERT_STRING_EQUAL(str_text(&said), rows[i].says);
    }
    const char *beginning = "expected one of a, b";
    CU_ASSERT_PTR_EQUAL(sentence(beginning, "pt", NULL), beginning);
}

CU_TestInfo grader_sentences_tests[] = {
    {"rows are whole", rows_are_whole},
    {"what is said",   what_is_said  },
    CU_TEST_INFO_NULL
};
