/* SPDX-License-Identifier: MIT */
/*
 * A lab's folder as a layer: folders, files and links as they lie on the disk, by name. It is a student's: names may be
 * anything, files may change or go while they are read, links may lead anywhere. Each folder is opened in the one before it,
 * without following a link, so nothing outside the lab is ever read; what is neither file, folder nor link is left out.
 *
 * What only belongs to this machine is left out, too: locks and sockets of running commands.
 */
#include "sim/shell/image_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MOST 200000
#define BYTES_MOST (1ull << 30)
#define DEPTH_MOST 64

struct packing {
    struct str *tar;
    int64_t latest_ms;
    size_t files;
    uint64_t bytes;
    unsigned depth;
    struct str path; /* "usr/lib/cafelab/lab/s3" */
    struct err *e;
};

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int64_t time_of(const struct packing *p, const struct stat *st)
{
    int64_t ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
    return ms < p->latest_ms ? ms : p->latest_ms; /* what was written just now would not be the same twice */
}

/* Whoever runs it in the container can read it and write to it; what the lab keeps to itself stays so. */
static unsigned mode_of(const struct stat *st)
{
    unsigned others = st->st_mode & 0044 ? 0044 : 0, run = st->st_mode & 0100 ? 0100 : 0;
    return 0600 | others | run | (run && others ? 0011 : 0);
}

static void add_header(struct packing *p, enum tar_type type, const struct stat *st, const char *link, size_t size)
{
    const struct tar_member m = {.path = str_text(&p->path),
                                 .type = type,
                                 .mode = type == TAR_LINK ? 0777 : mode_of(st),
                                 .mtime_ms = time_of(p, st),
                                 .link = link,
                                 .size = size};
    tar_add_header(p->tar, &m);
}

static bool add_content(struct packing *p, int fd, const struct stat *st)
{
    size_t size = (size_t)st->st_size, at = 0;
    p->bytes += size;
    if (p->bytes > BYTES_MOST)
        return err_set(p->e, "the lab holds more than %llu MiB", BYTES_MOST >> 20);
    add_header(p, TAR_FILE, st, NULL, size);
    char *to = str_reserve(p->tar, size + TAR_BLOCK);
    while (at < size) {
        ssize_t n = read(fd, to + at, size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_set(p->e, "read '%s': %s", str_text(&p->path), n ? strerror(errno) : "it shrank");
        at += (size_t)n;
    }
    memset(to + size, 0, tar_pad(size));
    p->tar->len += size + tar_pad(size);
    return true;
}

static bool add_file(struct packing *p, int dir, const char *name)
{
    AUTO(close_one) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return err_set(p->e, "read '%s': %m", str_text(&p->path));
    return !S_ISREG(st.st_mode) || add_content(p, fd, &st);
}

static bool add_link(struct packing *p, int dir, const char *name, const struct stat *st)
{
    char target[4096];
    ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
    if (n <= 0)
        return true; /* it is gone, or another thing by now */
    target[n] = 0;
    add_header(p, TAR_LINK, st, target, 0);
    return true;
}

static bool add_folder(struct packing *p, int fd);

static bool is_this_machines(const struct packing *p, const char *name)
{
    static const char *const names[] = {"held", "shell", "shell.sock"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_ends(str_text(&p->path), "/.cafelab/") && text_same(name, names[i]))
            return true;
    return text_starts(name, ".wh.");
}

static bool add_one(struct packing *p, int dir, const char *name)
{
    struct stat st;
    size_t was = p->path.len;
    if (is_this_machines(p, name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return true;
    if (++p->files > FILES_MOST)
        return err_set(p->e, "the lab holds more than %d files", FILES_MOST);
    str_add(&p->path, name);
    bool good = true;
    if (S_ISDIR(st.st_mode)) {
        AUTO(close_one) int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        str_addc(&p->path, '/');
        good = fd < 0 ? err_set(p->e, "open '%s': %m", str_text(&p->path)) : add_folder(p, fd);
    } else if (S_ISREG(st.st_mode)) {
        good = add_file(p, dir, name);
    } else if (S_ISLNK(st.st_mode)) {
        good = add_link(p, dir, name, &st);
    }
    p->path.len = was;
    p->path.s[was] = 0;
    return good;
}

static void free_names(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_name(const struct dirent *d)
{
    return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static bool add_folder(struct packing *p, int fd)
{
    struct dirent **names = NULL;
    struct stat st;
    if (fstat(fd, &st))
        return err_set(p->e, "read '%s': %m", str_text(&p->path));
    add_header(p, TAR_DIR, &st, NULL, 0);
    if (++p->depth > DEPTH_MOST)
        return err_set(p->e, "'%s' is too deep for a lab", str_text(&p->path));
    int n = scandirat(fd, ".", &names, is_name, by_bytes);
    if (n < 0)
        return err_set(p->e, "read '%s': %m", str_text(&p->path));
    bool good = true;
    for (int i = 0; i < n && good; i++)
        good = add_one(p, fd, names[i]->d_name);
    free_names(names, n);
    p->depth--;
    return good;
}

bool layer_add_lab(struct str *tar, const char *dir, const char *server, int64_t latest_ms, struct err *e)
{
    struct packing p = {.tar = tar, .latest_ms = latest_ms, .e = e};
    const struct tar_member mark = {
        .path = &IMAGE_MARK[1], .type = TAR_FILE, .mode = 0644, .mtime_ms = latest_ms, .size = strlen(server)};
    AUTO(close_one) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, "open '%s': %m", dir);
    str_add(&p.path, &IMAGE_LAB[1]);
    str_addc(&p.path, '/');
    tar_add(tar, &mark, server);
    bool good = add_folder(&p, fd);
    str_drop(&p.path);
    tar_end(tar);
    return good;
}
