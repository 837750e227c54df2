/* SPDX-License-Identifier: MIT */
/* Causality on servers: logs go forward, logins follow users, and no file is older than what made it. */
#include "grader/verify/proof.h"

#include <string.h>

typedef bool order_fn(const char *text, size_t n, struct disorder *);

static bool wtmp_text(const char *text, size_t n, struct disorder *d)
{
    return wtmp_in_order(text, n, d);
}

/* The line, with the one before it; of records the last, as the real reader tells them. */
static const char *show_lines(struct proof *p, const char *path, size_t line)
{
    return arena_printf(&p->arena, "sed -n %zu,%zup try/%s", line > 1 ? line - 1 : line, line, path);
}

static const char *show_records(struct proof *p, const char *path, size_t record)
{
    return arena_printf(&p->arena, "head -c %zu try/%s | utmpdump /dev/stdin | tail -n 2", record * UTMP_SIZE, path);
}

static const struct {
    const char *path;
    order_fn *in_order;
    const char *(*shows)(struct proof *, const char *path, size_t line);
} logs[] = {
    {"/var/log/audit/audit.log", audit_in_order,      show_lines  },
    {"/var/log/secure",          syslog_in_order,     show_lines  },
    {"/var/log/secure",          logins_follow_users, show_lines  },
    {"/var/log/messages",        syslog_in_order,     show_lines  },
    {"/var/log/cron",            syslog_in_order,     show_lines  },
    {"/var/log/wtmp",            wtmp_text,           show_records},
    {"/var/log/btmp",            wtmp_text,           show_records},
};

static const char *in_lab(struct proof *p, const struct server *server, const char *path)
{
    return p->untouched->lab.world.servers == server ? arena_printf(&p->arena, "host%s", path)
                                                     : arena_printf(&p->arena, "host-%s%s", server->name, path);
}

/* The step that writes to the log itself, or the server. */
static struct src_pos place_of_log(const struct proof *p, const struct server *server, const char *path)
{
    struct src_pos at = place_that_names(p->scenario, path);
    return at.line ? at : place_of_server(p->scenario, server->name);
}

static void prove_logs(struct proof *p, const struct server *server)
{
    for (size_t i = 0; i < COUNT(logs); i++) {
        const struct file *file = tree_find(&server->tree, logs[i].path);
        struct disorder d = {0};
        if (!file || !file->data)
            continue;
        const char *path = in_lab(p, server, logs[i].path);
        p->facts[PROVE_CAUSALITY]++;
        if (!logs[i].in_order(file->data, file->size, &d))
            fault_note(p,
                       &(struct fault){.property = PROVE_CAUSALITY,
                                       .at = place_of_log(p, server, logs[i].path),
                                       .file = path,
                                       .command = logs[i].shows(p, path, d.line)},
                       "%s:%zu %s", path, d.line, d.says);
    }
}

/* What was there before an effect: the same file, or, moved, another with the same content. */
static bool was_there(const struct mark *mark, const struct file *file)
{
    for (size_t i = 0; i < mark->n_before; i++) {
        const struct file *b = &mark->before[i];
        bool same_path = text_same(b->path, file->path);
        if (same_path && file->kind == FILE_DIR && b->kind == FILE_DIR)
            return true;
        if (b->size == file->size && b->kind == file->kind && b->data && file->data && !memcmp(b->data, file->data, b->size))
            return true;
        if (same_path && b->kind == file->kind && !b->data && !file->data)
            return true;
    }
    return false;
}

static void prove_file(struct proof *p, const struct server *server, const struct mark *first, const struct file *file)
{
    const char *path = in_lab(p, server, file->path);
    struct fault fault = {.property = PROVE_CAUSALITY,
                          .file = path,
                          .command = arena_printf(&p->arena, "grep -F %s try/.cafelab/host.mtree",
                                                  arena_shell_word(&p->arena, arena_printf(&p->arena, ".%s ", file->path)))};
    p->facts[PROVE_CAUSALITY]++;
    fault.at = place_that_names(p->scenario, file->path);
    if (!fault.at.line)
        fault.at = place_of_server(p->scenario, server->name);
    if (file->mtime_ms > p->untouched->lab.until_ms + 1000)
        fault_note(p, &fault, "%s was changed after the lab's end", path);
    fault.at = (struct src_pos){0};
    fault.warns = true; /* an intruder may set a file's time back, and say so in the timeline */
    if (first && file->mtime_ms / 1000 < first->entry->time_ms / 1000 && !was_there(first, file)) {
        fault.at = first->step->at;
        fault_note(p, &fault, "%s is new or other since \"%s\", yet its time lies before that", path, first->name);
    }
}

/* By the writers, once the story is over: they look at all of it. */
static bool is_written_later(const char *path)
{
    return text_starts(path, "/var/log") || text_starts(path, "/run") || text_starts(path, "/var/run") ||
           text_starts(path, "/var/lib/amazon/ssm") || text_ends(path, "/.bash_history");
}

void prove_server(struct proof *p)
{
    const struct play *story = &p->key->play;
    for (const struct server *s = p->untouched->lab.world.servers; s; s = s->next) {
        const struct mark *first = NULL;
        for (size_t i = 0; i < story->n_marks; i++)
            if (text_same(story->marks[i].server, s->name) && story->marks[i].entry && story->marks[i].n_before &&
                (!first || story->marks[i].entry->time_ms < first->entry->time_ms))
                first = &story->marks[i];
        prove_logs(p, s);
        const struct server *played = find_server(&story->world, s->name);
        for (const struct file *f = played ? played->tree.files : NULL; f; f = f->next)
            if (!is_written_later(f->path))
                prove_file(p, s, first, f);
    }
}
