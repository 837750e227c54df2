/* SPDX-License-Identifier: MIT */
/*
 * What opening a lab has to read does not depend on what the replay comes to, so a thread reads it while that goes on: first
 * the journal's lines, as JSON documents, then the servers' files and what else there is. Where no thread is to be had, all of
 * it is read when it is asked for; what comes of it is the same.
 */
#include "sim/lab/ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LINES 1024 /* that wait for the replay */

enum trees { UNREAD, BEING_READ, READ };

struct ahead {
    const char *at, *end; /* of the journal: not read yet */
    size_t left;          /* lines that are wanted */
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t turned;
    unsigned waiting; /* one of the two, or both: the one that was woken may not have come to it yet */
    bool given_up, over;
    json_t *lines[LINES];
    size_t made, taken;
    struct err err; /* of the line after the last */
    enum trees trees;

    void (*last)(void *);
    void *context;
    struct world aside; /* for its arena */
    struct disk_reading *readings;
    size_t n_readings;
};

/* ---- reading ---- */

/* A line without an end is none: a call was killed while it wrote it. NULL without an error: there is no more. */
static json_t *next_document(struct ahead *a, struct err *e)
{
    const char *line = a->at, *stop = a->left && line < a->end ? memchr(line, '\n', (size_t)(a->end - line)) : NULL;
    if (!stop)
        return NULL;
    a->at = stop + 1;
    a->left--;
    return entry_document(line, (size_t)(stop - line), e);
}

static void turn(struct ahead *a)
{
    if (a->waiting)
        pthread_cond_broadcast(&a->turned);
}

static void await(struct ahead *a)
{
    a->waiting++;
    pthread_cond_wait(&a->turned, &a->lock);
    a->waiting--;
}

/* False: it was the last one, or nobody wants more. */
static bool hand_over(struct ahead *a, json_t *document, const struct err *e)
{
    pthread_mutex_lock(&a->lock);
    while (document && a->made - a->taken == LINES && !a->given_up)
        await(a);
    bool wanted = document && !a->given_up;
    if (wanted)
        a->lines[a->made++ % LINES] = document;
    else
        a->err = *e;
    a->over = !wanted;
    turn(a);
    pthread_mutex_unlock(&a->lock);
    if (!wanted)
        json_decref(document);
    return wanted;
}

static bool begin_trees(struct ahead *a)
{
    pthread_mutex_lock(&a->lock);
    bool mine = a->trees == UNREAD && !a->given_up;
    if (mine)
        a->trees = BEING_READ;
    pthread_mutex_unlock(&a->lock);
    return mine;
}

static void *read_on(void *arg)
{
    struct ahead *a = arg;
    struct err e = {0};
    while (hand_over(a, next_document(a, &e), &e))
        ;
    if (begin_trees(a)) {
        for (size_t i = 0; i < a->n_readings; i++)
            disk_read(&a->aside, &a->readings[i]);
        pthread_mutex_lock(&a->lock);
        a->trees = READ;
        turn(a);
        pthread_mutex_unlock(&a->lock);
    }
    if (a->last)
        a->last(a->context);
    return NULL;
}

/* ---- asking ---- */

struct ahead *ahead_begin(const struct ahead_plan *plan)
{
    struct ahead *a = xcalloc(1, sizeof(*a));
    a->at = plan->journal;
    a->end = plan->journal + plan->n;
    a->left = plan->lines;
    a->aside.start_ms = plan->start_ms;
    a->readings = plan->readings;
    a->n_readings = plan->n_readings;
    a->last = plan->last;
    a->context = plan->context;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->turned, NULL);
    a->has_thread = (plan->n_readings || plan->n >= AHEAD_WORTH_BYTES) && !pthread_create(&a->thread, NULL, read_on, a);
    return a;
}

json_t *ahead_document(struct ahead *a, struct err *e)
{
    json_t *document = NULL;
    if (!a->has_thread)
        return next_document(a, e);
    pthread_mutex_lock(&a->lock);
    while (a->made == a->taken && !a->over)
        await(a);
    if (a->made > a->taken)
        document = a->lines[a->taken++ % LINES];
    else
        *e = a->err;
    if (a->made - a->taken <= LINES / 2)
        turn(a);
    pthread_mutex_unlock(&a->lock);
    return document;
}

void ahead_trees(struct ahead *a, struct arena *arena)
{
    pthread_mutex_lock(&a->lock);
    bool mine = a->trees == UNREAD; /* the thread waits for us to take lines, or there is none */
    if (mine)
        a->trees = BEING_READ;
    while (!mine && a->trees == BEING_READ)
        await(a);
    pthread_mutex_unlock(&a->lock);
    for (size_t i = 0; i < a->n_readings && mine; i++)
        disk_read(&a->aside, &a->readings[i]);
    arena_join(arena, &a->aside.arena);
}

/* True: there was one. */
static bool end_thread(struct ahead *a)
{
    bool had = a->has_thread;
    pthread_mutex_lock(&a->lock);
    a->given_up = true;
    turn(a);
    pthread_mutex_unlock(&a->lock);
    if (had)
        pthread_join(a->thread, NULL);
    a->has_thread = false;
    return had;
}

void ahead_finish(struct ahead *a)
{
    if (!end_thread(a) && a->last)
        a->last(a->context);
}

void ahead_end(struct ahead *a)
{
    if (!a)
        return;
    end_thread(a);
    while (a->taken < a->made)
        json_decref(a->lines[a->taken++ % LINES]);
    arena_drop(&a->aside.arena);
    pthread_cond_destroy(&a->turned);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
