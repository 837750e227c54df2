/* SPDX-License-Identifier: MIT */
/* docs/reference is what `make reference` would write now, and every key, type, kind and operation is in it. */
#include "grader/checks.h"
#include "grader/schema/schema.h"
#include "grader/types.h"
#include "sim/scenario/decode.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static void current(void)
{
    for (size_t i = 0; i < n_reference_pages; i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str now = {0}, there = {0};
        struct err e = {0};
        reference_pages[i].write(&now);
        CU_ASSERT(file_read(arena_printf(&arena, "docs/reference/%s", reference_pages[i].file), 4u << 20, &there, &e));
        if (!text_same(str_text(&now), str_text(&there)))
            printf("docs/reference/%s is not what the tables say: run `make reference`\n", reference_pages[i].file);
        CU_ASSERT_STRING_EQUAL(str_text(&there), str_text(&now));
    }
}

static void page(const char *file, struct str *out)
{
    for (size_t i = 0; i < n_reference_pages; i++)
        if (text_same(reference_pages[i].file, file))
            reference_pages[i].write(out);
}

static bool says(const struct str *page, const char *fmt, const char *name)
{
    AUTO(str_drop) struct str row = {0};
    str_addf(&row, fmt, name);
    return strstr(str_text(page), str_text(&row));
}

static void complete(void)
{
    AUTO(str_drop) struct str scenario = {0}, questions = {0}, checks = {0}, operations = {0};
    page("scenario.md", &scenario);
    page("questions.md", &questions);
    page("checks.md", &checks);
    page("operations.md", &operations);
    for (size_t i = 0; i < scenario_fields.n; i++)
        CU_ASSERT(says(&scenario, "| `%s` |", scenario_fields.list[i].key));
    for (size_t i = 0; i < step_fields.n; i++)
        CU_ASSERT(says(&scenario, "| `%s` |", step_fields.list[i].key));
    for (size_t i = 0; i < n_answer_types; i++)
        CU_ASSERT(says(&questions, "| `%s` |", answer_types[i].name));
    for (size_t i = 0; check_kinds[i]; i++)
        CU_ASSERT(says(&checks, "### `%s`", check_kinds[i]->name));
    for (size_t s = 0; s < lab_catalog.n; s++)
        for (size_t i = 0; i < lab_catalog.services[s]->n; i++)
            CU_ASSERT(says(&operations, "| `%s` |", lab_catalog.services[s]->ops[i].name));
    /* a value that nobody described would leave its cell empty */
    CU_ASSERT_PTR_NULL(strstr(str_text(&scenario), "|  |\n"));
    CU_ASSERT_PTR_NULL(strstr(str_text(&checks), "|  |\n"));
}

CU_TestInfo grader_reference_tests[] = {
    {"the pages are current",      current },
    {"everything is on the pages", complete},
    CU_TEST_INFO_NULL,
};
