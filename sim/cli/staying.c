/* SPDX-License-Identifier: MIT */
/*
 * A stay's begin and end. Who serves a lab holds its journal, so it is asked over loopback; where nobody does we hold the lab
 * ourselves, for as long as it takes to write, not while the shell is open: other commands work meanwhile.
 */
#include "sim/cli/staying.h"

#include "sim/cli/serving.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (1u << 20)

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

/* ---- asking who serves it ---- */

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

static json_t *ask(unsigned port, const json_t *what, struct err *e)
{
    AUTO(str_drop) struct str body = {0};
    AUTO(str_drop) struct str request = {0};
    AUTO(str_drop) struct str answer = {0};
    str_add_json_value(&body, what);
    str_addf(&request,
             "POST " SERVE_STAY_PATH " HTTP/1.1\r\nHost: 127.0.0.1\r\n" SERVE_STAY_HEADER ": 1\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n",
             body.len);
    str_addn(&request, body.s, body.len);
    if (!talk(port, &request, &answer)) {
        err_set(e, "the server at port %u does not answer: %m", port);
        return NULL;
    }
    const char *said = strstr(str_text(&answer), "\r\n\r\n");
    if (said && text_starts(str_text(&answer), "HTTP/1.1 200"))
        return json_read(said + 4, strlen(said + 4), e);
    err_set(e, "the server at port %u says: %s", port, said && said[4] ? said + 4 : "nothing");
    return NULL;
}

/* ---- holding it ourselves ---- */

static bool begin_alone(const char *dir, struct arrival a, struct lab *lab, json_t **ret, struct err *e)
{
    int held = lab_hold(dir, e);
    bool good = held >= 0 && lab_open(dir, lab, e);
    if (good && !a.on && lab->world.servers)
        a.on = lab->world.servers->name;
    *ret = good ? lab_stay_begin(lab, &a, e) : NULL;
    if (good && !*ret)
        lab_drop(lab);
    if (held >= 0)
        close(held);
    return *ret != NULL;
}

/* The server may be writing just now: what does not fit together is looked at again. */
bool staying_look(const char *dir, struct lab *lab, struct err *e)
{
    for (int i = 0; i < 10; i++) {
        *e = (struct err){0};
        if (lab_open(dir, lab, e))
            return true;
        rest();
    }
    return false;
}

static bool begin_served(const char *dir, unsigned port, struct arrival a, struct lab *lab, json_t **ret, struct err *e)
{
    struct lab before;
    AUTO(free_text) char *name = NULL;
    if (!a.on && !staying_look(dir, &before, e))
        return false;
    if (!a.on) {
        name = xstrdup(before.world.servers ? before.world.servers->name : "");
        a.on = name;
        lab_drop(&before);
    }
    json_auto_t *what = stay_ask_begin(&a);
    *ret = ask(port, what, e);
    if (*ret && staying_look(dir, lab, e))
        return true;
    json_decref(*ret);
    *ret = NULL;
    return false;
}

bool staying_begin(const char *dir, const struct arrival *arrival, struct lab *lab, json_t **ret, struct err *e)
{
    struct err nobody = {0};
    unsigned port = served_port(dir, &nobody);
    return port ? begin_served(dir, port, *arrival, lab, ret, e) : begin_alone(dir, *arrival, lab, ret, e);
}

bool staying_end(const char *dir, const struct stay *stay, struct err *e)
{
    struct err nobody = {0};
    struct lab lab;
    int held = served_port(dir, &nobody) ? -1 : lab_hold(dir, e);
    unsigned port = held < 0 ? served_port(dir, &nobody) : 0;
    if (port) {
        *e = (struct err){0};
        json_auto_t *what = stay_ask_end(stay);
        json_auto_t *answer = ask(port, what, e);
        return answer != NULL;
    }
    bool good = held >= 0 && lab_open(dir, &lab, e);
    if (good) {
        good = lab_stay_end(&lab, stay, e);
        lab_drop(&lab);
    }
    if (held >= 0)
        close(held);
    return good;
}
