/* SPDX-License-Identifier: MIT */
/*
 * Private, but for `class report`: results on disk. One file a student, written as a whole; only the coordinator writes.
 * Depends on class.
 */
#pragma once

#include "grader/class/class.h"

#define RESULT_MAX_BYTES (64u << 20)

#define RESULTS "results"
#define REGRADE "regrade" /* what a regrade comes to, until it is applied; begins with what is in results/ */

#define RESULTS_KEPT 16
struct kept_result { /* what the coordinator need not read again: the file's text, and which uploads are in it */
    char *student;   /* NULL = nothing is kept here */
    struct str text;
    struct kept_attempt {
        char key[65]; /* results_key() */
        bool current; /* see results_is_current() */
        bool graded;
    } * attempts;
    size_t n, cap;
    bool attempts_last; /* nobody put a key behind them: another can be added to the text */
};
struct results { /* zeroed = closed */
    struct class *class;
    const char *folder;   /* RESULTS or REGRADE */
    int held, shard_held; /* locks */
    struct kept_result kept[RESULTS_KEPT];
    size_t next; /* which is forgotten when another is needed */
};
/* Makes the folder and takes the lock: for all of it, or with shards for that shard beside other shards. False when another run
 * has it: the message names its pid. */
bool results_open(struct results *, struct class *, const char *folder, unsigned shard, unsigned shards, struct err *);
void results_close(struct results *);
bool results_empty(struct results *, struct err *); /* of a regrade: what another one left, with another key or killed, goes */
/* The student's results, or an empty {student, attempts: []}; NULL when there is a file and it is none of ours. */
json_t *results_read(struct class *, const char *folder, const char *student, struct err *);
/* Is there an attempt of this upload that need not be judged again? */
bool results_has_current(struct results *, const char *student, const char *sha256);
bool results_was_graded(struct results *, const char *student, const char *sha256); /* and did it come to a grade? */
/* Adds the attempt, in the place of an older one of the same upload; when that was handed in stays known. */
bool results_add(struct results *, const char *student, json_t *attempt, struct err *); /* attempt: borrowed */
/* When an upload that is there was handed in; nothing is written where that is known already. */
bool results_set_time(struct results *, const char *student, const char *sha256, const char *submitted, struct err *);
/* Of nobody in the class: stands apart until somebody's attempt is the same upload. */
bool results_add_unclaimed(struct results *, const json_t *attempt, struct err *);
bool results_has_unclaimed(const struct results *, const json_t *attempt); /* with this name, outcome and reason */
/* By which an upload is known again: its hash, or that of its name where it could not be read at all. */
void results_key(const json_t *attempt, char out[65]);
/* Puts what the regrade came to in the place of results, student by student, and removes its folder. */
bool results_apply(struct results *, size_t *ret_n, struct err *);
/* Was this attempt judged by this program with this text of the scenario, and is its outcome one that stays? */
bool results_is_current(const json_t *attempt, const char *content_hash);
/* Where in the upload it is wrong: "journal.jsonl:17"; "" = the upload itself. A place may begin with the upload's name. */
const char *attempt_place(const json_t *attempt);
