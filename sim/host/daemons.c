/* SPDX-License-Identifier: MIT */
/*
 * Services, as systemd runs them. A restart is a stop and a start: sshd with a configuration that it does not take is gone
 * after `systemctl restart sshd` (Amazon Linux 2's unit tests nothing before), and systemd tries again by itself every
 * 42 s (Restart=on-failure, RestartSec=42s). Logins live on: the unit has KillMode=process.
 */
#include "sim/host/machine.h"
#include "sim/host/sshd.h"

#include <signal.h>

static const struct unit units[] = {
    {"amazon-ssm-agent", "amazon-ssm-agent",          "/usr/bin/amazon-ssm-agent", "/usr/bin/amazon-ssm-agent",    900000, 0,  1,
     "/usr/bin/ssm-agent-worker",                                                                                                       NULL                  },
    {"auditd",           "Security Auditing Service", "/usr/sbin/auditd",          "/sbin/auditd",                 0,      0,  0, NULL, "/run/auditd.pid"     },
    {"chronyd",          "NTP client/server",         "/usr/sbin/chronyd",         "/usr/sbin/chronyd",            0,      0,  0, NULL, NULL                  },
    {"crond",            "Command Scheduler",         "/usr/sbin/crond",           "/usr/sbin/crond -n",           30000,  0,  0, NULL, "/run/crond.pid"      },
    {"httpd",            "The Apache HTTP Server",    "/usr/sbin/httpd",           "/usr/sbin/httpd -DFOREGROUND", 0,      48, 5,
     "/usr/sbin/httpd -DFOREGROUND",                                                                                                    "/run/httpd/httpd.pid"},
    {"rsyslog",          "System Logging Service",    "/usr/sbin/rsyslogd",        "/usr/sbin/rsyslogd -n",        100,    0,  0, NULL, "/run/syslogd.pid"    },
    {"sshd",             "OpenSSH server daemon",     "/usr/sbin/sshd",            "/usr/sbin/sshd -D",            42000,  0,  0, NULL, "/run/sshd.pid"       },
};

const struct unit *unit_find(const char *name)
{
    size_t n = strlen(name) - (text_ends(name, ".service") ? strlen(".service") : 0);

    for (size_t i = 0; i < COUNT(units); i++)
        if (strlen(units[i].name) == n && strncmp(units[i].name, name, n) == 0)
            return &units[i];
    return NULL;
}

const struct unit *unit_next(const struct unit *last)
{
    return !last ? &units[0] : last + 1 < units + COUNT(units) ? last + 1 : NULL;
}

struct file *pid_file(struct machine *m, const char *path)
{
    for (size_t i = 0; m->server && i < COUNT(units); i++) {
        const struct daemon *daemon = text_same(units[i].pid_file, path) ? find_daemon(m->server, units[i].name) : NULL;

        if (daemon && daemon->running) {
            struct file *file = arena_alloc(&m->w->arena, sizeof(*file)); /* a copy may keep the text: fs_write_lasting() */
            const char *text = arena_printf(&m->w->arena, "%d\n", daemon->pid);

            *file = (struct file){.path = units[i].pid_file, .mode = 0644, .mtime_ms = daemon->started_ms, .data = text};
            file->inode = 20000 + (uint64_t)daemon->pid;
            file->size = strlen(text);
            return file;
        }
    }
    return NULL;
}

static struct daemon *daemon_for(struct machine *m, const struct unit *unit)
{
    struct daemon *daemon = find_daemon(m->server, unit->name);

    if (!daemon) {
        daemon = arena_alloc(&m->w->arena, sizeof(*daemon));
        daemon->unit = unit->name;
        list_append(&m->server->daemons, daemon);
    }
    return daemon;
}

static json_t *service_fact(struct machine *m, const struct unit *unit, const char *does, bool good, struct program *p)
{
    json_t *fact;

    if (!p || !p->fact)
        return NULL;
    fact = json_object();
    json_put_text(fact, "unit", unit->name);
    json_put_text(fact, "does", does);
    json_put_text(fact, "result", good ? "success" : "failed");
    json_put_text(fact, "description", unit->description);
    json_put(fact, "at", json_integer(m->now_ms));
    json_array_append_new(fact_list(p, "services"), fact);
    return fact;
}

/* ---- configuration ---- */

static const char *config_text(struct machine *m)
{
    const struct file *file = tree_find(m->tree, "/etc/ssh/sshd_config");

    return file && file->kind == FILE_REGULAR
               ? arena_dupn(&m->w->arena, file->data ? file->data : "", file->data ? file->size : 0)
               : NULL;
}

/* What sshd would not start with; NULL = it takes it. */
static const char *complaint_about(struct machine *m, const struct unit *unit, const char *config)
{
    const char *why = NULL;

    if (strcmp(unit->name, "sshd") != 0)
        return NULL;
    if (!config)
        return "/etc/ssh/sshd_config: No such file or directory";
    return sshd_config_good(m->tree, config, &m->arena, &why) ? NULL : why;
}

/* ---- deeds ---- */

static void start_children(struct machine *m, const struct unit *unit, int parent)
{
    for (unsigned i = 0; i < unit->children; i++) {
        int pid = server_take_pid(m->server, m->now_ms);

        process_add(m, pid, parent, unit->uid_children, unit->child_title,
                    strcmp(unit->name, "amazon-ssm-agent") == 0 ? "/usr/bin/ssm-agent-worker" : unit->exe, "?", 0);
    }
}

static unsigned uid_of_unit(struct machine *m, const struct unit *unit)
{
    struct os_user user;

    return strcmp(unit->name, "chronyd") == 0 && os_user_find(m->w, m->server, "chrony", &user) ? user.uid : 0;
}

bool unit_start(struct machine *m, const struct unit *unit, struct program *p)
{
    struct daemon *daemon = daemon_for(m, unit);
    const char *config = strcmp(unit->name, "sshd") == 0 ? config_text(m) : NULL;
    const char *complaint = complaint_about(m, unit, config);
    int pid = server_take_pid(m->server, m->now_ms += 5);
    json_t *fact = service_fact(m, unit, "start", !complaint, p);

    if (fact)
        json_put(fact, "new_pid", json_integer(pid));
    if (complaint) {
        if (fact) {
            json_put_text(fact, "complaint", complaint);
            json_put(fact, "main_exit", json_integer(255));
        }
        daemon->running = false;
        daemon->restart_ms = unit->restarts_ms ? m->now_ms + unit->restarts_ms : 0;
        return false;
    }
    daemon->pid = pid;
    daemon->running = true;
    daemon->restart_ms = 0;
    daemon->started_ms = m->now_ms;
    daemon->config = config;
    process_add(m, pid, 1, uid_of_unit(m, unit), unit->title, unit->exe, "?", 0);
    start_children(m, unit, pid);
    return true;
}

/* The main process and its children of the same program; sshd's are logins, which stay. */
static void end_processes(struct machine *m, const struct unit *unit, int main_pid)
{
    bool alone = strcmp(unit->name, "sshd") == 0;

    for (struct process *at = m->server->processes, *next; at; at = next) {
        next = at->next;
        if (at->pid == main_pid || (!alone && at->ppid == main_pid))
            list_remove(&m->server->processes, at);
        else if (at->ppid == main_pid)
            at->ppid = 1;
    }
}

bool unit_stop(struct machine *m, const struct unit *unit, struct program *p)
{
    struct daemon *daemon = find_daemon(m->server, unit->name);
    json_t *fact;

    if (!daemon || !daemon->running) {
        if (daemon)
            daemon->restart_ms = 0;
        return true;
    }
    fact = service_fact(m, unit, "stop", true, p);
    if (fact)
        json_put(fact, "old_pid", json_integer(daemon->pid));
    end_processes(m, unit, daemon->pid);
    daemon->running = false;
    daemon->restart_ms = 0;
    m->now_ms += 10;
    return true;
}

/* HUP: sshd starts itself anew under its pid, and is gone when it does not like what it reads. */
bool unit_reload(struct machine *m, const struct unit *unit, struct program *p)
{
    struct daemon *daemon = find_daemon(m->server, unit->name);
    const char *config = strcmp(unit->name, "sshd") == 0 ? config_text(m) : NULL, *complaint;
    json_t *fact;

    if (!daemon || !daemon->running)
        return false;
    complaint = complaint_about(m, unit, config);
    fact = service_fact(m, unit, "reload", true, p);
    if (fact) {
        json_put(fact, "old_pid", json_integer(daemon->pid));
        json_put(fact, "new_pid", json_integer(daemon->pid));
        json_put_text(fact, "complaint", complaint);
    }
    if (complaint) {
        end_processes(m, unit, daemon->pid);
        daemon->running = false;
        daemon->restart_ms = unit->restarts_ms ? m->now_ms + unit->restarts_ms : 0;
        return true; /* systemd has sent its signal; that is all it promised */
    }
    daemon->started_ms = m->now_ms;
    daemon->config = config;
    return true;
}

/* TERM is a clean exit for systemd (SIGTERM, SIGINT, SIGHUP, SIGPIPE are); others are failures. */
void unit_died(struct machine *m, struct daemon *daemon, int number, struct program *p)
{
    const struct unit *unit = unit_find(daemon->unit);
    bool failed = number != SIGTERM && number != SIGINT && number != SIGPIPE;
    json_t *fact = unit ? service_fact(m, unit, "stop", !failed, p) : NULL;

    if (fact)
        json_put(fact, "old_pid", json_integer(daemon->pid));
    if (unit)
        end_processes(m, unit, daemon->pid);
    daemon->running = false;
    daemon->restart_ms = unit && failed && unit->restarts_ms ? m->now_ms + unit->restarts_ms : 0;
}

/* A failed start is tried again and again: only the newest try matters. */
void units_catch_up(struct machine *m)
{
    int64_t now = m->now_ms;

    for (struct daemon *daemon = m->server->daemons; daemon; daemon = daemon->next) {
        const struct unit *unit = unit_find(daemon->unit);

        if (!unit || daemon->running || !daemon->restart_ms || daemon->restart_ms > now)
            continue;
        m->now_ms = daemon->restart_ms + (now - daemon->restart_ms) / unit->restarts_ms * unit->restarts_ms;
        unit_start(m, unit, NULL);
    }
    m->now_ms = now;
}
