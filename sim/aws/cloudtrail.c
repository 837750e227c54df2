/* SPDX-License-Identifier: MIT */
/*
 * CloudTrail: the table, and the life of trails. Selectors, tags and status are in cloudtrail_settings.c, event history in
 * cloudtrail_lookup.c.
 *
 * A trail needs a bucket whose policy lets the service in, and a key whose policy does; both are asked as AWS asks them,
 * by evaluating the policies for cloudtrail.amazonaws.com. What a trail then delivers follows from account.spans
 * (world.h): every start, stop and change of settings leaves its mark there.
 * Sources: CloudTrail API Reference 2013-11-01; user guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS
 * key policies for CloudTrail"; error sentences from public transcripts.
 */
#include "sim/aws/cloudtrail.h"

#include "sim/base/services.h"

#define MOST_TRAILS 5 /* of a region */

#define TRAIL "arn:aws:cloudtrail:$region:$account:trail/{name}"
#define NAMED "arn:aws:cloudtrail:$region:$account:trail/{trailName}"
#define SETTINGS                                                                                                               \
    "s3KeyPrefix includeGlobalServiceEvents? isMultiRegionTrail? enableLogFileValidation? kmsKeyId isOrganizationTrail? "

/* clang-format off */
static const struct op cloudtrail_ops[] = {
    {"cloudtrail:AddTags",           "resourceId! tagsList[]!",              0,       "{resourceId}", NULL, ct_add_tags           },
    {"cloudtrail:CreateTrail",       "name! s3BucketName! " SETTINGS "tagsList[]", 0, TRAIL,          NULL, ct_create_trail       },
    {"cloudtrail:DeleteTrail",       "name!",                                0,       TRAIL,          NULL, ct_delete_trail       },
    {"cloudtrail:DescribeTrails",    "trailNameList[] includeShadowTrails?", OP_READ, "*",            NULL, ct_describe_trails    },
    {"cloudtrail:GetEventSelectors", "trailName!",                           OP_READ, NAMED,          NULL, ct_get_event_selectors},
    {"cloudtrail:GetTrail",          "name!",                                OP_READ, TRAIL,          NULL, ct_get_trail          },
    {"cloudtrail:GetTrailStatus",    "name!",                                OP_READ, TRAIL,          NULL, ct_get_trail_status   },
    {"cloudtrail:ListPublicKeys",    "startTime endTime nextToken",          OP_READ, "*",            NULL, ct_list_public_keys   },
    {"cloudtrail:ListTags",          "resourceIdList[]! nextToken",          OP_READ, "*",            NULL, ct_list_tags          },
    {"cloudtrail:ListTrails",        "nextToken",                            OP_READ, "*",            NULL, ct_list_trails        },
    {"cloudtrail:LookupEvents",      "lookupAttributes[] startTime endTime eventCategory maxResults# nextToken", OP_READ, "*", NULL,
                                                                                                            ct_lookup_events      },
    {"cloudtrail:PutEventSelectors", "trailName! eventSelectors[]!",         0,       NAMED,          NULL, ct_put_event_selectors},
    {"cloudtrail:RemoveTags",        "resourceId! tagsList[]!",              0,       "{resourceId}", NULL, ct_remove_tags        },
    {"cloudtrail:StartLogging",      "name!",                                0,       TRAIL,          NULL, ct_start_logging      },
    {"cloudtrail:StopLogging",       "name!",                                0,       TRAIL,          NULL, ct_stop_logging       },
    {"cloudtrail:UpdateTrail",       "name! s3BucketName " SETTINGS,         0,       TRAIL,          NULL, ct_update_trail       },
};
/* clang-format on */

const struct service aws_cloudtrail = {
    .name = "cloudtrail",
    .source = SERVICE_CLOUDTRAIL,
    .event_version = "1.11",
    .host = "cloudtrail.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = cloudtrail_ops,
    .n = COUNT(cloudtrail_ops),
};

/* ---- look-ups ---- */

struct trail *ct_trail(struct call *c, const char *param)
{
    const char *name = text_or(call_text(c, param), "");
    struct trail *trail = find_trail(c->w, name);
    const char *arn = text_starts(name, "arn:") ? name
                                                : arena_printf(c->arena, "arn:aws:cloudtrail:%s:%s:trail/%s", c->entry->region,
                                                               c->w->account.id, name);
    if (!trail)
        call_fail(c, "TrailNotFoundException", "Unknown trail: %s for the user: %s", arn, c->w->account.id);
    return trail;
}

struct trail *ct_own_trail(struct call *c, const char *param)
{
    struct trail *trail = ct_trail(c, param);
    if (trail && !text_same(trail->home_region, c->entry->region))
        call_fail(c, "InvalidHomeRegionException", "Trail %s can only be changed in its home region %s, not in %s", trail->name,
                  trail->home_region, c->entry->region);
    return c->failed ? NULL : trail;
}

/* ---- spans ---- */

static void end_span(struct call *c, const struct trail *trail)
{
    for (struct logging_span *span = c->w->account.spans; span; span = span->next)
        if (span->trail == trail && span->to_ms == INT64_MAX)
            span->to_ms = c->now_ms;
}

static bool selects(const json_t *selector, const char *kind)
{
    const char *type = json_str_or(selector, "readWriteType", "All");
    return json_bool_or(selector, "includeManagementEvents", true) && (text_same(type, "All") || text_same(type, kind));
}

static bool selects_data(const json_t *selector)
{
    const json_t *list = json_object_get(selector, "dataResources");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_same(json_str(json_array_get(list, i), "type"), "AWS::S3::Object") &&
            json_array_size(json_object_get(json_array_get(list, i), "values")))
            return true;
    return false;
}

void ct_new_span(struct call *c, struct trail *trail)
{
    end_span(c, trail);
    if (!trail->logging)
        return;
    struct logging_span *span = arena_alloc(c->arena, sizeof(*span));
    *span = (struct logging_span){.trail = trail, .from_ms = c->now_ms, .to_ms = INT64_MAX, .bucket = trail->bucket};
    span->prefix = trail->prefix;
    span->validation = trail->validation;
    span->key = trail->key;
    span->multi_region = trail->multi_region;
    span->global_events = trail->global_events;
    span->reads = span->writes = !trail->selectors;
    for (size_t i = 0; i < json_array_size(trail->selectors); i++) {
        const json_t *selector = json_array_get(trail->selectors, i);
        span->reads |= selects(selector, "ReadOnly");
        span->writes |= selects(selector, "WriteOnly");
        span->data_events |= selects_data(selector);
    }
    span->selectors = trail->selectors;
    span->management = span->reads || span->writes;
    list_append(&c->w->account.spans, span);
}

/* ---- what CreateTrail and UpdateTrail check ---- */

static bool name_valid(struct call *c, const char *name)
{
    size_t n = strlen(name);
    const char *code = "InvalidTrailNameException";
    if (n < 3)
        call_fail(c, code, "Trail name too short. Minimum allowed length: 3 characters. Specified name length: %zu characters.",
                  n);
    else if (n > 128)
        call_fail(c, code,
                  "Trail name too long. Maximum allowed length: 128 characters. Specified name length: %zu characters.", n);
    else if (!strchr(ALPHABET_ALNUM, name[0]))
        call_fail(c, code, "Trail name must starts with a letter or number.");
    else if (!strchr(ALPHABET_ALNUM, name[n - 1]))
        call_fail(c, code, "Trail name must ends with a letter or number.");
    else if (name[strspn(name, ALPHABET_ALNUM "._-")])
        call_fail(c, code,
                  "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
                  "and underscores (_).");
    return !c->failed;
}

/* May the service do this, says the resource's policy? */
static bool service_may(struct call *c, const struct trail *trail, const char *action, const char *resource,
                        const json_t *policy)
{
    const struct principal service = {.kind = PRINCIPAL_SERVICE, .name = SERVICE_CLOUDTRAIL};
    json_auto_t *context = json_object();
    json_put_text(context, "aws:SourceArn", trail->arn);
    json_put_text(context, "aws:SourceAccount", c->w->account.id);
    json_put_text(context, "s3:x-amz-acl", "bucket-owner-full-control");
    json_put_text(context, "kms:EncryptionContext:aws:cloudtrail:arn", trail->arn);
    return policy && authorise(c->w, &(struct question_of_access){.who = &service,
                                                                  .action = action,
                                                                  .resource = resource,
                                                                  .now_ms = c->now_ms,
                                                                  .context = context,
                                                                  .resource_policy = policy})
                         .allowed;
}

static bool bucket_good(struct call *c, const struct trail *trail)
{
    const struct bucket *bucket = find_bucket(c->w, trail->bucket);
    if (!bucket) {
        call_fail(c, "S3BucketDoesNotExistException", "S3 bucket %s does not exist!", trail->bucket);
        return false;
    }
    const char *arn = arena_printf(c->arena, "arn:aws:s3:::%s", bucket->name);
    const char *file = arena_printf(c->arena, "%s/%s%sAWSLogs/%s/CloudTrail/%s/log.json.gz", arn, trail->prefix,
                                    *trail->prefix ? "/" : "", c->w->account.id, trail->home_region);
    if (!service_may(c, trail, "s3:GetBucketAcl", arn, bucket->policy) ||
        !service_may(c, trail, "s3:PutObject", file, bucket->policy))
        call_fail(c, "InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected for bucket: %s",
                  bucket->name);
    return !c->failed;
}

/* A key's id, ARN, alias or alias ARN; "" takes the encryption off. */
static bool find_key(struct call *c, const char *id, struct trail *trail)
{
    if (!id)
        return true;
    trail->key = find_kms_key(c->w, id);
    if (!*id || trail->key)
        return true;
    if (text_starts(id, "alias/") || text_starts(id, "arn:aws:kms:") || strlen(id) == UUID_LEN)
        call_fail(c, "KmsKeyNotFoundException", "KMS key %s does not exist, or is not in the region of the S3 bucket", id);
    else
        call_fail(c, "InvalidKmsKeyIdException", "KMS key ID %s is not valid", id);
    return false;
}

static bool key_good(struct call *c, const struct trail *trail)
{
    const struct kms_key *key = trail->key;
    if (!key)
        return true;
    if (!text_same(key->state, "Enabled"))
        call_fail(c, "KmsKeyDisabledException", "KMS key %s is %s", key->arn,
                  text_same(key->state, "Disabled") ? "disabled" : "pending deletion");
    else if (!service_may(c, trail, "kms:GenerateDataKey", key->arn, key->policy) ||
             !service_may(c, trail, "kms:DescribeKey", key->arn, key->policy))
        call_fail(c, "InsufficientEncryptionPolicyException", "Insufficient permissions to access S3 bucket %s or KMS key %s.",
                  trail->bucket, key->arn);
    return !c->failed;
}

/* Takes over what the call says; the rest stays. */
static bool apply(struct call *c, struct trail *trail)
{
    trail->bucket = kept(c, text_or(call_text(c, "s3BucketName"), trail->bucket));
    trail->prefix = kept(c, text_or(call_text(c, "s3KeyPrefix"), trail->prefix));
    trail->global_events = call_bool(c, "includeGlobalServiceEvents", trail->global_events);
    trail->multi_region = call_bool(c, "isMultiRegionTrail", trail->multi_region);
    trail->validation = call_bool(c, "enableLogFileValidation", trail->validation);
    if (trail->multi_region && !trail->global_events)
        call_fail(c, "InvalidParameterCombinationException", "Multi-Region trail must include global service events.");
    else if (call_bool(c, "isOrganizationTrail", false))
        call_fail(c, "OrganizationsNotInUseException", "The account %s is not a member of an organization", c->w->account.id);
    else if (strlen(trail->prefix) > 200)
        call_fail(c, "InvalidS3PrefixException", "S3 prefix is longer than 200 characters");
    return !c->failed && find_key(c, call_text(c, "kmsKeyId"), trail) && bucket_good(c, trail) && key_good(c, trail);
}

/* ---- the life of a trail ---- */

static json_t *outcome(const struct trail *trail, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "name" : "Name", trail->name);
    json_put_text(j, log ? "s3BucketName" : "S3BucketName", trail->bucket);
    if (*trail->prefix)
        json_put_text(j, log ? "s3KeyPrefix" : "S3KeyPrefix", trail->prefix);
    json_put(j, log ? "includeGlobalServiceEvents" : "IncludeGlobalServiceEvents", json_boolean(trail->global_events));
    json_put(j, log ? "isMultiRegionTrail" : "IsMultiRegionTrail", json_boolean(trail->multi_region));
    json_put_text(j, log ? "trailARN" : "TrailARN", trail->arn);
    json_put(j, log ? "logFileValidationEnabled" : "LogFileValidationEnabled", json_boolean(trail->validation));
    json_put_text(j, log ? "kmsKeyId" : "KmsKeyId", trail->key ? trail->key->arn : NULL);
    json_put(j, log ? "isOrganizationTrail" : "IsOrganizationTrail", json_false());
    return j;
}

void ct_create_trail(struct call *c)
{
    const char *name = call_text(c, "name"), *account = c->w->account.id;
    size_t n = 0;
    for (const struct trail *other = c->w->account.trails; other; other = other->next)
        n += text_same(other->home_region, c->entry->region);
    if (!name_valid(c, name))
        return;
    if (find_trail(c->w, name))
        return call_fail(c, "TrailAlreadyExistsException", "Trail %s already exists for customer: %s", name, account);
    if (n >= MOST_TRAILS)
        return call_fail(c, "MaximumNumberOfTrailsExceededException", "User: %s already has %d trails in %s.", account,
                         MOST_TRAILS, c->entry->region);
    struct trail *trail = arena_alloc(c->arena, sizeof(*trail));
    trail->name = kept(c, name);
    trail->home_region = kept(c, c->entry->region);
    trail->arn = arena_printf(c->arena, "arn:aws:cloudtrail:%s:%s:trail/%s", trail->home_region, account, name);
    trail->prefix = "";
    trail->global_events = true;
    trail->created_ms = c->now_ms;
    trail->tags = tags_read(c, json_object_get(c->params, "tagsList"));
    if (!apply(c, trail))
        return;
    list_append(&c->w->account.trails, trail);
    call_log_response(c, outcome(trail, true));
    c->reply = outcome(trail, false);
}

void ct_update_trail(struct call *c)
{
    struct trail *trail = ct_own_trail(c, "name");
    if (!trail)
        return;
    struct trail changed = *trail;
    if (!apply(c, &changed))
        return;
    *trail = changed;
    ct_new_span(c, trail);
    call_log_response(c, outcome(trail, true));
    c->reply = outcome(trail, false);
}

void ct_delete_trail(struct call *c)
{
    struct trail *trail = ct_own_trail(c, "name");
    if (!trail)
        return;
    end_span(c, trail);
    trail->logging = false;
    list_remove(&c->w->account.trails, trail);
}

void ct_start_logging(struct call *c)
{
    struct trail *trail = ct_own_trail(c, "name");
    if (!trail || trail->logging)
        return;
    trail->logging = true;
    trail->started_ms = c->now_ms;
    ct_new_span(c, trail);
}

void ct_stop_logging(struct call *c)
{
    struct trail *trail = ct_own_trail(c, "name");
    if (!trail || !trail->logging)
        return;
    trail->logging = false;
    trail->stopped_ms = c->now_ms;
    end_span(c, trail);
}
