/* SPDX-License-Identifier: MIT */
/* The HTTP edge, spoken to byte by byte: what comes through, and what no honest client sends. */
#include "sim/serve/http.h"

#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Says back what it was asked. */
static void echo(void *context, struct http_request *r, struct http_reply *reply)
{
    (void)context;
    reply->wire.content_type = "text/plain";
    str_addf(&reply->wire.body, "%s|%s|%s|%zu|%s", r->method, r->path, r->query, r->body.len,
             http_header(r, "x-test") ? http_header(r, "x-test") : "");
    http_reply_header(reply, "X-Echo", "yes");
}

static void converse(unsigned port, const struct str *sent, struct str *got)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {5, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t n;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    CU_ASSERT_EQUAL(send(fd, sent->s, sent->len, MSG_NOSIGNAL), (ssize_t)sent->len);
    shutdown(fd, SHUT_WR);
    while ((n = recv(fd, str_reserve(got, 4096), 4096, 0)) > 0)
        got->len += (size_t)n;
    str_addc(got, '\0');
    close(fd);
}

static bool served(const char *request, size_t n, struct str *got)
{
    AUTO(str_drop) struct str sent = {0};
    struct err e = {0};
    struct http *http = http_start(&(struct http_options){.threads = 2}, echo, NULL, &e);
    CU_ASSERT_PTR_NOT_NULL(http);
    if (!http)
        return false;
    str_addn(&sent, request, n);
    converse(http_port(http), &sent, got);
    http_stop(http);
    return true;
}

static void ask(const char *request, size_t n, const char *status, const char *body)
{
    AUTO(str_drop) struct str got = {0};
    if (!served(request, n, &got))
        return;
    if (!strstr(got.s, status) || !strstr(got.s, body))
        printf("asked: %.80s\ngot: %s\n", request, got.s);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.s, status));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.s, body));
}

static void brings_requests_in_whole(void)
{
    static const char *const rows[][2] = {
        {"GET /b/sp%20ace%2B?x=%2F HTTP/1.1\r\nHost: h\r\nX-Test:  a b \r\nConnection: close\r\n\r\n",
         "GET|/b/sp%20ace%2B|x=%2F|0|a b"                                                                                             },
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",                          "POST|/||5|"   },
        {"PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         "PUT|/k||3|"                                                                                                                 },
        {"GET http://127.0.0.1:8000/b/k?x HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nConnection: close\r\n\r\n",              "GET|/b/k|x|0|"},
        {"POST http://localhost HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",                "POST|/||0|"   },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ask(rows[i][0], strlen(rows[i][0]), "HTTP/1.1 200", rows[i][1]);
}

static void refuses_what_no_client_sends(void)
{
    static const char *const rows[] = {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\n",
        "GET /a\001b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a\xff\x7f HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    static const char nul[] = "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n";
    for (size_t i = 0; i < COUNT(rows); i++)
        ask(rows[i], strlen(rows[i]), "HTTP/1.1 400", "");
    AUTO(str_drop) struct str got = {0};
    if (served(nul, sizeof(nul) - 1, &got)) /* libmicrohttpd 1.0 hangs up without a word */
        CU_ASSERT(!*got.s || text_starts(got.s, "HTTP/1.1 400"));
    static const char *const elsewhere[] = {
        "GET http://s3.amazonaws.com/ HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n",
        "GET https://127.0.0.1.example.com/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http://127.0.0.1.example.com/ HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(elsewhere); i++)
        ask(elsewhere[i], strlen(elsewhere[i]), "HTTP/1.1 403", "");
    static const char huge[] = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n";
    ask(huge, sizeof(huge) - 1, "HTTP/1.1 413", "");
}

static void limits_headers(void)
{
    AUTO(str_drop) struct str request = {0};
    str_add(&request, "GET / HTTP/1.1\r\nHost: h\r\nX-Long: ");
    for (int i = 0; i < 70000; i++)
        str_addc(&request, 'a');
    str_add(&request, "\r\n\r\n");
    ask(request.s, request.len, "HTTP/1.1 431", "");
    str_clear(&request);
    str_add(&request, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 100; i++)
        str_addf(&request, "X-%d: y\r\n", i);
    str_add(&request, "\r\n");
    ask(request.s, request.len, "HTTP/1.1 431", "");
}

static void tells_when_the_port_is_taken(void)
{
    struct err e = {0}, e2 = {0};
    struct http *first = http_start(&(struct http_options){.threads = 1}, echo, NULL, &e);
    CU_ASSERT_PTR_NOT_NULL(first);
    struct http *second = http_start(&(struct http_options){.port = http_port(first), .threads = 1}, echo, NULL, &e2);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_TRUE(text_starts(e2.msg, "cannot listen on 127.0.0.1:"));
    http_stop(second);
    http_stop(first);
}

/* Sends the head of a request with a body of 100 bytes, then one of them every `pause_ms` (0 = none). Seconds until the
 * server has had enough; 10 = never. */
static double patience_with(const struct http_options *o, unsigned pause_ms)
{
    static const char head[] = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nab";
    struct err e = {0};
    struct http *http = http_start(o, echo, NULL, &e);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(http))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int64_t began = clock_monotonic_us(), waited = 0;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    CU_ASSERT_EQUAL(send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL), (ssize_t)sizeof(head) - 1);
    for (char got; waited < 10000000; waited = clock_monotonic_us() - began) {
        struct pollfd ready = {fd, POLLIN, 0};
        if (poll(&ready, 1, pause_ms ? (int)pause_ms : 1000) > 0 && recv(fd, &got, 1, 0) <= 0)
            break;
        if (pause_ms && send(fd, "x", 1, MSG_NOSIGNAL) < 0)
            break;
    }
    waited = clock_monotonic_us() - began;
    close(fd);
    http_stop(http);
    return (double)waited / 1e6;
}

static void has_enough_of_the_silent_and_the_slow(void)
{
    double silent = patience_with(&(struct http_options){.threads = 1, .silent_s = 1}, 0);
    double slow = patience_with(&(struct http_options){.threads = 1, .silent_s = 5, .patience_s = 1}, 100);
    if (silent > 8 || slow > 8)
        printf("silent for %.1f s, slow for %.1f s\n", silent, slow);
    CU_ASSERT_TRUE(silent > 0.5 && silent < 8);
    CU_ASSERT_TRUE(slow > 0.5 && slow < 8);
}

CU_TestInfo serve_http_tests[] = {
    {"brings requests in whole",              brings_requests_in_whole             },
    {"refuses what no client sends",          refuses_what_no_client_sends         },
    {"limits headers",                        limits_headers                       },
    {"tells when the port is taken",          tells_when_the_port_is_taken         },
    {"has enough of the silent and the slow", has_enough_of_the_silent_and_the_slow},
    CU_TEST_INFO_NULL,
};
