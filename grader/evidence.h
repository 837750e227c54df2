/* SPDX-License-Identifier: MIT */
/*
 * Private: the logs that queries and rules of answers are run over. They are those that scenario and seed come to, written here
 * and read here: nothing that lies in a student's directory is in them. Once open, nothing but memory is needed.
 */
#pragma once

#include "grader/rubric.h"
#include "sim/athena/athena.h"
#include "sim/sigma/sigma.h"

enum { EVIDENCE_SQL = 1, EVIDENCE_RULES = 2 };
struct evidence { /* zeroed = none */
    const struct play *play;
    struct athena *athena; /* NULL: `no_sql` says why */
    struct err no_sql;
    struct sigma_log *log;
    struct reference *references; /* results of the author's queries, by question */
    size_t n_references, cap_references;
    int64_t cpu_us; /* that answers of one submission have used up */
};
struct reference {
    const char *question;
    bool good;
    struct athena_result result;
    struct err e;
};
/* Reads the logs of the lab at `dir`; `what` is EVIDENCE_... joined. A missing SQL engine is no failure. */
bool evidence_open(struct evidence *, const struct play *, const char *dir, unsigned what, struct err *);
/* The same of a lab that is built aside for it and removed. */
bool evidence_make(struct evidence *, const struct play *, const struct play_options *, unsigned what, struct err *);
void evidence_drop(struct evidence *);

/* Another's statement: limits are on time (for one, and for all of a submission) and on rows. */
bool evidence_query(struct evidence *, const char *sql, struct athena_result *, struct err *);
/* The author's statement of this question; run once. */
const struct reference *evidence_reference(struct evidence *, const struct question *);
bool evidence_rule(struct evidence *, const struct sigma_rule *, bool *hits, struct err *);
/* eventIDs of what the marks came to: every record of a step that is done several times. In the arena. */
struct texts evidence_events(struct arena *, const struct evidence *, const struct texts *marks);

/* ---- the held-back variant: the same story with other names, addresses and times, which nobody is handed out ---- */

struct held_back {
    char of[65]; /* what it is of: scenario, seed, events */
    struct play play;
    struct evidence evidence;
    struct err e; /* set: it could not be made */
};
/* Never NULL; e says whether it could be made. */
struct held_back *held_back_make(const struct scenario *, const struct play_options *, unsigned what);
/* Is this one of the same scenario, seed and events? */
bool held_back_fits(const struct held_back *, const struct scenario *, const struct play_options *);

/* ---- both, for one key ---- */

struct running { /* made when it is first needed */
    struct play_options options;
    const char *dir; /* of the lab as it was built, or of a live one; NULL = it is built aside */
    bool prepared;
    bool by_hand; /* the logs are not there: what is to be run over them waits for a person, `e` says why */
    struct err e;
    struct evidence own;
    struct held_back *held_back, *owned;
};
/* Makes what the rubric's questions need, once; what went wrong is in `e` or in the parts. *shared serves as the held-back
 * variant if it fits; if it is NULL it becomes it, the caller's. Else it is this one's own. */
void running_prepare(struct running *, const struct play *, const struct rubric *, struct held_back **shared);
void running_begin(struct running *); /* another submission: all its time is before it */
void running_drop(struct running *);
