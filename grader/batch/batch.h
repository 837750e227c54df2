/* SPDX-License-Identifier: MIT */
/*
 * Grading what a class handed in: many uploads, several at a time, each judged where it can do no harm, results that survive
 * whatever happens. Depends on class, handin and everything below.
 *
 *     coordinator ── one upload ──▶ key holder ── forks ──▶ judge
 *      reads uploads,               one a core; has          one an upload: limits on memory and time, seccomp leaves it
 *      writes results/              the student's key        memory and one pipe; gives back a record
 *
 * A judge that is killed, hangs or does what it must not is the outcome "error" with the upload's name: the batch goes on.
 *
 *     ir101/results/ID.json    a student's attempts, newest last: {student, attempts: [{upload, sha256, outcome, report, ...}]}
 *     ir101/results/unclaimed/SHA256.json   of an upload that nobody in the class can be found for
 *     ir101/results/.lock      two runs at once do not mix; shards of one run do not meet, since each has its own students
 *
 * Each file comes into being as a whole (written aside, flushed, renamed), so that a killed run leaves only whole attempts and
 * the next run goes on behind them: an upload is known by its hash. Shards' results merge by copying the files together.
 */
#pragma once

#include "grader/class/class.h"
#include "grader/handin/handin.h"

struct batch_plan {
    const char *const *paths; /* what was handed in: files, folders, bulk zips, any mix */
    size_t n;
    unsigned workers;       /* key holders; 0 = one a core */
    unsigned shard, shards; /* 1..n of n; 0 of 0 = all */
    bool regrade;           /* into regrade/ instead of results/, which stay as they are */
    bool again;             /* judge what was judged before, too: after a correction of the scenario */
    const char *times;      /* CSV: student,submitted (ISO 8601): when each handed in; NULL = not known */
    void (*progress)(void *context, const char *what, unsigned done, unsigned all); /* may be NULL */
    void (*tell)(void *context, const char *line); /* what is wrong with an upload, as it is found; may be NULL */
    void *context;
};
struct batch_done {
    size_t uploads, graded, kept, ungradable, errors, unclaimed;
    size_t unclaimed_told;  /* of these, which a run before told of already */
    size_t kept_ungradable; /* of those that were known */
    size_t standing;        /* of those that are not gradable or failed: graded before, and that grade stands */
    size_t typed;           /* texts that LMSs hold beside files; no uploads */
    size_t misplaced;       /* whose names may mean another of the class than whose bundle they are */
    size_t elsewhere;       /* of another shard's */
    size_t nothing;         /* paths that held no upload */
    size_t several;         /* students of whom this run judged more than one: their order counts if the class's rules say so */
};
bool batch_grade(struct class *, const struct batch_plan *, struct batch_done *, struct err *);
