/* SPDX-License-Identifier: MIT */
/*
 * A container of an image that `cafelab host export` made: its file system is the server's already, its processes are seen by
 * nobody else, so nothing is made anew and no right is needed that a container has not. Our first process is the server's
 * PID 1, as in the other modes; the keeper is a child of it instead of its ancestor, and stays until the container is stopped.
 *
 * Not all can be done without rights over the machine: ids of processes are taken as they come where /proc/sys cannot be
 * written (cast.c), addresses need CAP_NET_ADMIN. What lies on mounts of the container's own (/etc/hosts, /etc/resolv.conf,
 * the lab) is no file of the server's.
 *
 * Root in the container can read the lab there, as who has a lab's folder can: a class is given images of bundles.
 */
#include "sim/shell/image.h"
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

bool container_is_ours(void)
{
    return geteuid() == 0 && file_exists(IMAGE_MARK);
}

/* ---- what is mounted ---- */

static char *mounts; /* paths, each after a newline and before one */

/* The fifth word of a line of mountinfo (proc(5)), where blanks are \\040. */
static void add_mount(struct str *out, char *line)
{
    char *rest = NULL, *word = strtok_r(line, " ", &rest);
    for (int i = 0; i < 4 && word; i++)
        word = strtok_r(NULL, " ", &rest);
    if (word && word[1] && !strchr(word, '\\'))
        str_addf(out, "%s\n", word);
}

static void know_mounts(void)
{
    static const char *const engines[] = {"/.dockerenv", "/run/.containerenv", "/lib32", "/libx32"};
    struct str list = {0};
    FILE *file = fopen("/proc/self/mountinfo", "re");
    AUTO(free_text) char *line = NULL;
    size_t cap = 0;
    str_addc(&list, '\n');
    while (file && getline(&line, &cap, file) > 0)
        add_mount(&list, line);
    if (file)
        fclose(file);
    for (size_t i = 0; i < COUNT(engines); i++)
        str_addf(&list, "%s\n", engines[i]);
    mounts = str_steal(&list);
}

bool container_mounted(const char *path)
{
    char line[TREE_MAX_PATH + 3];
    if (!mounts)
        return false;
    for (size_t n = strlen(path); n > 1 && n <= TREE_MAX_PATH; n--)
        if ((!path[n] || path[n] == '/') && snprintf(line, sizeof(line), "\n%.*s\n", (int)n, path) > 0 && strstr(mounts, line))
            return true;
    return false;
}

/* ---- the first process ---- */

static pid_t keeper;
static int *left; /* the status of who visited first; shared; -1 = nobody has left */

/* `docker stop`: the keeper notes the rest, and when it has gone we go. */
static void pass_on(int signal)
{
    if (getpid() == 1 && keeper > 0)
        kill(keeper, signal);
}

static void forget_signals(void)
{
    signal(SIGTERM, SIG_DFL);
}

static bool can_choose_ids(void)
{
    char text[16];
    AUTO(close_fd) int fd = open("/proc/sys/kernel/ns_last_pid", O_RDWR | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
    return n > 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

static void stream_nothing(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
}

/* What a stop left behind: the next start is a boot. */
static void tidy_run(void)
{
    struct err ignored = {0};
    dir_remove("/run/systemd", &ignored);
    unlink("/run/sshd.pid");
    unlink("/dev/log");
}

/* An engine's /etc/hosts need not have the name that it gave the container (network "none"), and sudo asks for it. */
static void know_own_name(const struct server *s)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    char name[HOST_NAME_MAX + 1] = "";
    if (!container_mounted("/etc/hosts") || gethostname(name, sizeof(name) - 1) || !*name ||
        !file_read("/etc/hosts", 1 << 20, &text, &ignored))
        return;
    for (const char *at = str_text(&text); (at = strstr(at, name)); at += strlen(name))
        if (strchr(" \t\n", at[strlen(name)]))
            return;
    AUTO(close_fd) int fd = open("/etc/hosts", O_WRONLY | O_APPEND | O_CLOEXEC);
    str_clear(&text);
    str_addf(&text, "127.0.0.1\t%s %s\n", s->hostname, name);
    if (fd >= 0 && write(fd, text.s, text.len) < 0)
        return; /* then sudo says that it does not know itself */
}

static _Noreturn void be_first(const struct shell_house *house, int link)
{
    static struct world nothing;
    struct inside in = {.means = house->means, .w = &nothing, .link = link, .house = house};
    struct err e = {0}, unable = {0};
    close_range((unsigned)link + 1, ~0u, 0);
    in.renumbers = !can_choose_ids();
    pthread_atfork(NULL, NULL, forget_signals);
    signal(SIGTERM, pass_on);
    tidy_run();
    gate_environment();
    bool good = gate_hear(&in, &e) && root_lay_here(&in, &e);
    if (!good) {
        link_say(link, LINK_ERROR, e.msg);
        _exit(1);
    }
    gate_network(in.server->instance->private_ip, &unable); /* without it there is no metadata */
    know_own_name(in.server);
    stream_nothing();
    doors_open(link);
    init_run(&in);
}

/* ---- beginning ---- */

static int hold_shells(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/shell", dir);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock >= 0 && !flock(lock, LOCK_EX | LOCK_NB))
        return lock;
    err_set(e, errno == EWOULDBLOCK ? "another container has this lab's server" : "hold '%s': %m", path);
    close_fd(&lock);
    return -1;
}

bool shell_contain(const struct shell_house *house, const struct shell_wish *wish, struct err *e)
{
    int ends[2], lock = hold_shells(house->dir, e);
    bool visits = wish->command || isatty(STDIN_FILENO);
    if (lock < 0)
        return false;
    left = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (left == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return err_set(e, "begin the server: %m");
    know_mounts();
    next_pid(32000); /* low ones are the server's */
    keeper = fork();
    if (keeper == 0) {
        close(ends[1]);
        keeper_stay(house, wish->on, ends[0], lock);
    }
    pid_t guest = keeper > 0 && visits ? fork() : -1;
    close(ends[0]);
    close(lock);
    if (guest == 0) {
        close(ends[1]);
        return true;
    }
    if (keeper < 0 || (visits && guest < 0))
        return err_set(e, "fork: %m");
    be_first(house, ends[1]);
}

int shell_leave(int status)
{
    if (left) {
        *left = status;
        kill(1, SIGTERM);
    }
    return status;
}

int container_status(void)
{
    return left ? *left : 0;
}
