/* SPDX-License-Identifier: MIT */
/*
 * S3: how objects come to be: by a PUT, by a copy, and what belongs to one besides its bytes: headers that GETs give back,
 * encryption, storage class, tags.
 * Sources: S3 API Reference 2006-03-01 (PutObject, CopyObject, PutObjectTagging); S3 user guide, "Working with
 * object metadata" (2 KB at most) and "Tagging objects" (ten at most).
 */
#include "sim/aws/s3.h"

#define MOST_BYTES (5u << 30) /* of one PUT */
#define MOST_METADATA 2048
#define MOST_TAGS 10

static bool key_valid(struct call *c, const char *key)
{
    if (strlen(key) > 1024)
        call_fail(c, "KeyTooLongError", "Your key is too long");
    return !c->failed;
}

/* ---- what is said of an object ---- */

static bool read_headers(struct call *c, struct object *out)
{
    const json_t *headers = json_object_get(c->params, "headers");
    size_t n = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)headers, name, value) if (text_starts(name, S3_METADATA)) n +=
        strlen(name) - strlen(S3_METADATA) + json_string_length(value);
    if (n > MOST_METADATA)
        call_fail(c, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
    else if (json_object_size(headers))
        out->headers = world_keep(c->w, json_deep_copy(headers));
    return !c->failed;
}

static bool read_tags(struct call *c, const json_t *list, struct object *out)
{
    if (json_array_size(list) > MOST_TAGS)
        call_fail(c, "BadRequest", "Object tags cannot be greater than %d", MOST_TAGS);
    else
        out->tags = tags_read(c, list);
    return !c->failed;
}

/* As asked, else as the bucket's default. Without a key's name it is S3's own in KMS. */
static bool read_encryption(struct call *c, const struct bucket *bucket, struct object *out)
{
    const json_t *rule = json_path(bucket->encryption, "Rule.ApplyServerSideEncryptionByDefault");
    const char *asked = call_text(c, "x-amz-server-side-encryption");
    const char *how = asked ? asked : json_str_or(rule, "SSEAlgorithm", "AES256");
    const char *id = asked ? call_text(c, "x-amz-server-side-encryption-aws-kms-key-id") : json_str(rule, "KMSMasterKeyID");
    if (text_same(how, "AES256"))
        return true;
    if (!text_same(how, "aws:kms"))
        call_fail(c, "InvalidArgument", "The encryption method specified is not supported");
    struct kms_key *key = c->failed || !id ? NULL : find_kms_key(c->w, id);
    if (id && !key && !c->failed)
        call_fail(c, "KMS.NotFoundException", "Key '%s' does not exist", id);
    if (key && !text_same(key->state, "Enabled"))
        call_fail(c, "KMS.DisabledException", "%s is disabled.", key->arn);
    out->kms_key = key ? key->arn : arena_printf(c->arena, "arn:aws:kms:%s:%s:alias/aws/s3", bucket->region, c->w->account.id);
    return !c->failed;
}

bool s3_read_said(struct call *c, struct bucket *bucket, struct object *out)
{
    const char *acl = call_text(c, "x-amz-acl");
    *out = (struct object){.storage_class = kept(c, call_text(c, "x-amz-storage-class"))};
    if (text_same(out->storage_class, "STANDARD"))
        out->storage_class = NULL;
    if (acl && s3_acl_allowed(c, bucket, acl, true))
        out->acl = kept(c, acl);
    return !c->failed && key_valid(c, call_text(c, "key")) && read_headers(c, out) &&
           read_tags(c, json_object_get(c->params, "tags"), out) && read_encryption(c, bucket, out);
}

void s3_say_encryption(struct call *c, const struct object *object)
{
    const char *how = object->kms_key ? "aws:kms" : "AES256";
    json_t *logged = wrapped("x-amz-server-side-encryption", json_string(how));
    json_put_text(logged, "x-amz-server-side-encryption-aws-kms-key-id", object->kms_key);
    call_log_response(c, logged);
    json_put_text(c->reply, "ServerSideEncryption", how);
    json_put_text(c->reply, "SSEKMSKeyId", object->kms_key);
}

struct object *s3_store(struct call *c, struct bucket *bucket, const char *key, const struct object *said, uint64_t size,
                        const char *etag)
{
    const char *version = s3_make_way(c, bucket, key);
    struct object *object = bucket_put_object(c->w, bucket, key), old = *object;
    *object = *said;
    object->next = old.next;
    object->prev = old.prev;
    object->key = old.key;
    object->version = version;
    object->size = size;
    object->etag = kept(c, etag);
    object->modified_ms = c->now_ms;
    return object;
}

/* ---- PUT and copy ---- */

/* `body` is the content; without it only size and ETag are known, or the size alone: then the ETag is drawn. */
void s3_put_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *body = call_text(c, "body");
    int64_t size = call_int(c, "size", body ? (int64_t)strlen(body) : 0);
    char etag[33];
    struct object said;
    if (!bucket || !s3_read_said(c, bucket, &said))
        return;
    if (size < 0 || size > (int64_t)MOST_BYTES)
        return call_fail(c, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    if (text_same(call_text(c, "if-none-match"), "*") && find_object(bucket, call_text(c, "key")))
        return call_fail(c, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    if (call_text(c, "etag")) /* by who has the bytes */
        snprintf(etag, sizeof(etag), "%.32s", call_text(c, "etag"));
    else if (body || size == 0)
        md5_hex(text_or(body, ""), body ? strlen(body) : 0, etag);
    else
        chance_text(&c->ids, ALPHABET_HEX, 32, etag);
    said.data = size == 0 ? "" : kept(c, body);
    const struct object *object = s3_store(c, bucket, call_text(c, "key"), &said, body ? strlen(body) : (uint64_t)size, etag);
    c->reply = wrapped("ETag", s3_quoted(etag));
    s3_say_encryption(c, object);
    s3_say_new_version(c, object);
}

/* "bucket/key?versionId=..."; a key may have a question mark of its own. */
static const char *cut_version(struct call *c, const char **source)
{
    static const char mark[] = "?versionId=";
    const char *at = strstr(*source, mark);
    const char *version = at ? at + sizeof(mark) - 1 : NULL;
    if (at)
        *source = arena_dupn(c->arena, *source, (size_t)(at - *source));
    return version;
}

/* False after a failure: may the caller read it, and learn that it is not there? */
static bool may_read(struct call *c, const struct bucket *from, const char *key, const char *version, bool there)
{
    return s3_must(c, from, version ? "s3:GetObjectVersion" : "s3:GetObject", key) &&
           (there || call_text(c, "etag") || s3_must(c, from, "s3:ListBucket", NULL));
}

bool s3_find_source(struct call *c, const char *source, struct object *out)
{
    source += *source == '/';
    const char *version = cut_version(c, &source);
    size_t n = strcspn(source, "/");
    struct bucket *from = find_bucket(c->w, arena_dupn(c->arena, source, n));
    const char *key = source[n] ? source + n + 1 : "";
    struct object *object = from ? s3_version(from, key, version) : NULL;
    if (!from)
        call_fail(c, "NoSuchBucket", "The specified bucket does not exist");
    if (!from || !may_read(c, from, key, version, object != NULL))
        return false;
    if (object && object->marker)
        call_fail(c, "InvalidRequest",
                  "The source of a copy request may not specifically refer to a delete marker by version id.");
    if (object)
        *out = *object;
    if (call_text(c, "etag")) { /* by who has the bytes: they may be a delivered log's */
        out->size = (uint64_t)call_int(c, "size", 0);
        out->etag = kept(c, call_text(c, "etag"));
    } else if (!object)
        call_fail(c, version ? "NoSuchVersion" : "NoSuchKey", "%s",
                  version ? "The specified version does not exist." : "The specified key does not exist.");
    if (!c->failed && *from->versioning)
        json_put_text(c->reply = json_object(), "CopySourceVersionId",
                      object ? s3_version_id(object) : text_or(version, "null"));
    return !c->failed;
}

/* Headers and tags come along unless the caller gives new ones; encryption and class are the copy's own. */
void s3_copy_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    struct object source = {0}, said;
    if (!bucket || !s3_read_said(c, bucket, &said) || !s3_find_source(c, call_text(c, "x-amz-copy-source"), &source))
        return;
    if (!text_same(call_text(c, "x-amz-metadata-directive"), "REPLACE"))
        said.headers = source.headers;
    if (!text_same(call_text(c, "x-amz-tagging-directive"), "REPLACE"))
        said.tags = source.tags;
    said.data = source.data;
    struct object *copy = s3_store(c, bucket, call_text(c, "key"), &said, source.size, source.etag);
    c->reply = c->reply ? c->reply : json_object();
    json_put(c->reply, "CopyObjectResult",
             json_pack("{s:o, s:o}", "ETag", s3_quoted(copy->etag), "LastModified", date_iso(copy->modified_ms)));
    s3_say_encryption(c, copy);
    s3_say_new_version(c, copy);
}

/* ---- tags ---- */

void s3_put_object_tagging(struct call *c)
{
    struct object *object = s3_asked_object(c), read = {0};
    const json_t *given = json_path(c->params, "Tagging.TagSet.Tag");
    json_auto_t *list = json_is_array(given) ? json_deep_copy(given) : given ? json_pack("[O]", given) : json_array();
    if (!object || !read_tags(c, list, &read))
        return;
    object->tags = read.tags;
    s3_say_version(c, object);
}

void s3_delete_object_tagging(struct call *c)
{
    struct object *object = s3_asked_object(c);
    if (!object)
        return;
    object->tags = NULL;
    s3_say_version(c, object);
}
