/* SPDX-License-Identifier: MIT */
/*
 * How services word a refusal: each has its own codes and sentences, and writes another code into CloudTrail than it
 * sends over the wire.
 *
 * Facts: denials in public CloudTrail logs of 2023 and 2024; IAM user guide, "Troubleshoot access denied error
 * messages"; the services' lists of common errors.
 */
#include "sim/act/parts.h"

#include <string.h>

#define TOKEN_INVALID "The security token included in the request is invalid."

static const struct dialect dialects[] = {
    {"ec2", "MissingParameter", "UnknownParameter", "InvalidParameterValue", "InvalidAction",    "AuthFailure",
     "AWS was not able to validate the provided access credentials"                                                                   },
    {"iam", "ValidationError",  "ValidationError",  "ValidationError",       "InvalidAction",    "InvalidClientTokenId", TOKEN_INVALID},
    {"s3",  "InvalidRequest",   "InvalidArgument",  "InvalidArgument",       "MethodNotAllowed", "InvalidAccessKeyId",
     "The AWS Access Key Id you provided does not exist in our records."                                                              },
    {"sts", "ValidationError",  "ValidationError",  "ValidationError",       "InvalidAction",    "InvalidClientTokenId", TOKEN_INVALID},
};
static const struct dialect json_dialect = {
    NULL,
    "ValidationException",
    "ValidationException",
    "ValidationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    TOKEN_INVALID,
};

const struct dialect *dialect_of(const char *service_name)
{
    for (size_t i = 0; service_name && i < COUNT(dialects); i++)
        if (strcmp(dialects[i].service, service_name) == 0)
            return &dialects[i];
    return &json_dialect;
}

/* ---- codes ---- */

#define EXCEPTION "Exception"

static bool is_iam(const struct service *service)
{
    return service && strcmp(service->name, "iam") == 0;
}

static const char *without_prefix(const struct service *service, const char *code)
{
    const char *prefix = service && service->error_prefix ? service->error_prefix : "";

    return text_starts(code, prefix) ? code + strlen(prefix) : code;
}

const char *code_on_wire(struct arena *arena, const struct service *service, const char *code)
{
    code = without_prefix(service, code);
    if (is_iam(service) && text_ends(code, EXCEPTION))
        return arena_dupn(arena, code, strlen(code) - strlen(EXCEPTION));
    return arena_dup(arena, code);
}

/* Codes of IAM that are not the name of the exception without its last word. */
static const struct {
    const char *wire, *record;
} iam_codes[] = {
    {"AccessDenied",     "AccessDenied"                       },
    {"ReportNotPresent", "CredentialReportNotPresentException"},
    {"ValidationError",  "ValidationException"                },
};

const char *code_in_record(struct arena *arena, const struct service *service, const char *wire_code)
{
    if (!service)
        return wire_code;
    for (size_t i = 0; is_iam(service) && i < COUNT(iam_codes); i++)
        if (strcmp(iam_codes[i].wire, wire_code) == 0)
            return iam_codes[i].record;
    if (is_iam(service))
        return arena_printf(arena, "%s" EXCEPTION, wire_code);
    if (strcmp(wire_code, "AccessDeniedException") == 0) /* the JSON services' records leave the word out */
        return "AccessDenied";
    return service->error_prefix ? arena_printf(arena, "%s%s", service->error_prefix, wire_code) : wire_code;
}

/* ---- access denied ---- */

static void add_reason(struct str *out, const char *action, const struct decision *decision)
{
    const char *kind = decision->by_resource_policy ? "resource" : "identity";

    if (decision->explicit_deny)
        str_addf(out, " with an explicit deny in %s %s-based policy", decision->by_resource_policy ? "a" : "an", kind);
    else
        str_addf(out, " because no %s-based policy allows the %s action", kind, action);
}

/* What sts:DecodeAuthorizationMessage would explain. Nobody can read it, so it is drawn. */
static void add_encoded_message(struct call *c, struct str *out)
{
    size_t n = 440 + chance_below(&c->ids, 80);

    str_add(out, ". Encoded authorization failure message: ");
    chance_text(&c->ids, ALPHABET_ALNUM "-_", n, str_reserve(out, n + 1));
    out->len += n;
}

/* Genuine: IAM says "user chaos" rather than the ARN, but for what is about to be made. */
static const char *iam_name(struct arena *arena, const struct op *op, const char *arn)
{
    static const char *const kinds[] = {"user", "group", "role", "policy"};
    static const char *const by_arn[] = {"iam:CreateUser", "iam:CreateGroup", "iam:CreateRole"};
    const char *kind = strrchr(arn, ':'), *name = strrchr(arn, '/');

    for (size_t i = 0; i < COUNT(by_arn); i++)
        if (strcmp(op->name, by_arn[i]) == 0)
            return arn;
    for (size_t i = 0; kind && name && name[1] && i < COUNT(kinds); i++)
        if (text_starts(kind + 1, kinds[i]) && kind[1 + strlen(kinds[i])] == '/')
            return arena_printf(arena, "%s %s", kinds[i], strcmp(kinds[i], "policy") == 0 ? arn : name + 1);
    return arn;
}

/* Requests about nothing in particular name no resource, but in KMS. S3 puts it in double quotes. */
static void add_resource(struct call *c, struct str *out, const char *resource)
{
    const char *service = c->service->name;

    if (strcmp(resource, "*") == 0 && strcmp(service, "kms") != 0)
        return;
    if (strcmp(service, "iam") == 0)
        resource = iam_name(c->arena, c->op, resource);
    str_addf(out, strcmp(service, "s3") == 0 ? " on resource: \"%s\"" : " on resource: %s", resource);
}

void call_deny(struct call *c, const char *action, const char *resource, const struct decision *decision)
{
    AUTO(str_drop) struct str says = {0};
    bool is_ec2 = strcmp(c->service->name, "ec2") == 0;

    if (c->action->who.kind == PRINCIPAL_ANONYMOUS) {
        call_fail(c, c->service->denied_code, "Access Denied");
        return;
    }
    if (is_ec2)
        str_add(&says, "You are not authorized to perform this operation. ");
    str_addf(&says, "User: %s is not authorized to perform: %s", principal_arn(c->w, c->arena, &c->action->who), action);
    if (!is_ec2 || !(c->op->flags & OP_READ))
        add_resource(c, &says, resource);
    add_reason(&says, action, decision);
    if (is_ec2 && !(c->op->flags & OP_READ))
        add_encoded_message(c, &says);
    call_fail(c, c->service->denied_code, "%s", str_text(&says));
}
