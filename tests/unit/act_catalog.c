/* SPDX-License-Identifier: MIT */
/* Every table of operations: found by name, complete, and its rows' own words make sense. */
#include "sim/lab/catalog.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void test_rows(void)
{
    for (size_t i = 0; i < lab_catalog.n; i++) {
        const struct service *service = lab_catalog.services[i], *found;
        size_t n = strlen(service->name);
        for (size_t k = 0; k < service->n; k++) {
            const struct op *op = &service->ops[k];
            bool sorted = k == 0 || strcmp(service->ops[k - 1].name, op->name) < 0;
            if (!sorted)
                printf("%s: not in order\n", op->name);
            CU_ASSERT(sorted);
            CU_ASSERT(strncmp(op->name, service->name, n) == 0 && op->name[n] == ':');
            CU_ASSERT(catalog_find(&lab_catalog, op->name, &found) == op && found == service);
            CU_ASSERT(op->run && op->params && (op->resource || op->flags & OP_HOST));
            CU_ASSERT(!(op->flags & OP_KEEPS_RESPONSE) || op->flags & OP_READ);
        }
        for (size_t k = i + 1; k < lab_catalog.n; k++)
            CU_ASSERT_STRING_NOT_EQUAL(service->name, lab_catalog.services[k]->name);
    }
}

/* What a row requires is what is missing from an empty call; nothing else is said of it. */
static void test_params(void)
{
    for (size_t i = 0; i < lab_catalog.n; i++)
        for (size_t k = 0; k < lab_catalog.services[i]->n; k++) {
            AUTO(arena_drop) struct arena arena = {0};
            const struct op *op = &lab_catalog.services[i]->ops[k];
            json_auto_t *odd = json_pack("{s:i}", "noSuchParameterAtAll", 1);
            const char *why = "";
            bool good = op_check_params(op, NULL, &arena, &why);
            CU_ASSERT(good == !strchr(op->params, '!') && (good || text_starts(why, "missing parameter \"")));
            CU_ASSERT(!op_check_params(op, odd, &arena, &why) && text_starts(why, "unknown parameter \"noSuch"));
        }
}

static void test_names(void)
{
    static const char *const rows[][2] = {
        {"iam:CreateUsr",         "iam:CreateUser"       },
        {"ec2:describeInstances", "ec2:DescribeInstances"},
        {"s3:GetBucketPolcy",     "s3:GetBucketPolicy"   },
        {"entirely:Different",    NULL                   }
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CU_ASSERT_PTR_NULL(catalog_find(&lab_catalog, rows[i][0], NULL));
        CU_ASSERT(text_same(catalog_meant(&lab_catalog, rows[i][0]), rows[i][1]));
    }
    CU_ASSERT(!catalog_find(&lab_catalog, "", NULL) && !catalog_find(&lab_catalog, NULL, NULL) &&
              !catalog_find(NULL, "iam:X", NULL));
}

CU_TestInfo act_catalog_tests[] = {
    {"rows",       test_rows  },
    {"parameters", test_params},
    {"names",      test_names },
    CU_TEST_INFO_NULL,
};
