/* SPDX-License-Identifier: MIT */
/* A machine whose clock the kernel does not trust, for LD_PRELOAD: vdso(7) answers nothing there, so each of these is a system
 * call. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)syscall(SYS_clock_gettime, clock, now);
}

int gettimeofday(struct timeval *now, void *zone)
{
    return (int)syscall(SYS_gettimeofday, now, zone);
}

#ifdef SYS_time /* not everywhere is there such a call */
time_t time(time_t *now)
{
    return (time_t)syscall(SYS_time, now);
}
#endif

int sched_getcpu(void)
{
    unsigned cpu;
    return syscall(SYS_getcpu, &cpu, NULL, NULL) < 0 ? -1 : (int)cpu;
}
