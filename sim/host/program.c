/* SPDX-License-Identifier: MIT */
/* A program's beginning and end: its process id, its moment, and the object of the response's "programs" that says so. */
#include "sim/host/machine.h"

json_t *fact_list(struct program *p, const char *key)
{
    json_t *list = json_object_get(p->fact, key);

    if (!list) {
        list = json_array();
        json_put(p->fact, key, list);
    }
    return list;
}

static json_t *argv_json(const char *const *argv)
{
    json_t *list = json_array();

    for (; *argv; argv++)
        json_array_append_new(list, json_clean(*argv));
    return list;
}

/* What audit would write into each of its records. */
static void put_who(struct program *p)
{
    const struct os_session *s = p->m->session;

    json_put(p->fact, "uid", json_integer(p->cred.uid));
    json_put(p->fact, "gid", json_integer(p->cred.gid));
    if (s && strcmp(s->method, "ssm") != 0) { /* SSM sets no loginuid */
        json_put(p->fact, "auid", json_integer(s->uid));
        json_put(p->fact, "ses", json_integer(s->number));
    }
    if (s)
        json_put_text(p->fact, "tty", s->tty);
}

static void describe(struct program *p, const char *exe)
{
    struct machine *m = p->m;

    json_put(p->fact, "pid", json_integer(p->pid));
    json_put(p->fact, "ppid", json_integer(p->ppid));
    json_put(p->fact, "at", json_integer(m->now_ms));
    json_put(p->fact, "until", json_integer(m->now_ms));
    json_put(p->fact, "exit", json_integer(0));
    json_put(p->fact, "comm", json_clean(arena_dupn(&m->arena, path_base(exe), strnlen(path_base(exe), 15))));
    json_put_text(p->fact, "exe", exe);
    json_put(p->fact, "argv", argv_json(p->argv));
    json_put_text(p->fact, "cwd", p->cwd);
    put_who(p);
}

void program_begin(struct program *p, const char *exe, bool builtin)
{
    struct machine *m = p->m;

    m->now_ms += chance_between(&m->c->ids, 1, 6);
    if (!p->pid)
        p->pid = server_take_pid(m->server, m->now_ms);
    p->fact = json_object();
    if (!m->w->untold)
        describe(p, exe);
    if (builtin)
        json_put(p->fact, "builtin", json_true());
    json_array_append_new(m->programs, p->fact);
}

void program_end(struct program *p, int status)
{
    p->m->now_ms += chance_between(&p->m->c->ids, 1, 4);
    if (p->m->w->untold)
        return;
    json_put(p->fact, "until", json_integer(p->m->now_ms));
    json_put(p->fact, "exit", json_integer(status));
}

bool work_on(struct machine *m, size_t n)
{
    m->byte_work += n + 64;
    return m->byte_work <= BYTE_MAX_WORK;
}

int complain(struct program *p, int status, const char *fmt, ...)
{
    va_list args;

    str_addf(p->io.err, "%s: ", path_base(p->argv[0]));
    va_start(args, fmt);
    str_vaddf(p->io.err, fmt, args);
    va_end(args);
    str_addc(p->io.err, '\n');
    return status;
}

void say(struct program *p, const void *data, size_t n)
{
    if (p->io.out->len + n > STREAM_MAX_BYTES || p->m->said + n > SAID_MAX_BYTES)
        return;
    p->m->said += n;
    str_addn(p->io.out, data, n);
}

void sayf(struct program *p, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;

    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    say(p, str_text(&text), text.len);
}
