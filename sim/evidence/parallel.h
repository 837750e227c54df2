/* SPDX-License-Identifier: MIT */
/* Private: many independent pieces of work on several threads. What comes out never depends on how many. */
#pragma once

#include "sim/base/base.h"

struct work {
    size_t n;
    void *context;                 /* of all; a piece changes only what belongs to it */
    void *(*begin)(void *context); /* a thread's own things; NULL = none */
    void (*end)(void *own);
    bool (*each)(void *context, void *own, size_t i, struct err *); /* piece i, 0 <= i < n */
};
/* 0 threads = one per core. False with the error of the first piece (by its number) that failed; the others may have run. */
bool parallel_run(const struct work *, unsigned threads, struct err *);
