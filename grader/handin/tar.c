/* SPDX-License-Identifier: MIT */
/*
 * Writing tar archives: ustar headers (POSIX.1-1988), paths of up to 255 bytes. libarchive would do, but for bundles its gzip
 * costs more than everything else together, and its output differs between versions.
 */
#include "grader/handin/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, NAME_MOST = 100, PREFIX_MOST = 155 };
#define FILE_MOST (1u << 30)

struct header { /* as it stands in the file */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2], uname[32],
        gname[32], major[8], minor[8], prefix[155], rest[12];
};

static void put_octal(char *to, size_t n, uint64_t value)
{
    to[--n] = 0;
    while (n) {
        to[--n] = (char)('0' + (value & 7));
        value >>= 3;
    }
}

/* "prefix/name", cut at a slash where it is too long for one field. */
static bool put_path(struct header *h, const char *path, struct err *e)
{
    size_t n = strlen(path);
    const char *cut = n > NAME_MOST ? memchr(path + n - NAME_MOST - 1, '/', NAME_MOST) : NULL;
    if (n > NAME_MOST && (!cut || cut - path > PREFIX_MOST || !cut[1]))
        return err_set(e, "'%s' is too long a path for a tar archive", path);
    if (cut)
        memcpy(h->prefix, path, (size_t)(cut - path));
    memcpy(h->name, cut ? cut + 1 : path, cut ? n - (size_t)(cut + 1 - path) : n);
    return true;
}

static bool add_header(struct str *tar, const char *path, char type, unsigned mode, size_t size, int64_t mtime_ms,
                       const char *link, struct err *e)
{
    struct header h = {
        .type = type, .magic = "ustar", .version = {'0', '0'}
    };
    unsigned sum = 0;
    if (!put_path(&h, path, e))
        return false;
    if (link && strlen(link) > sizeof(h.link))
        return err_set(e, "'%s' points too far for a tar archive", path);
    if (link)
        memcpy(h.link, link, strlen(link));
    put_octal(h.mode, sizeof(h.mode), mode & 07777);
    put_octal(h.uid, sizeof(h.uid), 0);
    put_octal(h.gid, sizeof(h.gid), 0);
    put_octal(h.size, sizeof(h.size), size);
    put_octal(h.mtime, sizeof(h.mtime), mtime_ms > 0 ? (uint64_t)mtime_ms / 1000 : 0);
    put_octal(h.major, sizeof(h.major), 0);
    put_octal(h.minor, sizeof(h.minor), 0);
    memset(h.sum, ' ', sizeof(h.sum));
    for (size_t i = 0; i < sizeof(h); i++)
        sum += ((unsigned char *)&h)[i];
    put_octal(h.sum, 7, sum);
    str_addn(tar, &h, sizeof(h));
    return true;
}

static void pad(struct str *tar)
{
    static const char zeros[BLOCK];
    if (tar->len % BLOCK)
        str_addn(tar, zeros, BLOCK - tar->len % BLOCK);
}

bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *e)
{
    if (!add_header(tar, path, '0', mode, n, mtime_ms, NULL, e))
        return false;
    str_addn(tar, data, n);
    pad(tar);
    return true;
}

void tar_end(struct str *tar)
{
    static const char zeros[2 * BLOCK];
    str_addn(tar, zeros, sizeof(zeros));
}

/* ---- a folder of the disk ---- */

struct walking {
    struct str *tar;
    const char *under;
    int64_t latest_ms;
    int dir;
    struct str path;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool add_disk_file(struct walking *w, const struct dir_entry *entry, struct err *e)
{
    AUTO(close_fd) int fd = openat(w->dir, entry->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return err_set(e, "read '%s': %m", entry->path);
    if (!S_ISREG(st.st_mode)) /* a socket or a pipe holds nothing to read */
        return true;
    size_t n = (size_t)st.st_size, at = 0;
    if (n > FILE_MOST || !add_header(w->tar, w->path.s, '0', st.st_mode, n, earlier(entry->mtime_ms, w->latest_ms), NULL, e))
        return err_set(e, "'%s' is too big", entry->path);
    char *to = str_reserve(w->tar, n + 1);
    while (at < n) {
        ssize_t got = read(fd, to + at, n - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(e, "read '%s': %s", entry->path, got ? strerror(errno) : "it shrank");
        at += (size_t)got;
    }
    w->tar->len += n;
    w->tar->s[w->tar->len] = 0;
    pad(w->tar);
    return true;
}

static bool add_entry(void *context, const struct dir_entry *entry, struct err *e)
{
    struct walking *w = context;
    str_clear(&w->path);
    str_addf(&w->path, "%s/%s%s", w->under, entry->path, entry->is_dir ? "/" : "");
    if (entry->is_dir)
        return add_header(w->tar, w->path.s, '5', entry->mode, 0, earlier(entry->mtime_ms, w->latest_ms), NULL, e);
    if (entry->is_link) {
        char target[4096];
        ssize_t n = readlinkat(w->dir, entry->path, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = 0;
        return add_header(w->tar, w->path.s, '2', 0777, 0, earlier(entry->mtime_ms, w->latest_ms), target, e);
    }
    return add_disk_file(w, entry, e);
}

bool tar_add_dir(struct str *tar, const char *dir, const char *under, int64_t latest_ms, struct err *e)
{
    AUTO(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct walking w = {.tar = tar, .under = under, .latest_ms = latest_ms, .dir = fd};
    AUTO(str_drop) struct str top = {0};
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return err_set(e, "open '%s': %m", dir);
    str_addf(&top, "%s/", under);
    bool good = add_header(tar, str_text(&top), '5', 0755, 0, latest_ms, NULL, e) && dir_walk(dir, add_entry, &w, e);
    str_drop(&w.path);
    return good;
}
