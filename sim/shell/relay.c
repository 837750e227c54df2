/* SPDX-License-Identifier: MIT */
/*
 * Between the student's terminal and the one inside: bytes both ways, the window's size, and everything put back in the end.
 * The terminal inside does job control and turns Ctrl-C into a signal; ours only passes bytes on. No descriptor of the
 * outside ever is inside: a terminal that were could be typed into (TIOCSTI).
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

struct way { /* bytes from one descriptor to another */
    int from, to;
    bool open;
    char bytes[16384];
    size_t n, done;
};

static void window_size(const struct relay *r)
{
    struct winsize size;
    if (r->terminal && !ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
        ioctl(r->fds[0], TIOCSWINSZ, &size);
}

static void fill(struct way *w)
{
    ssize_t n = read(w->from, w->bytes, sizeof(w->bytes));
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) { /* the end; a terminal's is EIO */
        w->open = false;
        return;
    }
    w->n = (size_t)n;
    w->done = 0;
}

static void empty(struct way *w)
{
    ssize_t n = write(w->to, w->bytes + w->done, w->n - w->done);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n < 0) {
        w->open = false;
        w->n = w->done = 0;
        return;
    }
    w->done += (size_t)n;
}

static struct pollfd wanted(const struct way *w)
{
    if (w->done < w->n)
        return (struct pollfd){.fd = w->to, .events = POLLOUT};
    return (struct pollfd){.fd = w->open ? w->from : -1, .events = POLLIN};
}

static void move(struct way *w, short events)
{
    if (!events)
        return;
    if (w->done < w->n)
        empty(w);
    else if (w->open)
        fill(w);
}

/* HUP: the terminal is lost; TERM: we are asked to go. Both hang up on the shell. */
static bool hung_up(const struct relay *r, int signals)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGWINCH)
            window_size(r);
        else
            return true;
    }
    return false;
}

struct ends {
    struct way *ways;
    size_t n;   /* 0 = hung up: only the status is waited for */
    int status; /* -1 = the shell lives */
};

/* What the shell had written before its end still comes. */
static void drain(struct ends *ends)
{
    for (size_t i = 1; i < ends->n; i++) {
        struct way *w = &ends->ways[i];
        for (int k = 0; k < 4096; k++) {
            struct pollfd p = wanted(w);
            if (p.fd < 0 || poll(&p, 1, 0) <= 0)
                break;
            move(w, p.revents);
        }
    }
}

static void keeper_says(struct relay *r, struct ends *ends)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    struct err gone = {0};
    if (!link_receive(r->link, &m, &gone))
        ends->status = 256;
    else if (m.kind == LINK_STATUS && m.bytes.len == 1)
        ends->status = (unsigned char)m.bytes.s[0];
    else if (m.kind == LINK_NOTE)
        fprintf(stderr, r->terminal ? "\r\ncafelab: %s\r\n" : "cafelab: %s\n", str_text(&m.bytes));
}

static void close_input(struct relay *r, struct way *in)
{
    if (in->open || in->done < in->n)
        return;
    if (!r->terminal && r->fds[0] >= 0)
        close_fd(&r->fds[0]);
}

/* The kernel tells who sits at the terminal inside. */
static void hang_up(struct relay *r, struct ends *ends)
{
    link_say(r->link, LINK_HANGUP, "");
    for (size_t i = 0; i < COUNT(r->fds); i++)
        close_fd(&r->fds[i]);
    ends->n = 0;
}

static void run(struct relay *r, struct ends *ends, int signals)
{
    while (ends->status < 0) {
        struct pollfd fds[5];
        for (size_t i = 0; i < ends->n; i++)
            fds[i] = wanted(&ends->ways[i]);
        fds[ends->n] = (struct pollfd){.fd = r->link, .events = POLLIN};
        fds[ends->n + 1] = (struct pollfd){.fd = signals, .events = POLLIN};
        if (poll(fds, ends->n + 2, -1) < 0 && errno != EINTR)
            return;
        for (size_t i = 0; i < ends->n; i++)
            move(&ends->ways[i], fds[i].revents);
        close_input(r, &ends->ways[0]);
        if (fds[ends->n].revents)
            keeper_says(r, ends);
        else if ((fds[ends->n + 1].revents && hung_up(r, signals)) || (ends->n && r->terminal && !ends->ways[0].open))
            hang_up(r, ends);
    }
    drain(ends);
}

int relay_run(struct relay *r)
{
    static struct way ways[3];
    struct termios was, raw;
    sigset_t set, old;
    struct ends ends = {.ways = ways, .n = r->terminal || r->fds[1] < 0 ? 2 : 3, .status = -1};
    ways[0] = (struct way){.from = STDIN_FILENO, .to = r->fds[0], .open = true};
    ways[1] = (struct way){.from = r->fds[1] >= 0 ? r->fds[1] : r->fds[0], .to = STDOUT_FILENO, .open = true};
    ways[2] = (struct way){.from = r->fds[2], .to = STDERR_FILENO, .open = true};
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGWINCH);
    if (!r->terminal)
        sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, &old);
    AUTO(close_fd) int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
    bool changed = r->terminal && !tcgetattr(STDIN_FILENO, &was);
    if (changed) {
        raw = was;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    window_size(r);
    run(r, &ends, signals);
    if (changed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &was);
    return ends.status > 255 ? -1 : ends.status;
}
