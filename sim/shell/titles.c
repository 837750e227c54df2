/* SPDX-License-Identifier: MIT */
/* What ps shows of a process: its command line and its short name, as the world has them. */
#include "sim/shell/parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/prctl.h>

#define TITLE_MAX 256

static char *title_text; /* memory of no file: the kernel shows no other */

/* The kernel shows what lies between two addresses that a process may choose (prctl(2), PR_SET_MM_MAP); the environment of
 * whoever started us is shown no more. */
void title_area(void)
{
    void *area = mmap(NULL, TITLE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long f[52] = {0};
    if (area == MAP_FAILED)
        return;
    title_text = area;
    char line[4096] = "";
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (read(fd, line, sizeof(line) - 1) > 0) {
        size_t n = 2;
        char *word = strrchr(line, ')');
        for (word = word ? strtok(word + 1, " ") : NULL; word && n < COUNT(f); word = strtok(NULL, " "))
            f[n++] = strtoul(word, NULL, 10);
    }
    close(fd);
    struct prctl_mm_map map = {
        .start_code = f[25],
        .end_code = f[26],
        .start_stack = f[27],
        .start_data = f[44],
        .end_data = f[45],
        .start_brk = f[46],
        .brk = (uintptr_t)sbrk(0),
        .arg_start = (uintptr_t)title_text,
        .arg_end = (uintptr_t)title_text + TITLE_MAX,
        .env_start = (uintptr_t)title_text + TITLE_MAX,
        .env_end = (uintptr_t)title_text + TITLE_MAX,
        .exe_fd = (uint32_t)-1,
    };
    prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0); /* where it is refused, titles stay those of the program */
}

void title_set(const char *title, const char *comm)
{
    if (title_text) {
        memset(title_text, 0, TITLE_MAX);
        snprintf(title_text, TITLE_MAX, "%s", title);
    }
    prctl(PR_SET_NAME, comm);
}

void title_of(const struct process *p)
{
    const char *slash = strrchr(p->exe, '/'), *name = slash ? slash + 1 : p->exe, *title = p->title + (p->title[0] == '[');
    char comm[16];
    if (*name)
        snprintf(comm, sizeof(comm), "%.15s", name);
    else /* a kernel thread's is in brackets */
        snprintf(comm, sizeof(comm), "%.*s", (int)(strcspn(title, "]") & 15), title);
    title_set(p->title, comm);
}
