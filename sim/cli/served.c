/* SPDX-License-Identifier: MIT */
/*
 * A lab that another process serves, or may. Whether it is served, and at which port, stands in .cafelab/held, which the server
 * keeps locked; who serves it holds its journal, so commands ask it over loopback. Where nobody does they hold it themselves.
 */
#include "sim/cli/served.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX (64u << 20)

unsigned served_port(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    char text[64] = "";
    const char *path = arena_printf(&arena, "%s/.cafelab/held", dir), *port;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool free_now = fd < 0 || !flock(fd, LOCK_SH | LOCK_NB);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    port = strstr(text, "port ");
    if (!free_now && port)
        return (unsigned)strtoul(port + 5, NULL, 10);
    if (lab_expected(dir, e))
        err_set(e, "nobody serves '%s': run `cafelab start %s` in another terminal", dir, arena_shell_word(&arena, dir));
    return 0;
}

static const char *setting(struct arena *arena, const char *text, const char *key)
{
    const char *at = strstr(text, key);
    at = at ? at + strlen(key) : NULL;
    return at ? arena_dupn(arena, at, strcspn(at, "\n")) : NULL;
}

bool served_client(const char *dir, struct arena *arena, struct client_plan *out, struct err *e)
{
    AUTO(str_drop) struct str config = {0};
    AUTO(str_drop) struct str credentials = {0};
    *out = (struct client_plan){.dir = dir, .port = served_port(dir, e)};
    if (!out->port || !file_read(arena_printf(arena, "%s/.cafelab/aws/config", dir), 65536, &config, e) ||
        !file_read(arena_printf(arena, "%s/.cafelab/aws/credentials", dir), 65536, &credentials, e))
        return false;
    out->region = setting(arena, str_text(&config), "region = ");
    out->access_key_id = setting(arena, str_text(&credentials), "aws_access_key_id = ");
    out->secret = setting(arena, str_text(&credentials), "aws_secret_access_key = ");
    return (out->region && out->access_key_id && out->secret) ||
           err_set(e, "'%s/.cafelab/aws' is damaged: start the lab again", dir);
}

/* ---- asking ---- */

static bool send_all(int fd, const struct str *s)
{
    for (size_t done = 0; done < s->len;) {
        ssize_t n = send(fd, s->s + done, s->len - done, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool receive_all(int fd, struct str *s)
{
    ssize_t n;
    do {
        n = recv(fd, str_reserve(s, 65536), 65536, 0);
        s->len += n > 0 ? (size_t)n : 0;
    } while (n > 0 && s->len < ANSWER_MAX);
    if (s->len)
        s->s[s->len] = 0;
    return n == 0;
}

static bool talk(unsigned port, const struct str *request, struct str *answer)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to)) && send_all(fd, request) && receive_all(fd, answer);
    if (fd >= 0)
        close(fd);
    return good;
}

json_t *served_ask(unsigned port, const char *path, const json_t *what, struct err *e)
{
    AUTO(str_drop) struct str body = {0};
    AUTO(str_drop) struct str request = {0};
    AUTO(str_drop) struct str answer = {0};
    str_add_json_value(&body, what);
    str_addf(&request,
             "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n" SERVE_OWN_HEADER
             ": 1\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             path, body.len);
    str_addn(&request, body.s, body.len);
    if (!talk(port, &request, &answer)) {
        err_set(e, "the server at port %u does not answer: %m", port);
        return NULL;
    }
    const char *said = strstr(str_text(&answer), "\r\n\r\n");
    if (said && text_starts(str_text(&answer), "HTTP/1.1 200"))
        return json_read(said + 4, strlen(said + 4), e);
    if (said && text_starts(str_text(&answer), "HTTP/1.1 409"))
        err_set(e, "%s", said + 4); /* its own words */
    else
        err_set(e, "the server at port %u says: %s", port, said && said[4] ? said + 4 : "nothing");
    return NULL;
}

/* ---- holding it ourselves ---- */

int served_or_hold(const char *dir, unsigned *port, struct err *e)
{
    struct err nobody = {0};
    *port = served_port(dir, &nobody);
    int held = *port ? -1 : lab_hold(dir, e);
    if (held < 0 && !*port && (*port = served_port(dir, &nobody))) /* it has only just begun to be served */
        *e = (struct err){0};
    return held;
}
