/* SPDX-License-Identifier: MIT */
/*
 * The wire protocols: a request's bytes to the parameters of an action, an outcome to the bytes of a reply. Private to
 * sim/serve.
 *
 * Names meet here in three spellings. The API's ("InstanceIds": models, SDKs), the wire's ("InstanceId.1": forms,
 * "instancesSet": XML) and CloudTrail's ("instancesSet": {"items": [{"instanceId"}]}), which is the one that operations
 * take. shapes.inc says what API and wire call a thing; params.c makes CloudTrail's form of the API's.
 */
#pragma once

#include "sim/base/base.h"

enum protocol { PROTOCOL_QUERY, PROTOCOL_EC2, PROTOCOL_JSON, PROTOCOL_S3 };

struct wire_service {
    const char *name;    /* as in the credential scope and in the catalog */
    const char *version; /* of the API; also names the folder of a client's rule set */
    enum protocol protocol;
    const char *target; /* PROTOCOL_JSON: X-Amz-Target before the last dot, without a name space */
    const char *xmlns;  /* PROTOCOL_QUERY and _EC2 */
};
extern const struct wire_service wire_services[];
extern const size_t wire_n_services;
const struct wire_service *wire_service_find(const char *name);

/* ---- shapes: what an operation is asked and gives, as build-aux/wire-shapes describes the texts ---- */

struct wire_shape {
    const char *op;            /* "iam:GetUser" */
    const char *asked, *given; /* given "" = an empty reply */
};
const struct wire_shape *wire_shape_find(const char *op);

struct shape_fault {     /* one of both: */
    const char *missing; /* the API's name of a required member that is not there */
    const char *why;     /* text where a number is expected, or the like */
};
/* A form's fields ("Filter.1.Value.2" = "web") as a tree in the API's names; a new reference, or NULL and a fault. If
 * `strict` (EC2), a field unknown to the shape is one. */
struct form_field {
    const char *name, *value; /* decoded */
};
#define FORM_MAX_FIELDS 2000
#define FORM_MAX_INDEX 1000
json_t *shape_from_form(const char *shape, const struct form_field *fields, size_t n, bool strict, struct arena *,
                        struct shape_fault *);
/* The same for a JSON body: kinds are checked, times become ISO 8601. Unknown members are dropped, as AWS does. */
json_t *shape_from_json(const char *shape, const json_t *body, struct arena *, struct shape_fault *);
/* A reply in the API's names as XML elements, or as a JSON document; what the shape does not know is not sent. Times are
 * ISO 8601 in the reply; JSON gets epoch seconds. `ms` adds .000 to times in XML (EC2). */
void shape_add_xml(struct str *, const char *shape, const json_t *reply, bool ms);
void shape_add_json(struct str *, const char *shape, const json_t *reply);
void str_add_xml(struct str *, const char *text); /* & < > " and control characters escaped; what XML 1.0 forbids is dropped */

/* ---- parameters: the API's names to CloudTrail's ---- */

json_t *params_of(const struct wire_service *, const char *op, const json_t *asked); /* a new reference */

/* A percent-encoded form or query string, cut into decoded fields (in the arena). False: too many fields, bad encoding,
 * a NUL, or not UTF-8. `plus`: "+" means a blank (forms, not paths). */
struct form {
    struct form_field *list;
    size_t n;
};
bool form_read(struct arena *, const char *text, size_t len, bool plus, struct form *out);
const char *form_get(const struct form *, const char *name); /* NULL if absent */
bool uri_decode(struct arena *, const char *text, size_t len, bool plus, const char **out);

/* ---- replies ---- */

struct wire_reply {
    unsigned status;
    const char *content_type; /* NULL = no body */
    const char *error_type;   /* x-amzn-ErrorType of a JSON error, else NULL */
    struct str body;
};
void wire_reply_drop(struct wire_reply *);
/* `reply` is what the operation gave (API names), NULL if it gives nothing. Not for S3, whose replies s3.c writes. */
void wire_success(struct wire_reply *, const struct wire_service *, const char *op, const json_t *reply,
                  const char *request_id);
/* Code and message as the API spells them; the HTTP status follows from the code. S3 says some things apart: `details`,
 * elements of the error ({"BucketName", "b"}), ended by a NULL name; NULL = none. */
void wire_failure(struct wire_reply *, const struct wire_service *, const char *code, const char *message,
                  const struct form_field *details, const char *request_id);
/* S3's second id of a request, in its errors and headers; derived from the first, in the arena. */
const char *wire_host_id(struct arena *, const char *request_id);
unsigned wire_status(enum protocol, const char *code);

/* An XML body as {"Root": {...}}: elements with elements are objects, repeated ones lists, others texts; attributes and
 * name space prefixes are dropped. NULL with "line 1: ..." in `why`: not well-formed, a DTD, or beyond the limits. */
#define XML_MAX_BYTES (1u << 20)
json_t *xml_read(const char *, size_t, struct arena *, const char **why);
