/* SPDX-License-Identifier: MIT */
/*
 * Services, by hand of PID 1: systemctl asks through /run/systemd/control. sshd is the real one, so a configuration that it
 * does not take keeps it from starting, as it should; the others are processes that wait.
 */
#include "sim/host/host.h"
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNITS "/run/systemd/units"
#define CONTROL "/run/systemd/control"

static const char *description(const char *name)
{
    const struct unit *unit = unit_find(name);
    return unit ? unit->description : name;
}

/* For systemctl: "active 2298 2025-10-16T14:53:27Z OpenSSH server daemon". */
static void publish(const struct unit_now *u)
{
    AUTO(str_drop) struct str line = {0};
    char path[128];
    str_addf(&line, "%s %d ", u->running ? "active" : "inactive", u->pid);
    str_add_time(&line, u->started_ms, TIME_ISO);
    str_addf(&line, " %s\n", description(u->daemon->unit));
    snprintf(path, sizeof(path), UNITS "/%s", u->daemon->unit);
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0 && write(fd, line.s, line.len) < 0)
        return;
}

static bool gone(int pidfd, int wait_ms)
{
    struct pollfd look = {.fd = pidfd, .events = POLLIN};
    return pidfd < 0 || (poll(&look, 1, wait_ms) > 0 && look.revents & POLLIN);
}

static int pidfd_of(int pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void tell(const struct inside *in, const struct unit_now *u, const char *type, bool good)
{
    AUTO(str_drop) struct str body = {0};
    str_addf(&body,
             "pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=%s comm=\"systemd\" "
             "exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=%s'",
             u->daemon->unit, good ? "success" : "failed");
    log_audit(in, type, str_text(&body));
}

/* ---- deeds ---- */

static void stop(struct units *us, struct unit_now *u)
{
    if (!u->running)
        return;
    for (size_t i = 0; u->daemon->pid > 1 && !text_same(u->daemon->unit, "sshd") && i < us->cast->n; i++)
        if (us->cast->actors[i].process->ppid == u->daemon->pid) /* what it has here may be another id */
            cast_kill(us->cast, us->cast->actors[i].process->pid, SIGTERM);
    kill(u->pid, SIGTERM);
    if (!gone(u->pidfd, 1000))
        kill(u->pid, SIGKILL);
    gone(u->pidfd, 200);
    u->running = false;
    u->changed = true;
}

static pid_t start_sshd(void)
{
    pid_t pid = fork();
    if (!pid)
        sshd_run();
    return pid;
}

/* httpd: its sockets and log are root's, its workers apache's. `ready` is told their ids: visitors can come. */
static void httpd_run(const struct cast *c, const char *title, size_t n_workers, int ready)
{
    int workers[WORKERS_MOST];
    struct os_user apache;
    struct website site;
    setsid();
    title_set(title, "httpd");
    website_open(&site, c->in);
    if (!os_user_find(c->in->w, c->in->server, "apache", &apache))
        _exit(1);
    for (size_t i = 0; i < n_workers; i++) {
        workers[i] = fork();
        if (workers[i] == 0) {
            if (!become(c, apache.uid) || prctl(PR_SET_PDEATHSIG, SIGTERM)) /* a change of ids forgets it */
                _exit(1);
            website_serve(&site);
            _exit(1);
        }
    }
    signal(SIGPIPE, SIG_IGN);
    if (write(ready, workers, n_workers * sizeof(*workers)) < 0)
        errno = 0; /* it took too long, and nobody waits any more: visitors can come all the same */
    website_close(&site);
    close_range(3, ~0u, 0);
    for (;;)
        pause();
}

/* As systemd does, which httpd tells that it listens: whoever started it can visit it. */
static pid_t start_httpd(const struct cast *c, const char *title, struct unit_now *u)
{
    const struct unit *unit = unit_find(u->daemon->unit);
    size_t n = unit && unit->children < WORKERS_MOST ? unit->children : WORKERS_MOST;
    int ready[2];
    if (pipe2(ready, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (!pid)
        httpd_run(c, title, n, ready[1]);
    close(ready[1]);
    struct pollfd look = {.fd = ready[0], .events = POLLIN};
    poll(&look, 1, 1000);
    ssize_t told = look.revents & POLLIN ? read(ready[0], u->workers, sizeof(u->workers)) : 0;
    u->n_workers = told > 0 ? (size_t)told / sizeof(*u->workers) : 0;
    close(ready[0]);
    return pid;
}

/* What sshd has loaded, whatever becomes of the file. */
static void note_config(struct unit_now *u)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    free(u->config);
    u->config = file_read("/etc/ssh/sshd_config", 1 << 20, &text, &ignored) ? str_steal(&text) : NULL;
}

/* `pid`: the id that it is to have; 0 = the next one. */
static bool start(struct units *us, struct unit_now *u, int pid)
{
    const struct inside *in = us->cast->in;
    const struct process *was = find_process(in->server, u->daemon->pid);
    bool sshd = text_same(u->daemon->unit, "sshd");
    const struct unit *unit = unit_find(u->daemon->unit);
    const char *title = was ? was->title : unit ? unit->title : u->daemon->unit;
    if (u->running)
        return true;
    close_fd(&u->pidfd);
    if (pid)
        next_pid(pid);
    bool httpd = text_same(u->daemon->unit, "httpd");
    u->n_workers = 0;
    u->pid = sshd    ? start_sshd()
             : httpd ? start_httpd(us->cast, title, u)
                     : actor_fork(us->cast, title, u->daemon->unit, was ? was->uid : 0);
    u->pidfd = pidfd_of(u->pid);
    u->running = sshd ? !gone(u->pidfd, 150) : u->pid > 0;
    u->changed = true;
    u->started_ms = lab_time_ms(in);
    if (sshd && u->running)
        note_config(u);
    return u->running;
}

static bool reload(struct units *us, struct unit_now *u)
{
    if (!u->running || !text_same(u->daemon->unit, "sshd"))
        return u->running;
    kill(u->pid, SIGHUP);
    u->running = !gone(u->pidfd, 150);
    u->changed = true;
    u->started_ms = lab_time_ms(us->cast->in);
    note_config(u);
    return true;
}

static int carry_out(struct units *us, const char *verb, struct unit_now *u)
{
    bool restart = text_same(verb, "restart") || (text_same(verb, "try-restart") && u->running), good = true;
    if ((restart || text_same(verb, "stop")) && u->running) {
        stop(us, u);
        tell(us->cast->in, u, "SERVICE_STOP", true);
    }
    if ((restart || text_same(verb, "start")) && !u->running) {
        good = start(us, u, 0);
        tell(us->cast->in, u, "SERVICE_START", good);
    }
    if (text_same(verb, "reload"))
        good = reload(us, u);
    publish(u);
    return good ? 0 : 1;
}

/* ---- requests: "restart sshd 3311" ---- */

static void answer(const char *asker, int code)
{
    char path[64], text[8];
    snprintf(path, sizeof(path), "/run/systemd/reply.%.10s", asker);
    if (strspn(asker, "0123456789") != strlen(asker))
        return;
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    int n = snprintf(text, sizeof(text), "%d\n", code);
    if (fd >= 0 && write(fd, text, (size_t)n) != n)
        return;
}

static void serve_line(struct units *us, char *line)
{
    char *rest = NULL;
    const char *verb = strtok_r(line, " ", &rest), *unit = strtok_r(NULL, " ", &rest), *asker = strtok_r(NULL, " ", &rest);
    int code = 1;
    for (size_t i = 0; asker && i < us->n; i++)
        if (text_same(us->list[i].daemon->unit, unit))
            code = carry_out(us, verb, &us->list[i]);
    if (asker)
        answer(asker, code);
}

void units_serve(struct units *us)
{
    char text[4096];
    ssize_t n = read(us->control, text, sizeof(text) - 1);
    if (n <= 0)
        return;
    text[n] = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        serve_line(us, line);
}

/* ---- how they are ---- */

bool units_running(const struct units *us, const char *unit)
{
    for (size_t i = 0; i < us->n; i++)
        if (text_same(us->list[i].daemon->unit, unit))
            return us->list[i].running;
    return true;
}

void units_check(struct units *us)
{
    for (size_t i = 0; i < us->n; i++) {
        struct unit_now *u = &us->list[i];
        if (!u->running || !gone(u->pidfd, 0))
            continue;
        u->running = false;
        u->changed = true;
        publish(u);
    }
}

void units_follow(struct units *us, const char *unit, int pid, bool running, int64_t started_ms)
{
    for (size_t i = 0; i < us->n; i++) {
        struct unit_now *u = &us->list[i];
        bool numbered = us->in->renumbers && u->started_ms == started_ms; /* as we told it, under an id of the lab's */
        if (!text_same(u->daemon->unit, unit) || (u->running == running && (u->pid == pid || numbered)))
            continue;
        bool sshd = text_same(unit, "sshd");
        us->in->ended_sshd = sshd ? u->pid : us->in->ended_sshd;
        us->in->begun_sshd = sshd && running ? pid : us->in->begun_sshd;
        stop(us, u);
        if (running)
            start(us, u, pid);
        u->changed = u->running != running || u->pid != pid || u->n_workers; /* the lab knows of it, unless it came otherwise */
        publish(u);
    }
}

bool units_begin(struct units *us, struct cast *cast, struct inside *in, struct err *e)
{
    *us = (struct units){.cast = cast, .in = in};
    size_t cap = 0;
    if (mkdir("/run/systemd", 0755) || mkdir(UNITS, 0755) || mkfifo(CONTROL, 0600))
        return err_set(e, "make " CONTROL ": %m");
    for (const struct daemon *d = cast->in->server->daemons; d; d = d->next) {
        struct unit_now *u = GROW(us->list, us->n, cap);
        int pid = cast_came(cast, d->pid);
        *u = (struct unit_now){.daemon = d,
                               .pid = pid,
                               .running = d->running,
                               .changed = pid != d->pid,
                               .started_ms = d->started_ms,
                               .pidfd = d->running ? pidfd_of(pid) : -1};
        publish(u);
    }
    us->control = open(CONTROL, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return us->control >= 0 || err_set(e, "open " CONTROL ": %m");
}
