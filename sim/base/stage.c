/* SPDX-License-Identifier: MIT */
/* Directories that come into being as a whole, and where the program's own data is. */
#include "sim/base/aside.h"
#include "sim/base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *env_get(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static char *copied(const char *s, size_t n)
{
    char *copy = xmalloc(n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

/* Splits "a/b/" into "a" and "b"; both to be freed. */
static void split_path(const char *path, char **dir, char **name)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t start = n;
    while (start && path[start - 1] != '/')
        start--;
    *name = copied(path + start, n - start);
    *dir = start ? copied(path, start > 1 ? start - 1 : 1) : xstrdup(".");
}

/*
 * "mylab" is built in ".mylab.123.partial", whose lock is ".mylab.123.partial~": there before it, gone after it, and held by
 * whoever builds. The number is a process's own, or a free one behind it: on a shared disk another machine's may be the same.
 */
enum { MOST_AT_A_TIME = 1000 };

/* Of which folder an entry is the lock, or which it is itself; false = something else. */
static bool is_aside_of(const char *name, const char *entry, struct str *folder)
{
    size_t n = strlen(name);
    if (entry[0] != '.' || strncmp(entry + 1, name, n) != 0 || entry[1 + n] != '.')
        return false;
    const char *number = entry + n + 2;
    size_t digits = strspn(number, ALPHABET_DIGITS);
    const char *end = number + digits;
    if (!digits || number[0] == '0' || (!text_same(end, ".partial") && !text_same(end, ".partial~")))
        return false;
    str_addf(folder, ".%s.%.*s.partial", name, (int)digits, number);
    return true;
}

static void clear(int dir, const char *path, const char *folder)
{
    AUTO(str_drop) struct str lock = {0}, whole = {0};
    str_addf(&lock, "%s~", folder);
    str_addf(&whole, "%s/%s", path, folder);
    int fd = aside_lock(dir, str_text(&lock), O_CREAT);
    if (fd < 0)
        return;
    if (dir_remove(str_text(&whole), &(struct err){0})) /* if it stays, it only takes room */
        unlinkat(dir, str_text(&lock), 0);
    close(fd);
}

static void clear_killed(const char *path, const char *name)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        AUTO(str_drop) struct str folder = {0};
        if (is_aside_of(name, entry->d_name, &folder))
            clear(dirfd(dir), path, str_text(&folder));
    }
    if (dir)
        closedir(dir);
}

static void lock_give(struct stage *st)
{
    AUTO(str_drop) struct str lock = {0};
    str_addf(&lock, "%s~", st->aside);
    unlink(str_text(&lock));
    close(st->lock);
}

/* Once more with the next number where the name is taken. */
static bool make_aside(struct stage *st, const char *dir, const char *name, struct err *e)
{
    AUTO(str_drop) struct str lock = {0};
    for (int i = 0; i < MOST_AT_A_TIME; i++) {
        str_clear(&lock);
        str_addf(&lock, "%s/.%s.%d.partial~", dir, name, (int)getpid() + i);
        if ((st->lock = aside_make(str_text(&lock))) < 0 && errno == EEXIST)
            continue;
        if (st->lock < 0)
            return err_set(e, "make directory '%s/%s': %m", dir, name);
        st->aside = copied(lock.s, lock.len - 1);
        if (!mkdir(st->aside, 0755))
            return true;
        int why = errno;
        lock_give(st);
        free_text(&st->aside);
        errno = why;
        if (why != EEXIST)
            return err_set(e, "make directory '%s/%s': %m", dir, name);
    }
    return err_set(e, "'%s/%s' is being built %d times already", dir, name, MOST_AT_A_TIME);
}

bool stage_open(struct stage *st, const char *target, struct err *e)
{
    AUTO(free_text) char *dir = NULL;
    AUTO(free_text) char *name = NULL;
    split_path(target, &dir, &name);
    if (!*name || text_same(name, ".") || text_same(name, ".."))
        return err_set(e, "'%s' is no name for a new directory", target);
    clear_killed(dir, name);
    if (file_exists(target))
        return err_set(e, "'%s' exists already: expected a new directory", target);
    if (!dir_make(dir, e) || !make_aside(st, dir, name, e))
        return false;
    st->target = xstrdup(target);
    return true;
}

static mode_t hidden; /* from others, by the caller's umask */

void umask_settle(void)
{
    hidden = umask(022) & 077;
}

bool stage_commit(struct stage *st, struct err *e)
{
    struct stat now;
    if (hidden && (stat(st->aside, &now) || chmod(st->aside, now.st_mode & 0777 & ~hidden)))
        return err_set(e, "change the mode of '%s': %m", st->aside);
    int failed = renameat2(AT_FDCWD, st->aside, AT_FDCWD, st->target, RENAME_NOREPLACE);
    if (failed && (errno == EINVAL || errno == ENOSYS))
        failed = file_exists(st->target) ? (errno = EEXIST, -1) : rename(st->aside, st->target);
    if (failed)
        return err_set(e, "put '%s' in place: %m", st->target);
    lock_give(st);
    free_text(&st->aside);
    free_text(&st->target);
    return true;
}

void stage_drop(struct stage *st)
{
    if (st->aside) {
        dir_remove(st->aside, &(struct err){0});
        lock_give(st);
    }
    free_text(&st->aside);
    free_text(&st->target);
}

/* ---- scenarios/ and fixtures/ ---- */

static char *data_root(struct arena *arena)
{
    if (env_get("CAFELAB_DATA"))
        return arena_dup(arena, env_get("CAFELAB_DATA"));
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    exe[n > 0 ? n : 0] = 0;
    for (char *slash; (slash = strrchr(exe, '/'));) {
        *slash = 0;
        char *installed = arena_printf(arena, "%s/share/cafelab/fixtures", exe),
             *here = arena_printf(arena, "%s/fixtures", exe);
        if (file_exists(installed))
            return arena_printf(arena, "%s/share/cafelab", exe);
        if (file_exists(here))
            return arena_dup(arena, exe);
    }
    return arena_dup(arena, ".");
}

char *data_path(struct arena *arena, const char *fmt, ...)
{
    AUTO(str_drop) struct str path = {0};
    str_addf(&path, "%s/", data_root(arena));
    va_list args;
    va_start(args, fmt);
    str_vaddf(&path, fmt, args);
    va_end(args);
    return arena_dup(arena, str_text(&path));
}
