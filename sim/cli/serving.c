/* SPDX-License-Identifier: MIT */
/* Serving a lab from a command: signals, the clock's ticks. How others find the server is served.c's. */
#include "sim/cli/serving.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_REST_MS 500 /* between looks at the clock */

static bool meet_client(struct serving *s, struct err *e)
{
    struct live_student me;
    if (!live_student(s->live, &s->arena, &me))
        return err_set(e, "the student of '%s' has no access key any more", s->client.dir);
    s->client.port = serve_port(s->server);
    s->client.access_key_id = me.access_key_id;
    s->client.secret = me.secret;
    s->client.region = me.region;
    return client_write(&s->client, e) && live_announce(s->live, s->client.port, e);
}

/* If nobody says where, at the port of the last time, if that is free: who has it in his environment goes on. */
static void listen_at(struct serving *s, const struct serving_plan *plan, struct err *e)
{
    struct err taken = {0};
    struct server_options options = {.live = s->live, .site_port = plan->site_port, .site = "/var/www/html"};
    options.port = plan->port ? plan->port : client_last_port(plan->dir);
    s->server = serve_start(&options, plan->port ? e : &taken);
    options.port = 0;
    if (!s->server && !plan->port)
        s->server = serve_start(&options, e);
}

bool serving_begin(struct serving *s, const struct serving_plan *plan, struct err *e)
{
    sigset_t stop;
    *s = (struct serving){.client.dir = plan->dir};
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGCHLD);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before there are threads: all have it blocked, serving_wait() takes them */
    signal(SIGPIPE, SIG_IGN);
    s->live = live_open(plan->dir, &(struct live_options){.pace = plan->pace}, e);
    if (s->live)
        listen_at(s, plan, e);
    if (s->server && meet_client(s, e))
        return true;
    serving_end(s);
    return false;
}

void serving_end(struct serving *s)
{
    serve_stop(s->server);
    live_close(s->live);
    arena_drop(&s->arena);
    *s = (struct serving){0};
}

int serving_wait(struct serving *s, long child)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGCHLD);
    for (;;) {
        int status = 0;
        int64_t now_ms = clock_now_ms(), rest = live_tick(s->live, now_ms) - now_ms;
        if (child && waitpid((pid_t)child, &status, WNOHANG) == (pid_t)child)
            return status;
        rest = rest < 1 ? 1 : rest > MOST_REST_MS ? MOST_REST_MS : rest;
        struct timespec patience = {rest / 1000, rest % 1000 * 1000000};
        int got = sigtimedwait(&stop, NULL, &patience);
        if ((got == SIGINT || got == SIGTERM) && !child)
            return 0;
        if ((got == SIGINT || got == SIGTERM) && child)
            kill((pid_t)child, got);
    }
}
