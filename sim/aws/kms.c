/* SPDX-License-Identifier: MIT */
/*
 * KMS: keys and key policies. Aliases are in kms_aliases.c, keys in use in kms_use.c.
 *
 * Keys are named by id, ARN, alias or alias ARN; records keep what was said, resources and replies have the ARN.
 * What CloudTrail itself does with a trail's key (GenerateDataKey for each file) is drawn by sim/evidence from the
 * spans of the trail, and is no call here.
 * Sources: KMS API Reference 2014-11-01; KMS developer guide, "Examples of AWS KMS log entries" (dates there have a
 * comma behind the year: "Aug 10, 2022, 10:38:27 PM").
 */
#include "sim/aws/kms.h"

#include "sim/base/services.h"

#define KEY "arn:aws:kms:$region:$account:key/{keyId}"
#define TARGET "arn:aws:kms:$region:$account:key/{targetKeyId}"
#define PAGED "limit# marker"

static op_fn create_key, describe_key, list_keys, enable_key, disable_key, schedule_deletion, cancel_deletion, enable_rotation,
    disable_rotation, get_rotation, update_description, get_key_policy, list_key_policies, put_key_policy, list_tags,
    list_grants;

/* clang-format off */
static const struct op kms_ops[] = {
    {"kms:CancelKeyDeletion",    "keyId!",                                            0,       KEY,    NULL, cancel_deletion   },
    {"kms:CreateAlias",          "aliasName! targetKeyId!",                           0,       TARGET, NULL, kms_create_alias      },
    {"kms:CreateKey",            "policy~ description keyUsage keySpec customerMasterKeySpec origin tags[] multiRegion? "
                                 "bypassPolicyLockoutSafetyCheck?",                   0,       "*",    NULL, create_key        },
    {"kms:Decrypt",              "ciphertextBlob! keyId encryptionContext{} encryptionAlgorithm", OP_READ, KEY, NULL, kms_decrypt},
    {"kms:DeleteAlias",          "aliasName!",                                        0,       "arn:aws:kms:$region:$account:{aliasName}",
                                                                                                       NULL, kms_delete_alias      },
    {"kms:DescribeKey",          "keyId!",                                            OP_READ, KEY,    NULL, describe_key      },
    {"kms:DisableKey",           "keyId!",                                            0,       KEY,    NULL, disable_key       },
    {"kms:DisableKeyRotation",   "keyId!",                                            0,       KEY,    NULL, disable_rotation  },
    {"kms:EnableKey",            "keyId!",                                            0,       KEY,    NULL, enable_key        },
    {"kms:EnableKeyRotation",    "keyId!",                                            0,       KEY,    NULL, enable_rotation   },
    {"kms:Encrypt",              "keyId! plaintext encryptionContext{} encryptionAlgorithm", OP_READ, KEY,    NULL, kms_encrypt       },
    {"kms:GenerateDataKey",      "keyId! encryptionContext{} keySpec numberOfBytes#", OP_READ, KEY,    NULL, kms_generate_data_key},
    {"kms:GenerateDataKeyWithoutPlaintext", "keyId! encryptionContext{} keySpec numberOfBytes#", OP_READ, KEY, NULL,
                                                                                                       kms_generate_data_key   },
    {"kms:GetKeyPolicy",         "keyId! policyName",                                 OP_READ, KEY,    NULL, get_key_policy    },
    {"kms:GetKeyRotationStatus", "keyId!",                                            OP_READ, KEY,    NULL, get_rotation      },
    {"kms:ListAliases",          "keyId " PAGED,                                      OP_READ, "*",    NULL, kms_list_aliases      },
    {"kms:ListGrants",           "keyId! " PAGED,                                     OP_READ, KEY,    NULL, list_grants       },
    {"kms:ListKeyPolicies",      "keyId! " PAGED,                                     OP_READ, KEY,    NULL, list_key_policies },
    {"kms:ListKeys",             PAGED,                                               OP_READ, "*",    NULL, list_keys         },
    {"kms:ListResourceTags",     "keyId! " PAGED,                                     OP_READ, KEY,    NULL, list_tags         },
    {"kms:PutKeyPolicy",         "keyId! policyName policy~! bypassPolicyLockoutSafetyCheck?", 0, KEY,  NULL, put_key_policy    },
    {"kms:ScheduleKeyDeletion",  "keyId! pendingWindowInDays#",                       0,       KEY,    NULL, schedule_deletion },
    {"kms:UpdateAlias",          "aliasName! targetKeyId!",                           0,       TARGET, NULL, kms_update_alias      },
    {"kms:UpdateKeyDescription", "keyId! description!",                               0,       KEY,    NULL, update_description},
};
/* clang-format on */

const struct service aws_kms = {
    .name = "kms",
    .source = SERVICE_KMS,
    .event_version = "1.11",
    .host = "kms.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = kms_ops,
    .n = COUNT(kms_ops),
};

/* ---- finding keys; each failure in KMS's words ---- */

/* A key is where it was made, as its ARN says; its aliases are where it is. */
bool kms_key_here(const struct call *c, const struct kms_key *key)
{
    const char *region = c->entry->region, *at = key->arn + strlen("arn:aws:kms:");
    return text_starts(at, region) && at[strlen(region)] == ':';
}

const char *kms_arn(struct call *c, const char *key_id)
{
    if (text_starts(key_id, "arn:"))
        return key_id;
    return arena_printf(c->arena, "arn:aws:kms:%s:%s:%s%s", c->entry->region, c->w->account.id,
                        text_starts(key_id, "alias/") ? "" : "key/", key_id);
}

struct kms_key *kms_key_named(struct call *c, const char *param)
{
    const char *id = text_or(call_text(c, param), "");
    struct kms_key *key = find_kms_key(c->w, id);
    bool alias = text_starts(id, "alias/") || strstr(id, ":alias/");
    if (key && kms_key_here(c, key))
        return key;
    if (key && text_starts(id, "arn:"))
        call_fail(c, "NotFoundException", "Invalid arn %s", arena_dupn(c->arena, key->arn + 12, strcspn(key->arn + 12, ":")));
    else if (alias)
        call_fail(c, "NotFoundException", "Alias %s is not found.", kms_arn(c, id));
    else if (!text_starts(id, "arn:") && strlen(id) != UUID_LEN)
        call_fail(c, "NotFoundException", "Invalid keyId '%s'", id);
    else
        call_fail(c, "NotFoundException", "Key '%s' does not exist", kms_arn(c, id));
    return NULL;
}

/* Names the key in the record, too. */
struct kms_key *kms_asked_key(struct call *c)
{
    struct kms_key *key = kms_key_named(c, "keyId");
    if (key)
        call_log_resource(c, "AWS::KMS::Key", key->arn);
    return key;
}

/* Operations on the key itself take no alias. */
static struct kms_key *key_itself(struct call *c)
{
    const char *id = text_or(call_text(c, "keyId"), "");
    if (text_starts(id, "alias/") || strstr(id, ":alias/"))
        call_fail(c, "NotFoundException", "Invalid keyId '%s'", id);
    return c->failed ? NULL : kms_asked_key(c);
}

bool kms_not_pending(struct call *c, const struct kms_key *key)
{
    if (key && text_same(key->state, "PendingDeletion"))
        call_fail(c, "KMSInvalidStateException", "%s is pending deletion.", key->arn);
    return key && !c->failed;
}

bool kms_usable(struct call *c, const struct kms_key *key)
{
    if (!kms_not_pending(c, key))
        return false;
    if (!text_same(key->state, "Enabled"))
        call_fail(c, "DisabledException", "%s is disabled.", key->arn);
    return !c->failed;
}

/* ---- tags: [{"tagKey", "tagValue"}] ---- */

static struct tag *read_tags(struct call *c)
{
    const json_t *list = json_object_get(c->params, "tags");
    struct tag *head = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tag *tag = arena_alloc(c->arena, sizeof(*tag));
        tag->key = kept(c, json_str_or(json_array_get(list, i), "tagKey", ""));
        tag->value = kept(c, json_str_or(json_array_get(list, i), "tagValue", ""));
        list_append(&head, tag);
    }
    return head;
}

/* ---- keys ---- */

static json_t *metadata(const struct call *c, const struct kms_key *key, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "aWSAccountId" : "AWSAccountId", c->w->account.id);
    json_put_text(j, log ? "keyId" : "KeyId", key->id);
    json_put_text(j, log ? "arn" : "Arn", key->arn);
    json_put(j, log ? "creationDate" : "CreationDate", log ? date_log_comma(key->created_ms) : date_iso(key->created_ms));
    json_put(j, log ? "enabled" : "Enabled", json_boolean(text_same(key->state, "Enabled")));
    json_put_text(j, log ? "description" : "Description", key->description);
    json_put_text(j, log ? "keyUsage" : "KeyUsage", "ENCRYPT_DECRYPT");
    json_put_text(j, log ? "keyState" : "KeyState", key->state);
    if (!log && key->deletion_ms)
        json_put(j, "DeletionDate", date_iso(key->deletion_ms));
    json_put_text(j, log ? "origin" : "Origin", "AWS_KMS");
    json_put_text(j, log ? "keyManager" : "KeyManager", key->manager);
    json_put_text(j, log ? "customerMasterKeySpec" : "CustomerMasterKeySpec", "SYMMETRIC_DEFAULT");
    json_put_text(j, log ? "keySpec" : "KeySpec", "SYMMETRIC_DEFAULT");
    json_put(j, log ? "encryptionAlgorithms" : "EncryptionAlgorithms", json_pack("[s]", "SYMMETRIC_DEFAULT"));
    json_put(j, log ? "multiRegion" : "MultiRegion", json_false());
    return j;
}

/* NULL after a failure. */
static json_t *read_policy(struct call *c)
{
    json_t *policy = document_given(c, "policy");
    const char *why = "The new key policy is not valid JSON.";
    if (policy && policy_valid(policy, true, &why))
        return world_keep(c->w, policy);
    json_decref(policy);
    call_fail(c, "MalformedPolicyDocumentException", "%s", why);
    return NULL;
}

/* Without a policy of one's own the account decides (KMS developer guide, "Default key policy"). */
static json_t *default_policy(struct call *c)
{
    return world_keep(c->w,
                      json_pack("{s:s, s:s, s:[{s:s, s:s, s:{s:o}, s:s, s:s}]}", "Version", "2012-10-17", "Id", "key-default-1",
                                "Statement", "Sid", "Enable IAM User Permissions", "Effect", "Allow", "Principal", "AWS",
                                json_textf("arn:aws:iam::%s:root", c->w->account.id), "Action", "kms:*", "Resource", "*"));
}

/* Who sets a policy must be able to set it again. */
static bool locks_nobody_out(struct call *c, const json_t *policy, const char *arn)
{
    const struct question_of_access q = {.who = &c->action->who,
                                         .action = "kms:PutKeyPolicy",
                                         .resource = arn,
                                         .source_ip = c->action->from.ip,
                                         .now_ms = c->now_ms,
                                         .resource_policy = policy};
    if (c->action->prelude || call_bool(c, "bypassPolicyLockoutSafetyCheck", false) || authorise(c->w, &q).allowed)
        return true;
    call_fail(c, "MalformedPolicyDocumentException",
              "The new key policy will not allow you to update the key policy in the future.");
    return false;
}

/* As genuine records have it: what was left out stands with its default, the policy as a text. */
static void log_creation(struct call *c)
{
    static const char *const specs[] = {"keySpec", "customerMasterKeySpec"};
    json_t *params = json_copy((json_t *)c->params), *policy = json_object_get(params, "policy");
    if (json_is_object(policy)) {
        AUTO(str_drop) struct str text = {0};
        str_add_json_value(&text, policy);
        json_put_text(params, "policy", str_text(&text));
    }
    json_put_text(params, "description", text_or(call_text(c, "description"), ""));
    json_put_text(params, "keyUsage", "ENCRYPT_DECRYPT");
    json_put_text(params, "origin", "AWS_KMS");
    for (size_t i = 0; i < COUNT(specs); i++)
        json_put_text(params, specs[i], "SYMMETRIC_DEFAULT");
    json_put(params, "bypassPolicyLockoutSafetyCheck", json_boolean(call_bool(c, "bypassPolicyLockoutSafetyCheck", false)));
    json_put(params, "multiRegion", json_false());
    call_log_params(c, params);
}

static bool only_symmetric(struct call *c)
{
    static const char *const params[][2] = {
        {"keySpec",               "SYMMETRIC_DEFAULT"},
        {"customerMasterKeySpec", "SYMMETRIC_DEFAULT"},
        {"keyUsage",              "ENCRYPT_DECRYPT"  },
        {"origin",                "AWS_KMS"          },
    };
    for (size_t i = 0; i < COUNT(params); i++)
        if (call_text(c, params[i][0]) && !text_same(call_text(c, params[i][0]), params[i][1]))
            call_fail(c, "UnsupportedOperationException", "%s: only %s is simulated", params[i][0], params[i][1]);
    return !c->failed;
}

static void create_key(struct call *c)
{
    struct kms_key *key = arena_alloc(c->arena, sizeof(*key));
    log_creation(c);
    if (!only_symmetric(c))
        return;
    key->id = call_uuid(c);
    key->arn = arena_printf(c->arena, "arn:aws:kms:%s:%s:key/%s", c->entry->region, c->w->account.id, key->id);
    key->policy = json_object_get(c->params, "policy") ? read_policy(c) : default_policy(c);
    if (!key->policy || !locks_nobody_out(c, key->policy, key->arn))
        return;
    key->description = kept(c, text_or(call_text(c, "description"), ""));
    key->state = "Enabled";
    key->manager = "CUSTOMER";
    key->tags = read_tags(c);
    key->created_ms = c->now_ms;
    roll_add(&c->w->account.keys_roll, c->arena, key);
    call_log_response(c, wrapped("keyMetadata", metadata(c, key, true)));
    call_log_resource(c, "AWS::KMS::Key", key->arn);
    c->reply = wrapped("KeyMetadata", metadata(c, key, false));
}

static void describe_key(struct call *c)
{
    struct kms_key *key = kms_asked_key(c);
    if (key)
        c->reply = wrapped("KeyMetadata", metadata(c, key, false));
}

void kms_page(struct call *c, const char *key, json_t *list)
{
    static const struct paging markers = {"limit", "marker", "NextMarker", "Truncated"};
    reply_page_by(c, &markers, key, list, 100);
}

static void list_keys(struct call *c)
{
    json_t *list = json_array();
    for (const struct kms_key *key = c->w->account.keys; key; key = key->next)
        if (kms_key_here(c, key))
            json_array_append_new(list, json_pack("{s:s, s:s}", "KeyId", key->id, "KeyArn", key->arn));
    kms_page(c, "Keys", list);
}

/* Genuine: the response has the key's ARN, although the API returns nothing. */
void kms_log_key(struct call *c, const struct kms_key *key)
{
    call_log_response(c, wrapped("keyId", json_string(key->arn)));
}

static void set_state(struct call *c, const char *state)
{
    struct kms_key *key = key_itself(c);
    if (!kms_not_pending(c, key))
        return;
    key->state = state;
    kms_log_key(c, key);
}

static void enable_key(struct call *c)
{
    set_state(c, "Enabled");
}

static void disable_key(struct call *c)
{
    set_state(c, "Disabled");
}

static void schedule_deletion(struct call *c)
{
    struct kms_key *key = key_itself(c);
    int64_t days = call_int(c, "pendingWindowInDays", 30);
    if (!kms_not_pending(c, key))
        return;
    if (days < 7 || days > 30)
        return call_fail(c, "ValidationException",
                         "1 validation error detected: Value '%lld' at 'pendingWindowInDays' failed to satisfy constraint: "
                         "Member must have value %s than or equal to %d",
                         (long long)days, days < 7 ? "greater" : "less", days < 7 ? 7 : 30);
    key->state = "PendingDeletion";
    key->deletion_ms = c->now_ms + days * 86400000;
    call_log_response(c, json_pack("{s:s, s:s, s:o, s:I}", "keyId", key->arn, "keyState", key->state, "deletionDate",
                                   date_log_comma(key->deletion_ms), "pendingWindowInDays", (json_int_t)days));
    c->reply = json_pack("{s:s, s:o, s:s, s:I}", "KeyId", key->arn, "DeletionDate", date_iso(key->deletion_ms), "KeyState",
                         key->state, "PendingWindowInDays", (json_int_t)days);
}

static void cancel_deletion(struct call *c)
{
    struct kms_key *key = key_itself(c);
    if (key && !text_same(key->state, "PendingDeletion"))
        call_fail(c, "KMSInvalidStateException", "%s is not pending deletion.", key->arn);
    if (!key || c->failed)
        return;
    key->state = "Disabled";
    key->deletion_ms = 0;
    kms_log_key(c, key);
    c->reply = wrapped("KeyId", json_string(key->arn));
}

static void set_rotation(struct call *c, bool rotation)
{
    struct kms_key *key = key_itself(c);
    if (!kms_usable(c, key))
        return;
    key->rotation = rotation;
    kms_log_key(c, key);
}

static void enable_rotation(struct call *c)
{
    set_rotation(c, true);
}

static void disable_rotation(struct call *c)
{
    set_rotation(c, false);
}

static void get_rotation(struct call *c)
{
    struct kms_key *key = key_itself(c);
    if (key)
        c->reply = wrapped("KeyRotationEnabled", json_boolean(key->rotation));
}

static void update_description(struct call *c)
{
    struct kms_key *key = key_itself(c);
    if (!kms_not_pending(c, key))
        return;
    key->description = kept(c, call_text(c, "description"));
    kms_log_key(c, key);
}

/* ---- policies ---- */

static bool default_name(struct call *c)
{
    if (!text_same(text_or(call_text(c, "policyName"), "default"), "default"))
        call_fail(c, "NotFoundException", "No such policy exists");
    return !c->failed;
}

static void get_key_policy(struct call *c)
{
    struct kms_key *key = key_itself(c);
    if (!key || !default_name(c))
        return;
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, key->policy);
    c->reply = json_pack("{s:s, s:s}", "Policy", str_text(&text), "PolicyName", "default");
}

static void list_key_policies(struct call *c)
{
    if (key_itself(c))
        kms_page(c, "PolicyNames", json_pack("[s]", "default"));
}

static void put_key_policy(struct call *c)
{
    struct kms_key *key = key_itself(c);
    log_document_as_text(c, "policy");
    if (!kms_not_pending(c, key) || !default_name(c))
        return;
    json_t *policy = read_policy(c);
    if (!policy || !locks_nobody_out(c, policy, key->arn))
        return;
    key->policy = policy;
    kms_log_key(c, key);
}

static void list_tags(struct call *c)
{
    struct kms_key *key = key_itself(c);
    if (!key)
        return;
    json_t *list = json_array();
    for (const struct tag *tag = key->tags; tag; tag = tag->next)
        json_array_append_new(list, json_pack("{s:s, s:s}", "TagKey", tag->key, "TagValue", tag->value));
    kms_page(c, "Tags", list);
}

static void list_grants(struct call *c)
{
    if (key_itself(c)) /* nothing here makes any */
        kms_page(c, "Grants", json_array());
}
