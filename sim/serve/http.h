/* SPDX-License-Identifier: MIT */
/*
 * HTTP on loopback by libmicrohttpd: whole requests in, whole replies out, within limits. Knows nothing of AWS. Private to
 * sim/serve.
 */
#pragma once

#include "sim/serve/wire.h"

#define HTTP_MAX_HEADERS 64
#define HTTP_MAX_HEADER_BYTES (32u << 10) /* request line and headers; libmicrohttpd answers 431 beyond */
#define HTTP_MAX_BODY (64u << 20)         /* an object's part; API bodies are capped where they are read */
#define HTTP_MAX_CONNECTIONS 12000
#define HTTP_SILENT_S 30    /* a connection that says nothing for so long is closed */
#define HTTP_PATIENCE_S 120 /* for all of a body, from its first line on; 408 then */

struct http_request { /* valid while it is answered; texts as received */
    struct arena arena;
    const char *method, *path, *query;           /* raw; query without "?", "" if none */
    struct form_field headers[HTTP_MAX_HEADERS]; /* names in small letters, values trimmed, in order */
    size_t n_headers;
    struct str body;
    unsigned peer;          /* IPv4 address, host order */
    unsigned refused;       /* status to answer at once: 400, 413, 431; 0 = none */
    const char *target_end; /* libmicrohttpd's: behind the target, where the version must begin */
    int64_t began_us;       /* on the monotonic clock */
};
struct http_reply { /* zeroed = 200 without a body */
    struct wire_reply wire;
    struct form_field headers[64]; /* beside Content-Type; texts live as long as the request's arena */
    size_t n_headers;
    bool close;
    bool hang_up; /* no reply at all: the connection is dropped */
    int file;     /* > 0: the body is `length` bytes of this file from `offset`; closed by us */
    uint64_t offset, length;
};
void http_reply_header(struct http_reply *, const char *name, const char *value); /* instead of one of that name */
const char *http_header(const struct http_request *, const char *name);           /* small letters; NULL if absent */

struct http;
typedef void http_answer(void *context, struct http_request *, struct http_reply *); /* on any of the threads */
struct http_options {
    unsigned port; /* 0 = any */
    unsigned threads;
    unsigned silent_s, patience_s; /* 0 = HTTP_SILENT_S, HTTP_PATIENCE_S */
};
struct http *http_start(const struct http_options *, http_answer *, void *context, struct err *); /* on 127.0.0.1 */
unsigned http_port(const struct http *);
void http_stop(struct http *); /* answers what is under way; NULL is fine */
