/* SPDX-License-Identifier: MIT */
/*
 * What happened in the lab while a shell is open goes in: scripted steps, calls of others, another shell's login. The lab is
 * compared with how it was at the last look; PID 1 writes the files, starts the processes under the ids that the world has,
 * ends those that are gone. What we told the lab ourselves is no news.
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- outside: the differences ---- */

/* utmp is kept inside, by who is there: it would not be the same file. */
static bool stays_outside(const char *path)
{
    return root_is_ours(path) || text_same(path, "/run/utmp");
}

static bool decoded(const json_t *change, struct str *out)
{
    const char *data = json_str(change, "data");
    return data && base64_decode(data, strlen(data), out);
}

/* The lab's file grew by what we told and by what others wrote: theirs is what is left when ours is cut out, piece by piece. */
static bool cut_ours(struct str *grown, const json_t *mine, size_t *from)
{
    AUTO(str_drop) struct str piece = {0};
    if (!decoded(mine, &piece))
        return false;
    char *at = grown->len > *from ? memmem(grown->s + *from, grown->len - *from, piece.s, piece.len) : NULL;
    if (!at)
        return false;
    *from = (size_t)(at - grown->s);
    memmove(at, at + piece.len, grown->len - *from - piece.len);
    grown->len -= piece.len;
    return true;
}

/* NULL: it is all ours; else what is to be changed inside: a new reference. */
static json_t *theirs(json_t *change, const struct stay *told)
{
    AUTO(str_drop) struct str grown = {0};
    const char *path = json_str_or(change, "path", ""), *does = json_str_or(change, "does", "");
    bool ours = false, appended = text_same(does, "append") && decoded(change, &grown);
    size_t from = 0, was = grown.len;
    for (size_t i = 0; i < told->n_changes; i++) {
        const json_t *mine = told->changes[i];
        if (!text_same(json_str(mine, "path"), path))
            continue;
        bool grows = text_same(json_str(mine, "does"), "append");
        ours = true;
        if (!grows && !text_same(does, "attributes") && text_same(json_str(mine, "data"), json_str(change, "data")))
            return NULL;
        appended = appended && (!grows || cut_ours(&grown, mine, &from));
    }
    if (!ours || !appended || grown.len == was)
        return ours && text_same(does, "attributes") ? NULL : json_incref(change);
    if (!grown.len)
        return NULL;
    AUTO(str_drop) struct str data = {0};
    json_t *rest = json_deep_copy(change);
    str_add_base64(&data, grown.s, grown.len);
    json_put_text(rest, "data", str_text(&data));
    return rest;
}

static json_t *files_of(const struct server *was, const struct server *is, const struct stay *told)
{
    AUTO(stay_drop) struct stay all = {0};
    struct err too_big = {0};
    json_t *list = json_array();
    stay_compare(&all, &was->tree, &is->tree, stays_outside, &too_big);
    for (size_t i = 0; i < all.n_changes; i++) {
        json_t *change = theirs(all.changes[i], told);
        if (change)
            json_array_append_new(list, change);
    }
    return list;
}

static bool is_daemon(const struct server *s, int pid)
{
    for (const struct daemon *d = s->daemons; d; d = d->next)
        if (d->pid == pid)
            return true;
    return false;
}

/* Whoever starts httpd in there starts them, too. */
static bool is_worker(const struct server *s, const struct process *p)
{
    const struct daemon *httpd = find_daemon(s, "httpd");
    return httpd && p->ppid == httpd->pid;
}

static json_t *processes_of(const struct server *was, const struct server *is)
{
    json_t *list = json_array();
    for (const struct process *p = is->processes; p; p = p->next)
        if (!find_process(was, p->pid) && !is_daemon(is, p->pid) && !is_worker(is, p))
            json_array_append_new(list, process_said(p));
    return list;
}

static json_t *gone_of(const struct server *was, const struct server *is)
{
    json_t *list = json_array();
    for (const struct process *p = was->processes; p; p = p->next)
        if (!find_process(is, p->pid) && !is_daemon(was, p->pid))
            json_array_append_new(list, json_integer(p->pid));
    return list;
}

static void sessions_of(const struct server *was, const struct server *is, json_t *begun, json_t *ended)
{
    for (const struct os_session *s = is->sessions; s; s = s->next) {
        const struct os_session *before = find_session(was, s->number);
        if (s->ended_ms && before && !before->ended_ms)
            json_array_append_new(ended, json_integer(s->number));
        if (!s->ended_ms && !before)
            json_array_append_new(begun, session_said(s));
    }
}

/* What is so inside already, or was a moment ago: to be told of it would undo what has been done to it since. */
static bool settled_so(const struct stay *told, const struct daemon *d)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(told->settled, "daemons"), i, one)
    {
        if (text_same(json_str(one, "unit"), d->unit))
            return json_int_or(one, "pid", 0) == d->pid && json_bool_or(one, "running", false) == d->running;
    }
    return false;
}

static json_t *daemons_of(const struct server *was, const struct server *is, const struct stay *told)
{
    json_t *list = json_array();
    for (const struct daemon *d = is->daemons; d; d = d->next) {
        const struct daemon *before = find_daemon(was, d->unit);
        if ((!before || before->pid != d->pid || before->running != d->running) && !settled_so(told, d))
            json_array_append_new(list, json_pack("{s:s, s:i, s:b, s:I}", "unit", d->unit, "pid", d->pid, "running", d->running,
                                                  "started", (json_int_t)d->started_ms));
    }
    return list;
}

json_t *news_of(const struct server *was, const struct server *is, const struct stay *told)
{
    json_t *begun = json_array(), *ended = json_array(), *one;
    sessions_of(was, is, begun, ended);
    json_t *news =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "files", files_of(was, is, told), "sessions", begun, "processes",
                  processes_of(was, is), "daemons", daemons_of(was, is, told), "ended", ended, "gone", gone_of(was, is));
    const char *key;
    size_t n = 0;
    json_object_foreach(news, key, one) n += json_array_size(one);
    if (n)
        return news;
    json_decref(news);
    return NULL;
}

/* The same operation as the lab's own, on a server that has files and nothing else. */
void news_apply(struct state *s, const json_t *news, int64_t now_ms)
{
    struct server only = {.name = "inside", .hostname = "inside", .login_user = "", .public_key = "", .tree = s->tree};
    json_t *change;
    size_t i;
    s->w.catalog = &lab_catalog;
    s->w.servers = &only;
    json_array_foreach(json_object_get(news, "files"), i, change)
    {
        struct outcome out = {0};
        act(&s->w,
            &(struct action){
                .time_ms = now_ms,
                .who = {.kind = PRINCIPAL_OS, .name = "root"  },
                .from = {.ip = "127.0.0.1",    .agent = "shell"},
                .op = "disk:Changed",
                .on = only.name,
                .params = change
        },
            &out);
    }
    s->w.servers = NULL;
    s->tree = only.tree;
}

/* ---- inside: files ---- */

static void make_parents(const char *path)
{
    AUTO(free_text) char *part = xstrdup(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0755);
        *slash = '/';
    }
}

static void take_away(const char *path)
{
    if (unlink(path) && errno == EISDIR && rmdir(path))
        errno = 0; /* somebody inside has put something into it: it stays */
}

static void write_file(const char *path, const struct str *data, bool append)
{
    int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
    AUTO(close_fd) int fd = open(path, flags, 0600);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
        return;
    for (size_t done = 0; done < data->len;) {
        ssize_t n = write(fd, data->s + done, data->len - done);
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}

static void set_attributes(const char *path, const json_t *change)
{
    int64_t ms = json_int_or(change, "mtime", 0);
    struct timespec at = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, times[2] = {at, at};
    struct stat st;
    if (!json_object_get(change, "uid") || lstat(path, &st) ||
        (lchown(path, (uid_t)json_int_or(change, "uid", 0), (gid_t)json_int_or(change, "gid", 0)) && errno != EINVAL))
        return;
    if (!S_ISLNK(st.st_mode) && chmod(path, (mode_t)json_int_or(change, "mode", 0644) & 07777))
        return;
    if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW))
        errno = 0;
}

static void take_file(const json_t *change)
{
    AUTO(str_drop) struct str data = {0};
    const char *path = json_str_or(change, "path", ""), *does = json_str_or(change, "does", "");
    if (path[0] != '/' || stays_outside(path))
        return;
    make_parents(path);
    decoded(change, &data);
    if (text_same(does, "mkdir") && mkdir(path, 0755) && errno != EEXIST)
        return;
    if (text_same(does, "link") && (take_away(path), symlink(str_text(&data), path)))
        return;
    if (text_same(does, "write") || text_same(does, "append"))
        write_file(path, &data, text_same(does, "append"));
    set_attributes(path, change);
}

static void take_files(const json_t *files)
{
    const json_t *one;
    size_t k;
    for (k = json_array_size(files); k-- > 0;) { /* what is in a directory goes before it */
        one = json_array_get(files, k);
        if (text_same(json_str(one, "does"), "remove") && json_str_or(one, "path", "")[0] == '/')
            take_away(json_str(one, "path"));
    }
    json_array_foreach(files, k, one) if (!text_same(json_str(one, "does"), "remove")) take_file(one);
}

/* ---- inside: logins and processes ---- */

static void take_session(const struct inside *in, const json_t *from)
{
    const struct os_session *s = session_heard(in, from);
    if (s->child_pid)
        utmp_open(s);
}

static bool take_processes(const struct inner *i, const json_t *list, struct err *e)
{
    const json_t *one;
    size_t k;
    struct process *first = NULL;
    json_array_foreach(list, k, one)
    {
        struct process *p = process_heard(i->in, one);
        first = first ? first : p;
    }
    return cast_add(i->cast, first, e);
}

/* Processes of a login: its terminal is free when they are gone. */
static void end_login(const struct inner *i, const struct os_session *s)
{
    const int pids[] = {s->shell_pid, s->child_pid, s->monitor_pid};
    for (size_t k = 0; k < COUNT(pids); k++)
        if (pids[k] > 1 && cast_alive(i->cast, pids[k])) {
            cast_kill(i->cast, pids[k], SIGKILL);
            cast_await_end(i->cast, pids[k], true);
        }
}

/* Before others begin: who comes next may get the terminal, and with it the slot in utmp. */
static void take_ended(const struct inner *i, const json_t *ended)
{
    const json_t *one;
    size_t k;
    json_array_foreach(ended, k, one)
    {
        struct os_session *s = find_session(i->in->server, (long)json_integer_value(one));
        if (!s || s->ended_ms)
            continue;
        s->ended_ms = lab_time_ms(i->in); /* before its processes go: nobody needs to note that end */
        utmp_close(i->in, s, false);
        end_login(i, s);
    }
}

static void take_gone(const struct inner *i, const json_t *gone)
{
    const json_t *one;
    size_t k;
    json_array_foreach(gone, k, one)
    {
        int pid = cast_pid(i->cast, (int)json_integer_value(one));
        if (pid > 1 && cast_alive(i->cast, pid))
            cast_kill(i->cast, pid, SIGKILL);
    }
}

static bool take_all(const struct inner *i, const json_t *news, struct err *e)
{
    const json_t *one, *visitor = json_object_get(news, "visitor");
    size_t k;
    take_files(json_object_get(news, "files"));
    take_ended(i, json_object_get(news, "ended"));
    json_array_foreach(json_object_get(news, "sessions"), k, one) take_session(i->in, one);
    if ((visitor && !visitor_heard(i->in, visitor, e)) || !take_processes(i, json_object_get(news, "processes"), e))
        return false;
    json_array_foreach(json_object_get(news, "daemons"), k, one)
        units_follow(i->units, json_str_or(one, "unit", ""), (int)json_int_or(one, "pid", 0),
                     json_bool_or(one, "running", false), json_int_or(one, "started", 0));
    take_gone(i, json_object_get(news, "gone"));
    return true;
}

/* Whoever is in here already goes on with ids that follow his last one: those after the newcomers' are the lab's to give. */
bool news_take(const struct inner *i, const json_t *news, struct err *e)
{
    int newest = newest_pid();
    bool good = take_all(i, news, e);
    if (newest)
        next_pid(newest + 1);
    return good;
}
