/* SPDX-License-Identifier: MIT */
/*
 * What PID 1 is told about its server: its name and address, who is there, which processes run, what /etc/passwd said. PID 1 is
 * a fork of who we were before the lab was opened, so this is all that it knows: root inside may read its memory
 * (/proc/1/mem, ptrace), and finds neither seed nor story. Files come otherwise: fill.c.
 */
#include "sim/shell/parts.h"

#include <string.h>

/* ---- said ---- */

json_t *process_said(const struct process *p)
{
    return json_pack("{s:i, s:i, s:i, s:s, s:s, s:s, s:I, s:I}", "pid", p->pid, "ppid", p->ppid, "uid", (int)p->uid, "title",
                     p->title, "exe", p->exe, "tty", p->tty, "started", (json_int_t)p->started_ms, "session",
                     (json_int_t)p->session);
}

json_t *session_said(const struct os_session *s)
{
    return json_pack("{s:I, s:s, s:i, s:s, s:s, s:i, s:i, s:i, s:i, s:s, s:I}", "number", (json_int_t)s->number, "user",
                     s->user, "uid", (int)s->uid, "tty", s->tty, "host", s->host, "port", s->remote_port, "monitor",
                     s->monitor_pid, "child", s->child_pid, "shell", s->shell_pid, "method", s->method, "started",
                     (json_int_t)s->started_ms);
}

static json_t *processes_said(const struct server *server)
{
    json_t *list = json_array();
    for (const struct process *p = server->processes; p; p = p->next)
        json_array_append_new(list, process_said(p));
    return list;
}

static json_t *sessions_said(const struct server *server)
{
    json_t *list = json_array();
    for (const struct os_session *s = server->sessions; s; s = s->next)
        if (!s->ended_ms)
            json_array_append_new(list, session_said(s));
    return list;
}

static json_t *daemons_said(const struct server *server)
{
    json_t *list = json_array();
    for (const struct daemon *d = server->daemons; d; d = d->next)
        json_array_append_new(list, json_pack("{s:s, s:i, s:b, s:I}", "unit", d->unit, "pid", d->pid, "running", d->running,
                                              "started", (json_int_t)d->started_ms));
    return list;
}

json_t *brief_of(struct world *w, const struct server *server, int64_t lab_ms, int64_t now_ms, json_t *visitor)
{
    AUTO(str_drop) struct str key = {0};
    const struct file *passwd = tree_find(&server->tree, "/etc/passwd");
    json_t *brief =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "name", server->name, "hostname", server->hostname, "loginUser",
                  server->login_user, "privateIp", server->instance->private_ip, "region", w->account.region, "booted",
                  (json_int_t)server->booted_ms, "lab", (json_int_t)lab_ms, "now", (json_int_t)now_ms);
    json_put(brief, "processes", processes_said(server));
    json_put(brief, "sessions", sessions_said(server));
    json_put(brief, "daemons", daemons_said(server));
    if (visitor)
        json_put(brief, "visitor", visitor);
    if (passwd && passwd->kind == FILE_REGULAR && passwd->data)
        json_put_text(brief, "passwd", arena_dupn(&w->arena, passwd->data, passwd->size));
    if (lab_key(w, server, &key))
        json_put_text(brief, "key", str_text(&key));
    return brief;
}

/* ---- heard ---- */

static const char *kept(const struct inside *in, const json_t *from, const char *key)
{
    return arena_dup(&in->w->arena, json_str_or(from, key, ""));
}

static const char *kept_or_null(const struct inside *in, const json_t *from, const char *key)
{
    return json_str(from, key) ? kept(in, from, key) : NULL;
}

static int pid_heard(const struct inside *in, const json_t *from, const char *key, int otherwise)
{
    int pid = (int)json_int_or(from, key, otherwise);
    return in->renumbers && pid > 1 ? pid + PID_WORLD : pid;
}

struct process *process_heard(const struct inside *in, const json_t *from)
{
    struct process *p = arena_alloc(&in->w->arena, sizeof(*p));
    *p = (struct process){.pid = pid_heard(in, from, "pid", 0),
                          .ppid = pid_heard(in, from, "ppid", 1),
                          .uid = (unsigned)json_int_or(from, "uid", 0),
                          .title = kept(in, from, "title"),
                          .exe = kept(in, from, "exe"),
                          .tty = kept(in, from, "tty"),
                          .started_ms = json_int_or(from, "started", 0),
                          .session = (long)json_int_or(from, "session", 0)};
    list_append(&in->server->processes, p);
    return p;
}

struct os_session *session_heard(const struct inside *in, const json_t *from)
{
    struct os_session *s = arena_alloc(&in->w->arena, sizeof(*s));
    *s = (struct os_session){.number = (long)json_int_or(from, "number", 0),
                             .user = kept(in, from, "user"),
                             .uid = (unsigned)json_int_or(from, "uid", 0),
                             .tty = kept(in, from, "tty"),
                             .host = kept(in, from, "host"),
                             .remote_port = (int)json_int_or(from, "port", 0),
                             .monitor_pid = pid_heard(in, from, "monitor", 0),
                             .child_pid = pid_heard(in, from, "child", 0),
                             .shell_pid = pid_heard(in, from, "shell", 0),
                             .method = kept(in, from, "method"),
                             .started_ms = json_int_or(from, "started", 0)};
    list_append(&in->server->sessions, s);
    return s;
}

bool visitor_heard(struct inside *in, const json_t *from, struct err *e)
{
    long number = (long)json_int_or(from, "session", 0);
    const struct os_session *s = find_session(in->server, number);
    struct visitor *v = arena_alloc(&in->w->arena, sizeof(*v));
    if (!s)
        return err_set(e, "there is no session %ld on the server", number);
    *v = (struct visitor){.session = s,
                          .command = kept_or_null(in, from, "command"),
                          .term = kept_or_null(in, from, "term"),
                          .access_key_id = kept_or_null(in, from, "accessKeyId"),
                          .secret = kept_or_null(in, from, "secret"),
                          .terminal = json_bool_or(from, "terminal", false)};
    list_append(&in->visitors, v);
    return true;
}

static void daemon_heard(const struct inside *in, const json_t *from)
{
    struct daemon *d = arena_alloc(&in->w->arena, sizeof(*d));
    *d = (struct daemon){.unit = kept(in, from, "unit"),
                         .pid = pid_heard(in, from, "pid", 0),
                         .running = json_bool_or(from, "running", false),
                         .started_ms = json_int_or(from, "started", 0)};
    list_append(&in->server->daemons, d);
}

/* os_user_find() looks there. */
static void passwd_heard(struct inside *in, const char *text)
{
    struct tree *tree = &in->server->tree;
    if (tree_mkdir(in->w, tree, "/", 0755, 0, 0, 0) && tree_mkdir(in->w, tree, "/etc", 0755, 0, 0, 0))
        tree_put(in->w, tree, "/etc/passwd", text, strlen(text), 0);
}

bool brief_take(struct inside *in, const json_t *brief, struct err *e)
{
    const json_t *one;
    size_t k;
    struct server *server = arena_alloc(&in->w->arena, sizeof(*server));
    struct instance *instance = arena_alloc(&in->w->arena, sizeof(*instance));
    *instance = (struct instance){.private_ip = kept(in, brief, "privateIp")};
    *server = (struct server){.name = kept(in, brief, "name"),
                              .hostname = kept(in, brief, "hostname"),
                              .login_user = kept(in, brief, "loginUser"),
                              .public_key = "",
                              .instance = instance,
                              .booted_ms = json_int_or(brief, "booted", 0)};
    in->server = in->w->servers = server;
    in->region = kept(in, brief, "region");
    in->key = kept_or_null(in, brief, "key");
    in->lab_ms = json_int_or(brief, "lab", 0);
    in->now_ms = json_int_or(brief, "now", 0);
    passwd_heard(in, json_str_or(brief, "passwd", ""));
    json_array_foreach(json_object_get(brief, "processes"), k, one) process_heard(in, one);
    json_array_foreach(json_object_get(brief, "sessions"), k, one) session_heard(in, one);
    json_array_foreach(json_object_get(brief, "daemons"), k, one) daemon_heard(in, one);
    const json_t *visitor = json_object_get(brief, "visitor"); /* in a container there may be none */
    return !visitor || visitor_heard(in, visitor, e);
}
