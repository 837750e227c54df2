/* SPDX-License-Identifier: MIT */
/*
 * The body of an S3 request before anything is made of it: taken out of AWS's own chunks, and compared with every digest
 * that the client sent along. Sources: S3 API Reference, "Checking object integrity"; RFC 3720 (CRC32C); the NVM Express
 * command set specification 5.2.1.3.4 (CRC-64/NVME).
 */
#include "sim/serve/chunked.h"
#include "sim/serve/exchange.h"

#include <openssl/evp.h>
#include <string.h>
#include <zlib.h>

/* ---- chunks ---- */

static bool one_of(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += n)
        if ((at == list || strchr(", ", at[-1])) && (!at[n] || strchr(", ", at[n])))
            return true;
    return false;
}

/* What trails counts as headers from here on. Only what was announced may come, and all of it must. */
static bool take_trailers(struct exchange *ex, const struct chunked_body *body)
{
    const char *announced = http_header(ex->r, "x-amz-trailer");
    size_t n = 0;
    for (size_t i = 0; i < body->n_trailers; i++) {
        const char *name = body->trailers[i].name;
        if (text_same(name, "x-amz-trailer-signature"))
            continue;
        if (!announced || !one_of(announced, name) || ex->r->n_headers == HTTP_MAX_HEADERS)
            n += 1000;
        else
            ex->r->headers[ex->r->n_headers++] = body->trailers[i];
        n++;
    }
    if (n == (announced ? 1 : 0))
        return true;
    return exchange_fail(
        ex, "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.");
}

static bool of_length(struct exchange *ex, size_t n)
{
    const char *said = http_header(ex->r, "x-amz-decoded-content-length");
    if (!said)
        return exchange_fail(ex, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    return text_same(said, arena_printf(&ex->r->arena, "%zu", n)) ||
           exchange_fail(ex, "IncompleteBody",
                         "You did not provide the number of bytes specified by the Content-Length HTTP header");
}

static bool known_payload(const char *payload)
{
    return text_same(payload, "UNSIGNED-PAYLOAD") || (strlen(payload) == 64 && strspn(payload, ALPHABET_HEX) == 64);
}

bool exchange_unchunk(struct exchange *ex)
{
    struct chunked_body body = {0};
    uint8_t key[32];
    const struct signature *claim = &ex->claim;
    const char *said = http_header(ex->r, "x-amz-content-sha256");
    if (ex->service->protocol != PROTOCOL_S3 || claim->presigned)
        return true;
    if (ex->anonymous) /* no key that chunks could be signed with */
        return !said || !text_starts(said, "STREAMING-") || exchange_fail(ex, "AccessDenied", "Access Denied");
    if (!chunked_kind(claim->payload))
        return known_payload(claim->payload) ||
               exchange_fail(ex, "InvalidArgument",
                             "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                             "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
                             "value.");
    signature_key(ex->caller.secret, claim, key);
    const struct chunked how = {claim, key};
    enum chunked_fault fault = chunked_read(&how, str_text(&ex->r->body), ex->r->body.len, &ex->r->arena, &body);
    if (fault == CHUNKED_MALFORMED)
        exchange_fail(ex, "IncompleteBody", "The request body terminated unexpectedly");
    else if (fault == CHUNKED_MISMATCH)
        exchange_fault(ex, SIGNATURE_MISMATCH);
    else if (of_length(ex, body.bytes.len) && take_trailers(ex, &body)) {
        str_drop(&ex->r->body);
        ex->r->body = body.bytes;
        return true;
    }
    str_drop(&body.bytes);
    return false;
}

/* ---- digests ---- */

/* Reflected CRCs of up to 64 bits, most significant byte first. */
static void crc_of(const struct str *body, uint64_t polynomial, size_t width, uint8_t *out)
{
    uint64_t table[256], crc = width == 8 ? UINT64_MAX : UINT32_MAX;
    for (uint64_t i = 0; i < COUNT(table); i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ polynomial : table[i] >> 1;
    }
    for (size_t i = 0; i < body->len; i++)
        crc = crc >> 8 ^ table[(crc ^ (uint8_t)body->s[i]) & 0xff];
    crc = ~crc;
    for (size_t i = 0; i < width; i++)
        out[i] = (uint8_t)(crc >> (8 * (width - 1 - i)));
}

static size_t crc32_of(const struct str *body, uint8_t *out)
{
    uLong crc = crc32(0, (const Bytef *)str_text(body), (uInt)body->len);
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(crc >> (24 - 8 * i));
    return 4;
}

static size_t crc32c_of(const struct str *body, uint8_t *out)
{
    crc_of(body, 0x82f63b78, 4, out);
    return 4;
}

static size_t crc64_of(const struct str *body, uint8_t *out)
{
    crc_of(body, UINT64_C(0x9a6c9329ac4bc9b5), 8, out);
    return 8;
}

static size_t digest_of(const struct str *body, const EVP_MD *kind, uint8_t *out)
{
    unsigned n = 0;
    return EVP_Digest(str_text(body), body->len, out, &n, kind, NULL) ? n : 0;
}

static size_t md5_of(const struct str *body, uint8_t *out)
{
    return digest_of(body, EVP_md5(), out);
}

static size_t sha1_of(const struct str *body, uint8_t *out)
{
    return digest_of(body, EVP_sha1(), out);
}

static size_t sha256_of(const struct str *body, uint8_t *out)
{
    return digest_of(body, EVP_sha256(), out);
}

static const struct {
    const char *header, *name;
    size_t (*of)(const struct str *, uint8_t *);
} digests[] = {
    {"content-md5",              "Content-MD5", md5_of   },
    {"x-amz-checksum-crc32",     "CRC32",       crc32_of },
    {"x-amz-checksum-crc32c",    "CRC32C",      crc32c_of},
    {"x-amz-checksum-crc64nvme", "CRC64NVME",   crc64_of },
    {"x-amz-checksum-sha1",      "SHA1",        sha1_of  },
    {"x-amz-checksum-sha256",    "SHA256",      sha256_of},
};

bool exchange_check_digests(struct exchange *ex)
{
    for (size_t i = 0; i < COUNT(digests); i++) {
        AUTO(str_drop) struct str want = {0};
        uint8_t got[EVP_MAX_MD_SIZE];
        const char *given = http_header(ex->r, digests[i].header);
        if (!given)
            continue;
        size_t n = digests[i].of(&ex->r->body, got);
        if (!base64_decode(given, strlen(given), &want) || want.len != n)
            return i == 0 ? exchange_fail(ex, "InvalidDigest", "The Content-MD5 you specified was invalid.")
                          : exchange_fail(ex, "InvalidRequest", "Value for %s header is invalid.", digests[i].header);
        if (memcmp(want.s, got, n) != 0)
            return exchange_fail(ex, "BadDigest",
                                 i == 0 ? "The %s you specified did not match what we received."
                                        : "The %s you specified did not match the calculated checksum.",
                                 digests[i].name);
    }
    return true;
}
