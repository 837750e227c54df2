/* SPDX-License-Identifier: MIT */
/*
 * The two doors of the server's network of one machine: 169.254.169.254, where its instance metadata answers, and a port of
 * its loopback where the account's API does, as long as somebody serves the lab. Their sockets are made inside, before it is
 * shut; who sits at them is a process outside, so that nothing of it is to be seen or killed in there.
 *
 * Requests for the API are passed on, byte by byte, from an address of loopback that the serving process knows as the
 * server's own.
 */
#include "sim/shell/parts.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 64
#define IDLE_MS 60000
#define LINGER_MS 1000
#define HEAD_MAX 8192

int door_open(const char *ip, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* several may wait for one guest */
    if (fd >= 0 && inet_pton(AF_INET, ip, &at.sin_addr) == 1 &&
        !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) && !bind(fd, (struct sockaddr *)&at, sizeof(at)) &&
        !listen(fd, 64))
        return fd;
    close_fd(&fd);
    return -1;
}

void doors_open(int link)
{
    int fds[DOORS] = {door_open("169.254.169.254", 80), door_open("127.0.0.1", SHELL_API_PORT)}, open[DOORS];
    char which[DOORS];
    size_t n = 0;
    for (int i = 0; i < DOORS; i++)
        if (fds[i] >= 0) {
            which[n] = (char)('0' + i);
            open[n++] = fds[i];
        }
    link_send(link, LINK_DOORS, which, n, open, n);
    for (int i = 0; i < DOORS; i++)
        close_fd(&fds[i]);
}

void doors_take(struct message *m, int fds[DOORS])
{
    for (int i = 0; i < DOORS; i++) {
        const char *at = m->bytes.len <= DOORS ? strchr(str_text(&m->bytes), '0' + i) : NULL;
        fds[i] = at ? m->fds[at - m->bytes.s] : -1;
        if (at)
            m->fds[at - m->bytes.s] = -1;
    }
}

/* ---- outside: one connection, in a process of its own ---- */

static bool send_all(int fd, const char *s, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, s, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        s += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool pass(int from, int to)
{
    char bytes[65536];
    ssize_t n = recv(from, bytes, sizeof(bytes), 0);
    if (n > 0)
        return send_all(to, bytes, (size_t)n);
    shutdown(to, SHUT_WR);
    return false;
}

static void pass_both(int a, int b)
{
    struct pollfd fds[2] = {
        {.fd = a, .events = POLLIN},
        {.fd = b, .events = POLLIN},
    };
    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && poll(fds, 2, IDLE_MS) > 0)
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents && !pass(i ? b : a, i ? a : b))
                fds[i].fd = -1;
}

/* A request up to its body, which matters to nobody here. */
static bool read_head(int fd, char head[HEAD_MAX], size_t *have)
{
    for (;;) {
        head[*have] = 0;
        if (strstr(head, "\r\n\r\n"))
            return true;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (*have == HEAD_MAX - 1 || poll(&p, 1, IDLE_MS) <= 0)
            return false;
        ssize_t n = recv(fd, head + *have, HEAD_MAX - 1 - *have, 0);
        if (n <= 0)
            return false;
        *have += (size_t)n;
    }
}

/* Nobody serves the lab: that is told as an error of AWS's, in the form that whoever asks can read. */
static void refuse(int guest)
{
    static const char code[] = "LabNotServed";
    static const char message[] = "nobody serves this lab now: outside of this shell, run `cafelab start` with its folder";
    static const char s3[] = "<Error><Code>%s</Code><Message>%s</Message></Error>";
    static const char ec2[] = "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors></Response>";
    static const char query[] = "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>";
    static const char json[] = "{\"__type\":\"%s\",\"message\":\"%s\"}";
    static const struct {
        const char *sign, *type, *form; /* what a request's head tells the form by, and the form */
    } forms[] = {
        {"/s3/aws4_request",         "application/xml",            s3   },
        {"/ec2/aws4_request",        "text/xml",                   ec2  },
        {"/route53/aws4_request",    "text/xml",                   query},
        {"/cloudfront/aws4_request", "text/xml",                   query},
        {"x-www-form-urlencoded",    "text/xml",                   query},
        {"application/x-amz-json",   "application/x-amz-json-1.1", json },
        {"/aws4_request",            "application/x-amz-json-1.1", json },
        {"",                         "application/xml",            s3   }, /* who does not sign asks for an object */
    };
    char head[HEAD_MAX];
    size_t have = 0, i = 0;
    AUTO(str_drop) struct str body = {0}, reply = {0};
    if (!read_head(guest, head, &have))
        return;
    while (!strstr(head, forms[i].sign))
        i++;
    str_addf(&body, forms[i].form, code, message);
    str_addf(&reply,
             "HTTP/1.1 400 Bad Request\r\nContent-Type: %s\r\nx-amzn-errortype: %s\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n%s",
             forms[i].type, code, body.len, str_text(&body));
    struct pollfd rest = {.fd = guest, .events = POLLIN}; /* of the request: closed before it came, the reply would be lost */
    if (send_all(guest, reply.s, reply.len) && !shutdown(guest, SHUT_WR))
        while (poll(&rest, 1, LINGER_MS) > 0 && recv(guest, head, sizeof(head), 0) > 0)
            ;
}

static void answer_api(const struct shell_house *house, int guest)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    unsigned port = house->served(house->context);
    AUTO(close_fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, SHELL_API_FROM, &from.sin_addr);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)port);
    if (port && fd >= 0 && !bind(fd, (struct sockaddr *)&from, sizeof(from)) &&
        !connect(fd, (struct sockaddr *)&to, sizeof(to)))
        pass_both(guest, fd);
    else
        refuse(guest);
}

static void answer_metadata(const struct metadata *m, int guest)
{
    char head[HEAD_MAX];
    size_t have = 0;
    while (read_head(guest, head, &have)) {
        AUTO(str_drop) struct str reply = {0};
        char *end = strstr(head, "\r\n\r\n") + 4;
        char was = *end;
        *end = 0;
        bool more = metadata_answer(m, head, clock_now_ms(), &reply);
        *end = was;
        if (!send_all(guest, reply.s, reply.len) || !more)
            return;
        have -= (size_t)(end - head);
        memmove(head, end, have);
    }
}

/* ---- outside: who sits there ---- */

static volatile sig_atomic_t relieved;

static void be_relieved(int signal)
{
    (void)signal;
    relieved = 1;
}

/* SIGTERM comes only while it waits: whoever is forked blocks it. */
static _Noreturn void sit(const struct shell_house *house, const struct metadata *m, const int fds[DOORS])
{
    const struct timespec soon = {.tv_nsec = 200000000};
    size_t busy = 0;
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "cafelab-doors");
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = be_relieved}, NULL);
    while (!relieved || busy) {
        struct pollfd doors[DOORS] = {
            {.fd = relieved ? -1 : fds[0], .events = POLLIN},
            {.fd = relieved ? -1 : fds[1], .events = POLLIN},
        };
        ppoll(doors, DOORS, busy ? &soon : NULL, &none);
        while (busy && waitpid(-1, NULL, WNOHANG) > 0)
            busy--;
        for (int i = 0; i < DOORS; i++) {
            if (!doors[i].revents || busy >= CONNECTIONS)
                continue;
            int guest = accept4(fds[i], NULL, NULL, SOCK_CLOEXEC);
            pid_t pid = guest >= 0 ? fork() : -1;
            if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (i == 0)
                    answer_metadata(m, guest);
                else
                    answer_api(house, guest);
                _exit(0);
            }
            busy += pid > 0;
            close_fd(&guest);
        }
    }
    _exit(0);
}

pid_t doors_attend(const struct shell_house *house, const struct metadata *m, const int fds[DOORS])
{
    sigset_t relief, was;
    sigemptyset(&relief);
    sigaddset(&relief, SIGTERM);
    sigprocmask(SIG_BLOCK, &relief, &was); /* the keeper takes no notice of it, and this one must not miss it */
    pid_t pid = fork();
    if (pid == 0) {
        close_all_but(fds, DOORS);
        sit(house, m, fds);
    }
    sigprocmask(SIG_SETMASK, &was, NULL);
    return pid;
}
