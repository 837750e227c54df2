/* SPDX-License-Identifier: MIT */
/*
 * What canned access control lists let others do. They count only where the bucket's owner does not own everything in it, and
 * those that let everybody in not where public lists are ignored.
 * Sources: S3 user guide, "Canned ACL", "Access control list (ACL) overview" (permissions as actions), "Blocking public
 * access".
 */
#include "sim/act/asking.h"

#include <string.h>

static const struct {
    const char *acl, *action;  /* beyond "s3:" */
    bool of_object, everybody; /* or only who signs */
} lets[] = {
    {"authenticated-read", "GetObject",                  true,  false},
    {"authenticated-read", "GetObjectVersion",           true,  false},
    {"authenticated-read", "ListBucket",                 false, false},
    {"authenticated-read", "ListBucketMultipartUploads", false, false},
    {"authenticated-read", "ListBucketVersions",         false, false},
    {"public-read",        "GetObject",                  true,  true },
    {"public-read",        "GetObjectVersion",           true,  true },
    {"public-read",        "ListBucket",                 false, true },
    {"public-read",        "ListBucketMultipartUploads", false, true },
    {"public-read",        "ListBucketVersions",         false, true },
    {"public-read-write",  "DeleteObject",               false, true },
    {"public-read-write",  "GetObject",                  true,  true },
    {"public-read-write",  "GetObjectVersion",           true,  true },
    {"public-read-write",  "ListBucket",                 false, true },
    {"public-read-write",  "ListBucketMultipartUploads", false, true },
    {"public-read-write",  "ListBucketVersions",         false, true },
    {"public-read-write",  "PutObject",                  false, true },
};

static bool list_lets(const char *acl, bool of_object, const char *action, bool signs)
{
    for (size_t i = 0; acl && i < COUNT(lets); i++)
        if (lets[i].of_object == of_object && (lets[i].everybody || signs) && text_same(lets[i].acl, acl) &&
            text_starts(action, "s3:") && text_same(lets[i].action, action + 3))
            return true;
    return false;
}

bool acl_lets(const struct world *w, const struct question_of_access *q)
{
    static const char prefix[] = "arn:aws:s3:::";
    AUTO(arena_drop) struct arena arena = {0};
    const char *name = q->resource && text_starts(q->resource, prefix) ? q->resource + sizeof(prefix) - 1 : NULL;
    const char *slash = name ? strchr(name, '/') : NULL;
    const struct bucket *bucket = name ? find_bucket(w, slash ? arena_dupn(&arena, name, (size_t)(slash - name)) : name) : NULL;
    const struct object *object = NULL;
    bool signs = q->who->kind != PRINCIPAL_ANONYMOUS;

    if (!bucket || text_same(bucket->ownership, "BucketOwnerEnforced") ||
        json_bool_or(bucket->public_block, "IgnorePublicAcls", false))
        return false;
    if (slash)
        object = q->version ? find_version(bucket, slash + 1, q->version) : find_object(bucket, slash + 1);
    return list_lets(bucket->acl, false, q->action, signs) || (object && list_lets(object->acl, true, q->action, signs));
}
