/* SPDX-License-Identifier: MIT */
/* cafelab shell: a shell on the lab's server, as by ssh. */
#include "sim/cli/cli.h"
#include "sim/cli/staying.h"
#include "sim/shell/parts.h"
#include "sim/shell/shell.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct visit {
    const char *dir;
    struct lab lab;
    const struct server *server;
    struct shell_means means;
    struct shell_plan plan;
    struct shell_left left;
    int lock;
};

/* One shell at a time: it holds the files. */
static bool lock_lab(struct visit *v, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/shell", v->dir);
    if (!file_exists(arena_printf(&arena, "%s/.cafelab/lab.json", v->dir)))
        return err_set(e, "'%s' is no lab: expected a directory that `cafelab build` made", v->dir);
    v->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (v->lock < 0)
        return err_set(e, "open '%s': %m", path);
    return !flock(v->lock, LOCK_EX | LOCK_NB) || err_set(e, "another shell is open on %s: leave it first", v->dir);
}

static bool find_means(struct visit *v, struct arena *arena, struct err *e)
{
    shell_means(arena, &v->means);
    const char *missing = shell_missing(arena);
    if (v->means.mode == SHELL_NONE)
        return err_set(e, "no shell on this machine: %s%s%s; `cafelab call %s host:Run` simulates commands", v->means.why,
                       v->means.cure ? "; what helps: " : "", v->means.cure ? v->means.cure : "", v->dir);
    return !missing || err_set(e, "a shell needs programs of this machine: sudo apt-get install %s", missing);
}

static const char *joined(struct arena *arena, const struct request *r)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 1; i < r->n_args; i++)
        str_addf(&text, "%s%s", i > 1 ? " " : "", r->args[i]);
    return r->n_args > 1 ? arena_dup(arena, str_text(&text)) : NULL;
}

/* As ssh words it, with a line of advice. */
static int not_let_in(const struct visit *v, const json_t *answer)
{
    const char *where = v->server->instance->public_ip ? v->server->instance->public_ip : v->server->instance->private_ip;
    const char *code = json_str(answer, "code");
    if (text_same(code, "ConnectionTimedOut"))
        fprintf(stderr,
                "ssh: connect to host %s port 22: Connection timed out\n"
                "cafelab: no packet of %s reaches port 22: look at the inbound rules of the instance's security groups "
                "(--console gets you in)\n",
                where, v->lab.me.from.ip);
    else if (text_same(code, "ConnectionRefused"))
        fprintf(stderr,
                "ssh: connect to host %s port 22: Connection refused\ncafelab: no sshd listens there; --console gets you in\n",
                where);
    else
        fprintf(stderr, "%s@%s: %s\n", v->server->login_user, where, json_str_or(answer, "message", code ? code : "refused"));
    return 255;
}

static bool bring_back(struct visit *v, long session, struct err *e)
{
    AUTO(stay_drop) struct stay stay = {.on = v->server->name, .session = session, .settled = v->left.settled};
    struct err too_big = {0};
    stay.left_ms = v->plan.lab_ms + clock_now_ms() - v->plan.now_ms;
    stay_compare(&stay, &v->server->tree, &v->left.tree, root_is_ours, &too_big);
    bool good = staying_end(v->dir, &stay, e);
    if (good && too_big.set)
        fprintf(stderr, "cafelab: not kept: %s\n", too_big.msg);
    return good;
}

static int be_there(struct visit *v, const struct request *r, long session, struct err *e)
{
    v->plan = (struct shell_plan){.means = &v->means,
                                  .server = v->server,
                                  .session = find_session(v->server, session),
                                  .command = joined(&v->lab.arena, r),
                                  .lab_ms = v->lab.live ? clock_now_ms() : v->lab.world.now_ms,
                                  .now_ms = clock_now_ms()};
    bool good = shell_enter(&v->plan, &v->lab.world, &v->left, e);
    if (good && request_has(r, "timing"))
        fprintf(stderr, "shell ready after %lld us\n", (long long)v->left.ready_us);
    good = good && bring_back(v, session, e);
    if (v->left.settled)
        json_decref(v->left.settled);
    return good ? v->left.status : trouble_err(e);
}

static int enter(struct visit *v, const struct request *r, const json_t *answer)
{
    struct err e = {0};
    v->server = request_value(r, "on") ? find_server(&v->lab.world, request_value(r, "on")) : v->lab.world.servers;
    if (!v->server)
        return trouble("there is no server in this lab");
    if (json_str(answer, "code"))
        return not_let_in(v, answer);
    long session = (long)json_int_or(answer, "session", 0);
    return find_session(v->server, session) ? be_there(v, r, session, &e) : trouble("the lab knows of no session %ld", session);
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct visit v = {.dir = r->args[0], .lock = -1};
    struct err e = {0};
    json_t *answer = NULL;
    int status = EXIT_TROUBLE;
    if (!find_means(&v, &arena, &e) || !lock_lab(&v, &e) ||
        !staying_begin(v.dir, request_value(r, "on"), request_has(r, "console"), &v.lab, &answer, &e)) {
        trouble_err(&e);
    } else {
        status = enter(&v, r, answer);
        json_decref(answer);
        lab_drop(&v.lab);
    }
    close_fd(&v.lock);
    return status;
}

const struct command command_shell = {
    .name = "shell",
    .synopsis = "DIR [-- CMD]",
    .says = "a shell on the lab's server, as by ssh",
    .more =
        "The server's real users, processes, sudo and sshd, isolated from this machine. With CMD that is run instead, and its\n"
        "exit status returned. What you did is the lab's state when the shell ends. `cafelab doctor` says what this machine\n"
        "allows.",
    .least = 1,
    .most = 1000,
    .run = run,
    .options = {{"on", 0, "SERVER", "which server; the lab's first without"},
                {"console", 0, NULL, "by Session Manager instead of ssh: the way back in; the trail records it"},
                {"timing", 0, NULL, "say how long it took until the shell was ready"}},
};
