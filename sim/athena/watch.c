/* SPDX-License-Identifier: MIT */
/*
 * Two ways to end a statement in time. Usually a thread waits beside it. A process that may start no thread has a timer of its
 * own CPU time (setitimer(2), ITIMER_PROF), whose signal says the same: a busy machine then costs nobody an answer.
 */
#include "sim/athena/watch.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define WATCH_MS 50
#define PATIENCE_MS 1000 /* with a statement that was interrupted */

/* ---- by a thread ---- */

static struct timespec instant(int64_t us)
{
    return (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
}

static void *watch(void *context)
{
    struct watch *w = context;
    int64_t now = clock_monotonic_us(), until = now + w->timeout_ms * 1000;
    pthread_mutex_lock(&w->lock);
    while (!w->ended) { /* interrupts again and again: one between two steps would be lost */
        w->timed_out = w->timed_out || now >= until;
        bool stop = w->timed_out || (w->cancelled && *w->cancelled);
        *w->interrupted = *w->interrupted || stop;
        if (stop)
            w->d->interrupt(w->connection);
        struct timespec next = instant(stop || w->cancelled ? now + WATCH_MS * 1000 : until);
        pthread_cond_timedwait(&w->wake, &w->lock, &next);
        now = clock_monotonic_us();
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void start_thread(struct watch *w)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    w->running = !pthread_create(&w->thread, NULL, watch, w);
}

static void end_thread(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->ended = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    if (w->running)
        pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
}

/* ---- by a timer ---- */

static struct watch *volatile timed;
static struct sigaction before;

static void on_timer(int signal)
{
    struct watch *w = timed;
    (void)signal;
    if (!w)
        return;
    w->timed_out = true;
    *w->interrupted = 1;
    if (w->exit_status && w->unheeded++ >= PATIENCE_MS / WATCH_MS)
        _exit(w->exit_status);
    w->d->interrupt(w->connection);
}

static void set_timer(int64_t ms)
{
    int64_t again = ms ? WATCH_MS : 0;
    const struct itimerval timer = {
        .it_value = {.tv_sec = ms / 1000,    .tv_usec = ms % 1000 * 1000   },
        .it_interval = {.tv_sec = again / 1000, .tv_usec = again % 1000 * 1000}
    };
    setitimer(ITIMER_PROF, &timer, NULL);
}

static void start_timer(struct watch *w)
{
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    timed = w;
    sigaction(SIGPROF, &action, &before);
    set_timer(w->timeout_ms);
}

static void end_timer(void)
{
    set_timer(0);
    sigaction(SIGPROF, &before, NULL);
    timed = NULL;
}

/* ---- either ---- */

void watch_start(struct watch *w)
{
    w->running = w->ended = false;
    w->timed_out = false;
    w->unheeded = 0;
    if (w->alone)
        start_timer(w);
    else
        start_thread(w);
}

void watch_end(struct watch *w)
{
    if (w->alone)
        end_timer();
    else
        end_thread(w);
}
