/* SPDX-License-Identifier: MIT */
/* Forms, JSON bodies, CloudTrail's names and replies, each as clients and genuine logs have them. */
#include "sim/serve/exchange.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void same_text(const char *what, const char *got, const char *want)
{
    if (!text_same(got, want))
        printf("%s\n  got  %s\n  want %s\n", what, got, want);
    CU_ASSERT_STRING_EQUAL(got, want);
}

static void same_json(const char *what, const json_t *got, const char *want)
{
    AUTO(str_drop) struct str text = {0};
    if (got)
        str_add_json_value(&text, got);
    same_text(what, str_text(&text), want);
}

/* A form as it arrives, the parameters as CloudTrail has them; or what is wrong with it. */
static const struct {
    const char *op, *form, *want;
} forms[] = {
    {"iam:CreateUser",                    "UserName=eve&Tags.member.1.Key=team&Tags.member.1.Value=web+site",
     "{\"userName\":\"eve\",\"tags\":[{\"key\":\"team\",\"value\":\"web site\"}]}"                                                                                                               },
    {"iam:ListUsers",                     "MaxItems=10",                                                                             "{\"maxItems\":10}"                                         },
    {"iam:ListUsers",                     "MaxItems=ten",                                                                            "!Invalid value 'ten' for MaxItems: expected a whole number"},
    {"iam:CreateUser",                    "Path=%2F",                                                                                "!UserName"                                                 },
    {"iam:GetUser",                       "Unheard=1",                                                                               "{}"                                                        },
    {"ec2:DescribeInstances",             "Filter.1.Name=tag%3AName&Filter.1.Value.1=Caf%C3%A9&Filter.1.Value.2=x&InstanceId.1=i-1",
     "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-1\"}]},\"filterSet\":{\"items\":[{\"name\":\"tag:Name\",\"valueSet\":"
     "{\"items\":[{\"value\":\"Café\"},{\"value\":\"x\"}]}}]}}"                                                                                                                                 },
    {"ec2:DescribeInstances",             "Unheard=1",                                                                               "!The parameter Unheard is not recognized"                  },
    {"ec2:DescribeInstances",             "DryRun=maybe",                                                                            "!Invalid value 'maybe' for DryRun: expected true or false" },
    {"ec2:AuthorizeSecurityGroupIngress",
     "GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=22&IpPermissions.1.ToPort=22"
     "&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0%2F0",                                                                               "{\"groupId\":\"sg-1\",\"ipPermissions\":{\"items\":[{\"ipProtocol\":\"tcp\",\"fromPort\":22,\"toPort\":22,\"ipRanges\":"
     "{\"items\":[{\"cidrIp\":\"0.0.0.0/0\"}]}}]}}"                                                                                        },
    {"ec2:RevokeSecurityGroupIngress",    "GroupId=sg-1&SecurityGroupRuleId.1=sgr-1",
     "{\"groupId\":\"sg-1\",\"securityGroupRuleIds\":{\"items\":[{\"securityGroupRuleId\":\"sgr-1\"}]}}"                                                                                         },
    {"ec2:ModifySecurityGroupRules",
     "GroupId=sg-1&SecurityGroupRule.1.SecurityGroupRuleId=sgr-1&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp",              "{\"ModifySecurityGroupRulesRequest\":{\"GroupId\":\"sg-1\",\"SecurityGroupRule\":{\"SecurityGroupRuleId\":\"sgr-1\","
     "\"SecurityGroupRule\":{\"IpProtocol\":\"tcp\"},\"tag\":1}}}"        },
    {"ec2:ModifyInstanceMetadataOptions", "InstanceId=i-1&HttpTokens=required&DryRun=true",
     "{\"ModifyInstanceMetadataOptionsRequest\":{\"InstanceId\":\"i-1\",\"HttpTokens\":\"required\"},\"dryRun\":true}"                                                                           },
    {"ec2:AssociateIamInstanceProfile",   "InstanceId=i-1&IamInstanceProfile.Name=web",
     "{\"AssociateIamInstanceProfileRequest\":{\"IamInstanceProfile\":{\"Name\":\"web\"},\"InstanceId\":\"i-1\"}}"                                                                               },
    {"ec2:CreateSecurityGroup",           "GroupName=g&GroupDescription=d",                                                          "{\"groupName\":\"g\",\"groupDescription\":\"d\"}"          },
};

static void reads_forms(void)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct form form;
        struct shape_fault fault = {0};
        const bool ec2 = text_starts(forms[i].op, "ec2:");
        CU_ASSERT_TRUE(form_read(&arena, forms[i].form, strlen(forms[i].form), true, &form));
        json_auto_t *asked = shape_from_form(wire_shape_find(forms[i].op)->asked, form.list, form.n, ec2, &arena, &fault);
        json_auto_t *params = asked ? params_of(wire_service_find(ec2 ? "ec2" : "iam"), forms[i].op, asked) : NULL;
        if (!asked)
            same_text(forms[i].form, fault.missing ? fault.missing : fault.why, forms[i].want + 1);
        else
            same_json(forms[i].form, params, forms[i].want);
    }
}

static void refuses_bad_encodings(void)
{
    static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%=1"};
    AUTO(arena_drop) struct arena arena = {0};
    struct form form;
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_FALSE(form_read(&arena, bad[i], strlen(bad[i]), true, &form));
    CU_ASSERT_TRUE(form_read(&arena, "a=1&&b&c=%2b+", 13, true, &form));
    CU_ASSERT_EQUAL(form.n, 3);
    same_text("b", form_get(&form, "b"), "");
    same_text("c", form_get(&form, "c"), "+ ");
    CU_ASSERT_PTR_NULL(form_get(&form, "d"));
}

static const struct {
    const char *op, *body, *want;
} bodies[] = {
    {"cloudtrail:CreateTrail",    "{\"Name\":\"monitor\",\"S3BucketName\":\"b\",\"KmsKeyId\":null,\"Unheard\":1}",
     "{\"name\":\"monitor\",\"s3BucketName\":\"b\"}"                                                                                                                 },
    {"cloudtrail:LookupEvents",   "{\"StartTime\":1760000000.0,\"MaxResults\":5}",
     "{\"startTime\":\"2025-10-09T08:53:20Z\",\"maxResults\":5}"                                                                                                     },
    {"kms:Encrypt",               "{\"KeyId\":\"k\",\"Plaintext\":\"eA==\",\"EncryptionContext\":{\"Team\":\"web\"}}",
     "{\"keyId\":\"k\",\"plaintext\":\"eA==\",\"encryptionContext\":{\"Team\":\"web\"}}"                                                                             },
    {"ssm:SendCommand",           "{\"DocumentName\":\"d\",\"InstanceIds\":[\"i-1\"],\"Parameters\":{\"commands\":[\"id\"]}}",
     "{\"instanceIds\":[\"i-1\"],\"documentName\":\"d\",\"parameters\":{\"commands\":[\"id\"]}}"                                                                     },
    {"cloudtrail:CreateTrail",    "[]",                                                                                        "!the body: expected an object"       },
    {"cloudtrail:CreateTrail",    "{\"Name\":\"m\",\"S3BucketName\":5}",                                                       "!S3BucketName: expected a text"      },
    {"cloudtrail:CreateTrail",    "{\"Name\":\"m\"}",                                                                          "!S3BucketName"                       },
    {"cloudtrail:LookupEvents",   "{\"MaxResults\":\"5\"}",                                                                    "!MaxResults: expected a whole number"},
    {"cloudtrail:DescribeTrails", "{\"trailNameList\":\"x\"}",                                                                 "!trailNameList: expected a list"     },
};

static void reads_json_bodies(void)
{
    for (size_t i = 0; i < COUNT(bodies); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct err e = {0};
        struct shape_fault fault = {0};
        json_auto_t *body = json_read(bodies[i].body, strlen(bodies[i].body), &e);
        json_auto_t *asked = shape_from_json(wire_shape_find(bodies[i].op)->asked, body, &arena, &fault);
        json_auto_t *params = asked ? params_of(wire_service_find("cloudtrail"), bodies[i].op, asked) : NULL;
        if (!asked)
            same_text(bodies[i].body, fault.missing ? fault.missing : fault.why, bodies[i].want + 1);
        else
            same_json(bodies[i].body, params, bodies[i].want);
    }
}

static void writes_replies(void)
{
    const struct {
        const char *service, *op, *reply, *want;
    } rows[] = {
        {"iam",        "iam:ListUsers",             "{\"Users\":[],\"IsTruncated\":false}",
         "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n<ListUsersResult><Users></Users>"
         "<IsTruncated>false</IsTruncated></ListUsersResult>\n"
         "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n</ListUsersResponse>\n"                                           },
        {"iam",        "iam:DeleteUser",            NULL,
         "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
         "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n</DeleteUserResponse>\n"                                          },
        {"ec2",        "ec2:DescribeKeyPairs",      "{\"KeyPairs\":[{\"KeyName\":\"a<b\",\"CreateTime\":\"2025-10-09T08:53:20Z\"}]}",
         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<DescribeKeyPairsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId><keySet><item>"
         "<createTime>2025-10-09T08:53:20.000Z</createTime><keyName>a&lt;b</keyName></item></keySet>"
         "</DescribeKeyPairsResponse>\n"                                                                                                   },
        {"cloudtrail", "cloudtrail:GetTrailStatus", "{\"IsLogging\":true,\"StartLoggingTime\":\"2025-10-09T08:53:20Z\"}",
         "{\"IsLogging\":true,\"StartLoggingTime\":1760000000}"                                                                            },
        {"cloudtrail", "cloudtrail:StartLogging",   NULL,                                                                              "{}"},
        {"iam",        "iam:GetUserPolicy",         "{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":{\"Statement\":[]}}",
         "<GetUserPolicyResponse "
         "xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n<GetUserPolicyResult><UserName>u</UserName>"
         "<PolicyName>p</PolicyName><PolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</PolicyDocument></GetUserPolicyResult>\n"
         "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n</GetUserPolicyResponse>\n"                                       },
        {"kms",        "kms:CreateAlias",           NULL,                                                                              ""  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(wire_reply_drop) struct wire_reply reply = {0};
        struct err e = {0};
        json_auto_t *data = rows[i].reply ? json_read(rows[i].reply, strlen(rows[i].reply), &e) : NULL;
        wire_success(&reply, wire_service_find(rows[i].service), rows[i].op, data, "r");
        CU_ASSERT_EQUAL(reply.status, 200);
        same_text(rows[i].op, str_text(&reply.body), rows[i].want);
    }
}

static void writes_failures(void)
{
    const struct {
        const char *service, *code;
        unsigned status;
        const char *want;
    } rows[] = {
        {"iam",        "NoSuchEntity",           404,
         "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n<Error><Type>Sender</Type><Code>NoSuchEntity"
         "</Code><Message>a &amp; b</Message></Error>\n<RequestId>r</RequestId>\n</ErrorResponse>\n"                 },
        {"ec2",        "DryRunOperation",        412,
         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>DryRunOperation</Code><Message>a &amp; b"
         "</Message></Error></Errors><RequestID>r</RequestID></Response>"                                            },
        {"cloudtrail", "TrailNotFoundException", 400, "{\"__type\":\"TrailNotFoundException\",\"message\":\"a & b\"}"},
        {"s3",         "NoSuchKey",              404,
         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message><Key>k/x"
         "</Key><RequestId>r</RequestId><HostId>RUNJ5CLwUpcZHq0T4h09tSDlq+9SBV5JZLgvshP1k6GiabKKOutIf156LKpiYvBl+ZIfTFaOpMkT</"
         "HostId></Error>"                                                                                           },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(wire_reply_drop) struct wire_reply reply = {0};
        const struct form_field details[] = {
            {"Key", "k/x"},
            {NULL,  NULL }
        };
        wire_failure(&reply, wire_service_find(rows[i].service), rows[i].code, "a & b", details, "r");
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        same_text(rows[i].code, str_text(&reply.body), rows[i].want);
    }
}

/* Temporary credentials whose time is over, as each service says it. */
static void test_expired(void)
{
    static const struct {
        const char *service, *code;
        unsigned status;
    } rows[] = {
        {"iam",        "ExpiredToken",          403},
        {"ec2",        "RequestExpired",        400},
        {"cloudtrail", "ExpiredTokenException", 400},
        {"s3",         "ExpiredToken",          400},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_request r = {0};
        struct exchange ex = {.r = &r, .service = wire_service_find(rows[i].service)};
        CU_ASSERT_FALSE(exchange_expired(&ex));
        same_text(rows[i].service, ex.error_code, rows[i].code);
        CU_ASSERT_EQUAL(wire_status(ex.service->protocol, ex.error_code), rows[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(ex.error_message, "expired"));
        arena_drop(&r.arena);
    }
}

CU_TestInfo serve_wire_tests[] = {
    {"reads forms",           reads_forms          },
    {"refuses bad encodings", refuses_bad_encodings},
    {"reads JSON bodies",     reads_json_bodies    },
    {"writes replies",        writes_replies       },
    {"writes failures",       writes_failures      },
    {"expired credentials",   test_expired         },
    CU_TEST_INFO_NULL,
};
