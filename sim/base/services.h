/* SPDX-License-Identifier: MIT */
/*
 * AWS's services by the names they have as principals of policies, callers of others and sources of records. Scenario, world
 * and evidence need them alike. Source: IAM User Guide, "AWS service principals"; CloudTrail's eventSource.
 */
#pragma once

#define SERVICE_ATHENA "athena.amazonaws.com"
#define SERVICE_CLOUDTRAIL "cloudtrail.amazonaws.com"
#define SERVICE_EC2 "ec2.amazonaws.com"
#define SERVICE_IAM "iam.amazonaws.com"
#define SERVICE_KMS "kms.amazonaws.com"
#define SERVICE_S3 "s3.amazonaws.com"
#define SERVICE_SIGNIN "signin.amazonaws.com"
#define SERVICE_STS "sts.amazonaws.com"
