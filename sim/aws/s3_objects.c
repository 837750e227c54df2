/* SPDX-License-Identifier: MIT */
/*
 * S3: objects, read and listed (s3_put.c makes them, s3_versions.c deletes them). A bucket's objects are sorted by key, as
 * lists return them.
 *
 * What a trail delivered are files below s3/ of the lab, which the world of a static lab does not see; an operation that
 * would have to know them is refused rather than answered wrongly. To delete one it need not: S3 says yes in any case.
 */
#include "sim/aws/s3.h"

static struct decision decide(struct call *c, const struct bucket *bucket, const char *action, const char *resource)
{
    const struct principal *who = &c->action->who;
    if (who->kind == PRINCIPAL_ROOT || who->kind == PRINCIPAL_SERVICE || c->action->prelude)
        return (struct decision){.allowed = true};
    return authorise(c->w, &(struct question_of_access){
                               .who = who,
                               .action = action,
                               .resource = resource,
                               .source_ip = c->action->from.ip,
                               .now_ms = c->now_ms,
                               .resource_policy = bucket_policy_for(bucket, who),
                           });
}

static const char *arn_of(struct call *c, const struct bucket *bucket, const char *key)
{
    return arena_printf(c->arena, "arn:aws:s3:::%s%s%s", bucket->name, key ? "/" : "", key ? key : "");
}

bool s3_may(struct call *c, const struct bucket *bucket, const char *action, const char *key)
{
    return decide(c, bucket, action, arn_of(c, bucket, key)).allowed;
}

bool s3_must(struct call *c, const struct bucket *bucket, const char *action, const char *key)
{
    const char *resource = arn_of(c, bucket, key);
    struct decision decision = decide(c, bucket, action, resource);
    if (!decision.allowed)
        call_deny(c, action, resource, &decision);
    return decision.allowed;
}

static void see_files(struct call *c, const struct bucket *bucket)
{
    call_fail(c, "NotImplemented", "the objects that a trail delivers are files here: look below s3/%s", bucket->name);
}

/* Who may not list is not told what is missing. */
static void deny_listing(struct call *c, const struct bucket *bucket)
{
    if (c->action->who.kind == PRINCIPAL_ANONYMOUS)
        call_fail(c, "AccessDenied", "Access Denied");
    else
        call_fail(c, "AccessDenied",
                  "User: %s is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::%s\" because no "
                  "identity-based policy allows the s3:ListBucket action",
                  principal_arn(c->w, c->arena, &c->action->who), bucket->name);
}

/* What is not there may have been deleted: then a marker is, which the headers of the failure name. */
static void fail_missing(struct call *c, const struct bucket *bucket, const char *key, const char *id)
{
    const struct object *newest = id ? NULL : find_older(bucket, key);
    if (s3_has_delivered_logs(c->w, bucket) && strstr(key, "AWSLogs/"))
        see_files(c, bucket);
    else if (!s3_may(c, bucket, "s3:ListBucket", NULL))
        deny_listing(c, bucket);
    else if (id)
        call_fail(c, "NoSuchVersion", "The specified version does not exist.");
    else
        call_fail(c, "NoSuchKey", "The specified key does not exist.");
    if (newest && newest->marker)
        c->aside = json_pack("{s:b, s:s}", "DeleteMarker", 1, "VersionId", s3_version_id(newest));
}

/* What was changed of a delivered file when the journal is read again: its bytes come with the file, if it is there still. */
static struct object *delivered_once(struct call *c, struct bucket *bucket, const char *key, const char *id)
{
    struct object *object =
        id && find_object(bucket, key) ? arena_alloc(c->arena, sizeof(*object)) : bucket_put_object(c->w, bucket, key);
    object->key = kept(c, key);
    object->version = text_same(id, "null") ? NULL : kept(c, id);
    object->delivered = true;
    return object;
}

struct object *s3_asked_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *key = call_text(c, "key"), *id = call_text(c, "versionId");
    if (!bucket || !s3_id_well_formed(c, id))
        return NULL;
    struct object *object = s3_version(bucket, key, id);
    if (!object && s3_as_recorded(c, bucket))
        object = c->failed ? NULL : delivered_once(c, bucket, key, id);
    else if (!object)
        fail_missing(c, bucket, key, id);
    if (object && object->marker) {
        call_fail(c, "MethodNotAllowed", "The specified method is not allowed against this resource.");
        c->aside = json_pack("{s:b, s:s, s:o}", "DeleteMarker", 1, "VersionId", s3_version_id(object), "LastModified",
                             date_iso(object->modified_ms));
    }
    return c->failed ? NULL : object;
}

/* ---- one object ---- */

json_t *s3_quoted(const char *etag)
{
    return json_textf("\"%s\"", etag);
}

static void put_headers(json_t *reply, const json_t *headers)
{
    static const char *const named[][2] = {
        {"cache-control",       "CacheControl"      },
        {"content-disposition", "ContentDisposition"},
        {"content-encoding",    "ContentEncoding"   },
        {"content-language",    "ContentLanguage"   },
        {"content-type",        "ContentType"       },
        {"expires",             "Expires"           },
    };
    json_t *metadata = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)headers, name, value)
    {
        if (text_starts(name, S3_METADATA))
            json_put(metadata, name + strlen(S3_METADATA), json_incref(value));
        for (size_t i = 0; i < COUNT(named); i++)
            if (text_same(named[i][0], name))
                json_put(reply, named[i][1], json_incref(value));
    }
    if (json_object_size(metadata))
        json_put(reply, "Metadata", metadata);
    else
        json_decref(metadata);
}

static json_t *head(const struct object *object)
{
    size_t tags = 0;
    json_t *j = json_object();
    json_put(j, "LastModified", date_iso(object->modified_ms));
    json_put(j, "ContentLength", json_integer((json_int_t)object->size));
    json_put(j, "ETag", s3_quoted(object->etag));
    json_put_text(j, "ContentType", "binary/octet-stream");
    put_headers(j, object->headers);
    json_put_text(j, "ServerSideEncryption", object->kms_key ? "aws:kms" : "AES256");
    json_put_text(j, "SSEKMSKeyId", object->kms_key);
    json_put_text(j, "StorageClass", object->storage_class); /* genuine: STANDARD is not said */
    for (const struct tag *tag = object->tags; tag; tag = tag->next)
        tags++;
    if (tags)
        json_put(j, "TagCount", json_integer((json_int_t)tags));
    return j;
}

void s3_head_object(struct call *c)
{
    struct object *object = s3_asked_object(c);
    if (!object)
        return;
    c->reply = head(object);
    s3_say_version(c, object);
}

void s3_get_object(struct call *c)
{
    struct object *object = s3_asked_object(c);
    if (!object)
        return;
    c->reply = head(object);
    s3_say_version(c, object);
    if (object->data)
        json_put_text(c->reply, "Body", object->data);
}

void s3_get_object_tagging(struct call *c)
{
    struct object *object = s3_asked_object(c);
    if (!object)
        return;
    c->reply = wrapped("TagSet", tags_reply(object->tags));
    s3_say_version(c, object);
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
    json_put(j, "ETag", s3_quoted(object->etag));
    json_put(j, "Size", json_integer((json_int_t)object->size));
    json_put_text(j, "StorageClass", text_or(object->storage_class, "STANDARD"));
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

struct bucket *s3_listed_bucket(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket && s3_has_delivered_logs(c->w, bucket))
        see_files(c, bucket);
    return c->failed ? NULL : bucket;
}

bool s3_most_keys(struct call *c, int64_t *ret)
{
    *ret = call_int(c, "max-keys", S3_MOST_KEYS);
    if (*ret < 0)
        call_fail(c, "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647");
    *ret = *ret > S3_MOST_KEYS ? S3_MOST_KEYS : *ret;
    return !c->failed;
}

static bool list(struct call *c, struct listing *l)
{
    struct bucket *bucket = s3_listed_bucket(c);
    const char *token = call_text(c, "continuation-token");
    *l = (struct listing){.prefix = text_or(call_text(c, "prefix"), ""), .delimiter = text_or(call_text(c, "delimiter"), "")};
    if (!bucket || !s3_most_keys(c, &l->most))
        return false;
    l->after = token ? token : text_or(call_text(c, "start-after"), text_or(call_text(c, "marker"), ""));
    l->contents = json_array();
    l->prefixes = json_array();
    for (const struct object *object = bucket->objects; object && !l->more; object = object->next)
        if (text_starts(object->key, l->prefix))
            list_one(c, l, object);
    return true;
}

static void answer(struct call *c, struct listing *l, const char *next_key)
{
    int64_t n = (int64_t)(json_array_size(l->contents) + json_array_size(l->prefixes));
    c->reply = json_object();
    json_put(c->reply, "IsTruncated", json_boolean(l->more));
    json_put(c->reply, "Contents", l->contents);
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
        answer(c, &l, text_same(call_text(c, "list-type"), "2") ? "NextContinuationToken" : "NextMarker");
}
