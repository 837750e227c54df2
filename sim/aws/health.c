/* SPDX-License-Identifier: MIT */
/*
 * AWS Health: every page of the console asks it how many events there are. There are none. Recorded in us-east-1, where
 * its only active endpoint is. Sources: Health API Reference 2016-08-04; public logs of 2023.
 */
#include "sim/aws/shapes.h"

static op_fn describe_aggregates, describe_events;

/* clang-format off */
static const struct op health_ops[] = {
    {"health:DescribeEventAggregates", "filter{} aggregateField! maxResults# nextToken", OP_READ | OP_GLOBAL, "*", NULL,
     describe_aggregates},
    {"health:DescribeEvents",          "filter{} locale maxResults# nextToken",          OP_READ | OP_GLOBAL, "*", NULL,
     describe_events},
};
/* clang-format on */

const struct service aws_health = {
    .name = "health",
    .source = "health.amazonaws.com",
    .event_version = "1.08",
    .host = "health.us-east-1.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = health_ops,
    .n = COUNT(health_ops),
};

static void describe_aggregates(struct call *c)
{
    const char *field = call_text(c, "aggregateField");
    if (!text_same(field, "eventTypeCategory"))
        return call_fail(c, "ValidationException",
                         "1 validation error detected: Value '%.60s' at 'aggregateField' failed to satisfy constraint: Member "
                         "must satisfy enum value set: [eventTypeCategory]",
                         field);
    c->reply = wrapped("eventAggregates", json_array());
}

static void describe_events(struct call *c)
{
    c->reply = wrapped("events", json_array());
}
