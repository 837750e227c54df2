/* SPDX-License-Identifier: MIT */
/*
 * What is evidence for what: where a step of the story left its traces, and which steps a question's answer rests on. For
 * records the trail's state at that moment counts; for servers, what their programs write.
 */
#include "grader/story/story.h"
#include "sim/scenario/decode.h"

#include <string.h>

/* ---- steps ---- */

/* Files of a server's tree that a deed is to be found in. */
static const struct {
    const char *op;
    const char *files[5];
} server_traces[] = {
    {"host:LogIn",       {"/var/log/secure", "/var/log/audit/audit.log", "/var/log/wtmp", "/var/log/lastlog"}},
    {"host:LogOut",      {"/var/log/secure", "/var/log/audit/audit.log", "/var/log/wtmp"}                    },
    {"host:Put",         {"/var/log/secure", "/var/log/audit/audit.log"}                                     },
    {"ssm:SendCommand",  {"/var/log/amazon/ssm/amazon-ssm-agent.log", "/var/log/audit/audit.log"}            },
    {"ssm:StartSession", {"/var/log/amazon/ssm/amazon-ssm-agent.log", "/var/log/audit/audit.log"}            },
};
static const char *const other_deeds[] = {"/var/log/audit/audit.log", NULL};

static const char *const *files_of(const char *op)
{
    for (size_t i = 0; i < COUNT(server_traces); i++)
        if (text_same(server_traces[i].op, op))
            return server_traces[i].files;
    return text_starts(op, "host:") ? other_deeds : NULL;
}

static void add_trace(struct preview_traces *out, const char *file, const char *event_id)
{
    if (out->n < COUNT(out->list))
        out->list[out->n++] = (struct preview_trace){file, event_id};
}

static const char *in_lab(const struct preview *p, const char *server, const char *path)
{
    struct arena *arena = &((struct preview *)p)->play.world.arena;
    const struct server *first = p->play.world.servers;
    if (!server || (first && text_same(first->name, server)))
        return arena_printf(arena, "host%s", path);
    return arena_printf(arena, "host-%s%s", server, path);
}

void preview_traces_of(const struct preview *p, const struct preview_row *row, struct preview_traces *out)
{
    const struct op *op = catalog_find(&lab_catalog, row->op, NULL);
    const char *const *files = row->step->on ? files_of(row->op) : NULL;
    *out = (struct preview_traces){0};
    if (row->event_id && op && !(op->flags & (OP_HOST | OP_UNLOGGED))) {
        if (play_in_trail(&p->play, row->entry))
            add_trace(out, "s3", row->event_id);
        if (!(op->flags & OP_DATA))
            add_trace(out, "account/event-history.json", row->event_id);
    }
    for (; files && *files; files++)
        add_trace(out, in_lab(p, row->step->on, *files), NULL);
    const struct node *file = row->step->with ? node_get(row->step->with, "file") : NULL;
    if (text_same(row->op, "host:Put") && file && file->kind == NODE_TEXT)
        add_trace(out, in_lab(p, row->step->on, file->text), NULL);
}

/* ---- questions ---- */

static void add_names(const struct preview *p, const struct node *node, struct str *out)
{
    struct reference ref = {0};
    const char *rest = node && node->kind == NODE_TEXT ? node->text : NULL;
    while (rest && reference_next(&rest, &ref)) {
        AUTO(str_drop) struct str name = {0};
        enum name_kind kind = scenario_name(p->scenario, ref.name, NULL);
        str_addf(&name, "%s", ref.name);
        if (!ref.bad && kind != NAME_NONE && kind != NAME_BUILT_IN && !strstr(str_text(out), str_text(&name)))
            str_addf(out, "%s%s", out->len ? ", " : "", ref.name);
    }
    for (size_t i = 0; node && node->kind == NODE_LIST && i < node->n; i++)
        add_names(p, node->items[i], out);
}

const char *preview_rests_on(const struct preview *p, size_t question)
{
    const struct node *list = p->scenario->questions;
    AUTO(str_drop) struct str names = {0};
    if (list && list->kind == NODE_LIST && question < list->n)
        add_names(p, node_get(list->items[question], "answer"), &names);
    return arena_dup(&((struct preview *)p)->play.world.arena, str_text(&names));
}

const char *preview_found_by(const struct preview *p, const struct question *q)
{
    struct arena *arena = &((struct preview *)p)->play.world.arena;
    const char *const ways[WAYS] = {
        [WAY_SQL] = "SQL", [WAY_FILE] = q->solve.file, [WAY_VALIDATE] = "digests", [WAY_COMMAND] = "command line"};
    AUTO(str_drop) struct str out = {0};
    for (enum way way = 0; way < WAYS; way++)
        if (method_has(&q->solve, way))
            str_addf(&out, "%s%s", out.len ? ", " : "", ways[way]);
    return arena_dup(arena, str_text(&out));
}
