/* SPDX-License-Identifier: MIT */
/*
 * What a fork of PID 1 costs is what there is to copy: some two hundred pieces of memory, of which nearly all belong to
 * libraries that a process that only waits never calls. Those are kept from such a fork (madvise(2), MADV_DONTFORK): it is made
 * in a third of the time, and fifty of them take a tenth of the memory.
 *
 * Such a process calls the C library and nothing else. The program is linked with -z now, since to look a function up means to
 * read all libraries; handlers that libraries have for forks (pthread_atfork(3)) would be gone with them, and are not called.
 */
#include "sim/shell/parts.h"

#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of the C library, and what a compiler puts below it. */
static bool is_needed(const char *path)
{
    static const char *const names[] = {"libc.", "ld-", "ld.", "libpthread.", "linux-vdso", "libasan", "libubsan", "libtsan"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_starts(name, names[i]))
            return true;
    return !*name; /* the program itself */
}

static int advise_one(struct dl_phdr_info *library, size_t size, void *advice)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1, from = UINTPTR_MAX, to = 0;
    (void)size;
    if (is_needed(library->dlpi_name))
        return 0;
    for (size_t i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        uintptr_t start = library->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD)
            continue;
        from = start < from ? start : from;
        to = start + part->p_memsz > to ? start + part->p_memsz : to;
    }
    from &= ~page;
    to = (to + page) & ~page;
    if (to > from && madvise((void *)from, to - from, *(const int *)advice))
        return 1; /* as it was: such forks are slower */
    return 0;
}

static bool is_light;

void light_forks(bool light)
{
    int advice = light ? MADV_DONTFORK : MADV_DOFORK;
    if (light != is_light)
        dl_iterate_phdr(advise_one, &advice);
    is_light = light;
}

pid_t light_fork(void)
{
    pid_t pid = is_light ? _Fork() : fork();
    if (pid == 0 && is_light)
        signal(SIGTERM, SIG_DFL); /* the one handler for forks that is ours: container.c's */
    return pid;
}
