/* SPDX-License-Identifier: MIT */
/*
 * The simulated AWS services: one file each, opening with its table of operations. Depends on act.
 *
 * To remove a service delete its file, its line here, and its line in sim/lab/catalog.c.
 */
#pragma once

#include "sim/act/act.h"

extern const struct service aws_athena;
extern const struct service aws_cloudtrail;
extern const struct service aws_ec2;
extern const struct service aws_iam;
extern const struct service aws_kms;
extern const struct service aws_s3;
extern const struct service aws_signin;
extern const struct service aws_ssm;
extern const struct service aws_sts;
/* Services that everyday life calls for reading only: cloudwatch, logs, health, organizations, ... */
extern const struct service aws_monitoring;
extern const struct service aws_logs;
extern const struct service aws_health;
extern const struct service aws_organizations;
/* No service of AWS's: what ran a statement of Athena's says what came of it. */
extern const struct service query_service;
