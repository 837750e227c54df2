/* SPDX-License-Identifier: MIT */
/*
 * The server's processes, brought about as the world has them: each a fork under its own id, user, title and parent.
 * Kernel threads and daemons wait; a login's child holds a terminal, its shell sits on it; sshd is the real one; the student's
 * own shell is a real bash. So ps, kill and userdel find what is true, and killing any of them has its true effect.
 *
 * Ids can be chosen: what is in ns_last_pid is followed by the next fork (proc(5)); processes are made one after the other,
 * each waits for its children to be there.
 */
#include "sim/shell/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define END_MS 500     /* for the kernel to end who was killed */
#define BOOT_MS 120000 /* after PID 1's start */

/* ---- ids ---- */

#define ACTORS_MOST 4096
static int *came; /* by number of the actor: the id that it got; all of us share the memory */

static void share_ids(void)
{
    void *area = mmap(NULL, ACTORS_MOST * sizeof(*came), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    came = area == MAP_FAILED ? NULL : area;
}

void cast_note_id(const struct cast *c, int world_pid, int pid)
{
    size_t i = c->n;
    while (i > 0 && c->actors[i - 1].process->pid != world_pid) /* the newest: an id of somebody dead may come again */
        i--;
    if (came && pid > 0 && i > 0 && i <= ACTORS_MOST)
        came[i - 1] = pid;
}

int cast_came(const struct cast *c, int pid)
{
    for (size_t i = c->n < ACTORS_MOST ? c->n : ACTORS_MOST; came && i-- > 0;)
        if (c->actors[i].process->pid == pid)
            return came[i] ? came[i] : pid;
    return pid;
}

int cast_pid(const struct cast *c, int world_pid)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].world_pid == world_pid)
            return c->actors[i].process->pid;
    return world_pid;
}

int cast_world_pid(const struct cast *c, int pid)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->pid == pid)
            return c->actors[i].world_pid;
    return pid;
}

/* What was known by a number of the world's is what it is here from now on. */
static void rename_one(const struct cast *c, int *pid)
{
    if (*pid >= PID_WORLD)
        *pid = cast_pid(c, *pid - PID_WORLD);
}

/* Where ids could not be chosen. utmp names them, too. */
static void rename_all(struct cast *c, size_t from)
{
    for (size_t i = from; i < c->n && i < ACTORS_MOST; i++)
        if (came && came[i])
            c->actors[i].process->pid = came[i];
    for (size_t i = from; i < c->n; i++)
        rename_one(c, &c->actors[i].process->ppid);
    for (struct daemon *d = c->in->server->daemons; d; d = d->next)
        rename_one(c, &d->pid);
    for (struct os_session *s = c->in->server->sessions; s; s = s->next) {
        bool new = s->monitor_pid >= PID_WORLD;
        rename_one(c, &s->monitor_pid);
        rename_one(c, &s->child_pid);
        rename_one(c, &s->shell_pid);
        if (new && !s->ended_ms && s->child_pid)
            utmp_open(s);
    }
}

/* ---- making one ---- */

void next_pid(int pid)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%d", pid - 1);
    AUTO(close_fd) int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, (size_t)n) != n)
        return; /* then it gets the next free one, and pids differ from those in the logs */
}

int newest_pid(void)
{
    char text[16] = "";
    AUTO(close_fd) int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? atoi(text) : 0;
}

/* Some short-lived command of the student's may have the id just now. */
void wait_until_free(int pid)
{
    for (int i = 0; i < 50 && !kill(pid, 0); i++) {
        waitpid(pid, NULL, WNOHANG);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
}

static unsigned gid_of(const struct cast *c, unsigned uid)
{
    struct os_user user;
    return os_user_by_uid(c->in->w, c->in->server, uid, &user) ? user.gid : uid;
}

bool become(const struct cast *c, unsigned uid)
{
    unsigned gid = gid_of(c, uid);
    bool good = cast_has_one_id(c) || (!setgroups(1, (gid_t[]){gid}) && !setresgid(gid, gid, gid) && !setresuid(uid, uid, uid));
    prctl(PR_SET_DUMPABLE, 1); /* else /proc/PID is root's, and ps shows the wrong user */
    return good;
}

_Noreturn void wait_for_ever(void)
{
    for (;;)
        pause();
}

/* What is in a pipe that many hold has no end: a byte it is. */
static void wait_for_files(const struct cast *c)
{
    char byte;
    if (c->files[0] >= 0 && read(c->files[0], &byte, 1) != 1)
        _exit(1);
}

_Noreturn void sshd_run(void)
{
    setsid();
    close_range(3, ~0u, 0);
    execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", (char *)NULL);
    _exit(127);
}

pid_t actor_fork(const struct cast *c, const char *title, const char *comm, unsigned uid)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    close_range(3, ~0u, 0);
    setsid();
    title_set(title, comm);
    if (!become(c, uid))
        _exit(1);
    wait_for_ever();
}

static const struct os_session *session_of(const struct cast *c, int pid)
{
    for (const struct os_session *s = c->in->server->sessions; s; s = s->next)
        if (!s->ended_ms && (s->monitor_pid == pid || s->child_pid == pid || s->shell_pid == pid))
            return s;
    return NULL;
}

/* For last(1): a login's processes are its user's. Refused when we ourselves are somebody's login. */
static void set_loginuid(unsigned uid)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%u", uid);
    AUTO(close_fd) int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text, (size_t)n) < 0)
        return;
}

/* Who holds a login's terminal: sshd's child; the worker of Session Manager, which has none. */
static int holder_of(const struct os_session *s)
{
    return s->child_pid ? s->child_pid : s->monitor_pid;
}

/* ---- all of them ---- */

static void spawn(struct cast *, const struct process *);

static void spawn_children(struct cast *c, int pid)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->ppid == pid && c->actors[i].process->pid != 1)
            spawn(c, c->actors[i].process);
}

static bool is_httpd(const struct process *p)
{
    return text_same(p->exe, "/usr/sbin/httpd");
}

static bool is_sshd(const struct process *p)
{
    return text_same(p->exe, "/usr/sbin/sshd");
}

/* A worker: it has the sockets and the log of its parent, and apache's id. */
static _Noreturn void work(struct cast *c, const struct process *p)
{
    signal(SIGCHLD, SIG_DFL);
    if (!become(c, p->uid))
        _exit(1);
    website_serve(c->site);
    _exit(1);
}

static _Noreturn void play_part(struct cast *c, const struct process *p, int ready)
{
    const struct os_session *s = session_of(c, p->pid);
    struct website site = {
        .fds = {-1, -1},
          .log = -1
    };
    if (s)
        set_loginuid(s->uid);
    if (s && holder_of(s) == p->pid)
        child_of_login(c, p, s, ready);
    setsid();
    bool monitor = s && s->monitor_pid == p->pid;
    int line = monitor && s->child_pid ? connection_open(c->in->server->instance->private_ip, s->host, s->remote_port) : -1;
    if (is_httpd(p) && !c->site)
        website_open(&site, c->in), c->site = &site;
    spawn_children(c, p->pid);
    title_of(p);
    if (write(ready, "", 1) != 1)
        _exit(1);
    if (is_httpd(p) && p->uid && c->site)
        work(c, p);
    if (is_sshd(p) && !s && p->ppid == 1) {
        wait_for_files(c);
        sshd_run();
    }
    if (line >= 0)
        line = dup2(line, 3); /* as sshd has it; its child has it, too */
    close_range(line == 3 ? 4 : 3, ~0u, 0);
    if (p->uid && !become(c, p->uid))
        _exit(1);
    if (monitor) { /* the session ends with its child */
        while (wait(NULL) < 0 && errno == EINTR)
            ;
        _exit(0);
    }
    signal(SIGCHLD, SIG_IGN);
    wait_for_ever();
}

static bool part_of_login_shell(const struct cast *c, int pid)
{
    const struct os_session *s = session_of(c, pid);
    return s && s->shell_pid == pid; /* who holds its terminal makes it */
}

static bool forks_none(const struct cast *c, const struct process *p)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->ppid == p->pid)
            return false;
    return !session_of(c, p->pid);
}

/* Does it only wait? Neither it nor a child of its child is a login's, whose shell wants all libraries. */
static bool is_light(const struct cast *c, const struct process *p)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->ppid == p->pid && p->pid != 1 && !is_light(c, c->actors[i].process))
            return false;
    return !session_of(c, p->pid);
}

/* Who forks none is not waited for: nobody gets an id in between. In the end all of them have written to `settled`. */
static void spawn(struct cast *c, const struct process *p)
{
    int ready[2];
    char byte;
    if (part_of_login_shell(c, p->pid))
        return;
    wait_until_free(p->pid);
    light_forks(is_light(c, p));
    if (forks_none(c, p)) {
        next_pid(p->pid);
        pid_t pid = light_fork();
        if (pid == 0)
            play_part(c, p, c->settled);
        cast_note_id(c, p->pid, pid);
        c->n_unsettled += pid > 0;
        return;
    }
    if (pipe2(ready, O_CLOEXEC))
        return;
    next_pid(p->pid);
    pid_t pid = light_fork();
    if (pid == 0) {
        close(ready[0]);
        play_part(c, p, ready[1]);
    }
    cast_note_id(c, p->pid, pid); /* before it is ready: PID 1 looks there when all are */
    close(ready[1]);
    if (pid > 0 && read(ready[0], &byte, 1) < 0)
        byte = 0;
    close(ready[0]);
}

static bool is_new(const struct cast *c, size_t from, int pid)
{
    for (size_t i = from; i < c->n; i++)
        if (c->actors[i].process->pid == pid)
            return true;
    return false;
}

/* One that dies before it says so is not waited for for ever. */
static void wait_settled(struct cast *c, int fd)
{
    char bytes[256];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (c->n_unsettled && poll(&p, 1, 2000) > 0) {
        ssize_t n = read(fd, bytes, sizeof(bytes));
        if (n <= 0)
            break;
        c->n_unsettled -= (size_t)n < c->n_unsettled ? (size_t)n : c->n_unsettled;
    }
    c->n_unsettled = 0;
}

/* httpd opens its log at once, so it comes when the server's files are there. */
enum whom { ALL_KINDS, WITHOUT_FILES, ON_FILES };

static bool is_meant(const struct process *p, enum whom whom)
{
    return whom == ALL_KINDS || is_httpd(p) == (whom == ON_FILES);
}

/* Those whose parents are there already, or are none of ours to fork, are PID 1's children. */
static bool spawn_all(struct cast *c, size_t from, enum whom whom, struct err *e)
{
    int all[2];
    for (struct visitor *v = c->in->visitors; v; v = v->next)
        if (!v->done && !visitor_open(v))
            return err_set(e, "pipe: %m");
    if (pipe2(all, O_CLOEXEC))
        return err_set(e, "pipe: %m");
    c->settled = all[1];
    for (size_t i = from; i < c->n; i++) {
        const struct process *p = c->actors[i].process;
        if (p->pid != 1 && (p->ppid <= 1 || !is_new(c, from, p->ppid)) && is_meant(p, whom))
            spawn(c, p);
    }
    light_forks(false);
    for (struct visitor *v = c->in->visitors; v; v = v->next) {
        close_fd(&v->done_peer);
        close_fd(&v->watched[1]);
    }
    close(all[1]);
    wait_settled(c, all[0]);
    close(all[0]);
    return true;
}

static void know_all(struct cast *c, struct process *list)
{
    for (struct process *p = list; p; p = p->next)
        *GROW(c->actors, c->n, c->cap) =
            (struct actor){.process = p, .world_pid = p->pid < PID_WORLD ? p->pid : p->pid - PID_WORLD, .pidfd = -1};
}

static void watch_all(struct cast *c, size_t from)
{
    if (c->in->renumbers)
        rename_all(c, from);
    for (size_t i = from; i < c->n; i++)
        c->actors[i].pidfd = (int)syscall(SYS_pidfd_open, cast_came(c, c->actors[i].process->pid), 0);
}

bool cast_add(struct cast *c, struct process *list, struct err *e)
{
    size_t from = c->n;
    know_all(c, list);
    if (!spawn_all(c, from, ALL_KINDS, e))
        return false;
    watch_all(c, from);
    return true;
}

/* What is done in here has ids that follow those of the boot, so that the world's next ones are free for who comes from
 * elsewhere. */
static void leave_ids(const struct cast *c)
{
    int newest = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct process *p = c->actors[i].process;
        if (p->started_ms < c->actors[0].process->started_ms + BOOT_MS && p->pid > newest)
            newest = p->pid;
    }
    next_pid(newest + 1);
}

bool cast_begin(struct cast *c, const struct inside *in, struct err *e)
{
    *c = (struct cast){
        .in = in, .files = {-1, -1}
    };
    if (pipe2(c->files, O_CLOEXEC))
        return err_set(e, "pipe: %m");
    share_ids();
    know_all(c, in->server->processes);
    return spawn_all(c, 0, WITHOUT_FILES, e);
}

bool cast_go_on(struct cast *c, struct err *e)
{
    if (!spawn_all(c, 0, ON_FILES, e))
        return false;
    watch_all(c, 0);
    leave_ids(c);
    return true;
}

void cast_start_sshd(struct cast *c)
{
    if (write(c->files[1], "", 1) != 1)
        return;
    close_fd(&c->files[0]);
    close_fd(&c->files[1]);
}

/* proc(5): bit n - 1 is signal n. */
static bool kill_is_pending(int pid)
{
    char path[64], text[2048] = "";
    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return false;
    for (const char *at = text; (at = strstr(at, "Pnd:")); at += 4)
        if (strtoull(at + 4, NULL, 16) & 1u << (SIGKILL - 1))
            return true;
    return false;
}

void cast_await_end(const struct cast *c, int pid, bool certain)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->pid == pid && c->actors[i].pidfd >= 0 && (certain || kill_is_pending(pid)))
            poll(&(struct pollfd){.fd = c->actors[i].pidfd, .events = POLLIN}, 1, END_MS);
}

bool cast_alive(const struct cast *c, int pid)
{
    for (size_t i = c->n; i-- > 0;) /* the newest, as above */
        if (c->actors[i].process->pid == pid) {
            struct pollfd look = {.fd = c->actors[i].pidfd, .events = POLLIN};
            return look.fd >= 0 && poll(&look, 1, 0) == 0; /* readable from its death on, buried or not */
        }
    return false;
}

void cast_kill(const struct cast *c, int pid, int signal)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->pid == pid && c->actors[i].pidfd >= 0)
            syscall(SYS_pidfd_send_signal, c->actors[i].pidfd, signal, NULL, 0);
}
