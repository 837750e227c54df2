/* SPDX-License-Identifier: MIT */
/*
 * Objects' bytes. What a trail delivered lies below s3/ of the lab, as a download would; what requests put lies in
 * .cafelab/objects under the hash of its name and version, since keys may be what paths may not (sim/lab/objects.c). The
 * journal knows sizes and ETags.
 */
#include "sim/serve/exchange.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <time.h>

static const char *kept_path(struct exchange *ex, const char *bucket, const char *key)
{
    return lab_object_path(&ex->r->arena, live_dir(ex->live), bucket, key);
}

static int open_object(struct exchange *ex, const char *bucket, const char *key, const char *version)
{
    const char *path = live_object_file(ex->live, &ex->r->arena, bucket, key, version);
    return path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
}

/* ---- before: what a PUT brings ---- */

bool objects_internal(struct exchange *ex)
{
    return exchange_fail(ex, "InternalError", "We encountered an internal error. Please try again.");
}

/* Aside until the lab has agreed to it: a refused PUT must not touch what is there. */
bool objects_keep_aside(struct exchange *ex, const char *place, const struct str *bytes)
{
    struct err e = {0};
    const char *folder = arena_dupn(&ex->r->arena, place, (size_t)(strrchr(place, '/') - place));
    char etag[33];
    ex->place = place;
    ex->aside = arena_printf(&ex->r->arena, "%s.%s", place, ex->request_id);
    if (!dir_make_in(live_dir(ex->live), folder, &e) || !file_write(ex->aside, str_text(bytes), bytes->len, 0644, &e)) {
        fprintf(stderr, "cafelab: %s\n", e.msg);
        return objects_internal(ex);
    }
    md5_hex(str_text(bytes), bytes->len, etag);
    json_put_text(ex->params, "etag", etag);
    json_put(ex->params, "size", json_integer((json_int_t)bytes->len));
    return true;
}

/* "bytes=0-99", "bytes=100-", "bytes=-5": one range. False: not a range that can be met. */
static bool read_range(const char *text, uint64_t size, uint64_t *from, uint64_t *length)
{
    char *end = NULL;
    if (!text_starts(text, "bytes=") || strchr(text, ','))
        return false;
    text += 6;
    if (*text == '-') {
        uint64_t last = strtoull(text + 1, &end, 10);
        if (end == text + 1 || *end || !last || !size)
            return false;
        *length = last < size ? last : size;
        *from = size - *length;
        return true;
    }
    *from = strtoull(text, &end, 10);
    if (end == text || *end != '-' || *from >= size)
        return false;
    text = end + 1;
    uint64_t last = *text ? strtoull(text, &end, 10) : size - 1;
    if ((*text && *end) || last < *from)
        return false;
    *length = (last < size ? last : size - 1) - *from + 1;
    return true;
}

/* The whole file, or the part of it that is asked for. */
static bool read_source(struct exchange *ex, int fd, struct str *out)
{
    struct stat st;
    const char *range = json_str(ex->params, "x-amz-copy-source-range");
    if (fstat(fd, &st))
        return objects_internal(ex);
    uint64_t from = 0, length = (uint64_t)st.st_size;
    if (range && !read_range(range, (uint64_t)st.st_size, &from, &length))
        return exchange_fail(ex, "InvalidArgument", "Range specified is not valid for source object of size: %llu",
                             (unsigned long long)st.st_size);
    if (length > HTTP_MAX_BODY)
        return exchange_fail(ex, "InvalidRequest",
                             "The specified copy source is larger than the maximum allowable size for a copy source: %u",
                             HTTP_MAX_BODY);
    while (out->len < length) {
        ssize_t n = pread(fd, str_reserve(out, length - out->len), length - out->len, (off_t)(from + out->len));
        if (n <= 0)
            return objects_internal(ex);
        out->len += (size_t)n;
    }
    return true;
}

/* The source: "bucket/key" or "/bucket/key", percent-encoded, and perhaps "?versionId=..". Whether it is there the lab says. */
bool objects_keep_copy(struct exchange *ex, const char *place)
{
    static const char mark[] = "?versionId=";
    AUTO(str_drop) struct str bytes = {0};
    struct arena *arena = &ex->r->arena;
    const char *source = http_header(ex->r, "x-amz-copy-source"), *name = NULL, *version = NULL;
    const char *at = strstr(source, mark);
    size_t n = at ? (size_t)(at - source) : strlen(source);
    if (!uri_decode(arena, source, n, false, &name) ||
        (at && !uri_decode(arena, at + strlen(mark), strlen(at + strlen(mark)), false, &version)))
        return exchange_fail(ex, "InvalidArgument", "The copy source must be a bucket and a key");
    name += *name == '/';
    json_put_text(ex->params, "x-amz-copy-source", version ? arena_printf(arena, "%s%s%s", name, mark, version) : name);
    const char *slash = strchr(name, '/');
    int fd = slash ? open_object(ex, arena_dupn(arena, name, (size_t)(slash - name)), slash + 1, version) : -1;
    if (fd < 0)
        return true;
    bool good = read_source(ex, fd, &bytes);
    close(fd);
    return good && objects_keep_aside(ex, place, &bytes);
}

bool objects_before(struct exchange *ex)
{
    if (text_same(ex->op, "s3:CopyObject"))
        return objects_keep_copy(ex, kept_path(ex, ex->s3.bucket, ex->s3.key));
    if (text_same(ex->op, "s3:UploadPart") || text_same(ex->op, "s3:UploadPartCopy"))
        return parts_keep(ex);
    if (text_same(ex->op, "s3:CompleteMultipartUpload")) {
        ex->place = kept_path(ex, ex->s3.bucket, ex->s3.key);
        return parts_join(ex);
    }
    return !text_same(ex->op, "s3:PutObject") || objects_keep_aside(ex, kept_path(ex, ex->s3.bucket, ex->s3.key), &ex->r->body);
}

/* ---- after: what a GET wants ---- */

static bool send_range(struct exchange *ex, uint64_t size)
{
    struct http_reply *reply = ex->reply;
    const char *range = http_header(ex->r, "range");
    reply->offset = 0;
    reply->length = size;
    if (!range)
        return true;
    if (!read_range(range, size, &reply->offset, &reply->length)) {
        exchange_detail(ex, "RangeRequested", range);
        exchange_detail(ex, "ActualObjectSize", arena_printf(&ex->r->arena, "%llu", (unsigned long long)size));
        return exchange_fail(ex, "InvalidRange", "The requested range is not satisfiable");
    }
    reply->wire.status = 206;
    http_reply_header(reply, "Content-Range",
                      arena_printf(&ex->r->arena, "bytes %llu-%llu/%llu", (unsigned long long)reply->offset,
                                   (unsigned long long)(reply->offset + reply->length - 1), (unsigned long long)size));
    return true;
}

/* What S3 keeps beside an object: of digests, their signatures. One line of JSON an object. */
static void send_metadata(struct exchange *ex)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    const char *path = arena_printf(&ex->r->arena, "%s/.cafelab/s3-metadata.jsonl", live_dir(ex->live));
    const char *wanted = arena_printf(&ex->r->arena, "\"Key\":\"%s\"", ex->s3.key);
    if (!strstr(ex->s3.key, "/CloudTrail-Digest/") || !file_read(path, 256u << 20, &text, &ignored))
        return;
    const char *at = strstr(str_text(&text), wanted);
    while (at && at > text.s && at[-1] != '\n')
        at--;
    json_auto_t *line = at ? json_read(at, strcspn(at, "\n"), &ignored) : NULL;
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(line, "Metadata"), name, value) if (json_is_string(value)) http_reply_header(
        ex->reply, arena_printf(&ex->r->arena, "x-amz-meta-%s", name), arena_dup(&ex->r->arena, json_string_value(value)));
}

/* Seconds since 1970 of "Wed, 25 Nov 2026 10:00:00 GMT"; -1: not of that form. */
static int64_t http_date(const char *text)
{
    struct tm tm = {0};
    const char *end = text ? strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) : NULL;
    return end && !*end ? (int64_t)timegm(&tm) : -1;
}

static bool names_etag(const char *list, const char *etag)
{
    return text_same(list, "*") || (etag && strstr(list, etag));
}

/* RFC 9110, 13.2.2: what is asked of the object as it is. False: answered already, by 304 or a failure. */
static bool conditions_met(struct exchange *ex)
{
    const char *match = http_header(ex->r, "if-match"), *none = http_header(ex->r, "if-none-match");
    const char *etag = json_str(ex->answer.reply, "ETag"), *modified = json_str_or(ex->answer.reply, "LastModified", "");
    int64_t at_ms = 0, since = http_date(http_header(ex->r, "if-modified-since"));
    int64_t unless = http_date(http_header(ex->r, "if-unmodified-since"));
    bool zoned, dated = time_parse(modified, &at_ms, &zoned);
    if (match ? !names_etag(match, etag) : dated && unless >= 0 && at_ms / 1000 > unless)
        return exchange_fail(ex, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    if (none ? names_etag(none, etag) : dated && since >= 0 && at_ms / 1000 <= since) {
        ex->reply->wire.status = 304;
        return false;
    }
    return true;
}

/* Headers that the address asks for instead of the object's own. */
static void override_headers(struct exchange *ex)
{
    static const char *const asked[][2] = {
        {"response-cache-control",       "Cache-Control"      },
        {"response-content-disposition", "Content-Disposition"},
        {"response-content-encoding",    "Content-Encoding"   },
        {"response-content-language",    "Content-Language"   },
        {"response-expires",             "Expires"            },
    };
    const char *type = form_get(&ex->s3.query, "response-content-type");
    ex->reply->wire.content_type = type ? type : json_str_or(ex->answer.reply, "ContentType", "binary/octet-stream");
    for (size_t i = 0; i < COUNT(asked); i++)
        if (form_get(&ex->s3.query, asked[i][0]))
            http_reply_header(ex->reply, asked[i][1], form_get(&ex->s3.query, asked[i][0]));
}

static void send_object(struct exchange *ex)
{
    struct stat st;
    if (!conditions_met(ex))
        return;
    int fd = open_object(ex, ex->s3.bucket, ex->s3.key, json_str(ex->answer.reply, "VersionId"));
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || !send_range(ex, (uint64_t)st.st_size)) {
        if (fd >= 0)
            close(fd);
        if (!ex->error_code)
            exchange_fail(ex, "NoSuchKey", "The specified key does not exist.");
        return;
    }
    ex->reply->file = fd;
    override_headers(ex);
    ex->reply->wire.content_type = arena_dup(&ex->r->arena, ex->reply->wire.content_type);
    http_reply_header(ex->reply, "Accept-Ranges", "bytes");
    send_metadata(ex);
}

/* ---- after: what was put, and what was deleted ---- */

/* Its time says that it came after whatever was deleted before. */
static void settle_aside(struct exchange *ex)
{
    const char *place = ex->place, *folder = NULL;
    struct err e = {0};
    if (ex->s3.key && !text_starts(ex->op, "s3:UploadPart"))
        place = lab_object_place(&ex->r->arena, live_dir(ex->live), ex->s3.bucket, ex->s3.key,
                                 json_str(ex->answer.reply, "VersionId"));
    folder = arena_dupn(&ex->r->arena, place, (size_t)(strrchr(place, '/') - place));
    if (!dir_make_in(live_dir(ex->live), folder, &e) || utimensat(AT_FDCWD, ex->aside, NULL, 0) || rename(ex->aside, place))
        objects_internal(ex);
}

/* A version that is gone for good; what a trail delivered the lab has settled already. */
static void forget_object(struct exchange *ex, const char *key, const char *version)
{
    bool null = !version || text_same(version, "null");
    const char *name = null ? key : arena_printf(&ex->r->arena, "%s\n%s", key, version);
    unlink(kept_path(ex, ex->s3.bucket, name));
}

/* A marker takes the place of the null version alone. */
static void deleted(struct exchange *ex, const char *key, bool by_id, const char *version, bool marker)
{
    if (by_id || !marker || text_same(version, "null"))
        forget_object(ex, key, version);
}

void objects_after(struct exchange *ex)
{
    const json_t *reply = ex->answer.reply, *list = json_object_get(reply, "Deleted");
    if (ex->aside)
        settle_aside(ex);
    if (text_same(ex->op, "s3:CompleteMultipartUpload") || text_same(ex->op, "s3:AbortMultipartUpload"))
        parts_forget(ex);
    if (text_same(ex->op, "s3:GetObject") || text_same(ex->op, "s3:HeadObject"))
        send_object(ex);
    if (text_same(ex->op, "s3:DeleteObject"))
        deleted(ex, ex->s3.key, json_str(ex->params, "versionId") != NULL, json_str(reply, "VersionId"),
                json_bool_or(reply, "DeleteMarker", false));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *id = json_str(one, "VersionId"), *marker = json_str(one, "DeleteMarkerVersionId");
        deleted(ex, json_str_or(one, "Key", ""), id != NULL, id ? id : marker, marker != NULL);
    }
}
