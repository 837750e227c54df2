/* SPDX-License-Identifier: MIT */
/*
 * S3's replies: documents by shape, the few that have no shape of their own, and headers. What clients rely on: keys
 * encoded when they ask for it (and told so), list parameters said back, no body to HEAD or after 204.
 */
#include "sim/serve/s3.h"

#include <string.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static const char *xmlns(void)
{
    return wire_service_find("s3")->xmlns;
}

/* ---- lists: encoded keys, and what was asked said back ---- */

static void encode(json_t *object, const char *key)
{
    AUTO(str_drop) struct str encoded = {0};
    const char *text = json_str(object, key);
    for (const char *part = text; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        AUTO(str_drop) struct str piece = {0};
        str_addn(&piece, part, strcspn(part, "/"));
        str_addf(&encoded, "%s", part == text ? "" : "/");
        str_add_uri(&encoded, str_text(&piece));
    }
    if (text)
        json_put_text(object, key, str_text(&encoded));
}

static void encode_each(json_t *list, const char *key)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        encode(json_array_get(list, i), key);
}

static void say_back(json_t *reply, const char *key, const char *value)
{
    if (value && !json_object_get(reply, key))
        json_put_text(reply, key, value);
}

static json_t *list_reply(const struct s3_asked *asked, const json_t *given)
{
    static const char *const keys[] = {"Prefix",     "Delimiter", "Marker",       "NextMarker",
                                       "StartAfter", "KeyMarker", "NextKeyMarker"};
    json_t *reply = json_deep_copy(given);
    bool second = text_same(asked->shape, "s3:ListObjectsV2");
    say_back(reply, "Delimiter", form_get(&asked->query, "delimiter"));
    say_back(reply, second ? "ContinuationToken" : "Marker", form_get(&asked->query, second ? "continuation-token" : "marker"));
    if (second)
        say_back(reply, "StartAfter", form_get(&asked->query, "start-after"));
    else if (!form_get(&asked->query, "delimiter")) /* then the last key serves as marker */
        json_object_del(reply, "NextMarker");
    if (!text_same(form_get(&asked->query, "encoding-type"), "url"))
        return reply;
    json_put_text(reply, "EncodingType", "url");
    for (size_t i = 0; i < COUNT(keys); i++)
        encode(reply, keys[i]);
    encode_each(json_object_get(reply, "Contents"), "Key");
    encode_each(json_object_get(reply, "Versions"), "Key");
    encode_each(json_object_get(reply, "DeleteMarkers"), "Key");
    encode_each(json_object_get(reply, "CommonPrefixes"), "Prefix");
    return reply;
}

/* ---- documents that no shape describes ---- */

static void add_acl(struct str *out, const json_t *reply)
{
    const json_t *grants = json_object_get(reply, "Grants"), *owner = json_object_get(reply, "Owner");
    str_addf(out, "<Owner><ID>%s</ID></Owner><AccessControlList>", json_str_or(owner, "ID", ""));
    for (size_t i = 0; i < json_array_size(grants); i++) {
        const json_t *grant = json_array_get(grants, i), *grantee = json_object_get(grant, "Grantee");
        const char *type = json_str_or(grantee, "Type", "CanonicalUser"), *uri = json_str(grantee, "URI");
        str_addf(out, "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"%s\">", type);
        str_addf(out, uri ? "<URI>%s</URI>" : "<ID>%s</ID>", uri ? uri : json_str_or(grantee, "ID", ""));
        str_addf(out, "</Grantee><Permission>%s</Permission></Grant>", json_str_or(grant, "Permission", ""));
    }
    str_add(out, "</AccessControlList>");
}

static void add_document(struct str *out, const struct s3_asked *asked, const json_t *reply)
{
    const char *root = asked->root;
    const json_t *payload = json_object_get(reply, root);
    str_addf(out, DECLARATION "<%s xmlns=\"%s\">", root, xmlns());
    if (text_same(root, "AccessControlPolicy"))
        add_acl(out, reply);
    else if (text_same(asked->op, "s3:GetBucketLocation"))
        str_add_xml(out, json_str_or(reply, "LocationConstraint", ""));
    else if (asked->shape) {
        json_auto_t *list = text_starts(asked->op, "s3:ListObject") ? list_reply(asked, reply) : NULL;
        shape_add_xml(out, wire_shape_find(asked->shape)->given, list ? list : payload ? payload : reply, true);
    }
    str_addf(out, "</%s>\n", root);
}

/* ---- headers ---- */

void s3_add_headers(struct http_request *r, const json_t *reply, struct http_reply *out)
{
    static const struct {
        const char *member, *header;
    } sent[] = {
        {"ETag",                 "ETag"                                       },
        {"CacheControl",         "Cache-Control"                              },
        {"ContentDisposition",   "Content-Disposition"                        },
        {"ContentEncoding",      "Content-Encoding"                           },
        {"ContentLanguage",      "Content-Language"                           },
        {"Expires",              "Expires"                                    },
        {"StorageClass",         "x-amz-storage-class"                        },
        {"Location",             "Location"                                   },
        {"BucketRegion",         "x-amz-bucket-region"                        },
        {"ServerSideEncryption", "x-amz-server-side-encryption"               },
        {"SSEKMSKeyId",          "x-amz-server-side-encryption-aws-kms-key-id"},
        {"VersionId",            "x-amz-version-id"                           },
        {"CopySourceVersionId",  "x-amz-copy-source-version-id"               },
    };
    for (size_t i = 0; i < COUNT(sent); i++)
        if (json_str(reply, sent[i].member))
            http_reply_header(out, sent[i].header, arena_dup(&r->arena, json_str(reply, sent[i].member)));
    if (json_bool_or(reply, "DeleteMarker", false))
        http_reply_header(out, "x-amz-delete-marker", "true");
    if (json_object_get(reply, "TagCount"))
        http_reply_header(out, "x-amz-tagging-count",
                          arena_printf(&r->arena, "%lld", (long long)json_int_or(reply, "TagCount", 0)));
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(reply, "Metadata"), name, value)
        http_reply_header(out, arena_printf(&r->arena, "x-amz-meta-%s", name), arena_dup(&r->arena, json_string_value(value)));
    int64_t ms;
    bool zoned;
    const char *modified = json_str(reply, "LastModified");
    if (modified && time_parse(modified, &ms, &zoned))
        http_reply_header(out, "Last-Modified", arena_time(&r->arena, ms, "%a, %d %b %Y %H:%M:%S GMT"));
}

static bool lists(const struct s3_asked *asked)
{
    return text_starts(asked->op, "s3:List");
}

void s3_success(struct http_request *r, const struct s3_asked *asked, const json_t *reply, struct http_reply *out)
{
    bool removed = text_same(r->method, "DELETE") || text_same(asked->op, "s3:PutBucketPolicy");
    out->wire.status = removed ? 204 : 200;
    if (!lists(asked))
        s3_add_headers(r, reply, out);
    if (text_same(asked->op, "s3:GetBucketPolicy")) {
        out->wire.content_type = "application/json";
        str_add(&out->wire.body, json_str_or(reply, "Policy", ""));
    } else if (asked->root) {
        out->wire.content_type = "application/xml";
        add_document(&out->wire.body, asked, reply);
    }
}
