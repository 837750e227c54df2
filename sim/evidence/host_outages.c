/* SPDX-License-Identifier: MIT */
/*
 * When a daemon was down, as far as the journal tells: stopped through systemd, or killed. What it would have written
 * then was never written; who stops auditd before he works is seen by the silence.
 */
#include "sim/evidence/host_traces.h"

static void goes_down(struct traces *t, const char *unit, int64_t ms)
{
    if (!daemon_down(t, unit, ms))
        *GROW(t->outages, t->n_outages, t->cap_outages) = (struct outage){arena_dup(&t->arena, unit), ms, INT64_MAX};
}

static void comes_up(struct traces *t, const char *unit, int64_t ms)
{
    for (size_t i = 0; i < t->n_outages; i++)
        if (t->outages[i].until_ms == INT64_MAX && text_same(t->outages[i].unit, unit))
            t->outages[i].until_ms = ms;
}

static void of_services(struct traces *t, const json_t *program)
{
    const json_t *service;
    size_t i;

    json_array_foreach(json_object_get(program, "services"), i, service)
    {
        const char *unit = json_str_or(service, "unit", "?"), *does = json_str_or(service, "does", "");
        int64_t at = json_int_or(service, "at", json_int_or(program, "at", 0) + 12);
        bool failed = text_same(json_str(service, "result"), "failed");
        if (text_same(does, "stop") && !failed)
            goes_down(t, unit, at + 8); /* its last words are still heard */
        else if (text_same(does, "start") && !failed)
            comes_up(t, unit, at);
    }
}

static void of_signals(struct traces *t, const json_t *program)
{
    static const struct {
        const char *comm, *unit;
    } daemons[] = {
        {"auditd",   "auditd" },
        {"rsyslogd", "rsyslog"},
        {"httpd",    "httpd"  },
        {"crond",    "crond"  },
    };
    const json_t *signal;
    size_t i;

    json_array_foreach(json_object_get(program, "signals"), i, signal)
    {
        long long number = (long long)json_int_or(signal, "signal", 15);
        if (json_str(signal, "errno") || (number != 9 && number != 15))
            continue;
        for (size_t d = 0; d < COUNT(daemons); d++) {
            const struct daemon *daemon = find_daemon(t->server, daemons[d].unit);
            /* A child of httpd dies alone: only a daemon that is down now was hit in the head. */
            if (text_same(json_str(signal, "comm"), daemons[d].comm) && daemon && !daemon->running)
                goes_down(t, daemons[d].unit, json_int_or(program, "at", 0));
        }
    }
}

void outages_read(struct traces *t)
{
    const struct journal *journal = &t->task->w->journal;
    const json_t *program;
    size_t p;

    for (size_t i = 0; i < journal->n; i++)
        if (text_same(journal->list[i]->on, t->server->name) && !journal->list[i]->prelude)
            json_array_foreach(json_object_get(journal->list[i]->response, "programs"), p, program)
            {
                of_services(t, program);
                of_signals(t, program);
            }
}

bool daemon_down(const struct traces *t, const char *unit, int64_t ms)
{
    for (size_t i = 0; i < t->n_outages; i++)
        if (t->outages[i].from_ms <= ms && ms < t->outages[i].until_ms && text_same(t->outages[i].unit, unit))
            return true;
    return false;
}
