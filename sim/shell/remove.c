/* SPDX-License-Identifier: MIT */
/*
 * Removing a lab, whoever owns its files. A shell leaves none under strange owners; but a lab may have been unpacked or
 * served in a container, whose root is one of the user's subordinate ids: what the user cannot remove is removed in a user
 * namespace where these ids are root's to deal with. Links are not followed, other file systems not entered.
 */
#include "sim/shell/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH_MAX 200

struct removal {
    dev_t device;
    unsigned depth;
    size_t left; /* how many could not be removed */
    char first[512];
    int error; /* of the first */
};

static void keep(struct removal *r, const char *name)
{
    if (!r->left++) {
        r->error = errno;
        snprintf(r->first, sizeof(r->first), "%.*s", (int)sizeof(r->first) - 1, name);
    }
}

static void empty(struct removal *r, int fd, const char *path);

static void remove_one(struct removal *r, int dir, const char *name, const char *at)
{
    char path[4096];
    struct stat st;
    snprintf(path, sizeof(path), "%s/%s", at, name);
    if (!unlinkat(dir, name, 0) || errno == ENOENT)
        return;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode) || st.st_dev != r->device || r->depth >= DEPTH_MAX)
        return keep(r, path);
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && !fchmodat(dir, name, 0700, 0))
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        empty(r, fd, path);
    if (unlinkat(dir, name, AT_REMOVEDIR) && errno != ENOENT && (errno != ENOTEMPTY || !r->left))
        keep(r, path);
}

static void empty(struct removal *r, int fd, const char *path)
{
    struct stat st;
    if (!fstat(fd, &st) && (st.st_mode & 0700) != 0700 && fchmod(fd, 0700))
        errno = 0; /* what is in it will tell */
    DIR *dir = fdopendir(fd);
    r->depth++;
    for (struct dirent *d; dir && (d = readdir(dir));)
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            remove_one(r, fd, d->d_name, path);
    r->depth--;
    if (dir)
        closedir(dir);
    else
        close(fd);
}

static bool remove_all(const char *dir, struct removal *r)
{
    struct stat st;
    *r = (struct removal){0};
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        keep(r, dir);
        close_fd(&fd);
        return false;
    }
    r->device = st.st_dev;
    empty(r, fd, dir);
    if (rmdir(dir) && !r->left)
        keep(r, dir);
    return !r->left;
}

/* The same as the root of a namespace that has all of the user's ids. */
static bool remove_with_ids(const char *dir, struct removal *r)
{
    struct shell_means means;
    struct err ignored = {0};
    AUTO(arena_drop) struct arena arena = {0};
    int ask[2], status = -1;
    char byte;
    shell_means(&arena, &means);
    if (means.mode != SHELL_MULTI || pipe2(ask, O_CLOEXEC))
        return false;
    int told[2];
    if (pipe2(told, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        bool good = !unshare(CLONE_NEWUSER) && write(ask[1], "", 1) == 1 && read(told[0], &byte, 1) == 1 &&
                    !setresgid(0, 0, 0) && !setresuid(0, 0, 0);
        _exit(good && remove_all(dir, r) ? 0 : 1);
    }
    close(ask[1]);
    close(told[0]);
    if (pid > 0 && read(ask[0], &byte, 1) == 1 && gate_give_ids(&means, pid, &ignored) && write(told[1], "", 1) != 1)
        errno = 0;
    close(ask[0]);
    close(told[1]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && status == 0;
}

bool shell_remove(const char *dir, struct err *e)
{
    struct removal r;
    if (remove_all(dir, &r) || remove_with_ids(dir, &r) || access(dir, F_OK))
        return true;
    errno = r.error;
    return err_set(e, "'%s' and %zu others cannot be removed: %m", r.first, r.left - 1);
}
