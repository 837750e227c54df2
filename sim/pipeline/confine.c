/* SPDX-License-Identifier: MIT */
/*
 * Holding a program that a stranger's line starts. Two locks, each enough by itself for most of it:
 *
 * - Landlock, landlock(7): files can be opened for reading below the lab (but for .cafelab, which holds the seed and the story)
 *   and below the system's libraries; only the program itself and the loader of shared libraries can be started.
 * - seccomp(2), by a list of the system calls that reading and printing take: opening for writing, whatever changes a file or
 *   its owner, mode and times, sockets, other processes and signals to them, mounts are not in it and get EPERM. No process can
 * be made, so nothing can multiply; threads can, as sort has some.
 *
 * Numbers of calls and audit names of architectures: the kernel's headers; rights by version: linux/landlock.h of Linux 6.10.
 */
#include "sim/pipeline/parts.h"
#include "sim/base/architecture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
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
    if (!ARCHITECTURE)
        return err_set(e, "no list of system calls is known for this machine");
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
    __NR_read,
    __NR_readv,
    __NR_pread64,
    __NR_write,
    __NR_writev,
    __NR_lseek,
    __NR_close,
    __NR_close_range,
    __NR_dup,
    __NR_dup3,
    __NR_fstat,
    __NR_statx,
    __NR_statfs,
    __NR_fstatfs,
    __NR_faccessat,
    __NR_faccessat2,
    __NR_getdents64,
    __NR_readlinkat,
    __NR_getcwd,
    __NR_chdir,
    __NR_fchdir,
    __NR_fadvise64,
    __NR_copy_file_range,
    __NR_sendfile,
    __NR_splice,
    __NR_pipe2,
    __NR_ppoll,
    __NR_pselect6,
    __NR_mmap,
    __NR_munmap,
    __NR_mremap,
    __NR_mprotect,
    __NR_madvise,
    __NR_brk,
    __NR_futex,
    __NR_set_tid_address,
    __NR_set_robust_list,
    __NR_sched_getaffinity,
    __NR_sched_yield,
    __NR_membarrier,
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_clock_gettime,
    __NR_clock_getres,
    __NR_clock_nanosleep,
    __NR_nanosleep,
    __NR_gettimeofday,
    __NR_times,
    __NR_getrusage,
    __NR_getrandom,
    __NR_sysinfo,
    __NR_uname,
    __NR_umask,
    __NR_getpid,
    __NR_getppid,
    __NR_gettid,
    __NR_getuid,
    __NR_geteuid,
    __NR_getgid,
    __NR_getegid,
    __NR_getgroups,
    __NR_getresuid,
    __NR_getresgid,
    __NR_getpgid,
    __NR_getsid,
    __NR_exit,
    __NR_exit_group,
    __NR_execve,
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_fstatat
    __NR_fstatat,
#endif
#ifdef __NR_rseq
    __NR_rseq,
#endif
#ifdef __NR_getrlimit
    __NR_getrlimit,
#endif
#ifdef __x86_64__ /* what younger architectures have no more */
    __NR_stat,
    __NR_lstat,
    __NR_access,
    __NR_readlink,
    __NR_dup2,
    __NR_pipe,
    __NR_poll,
    __NR_select,
    __NR_getpgrp,
    __NR_time,
    __NR_arch_prctl,
#endif
};

struct filter {
    struct sock_filter rows[512];
    unsigned short n;
};

static void row(struct filter *f, unsigned short code, unsigned k, unsigned char yes, unsigned char no)
{
    f->rows[f->n++] = (struct sock_filter){code, yes, no, k};
}

static void load(struct filter *f, size_t at)
{
    row(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0);
}

static void answer(struct filter *f, unsigned what)
{
    row(f, BPF_RET | BPF_K, what, 0, 0);
}

static unsigned refusal(int number)
{
    return SECCOMP_RET_ERRNO | ((unsigned)number & SECCOMP_RET_DATA);
}

/* The low half of argument `arg`: flags and requests are no wider. */
static size_t low_of(unsigned arg)
{
    size_t at = offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? at + 4 : at;
}

/* Opening is for reading only: no flag that makes, changes or empties a file. */
static void only_reading(struct filter *f, unsigned call, unsigned arg)
{
    row(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
    load(f, low_of(arg));
    row(f, BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 0, 1);
    answer(f, refusal(EACCES));
    answer(f, SECCOMP_RET_ALLOW);
}

/* Threads, not processes. */
static void only_threads(struct filter *f)
{
    row(f, BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4);
    load(f, low_of(0));
    row(f, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
    answer(f, refusal(EPERM));
    answer(f, SECCOMP_RET_ALLOW);
}

/* Of what argument 1 asks for, these. */
static void only_requests(struct filter *f, unsigned call, const unsigned *requests, unsigned char n, int error)
{
    row(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, (unsigned char)(2 + 2 * n));
    load(f, low_of(1));
    for (unsigned char i = 0; i < n; i++) {
        row(f, BPF_JMP | BPF_JEQ | BPF_K, requests[i], 0, 1);
        answer(f, SECCOMP_RET_ALLOW);
    }
    answer(f, refusal(error));
}

/* Is it a terminal, how wide, how much is there to read. */
static const unsigned questions[] = {TCGETS, TIOCGWINSZ, FIONREAD};
/* Flags of a descriptor; not whom signals go to, no leases, no seals. */
static const unsigned descriptors[] = {F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC};

/* Limits can be read: no new ones (argument 2), which root could raise. Its upper half matters, too: it is an address. */
static void only_reading_limits(struct filter *f)
{
    row(f, BPF_JMP | BPF_JEQ | BPF_K, __NR_prlimit64, 0, 6);
    load(f, low_of(2));
    row(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
    load(f, offsetof(struct seccomp_data, args) + 2 * sizeof(uint64_t) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 0 : 4));
    row(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    answer(f, SECCOMP_RET_ALLOW);
    answer(f, refusal(EPERM));
}

/* Signals to itself, as abort(3) sends one, and gzip when nobody listens any more: arguments of 64 bits are as wide as they
 * need to be for a process id, which is positive. */
static void only_itself(struct filter *f, unsigned call)
{
    row(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
    load(f, low_of(0));
    row(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 0, 1);
    answer(f, SECCOMP_RET_ALLOW);
    answer(f, refusal(EPERM));
}

static void write_filter(struct filter *f)
{
    load(f, offsetof(struct seccomp_data, arch));
    row(f, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(f, SECCOMP_RET_KILL_PROCESS);
    load(f, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < COUNT(harmless); i++) {
        row(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)harmless[i], 0, 1);
        answer(f, SECCOMP_RET_ALLOW);
    }
    only_reading(f, __NR_openat, 2); /* each looks at the call's number, and leaves it loaded when it is another */
#ifdef __NR_open
    only_reading(f, __NR_open, 1);
#endif
    only_threads(f);
    only_requests(f, __NR_ioctl, questions, COUNT(questions), ENOTTY);
    only_requests(f, __NR_fcntl, descriptors, COUNT(descriptors), EPERM);
    only_reading_limits(f);
    only_itself(f, __NR_tgkill);
    only_itself(f, __NR_kill);
    row(f, BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1);
    answer(f, refusal(ENOSYS)); /* its flags cannot be looked at: the C library then takes clone */
    answer(f, refusal(EPERM));
}

bool confine_calls(struct err *e)
{
    struct filter f = {.n = 0};
    write_filter(&f);
    const struct sock_fprog program = {f.n, f.rows};
    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) || err_set(e, "seccomp: %m");
}
