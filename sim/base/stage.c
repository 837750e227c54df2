/* SPDX-License-Identifier: MIT */
/* Directories that come into being as a whole, and where the program's own data is. */
#include "sim/base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* ".mylab.123.partial" is what a killed run with pid 123 left behind. */
static bool is_stale(const char *entry, const char *name)
{
    size_t n = strlen(name);
    if (entry[0] != '.' || strncmp(entry + 1, name, n) != 0 || entry[1 + n] != '.' || !text_ends(entry, ".partial"))
        return false;
    char *end = NULL;
    long pid = strtol(entry + n + 2, &end, 10);
    return pid > 0 && text_same(end, ".partial") && (pid == getpid() || (kill((pid_t)pid, 0) && errno == ESRCH));
}

static void clear_stale(const char *dir, const char *name)
{
    DIR *d = opendir(dir);
    for (struct dirent *entry; d && (entry = readdir(d));)
        if (is_stale(entry->d_name, name)) {
            AUTO(str_drop) struct str path = {0};
            str_addf(&path, "%s/%s", dir, entry->d_name);
            dir_remove(str_text(&path), &(struct err){0}); /* if it stays, it only takes room */
        }
    if (d)
        closedir(d);
}

bool stage_open(struct stage *st, const char *target, struct err *e)
{
    AUTO(free_text) char *dir = NULL;
    AUTO(free_text) char *name = NULL;
    split_path(target, &dir, &name);
    if (!*name || text_same(name, ".") || text_same(name, ".."))
        return err_set(e, "'%s' is no name for a new directory", target);
    if (file_exists(target))
        return err_set(e, "'%s' exists already: expected a new directory", target);
    if (!dir_make(dir, e))
        return false;
    clear_stale(dir, name);
    AUTO(str_drop) struct str aside = {0};
    str_addf(&aside, "%s/.%s.%d.partial", dir, name, (int)getpid());
    if (!dir_make(str_text(&aside), e))
        return false;
    st->target = xstrdup(target);
    st->aside = str_steal(&aside);
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
    free_text(&st->aside);
    free_text(&st->target);
    return true;
}

void stage_drop(struct stage *st)
{
    if (st->aside)
        dir_remove(st->aside, &(struct err){0});
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
