/* SPDX-License-Identifier: MIT */
/* Every service of the simulation, in one list: the AWS services in the order of their names, then what happens on servers. */
#include "sim/lab/catalog.h"

#include "sim/aws/aws.h"
#include "sim/host/host.h"
#include "sim/lab/hooks.h"

static const struct service *const services[] = {
    &aws_athena,        &aws_cloudtrail, &aws_ec2,    &aws_health, &aws_iam, &aws_kms,      &aws_logs,     &aws_monitoring,
    &aws_organizations, &aws_s3,         &aws_signin, &aws_ssm,    &aws_sts, &disk_service, &host_service, &query_service,
};

const struct catalog lab_catalog = {
    .services = services,
    .n = COUNT(services),
    .lookup_form = hook_lookup_form,
    .event_history = hook_event_history,
    .public_keys = hook_public_keys,
    .query_page = hook_query_page,
    .table_rows = hook_table_rows,
};
