/* SPDX-License-Identifier: MIT */
/*
 * The way in. A child makes itself a user namespace, another gives it ids (newuidmap, or by itself for root), then it makes the
 * other namespaces, brings up a network of one machine, builds a root, waits for a brief of what to be, and forks PID 1. It is
 * forked before the lab is opened: small, quick to fork from, and without anything in its memory that a student may not know.
 *
 * The gate stays as PID 1's parent. When the outside dies the gate does (PR_SET_PDEATHSIG), with it PID 1, and with that
 * everything inside: the kernel ends a process namespace with its first process. Nothing is left to clean up.
 */
#include "sim/shell/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/keyctl.h>

/* ---- ids, given from outside ---- */

static bool write_text(pid_t pid, const char *name, const char *text, struct err *e)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
    return (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text)) || err_set(e, "write %s: %m", path);
}

static bool write_map(pid_t pid, const char *name, unsigned first, unsigned n, struct err *e)
{
    char line[64];
    snprintf(line, sizeof(line), "0 %u %u\n", first, n);
    return write_text(pid, name, line, e);
}

/* A container's root keeps its own id, and gives away those that it was given. */
static bool write_own_map(pid_t pid, const char *name, unsigned n, struct err *e)
{
    char lines[64];
    snprintf(lines, sizeof(lines), "0 0 1\n1 1 %u\n", n < 65535 ? n : 65535);
    return write_text(pid, name, lines, e);
}

static bool run_helper(const char *program, pid_t pid, unsigned mine, unsigned first, unsigned n, struct err *e)
{
    char texts[4][16];
    int status = -1;
    snprintf(texts[0], 16, "%d", pid);
    snprintf(texts[1], 16, "%u", mine);
    snprintf(texts[2], 16, "%u", first);
    snprintf(texts[3], 16, "%u", n);
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, texts[0], "0", texts[1], "1", "1", texts[2], texts[3], (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0 ||
           err_set(e, "%s did not map ids %u to %u: `cafelab doctor` may know why", program, first, first + n - 1);
}

bool gate_give_ids(const struct shell_means *m, pid_t pid, struct err *e)
{
    if (m->mode == SHELL_SINGLE) /* user_namespaces(7): without setgroups(2) a user may map himself */
        return write_text(pid, "setgroups", "deny", e) && write_map(pid, "uid_map", geteuid(), 1, e) &&
               write_map(pid, "gid_map", getegid(), 1, e);
    if (m->mode == SHELL_ROOT)
        return write_map(pid, "uid_map", m->first_id, m->ids, e) && write_map(pid, "gid_map", m->first_gid, m->gids, e);
    if (!geteuid())
        return write_own_map(pid, "uid_map", m->ids, e) && write_own_map(pid, "gid_map", m->gids, e);
    return run_helper("/usr/bin/newuidmap", pid, geteuid(), m->first_id, m->ids < 65535 ? m->ids : 65535, e) &&
           run_helper("/usr/bin/newgidmap", pid, getegid(), m->first_gid, m->gids < 65535 ? m->gids : 65535, e);
}

/* ---- a network of one machine ---- */

static bool address(int s, const char *name, const char *ip, const char *mask)
{
    struct ifreq r = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)&r.ifr_addr;
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
    in->sin_family = AF_INET;
    if (inet_pton(AF_INET, ip, &in->sin_addr) != 1 || ioctl(s, SIOCSIFADDR, &r))
        return false;
    inet_pton(AF_INET, mask, &in->sin_addr);
    return !ioctl(s, SIOCSIFNETMASK, &r);
}

/* All but the server's own address: whose it is is not known yet. */
static bool network_up(struct err *e)
{
    AUTO(close_fd) int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq r = {.ifr_name = "lo"};
    bool good = s >= 0 && !ioctl(s, SIOCGIFFLAGS, &r);
    r.ifr_flags |= IFF_UP | IFF_RUNNING;
    return (good && !ioctl(s, SIOCSIFFLAGS, &r) && address(s, "lo:2", "169.254.169.254", "255.255.255.255")) ||
           err_set(e, "bring up the server's network: %m");
}

static bool take_address(const char *private_ip, struct err *e)
{
    AUTO(close_fd) int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return (s >= 0 && address(s, "lo:1", private_ip, "255.255.255.255")) || err_set(e, "give the server its address: %m");
}

bool gate_network(const char *private_ip, struct err *e)
{
    return network_up(e) && take_address(private_ip, e);
}

/* ---- inside ---- */

static _Noreturn void give_up(int link, const struct err *e)
{
    link_say(link, LINK_ERROR, e->msg);
    _exit(1);
}

static bool become_root(const struct inside *in, struct err *e)
{
    bool alone = in->means->mode == SHELL_SINGLE;
    return (!setresgid(0, 0, 0) && !setresuid(0, 0, 0) && (alone || !setgroups(0, NULL))) ||
           err_set(e, "become the server's root: %m");
}

static void detach_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
}

/* The server has been up since it was booted, whatever this machine says. Older kernels (before 5.6) cannot; then it says. */
static void shift_uptime(const struct inside *in)
{
    char text[64];
    if (unshare(CLONE_NEWTIME))
        return;
    long long offset = (in->now_ms - in->server->booted_ms) / 1000 - clock_boot_us() / 1000000;
    int n = snprintf(text, sizeof(text), "boottime %lld 0\n", offset);
    AUTO(close_fd) int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text, (size_t)n) < 0)
        return;
}

static bool enter(struct inside *in, struct err *e)
{
    if (!become_root(in, e))
        return false;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() == 1) /* after the ids: a change of them forgets it */
        return err_set(e, "the outside is gone");
    prctl(PR_SET_DUMPABLE, 1); /* a change of ids had made our /proc the machine's root's */
    return (!unshare(CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP) || err_set(e, "make namespaces: %m")) &&
           network_up(e) && root_build(in, e);
}

/* Not everybody who has a lab open gets in: then nothing comes, and the outside ends us. */
bool gate_hear(struct inside *in, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    if (!link_receive(in->link, &m, e))
        _exit(0);
    json_auto_t *brief = m.kind == LINK_BRIEF ? json_read(m.bytes.s, m.bytes.len, e) : NULL;
    return brief && brief_take(in, brief, e);
}

/* By who we still are, but in our own mounts: newer kernels (6.18) let no other namespace's lie in an overlay. */
static void open_tools(struct inside *in)
{
    const char *paths[SHELL_TOOLS];
    size_t n = shell_tools(&in->w->arena, paths);
    for (size_t i = 0; i < n; i++) {
        int fd = open(paths[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0)
            in->tools[in->n_tools++] = fd;
    }
}

/* Nothing of the caller's, nor where it was: root inside may read our memory. Long enough for sshd, which writes its title
 * over it. */
void gate_environment(void)
{
    for (char **variable = environ; variable && *variable; variable++)
        explicit_bzero(*variable, strlen(*variable));
    clearenv();
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", 1);
    setenv("LANG", "en_US.UTF-8", 1);
    setenv("INVOCATION_ID", "5f1a0d3c9b7e4c62a8d4f0b1e2c3a495", 1);
    setenv("JOURNAL_STREAM", "9:16024", 1);
}

static void be_nobodys(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL); /* what the keeper ignores is the server's to feel */
    setsid();
    prctl(PR_SET_NAME, "cafelab-gate");
    detach_streams();
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); /* the caller's keys stay outside */
}

static _Noreturn void first_process(struct inside *in)
{
    struct err e = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!root_turn(in, &e))
        give_up(in->link, &e);
    doors_open(in->link);
    init_run(in);
}

static _Noreturn void gate(struct inside *in, int told, int ask)
{
    struct err e = {0};
    char byte = 0;
    int status = 0;
    be_nobodys();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
        err_set(&e, "make a user namespace: %m");
    else
        open_tools(in);
    gate_environment();
    if (write(ask, &byte, 1) != 1 || read(told, &byte, 1) != 1) /* the ids are there now */
        _exit(1);
    close(ask);
    close(told);
    if (e.set || !enter(in, &e) || !gate_hear(in, &e))
        give_up(in->link, &e);
    shift_uptime(in);
    if (!take_address(in->server->instance->private_ip, &e) || (unshare(CLONE_NEWPID) && !err_set(&e, "unshare pid: %m")))
        give_up(in->link, &e);
    pid_t first = fork();
    if (first == 0)
        first_process(in);
    if (first < 0) {
        err_set(&e, "fork: %m");
        give_up(in->link, &e);
    }
    close(in->link);
    close_fd(&in->host_keys);
    while (waitpid(first, &status, 0) < 0 && errno == EINTR)
        ;
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* ---- outside ---- */

/* All but the descriptors that it needs are closed: nothing of the outside leaks in. */
static void keep_only(int *link, int *told, int *ask)
{
    int *fds[] = {link, told, ask};
    for (size_t i = 0; i < COUNT(fds); i++)
        *fds[i] = fcntl(*fds[i], F_DUPFD_CLOEXEC, 200);
    close_range(3, 199, 0);
    close_range((unsigned)*ask + 1, ~0u, 0);
}

/* newuidmap takes its time: who waits for it is a process of its own, and the lab is opened meanwhile. */
static _Noreturn void give_ids(const struct shell_means *means, pid_t pid, int ask, int told, int link)
{
    struct err e = {0};
    char byte = 0;
    if (read(ask, &byte, 1) != 1)
        err_set(&e, "the gate is gone");
    else if (gate_give_ids(means, pid, &e) && write(told, &byte, 1) == 1)
        _exit(0);
    give_up(link, &e);
}

static bool fork_both(const struct shell_house *house, int link, int ask[2], int told[2], struct gate *ret)
{
    static struct world nothing;
    ret->pid = fork();
    if (ret->pid == 0) {
        struct inside in = {.means = house->means, .w = &nothing, .link = link, .house = house};
        keep_only(&in.link, &told[0], &ask[1]);
        gate(&in, told[0], ask[1]);
    }
    ret->giver = ret->pid > 0 ? fork() : -1;
    if (ret->giver == 0) {
        close_fd(&ask[1]);
        close_fd(&told[0]);
        give_ids(house->means, ret->pid, ask[0], told[1], link);
    }
    return ret->giver > 0;
}

bool gate_open(const struct shell_house *house, int link, struct gate *ret, struct err *e)
{
    int ask[2] = {-1, -1}, told[2] = {-1, -1};
    if (house->means->mode == SHELL_CONTAINER)
        return err_set(e, "the server is not up: the container's first process has to be `cafelab shell %s`", house->dir);
    bool good = !pipe2(ask, O_CLOEXEC) && !pipe2(told, O_CLOEXEC) && fork_both(house, link, ask, told, ret);
    for (int i = 0; i < 2; i++) {
        close_fd(&ask[i]);
        close_fd(&told[i]);
    }
    return good || err_set(e, "fork: %m");
}
