/* SPDX-License-Identifier: MIT */
/*
 * Every mistake gets its words: tests/data/invalid/NAME holds a scenario.yaml and in `expect` what must be said of it.
 * tests/cli/invalid.sh asks `cafelab lint` the same.
 */
#include "grader/grader.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "tests/data/invalid"

/* The words are those that are said to whoever stands in the case's folder. */
static void leave_out(struct str *text, const char *folder)
{
    AUTO(str_drop) struct str kept = {0};
    const char *from = str_text(text);

    for (const char *at; (at = strstr(from, folder)); from = at + strlen(folder))
        str_addn(&kept, from, (size_t)(at - from));
    str_add(&kept, from);
    str_clear(text);
    str_add(text, str_text(&kept));
}

static bool one_case(void *count, const struct dir_entry *entry, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0}, expected = {0}, said = {0};
    AUTO(diags_drop) struct diags diags = {0};

    if (!entry->is_dir)
        return true;
    const char *folder = arena_printf(&arena, FOLDER "/%s/", entry->path);
    const char *file = arena_printf(&arena, "%sscenario.yaml", folder);
    if (!file_read(file, 4u << 20, &text, e) ||
        !file_read(arena_printf(&arena, FOLDER "/%s/expect", entry->path), 1u << 20, &expected, e))
        return false;
    AUTO(scenario_free) struct scenario *s = scenario_read(file, str_text(&text), text.len, &diags);
    if (s && !s->library) {
        struct rubric *rubric = rubric_read(s, &diags);
        rubric_free(&rubric);
        lab_check(s, &diags);
    }
    diags_show(&diags, &said);
    leave_out(&said, folder);
    if (diags.n_errors == 0 || !text_same(str_text(&said), str_text(&expected)))
        printf("%s: expected\n%sgot\n%s", entry->path, str_text(&expected), str_text(&said));
    CU_ASSERT(diags.n_errors > 0);
    CU_ASSERT_STRING_EQUAL(str_text(&said), str_text(&expected));
    ++*(size_t *)count;
    return true;
}

static void test_words(void)
{
    struct err e = {0};
    size_t count = 0;

    CU_ASSERT(dir_walk(FOLDER, one_case, &count, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "");
    CU_ASSERT(count >= 100);
}

/* The scenarios that come with the program have no mistakes. */
static bool one_scenario(void *count, const struct dir_entry *entry, struct err *e)
{
    AUTO(str_drop) struct str said = {0};
    AUTO(diags_drop) struct diags diags = {0};

    if (!text_ends(entry->path, "/scenario.yaml"))
        return true;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(scenario_free) struct scenario *s = scenario_load(arena_printf(&arena, "scenarios/%s", entry->path), &diags, e);
    diags_show(&diags, &said);
    CU_ASSERT_PTR_NOT_NULL(s);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "");
    ++*(size_t *)count;
    return true;
}

static void test_own_scenarios(void)
{
    struct err e = {0};
    size_t count = 0;

    CU_ASSERT(dir_walk("scenarios", one_scenario, &count, &e));
    CU_ASSERT(count >= 1);
}

CU_TestInfo scenario_invalid_tests[] = {
    {"every mistake gets its words", test_words        },
    {"our scenarios have none",      test_own_scenarios},
    CU_TEST_INFO_NULL,
};
