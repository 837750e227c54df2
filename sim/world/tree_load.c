/* SPDX-License-Identifier: MIT */
/*
 * A tree read from a disk: the manifest says what there is or was, the disk holds the contents.
 *
 * The disk is not trusted. Each part of a path is opened by itself and never through a link; contents are read from what
 * was opened, when it is a regular file. Sockets, pipes and devices are passed over: running daemons leave them, and
 * they hold nothing to read.
 */
#include "sim/world/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROWS_BYTES (64u << 10)

struct scan {
    struct world *w;
    const struct tree *listed; /* the manifest */
    bool saved;                /* the disk decides what there is */
    struct file **found;       /* if so */
    size_t n_found, cap_found;
    size_t bytes;
    struct err *e;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

struct names {
    char **list;
    size_t n, cap;
};

static void names_drop(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->list[i]);
    free(names->list);
}

/* The names in a directory, sorted. */
static bool read_names(int fd, const char *path, struct names *names, struct err *e)
{
    int copy = dup(fd);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    bool good = true;

    if (!dir) {
        close_fd(&copy);
        return err_set(e, "read directory \"%s\": %m", path);
    }
    while (good) {
        struct dirent *entry = readdir(dir);

        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (names->n >= TREE_MAX_FILES)
            good = err_set(e, "more than %d files", TREE_MAX_FILES);
        else
            *GROW(names->list, names->n, names->cap) = xstrdup(entry->d_name);
    }
    closedir(dir);
    if (names->n > 1)
        qsort(names->list, names->n, sizeof(*names->list), texts_order);
    return good;
}

static int64_t disk_time_ms(const struct stat *st)
{
    int64_t ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;

    return ms > 0 ? ms : 0;
}

/* The file of the tree for what was found on the disk; NULL to pass over it. */
static struct file *take(struct scan *scan, const char *path, enum file_kind kind, const struct stat *st)
{
    struct file *known = tree_find(scan->listed, path);
    struct file *file;
    bool untouched;

    if (known && known->kind != kind)
        known = NULL;
    if (!scan->saved)
        return known;
    file = arena_alloc(&scan->w->arena, sizeof(*file));
    *file = (struct file){.path = path, .kind = kind, .mode = st->st_mode & 07777, .mtime_ms = disk_time_ms(st)};
    if (known) {
        file->mode = known->mode;
        file->uid = known->uid;
        file->gid = known->gid;
        file->inode = known->inode;
        untouched =
            known->mtime_ms / 1000 == file->mtime_ms / 1000 && (kind != FILE_REGULAR || known->size == (size_t)st->st_size);
        if (untouched)
            file->mtime_ms = known->mtime_ms;
    }
    *GROW(scan->found, scan->n_found, scan->cap_found) = file;
    return file;
}

/* Logs are big, and grow while the lab is open. */
static size_t room_of(size_t size)
{
    return size < GROWS_BYTES ? size : size + GROWS_BYTES;
}

static bool read_content(struct scan *scan, int parent, const char *name, const char *path)
{
    AUTO(close_fd) int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    struct file *file;
    size_t n = 0;
    char *data;

    if (fd < 0 || fstat(fd, &st) != 0)
        return err_set(scan->e, "open \"%s\": %m", path);
    if (!S_ISREG(st.st_mode))
        return err_set(scan->e, "\"%s\" changed while it was read", path);
    file = take(scan, path, FILE_REGULAR, &st);
    if (!file)
        return true;
    if ((uint64_t)st.st_size > TREE_MAX_BYTES - scan->bytes)
        return err_set(scan->e, "\"%s\": the files hold more than %u MiB together", path, TREE_MAX_BYTES >> 20);
    file->room = room_of((size_t)st.st_size);
    file->owner = file;
    data = arena_alloc(&scan->w->arena, file->room + 1);
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, data + n, (size_t)st.st_size - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(scan->e, "read \"%s\": %m", path);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    file->data = data;
    file->size = n;
    scan->bytes += n;
    return true;
}

static bool read_target(struct scan *scan, int parent, const char *name, const char *path, const struct stat *st)
{
    struct file *file = take(scan, path, FILE_LINK, st);
    char target[4096];
    ssize_t n;

    if (!file)
        return true;
    n = readlinkat(parent, name, target, sizeof(target) - 1);
    if (n < 0)
        return err_set(scan->e, "read link \"%s\": %m", path);
    file->data = arena_dupn(&scan->w->arena, target, (size_t)n);
    file->size = (size_t)n;
    return true;
}

static bool scan_dir(struct scan *, int fd, const char *path);

static bool scan_one(struct scan *scan, int parent, const char *dir, const char *name)
{
    const char *path = arena_printf(&scan->w->arena, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
    struct stat st;

    if (!tree_path_ok(path))
        return err_set(scan->e, "\"%.80s...\": too long or too deep a path", path);
    if (scan->n_found >= TREE_MAX_FILES)
        return err_set(scan->e, "more than %d files", TREE_MAX_FILES);
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return err_set(scan->e, "look at \"%s\": %m", path);
    if (S_ISREG(st.st_mode))
        return read_content(scan, parent, name, path);
    if (S_ISLNK(st.st_mode))
        return read_target(scan, parent, name, path, &st);
    if (S_ISDIR(st.st_mode) && take(scan, path, FILE_DIR, &st)) {
        AUTO(close_fd) int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        return fd >= 0 ? scan_dir(scan, fd, path) : err_set(scan->e, "open directory \"%s\": %m", path);
    }
    return true;
}

static bool scan_dir(struct scan *scan, int fd, const char *path)
{
    AUTO(names_drop) struct names names = {0};

    if (!read_names(fd, path, &names, scan->e))
        return false;
    for (size_t i = 0; i < names.n; i++)
        if (!scan_one(scan, fd, path, names.list[i]))
            return false;
    return true;
}

static bool scan_root(struct scan *scan, const char *root)
{
    AUTO(close_fd) int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0)
        return err_set(scan->e, "open directory \"%s\": %m", root);
    take(scan, "/", FILE_DIR, &st);
    return scan_dir(scan, fd, "/");
}

static bool all_have_content(const struct tree *tree, struct err *e)
{
    for (const struct file *file = tree->files; file; file = file->next)
        if (file->kind == FILE_REGULAR && !file->data)
            return err_set(e, "\"%s\" is in the manifest but not there", file->path);
    return true;
}

static void free_found(struct scan *scan)
{
    free(scan->found);
}

static bool load(struct world *w, struct tree *tree, struct tree *listed, const char *root, const char *manifest_path,
                 struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(free_found) struct scan scan = {.w = w, .listed = listed, .e = e};

    if (!file_read(manifest_path, TREE_MAX_FILES * 512u, &text, e))
        return false;
    if (!tree_read_manifest(w, listed, str_text(&text), text.len, &scan.saved, e))
        return err_wrap(e, "%s", manifest_path);
    if (!scan_root(&scan, root))
        return false;
    if (scan.saved)
        return tree_take(w, tree, scan.found, scan.n_found, w->start_ms, e);
    *tree = *listed; /* its files have got contents, so what is listed is read anew */
    return all_have_content(tree, e) && tree_read_manifest(w, listed, str_text(&text), text.len, NULL, e);
}

bool tree_load(struct world *w, struct tree *tree, const char *root, const char *manifest_path, struct err *e)
{
    struct tree listed = {0};

    return tree_load_listed(w, tree, &listed, root, manifest_path, e);
}

bool tree_load_listed(struct world *w, struct tree *tree, struct tree *ret_listed, const char *root, const char *manifest_path,
                      struct err *e)
{
    if (!load(w, tree, ret_listed, root, manifest_path, e)) {
        *tree = (struct tree){0};
        return false;
    }
    for (const struct file *file = tree->files; file; file = file->next)
        if (file->kind == FILE_REGULAR)
            tree->bytes += file->size;
    return true;
}
