/* SPDX-License-Identifier: MIT */
/*
 * S3: the table; its functions are in s3_acl.c, s3_buckets.c, s3_objects.c, s3_put.c, s3_uploads.c and s3_versions.c,
 * what all records have in s3_record.c.
 *
 * Every request of S3 is about a bucket and often one of its subresources ("?policy"): records show both, and the body's
 * root element in between: {"bucketPolicy": {...}, "bucketName": "b", "Host": "b.s3...", "policy": ""}. Callers give the
 * bucket and the body; the rest is added here. Names of events differ from the API's in places (ListObjectsV2 is
 * ListObjects, PutPublicAccessBlock is PutBucketPublicAccessBlock): rows bear the event's name.
 * Sources: S3 API Reference 2006-03-01; S3 user guide, "CloudTrail events"; public logs of 2023 to 2025.
 */
#include "sim/aws/s3.h"

#include "sim/base/services.h"

#define BUCKET "arn:aws:s3:::{bucketName}"
#define OBJECT "arn:aws:s3:::{bucketName}/{key}"
#define ON "bucketName! Host x-id expectedBucketOwner "
#define SAID                                                                                                                   \
    "headers{} tags[] x-amz-acl x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id x-amz-storage-class "
#define LIST "list-type prefix delimiter marker max-keys# encoding-type continuation-token start-after fetch-owner?"

/* clang-format off */
static const struct op s3_ops[] = {
    {"s3:AbortMultipartUpload",  ON "key! uploadId!", OP_DATA, OBJECT, NULL, s3_abort_upload},
    {"s3:CompleteMultipartUpload", ON "key! uploadId! parts[]", OP_DATA, OBJECT, "s3:PutObject", s3_complete_upload},
    {"s3:CopyObject",            ON "key! x-amz-copy-source! size# etag x-amz-metadata-directive x-amz-tagging-directive " SAID, OP_DATA, OBJECT, "s3:PutObject", s3_copy_object},
    {"s3:CreateBucket",          ON "CreateBucketConfiguration{} x-amz-acl x-amz-object-ownership", 0, BUCKET, NULL, s3_create_bucket},
    {"s3:CreateMultipartUpload", ON "key! uploads " SAID, OP_DATA, OBJECT, "s3:PutObject", s3_create_upload},
    {"s3:DeleteBucket",          ON, 0, BUCKET, NULL, s3_delete_bucket},
    {"s3:DeleteBucketEncryption", ON "encryption", 0, BUCKET, "s3:PutEncryptionConfiguration", s3_delete_encryption},
    {"s3:DeleteBucketPolicy",    ON "policy", 0, BUCKET, NULL, s3_delete_policy},
    {"s3:DeleteBucketPublicAccessBlock", ON "publicAccessBlock", 0, BUCKET, "s3:PutBucketPublicAccessBlock", s3_delete_public_block},
    {"s3:DeleteBucketTagging",   ON "tagging", 0, BUCKET, "s3:PutBucketTagging", s3_delete_tagging},
    {"s3:DeleteObject",          ON "key! versionId", OP_DATA, OBJECT, NULL, s3_delete_object},
    {"s3:DeleteObjectTagging",   ON "key! tagging versionId", OP_DATA, OBJECT, NULL, s3_delete_object_tagging},
    {"s3:DeleteObjects",         ON "delete objects[]!", OP_DATA, OBJECT, "s3:DeleteObject", s3_delete_objects},
    {"s3:GetAccelerateConfiguration", ON "accelerate", OP_READ, BUCKET, NULL, s3_get_nothing},
    {"s3:GetBucketAcl",          ON "acl", OP_READ, BUCKET, NULL, s3_get_acl},
    {"s3:GetBucketCors",         ON "cors", OP_READ, BUCKET, "s3:GetBucketCORS", s3_get_unset},
    {"s3:GetBucketEncryption",   ON "encryption", OP_READ, BUCKET, "s3:GetEncryptionConfiguration", s3_get_encryption},
    {"s3:GetBucketLifecycle",    ON "lifecycle", OP_READ, BUCKET, "s3:GetLifecycleConfiguration", s3_get_unset},
    {"s3:GetBucketLocation",     ON "location", OP_READ, BUCKET, NULL, s3_get_location},
    {"s3:GetBucketLogging",      ON "logging", OP_READ, BUCKET, NULL, s3_get_logging},
    {"s3:GetBucketNotification", ON "notification", OP_READ, BUCKET, NULL, s3_get_nothing},
    {"s3:GetBucketObjectLockConfiguration", ON "object-lock", OP_READ, BUCKET, NULL, s3_get_unset},
    {"s3:GetBucketOwnershipControls", ON "ownershipControls", OP_READ, BUCKET, NULL, s3_get_ownership},
    {"s3:GetBucketPolicy",       ON "policy", OP_READ, BUCKET, NULL, s3_get_policy},
    {"s3:GetBucketPolicyStatus", ON "policyStatus", OP_READ, BUCKET, NULL, s3_get_policy_status},
    {"s3:GetBucketPublicAccessBlock", ON "publicAccessBlock", OP_READ, BUCKET, NULL, s3_get_public_block},
    {"s3:GetBucketReplication",  ON "replication", OP_READ, BUCKET, "s3:GetReplicationConfiguration", s3_get_unset},
    {"s3:GetBucketTagging",      ON "tagging", OP_READ, BUCKET, NULL, s3_get_tagging},
    {"s3:GetBucketVersioning",   ON "versioning", OP_READ, BUCKET, NULL, s3_get_versioning},
    {"s3:GetBucketWebsite",      ON "website", OP_READ, BUCKET, NULL, s3_get_unset},
    {"s3:GetObject",             ON "key! versionId response-content-type response-content-disposition", OP_READ | OP_DATA,
     OBJECT, NULL, s3_get_object},
    {"s3:GetObjectAcl",          ON "key! acl versionId", OP_READ | OP_DATA, OBJECT, NULL, s3_get_object_acl},
    {"s3:GetObjectTagging",      ON "key! tagging versionId", OP_READ | OP_DATA, OBJECT, NULL, s3_get_object_tagging},
    {"s3:HeadBucket",            ON, OP_READ | OP_DATA, BUCKET, "s3:ListBucket", s3_head_bucket},
    {"s3:HeadObject",            ON "key! versionId", OP_READ | OP_DATA, OBJECT, "s3:GetObject", s3_head_object},
    {"s3:ListBuckets",           "Host x-id max-buckets# continuation-token prefix", OP_READ, "*", "s3:ListAllMyBuckets",
     s3_list_buckets},
    {"s3:ListMultipartUploads",  ON "uploads prefix delimiter key-marker upload-id-marker max-uploads# encoding-type",
     OP_READ | OP_DATA, BUCKET, "s3:ListBucketMultipartUploads", s3_list_uploads},
    {"s3:ListObjectVersions",    ON LIST " versions key-marker version-id-marker", OP_READ | OP_DATA, BUCKET,
     "s3:ListBucketVersions", s3_list_object_versions},
    {"s3:ListObjects",           ON LIST, OP_READ | OP_DATA, BUCKET, "s3:ListBucket", s3_list_objects},
    {"s3:ListParts",             ON "key! uploadId! max-parts# part-number-marker", OP_READ | OP_DATA, OBJECT,
     "s3:ListMultipartUploadParts", s3_list_parts},
    {"s3:PutBucketAcl",          ON "acl x-amz-acl AccessControlPolicy{}", 0, BUCKET, NULL, s3_put_acl},
    {"s3:PutBucketEncryption",   ON "encryption ServerSideEncryptionConfiguration{}!", 0, BUCKET, "s3:PutEncryptionConfiguration",
     s3_put_encryption},
    {"s3:PutBucketLogging",      ON "logging BucketLoggingStatus{}!", 0, BUCKET, NULL, s3_put_logging},
    {"s3:PutBucketOwnershipControls", ON "ownershipControls OwnershipControls{}!", 0, BUCKET, NULL, s3_put_ownership},
    {"s3:PutBucketPolicy",       ON "policy bucketPolicy{}!", 0, BUCKET, NULL, s3_put_policy},
    {"s3:PutBucketPublicAccessBlock", ON "publicAccessBlock PublicAccessBlockConfiguration{}!", 0, BUCKET, NULL,
     s3_put_public_block},
    {"s3:PutBucketTagging",      ON "tagging Tagging{}!", 0, BUCKET, NULL, s3_put_tagging},
    {"s3:PutBucketVersioning",   ON "versioning VersioningConfiguration{}!", 0, BUCKET, NULL, s3_put_versioning},
    {"s3:PutObject",             ON "key! body size# etag if-none-match " SAID, OP_DATA, OBJECT, NULL, s3_put_object},
    {"s3:PutObjectAcl",          ON "key! acl versionId x-amz-acl AccessControlPolicy{}", OP_DATA, OBJECT, NULL, s3_put_object_acl},
    {"s3:PutObjectTagging",      ON "key! tagging versionId Tagging{}!", OP_DATA, OBJECT, NULL, s3_put_object_tagging},
    {"s3:UploadPart",            ON "key! uploadId! partNumber! size# etag", OP_DATA, OBJECT, "s3:PutObject", s3_upload_part},
    {"s3:UploadPartCopy",        ON "key! uploadId! partNumber! x-amz-copy-source! x-amz-copy-source-range size# etag", OP_DATA, OBJECT,
     "s3:PutObject", s3_upload_part_copy},
};
/* clang-format on */

const struct service aws_s3 = {
    .name = "s3",
    .source = SERVICE_S3,
    .event_version = "1.11",
    .host = "s3.$region.amazonaws.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .denied_keeps_params = true,
    .console_agent = "[S3Console/0.4, aws-internal/3]",
    .complete = s3_complete,
    .ops = s3_ops,
    .n = COUNT(s3_ops),
};
