/* SPDX-License-Identifier: MIT */
/*
 * AWS Signature Version 4: what a request claims to be signed with, and whether it is. Private to sim/serve.
 * Source: "Signing AWS API requests" (IAM User Guide); leniencies as both CLIs and the JavaScript SDK need them.
 */
#pragma once

#include "sim/serve/wire.h"

struct signed_request {                /* all texts as received; header names in small letters */
    const char *method, *path, *query; /* path and query raw, not decoded; query without "?", "" if none */
    const struct form_field *headers;  /* values trimmed */
    size_t n_headers;
    const char *body_sha256; /* hex of the body as received */
};
enum signature_fault {
    SIGNATURE_GOOD,
    SIGNATURE_ABSENT,    /* nothing claims to be a signature */
    SIGNATURE_MALFORMED, /* claims to be, but is not of the form */
    SIGNATURE_DAY,       /* the scope's day is another than that of the time */
    SIGNATURE_UNSIGNED,  /* host, date or an x-amz- header is not among the signed ones */
    SIGNATURE_BODY,      /* x-amz-content-sha256 is not the body's */
    SIGNATURE_MISMATCH,
    SIGNATURE_EARLY,
    SIGNATURE_LATE, /* the clock is off, or a presigned address has expired */
};
struct signature {                               /* as claimed; texts in the arena */
    const char *key_id, *day, *region, *service; /* of the credential scope */
    const char *signed_headers;                  /* "host;x-amz-date" */
    const char *hex;
    const char *stamp;   /* "20251125T201500Z" */
    const char *token;   /* session token, or NULL */
    const char *payload; /* what stands for the body's hash in the canonical request */
    int64_t time_ms;
    int64_t expires_ms; /* of a presigned address, after time_ms; 0 = signed by header */
    bool presigned;
    bool version2; /* a presigned address of old: expires_ms is since 1970, and hex is base64 */
};
/* Reads the claim. SIGNATURE_GOOD says nothing about its truth yet. */
enum signature_fault signature_read(const struct signed_request *, struct arena *, struct signature *out);
/* Is the claim true for this secret at this time? Clocks may differ by SIGNATURE_SKEW_MS. */
#define SIGNATURE_SKEW_MS (15 * 60 * 1000)
enum signature_fault signature_check(const struct signed_request *, const struct signature *, const char *secret,
                                     int64_t now_ms, struct arena *);
enum signature_fault signature_read_v2(const struct form *query, struct signature *out); /* sigv2.c */
enum signature_fault signature_check_v2(const struct signed_request *, const struct signature *, const char *secret,
                                        int64_t now_ms, struct arena *);
/* HMAC chain over "AWS4" + secret, day, region, service, "aws4_request". */
void signature_key(const char *secret, const struct signature *, uint8_t out[32]);
void signature_hex(const uint8_t key[32], const char *text, size_t n, char out[65]);
