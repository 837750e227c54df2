/* SPDX-License-Identifier: MIT */
/*
 * From a request to its answer: who signed it, for which service, what is asked; then the lab acts, and the outcome goes
 * back in the service's own form. Every step either goes on or leaves a failure to be written.
 */
#include "sim/serve/serve.h"
#include "sim/serve/console.h"
#include "sim/serve/exchange.h"

#include <stdlib.h>
#include <string.h>

struct aws_server {
    struct live *live;
    struct http *http, *site;
    struct console *console;
    const char *site_dir;
};

/* ---- the steps: false leaves ex->error_code ---- */

/* Nobody says for which service, or it is one that we do not know: one whose form of error such a client can read. */
static const struct wire_service *likely_service(const struct exchange *ex)
{
    const char *type = http_header(ex->r, "content-type");
    bool form = type && text_starts(type, "application/x-www-form-urlencoded");
    bool xml = form || text_same(ex->claim.service, "route53") || text_same(ex->claim.service, "cloudfront");
    bool s3 = !ex->claim.service && !form && !http_header(ex->r, "x-amz-target");
    return wire_service_find(xml ? "sts" : s3 ? "s3" : "kms");
}

/* Objects may be for everybody: who does not sign at all is nobody in particular, if there is such a bucket. (A browser asks
 * for more than the website has.) */
static bool is_anonymous(const struct exchange *ex)
{
    const char *path = ex->r->path + 1, *bucket = NULL;
    return text_same(ex->service->name, "s3") && uri_decode(&ex->r->arena, path, strcspn(path, "/"), false, &bucket) &&
           live_has_bucket(ex->live, bucket);
}

static bool read_claim(struct exchange *ex)
{
    enum signature_fault fault = signature_read(&ex->signed_request, &ex->r->arena, &ex->claim);
    const struct wire_service *said = ex->claim.service ? wire_service_find(ex->claim.service) : NULL;
    ex->service = said ? said : likely_service(ex);
    ex->anonymous = fault == SIGNATURE_ABSENT && is_anonymous(ex);
    if (ex->anonymous)
        return true;
    if (said && fault == SIGNATURE_GOOD)
        return true;
    if (fault != SIGNATURE_GOOD)
        return exchange_fault(ex, fault);
    return exchange_fail(ex, "UnknownService", "cafelab does not simulate the service \"%.40s\"", ex->claim.service);
}

static bool check_claim(struct exchange *ex)
{
    if (ex->anonymous) {
        ex->caller.who.kind = PRINCIPAL_ANONYMOUS;
        return true;
    }
    if (!live_caller(ex->live, ex->claim.key_id, &ex->r->arena, &ex->caller))
        return exchange_unknown_key(ex);
    if (ex->caller.token && !text_same(ex->caller.token, ex->claim.token))
        return ex->service->protocol == PROTOCOL_S3
                   ? exchange_fail(ex, "InvalidToken", "The provided token is malformed or otherwise invalid.")
                   : exchange_unknown_key(ex);
    if (ex->caller.expires_ms && ex->now_ms > ex->caller.expires_ms)
        return exchange_expired(ex);
    enum signature_fault fault = signature_check(&ex->signed_request, &ex->claim, ex->caller.secret, ex->now_ms, &ex->r->arena);
    return fault == SIGNATURE_GOOD || exchange_fault(ex, fault);
}

static bool read_operation(struct exchange *ex)
{
    switch (ex->service->protocol) {
    case PROTOCOL_S3: return exchange_read_s3(ex);
    case PROTOCOL_JSON: return exchange_read_json(ex);
    default: return exchange_read_form(ex);
    }
}

/* The lab does it. Who asks from loopback is the student, whose address is the scenario's; or somebody on the server. */
static bool act_on_it(struct exchange *ex)
{
    struct err e = {0};
    bool on_server = ex->r->peer == SERVE_SERVER_FROM;
    struct action action = {
        .time_ms = ex->now_ms,
        .who = ex->caller.who,
        .from = {on_server ? live_server_ip(ex->live, &ex->r->arena) : live_student_ip(ex->live, &ex->r->arena),
                 http_header(ex->r, "user-agent"), true},
        .op = ex->op,
        .region = ex->claim.region,
        .params = ex->params,
    };
    if (!action.from.agent)
        action.from.agent = "-";
    if (!live_act(ex->live, &action, &ex->r->arena, &ex->answer, &e)) {
        fprintf(stderr, "cafelab: %s\n", e.msg);
        return exchange_fail(ex, ex->service->protocol == PROTOCOL_JSON ? "InternalFailure" : "InternalError",
                             "We encountered an internal error. Please try again.");
    }
    if (!ex->answer.error_code)
        return true;
    return exchange_fail(ex, ex->answer.error_code, "%s", ex->answer.error_message);
}

static bool (*const steps[])(struct exchange *) = {read_claim, check_claim, exchange_unchunk, read_operation, act_on_it};

/* ---- one exchange ---- */

static void draw_request_id(struct exchange *ex)
{
    char id[UUID_LEN + 1] = "";
    struct seed seed = seed_from_text(ex->signed_request.body_sha256);
    struct chance c = chance_of(&seed, "%s/%lld", ex->r->path, (long long)ex->now_ms);
    chance_uuid(&c, id);
    ex->request_id = arena_dup(&ex->r->arena, id);
}

static void answer_api(void *context, struct http_request *r, struct http_reply *reply)
{
    struct aws_server *server = context;
    char hash[65];
    struct exchange ex = {.live = server->live, .r = r, .reply = reply, .now_ms = clock_now_ms()};
    if (site_answer(server->live, server->site_dir, "/cafe/", r, reply) || own_answer(server->live, r, reply) ||
        console_answer(server->console, server->live, r, reply))
        return;
    sha256_hex(str_text(&r->body), r->body.len, hash);
    ex.signed_request = (struct signed_request){r->method, r->path, r->query, r->headers, r->n_headers, hash};
    draw_request_id(&ex);
    for (size_t i = 0; i < COUNT(steps) && !ex.error_code; i++)
        if (!steps[i](&ex))
            break;
    exchange_reply(&ex);
    json_decref(ex.params);
    json_decref(ex.answer.reply);
}

static void answer_site(void *context, struct http_request *r, struct http_reply *reply)
{
    struct aws_server *server = context;
    if (!site_answer(server->live, server->site_dir, "/", r, reply))
        reply->wire.status = 404;
}

/* ---- starting and stopping ---- */

struct aws_server *serve_start(const struct server_options *o, struct err *e)
{
    struct aws_server *server = xcalloc(1, sizeof(*server));
    unsigned threads = o->threads ? o->threads : 8; /* most of them wait for the disk */
    server->live = o->live;
    server->site_dir = o->site;
    server->console = console_new();
    server->http = http_start(&(struct http_options){.port = o->port, .threads = threads}, answer_api, server, e);
    if (server->http && o->site_port)
        server->site = http_start(&(struct http_options){.port = o->site_port, .threads = 1}, answer_site, server, e);
    if (server->http && (server->site || !o->site_port))
        return server;
    serve_stop(server);
    return NULL;
}

unsigned serve_port(const struct aws_server *server)
{
    return http_port(server->http);
}

unsigned serve_site_port(const struct aws_server *server)
{
    return server->site ? http_port(server->site) : 0;
}

void serve_stop(struct aws_server *server)
{
    if (!server)
        return;
    http_stop(server->site);
    http_stop(server->http);
    console_free(server->console);
    free(server);
}
