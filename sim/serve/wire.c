/* SPDX-License-Identifier: MIT */
/*
 * The services on the wire, and replies in each protocol's own form. Sources: the public API models; the error envelopes
 * of the query, EC2, JSON 1.1 and S3 protocols as both CLIs read them.
 */
#include "sim/serve/wire.h"

#include <string.h>

const struct wire_service wire_services[] = {
    {"athena",        "2017-05-18", PROTOCOL_JSON,  "AmazonAthena",              NULL                                       },
    {"cloudtrail",    "2013-11-01", PROTOCOL_JSON,  "CloudTrail_20131101",       NULL                                       },
    {"ec2",           "2016-11-15", PROTOCOL_EC2,   NULL,                        "http://ec2.amazonaws.com/doc/2016-11-15/" },
    {"health",        "2016-08-04", PROTOCOL_JSON,  "AWSHealth_20160804",        NULL                                       },
    {"iam",           "2010-05-08", PROTOCOL_QUERY, NULL,                        "https://iam.amazonaws.com/doc/2010-05-08/"},
    {"kms",           "2014-11-01", PROTOCOL_JSON,  "TrentService",              NULL                                       },
    {"logs",          "2014-03-28", PROTOCOL_JSON,  "Logs_20140328",             NULL                                       },
    {"organizations", "2016-11-28", PROTOCOL_JSON,  "AWSOrganizationsV20161128", NULL                                       },
    {"s3",            "2006-03-01", PROTOCOL_S3,    NULL,                        "http://s3.amazonaws.com/doc/2006-03-01/"  },
    {"ssm",           "2014-11-06", PROTOCOL_JSON,  "AmazonSSM",                 NULL                                       },
    {"sts",           "2011-06-15", PROTOCOL_QUERY, NULL,                        "https://sts.amazonaws.com/doc/2011-06-15/"},
};
const size_t wire_n_services = COUNT(wire_services);

const struct wire_service *wire_service_find(const char *name)
{
    for (size_t i = 0; i < wire_n_services; i++)
        if (text_same(wire_services[i].name, name))
            return &wire_services[i];
    return NULL;
}

void wire_reply_drop(struct wire_reply *reply)
{
    str_drop(&reply->body);
}

/* ---- success ---- */

static void query_success(struct str *out, const struct wire_service *service, const char *name, const char *given,
                          const json_t *reply, const char *request_id)
{
    str_addf(out, "<%sResponse xmlns=\"%s\">\n", name, service->xmlns);
    if (*given) {
        str_addf(out, "<%sResult>", name);
        shape_add_xml(out, given, reply, false);
        str_addf(out, "</%sResult>\n", name);
    }
    str_addf(out, "<ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata>\n</%sResponse>\n", request_id, name);
}

static void ec2_success(struct str *out, const struct wire_service *service, const char *name, const char *given,
                        const json_t *reply, const char *request_id)
{
    str_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%sResponse xmlns=\"%s\"><requestId>%s</requestId>", name,
             service->xmlns, request_id);
    shape_add_xml(out, *given ? given : "{}", reply, true);
    str_addf(out, "</%sResponse>\n", name);
}

void wire_success(struct wire_reply *r, const struct wire_service *service, const char *op, const json_t *reply,
                  const char *request_id)
{
    const struct wire_shape *shape = wire_shape_find(op);
    const char *name = strchr(op, ':') + 1, *given = shape ? shape->given : "";
    bool json = service->protocol == PROTOCOL_JSON;
    r->status = 200;
    r->content_type = json ? "application/x-amz-json-1.1" : "text/xml;charset=UTF-8";
    if (service->protocol == PROTOCOL_QUERY)
        query_success(&r->body, service, name, given, reply, request_id);
    else if (service->protocol == PROTOCOL_EC2)
        ec2_success(&r->body, service, name, given, reply, request_id);
    else if (reply && *given)
        shape_add_json(&r->body, given, reply);
    else if (!text_same(service->name, "kms")) /* KMS answers such calls with nothing at all */
        str_add(&r->body, "{}");
}

/* ---- failure ---- */

static const struct status {
    const char *code;
    unsigned status;
} statuses[] = {
    {"AccessDenied",                                   403},
    {"AuthFailure",                                    401},
    {"BadDigest",                                      400},
    {"BucketAlreadyExists",                            409},
    {"BucketAlreadyOwnedByYou",                        409},
    {"BucketNotEmpty",                                 409},
    {"DeleteConflict",                                 409},
    {"DryRunOperation",                                412},
    {"EntityAlreadyExists",                            409},
    {"EntityTemporarilyUnmodifiable",                  409},
    {"ExpiredToken",                                   403},
    {"InternalError",                                  500},
    {"InternalFailure",                                500},
    {"InvalidAccessKeyId",                             403},
    {"InvalidClientTokenId",                           403},
    {"InvalidRange",                                   416},
    {"LimitExceeded",                                  409},
    {"MethodNotAllowed",                               405},
    {"MissingAuthenticationToken",                     403},
    {"MissingContentLength",                           411},
    {"NoSuchBucket",                                   404},
    {"NoSuchBucketPolicy",                             404},
    {"NoSuchCORSConfiguration",                        404},
    {"NoSuchEntity",                                   404},
    {"NoSuchKey",                                      404},
    {"NoSuchLifecycleConfiguration",                   404},
    {"NoSuchPublicAccessBlockConfiguration",           404},
    {"NoSuchTagSet",                                   404},
    {"NoSuchUpload",                                   404},
    {"NoSuchVersion",                                  404},
    {"NoSuchWebsiteConfiguration",                     404},
    {"NotImplemented",                                 501},
    {"ObjectLockConfigurationNotFoundError",           404},
    {"PreconditionFailed",                             412},
    {"ReplicationConfigurationNotFoundError",          404},
    {"ReportNotPresent",                               410},
    {"RequestTimeTooSkewed",                           403},
    {"ServerSideEncryptionConfigurationNotFoundError", 404},
    {"ServiceUnavailable",                             503},
    {"SignatureDoesNotMatch",                          403},
    {"UnauthorizedOperation",                          403},
};

unsigned wire_status(enum protocol protocol, const char *code)
{
    if (protocol == PROTOCOL_JSON)
        return text_same(code, "InternalFailure") ? 500 : 400;
    if (protocol == PROTOCOL_S3 && text_same(code, "ExpiredToken"))
        return 400;
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (text_same(statuses[i].code, code))
            return statuses[i].status;
    return 400;
}

static void add_tag(struct str *out, const char *tag, const char *text)
{
    str_addf(out, "<%s>", tag);
    str_add_xml(out, text);
    str_addf(out, "</%s>", tag);
}

const char *wire_host_id(struct arena *arena, const char *request_id)
{
    AUTO(str_drop) struct str text = {0};
    uint8_t hash[64];
    sha256(request_id, strlen(request_id), hash);
    sha256(hash, 32, hash + 32);
    str_add_base64(&text, hash, 57); /* no "=" at its end */
    return arena_dup(arena, str_text(&text));
}

static void s3_failure(struct str *out, const char *code, const char *message, const struct form_field *details,
                       const char *request_id)
{
    AUTO(arena_drop) struct arena arena = {0};
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    add_tag(out, "Code", code);
    add_tag(out, "Message", message);
    for (const struct form_field *detail = details; detail && detail->name; detail++)
        add_tag(out, detail->name, detail->value);
    add_tag(out, "RequestId", request_id);
    add_tag(out, "HostId", wire_host_id(&arena, request_id));
    str_add(out, "</Error>");
}

static void query_failure(struct str *out, const struct wire_service *service, const char *code, const char *message,
                          const char *request_id)
{
    bool ec2 = service->protocol == PROTOCOL_EC2;
    if (ec2)
        str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>");
    else
        str_addf(out, "<ErrorResponse xmlns=\"%s\">\n<Error><Type>Sender</Type>", service->xmlns);
    add_tag(out, "Code", code);
    add_tag(out, "Message", message);
    str_addf(out,
             ec2 ? "</Error></Errors><RequestID>%s</RequestID></Response>"
                 : "</Error>\n<RequestId>%s</RequestId>\n</ErrorResponse>\n",
             request_id);
}

static void json_failure(struct str *out, const char *code, const char *message)
{
    str_add(out, "{\"__type\":");
    str_add_json(out, code);
    if (*message) { /* a few errors have none */
        str_add(out, ",\"message\":");
        str_add_json(out, message);
    }
    str_addc(out, '}');
}

void wire_failure(struct wire_reply *r, const struct wire_service *service, const char *code, const char *message,
                  const struct form_field *details, const char *request_id)
{
    r->status = wire_status(service->protocol, code);
    switch (service->protocol) {
    case PROTOCOL_S3:
        r->content_type = "application/xml";
        s3_failure(&r->body, code, message, details, request_id);
        break;
    case PROTOCOL_JSON:
        r->content_type = "application/x-amz-json-1.1";
        r->error_type = code;
        json_failure(&r->body, code, message);
        break;
    default: r->content_type = "text/xml;charset=UTF-8"; query_failure(&r->body, service, code, message, request_id);
    }
}
