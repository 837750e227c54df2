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
    pthread_mutex_t files; /* whoever brings files up to date: taken before `lock` */
    pthread_mutex_t lock, disk;
    struct lab lab;
    struct story story;
    int held, journal;        /* descriptors: the lock file, journal.jsonl */
    size_t n_appended;        /* entries that are in it */
    uint64_t appended, safe;  /* bytes written, bytes on the disk (under `disk`) */
    bool broken;              /* the journal could not be written: nothing more may happen */
    int64_t files_ms, due_ms; /* when the files were brought up to date, and when they have to be though nothing happens */
    size_t n_followed;        /* entries that they have followed */
    struct querying queries;
};

int64_t live_time(const struct live *); /* of a static lab: where its clock stands */
/* New entries to the journal's file. Under the lock. */
bool live_append(struct live *, struct err *);
/* Without the lock: returns when the first `upto` bytes are on the disk. */
bool live_make_safe(struct live *, uint64_t upto, struct err *);

/* Files, logs and views have followed all that happened when it returns, and what people did to files by hand is taken.
 * Without the lock, but with `files`. */
bool live_follow(struct live *, int64_t now_ms, struct err *);
/* Only the servers' files. Under the lock. */
bool live_follow_servers(struct live *, int64_t now_ms, struct err *);

/* ---- live_queries.c: Athena's statements, by a thread of their own ---- */

void queries_start(struct live *);
void queries_notice(struct live *); /* under the lock: something changed; is there one to run, or to end? */
void queries_stop(struct live *);   /* one that is under way waits for the next start */
