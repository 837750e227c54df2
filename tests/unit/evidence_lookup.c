/* SPDX-License-Identifier: MIT */
/* The LookupEvents form: who is named, which resources, and the record inside as text. */
#include "evidence_rig.h"

static void look_up(struct rig *r, const struct entry *e, struct str *out)
{
    struct record_facts facts = {0};
    CU_ASSERT(rig_about(&r->w, e->op, &facts));
    record_add_lookup(out, &r->w, &facts, e);
}

static void form_is_aws_own(void)
{
    struct rig r;
    AUTO(str_drop) struct str text = {0}, record = {0};
    struct record_facts facts = {0};
    rig_open(&r);
    struct entry *e = rig_add(&r, "iam:CreateUser", 0, "{\"userName\":\"eve\"}", NULL);
    look_up(&r, e, &text);
    rig_about(&r.w, e->op, &facts);
    record_add(&record, &r.w, &facts, e);
    CU_ASSERT(text_starts(
        text.s, "{\"EventId\":\"0a1b2c3d-0000-4000-8000-000000000000\",\"EventName\":\"CreateUser\",\"ReadOnly\":\"false\","
                "\"AccessKeyId\":\"AKIATFQR7NSCAAAAAAAA\",\"EventTime\":\"2025-10-13T16:00:00Z\","
                "\"EventSource\":\"iam.amazonaws.com\",\"Username\":\"ada\",\"Resources\":[{\"ResourceType\":"
                "\"AWS::IAM::User\",\"ResourceName\":\"eve\"}],\"CloudTrailEvent\":\"{"));
    json_t *form = world_keep(&r.w, rig_json(text.s));
    CU_ASSERT_STRING_EQUAL(json_str(form, "CloudTrailEvent"), record.s);
    rig_drop(&r);
}

static void callers_are_named(void)
{
    static const struct {
        const char *identity, *member;
    } rows[] = {
        {"{\"type\":\"IAMUser\",\"userName\":\"ada\",\"accessKeyId\":\"AKIA1\"}",          "\"Username\":\"ada\""  },
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROA1:audit\",\"userName\":\"no\"}", "\"Username\":\"audit\""},
        {"{\"type\":\"Root\",\"principalId\":\"123456789012\"}",                           "\"Username\":\"root\"" },
        {"{\"type\":\"AWSService\",\"invokedBy\":\"x.amazonaws.com\"}",                    NULL                    },
        {"{\"type\":\"IAMUser\",\"userName\":\"ada\",\"accessKeyId\":\"\"}",               NULL                    },
    };
    struct rig r;
    rig_open(&r);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        struct entry *e = rig_add(&r, "iam:ListUsers", 0, NULL, NULL);
        e->identity = world_keep(&r.w, rig_json(rows[i].identity));
        look_up(&r, e, &text);
        char *event = strstr(text.s, "\"CloudTrailEvent\"");
        *event = 0; /* what the record itself says does not count */
        if (rows[i].member)
            CU_ASSERT_PTR_NOT_NULL(strstr(text.s, rows[i].member));
        CU_ASSERT_EQUAL(strstr(text.s, "Username") != NULL, i != 3);
        CU_ASSERT_EQUAL(strstr(text.s, "AccessKeyId") != NULL, i == 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(text.s, "\"ReadOnly\":\"true\""));
    }
    rig_drop(&r);
}

static void resources_are_found(void)
{
    static const struct {
        const char *op, *params, *response, *resources;
    } rows[] = {
        {"iam:ListUsers",                     NULL,                                                                                 NULL,                                              ""                                                    },
        {"iam:CreateAccessKey",               "{\"userName\":\"eve\"}",                                                             "{\"accessKey\":{\"accessKeyId\":\"AKIA9\"}}",
         "IAM::AccessKey=AKIA9 IAM::User=eve"                                                                                                                                                                                                },
        {"iam:AttachUserPolicy",              "{\"userName\":\"eve\",\"policyArn\":\"arn:p\"}",                                     NULL,                                              "IAM::User=eve IAM::Policy=arn:p"                     },
        {"iam:AddUserToGroup",                "{\"userName\":\"eve\",\"groupName\":\"g\"}",                                         NULL,                                              "IAM::User=eve IAM::Group=g"                          },
        {"ec2:AuthorizeSecurityGroupIngress", "{\"groupId\":\"sg-1\"}",
         "{\"securityGroupRuleSet\":{\"items\":[{\"securityGroupRuleId\":\"sgr-1\",\"groupId\":\"sg-1\"}]}}",                                                                          "EC2::SecurityGroup=sg-1 EC2::SecurityGroupRule=sgr-1"},
        {"ec2:ModifySecurityGroupRules",      "{\"ModifySecurityGroupRulesRequest\":{\"GroupId\":\"sg-2\"}}",                       NULL,
         "EC2::SecurityGroup=sg-2"                                                                                                                                                                                                           },
        {"ec2:StopInstances",                 "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-1\"},{\"instanceId\":\"i-2\"}]}}",
         "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-1\"}]}}",                                                                                                                  "EC2::Instance=i-1 EC2::Instance=i-2"                 },
        {"ec2:CreateTags",
         "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"vol-1\"},{\"resourceId\":\"i-1\"},{\"resourceId\":\"zz-1\"}]}}",          NULL,
         "EC2::Volume=vol-1 EC2::Instance=i-1"                                                                                                                                                                                               },
        {"cloudtrail:CreateTrail",            "{\"name\":\"t\",\"s3BucketName\":\"b\"}",                                            "{\"trailARN\":\"arn:t\",\"kmsKeyId\":\"arn:k\"}",
         "CloudTrail::Trail=t CloudTrail::Trail=arn:t S3::Bucket=b KMS::Key=arn:k"                                                                                                                                                           },
        {"kms:CreateAlias",                   "{\"aliasName\":\"alias/a\",\"targetKeyId\":\"k\"}",                                  NULL,                                              "KMS::Key=k KMS::Alias=alias/a"                       },
        {"s3:PutBucketPolicy",                "{\"bucketName\":\"b\"}",                                                             NULL,                                              "S3::Bucket=b"                                        },
        {"s3:PutBucketPolicy",                "{\"bucketName\":7}",                                                                 NULL,                                              ""                                                    },
        {"ssm:SendCommand",                   "{\"instanceIds\":[\"i-1\"]}",                                                        NULL,                                              ""                                                    },
    };
    struct rig r;
    rig_open(&r);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0}, got = {0};
        struct entry *e = rig_add(&r, rows[i].op, 0, rows[i].params, rows[i].response);
        str_addc(&text, '{');
        lookup_add_resources(&text, e);
        str_addc(&text, '}');
        const json_t *list = json_object_get(world_keep(&r.w, rig_json(text.s)), "Resources");
        for (size_t k = 0; k < json_array_size(list); k++)
            str_addf(&got, "%s%s=%s", k ? " " : "", json_str_or(json_array_get(list, k), "ResourceType", "AWS::?") + 5,
                     json_str_or(json_array_get(list, k), "ResourceName", "?"));
        CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].resources);
    }
    rig_drop(&r);
}

CU_TestInfo evidence_lookup_tests[] = {
    {"the form is AWS's own", form_is_aws_own    },
    {"callers are named",     callers_are_named  },
    {"resources are found",   resources_are_found},
    CU_TEST_INFO_NULL,
};
