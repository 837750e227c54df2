/* SPDX-License-Identifier: MIT */
/*
 * Requests of the form and JSON protocols, and failures in each protocol's own words. Sources: the common errors of the
 * IAM, EC2, KMS and S3 API references; texts as both CLIs print them.
 */
#include "sim/serve/exchange.h"

#include <string.h>
#include <unistd.h>

#define MAX_API_BODY (1u << 20) /* of the query, EC2 and JSON protocols */

bool exchange_fail(struct exchange *ex, const char *code, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    ex->error_code = code;
    ex->error_message = arena_dup(&ex->r->arena, str_text(&text));
    return false;
}

void exchange_detail(struct exchange *ex, const char *name, const char *value)
{
    size_t n = 0;
    while (ex->details[n].name)
        n++;
    if (n + 1 < COUNT(ex->details) && value)
        ex->details[n] = (struct form_field){name, value};
}

/* ---- signatures ---- */

/* One fault as query (IAM, STS), EC2, JSON and S3 services spell it. */
static const struct {
    enum signature_fault fault;
    const char *codes[4]; /* by enum protocol */
    const char *message;
} faults[] = {
    {SIGNATURE_ABSENT,
     {"MissingAuthenticationToken", "MissingParameter", "MissingAuthenticationTokenException", "AccessDenied"},
     "Request is missing Authentication Token"                                                 },
    {SIGNATURE_MALFORMED,
     {"IncompleteSignature", "AuthFailure", "IncompleteSignatureException", "AuthorizationHeaderMalformed"},
     "The authorization header is malformed; expected Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders and "
     "Signature."                                                                              },
    {SIGNATURE_UNSIGNED,
     {"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "AccessDenied"},
     "There were headers present in the request which were not signed"                         },
    {SIGNATURE_BODY,
     {"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "XAmzContentSHA256Mismatch"},
     "The provided 'x-amz-content-sha256' header does not match what was computed."            },
    {SIGNATURE_MISMATCH,
     {"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch"},
     "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
     "signing method. Consult the service documentation for details."                          },
    {SIGNATURE_DAY,
     {"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "AuthorizationHeaderMalformed"},
     "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"},
};

/* The clocks are apart. S3 says by how much in elements of their own, EC2 not at all. */
static bool wrong_time(struct exchange *ex, bool late)
{
    static const char *const codes[] = {"SignatureDoesNotMatch", "RequestExpired", "InvalidSignatureException",
                                        "RequestTimeTooSkewed"};
    static const char form[] = "%Y%m%dT%H%M%SZ";
    struct arena *arena = &ex->r->arena;
    const char *code = codes[ex->service->protocol], *now = arena_time(arena, ex->now_ms, form);
    if (ex->service->protocol == PROTOCOL_S3) {
        exchange_detail(ex, "RequestTime", ex->claim.stamp);
        exchange_detail(ex, "ServerTime", arena_time(arena, ex->now_ms, TIME_ISO));
        exchange_detail(ex, "MaxAllowedSkewMilliseconds", arena_printf(arena, "%d", SIGNATURE_SKEW_MS));
        return exchange_fail(ex, code, "The difference between the request time and the current time is too large.");
    }
    if (ex->service->protocol == PROTOCOL_EC2)
        return exchange_fail(ex, code, "Request has expired.");
    const char *bound = arena_time(arena, ex->now_ms + (late ? -SIGNATURE_SKEW_MS : SIGNATURE_SKEW_MS), form);
    return exchange_fail(ex, code,
                         late ? "Signature expired: %s is now earlier than %s (%s - 15 min.)"
                              : "Signature not yet current: %s is still later than %s (%s + 15 min.)",
                         ex->claim.stamp, bound, now);
}

bool exchange_fault(struct exchange *ex, enum signature_fault fault)
{
    if (fault == SIGNATURE_LATE && ex->claim.presigned)
        return exchange_fail(ex, "AccessDenied", "Request has expired");
    if (fault == SIGNATURE_LATE || fault == SIGNATURE_EARLY)
        return wrong_time(ex, fault == SIGNATURE_LATE);
    if (fault == SIGNATURE_MISMATCH) {
        exchange_detail(ex, "AWSAccessKeyId", ex->claim.key_id);
        exchange_detail(ex, "SignatureProvided", ex->claim.hex);
    }
    if (fault == SIGNATURE_BODY) {
        exchange_detail(ex, "ClientComputedContentSHA256", ex->claim.payload);
        exchange_detail(ex, "S3ComputedContentSHA256", ex->signed_request.body_sha256);
    }
    size_t i = 0;
    while (faults[i].fault != fault) /* the table has all others */
        i++;
    return exchange_fail(ex, faults[i].codes[ex->service->protocol], "%s", faults[i].message);
}

bool exchange_unknown_key(struct exchange *ex)
{
    static const struct {
        const char *code, *message;
    } said[] = {
        [PROTOCOL_QUERY] = {"InvalidClientTokenId",        "The security token included in the request is invalid."           },
        [PROTOCOL_EC2] = {"AuthFailure",                 "AWS was not able to validate the provided access credentials"     },
        [PROTOCOL_JSON] = {"UnrecognizedClientException", "The security token included in the request is invalid."           },
        [PROTOCOL_S3] = {"InvalidAccessKeyId",          "The AWS Access Key Id you provided does not exist in our records."},
    };
    return exchange_fail(ex, said[ex->service->protocol].code, "%s", said[ex->service->protocol].message);
}

bool exchange_expired(struct exchange *ex)
{
    static const char *const said[][2] = {
        [PROTOCOL_QUERY] = {"ExpiredToken",          "The security token included in the request is expired"},
        [PROTOCOL_EC2] = {"RequestExpired",        "Request has expired."                                 },
        [PROTOCOL_JSON] = {"ExpiredTokenException", "The security token included in the request is expired"},
        [PROTOCOL_S3] = {"ExpiredToken",          "The provided token has expired."                      },
    };
    return exchange_fail(ex, said[ex->service->protocol][0], "%s", said[ex->service->protocol][1]);
}

/* ---- operations ---- */

static bool api_body(struct exchange *ex)
{
    return ex->r->body.len <= MAX_API_BODY ||
           exchange_fail(ex, "RequestEntityTooLarge", "The request body may not be longer than %u bytes", MAX_API_BODY);
}

static const struct wire_shape *find_shape(struct exchange *ex, const char *name)
{
    const char *op = arena_printf(&ex->r->arena, "%s:%.80s", ex->service->name, name);
    const struct wire_shape *shape = wire_shape_find(op);
    ex->op = shape ? shape->op : op;
    if (shape && catalog_find(&lab_catalog, shape->op, NULL))
        return shape;
    if (ex->service->protocol == PROTOCOL_JSON)
        exchange_fail(ex, "UnknownOperationException", "%.80s is not an operation that cafelab simulates", name);
    else if (ex->service->protocol == PROTOCOL_EC2)
        exchange_fail(ex, "InvalidAction", "The action %.80s is not valid for this web service.", name);
    else
        exchange_fail(ex, "InvalidAction", "Could not find operation %.80s for version %s", name, ex->service->version);
    return NULL;
}

/* In the words of the services' common validator, which has the names with a small letter. */
static bool missing(struct exchange *ex, const char *code, const char *name)
{
    return exchange_fail(
        ex, code, "1 validation error detected: Value null at '%c%s' failed to satisfy constraint: Member must not be null",
        *name >= 'A' && *name <= 'Z' ? *name + 32 : *name, name + 1);
}

bool exchange_read_form(struct exchange *ex)
{
    struct form form;
    struct shape_fault fault;
    const char *text = ex->r->body.len ? ex->r->body.s : ex->r->query;
    if (!api_body(ex))
        return false;
    if (!form_read(&ex->r->arena, text, strlen(text), true, &form) || !form_get(&form, "Action"))
        return exchange_fail(ex, "MissingAction", "The request must contain the parameter Action");
    const struct wire_shape *shape = find_shape(ex, form_get(&form, "Action"));
    if (!shape)
        return false;
    bool ec2 = ex->service->protocol == PROTOCOL_EC2;
    json_auto_t *asked = shape_from_form(shape->asked, form.list, form.n, ec2, &ex->r->arena, &fault);
    if (!asked && fault.missing)
        return ec2 ? exchange_fail(ex, "MissingParameter", "The request must contain the parameter %s", fault.missing)
                   : missing(ex, "ValidationError", fault.missing);
    if (!asked)
        return exchange_fail(ex, ec2 ? "InvalidParameterValue" : "ValidationError", "%s", fault.why);
    ex->params = params_of(ex->service, ex->op, asked);
    return true;
}

bool exchange_read_json(struct exchange *ex)
{
    struct err e = {0};
    const char *target = http_header(ex->r, "x-amz-target"), *dot = target ? strrchr(target, '.') : NULL;
    struct shape_fault fault = {0};
    const char *text = ex->r->body.len ? ex->r->body.s : "{}";
    if (!api_body(ex))
        return false;
    if (!dot)
        return exchange_fail(ex, "UnknownOperationException", "The request must have a header X-Amz-Target");
    const struct wire_shape *shape = find_shape(ex, dot + 1);
    if (!shape)
        return false;
    json_auto_t *body = json_read(text, strlen(text), &e);
    json_auto_t *asked = body ? shape_from_json(shape->asked, body, &ex->r->arena, &fault) : NULL;
    if (!asked && fault.missing)
        return missing(ex, "ValidationException", fault.missing);
    if (!asked)
        return exchange_fail(ex, "SerializationException", "%s", body ? fault.why : e.msg);
    ex->params = params_of(ex->service, ex->op, asked);
    return true;
}

bool exchange_read_s3(struct exchange *ex)
{
    s3_read(ex->r, &ex->s3);
    ex->op = ex->s3.op;
    ex->params = ex->s3.params;
    if (ex->s3.error_code)
        return exchange_fail(ex, ex->s3.error_code, "%s", ex->s3.error_message);
    if (!ex->op)
        return exchange_fail(ex, "NotImplemented", "cafelab does not simulate %s of this", ex->r->method);
    return exchange_check_digests(ex) && objects_before(ex);
}

/* ---- the answer ---- */

static void success(struct exchange *ex)
{
    if (ex->service->protocol != PROTOCOL_S3) {
        wire_success(&ex->reply->wire, ex->service, ex->op, ex->answer.reply, ex->request_id);
        return;
    }
    s3_success(ex->r, &ex->s3, ex->answer.reply, ex->reply);
    objects_after(ex);
}

/* Which thing a code is about stands beside it. */
static void name_the_thing(struct exchange *ex)
{
    static const struct {
        const char *code, *element;
    } about[] = {
        {"NoSuchKey",        "Key"     },
        {"NoSuchVersion",    "Key"     },
        {"NoSuchUpload",     "UploadId"},
        {"MethodNotAllowed", "Method"  },
        {"NotImplemented",   "Header"  },
    };
    static const char *const of_buckets[] = {"BucketAlready", "BucketNotEmpty", "InvalidBucketName", "NoSuch", "NotFoundError"};
    for (size_t i = 0; i < COUNT(about); i++)
        if (text_same(about[i].code, ex->error_code)) {
            exchange_detail(ex, about[i].element,
                            i < 2    ? ex->s3.key
                            : i == 2 ? form_get(&ex->s3.query, "uploadId")
                                     : ex->r->method);
            if (i == 1)
                exchange_detail(ex, "VersionId", form_get(&ex->s3.query, "versionId"));
            return;
        }
    for (size_t i = 0; i < COUNT(of_buckets); i++)
        if (strstr(ex->error_code, of_buckets[i])) {
            exchange_detail(ex, "BucketName", ex->s3.bucket);
            return;
        }
}

void exchange_reply(struct exchange *ex)
{
    bool head = text_same(ex->r->method, "HEAD");
    if (ex->answer.request_id)
        ex->request_id = ex->answer.request_id;
    if (!ex->error_code)
        success(ex);
    if (ex->error_code && ex->aside)
        unlink(ex->aside);
    bool s3 = ex->service->protocol == PROTOCOL_S3;
    if (ex->error_code && s3) {
        name_the_thing(ex);
        s3_add_headers(ex->r, ex->answer.error_code ? ex->answer.reply : NULL, ex->reply);
    }
    if (ex->error_code) /* also when the bytes were gone */
        wire_failure(&ex->reply->wire, ex->service, ex->error_code, ex->error_message, ex->details, ex->request_id);
    if (head && ex->error_code) {
        str_clear(&ex->reply->wire.body);
        ex->reply->wire.content_type = NULL;
    }
    http_reply_header(ex->reply, s3 ? "x-amz-request-id" : "x-amzn-RequestId", ex->request_id);
    if (s3)
        http_reply_header(ex->reply, "x-amz-id-2", wire_host_id(&ex->r->arena, ex->request_id));
}
