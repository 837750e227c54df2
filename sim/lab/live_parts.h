/* SPDX-License-Identifier: MIT */
/* Private: what the parts of a live lab share: its lock, its journal's file, the thread that runs queries. */
#pragma once

#include "sim/lab/live.h"
#include "sim/lab/live_story.h"
#include "sim/lab/queries.h"

#include <pthread.h>

#define FILES_EVERY_MS 2000 /* files and views follow at most so often */

struct querying { /* under the lock, but for what query_run() does with `run` */
    pthread_t thread;
    pthread_cond_t wake;
    bool started, ending, busy; /* busy: `run` is under way */
    struct query_run run;
};
struct live {
    pthread_mutex_t lock, disk;
    struct lab lab;
    struct play before; /* of a live lab: played again up to its beginning, for everyday life's records */
    struct story story;
    int held, journal;       /* descriptors: the lock file, journal.jsonl */
    size_t n_appended;       /* entries that are in it */
    uint64_t appended, safe; /* bytes written, bytes on the disk (under `disk`) */
    bool broken;             /* the journal could not be written: nothing more may happen */
    int64_t files_ms;        /* when the files were brought up to date */
    struct querying queries;
};

int64_t live_time(const struct live *); /* of a static lab: where its clock stands */
/* New entries to the journal's file. Under the lock. */
bool live_append(struct live *, struct err *);
/* Without the lock: returns when the first `upto` bytes are on the disk. */
bool live_make_safe(struct live *, uint64_t upto, struct err *);

/* Files, logs and views follow what happened, and what people did to files by hand is taken; not more often than they have to
 * unless `at_once`. Under the lock. */
bool live_bring_files(struct live *, int64_t now_ms, bool at_once, struct err *);

/* ---- live_queries.c: Athena's statements, by a thread of their own ---- */

void queries_start(struct live *);
void queries_notice(struct live *); /* under the lock: something changed; is there one to run, or to end? */
void queries_stop(struct live *);   /* one that is under way waits for the next start */
