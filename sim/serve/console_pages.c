/* SPDX-License-Identifier: MIT */
/*
 * The pages of the console and what can be done there. Wizards do what the real ones do behind one button: CloudTrail's makes
 * bucket, policy, key and alias, and starts the trail; IAM's empties a user before it deletes it (CloudTrail, IAM user guides).
 */
#include "sim/serve/console.h"

#define NAMES(...)                                                                                                             \
    (const char *const[])                                                                                                      \
    {                                                                                                                          \
        __VA_ARGS__, NULL                                                                                                      \
    }
#define OF_USER "{'UserName': '$id'}"

/* clang-format off */
static const struct console_deed deeds[] = {
    {.name = "start-instance",
     .label = "Start",
     .steps = {{.op = "ec2:StartInstances", .params = "{'InstanceIds': ['$InstanceId']}"}}},
    {.name = "stop-instance",
     .label = "Stop",
     .steps = {{.op = "ec2:StopInstances", .params = "{'InstanceIds': ['$InstanceId']}"}}},
    {.name = "terminate-instance",
     .label = "Terminate",
     .steps = {{.op = "ec2:TerminateInstances", .params = "{'InstanceIds': ['$InstanceId']}"}}},
    {.name = "add-rule",
     .label = "Add inbound rule",
     .fields = {{"IpProtocol", "Protocol", "tcp|udp|icmp|-1", 0, false},
                {"FromPort", "From port", "22", 0, false},
                {"ToPort", "To port", "22", 0, false},
                {"CidrIp", "Source (CIDR)", "", 0, false},
                {"Description", "Description", "", 0, true}},
     .steps = {{.op = "ec2:AuthorizeSecurityGroupIngress", .params = "{'GroupId': '$id', 'IpPermissions': [{'IpProtocol': '$IpProtocol', 'FromPort': '#FromPort', 'ToPort': "
                "'#ToPort', 'IpRanges': [{'CidrIp': '$CidrIp', 'Description': '$Description'}]}]}"}}},
    {.name = "delete-rule",
     .label = "Delete",
     .steps = {{.op = "ec2:RevokeSecurityGroupIngress", .params = "{'GroupId': '$id', 'SecurityGroupRuleIds': ['$SecurityGroupRuleId']}"}}},
    {.name = "delete-user",
     .label = "Delete user",
     .says = "Access keys, password, devices, policies and memberships go with it.",
     .leads = "users",
     .steps = {{.op = "iam:ListAccessKeys", .params = OF_USER},
               {.op = "iam:DeleteAccessKey", .params = "{'UserName': '$id', 'AccessKeyId': '$.AccessKeyId'}", .each = "AccessKeyMetadata"},
               {.op = "iam:ListMFADevices", .params = OF_USER},
               {.op = "iam:DeactivateMFADevice", .params = "{'UserName': '$id', 'SerialNumber': '$.SerialNumber'}", .each = "MFADevices"},
               {.op = "iam:DeleteLoginProfile", .params = OF_USER, .tolerates = "NoSuchEntity"},
               {.op = "iam:ListAttachedUserPolicies", .params = OF_USER},
               {.op = "iam:DetachUserPolicy", .params = "{'UserName': '$id', 'PolicyArn': '$.PolicyArn'}", .each = "AttachedPolicies"},
               {.op = "iam:ListUserPolicies", .params = OF_USER},
               {.op = "iam:DeleteUserPolicy", .params = "{'UserName': '$id', 'PolicyName': '$.'}", .each = "PolicyNames"},
               {.op = "iam:ListGroupsForUser", .params = OF_USER},
               {.op = "iam:RemoveUserFromGroup", .params = "{'UserName': '$id', 'GroupName': '$.GroupName'}", .each = "Groups"},
               {.op = "iam:DeleteUser", .params = OF_USER}}},
    {.name = "deactivate-key",
     .label = "Deactivate",
     .steps = {{.op = "iam:UpdateAccessKey", .params = "{'UserName': '$id', 'AccessKeyId': '$AccessKeyId', 'Status': 'Inactive'}"}}},
    {.name = "activate-key",
     .label = "Activate",
     .steps = {{.op = "iam:UpdateAccessKey", .params = "{'UserName': '$id', 'AccessKeyId': '$AccessKeyId', 'Status': 'Active'}"}}},
    {.name = "delete-key",
     .label = "Delete",
     .steps = {{.op = "iam:DeleteAccessKey", .params = "{'UserName': '$id', 'AccessKeyId': '$AccessKeyId'}"}}},
    {.name = "detach-policy",
     .label = "Detach",
     .steps = {{.op = "iam:DetachUserPolicy", .params = "{'UserName': '$id', 'PolicyArn': '$PolicyArn'}"}}},
    {.name = "delete-inline-policy",
     .label = "Delete",
     .steps = {{.op = "iam:DeleteUserPolicy", .params = "{'UserName': '$id', 'PolicyName': '$PolicyName'}"}}},
    {.name = "leave-group",
     .label = "Remove",
     .steps = {{.op = "iam:RemoveUserFromGroup", .params = "{'UserName': '$id', 'GroupName': '$GroupName'}"}}},
    {.name = "remove-device",
     .label = "Remove",
     .steps = {{.op = "iam:DeactivateMFADevice", .params = "{'UserName': '$id', 'SerialNumber': '$SerialNumber'}"}}},
    {.name = "delete-password",
     .label = "Take the console password away",
     .steps = {{.op = "iam:DeleteLoginProfile", .params = OF_USER}}},
    {.name = "create-trail",
     .label = "Create trail",
     .says = "With a new bucket, a new KMS key, validation of log files, and all regions; it logs at once.",
     .fields = {{"Name", "Trail name", "monitor", 0, false},
                {"Bucket", "New S3 bucket", "", 0, false},
                {"Alias", "New KMS alias", "cloudtrail-logs", 0, false}},
     .steps =
         {{.op = "s3:CreateBucket", .params = "{'bucketName': '$Bucket', 'CreateBucketConfiguration': {'LocationConstraint': '$location'}}"},
          {.op = "s3:PutBucketPolicy", .params = "{'bucketName': '$Bucket', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': ["
           "{'Sid': 'AWSCloudTrailAclCheck', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
           "'Action': 's3:GetBucketAcl', 'Resource': 'arn:aws:s3:::${Bucket}'}, "
           "{'Sid': 'AWSCloudTrailWrite', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
           "'Action': 's3:PutObject', 'Resource': 'arn:aws:s3:::${Bucket}/AWSLogs/${account}/*', "
           "'Condition': {'StringEquals': {'s3:x-amz-acl': 'bucket-owner-full-control'}}}]}}"},
          {.op = "kms:CreateKey", .params = "{'Description': 'CloudTrail logs', 'Policy': {'$json': {'Version': '2012-10-17', 'Statement': ["
           "{'Sid': 'Owners', 'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::${account}:root'}, 'Action': 'kms:*', "
           "'Resource': '*'}, "
           "{'Sid': 'CloudTrail', 'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "
           "'Action': ['kms:GenerateDataKey*', 'kms:DescribeKey'], 'Resource': '*'}]}}}"},
          {.op = "kms:CreateAlias", .params = "{'AliasName': 'alias/${Alias}', 'TargetKeyId': '$.KeyMetadata.KeyId'}"},
          {.op = "cloudtrail:CreateTrail", .params = "{'Name': '$Name', 'S3BucketName': '$Bucket', 'KmsKeyId': 'alias/${Alias}', 'IsMultiRegionTrail': true, "
           "'IncludeGlobalServiceEvents': true, 'EnableLogFileValidation': true}"},
          {.op = "cloudtrail:StartLogging", .params = "{'Name': '$Name'}"}}},
    {.name = "start-logging", .label = "Start logging", .steps = {{.op = "cloudtrail:StartLogging", .params = "{'Name': '$Name'}"}}},
    {.name = "stop-logging", .label = "Stop logging", .steps = {{.op = "cloudtrail:StopLogging", .params = "{'Name': '$Name'}"}}},
    {.name = "create-table",
     .label = "Create Athena table",
     .says = "The table is cloudtrail_logs_BUCKET. Results need a place: s3://BUCKET/FOLDER/.",
     .leads = "query/$.QueryExecutionId",
     .fields = {{"Bucket", "Storage location (a trail's S3 bucket)", "", 0, false},
                {"OutputLocation", "Query result location", "", 0, true}},
     .steps = {{.op = "athena:StartQueryExecution", .params = "{'QueryString': '$table', 'QueryExecutionContext': {'Database': 'default'}, "
                "'ResultConfiguration': {'OutputLocation': '$OutputLocation'}, 'WorkGroup': 'primary'}"}}},
    {.name = "run-query",
     .label = "Run",
     .says = "The table of a bucket of logs is cloudtrail_logs_BUCKET. Results need a place: s3://BUCKET/FOLDER/.",
     .leads = "query/$.QueryExecutionId",
     .fields = {{"QueryString", "Query", "SELECT useridentity.userName, eventtime, eventsource, eventname\nFROM logs\nLIMIT 30", 9, false},
                {"OutputLocation", "Query result location", "", 0, true}},
     .steps = {{.op = "athena:StartQueryExecution", .params = "{'QueryString': '$QueryString', 'QueryExecutionContext': {'Database': 'default'}, "
                "'ResultConfiguration': {'OutputLocation': '$OutputLocation'}, 'WorkGroup': 'primary'}"}}},
};
/* clang-format on */

static const struct console_field history_filter[] = {
    {"AttributeKey",   "Lookup attribute", "|EventName|Username|EventSource|ResourceName|ResourceType|AccessKeyId|EventId", 0,
     true                                                                                                                           },
    {"AttributeValue", "Value",            "",                                                                              0, true },
    {NULL,             NULL,               NULL,                                                                            0, false},
};

/* clang-format off */
const struct console_page console_page_list[] = {
    {.name = "instances", .service = "EC2", .title = "Instances", .listed = true,
     .parts = {{.title = "Instances", .op = "ec2:DescribeInstances", .params = "{}", .list = "Reservations.*.Instances.*",
       .columns = {{"InstanceId", "InstanceId", NULL},
        {"Tags", "Tags.*.Value", NULL},
        {"State", "State.Name", NULL},
        {"Type", "InstanceType", NULL},
        {"Public IPv4", "PublicIpAddress", NULL},
        {"Private IPv4", "PrivateIpAddress", NULL},
        {"Security group", "SecurityGroups.*.GroupId", "security-group"}},
       .deeds = NAMES("stop-instance", "start-instance", "terminate-instance")}}},
    {.name = "security-groups", .service = "EC2", .title = "Security groups", .listed = true,
     .parts = {{.title = "Security groups", .op = "ec2:DescribeSecurityGroups", .params = "{}", .list = "SecurityGroups.*",
       .columns = {{"GroupId", "GroupId", "security-group"},
        {"Name", "GroupName", NULL},
        {"VPC", "VpcId", NULL},
        {"Description", "Description", NULL}}}}},
    {.name = "security-group", .service = "EC2", .title = "Security group", .deeds = NAMES("add-rule"),
     .parts = {{.title = "Inbound rules", .op = "ec2:DescribeSecurityGroupRules", .params = "{'Filters': [{'Name': 'group-id', 'Values': ['$id']}]}", .list = "SecurityGroupRules.*",
       .columns = {{"SecurityGroupRuleId", "SecurityGroupRuleId", NULL},
        {"Protocol", "IpProtocol", NULL},
        {"From port", "FromPort", NULL},
        {"To port", "ToPort", NULL},
        {"Source", "CidrIpv4", NULL},
        {"Source group", "ReferencedGroupInfo.GroupId", "security-group"},
        {"Description", "Description", NULL}},
       .deeds = NAMES("delete-rule"), .but = "IsEgress"}}},
    {.name = "users", .service = "IAM", .title = "Users", .listed = true,
     .parts = {{.title = "Users", .op = "iam:ListUsers", .params = "{'Marker': '$NextToken'}", .list = "Users.*",
       .columns = {{"User name", "UserName", "user"},
        {"Created", "CreateDate", NULL},
        {"Last console sign-in", "PasswordLastUsed", NULL},
        {"ARN", "Arn", NULL}}}}},
    {.name = "user", .service = "IAM", .title = "User", .deeds = NAMES("delete-password", "delete-user"),
     .parts = {{.title = "Access keys", .op = "iam:ListAccessKeys", .params = OF_USER, .list = "AccessKeyMetadata.*",
       .columns = {{"AccessKeyId", "AccessKeyId", NULL}, {"Status", "Status", NULL}, {"Created", "CreateDate", NULL}},
       .deeds = NAMES("deactivate-key", "activate-key", "delete-key")},
      {.title = "Attached policies", .op = "iam:ListAttachedUserPolicies", .params = OF_USER, .list = "AttachedPolicies.*",
       .columns = {{"Policy", "PolicyName", NULL}, {"PolicyArn", "PolicyArn", NULL}},
       .deeds = NAMES("detach-policy")},
      {.title = "Inline policies", .op = "iam:ListUserPolicies", .params = OF_USER, .list = "PolicyNames.*",
       .columns = {{"PolicyName", "", NULL}},
       .deeds = NAMES("delete-inline-policy")},
      {.title = "Groups", .op = "iam:ListGroupsForUser", .params = OF_USER, .list = "Groups.*",
       .columns = {{"GroupName", "GroupName", NULL}},
       .deeds = NAMES("leave-group")},
      {.title = "Multi-factor devices", .op = "iam:ListMFADevices", .params = OF_USER, .list = "MFADevices.*",
       .columns = {{"SerialNumber", "SerialNumber", NULL}, {"Enabled", "EnableDate", NULL}},
       .deeds = NAMES("remove-device")}}},
    {.name = "event-history", .service = "CloudTrail", .title = "Event history", .listed = true, .filter = history_filter, .deeds = NAMES("create-table"),
     .parts = {{.title = "Events", .op = "cloudtrail:LookupEvents", .params = "{'LookupAttributes': [{'AttributeKey': '$AttributeKey', 'AttributeValue': '$AttributeValue'}], 'MaxResults': 50, "
       "'NextToken': '$NextToken'}", .list = "Events.*",
       .columns = {{"Event time", "EventTime", NULL},
        {"User name", "Username", NULL},
        {"Event name", "EventName", NULL},
        {"Event source", "EventSource", NULL},
        {"Resources", "Resources.*.ResourceName", NULL},
        {"Event ID", "EventId", "event"}}}}},
    {.name = "event", .service = "CloudTrail", .title = "Event",
     .parts = {{.kind = CONSOLE_RECORD, .title = "Event record", .op = "cloudtrail:LookupEvents", .params = "{'LookupAttributes': [{'AttributeKey': 'EventId', 'AttributeValue': '$id'}]}", .list = "Events.*",
       .columns = {{"Record", "CloudTrailEvent", NULL}}}}},
    {.name = "trails", .service = "CloudTrail", .title = "Trails", .listed = true, .deeds = NAMES("create-trail"),
     .parts = {{.title = "Trails", .op = "cloudtrail:DescribeTrails", .params = "{}", .list = "trailList.*",
       .columns = {{"Name", "Name", "trail"},
        {"Home region", "HomeRegion", NULL},
        {"All regions", "IsMultiRegionTrail", NULL},
        {"S3 bucket", "S3BucketName", "bucket"},
        {"Log file validation", "LogFileValidationEnabled", NULL},
        {"KMS key", "KmsKeyId", NULL}},
       .deeds = NAMES("start-logging", "stop-logging")}}},
    {.name = "trail", .service = "CloudTrail", .title = "Trail",
     .parts = {{.kind = CONSOLE_FACTS, .title = "Status", .op = "cloudtrail:GetTrailStatus", .params = "{'Name': '$id'}", .list = "",
       .columns = {{"Logging", "IsLogging", NULL},
        {"Logging since", "StartLoggingTime", NULL},
        {"Logging ended", "StopLoggingTime", NULL},
        {"Last log file delivered", "LatestDeliveryTime", NULL},
        {"Last digest delivered", "LatestDigestDeliveryTime", NULL}}}}},
    {.name = "buckets", .service = "S3", .title = "Buckets", .listed = true,
     .parts = {{.title = "Buckets", .op = "s3:ListBuckets", .params = "{}", .list = "Buckets.*",
       .columns = {{"Name", "Name", "bucket"}, {"Created", "CreationDate", NULL}}}}},
    {.name = "bucket", .service = "S3", .title = "Bucket",
     .parts = {{.title = "Folders", .op = "s3:ListObjects", .params = "{'bucketName': '$id', 'list-type': '2', 'delimiter': '/', 'prefix': '$prefix', 'continuation-token': '$NextToken'}", .list = "CommonPrefixes.*",
       .columns = {{"Folder", "Prefix", "bucket?prefix"}}},
      {.title = "Objects", .list = "Contents.*",
       .columns = {{"Key", "Key", "object?key"}, {"Last modified", "LastModified", NULL}, {"Size", "Size", NULL}}}}},
    {.name = "queries", .service = "Athena", .title = "Query editor", .listed = true, .deeds = NAMES("run-query"),
     .parts = {{.title = "Recent queries", .op = "athena:ListQueryExecutions", .params = "{'MaxResults': 20}", .list = "QueryExecutionIds.*",
       .columns = {{"Query execution", "", "query"}}}}},
    {.name = "query", .service = "Athena", .title = "Query",
     .parts = {{.kind = CONSOLE_FACTS, .title = "Query", .op = "athena:GetQueryExecution", .params = "{'QueryExecutionId': '$id'}", .list = "QueryExecution",
       .columns = {{"Query", "Query", NULL},
        {"State", "Status.State", NULL},
        {"Reason", "Status.StateChangeReason", NULL},
        {"Submitted", "Status.SubmissionDateTime", NULL},
        {"Data scanned (bytes)", "Statistics.DataScannedInBytes", NULL},
        {"Results", "ResultConfiguration.OutputLocation", NULL}}},
      {.kind = CONSOLE_ROWS, .title = "Results", .op = "athena:GetQueryResults", .params = "{'QueryExecutionId': '$id', 'MaxResults': 1000, 'NextToken': '$NextToken'}", .list = "ResultSet.Rows.*",
       .columns = {{"Row", "", NULL}},
       .when = "QueryExecution.Status.State=SUCCEEDED"}}},
};
/* clang-format on */
const size_t console_n_pages = COUNT(console_page_list);

const struct console_page *console_page_find(const char *name)
{
    for (size_t i = 0; i < console_n_pages; i++)
        if (text_same(console_page_list[i].name, name))
            return &console_page_list[i];
    return NULL;
}

const struct console_deed *console_deed_find(const char *name)
{
    for (size_t i = 0; i < COUNT(deeds); i++)
        if (text_same(deeds[i].name, name))
            return &deeds[i];
    return NULL;
}
