/* SPDX-License-Identifier: MIT */
/* A shell from its begin to its end, seen from outside. */
#include "sim/shell/parts.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool wait_ready(int link, struct relay *r, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    if (!link_receive(link, &m, e))
        return false;
    if (m.kind == LINK_ERROR)
        return err_set(e, "%s", str_text(&m.bytes));
    if (m.kind != LINK_READY || m.fds[0] < 0)
        return err_set(e, "the server opened no terminal");
    for (size_t i = 0; i < COUNT(r->fds); i++) {
        r->fds[i] = m.fds[i];
        m.fds[i] = -1;
    }
    AUTO(message_drop)
    struct message go = {
        .fds = {-1, -1, -1}
    };
    return link_receive(link, &go, e) &&
           (go.kind == LINK_GO || err_set(e, "%s", go.kind == LINK_ERROR ? str_text(&go.bytes) : "the server did not start"));
}

static bool receive_state(int link, const struct shell_plan *plan, struct world *w, struct shell_left *ret, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    return link_receive(link, &m, e) &&
           (m.kind == LINK_STATE || err_set(e, "the server sent \"%c\" instead of its state", m.kind >= ' ' ? m.kind : '?')) &&
           state_take(&m.bytes, plan, w, ret, e);
}

static void bury(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

bool shell_enter(const struct shell_plan *plan, struct world *w, struct shell_left *ret, struct err *e)
{
    int ends[2];
    pid_t gate = 0;
    int64_t began_us = clock_monotonic_us();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return err_set(e, "socketpair: %m");
    struct inside in = {.plan = plan, .server = plan->server, .w = w, .link = ends[1], .term = env_get("TERM")};
    struct relay r = {
        .link = ends[0], .fds = {-1, -1, -1}
    };
    in.terminal = r.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    bool good = gate_open(&in, &gate, e);
    close(ends[1]);
    good = good && wait_ready(ends[0], &r, e);
    if (good) {
        ret->ready_us = clock_monotonic_us() - began_us;
        ret->status = relay_run(&r);
        good = ret->status >= 0 || err_set(e, "the server's first process was killed: what was done in this shell is lost");
        good = good && receive_state(ends[0], plan, w, ret, e);
    }
    for (size_t i = 0; i < COUNT(r.fds); i++)
        close_fd(&r.fds[i]);
    close(ends[0]);
    bury(gate);
    return good;
}
