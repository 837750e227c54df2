/* SPDX-License-Identifier: MIT */
/*
 * The kernel's counters on a server: process ids and audit sessions. Both rise with time, because a server left alone
 * still starts processes and cron opens a session every hour. What cron and its like do is not in the journal but drawn
 * by the log writers, so the counters leave them room: the first ids of every slot are theirs.
 */
#include "sim/world/world.h"

#define SLOT_MS 120000 /* an idle Amazon Linux 2 starts a few processes in two minutes */
#define SLOT_IDS 8
#define QUIET_IDS 4    /* of each slot: for the log writers */
#define FIRST_PID 3300 /* below are the processes of the boot */
#define HOUR_MS 3600000

/* The kernel starts again at 300 (RESERVED_PIDS in kernel/pid.c) after pid_max. */
static int wrapped(int64_t id)
{
    return id < PID_MAX ? (int)id : (int)(300 + (id - PID_MAX) % (PID_MAX - 300));
}

static int64_t slot_of(const struct server *server, int64_t now_ms)
{
    return now_ms > server->booted_ms ? (now_ms - server->booted_ms) / SLOT_MS : 0;
}

int server_quiet_pid(const struct server *server, int64_t now_ms, unsigned nth)
{
    return wrapped(FIRST_PID + slot_of(server, now_ms) * SLOT_IDS + nth % QUIET_IDS);
}

int server_take_pid(struct server *server, int64_t now_ms)
{
    int64_t floor = FIRST_PID + slot_of(server, now_ms) * SLOT_IDS + QUIET_IDS;

    if (server->pids_given < floor)
        server->pids_given = floor;
    do {
        server->next_pid = wrapped(server->pids_given++);
    } while (find_process(server, server->next_pid));
    return server->next_pid;
}

long server_cron_runs(const struct server *server, int64_t until_ms)
{
    int64_t minute_past = 60000; /* 01 * * * * root run-parts /etc/cron.hourly */

    if (until_ms <= server->booted_ms)
        return 0;
    return (long)((until_ms - minute_past) / HOUR_MS - (server->booted_ms - minute_past) / HOUR_MS);
}

long server_take_session(struct server *server, int64_t now_ms)
{
    return ++server->sessions_given + server_cron_runs(server, now_ms);
}
