/* SPDX-License-Identifier: MIT */
/*
 * A tree written to a disk, and its manifest beside it.
 *
 * A file is written aside (where the manifest is: outside the tree, on the same disk) and renamed into place, so a kill
 * leaves the old or the new one. Directories get their times last, since what is written into them changes these.
 * No link on the disk is followed.
 */
#include "sim/world/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct save {
    const struct tree *tree;
    int root;
    const char *aside;
    struct str parent; /* path of the directory that was entered last; files come sorted, so it is mostly the next one's */
    int fd;            /* that directory; -1 = none */
    struct err *e;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Opens a directory of the tree, part by part. -1 with errno. */
static int open_dir(int root, const char *path, size_t n)
{
    int fd = dup(root);
    size_t at = 1;

    while (fd >= 0 && at < n) {
        char part[256] = "";
        size_t len = strcspn(path + at, "/");
        int next;

        if (len > n - at)
            len = n - at;
        memcpy(part, path + at, len); /* at most 255: tree_path_ok() */
        next = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(fd);
        fd = next;
        at += len + 1;
    }
    return fd;
}

/* The directory of a path, which stays open until another is entered. -1 with errno. */
static int enter_parent(struct save *save, const char *path, const char **name)
{
    size_t n = (size_t)(strrchr(path, '/') - path);

    *name = path + n + 1;
    if (save->fd >= 0 && save->parent.len == n && memcmp(save->parent.s, path, n) == 0)
        return save->fd;
    close_fd(&save->fd);
    str_clear(&save->parent);
    str_addn(&save->parent, path, n);
    save->fd = open_dir(save->root, path, n);
    return save->fd;
}

static struct timespec disk_time(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* Removes what is no longer in the tree, or there as something else. What has vanished already is fine, and so is a
 * directory that still holds something the tree does not know (a socket). */
static void remove_old(struct save *save, const struct file *file)
{
    const struct file *now = tree_find(save->tree, file->path);
    const char *name;

    if (now && now->kind == file->kind)
        return;
    int parent = enter_parent(save, file->path, &name);
    if (parent >= 0)
        unlinkat(parent, name, file->kind == FILE_DIR ? AT_REMOVEDIR : 0);
}

static bool write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, data, n);

        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            data += put;
            n -= (size_t)put;
        }
    }
    return true;
}

static bool write_aside(const char *aside, const struct file *file)
{
    struct timespec times[2] = {disk_time(file->mtime_ms), disk_time(file->mtime_ms)};
    AUTO(close_fd) int fd = -1;

    unlink(aside);
    fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 && write_all(fd, file->data, file->data ? file->size : 0) && fchmod(fd, (file->mode & 0777) | 0600) == 0 &&
           futimens(fd, times) == 0;
}

static bool save_link(int parent, const char *name, const struct file *file)
{
    struct timespec times[2] = {disk_time(file->mtime_ms), disk_time(file->mtime_ms)};

    unlinkat(parent, name, 0);
    return symlinkat(file->data, parent, name) == 0 && utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool save_one(struct save *save, const struct file *file)
{
    const char *name;
    bool good = false;

    if (!file->path[1]) /* the root was made by tree_save() */
        return true;
    int parent = enter_parent(save, file->path, &name);
    if (parent < 0)
        return err_set(save->e, "open the directory of \"%s\": %m", file->path);
    switch (file->kind) {
    case FILE_DIR: good = mkdirat(parent, name, 0700) == 0 || errno == EEXIST; break;
    case FILE_LINK: good = save_link(parent, name, file); break;
    case FILE_REGULAR: good = write_aside(save->aside, file) && renameat(AT_FDCWD, save->aside, parent, name) == 0; break;
    }
    return good || err_set(save->e, "write \"%s\": %m", file->path);
}

static bool finish_dir(struct save *save, const struct file *dir)
{
    struct timespec times[2] = {disk_time(dir->mtime_ms), disk_time(dir->mtime_ms)};
    const char *name;
    int parent = enter_parent(save, dir->path, &name);
    AUTO(close_fd)
    int fd = parent < 0 ? -1 : openat(parent, *name ? name : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || fchmod(fd, (dir->mode & 0777) | 0700) != 0 || futimens(fd, times) != 0)
        return err_set(save->e, "finish directory \"%s\": %m", dir->path);
    return true;
}

static void free_list(const struct file ***list)
{
    free(*list);
}

/* From the last to the first: what is below comes before what is above. */
static bool finish_dirs(struct save *save)
{
    AUTO(free_list) const struct file **dirs = NULL;
    size_t n = 0, cap = 0;

    for (const struct file *file = save->tree->files; file; file = file->next)
        if (file->kind == FILE_DIR)
            *GROW(dirs, n, cap) = file;
    while (n > 0)
        if (!finish_dir(save, dirs[--n]))
            return false;
    return true;
}

static int deepest_first(const void *a, const void *b)
{
    return strcmp((*(const struct file *const *)b)->path, (*(const struct file *const *)a)->path);
}

/* In whichever order things were removed, a directory goes after all that it held. */
static void remove_all_old(struct save *save)
{
    const struct file **old = NULL;
    size_t n = 0, cap = 0;

    for (const struct file *file = save->tree->removed; file; file = file->next)
        *GROW(old, n, cap) = file;
    if (n > 1)
        qsort(old, n, sizeof(*old), deepest_first);
    for (size_t i = 0; i < n; i++)
        remove_old(save, old[i]);
    free(old);
}

static bool save_files(struct save *save, bool all)
{
    remove_all_old(save);
    for (const struct file *file = save->tree->files; file; file = file->next)
        if ((all || file->dirty) && !save_one(save, file))
            return false;
    return finish_dirs(save);
}

static void save_drop(struct save *save)
{
    close_fd(&save->fd);
    str_drop(&save->parent);
}

bool tree_save(struct tree *tree, const char *root, const char *manifest_path, bool all, struct err *e)
{
    AUTO(str_drop) struct str manifest = {0};
    AUTO(str_drop) struct str aside = {0};
    AUTO(close_fd) int fd = -1;

    str_addf(&aside, "%s.part", manifest_path);
    if (!dir_make(root, e))
        return false;
    fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, "open directory \"%s\": %m", root);
    AUTO(save_drop) struct save save = {.tree = tree, .root = fd, .aside = str_text(&aside), .fd = -1, .e = e};
    if (!save_files(&save, all))
        return false;
    tree_add_manifest(&manifest, tree);
    if (!file_write(manifest_path, str_text(&manifest), manifest.len, 0644, e))
        return false;
    for (struct file *file = tree->files; file; file = file->next)
        file->dirty = false;
    tree->removed = NULL;
    return true;
}

/* Owners can write what is theirs, as on the disk. */
static mode_t given_mode(const struct file *file)
{
    switch (file->kind) {
    case FILE_DIR: return S_IFDIR | (file->mode & 0777) | 0700;
    case FILE_LINK: return S_IFLNK | 0777;
    case FILE_REGULAR: break;
    }
    return S_IFREG | (file->mode & 0777) | 0600;
}

bool tree_give(const struct tree *tree, const char *name, const struct folder *to, struct err *e)
{
    AUTO(str_drop) struct str path = {0};

    for (const struct file *file = tree->files; file; file = file->next) {
        str_clear(&path);
        str_addf(&path, "%s%s", name, file->path[1] ? file->path : "");
        struct made_file made = {.path = str_text(&path),
                                 .mode = given_mode(file),
                                 .mtime_ms = file->mtime_ms,
                                 .data = file->data ? file->data : "",
                                 .stays = true};
        if (file->data && file->kind != FILE_DIR)
            made.n = file->kind == FILE_LINK ? strlen(file->data) : file->size;
        if (!folder_give(to, &made, e))
            return false;
    }
    return true;
}
