/* SPDX-License-Identifier: MIT */
/*
 * A request is collected whole, checked for what no honest client sends, answered, and gone. The raw target is only to be
 * had from libmicrohttpd's log callback, before it decodes it; signatures are over the raw one.
 */
#include "sim/serve/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct http {
    struct MHD_Daemon *daemon;
    int64_t patience_us;
    http_answer *answer;
    void *context;
};

const char *http_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (text_same(r->headers[i].name, name))
            return r->headers[i].value;
    return NULL;
}

void http_reply_header(struct http_reply *reply, const char *name, const char *value)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (text_same(reply->headers[i].name, name)) {
            reply->headers[i].value = value;
            return;
        }
    if (reply->n_headers < COUNT(reply->headers))
        reply->headers[reply->n_headers++] = (struct form_field){name, value};
}

/* ---- a request comes in ---- */

/* Clients that take us for a proxy send whole addresses (RFC 9112, 3.2.2). Those of this machine are ours; anybody else's
 * end here: nothing goes on to a real host. */
static const char *origin_form(const char *target, unsigned *refused)
{
    static const char *const ours[] = {"http://127.0.0.1", "http://localhost"};
    for (size_t i = 0; i < COUNT(ours); i++) {
        size_t n = strlen(ours[i]);
        if (!text_starts(target, ours[i]) || (target[n] && target[n] != ':' && target[n] != '/'))
            continue;
        const char *path = strchr(target + n, '/');
        return path ? path : "/";
    }
    if (*target != '/')
        *refused = text_starts(target, "http://") || text_starts(target, "https://") ? 403 : 400;
    return target;
}

static void *open_request(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context, (void)connection;
    struct http_request *r = xcalloc(1, sizeof(*r));
    r->target_end = target + strlen(target) + 1;
    r->began_us = clock_monotonic_us();
    target = origin_form(target, &r->refused);
    size_t path = strcspn(target, "?");
    r->path = arena_dupn(&r->arena, target, path);
    r->query = arena_dup(&r->arena, target[path] ? target + path + 1 : "");
    for (const char *p = target; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            r->refused = 400;
    return r;
}

static const char *small(struct arena *arena, const char *name)
{
    char *copy = arena_dup(arena, name);
    for (char *p = copy; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return copy;
}

static const char *trimmed(struct arena *arena, const char *value)
{
    value += strspn(value, " \t");
    size_t n = strlen(value);
    while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
        n--;
    return arena_dupn(arena, value, n);
}

static enum MHD_Result take_header(void *request, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct http_request *r = request;
    if (r->n_headers == HTTP_MAX_HEADERS) {
        r->refused = 431;
        return MHD_NO;
    }
    r->headers[r->n_headers++] = (struct form_field){small(&r->arena, name), trimmed(&r->arena, value ? value : "")};
    return MHD_YES;
}

/* Two ways of saying how long a body is are how requests are smuggled past a front (RFC 9112, 6.3). */
static void check_framing(struct http_request *r)
{
    size_t lengths = 0, codings = 0;
    for (size_t i = 0; i < r->n_headers; i++) {
        lengths += text_same(r->headers[i].name, "content-length");
        codings += text_same(r->headers[i].name, "transfer-encoding");
    }
    if (lengths + codings > 1)
        r->refused = 400;
    const char *length = http_header(r, "content-length");
    if (length && (!*length || length[strspn(length, ALPHABET_DIGITS)]))
        r->refused = 400;
    else if (length && (strlen(length) > 10 || strtoull(length, NULL, 10) > HTTP_MAX_BODY))
        r->refused = 413;
}

static void take_body(const struct http *http, struct http_request *r, const char *data, size_t n)
{
    if (r->body.len + n > HTTP_MAX_BODY)
        r->refused = 413;
    else if (clock_monotonic_us() - r->began_us > http->patience_us)
        r->refused = 408;
    if (!r->refused)
        str_addn(&r->body, data, n);
}

/* ---- a reply goes out ---- */

static struct MHD_Response *response_of(struct http_reply *reply)
{
    size_t n = reply->wire.body.len;
    if (reply->file > 0)
        return MHD_create_response_from_fd_at_offset64(reply->length, reply->file, reply->offset);
    return MHD_create_response_from_buffer(n, n ? str_steal(&reply->wire.body) : NULL, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct http_reply *reply)
{
    struct MHD_Response *response = response_of(reply);
    if (!response)
        return MHD_NO;
    if (reply->wire.content_type)
        MHD_add_response_header(response, "Content-Type", reply->wire.content_type);
    if (reply->wire.error_type)
        MHD_add_response_header(response, "x-amzn-ErrorType", reply->wire.error_type);
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if (reply->close)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(connection, reply->wire.status ? reply->wire.status : 200, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status)
{
    struct http_reply reply = {.wire.status = status, .close = true};
    return send_reply(connection, &reply);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *data_size, void **con_cls)
{
    (void)url;
    struct http *http = context;
    struct http_request *r = *con_cls;
    if (!r->method) { /* headers are there, the body is not */
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        if (info && info->client_addr->sa_family == AF_INET)
            r->peer = ntohl(((const struct sockaddr_in *)info->client_addr)->sin_addr.s_addr);
        r->method = arena_dup(&r->arena, method);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, r);
        check_framing(r);
        if (version != r->target_end) /* a NUL in the target, which ended it before its end */
            r->refused = 400;
        return r->refused ? refuse(connection, r->refused) : MHD_YES;
    }
    if (*data_size) {
        take_body(http, r, data, *data_size);
        *data_size = 0;
        return r->refused == 408 ? MHD_NO : MHD_YES; /* who is that slow would not hear the answer either */
    }
    if (r->refused)
        return refuse(connection, r->refused);
    struct http_reply reply = {0};
    http->answer(http->context, r, &reply);
    enum MHD_Result sent = reply.hang_up ? MHD_NO : send_reply(connection, &reply);
    wire_reply_drop(&reply.wire);
    return sent;
}

static void close_request(void *context, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    struct http_request *r = *con_cls;
    if (!r)
        return;
    str_drop(&r->body);
    arena_drop(&r->arena);
    free(r);
    *con_cls = NULL;
}

/* ---- the listener ---- */

/* A connection is a file; shells often start with 1,024 of them, and allow more to who asks. */
static void allow_connections(void)
{
    struct rlimit most;
    const rlim_t wanted = HTTP_MAX_CONNECTIONS + 1000;
    if (getrlimit(RLIMIT_NOFILE, &most) || most.rlim_cur >= wanted)
        return;
    most.rlim_cur = most.rlim_max == RLIM_INFINITY || most.rlim_max > wanted ? wanted : most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
}

struct http *http_start(const struct http_options *o, http_answer *answer, void *context, struct err *e)
{
    struct http *http = xcalloc(1, sizeof(*http));
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
    const unsigned silent_s = o->silent_s ? o->silent_s : HTTP_SILENT_S;
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    allow_connections();
    http->answer = answer;
    http->context = context;
    http->patience_us = INT64_C(1000000) * (o->patience_s ? o->patience_s : HTTP_PATIENCE_S);
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)o->port, NULL, NULL, handle, http, MHD_OPTION_SOCK_ADDR, &loopback,
        MHD_OPTION_THREAD_POOL_SIZE, o->threads, MHD_OPTION_URI_LOG_CALLBACK, open_request, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        close_request, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        silent_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MAX_HEADER_BYTES, MHD_OPTION_END);
    if (http->daemon)
        return http;
    err_set(e, "cannot listen on 127.0.0.1:%u: %s", o->port, strerror(errno));
    free(http);
    return NULL;
}

unsigned http_port(const struct http *http)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}
