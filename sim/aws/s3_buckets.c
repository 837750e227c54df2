/* SPDX-License-Identifier: MIT */
/*
 * S3: buckets and their settings. A setting is kept as its XML would say it ({"Rule": {...}}), replies say it as the API's
 * JSON does ({"Rules": [...]}).
 */
#include "sim/aws/s3.h"

/* ---- buckets' settings that nobody here ever makes: reading them fails, as in most real accounts ---- */

static const struct unset {
    const char *op, *code, *says;
} unset[] = {
    {"s3:GetBucketCors",                    "NoSuchCORSConfiguration",               "The CORS configuration does not exist"                     },
    {"s3:GetBucketLifecycle",               "NoSuchLifecycleConfiguration",          "The lifecycle configuration does not exist"                },
    {"s3:GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError",
     "Object Lock configuration does not exist for this bucket"                                                                                  },
    {"s3:GetBucketReplication",             "ReplicationConfigurationNotFoundError", "The replication configuration was not found"               },
    {"s3:GetBucketWebsite",                 "NoSuchWebsiteConfiguration",            "The specified bucket does not have a website configuration"},
};

void s3_get_unset(struct call *c)
{
    if (!s3_bucket(c))
        return;
    for (size_t i = 0; i < COUNT(unset); i++)
        if (text_same(unset[i].op, c->op->name))
            call_fail(c, unset[i].code, "%s", unset[i].says);
}

/* ---- look-ups ---- */

struct bucket *s3_bucket(struct call *c)
{
    struct bucket *bucket = find_bucket(c->w, call_text(c, "bucketName"));
    if (!bucket)
        call_fail(c, "NoSuchBucket", "The specified bucket does not exist");
    return bucket;
}

bool s3_has_delivered_logs(const struct world *w, const struct bucket *bucket)
{
    for (const struct logging_span *span = w->account.spans; span && !w->deliveries_known; span = span->next)
        if (text_same(span->bucket, bucket->name))
            return true;
    return false;
}

bool s3_as_recorded(struct call *c, const struct bucket *bucket)
{
    const struct entry *recorded = c->w->depth ? NULL : c->w->recorded;
    if (!recorded || !s3_has_delivered_logs(c->w, bucket))
        return false;
    if (recorded->error_code)
        call_fail(c, recorded->error_code, "%s", text_or(recorded->error_message, ""));
    return true;
}

/* A setting's body. Records have the XML's namespace in it, the world has not. */
static json_t *body(struct call *c, const char *param)
{
    json_t *copy = json_deep_copy(json_object_get(c->params, param));
    json_object_del(copy, "xmlns");
    return copy;
}

/* XML says one thing plainly and several as a list; the API's JSON always says a list. */
static json_t *as_list(const json_t *value)
{
    if (json_is_array(value))
        return json_deep_copy(value);
    json_t *list = json_array();
    if (value)
        json_array_append_new(list, json_deep_copy(value));
    return list;
}

void s3_malformed(struct call *c)
{
    call_fail(c, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
}

/* ---- buckets ---- */

/* S3 user guide, "Bucket naming rules". */
static bool name_valid(const char *name)
{
    size_t n = strlen(name);
    struct cidr address;
    if (n < 3 || n > 63 || name[strspn(name, ALPHABET_LOWER ".-")] || !strchr(ALPHABET_LOWER, name[0]) ||
        !strchr(ALPHABET_LOWER, name[n - 1]) || strstr(name, "..") || text_starts(name, "xn--") || text_ends(name, "-s3alias"))
        return false;
    return strchr(name, ':') || !cidr_parse(name, &address);
}

static json_t *all_blocked(void)
{
    return json_pack("{s:b, s:b, s:b, s:b}", "BlockPublicAcls", 1, "IgnorePublicAcls", 1, "BlockPublicPolicy", 1,
                     "RestrictPublicBuckets", 1);
}

/* Whose it is already is told so, but in the first region, where it is as if it had been made (and its list is private again).
 */
static void create_again(struct call *c, struct bucket *bucket)
{
    if (!text_same(c->entry->region, "us-east-1") || !text_same(bucket->region, "us-east-1"))
        return call_fail(c, "BucketAlreadyOwnedByYou",
                         "Your previous request to create the named bucket succeeded and you already own it.");
    bucket->acl = "private";
    c->reply = wrapped("Location", json_textf("/%s", bucket->name));
}

/* New buckets take no ACLs and nothing public: so since April 2023. */
void s3_create_bucket(struct call *c)
{
    const char *name = call_text(c, "bucketName"), *region = c->entry->region;
    const char *asked = json_str(json_object_get(c->params, "CreateBucketConfiguration"), "LocationConstraint");
    if (!name_valid(name))
        return call_fail(c, "InvalidBucketName", "The specified bucket is not valid.");
    if (asked && !text_same(asked, region))
        return call_fail(
            c, "IllegalLocationConstraintException",
            "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", asked);
    if (find_bucket(c->w, name))
        return create_again(c, find_bucket(c->w, name));
    struct bucket *bucket = arena_alloc(c->arena, sizeof(*bucket));
    bucket->name = kept(c, name);
    bucket->region = kept(c, region);
    bucket->created_ms = c->now_ms;
    bucket->versioning = "";
    bucket->acl = "private";
    bucket->ownership = "BucketOwnerEnforced";
    bucket->public_block = world_keep(c->w, all_blocked());
    roll_add(&c->w->account.buckets_roll, c->arena, bucket);
    c->reply = wrapped("Location", json_textf("http://%s.s3.amazonaws.com/", name));
}

void s3_delete_bucket(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (!bucket)
        return;
    if (!s3_as_recorded(c, bucket) && (bucket->objects || bucket->older || s3_has_delivered_logs(c->w, bucket)))
        return call_fail(c, "BucketNotEmpty", "The bucket you tried to delete is not empty%s",
                         *bucket->versioning ? ". You must delete all versions in the bucket." : "");
    if (c->failed)
        return;
    roll_remove(&c->w->account.buckets_roll, bucket);
}

void s3_head_bucket(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        c->reply = wrapped("BucketRegion", json_string(bucket->region));
}

json_t *s3_owner(const struct call *c)
{
    uint8_t digest[32];
    AUTO(str_drop) struct str hex = {0};
    sha256(c->w->account.id, strlen(c->w->account.id), digest);
    str_add_hex(&hex, digest, sizeof(digest));
    return wrapped("ID", json_string(str_text(&hex))); /* a canonical user id: 64 hexadecimal digits */
}

void s3_list_buckets(struct call *c)
{
    json_t *list = json_array();
    for (const struct bucket *bucket = c->w->account.buckets; bucket; bucket = bucket->next)
        json_array_append_new(list,
                              json_pack("{s:s, s:o}", "Name", bucket->name, "CreationDate", date_iso(bucket->created_ms)));
    c->reply = wrapped("Buckets", list);
    json_put(c->reply, "Owner", s3_owner(c));
}

void s3_get_location(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        c->reply =
            wrapped("LocationConstraint", text_same(bucket->region, "us-east-1") ? json_null() : json_string(bucket->region));
}

/* ---- policy ---- */

/* Every resource must be the bucket or something in it. */
static bool about_the_bucket(const json_t *policy, const char *name)
{
    json_t *statements = as_list(json_object_get(policy, "Statement"));
    size_t n = strlen(name);
    bool good = true;
    for (size_t i = 0; i < json_array_size(statements); i++) {
        json_t *resources = as_list(json_object_get(json_array_get(statements, i), "Resource"));
        for (size_t k = 0; k < json_array_size(resources); k++) {
            const char *arn = json_string_value(json_array_get(resources, k)), *prefix = "arn:aws:s3:::";
            good &= text_starts(arn, prefix) && strncmp(arn + strlen(prefix), name, n) == 0 &&
                    strchr("/*", arn[strlen(prefix) + n]) != NULL;
        }
        json_decref(resources);
    }
    json_decref(statements);
    return good;
}

/* The policy is the request's body, JSON as it stands; scenarios give it as a map. */
void s3_put_policy(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const json_t *policy = json_object_get(c->params, "bucketPolicy");
    const char *why = NULL;
    if (!bucket)
        return;
    if (!policy_valid(policy, true, &why))
        return call_fail(c, "MalformedPolicy", "%s", why);
    if (!about_the_bucket(policy, bucket->name))
        return call_fail(c, "MalformedPolicy", "Policy has invalid resource");
    if (json_bool_or(bucket->public_block, "BlockPublicPolicy", false) && policy_is_public(policy))
        return call_fail(c, "AccessDenied",
                         "User: %s is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::%s\" because "
                         "public policies are blocked by the BlockPublicPolicy block public access setting.",
                         principal_arn(c->w, c->arena, &c->action->who), bucket->name);
    bucket->policy = world_keep(c->w, json_deep_copy(policy));
}

static bool has_policy(struct call *c, const struct bucket *bucket)
{
    if (bucket && !bucket->policy)
        call_fail(c, "NoSuchBucketPolicy", "The bucket policy does not exist");
    return bucket && bucket->policy;
}

void s3_get_policy(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (!has_policy(c, bucket))
        return;
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, bucket->policy);
    c->reply = wrapped("Policy", json_string(str_text(&text)));
}

void s3_get_policy_status(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (has_policy(c, bucket))
        c->reply = wrapped("PolicyStatus", wrapped("IsPublic", json_boolean(policy_is_public(bucket->policy))));
}

void s3_delete_policy(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        bucket->policy = NULL;
}

/* ---- who owns what is put ---- */

void s3_get_ownership(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        c->reply = wrapped("OwnershipControls", json_pack("{s:[{s:s}]}", "Rules", "ObjectOwnership", bucket->ownership));
}

void s3_put_ownership(struct call *c)
{
    static const char *const known[] = {"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"};
    struct bucket *bucket = s3_bucket(c);
    json_t *rules = as_list(json_path(c->params, "OwnershipControls.Rule"));
    const char *asked = json_str(json_array_get(rules, 0), "ObjectOwnership");
    const char *found = NULL;
    for (size_t i = 0; i < COUNT(known); i++)
        if (text_same(known[i], asked))
            found = known[i];
    if (bucket && !found)
        s3_malformed(c);
    else if (bucket)
        bucket->ownership = found;
    json_decref(rules);
}

/* ---- encryption: without a setting of its own a bucket has SSE-S3 (since January 2023) ---- */

void s3_get_encryption(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (!bucket)
        return;
    json_t *rules = as_list(json_object_get(bucket->encryption, "Rule"));
    if (!json_array_size(rules))
        json_array_append_new(rules, json_pack("{s:{s:s}, s:b}", "ApplyServerSideEncryptionByDefault", "SSEAlgorithm", "AES256",
                                               "BucketKeyEnabled", 0));
    c->reply = wrapped("ServerSideEncryptionConfiguration", wrapped("Rules", rules));
}

void s3_put_encryption(struct call *c)
{
    static const char *const known[] = {"AES256", "aws:kms", "aws:kms:dsse"};
    struct bucket *bucket = s3_bucket(c);
    json_t *asked = world_keep(c->w, body(c, "ServerSideEncryptionConfiguration"));
    json_t *rules = world_keep(c->w, as_list(json_object_get(asked, "Rule")));
    const json_t *by_default = json_object_get(json_array_get(rules, 0), "ApplyServerSideEncryptionByDefault");
    bool good = false;
    for (size_t i = 0; i < COUNT(known); i++)
        good |= text_same(known[i], json_str(by_default, "SSEAlgorithm"));
    if (bucket && (!good || json_array_size(rules) != 1))
        return s3_malformed(c);
    if (bucket)
        bucket->encryption = asked;
}

void s3_delete_encryption(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        bucket->encryption = NULL;
}

/* ---- versioning, tags, logging, public access ---- */

void s3_get_versioning(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (!bucket)
        return;
    c->reply = json_object();
    if (*bucket->versioning)
        json_put_text(c->reply, "Status", bucket->versioning);
}

void s3_put_versioning(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *status = json_str(json_object_get(c->params, "VersioningConfiguration"), "Status");
    if (bucket && !text_same(status, "Enabled") && !text_same(status, "Suspended"))
        return call_fail(c, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
    if (!bucket || text_same(bucket->versioning, status))
        return;
    bucket->versioning = kept(c, status);
    if (text_same(status, "Suspended"))
        bucket->suspended_ms = c->now_ms;
    else if (!bucket->versioned_ms)
        bucket->versioned_ms = c->now_ms;
}

void s3_get_tagging(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket && !bucket->tags)
        call_fail(c, "NoSuchTagSet", "The TagSet does not exist");
    else if (bucket)
        c->reply = wrapped("TagSet", tags_reply(bucket->tags));
}

void s3_put_tagging(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    json_t *list = as_list(json_path(c->params, "Tagging.TagSet.Tag"));
    if (bucket && !json_array_size(list))
        s3_malformed(c);
    else if (bucket)
        bucket->tags = tags_read(c, list);
    json_decref(list);
}

void s3_delete_tagging(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        bucket->tags = NULL;
}

void s3_get_logging(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (!bucket)
        return;
    c->reply = json_object();
    if (bucket->logging)
        json_put(c->reply, "LoggingEnabled", json_deep_copy(bucket->logging));
}

void s3_put_logging(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const json_t *enabled = json_path(c->params, "BucketLoggingStatus.LoggingEnabled");
    if (!bucket)
        return;
    if (enabled && !find_bucket(c->w, json_str(enabled, "TargetBucket")))
        return call_fail(c, "InvalidTargetBucketForLogging", "The target bucket for logging does not exist");
    bucket->logging = enabled ? world_keep(c->w, json_deep_copy(enabled)) : NULL;
}

void s3_get_public_block(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket && !bucket->public_block)
        call_fail(c, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found");
    else if (bucket)
        c->reply = wrapped("PublicAccessBlockConfiguration", json_deep_copy(bucket->public_block));
}

/* What is not said is false. */
void s3_put_public_block(struct call *c)
{
    static const char *const keys[] = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"};
    struct bucket *bucket = s3_bucket(c);
    const json_t *asked = json_object_get(c->params, "PublicAccessBlockConfiguration");
    json_t *block = json_object();
    for (size_t i = 0; i < COUNT(keys); i++)
        json_put(block, keys[i], json_boolean(json_bool_or(asked, keys[i], false)));
    world_keep(c->w, block);
    if (bucket)
        bucket->public_block = block;
}

void s3_delete_public_block(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    if (bucket)
        bucket->public_block = NULL;
}

void s3_get_nothing(struct call *c)
{
    if (s3_bucket(c))
        c->reply = json_object();
}
