/* SPDX-License-Identifier: MIT */
/*
 * Private: Athena's statements, run apart from the world. Who holds the lab takes one, runs it, without any lock if there is
 * one, and tells the world.
 */
#pragma once

#include "sim/lab/lab.h"

struct query_run { /* texts in the arena */
    struct arena arena;
    const char *dir, *id, *sql, *output;
    const char *const *buckets; /* of the account; ends with NULL */
    int64_t now_ms;             /* what now() says */
    volatile int cancelled;     /* set by anybody: it ends soon */
    /* what came of it */
    const char *reason;        /* why it failed; NULL = it did not */
    json_t *result, *metadata; /* {"size", "etag"} of its files, which are in place */
    int64_t milliseconds, scanned;
};
struct query_execution *query_waiting(const struct world *); /* the oldest that waits; NULL: none */
bool query_take(struct lab *, struct query_run *);           /* that one, which runs then; false: none */
void query_run(struct query_run *);                          /* any thread; touches no world */
void query_tell(struct lab *, const struct query_run *);
void query_run_drop(struct query_run *);
void lab_queries_run(struct lab *); /* all that wait, one after the other */
