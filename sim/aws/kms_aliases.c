/* SPDX-License-Identifier: MIT */
/* KMS: aliases. Each names a key of its own region. */
#include "sim/aws/kms.h"

static bool alias_valid(struct call *c, const char *name)
{
    size_t n = strlen(name), prefix = strlen("alias/");
    if (!text_starts(name, "alias/") || n == prefix || n > 256 || name[strspn(name, ALPHABET_ALNUM ":/_-")])
        call_fail(c, "ValidationException",
                  "1 validation error detected: Value '%.256s' at 'aliasName' failed to satisfy constraint: Member must "
                  "satisfy regular expression pattern: ^(alias/)[a-zA-Z0-9:/_-]+$",
                  name);
    else if (text_starts(name, "alias/aws/"))
        call_fail(c, "NotAuthorizedException", "Alias name must not begin with alias/aws/");
    return !c->failed;
}

static void log_alias(struct call *c, const struct kms_key *key, const char *name)
{
    kms_log_key(c, key);
    call_log_resource(c, "AWS::KMS::Key", key->arn);
    call_log_resource(c, "AWS::KMS::Key", kms_arn(c, name)); /* the type is genuine */
}

static struct kms_key *target_key(struct call *c)
{
    struct kms_key *key = kms_key_named(c, "targetKeyId");
    return kms_not_pending(c, key) ? key : NULL;
}

void kms_create_alias(struct call *c)
{
    const char *name = call_text(c, "aliasName");
    struct kms_key *key = alias_valid(c, name) ? target_key(c) : NULL;
    if (!key)
        return;
    if (find_kms_alias(c->w, name))
        return call_fail(c, "AlreadyExistsException", "An alias with the name %s already exists", kms_arn(c, name));
    struct kms_alias *alias = arena_alloc(c->arena, sizeof(*alias));
    alias->name = kept(c, name);
    alias->key = key;
    alias->created_ms = c->now_ms;
    roll_add(&c->w->account.aliases_roll, c->arena, alias);
    log_alias(c, key, name);
}

static struct kms_alias *asked_alias(struct call *c)
{
    const char *name = call_text(c, "aliasName");
    struct kms_alias *alias = find_kms_alias(c->w, name);
    bool here = alias && kms_key_here(c, alias->key);
    if (!here)
        call_fail(c, "NotFoundException", "Alias %s is not found.", kms_arn(c, name));
    return here ? alias : NULL;
}

void kms_update_alias(struct call *c)
{
    struct kms_alias *alias = asked_alias(c);
    struct kms_key *key = alias ? target_key(c) : NULL;
    if (!key)
        return;
    alias->key = key;
    log_alias(c, key, alias->name);
}

void kms_delete_alias(struct call *c)
{
    struct kms_alias *alias = asked_alias(c);
    if (!alias)
        return;
    log_alias(c, alias->key, alias->name);
    roll_remove(&c->w->account.aliases_roll, alias);
}

void kms_list_aliases(struct call *c)
{
    struct kms_key *only = call_text(c, "keyId") ? kms_asked_key(c) : NULL;
    if (c->failed)
        return;
    json_t *list = json_array();
    for (const struct kms_alias *alias = c->w->account.aliases; alias; alias = alias->next)
        if ((!only || alias->key == only) && kms_key_here(c, alias->key))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o}", "AliasName", alias->name, "AliasArn",
                                                  kms_arn(c, alias->name), "TargetKeyId", alias->key->id, "CreationDate",
                                                  date_iso(alias->created_ms), "LastUpdatedDate", date_iso(alias->created_ms)));
    kms_page(c, "Aliases", list);
}
