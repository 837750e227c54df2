/* SPDX-License-Identifier: MIT */
/*
 * EC2: key pairs, each of one region. The private half is given once, to whoever makes the pair, and is in no record.
 * Facts: EC2 API reference, "CreateKeyPair", "ImportKeyPair", "DeleteKeyPair"; public logs.
 */
#include "sim/aws/ec2.h"

#include <string.h>

struct key_pair *ec2_key_pair(struct call *c, const char *name_or_id)
{
    for (struct key_pair *k = c->w->account.key_pairs; k; k = k->next)
        if (text_same(k->region, c->entry->region) && (text_same(k->name, name_or_id) || text_same(k->id, name_or_id)))
            return k;
    return NULL;
}

/* 20 pairs of digits for RSA that AWS made, 16 for what was imported; ed25519's is a SHA-256 in base64. */
static const char *fingerprint(struct call *c, bool imported, bool ed25519)
{
    AUTO(str_drop) struct str text = {0};
    uint8_t bytes[32];
    for (size_t i = 0; i < COUNT(bytes); i++)
        bytes[i] = (uint8_t)chance_below(&c->ids, 256);
    if (ed25519)
        str_add_base64(&text, bytes, sizeof(bytes));
    for (size_t i = 0; !ed25519 && i < (imported ? 16u : 20u); i++)
        str_addf(&text, "%s%02x", i ? ":" : "", bytes[i]);
    return kept(c, str_text(&text));
}

static struct key_pair *new_pair(struct call *c, const char *type, bool imported)
{
    const char *name = call_text(c, "keyName");
    if (strlen(name) > 255) {
        call_fail(c, "InvalidParameterValue", "Value (%s) for parameter KeyName is invalid. Length exceeds maximum of 255.",
                  name);
        return NULL;
    }
    if (ec2_key_pair(c, name)) {
        call_fail(c, "InvalidKeyPair.Duplicate", "The keypair already exists");
        return NULL;
    }
    struct key_pair *k = arena_alloc(c->arena, sizeof(*k));
    k->name = kept(c, name);
    k->type = kept(c, type);
    k->region = kept(c, c->entry->region);
    k->id = call_id(c, "key-0", ALPHABET_HEX, 16);
    k->fingerprint = fingerprint(c, imported, text_same(type, "ed25519"));
    k->created_ms = c->now_ms;
    k->tags = tags_read(c, json_path(c->params, "tagSpecificationSet.items.0.tags"));
    roll_add(&c->w->account.key_pairs_roll, c->arena, k);
    return k;
}

static void answer_pair(struct call *c, const struct key_pair *k, const char *material)
{
    json_t *log = json_pack("{s:s, s:s, s:s, s:s}", "requestId", c->entry->request_id, "keyName", k->name, "keyFingerprint",
                            k->fingerprint, "keyPairId", k->id);
    json_put_text(log, "keyMaterial", material ? "<sensitiveDataRemoved>" : NULL);
    call_log_response(c, log);
    c->reply = json_pack("{s:s, s:s, s:s}", "KeyFingerprint", k->fingerprint, "KeyName", k->name, "KeyPairId", k->id);
    json_put_text(c->reply, "KeyMaterial", material);
}

void ec2_create_key_pair(struct call *c)
{
    static const char *const types[] = {"rsa", "ed25519"};
    const char *type = call_text(c, "keyType") ? call_text(c, "keyType") : types[0];
    if (!text_same(type, types[0]) && !text_same(type, types[1]))
        return call_fail(c, "InvalidParameterValue", "Value (%s) for parameter KeyType is invalid.", type);
    struct key_pair *k = new_pair(c, type, false);
    if (!k)
        return;
    AUTO(str_drop) struct str pem = {0};
    char body[1601];
    chance_text(&c->ids, ALPHABET_ALNUM "+/", 1600, body); /* nobody can log in with it: no simulated server has that key */
    str_add(&pem, "-----BEGIN RSA PRIVATE KEY-----\n");
    for (size_t i = 0; i < 1600; i += 64)
        str_addf(&pem, "%.64s\n", body + i);
    str_add(&pem, "-----END RSA PRIVATE KEY-----");
    answer_pair(c, k, kept(c, str_text(&pem)));
}

void ec2_import_key_pair(struct call *c)
{
    AUTO(str_drop) struct str key = {0};
    const char *material = call_text(c, "publicKeyMaterial");
    if (!base64_decode(material, strlen(material), &key) || !text_starts(str_text(&key), "ssh-"))
        return call_fail(c, "InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    struct key_pair *k = new_pair(c, text_starts(str_text(&key), "ssh-ed25519") ? "ed25519" : "rsa", true);
    if (k)
        answer_pair(c, k, NULL);
}

/* Deleting what is not there works. */
void ec2_delete_key_pair(struct call *c)
{
    const char *id = call_text(c, "keyPairId"), *name = call_text(c, "keyName");
    if (!id && !name)
        return call_fail(c, "MissingParameter", "The request must contain the parameter KeyName or KeyPairId");
    struct key_pair *k = ec2_key_pair(c, id ? id : name);
    if (!k && id)
        return call_fail(c, "InvalidKeyPair.NotFound", "The key pair '%s' does not exist", id);
    json_t *log = json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1);
    json_put_text(log, "keyPairId", k ? k->id : NULL);
    call_log_response(c, log);
    c->reply = wrapped("Return", json_true());
    json_put_text(c->reply, "KeyPairId", k ? k->id : NULL);
    if (k)
        roll_remove(&c->w->account.key_pairs_roll, k);
}

/* Those of the account's past are known by their instances alone. */
void ec2_add_key_pairs(struct call *c, json_t *list)
{
    for (const struct key_pair *k = c->w->account.key_pairs; k; k = k->next)
        if (text_same(k->region, c->entry->region))
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:s, s:o}", "KeyPairId", k->id, "KeyFingerprint", k->fingerprint,
                                            "KeyName", k->name, "KeyType", k->type, "CreateTime", date_iso(k->created_ms)));
}
