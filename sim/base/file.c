/* SPDX-License-Identifier: MIT */
/* Whole files and trees: read within limits, written aside and renamed into place. */
#include "sim/base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool read_all(int fd, const char *path, size_t limit, struct str *out, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st))
        return err_set(e, "read '%s': %m", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, "'%s' is not a regular file", path);
    if ((uint64_t)st.st_size > limit)
        return err_set(e, "'%s' is larger than %zu KiB", path, limit >> 10);
    for (;;) {
        char *to = str_reserve(out, (size_t)st.st_size + 1);
        ssize_t n = read(fd, to, (size_t)st.st_size + 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(e, "read '%s': %m", path);
        out->len += (size_t)n;
        out->s[out->len] = 0;
        if (n == 0)
            return true;
        if (out->len > limit)
            return err_set(e, "'%s' is larger than %zu KiB", path, limit >> 10);
    }
}

bool file_read_at(int dirfd, const char *path, size_t limit, struct str *out, struct err *e)
{
    AUTO(close_fd) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return err_set(e, "open '%s': %m", path);
    return read_all(fd, path, limit, out, e);
}

bool file_read(const char *path, size_t limit, struct str *out, struct err *e)
{
    return file_read_at(AT_FDCWD, path, limit, out, e);
}

static bool write_all(int fd, const char *path, const void *data, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = write(fd, (const char *)data + done, n - done);
        if (got < 0 && errno != EINTR)
            return err_set(e, "write '%s': %m", path);
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool file_write(const char *path, const void *data, size_t n, mode_t mode, struct err *e)
{
    AUTO(str_drop) struct str aside = {0};
    AUTO(close_fd) int fd = aside_open(path, &aside);
    if (fd < 0)
        return err_set(e, "create '%s': %m", path);
    if (write_all(fd, path, data, n, e) && !fchmod(fd, mode) && !rename(str_text(&aside), path))
        return true;
    err_set(e, "write '%s': %m", path);
    unlink(str_text(&aside));
    return false;
}

bool file_append(const char *path, const void *data, size_t n, struct err *e)
{
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return err_set(e, "open '%s': %m", path);
    if (!write_all(fd, path, data, n, e))
        return false;
    return fsync(fd) == 0 || err_set(e, "write '%s': %m", path);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- trees ---- */

/* From byte `own` on, folders that are there must be no links. */
static bool make_dirs(const char *path, size_t own, struct err *e)
{
    AUTO(free_text) char *part = xstrdup(path);
    for (char *p = part + 1; *part; p++) {
        if (*p && *p != '/')
            continue;
        char was = *p;
        *p = 0;
        struct stat st;
        if (mkdir(part, 0755) && errno != EEXIST)
            return err_set(e, "make directory '%s': %m", part);
        int flags = (size_t)(p - part) > own ? AT_SYMLINK_NOFOLLOW : 0;
        if (fstatat(AT_FDCWD, part, &st, flags) || !S_ISDIR(st.st_mode))
            return err_set(e, "'%s' is not a directory", part);
        *p = was;
        if (!was)
            break;
    }
    return true;
}

bool dir_make(const char *path, struct err *e)
{
    return make_dirs(path, strlen(path), e);
}

bool dir_make_in(const char *root, const char *path, struct err *e)
{
    return make_dirs(path, strlen(root), e);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static int no_dots(const struct dirent *entry)
{
    return !text_same(entry->d_name, ".") && !text_same(entry->d_name, "..");
}

static bool remove_below(int parent, const char *name, unsigned depth, struct err *e)
{
    if (!unlinkat(parent, name, 0) || errno == ENOENT)
        return true;
    if (depth > 256)
        return err_set(e, "remove '%s': nested too deep", name);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, "remove '%s': %m", name);
    AUTO(close_dir) DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return err_set(e, "remove '%s': %m", name);
    }
    for (struct dirent *entry; (entry = readdir(dir));)
        if (no_dots(entry) && !remove_below(fd, entry->d_name, depth + 1, e))
            return false;
    return !unlinkat(parent, name, AT_REMOVEDIR) || err_set(e, "remove '%s': %m", name);
}

bool dir_remove(const char *path, struct err *e)
{
    return remove_below(AT_FDCWD, path, 0, e);
}

struct walk {
    bool (*each)(void *, const struct dir_entry *, struct err *);
    void *context;
    struct err *e;
    struct str path; /* relative to the root */
};

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk_dir(struct walk *w, int parent, const char *name, unsigned depth);

static bool walk_one(struct walk *w, int dir, const char *name, unsigned depth)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return err_set(w->e, "read '%s': %m", str_text(&w->path));
    struct dir_entry entry = {.path = str_text(&w->path),
                              .dir = dir,
                              .name = name,
                              .is_dir = S_ISDIR(st.st_mode),
                              .is_link = S_ISLNK(st.st_mode),
                              .size = st.st_size,
                              .mtime_ms = st.st_mtim.tv_sec * 1000LL + st.st_mtim.tv_nsec / 1000000,
                              .mode = st.st_mode};
    return w->each(w->context, &entry, w->e) && (!entry.is_dir || walk_dir(w, dir, name, depth + 1));
}

static bool walk_dir(struct walk *w, int parent, const char *name, unsigned depth)
{
    if (depth > 64)
        return err_set(w->e, "'%s' is nested too deep", str_text(&w->path));
    AUTO(close_fd) int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    struct dirent **names = NULL;
    int n = fd < 0 ? -1 : scandirat(fd, ".", &names, no_dots, by_bytes);
    if (n < 0)
        return err_set(w->e, "read directory '%s': %m", depth ? str_text(&w->path) : name);
    size_t len = w->path.len;
    bool good = true;
    for (int i = 0; i < n; i++) {
        if (good) {
            str_addf(&w->path, "%s%s", len ? "/" : "", names[i]->d_name);
            good = walk_one(w, fd, names[i]->d_name, depth);
            w->path.len = len;
            w->path.s[len] = 0;
        }
        free(names[i]);
    }
    free(names);
    return good;
}

bool dir_walk(const char *path, bool (*each)(void *, const struct dir_entry *, struct err *), void *context, struct err *e)
{
    struct walk w = {each, context, e, {0}};
    bool good = walk_dir(&w, AT_FDCWD, path, 0);
    str_drop(&w.path);
    return good;
}
