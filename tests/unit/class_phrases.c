/* SPDX-License-Identifier: MIT */
/* What the class page says is there in each language, and takes the same values in the same order. */
#include "grader/batch/phrases.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* "%zu to %s" -> "%zu%s": what a format takes. */
static void conversions(const char *format, struct str *out)
{
    for (const char *s = format; (s = strchr(s, '%'));) {
        size_t n = s[1] == '%' ? 2 : strcspn(s, "dsuf") + 1;
        if (s[1] != '%')
            str_addn(out, s, n);
        s += n;
    }
}

static void same_in_each_language(void)
{
    for (int i = 0; i < N_PHRASES; i++) {
        AUTO(str_drop) struct str wanted = {0};
        CU_ASSERT(phrase("en", (enum phrase)i) != NULL);
        conversions(phrase("en", (enum phrase)i), &wanted);
        for (const char *const *l = scenario_languages; *l; l++) {
            AUTO(str_drop) struct str got = {0};
            const char *text = phrase(*l, (enum phrase)i);
            CU_ASSERT(text && *text);
            conversions(text ? text : "", &got);
            CU_ASSERT_STRING_EQUAL(str_text(&got), str_text(&wanted));
        }
    }
    CU_ASSERT_STRING_EQUAL(phrase("pt", PHRASE_STUDENT), "Estudante");
    CU_ASSERT_STRING_EQUAL(phrase("es", PHRASE_STUDENT), "Estudiante");
    CU_ASSERT_STRING_EQUAL(phrase("tlh", PHRASE_STUDENT), "Student");
}

static void decimals(void)
{
    static const struct {
        const char *language, *text, *wanted;
    } rows[] = {
        {"en", "1.5 to 2.",           "1.5 to 2."          },
        {"pt", "1.5 a 2.",            "1,5 a 2."           },
        {"es", "<td>0.25</td> a.b 3", "<td>0,25</td> a.b 3"},
        {"pt", "",                    ""                   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        str_add(&text, rows[i].text);
        phrase_decimals(&text, 0, rows[i].language);
        CU_ASSERT_STRING_EQUAL(str_text(&text), rows[i].wanted);
    }
}

CU_TestInfo class_phrases_tests[] = {
    {"the same in each language", same_in_each_language},
    {"decimal signs",             decimals             },
    CU_TEST_INFO_NULL,
};
