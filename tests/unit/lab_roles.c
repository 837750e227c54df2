/* SPDX-License-Identifier: MIT */
/* Roles of a scenario: what the account has of them, and who acts with their credentials. */
#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>

#define ROLES "tests/data/roles"

static const struct play_options alone = {.seed = "7", .events = -1, .no_background = true};

static bool play_roles(struct play *p, struct scenario **s)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    *s = scenario_load(ROLES, &diags, &e);
    CU_ASSERT_EQUAL(diags.n_errors, 0);
    bool good = *s && play(*s, &alone, p, &e);
    CU_ASSERT(good);
    if (!good)
        fprintf(stderr, "lab_roles: %s\n", e.msg);
    return good;
}

static void lookups(void)
{
    static const struct {
        const char *name, *field, *is; /* a glob; NULL: has none */
    } rows[] = {
        {"box_role",   "name", "BoxRole"                    },
        {"box_role",   "arn",  "arn:aws:iam::*:role/BoxRole"},
        {"box_role",   "id",   "AROA*"                      },
        {"audit_role", "arn",  "*:role/Auditors"            },
    };
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *is = play_lookup(&p, rows[i].name, rows[i].field);
        bool good = rows[i].is ? is && text_glob(rows[i].is, is, false) : !is;
        if (!good)
            fprintf(stderr, "lab_roles: {{ %s.%s }} is %s\n", rows[i].name, rows[i].field, is ? is : "nothing");
        CU_ASSERT(good);
    }
    play_drop(&p);
}

static const char *text_at(const json_t *document, const char *path)
{
    return json_string_value(json_path(document, path));
}

/* Whom a role trusts, what it may, and which instance has it. */
static void account(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    const struct role *box = find_role(&p.world, "BoxRole"), *audit = find_role(&p.world, "Auditors");
    const struct role *own = find_role(&p.world, "Own");
    const char *ben = play_lookup(&p, "ben", "arn");
    CU_ASSERT(box && audit && own);
    CU_ASSERT_STRING_EQUAL(text_at(box->trust, "Statement.0.Principal.Service"), "ec2.amazonaws.com");
    CU_ASSERT_STRING_EQUAL(text_at(audit->trust, "Statement.0.Principal.AWS"), ben);
    CU_ASSERT_STRING_EQUAL(text_at(audit->trust, "Statement.1.Principal.Service"), "lambda.amazonaws.com");
    CU_ASSERT_STRING_EQUAL(text_at(own->trust, "Statement.Principal.AWS"), ben);
    CU_ASSERT_STRING_EQUAL(box->description, "What the box may do");
    CU_ASSERT_STRING_EQUAL(box->inline_policies->name, "look");
    CU_ASSERT_STRING_EQUAL(box->attached->policy->name, "AmazonSSMManagedInstanceCore");
    CU_ASSERT_STRING_EQUAL(box->attached->next->policy->name, "shelf");
    const struct instance *first = p.world.account.instances;
    CU_ASSERT_STRING_EQUAL(first->profile_role, "BoxRole");
    CU_ASSERT_STRING_EQUAL(first->next->profile_role, "SSMInstanceProfile");
    play_drop(&p);
}

CU_TestInfo lab_roles_tests[] = {
    {"references to roles",               lookups},
    {"roles of the account at the start", account},
    CU_TEST_INFO_NULL,
};
