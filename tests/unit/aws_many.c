/* SPDX-License-Identifier: MIT */
/*
 * A change costs the same in an account that has a great many things: else the replay of a long journal would grow with its
 * square. Each operation is timed in a small account and in one with MANY more of its kind; walking through those would take
 * several times as long as all the rest of the operation. It is the processor's time of this thread, the least of several.
 */
#include "tests/unit/aws_desk.inc"

#include <time.h>

#define MANY 60000
#define CALLS 30
#define ROUNDS 6
#define MOST_RATIO 3.0

#define TRUST "'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'"
#define DOCUMENT(what) "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', " what "}]}"
#define OF(list, type) offsetof(struct account, list##_roll), sizeof(struct type)

/* clang-format off */
static const struct kind {
    const char *names;    /* of those that are there; # is a number */
    size_t roll, size;    /* of the list, in struct account; of one thing */
    const char *as;
    const char *calls[5]; /* operation, parameters, and so on: they make one more, and end it */
} kinds[] = {
    {"u#", OF(users, user), "root",
     {"iam:CreateUser", "{'userName': 'x#'}", "iam:DeleteUser", "{'userName': 'x#'}"}},
    {"g#", OF(groups, group), "root",
     {"iam:CreateGroup", "{'groupName': 'x#'}", "iam:DeleteGroup", "{'groupName': 'x#'}"}},
    {"r#", OF(roles, role), "root",
     {"iam:CreateRole", "{'roleName': 'x#', 'assumeRolePolicyDocument': " DOCUMENT(TRUST) "}",
      "iam:DeleteRole", "{'roleName': 'x#'}"}},
    {"arn:p#", OF(policies, policy_doc), "root",
     {"iam:CreatePolicy", "{'policyName': 'x#', 'policyDocument': " DOCUMENT("'Action': 's3:GetObject', 'Resource': '*'") "}",
      "iam:DeletePolicy", "{'policyArn': 'arn:aws:iam::{account}:policy/x#'}"}},
    {"ASIA#", OF(session_keys, session_key), "sofia",
     {"sts:GetSessionToken", "{'durationSeconds': 3600}", "sts:GetCallerIdentity", NULL}},
    {"sg-#", OF(security_groups, security_group), "root",
     {"ec2:AuthorizeSecurityGroupIngress",
      "{'groupId': '{group}', 'ipProtocol': 'tcp', 'fromPort': #, 'toPort': 65000, 'cidrIp': '0.0.0.0/0'}",
      "ec2:RevokeSecurityGroupIngress",
      "{'groupId': '{group}', 'ipProtocol': 'tcp', 'fromPort': #, 'toPort': 65000, 'cidrIp': '0.0.0.0/0'}"}},
    {"b#", OF(buckets, bucket), "root",
     {"s3:CreateBucket", "{'bucketName': 'many-x#'}", "s3:DeleteBucket", "{'bucketName': 'many-x#'}"}},
    {"o#", 0, sizeof(struct object), "root", /* of the bucket "shelf" */
     {"s3:PutObject", "{'bucketName': 'shelf', 'key': 'o7#', 'body': 'x'}",
      "s3:DeleteObject", "{'bucketName': 'shelf', 'key': 'o7#'}"}},
    {"k#", OF(keys, kms_key), "root",
     {"kms:CreateKey", "{'description': 'x#'}", "kms:EnableKey", "{'keyId': '{key}'}"}},
    {"alias/#", OF(aliases, kms_alias), "root",
     {"kms:CreateAlias", "{'aliasName': 'alias/x#', 'targetKeyId': '{key}'}", "kms:DeleteAlias", "{'aliasName': 'alias/x#'}"}},
};
static const struct row before[] = {
    {"-", "s3:CreateBucket", "{'bucketName': 'shelf'}", NULL, NULL},
    {"-", "kms:CreateKey", NULL, NULL, "keep key = reply.KeyMetadata.KeyId"},
};
/* clang-format on */

static const char *numbered(struct str *out, const char *text, size_t number)
{
    str_clear(out);
    for (; *text; text++)
        if (*text == '#')
            str_addf(out, "%zu", number);
        else
            str_addc(out, *text);
    return str_text(out);
}

static void fill(struct world *w, const struct kind *kind)
{
    AUTO(str_drop) struct str name = {0};
    void *list = (char *)&w->account + kind->roll;
    for (size_t i = 0; i < MANY; i++) {
        struct rolled *one = arena_alloc(&w->arena, kind->size);
        one->name = arena_dup(&w->arena, numbered(&name, kind->names, i));
        if (kind->roll)
            roll_add(list, &w->arena, one);
        else
            roll_add_sorted(&find_bucket(w, "shelf")->objects_roll, &w->arena, one);
    }
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Makes and ends some; false if one of the calls failed. */
static bool call_some(struct desk *d, const struct kind *kind, size_t from)
{
    AUTO(str_drop) struct str params = {0};
    bool good = true;
    for (size_t i = from; i < from + CALLS; i++)
        for (const char *const *call = kind->calls; *call && good; call += 2) {
            struct outcome out;
            json_t *given = call[1] ? desk_params(d, numbered(&params, call[1], i)) : NULL;
            act(&d->w, &(struct action){.time_ms = d->now_ms, .who = desk_who(d, kind->as), .op = call[0], .params = given},
                &out);
            json_decref(given);
            good = !out.error_code;
            if (!good)
                printf("%s: %s\n", call[0], out.error_message);
        }
    return good;
}

static void open_account(struct desk *d)
{
    desk_open(d);
    desk_staff(d);
    desk_play(d, before, COUNT(before));
    json_put_text(d->kept, "group", d->w.account.security_groups->id);
}

static void test_kinds(void)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(desk_drop) struct desk few, many;
        double least_few = 1e18, least_many = 1e18;
        open_account(&few);
        open_account(&many);
        fill(&many.w, &kinds[i]);
        for (size_t round = 1; round <= ROUNDS; round++) {
            double a = now_us();
            CU_ASSERT(call_some(&few, &kinds[i], round * 1000));
            double b = now_us();
            CU_ASSERT(call_some(&many, &kinds[i], round * 1000));
            double c = now_us();
            least_few = b - a < least_few ? b - a : least_few;
            least_many = c - b < least_many ? c - b : least_many;
        }
        bool grows = least_many > MOST_RATIO * least_few;
        if (grows)
            printf("%s: %.0f us among few, %.0f among many\n", kinds[i].calls[0], least_few / CALLS, least_many / CALLS);
        CU_ASSERT(!grows);
    }
}

CU_TestInfo aws_many_tests[] = {
    {"a change costs no more where there are many things", test_kinds},
    CU_TEST_INFO_NULL,
};
