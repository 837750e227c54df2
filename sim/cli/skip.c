/* SPDX-License-Identifier: MIT */
/* cafelab skip: the next scripted steps of a live lab happen now. */
#include "sim/cli/serving.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool ask(unsigned port, struct err *e)
{
    static const char request[] =
        "POST " SERVE_SKIP_PATH " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char answer[512] = "";
    size_t n = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool sent = fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
                write(fd, request, sizeof(request) - 1) == (ssize_t)sizeof(request) - 1;
    for (ssize_t got = 1; sent && got > 0 && n<sizeof(answer) - 1; n += got> 0 ? (size_t)got : 0)
        got = read(fd, answer + n, sizeof(answer) - 1 - n);
    if (fd >= 0)
        close(fd);
    if (!sent || !n)
        return err_set(e, "the server at port %u does not answer: %m", port);
    const char *body = strstr(answer, "\r\n\r\n");
    return text_starts(answer, "HTTP/1.1 204") || err_set(e, "%s", body ? body + 4 : answer);
}

static int run(const struct request *r)
{
    struct err e = {0};
    unsigned port = served_port(r->args[0], &e);
    if (!port || !ask(port, &e))
        return trouble_err(&e);
    printf("the waits in %s are over: what was to come comes now\n", r->args[0]);
    return EXIT_GOOD;
}

const struct command command_skip = {
    .name = "skip",
    .synopsis = "DIR",
    .says = "let the next scripted steps of a live lab happen now",
    .more = "The waits before them are over, one a second, until what follows depends on you; and the trail delivers what it\n"
            "has. The clock stays what it is.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{0}},
};
