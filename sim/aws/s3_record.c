/* SPDX-License-Identifier: MIT */
/*
 * S3: what every record has, refused or not. Parameters are anything here: the call may have failed because of them.
 * Facts: public logs of 2023 to 2025; S3 user guide, "CloudTrail log file entries for Amazon S3".
 */
#include "sim/aws/s3.h"

static const struct { /* what follows the "?" in the request; rows name it as a parameter, too */
    const char *op, *query;
} subresources[] = {
    {"Acl",                     "acl"              },
    {"BucketEncryption",        "encryption"       },
    {"AccelerateConfiguration", "accelerate"       },
    {"BucketCors",              "cors"             },
    {"BucketLifecycle",         "lifecycle"        },
    {"BucketLocation",          "location"         },
    {"BucketLogging",           "logging"          },
    {"BucketNotification",      "notification"     },
    {"ObjectLockConfiguration", "object-lock"      },
    {"OwnershipControls",       "ownershipControls"},
    {"BucketPolicy",            "policy"           },
    {"PolicyStatus",            "policyStatus"     },
    {"PublicAccessBlock",       "publicAccessBlock"},
    {"Replication",             "replication"      },
    {"Tagging",                 "tagging"          },
    {"BucketVersioning",        "versioning"       },
    {"ObjectVersions",          "versions"         },
    {"BucketWebsite",           "website"          },
    {"DeleteObjects",           "delete"           },
    {"CreateMultipartUpload",   "uploads"          },
    {"ListMultipartUploads",    "uploads"          },
};

static bool is_body(const char *key, const json_t *value)
{
    return json_is_object(value) && !text_same(key, "headers");
}

/* Bodies first, then the bucket, the host and the query, as genuine records have it. What is sent beside (an object's
 * bytes, the list of DeleteObjects) is not recorded. */
static json_t *recorded_params(struct call *c, const char *host)
{
    static const char *const unrecorded[] = {"body", "size",  "etag", "objects",    "headers",
                                             "tags", "parts", "Host", "bucketName", "key"};
    json_t *params = json_object(), *value;
    const char *key, *bucket = json_str(c->params, "bucketName");
    json_object_foreach((json_t *)c->params, key, value)
    {
        if (!is_body(key, value))
            continue;
        json_t *copy = json_deep_copy(value);
        if (!text_same(key, "bucketPolicy") && !json_object_get(copy, "xmlns"))
            json_put_text(copy, "xmlns", S3_XMLNS);
        json_put(params, key, copy);
    }
    json_put_text(params, "bucketName", bucket);
    json_put_text(params, "Host", host);
    json_put_text(params, "key", json_str(c->params, "key"));
    for (size_t i = 0; i < COUNT(subresources); i++)
        if (text_ends(c->op->name, subresources[i].op))
            json_put_text(params, subresources[i].query, "");
    json_object_foreach((json_t *)c->params, key, value)
    {
        bool left_out = is_body(key, value) || json_object_get(params, key);
        for (size_t i = 0; i < COUNT(unrecorded); i++)
            left_out |= text_same(unrecorded[i], key);
        if (!left_out)
            json_put(params, key, json_deep_copy(value));
    }
    return params;
}

/* `aws s3 mb` in any region but the first says which; a scenario need not. */
static void add_location(struct call *c, json_t *params)
{
    if (!text_same(c->op->name, "s3:CreateBucket") || text_same(c->entry->region, "us-east-1") ||
        json_object_get(params, "CreateBucketConfiguration"))
        return;
    json_t *ordered = wrapped("CreateBucketConfiguration",
                              json_pack("{s:s, s:s}", "LocationConstraint", c->entry->region, "xmlns", S3_XMLNS));
    json_object_update_missing(ordered, params);
    json_object_clear(params);
    json_object_update(params, ordered);
    json_decref(ordered);
}

/* About how long the XML is that S3 and its clients send for a document: tags and texts. */
static int64_t xml_length(const json_t *value)
{
    int64_t n = 0;
    const char *key;
    json_t *item;
    if (json_is_string(value))
        return (int64_t)json_string_length(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? 4 : 5;
    if (json_is_number(value))
        return 4;
    for (size_t i = 0; i < json_array_size(value); i++)
        n += xml_length(json_array_get(value, i));
    json_object_foreach((json_t *)value, key, item) n += 2 * (int64_t)strlen(key) + 5 + xml_length(item);
    return n;
}

#define XML_DECLARATION 39

static int64_t bytes_in(const struct call *c)
{
    const char *key;
    json_t *value;
    int64_t n = call_int(c, "size", call_text(c, "body") ? (int64_t)strlen(call_text(c, "body")) : 0);
    json_object_foreach((json_t *)c->params, key, value)
    {
        AUTO(str_drop) struct str text = {0};
        if (!is_body(key, value))
            continue;
        str_add_json_value(&text, value);
        n += text_same(key, "bucketPolicy") ? (int64_t)text.len : xml_length(value) + 2 * (int64_t)strlen(key) + 5;
    }
    return n;
}

static int64_t bytes_out(const struct call *c)
{
    const char *message = text_or(c->error_message, "");
    if (c->failed) /* <Error><Code/><Message/><RequestId/><HostId/></Error> */
        return XML_DECLARATION + 124 + (int64_t)(strlen(text_or(c->error_code, "")) + strlen(message)) + 16 + 76;
    if (text_same(c->op->name, "s3:GetObject"))
        return json_int_or(c->reply, "ContentLength", 0);
    return c->op->flags & OP_READ && !text_starts(c->op->name, "s3:Head") ? XML_DECLARATION + xml_length(c->reply) : 0;
}

static void add_additional(struct call *c)
{
    AUTO(str_drop) struct str id = {0};
    uint64_t random[7];
    json_t *more = json_object();
    for (size_t i = 0; i < COUNT(random); i++)
        random[i] = chance_u64(&c->ids);
    uint8_t bytes[sizeof(random)];
    for (size_t i = 0; i < sizeof(bytes); i++) /* the same on machines of either byte order */
        bytes[i] = (uint8_t)(random[i / 8] >> (8 * (i % 8)));
    str_add_base64(&id, bytes, sizeof(bytes));
    bool signs = c->action->who.kind != PRINCIPAL_ANONYMOUS;
    json_put_text(more, "SignatureVersion", signs ? "SigV4" : NULL);
    json_put_text(more, "CipherSuite", c->entry->from.tls13 ? "TLS_AES_128_GCM_SHA256" : "ECDHE-RSA-AES128-GCM-SHA256");
    json_put(more, "bytesTransferredIn", json_integer(bytes_in(c)));
    json_put_text(more, "AuthenticationMethod", signs ? "AuthHeader" : NULL);
    json_put_text(more, "x-amz-id-2", str_text(&id));
    json_put(more, "bytesTransferredOut", json_integer(bytes_out(c)));
    call_log_additional(c, more);
}

/* Genuine: no resources when the bucket comes to be, or none is meant. An object's stands before its bucket. */
static void add_resources(struct call *c, const char *bucket)
{
    const char *key = json_str(c->params, "key");
    if (!bucket || text_same(c->op->name, "s3:CreateBucket"))
        return;
    const char *arn = arena_printf(c->arena, "arn:aws:s3:::%s", bucket);
    if (c->op->flags & OP_DATA && !text_same(c->op->name, "s3:HeadBucket")) {
        if (key)
            call_log_resource(c, "AWS::S3::Object", arena_printf(c->arena, "%s/%s", arn, key));
        else {
            if (!c->entry->resources)
                c->entry->resources = json_array();
            json_array_append_new(c->entry->resources,
                                  json_pack("{s:s, s:o}", "type", "AWS::S3::Object", "ARNPrefix", json_textf("%s/", arn)));
        }
    }
    call_log_resource(c, "AWS::S3::Bucket", arn);
}

void s3_complete(struct call *c)
{
    const char *bucket = json_str(c->params, "bucketName"), *host = json_str(c->params, "Host");
    const struct bucket *known = find_bucket(c->w, bucket);
    const char *region = known ? known->region : c->entry->region;
    if (!host)
        host = bucket ? arena_printf(c->arena, "%s.s3.%s.amazonaws.com", bucket, region)
                      : arena_printf(c->arena, "s3.%s.amazonaws.com", c->entry->region);
    json_t *params = recorded_params(c, host);
    add_location(c, params);
    call_log_params(c, params);
    add_additional(c);
    add_resources(c, bucket);
}
