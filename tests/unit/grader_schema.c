/* SPDX-License-Identifier: MIT */
/* The schema knows every key that the tables decode: one without a form would end the program. */
#include "grader/checks.h"
#include "grader/schema/schema.h"
#include "sim/scenario/decode.h"

#include <CUnit/CUnit.h>

static void every_key(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct {
        const struct fields *table;
        const char *path;
    } tables[] = {
        {&scenario_fields,     "properties"                                  },
        {&step_fields,         "properties.timeline.items.anyOf.0.properties"},
        {&use_of_block_fields, "properties.timeline.items.anyOf.1.properties"},
        {&question_fields,     "properties.questions.items.properties"       },
        {check_fields(&arena), "properties.checks.items.properties"          },
    };
    json_auto_t *schema = schema_json();
    for (size_t i = 0; i < COUNT(tables); i++) {
        const json_t *properties = json_path(schema, tables[i].path);
        CU_ASSERT_PTR_NOT_NULL(properties);
        for (size_t j = 0; j < tables[i].table->n; j++) {
            const json_t *key = json_object_get(properties, tables[i].table->list[j].key);
            CU_ASSERT_PTR_NOT_NULL(key);
            CU_ASSERT(json_str(key, "description") || json_str(key, "$ref"));
        }
    }
}

CU_TestInfo grader_schema_tests[] = {
    {"every key has a form", every_key},
    CU_TEST_INFO_NULL,
};
