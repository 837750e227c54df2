/* SPDX-License-Identifier: MIT */
/*
 * The lab's files come to the server: written by a process of ours that joins its user and mount namespaces, with the lab's
 * tree in its memory, while PID 1 makes the server's processes. It is in no process namespace of the server's, so nobody
 * inside can see it, and it has ended before the student is let in.
 *
 * The machine's own files are out of sight by then (root.c): whatever a prepared tree holds, links lead nowhere but into it.
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct timespec timespec_of(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* Whose id is not to be had here, that is root's. */
static bool given(int refused)
{
    return !refused || errno == EINVAL;
}

/* The mask is 0. To give a file away takes what is special in its mode. */
static bool write_content(const struct file *f)
{
    const struct timespec times[2] = {timespec_of(f->mtime_ms), timespec_of(f->mtime_ms)};
    AUTO(close_fd) int fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, f->mode & 0777);
    size_t done = 0;
    while (fd >= 0 && done < f->size) {
        ssize_t n = write(fd, f->data + done, f->size - done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return fd >= 0 && given(fchown(fd, f->uid, f->gid)) && (!(f->mode & 07000) || !fchmod(fd, f->mode & 07777)) &&
           !futimens(fd, times);
}

static bool write_one(const struct file *f)
{
    switch (f->kind) {
    case FILE_DIR:
        return (!mkdir(f->path, 0755) || errno == EEXIST) && given(lchown(f->path, f->uid, f->gid)) &&
               !chmod(f->path, f->mode & 07777);
    case FILE_LINK: return !symlink(f->data, f->path) && given(lchown(f->path, f->uid, f->gid));
    case FILE_REGULAR: return write_content(f);
    }
    return false;
}

static bool set_time(const struct file *f)
{
    struct timespec times[2] = {timespec_of(f->mtime_ms), timespec_of(f->mtime_ms)};
    return !utimensat(AT_FDCWD, f->path, times, AT_SYMLINK_NOFOLLOW);
}

static bool set_times(const struct tree *tree, struct err *e)
{
    for (const struct file *f = tree->files; f; f = f->next)
        if (f->kind != FILE_REGULAR && !root_is_ours(f->path) && !set_time(f))
            return err_set(e, "set the time of %s on the server: %m", f->path);
    return true;
}

/* Parents come before what is in them; their times come last, since each name changes them. */
static bool write_files(const struct tree *tree, struct err *e)
{
    for (const struct file *f = tree->files; f; f = f->next)
        if (!root_is_ours(f->path) && !write_one(f))
            return err_set(e, "write %s on the server: %m", f->path);
    return set_times(tree, e);
}

/* ---- where many are there already: an image's ---- */

static bool as_it_is(const struct file *f)
{
    struct stat st;
    char target[4096];
    static const mode_t kinds[] = {[FILE_REGULAR] = S_IFREG, [FILE_DIR] = S_IFDIR, [FILE_LINK] = S_IFLNK};
    if (lstat(f->path, &st) || (st.st_mode & S_IFMT) != kinds[f->kind] || st.st_uid != f->uid || st.st_gid != f->gid)
        return false;
    if (f->kind == FILE_LINK) {
        ssize_t n = readlink(f->path, target, sizeof(target) - 1);
        return n >= 0 && !memcmp(target, f->data, (size_t)n) && !f->data[n];
    }
    int64_t mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    return (st.st_mode & 07777) == f->mode &&
           (f->kind == FILE_DIR || ((size_t)st.st_size == f->size && mtime_ms == f->mtime_ms));
}

static bool make_way(const struct file *f, struct err *e)
{
    struct stat st;
    if (lstat(f->path, &st))
        return true;
    if (S_ISDIR(st.st_mode))
        return f->kind == FILE_DIR || dir_remove(f->path, e);
    return !unlink(f->path) || err_set(e, "replace %s: %m", f->path);
}

bool root_refresh(const struct tree *tree, struct err *e)
{
    umask(0);
    for (const struct file *f = tree->files; f; f = f->next)
        if (!root_is_ours(f->path) && !as_it_is(f) && (!make_way(f, e) || !write_one(f)))
            return e->set ? false : err_set(e, "write %s on the server: %m", f->path);
    umask(022);
    return set_times(tree, e);
}

/* ---- the process that does it ---- */

static int namespace_of(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool go_inside(pid_t gate, bool alone, struct err *e)
{
    AUTO(close_fd) int user = namespace_of(gate, "user");
    AUTO(close_fd) int mounts = namespace_of(gate, "mnt");
    if (user < 0 || mounts < 0 || setns(user, CLONE_NEWUSER) || setns(mounts, CLONE_NEWNS) || chdir("/"))
        return err_set(e, "go to the server's files: %m");
    umask(0);
    return (!setresgid(0, 0, 0) && !setresuid(0, 0, 0) && (alone || !setgroups(0, NULL)) && !prctl(PR_SET_PDEATHSIG, SIGKILL) &&
            getppid() != 1) || /* after the ids: a change of them forgets it */
           err_set(e, "become the server's root: %m");
}

static _Noreturn void fill(pid_t gate, const struct tree *tree, bool alone, int says)
{
    struct err e = {0};
    bool good = go_inside(gate, alone, &e) && write_files(tree, &e);
    _exit(good || write(says, e.msg, strlen(e.msg)) < 0 ? 0 : 1);
}

bool root_fill(pid_t gate, const struct tree *tree, bool alone, struct err *e)
{
    int ends[2], status = -1;
    char why[512] = "";
    if (pipe2(ends, O_CLOEXEC))
        return err_set(e, "pipe: %m");
    pid_t pid = fork();
    if (pid == 0)
        fill(gate, tree, alone, ends[1]);
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; pid > 0 && n < sizeof(why) - 1 && (got = read(ends[0], why + n, sizeof(why) - 1 - n)) != 0;)
        n += got > 0 ? (size_t)got : 0;
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0 || err_set(e, "%s", *why ? why : "the server's files could not be written");
}
