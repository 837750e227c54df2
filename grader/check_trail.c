/* SPDX-License-Identifier: MIT */
/*
 * Checks of what watches and keeps: trails and buckets.
 */
#include "grader/checks.h"

/* ---- trail ---- */

enum { TRAIL_LOGGING, TRAIL_PRESENT, TRAIL_ABSENT };
static const char *const trail_states[] = {"logging", "present", "absent", NULL};
enum { EVENTS_ANY, EVENTS_ALL };
static const char *const trail_events[] = {"any", "all", NULL};
struct trail_params {
    const char *name, *bucket;
    int is;
    bool validation, encrypted, multi_region;
    int events;
    const char *data_events;
};

#define TRAIL(member) offsetof(struct trail_params, member)
static const struct field trail_list[] = {
    {"name",         decode_mentioned, TRAIL(name),         true,  "the trail's name",                                     NULL        },
    {"is",           decode_choice,    TRAIL(is),           true,  "logging, present (logging or not), absent",            trail_states},
    {"bucket",       decode_filled,    TRAIL(bucket),       false, "it delivers into this bucket",                         NULL        },
    {"validation",   decode_bool,      TRAIL(validation),   false, "true: log file validation is on",                      NULL        },
    {"encrypted",    decode_bool,      TRAIL(encrypted),    false, "true: a KMS key encrypts its files",                   NULL        },
    {"multi_region", decode_bool,      TRAIL(multi_region), false, "true: it records every region",                        NULL        },
    {"events",       decode_choice,    TRAIL(events),       false, "all: it records every management event",               trail_events},
    {"data_events",  decode_filled,    TRAIL(data_events),  false, "it records reads and writes of this bucket's objects", NULL        },
};
static const struct fields trail_fields = FIELDS("trail", trail_list, struct trail_params);

static bool need(struct result *r, bool wanted, bool is, const char *says)
{
    if (!wanted)
        return true;
    expected(r, "with %s", says);
    if (!is)
        found(r, "without %s", says);
    return is;
}

/* Every management event is let through by one selector or another. */
static bool records_all(const struct trail *t)
{
    bool reads = !t->selectors, writes = !t->selectors;
    for (size_t i = 0; i < json_array_size(t->selectors); i++) {
        const json_t *s = json_array_get(t->selectors, i);
        bool whole = json_bool_or(s, "includeManagementEvents", true) &&
                     !json_array_size(json_object_get(s, "excludeManagementEventSources"));
        const char *kind = json_str_or(s, "readWriteType", "All");
        reads |= whole && !text_same(kind, "WriteOnly");
        writes |= whole && !text_same(kind, "ReadOnly");
    }
    return reads && writes;
}

/* "arn:aws:s3" is every bucket, "arn:aws:s3:::b/" all objects of one, a prefix some of them. */
static bool selects_all_of(const json_t *resource, const char *bucket)
{
    AUTO(str_drop) struct str arn = {0};
    str_addf(&arn, "arn:aws:s3:::%s/", bucket);
    const json_t *values = json_object_get(resource, "values");
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *value = json_string_value(json_array_get(values, i));
        if (text_same(value, "arn:aws:s3") || text_same(value, "arn:aws:s3:::") || text_same(value, str_text(&arn)))
            return text_same(json_str(resource, "type"), "AWS::S3::Object");
    }
    return false;
}

static bool records_data(const struct trail *t, const char *bucket)
{
    for (size_t i = 0; i < json_array_size(t->selectors); i++) {
        const json_t *s = json_array_get(t->selectors, i), *resources = json_object_get(s, "dataResources");
        for (size_t k = 0; k < json_array_size(resources); k++)
            if (text_same(json_str_or(s, "readWriteType", "All"), "All") &&
                selects_all_of(json_array_get(resources, k), bucket))
                return true;
    }
    return false;
}

static void run_trail(struct scene *scene, const void *params, struct result *r)
{
    const struct trail_params *p = params;
    const struct trail *t = find_trail(scene->now, p->name);
    expected(r, "the trail %s is %s", p->name, trail_states[p->is]);
    found(r,
          !t           ? "there is no trail %s"
          : t->logging ? "the trail %s is logging"
                       : "the trail %s exists and does not log",
          p->name);
    r->good = p->is == TRAIL_ABSENT ? !t : t && (t->logging || p->is == TRAIL_PRESENT);
    if (!r->good)
        cite_entry(scene, r, entry_about(scene->now, t ? "cloudtrail:StopLogging" : "cloudtrail:DeleteTrail", p->name));
    if (!t)
        return;
    r->good &= need(r, p->validation, t->validation, "log file validation");
    r->good &= need(r, p->encrypted, t->key != NULL, "a KMS key");
    r->good &= need(r, p->multi_region, t->multi_region, "every region");
    r->good &= need(r, p->events == EVENTS_ALL, records_all(t), "all management events");
    r->good &= need(r, p->data_events != NULL, records_data(t, p->data_events),
                    arena_printf(scene->arena, "data events of %s", p->data_events ? p->data_events : ""));
    if (p->bucket && !text_same(p->bucket, t->bucket)) {
        found(r, "it delivers into %s", t->bucket);
        r->good = false;
    }
}

const struct check_kind check_trail = {"trail", "a trail is there and logs", &trail_fields, NULL, run_trail};

/* ---- bucket ---- */

enum { BUCKET_ABSENT, BUCKET_PRESENT };
static const char *const bucket_states[] = {"absent", "present", NULL};
enum { ACCESS_ANY, ACCESS_PRIVATE, ACCESS_PUBLIC };
static const char *const accesses[] = {"any", "private", "public", NULL};
struct bucket_params {
    const char *name;
    int is, access;
    bool policy_kept;
};

#define BUCKET(member) offsetof(struct bucket_params, member)
static const struct field bucket_list[] = {
    {"name",        decode_filled, BUCKET(name),        true,  "the bucket's name",                        NULL         },
    {"is",          decode_choice, BUCKET(is),          true,  "present or absent",                        bucket_states},
    {"access",      decode_choice, BUCKET(access),      false, "private: nobody unknown reads it; public", accesses     },
    {"policy_kept", decode_bool,   BUCKET(policy_kept), false, "true: its policy is as it was delivered",  NULL         },
};
static const struct fields bucket_fields = FIELDS("bucket", bucket_list, struct bucket_params);

static bool everybody(const json_t *principal)
{
    if (json_is_string(principal))
        return text_same(json_string_value(principal), "*");
    const json_t *aws = json_object_get(principal, "AWS");
    size_t i;
    json_t *item;
    if (json_is_string(aws))
        return text_same(json_string_value(aws), "*");
    json_array_foreach(aws, i, item) if (text_same(json_string_value(item), "*")) return true;
    return false;
}

/* A statement that allows everybody without a condition; one with a condition is taken as meant. */
static bool policy_opens(const json_t *policy)
{
    const json_t *statements = json_object_get(policy, "Statement");
    size_t n = json_is_array(statements) ? json_array_size(statements) : statements ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *s = json_is_array(statements) ? json_array_get(statements, i) : statements;
        if (text_same(json_str(s, "Effect"), "Allow") && everybody(json_object_get(s, "Principal")) &&
            !json_object_get(s, "Condition"))
            return true;
    }
    return false;
}

/* How the bucket is open to everybody; NULL when it is not. Public access blocks, where set, win over both. */
static const char *how_public(const struct bucket *b)
{
    const json_t *block = b->public_block;
    const json_t *inner = json_object_get(block, "PublicAccessBlockConfiguration");
    block = inner ? inner : block;
    bool acls = block && json_bool_or(block, "IgnorePublicAcls", false);
    bool policies = block && json_bool_or(block, "RestrictPublicBuckets", false);
    if (!acls && b->acl && text_starts(b->acl, "public-"))
        return "its ACL lets everybody in";
    return !policies && policy_opens(b->policy) ? "its policy lets everybody in" : NULL;
}

static void run_bucket(struct scene *scene, const void *params, struct result *r)
{
    const struct bucket_params *p = params;
    const struct bucket *b = find_bucket(scene->now, p->name);
    const struct bucket *before = scene->then ? find_bucket(scene->then, p->name) : NULL;
    expected(r, "the bucket %s is %s", p->name, bucket_states[p->is]);
    found(r, b ? "the bucket %s exists" : "there is no bucket %s", p->name);
    r->good = (b != NULL) == (p->is == BUCKET_PRESENT);
    if (!b && !r->good)
        cite_entry(scene, r, entry_about(scene->now, "s3:DeleteBucket", p->name));
    if (b && p->access != ACCESS_ANY) {
        const char *how = how_public(b);
        expected(r, "it is %s", accesses[p->access]);
        found(r, "%s", how ? how : "nobody unknown reads it");
        r->good &= (how != NULL) == (p->access == ACCESS_PUBLIC);
    }
    if (b && p->policy_kept) {
        bool same = before && (before->policy == b->policy || json_equal(before->policy, b->policy));
        expected(r, "its policy is as it was");
        if (!same)
            found(r, "its policy was changed");
        r->good &= same;
    }
}

const struct check_kind check_bucket = {"bucket", "a bucket is there, private, with its policy", &bucket_fields, NULL,
                                        run_bucket};
