/* SPDX-License-Identifier: MIT */
/*
 * .bash_history: what was typed in interactive shells, each line after its time (HISTTIMEFORMAT is set in profile.d).
 *
 * bash writes it when the shell ends: on exit, or when the terminal hangs up. So an intruder who is still logged in has
 * left nothing there yet, and a shell that was killed with KILL never will; audit.log is then the witness. `history -a`
 * and -w write at once, `history -c` forgets, HISTFILE unset or /dev/null keeps nothing (bash(1), HISTORY).
 */
#include "sim/evidence/writers.h"

#include "sim/evidence/host_traces.h"

#include <stdlib.h>
#include <string.h>

struct typed { /* what one shell remembers and has not written yet */
    long session;
    const char *home;
    unsigned uid, gid;
    struct str lines;
    const char *last;
    bool keeps_nothing;
};
struct shells {
    const struct evidence_task *task;
    struct server *server;
    struct typed *list;
    size_t n, cap;
};

static void shells_drop(struct shells *s)
{
    for (size_t i = 0; i < s->n; i++)
        str_drop(&s->list[i].lines);
    free(s->list);
}

static struct typed *shell_of(struct shells *s, const json_t *facts)
{
    long session = (long)json_int_or(facts, "session", 0);

    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].session == session)
            return &s->list[i];
    *GROW(s->list, s->n, s->cap) = (struct typed){.session = session, .home = json_str_or(facts, "home", "/")};
    s->list[s->n - 1].uid = (unsigned)json_int_or(facts, "uid", 0);
    s->list[s->n - 1].gid = (unsigned)json_int_or(facts, "gid", 0);
    return &s->list[s->n - 1];
}

static void written(struct shells *s, struct typed *shell, int64_t ms, bool fresh)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.bash_history", shell->home);
    const struct file *old = tree_find(&s->server->tree, path);
    AUTO(str_drop) struct str all = {0};

    if (shell->lines.len && fresh && !shell->keeps_nothing && (!old || old->kind == FILE_REGULAR)) {
        if (old && old->data)
            str_addn(&all, old->data, old->size);
        str_addn(&all, shell->lines.s, shell->lines.len);
        host_put(s->task, s->server, path, &all, 0600, shell->uid, shell->gid, ms);
    }
    str_clear(&shell->lines);
}

static bool mentions(const char *line, const char *command)
{
    const char *at = strstr(line, command);

    return at && (at == line || at[-1] == ' ' || at[-1] == ';' || at[-1] == '&');
}

static void typed_line(struct shells *s, const struct entry *entry, bool fresh)
{
    const char *line = json_str(entry->response, "typed");
    struct typed *shell;

    if (!line)
        return;
    shell = shell_of(s, entry->response);
    if (!text_same(line, shell->last)) /* HISTCONTROL=ignoredups */
        str_addf(&shell->lines, "#%lld\n%s\n", (long long)(entry->time_ms / 1000), line);
    shell->last = line;
    if (mentions(line, "unset HISTFILE") || mentions(line, "HISTFILE=/dev/null") || mentions(line, "HISTFILE= "))
        shell->keeps_nothing = true;
    if (mentions(line, "history -c"))
        str_clear(&shell->lines);
    if (mentions(line, "history -a") || mentions(line, "history -w"))
        written(s, shell, entry->time_ms, fresh);
}

/* Was this shell killed in a way that no program can answer? */
static bool killed_outright(const json_t *program, int64_t pid)
{
    const json_t *signal;
    size_t i;

    json_array_foreach(json_object_get(program, "signals"), i,
                       signal) if (json_int_or(signal, "pid", 0) == pid && json_int_or(signal, "signal", 15) == 9) return true;
    return false;
}

static void ended(struct shells *s, const json_t *session, const json_t *program, int64_t ms, bool fresh)
{
    struct typed *shell = shell_of(s, session);
    int64_t pid = json_int_or(json_object_get(session, "pids"), "shell", -1);

    if (text_same(json_str(session, "how"), "monitor-killed"))
        return; /* the shell lives on */
    if (killed_outright(program, pid))
        str_clear(&shell->lines);
    written(s, shell, ms, fresh);
}

static void walk(struct shells *s, const struct entry *entry, bool fresh)
{
    const json_t *program, *session;
    size_t p, i;

    typed_line(s, entry, fresh);
    if (text_same(entry->op, "host:LogOut") && !entry->error_code)
        ended(s, entry->response, NULL, entry->time_ms, fresh);
    json_array_foreach(json_object_get(entry->response, "programs"), p, program)
        json_array_foreach(json_object_get(program, "ended"), i, session)
            ended(s, session, program, json_int_or(program, "until", entry->time_ms), fresh);
}

bool host_write_history(const struct evidence_task *task, struct err *e)
{
    const struct journal *journal = &task->w->journal;

    (void)e;
    for (struct server *server = task->w->servers; server; server = server->next) {
        AUTO(shells_drop) struct shells s = {.task = task, .server = server};
        for (size_t i = 0; i < journal->n; i++)
            if (!journal->list[i]->prelude && text_same(journal->list[i]->on, server->name))
                walk(&s, journal->list[i], i >= task->first);
    }
    return true;
}
