/* SPDX-License-Identifier: MIT */
/*
 * The SSM agent's own log: its start, and the commands and sessions that it ran for somebody in the account.
 *
 * The agent names a command by its id and never by what it does; the script itself lies below
 * /var/lib/amazon/ssm/<instance>/document/orchestration/<command>. Facts: amazon-ssm-agent 3.x logs and its sources.
 */
#include "sim/evidence/writers.h"

#include "sim/evidence/host_traces.h"

#include <string.h>

#define AGENT_VERSION "3.3.2299.0"

static const char *stamp(struct traces *t, int64_t ms)
{
    return arena_time(&t->arena, ms, "%Y-%m-%d %H:%M:%S");
}

void traces_of_agent_start(struct traces *t, int64_t ms)
{
    static const char *const says[] = {
        "[ssm-agent-worker] OS: linux, Arch: amd64",
        "[ssm-agent-worker] [MessageService] [EngineProcessor] Starting",
        "[ssm-agent-worker] [MessageService] [EngineProcessor] Initial processing",
        "[ssm-agent-worker] [OfflineService] Starting document processing engine...",
        "[ssm-agent-worker] [LongRunningPluginsManager] starting long running plugin manager",
        "[ssm-agent-worker] [LongRunningPluginsManager] there aren't any long running plugin to execute",
        "[ssm-agent-worker] [MessageService] [Association] Initializing association scheduling service",
        "[ssm-agent-worker] [MessageService] [Association] Association scheduling service initialized",
        "[ssm-agent-worker] [MessageService] SSM Agent is trying to setup control channel for MGSInteractor",
        "[ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.",
    };

    trace_line(t, TO_SSM_AGENT, ms, "%s INFO [amazon-ssm-agent] amazon-ssm-agent - v" AGENT_VERSION, stamp(t, ms));
    trace_line(t, TO_SSM_AGENT, ms + 400,
               "%s INFO [ssm-agent-worker] Starting SSM Agent Worker: amazon-ssm-agent - v" AGENT_VERSION, stamp(t, ms + 400));
    for (size_t i = 0; i < COUNT(says); i++)
        trace_line(t, TO_SSM_AGENT, ms + 450, "%s INFO %s", stamp(t, ms + 450), says[i]);
}

static void document_says(struct traces *t, int64_t ms, const char *id, const char *says)
{
    trace_line(t, TO_SSM_AGENT, ms, "%s INFO [ssm-document-worker] [%s] %s", stamp(t, ms), id, says);
}

void traces_of_command_document(struct traces *t, const struct entry *entry)
{
    const char *id = json_str_or(entry->response, "commandId", "?");
    const json_t *programs = json_object_get(entry->response, "programs");
    const json_t *last = json_array_get(programs, json_array_size(programs) ? json_array_size(programs) - 1 : 0);
    int64_t ms = entry->time_ms, done = json_int_or(last, "until", ms + 90) + 60;

    trace_line(t, TO_SSM_AGENT, ms,
               "%s INFO [ssm-agent-worker] [MessageService] [EngineProcessor] [BasicExecuter] [%s] executing document %s",
               stamp(t, ms), id, json_str_or(entry->response, "documentName", "AWS-RunShellScript"));
    document_says(t, ms, id, arena_printf(&t->arena, "document: %s worker started", id));
    document_says(t, ms, id, "[DataBackend] received plugin config message");
    document_says(t, ms, id, "[DataBackend] {pluginName: aws:runShellScript, runAs: root}");
    document_says(t, ms, id, "Running plugin aws:runShellScript aws:runShellScript");
    if (json_int_or(entry->response, "exit", 0) != 0)
        trace_line(t, TO_SSM_ERRORS, done, "%s ERROR [ssm-document-worker] [%s] failed to run commands: exit status %lld",
                   stamp(t, done), id, (long long)json_int_or(entry->response, "exit", 0));
    document_says(t, done, id, "[DataBackend] sending document complete response...");
    trace_line(t, TO_SSM_AGENT, done,
               "%s INFO [ssm-agent-worker] [MessageService] [EngineProcessor] [%s] document execution complete, sending reply",
               stamp(t, done), id);
}

/* ---- Session Manager ---- */

static const char *session_id(struct traces *t, const struct entry *entry)
{
    const struct journal *journal = &t->task->w->journal;

    for (size_t i = 0; entry->cause && i < journal->n; i++)
        if (journal->list[i]->seq == entry->cause)
            return json_str_or(journal->list[i]->response, "sessionId", "?");
    return json_str_or(entry->response, "user", "ssm-user");
}

void traces_of_agent_login(struct traces *t, const struct entry *entry)
{
    const char *id = session_id(t, entry);
    int64_t ms = entry->time_ms;

    trace_line(t, TO_SSM_AGENT, ms, "%s INFO [ssm-session-worker] [%s] session worker started", stamp(t, ms), id);
    trace_line(t, TO_SSM_AGENT, ms,
               "%s INFO [ssm-session-worker] [%s] [DataBackend] [pluginName=Standard_Stream] Starting pty as %s", stamp(t, ms),
               id, json_str_or(entry->response, "user", "ssm-user"));
    if (json_object_get(entry->response, "created")) {
        trace_syslog(t, TO_SECURE, ms, "useradd", (int)json_int_or(json_object_get(entry->response, "pids"), "monitor", 0) + 1,
                     "new user: name=ssm-user, UID=%lld, GID=%lld, home=/home/ssm-user, shell=/bin/bash",
                     (long long)json_int_or(entry->response, "uid", 1001),
                     (long long)json_int_or(entry->response, "gid", 1001));
    }
}

/* ---- what the agent keeps of a command: the script that it ran ---- */

static bool make_dirs(struct world *w, struct tree *tree, const char *dir, int64_t ms)
{
    AUTO(arena_drop) struct arena arena = {0};

    if (tree_find(tree, dir))
        return true;
    const char *parent = arena_dupn(&arena, dir, (size_t)(strrchr(dir, '/') - dir));
    return parent[0] && make_dirs(w, tree, parent, ms) && tree_mkdir(w, tree, arena_dup(&w->arena, dir), 0700, 0, 0, ms);
}

static void keep_script(const struct evidence_task *task, struct server *server, const struct entry *entry)
{
    struct world *w = (struct world *)task->w; /* see host_put() */
    const char *id = json_str(entry->response, "commandId"), *script = json_str(entry->asked, "command");
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};

    if (!id || !script || strchr(id, '/') || !server->instance || !tree_find(&server->tree, "/var/lib/amazon/ssm"))
        return;
    const char *dir =
        arena_printf(&arena, "/var/lib/amazon/ssm/%s/document/orchestration/%s/awsrunShellScript/0.awsrunShellScript",
                     server->instance->id ? server->instance->id : "i-0", id);
    str_addf(&text, "%s\n", script);
    if (make_dirs(w, &server->tree, dir, entry->time_ms))
        host_put(task, server, arena_printf(&arena, "%s/_script.sh", dir), &text, 0700, 0, 0, entry->time_ms);
}

bool host_write_scripts(const struct evidence_task *task, struct err *e)
{
    const struct journal *journal = &task->w->journal;

    (void)e;
    for (size_t i = task->first; i < journal->n; i++) {
        struct server *server = journal->list[i]->on ? find_server(task->w, journal->list[i]->on) : NULL;
        if (server && !journal->list[i]->prelude)
            keep_script(task, server, journal->list[i]);
    }
    return true;
}
