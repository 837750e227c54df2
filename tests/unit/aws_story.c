/* SPDX-License-Identifier: MIT */
/* The account's part of the Café breach, call by call as the scenario has it, through act(): replies, records, refusals. */
#include "tests/unit/aws_desk.inc"

static const struct row resources[] = {
    {"-", "ec2:CreateSecurityGroup",           "{'groupName': 'WebSecurityGroup', 'groupDescription': 'Cafe web server'}", NULL,
     "keep web = reply.GroupId"                                                                                                                                                },
    {"-", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 80, 'toPort': 80, 'cidrIp': '0.0.0.0/0'}",                     NULL,
     "keep web_rule = reply.SecurityGroupRules.0.SecurityGroupRuleId"                                                                                                          },
    {"-", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1}]}, 'instanceType': "
     "'t3.micro', 'groupSet': {'items': [{'groupId': '{web}'}]}}",                                                         NULL, "keep instance = reply.Instances.0.InstanceId"},
};

static const struct row preparation[] = {
    {"sofia", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'cidrIp': '203.0.113.9/32'}",          NULL,
     "reply.Return = true\n"
     "record.params.ipPermissions = {}\n"
     "record.params.cidrIp = 203.0.113.9/32\n"
     "record.response._return = true\n"
     "record.response.securityGroupRuleSet.items.0.cidrIpv4 = 203.0.113.9/32\n"
     "record.response.securityGroupRuleSet.items.0.securityGroupRuleId = sgr-0????????????????\n"
     "record.identity.type = IAMUser\n"
     "record.identity.userName = sofia\n"
     "record.identity.accessKeyId = AKIA????????????????\n"
     "record.region = us-west-2\n"
     "record.readOnly = false"                                                                                                                                                                                                                              },
    {"sofia", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'cidrIp': '203.0.113.9/32'}",          "InvalidPermission.Duplicate",
     "says = the specified rule \"peer: 203.0.113.9/32, TCP, from port: 22, to port: 22, ALLOW\" already exists\n"
     "record.error = Client.InvalidPermission.Duplicate\n"
     "record.response = null\n"
     "record.params.groupId = sg-*"                                                                                                                                                                                                                         },
    {"sofia", "s3:CreateBucket",                   "{'bucketName': 'monitoring4711'}",                               NULL,
     "reply.Location = http://monitoring4711.s3.amazonaws.com/\n"
     "record.params = "
     "{\"CreateBucketConfiguration\":{\"LocationConstraint\":\"us-west-2\",\"xmlns\":\"http://s3.amazonaws.com/doc/"
     "2006-03-01/\"},\"bucketName\":\"monitoring4711\",\"Host\":\"monitoring4711.s3.us-west-2.amazonaws.com\"}\n"
     "record.response = null\n"
     "record.resources = -\n"
     "record.additional.SignatureVersion = SigV4\n"
     "record.additional.CipherSuite = TLS_AES_128_GCM_SHA256\n"
     "record.additional.x-amz-id-2 = *="                                                                                                                                                                                                                    },
    {"sofia", "cloudtrail:CreateTrail",            "{'name': 'monitor', 's3BucketName': 'monitoring4711'}",
     "InsufficientS3BucketPolicyException",                                                                                                         "says = Incorrect S3 bucket policy is detected for bucket: monitoring4711\n"
     "record.error = InsufficientS3BucketPolicyException\n"
     "record.params.name = monitor\n"
     "record.response = null"                                                                                                                                                                                    },
    {"sofia", "s3:PutBucketPolicy",
     "{'bucketName': 'monitoring4711', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': ["
     "{'Sid': 'AWSCloudTrailAclCheck20150319', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
     "'Action': 's3:GetBucketAcl', 'Resource': 'arn:aws:s3:::monitoring4711'}, "
     "{'Sid': 'AWSCloudTrailWrite20150319', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
     "'Action': 's3:PutObject', 'Resource': 'arn:aws:s3:::monitoring4711/AWSLogs/{account}/*', "
     "'Condition': {'StringEquals': {'s3:x-amz-acl': 'bucket-owner-full-control'}}}]}}",                             NULL,
     "record.params.bucketPolicy.Statement.1.Sid = AWSCloudTrailWrite20150319\n"
     "record.params.Host = monitoring4711.s3.us-west-2.amazonaws.com\n"
     "record.params.policy = \n"
     "record.resources = "
     "[{\"accountId\":\"123456789012\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::monitoring4711\"}]"                                                                                                                                              },
    {"sofia", "kms:CreateKey",
     "{'description': 'CloudTrail logs', 'policy': {'Version': '2012-10-17', 'Statement': ["
     "{'Sid': 'Owners', 'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::{account}:root'}, 'Action': 'kms:*', 'Resource': "
     "'*'}, "
     "{'Sid': 'CloudTrail', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
     "'Action': ['kms:GenerateDataKey*', 'kms:DescribeKey'], 'Resource': '*'}]}}",                                   NULL,
     "keep key = reply.KeyMetadata.KeyId\n"
     "record.params.policy = {\"Version\":\"2012-10-17\"*\n"
     "record.params.bypassPolicyLockoutSafetyCheck = false\n"
     "record.response.keyMetadata.aWSAccountId = 123456789012\n"
     "record.response.keyMetadata.creationDate = Oct 13, 2025, 4:0?:?? PM\n"
     "record.resources.0.type = AWS::KMS::Key"                                                                                                                                                                                                              },
    {"sofia", "kms:CreateAlias",                   "{'aliasName': 'alias/cloudtrail-logs', 'targetKeyId': '{key}'}", NULL,
     "record.response.keyId = arn:aws:kms:us-west-2:123456789012:key/*\n"
     "record.resources.1.ARN = arn:aws:kms:us-west-2:123456789012:alias/cloudtrail-logs"                                                                                                                                                                    },
    {"sofia", "cloudtrail:CreateTrail",
     "{'name': 'monitor', 's3BucketName': 'monitoring4711', 'kmsKeyId': 'alias/cloudtrail-logs', 'enableLogFileValidation': "
     "true, "
     "'isMultiRegionTrail': true, 'includeGlobalServiceEvents': true}",                                              NULL,
     "reply.TrailARN = arn:aws:cloudtrail:us-west-2:123456789012:trail/monitor\n"
     "reply.KmsKeyId = arn:aws:kms:us-west-2:123456789012:key/*\n"
     "record.params.kmsKeyId = alias/cloudtrail-logs\n"
     "record.response.logFileValidationEnabled = true\n"
     "record.response.kmsKeyId = arn:aws:kms:us-west-2:123456789012:key/*"                                                                                                                                                                                  },
    {"sofia", "cloudtrail:GetTrailStatus",         "{'name': 'monitor'}",                                            NULL,                          "reply.IsLogging = false\nreply.StartLoggingTime = -"                                                   },
    {"sofia", "cloudtrail:StartLogging",           "{'name': 'monitor'}",                                            NULL,
     "record.params = {\"name\":\"monitor\"}\nrecord.response = null"                                                                                                                                                                                       },
    {"sofia", "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{web}', 'SecurityGroupRule': {'SecurityGroupRuleId': '{web_rule}', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 80, 'ToPort': 80, 'CidrIpv4': '0.0.0.0/0', 'Description': "
     "'guests of the site'}}}}",                                                                                     NULL,                          "record.params.ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.CidrIpv4 = 0.0.0.0/0"},
};

static const struct row attack[] = {
    {"chaos", "sts:GetCallerIdentity",             NULL,                                               NULL,
     "reply.Arn = arn:aws:iam::123456789012:user/chaos\nrecord.params = null\nrecord.response = null\nrecord.readOnly = true"                                                        },
    {"chaos", "iam:ListUsers",                     NULL,                                               "AccessDenied",
     "says = User: arn:aws:iam::123456789012:user/chaos is not authorized to perform: iam:ListUsers on resource: "
     "arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action\n"
     "record.error = AccessDenied\n"
     "record.params = null\n"
     "record.region = us-east-1"                                                                                                                                                     },
    {"chaos", "ec2:DescribeInstances",             NULL,                                               NULL,
     "reply.Reservations.0.Instances.0.State.Name = running\nrecord.response = null"                                                                                                 },
    {"chaos", "ec2:DescribeSecurityGroups",        NULL,                                               NULL,                    "reply.SecurityGroups.1.GroupName = WebSecurityGroup"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'cidrIp': '0.0.0.0/0'}", NULL,
     "keep rogue = reply.SecurityGroupRules.0.SecurityGroupRuleId\n"
     "record.identity.userName = chaos"                                                                                                                                              },
    {"chaos", "cloudtrail:StopLogging",            "{'name': 'monitor'}",                              "AccessDeniedException",
     "record.error = AccessDenied\nrecord.params = null\n"
     "says = User: *user/chaos is not authorized to perform: cloudtrail:StopLogging on resource: "
     "arn:aws:cloudtrail:us-west-2:123456789012:trail/monitor because no identity-based policy allows the "
     "cloudtrail:StopLogging action"                                                                                                                                                 },
};

/* Every step that IAM insists on before a user may go. */
static const struct row repair[] = {
    {"sofia", "ec2:RevokeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'cidrIp': '0.0.0.0/0'}",                                  NULL,
     "record.response._return = true\nreply.Return = true"                                                                                                                                                                                                                                     },
    {"sofia", "ec2:RevokeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'cidrIp': '0.0.0.0/0'}",                                  "InvalidPermission.NotFound",
     "says = The specified rule does not exist in this security group.\nrecord.error = Client.InvalidPermission.NotFound"                                                                                                                                                                      },
    {"chaos", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{web}', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 22, 'toPort': 22, 'ipRanges': "
     "{'items': "
     "[{'cidrIp': '0.0.0.0/0'}]}}]}}",                                                                                                  NULL,                                  "keep rogue = reply.SecurityGroupRules.0.SecurityGroupRuleId"                                                   },
    {"sofia", "ec2:RevokeSecurityGroupIngress",
     "{'groupId': '{web}', 'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{rogue}'}]}}",                                   NULL,                                  NULL                                                                                                            },
    {"sofia", "ec2:RevokeSecurityGroupIngress",
     "{'groupId': '{web}', 'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{rogue}'}]}}",                                   "InvalidSecurityGroupRuleId.NotFound", "says = The security group rule ID 'sgr-*' does not exist"                                                      },
    {"sofia", "iam:DeleteUser",                    "{'userName': 'chaos'}",                                                             "DeleteConflict",
     "says = Cannot delete entity, must delete access keys first.\nrecord.error = DeleteConflictException"                                                                                                                                                                                     },
    {"sofia", "iam:ListAccessKeys",                "{'userName': 'chaos'}",                                                             NULL,                                  "reply.AccessKeyMetadata.0.Status = Active"                                                                     },
    {"sofia", "iam:DeleteAccessKey",               "{'userName': 'chaos', 'accessKeyId': '{chaos_key}'}",                               NULL,                                  NULL                                                                                                            },
    {"sofia", "iam:DeleteUser",                    "{'userName': 'chaos'}",                                                             "DeleteConflict",
     "says = Cannot delete entity, must detach all policies first."                                                                                                                                                                                                                            },
    {"sofia", "iam:DetachUserPolicy",              "{'userName': 'chaos', 'policyArn': 'arn:aws:iam::aws:policy/AmazonEC2FullAccess'}", NULL,
     NULL                                                                                                                                                                                                                                                                                      },
    {"sofia", "iam:DetachUserPolicy",              "{'userName': 'chaos', 'policyArn': 'arn:aws:iam::aws:policy/AmazonEC2FullAccess'}",
     "NoSuchEntity",                                                                                                                                                           "says = Policy arn:aws:iam::aws:policy/AmazonEC2FullAccess was not found.\nrecord.error = NoSuchEntityException"},
    {"sofia", "iam:DetachUserPolicy",              "{'userName': 'chaos', 'policyArn': 'arn:aws:iam::aws:policy/AmazonSSMFullAccess'}", NULL,
     NULL                                                                                                                                                                                                                                                                                      },
    {"sofia", "iam:DeleteUser",                    "{'userName': 'chaos'}",                                                             NULL,                                  "record.params.userName = chaos\nrecord.response = null"                                                        },
    {"sofia", "iam:GetUser",                       "{'userName': 'chaos'}",                                                             "NoSuchEntity",                        "says = The user with name chaos cannot be found."                                                              },
};

static void test_story(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, resources, COUNT(resources));
    desk_play(&d, preparation, COUNT(preparation));
    desk_play(&d, attack, COUNT(attack));
    const struct logging_span *span = d.w.account.spans;
    CU_ASSERT(span && !span->next && span->to_ms == INT64_MAX && span->reads && span->writes && span->multi_region &&
              span->key);
    CU_ASSERT(!span->data_events);
    CU_ASSERT_STRING_EQUAL(span->bucket, "monitoring4711");
    desk_play(&d, repair, COUNT(repair));
    desk_replay(&d);
}

/* A deleted key's calls reach nobody's log. */
static void test_dead_key(void)
{
    AUTO(desk_drop) struct desk d;
    struct outcome out;
    desk_open(&d);
    desk_staff(&d);
    struct principal chaos = desk_who(&d, "chaos");
    chaos.name = "chaos"; /* desk_who's own name is used again */
    chaos.access_key_id = arena_dup(&d.w.arena, chaos.access_key_id);
    PLAY(&d, {"sofia", "iam:DeleteAccessKey", "{'userName': 'chaos', 'accessKeyId': '{chaos_key}'}", NULL, NULL});
    act(&d.w,
        &(struct action){
            .time_ms = d.now_ms, .who = chaos, .from = {.ip = "198.51.100.7", .agent = "x"},
                    .op = "ec2:DescribeInstances"
    },
        &out);
    CU_ASSERT_STRING_EQUAL(out.error_code, "AuthFailure");
    CU_ASSERT(out.entry->silent);
    desk_replay(&d);
}

/* What happens beside leaves the story's ids as they are. */
static void test_streams(void)
{
    char ids[2][64], events[2][UUID_LEN + 1];
    for (int noise = 0; noise < 2; noise++) {
        AUTO(desk_drop) struct desk d;
        struct outcome out;
        desk_open(&d);
        desk_staff(&d);
        for (int i = 0; i < noise * 7; i++)
            PLAY(&d, {"sofia", "iam:ListUsers", NULL, NULL, NULL});
        struct action a = {
            .time_ms = d.now_ms,
            .who = desk_who(&d, "sofia"),
            .from = {.ip = "203.0.113.9", .agent = "x"},
            .op = "ec2:CreateSecurityGroup",
            .stream = "sofia/1"
        };
        a.params = desk_params(&d, "{'groupName': 'a', 'groupDescription': 'b'}");
        act(&d.w, &a, &out);
        json_decref(a.params);
        snprintf(ids[noise], sizeof(ids[noise]), "%s", json_str_or(out.reply, "GroupId", ""));
        snprintf(events[noise], sizeof(events[noise]), "%s", out.entry->event_id);
        CU_ASSERT_STRING_EQUAL(out.entry->stream, "sofia/1");
        desk_replay(&d);
    }
    CU_ASSERT_STRING_EQUAL(ids[0], ids[1]);
    CU_ASSERT_STRING_EQUAL(events[0], events[1]);
}

CU_TestInfo aws_story_tests[] = {
    {"the café breach",                     test_story   },
    {"a deleted key opens nothing",          test_dead_key},
    {"named streams do not depend on noise", test_streams },
    CU_TEST_INFO_NULL,
};
