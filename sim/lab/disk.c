/* SPDX-License-Identifier: MIT */
/*
 * The operations that stand for what people did to a server without asking us: files changed by hand (disk_take.c finds
 * them) or in a real shell (stay.c), and logins, processes and services that a shell left otherwise than it found them. A
 * replay sees the same as the operations after it did.
 */
#include "sim/host/host.h"
#include "sim/lab/catalog.h"

#include <string.h>

static void make_parents(struct world *w, struct tree *tree, const char *path, int64_t now_ms)
{
    AUTO(free_text) char *part = xstrdup(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (!tree_find(tree, part))
            tree_mkdir(w, tree, part, 0755, 0, 0, now_ms);
        *slash = '/';
    }
}

static struct file *put_found(struct call *c, struct tree *tree, const char *path, const char *does)
{
    AUTO(str_drop) struct str data = {0};
    const char *text = call_text(c, "data");
    const struct file *there = tree_find(tree, path);
    if (text && !base64_decode(text, strlen(text), &data)) {
        call_fail(c, "ValidationError", "data: expected base64");
        return NULL;
    }
    bool wants_dir = text_same(does, "mkdir"), wants_link = text_same(does, "link");
    bool other_kind = there && there->kind != (wants_dir ? FILE_DIR : wants_link ? FILE_LINK : FILE_REGULAR);
    if (other_kind || (there && wants_link)) /* a link is made anew: the tree may have it already, from the disk */
        tree_remove(tree, path, c->now_ms), there = NULL;
    make_parents(c->w, tree, path, c->now_ms);
    if (wants_dir) {
        struct file *dir = tree_find(tree, path);
        return dir ? dir : tree_mkdir(c->w, tree, path, (unsigned)call_int(c, "mode", 0755), 0, 0, c->now_ms);
    }
    if (wants_link)
        return tree_link(c->w, tree, path, arena_dup(c->arena, str_text(&data)), c->now_ms);
    if (there && text_same(does, "append") && there->kind == FILE_REGULAR) { /* what others have written meanwhile stays */
        AUTO(str_drop) struct str whole = {0};
        str_addn(&whole, there->data ? there->data : "", there->data ? there->size : 0);
        str_addn(&whole, str_text(&data), data.len);
        return whole.len > TREE_MAX_BYTES ? NULL : tree_put(c->w, tree, path, str_text(&whole), whole.len, c->now_ms);
    }
    struct file *file = tree_put(c->w, tree, path, str_text(&data), data.len, c->now_ms);
    if (file && !there)
        file->mode = (unsigned)call_int(c, "mode", 0644) & 07777;
    return file;
}

/* What a shell knows and a disk does not: true owners, modes and times. */
static void put_attributes(struct call *c, struct file *f)
{
    int64_t uid = call_int(c, "uid", f->uid), gid = call_int(c, "gid", f->gid), mtime = call_int(c, "mtime", f->mtime_ms);
    if (!json_object_get(c->params, "uid") || uid < 0 || gid < 0 || uid > UINT32_MAX || gid > UINT32_MAX || mtime < 0)
        return;
    f->uid = (unsigned)uid;
    f->gid = (unsigned)gid;
    f->mode = (unsigned)call_int(c, "mode", f->mode) & 07777;
    f->mtime_ms = mtime;
    f->dirty = true;
}

static void changed(struct call *c)
{
    static const char *const ways[] = {"write", "append", "mkdir", "link", "remove", "attributes", NULL};
    struct server *server = find_server(c->w, c->action->on);
    struct file *file = NULL;
    const char *path = call_text(c, "path"), *does = call_text(c, "does");
    size_t i = 0;
    while (ways[i] && !text_same(ways[i], does))
        i++;
    if (!ways[i])
        return call_fail(c, "ValidationError", "does: expected write, append, mkdir, link, attributes or remove");
    if (text_same(does, "remove"))
        tree_remove(&server->tree, path, c->now_ms); /* it may have gone with its directory */
    else if (text_same(does, "attributes"))
        file = tree_find(&server->tree, path);
    else if (!(file = put_found(c, &server->tree, path, does)) && !text_same(does, "mkdir"))
        call_fail(c, "InvalidPath", "\"%s\" cannot be there", path);
    if (file)
        put_attributes(c, file);
}

/* ---- what a shell left behind ---- */

static void take_out(struct server *server, int64_t pid)
{
    struct process *gone = pid > 1 && pid < INT32_MAX ? find_process(server, (int)pid) : NULL;
    if (!gone)
        return;
    list_remove(&server->processes, gone);
    for (struct process *p = server->processes; p; p = p->next)
        if (p->ppid == pid)
            p->ppid = 1;
}

static void appear(struct call *c, struct server *server, const struct process *like, int pid, int64_t started_ms)
{
    struct process *now = arena_alloc(&c->w->arena, sizeof(*now));
    *now = *like;
    now->next = NULL;
    now->pid = pid;
    now->started_ms = started_ms;
    list_append(&server->processes, now);
}

/* Workers go with their service, or stay when only its id is another one. `heir` 0 = they go. A login through Systems Manager
 * is no worker of the agent's. */
static void pass_workers(struct server *server, const struct unit *unit, int parent, int heir)
{
    for (struct process *p = server->processes, *next; p; p = next) {
        next = p->next;
        if (p->ppid != parent || !text_same(p->title, unit->child_title))
            continue;
        p->ppid = heir;
        if (!heir)
            list_remove(&server->processes, p);
    }
}

/* Those that httpd has come with: visitors are theirs. What cannot be one's id in the lab is replaced. */
static void bring_workers(struct call *c, struct server *server, const struct daemon *d, const struct unit *unit,
                          const json_t *pids)
{
    const json_t *one;
    size_t i;
    const struct process like = {
        .ppid = d->pid, .uid = unit->uid_children, .title = unit->child_title, .exe = unit->exe, .tty = "?"};
    json_array_foreach(pids, i, one)
    {
        json_int_t pid = json_integer_value(one);
        if (i >= unit->children || pid < 2)
            continue;
        bool taken = pid >= PID_MAX || find_process(server, (int)pid);
        appear(c, server, &like, taken ? server_take_pid(server, c->now_ms) : (int)pid, d->started_ms);
    }
}

/* Somebody in the lab may have got the id at the same time: the service has another one then, and the shell hears of it. It
 * keeps that one when the shell tells the same start again. */
static int pid_settled(struct call *c, struct server *server, int was, int pid, bool again)
{
    if (pid == was || !find_process(server, pid))
        return pid;
    return again ? was : server_take_pid(server, c->now_ms);
}

static struct process process_like(const struct server *server, int pid, const struct daemon *d, const struct unit *unit)
{
    const struct process *was = pid ? find_process(server, pid) : NULL;
    if (was)
        return *was;
    return (struct process){.ppid = 1, .title = unit ? unit->title : d->unit, .exe = unit ? unit->exe : "", .tty = "?"};
}

static void settle_daemon(struct call *c, struct server *server, const json_t *fact)
{
    struct daemon *d = json_str(fact, "unit") ? find_daemon(server, json_str(fact, "unit")) : NULL;
    int64_t told = json_int_or(fact, "pid", 0), started = json_int_or(fact, "started", 0);
    bool running = json_bool_or(fact, "running", false);
    if (!d || told < 2 || told > INT32_MAX || started < 0)
        return call_fail(c, "ValidationError", "daemons: expected a unit of the server, its pid and when it started");
    const struct unit *unit = unit_find(d->unit);
    int was = d->running ? d->pid : 0; /* of one that does not run the id may be somebody else's by now */
    bool again = running && was && d->started_ms == started;
    const json_t *workers = running && !again && unit && unit->children ? json_object_get(fact, "workers") : NULL;
    const struct process like = process_like(server, was, d, unit);
    int pid = running ? pid_settled(c, server, was, (int)told, again) : (int)told;
    if (unit && unit->children && was > 1)
        pass_workers(server, unit, was, running && !json_array_size(workers) ? pid : 0);
    if (pid != was || !running)
        take_out(server, was);
    if (running && !find_process(server, pid))
        appear(c, server, &like, pid, started);
    d->running = running;
    d->pid = pid;
    d->started_ms = started;
    d->restart_ms = 0;
    if (json_str(fact, "config"))
        d->config = arena_dup(&c->w->arena, json_str(fact, "config"));
    if (workers)
        bring_workers(c, server, d, unit, workers);
}

/* Ids that processes have had that nobody else knows of: the next one is given after them. */
static void pass_pids(struct server *server, int64_t last)
{
    int64_t ahead = last - server->next_pid;
    if (last >= PID_MAX || !server->pids_given || ahead <= 0)
        return;
    server->pids_given += ahead;
    server->next_pid = (int)last;
}

/* A service that was started in the shell may have the id of somebody who died there. */
static bool is_of_service(const json_t *daemons, json_int_t pid)
{
    const json_t *fact, *worker;
    size_t i, k;
    json_array_foreach(daemons, i, fact)
    {
        bool is = json_int_or(fact, "pid", 0) == pid;
        json_array_foreach(json_object_get(fact, "workers"), k, worker) is |= json_integer_value(worker) == pid;
        if (is && json_bool_or(fact, "running", false))
            return true;
    }
    return false;
}

static void settled(struct call *c)
{
    struct server *server = find_server(c->w, c->action->on);
    const json_t *one, *daemons = json_object_get(c->params, "daemons");
    size_t i;
    json_array_foreach(daemons, i, one) settle_daemon(c, server, one);
    json_array_foreach(json_object_get(c->params, "processes"), i, one)
    {
        if (!is_of_service(daemons, json_integer_value(one)))
            take_out(server, json_integer_value(one));
    }
    json_array_foreach(json_object_get(c->params, "sessions"), i, one)
    {
        struct os_session *s = find_session(server, (long)json_int_or(one, "session", 0));
        if (s && !s->ended_ms)
            s->ended_ms = json_int_or(one, "ended", c->now_ms);
    }
    pass_pids(server, call_int(c, "lastPid", 0));
}

static const struct op ops[] = {
    {"disk:Changed", "path! does! data mode# uid# gid# mtime#",   OP_HOST | OP_UNLOGGED, "*", NULL, changed},
    {"disk:Settled", "sessions[] processes[] daemons[] lastPid#", OP_HOST | OP_UNLOGGED, "*", NULL, settled},
};
const struct service disk_service = {.name = "disk", .source = "disk", .ops = ops, .n = COUNT(ops)};
