/* SPDX-License-Identifier: MIT */
/*
 * Giving up everything but memory: a judge reads what strangers wrote. System calls are allowed by a list; whatever else is
 * called ends the process (builds with a sanitizer are told EPERM instead, so that their reports can be read). There is no
 * openat in it, no socket, no clone, no execve. Limits: seccomp(2), prctl(2), setrlimit(2); audit names of architectures:
 * linux/audit.h.
 */
#include "grader/batch/judge.h"
#include "sim/base/architecture.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static const struct sock_filter allowed[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(__NR_read),
    ALLOW(__NR_write),
    ALLOW(__NR_close),
    ALLOW(__NR_brk),
    ALLOW(__NR_mmap),
    ALLOW(__NR_munmap),
    ALLOW(__NR_mremap),
    ALLOW(__NR_mprotect),
    ALLOW(__NR_madvise),
    ALLOW(__NR_futex),
    ALLOW(__NR_clock_gettime),
    ALLOW(__NR_rt_sigreturn),
    ALLOW(__NR_rt_sigprocmask),
    ALLOW(__NR_rt_sigaction), /* a query's time is measured by a timer of its own: sim/athena/watch.c */
    ALLOW(__NR_setitimer),
    ALLOW(__NR_getrandom),
    ALLOW(__NR_exit),
    ALLOW(__NR_exit_group),
#if SANITIZED /* AddressSanitizer asks for its stack of signals whenever a function does not return */
    ALLOW(__NR_sigaltstack),
#endif
    BPF_STMT(BPF_RET | BPF_K, SANITIZED ? SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA) : SECCOMP_RET_KILL_PROCESS),
};

static bool limit(int what, rlim_t most)
{
    const struct rlimit limit = {most, most};
    return setrlimit(what, &limit) == 0;
}

static size_t memory_now(void)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    unsigned long long pages = 0;
    if (file_read("/proc/self/statm", 4096, &text, &e) && sscanf(str_text(&text), "%llu", &pages) == 1)
        return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
    return (size_t)1 << 30;
}

/* qsort of glibc before 2.37 asks once, when it first has more than a little to sort, how much memory there is (sysinfo). */
static int by_byte(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}
static void sort_once(void)
{
    unsigned char some[2048] = {1};
    qsort(some, sizeof(some), 1, by_byte);
}

bool judge_confine(struct err *e)
{
    const struct sock_fprog program = {COUNT(allowed), (struct sock_filter *)allowed};
    if (!ARCHITECTURE)
        return err_set(e, "no list of system calls is known for this machine: nothing of a stranger's is read");
    bool limited = limit(RLIMIT_CPU, JUDGE_CPU_S) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, RECORD_MAX) &&
                   (SANITIZED || limit(RLIMIT_AS, memory_now() + ((rlim_t)JUDGE_MEMORY_MIB << 20)));
    if (!limited)
        return err_set(e, "setrlimit: %m");
    sort_once();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return err_set(e, "seccomp: %m: this system does not let judges be confined");
    return true;
}
