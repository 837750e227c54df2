/* SPDX-License-Identifier: MIT */
/*
 * CloudWatch Logs, for reading. Nothing in the account writes there (the server's agent is not set up to), so there are no
 * groups, and whatever names one is told so. Sources: CloudWatch Logs API Reference 2014-03-28.
 */
#include "sim/aws/shapes.h"

#define GROUP "arn:aws:logs:$region:$account:log-group:{logGroupName}:*"

static op_fn describe_groups, describe_filters, no_group, describe_queries;

/* clang-format off */
static const struct op logs_ops[] = {
    {"logs:DescribeLogGroups",     "logGroupNamePrefix logGroupNamePattern includeLinkedAccounts? limit# nextToken", OP_READ,
     "arn:aws:logs:$region:$account:log-group::log-stream:", NULL, describe_groups},
    {"logs:DescribeLogStreams",    "logGroupName! logStreamNamePrefix orderBy descending? limit# nextToken", OP_READ, GROUP, NULL,
     no_group},
    {"logs:DescribeMetricFilters", "logGroupName filterNamePrefix metricName metricNamespace limit# nextToken", OP_READ, GROUP, NULL,
     describe_filters},
    {"logs:DescribeQueries",       "logGroupName status maxResults# nextToken", OP_READ, GROUP, NULL, describe_queries},
    {"logs:FilterLogEvents",       "logGroupName! logStreamNames[] filterPattern startTime# endTime# interleaved? limit# nextToken",
     OP_READ | OP_DATA, GROUP, NULL, no_group},
    {"logs:GetLogEvents",          "logGroupName! logStreamName! startTime# endTime# limit# nextToken startFromHead?",
     OP_READ | OP_DATA, GROUP, NULL, no_group},
};
/* clang-format on */

const struct service aws_logs = {
    .name = "logs",
    .source = "logs.amazonaws.com",
    .event_version = "1.11",
    .host = "logs.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .api_version = "20140328",
    .console_agent = "AWS Internal",
    .ops = logs_ops,
    .n = COUNT(logs_ops),
};

static void describe_groups(struct call *c)
{
    c->reply = wrapped("logGroups", json_array());
}

static void describe_filters(struct call *c)
{
    if (call_text(c, "logGroupName"))
        return call_fail(c, "ResourceNotFoundException", "The specified log group does not exist.");
    c->reply = wrapped("metricFilters", json_array());
}

static void no_group(struct call *c)
{
    call_fail(c, "ResourceNotFoundException", "The specified log group does not exist.");
}

static void describe_queries(struct call *c)
{
    c->reply = wrapped("queries", json_array());
}
