/* SPDX-License-Identifier: MIT */
/*
 * S3: objects that operations put. A bucket's objects are sorted by key, as lists return them. Versions are not kept: in
 * a versioned bucket, too, the last one put is all there is.
 *
 * What a trail delivered are files below s3/ of the lab, which the world of a static lab does not see; an operation that
 * would have to know them is refused rather than answered wrongly. To delete one it need not: S3 says yes in any case.
 */
#include "sim/aws/s3.h"

#include <stdlib.h>

#define MOST_KEYS 1000
#define MOST_BYTES (5u << 30) /* of one PUT */

static struct object *find_object(const struct bucket *bucket, const char *key)
{
    for (struct object *object = bucket->objects; object; object = object->next)
        if (text_same(object->key, key))
            return object;
    return NULL;
}

static bool may_list(struct call *c, const struct bucket *bucket)
{
    const struct principal *who = &c->action->who;
    if (who->kind == PRINCIPAL_ROOT || who->kind == PRINCIPAL_SERVICE || c->action->prelude)
        return true;
    return authorise(c->w,
                     &(struct question_of_access){
                         .who = who,
                         .action = "s3:ListBucket",
                         .resource = arena_printf(c->arena, "arn:aws:s3:::%s", bucket->name),
                         .source_ip = c->action->from.ip,
                         .now_ms = c->now_ms,
                         .resource_policy = bucket->policy,
                     })
        .allowed;
}

static void see_files(struct call *c, const struct bucket *bucket)
{
    call_fail(c, "NotImplemented", "the objects that a trail delivers are files here: look below s3/%s", bucket->name);
}

/* Who may not list the bucket is not told that a key is missing. */
static struct object *asked_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    struct object *object = bucket ? find_object(bucket, call_text(c, "key")) : NULL;
    if (!bucket || object)
        return object;
    if (s3_has_delivered_logs(c->w, bucket) && strstr(call_text(c, "key"), "AWSLogs/"))
        see_files(c, bucket);
    else if (may_list(c, bucket))
        call_fail(c, "NoSuchKey", "The specified key does not exist.");
    else
        call_fail(c, "AccessDenied",
                  "User: %s is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::%s\" because no "
                  "identity-based policy allows the s3:ListBucket action",
                  principal_arn(c->w, c->arena, &c->action->who), bucket->name);
    return NULL;
}

/* ---- one object ---- */

static json_t *quoted(const char *etag)
{
    return json_textf("\"%s\"", etag);
}

static json_t *head(const struct object *object)
{
    json_t *j = json_object();
    json_put(j, "LastModified", date_iso(object->modified_ms));
    json_put(j, "ContentLength", json_integer((json_int_t)object->size));
    json_put(j, "ETag", quoted(object->etag));
    json_put_text(j, "ContentType", "binary/octet-stream");
    json_put_text(j, "ServerSideEncryption", object->kms_key ? "aws:kms" : "AES256");
    json_put_text(j, "SSEKMSKeyId", object->kms_key);
    return j;
}

void s3_head_object(struct call *c)
{
    struct object *object = asked_object(c);
    if (object)
        c->reply = head(object);
}

void s3_get_object(struct call *c)
{
    struct object *object = asked_object(c);
    if (!object)
        return;
    c->reply = head(object);
    if (object->data)
        json_put_text(c->reply, "Body", object->data);
}

void s3_get_object_tagging(struct call *c)
{
    if (asked_object(c))
        c->reply = wrapped("TagSet", json_array());
}

static bool key_valid(struct call *c, const char *key)
{
    if (strlen(key) > 1024)
        call_fail(c, "KeyTooLongError", "Your key is too long");
    return !c->failed;
}

static void log_encryption(struct call *c)
{
    call_log_response(c, wrapped("x-amz-server-side-encryption", json_string("AES256")));
}

/* `body` is the content; without it only size and ETag are known, or the size alone: then the ETag is drawn. */
void s3_put_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *body = call_text(c, "body");
    int64_t size = call_int(c, "size", body ? (int64_t)strlen(body) : 0);
    char etag[33];
    if (!bucket || !key_valid(c, call_text(c, "key")))
        return;
    if (size < 0 || size > (int64_t)MOST_BYTES)
        return call_fail(c, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    if (call_text(c, "x-amz-acl") && !text_same(call_text(c, "x-amz-acl"), "bucket-owner-full-control") &&
        text_same(bucket->ownership, "BucketOwnerEnforced"))
        return call_fail(c, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    struct object *object = bucket_put_object(c->w, bucket, call_text(c, "key"));
    if (call_text(c, "etag")) /* by who has the bytes */
        snprintf(etag, sizeof(etag), "%.32s", call_text(c, "etag"));
    else if (body || size == 0)
        md5_hex(text_or(body, ""), body ? strlen(body) : 0, etag);
    else
        chance_text(&c->ids, ALPHABET_HEX, 32, etag);
    object->etag = kept(c, etag);
    object->data = size == 0 ? "" : kept(c, body);
    object->size = body ? strlen(body) : (uint64_t)size;
    object->modified_ms = c->now_ms;
    log_encryption(c);
    c->reply = wrapped("ETag", quoted(etag));
}

/* x-amz-copy-source: "bucket/key" or "/bucket/key". */
void s3_copy_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *source = call_text(c, "x-amz-copy-source");
    source += *source == '/';
    size_t n = strcspn(source, "/");
    struct bucket *from = find_bucket(c->w, arena_dupn(c->arena, source, n));
    struct object *object = from && source[n] ? find_object(from, source + n + 1) : NULL;
    struct object given = {.size = (uint64_t)call_int(c, "size", 0), .etag = kept(c, call_text(c, "etag"))};
    if (from && given.etag) /* by who has the bytes: they may be a delivered log's */
        object = &given;
    if (!bucket || !key_valid(c, call_text(c, "key")))
        return;
    if (!from)
        return call_fail(c, "NoSuchBucket", "The specified bucket does not exist");
    if (!object)
        return call_fail(c, "NoSuchKey", "The specified key does not exist.");
    struct object *copy = bucket_put_object(c->w, bucket, call_text(c, "key"));
    copy->etag = object->etag;
    copy->data = object->data;
    copy->size = object->size;
    copy->modified_ms = c->now_ms;
    log_encryption(c);
    c->reply = wrapped("CopyObjectResult",
                       json_pack("{s:o, s:o}", "ETag", quoted(copy->etag), "LastModified", date_iso(copy->modified_ms)));
}

/* A delivered log's file follows the journal: sim/evidence/cloudtrail_deleted.c. */
static void remove_object(struct bucket *bucket, const char *key)
{
    struct object *object = find_object(bucket, key);
    if (object)
        list_remove(&bucket->objects, object);
}

/* Deleting what is not there works. */
void s3_delete_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        remove_object(bucket, call_text(c, "key"));
}

void s3_delete_objects(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const json_t *objects = json_object_get(c->params, "objects");
    if (!bucket)
        return;
    if (!json_array_size(objects) || json_array_size(objects) > MOST_KEYS)
        return call_fail(c, "MalformedXML",
                         "The XML you provided was not well-formed or did not validate against our published schema");
    json_t *deleted = world_keep(c->w, json_array());
    for (size_t i = 0; i < json_array_size(objects) && !c->failed; i++) {
        const char *key = json_str_or(json_array_get(objects, i), "key", "");
        remove_object(bucket, key);
        json_array_append_new(deleted, wrapped("Key", json_string(key)));
    }
    c->reply = c->failed ? NULL : wrapped("Deleted", json_incref(deleted));
}

/* ---- lists ---- */

struct listing {
    const char *prefix, *delimiter, *after; /* after: keys up to this one are left out */
    int64_t most;
    json_t *contents, *prefixes;
    const char *last; /* key or common prefix that came last */
    bool more;
};

/* The key cut after the first delimiter behind the prefix; NULL if there is none. */
static const char *common_prefix(struct call *c, const struct listing *l, const char *key)
{
    const char *rest = key + strlen(l->prefix), *cut = *l->delimiter ? strstr(rest, l->delimiter) : NULL;
    return cut ? arena_dupn(c->arena, key, (size_t)(cut - key) + strlen(l->delimiter)) : NULL;
}

static json_t *content(const struct object *object)
{
    json_t *j = json_object();
    json_put_text(j, "Key", object->key);
    json_put(j, "LastModified", date_iso(object->modified_ms));
    json_put(j, "ETag", quoted(object->etag));
    json_put(j, "Size", json_integer((json_int_t)object->size));
    json_put_text(j, "StorageClass", "STANDARD");
    return j;
}

static void list_one(struct call *c, struct listing *l, const struct object *object)
{
    const char *folder = common_prefix(c, l, object->key), *name = folder ? folder : object->key;
    if (folder && text_same(folder, l->last)) /* counted already */
        return;
    if (strcmp(name, l->after) <= 0)
        return;
    if ((int64_t)(json_array_size(l->contents) + json_array_size(l->prefixes)) >= l->most) {
        l->more = true;
        return;
    }
    if (folder)
        json_array_append_new(l->prefixes, wrapped("Prefix", json_string(folder)));
    else
        json_array_append_new(l->contents, content(object));
    l->last = name;
}

static bool list(struct call *c, struct listing *l)
{
    struct bucket *bucket = s3_bucket(c);
    const char *token = call_text(c, "continuation-token");
    if (bucket && s3_has_delivered_logs(c->w, bucket))
        see_files(c, bucket);
    if (!bucket || c->failed)
        return false;
    *l = (struct listing){.prefix = text_or(call_text(c, "prefix"), ""), .delimiter = text_or(call_text(c, "delimiter"), "")};
    l->after = token ? token : text_or(call_text(c, "start-after"), text_or(call_text(c, "marker"), ""));
    l->most = call_int(c, "max-keys", MOST_KEYS);
    if (l->most < 0) {
        call_fail(c, "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647");
        return false;
    }
    l->most = l->most > MOST_KEYS ? MOST_KEYS : l->most;
    l->contents = json_array();
    l->prefixes = json_array();
    for (const struct object *object = bucket->objects; object && !l->more; object = object->next)
        if (text_starts(object->key, l->prefix))
            list_one(c, l, object);
    return true;
}

static void answer(struct call *c, struct listing *l, const char *contents_key, const char *next_key)
{
    int64_t n = (int64_t)(json_array_size(l->contents) + json_array_size(l->prefixes));
    c->reply = json_object();
    json_put(c->reply, "IsTruncated", json_boolean(l->more));
    json_put(c->reply, contents_key, l->contents);
    json_put_text(c->reply, "Name", call_text(c, "bucketName"));
    json_put_text(c->reply, "Prefix", l->prefix);
    json_put(c->reply, "MaxKeys", json_integer(l->most));
    json_put(c->reply, "CommonPrefixes", l->prefixes);
    json_put(c->reply, "KeyCount", json_integer(n));
    if (l->more)
        json_put_text(c->reply, next_key, l->last);
}

void s3_list_objects(struct call *c)
{
    struct listing l;
    if (list(c, &l))
        answer(c, &l, "Contents", text_same(call_text(c, "list-type"), "2") ? "NextContinuationToken" : "NextMarker");
}

void s3_list_object_versions(struct call *c)
{
    struct listing l;
    if (!list(c, &l))
        return;
    for (size_t i = 0; i < json_array_size(l.contents); i++) {
        json_put_text(json_array_get(l.contents, i), "VersionId", "null");
        json_put(json_array_get(l.contents, i), "IsLatest", json_true());
    }
    answer(c, &l, "Versions", "NextKeyMarker");
}
