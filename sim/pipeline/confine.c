/* SPDX-License-Identifier: MIT */
/*
 * Holding a program that a stranger's line starts. Two locks, each enough by itself for most of it:
 *
 * - Landlock, landlock(7): files can be opened for reading below the lab (but for .cafelab, which holds the seed and the story)
 *   and below the system's libraries; only the program itself and the loader of shared libraries can be started.
 * - seccomp(2), by a list of the system calls that reading and printing take: opening for writing, whatever changes a file or
 *   its owner, mode and times, sockets, other processes and signals to them, mounts are not in it and get EPERM. No process can
 *   be made, so nothing can multiply; threads can, as sort has some. libseccomp knows each machine's numbers, and drops rows
 *   of calls that a machine does not have.
 *
 * Rights by version: linux/landlock.h of Linux 6.10.
 */
#include "sim/pipeline/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- files ---- */

static const uint64_t may_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

static int landlock_version(void)
{
    return (int)syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool pipeline_possible(struct err *e)
{
    if (landlock_version() < 1)
        return err_set(e, "this kernel cannot keep a program from files (Landlock: %m)");
    return true;
}

/* What this kernel's Landlock knows how to refuse: a bit a right, more with each version. */
static uint64_t known_rights(int version)
{
    static const int bits[] = {0, 13, 14, 15, 15, 16}; /* files to make and remove; refer; truncate; -; ioctl of devices */
    return (1ull << bits[version < (int)COUNT(bits) ? version : (int)COUNT(bits) - 1]) - 1;
}

/* What is not there needs no right. */
static bool allow(int rules, const char *path, uint64_t rights, struct err *e)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return errno == ENOENT || err_set(e, "open '%s': %m", path);
    bool good = fstat(fd, &st) == 0;
    if (!S_ISDIR(st.st_mode))
        rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
    const struct landlock_path_beneath_attr below = {.allowed_access = rights, .parent_fd = fd};
    good = good && !syscall(__NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    close(fd);
    return good || err_set(e, "landlock '%s': %m", path);
}

static bool allow_lab(int rules, const char *lab, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    DIR *dir = opendir(lab);
    struct dirent *entry;
    if (!dir)
        return err_set(e, "open '%s': %m", lab);
    bool good = allow(rules, lab, LANDLOCK_ACCESS_FS_READ_DIR, e);
    while (good && (entry = readdir(dir))) /* a link has no right of its own: what it leads to must have it */
        if (entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_REG))
            good = allow(rules, arena_printf(&arena, "%s/%s", lab, entry->d_name), may_read, e);
    closedir(dir);
    return good;
}

static bool allow_system(int rules, const char *program, struct err *e)
{
    static const char *const libraries[] = {"/lib",           "/lib64",           "/usr/lib", "/usr/lib64",
                                            "/usr/local/lib", "/etc/ld.so.cache", NULL};
    static const char *const loaders[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1",
                                          "/lib/ld-linux-riscv64-lp64d.so.1", NULL};
    bool good = allow(rules, program, LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE, e);
    for (size_t i = 0; good && libraries[i]; i++)
        good = allow(rules, libraries[i], may_read, e);
    for (size_t i = 0; good && loaders[i]; i++)
        good = allow(rules, loaders[i], LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE, e);
    return good;
}

bool confine_files(const char *lab, const char *program, struct err *e)
{
    const struct landlock_ruleset_attr all = {.handled_access_fs = known_rights(landlock_version())};
    int rules = (int)syscall(__NR_landlock_create_ruleset, &all, sizeof(all), 0);
    if (rules < 0)
        return err_set(e, "landlock: %m");
    bool good = allow_lab(rules, lab, e) && allow_system(rules, program, e);
    if (good && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(__NR_landlock_restrict_self, rules, 0)))
        good = err_set(e, "landlock: %m");
    close(rules);
    return good;
}

/* ---- calls ---- */

static const int harmless[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(dup),
    SCMP_SYS(dup3),
    SCMP_SYS(fstat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),
    SCMP_SYS(fchdir),
    SCMP_SYS(fadvise64),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(sendfile),
    SCMP_SYS(splice),
    SCMP_SYS(pipe2),
    SCMP_SYS(ppoll),
    SCMP_SYS(pselect6),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(membarrier),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(umask),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(getpgid),
    SCMP_SYS(getsid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(execve),
    SCMP_SYS(newfstatat),
    SCMP_SYS(rseq),
    SCMP_SYS(getrlimit),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(access),
    SCMP_SYS(readlink),
    SCMP_SYS(dup2),
    SCMP_SYS(pipe),
    SCMP_SYS(poll),
    SCMP_SYS(select),
    SCMP_SYS(getpgrp),
    SCMP_SYS(time),
    SCMP_SYS(arch_prctl),
};

/* Calls that one argument makes harmless: all bits of `mask` in it are as in `value`. */
static const struct {
    int call;
    unsigned arg;
    uint64_t mask, value;
} harmless_with[] = {
    {SCMP_SYS(openat),    2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 0              },
    {SCMP_SYS(open),      1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 0              },
    {SCMP_SYS(clone),     0, CLONE_THREAD,                                                       CLONE_THREAD   }, /* no process */
    {SCMP_SYS(ioctl),     1, ~0ull,                                                              TCGETS         }, /* a terminal? */
    {SCMP_SYS(ioctl),     1, ~0ull,                                                              TIOCGWINSZ     },
    {SCMP_SYS(ioctl),     1, ~0ull,                                                              FIONREAD       },
    {SCMP_SYS(fcntl),     1, ~0ull,                                                              F_DUPFD        }, /* no leases */
    {SCMP_SYS(fcntl),     1, ~0ull,                                                              F_DUPFD_CLOEXEC},
    {SCMP_SYS(fcntl),     1, ~0ull,                                                              F_GETFD        },
    {SCMP_SYS(fcntl),     1, ~0ull,                                                              F_SETFD        },
    {SCMP_SYS(fcntl),     1, ~0ull,                                                              F_GETFL        },
    {SCMP_SYS(prlimit64), 2, ~0ull,                                                              0              }, /* no new ones */
};

/* Signals to itself, as abort(3) sends one, and gzip when nobody listens any more. */
static const int signals[] = {SCMP_SYS(kill), SCMP_SYS(tgkill)};

/* 0, or what libseccomp says against it: an errno, negative. */
static int allow_calls(scmp_filter_ctx filter)
{
    int bad = 0;
    for (size_t i = 0; i < COUNT(harmless) && !bad; i++)
        bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0);
    for (size_t i = 0; i < COUNT(harmless_with) && !bad; i++)
        bad = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, harmless_with[i].call, 1,
            SCMP_CMP64(harmless_with[i].arg, SCMP_CMP_MASKED_EQ, harmless_with[i].mask, harmless_with[i].value));
    for (size_t i = 0; i < COUNT(signals) && !bad; i++)
        bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, signals[i], 1, SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)getpid(), 0));
    return bad;
}

/* As rows of the kernel's: at most `max`; 0 when it cannot be made. */
static size_t write_filter(scmp_filter_ctx filter, struct sock_filter *rows, size_t max)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    ssize_t n = fd >= 0 && !seccomp_export_bpf(filter, fd) ? pread(fd, rows, max * sizeof(*rows), 0) : 0;
    if (fd >= 0)
        close(fd);
    return n > 0 && (size_t)n < max * sizeof(*rows) ? (size_t)n / sizeof(*rows) : 0;
}

bool confine_prepare(struct calls_filter *ret, struct err *e)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return err_set(e, "seccomp: no filter can be made for this machine");
    int bad = allow_calls(filter);
    if (!bad) /* its flags cannot be looked at: the C library then takes clone */
        bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    ret->n = bad ? 0 : write_filter(filter, ret->rows, COUNT(ret->rows));
    seccomp_release(filter);
    return ret->n || err_set(e, "seccomp: the list of calls cannot be made a filter");
}

bool confine_calls(const struct calls_filter *filter, struct err *e)
{
    const struct sock_fprog program = {(unsigned short)filter->n, (struct sock_filter *)filter->rows};
    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) || err_set(e, "seccomp: %m");
}
