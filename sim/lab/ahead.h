/* SPDX-License-Identifier: MIT */
/* Private to sim/lab: what opening a lab reads, read beside the replay. */
#pragma once

#include "sim/lab/parts.h"

#define AHEAD_WORTH_BYTES (64u << 10) /* of a journal: less is read before a thread has begun */

struct ahead_plan { /* all borrowed until ahead_end() */
    const char *journal;
    size_t n, lines; /* bytes; lines that will be asked for, at most */
    int64_t start_ms;
    struct disk_reading *readings; /* to be filled; "root" and "manifest" are set */
    size_t n_readings;
    void (*last)(void *context); /* called once, by any thread: what nobody needs before ahead_finish(); NULL = nothing */
    void *context;
};
struct ahead *ahead_begin(const struct ahead_plan *);
/* The next line's document (new reference). NULL without an error: there is no more. One thread asks. */
json_t *ahead_document(struct ahead *, struct err *);
/* The readings are there then, and what they hold is in `arena`. Once. */
void ahead_trees(struct ahead *, struct arena *);
/* No more is asked for, and last() has been called. Once. */
void ahead_finish(struct ahead *);
void ahead_end(struct ahead *); /* NULL is fine; at any time */
