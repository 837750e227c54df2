/* SPDX-License-Identifier: MIT */
/* Messages between outside and inside. Who is inside may be anybody: lengths have limits, descriptors are counted. */
#include "sim/shell/parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void close_all_but(const int *fds, size_t n)
{
    for (unsigned from = 3, next = 0; next != ~0u; from = next + 1) {
        next = ~0u;
        for (size_t i = 0; i < n; i++)
            if (fds[i] >= (int)from && (unsigned)fds[i] < next)
                next = (unsigned)fds[i];
        if (next > from)
            close_range(from, next - 1, 0);
    }
}

void message_drop(struct message *m)
{
    str_drop(&m->bytes);
    for (size_t i = 0; i < COUNT(m->fds); i++)
        close_fd(&m->fds[i]);
}

static bool send_all(int fd, const void *data, size_t n)
{
    for (const char *at = data; n;) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

bool link_send(int fd, enum link_kind kind, const void *data, size_t n, const int *fds, size_t n_fds)
{
    unsigned char head[5] = {(unsigned char)kind, (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                             (unsigned char)n};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(3 * sizeof(int))];
    } control = {0};
    struct iovec part = {head, sizeof(head)};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (n_fds) {
        m.msg_control = control.bytes;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    return sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)sizeof(head) && send_all(fd, data, n);
}

bool link_say(int fd, enum link_kind kind, const char *text)
{
    return link_send(fd, kind, text, strlen(text), NULL, 0);
}

static bool receive_head(int fd, unsigned char head[5], struct message *ret)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(3 * sizeof(int))];
    } control = {0};
    struct iovec part = {head, 5};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    ssize_t got;
    while ((got = recvmsg(fd, &m, MSG_WAITALL | MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && n <= COUNT(ret->fds))
            memcpy(ret->fds, CMSG_DATA(c), n * sizeof(int));
    }
    return got == 5;
}

bool link_receive(int fd, struct message *ret, struct err *e)
{
    unsigned char head[5];
    *ret = (struct message){
        .fds = {-1, -1, -1}
    };
    if (!receive_head(fd, head, ret))
        return err_set(e, "the server's first process is gone");
    size_t n = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    ret->kind = head[0];
    if (n > LINK_MAX_BYTES)
        return err_set(e, "the server sends more than %u MiB", LINK_MAX_BYTES >> 20);
    while (ret->bytes.len < n) {
        size_t want = n - ret->bytes.len < 65536 ? n - ret->bytes.len : 65536;
        ssize_t got = recv(fd, str_reserve(&ret->bytes, want), want, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(e, "the server's first process broke off");
        ret->bytes.len += (size_t)got;
        ret->bytes.s[ret->bytes.len] = 0;
    }
    return true;
}
