/* SPDX-License-Identifier: MIT */
/*
 * What people at a shell type: one command at a time, now and then the same again, a loop over the instances, and the
 * mistakes of every day: an instance id typed wrong, the wrong region, a look at what one may not see.
 */
#include "sim/background/habits.h"

/* clang-format off */
static const struct habit_call who_am_i[] = {
    {"sts:GetCallerIdentity",          NULL,                                                              0,    0, false, NULL},
};
static const struct habit_call instances[] = {
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           0,    0, false, NULL},
};
static const struct habit_call one_instance[] = {
    {"ec2:DescribeInstances",          "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeInstanceStatus",     "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}}", 9000, 40, false, NULL},
};
static const struct habit_call running[] = {
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {'items': [{'name': 'instance-state-name', 'valueSet': {'items': [{'value': 'running'}]}}]}}", 0, 0, false, NULL},
};
static const struct habit_call status_loop[] = {
    {"ec2:DescribeInstanceStatus",     "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}}", 1800, 0, true, NULL},
};
static const struct habit_call groups[] = {
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {'items': [{'groupId': '$sg'}]}, 'filterSet': {}}", 15000, 55, false, NULL},
    {"ec2:DescribeSecurityGroupRules", "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': '$sg'}]}}]}}", 12000, 35, false, NULL},
};
static const struct habit_call wrong_id[] = {
    {"ec2:DescribeInstances",          "{'instancesSet': {'items': [{'instanceId': 'i-$nowhere'}]}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeInstances",          "{'instancesSet': {'items': [{'instanceId': '$instance'}]}, 'filterSet': {}}", 20000, 0, false, NULL},
};
static const struct habit_call wrong_group[] = {
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {'items': [{'groupId': 'sg-$nowhere'}]}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeSecurityGroups",     "{'securityGroupSet': {}, 'securityGroupIdSet': {}, 'filterSet': {}}", 14000, 0, false, NULL},
};
static const struct habit_call wrong_region[] = {
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           0,     0, false, "us-east-1"},
    {"ec2:DescribeInstances",          "{'instancesSet': {}, 'filterSet': {}}",                           16000, 0, false, NULL},
};
static const struct habit_call network[] = {
    {"ec2:DescribeVpcs",               "{'vpcSet': {}, 'filterSet': {}}",                                 0,     0, false, NULL},
    {"ec2:DescribeSubnets",            "{'subnetSet': {}, 'filterSet': {}}",                              9000, 80, false, NULL},
    {"ec2:DescribeRouteTables",        "{'routeTableIdSet': {}, 'filterSet': {}}",                        9000, 50, false, NULL},
};
static const struct habit_call disks[] = {
    {"ec2:DescribeVolumes",            "{'volumeSet': {}, 'filterSet': {}}",                              0,     0, false, NULL},
    {"ec2:DescribeSnapshots",          "{'snapshotSet': {}, 'ownersSet': {'items': [{'owner': 'self'}]}, 'filterSet': {}}", 8000, 50, false, NULL},
};
static const struct habit_call pictures[] = {
    {"s3:ListBuckets",                 NULL,                                                              0,     0, false, NULL},
    {"s3:GetBucketLocation",           "{'bucketName': '$bucket'}",                                       4000, 50, false, NULL},
    {"s3:GetBucketPolicy",             "{'bucketName': '$bucket'}",                                       9000, 30, false, NULL},
    {"s3:GetBucketVersioning",         "{'bucketName': '$bucket'}",                                       9000, 20, false, NULL},
};
static const struct habit_call who_is_there[] = { /* few who type it may */
    {"iam:ListUsers",                  NULL,                                                              0,     0, false, NULL},
};
static const struct habit_call my_keys[] = {
    {"iam:ListAccessKeys",             "{'userName': '$me'}",                                             0,     0, false, NULL},
    {"iam:GetUser",                    NULL,                                                              5000, 60, false, NULL},
};
static const struct habit_call fleet[] = {
    {"ssm:DescribeInstanceInformation", NULL,                                                             0,     0, false, NULL},
    {"ssm:ListCommands",               NULL,                                                              8000, 60, false, NULL},
};
static const struct habit_call metrics[] = {
    {"cloudwatch:DescribeAlarms",      NULL,                                                              0,     0, false, NULL},
    {"cloudwatch:DescribeAlarmsForMetric", "{'namespace': 'AWS/EC2', 'metricName': 'StatusCheckFailed'}", 12000, 50, false, NULL},
};
static const struct habit_call log_groups[] = {
    {"logs:DescribeLogGroups",         NULL,                                                              0,     0, false, NULL},
};
static const struct habit_call trails[] = {
    {"cloudtrail:DescribeTrails",      NULL,                                                              0,     0, false, NULL},
};
static const struct habit_call images[] = {
    {"ec2:DescribeImages",             "{'imagesSet': {'items': [{'imageId': '$image'}]}, 'ownersSet': {}, 'filterSet': {}}", 0, 0, false, NULL},
    {"ec2:DescribeKeyPairs",           "{'keySet': {}, 'filterSet': {}}",                                 7000, 40, false, NULL},
};

const struct routine shell_commands[] = {
    ROUTINE("aws sts get-caller-identity",        9,  who_am_i),
    ROUTINE("aws ec2 describe-instances",         22, instances),
    ROUTINE("aws ec2 describe-instances --inst.", 18, one_instance),
    ROUTINE("aws ec2 describe-instances --filt.", 12, running),
    ROUTINE("for i in ...",                       7,  status_loop),
    ROUTINE("aws ec2 describe-security-groups",   11, groups),
    ROUTINE("mistyped instance",                  3,  wrong_id),
    ROUTINE("mistyped group",                     2,  wrong_group),
    ROUTINE("forgotten --region",                 3,  wrong_region),
    ROUTINE("aws ec2 describe-vpcs",              5,  network),
    ROUTINE("aws ec2 describe-volumes",           5,  disks),
    ROUTINE("aws s3 ls",                          11, pictures),
    ROUTINE("aws iam list-users",                 3,  who_is_there),
    ROUTINE("aws iam list-access-keys",           3,  my_keys),
    ROUTINE("aws ssm describe-instance-inform.",  8,  fleet),
    ROUTINE("aws cloudwatch describe-alarms",     9,  metrics),
    ROUTINE("aws logs describe-log-groups",       5,  log_groups),
    ROUTINE("aws cloudtrail describe-trails",     2,  trails),
    ROUTINE("aws ec2 describe-images",            4,  images),
};
const size_t n_shell_commands = COUNT(shell_commands);
/* clang-format on */
