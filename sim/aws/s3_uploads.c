/* SPDX-License-Identifier: MIT */
/*
 * S3: objects that come in parts. Parts may arrive in any order and again; what Complete names, in order, is the object,
 * with the ETag "md5 of the parts' md5s, dash, how many".
 * Sources: S3 API Reference 2006-03-01; S3 user guide, "Multipart upload limits" (10,000 parts, 5 MiB at least but the last).
 */
#include "sim/aws/s3.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PARTS 10000
#define LEAST_BYTES (5u << 20)
#define MOST_LISTED 1000

static struct upload *asked_upload(struct call *c)
{
    const struct bucket *bucket = s3_bucket(c);
    struct upload *upload = bucket ? bucket->uploads : NULL;
    while (upload && !(text_same(upload->id, call_text(c, "uploadId")) && text_same(upload->key, call_text(c, "key"))))
        upload = upload->next;
    if (bucket && !upload)
        call_fail(c, "NoSuchUpload",
                  "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
                  "completed.");
    return upload;
}

/* In the order in which they are listed: by key, then as they came. */
static void put_upload(struct bucket *bucket, struct upload *upload)
{
    struct upload **at = &bucket->uploads;
    while (*at && strcmp((*at)->key, upload->key) <= 0)
        at = &(*at)->next;
    upload->next = *at;
    *at = upload;
}

void s3_create_upload(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    struct object said;
    if (!bucket || !s3_read_said(c, bucket, &said))
        return;
    struct upload *upload = arena_alloc(c->arena, sizeof(*upload));
    upload->id = call_id(c, "", ALPHABET_ALNUM "._", 80);
    upload->key = kept(c, call_text(c, "key"));
    upload->started_ms = c->now_ms;
    upload->said = said;
    put_upload(bucket, upload);
    c->reply = json_pack("{s:s, s:s, s:s}", "Bucket", bucket->name, "Key", upload->key, "UploadId", upload->id);
    s3_say_encryption(c, &said);
}

static struct upload_part *find_part(const struct upload *upload, int64_t number)
{
    struct upload_part *part = upload->parts;
    while (part && part->number != number)
        part = part->next;
    return part;
}

static struct upload_part *put_part(struct call *c, struct upload *upload, int64_t number)
{
    struct upload_part **at = &upload->parts, *part = find_part(upload, number);
    if (part)
        return part;
    while (*at && (*at)->number < number)
        at = &(*at)->next;
    part = arena_alloc(c->arena, sizeof(*part));
    part->number = number;
    part->next = *at;
    *at = part;
    return part;
}

/* Size and ETag come from who has the bytes. NULL after a failure. */
static struct upload_part *take_part(struct call *c, struct upload *upload)
{
    char *end = NULL;
    long long number = strtoll(call_text(c, "partNumber"), &end, 10);
    if (end == call_text(c, "partNumber") || *end || number < 1 || number > MOST_PARTS) {
        call_fail(c, "InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", MOST_PARTS);
        return NULL;
    }
    struct upload_part *part = put_part(c, upload, number);
    part->size = (uint64_t)call_int(c, "size", 0);
    part->etag = kept(c, text_or(call_text(c, "etag"), "d41d8cd98f00b204e9800998ecf8427e"));
    part->modified_ms = c->now_ms;
    return part;
}

void s3_upload_part(struct call *c)
{
    struct upload *upload = asked_upload(c);
    struct upload_part *part = upload ? take_part(c, upload) : NULL;
    if (!part)
        return;
    c->reply = wrapped("ETag", s3_quoted(part->etag));
    s3_say_encryption(c, &upload->said);
}

void s3_upload_part_copy(struct call *c)
{
    struct object source = {0};
    struct upload *upload = asked_upload(c);
    struct upload_part *part =
        upload && s3_find_source(c, call_text(c, "x-amz-copy-source"), &source) ? take_part(c, upload) : NULL;
    if (!part)
        return;
    c->reply = c->reply ? c->reply : json_object();
    json_put(c->reply, "CopyPartResult",
             json_pack("{s:o, s:o}", "ETag", s3_quoted(part->etag), "LastModified", date_iso(part->modified_ms)));
    s3_say_encryption(c, &upload->said);
}

/* ---- the end of it ---- */

static const char *plain_etag(struct call *c, const char *etag)
{
    size_t n = etag ? strlen(etag) : 0;
    return n > 1 && *etag == '"' ? arena_dupn(c->arena, etag + 1, n - 2) : etag;
}

/* The parts that are named, in order; adds their sizes, and their digests to `md5s`. */
static bool take_parts(struct call *c, const struct upload *upload, const json_t *named, uint64_t *size, struct str *md5s)
{
    for (size_t i = 1; i < json_array_size(named) && !c->failed; i++)
        if (json_int_or(json_array_get(named, i), "partNumber", 0) <=
            json_int_or(json_array_get(named, i - 1), "partNumber", 0))
            call_fail(c, "InvalidPartOrder",
                      "The list of parts was not in ascending order. Parts must be ordered by part number.");
    for (size_t i = 0; i < json_array_size(named) && !c->failed; i++) {
        const json_t *one = json_array_get(named, i);
        int64_t number = json_int_or(one, "partNumber", 0);
        const struct upload_part *part = find_part(upload, number);
        const char *etag = plain_etag(c, json_str(one, "etag"));
        if (!part || !text_same(part->etag, etag) || !hex_decode(etag, strlen(etag), md5s))
            call_fail(c, "InvalidPart",
                      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                      "specified entity tag may not match the part's entity tag.");
        else if (part->size < LEAST_BYTES && i + 1 < json_array_size(named))
            call_fail(c, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        if (c->failed || !part)
            return false;
        *size += part->size;
    }
    return !c->failed;
}

void s3_complete_upload(struct call *c)
{
    AUTO(str_drop) struct str md5s = {0};
    struct upload *upload = asked_upload(c);
    const json_t *named = json_object_get(c->params, "parts");
    uint64_t size = 0;
    char md5[33];
    if (!upload)
        return;
    if (!json_array_size(named) || json_array_size(named) > MOST_PARTS)
        return s3_malformed(c);
    if (!take_parts(c, upload, named, &size, &md5s))
        return;
    struct bucket *bucket = s3_bucket(c);
    md5_hex(md5s.s, md5s.len, md5);
    struct object *object =
        s3_store(c, bucket, upload->key, &upload->said, size, arena_printf(c->arena, "%s-%zu", md5, json_array_size(named)));
    list_remove(&bucket->uploads, upload);
    const char *host = arena_printf(c->arena, "https://%s.s3.%s.amazonaws.com/", bucket->name, bucket->region);
    c->reply = json_pack("{s:s, s:o, s:o, s:s}", "Key", object->key, "ETag", s3_quoted(object->etag), "Location",
                         json_textf("%s%s", host, object->key), "Bucket", bucket->name);
    s3_say_encryption(c, object);
    s3_say_new_version(c, object);
}

void s3_abort_upload(struct call *c)
{
    struct upload *upload = asked_upload(c);
    if (upload)
        list_remove(&s3_bucket(c)->uploads, upload);
}

/* ---- lists ---- */

static json_t *initiator(struct call *c)
{
    json_t *who = json_object();
    json_put_text(who, "ID", principal_arn(c->w, c->arena, &c->action->who));
    json_put_text(who, "DisplayName", c->action->who.name);
    return who;
}

static int64_t most_of(const struct call *c, const char *param)
{
    int64_t most = call_int(c, param, MOST_LISTED);
    return most < 0 || most > MOST_LISTED ? MOST_LISTED : most;
}

void s3_list_parts(struct call *c)
{
    const struct upload *upload = asked_upload(c);
    int64_t after = strtoll(text_or(call_text(c, "part-number-marker"), "0"), NULL, 10), last = 0;
    int64_t most = most_of(c, "max-parts");
    if (!upload)
        return;
    json_t *list = json_array();
    const struct upload_part *part = upload->parts;
    for (; part && (int64_t)json_array_size(list) < most; part = part->next)
        if (part->number > after) {
            last = part->number;
            json_array_append_new(list, json_pack("{s:I, s:o, s:o, s:I}", "PartNumber", (json_int_t)part->number,
                                                  "LastModified", date_iso(part->modified_ms), "ETag", s3_quoted(part->etag),
                                                  "Size", (json_int_t)part->size));
        }
    c->reply =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:s}", "Bucket", call_text(c, "bucketName"), "Key",
                  upload->key, "UploadId", upload->id, "PartNumberMarker", (json_int_t)after, "NextPartNumberMarker",
                  (json_int_t)last, "MaxParts", (json_int_t)most, "IsTruncated", part != NULL, "Parts", list, "Initiator",
                  initiator(c), "Owner", s3_owner(c), "StorageClass", text_or(upload->said.storage_class, "STANDARD"));
}

/* A page begins behind the upload that the markers name; a key alone is all of its uploads. */
static const struct upload *behind_markers(const struct call *c, const struct upload *upload)
{
    const char *key = call_text(c, "key-marker"), *id = call_text(c, "upload-id-marker");
    while (key && upload && strcmp(upload->key, key) < 0)
        upload = upload->next;
    for (bool passed = false; key && upload && text_same(upload->key, key) && !passed; upload = upload->next)
        passed = text_same(upload->id, id);
    return upload;
}

static json_t *listed_upload(struct call *c, const struct upload *upload)
{
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "UploadId", upload->id, "Key", upload->key, "Initiated",
                     date_iso(upload->started_ms), "StorageClass", text_or(upload->said.storage_class, "STANDARD"), "Owner",
                     s3_owner(c), "Initiator", initiator(c));
}

void s3_list_uploads(struct call *c)
{
    const struct bucket *bucket = s3_bucket(c);
    const char *prefix = text_or(call_text(c, "prefix"), "");
    int64_t most = most_of(c, "max-uploads");
    if (!bucket)
        return;
    json_t *list = json_array();
    const struct upload *last = NULL, *upload = behind_markers(c, bucket->uploads);
    for (; upload && (!text_starts(upload->key, prefix) || (int64_t)json_array_size(list) < most); upload = upload->next)
        if (text_starts(upload->key, prefix)) {
            json_array_append_new(list, listed_upload(c, upload));
            last = upload;
        }
    c->reply = json_pack("{s:s, s:s, s:I, s:b, s:o}", "Bucket", bucket->name, "Prefix", prefix, "MaxUploads", (json_int_t)most,
                         "IsTruncated", upload != NULL, "Uploads", list);
    json_put_text(c->reply, "KeyMarker", call_text(c, "key-marker"));
    json_put_text(c->reply, "UploadIdMarker", call_text(c, "upload-id-marker"));
    json_put_text(c->reply, "NextKeyMarker", upload && last ? last->key : NULL);
    json_put_text(c->reply, "NextUploadIdMarker", upload && last ? last->id : NULL);
}
