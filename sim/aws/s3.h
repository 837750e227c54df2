/* SPDX-License-Identifier: MIT */
/* Private: the functions behind s3.c's table. */
#pragma once

#include "sim/aws/shapes.h"

#define S3_XMLNS "http://s3.amazonaws.com/doc/2006-03-01/"

struct bucket *s3_bucket(struct call *); /* of bucketName; NULL after NoSuchBucket */
/* Of the trails: what they delivered there are files, not objects of the world. */
bool s3_has_delivered_logs(const struct world *, const struct bucket *);

void s3_complete(struct call *);

typedef void op_fn(struct call *);
op_fn s3_create_bucket, s3_delete_bucket, s3_delete_encryption, s3_delete_policy, s3_delete_public_block, s3_delete_tagging,
    s3_get_acl, s3_get_encryption, s3_get_location, s3_get_logging, s3_get_nothing, s3_get_ownership, s3_get_policy,
    s3_get_policy_status, s3_get_public_block, s3_get_tagging, s3_get_unset, s3_get_versioning, s3_head_bucket, s3_list_buckets,
    s3_put_acl, s3_put_encryption, s3_put_logging, s3_put_ownership, s3_put_policy, s3_put_public_block, s3_put_tagging,
    s3_put_versioning;
op_fn s3_copy_object, s3_delete_object, s3_delete_objects, s3_get_object, s3_get_object_tagging, s3_head_object,
    s3_list_object_versions, s3_list_objects, s3_put_object;
