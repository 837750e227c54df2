/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define ACL_CHECK                                                                                                              \
    "{'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, 'Action': 's3:GetBucketAcl', 'Resource': "      \
    "'arn:aws:s3:::logs-1'}"
#define WRITE(to, condition)                                                                                                   \
    "{'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, 'Action': 's3:PutObject', 'Resource': "         \
    "'arn:aws:s3:::logs-1/" to "/*', 'Condition': {'StringEquals': {'s3:x-amz-acl': 'bucket-owner-full-control'" condition     \
    "}}}"
#define PUT_POLICY(statements)                                                                                                 \
    "{'bucketName': 'logs-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [" statements "]}}"
#define DENIED "InsufficientS3BucketPolicyException"

static const struct row creation[] = {
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': 'ab', 's3BucketName': 'logs-1'}",             "InvalidTrailNameException",
     "says = *too short*"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            },
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': 'a/b', 's3BucketName': 'logs-1'}",            "InvalidTrailNameException",
     "says = *only contain*"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': '-ab', 's3BucketName': 'logs-1'}",            "InvalidTrailNameException",                                                                                                            NULL                                                                                                                                                                                                                          },
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': 'ab-', 's3BucketName': 'logs-1'}",            "InvalidTrailNameException",                                                                                                            NULL                                                                                                                                                                                                                          },
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': 'monitor', 's3BucketName': 'logs-1'}",        "S3BucketDoesNotExistException",
     "says = S3 bucket logs-1 does not exist!"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       },
    {"sofia",                                                                                                                "s3:CreateBucket",        "{'bucketName': 'logs-1'}",                             NULL,                                                                                                                                   NULL                                                                                                                                                                                                                          },
    {"sofia",                                                                                                                "s3:PutBucketPolicy",     PUT_POLICY(ACL_CHECK),                                  NULL,                                                                                                                                   NULL                                                                                                                                                                                                                          },
    {"sofia",                                                                                                                "cloudtrail:CreateTrail", "{'name': 'monitor', 's3BucketName': 'logs-1'}",        DENIED,                                                                                                                                 NULL                                                                                                                                                                                                                          },
    {"sofia",                                                                                                                "s3:PutBucketPolicy",     PUT_POLICY(ACL_CHECK ", " WRITE("AWSLogs/999999999999", "")),                                                                                                                                   NULL,                                                                                                                                                                                                                           NULL},
    {"sofia",                                                                                                                      "cloudtrail:CreateTrail",                                                                                                                                        "{'name': 'monitor', 's3BucketName': 'logs-1'}",                                                 DENIED, NULL                                                                                                                                                                        },
    {"sofia",                                                                                                                      "s3:PutBucketPolicy",
     PUT_POLICY(ACL_CHECK ", " WRITE("AWSLogs/{account}",
     ", 'aws:SourceArn': 'arn:aws:cloudtrail:us-west-2:123456789012:trail/monitor'")),
     NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 NULL},
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",                                                                                                                                          "{'name': 'other', 's3BucketName': 'logs-1'}",                                                                                                                                                                                          DENIED,                                                                                                                                                                                       NULL},
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",                                                                                                                                          "{'name': 'monitor', 's3BucketName': 'logs-1', 's3KeyPrefix': 'deep'}",                                                                                                                                                                                          DENIED, NULL                                                                                                                                                                                                                                                                                 },
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",                                                                                                                                          "{'name': 'monitor', 's3BucketName': 'logs-1', 'kmsKeyId': 'alias/none'}",
     "KmsKeyNotFoundException",                                                                                                                                                                                       NULL},
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",                                                                                                                                          "{'name': 'monitor', 's3BucketName': 'logs-1', 'kmsKeyId': 'x'}",
     "InvalidKmsKeyIdException", NULL                                                                                                    },
    {"sofia",                                                                                                                  "kms:CreateKey",                                                                                                                                          "{}",                                                                                                                                                                                          NULL,                                                                                                                                                                                                "keep key = reply.KeyMetadata.KeyId"                                                                                                                                                                            },
    {"sofia",                                                                                  "cloudtrail:CreateTrail",                                                                                                          "{'name': 'monitor', 's3BucketName': 'logs-1', 'kmsKeyId': '{key}'}",
     "InsufficientEncryptionPolicyException","says = Insufficient permissions to access S3 bucket logs-1 or KMS key arn:aws:kms:us-west-2:123456789012:key/{key}."},
    {"sofia", "kms:DisableKey",                         "{'keyId': '{key}'}",                                                                         NULL,                                                                                                                                                                                                        NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",                                                                                                                                          "{'name': 'monitor', 's3BucketName': 'logs-1', 'kmsKeyId': '{key}'}",
     "KmsKeyDisabledException",NULL},
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",
     "{'name': 'monitor', 's3BucketName': 'logs-1', 'isMultiRegionTrail': true, 'includeGlobalServiceEvents': false}",                                                                                                                                                                                          "InvalidParameterCombinationException",                                                                                                                                                                                                        "says = Multi-Region trail must include global service events."                                                                                                                                                                                                                                                                                                                                                                                                                                                                },
    {"sofia",                                                       "cloudtrail:CreateTrail",                                                                               "{'name': 'monitor', 's3BucketName': 'logs-1', 'isOrganizationTrail': true}",
     "OrganizationsNotInUseException",NULL},
    {"sofia",                                                                                                                  "cloudtrail:CreateTrail",
     "{'name': 'monitor', 's3BucketName': 'logs-1', 'tagsList': [{'key': 'a', 'value': 'b'}]}",                                                                                                                                                                                          NULL,
     "record.response.logFileValidationEnabled = false\nkeep trail = reply.TrailARN\nreply.KmsKeyId = -"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       },
    {"sofia",                    "cloudtrail:CreateTrail",                                            "{'name': 'monitor', 's3BucketName': 'logs-1'}",                                                                                            "TrailAlreadyExistsException",
     "says = Trail monitor already exists for customer: 123456789012"},
};

static const struct row life[] = {
    {"sofia", "cloudtrail:StartLogging",      "{'name': 'none'}",                                                        "TrailNotFoundException",
     "says = Unknown trail: arn:aws:cloudtrail:us-west-2:123456789012:trail/none for the user: 123456789012"                                                                                             },
    {"sofia", "cloudtrail:StartLogging",      "{'name': '{trail}'}",                                                     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:StartLogging",      "{'name': 'monitor'}",                                                     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:GetEventSelectors", "{'trailName': 'monitor'}",                                                NULL,
     "reply.EventSelectors.0.ReadWriteType = All\nreply.EventSelectors.0.IncludeManagementEvents = true"                                                                                                 },
    {"sofia", "cloudtrail:PutEventSelectors", "{'trailName': 'monitor', 'eventSelectors': [{'readWriteType': 'Some'}]}",
     "InvalidEventSelectorsException",                                                                                                                     NULL                                          },
    {"sofia", "cloudtrail:PutEventSelectors",
     "{'trailName': 'monitor', 'eventSelectors': [{'dataResources': [{'type': 'AWS::EC2::Instance', 'values': []}]}]}",  "InvalidEventSelectorsException", NULL                                          },
    {"sofia", "cloudtrail:PutEventSelectors", "{'trailName': 'monitor', 'eventSelectors': []}",
     "InvalidEventSelectorsException",                                                                                                                     NULL                                          },
    {"sofia", "cloudtrail:PutEventSelectors",
     "{'trailName': 'monitor', 'eventSelectors': [{'readWriteType': 'WriteOnly', 'dataResources': [{'type': 'AWS::S3::Object', "
     "'values': ['arn:aws:s3:::logs-1/']}]}]}",                                                                          NULL,
     "record.response = "
     "{\"trailARN\":\"{trail}\",\"eventSelectors\":[{\"readWriteType\":\"WriteOnly\",\"includeManagementEvents\":true,"
     "\"dataResources\":[{\"type\":\"AWS::S3::Object\",\"values\":[\"arn:aws:s3:::logs-1/"
     "\"]}],\"excludeManagementEventSources\":[]}]}\n"
     "reply.EventSelectors.0.DataResources.0.Values.0 = arn:aws:s3:::logs-1/"                                                                                                                            },
    {"sofia", "cloudtrail:UpdateTrail",       "{'name': 'monitor', 'enableLogFileValidation': true}",                    NULL,
     "reply.LogFileValidationEnabled = true"                                                                                                                                                             },
    {"sofia", "cloudtrail:UpdateTrail",       "{'name': 'monitor', 's3BucketName': 'none'}",                             "S3BucketDoesNotExistException",  NULL                                          },
    {"sofia", "cloudtrail:DescribeTrails",    NULL,                                                                      NULL,
     "reply.trailList.0.HomeRegion = us-west-2\nreply.trailList.0.HasCustomEventSelectors = true\nrecord.params = null"                                                                                  },
    {"sofia", "cloudtrail:DescribeTrails",    "{'trailNameList': ['none']}",                                             NULL,                             "reply.trailList = []"                        },
    {"sofia", "cloudtrail:GetTrail",          "{'name': 'monitor'}",                                                     NULL,                             "reply.Trail.S3BucketName = logs-1"           },
    {"sofia", "cloudtrail:ListTrails",        NULL,                                                                      NULL,                             "reply.Trails.0.TrailARN = {trail}"           },
    {"sofia", "cloudtrail:GetTrailStatus",    "{'name': 'monitor'}",                                                     NULL,
     "reply.IsLogging = true\nreply.StartLoggingTime = 2025-10-13T16:*\nreply.StopLoggingTime = -"                                                                                                       },
    {"sofia", "cloudtrail:ListTags",          "{'resourceIdList': ['{trail}']}",                                         NULL,                             "reply.ResourceTagList.0.TagsList.0.Value = b"},
    {"sofia", "cloudtrail:AddTags",           "{'resourceId': '{trail}', 'tagsList': [{'key': 'c', 'value': 'd'}]}",     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:RemoveTags",        "{'resourceId': '{trail}', 'tagsList': [{'key': 'a'}]}",                   NULL,                             NULL                                          },
    {"sofia", "cloudtrail:ListTags",          "{'resourceIdList': ['{trail}']}",                                         NULL,                             "reply.ResourceTagList.0.TagsList.0.Key = c"  },
    {"sofia", "cloudtrail:ListTags",          "{'resourceIdList': ['{trail}0']}",                                        "ResourceNotFoundException",      NULL                                          },
    {"sofia", "cloudtrail:AddTags",           "{'resourceId': 'monitor', 'tagsList': []}",                               "CloudTrailARNInvalidException",  NULL                                          },
    {"sofia", "cloudtrail:ListPublicKeys",    NULL,                                                                      "UnsupportedOperationException",  NULL                                          },
    {"sofia", "cloudtrail:StopLogging",       "{'name': 'monitor'}",                                                     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:StopLogging",       "{'name': 'monitor'}",                                                     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:GetTrailStatus",    "{'name': 'monitor'}",                                                     NULL,
     "reply.IsLogging = false\nreply.StopLoggingTime = 2025-*"                                                                                                                                           },
    {"sofia", "cloudtrail:DeleteTrail",       "{'name': 'monitor'}",                                                     NULL,                             NULL                                          },
    {"sofia", "cloudtrail:DeleteTrail",       "{'name': 'monitor'}",                                                     "TrailNotFoundException",         NULL                                          },
    {"sofia", "s3:DeleteBucket",              "{'bucketName': 'logs-1'}",                                                "BucketNotEmpty",                 NULL                                          },
    {"sofia", "s3:ListObjects",               "{'bucketName': 'logs-1'}",                                                "NotImplemented",                 "says = *look below s3/logs-1"                },
};

/* Each change of settings while logging ends a span and begins the next. */
static void check_spans(const struct world *w)
{
    static const struct {
        bool reads, writes, data, validation;
    } want[] = {
        {true,  true, false, false},
        {false, true, true,  false},
        {false, true, true,  true },
    };
    const struct logging_span *span = w->account.spans;
    for (size_t i = 0; i < COUNT(want); i++, span = span ? span->next : NULL) {
        CU_ASSERT_PTR_NOT_NULL(span);
        if (!span)
            return;
        CU_ASSERT(span->reads == want[i].reads && span->writes == want[i].writes && span->data_events == want[i].data);
        CU_ASSERT(span->validation == want[i].validation && span->management);
        CU_ASSERT(span->from_ms < span->to_ms && (!span->next || span->next->from_ms == span->to_ms));
        CU_ASSERT(span->to_ms < INT64_MAX);
    }
    CU_ASSERT_PTR_NULL(span);
}

static void test_trails(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, creation, COUNT(creation));
    desk_play(&d, life, COUNT(life));
    check_spans(&d.w);
    desk_replay(&d);
}

static void test_limits(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "s3:PutBucketPolicy", PUT_POLICY(ACL_CHECK ", " WRITE("AWSLogs/{account}", "")), NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail1', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail2', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail3', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail4', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail5', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail6', 's3BucketName': 'logs-1'}",
          "MaximumNumberOfTrailsExceededException", "says = User: 123456789012 already has 5 trails in us-west-2."});
    struct outcome out;
    json_t *params = desk_params(&d, "{'name': 'trail1'}");
    act(&d.w,
        &(struct action){
            .time_ms = d.now_ms,
            .who = desk_who(&d, "sofia"),
            .from = {.ip = "203.0.113.9", .agent = "x"},
            .op = "cloudtrail:StopLogging",
            .region = "eu-west-1",
            .params = params
    },
        &out);
    CU_ASSERT_STRING_EQUAL(out.error_code, "InvalidHomeRegionException");
    json_decref(params);
    desk_replay(&d);
}

static bool is_open(const struct world *w)
{
    const struct logging_span *span = w->account.spans;
    while (span && span->to_ms < INT64_MAX)
        span = span->next;
    return span != NULL;
}

/* Trails are counted, and shown, where they are at home; what has been stopped or deleted delivers no more. */
#define PREFIXED(prefix) "{'name': 'trail1', 's3BucketName': 'logs-1', 's3KeyPrefix': '" prefix "'}"
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define FIVE_SELECTORS "{}, {}, {}, {}, {}"
#define SELECTED(list) "{'trailName': 'trail1', 'eventSelectors': [" list "]}"
static void test_home(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "s3:PutBucketPolicy", PUT_POLICY(ACL_CHECK ", " WRITE("AWSLogs/{account}", "")), NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", PREFIXED(FIFTY FIFTY FIFTY FIFTY), DENIED, NULL},
         {"sofia", "cloudtrail:CreateTrail", PREFIXED(FIFTY FIFTY FIFTY FIFTY "0"), "InvalidS3PrefixException", NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail1', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail2', 's3BucketName': 'logs-1', 'isMultiRegionTrail': true}", NULL,
          NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail3', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail4', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:CreateTrail", "{'name': 'trail5', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:PutEventSelectors", SELECTED(FIVE_SELECTORS), NULL, NULL},
         {"sofia", "cloudtrail:PutEventSelectors", SELECTED(FIVE_SELECTORS ", {}"), "InvalidEventSelectorsException", NULL});
    d.region = "eu-west-1";
    PLAY(&d, {"sofia", "cloudtrail:CreateTrail", "{'name': 'far1', 's3BucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "cloudtrail:DescribeTrails", NULL, NULL,
          "reply.trailList.0.Name = trail2\nreply.trailList.1.Name = far1\nreply.trailList.2 = -"},
         {"sofia", "cloudtrail:DescribeTrails", "{'includeShadowTrails': false}", NULL,
          "reply.trailList.0.Name = far1\nreply.trailList.1 = -"});
    d.region = NULL;
    d.now_ms = DESK_START + 3600000 - 20000; /* to begin at a mark is not to have seen it */
    PLAY(&d, {"sofia", "cloudtrail:StartLogging", "{'name': 'trail1'}", NULL, NULL},
         {"sofia", "cloudtrail:GetTrailStatus", "{'name': 'trail1'}", NULL,
          "reply.StartLoggingTime = 2025-10-13T17:00:00Z\nreply.LatestDeliveryTime = -"});
    d.now_ms += 300000;
    PLAY(&d,
         {"sofia", "cloudtrail:GetTrailStatus", "{'name': 'trail1'}", NULL, "reply.LatestDeliveryTime = 2025-10-13T17:05:00Z"},
         {"sofia", "cloudtrail:StopLogging", "{'name': 'trail1'}", NULL, NULL},
         {"sofia", "cloudtrail:GetTrailStatus", "{'name': 'trail1'}", NULL, "keep stopped = reply.StopLoggingTime"},
         {"sofia", "cloudtrail:StopLogging", "{'name': 'trail1'}", NULL, NULL},
         {"sofia", "cloudtrail:GetTrailStatus", "{'name': 'trail1'}", NULL, "reply.StopLoggingTime = {stopped}"},
         {"sofia", "cloudtrail:StartLogging", "{'name': 'trail1'}", NULL, NULL});
    CU_ASSERT(is_open(&d.w));
    PLAY(&d, {"sofia", "cloudtrail:DeleteTrail", "{'name': 'trail1'}", NULL, NULL});
    CU_ASSERT(!is_open(&d.w));
    desk_replay(&d);
}

/* ---- event history ---- */

static void form(struct str *out, const struct world *w, const struct entry *e)
{
    (void)w;
    str_addf(out, "{\"EventId\":\"%s\",\"EventName\":\"%s\",\"ReadOnly\":\"%s\",\"EventTime\":\"", e->event_id,
             strchr(e->op, ':') + 1, e->read_only ? "true" : "false");
    str_add_time(out, e->time_ms, TIME_ISO);
    str_addf(out, "\",\"Username\":\"%s\",\"Resources\":[{\"ResourceType\":\"T\",\"ResourceName\":\"N\"}]}", e->who.name);
}

static const struct catalog with_history = {.services = desk_services, .n = COUNT(desk_services), .lookup_form = form};

static void test_lookup(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open_with(&d, &with_history);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'logs-1'}", NULL, NULL},
         {"sofia", "s3:PutObject", "{'bucketName': 'logs-1', 'key': 'k', 'body': 'data events are not in it'}", NULL, NULL},
         {"chaos", "iam:ListUsers", NULL, "AccessDenied", NULL}, {"chaos", "ec2:DescribeInstances", NULL, NULL, NULL},
         {"sofia", "cloudtrail:LookupEvents", NULL, NULL,
          "reply.Events.0.EventName = DescribeInstances\nreply.Events.1.EventName = ListUsers\nreply.Events.2.EventName = "
          "CreateBucket\n"
          "reply.Events.3 = -\nreply.NextToken = -\nrecord.params = null"},
         {"sofia", "cloudtrail:LookupEvents",
          "{'lookupAttributes': [{'attributeKey': 'Username', 'attributeValue': 'chaos'}], "
          "'maxResults': 1}",
          NULL, "reply.Events.0.EventName = DescribeInstances\nreply.Events.1 = -\nkeep token = reply.NextToken"},
         {"sofia", "cloudtrail:LookupEvents",
          "{'lookupAttributes': [{'attributeKey': 'Username', 'attributeValue': 'chaos'}], "
          "'maxResults': 1, 'nextToken': '{token}'}",
          NULL, "reply.Events.0.EventName = ListUsers\nreply.NextToken = -"},
         {"sofia", "cloudtrail:LookupEvents", "{'nextToken': 'x'}", "InvalidNextTokenException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'maxResults': 51}", "InvalidMaxResultsException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'maxResults': 0}", "InvalidMaxResultsException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'lookupAttributes': [{'attributeKey': 'Ip', 'attributeValue': 'x'}]}",
          "InvalidLookupAttributesException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'lookupAttributes': [{'attributeKey': 'EventName'}]}",
          "InvalidLookupAttributesException", NULL},
         {"sofia", "cloudtrail:LookupEvents",
          "{'lookupAttributes': [{'attributeKey': 'EventName', 'attributeValue': 'a'}, "
          "{'attributeKey': 'EventName', 'attributeValue': 'b'}]}",
          "InvalidLookupAttributesException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'startTime': '2025-10-14T00:00:00Z', 'endTime': '2025-10-13T00:00:00Z'}",
          "InvalidTimeRangeException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'startTime': 'yesterday'}", "InvalidTimeRangeException", NULL},
         {"sofia", "cloudtrail:LookupEvents", "{'endTime': '2025-10-13T16:04:00Z'}", NULL,
          "reply.Events.0.EventName = CreateBucket\nrecord.params.endTime = Oct 13, 2025, 4:04:00 PM"},
         {"sofia", "cloudtrail:LookupEvents",
          "{'lookupAttributes': [{'attributeKey': 'ResourceName', 'attributeValue': 'N'}], "
          "'endTime': '2025-10-13T16:04:00Z'}",
          NULL, "reply.Events.0.EventName = CreateBucket"},
         {"sofia", "cloudtrail:LookupEvents", "{'eventCategory': 'insight'}", NULL, "reply.Events = []"},
         {"sofia", "cloudtrail:LookupEvents", "{'eventCategory': 'data'}", "InvalidEventCategoryException", NULL});
    desk_replay(&d);
}

CU_TestInfo aws_cloudtrail_tests[] = {
    {"the life of a trail",      test_trails},
    {"how many, and from where", test_limits},
    {"where trails are at home", test_home  },
    {"event history",            test_lookup},
    CU_TEST_INFO_NULL,
};
