/* SPDX-License-Identifier: MIT */
/*
 * A record as CloudTrail writes it. Key order and the rules of the optional keys are those of genuine logs (28,826 records
 * of 2017 to 2026 were compared):
 *
 *   eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent [errorCode errorMessage]
 *   requestParameters responseElements [additionalEventData] requestID eventID readOnly [resources] eventType [apiVersion]
 *   managementEvent recipientAccountId [sharedEventID] eventCategory [tlsDetails] [sessionCredentialFromConsole]
 *
 * requestParameters and responseElements are always there, null when empty. requestID is missing from sign-ins only.
 */
#include "sim/evidence/record.h"

#include "sim/base/services.h"

#include <string.h>

bool record_is_s3(const struct record_facts *facts)
{
    return strcmp(facts->source, SERVICE_S3) == 0;
}

void record_add_agent(struct str *out, const struct record_facts *facts, const char *agent, bool by_service)
{
    AUTO(str_drop) struct str in_brackets = {0};
    if (!record_is_s3(facts) || by_service || agent[0] == '[')
        return str_add_json(out, agent);
    str_addf(&in_brackets, "[%s]", agent);
    str_add_json(out, str_text(&in_brackets));
}

/* A key, and a text that needs no escaping: templates are made by the thousand. */
static void add_quoted(struct str *out, const char *key, const char *text)
{
    str_add(out, key);
    str_addc(out, '"');
    str_add(out, text);
    str_addc(out, '"');
}

/* ---- TLS ---- */

static void add_host(struct str *out, const struct record_facts *facts, const struct entry *entry)
{
    const char *asked = json_str(entry->params, "Host"); /* S3 records say it already */
    const char *host = asked ? asked : facts->host ? facts->host : facts->source, *at = strstr(host, "$region");
    if (!at)
        return str_add_json(out, host);
    AUTO(str_drop) struct str whole = {0};
    str_addn(&whole, host, (size_t)(at - host));
    str_add(&whole, entry->region ? entry->region : "us-east-1");
    str_add(&whole, at + strlen("$region"));
    str_add_json(out, str_text(&whole));
}

/* Only calls that came straight from a client have it. KMS prefers the longer cipher; the console reaches no AWS API itself. */
static void add_tls(struct str *out, const struct record_facts *facts, const struct entry *entry, enum record_client client)
{
    bool kms = strcmp(facts->source, SERVICE_KMS) == 0;
    const char *version = client == CLIENT_TLS13 ? "TLSv1.3" : "TLSv1.2";
    const char *cipher = client == CLIENT_TLS12 ? "ECDHE-RSA-AES128-GCM-SHA256"
                         : kms                  ? "TLS_AES_256_GCM_SHA384"
                                                : "TLS_AES_128_GCM_SHA256";
    if (client != CLIENT_TLS12 && client != CLIENT_TLS13)
        return;
    add_quoted(out, ",\"tlsDetails\":{\"tlsVersion\":", version);
    add_quoted(out, ",\"cipherSuite\":", cipher);
    str_add(out, ",\"clientProvidedHostHeader\":");
    add_host(out, facts, entry);
    str_addc(out, '}');
}

/* Never seen on S3, KMS, STS and sign-in records. */
static bool says_console(const struct record_facts *facts)
{
    static const char *const silent[] = {SERVICE_S3, SERVICE_KMS, SERVICE_STS, SERVICE_SIGNIN};
    for (size_t i = 0; i < COUNT(silent); i++)
        if (strcmp(facts->source, silent[i]) == 0)
            return false;
    return true;
}

/* ---- bodies ---- */

/* Appends text in which every `from` becomes `to`. */
static void add_replaced(struct str *out, const char *text, const char *from, const char *to)
{
    size_t n = strlen(from);
    for (const char *at; (at = strstr(text, from)); text = at + n) {
        str_addn(out, text, (size_t)(at - text));
        str_add(out, to);
    }
    str_add(out, text);
}

static const char *amz_id_of(const char *text, size_t *len)
{
    static const char key[] = "\"x-amz-id-2\":\"";
    const char *at = strstr(text, key);
    if (!at)
        return NULL;
    at += sizeof(key) - 1;
    *len = strcspn(at, "\"");
    return at;
}

static void replace(struct str *text, const char *from, const char *to)
{
    struct str done = {0};
    if (!from || !to || !strstr(str_text(text), from))
        return;
    add_replaced(&done, str_text(text), from, to);
    str_drop(text);
    *text = done;
}

static void replace_amz_id(struct str *text, const char *to)
{
    size_t len = 0;
    const char *id = to ? amz_id_of(str_text(text), &len) : NULL;
    struct str done = {0};
    if (!id)
        return;
    str_addn(&done, text->s, (size_t)(id - text->s));
    str_add(&done, to);
    str_add(&done, id + len);
    str_drop(text);
    *text = done;
}

static void add_body(struct str *out, const json_t *body, const struct entry *entry, const struct record_parts *parts)
{
    AUTO(str_drop) struct str text = {0};
    if (!body)
        return str_add(out, "null");
    if (!parts->in_request_id && !parts->in_amz_id && !parts->in_object)
        return str_add_json_value(out, body);
    str_add_json_value(&text, body);
    replace(&text, entry->request_id, parts->in_request_id);
    replace(&text, OBJECT_GOES_HERE, parts->in_object);
    replace_amz_id(&text, parts->in_amz_id);
    str_addn(out, text.s, text.len);
}

/* ---- the record ---- */

static void add_who_and_what(struct str *out, const struct record_facts *facts, const struct entry *entry,
                             const struct record_parts *parts)
{
    str_add(out, "{\"eventVersion\":\"");
    str_add(out, facts->version);
    str_add(out, "\",\"userIdentity\":");
    str_add(out, parts->identity);
    str_add(out, ",\"eventTime\":\"");
    str_add(out, parts->time);
    str_add(out, "\",\"eventSource\":\"");
    str_add(out, facts->source);
    str_add(out, "\",\"eventName\":");
    str_add_json(out, facts->name);
    str_add(out, ",\"awsRegion\":\"");
    str_add(out, entry->region ? entry->region : "us-east-1");
    str_add(out, "\",\"sourceIPAddress\":");
    str_add(out, parts->ip);
    str_add(out, ",\"userAgent\":");
    str_add(out, parts->agent);
    if (entry->error_code) {
        str_add(out, ",\"errorCode\":");
        str_add_json(out, entry->error_code);
    }
    if (entry->error_message) {
        str_add(out, ",\"errorMessage\":");
        str_add_json(out, entry->error_message);
    }
}

static void add_bodies(struct str *out, const struct entry *entry, const struct record_parts *parts)
{
    str_add(out, ",\"requestParameters\":");
    add_body(out, entry->params, entry, parts);
    str_add(out, ",\"responseElements\":");
    add_body(out, entry->response, entry, parts);
    if (entry->additional) {
        str_add(out, ",\"additionalEventData\":");
        add_body(out, entry->additional, entry, parts);
    }
    if (parts->request_id)
        add_quoted(out, ",\"requestID\":", parts->request_id);
    add_quoted(out, ",\"eventID\":", parts->event_id);
    str_add(out, entry->read_only ? ",\"readOnly\":true" : ",\"readOnly\":false");
    if (entry->resources) {
        str_add(out, ",\"resources\":");
        str_add_json_value(out, entry->resources);
    }
}

static void add_kind(struct str *out, const struct world *w, const struct record_facts *facts, const struct entry *entry,
                     const struct record_parts *parts)
{
    add_quoted(out, ",\"eventType\":", entry->signin ? "AwsConsoleSignIn" : "AwsApiCall");
    if (facts->api_version)
        add_quoted(out, ",\"apiVersion\":", facts->api_version);
    str_add(out, entry->data_event ? ",\"managementEvent\":false" : ",\"managementEvent\":true");
    add_quoted(out, ",\"recipientAccountId\":", w->account.id);
    if (parts->shared_id)
        add_quoted(out, ",\"sharedEventID\":", parts->shared_id);
    add_quoted(out, ",\"eventCategory\":", entry->data_event ? "Data" : "Management");
    add_tls(out, facts, entry, parts->client);
    if (parts->client == CLIENT_CONSOLE && says_console(facts))
        str_add(out, ",\"sessionCredentialFromConsole\":\"true\"");
    str_addc(out, '}');
}

void record_add_parts(struct str *out, const struct world *w, const struct record_facts *facts, const struct entry *entry,
                      const struct record_parts *parts)
{
    add_who_and_what(out, facts, entry, parts);
    add_bodies(out, entry, parts);
    add_kind(out, w, facts, entry, parts);
}

static enum record_client client_of(const struct entry *entry)
{
    const struct principal *who = &entry->who;
    if (who->kind == PRINCIPAL_SERVICE || who->invoked_by)
        return CLIENT_SERVICE;
    if (who->console && !entry->signin) /* a browser signs in itself */
        return CLIENT_CONSOLE;
    return entry->from.tls13 ? CLIENT_TLS13 : CLIENT_TLS12;
}

void record_add(struct str *out, const struct world *w, const struct record_facts *facts, const struct entry *entry)
{
    AUTO(str_drop) struct str identity = {0}, time = {0}, ip = {0}, agent = {0};
    struct record_parts parts = {.request_id = entry->signin ? NULL : entry->request_id,
                                 .event_id = entry->event_id ? entry->event_id : "",
                                 .shared_id = entry->shared_event_id,
                                 .client = client_of(entry)};
    str_add_json_value(&identity, entry->identity);
    str_add_time(&time, entry->time_ms, TIME_ISO);
    str_add_json(&ip, entry->from.ip ? entry->from.ip : "");
    record_add_agent(&agent, facts, entry->from.agent ? entry->from.agent : "", parts.client == CLIENT_SERVICE);
    parts.identity = entry->identity ? str_text(&identity) : "{}";
    parts.time = str_text(&time);
    parts.ip = str_text(&ip);
    parts.agent = str_text(&agent);
    record_add_parts(out, w, facts, entry, &parts);
}
