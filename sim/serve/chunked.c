/* SPDX-License-Identifier: MIT */
#include "sim/serve/chunked.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static const struct kind {
    const char *payload;
    bool is_signed, trails;
} kinds[] = {
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",         true,  false},
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", true,  true },
    {"STREAMING-UNSIGNED-PAYLOAD-TRAILER",         false, true },
};

static const struct kind *kind_of(const char *payload)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (text_same(kinds[i].payload, payload))
            return &kinds[i];
    return NULL;
}

bool chunked_kind(const char *payload)
{
    return kind_of(payload) != NULL;
}

struct reading {
    const struct chunked *c;
    const struct kind *kind;
    const char *at, *end;
    char signature[65]; /* the last one of the chain */
    struct arena *arena;
};

/* The next line, without its end; NULL if there is none any more. Lines end with a line feed, a return before it or not. */
static const char *line(struct reading *r)
{
    const char *feed = memchr(r->at, '\n', (size_t)(r->end - r->at));
    if (!feed)
        return NULL;
    size_t n = (size_t)(feed - r->at);
    const char *text = arena_dupn(r->arena, r->at, n && r->at[n - 1] == '\r' ? n - 1 : n);
    r->at = feed + 1;
    return strlen(text) + 2 >= n ? text : NULL; /* a NUL in it */
}

/* ---- signatures: each is over the one before ---- */

static bool next_signature(struct reading *r, const char *algorithm, const char *middle, const void *data, size_t n,
                           const char *given)
{
    AUTO(str_drop) struct str text = {0};
    const struct signature *s = r->c->claim;
    char hash[65], hex[65];
    sha256_hex(data, n, hash);
    str_addf(&text, "%s\n%s\n%s/%s/%s/aws4_request\n%s\n%s%s", algorithm, s->stamp, s->day, s->region, s->service, r->signature,
             middle, hash);
    signature_hex(r->c->key, text.s, text.len, hex);
    memcpy(r->signature, hex, sizeof(hex));
    return given && strlen(given) == 64 && CRYPTO_memcmp(given, hex, 64) == 0;
}

static bool chunk_signed(struct reading *r, const char *data, size_t n, const char *given)
{
    static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
    return next_signature(r, "AWS4-HMAC-SHA256-PAYLOAD", empty, data, n, given);
}

/* ---- chunks ---- */

/* "1f4;chunk-signature=..": false if it is not of that form. */
static bool read_size(const struct reading *r, const char *text, size_t *size, const char **signature)
{
    static const char extension[] = ";chunk-signature=";
    size_t digits = strspn(text, ALPHABET_HEX "ABCDEF");
    *signature = text_starts(text + digits, extension) ? text + digits + strlen(extension) : NULL;
    if (!digits || digits > 8 || (text[digits] && !*signature) || (r->kind->is_signed && !*signature))
        return false;
    *size = strtoul(text, NULL, 16);
    return true;
}

/* One chunk; `last` tells that it was the empty one. */
static enum chunked_fault read_chunk(struct reading *r, struct str *out, bool *last)
{
    size_t size = 0;
    const char *text = line(r), *signature = NULL;
    if (!text || !read_size(r, text, &size, &signature) || size > (size_t)(r->end - r->at))
        return CHUNKED_MALFORMED;
    const char *data = r->at;
    *last = !size;
    if (r->kind->is_signed && !chunk_signed(r, data, size, signature))
        return CHUNKED_MISMATCH;
    str_addn(out, data, size);
    r->at += size;
    if (*last) /* what trails comes next */
        return CHUNKED_GOOD;
    if (r->end - r->at < 2 || memcmp(r->at, "\r\n", 2) != 0)
        return CHUNKED_MALFORMED;
    r->at += 2;
    return CHUNKED_GOOD;
}

/* ---- what trails ---- */

static bool read_trailer(struct reading *r, const char *text, struct chunked_body *out)
{
    const char *colon = strchr(text, ':');
    if (!colon || colon == text || out->n_trailers == CHUNKED_TRAILERS)
        return false;
    char *name = arena_dupn(r->arena, text, (size_t)(colon - text));
    for (char *p = name; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    out->trailers[out->n_trailers++] = (struct form_field){name, colon + 1 + strspn(colon + 1, " ")};
    return true;
}

/* Up to the end: the signature, if there is one, is over the lines before it. */
static enum chunked_fault read_trailers(struct reading *r, struct chunked_body *out)
{
    static const char signature_name[] = "x-amz-trailer-signature";
    AUTO(str_drop) struct str before = {0};
    const char *text, *signature = NULL;
    while (r->at < r->end && (text = line(r)))
        if (*text && !read_trailer(r, text, out))
            return CHUNKED_MALFORMED;
    if (r->at < r->end)
        return CHUNKED_MALFORMED;
    for (size_t i = 0; i < out->n_trailers; i++) {
        if (text_same(out->trailers[i].name, signature_name))
            signature = out->trailers[i].value;
        else
            str_addf(&before, "%s:%s\n", out->trailers[i].name, out->trailers[i].value);
    }
    if (!r->kind->trails)
        return out->n_trailers ? CHUNKED_MALFORMED : CHUNKED_GOOD;
    if (r->kind->is_signed && !next_signature(r, "AWS4-HMAC-SHA256-TRAILER", "", str_text(&before), before.len, signature))
        return CHUNKED_MISMATCH;
    return CHUNKED_GOOD;
}

enum chunked_fault chunked_read(const struct chunked *c, const char *s, size_t n, struct arena *arena, struct chunked_body *out)
{
    struct reading r = {.c = c, .kind = kind_of(c->claim->payload), .at = s, .end = s + n, .arena = arena};
    bool last = false;
    *out = (struct chunked_body){0};
    if (!r.kind || strlen(c->claim->hex) != 64)
        return CHUNKED_MALFORMED;
    memcpy(r.signature, c->claim->hex, sizeof(r.signature));
    while (!last) {
        enum chunked_fault fault = read_chunk(&r, &out->bytes, &last);
        if (fault != CHUNKED_GOOD)
            return fault;
    }
    return read_trailers(&r, out);
}
