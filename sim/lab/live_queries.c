/* SPDX-License-Identifier: MIT */
/* Athena's statements in a live lab: one after the other, by a thread that holds the lock only to take one and to tell. */
#include "sim/lab/live_parts.h"

static const struct query_execution *under_way(const struct live *live)
{
    return find_query(&live->lab.world, live->queries.run.id);
}

/* Under the lock, which is not held while the statement runs. */
static void run_next(struct live *live)
{
    struct querying *q = &live->queries;
    struct err e = {0};
    q->busy = true;
    pthread_mutex_unlock(&live->lock);
    query_run(&q->run);
    pthread_mutex_lock(&live->lock);
    q->busy = false;
    const struct query_execution *query = under_way(live);
    if (!q->ending && !live->broken && query && query->state == QUERY_RUNNING) {
        query_tell(&live->lab, &q->run);
        live_append(live, &e);
        uint64_t upto = live->appended;
        pthread_mutex_unlock(&live->lock);
        if (e.set || !live_make_safe(live, upto, &e))
            fprintf(stderr, "cafelab: %s\n", e.msg);
        pthread_mutex_lock(&live->lock);
    }
    query_run_drop(&q->run);
}

static void *run_queries(void *context)
{
    struct live *live = context;
    pthread_mutex_lock(&live->lock);
    while (!live->queries.ending)
        if (query_take(&live->lab, &live->queries.run))
            run_next(live);
        else
            pthread_cond_wait(&live->queries.wake, &live->lock);
    pthread_mutex_unlock(&live->lock);
    return NULL;
}

void queries_notice(struct live *live)
{
    struct querying *q = &live->queries;
    const struct query_execution *query = q->busy ? under_way(live) : NULL;
    if (query && query->state == QUERY_CANCELLED)
        q->run.cancelled = 1;
    if (!q->busy && query_waiting(&live->lab.world)) {
        if (!q->started)
            q->started = !pthread_create(&q->thread, NULL, run_queries, live);
        pthread_cond_signal(&q->wake);
    }
}

void queries_start(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    queries_notice(live);
    pthread_mutex_unlock(&live->lock);
}

void queries_stop(struct live *live)
{
    struct querying *q = &live->queries;
    if (!q->started)
        return;
    pthread_mutex_lock(&live->lock);
    q->ending = true;
    q->run.cancelled = 1;
    pthread_cond_signal(&q->wake);
    pthread_mutex_unlock(&live->lock);
    pthread_join(q->thread, NULL);
}
