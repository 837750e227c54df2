/* SPDX-License-Identifier: MIT */
/* A counter hands out the pieces. The calling thread works too, so that one thread needs no other. */
#include "sim/base/base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define MOST_THREADS 64

struct gang {
    const struct work *work;
    atomic_size_t next;
    pthread_mutex_t lock;
    size_t failed; /* number of the piece that `err` is about */
    struct err err;
};

static void fail(struct gang *g, size_t i, const struct err *e)
{
    pthread_mutex_lock(&g->lock);
    if (!g->err.set || i < g->failed) {
        g->failed = i;
        g->err = *e;
    }
    pthread_mutex_unlock(&g->lock);
    atomic_store(&g->next, g->work->n);
}

static void *toil(void *arg)
{
    struct gang *g = arg;
    const struct work *work = g->work;
    void *own = work->begin ? work->begin(work->context) : NULL;
    for (size_t i; (i = atomic_fetch_add(&g->next, 1)) < work->n;) {
        struct err e = {0};
        if (!work->each(work->context, own, i, &e))
            fail(g, i, &e);
    }
    if (work->end)
        work->end(own);
    return NULL;
}

static unsigned how_many(unsigned threads, size_t n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t want = threads ? threads : cores > 0 ? (size_t)cores : 1;
    want = want < MOST_THREADS ? want : MOST_THREADS;
    return (unsigned)(want < n ? want : n);
}

bool parallel_run(const struct work *work, unsigned threads, struct err *e)
{
    struct gang g = {.work = work, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t helpers[MOST_THREADS];
    unsigned wanted = how_many(threads, work->n), n = 0;
    while (n + 1 < wanted && pthread_create(&helpers[n], NULL, toil, &g) == 0)
        n++;
    if (work->n)
        toil(&g);
    while (n)
        pthread_join(helpers[--n], NULL);
    pthread_mutex_destroy(&g.lock);
    if (g.err.set)
        *e = g.err;
    return !g.err.set;
}
