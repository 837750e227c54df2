/* SPDX-License-Identifier: MIT */
/*
 * CloudWatch: what consoles and robots read. An account of the size that is simulated has metrics, which AWS makes by
 * itself, and no alarms; values of metrics are not simulated, so series come back empty.
 * What is asked of metrics is a data event (resource type AWS::CloudWatch::Metric), what is asked of alarms a management event.
 * Sources: CloudWatch API Reference 2010-08-01; eventSource is monitoring.amazonaws.com, policies say cloudwatch:.
 */
#include "sim/aws/shapes.h"

static op_fn describe_alarms, describe_alarms_for_metric, list_dashboards, list_metrics, get_metric_data, get_metric_statistics;

/* clang-format off */
static const struct op cloudwatch_ops[] = {
    {"cloudwatch:DescribeAlarms",          "alarmNames[] alarmNamePrefix alarmTypes[] stateValue maxRecords# nextToken", OP_READ,
     "arn:aws:cloudwatch:$region:$account:alarm:*", NULL, describe_alarms},
    {"cloudwatch:DescribeAlarmsForMetric", "metricName! namespace! dimensions[]", OP_READ,
     "arn:aws:cloudwatch:$region:$account:alarm:*", NULL, describe_alarms_for_metric},
    {"cloudwatch:GetMetricData",           "metricDataQueries[]! startTime endTime scanBy maxDatapoints# nextToken labelOptions{}",
     OP_READ | OP_DATA, "*", NULL, get_metric_data},
    {"cloudwatch:GetMetricStatistics",     "namespace! metricName! dimensions[] startTime endTime period# statistics[] unit",
     OP_READ | OP_DATA, "*", NULL, get_metric_statistics},
    {"cloudwatch:ListDashboards",          "dashboardNamePrefix nextToken",       OP_READ, "*", NULL, list_dashboards},
    {"cloudwatch:ListMetrics",             "namespace metricName dimensions[] recentlyActive nextToken", OP_READ | OP_DATA, "*", NULL,
     list_metrics},
};
/* clang-format on */

const struct service aws_monitoring = {
    .name = "cloudwatch",
    .source = "monitoring.amazonaws.com",
    .event_version = "1.11",
    .host = "monitoring.$region.amazonaws.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = cloudwatch_ops,
    .n = COUNT(cloudwatch_ops),
};

static void describe_alarms(struct call *c)
{
    c->reply = json_pack("{s:[], s:[]}", "CompositeAlarms", "MetricAlarms");
}

static void describe_alarms_for_metric(struct call *c)
{
    c->reply = wrapped("MetricAlarms", json_array());
}

static void list_dashboards(struct call *c)
{
    c->reply = wrapped("DashboardEntries", json_array());
}

/* Basic monitoring of the region's instances, and the size of its buckets. */
static void list_metrics(struct call *c)
{
    static const char *const of_instances[] = {"CPUUtilization", "NetworkIn", "NetworkOut", "StatusCheckFailed"};
    const char *space = call_text(c, "namespace"), *name = call_text(c, "metricName");
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        for (size_t k = 0; k < COUNT(of_instances) && instance_in(i, c->entry->region); k++)
            if ((!space || text_same(space, "AWS/EC2")) && (!name || text_same(name, of_instances[k])))
                json_array_append_new(list, json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "Namespace", "AWS/EC2", "MetricName",
                                                      of_instances[k], "Dimensions", "Name", "InstanceId", "Value", i->id));
    for (const struct bucket *b = c->w->account.buckets; b; b = b->next)
        if (text_same(b->region, c->entry->region) && (!space || text_same(space, "AWS/S3")) &&
            (!name || text_same(name, "BucketSizeBytes")))
            json_array_append_new(list, json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "Namespace", "AWS/S3", "MetricName",
                                                  "BucketSizeBytes", "Dimensions", "Name", "BucketName", "Value", b->name));
    static const struct paging fixed = {NULL, "nextToken", "NextToken", NULL};
    reply_page_by(c, &fixed, "Metrics", list, 500);
}

static void get_metric_data(struct call *c)
{
    const json_t *queries = json_object_get(c->params, "metricDataQueries");
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(queries); i++)
        json_array_append_new(list, json_pack("{s:s, s:[], s:[], s:s}", "Id", json_str_or(json_array_get(queries, i), "id", ""),
                                              "Timestamps", "Values", "StatusCode", "Complete"));
    c->reply = json_pack("{s:o, s:[]}", "MetricDataResults", list, "Messages");
}

static void get_metric_statistics(struct call *c)
{
    c->reply = json_pack("{s:s, s:[]}", "Label", call_text(c, "metricName"), "Datapoints");
}
