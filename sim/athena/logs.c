/* SPDX-License-Identifier: MIT */
/* The log files of a lab: found, told apart from other objects, opened with care. */
#include "sim/athena/logs.h"
#include "sim/athena/athena.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct listing {
    struct logs *logs;
    struct str *warnings;
};

static bool is_log(const char *path)
{
    return (text_ends(path, ".json.gz") || text_ends(path, ".json")) && strchr(path, '/') &&
           !strstr(path, "/CloudTrail-Digest/") && !strstr(path, "/CloudTrail-Insight/");
}

static bool list_one(void *context, const struct dir_entry *entry, struct err *e)
{
    struct listing *l = context;
    struct logs *logs = l->logs;
    (void)e;
    if (entry->is_link) {
        str_add(l->warnings, "'s3/");
        str_add_log(l->warnings, entry->path);
        str_add(l->warnings, "' is a symbolic link: it is not followed\n");
    } else if (entry->is_dir && !strchr(entry->path, '/'))
        *GROW(logs->buckets, logs->n_buckets, logs->cap_buckets) = arena_dup(&logs->arena, entry->path);
    else if (S_ISREG(entry->mode) && is_log(entry->path))
        *GROW(logs->files, logs->n, logs->cap) =
            (struct log_file){arena_dup(&logs->arena, entry->path), entry->size, entry->mtime_ms, NULL};
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct log_file *)a)->path, ((const struct log_file *)b)->path);
}

static void make_key(struct logs *logs)
{
    AUTO(str_drop) struct str names = {0};
    for (size_t i = 0; i < logs->n; i++) {
        str_addn(&names, logs->files[i].path, strlen(logs->files[i].path) + 1);
        str_addf(&names, "%lld %lld\n", (long long)logs->files[i].size, (long long)logs->files[i].mtime_ms);
    }
    sha256(str_text(&names), names.len, logs->key);
}

bool logs_list(struct logs *logs, const char *lab, struct str *warnings, struct err *e)
{
    AUTO(str_drop) struct str path = {0};
    *logs = (struct logs){.dir = -1};
    str_addf(&path, "%s/s3", lab);
    if (access(lab, F_OK))
        return err_set(e, "'%s': expected a lab directory: %m", lab);
    logs->dir = open(str_text(&path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (logs->dir < 0 && errno == ENOENT)
        return err_set(e, "'%s' is no lab: it has no directory s3", lab);
    if (logs->dir < 0)
        return err_set(e, "open '%s': %m", str_text(&path));
    if (!dir_walk(str_text(&path), list_one, &(struct listing){logs, warnings}, e))
        return false;
    if (logs->n)
        qsort(logs->files, logs->n, sizeof(*logs->files), by_path);
    make_key(logs);
    return true;
}

/* A bucket is what comes before the first slash, each told once: paths are in order. */
static void take_bucket(struct logs *logs, const char *path)
{
    const char *bucket = arena_dupn(&logs->arena, path, strcspn(path, "/"));
    if (!logs->n_buckets || !text_same(logs->buckets[logs->n_buckets - 1], bucket))
        *GROW(logs->buckets, logs->n_buckets, logs->cap_buckets) = bucket;
}

void logs_take(struct logs *logs, const struct athena_log *list, size_t n)
{
    *logs = (struct logs){.dir = -1};
    for (size_t i = 0; i < n; i++) {
        const char *path = list[i].path + (text_starts(list[i].path, "s3/") ? strlen("s3/") : 0);
        if (!is_log(path))
            continue;
        take_bucket(logs, path);
        *GROW(logs->files, logs->n, logs->cap) =
            (struct log_file){.path = arena_dup(&logs->arena, path), .size = (int64_t)list[i].n, .text = list[i].text};
    }
}

void logs_drop(struct logs *logs)
{
    if (logs->dir >= 0)
        close(logs->dir);
    free(logs->files);
    free(logs->buckets);
    arena_drop(&logs->arena);
    *logs = (struct logs){.dir = -1};
}

/* Below LAB/s3 and without links on the way, also when someone swaps a directory for a link meanwhile. */
static int open_beneath(int dir, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* before Linux 5.6, or a container that forbids it */
        return openat(dir, path, (int)how.flags);
    return (int)fd;
}

static bool read_open(int fd, size_t limit, struct str *out, struct err *e)
{
    for (;;) {
        char *to = str_reserve(out, 64u << 10);
        ssize_t n = read(fd, to, 64u << 10);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(e, "it cannot be read: %m");
        out->len += (size_t)n;
        out->s[out->len] = 0;
        if (!n)
            return true;
        if (out->len > limit)
            return err_set(e, "it is larger than %zu MiB", limit >> 20);
    }
}

bool log_text(const struct logs *logs, const struct log_file *file, struct str *out, struct err *e)
{
    bool packed = text_ends(file->path, ".gz");
    AUTO(str_drop) struct str bytes = {0};
    if (file->text) {
        str_addn(out, file->text, (size_t)file->size);
        return true;
    }
    int fd = open_beneath(logs->dir, file->path);
    if (fd < 0)
        return err_set(e, "it cannot be opened: %m");
    bool good = read_open(fd, packed ? LOG_MAX_PACKED : LOG_MAX_UNPACKED, packed ? &bytes : out, e);
    close(fd);
    return good && (!packed || gunzip(str_text(&bytes), bytes.len, LOG_MAX_UNPACKED, out, e));
}

static void warn_of(struct str *warnings, const char *path, const struct err *damage)
{
    str_add(warnings, "'s3/");
    str_add_log(warnings, path);
    str_addf(warnings, "': %s\n", damage->msg);
}

bool athena_each_log(const char *lab, bool (*each)(void *context, const char *path, const char *text, size_t n, struct err *),
                     void *context, struct str *warnings, struct err *e)
{
    AUTO(logs_drop) struct logs logs = {.dir = -1};
    AUTO(str_drop) struct str text = {0}, path = {0};
    bool good = logs_list(&logs, lab, warnings, e);
    for (size_t i = 0; good && i < logs.n; i++) {
        struct err damage = {0};
        str_clear(&text);
        str_clear(&path);
        str_addf(&path, "s3/%s", logs.files[i].path);
        if (log_text(&logs, &logs.files[i], &text, &damage))
            good = each(context, str_text(&path), str_text(&text), text.len, e);
        else
            warn_of(warnings, logs.files[i].path, &damage);
    }
    return good;
}
