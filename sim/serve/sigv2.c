/* SPDX-License-Identifier: MIT */
/*
 * Presigned addresses of version 2, which `aws s3 presign` still makes for a plain profile:
 * ?AWSAccessKeyId=..&Signature=..&Expires=.. Source: "Signing and authenticating REST requests (version 2)", S3 user guide.
 */
#include "sim/serve/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

/* Fields of the query that belong to what is signed, sorted. */
static const char *const subresources[] = {"acl",        "delete",     "location", "logging",  "notification",
                                           "partNumber", "policy",     "tagging",  "uploadId", "uploads",
                                           "versionId",  "versioning", "versions", "website"};

enum signature_fault signature_read_v2(const struct form *query, struct signature *out)
{
    char *end = NULL;
    const char *expires = form_get(query, "Expires");
    long long seconds = expires ? strtoll(expires, &end, 10) : 0;
    out->key_id = form_get(query, "AWSAccessKeyId");
    out->hex = form_get(query, "Signature");
    out->token = form_get(query, "x-amz-security-token");
    if (!out->key_id || !out->hex || !expires || *end || seconds <= 0 || seconds > INT64_C(100000000000))
        return SIGNATURE_MALFORMED;
    out->version2 = out->presigned = true;
    out->service = "s3";
    out->region = NULL;
    out->expires_ms = seconds * 1000;
    return SIGNATURE_GOOD;
}

static void add_resource(struct str *out, const struct signed_request *r, const struct form *query)
{
    char before = '?';
    str_add(out, r->path);
    for (size_t i = 0; i < COUNT(subresources); i++) {
        const char *value = form_get(query, subresources[i]);
        if (!value)
            continue;
        str_addf(out, *value ? "%c%s=%s" : "%c%s", before, subresources[i], value);
        before = '&';
    }
}

enum signature_fault signature_check_v2(const struct signed_request *r, const struct signature *s, const char *secret,
                                        int64_t now_ms, struct arena *arena)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(str_drop) struct str signature = {0};
    struct form query;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (now_ms > s->expires_ms)
        return SIGNATURE_LATE;
    if (!form_read(arena, r->query, strlen(r->query), false, &query))
        return SIGNATURE_MALFORMED;
    str_addf(&text, "%s\n\n\n%lld\n", r->method, (long long)(s->expires_ms / 1000));
    if (s->token)
        str_addf(&text, "x-amz-security-token:%s\n", s->token);
    add_resource(&text, r, &query);
    if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (const unsigned char *)text.s, text.len, mac, &n))
        return SIGNATURE_MISMATCH;
    str_add_base64(&signature, mac, n);
    bool same = signature.len == strlen(s->hex) && CRYPTO_memcmp(signature.s, s->hex, signature.len) == 0;
    return same ? SIGNATURE_GOOD : SIGNATURE_MISMATCH;
}
