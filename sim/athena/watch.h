/* SPDX-License-Identifier: MIT */
/* A time limit on a statement, and its end from outside: DuckDB has neither. Private to sim/athena; depends on base. */
#pragma once

#include "sim/athena/duckdb.h"

#include <pthread.h>

struct watch {
    const struct duckdb *d;
    duckdb_handle connection;
    int64_t timeout_ms;
    const volatile int *cancelled; /* may be NULL */
    volatile int *interrupted;     /* set when the statement is ended */
    bool alone;                    /* without a thread: struct athena_options */
    int exit_status;               /* alone: what the process ends with when the statement does not; 0 = it does not end */
    volatile bool timed_out;
    volatile int unheeded; /* interrupts */
    /* its own */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, ended;
};
void watch_start(struct watch *);
void watch_end(struct watch *);
