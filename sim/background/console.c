/* SPDX-License-Identifier: MIT */
/*
 * What the AWS Management Console calls when a page loads: a burst within a second or two, most of it side by side. The
 * mixes follow console sessions in public logs: the same describe calls again with each page, dozens of calls about
 * every user that is looked at, and errors that nobody notices (a user without a password has no login profile).
 */
#include "sim/background/habits.h"

/* clang-format off */
static const struct habit_call home[] = {
    {"health:DescribeEventAggregates",   "{'filter': {'eventStatusCodes': ['open', 'upcoming']}, 'aggregateField': 'eventTypeCategory'}", 400, 0, false, NULL},
    {"organizations:DescribeOrganization", NULL,                                                  40,  60, false, NULL},
    {"iam:ListAccountAliases",           NULL,                                                    0,   0,  false, NULL},
    {"ec2:DescribeRegions",              "{'regionSet': {}}",                                     90,  0,  false, NULL},
    {"cloudwatch:DescribeAlarms",        "{'maxRecords': 100, 'stateValue': 'ALARM'}",            120, 50, false, NULL},
    {"cloudtrail:LookupEvents",          "{'maxResults': 5}",                                     150, 8,  false, NULL},
};
static const struct habit_call ec2_dashboard[] = {
    {"ec2:DescribeRegions",              "{'regionSet': {}}",                                     300, 0,  false, NULL},
    {"ec2:DescribeAccountAttributes",    "{'accountAttributeNameSet': {'items': [{'attributeName': 'default-vpc'}]}, 'filterSet': {}}", 60, 0, false, NULL},
    {"ec2:DescribeAvailabilityZones",    "{'availabilityZoneSet': {}}",                           20,  0,  false, NULL},
    {"ec2:DescribeInstances",            "{'maxResults': 1000, 'instancesSet': {}, 'filterSet': {}}", 40, 0, false, NULL},
    {"ec2:DescribeInstanceStatus",       "{'instancesSet': {}, 'filterSet': {}, 'includeAllInstances': false}", 0, 0, false, NULL},
    {"ec2:DescribeVolumes",              "{'volumeSet': {}, 'filterSet': {}}",                    0,   0,  false, NULL},
    {"ec2:DescribeSnapshots",            "{'snapshotSet': {}, 'ownersSet': {'items': [{'owner': 'self'}]}, 'filterSet': {}}", 10, 0, false, NULL},
    {"ec2:DescribeAddresses",            "{'publicIpsSet': {}, 'allocationIdsSet': {}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeKeyPairs",             "{'keySet': {}, 'filterSet': {}}",                       0,   0,  false, NULL},
    {"ec2:DescribeSecurityGroups",       "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeLaunchTemplates",      "{'launchTemplateIdSet': {}, 'filterSet': {}}",          0,   50, false, NULL},
    {"health:DescribeEventAggregates",   "{'filter': {'services': ['EC2'], 'eventStatusCodes': ['open']}, 'aggregateField': 'eventTypeCategory'}", 120, 0, false, NULL},
    {"cloudwatch:DescribeAlarms",        "{'maxRecords': 100}",                                   40,  0,  false, NULL},
};
static const struct habit_call ec2_instances[] = {
    {"ec2:DescribeInstances",            "{'maxResults': 50, 'instancesSet': {}, 'filterSet': {}}", 250, 0, false, NULL},
    {"ec2:DescribeInstanceStatus",       "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}, 'includeAllInstances': true}", 150, 0, true, NULL},
    {"ec2:DescribeTags",                 "{'maxResults': 1000, 'filterSet': {'items': [{'name': 'resource-type', 'valueSet': {'items': [{'value': 'instance'}]}}]}}", 30, 40, false, NULL},
    {"ec2:DescribeAddresses",            "{'publicIpsSet': {}, 'allocationIdsSet': {}, 'filterSet': {}}", 0, 50, false, NULL},
    {"ec2:DescribeSecurityGroups",       "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 0, 40, false, NULL},
    {"ssm:DescribeInstanceInformation",  "{'maxResults': 50}",                                    60,  30, false, NULL},
    {"cloudwatch:DescribeAlarms",        "{'maxRecords': 100}",                                   60,  0,  false, NULL},
};
static const struct habit_call ec2_instance[] = {
    {"ec2:DescribeInstances",            "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}}", 200, 0, false, NULL},
    {"ec2:DescribeInstanceStatus",       "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}, 'includeAllInstances': true}", 30, 0, false, NULL},
    {"ec2:DescribeInstanceAttribute",    "{'instanceId': '$instance', 'attribute': 'userData'}", 90,  40, false, NULL},
    {"ec2:DescribeInstanceAttribute",    "{'instanceId': '$instance', 'attribute': 'disableApiTermination'}", 0, 0, false, NULL},
    {"ec2:DescribeVolumes",              "{'volumeSet': {'items': [{'volumeId': '$volume'}]}, 'filterSet': {}}", 0, 70, false, NULL},
    {"ec2:DescribeNetworkInterfaces",    "{'networkInterfaceIdSet': {}, 'filterSet': {'items': [{'name': 'attachment.instance-id', 'valueSet': {'items': [{'value': '$instance'}]}}]}}", 0, 60, false, NULL},
    {"ec2:DescribeSecurityGroupRules",   "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': '$sg'}]}}]}}", 0, 80, false, NULL},
    {"ec2:DescribeSubnets",              "{'subnetSet': {'items': [{'subnetId': '$subnet'}]}, 'filterSet': {}}", 0, 60, false, NULL},
    {"ec2:DescribeVpcs",                 "{'vpcSet': {'items': [{'vpcId': '$vpc'}]}, 'filterSet': {}}", 0, 60, false, NULL},
    {"cloudwatch:DescribeAlarms",        "{'maxRecords': 100}",                                   120, 0,  false, NULL},
};
static const struct habit_call security_groups[] = {
    {"ec2:DescribeSecurityGroups",       "{'maxResults': 1000, 'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 250, 0, false, NULL},
    {"ec2:DescribeVpcs",                 "{'vpcSet': {}, 'filterSet': {}}",                       0,   0,  false, NULL},
    {"ec2:DescribeSecurityGroups",       "{'securityGroupSet': {}, 'securityGroupIdSet': {'items': [{'groupId': '$sg'}]}, 'filterSet': {}}", 2500, 70, false, NULL},
    {"ec2:DescribeSecurityGroupRules",   "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': '$sg'}]}}]}, 'maxResults': 1000}", 60, 70, false, NULL},
    {"ec2:DescribeTags",                 "{'filterSet': {'items': [{'name': 'resource-type', 'valueSet': {'items': [{'value': 'security-group'}]}}]}}", 0, 70, false, NULL},
    {"ec2:DescribeNetworkInterfaces",    "{'networkInterfaceIdSet': {}, 'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': '$sg'}]}}]}}", 0, 40, false, NULL},
};
static const struct habit_call vpc_page[] = {
    {"ec2:DescribeVpcs",                 "{'vpcSet': {}, 'filterSet': {}}",                       250, 0,  false, NULL},
    {"ec2:DescribeSubnets",              "{'subnetSet': {}, 'filterSet': {}}",                    0,   0,  false, NULL},
    {"ec2:DescribeRouteTables",          "{'routeTableIdSet': {}, 'filterSet': {}}",              0,   0,  false, NULL},
    {"ec2:DescribeInternetGateways",     "{'internetGatewayIdSet': {}, 'filterSet': {}}",         0,   0,  false, NULL},
    {"ec2:DescribeNatGateways",          "{'natGatewayIdSet': {}, 'filterSet': {}}",              0,   0,  false, NULL},
    {"ec2:DescribeNetworkAcls",          "{'networkAclIdSet': {}, 'filterSet': {}}",              0,   0,  false, NULL},
    {"ec2:DescribeFlowLogs",             "{'flowLogIdSet': {}, 'filterSet': {'items': [{'name': 'resource-id', 'valueSet': {'items': [{'value': '$vpc'}]}}]}}", 120, 0, false, NULL},
};
static const struct habit_call other_region[] = {
    {"ec2:DescribeInstances",            "{'maxResults': 50, 'instancesSet': {}, 'filterSet': {}}", 300, 0, false, "us-east-1"},
    {"ec2:DescribeInstanceStatus",       "{'instancesSet': {}, 'filterSet': {}, 'includeAllInstances': false}", 50, 0, false, "us-east-1"},
    {"ec2:DescribeTags",                 "{'maxResults': 1000, 'filterSet': {}}",                 0,   0,  false, "us-east-1"},
    {"ec2:DescribeSecurityGroups",       "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 0, 0, false, "us-east-1"},
};
static const struct habit_call s3_buckets[] = {
    {"s3:ListBuckets",                   NULL,                                                    250, 0,  false, NULL},
    {"s3:GetBucketLocation",             "{'bucketName': '$bucket'}",                             90,  0,  true,  NULL},
    {"s3:GetBucketPolicyStatus",         "{'bucketName': '$bucket'}",                             0,   0,  true,  NULL},
    {"s3:GetBucketAcl",                  "{'bucketName': '$bucket'}",                             0,   0,  true,  NULL},
    {"s3:GetBucketPublicAccessBlock",    "{'bucketName': '$bucket'}",                             0,   0,  true,  NULL},
};
static const struct habit_call s3_bucket[] = {
    {"s3:GetBucketLocation",             "{'bucketName': '$bucket'}",                             200, 0,  false, NULL},
    {"s3:GetBucketVersioning",           "{'bucketName': '$bucket'}",                             60,  0,  false, NULL},
    {"s3:GetBucketEncryption",           "{'bucketName': '$bucket'}",                             0,   0,  false, NULL},
    {"s3:GetBucketTagging",              "{'bucketName': '$bucket'}",                             0,   80, false, NULL},
    {"s3:GetBucketLogging",              "{'bucketName': '$bucket'}",                             0,   60, false, NULL},
    {"s3:GetBucketNotification",         "{'bucketName': '$bucket'}",                             0,   60, false, NULL},
    {"s3:GetBucketPolicy",               "{'bucketName': '$bucket'}",                             0,   70, false, NULL},
    {"s3:GetBucketPublicAccessBlock",    "{'bucketName': '$bucket'}",                             0,   0,  false, NULL},
};
static const struct habit_call iam_dashboard[] = {
    {"iam:GetAccountSummary",            NULL,                                                    250, 0,  false, NULL},
    {"iam:ListAccountAliases",           NULL,                                                    0,   0,  false, NULL},
    {"iam:ListMFADevices",               NULL,                                                    0,   90, false, NULL},
    {"iam:ListAccessKeys",               NULL,                                                    0,   90, false, NULL},
    {"iam:ListVirtualMFADevices",        "{'assignmentStatus': 'Assigned'}",                      0,   40, false, NULL},
    {"iam:ListPolicies",                 "{'scope': 'Local', 'onlyAttached': false, 'maxItems': 1000}", 90, 30, false, NULL},
};
static const struct habit_call iam_users[] = {
    {"iam:ListUsers",                    "{'maxItems': 1000}",                                    250, 0,  false, NULL},
    {"iam:ListGroupsForUser",            "{'userName': '$user'}",                                 60,  0,  true,  NULL},
    {"iam:ListAccessKeys",               "{'userName': '$user'}",                                 0,   0,  true,  NULL},
    {"iam:GetLoginProfile",              "{'userName': '$user'}",                                 0,   0,  true,  NULL},
    {"iam:ListMFADevices",               "{'userName': '$user'}",                                 0,   0,  true,  NULL},
    {"iam:GetAccessKeyLastUsed",         "{'accessKeyId': '$keyid'}",                             80,  0,  true,  NULL},
};
static const struct habit_call iam_user[] = {
    {"iam:GetUser",                      "{'userName': '$user'}",                                 200, 0,  false, NULL},
    {"iam:ListAttachedUserPolicies",     "{'userName': '$user', 'maxItems': 1000}",               60,  0,  false, NULL},
    {"iam:ListUserPolicies",             "{'userName': '$user', 'maxItems': 1000}",               0,   0,  false, NULL},
    {"iam:ListGroupsForUser",            "{'userName': '$user', 'maxItems': 1000}",               0,   0,  false, NULL},
    {"iam:ListUserTags",                 "{'userName': '$user'}",                                 0,   70, false, NULL},
    {"iam:GetLoginProfile",              "{'userName': '$user'}",                                 0,   0,  false, NULL},
    {"iam:ListMFADevices",               "{'userName': '$user'}",                                 0,   0,  false, NULL},
    {"iam:ListAccessKeys",               "{'userName': '$user'}",                                 0,   0,  false, NULL},
};
static const struct habit_call iam_groups[] = {
    {"iam:ListGroups",                   "{'maxItems': 1000}",                                    250, 0,  false, NULL},
    {"iam:GetGroup",                     "{'groupName': '$group', 'maxItems': 1000}",             70,  0,  true,  NULL},
    {"iam:ListAttachedGroupPolicies",    "{'groupName': '$group', 'maxItems': 1000}",             2000, 60, false, NULL},
    {"iam:ListGroupPolicies",            "{'groupName': '$group', 'maxItems': 1000}",             0,   60, false, NULL},
};
static const struct habit_call iam_policy[] = {
    {"iam:ListPolicies",                 "{'scope': 'Local', 'onlyAttached': false, 'maxItems': 1000}", 250, 0, false, NULL},
    {"iam:GetPolicy",                    "{'policyArn': '$policy'}",                              1800, 0, false, NULL},
    {"iam:GetPolicyVersion",             "{'policyArn': '$policy', 'versionId': 'v1'}",           150, 0,  false, NULL},
};
static const struct habit_call trail_page[] = {
    {"cloudtrail:DescribeTrails",        NULL,                                                    250, 0,  false, NULL},
    {"cloudtrail:ListTrails",            NULL,                                                    40,  30, false, NULL},
    {"s3:ListBuckets",                   NULL,                                                    60,  20, false, NULL},
    {"cloudtrail:LookupEvents",          "{'maxResults': 50}",                                    200, 80, false, NULL},
    {"cloudtrail:LookupEvents",          "{'maxResults': 50}",                                    6000, 50, false, NULL},
    {"cloudtrail:LookupEvents",          "{'lookupAttributes': [{'attributeKey': 'ReadOnly', 'attributeValue': 'false'}], 'maxResults': 50}", 4000, 50, false, NULL},
    {"cloudtrail:LookupEvents",          "{'lookupAttributes': [{'attributeKey': 'Username', 'attributeValue': '$user'}], 'maxResults': 50}", 4000, 20, false, NULL},
};
static const struct habit_call alarms_page[] = {
    {"cloudwatch:DescribeAlarms",        "{'maxRecords': 100}",                                   250, 0,  false, NULL},
    {"cloudwatch:ListDashboards",        NULL,                                                    60,  60, false, NULL},
    {"cloudwatch:DescribeAlarmsForMetric", "{'namespace': 'AWS/EC2', 'metricName': 'CPUUtilization'}", 0, 60, false, NULL},
    {"logs:DescribeLogGroups",           "{'limit': 50}",                                         1500, 40, false, NULL},
    {"logs:DescribeMetricFilters",       NULL,                                                    90,  30, false, NULL},
};
static const struct habit_call key_page[] = {
    {"kms:ListAliases",                  "{'limit': 100}",                                        250, 0,  false, NULL},
    {"kms:ListKeys",                     "{'limit': 100}",                                        40,  0,  false, NULL},
    {"kms:DescribeKey",                  "{'keyId': '$kmskey'}",                                  90,  0,  true,  NULL},
};
static const struct habit_call ssm_page[] = {
    {"ssm:DescribeInstanceInformation",  "{'maxResults': 50}",                                    250, 0,  false, NULL},
    {"ec2:DescribeInstances",            "{'maxResults': 1000, 'instancesSet': {}, 'filterSet': {}}", 80, 0, false, NULL},
    {"ssm:ListCommands",                 "{'maxResults': 25}",                                    1800, 60, false, NULL},
};
static const struct habit_call bill_page[] = {
    {"organizations:DescribeOrganization", NULL,                                                  300, 0,  false, NULL},
    {"organizations:ListAccounts",       NULL,                                                    60,  40, false, NULL},
    {"health:DescribeEvents",            "{'filter': {'eventStatusCodes': ['open'], 'services': ['BILLING']}}", 120, 50, false, NULL},
    {"iam:GetAccountSummary",            NULL,                                                    90,  30, false, NULL},
};

const struct routine console_pages[] = {
    ROUTINE("home",            14, home),
    ROUTINE("ec2 dashboard",   10, ec2_dashboard),
    ROUTINE("ec2 instances",   16, ec2_instances),
    ROUTINE("ec2 instance",    12, ec2_instance),
    ROUTINE("security groups", 8,  security_groups),
    ROUTINE("vpc",             3,  vpc_page),
    ROUTINE("other region",    2,  other_region),
    ROUTINE("s3 buckets",      9,  s3_buckets),
    ROUTINE("s3 bucket",       6,  s3_bucket),
    ROUTINE("iam dashboard",   4,  iam_dashboard),
    ROUTINE("iam users",       3,  iam_users),
    ROUTINE("iam user",        4,  iam_user),
    ROUTINE("iam groups",      2,  iam_groups),
    ROUTINE("iam policies",    2,  iam_policy),
    ROUTINE("cloudtrail",      3,  trail_page),
    ROUTINE("cloudwatch",      6,  alarms_page),
    ROUTINE("kms",             1,  key_page),
    ROUTINE("systems manager", 3,  ssm_page),
    ROUTINE("bills",           4,  bill_page),
};
const size_t n_console_pages = COUNT(console_pages);
/* clang-format on */
