/* SPDX-License-Identifier: MIT */
/*
 * The server's processes, brought about as the world has them: each a fork under its own id, user, title and parent.
 * Kernel threads and daemons wait; a login's child holds a terminal, its shell sits on it; sshd is the real one; the student's
 * own shell is a real bash. So ps, kill and userdel find what is true, and killing any of them has its true effect.
 *
 * Ids can be chosen: what is in ns_last_pid is followed by the next fork (proc(5)); processes are made one after the other,
 * each waits for its children to be there.
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/prctl.h>

#define TITLE_MAX 256
#define END_MS 500 /* for the kernel to end who was killed */

/* ---- titles ---- */

static char *title_text; /* memory of no file: the kernel shows no other */

/* The kernel shows what lies between two addresses that a process may choose (prctl(2), PR_SET_MM_MAP); the environment of
 * whoever started us is shown no more. */
void title_area(void)
{
    void *area = mmap(NULL, TITLE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long f[52] = {0};
    if (area == MAP_FAILED)
        return;
    title_text = area;
    char line[4096] = "";
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (read(fd, line, sizeof(line) - 1) > 0) {
        size_t n = 2;
        char *word = strrchr(line, ')');
        for (word = word ? strtok(word + 1, " ") : NULL; word && n < COUNT(f); word = strtok(NULL, " "))
            f[n++] = strtoul(word, NULL, 10);
    }
    close(fd);
    struct prctl_mm_map map = {
        .start_code = f[25],
        .end_code = f[26],
        .start_stack = f[27],
        .start_data = f[44],
        .end_data = f[45],
        .start_brk = f[46],
        .brk = (uintptr_t)sbrk(0),
        .arg_start = (uintptr_t)title_text,
        .arg_end = (uintptr_t)title_text + TITLE_MAX,
        .env_start = (uintptr_t)title_text + TITLE_MAX,
        .env_end = (uintptr_t)title_text + TITLE_MAX,
        .exe_fd = (uint32_t)-1,
    };
    prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0); /* where it is refused, titles stay those of the program */
}

void title_set(const char *title, const char *comm)
{
    if (title_text) {
        memset(title_text, 0, TITLE_MAX);
        snprintf(title_text, TITLE_MAX, "%s", title);
    }
    prctl(PR_SET_NAME, comm);
}

static const char *comm_of(const struct process *p, char out[16])
{
    const char *name = strrchr(p->exe, '/') ? strrchr(p->exe, '/') + 1 : p->exe;
    if (*name)
        snprintf(out, 16, "%.15s", name);
    else
        snprintf(out, 16, "%.*s", (int)(strcspn(p->title + (p->title[0] == '['), "]") & 15), p->title + (p->title[0] == '['));
    return out;
}

/* ---- ids ---- */

#define ACTORS_MOST 4096
static int *came; /* by number of the actor: the id that it got; all of us share the memory */

static void share_ids(void)
{
    void *area = mmap(NULL, ACTORS_MOST * sizeof(*came), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    came = area == MAP_FAILED ? NULL : area;
}

static void note_id(const struct cast *c, int world_pid, int pid)
{
    for (size_t i = 0; came && i < c->n && i < ACTORS_MOST; i++)
        if (c->actors[i].process->pid == world_pid)
            came[i] = pid;
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

/* Some short-lived command of the student's may have the id just now. */
static void wait_until_free(int pid)
{
    for (int i = 0; i < 50 && !kill(pid, 0); i++) {
        waitpid(pid, NULL, WNOHANG);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
}

static bool one_id; /* nobody can become anybody */

static unsigned gid_of(const struct cast *c, unsigned uid)
{
    struct os_user user;
    return os_user_by_uid(c->in->w, c->in->server, uid, &user) ? user.gid : uid;
}

bool become(const struct cast *c, unsigned uid)
{
    unsigned gid = gid_of(c, uid);
    bool good = one_id || (!setgroups(1, (gid_t[]){gid}) && !setresgid(gid, gid, gid) && !setresuid(uid, uid, uid));
    prctl(PR_SET_DUMPABLE, 1); /* else /proc/PID is root's, and ps shows the wrong user */
    return good;
}

static _Noreturn void wait_for_ever(void)
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

/* ---- terminals ---- */

/* The master of a new terminal with the number that the world's has: lower ones are in use or given back at once. */
static int open_master(const char *tty, char slave[32])
{
    int wanted = strncmp(tty, "pts/", 4) ? 0 : atoi(tty + 4), spare[64], n = 0, got = -1, fd;
    do {
        fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
        spare[n++] = fd;
    } while (fd >= 0 && !ioctl(fd, TIOCGPTN, &got) && got < wanted && n < (int)COUNT(spare));
    for (int i = 0; i + 1 < n; i++)
        close_fd(&spare[i]);
    if (fd < 0 || ioctl(fd, TIOCSPTLCK, &(int){0}))
        return -1;
    snprintf(slave, 32, "/dev/pts/%d", got);
    return fd;
}

static bool take_terminal(const char *slave, unsigned uid)
{
    int fd = open(slave, O_RDWR | O_CLOEXEC);
    if (fd < 0 || (fchown(fd, uid, 5) && !one_id) || fchmod(fd, 0620))
        return false;
    setsid();
    if (ioctl(fd, TIOCSCTTY, 0))
        return false;
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    return true;
}

/* ---- shells ---- */

/* The attacker's: an interactive bash takes no notice of these three. */
static _Noreturn void sit(const struct cast *c, const struct process *p, int there)
{
    char comm[16];
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    title_set(p->title, comm_of(p, comm));
    if (!become(c, p->uid) || write(there, "", 1) != 1)
        _exit(1);
    close_range(3, ~0u, 0);
    wait_for_ever();
}

static void environment(const struct cast *c, const struct os_user *user, const struct visitor *v)
{
    const struct os_session *s = v->session;
    char text[160];
    clearenv();
    setenv("PATH", "/usr/local/bin:/bin:/usr/bin", 1);
    setenv("HOME", user->home, 1);
    setenv("USER", user->name, 1);
    setenv("LOGNAME", user->name, 1);
    setenv("SHELL", user->shell, 1);
    setenv("LANG", "C.UTF-8", 1);
    if (v->terminal && v->term)
        setenv("TERM", v->term, 1);
    if (v->access_key_id && v->secret) {
        setenv("AWS_ACCESS_KEY_ID", v->access_key_id, 1);
        setenv("AWS_SECRET_ACCESS_KEY", v->secret, 1);
    }
    if (!s->child_pid)
        return;
    snprintf(text, sizeof(text), "%s %d %s 22", s->host, s->remote_port, c->in->server->instance->private_ip);
    setenv("SSH_CONNECTION", text, 1);
    snprintf(text, sizeof(text), "%s %d 22", s->host, s->remote_port);
    setenv("SSH_CLIENT", text, 1);
    snprintf(text, sizeof(text), "/dev/%s", s->tty);
    if (v->terminal)
        setenv("SSH_TTY", text, 1);
}

static void read_groups(const struct os_user *user)
{
    if (initgroups(user->name, user->gid)) /* etc/group of the server, by the server's nsswitch.conf */
        setgroups(1, (gid_t[]){user->gid});
}

static _Noreturn void live(const struct cast *c, const struct visitor *v)
{
    struct os_user user;
    const struct rlimit most = {4000, 4000};
    if (!os_user_find(c->in->w, c->in->server, v->session->user, &user))
        _exit(254);
    char go;
    if (read(v->go[0], &go, 1) != 1)
        _exit(254);
    environment(c, &user, v);
    if (!one_id)
        read_groups(&user);
    int listener = watch_begin();
    link_send(v->watched[1], LINK_READY, NULL, 0, &listener, listener >= 0);
    setrlimit(RLIMIT_NPROC, &most);
    close_range(3, ~0u, 0);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL);
    if (!one_id && (setresgid(user.gid, user.gid, user.gid) || setresuid(user.uid, user.uid, user.uid)))
        _exit(254);
    if (chdir(user.home) && chdir("/"))
        _exit(254);
    if (v->command)
        execl("/bin/bash", "bash", "-c", v->command, (char *)NULL);
    else
        execl("/bin/bash", v->session->child_pid ? "-bash" : "sh", (char *)NULL);
    _exit(127);
}

/* ---- a login's child: it holds the terminal while its shell lives ---- */

static void wire_up(const struct cast *c, const struct visitor *v, int fds[6], char slave[32])
{
    char number[32];
    int n = snprintf(number, sizeof(number), "%ld", v->session->number);
    for (int i = 0; i < 6; i++)
        fds[i] = -1;
    if (v->terminal) {
        fds[0] = open_master(v->session->tty, slave);
        link_send(c->in->link, LINK_READY, number, (size_t)n, fds, 1);
    } else if (!pipe2(fds, O_CLOEXEC) && !pipe2(fds + 2, O_CLOEXEC) && !pipe2(fds + 4, O_CLOEXEC)) {
        link_send(c->in->link, LINK_READY, number, (size_t)n, (int[]){fds[1], fds[2], fds[4]}, 3);
    }
}

static void use_pipes(const int fds[6])
{
    setsid();
    dup2(fds[0], 0);
    dup2(fds[3], 1);
    dup2(fds[5], 2);
}

static pid_t student_shell(const struct cast *c, const struct visitor *v)
{
    char slave[32] = "";
    int fds[6];
    wire_up(c, v, fds, slave);
    next_pid(v->session->shell_pid);
    pid_t pid = fork();
    if (pid > 0)
        note_id(c, v->session->shell_pid, pid);
    if (pid == 0) {
        if (!v->terminal)
            use_pipes(fds);
        else if (!take_terminal(slave, v->session->uid))
            _exit(254);
        live(c, v);
    }
    for (int i = 0; i < 6; i++)
        close_fd(&fds[i]); /* the outside's copy of the master is the only one: when it goes, the kernel hangs up */
    return pid;
}

static pid_t other_shell(struct cast *c, const struct os_session *s)
{
    const struct process *shell = find_process(c->in->server, s->shell_pid);
    char slave[32] = "", byte;
    int there[2];
    if (!shell || pipe2(there, O_CLOEXEC))
        return -1;
    int master = open_master(s->tty, slave);
    wait_until_free(s->shell_pid);
    next_pid(s->shell_pid);
    pid_t pid = fork();
    if (pid > 0)
        note_id(c, s->shell_pid, pid);
    if (pid == 0) {
        close_fd(&master);
        if (!take_terminal(slave, s->uid))
            _exit(1);
        sit(c, shell, there[1]);
    }
    close(there[1]);
    if (pid > 0 && read(there[0], &byte, 1) < 0) /* it has its title and its user from here on */
        errno = 0;
    close(there[0]);
    return pid;
}

/* Only a visitor's own child may hold what says that its shell is over. */
static void let_go_of_others(const struct cast *c, const struct visitor *mine)
{
    for (struct visitor *v = c->in->visitors; v; v = v->next)
        if (v != mine && v->done_peer > 0) {
            close_fd(&v->done_peer);
            close_fd(&v->watched[1]);
        }
}

static _Noreturn void child_of_login(struct cast *c, const struct process *p, const struct os_session *s, int ready)
{
    struct visitor *mine = visitor_of(c->in, s->number);
    int status = 0, link = c->in->link;
    char comm[16];
    setsid();
    let_go_of_others(c, mine);
    pid_t shell = mine ? student_shell(c, mine) : other_shell(c, s);
    close_fd(&link);
    title_set(p->title, comm_of(p, comm));
    unsigned char byte = 1;
    if (write(ready, &byte, 1) != 1 || !become(c, p->uid))
        _exit(1);
    close(ready);
    while (waitpid(shell, &status, 0) < 0 && errno == EINTR)
        ;
    byte = (unsigned char)(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    if (mine && write(mine->done_peer, &byte, 1) != 1)
        _exit(1);
    _exit(0);
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
    char comm[16];
    struct website site = {
        .fds = {-1, -1},
          .log = -1
    };
    if (s)
        set_loginuid(s->uid);
    if (s && holder_of(s) == p->pid)
        child_of_login(c, p, s, ready);
    setsid();
    if (is_httpd(p) && !c->site)
        website_open(&site, c->in), c->site = &site;
    spawn_children(c, p->pid);
    title_set(p->title, comm_of(p, comm));
    if (write(ready, "", 1) != 1)
        _exit(1);
    if (is_httpd(p) && p->uid && c->site)
        work(c, p);
    if (is_sshd(p) && !s && p->ppid == 1) {
        wait_for_files(c);
        sshd_run();
    }
    close_range(3, ~0u, 0);
    if (p->uid && !become(c, p->uid))
        _exit(1);
    if (s && s->monitor_pid == p->pid) { /* the session ends with its child */
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

/* Who forks none is not waited for: nobody gets an id in between. In the end all of them have written to `settled`. */
static void spawn(struct cast *c, const struct process *p)
{
    int ready[2];
    char byte;
    if (part_of_login_shell(c, p->pid))
        return;
    wait_until_free(p->pid);
    if (forks_none(c, p)) {
        next_pid(p->pid);
        pid_t pid = fork();
        if (pid == 0)
            play_part(c, p, c->settled);
        note_id(c, p->pid, pid);
        c->n_unsettled += pid > 0;
        return;
    }
    if (pipe2(ready, O_CLOEXEC))
        return;
    next_pid(p->pid);
    pid_t pid = fork();
    if (pid == 0) {
        close(ready[0]);
        play_part(c, p, ready[1]);
    }
    note_id(c, p->pid, pid); /* before it is ready: PID 1 looks there when all are */
    close(ready[1]);
    if (pid > 0 && read(ready[0], &byte, 1) < 0)
        byte = 0;
    close(ready[0]);
}

struct visitor *visitor_of(const struct inside *in, long session)
{
    for (struct visitor *v = in->visitors; v; v = v->next)
        if (v->session->number == session && !v->over)
            return v;
    return NULL;
}

bool is_visitors(const struct inside *in, long session)
{
    for (const struct visitor *v = in->visitors; v; v = v->next)
        if (v->session->number == session)
            return true;
    return false;
}

bool visitor_open(struct visitor *v)
{
    int done[2];
    if (pipe2(done, O_CLOEXEC))
        return false;
    v->done = done[0];
    v->done_peer = done[1];
    v->listener = -1;
    return !pipe2(v->go, O_CLOEXEC) && !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, v->watched);
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

/* Those whose parents are there already, or are none of ours to fork, are PID 1's children. httpd opens its log at once. */
static bool spawn_all(struct cast *c, size_t from, bool all_kinds, bool of_files, struct err *e)
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
        if (p->pid != 1 && (p->ppid <= 1 || !is_new(c, from, p->ppid)) && (all_kinds || is_httpd(p) == of_files))
            spawn(c, p);
    }
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
        c->actors[i].pidfd = (int)syscall(SYS_pidfd_open, c->actors[i].process->pid, 0);
}

bool cast_add(struct cast *c, struct process *list, struct err *e)
{
    size_t from = c->n;
    know_all(c, list);
    if (!spawn_all(c, from, true, false, e))
        return false;
    watch_all(c, from);
    return true;
}

bool cast_begin(struct cast *c, const struct inside *in, struct err *e)
{
    *c = (struct cast){
        .in = in, .files = {-1, -1}
    };
    one_id = in->means->mode == SHELL_SINGLE;
    if (pipe2(c->files, O_CLOEXEC))
        return err_set(e, "pipe: %m");
    if (in->renumbers)
        share_ids();
    know_all(c, in->server->processes);
    return spawn_all(c, 0, false, false, e);
}

bool cast_go_on(struct cast *c, struct err *e)
{
    if (!spawn_all(c, 0, false, true, e))
        return false;
    watch_all(c, 0);
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
    for (size_t i = 0; i < c->n; i++)
        if (c->actors[i].process->pid == pid) {
            struct pollfd look = {.fd = c->actors[i].pidfd, .events = POLLIN};
            return look.fd >= 0 && poll(&look, 1, 0) == 0; /* readable from its death on, buried or not */
        }
    return false;
}
