/* SPDX-License-Identifier: MIT */
/*
 * KMS: keys in use. What is encrypted here comes back from Decrypt, with the same encryption context only; a ciphertext
 * carries all that is needed, so that nothing is remembered. The cipher keeps no secret from anybody who reads this
 * file: a key's material follows from its id.
 *
 * A ciphertext: 5 bytes that all have, the key's id (16), a nonce (12), a tag (16), then the text, each byte combined
 * with a stream of HMACs. Source of the outside: KMS API Reference 2014-11-01; real ciphertexts begin "AQICAH", too.
 */
#include "sim/aws/kms.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t head[] = {0x01, 0x02, 0x02, 0x00, 0x78};
#define ID_AT sizeof(head)
#define NONCE_AT (ID_AT + 16)
#define TAG_AT (NONCE_AT + 12)
#define TEXT_AT (TAG_AT + 16)
#define MAX_PLAINTEXT 4096

/* An id without its dashes is 32 hex digits; one that is not (somebody wrote into the lab's state) gets as much room. */
static void add_id(struct str *out, const char *id)
{
    AUTO(str_drop) struct str digits = {0};
    const size_t end = out->len + NONCE_AT - ID_AT;
    for (const char *p = id; *p; p++)
        if (*p != '-')
            str_addc(&digits, *p);
    hex_decode(str_text(&digits), 2 * (NONCE_AT - ID_AT) < digits.len ? 0 : digits.len, out);
    while (out->len < end)
        str_addc(out, 0);
}

static const char *id_of(struct arena *arena, const uint8_t *bytes)
{
    static const size_t groups[] = {4, 2, 2, 2, 6};
    AUTO(str_drop) struct str text = {0};
    for (size_t g = 0; g < COUNT(groups); bytes += groups[g++]) {
        str_add(&text, g ? "-" : "");
        str_add_hex(&text, bytes, groups[g]);
    }
    return arena_dup(arena, str_text(&text));
}

static void combine(const struct kms_key *key, const uint8_t *nonce, char *text, size_t n)
{
    uint8_t block[32] = {0}, counted[16];
    memcpy(counted, nonce, 12);
    for (size_t i = 0; i < n; i++) {
        if (i % sizeof(block) == 0) {
            const uint32_t at = (uint32_t)(i / sizeof(block));
            for (int b = 0; b < 4; b++)
                counted[12 + b] = (uint8_t)(at >> (8 * b));
            hmac_sha256(key->id, strlen(key->id), counted, sizeof(counted), block);
        }
        text[i] = (char)((uint8_t)text[i] ^ block[i % sizeof(block)]);
    }
}

/* Over the nonce, the plaintext and the encryption context, whose members have no order. */
static void tag_of(struct call *c, const struct kms_key *key, const uint8_t *nonce, const char *text, size_t n, uint8_t out[32])
{
    AUTO(str_drop) struct str all = {0};
    const json_t *context = json_object_get(c->params, "encryptionContext");
    char *dumped = context ? json_dumps(context, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    str_addn(&all, (const char *)nonce, 12);
    str_addn(&all, text, n);
    if (json_object_size(context))
        str_add(&all, dumped);
    free(dumped);
    hmac_sha256(key->arn, strlen(key->arn), all.s, all.len, out);
}

static json_t *base64_text(const struct str *bytes)
{
    AUTO(str_drop) struct str text = {0};
    str_add_base64(&text, bytes->s, bytes->len);
    return json_string(str_text(&text));
}

static json_t *seal(struct call *c, const struct kms_key *key, const struct str *plain)
{
    AUTO(str_drop) struct str blob = {0};
    uint8_t tag[32];
    str_addn(&blob, (const char *)head, sizeof(head));
    add_id(&blob, key->id);
    hex_decode(call_id(c, "", ALPHABET_HEX, 2 * (TAG_AT - NONCE_AT)), 2 * (TAG_AT - NONCE_AT), &blob);
    tag_of(c, key, (const uint8_t *)blob.s + NONCE_AT, str_text(plain), plain->len, tag);
    str_addn(&blob, (const char *)tag, TEXT_AT - TAG_AT);
    str_addn(&blob, str_text(plain), plain->len);
    combine(key, (const uint8_t *)blob.s + NONCE_AT, blob.s + TEXT_AT, plain->len);
    return base64_text(&blob);
}

/* ---- operations ---- */

void kms_generate_data_key(struct call *c)
{
    AUTO(str_drop) struct str plain = {0};
    const char *spec = call_text(c, "keySpec");
    int64_t n = call_int(c, "numberOfBytes", text_same(spec, "AES_128") ? 16 : 32);
    struct kms_key *key = kms_asked_key(c);
    if (!kms_usable(c, key))
        return;
    if (!spec == !json_object_get(c->params, "numberOfBytes"))
        return call_fail(c, "ValidationException", "Please specify either number of bytes or key spec.");
    if (n < 1 || n > 1024)
        return call_fail(
            c, "ValidationException",
            "1 validation error detected: Value '%lld' at 'numberOfBytes' failed to satisfy constraint: Member must "
            "have value %s",
            (long long)n, n < 1 ? "greater than or equal to 1" : "less than or equal to 1024");
    hex_decode(call_id(c, "", ALPHABET_HEX, (size_t)n * 2), (size_t)n * 2, &plain);
    c->reply = json_pack("{s:s, s:o}", "KeyId", key->arn, "CiphertextBlob", seal(c, key, &plain));
    if (!strstr(c->op->name, "Without"))
        json_put(c->reply, "Plaintext", base64_text(&plain));
}

void kms_encrypt(struct call *c)
{
    AUTO(str_drop) struct str plain = {0};
    const char *text = call_text(c, "plaintext");
    struct kms_key *key = kms_asked_key(c);
    if (!kms_usable(c, key))
        return;
    if (text && (!base64_decode(text, strlen(text), &plain) || plain.len > MAX_PLAINTEXT))
        return call_fail(
            c, "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length "
            "less than or equal to %d",
            MAX_PLAINTEXT);
    c->reply = json_pack("{s:s, s:o, s:s}", "KeyId", key->arn, "CiphertextBlob", seal(c, key, &plain), "EncryptionAlgorithm",
                         "SYMMETRIC_DEFAULT");
}

/* The key that made it, and whether what is in it holds together; `blob` has the plaintext then. */
static bool open_sealed(struct call *c, const struct kms_key *key, struct str *blob)
{
    uint8_t tag[32];
    char *text = blob->s + TEXT_AT;
    size_t n = blob->len - TEXT_AT;
    combine(key, (const uint8_t *)blob->s + NONCE_AT, text, n);
    tag_of(c, key, (const uint8_t *)blob->s + NONCE_AT, text, n, tag);
    return memcmp(tag, blob->s + TAG_AT, TEXT_AT - TAG_AT) == 0;
}

/* Genuine: neither the ciphertext nor, for symmetric keys, the key stands in requestParameters; resources name it. Nor has
 * the error a sentence. */
void kms_decrypt(struct call *c)
{
    AUTO(str_drop) struct str blob = {0};
    AUTO(str_drop) struct str plain = {0};
    const char *text = text_or(call_text(c, "ciphertextBlob"), "");
    json_t *params = json_object();
    json_put_text(params, "encryptionAlgorithm", "SYMMETRIC_DEFAULT");
    if (json_object_get(c->params, "encryptionContext"))
        json_put(params, "encryptionContext", json_deep_copy(json_object_get(c->params, "encryptionContext")));
    call_log_params(c, params);
    bool ours = base64_decode(text, strlen(text), &blob) && blob.len >= TEXT_AT && !memcmp(blob.s, head, sizeof(head));
    struct kms_key *made = ours ? find_kms_key(c->w, id_of(c->arena, (const uint8_t *)blob.s + ID_AT)) : NULL;
    if (made && !kms_key_here(c, made))
        made = NULL;
    struct kms_key *key = call_text(c, "keyId") ? kms_key_named(c, "keyId") : made;
    if (key && made && key != made)
        return call_fail(c, "IncorrectKeyException",
                         "The key ID in the request does not identify a CMK that can perform this operation.");
    if (!key || !made) {
        if (!c->failed)
            call_fail(c, "InvalidCiphertextException", "%s", "");
        return;
    }
    call_log_resource(c, "AWS::KMS::Key", key->arn);
    if (!kms_usable(c, key))
        return;
    if (!open_sealed(c, key, &blob))
        return call_fail(c, "InvalidCiphertextException", "%s", "");
    str_addn(&plain, blob.s + TEXT_AT, blob.len - TEXT_AT);
    c->reply = json_pack("{s:s, s:o, s:s}", "KeyId", key->arn, "Plaintext", base64_text(&plain), "EncryptionAlgorithm",
                         "SYMMETRIC_DEFAULT");
}
