/* SPDX-License-Identifier: MIT */
/*
 * One process at a time changes a lab. Whoever does holds .cafelab/held locked, and has written into it who it is; the
 * kernel lets go of the lock when the process ends, however it ends.
 *
 * Others may read a lab meanwhile. The same file has a second lock (of its bytes, by description), which keeps readers and the
 * files' following apart: a reader sees trees, journal and counters that belong together.
 */
#include "sim/lab/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define REST_MS 5
#define PATIENCE_S 5

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
    if (!lab_expected(dir, e))
        return -1;
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

/* ---- files that change, and those who read them ---- */

int lab_files_claim(const char *dir, bool to_read, int patience_ms)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct flock all = {.l_type = to_read ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(lab_file(&arena, dir, ".cafelab/held"), (to_read ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    for (int waited = 0; fd >= 0 && fcntl(fd, F_OFD_SETLK, &all); waited += REST_MS) {
        if (waited >= patience_ms || (errno != EAGAIN && errno != EACCES)) {
            close(fd);
            return -1;
        }
        nanosleep(&(struct timespec){.tv_nsec = REST_MS * 1000000L}, NULL);
    }
    return fd;
}

void lab_files_release(int claim)
{
    if (claim >= 0)
        close(claim);
}
