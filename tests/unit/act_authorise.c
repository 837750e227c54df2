/* SPDX-License-Identifier: MIT */
/* May she? One policy of hers, one of the resource, one question, as rows. */
#include "sim/act/act.h"

#include <CUnit/CUnit.h>
#include <string.h>

struct quiz {
    const char *statements;  /* of the user's own policy; ' for " */
    const char *of_resource; /* statements of the resource's policy; NULL = it has none */
    const char *action, *resource;
    const char *context; /* further condition keys */
    bool allowed, explicit_deny, by_resource;
};

#define ALLOW(rest) "{'Effect': 'Allow', " rest "}"
#define DENY(rest) "{'Effect': 'Deny', " rest "}"
#define ALL "'Action': '*', 'Resource': '*'"
#define IF(test) ALLOW(ALL ", 'Condition': {" test "}")
#define TO(who, rest) "{'Effect': 'Allow', 'Principal': " who ", " rest "}"
#define NOT_TO(who, rest) "{'Effect': 'Deny', 'Principal': " who ", " rest "}"
#define GET "s3:GetObject"
#define KEY "arn:aws:s3:::b/images/cake.jpg"
#define SOFIA "{'AWS': 'arn:aws:iam::123456789012:user/web/sofia'}"
#define ROOT "{'AWS': 'arn:aws:iam::123456789012:root'}"

/* clang-format off */
static const struct quiz quizzes[] = {
    /* deny over allow */
    {"", NULL, GET, KEY, NULL, false, false, false},
    {ALLOW(ALL), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW(ALL) ", " DENY("'Action': 's3:*', 'Resource': '*'"), NULL, GET, KEY, NULL, false, true, false},
    {DENY("'Action': 's3:*', 'Resource': '*'") ", " ALLOW(ALL), NULL, GET, KEY, NULL, false, true, false},
    {ALLOW(ALL), NOT_TO("'*'", ALL), GET, KEY, NULL, false, true, true},
    {"", TO(SOFIA, ALL), GET, KEY, NULL, true, false, true},
    {DENY(ALL), TO(SOFIA, ALL), GET, KEY, NULL, false, true, false},
    /* actions: wildcards, any case, NotAction */
    {ALLOW("'Action': 's3:Get*', 'Resource': '*'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'Action': 's3:get?bject', 'Resource': '*'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'Action': ['ec2:*', 's3:Put*'], 'Resource': '*'"), NULL, GET, KEY, NULL, false, false, false},
    {ALLOW("'NotAction': 'iam:*', 'Resource': '*'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'NotAction': ['iam:*', 's3:*'], 'Resource': '*'"), NULL, GET, KEY, NULL, false, false, false},
    /* resources: * spans / and :, case counts, NotResource, variables */
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/*'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::B/*'"), NULL, GET, KEY, NULL, false, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b'"), NULL, GET, KEY, NULL, false, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:*.jpg'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'Action': '*', 'NotResource': 'arn:aws:s3:::b/*'"), NULL, GET, KEY, NULL, false, false, false},
    {ALLOW("'Action': '*', 'NotResource': 'arn:aws:s3:::c/*'"), NULL, GET, KEY, NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${aws:username}/*'"), NULL, GET, "arn:aws:s3:::b/sofia/x", NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${aws:username}/*'"), NULL, GET, "arn:aws:s3:::b/ines/x", NULL, false, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${aws:PrincipalTag/team}'"), NULL, GET, "arn:aws:s3:::b/web", NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${aws:nothing}'"), NULL, GET, "arn:aws:s3:::b/", NULL, false, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${aws:PrincipalTag/floor, `2`}'"), NULL, GET, "arn:aws:s3:::b/2", NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${*}'"), NULL, GET, "arn:aws:s3:::b/x", NULL, true, false, false},
    {ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::b/${open'"), NULL, GET, "arn:aws:s3:::b/${open", NULL, true, false, false},
    /* conditions */
    {IF("'IpAddress': {'aws:SourceIp': '203.0.113.0/24'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'IpAddress': {'aws:SourceIp': ['10.0.0.0/8', '203.0.113.9']}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'IpAddress': {'aws:SourceIp': '198.51.100.0/24'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'NotIpAddress': {'aws:SourceIp': '198.51.100.0/24'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'NotIpAddress': {'aws:SourceIp': ['198.51.100.0/24', '203.0.113.0/24']}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'StringEquals': {'aws:username': 'sofia'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringEquals': {'AWS:UserName': 'sofia'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringEquals': {'aws:username': 'Sofia'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'StringEqualsIgnoreCase': {'aws:username': 'SOFIA'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringLike': {'aws:username': 's*a'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringNotLike': {'aws:username': ['c*', 's*']}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'StringNotEquals': {'aws:username': 'chaos'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringEquals': {'s3:prefix': 'a'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'StringNotEquals': {'s3:prefix': 'a'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringEqualsIfExists': {'s3:prefix': 'a'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'StringEqualsIfExists': {'s3:prefix': 'a'}"), NULL, GET, KEY, "{'s3:prefix': 'b'}", false, false, false},
    {IF("'Null': {'s3:prefix': 'true'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'Null': {'s3:prefix': true}"), NULL, GET, KEY, "{'s3:prefix': 'b'}", false, false, false},
    {IF("'Bool': {'aws:MultiFactorAuthPresent': 'true'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'BoolIfExists': {'aws:MultiFactorAuthPresent': 'true'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'Bool': {'aws:SecureTransport': true}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'DateGreaterThan': {'aws:CurrentTime': '2025-10-01T00:00:00Z'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'DateLessThan': {'aws:CurrentTime': '2025-10-01T00:00:00Z'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'NumericLessThanEquals': {'s3:max-keys': '10'}"), NULL, GET, KEY, "{'s3:max-keys': 10}", true, false, false},
    {IF("'NumericLessThanEquals': {'s3:max-keys': '10'}"), NULL, GET, KEY, "{'s3:max-keys': '11'}", false, false, false},
    {IF("'NumericGreaterThanEquals': {'s3:max-keys': 'ten'}"), NULL, GET, KEY, "{'s3:max-keys': '11'}", false, false, false},
    {IF("'ArnLike': {'aws:PrincipalArn': 'arn:aws:iam::*:user/web/*'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'ArnLike': {'aws:PrincipalArn': 'arn:*:user/web/*'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'ForAllValues:StringEquals': {'aws:TagKeys': ['a', 'b']}"), NULL, GET, KEY, "{'aws:TagKeys': ['a']}", true, false, false},
    {IF("'ForAllValues:StringEquals': {'aws:TagKeys': ['a', 'b']}"), NULL, GET, KEY, "{'aws:TagKeys': ['a', 'c']}", false, false, false},
    {IF("'ForAllValues:StringEquals': {'aws:TagKeys': 'a'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'ForAnyValue:StringEquals': {'aws:TagKeys': 'a'}"), NULL, GET, KEY, "{'aws:TagKeys': ['c', 'a']}", true, false, false},
    {IF("'ForAnyValue:StringEquals': {'aws:TagKeys': 'a'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'StringEquals': {'aws:username': 'sofia'}, 'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}"), NULL, GET, KEY, NULL, false, false, false},
    {IF("'Stringequals': {'aws:username': 'sofia'}"), NULL, GET, KEY, NULL, true, false, false},
    {IF("'Sometimes': {'aws:username': 'sofia'}"), NULL, GET, KEY, NULL, false, false, false},
    {ALLOW(ALL) ", " DENY(ALL ", 'Condition': {'NotIpAddress': {'aws:SourceIp': '203.0.113.0/24'}}"), NULL, GET, KEY, NULL, true, false, false},
    /* the resource's policy */
    {"", TO("{'AWS': '*'}", ALL), GET, KEY, NULL, true, false, true},
    {"", TO(ROOT, ALL), GET, KEY, NULL, false, false, false},
    {ALLOW(ALL), TO("{'Service': 'cloudtrail.amazonaws.com'}", ALL), GET, KEY, NULL, true, false, false},
    {"", TO("{'AWS': 'arn:aws:iam::123456789012:user/ines'}", ALL), GET, KEY, NULL, false, false, false},
    {"", "{'Effect': 'Allow', 'NotPrincipal': {'AWS': 'arn:aws:iam::123456789012:user/ines'}, " ALL "}", GET, KEY, NULL, true, false, true},
    {ALLOW(ALL), "{'Effect': 'Deny', 'NotPrincipal': " SOFIA ", " ALL "}", GET, KEY, NULL, true, false, false},
    /* KMS insists on the key's policy */
    {ALLOW(ALL), TO(ROOT, ALL), "kms:Decrypt", "arn:aws:kms:us-west-2:123456789012:key/k", NULL, true, false, false},
    {"", TO(ROOT, ALL), "kms:Decrypt", "arn:aws:kms:us-west-2:123456789012:key/k", NULL, false, false, false},
    {ALLOW(ALL), TO("{'AWS': 'arn:aws:iam::123456789012:user/ines'}", ALL), "kms:Decrypt", "arn:aws:kms:us-west-2:123456789012:key/k",
     NULL, false, false, true},
    {"", TO("{'AWS': '123456789012'}", ALL), "kms:Decrypt", "arn:aws:kms:us-west-2:123456789012:key/k", NULL, false, false, false},
};
/* clang-format on */

static json_t *document(const char *statements)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    str_add(&text, "{\"Version\": \"2012-10-17\", \"Statement\": [");
    for (const char *p = statements; *p; p++) /* ` for an apostrophe */
        str_addc(&text, *p == '\'' ? '"' : *p == '`' ? '\'' : *p);
    str_add(&text, "]}");
    json_t *made = json_read(text.s, text.len, &e);
    if (!made)
        printf("%s: %s\n", text.s, e.msg);
    return made;
}

static void make_world(struct world *w)
{
    struct seed seed = seed_from_text("authorise");
    world_init(w, &seed, "123456789012", "us-west-2", 1760371200000);
    struct user *user = arena_alloc(&w->arena, sizeof(*user));
    struct tag *tag = arena_alloc(&w->arena, sizeof(*tag));
    *tag = (struct tag){.key = "team", .value = "web"};
    *user = (struct user){
        .name = "sofia", .path = "/web/", .id = "AIDASOFIA", .arn = "arn:aws:iam::123456789012:user/web/sofia", .tags = tag};
    roll_add(&w->account.users_roll, &w->arena, user);
}

static void ask(struct world *w, const struct quiz *q)
{
    struct user *user = w->account.users;
    struct policy_doc own = {.name = "own", .document = document(q->statements)};
    json_auto_t *resource = q->of_resource ? document(q->of_resource) : NULL;
    json_auto_t *context = NULL;
    struct principal who = {.kind = PRINCIPAL_USER, .name = "sofia", .access_key_id = "AKIASOFIA"};
    if (q->context) {
        AUTO(str_drop) struct str text = {0};
        for (const char *p = q->context; *p; p++)
            str_addc(&text, *p == '\'' ? '"' : *p);
        context = json_read(text.s, text.len, NULL);
    }
    user->inline_policies = &own;
    struct decision d = authorise(w, &(struct question_of_access){.who = &who,
                                                                  .action = q->action,
                                                                  .resource = q->resource,
                                                                  .source_ip = "203.0.113.9",
                                                                  .now_ms = 1760371200000,
                                                                  .context = context,
                                                                  .resource_policy = resource});
    if (d.allowed != q->allowed || d.explicit_deny != q->explicit_deny || d.by_resource_policy != q->by_resource)
        printf("%s | %s | %s: allowed %d, explicit deny %d, by resource %d\n", q->statements,
               q->of_resource ? q->of_resource : "-", q->action, d.allowed, d.explicit_deny, d.by_resource_policy);
    CU_ASSERT(d.allowed == q->allowed && d.explicit_deny == q->explicit_deny && d.by_resource_policy == q->by_resource);
    user->inline_policies = NULL;
    json_decref(own.document);
}

static void test_quizzes(void)
{
    AUTO(world_drop) struct world w;
    make_world(&w);
    for (size_t i = 0; i < COUNT(quizzes); i++)
        ask(&w, &quizzes[i]);
}

/* Policies of groups count; those of groups one is not in do not. Services and strangers have none. */
static void test_whose(void)
{
    AUTO(world_drop) struct world w;
    make_world(&w);
    struct policy_doc all = {.name = "all", .document = document(ALLOW(ALL))};
    struct group group = {.name = "g", .inline_policies = &all};
    const struct principal whos[] = {
        {.kind = PRINCIPAL_USER,      .name = "sofia"},
        {.kind = PRINCIPAL_USER,                           .name = "nobody"},
        {.kind = PRINCIPAL_ANONYMOUS},
        {.kind = PRINCIPAL_SERVICE, .name = "x.amazonaws.com"},
        {.kind = PRINCIPAL_ROOT  },
    };
    static const bool in_group[] = {true, false, false, false, true}, outside[] = {false, false, false, false, true};
    roll_add(&w.account.groups_roll, &w.arena, &group);
    for (int joined = 0; joined < 2; joined++) {
        if (joined)
            group_add_user(&w, &group, w.account.users);
        for (size_t i = 0; i < COUNT(whos); i++) {
            struct decision d = authorise(&w, &(struct question_of_access){.who = &whos[i], .action = GET, .resource = KEY});
            CU_ASSERT_EQUAL(d.allowed, (joined ? in_group : outside)[i]);
        }
    }
    w.account.groups = NULL;
    json_decref(all.document);
}

/* ---- what a request can say about itself ---- */

static const struct principal askers[] = {
    {.kind = PRINCIPAL_USER,    .name = "sofia",                   .access_key_id = "AKIASOFIA"                  },
    {.kind = PRINCIPAL_USER,    .name = "sofia",                   .access_key_id = "ASIAX",                       .session_start_ms = 1760371140000, .mfa = true},
    {.kind = PRINCIPAL_USER,              .name = "sofia",                                               .access_key_id = "ASIAX",                                                                        .session_start_ms = 1760371140000},
    {.kind = PRINCIPAL_ROLE, .name = "audit",.session_name = "weekly",.session_start_ms = 1760371140000},
    {.kind = PRINCIPAL_USER,          .name = "sofia",                                                                 .invoked_by = "athena.amazonaws.com"                                                                                                                                                    },
};

/* clang-format off */
static const struct {
    size_t who;
    const char *test;
    bool holds;
} keys[] = {
    {0, "'StringEquals': {'aws:userid': 'AIDASOFIA'}", true},
    {0, "'StringEquals': {'aws:PrincipalType': 'User'}", true},
    {0, "'StringEquals': {'aws:PrincipalAccount': '123456789012'}", true},
    {0, "'StringEquals': {'aws:PrincipalTag/team': 'web'}", true},
    {0, "'StringEquals': {'aws:PrincipalTag/none': 'web'}", false},
    {0, "'NumericEquals': {'aws:EpochTime': 1760371200}", true},
    {0, "'NumericNotEquals': {'aws:EpochTime': 1760371200}", false},
    {0, "'NumericLessThan': {'aws:EpochTime': 1760371201}", true},
    {0, "'NumericGreaterThan': {'aws:EpochTime': 1760371201}", false},
    {0, "'DateEquals': {'aws:CurrentTime': '2025-10-13T16:00:00Z'}", true},
    {0, "'DateNotEquals': {'aws:CurrentTime': '2025-10-13T16:00:00Z'}", false},
    {0, "'DateLessThanEquals': {'aws:CurrentTime': '2025-10-13T16:00:00Z'}", true},
    {0, "'DateGreaterThanEquals': {'aws:CurrentTime': '2025-10-13T16:00:01Z'}", false},
    {0, "'DateGreaterThanEquals': {'aws:EpochTime': '2025-10-13T16:00:00Z'}", true},
    {0, "'DateLessThan': {'aws:CurrentTime': 'tomorrow'}", false},
    {0, "'Bool': {'aws:PrincipalIsAWSService': 'false'}", true},
    {0, "'Bool': {'aws:ViaAWSService': 'false'}", true},
    {0, "'Null': {'aws:TokenIssueTime': 'true', 'aws:MultiFactorAuthAge': 'true', 'aws:CalledVia': 'true'}", true},
    {0, "'ArnNotLike': {'aws:PrincipalArn': 'arn:aws:iam::*:user/web/*'}", false},
    {0, "'ArnEquals': {'aws:PrincipalArn': 'sofia'}", false},
    {0, "'StringNotEqualsIgnoreCase': {'aws:username': 'SOFIA'}", false},
    {0, "'BinaryEquals': {'aws:username': 'sofia'}", true},
    {1, "'Bool': {'aws:MultiFactorAuthPresent': 'true'}", true},
    {1, "'NumericLessThan': {'aws:MultiFactorAuthAge': '61'}", true},
    {1, "'DateLessThan': {'aws:TokenIssueTime': '2025-10-13T16:00:00Z'}", true},
    {2, "'Bool': {'aws:MultiFactorAuthPresent': 'true'}", false},
    {2, "'Null': {'aws:MultiFactorAuthAge': 'true'}", true},
    {3, "'StringEquals': {'aws:userid': 'AROAAUDIT:weekly'}", true},
    {3, "'StringEquals': {'aws:PrincipalType': 'AssumedRole'}", true},
    {3, "'ArnEquals': {'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/audit'}", true},
    {3, "'Null': {'aws:username': 'true'}", true},
    {4, "'StringEquals': {'aws:CalledVia': 'athena.amazonaws.com'}, 'Bool': {'aws:ViaAWSService': 'true'}", true},
};
/* clang-format on */

static void test_keys(void)
{
    for (size_t i = 0; i < COUNT(keys); i++) {
        AUTO(world_drop) struct world w;
        AUTO(str_drop) struct str text = {0};
        make_world(&w);
        str_addf(&text, "{'Effect': 'Allow', " ALL ", 'Condition': {%s}}", keys[i].test);
        struct policy_doc policy = {.name = "p", .document = document(text.s)};
        struct role role = {
            .name = "audit", .id = "AROAAUDIT", .arn = "arn:aws:iam::123456789012:role/audit", .inline_policies = &policy};
        w.account.users->inline_policies = &policy;
        roll_add(&w.account.roles_roll, &w.arena, &role);
        bool holds = authorise(&w, &(struct question_of_access){.who = &askers[keys[i].who],
                                                                .action = GET,
                                                                .resource = KEY,
                                                                .source_ip = "203.0.113.9",
                                                                .now_ms = 1760371200000})
                         .allowed;
        if (holds != keys[i].holds)
            printf("%zu: %s\n", keys[i].who, keys[i].test);
        CU_ASSERT_EQUAL(holds, keys[i].holds);
        json_decref(policy.document);
        w.account.roles = NULL;
    }
}

/* A policy of 2008 knows no variables. */
static void test_old_version(void)
{
    AUTO(world_drop) struct world w;
    make_world(&w);
    struct policy_doc old = {.name = "old",
                             .document = document(ALLOW("'Action': '*', 'Resource': 'arn:aws:s3:::${aws:username}'"))};
    const struct principal sofia = {.kind = PRINCIPAL_USER, .name = "sofia"};
    struct question_of_access q = {.who = &sofia, .action = GET, .resource = "arn:aws:s3:::sofia"};
    w.account.users->inline_policies = &old;
    CU_ASSERT(authorise(&w, &q).allowed);
    json_put_text(old.document, "Version", "2008-10-17");
    CU_ASSERT(!authorise(&w, &q).allowed);
    q.resource = "arn:aws:s3:::${aws:username}";
    CU_ASSERT(authorise(&w, &q).allowed);
    w.account.users->inline_policies = NULL;
    json_decref(old.document);
}

CU_TestInfo act_authorise_tests[] = {
    {"rows of policies and questions",      test_quizzes    },
    {"whose policies count",                test_whose      },
    {"condition keys",                      test_keys       },
    {"a policy of 2008 knows no variables", test_old_version},
    CU_TEST_INFO_NULL,
};
