/* SPDX-License-Identifier: MIT */
/*
 * Every mistake of questions and checks is told, all in one run, in these words: tests/data/rubric/NAME.yaml holds what
 * is put below a small good scenario, NAME.expect what is said.
 */
#include "grader/checks.h"
#include "grader/types.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const char stage[] = "tests/data/rubric/stage.yml";

static bool read_case(struct arena *arena, const char *path, struct str *said, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(diags_drop) struct diags diags = {0};
    if (!file_read(data_path(arena, "%s", stage), 1 << 20, &text, e) || !file_read(path, 1 << 20, &text, e))
        return false;
    diag_source(&diags, "x.yaml", str_text(&text), text.len);
    struct scenario *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
    struct rubric *r = s ? rubric_read(s, &diags) : NULL;
    diags_show(&diags, said);
    rubric_free(&r);
    scenario_free(&s);
    return true;
}

struct cases {
    unsigned n, good;
};

static bool each_case(void *context, const struct dir_entry *entry, struct err *e)
{
    struct cases *cases = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str want = {0}, said = {0};
    if (!text_ends(entry->path, ".yaml"))
        return true;
    const char *path = data_path(&arena, "tests/data/rubric/%s", entry->path);
    const char *expect = arena_printf(&arena, "%.*s.expect", (int)strlen(path) - 5, path);
    if (!file_read(expect, 1 << 16, &want, e) || !read_case(&arena, path, &said, e))
        return false;
    if (!text_same(str_text(&said), str_text(&want)))
        printf("== %s: expected\n%sgot\n%s", entry->path, str_text(&want), str_text(&said));
    cases->n++;
    cases->good += text_same(str_text(&said), str_text(&want));
    return true;
}

static void mistakes(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct cases cases = {0};
    struct err e = {0};
    CU_ASSERT(dir_walk(data_path(&arena, "tests/data/rubric"), each_case, &cases, &e));
    CU_ASSERT(cases.n >= 20);
    CU_ASSERT_EQUAL(cases.good, cases.n);
}

/* Fills every reference with its own name and field, so that they can be looked for. */
static const char *echo(void *context, const char *name, const char *field)
{
    return arena_printf(context, "<%s.%s>", name, field);
}

static struct rubric *fill_cafe(reference_fn *lookup, void *context, struct scenario **s, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    *s = scenario_load("cafe-breach", &diags, e);
    return *s ? rubric_fill(*s, lookup, context, e) : NULL;
}

/* Filled in, values are held to their types: "<rogue_rule.time>" is no time, and the message names the place. */
static void filled_values_are_checked(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct scenario *s = NULL;
    struct err e = {0};
    struct rubric *r = fill_cafe(echo, &arena, &s, &e);
    CU_ASSERT_PTR_NULL(r);
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "got \"<"));
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "scenario.yaml:"));
    scenario_free(&s);
}

static const char *nothing(void *context, const char *name, const char *field)
{
    (void)context;
    return text_same(name, "rogue_rule") && text_same(field, "who") ? "chaos" : NULL;
}

static void missing_values_are_told(void)
{
    struct scenario *s = NULL;
    struct err e = {0};
    CU_ASSERT_PTR_NULL(fill_cafe(nothing, NULL, &s, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "has no value here"));
    scenario_free(&s);
}

static void the_cafe_is_right(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0}, sheet = {0}, list = {0};
    struct err e = {0};
    struct scenario *s = scenario_load("cafe-breach", &diags, &e);
    struct rubric *r = s ? rubric_read(s, &diags) : NULL;
    diags_show(&diags, &said);
    if (said.len)
        printf("%s", str_text(&said));
    CU_ASSERT_EQUAL(diags.n_errors, 0);
    CU_ASSERT(r && rubric_questions(r) == 10);
    if (r) {
        answers_sheet(r, "pt", &sheet);
        questions_text(r, "en", &list);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&sheet), "\nwho:\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&sheet), "# 2. Exatamente quando (UTC)? (10 pontos)\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(str_text(&list), "1. Which identity opened the web server to the whole internet? `who`, 10 points, 6 hints\n"));
    rubric_free(&r);
    scenario_free(&s);
}

static void every_type_speaks_every_language(void)
{
    for (size_t i = 0; i < n_answer_types; i++)
        for (size_t j = 1; j < LANGUAGES; j++) {
            bool there = answer_type_says(&answer_types[i], scenario_languages[j]) != answer_types[i].says;
            if (!there)
                printf("grader/sheet.c: the type %s says nothing in %s\n", answer_types[i].name, scenario_languages[j]);
            CU_ASSERT(there);
        }
}

/* Every key of every table is in the guide, in code quotes. */
static void expect_in(const struct str *guide, const char *name)
{
    AUTO(str_drop) struct str quoted = {0};
    str_addf(&quoted, "`%s`", name);
    bool there = strstr(str_text(guide), str_text(&quoted)) != NULL;
    if (!there)
        printf("docs/questions-and-checks.md lacks %s\n", str_text(&quoted));
    CU_ASSERT(there);
}

static void the_guide_has_every_key(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str guide = {0};
    struct err e = {0};
    CU_ASSERT(file_read(data_path(&arena, "docs/questions-and-checks.md"), 1 << 20, &guide, &e));
    for (size_t i = 0; i < n_answer_types; i++)
        expect_in(&guide, answer_types[i].name);
    for (size_t i = 0; i < question_fields.n; i++)
        expect_in(&guide, question_fields.list[i].key);
    for (size_t i = 0; check_kinds[i]; i++) {
        expect_in(&guide, check_kinds[i]->name);
        for (size_t j = 0; j < check_kinds[i]->params->n; j++)
            expect_in(&guide, check_kinds[i]->params->list[j].key);
    }
}

CU_TestInfo grader_rubric_tests[] = {
    {"mistakes",                         mistakes                        },
    {"the cafe is right",                the_cafe_is_right               },
    {"every type speaks every language", every_type_speaks_every_language},
    {"filled values are checked",        filled_values_are_checked       },
    {"missing values are told",          missing_values_are_told         },
    {"the guide has every key",          the_guide_has_every_key         },
    CU_TEST_INFO_NULL,
};
