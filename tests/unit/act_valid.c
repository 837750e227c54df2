/* SPDX-License-Identifier: MIT */
#include "sim/act/act.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define STATEMENT(rest) "{'Version': '2012-10-17', 'Statement': [{" rest "}]}"
#define GOOD "'Effect': 'Allow', 'Action': 's3:Get*', 'Resource': '*'"

/* clang-format off */
static const struct {
    const char *document; /* ' for " */
    const char *own, *of_resource; /* what is said of it; NULL = good */
} rows[] = {
    {STATEMENT(GOOD), NULL, "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Principal': '*'"), "Policy document should not specify a principal.", NULL},
    {STATEMENT(GOOD ", 'Principal': {'AWS': ['a', 'b']}"), "Policy document should not specify a principal.", NULL},
    {STATEMENT(GOOD ", 'Principal': 'me'"), "Policy document should not specify a principal.", "Invalid principal in policy"},
    {STATEMENT(GOOD ", 'Principal': {'Who': 'a'}"), "Policy document should not specify a principal.", "Invalid principal in policy"},
    {STATEMENT(GOOD ", 'Principal': {}"), "Policy document should not specify a principal.", "Invalid principal in policy"},
    {STATEMENT(GOOD ", 'Principal': '*', 'NotPrincipal': '*'"), "Policy document should not specify a principal.", "Missing required field Principal"},
    {"{'Statement': {" GOOD "}}", NULL, "Missing required field Principal"},
    {"[]", "This policy contains invalid Json", "This policy contains invalid Json"},
    {"{'Statement': []}", "Syntax errors in policy.", "Syntax errors in policy."},
    {"{'Version': '2012-10-17'}", "Syntax errors in policy.", "Syntax errors in policy."},
    {"{'Version': '2013-01-01', 'Statement': {" GOOD "}}", "Policy document must be version 2012-10-17 or greater.",
     "Policy document must be version 2012-10-17 or greater."},
    {"{'Versio': '2012-10-17', 'Statement': {" GOOD "}}", "Syntax errors in policy.", "Syntax errors in policy."},
    {STATEMENT("'Effect': 'allow', 'Action': 's3:*', 'Resource': '*'"), "Syntax errors in policy.", "Syntax errors in policy."},
    {STATEMENT("'Action': 's3:*', 'Resource': '*'"), "Missing required field Effect", "Missing required field Effect"},
    {STATEMENT("'Effect': 'Allow', 'Resource': '*'"), "Policy statement must contain actions.", "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': 's3', 'Resource': '*'"),
     "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': [], 'Resource': '*'"), "Syntax errors in policy.", "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': 's3:*', 'NotAction': 's3:*', 'Resource': '*'"), "Syntax errors in policy.",
     "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': '*'"), "Policy statement must contain resources.", "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': '*', 'Resource': 'bucket'"), "Resource must be in ARN format or \"*\".",
     "Missing required field Principal"},
    {STATEMENT("'Effect': 'Allow', 'Action': '*', 'Principal': '*'"), "Policy document should not specify a principal.", NULL},
    {STATEMENT(GOOD ", 'Condition': {'StringEquals': {'aws:username': 'a'}}"), NULL, "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Condition': {'StringSimilar': {'aws:username': 'a'}}"), "Syntax errors in policy.", "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Condition': {'StringEquals': 'a'}"), "Syntax errors in policy.", "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Condition': {'StringEquals': {'a': {}}}"), "Syntax errors in policy.", "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Condition': {'NullIfExists': {'a': 'true'}}"), "Syntax errors in policy.", "Missing required field Principal"},
    {STATEMENT(GOOD ", 'Colour': 'red'"), "Syntax errors in policy.", "Syntax errors in policy."},
    {STATEMENT(GOOD ", 'Sid': 1"), "Syntax errors in policy.", "Syntax errors in policy."},
};
/* clang-format on */

static void judge(const json_t *document, bool of_resource, const char *expected)
{
    const char *why = NULL;
    bool good = policy_valid(document, of_resource, &why);
    if (!text_same(why, expected))
        printf("expected %s, have %s\n", expected ? expected : "good", why ? why : "good");
    CU_ASSERT(good == !expected && text_same(why, expected));
}

static void test_documents(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        for (const char *p = rows[i].document; *p; p++)
            str_addc(&text, *p == '\'' ? '"' : *p);
        json_auto_t *document = json_read(text.s, text.len, NULL);
        CU_ASSERT_PTR_NOT_NULL(document);
        judge(document, false, rows[i].own);
        judge(document, true, rows[i].of_resource);
    }
}

/* AWS's own policies pass their own grammar, but for those that are not known. */
static void test_managed(void)
{
    static const char *const names[] = {"AdministratorAccess", "AmazonEC2FullAccess",   "AmazonS3ReadOnlyAccess",
                                        "AmazonSSMFullAccess", "IAMUserChangePassword", "PowerUserAccess",
                                        "ReadOnlyAccess",      "SecurityAudit",         "job-function/ViewOnlyAccess"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char arn[128];
        const char *why = "";
        snprintf(arn, sizeof(arn), "arn:aws:iam::aws:policy/%s", names[i]);
        CU_ASSERT(policy_valid(managed_policy(arn), false, &why));
    }
    CU_ASSERT_PTR_NULL(managed_policy("arn:aws:iam::aws:policy/Nothing"));
    CU_ASSERT_PTR_NULL(managed_policy("AdministratorAccess"));
    CU_ASSERT_PTR_NULL(managed_policy(NULL));
}

CU_TestInfo act_valid_tests[] = {
    {"documents",        test_documents},
    {"managed policies", test_managed  },
    CU_TEST_INFO_NULL,
};
