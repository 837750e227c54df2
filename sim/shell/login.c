/* SPDX-License-Identifier: MIT */
/*
 * A login's processes: sshd's child holds the terminal, with the number that the world's has, and its shell sits on it. The
 * attacker's shell only sits; a visitor's is a real bash, with the user's id, groups and environment. When the shell is over,
 * who waits outside is told how.
 */
#include "sim/shell/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static bool take_terminal(const struct cast *c, const char *slave, unsigned uid)
{
    int fd = open(slave, O_RDWR | O_CLOEXEC);
    if (fd < 0 || (fchown(fd, uid, 5) && !cast_has_one_id(c)) || fchmod(fd, 0620))
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
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    title_of(p);
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
    if (!cast_has_one_id(c))
        read_groups(&user);
    int listener = watch_begin();
    link_send(v->watched[1], LINK_READY, NULL, 0, &listener, listener >= 0);
    setrlimit(RLIMIT_NPROC, &most);
    close_range(3, ~0u, 0);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL);
    if (!cast_has_one_id(c) && (setresgid(user.gid, user.gid, user.gid) || setresuid(user.uid, user.uid, user.uid)))
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
        return;
    }
    open_master(v->session->tty, slave); /* while it is here nobody else gets the terminal that its login is listed with */
    if (!pipe2(fds, O_CLOEXEC) && !pipe2(fds + 2, O_CLOEXEC) && !pipe2(fds + 4, O_CLOEXEC)) {
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
        cast_note_id(c, v->session->shell_pid, pid);
    if (pid == 0) {
        if (!v->terminal)
            use_pipes(fds);
        else if (!take_terminal(c, slave, v->session->uid))
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
        cast_note_id(c, s->shell_pid, pid);
    if (pid == 0) {
        close_fd(&master);
        if (!take_terminal(c, slave, s->uid))
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

_Noreturn void child_of_login(struct cast *c, const struct process *p, const struct os_session *s, int ready)
{
    struct visitor *mine = visitor_of(c->in, s->number);
    int status = 0, link = c->in->link;
    setsid();
    let_go_of_others(c, mine);
    pid_t shell = mine ? student_shell(c, mine) : other_shell(c, s);
    close_fd(&link);
    title_of(p);
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

/* ---- visitors ---- */

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
