/* SPDX-License-Identifier: MIT */
/*
 * Checks of what runs on a server: sessions, processes, services.
 */
#include "grader/checks.h"

/* ---- session ---- */

enum { IS_ABSENT, IS_PRESENT };
static const char *const presences[] = {"absent", "present", NULL};
struct session_params {
    const char *server, *user;
    int is;
};

#define SESSION(member) offsetof(struct session_params, member)
static const struct field session_list[] = {
    {"server", decode_server,    SESSION(server), true, "the server",                                              NULL     },
    {"user",   decode_mentioned, SESSION(user),   true, "whose",                                                   NULL     },
    {"is",     decode_choice,    SESSION(is),     true, "absent: no session and no process of this user; present", presences},
};
static const struct fields session_fields = FIELDS("session", session_list, struct session_params);

static const struct entry *login_of(const struct world *w, const struct os_session *session)
{
    for (size_t i = w->journal.n; i-- > 0;) {
        const struct entry *entry = w->journal.list[i];
        if (text_same(entry->op, "host:LogIn") && !entry->error_code && entry->response &&
            json_int_or(entry->response, "session", -1) == session->number)
            return entry;
    }
    return NULL;
}

static void run_session(struct scene *scene, const void *params, struct result *r)
{
    const struct session_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    unsigned uid = 0, alive = 0;
    if (!server)
        return;
    bool known = scene_uid(scene, p->server, p->user, &uid);
    for (const struct os_session *s = server->sessions; s; s = s->next)
        if (!s->ended_ms && (text_same(s->user, p->user) || (known && s->uid == uid))) {
            alive++;
            found(r, "%s is logged in on %s from %s", p->user, s->tty, s->host && *s->host ? s->host : "the console");
            cite_entry(scene, r, login_of(scene->now, s));
        }
    for (const struct process *proc = server->processes; proc; proc = proc->next)
        if (known && proc->uid == uid) {
            alive++;
            found(r, "pid %d of %s still runs: %s", proc->pid, p->user, proc->title);
        }
    expected(r, p->is == IS_ABSENT ? "no session and no process of %s" : "%s is still logged in", p->user);
    if (!alive)
        found(r, "no session and no process of %s", p->user);
    r->good = (alive > 0) == (p->is == IS_PRESENT);
}

const struct check_kind check_session = {"session", "a user's sessions and processes are over", &session_fields, NULL,
                                         run_session};

/* ---- process ---- */

struct process_params {
    const char *server, *user, *title, *exe;
    int is;
};

#define PROCESS(member) offsetof(struct process_params, member)
static const struct field process_list[] = {
    {"server", decode_server,    PROCESS(server), true,  "the server",                      NULL     },
    {"user",   decode_mentioned, PROCESS(user),   false, "of this OS account",              NULL     },
    {"title",  decode_filled,    PROCESS(title),  false, "as ps shows it, * and ? allowed", NULL     },
    {"exe",    decode_filled,    PROCESS(exe),    false, "program, * and ? allowed",        NULL     },
    {"is",     decode_choice,    PROCESS(is),     true,  "absent or present",               presences},
};
static const struct fields process_fields = FIELDS("process", process_list, struct process_params);

static void lint_process(struct decoder *d, const struct node *node, const void *params)
{
    const struct process_params *p = params;
    if (!p->user && !p->title && !p->exe)
        node_error(d->diags, node, "empty", "process: which one? expected user, title or exe");
}

static void run_process(struct scene *scene, const void *params, struct result *r)
{
    const struct process_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    unsigned uid = 0, n = 0;
    if (!server)
        return;
    bool known = p->user && scene_uid(scene, p->server, p->user, &uid);
    for (const struct process *proc = server->processes; proc; proc = proc->next)
        if ((!p->user || (known && proc->uid == uid)) && (!p->title || text_glob(p->title, proc->title)) &&
            (!p->exe || text_glob(p->exe, proc->exe ? proc->exe : ""))) {
            n++;
            found(r, "pid %d runs: %s", proc->pid, proc->title);
        }
    const char *what = p->title ? p->title : p->exe ? p->exe : p->user;
    expected(r, p->is == IS_ABSENT ? "no process %s" : "a process %s", what);
    if (!n)
        found(r, "no process %s", what);
    r->good = (n > 0) == (p->is == IS_PRESENT);
}

const struct check_kind check_process = {"process", "a process runs or does not", &process_fields, lint_process, run_process};

/* ---- service ---- */

enum { SERVICE_ANY, SERVICE_RUNNING, SERVICE_STOPPED };
static const char *const service_states[] = {"any", "running", "stopped", NULL};
struct service_params {
    const char *server, *name, *restarted_since;
    int is;
};

#define SERVICE(member) offsetof(struct service_params, member)
static const struct field service_list[] = {
    {"server",          decode_server, SERVICE(server),          true,  "the server",                     NULL          },
    {"name",            decode_filled, SERVICE(name),            true,  "the unit: sshd, httpd, crond",   NULL          },
    {"is",              decode_choice, SERVICE(is),              false, "running or stopped",             service_states},
    {"restarted_since", decode_mark,   SERVICE(restarted_since), false, "it was started after this mark", NULL          },
};
static const struct fields service_fields = FIELDS("service", service_list, struct service_params);

static void lint_service(struct decoder *d, const struct node *node, const void *params)
{
    const struct service_params *p = params;
    if (p->is == SERVICE_ANY && !p->restarted_since)
        node_error(d->diags, node, "empty", "service: asserts nothing: expected \"is\" or \"restarted_since\"");
}

static void run_service(struct scene *scene, const void *params, struct result *r)
{
    const struct service_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    if (!server)
        return;
    const struct daemon *daemon = find_daemon(server, p->name);
    bool running = daemon && daemon->running && server->instance && text_same(server->instance->state, "running");
    r->good = true;
    found(r, !daemon ? "there is no service %s" : running ? "%s is running" : "%s does not run", p->name);
    if (p->is != SERVICE_ANY) {
        expected(r, "%s is %s", p->name, service_states[p->is]);
        r->good = running == (p->is == SERVICE_RUNNING);
    }
    if (p->restarted_since) {
        const struct mark *mark = scene->play ? play_mark(scene->play, p->restarted_since) : NULL;
        expected(r, "%s was started again after %s", p->name, p->restarted_since);
        r->broken = !mark || !mark->entry;
        AUTO(str_drop) struct str when = {0};
        if (daemon)
            str_add_time(&when, daemon->started_ms, TIME_ISO);
        if (r->broken)
            found(r, "nothing is known of the mark %s", p->restarted_since);
        else if (daemon)
            found(r, "it was started at %s", str_text(&when));
        r->good &= running && mark && mark->entry && daemon->started_ms > mark->entry->time_ms;
    }
}

const struct check_kind check_service = {"service", "a service runs, or was restarted", &service_fields, lint_service,
                                         run_service};
