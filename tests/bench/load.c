/* SPDX-License-Identifier: MIT */
/*
 * Signed requests from many keep-alive clients, by one thread: how many a second a live lab answers, how long each waits;
 * and, for tests that kill the server, which changes were answered.
 *
 *   bench-load PORT KEY SECRET REGION read|write|check CLIENTS REQUESTS [PREFIX]
 *
 * read asks sts:GetCallerIdentity. write makes users and, if BUCKET is in the environment, objects, named PREFIX-<n>; a name
 * is printed as soon as its answer is there ("user NAME"). check reads such lines and fails for each that is not in the lab.
 * The last line, on standard error, is JSON with the figures; a connection that breaks ends all.
 */
#include "sim/serve/sigv4.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_REPLY 65536

struct wish {
    const char *service, *method, *path, *body;
    char name[128]; /* "user x", "object x" */
};
struct client {
    int fd;
    struct str request;
    char reply[MOST_REPLY];
    size_t got;
    double began;
    struct wish wish;
};
static struct load {
    unsigned port;
    const char *key_id, *secret, *region, *mode, *prefix, *bucket;
    size_t n_clients, n_requests, sent, answered, failed;
    struct client *clients;
    double *waits; /* of each answer, in ms */
    char body[256], path[256];
    bool broken;
} load;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- what is asked ---- */

static void wish_user(struct wish *w, const char *action, const char *name)
{
    snprintf(w->name, sizeof(w->name), "user %s", name);
    snprintf(load.body, sizeof(load.body), "Action=%s&Version=2010-05-08&UserName=%s", action, name);
    w->service = "iam", w->method = "POST", w->path = "/", w->body = load.body;
}

static void wish_object(struct wish *w, const char *method, const char *name)
{
    snprintf(w->name, sizeof(w->name), "object %s", name);
    snprintf(load.path, sizeof(load.path), "/%s/%s", load.bucket, name);
    snprintf(load.body, sizeof(load.body), "%s", *method == 'P' ? name : "");
    w->service = "s3", w->method = method, w->path = load.path, w->body = load.body;
}

/* False: there is nothing more to ask. */
static bool next_wish(struct wish *w)
{
    char line[128], name[100];
    if (load.sent == load.n_requests)
        return false;
    if (text_same(load.mode, "read")) {
        *w = (struct wish){"sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", ""};
    } else if (text_same(load.mode, "write")) {
        snprintf(name, sizeof(name), "%.60s-%zu", load.prefix, load.sent);
        if (load.bucket && load.sent % 2)
            wish_object(w, "PUT", name);
        else
            wish_user(w, "CreateUser", name);
    } else {
        if (!fgets(line, sizeof(line), stdin))
            return false;
        if (sscanf(line, "user %99s", name) == 1)
            wish_user(w, "GetUser", name);
        else if (sscanf(line, "object %99s", name) == 1)
            wish_object(w, "HEAD", name);
        else
            return false;
    }
    load.sent++;
    return true;
}

/* ---- signing: nothing of it is the server's but the keyed hash ---- */

static const uint8_t *signing_key(const struct signature *s)
{
    static uint8_t keys[8][32];
    static const char *services[8];
    size_t i = 0;
    while (services[i] && !text_same(services[i], s->service))
        i++;
    if (!services[i]) {
        signature_key(load.secret, s, keys[i]);
        services[i] = s->service;
    }
    return keys[i];
}

static void sign(struct client *c)
{
    AUTO(str_drop) struct str canonical = {0};
    AUTO(str_drop) struct str text = {0};
    const struct wish *w = &c->wish;
    char stamp[32], day[16], hash[65], hex[65];
    time_t t = time(NULL);
    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime(&t));
    snprintf(day, sizeof(day), "%.8s", stamp);
    struct signature s = {.day = day, .region = load.region, .service = w->service};
    sha256_hex(w->body, strlen(w->body), hash);
    const char *type = "application/x-www-form-urlencoded", *names = "content-type;host;x-amz-content-sha256;x-amz-date";
    str_addf(&canonical, "%s\n%s\n\ncontent-type:%s\nhost:127.0.0.1:%u\nx-amz-content-sha256:%s\nx-amz-date:%s\n\n%s\n%s",
             w->method, w->path, type, load.port, hash, stamp, names, hash);
    sha256_hex(canonical.s, canonical.len, hex);
    str_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s/%s/%s/aws4_request\n%s", stamp, day, load.region, w->service, hex);
    signature_hex(signing_key(&s), text.s, text.len, hex);
    str_clear(&c->request);
    str_addf(&c->request,
             "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: %s\r\nX-Amz-Content-SHA256: %s\r\nX-Amz-Date: %s\r\n"
             "User-Agent: load\r\nAuthorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=%s, "
             "Signature=%s\r\nContent-Length: %zu\r\n\r\n%s",
             w->method, w->path, load.port, type, hash, stamp, load.key_id, day, load.region, w->service, names, hex,
             strlen(w->body), w->body);
}

/* ---- talking ---- */

static bool connect_client(struct client *c)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load.port)};
    int on = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)))
        return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return true;
}

static void ask(struct client *c)
{
    if (!next_wish(&c->wish))
        return;
    sign(c);
    c->got = 0;
    c->began = now_s();
    if (send(c->fd, c->request.s, c->request.len, MSG_NOSIGNAL) != (ssize_t)c->request.len)
        load.broken = true;
}

/* The reply is whole: -1 not yet, else its status. */
static int reply_status(struct client *c)
{
    c->reply[c->got] = '\0';
    const char *end = strstr(c->reply, "\r\n\r\n");
    if (!end)
        return -1;
    const char *length = strcasestr(c->reply, "\r\nContent-Length:");
    size_t body = length && length < end && *c->wish.method != 'H' ? strtoul(length + 17, NULL, 10) : 0;
    return (size_t)(end + 4 - c->reply) + body <= c->got ? atoi(c->reply + 9) : -1;
}

static void answered(struct client *c, int status)
{
    load.waits[load.answered++] = (now_s() - c->began) * 1000;
    if (status != 200) {
        load.failed++;
        fprintf(stderr, "%d for %s\n", status, *c->wish.name ? c->wish.name : c->wish.path);
    } else if (text_same(load.mode, "write")) {
        puts(c->wish.name);
    }
    ask(c);
}

static void hear(struct client *c)
{
    ssize_t n = recv(c->fd, c->reply + c->got, MOST_REPLY - 1 - c->got, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        load.broken = true;
        return;
    }
    c->got += (size_t)n;
    int status = reply_status(c);
    if (status >= 0)
        answered(c, status);
}

static bool run(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < load.n_clients; i++) {
        struct client *c = &load.clients[i];
        if (!connect_client(c))
            return false;
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
    }
    for (size_t i = 0; i < load.n_clients && !load.broken; i++)
        ask(&load.clients[i]);
    while (load.answered < load.sent && !load.broken) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, 30000);
        if (n <= 0)
            return false;
        for (int i = 0; i < n && !load.broken; i++)
            hear(events[i].data.ptr);
    }
    close(epoll);
    return true;
}

/* ---- figures ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(double seconds)
{
    size_t n = load.answered;
    qsort(load.waits, n, sizeof(*load.waits), by_size);
    fprintf(
        stderr,
        "{\"answered\":%zu,\"failed\":%zu,\"broken\":%s,\"seconds\":%.3f,\"perSecond\":%.0f,\"p50Ms\":%.2f,\"p99Ms\":%.2f}\n",
        n, load.failed, load.broken ? "true" : "false", seconds, (double)n / seconds, n ? load.waits[n / 2] : 0,
        n ? load.waits[n * 99 / 100] : 0);
}

int main(int argc, char **argv)
{
    if (argc < 8) {
        fputs("usage: bench-load PORT KEY SECRET REGION read|write|check CLIENTS REQUESTS [PREFIX]\n", stderr);
        return 2;
    }
    load = (struct load){
        .port = (unsigned)atoi(argv[1]), .key_id = argv[2], .secret = argv[3], .region = argv[4], .mode = argv[5]};
    load.prefix = argc > 8 ? argv[8] : "load";
    load.bucket = env_get("BUCKET");
    load.n_clients = strtoul(argv[6], NULL, 10);
    load.n_requests = strtoul(argv[7], NULL, 10);
    load.clients = xcalloc(load.n_clients, sizeof(*load.clients));
    load.waits = xcalloc(load.n_requests + 1, sizeof(*load.waits));
    setvbuf(stdout, NULL, _IOLBF, 0);
    double began = now_s();
    bool good = run();
    report(now_s() - began);
    for (size_t i = 0; i < load.n_clients; i++) {
        str_drop(&load.clients[i].request);
        close(load.clients[i].fd);
    }
    free(load.clients);
    free(load.waits);
    return good && !load.failed && !load.broken ? 0 : 1;
}
