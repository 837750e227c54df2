/* SPDX-License-Identifier: MIT */
/* A shell from its begin to its end, seen from the student's terminal: a guest of the keeper's, which it makes if need be. */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 15000 /* with a keeper that begins or ends */

/* ---- who keeps the server ---- */

static int new_keeper(const struct shell_house *house, int lock, pid_t *ret_pid, struct err *e)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        err_set(e, "socketpair: %m");
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        keeper_run(house, ends[1], lock);
    }
    close(ends[1]);
    *ret_pid = pid;
    if (pid < 0) {
        err_set(e, "fork: %m");
        close_fd(&ends[0]);
    }
    return ends[0];
}

/* One keeper for a lab: who has the lock is it, or makes it. */
static int find_keeper(const struct shell_house *house, pid_t *ret_pid, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/shell", house->dir);
    AUTO(close_fd) int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock < 0) {
        err_set(e, "open '%s': %m", path);
        return -1;
    }
    for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 20) {
        if (!flock(lock, LOCK_EX | LOCK_NB))
            return new_keeper(house, lock, ret_pid, e);
        int fd = keeper_socket(house->dir, false);
        if (fd >= 0)
            return fd;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    err_set(e, "who keeps the shells of '%s' does not answer", house->dir);
    return -1;
}

/* ---- the visit ---- */

static bool say_wish(int link, const struct shell_wish *wish, bool terminal)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *json = json_pack("{s:b, s:b}", "console", wish->console, "terminal", terminal);
    json_put_text(json, "on", wish->on);
    json_put_text(json, "command", wish->command);
    json_put_text(json, "term", env_get("TERM"));
    json_put_text(json, "accessKeyId", wish->access_key_id);
    json_put_text(json, "secret", wish->secret);
    str_add_json_value(&text, json);
    return link_send(link, LINK_VISIT, text.s, text.len, NULL, 0);
}

static bool wait_ready(int link, struct relay *r, struct shell_visit *ret, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    if (!link_receive(link, &m, e))
        return err_set(e, "the process that keeps the server is gone");
    if (m.kind == LINK_ERROR)
        return err_set(e, "%s", str_text(&m.bytes));
    if (m.kind == LINK_REFUSED)
        return (ret->refused = json_read(m.bytes.s, m.bytes.len, e)) != NULL;
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

/* The keeper notes the rest, and says when that is done. */
static bool wait_saved(int link, bool *ret_last, struct err *e)
{
    struct err gone = {0};
    for (;;) {
        AUTO(message_drop)
        struct message m = {
            .fds = {-1, -1, -1}
        };
        if (!link_receive(link, &m, &gone))
            return e->set ? false
                          : err_set(e, "the process that kept the server is gone: what was done in the last second is lost");
        if (m.kind == LINK_SAVED) {
            *ret_last = text_same(str_text(&m.bytes), LINK_SAVED_LAST);
            return !e->set;
        }
        if (m.kind == LINK_ERROR)
            err_set(e, "what was done could not be kept: %s", str_text(&m.bytes));
        if (m.kind == LINK_NOTE)
            fprintf(stderr, "cafelab: %s\n", str_text(&m.bytes));
    }
}

static bool visit(int link, const struct shell_wish *wish, int64_t began_us, struct shell_visit *ret, bool *ret_last,
                  struct err *e)
{
    struct relay r = {
        .link = link, .fds = {-1, -1, -1}
    };
    r.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (!say_wish(link, wish, r.terminal))
        return err_set(e, "the process that keeps the server is gone");
    if (!wait_ready(link, &r, ret, e) || ret->refused)
        return !e->set;
    ret->ready_us = clock_monotonic_us() - began_us;
    ret->status = relay_run(&r);
    for (size_t i = 0; i < COUNT(r.fds); i++)
        close_fd(&r.fds[i]);
    if (ret->status < 0)
        return err_set(e, "the process that kept the server was killed: what was done in the last second is lost");
    return wait_saved(link, ret_last, e);
}

bool shell_visit(const struct shell_house *house, const struct shell_wish *wish, struct shell_visit *ret, struct err *e)
{
    int64_t began_us = clock_monotonic_us();
    pid_t keeper = 0;
    bool last = false;
    AUTO(close_fd) int link = find_keeper(house, &keeper, e);
    *ret = (struct shell_visit){.status = 255};
    bool good = link >= 0 && visit(link, wish, began_us, ret, &last, e);
    close_fd(&link);
    while (keeper > 0 && (last || !good || ret->refused) && waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
        ;
    return good;
}

bool shell_open(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(close_fd) int lock = open(arena_printf(&arena, "%s/.cafelab/shell", dir), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return lock >= 0 && flock(lock, LOCK_EX | LOCK_NB);
}
