/* SPDX-License-Identifier: MIT */
/* Files written aside, and what is left of those whose writer was killed. */
#include "sim/base/aside.h"
#include "sim/base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int aside_make(const char *path)
{
    struct stat st;
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &st) || st.st_nlink)
            return fd;
        close(fd); /* it was taken away before it was locked */
    }
}

int aside_lock(int dir, const char *entry, int flags)
{
    struct stat st, named;
    flags |= O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW; /* a lock on NFS wants to write */
    int fd = openat(dir, entry, flags, 0600);
    if (fd < 0)
        return -1;
    bool locked = !flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &st) && S_ISREG(st.st_mode);
    /* Was it renamed meanwhile, another file may have the name. What still has it is locked: see aside_make(). */
    if (locked && !fstatat(dir, entry, &named, AT_SYMLINK_NOFOLLOW) && named.st_ino == st.st_ino && named.st_dev == st.st_dev)
        return fd;
    close(fd);
    return -1;
}

int aside_open(const char *path, struct str *aside)
{
    str_addf(aside, "%s.%d~", path, (int)getpid());
    unlink(str_text(aside));
    return aside_make(str_text(aside));
}

/* How long NAME is in "NAME.PID~"; 0 = it is something else, such as an editor's "NAME~" or "NAME.~1~". */
static size_t name_of_aside(const char *entry)
{
    size_t end = strlen(entry);
    if (!end || entry[--end] != '~')
        return 0;
    size_t pid = end;
    while (pid && strchr(ALPHABET_DIGITS, entry[pid - 1]))
        pid--;
    return pid > 1 && pid < end && entry[pid] != '0' && entry[pid - 1] == '.' ? pid - 1 : 0;
}

static void take_away(int dir, const char *entry)
{
    int fd = aside_lock(dir, entry, 0);
    if (fd < 0)
        return;
    unlinkat(dir, entry, 0);
    close(fd);
}

struct sweep {
    const char *names;
    bool (*fits)(const char *names, const char *name);
};

static void sweep(const char *path, const struct sweep *s)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        AUTO(str_drop) struct str name = {0};
        size_t n = name_of_aside(entry->d_name);
        str_addn(&name, entry->d_name, n);
        if (n && s->fits(s->names, str_text(&name)))
            take_away(dirfd(dir), entry->d_name);
    }
    if (dir)
        closedir(dir);
}

static bool fits_glob(const char *names, const char *name)
{
    return text_glob(names, name);
}

void dir_sweep(const char *dir, const char *names)
{
    sweep(dir, &(struct sweep){names, fits_glob});
}

void file_sweep(const char *path)
{
    AUTO(str_drop) struct str dir = {0};
    const char *slash = strrchr(path, '/');
    str_addn(&dir, path, slash ? (size_t)(slash - path) + 1 : 0);
    sweep(slash ? str_text(&dir) : ".", &(struct sweep){slash ? slash + 1 : path, text_same});
}
