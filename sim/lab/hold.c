/* SPDX-License-Identifier: MIT */
/*
 * One process at a time changes a lab. Whoever does holds .cafelab/held locked, and has written into it who it is; the
 * kernel lets go of the lock when the process ends, however it ends.
 */
#include "sim/lab/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 10

/* A command has a lab for a moment only, and is waited for; who serves it keeps it, and has said so by its port. */
static bool soon_free(int fd, char who[64])
{
    ssize_t n = pread(fd, who, 63, 0);
    who[n > 0 ? n : 0] = '\0';
    who[strcspn(who, "\n")] = '\0';
    return !strstr(who, "port ");
}

static bool take(int fd, char who[64])
{
    for (int i = 0; i < PATIENCE_S * 20; i++) {
        if (!flock(fd, LOCK_EX | LOCK_NB))
            return true;
        if (!soon_free(fd, who))
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return false;
}

int lab_hold(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = lab_file(&arena, dir, ".cafelab/held");
    char who[64] = "";
    if (!file_exists(lab_file(&arena, dir, ".cafelab/lab.json"))) {
        err_set(e, "'%s' is no lab: expected a directory that `cafelab build` made", dir);
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) {
        err_set(e, "open '%s': %m", path);
        return -1;
    }
    if (take(fd, who)) {
        if (lab_hold_says(fd, dir, 0, e))
            return fd;
    } else {
        err_set(e, "the lab '%s' is in use already: %s", dir, who);
    }
    close(fd);
    return -1;
}

bool lab_hold_says(int fd, const char *dir, unsigned port, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "pid %ld", (long)getpid());
    str_addf(&text, port ? ", port %u\n" : "\n", port);
    if (ftruncate(fd, 0) || pwrite(fd, text.s, text.len, 0) != (ssize_t)text.len)
        return err_set(e, "write '%s/.cafelab/held': %m", dir);
    return true;
}
