/* SPDX-License-Identifier: MIT */
/*
 * Bodies in chunks of AWS's own ("aws-chunked"), inside those of HTTP: each with its length, its signature where the request
 * says so, and headers behind the last. Private to sim/serve.
 * Sources: S3 API Reference, "Signature calculations: transferring a payload in multiple chunks" and "... including trailing
 * headers"; what both CLIs and the SDK send.
 */
#pragma once

#include "sim/serve/sigv4.h"

#define CHUNKED_TRAILERS 8
struct chunked {
    const struct signature *claim; /* of the request: its payload names the kind, its signature is the first of the chain */
    const uint8_t *key;            /* signature_key() */
};
struct chunked_body {
    struct str bytes;
    struct form_field trailers[CHUNKED_TRAILERS]; /* names in small letters; texts in the arena */
    size_t n_trailers;
};
enum chunked_fault {
    CHUNKED_GOOD,
    CHUNKED_MALFORMED, /* or it ends before its end */
    CHUNKED_MISMATCH,  /* a chunk's or the trailer's signature */
};
bool chunked_kind(const char *payload); /* is this value of x-amz-content-sha256 one of ours? */
enum chunked_fault chunked_read(const struct chunked *, const char *, size_t, struct arena *, struct chunked_body *out);
