/* SPDX-License-Identifier: MIT */
/* What this machine allows: tried, not guessed, where trying costs nothing. */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT_FIRST_ID 0x70000000u /* above what systemd hands to containers, below what would be negative */
#define IDS 65536u
#define LEAST_IDS 65000u /* uid 65534 is in every passwd file's reach, but none of the server's files is nobody's */

const char *shell_mode_name(enum shell_mode mode)
{
    static const char *const names[] = {"none", "single", "multi", "root", "container"};
    return names[mode];
}

const char *shell_cannot(enum shell_mode mode)
{
    if (mode == SHELL_SINGLE)
        return "there is one user, shown as root: whose a process or a file is cannot be seen, nothing is refused for want of "
               "rights, userdel does not notice a session, sshd starts but lets nobody in";
    if (mode == SHELL_CONTAINER)
        return "processes may have other ids than the logs say, uptime and kernel are the machine's, commands on watched files "
               "leave no audit records, and cafelab's own processes are seen";
    return mode == SHELL_NONE ? "there is no shell: files can be read and edited in host/, `cafelab call` simulates commands"
                              : NULL;
}

bool subid_find(const char *text, const char *user, unsigned uid, unsigned *ret_first, unsigned *ret_n)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", uid);
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        size_t n = strcspn(line, ":\n");
        char *end;
        bool mine = (user && strlen(user) == n && !memcmp(line, user, n)) || (strlen(number) == n && !memcmp(line, number, n));
        if (!mine || line[n] != ':')
            continue;
        unsigned long first = strtoul(line + n + 1, &end, 10);
        if (*end != ':')
            continue;
        unsigned long count = strtoul(end + 1, &end, 10);
        if ((*end && *end != '\n') || !first || first > UINT32_MAX || count > UINT32_MAX || first + count > UINT32_MAX)
            continue;
        *ret_first = (unsigned)first;
        *ret_n = (unsigned)count;
        return true;
    }
    return false;
}

unsigned ids_given(const char *map, unsigned first)
{
    for (const char *line = map; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        unsigned long long inside, outside, n;
        if (sscanf(line, "%llu %llu %llu", &inside, &outside, &n) == 3 && inside <= first && first < inside + n)
            return (unsigned)(inside + n - first);
    }
    return 0;
}

/* ---- namespaces ---- */

/* What `child` ended with: 0, or an errno. */
static int outcome_of(pid_t child)
{
    int status = 0;
    if (child < 0)
        return errno;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

/* Of a file of /proc, which has no size; false when there is none. */
static bool read_proc(const char *path, struct str *out)
{
    char bytes[4096];
    ssize_t n = 0;
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read(fd, bytes, sizeof(bytes))) > 0)
        str_addn(out, bytes, (size_t)n);
    return fd >= 0 && n == 0;
}

/* Engines cover parts of a container's /proc: the kernel then gives nobody in it a whole one. */
static bool proc_is_covered(void)
{
    AUTO(str_drop) struct str mounts = {0};
    if (!read_proc("/proc/self/mountinfo", &mounts))
        return false;
    for (const char *at = str_text(&mounts); (at = strstr(at, " /proc/")); at++)
        if (!text_starts(at, " /proc/sys/fs/binfmt_misc "))
            return true;
    return false;
}

/* In new namespaces, as the gate does later; a filter of system calls says EPERM where the kernel would say something else. */
static int try_mounts(void)
{
    pid_t child = fork();
    if (child == 0) {
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
            mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ||
            (syscall(SYS_pivot_root, "/", "/") && errno == EPERM))
            _exit(errno);
        _exit(0);
    }
    return outcome_of(child);
}

/* 0, or why the kernel does not give us a user namespace with rights in it. */
static int try_namespaces(void)
{
    bool covered = proc_is_covered();
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWUSER) || unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS))
            _exit(errno);
        _exit(covered ? try_mounts() : 0);
    }
    return outcome_of(child);
}

static int number_in(const char *path)
{
    AUTO(str_drop) struct str text = {0};
    return read_proc(path, &text) && text.len ? atoi(str_text(&text)) : -1;
}

/* What lets a shell into somebody's container; Docker 20.10 and podman 4.3 were tried. */
static const char *cure_of_container(struct arena *arena)
{
    AUTO(str_drop) struct str profile = {0};
    bool podman = file_exists("/run/.containerenv");
    if (!podman && !file_exists("/.dockerenv"))
        return NULL;
    bool apparmor =
        read_proc("/proc/self/attr/current", &profile) && profile.len > 1 && !strstr(str_text(&profile), "unconfined");
    return arena_printf(arena, "%s run --security-opt seccomp=unconfined --security-opt %s%s ...", podman ? "podman" : "docker",
                        podman ? "unmask=ALL" : "systempaths=unconfined",
                        apparmor ? " --security-opt apparmor=unconfined" : "");
}

static bool is_wsl_1(void)
{
    struct utsname name;
    return !uname(&name) && strstr(name.release, "-Microsoft"); /* WSL 2 says -microsoft-standard-WSL2 */
}

static void explain_refusal(struct arena *arena, struct shell_means *m, int error)
{
    if (number_in("/proc/sys/user/max_user_namespaces") == 0) {
        m->why = "user namespaces are off (user.max_user_namespaces is 0)";
        m->cure = "sudo sysctl user.max_user_namespaces=15000";
    } else if (number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
        m->why = "the kernel keeps user namespaces from plain users (kernel.unprivileged_userns_clone is 0)";
        m->cure = "sudo sysctl kernel.unprivileged_userns_clone=1";
    } else if (number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
        m->why = "AppArmor takes all rights from plain users' namespaces (Ubuntu 23.10 and later)";
        m->cure = "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0";
    } else if (is_wsl_1()) {
        m->why = "WSL 1 has no namespaces";
        m->cure = "wsl.exe --set-version DISTRIBUTION 2 (in Windows; wsl.exe -l says its name)";
    } else {
        m->why = arena_printf(arena,
                              "the kernel refuses namespaces or mounts in them (%s): a container without the right, or seccomp",
                              strerror(error));
        m->cure = cure_of_container(arena);
    }
}

static bool find_range(const char *path, unsigned *first, unsigned *n)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    const struct passwd *me = getpwuid(geteuid());
    return file_read(path, 4 << 20, &text, &ignored) &&
           subid_find(str_text(&text), me ? me->pw_name : NULL, geteuid(), first, n) && *n >= LEAST_IDS;
}

static void plain_user(struct arena *arena, struct shell_means *m)
{
    m->mode = SHELL_SINGLE; /* one id needs nobody's leave */
    const struct passwd *me = getpwuid(geteuid());
    const char *name = me ? arena_dup(arena, me->pw_name) : arena_printf(arena, "%u", geteuid());
    bool installed = file_exists("/usr/bin/newuidmap") && file_exists("/usr/bin/newgidmap");
    if (!installed) {
        m->why = "newuidmap is not installed: the server's users need ids of their own";
        m->cure = "sudo apt-get install uidmap";
    } else if (!find_range("/etc/subuid", &m->first_id, &m->ids) || !find_range("/etc/subgid", &m->first_gid, &m->gids)) {
        m->why = arena_printf(arena, "%s has no %u subordinate ids in /etc/subuid and /etc/subgid", name, IDS);
        m->cure = arena_printf(arena, "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s", name);
    } else {
        m->mode = SHELL_MULTI;
    }
}

static unsigned ids_in(const char *path, unsigned first)
{
    AUTO(str_drop) struct str map = {0};
    return read_proc(path, &map) ? ids_given(str_text(&map), first) : 0;
}

/* A container's root has the ids that it was given. Those that nobody has are not among them: then the server's are its own. */
static void root_user(struct arena *arena, struct shell_means *m)
{
    static const char uids[] = "/proc/self/uid_map", gids[] = "/proc/self/gid_map";
    if (ids_in(uids, ROOT_FIRST_ID) >= IDS && ids_in(gids, ROOT_FIRST_ID) >= IDS) {
        *m = (struct shell_means){
            .mode = SHELL_ROOT, .first_id = ROOT_FIRST_ID, .ids = IDS, .first_gid = ROOT_FIRST_ID, .gids = IDS};
        return;
    }
    *m = (struct shell_means){
        .mode = SHELL_MULTI, .first_id = 1, .ids = ids_in(uids, 1), .first_gid = 1, .gids = ids_in(gids, 1)};
    if (m->ids >= LEAST_IDS && m->gids >= LEAST_IDS)
        return;
    m->mode = SHELL_SINGLE;
    m->why = arena_printf(arena, "root has only %u ids here: a container of a user without subordinate ids", m->ids + 1);
    m->cure = "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER (outside of the container)";
}

/* Docker's and podman's own lists have neither. */
static void container(struct shell_means *m)
{
    bool traces = prctl(PR_CAPBSET_READ, CAP_SYS_PTRACE) == 1, has_network = prctl(PR_CAPBSET_READ, CAP_NET_ADMIN) == 1;
    m->mode = SHELL_CONTAINER;
    if (!traces)
        m->why = has_network
                     ? "the container lacks SYS_PTRACE: userdel does not notice who is logged in"
                     : "the container lacks SYS_PTRACE and NET_ADMIN: userdel does not notice who is logged in, there is "
                       "no instance metadata";
    else if (!has_network)
        m->why = "the container lacks NET_ADMIN: there is no instance metadata";
    if (m->why)
        m->cure = "docker run --cap-add SYS_PTRACE --cap-add NET_ADMIN ... (podman run takes the same)";
}

void shell_means(struct arena *arena, struct shell_means *m)
{
    *m = (struct shell_means){0};
    if (container_is_ours()) {
        container(m);
        return;
    }
    int error = try_namespaces();
    if (error) {
        explain_refusal(arena, m, error);
    } else if (geteuid() == 0) {
        root_user(arena, m);
    } else {
        plain_user(arena, m);
    }
}

size_t shell_tools(struct arena *arena, const char *ret[SHELL_TOOLS])
{
    static const char *const packages[SHELL_TOOLS] = {"auditd", "openssh-server"};
    size_t n = 0;
    for (size_t i = 0; i < SHELL_TOOLS; i++) {
        const char *path = data_path(arena, "build/tools/%s", packages[i]);
        if (path && file_exists(path) && file_exists(arena_printf(arena, "%s/usr/sbin", path)))
            ret[n++] = arena_printf(arena, "%s/usr", path);
    }
    return n;
}

struct places { /* this machine's /usr and what lies over it */
    struct arena *arena;
    const char *tools[SHELL_TOOLS];
    size_t n;
};
static bool is_here(const void *context, const char *path)
{
    const struct places *p = context;
    bool found = file_exists(path);
    for (size_t i = 0; i < p->n && !found; i++)
        found = file_exists(arena_printf(p->arena, "%s%s", p->tools[i], path + strlen("/usr")));
    return found;
}

const char *shell_missing_of(struct arena *arena, bool (*has)(const void *, const char *), const void *context)
{
    static const struct {
        const char *program, *package;
    } needs[] = {
        {"/usr/bin/bash",      "bash"          },
        {"/usr/bin/sudo",      "sudo"          },
        {"/usr/sbin/sshd",     "openssh-server"},
        {"/usr/sbin/userdel",  "passwd"        },
        {"/usr/sbin/aureport", "auditd"        },
        {"/usr/bin/ps",        "procps"        },
        {"/usr/bin/kill",      "procps"        }, /* a shell's own is none to sudo */
        {"/usr/bin/vi",        "vim-tiny"      },
    };
    AUTO(str_drop) struct str list = {0};
    for (size_t i = 0; i < COUNT(needs); i++)
        if (!has(context, needs[i].program) && !strstr(str_text(&list), needs[i].package))
            str_addf(&list, "%s%s", list.len ? " " : "", needs[i].package);
    return list.len ? arena_dup(arena, str_text(&list)) : NULL;
}

const char *shell_missing(struct arena *arena)
{
    struct places here = {.arena = arena};
    here.n = shell_tools(arena, here.tools);
    return shell_missing_of(arena, is_here, &here);
}
