/* SPDX-License-Identifier: MIT */
/*
 * What an S3 request asks for: method, path and one telling field of the query make the operation. Paths are
 * /bucket/key: clients that are given an address instead of a name always use them.
 * Sources: S3 API Reference 2006-03-01; event names as CloudTrail has them (sim/aws/s3.c).
 */
#include "sim/serve/s3.h"

#include <stdlib.h>
#include <string.h>

enum level { SERVICE, BUCKET, OBJECT };
enum body { NO_BODY, XML_BODY, POLICY_BODY, KEYS_BODY, PARTS_BODY };

static const struct route {
    const char *method;
    enum level level;
    const char *field; /* of the query that must be there; NULL = any other request */
    const char *op, *shape, *root;
    enum body body;
} routes[] = {
    {"GET",    SERVICE, NULL,                "s3:ListBuckets",                      "s3:ListBuckets",                "ListAllMyBucketsResult",            NO_BODY    },
    {"GET",    BUCKET,  "accelerate",        "s3:GetAccelerateConfiguration",       NULL,                            "AccelerateConfiguration",           NO_BODY    },
    {"GET",    BUCKET,  "acl",               "s3:GetBucketAcl",                     NULL,                            "AccessControlPolicy",               NO_BODY    },
    {"GET",    BUCKET,  "cors",              "s3:GetBucketCors",                    NULL,                            "CORSConfiguration",                 NO_BODY    },
    {"GET",    BUCKET,  "encryption",        "s3:GetBucketEncryption",              "s3:GetBucketEncryption",        "ServerSideEncryptionConfiguration",
     NO_BODY                                                                                                                                                         },
    {"GET",    BUCKET,  "lifecycle",         "s3:GetBucketLifecycle",               NULL,                            "LifecycleConfiguration",            NO_BODY    },
    {"GET",    BUCKET,  "location",          "s3:GetBucketLocation",                NULL,                            "LocationConstraint",                NO_BODY    },
    {"GET",    BUCKET,  "logging",           "s3:GetBucketLogging",                 "s3:GetBucketLogging",           "BucketLoggingStatus",               NO_BODY    },
    {"GET",    BUCKET,  "notification",      "s3:GetBucketNotification",            NULL,                            "NotificationConfiguration",         NO_BODY    },
    {"GET",    BUCKET,  "object-lock",       "s3:GetBucketObjectLockConfiguration", NULL,                            "ObjectLockConfiguration",           NO_BODY    },
    {"GET",    BUCKET,  "ownershipControls", "s3:GetBucketOwnershipControls",       "s3:GetBucketOwnershipControls", "OwnershipControls",
     NO_BODY                                                                                                                                                         },
    {"GET",    BUCKET,  "policy",            "s3:GetBucketPolicy",                  NULL,                            NULL,                                NO_BODY    },
    {"GET",    BUCKET,  "policyStatus",      "s3:GetBucketPolicyStatus",            "s3:GetBucketPolicyStatus",      "PolicyStatus",                      NO_BODY    },
    {"GET",    BUCKET,  "publicAccessBlock", "s3:GetBucketPublicAccessBlock",       "s3:GetPublicAccessBlock",
     "PublicAccessBlockConfiguration",                                                                                                                    NO_BODY    },
    {"GET",    BUCKET,  "replication",       "s3:GetBucketReplication",             NULL,                            "ReplicationConfiguration",          NO_BODY    },
    {"GET",    BUCKET,  "tagging",           "s3:GetBucketTagging",                 "s3:GetBucketTagging",           "Tagging",                           NO_BODY    },
    {"GET",    BUCKET,  "uploads",           "s3:ListMultipartUploads",             "s3:ListMultipartUploads",       "ListMultipartUploadsResult",        NO_BODY    },
    {"GET",    BUCKET,  "versioning",        "s3:GetBucketVersioning",              "s3:GetBucketVersioning",        "VersioningConfiguration",           NO_BODY    },
    {"GET",    BUCKET,  "versions",          "s3:ListObjectVersions",               "s3:ListObjectVersions",         "ListVersionsResult",                NO_BODY    },
    {"GET",    BUCKET,  "website",           "s3:GetBucketWebsite",                 NULL,                            "WebsiteConfiguration",              NO_BODY    },
    {"GET",    BUCKET,  "list-type",         "s3:ListObjects",                      "s3:ListObjectsV2",              "ListBucketResult",                  NO_BODY    },
    {"GET",    BUCKET,  NULL,                "s3:ListObjects",                      "s3:ListObjects",                "ListBucketResult",                  NO_BODY    },
    {"HEAD",   BUCKET,  NULL,                "s3:HeadBucket",                       NULL,                            NULL,                                NO_BODY    },
    {"PUT",    BUCKET,  "acl",               "s3:PutBucketAcl",                     NULL,                            NULL,                                NO_BODY    },
    {"PUT",    BUCKET,  "encryption",        "s3:PutBucketEncryption",              NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  "logging",           "s3:PutBucketLogging",                 NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  "ownershipControls", "s3:PutBucketOwnershipControls",       NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  "policy",            "s3:PutBucketPolicy",                  NULL,                            NULL,                                POLICY_BODY},
    {"PUT",    BUCKET,  "publicAccessBlock", "s3:PutBucketPublicAccessBlock",       NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  "tagging",           "s3:PutBucketTagging",                 NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  "versioning",        "s3:PutBucketVersioning",              NULL,                            NULL,                                XML_BODY   },
    {"PUT",    BUCKET,  NULL,                "s3:CreateBucket",                     NULL,                            NULL,                                XML_BODY   },
    {"DELETE", BUCKET,  "encryption",        "s3:DeleteBucketEncryption",           NULL,                            NULL,                                NO_BODY    },
    {"DELETE", BUCKET,  "policy",            "s3:DeleteBucketPolicy",               NULL,                            NULL,                                NO_BODY    },
    {"DELETE", BUCKET,  "publicAccessBlock", "s3:DeleteBucketPublicAccessBlock",    NULL,                            NULL,                                NO_BODY    },
    {"DELETE", BUCKET,  "tagging",           "s3:DeleteBucketTagging",              NULL,                            NULL,                                NO_BODY    },
    {"DELETE", BUCKET,  NULL,                "s3:DeleteBucket",                     NULL,                            NULL,                                NO_BODY    },
    {"POST",   BUCKET,  "delete",            "s3:DeleteObjects",                    "s3:DeleteObjects",              "DeleteResult",                      KEYS_BODY  },
    {"POST",   OBJECT,  "uploads",           "s3:CreateMultipartUpload",            "s3:CreateMultipartUpload",      "InitiateMultipartUploadResult",
     NO_BODY                                                                                                                                                         },
    {"POST",   OBJECT,  "uploadId",          "s3:CompleteMultipartUpload",          "s3:CompleteMultipartUpload",    "CompleteMultipartUploadResult",
     PARTS_BODY                                                                                                                                                      },
    {"PUT",    OBJECT,  "partNumber",        "s3:UploadPart",                       NULL,                            NULL,                                NO_BODY    },
    {"PUT",    OBJECT,  "acl",               "s3:PutObjectAcl",                     NULL,                            NULL,                                XML_BODY   },
    {"PUT",    OBJECT,  "tagging",           "s3:PutObjectTagging",                 NULL,                            NULL,                                XML_BODY   },
    {"DELETE", OBJECT,  "uploadId",          "s3:AbortMultipartUpload",             NULL,                            NULL,                                NO_BODY    },
    {"DELETE", OBJECT,  "tagging",           "s3:DeleteObjectTagging",              NULL,                            NULL,                                NO_BODY    },
    {"GET",    OBJECT,  "uploadId",          "s3:ListParts",                        "s3:ListParts",                  "ListPartsResult",                   NO_BODY    },
    {"GET",    OBJECT,  "acl",               "s3:GetObjectAcl",                     NULL,                            "AccessControlPolicy",               NO_BODY    },
    {"GET",    OBJECT,  "tagging",           "s3:GetObjectTagging",                 "s3:GetObjectTagging",           "Tagging",                           NO_BODY    },
    {"GET",    OBJECT,  NULL,                "s3:GetObject",                        NULL,                            NULL,                                NO_BODY    },
    {"HEAD",   OBJECT,  NULL,                "s3:HeadObject",                       NULL,                            NULL,                                NO_BODY    },
    {"PUT",    OBJECT,  NULL,                "s3:PutObject",                        NULL,                            NULL,                                NO_BODY    },
    {"DELETE", OBJECT,  NULL,                "s3:DeleteObject",                     NULL,                            NULL,                                NO_BODY    },
};
/* Fields that make another operation of a request than the one that its method alone asks for: what no route above names is not
 * simulated, and is not taken for that one (DELETE of ?cors deletes no bucket). */
static const char *const of_objects[] = {"acl",       "attributes", "legal-hold", "partNumber", "renameObject", "restore",
                                         "retention", "select",     "tagging",    "torrent",    "uploadId",     "uploads"};
static const char *const of_buckets[] = {"abac",
                                         "accelerate",
                                         "acl",
                                         "analytics",
                                         "cors",
                                         "delete",
                                         "encryption",
                                         "intelligent-tiering",
                                         "inventory",
                                         "lifecycle",
                                         "location",
                                         "logging",
                                         "metadataConfiguration",
                                         "metadataInventoryTable",
                                         "metadataJournalTable",
                                         "metadataTable",
                                         "metrics",
                                         "notification",
                                         "object-lock",
                                         "ownershipControls",
                                         "policy",
                                         "policyStatus",
                                         "publicAccessBlock",
                                         "replication",
                                         "requestPayment",
                                         "session",
                                         "tagging",
                                         "uploads",
                                         "versioning",
                                         "versions",
                                         "website"};

static bool other_operation(enum level level, const struct form *query)
{
    const char *const *list = level == OBJECT ? of_objects : of_buckets;
    size_t n = level == OBJECT ? COUNT(of_objects) : level == BUCKET ? COUNT(of_buckets) : 0;
    for (size_t i = 0; i < n; i++)
        if (form_get(query, list[i]))
            return true;
    return false;
}

static const struct route *route_of(const char *method, enum level level, const struct form *query)
{
    bool other = other_operation(level, query);
    for (size_t i = 0; i < COUNT(routes); i++)
        if (text_same(routes[i].method, method) && routes[i].level == level &&
            (routes[i].field ? form_get(query, routes[i].field) != NULL : !other))
            return &routes[i];
    return NULL;
}

/* The same with a source instead of a body. */
static const struct route *copying(const struct route *route)
{
    static const struct route copies[] = {
        {"PUT", OBJECT, "partNumber", "s3:UploadPartCopy", "s3:UploadPartCopy", "CopyPartResult",   NO_BODY},
        {"PUT", OBJECT, NULL,         "s3:CopyObject",     "s3:CopyObject",     "CopyObjectResult", NO_BODY},
    };
    return text_same(route->op, "s3:UploadPart") ? &copies[0] : text_same(route->op, "s3:PutObject") ? &copies[1] : route;
}

/* ---- the path ---- */

static bool read_path(struct http_request *r, struct s3_asked *out)
{
    const char *path = r->path + 1;
    size_t bucket = strcspn(path, "/");
    if (bucket && !uri_decode(&r->arena, path, bucket, false, &out->bucket))
        return false;
    if (!bucket || !path[bucket] || !path[bucket + 1])
        return true;
    return uri_decode(&r->arena, path + bucket + 1, strlen(path + bucket + 1), false, &out->key);
}

/* ---- parameters ---- */

static void put_text(json_t *params, const char *key, const char *value)
{
    if (value)
        json_put_text(params, key, value);
}

/* Fields that operations take (sim/aws/s3.c); those of the signature and of SDKs are none of theirs. */
static void take_query(const struct s3_asked *asked)
{
    static const char *const taken[] = {"list-type",
                                        "prefix",
                                        "delimiter",
                                        "marker",
                                        "encoding-type",
                                        "continuation-token",
                                        "start-after",
                                        "key-marker",
                                        "version-id-marker",
                                        "versionId",
                                        "x-id",
                                        "uploadId",
                                        "partNumber",
                                        "part-number-marker",
                                        "upload-id-marker",
                                        "response-content-type",
                                        "response-content-disposition"};
    for (size_t i = 0; i < COUNT(taken); i++)
        put_text(asked->params, taken[i], form_get(&asked->query, taken[i]));
    static const char *const numbers[] = {"max-keys", "max-parts", "max-uploads"};
    for (size_t i = 0; i < COUNT(numbers); i++)
        put_text(asked->params, numbers[i], form_get(&asked->query, numbers[i]));
}

static bool makes_object(const char *op)
{
    return text_same(op, "s3:PutObject") || text_same(op, "s3:CopyObject") || text_same(op, "s3:CreateMultipartUpload");
}

/* "aws-chunked,gzip": how it travelled is no part of what the object is. */
static const char *own_encoding(const char *value)
{
    static const char travelled[] = "aws-chunked";
    if (!text_starts(value, travelled))
        return value;
    value += strlen(travelled);
    return value + strspn(value, ", ");
}

/* What GETs of the object give back. */
static void take_own_headers(const struct http_request *r, const struct s3_asked *asked)
{
    static const char *const own[] = {"cache-control",    "content-disposition", "content-encoding",
                                      "content-language", "content-type",        "expires"};
    json_t *headers = json_object();
    for (size_t i = 0; i < r->n_headers; i++) {
        const char *name = r->headers[i].name, *value = r->headers[i].value;
        bool is_own = text_starts(name, "x-amz-meta-");
        for (size_t k = 0; k < COUNT(own); k++)
            is_own |= text_same(own[k], name);
        if (text_same(name, "content-encoding"))
            value = own_encoding(value);
        if (is_own && *value)
            put_text(headers, name, value);
    }
    if (json_object_size(headers))
        json_put(asked->params, "headers", headers);
    else
        json_decref(headers);
}

/* x-amz-tagging: "team=web&floor=2" */
static void take_tags(struct http_request *r, const struct s3_asked *asked)
{
    struct form form;
    const char *text = http_header(r, "x-amz-tagging");
    if (!text || !form_read(&r->arena, text, strlen(text), true, &form))
        return;
    json_t *tags = json_array();
    for (size_t i = 0; i < form.n; i++)
        json_array_append_new(tags, json_pack("{s:s, s:s}", "key", form.list[i].name, "value", form.list[i].value));
    json_put(asked->params, "tags", tags);
}

static void take_headers(struct http_request *r, const struct s3_asked *asked)
{
    static const struct {
        const char *op, *header; /* NULL = all that make an object */
    } taken[] = {
        {"s3:CreateBucket",   "x-amz-acl"                                  },
        {"s3:CreateBucket",   "x-amz-object-ownership"                     },
        {"s3:PutBucketAcl",   "x-amz-acl"                                  },
        {"s3:PutObjectAcl",   "x-amz-acl"                                  },
        {"s3:PutObject",      "if-none-match"                              },
        {"s3:CopyObject",     "x-amz-copy-source"                          },
        {"s3:UploadPartCopy", "x-amz-copy-source"                          },
        {"s3:UploadPartCopy", "x-amz-copy-source-range"                    },
        {"s3:CopyObject",     "x-amz-metadata-directive"                   },
        {"s3:CopyObject",     "x-amz-tagging-directive"                    },
        {NULL,                "x-amz-acl"                                  },
        {NULL,                "x-amz-server-side-encryption"               },
        {NULL,                "x-amz-server-side-encryption-aws-kms-key-id"},
        {NULL,                "x-amz-storage-class"                        },
    };
    for (size_t i = 0; i < COUNT(taken); i++)
        if (taken[i].op ? text_same(taken[i].op, asked->op) : makes_object(asked->op))
            put_text(asked->params, taken[i].header, http_header(r, taken[i].header));
    if (makes_object(asked->op)) {
        take_own_headers(r, asked);
        take_tags(r, asked);
    }
}

static void fail(struct s3_asked *asked, const char *code, const char *message)
{
    asked->error_code = code;
    asked->error_message = message;
}

static void take_policy(struct http_request *r, struct s3_asked *asked)
{
    struct err e = {0};
    json_t *policy = json_read(str_text(&r->body), r->body.len, &e);
    if (!json_is_object(policy)) {
        json_decref(policy);
        fail(asked, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
        return;
    }
    json_put(asked->params, "bucketPolicy", policy);
}

/* <Delete><Object><Key>..</Key></Object>..</Delete>; one object alone is no list. */
static void take_keys(struct s3_asked *asked, json_t *document)
{
    const json_t *given = json_object_get(json_object_get(document, "Delete"), "Object");
    json_t *objects = json_array();
    size_t n = json_is_array(given) ? json_array_size(given) : given ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const char *key = json_str(json_is_array(given) ? json_array_get(given, i) : given, "Key");
        const char *version = json_str(json_is_array(given) ? json_array_get(given, i) : given, "VersionId");
        json_array_append_new(objects, json_pack("{s:s, s:s*}", "key", key ? key : "", "versionId", version));
    }
    json_put(asked->params, "objects", objects);
}

/* <CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>..</ETag></Part>..; checksums of parts are not kept. */
static void take_parts(struct s3_asked *asked, json_t *document)
{
    const json_t *given = json_object_get(json_object_get(document, "CompleteMultipartUpload"), "Part");
    json_t *parts = json_array();
    size_t n = json_is_array(given) ? json_array_size(given) : given ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *part = json_is_array(given) ? json_array_get(given, i) : given;
        const char *number = json_str_or(part, "PartNumber", "");
        bool plain = *number && strlen(number) < 7 && !number[strspn(number, ALPHABET_DIGITS)];
        json_array_append_new(
            parts, json_pack("{s:i, s:s}", "partNumber", plain ? atoi(number) : 0, "etag", json_str_or(part, "ETag", "")));
    }
    json_put(asked->params, "parts", parts);
}

static void take_body(struct http_request *r, struct s3_asked *asked, enum body kind)
{
    const char *why = NULL;
    if (kind == POLICY_BODY)
        take_policy(r, asked);
    if (kind == NO_BODY || kind == POLICY_BODY || !r->body.len)
        return;
    json_auto_t *document = xml_read(r->body.s, r->body.len, &r->arena, &why);
    if (!document)
        fail(asked, "MalformedXML",
             "The XML you provided was not well-formed or did not validate against our published schema");
    else if (kind == KEYS_BODY)
        take_keys(asked, document);
    else if (kind == PARTS_BODY)
        take_parts(asked, document);
    else
        json_object_update_missing(asked->params, document); /* which bucket it is, the path alone says */
}

void s3_read(struct http_request *r, struct s3_asked *out)
{
    *out = (struct s3_asked){.params = json_object()};
    if (!read_path(r, out) || !form_read(&r->arena, r->query, strlen(r->query), true, &out->query)) {
        fail(out, "InvalidURI", "Couldn't parse the specified URI.");
        return;
    }
    enum level level = out->key ? OBJECT : out->bucket ? BUCKET : SERVICE;
    const struct route *route = route_of(r->method, level, &out->query);
    if (!route)
        return;
    if (http_header(r, "x-amz-copy-source"))
        route = copying(route);
    out->op = route->op;
    out->shape = route->shape;
    out->root = route->root;
    put_text(out->params, "bucketName", out->bucket);
    put_text(out->params, "key", out->key);
    take_query(out);
    take_headers(r, out);
    take_body(r, out, route->body);
}
