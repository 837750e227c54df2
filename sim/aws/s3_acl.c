/* SPDX-License-Identifier: MIT */
/*
 * S3: access control lists, of buckets and of objects. Only canned ones: who wants more says it in a policy. What they let
 * others do is sim/act/acl.c's.
 * Sources: S3 API Reference 2006-03-01 (GetBucketAcl, PutBucketAcl, GetObjectAcl, PutObjectAcl); S3 user guide, "Canned ACL".
 */
#include "sim/aws/s3.h"

#define ALL_USERS "http://acs.amazonaws.com/groups/global/AllUsers"
#define AUTHENTICATED_USERS "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
#define LOG_DELIVERY "http://acs.amazonaws.com/groups/s3/LogDelivery"

static const struct grant { /* the owner has FULL_CONTROL in each */
    const char *acl, *group, *permission;
    bool of_objects;
} grants[] = {
    {"public-read",        ALL_USERS,           "READ",     true },
    {"public-read-write",  ALL_USERS,           "READ",     true },
    {"public-read-write",  ALL_USERS,           "WRITE",    true },
    {"authenticated-read", AUTHENTICATED_USERS, "READ",     true },
    {"log-delivery-write", LOG_DELIVERY,        "WRITE",    false},
    {"log-delivery-write", LOG_DELIVERY,        "READ_ACP", false},
};
/* Those that give the bucket's owner what the owner has anyway, and nobody else anything. */
static const char *const owners[] = {"private", "bucket-owner-read", "bucket-owner-full-control"};

static void reply_acl(struct call *c, const char *acl)
{
    json_t *list = json_array(), *grantee = s3_owner(c);
    json_put_text(grantee, "Type", "CanonicalUser");
    json_array_append_new(list, json_pack("{s:o, s:s}", "Grantee", grantee, "Permission", "FULL_CONTROL"));
    for (size_t i = 0; i < COUNT(grants); i++)
        if (text_same(grants[i].acl, acl))
            json_array_append_new(list, json_pack("{s:{s:s, s:s}, s:s}", "Grantee", "Type", "Group", "URI", grants[i].group,
                                                  "Permission", grants[i].permission));
    c->reply = wrapped("Owner", s3_owner(c));
    json_put(c->reply, "Grants", list);
}

static bool is_owners(const char *acl)
{
    for (size_t i = 0; i < COUNT(owners); i++)
        if (text_same(owners[i], acl))
            return true;
    return false;
}

static bool is_canned(const char *acl, bool of_object)
{
    for (size_t i = 0; i < COUNT(grants); i++)
        if (text_same(grants[i].acl, acl) && (grants[i].of_objects || !of_object))
            return true;
    return of_object ? is_owners(acl) : text_same(acl, "private");
}

/* Where the bucket's owner owns everything, only lists that say so are taken. */
bool s3_acl_allowed(struct call *c, const struct bucket *bucket, const char *acl, bool of_object)
{
    if (!is_canned(acl, of_object))
        call_fail(c, "InvalidArgument", "Argument format not recognized");
    else if (text_same(bucket->ownership, "BucketOwnerEnforced") && !(of_object && text_same(acl, "bucket-owner-full-control")))
        call_fail(c, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    else if (json_bool_or(bucket->public_block, "BlockPublicAcls", false) && text_starts(acl, "public-"))
        call_fail(c, "AccessDenied",
                  "User: %s is not authorized to perform: %s on resource: \"arn:aws:s3:::%s%s%s\" because public ACLs are "
                  "blocked by the BlockPublicAcls block public access setting.",
                  principal_arn(c->w, c->arena, &c->action->who), c->op->action ? c->op->action : c->op->name, bucket->name,
                  of_object ? "/" : "", of_object ? call_text(c, "key") : "");
    return !c->failed;
}

void s3_get_acl(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        reply_acl(c, bucket->acl);
}

/* Which list the caller asks for: NULL after a failure. Grants one by one (headers, a body) are not simulated. */
static const char *asked_acl(struct call *c)
{
    const char *acl = call_text(c, "x-amz-acl");
    if (!acl && json_object_get(c->params, "AccessControlPolicy"))
        call_fail(c, "NotImplemented", "cafelab takes canned ACLs only: say which by x-amz-acl");
    else if (!acl)
        call_fail(c, "MissingSecurityHeader", "Your request was missing a required header");
    return acl;
}

void s3_put_acl(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *acl = bucket ? asked_acl(c) : NULL;
    if (acl && s3_acl_allowed(c, bucket, acl, false))
        bucket->acl = kept(c, acl);
}

void s3_get_object_acl(struct call *c)
{
    const struct object *object = s3_asked_object(c);
    if (!object)
        return;
    bool ignored = text_same(s3_bucket(c)->ownership, "BucketOwnerEnforced");
    reply_acl(c, ignored ? "private" : object->acl);
    s3_say_version(c, object);
}

void s3_put_object_acl(struct call *c)
{
    struct object *object = s3_asked_object(c);
    const char *acl = object ? asked_acl(c) : NULL;
    if (!acl || !s3_acl_allowed(c, s3_bucket(c), acl, true))
        return;
    object->acl = is_owners(acl) ? NULL : kept(c, acl);
    c->reply = json_object();
    s3_say_version(c, object);
}
