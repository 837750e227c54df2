/* SPDX-License-Identifier: MIT */
/* Signing in, temporary credentials, and the services that are only read. */
#include "tests/unit/aws_desk.inc"

static const struct row rows[] = {
    {"-",                                "iam:CreateLoginProfile",             "{'userName': 'sofia', 'password': 'Espresso!2025'}",                           NULL,                                NULL                                                      },
    {"sofia",                            "signin:ConsoleLogin",                "{'userName': 'sofia', 'password': 'Espresso!2025'}",                           NULL,
     "record.response = {\"ConsoleLogin\":\"Success\"}\nrecord.params = null\nrecord.additional.MFAUsed = No\nrecord.error = "
     "-\n"
     "record.identity.userName = sofia\nrecord.identity.accessKeyId = -\nrecord.region = us-east-1"                                                                                                                                                           },
    {"sofia",                            "signin:ConsoleLogin",                "{'userName': 'sofia', 'password': 'no'}",                                      NULL,
     "record.response.ConsoleLogin = Failure\nrecord.message = Failed authentication\nrecord.error = "
     "-\nrecord.identity.accessKeyId = \n"
     "record.identity.arn = -"                                                                                                                                                                                                                                },
    {"sofia",                            "signin:ConsoleLogin",                "{'userName': 'nobody', 'password': 'no'}",                                     NULL,
     "record.message = No username found in supplied account\nrecord.identity.userName = HIDDEN_DUE_TO_SECURITY_REASONS"                                                                                                                                      },
    {"sofia",                            "signin:CheckMfa",                    "{'userName': 'sofia'}",                                                        "NoSuchEntity",                      NULL                                                      },
    {"-",                                "iam:EnableMFADevice",                "{'userName': 'sofia', 'serialNumber': 'arn:aws:iam::123456789012:mfa/sofia'}", NULL,                                NULL                                                      },
    {"sofia",                            "signin:CheckMfa",                    "{'userName': 'sofia'}",                                                        NULL,
     "record.response.CheckMfa = Success\nrecord.additional.MfaType = Virtual MFA"                                                                                                                                                                            },
    {"sofia",                            "signin:ConsoleLogin",                "{'userName': 'sofia', 'password': 'Espresso!2025'}",                           NULL,
     "record.response.ConsoleLogin = Failure"                                                                                                                                                                                                                 },
    {"sofia",                            "signin:ConsoleLogin",                "{'userName': 'sofia', 'password': 'Espresso!2025', 'mfa': true}",              NULL,
     "record.response.ConsoleLogin = Success\nrecord.additional.MFAUsed = Yes\nrecord.additional.MFAIdentifier = *mfa/sofia"                                                                                                                                  },
    {"-",                                "iam:CreateRole",
     "{'roleName': 'audit', 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', "
     "'Principal': {'AWS': "
     "'arn:aws:iam::123456789012:user/sofia'}, 'Action': 'sts:AssumeRole'}]}}",                                                                                NULL,                                NULL                                                      },
    {"sofia",                            "sts:AssumeRole",                     "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's'}",  NULL,
     "reply.Credentials.AccessKeyId = ASIA*\nreply.Credentials.SecretAccessKey = "
     "*\nrecord.response.credentials.secretAccessKey = -\nrecord.response.assumedRoleUser.arn = "
     "arn:aws:sts::123456789012:assumed-role/audit/s\n"
     "record.resources.0.type = AWS::IAM::Role\nrecord.readOnly = true"                                                                                                                                                                                       },
    {"chaos",                            "sts:AssumeRole",                     "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's'}",  "AccessDenied",
     "says = User: *user/chaos is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/audit"                                                                                                                                },
    {"sofia",                            "sts:AssumeRole",                     "{'roleArn': 'arn:aws:iam::123456789012:role/none', 'roleSessionName': 's'}",   "AccessDenied",
     NULL                                                                                                                                                                                                                                                     },
    {"sofia",                            "sts:GetSessionToken",                NULL,                                                                           NULL,                                "record.response.credentials.sessionToken = *"            },
    {"sofia",                            "sts:GetAccessKeyInfo",               "{'accessKeyId': 'AKIAIOSFODNN7EXAMPLE'}",                                      NULL,                                "reply.Account = 123456789012"                            },
    {"root",                             "sts:GetCallerIdentity",              NULL,                                                                           NULL,                                "reply.UserId = 123456789012\nrecord.identity.type = Root"},
    {"service:cloudtrail.amazonaws.com", "s3:GetBucketAcl",                    "{'bucketName': 'none'}",                                                       "NoSuchBucket",
     "record.identity = {\"type\":\"AWSService\",\"invokedBy\":\"cloudtrail.amazonaws.com\"}\nrecord.shared = *-*-4*"                                                                                                                                         },
 /* services that are read */
    {"sofia",                            "cloudwatch:DescribeAlarms",          NULL,                                                                           NULL,                                "reply.MetricAlarms = []"                                 },
    {"sofia",                            "cloudwatch:DescribeAlarmsForMetric", "{'metricName': 'a', 'namespace': 'b'}",                                        NULL,                                "reply.MetricAlarms = []"                                 },
    {"sofia",                            "cloudwatch:ListDashboards",          NULL,                                                                           NULL,                                "reply.DashboardEntries = []"                             },
    {"sofia",                            "cloudwatch:ListMetrics",             "{'namespace': 'AWS/EC2'}",                                                     NULL,                                "reply.Metrics = []"                                      },
    {"sofia",                            "s3:CreateBucket",                    "{'bucketName': 'assets-1'}",                                                   NULL,                                NULL                                                      },
    {"sofia",                            "cloudwatch:ListMetrics",             NULL,                                                                           NULL,                                "reply.Metrics.0.Dimensions.0.Value = assets-1"           },
    {"sofia",                            "cloudwatch:GetMetricData",           "{'metricDataQueries': [{'id': 'm1'}], 'startTime': 'a', 'endTime': 'b'}",      NULL,
     "reply.MetricDataResults.0.Id = m1"                                                                                                                                                                                                                      },
    {"sofia",                            "cloudwatch:GetMetricStatistics",
     "{'namespace': 'n', 'metricName': 'm', 'startTime': 'a', 'endTime': 'b', 'period': 60}",                                                                  NULL,                                "reply.Label = m"                                         },
    {"chaos",                            "cloudwatch:DescribeAlarms",          NULL,                                                                           NULL,                                NULL                                                      },
    {"sofia",                            "logs:DescribeLogGroups",             NULL,                                                                           NULL,                                "reply.logGroups = []"                                    },
    {"sofia",                            "logs:DescribeLogStreams",            "{'logGroupName': 'a'}",                                                        "ResourceNotFoundException",         NULL                                                      },
    {"sofia",                            "logs:DescribeMetricFilters",         NULL,                                                                           NULL,                                "reply.metricFilters = []"                                },
    {"sofia",                            "logs:DescribeMetricFilters",         "{'logGroupName': 'a'}",                                                        "ResourceNotFoundException",         NULL                                                      },
    {"sofia",                            "logs:DescribeQueries",               NULL,                                                                           NULL,                                "reply.queries = []"                                      },
    {"sofia",                            "health:DescribeEventAggregates",     "{'aggregateField': 'eventTypeCategory'}",                                      NULL,
     "reply.eventAggregates = []\nrecord.region = us-east-1"                                                                                                                                                                                                  },
    {"sofia",                            "health:DescribeEventAggregates",     "{'aggregateField': 'x'}",                                                      "ValidationException",               NULL                                                      },
    {"sofia",                            "health:DescribeEvents",              NULL,                                                                           NULL,                                "reply.events = []"                                       },
    {"chaos",                            "health:DescribeEventAggregates",     "{'aggregateField': 'eventTypeCategory'}",                                      "AccessDeniedException",
     "record.error = AccessDenied\nsays = User: *user/chaos is not authorized to perform: health:DescribeEventAggregates*"                                                                                                                                    },
    {"sofia",                            "organizations:DescribeOrganization", NULL,                                                                           "AWSOrganizationsNotInUseException",
     "says = Your account is not a member of an organization.\nrecord.error = AWSOrganizationsNotInUseException"                                                                                                                                              },
    {"chaos",                            "organizations:DescribeOrganization", NULL,                                                                           "AccessDeniedException",             NULL                                                      },
};

static const struct row sessions[] = {
    {"-",             "iam:CreateRole",
     "{'roleName': 'audit', 'maxSessionDuration': 7200, 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': "
     "[{'Effect': "
     "'Allow', 'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole'}]}}",                     NULL,              NULL                                           },
    {"sofia",         "sts:AssumeRole",
     "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's', 'durationSeconds': 60}",                  "ValidationError",
     NULL                                                                                                                                                                                     },
    {"sofia",         "sts:AssumeRole",
     "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's', 'durationSeconds': 7201}",                "ValidationError",
     "says = The requested DurationSeconds exceeds the MaxSessionDuration set for this role."                                                                                                 },
    {"chaos",         "sts:AssumeRole",      "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's'}", "AccessDenied",
     NULL                                                                                                                                                                                     },
    {"sofia",         "sts:AssumeRole",
     "{'roleArn': 'arn:aws:iam::123456789012:role/audit', 'roleSessionName': 's', 'durationSeconds': 7200}",                NULL,
     "keep role_key = reply.Credentials.AccessKeyId"                                                                                                                                          },
    {"sofia@console", "sts:GetSessionToken", NULL,                                                                          "AccessDenied",
     "says = Cannot call GetSessionToken with session credentials"                                                                                                                            },
    {"sofia",         "sts:GetSessionToken", "{'durationSeconds': 200000}",                                                 "ValidationError", NULL                                           },
    {"sofia",         "sts:GetSessionToken", "{'serialNumber': 'arn:aws:iam::123456789012:mfa/x', 'tokenCode': '123456'}",
     "AccessDenied",                                                                                                                           NULL                                           },
    {"sofia",         "sts:GetSessionToken", NULL,                                                                          NULL,              "keep user_key = reply.Credentials.AccessKeyId"},
};

/* What STS gives out is known to the world, as who and until when. */
static void test_session_keys(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, sessions, COUNT(sessions));
    const struct session_key *role = find_session_key(&d.w, json_str(d.kept, "role_key"));
    const struct session_key *user = find_session_key(&d.w, json_str(d.kept, "user_key"));
    CU_ASSERT(role && role->who.kind == PRINCIPAL_ROLE && text_same(role->who.name, "audit") &&
              text_same(role->who.session_name, "s"));
    CU_ASSERT(role && role->expires_ms % 1000 == 0 && role->expires_ms > d.now_ms && strlen(role->secret) == 40);
    CU_ASSERT(user && user->who.kind == PRINCIPAL_USER && text_same(user->who.access_key_id, user->id) &&
              user->who.session_start_ms);
    CU_ASSERT_PTR_NULL(find_session_key(&d.w, "ASIANONE"));
    const struct action looked = {
        .time_ms = d.now_ms,
        .who = desk_who(&d, "sofia"),
        .from = {.ip = "203.0.113.9", .agent = "x"},
        .op = "sts:GetSessionToken"
    };
    struct outcome out; /* who only looks is given nothing that opens anything */
    CU_ASSERT(act_look(&d.w, &looked, &out) && out.reply);
    const char *shown = json_string_value(json_path(out.reply, "Credentials.AccessKeyId"));
    CU_ASSERT(shown && !find_session_key(&d.w, shown));
    desk_replay(&d);
}

static void test_all(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, rows, COUNT(rows));
    desk_replay(&d);
}

/* A role's session acts as the role, and its records name both. */
static void test_role_session(void)
{
    AUTO(desk_drop) struct desk d;
    struct outcome out;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d,
         {"-", "iam:CreateRole",
          "{'roleName': 'audit', 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', "
          "'Principal': "
          "{'AWS': '123456789012'}, 'Action': 'sts:AssumeRole'}]}}",
          NULL, NULL},
         {"-", "iam:AttachRolePolicy", "{'roleName': 'audit', 'policyArn': 'arn:aws:iam::aws:policy/SecurityAudit'}", NULL,
          NULL});
    struct action a = {
        .time_ms = d.now_ms,
        .who = {.kind = PRINCIPAL_ROLE,
                .name = "audit",
                .session_name = "weekly",
                .access_key_id = "ASIAX",
                .session_start_ms = d.now_ms - 1000},
        .from = {.ip = "203.0.113.9", .agent = "x"},
        .op = "iam:ListUsers"
    };
    act(&d.w, &a, &out);
    CU_ASSERT_PTR_NULL(out.error_code);
    CU_ASSERT_STRING_EQUAL(json_str_or(out.entry->identity, "arn", ""), "arn:aws:sts::123456789012:assumed-role/audit/weekly");
    const json_t *issuer = json_path(out.entry->identity, "sessionContext.sessionIssuer.userName");
    CU_ASSERT_STRING_EQUAL(json_string_value(issuer), "audit");
    a.op = "iam:CreateGroup";
    a.params = desk_params(&d, "{'groupName': 'x'}");
    act(&d.w, &a, &out);
    CU_ASSERT_STRING_EQUAL(out.error_code, "AccessDenied");
    json_decref(a.params);
    desk_replay(&d);
}

CU_TestInfo aws_signin_tests[] = {
    {"signing in, credentials, reading services", test_all         },
    {"temporary credentials",                     test_session_keys},
    {"a role's session",                          test_role_session},
    CU_TEST_INFO_NULL,
};
