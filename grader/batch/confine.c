/* SPDX-License-Identifier: MIT */
/*
 * Giving up everything but memory: a judge reads what strangers wrote. System calls are allowed by a list; whatever else is
 * called ends the process (builds with a sanitizer are told EPERM instead, so that their reports can be read). There is no
 * openat in it, no socket, no clone, no execve. Limits: seccomp(2), setrlimit(2). What is the same for all judges is made
 * before the first is forked.
 */
#include "grader/batch/judge.h"
#include "grader/handin/tar.h"
#include "sim/base/sanitized.h"

#include <errno.h>
#include <iconv.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const uint32_t OTHERWISE = SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS;

/* A query's time is measured by a timer of its own (setitimer: sim/athena/watch.c). What asks for the time or the processor is
 * answered by vdso(7), unless the kernel does not trust the machine's clock; who finds a lock taken yields or sleeps. */
static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(write),       SCMP_SYS(close),         SCMP_SYS(brk),
    SCMP_SYS(mmap),           SCMP_SYS(munmap),      SCMP_SYS(mremap),        SCMP_SYS(mprotect),
    SCMP_SYS(madvise),        SCMP_SYS(futex),       SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(getrandom),   SCMP_SYS(exit),          SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),   SCMP_SYS(setitimer),   SCMP_SYS(time),          SCMP_SYS(gettimeofday),
    SCMP_SYS(getcpu),         SCMP_SYS(sched_yield), SCMP_SYS(nanosleep),     SCMP_SYS(clock_nanosleep),
#if SANITIZED /* AddressSanitizer asks for its stack of signals whenever a function does not return */
    SCMP_SYS(sigaltstack),
#endif
};

/* The filter as the kernel takes it: libseccomp writes it into a file of memory, no other way leads out of it. */
static int export(struct confinement *c, const scmp_filter_ctx filter)
{
    struct err e = {0};
    int fd = memory_file(NULL, 0, &e), bad = fd < 0 ? -ENOMEM : seccomp_export_bpf(filter, fd);
    off_t size = bad ? 0 : lseek(fd, 0, SEEK_END);
    if (!bad && (size <= 0 || size > (off_t)sizeof(c->filter) || pread(fd, c->filter, (size_t)size, 0) != size))
        bad = -EINVAL;
    if (fd >= 0)
        close(fd);
    c->n = bad ? 0 : (unsigned short)((size_t)size / sizeof(c->filter[0]));
    return bad;
}

static int make_filter(struct confinement *c)
{
    scmp_filter_ctx filter = seccomp_init(OTHERWISE);
    int bad = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) : -EINVAL; /* a tree: half as long to install */
    for (size_t i = 0; i < COUNT(allowed) && !bad; i++)
        bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (!bad)
        bad = export(c, filter);
    seccomp_release(filter);
    return bad;
}

static bool forbid_calls(const struct confinement *c, struct err *e)
{
    const struct sock_fprog program = {c->n, (struct sock_filter *)c->filter};
    errno = c->failed;
    if (!c->failed && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        return true;
    return err_set(e, "seccomp: %m: this system does not let judges be confined");
}

static bool limit(int what, rlim_t most)
{
    const struct rlimit limit = {most, most};
    return setrlimit(what, &limit) == 0;
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

/* iconv of the C library looks for its modules when it is first asked: libarchive asks for names in pax headers, which are
 * UTF-8. */
static void convert_once(void)
{
    iconv_t names = iconv_open("", "UTF-8");
    if (names != (iconv_t)-1)
        iconv_close(names);
}

/* mktime of the C library opens the zone's file when it is first asked, and while TZ is not set looks each time whether it is
 * another: libarchive asks for the times of a zip's members. They mean nothing here; one zone is the same for every judge. */
static void zone_once(void)
{
    setenv("TZ", "UTC0", 1);
    tzset();
}

/* The libraries that take an upload apart find their functions when these are first called: not in each judge. */
static void unpack_once(void)
{
    AUTO(str_drop) struct str tar = {0}, packed = {0};
    AUTO(parcel_drop) struct parcel parcel = {0};
    struct handin_fault fault;
    struct err e = {0};
    tar_add_file(&tar, "submission.json", "{}", 2, 0644, 0, &e);
    tar_end(&tar);
    gzip_add_mixed(&packed, tar.s, tar.len);
    parcel_read(&(struct arrival){.from = "", .bytes = packed.s, .size = packed.len}, &parcel, &fault);
}

void confinement_measure(struct confinement *c)
{
    c->memory = memory_mapped();
}

void confinement_make(struct confinement *c)
{
    c->failed = -make_filter(c);
    sort_once();
    convert_once();
    zone_once();
    unpack_once();
    host_keep_fixtures();
    confinement_measure(c);
}

bool judge_confine(const struct confinement *c, struct err *e)
{
    bool limited = limit(RLIMIT_CPU, JUDGE_CPU_S) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, RECORD_MAX) &&
                   (SANITIZED || limit(RLIMIT_AS, c->memory + UPLOAD_MAX_BYTES + ((rlim_t)JUDGE_MEMORY_MIB << 20)));
    if (!limited)
        return err_set(e, "setrlimit: %m");
    return forbid_calls(c, e);
}
