/* SPDX-License-Identifier: MIT */
/* S3 on the wire: which operation a request is, its parameters, and its reply. Private to sim/serve. */
#pragma once

#include "sim/serve/http.h"

struct s3_asked {
    const char *op;           /* as the catalog names it: "s3:ListObjects"; NULL = no such operation */
    const char *shape;        /* whose reply it is: "s3:ListObjectsV2" */
    const char *root;         /* root element of that; NULL = no XML body */
    const char *bucket, *key; /* decoded; NULL = none */
    struct form query;
    json_t *params;                         /* CloudTrail's form; a new reference */
    const char *error_code, *error_message; /* of a body that cannot be read; else NULL */
};
void s3_read(struct http_request *, struct s3_asked *out);
/* The reply of an operation that gives a document or headers; objects' bytes are s3_objects.c's. */
void s3_success(struct http_request *, const struct s3_asked *, const json_t *reply, struct http_reply *out);
/* Headers of a reply, or of what stands beside a failure. */
void s3_add_headers(struct http_request *, const json_t *reply, struct http_reply *out);
