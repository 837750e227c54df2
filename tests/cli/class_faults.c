/* SPDX-License-Identifier: MIT */
/*
 * A disk that misbehaves, for LD_PRELOAD: of the writes to regular files one in SHORT is short, one in FAIL fails with the
 * errno FAULT (EIO, ENOSPC), and in the midst of a process's write number DIE it is killed. Numbers come from the environment.
 * The same SEED gives the same faults, as long as each process writes the same: a child goes on where its parent was.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int number(const char *name)
{
    const char *value = getenv(name);
    return value ? atoi(value) : 0;
}

static unsigned state, n_writes;

static unsigned next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static int one_in(const char *name)
{
    int n = number(name);
    return n > 0 && next() % (unsigned)n == 0;
}

/* Memory files never fail; and a judge, which has no other, may not even ask what a descriptor is. */
static unsigned char of_memory[1024];

int memfd_create(const char *name, unsigned flags)
{
    int fd = (int)syscall(SYS_memfd_create, name, flags);
    if (fd >= 0 && fd < (int)sizeof(of_memory))
        of_memory[fd] = 1;
    return fd;
}

int close(int fd)
{
    if (fd >= 0 && fd < (int)sizeof(of_memory))
        of_memory[fd] = 0;
    return (int)syscall(SYS_close, fd);
}

static ssize_t (*real)(int, const void *, size_t);

__attribute__((constructor)) static void begin(void)
{
    state = ((unsigned)number("SEED") + 1) * 2654435761u; /* not 0 */
    real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    struct stat st;
    if ((fd >= 0 && fd < (int)sizeof(of_memory) && of_memory[fd]) || fstat(fd, &st) || !S_ISREG(st.st_mode))
        return real(fd, bytes, n);
    if (++n_writes == (unsigned)number("DIE")) {
        real(fd, bytes, n / 2);
        kill(getpid(), SIGKILL);
    }
    if (one_in("FAIL")) {
        errno = number("FAULT");
        return -1;
    }
    return real(fd, bytes, n > 1 && one_in("SHORT") ? n / 2 : n);
}
