/* SPDX-License-Identifier: MIT */
/*
 * What programs call: a monitor's poll, Terraform's refresh (ten at a time, which is its default parallelism), the nightly
 * backup, and an auditor's tool that lists everything there is. Metrics themselves are data events, which no trail here
 * selects. A program that is not allowed something was long since told not to ask; `mistaken` ones never were.
 */
#include "sim/background/habits.h"

/* clang-format off */
static const struct habit_call poll[] = {
    {"ec2:DescribeInstanceStatus",     "{'instancesSet': {}, 'filterSet': {}, 'includeAllInstances': true}", 0, 0, false, NULL},
    {"cloudwatch:DescribeAlarms",      "{'stateValue': 'ALARM', 'maxRecords': 100}",                      260,  0, false, NULL},
    {"cloudwatch:DescribeAlarms",      "{'stateValue': 'INSUFFICIENT_DATA', 'maxRecords': 100}",          180,  50, false, NULL},
    {"ssm:DescribeInstanceInformation", NULL,                                                             240, 34, false, NULL},
};
static const struct habit_call discovery[] = {
    {"sts:GetCallerIdentity",          NULL,                                                              0,    0, false, NULL},
    {"ec2:DescribeRegions",            "{'regionSet': {}}",                                               200,  0, false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {'items': [{'name': 'instance-state-name', 'valueSet': {'items': [{'value': 'running'}]}}]}}", 260, 0, false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {'items': [{'name': 'instance-state-name', 'valueSet': {'items': [{'value': 'running'}]}}]}}", 300, 0, false, "us-east-1"},
    {"logs:DescribeLogGroups",         "{'limit': 50}",                                                   240,  0, false, NULL},
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 240, 30, false, NULL},
};
static const struct habit_call curious[] = { /* one of its plugins was never given the permission */
    {"ec2:DescribeInstanceStatus",     "{'instancesSet': {}, 'filterSet': {}, 'includeAllInstances': true}", 0, 0, false, NULL},
    {"iam:ListUsers",                  NULL,                                                              300,  0, false, NULL},
    {"iam:GetAccountSummary",          NULL,                                                              200,  0, false, NULL},
};
const struct routine monitor_polls[] = {
    ROUTINE("poll",      60, poll),
    ROUTINE("discovery", 8,  discovery),
    {"plugin", 1, curious, COUNT(curious), .mistaken = true},
};
const size_t n_monitor_polls = COUNT(monitor_polls);

#define PAGE "'filterSet': {}"
static const struct habit_call refresh[] = {
    {"sts:GetCallerIdentity",            NULL,                                                              0,   0,  false, NULL},
    {"ec2:DescribeAccountAttributes",    "{'accountAttributeNameSet': {'items': [{'attributeName': 'supported-platforms'}]}, " PAGE "}", 350, 0, false, NULL},
    {"ec2:DescribeVpcs",                 "{'vpcSet': {'items': [{'vpcId': '$vpc'}]}, " PAGE "}",            400, 0,  true,  NULL},
    {"ec2:DescribeSubnets",              "{'subnetSet': {'items': [{'subnetId': '$subnet'}]}, " PAGE "}",   0,   0,  true,  NULL},
    {"ec2:DescribeSecurityGroups",       "{'securityGroupSet': {}, 'securityGroupIdSet': {'items': [{'groupId': '$sg'}]}, " PAGE "}", 60, 0, true, NULL},
    {"ec2:DescribeImages",               "{'imagesSet': {'items': [{'imageId': '$image'}]}, 'ownersSet': {}, " PAGE "}", 0, 0, true, NULL},
    {"ec2:DescribeInternetGateways",     "{'internetGatewayIdSet': {}, " PAGE "}",                          0,   0,  false, NULL},
    {"ec2:DescribeRouteTables",          "{'routeTableIdSet': {}, " PAGE "}",                               0,   0,  false, NULL},
    {"ec2:DescribeInstances",            "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, " PAGE "}", 300, 0, true, NULL},
    {"ec2:DescribeInstanceAttribute",    "{'instanceId': '$instance', 'attribute': 'instanceInitiatedShutdownBehavior'}", 90, 0, true, NULL},
    {"ec2:DescribeInstanceAttribute",    "{'instanceId': '$instance', 'attribute': 'disableApiTermination'}", 0, 0, true, NULL},
    {"ec2:DescribeTags",                 "{'filterSet': {'items': [{'name': 'resource-id', 'valueSet': {'items': [{'value': '$instance'}]}}]}}", 0, 0, true, NULL},
    {"ec2:DescribeVolumes",              "{'volumeSet': {'items': [{'volumeId': '$volume'}]}, " PAGE "}",   120, 0,  true,  NULL},
    {"s3:GetBucketAcl",                  "{'bucketName': '$bucket'}",                                       200, 0,  true,  NULL},
    {"s3:GetBucketVersioning",           "{'bucketName': '$bucket'}",                                       0,   0,  true,  NULL},
    {"s3:GetBucketEncryption",           "{'bucketName': '$bucket'}",                                       0,   0,  true,  NULL},
    {"s3:GetBucketPolicy",               "{'bucketName': '$bucket'}",                                       0,   0,  true,  NULL},
};
const struct routine terraform_runs[] = {
    ROUTINE("plan", 1, refresh),
};
const size_t n_terraform_runs = COUNT(terraform_runs);

static const struct habit_call inventory[] = {
    {"sts:GetCallerIdentity",          NULL,                                                              0,   0,  false, NULL},
    {"ec2:DescribeVolumes",            "{'volumeSet': {}, 'filterSet': {'items': [{'name': 'tag:Backup', 'valueSet': {'items': [{'value': 'nightly'}]}}]}}", 800, 0, false, NULL},
    {"ec2:DescribeSnapshots",          "{'snapshotSet': {}, 'ownersSet': {'items': [{'owner': 'self'}]}, 'filterSet': {}}", 700, 0, false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           400, 0,  false, NULL},
    {"ec2:DescribeVolumes",            "{'volumeSet': {'items': [{'volumeId': '$volume'}]}, 'filterSet': {}}", 900, 0, true, NULL},
    {"s3:GetBucketLocation",           "{'bucketName': '$bucket'}",                                       500, 0,  true,  NULL},
    {"s3:ListBuckets",                 NULL,                                                              300, 50, false, NULL},
};
const struct routine backup_runs[] = {
    ROUTINE("inventory", 1, inventory),
};
const size_t n_backup_runs = COUNT(backup_runs);

static const struct habit_call audit_iam[] = {
    {"sts:GetCallerIdentity",          NULL,                                                              0,   0,  false, NULL},
    {"iam:GetAccountSummary",          NULL,                                                              300, 0,  false, NULL},
    {"iam:ListUsers",                  NULL,                                                              300, 0,  false, NULL},
    {"iam:ListMFADevices",             "{'userName': '$user'}",                                           220, 0,  true,  NULL},
    {"iam:ListAccessKeys",             "{'userName': '$user'}",                                           220, 0,  true,  NULL},
    {"iam:GetAccessKeyLastUsed",       "{'accessKeyId': '$keyid'}",                                       200, 0,  true,  NULL},
    {"iam:ListAttachedUserPolicies",   "{'userName': '$user'}",                                           200, 0,  true,  NULL},
    {"iam:ListUserPolicies",           "{'userName': '$user'}",                                           200, 0,  true,  NULL},
    {"iam:ListAttachedGroupPolicies",  "{'groupName': '$group'}",                                         200, 0,  true,  NULL},
};
static const struct habit_call audit_ec2[] = {
    {"ec2:DescribeRegions",            "{'regionSet': {}, 'allRegions': true}",                           0,   0,  false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           400, 0,  false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           400, 0,  false, "us-east-1"},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           400, 0,  false, "eu-west-1"},
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 300, 0, false, NULL},
    {"ec2:DescribeVolumes",            "{'volumeSet': {}, 'filterSet': {}}",                              300, 0,  false, NULL},
    {"ec2:DescribeFlowLogs",           "{'flowLogIdSet': {}, 'filterSet': {}}",                           300, 0,  false, NULL},
};
static const struct habit_call audit_data[] = {
    {"s3:ListBuckets",                 NULL,                                                              0,   0,  false, NULL},
    {"s3:GetBucketAcl",                "{'bucketName': '$bucket'}",                                       200, 0,  true,  NULL},
    {"s3:GetBucketPolicy",             "{'bucketName': '$bucket'}",                                       200, 0,  true,  NULL},
    {"s3:GetBucketEncryption",         "{'bucketName': '$bucket'}",                                       200, 0,  true,  NULL},
    {"cloudtrail:DescribeTrails",      NULL,                                                              400, 0,  false, NULL},
    {"kms:ListKeys",                   NULL,                                                              300, 0,  false, NULL},
    {"kms:DescribeKey",                "{'keyId': '$kmskey'}",                                            200, 0,  true,  NULL},
};
const struct routine audit_runs[] = {
    ROUTINE("users",   2, audit_iam),
    ROUTINE("network", 2, audit_ec2),
    ROUTINE("data",    1, audit_data),
};
const size_t n_audit_runs = COUNT(audit_runs);
/* clang-format on */
