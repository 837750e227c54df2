/* SPDX-License-Identifier: MIT */
/* Private: the functions behind s3.c's table. */
#pragma once

#include "sim/aws/shapes.h"

#define S3_XMLNS "http://s3.amazonaws.com/doc/2006-03-01/"
#define S3_MOST_KEYS 1000 /* in a list, and in one DeleteObjects */

struct bucket *s3_bucket(struct call *);        /* of bucketName; NULL after NoSuchBucket */
struct bucket *s3_listed_bucket(struct call *); /* the same, for a list; NULL after a failure */
bool s3_most_keys(struct call *, int64_t *ret); /* on one page; false after a failure */
/* May the caller do this, too, to the bucket (`key` NULL) or to an object of it? */
bool s3_may(struct call *, const struct bucket *, const char *action, const char *key);
bool s3_must(struct call *, const struct bucket *, const char *action, const char *key); /* the same; fails if not */
/* Of the trails: what they delivered there are files, not objects of the world. */
bool s3_has_delivered_logs(const struct world *, const struct bucket *);
/* A change whose outcome hangs on what trails had delivered comes out, when it is done again, as it was written down: true,
 * and failed if it failed then. */
bool s3_as_recorded(struct call *, const struct bucket *);

struct object *s3_asked_object(struct call *); /* of bucketName, key and versionId; NULL after a failure */
void s3_malformed(struct call *);              /* fails: the request's XML says what it must not */
json_t *s3_quoted(const char *etag);
json_t *s3_owner(const struct call *); /* {"ID"} */
/* May that canned ACL be put on the bucket, or on an object of it? False after a failure. */
bool s3_acl_allowed(struct call *, const struct bucket *, const char *acl, bool of_object);

/* Headers of an object's own, which its GETs give back. */
#define S3_METADATA "x-amz-meta-"
/* What an object will be but for its bytes, from the parameters of the call that makes it: headers, tags, encryption,
 * storage class. False after a failure. And what the reply and the record say of its encryption. */
bool s3_read_said(struct call *, struct bucket *, struct object *out);
void s3_say_encryption(struct call *, const struct object *);
/* Makes the object, or makes it anew. */
struct object *s3_store(struct call *, struct bucket *, const char *key, const struct object *said, uint64_t size,
                        const char *etag);

/* What "bucket/key" or "/bucket/key" names, with size and ETag as the call has them if it has. False after a failure. */
bool s3_find_source(struct call *, const char *source, struct object *out);

/* ---- s3_versions.c ---- */

/* By id, "null", or NULL for the current one; NULL if there is none. May be a marker. */
struct object *s3_version(const struct bucket *, const char *key, const char *id);
bool s3_id_well_formed(struct call *, const char *id); /* NULL is; false after a failure */
const char *s3_version_id(const struct object *);      /* "null" for one that was put without versioning */
/* What is put next under this key will be the current version: what has to go is gone, what has to stay is an older version.
 * Returns the new one's id; NULL = the null version. */
const char *s3_make_way(struct call *, struct bucket *, const char *key);
void s3_say_version(struct call *, const struct object *);     /* in the reply, where the bucket has versions */
void s3_say_new_version(struct call *, const struct object *); /* and in the record */

void s3_complete(struct call *);

op_fn s3_create_bucket, s3_delete_bucket, s3_delete_encryption, s3_delete_policy, s3_delete_public_block, s3_delete_tagging,
    s3_get_acl, s3_get_encryption, s3_get_location, s3_get_logging, s3_get_nothing, s3_get_ownership, s3_get_policy,
    s3_get_policy_status, s3_get_public_block, s3_get_tagging, s3_get_unset, s3_get_versioning, s3_head_bucket, s3_list_buckets,
    s3_put_acl, s3_put_encryption, s3_put_logging, s3_put_ownership, s3_put_policy, s3_put_public_block, s3_put_tagging,
    s3_put_versioning;
op_fn s3_put_object_acl, s3_copy_object, s3_delete_object, s3_delete_objects, s3_get_object, s3_get_object_tagging,
    s3_head_object, s3_list_object_versions, s3_list_objects, s3_put_object, s3_get_object_acl, s3_put_object_tagging,
    s3_delete_object_tagging;
op_fn s3_abort_upload, s3_complete_upload, s3_create_upload, s3_list_parts, s3_list_uploads, s3_upload_part,
    s3_upload_part_copy;
