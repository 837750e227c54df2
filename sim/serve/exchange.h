/* SPDX-License-Identifier: MIT */
/* One request on its way to its answer. Private to sim/serve. */
#pragma once

#include "sim/lab/live.h"
#include "sim/serve/s3.h"
#include "sim/serve/sigv4.h"

struct exchange {
    struct live *live;
    struct http_request *r;
    struct http_reply *reply;
    int64_t now_ms;
    const char *request_id;
    struct signed_request signed_request;
    struct signature claim;
    struct live_caller caller;
    bool anonymous; /* it is not signed, and S3's */
    const struct wire_service *service;
    struct s3_asked s3;
    const char *op; /* "iam:GetUser" */
    json_t *params; /* owned */
    struct live_answer answer;
    const char *aside; /* file with what a PUT brings, until the lab has agreed; NULL = none */
    const char *place; /* where it goes then */
    const char *error_code, *error_message;
    struct form_field details[4]; /* what S3 says apart in its error; ended by a NULL name */
};
/* Ends it with a failure; always false. */
bool exchange_fail(struct exchange *, const char *code, const char *fmt, ...) PRINTF(3, 4);
void exchange_detail(struct exchange *, const char *name, const char *value); /* of the failure, for S3 */
bool exchange_fault(struct exchange *, enum signature_fault);                 /* in the words of the service's protocol */
bool exchange_unknown_key(struct exchange *);
bool exchange_expired(struct exchange *); /* temporary credentials whose time is over */

bool exchange_read_form(struct exchange *);
bool exchange_read_json(struct exchange *);
bool exchange_read_s3(struct exchange *);
void exchange_reply(struct exchange *); /* whatever came of it */

/* ---- s3_objects.c: the bytes of objects, which the journal does not hold ---- */

bool objects_before(struct exchange *); /* keeps what a PUT brings; false after a failure */
void objects_after(struct exchange *);  /* what a GET wants, what a DELETE leaves behind */

bool objects_keep_aside(struct exchange *, const char *place, const struct str *bytes);
bool objects_keep_copy(struct exchange *, const char *place); /* of x-amz-copy-source, a range of it if one is given */
bool objects_internal(struct exchange *);                     /* fails with an internal error */

/* ---- s3_parts.c: the bytes of parts, until they are an object's ---- */

bool parts_keep(struct exchange *);   /* of an UploadPart */
bool parts_join(struct exchange *);   /* for a CompleteMultipartUpload */
void parts_forget(struct exchange *); /* after that, or an abort */

/* ---- body.c: chunks of AWS's own, and digests ---- */

/* Takes such a body apart, in place; signatures of chunks follow from the request's. False after a failure. */
bool exchange_unchunk(struct exchange *);
/* The headers that say what a body's digest must be (Content-MD5, x-amz-checksum-*). False after a failure. */
bool exchange_check_digests(struct exchange *);

/* ---- own.c: what cafelab's own commands ask ---- */

bool own_answer(struct live *, struct http_request *, struct http_reply *); /* false: it is not for this door */

/* ---- site.c: the website, from the web server's own files ---- */

/* False: the path is not below `prefix`, or there is no website. */
bool site_answer(struct live *, const char *dir, const char *prefix, struct http_request *, struct http_reply *);
