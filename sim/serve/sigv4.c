/* SPDX-License-Identifier: MIT */
#include "sim/serve/sigv4.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define MAX_EXPIRES_S (7 * 24 * 3600) /* of a presigned address */

/* NULL if absent. */
static const char *signed_header(const struct signed_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (text_same(r->headers[i].name, name))
            return r->headers[i].value;
    return NULL;
}

/* ---- the claim ---- */

/* Any name that a region might have: it is written down, and gives names of files. */
static bool region_formed(const char *region)
{
    return strlen(region) <= 32 && !region[strspn(region, ALPHABET_LOWER "-")];
}

/* "AKID/20251125/us-west-2/ec2/aws4_request" */
static bool read_scope(struct arena *arena, const char *text, struct signature *out)
{
    const char **const parts[] = {&out->key_id, &out->day, &out->region, &out->service};
    for (size_t i = 0; i < COUNT(parts); i++) {
        size_t n = strcspn(text, "/");
        if (!n || text[n] != '/')
            return false;
        *parts[i] = arena_dupn(arena, text, n);
        text += n + 1;
    }
    return text_same(text, "aws4_request") && region_formed(out->region) && strlen(out->day) == 8 &&
           strspn(out->day, ALPHABET_DIGITS) == 8;
}

/* "20251125T201500Z" */
static enum signature_fault read_stamp(const char *stamp, struct signature *out)
{
    static const char form[] = "dddddddd"
                               "T"
                               "dddddd"
                               "Z";
    struct civil c = {0};
    if (!stamp || strlen(stamp) != sizeof(form) - 1)
        return SIGNATURE_MALFORMED;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? stamp[i] < '0' || stamp[i] > '9' : stamp[i] != form[i])
            return SIGNATURE_MALFORMED;
    if (sscanf(stamp, "%4d%2d%2dT%2d%2d%2d", &c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second) != 6 || c.month < 1 ||
        c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 23 || c.minute > 59 || c.second > 60)
        return SIGNATURE_MALFORMED;
    out->stamp = stamp;
    out->time_ms = ms_from_civil(&c);
    return strncmp(stamp, out->day, 8) == 0 ? SIGNATURE_GOOD : SIGNATURE_DAY;
}

static bool read_hex(const char *hex)
{
    return hex && strlen(hex) == 64 && strspn(hex, ALPHABET_HEX) == 64;
}

/* One "Name=value" of the Authorization header, wherever it stands; separators are commas, blanks or both. */
static const char *claim(struct arena *arena, const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = text; (at = strstr(at, name)); at += n)
        if (at[n] == '=' && (at == text || at[-1] == ' ' || at[-1] == ','))
            return arena_dupn(arena, at + n + 1, strcspn(at + n + 1, ", "));
    return NULL;
}

static enum signature_fault read_header(const struct signed_request *r, struct arena *arena, const char *authorization,
                                        struct signature *out)
{
    const char *text = authorization + strlen(ALGORITHM);
    const char *scope = claim(arena, text, "Credential");
    out->signed_headers = claim(arena, text, "SignedHeaders");
    out->hex = claim(arena, text, "Signature");
    out->token = signed_header(r, "x-amz-security-token");
    if (!scope || !out->signed_headers || !read_hex(out->hex) || !read_scope(arena, scope, out))
        return SIGNATURE_MALFORMED;
    const char *payload = signed_header(r, "x-amz-content-sha256");
    out->payload = payload ? payload : r->body_sha256;
    return read_stamp(signed_header(r, "x-amz-date"), out);
}

static enum signature_fault read_query(const struct form *query, struct arena *arena, struct signature *out)
{
    const char *scope = form_get(query, "X-Amz-Credential"), *expires = form_get(query, "X-Amz-Expires");
    char *end = NULL;
    long seconds = expires ? strtol(expires, &end, 10) : 0;
    out->presigned = true;
    out->signed_headers = form_get(query, "X-Amz-SignedHeaders");
    out->hex = form_get(query, "X-Amz-Signature");
    out->token = form_get(query, "X-Amz-Security-Token");
    out->payload = "UNSIGNED-PAYLOAD";
    if (!scope || !out->signed_headers || !read_hex(out->hex) || !read_scope(arena, scope, out) || !expires || *end ||
        seconds < 1 || seconds > MAX_EXPIRES_S)
        return SIGNATURE_MALFORMED;
    out->expires_ms = seconds * INT64_C(1000);
    return read_stamp(form_get(query, "X-Amz-Date"), out);
}

enum signature_fault signature_read(const struct signed_request *r, struct arena *arena, struct signature *out)
{
    const char *authorization = signed_header(r, "authorization");
    struct form query;
    *out = (struct signature){0};
    if (authorization)
        return text_starts(authorization, ALGORITHM " ") ? read_header(r, arena, authorization, out) : SIGNATURE_MALFORMED;
    if (!form_read(arena, r->query, strlen(r->query), false, &query))
        return SIGNATURE_MALFORMED;
    if (form_get(&query, "AWSAccessKeyId"))
        return signature_read_v2(&query, out);
    if (!form_get(&query, "X-Amz-Algorithm"))
        return SIGNATURE_ABSENT;
    return text_same(form_get(&query, "X-Amz-Algorithm"), ALGORITHM) ? read_query(&query, arena, out) : SIGNATURE_MALFORMED;
}

/* ---- the canonical request ---- */

static bool is_signed(const struct signature *s, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = s->signed_headers; (at = strstr(at, name)); at += n)
        if ((at == s->signed_headers || at[-1] == ';') && (!at[n] || at[n] == ';'))
            return true;
    return false;
}

static bool all_signed(const struct signed_request *r, const struct signature *s)
{
    if (!is_signed(s, "host"))
        return false;
    for (size_t i = 0; i < r->n_headers; i++)
        if (text_starts(r->headers[i].name, "x-amz-") && !is_signed(s, r->headers[i].name))
            return false;
    return true;
}

/* Fields as they were encoded, each with a "=", sorted; without the signature of a presigned address. "=" sorts above the
 * digits, so name and value are compared apart by a byte below all others. */
static void add_query(struct str *out, const char *query, struct arena *arena)
{
    size_t n = 0, cap = 0;
    const char **list = NULL;
    for (const char *at = query; *at;) {
        size_t len = strcspn(at, "&");
        char *field = arena_dupn(arena, at, len), *equals = strchr(field, '=');
        if (len && !text_starts(field, "X-Amz-Signature=")) {
            if (equals)
                *equals = '\1';
            *GROW(list, n, cap) = equals ? field : arena_printf(arena, "%s\1", field);
        }
        at += len + (at[len] == '&');
    }
    if (n)
        qsort(list, n, sizeof(*list), texts_order);
    for (size_t i = 0; i < n; i++) {
        size_t name = strcspn(list[i], "\1");
        str_addf(out, "%s%.*s=%s", i ? "&" : "", (int)name, list[i], list[i] + name + 1);
    }
    free(list);
}

static void add_folded(struct str *out, const char *value)
{
    for (; *value; value++)
        if (*value != ' ' || value[1] != ' ')
            str_addc(out, *value);
}

static void add_headers(struct str *out, const struct signed_request *r, const char *names)
{
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, ";");
        bool first = true;
        str_addf(out, "%.*s:", (int)n, at);
        for (size_t i = 0; i < r->n_headers; i++)
            if (strlen(r->headers[i].name) == n && memcmp(r->headers[i].name, at, n) == 0) {
                if (!first)
                    str_addc(out, ',');
                first = false;
                add_folded(out, r->headers[i].value);
            }
        str_addc(out, '\n');
        at += n + (at[n] == ';');
    }
}

/* S3 signs the path as it is; the others encode it again, of which only "%" and the usual "/" ever come up. */
static void add_path(struct str *out, const char *path, bool s3)
{
    for (; *path; path++) {
        if (*path == '%' && !s3)
            str_add(out, "%25");
        else
            str_addc(out, *path);
    }
}

static void canonical(struct str *out, const struct signed_request *r, const struct signature *s, struct arena *arena)
{
    str_addf(out, "%s\n", r->method);
    add_path(out, r->path, text_same(s->service, "s3"));
    str_addc(out, '\n');
    add_query(out, r->query, arena);
    str_addc(out, '\n');
    add_headers(out, r, s->signed_headers);
    str_addf(out, "\n%s\n%s", s->signed_headers, s->payload);
}

/* ---- the proof ---- */

void signature_key(const char *secret, const struct signature *s, uint8_t out[32])
{
    AUTO(str_drop) struct str start = {0};
    const char *const links[] = {s->day, s->region, s->service, "aws4_request"};
    const void *key;
    size_t n;
    str_addf(&start, "AWS4%s", secret);
    key = start.s;
    n = start.len;
    for (size_t i = 0; i < COUNT(links); i++) {
        uint8_t next[32];
        hmac_sha256(key, n, links[i], strlen(links[i]), next);
        memcpy(out, next, 32);
        key = out;
        n = 32;
    }
}

void signature_hex(const uint8_t key[32], const char *text, size_t n, char out[65])
{
    AUTO(str_drop) struct str hex = {0};
    uint8_t mac[32];
    hmac_sha256(key, 32, text, n, mac);
    str_add_hex(&hex, mac, sizeof(mac));
    memcpy(out, hex.s, 65);
}

static enum signature_fault check_time(const struct signature *s, int64_t now_ms)
{
    if (s->time_ms > now_ms + SIGNATURE_SKEW_MS)
        return SIGNATURE_EARLY;
    if (now_ms > s->time_ms + (s->presigned ? s->expires_ms : SIGNATURE_SKEW_MS))
        return SIGNATURE_LATE;
    return SIGNATURE_GOOD;
}

enum signature_fault signature_check(const struct signed_request *r, const struct signature *s, const char *secret,
                                     int64_t now_ms, struct arena *arena)
{
    AUTO(str_drop) struct str request = {0};
    AUTO(str_drop) struct str text = {0};
    char hash[65], hex[65];
    uint8_t key[32];
    enum signature_fault fault = s->version2 ? SIGNATURE_GOOD : check_time(s, now_ms);
    if (s->version2)
        return signature_check_v2(r, s, secret, now_ms, arena);
    if (fault != SIGNATURE_GOOD)
        return fault;
    if (!all_signed(r, s))
        return SIGNATURE_UNSIGNED;
    canonical(&request, r, s, arena);
    sha256_hex(request.s, request.len, hash);
    str_addf(&text, ALGORITHM "\n%s\n%s/%s/%s/aws4_request\n%s", s->stamp, s->day, s->region, s->service, hash);
    signature_key(secret, s, key);
    signature_hex(key, text.s, text.len, hex);
    if (CRYPTO_memcmp(hex, s->hex, 64) != 0)
        return SIGNATURE_MISMATCH;
    if (read_hex(s->payload) && !text_same(s->payload, r->body_sha256))
        return SIGNATURE_BODY;
    return SIGNATURE_GOOD;
}
