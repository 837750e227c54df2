/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: the logs that queries and rules of answers are run over. Once open, nothing but
 * memory is needed.
 *
 * Of a static lab they are those that scenario and seed come to, written here and read here: nothing that lies in a student's
 * directory is in them. Of a live lab nobody can write them again: what the student did later is in them, and when each file
 * came depends on when that was. They are taken from what was handed in, folder or archive, and only as a whole that bears
 * witness for itself (trail_files.h): the signed digests name every file of past hours, and each record of the replayed journal
 * must be there as it must read. Where that fails, or there is no engine, a person decides, and is told why. What that does not
 * prove: that nobody added a record which never was, and signed an hour of his own (whoever has the program has that key). It
 * would win little: the author's query runs over the same logs, a rule over the held-back variant, too, and a live lab's seed
 * tells its student every answer anyway.
 *
 * A judge that may open nothing does all of this, since it only computes: the logs are members of the upload, which are in
 * memory; the import is made there (athena_options.logs); and the engine, whose library has to be loaded, was started by who
 * forked the judge (key_prepare), as was the held-back variant. It is done when the first such answer is judged, so uploads
 * without one pay nothing.
 */
#pragma once

#include "grader/checks.h"
#include "sim/athena/athena.h"
#include "sim/sigma/sigma.h"

enum { EVIDENCE_SQL = 1, EVIDENCE_RULES = 2 };
struct evidence { /* zeroed = none */
    const struct play *play;
    struct athena *athena; /* NULL: `no_sql` says why */
    struct err no_sql;
    struct sigma_log *log;
    struct reference *references; /* results of the author's queries */
    size_t n_references, cap_references;
};
struct reference {
    char *sql;
    bool good;
    struct athena_result result;
    struct err e;
};
/* Logs at hand, whose last record is of then. `no_engine` is set: there is none, and this says why. */
struct evidence_logs {
    const struct athena_log *list;
    size_t n;
    int64_t now_ms;
    const struct err *no_engine;
};
/* Reads them; `what` is EVIDENCE_... joined. A missing SQL engine is no failure. */
bool evidence_take(struct evidence *, const struct play *, const struct evidence_logs *, unsigned what, struct err *);
void evidence_drop(struct evidence *);

/* Another's statement: limits are on time (for one, and for all of a submission: *spent_us so far, of the processor's) and on
 * rows. */
bool evidence_query(struct evidence *, int64_t *spent_us, const char *sql, struct athena_result *, struct err *);
bool evidence_has_time(int64_t spent_us); /* for one more */
/* The author's statement of this question; run once, in this process: it is no stranger's. */
const struct reference *evidence_reference(struct evidence *, const struct question *);
bool evidence_rule(struct evidence *, int64_t *spent_us, const struct sigma_rule *, bool *hits, struct err *);
/* eventIDs of what the marks came to: every record of a step that is done several times. In the arena. */
struct texts evidence_events(struct arena *, const struct evidence *, const struct texts *marks);

/* ---- the held-back variant: the same story with other names, addresses and times, which nobody is handed out ---- */

struct held_back {
    char of[65]; /* what it is of: scenario, seed, events */
    struct play play;
    struct evidence evidence;
    struct err e; /* set: it could not be made */
};

/* ---- both, for one key ---- */

struct running { /* made when it is first needed */
    struct play_options options;
    const char *dir; /* of the lab as it was built; NULL = it is built aside */
    bool live;       /* the logs are what the submission holds: running_read() */
    bool by_hand;    /* what cannot be run waits for a person, `e` says why */
    unsigned what;   /* EVIDENCE_..., of a live one: what its questions need */
    bool prepared, read;
    struct err e, no_engine;
    struct evidence own;
    struct held_back *held_back, *owned;
    int64_t spent_us; /* that answers of one submission have used up, on its own logs and on those that are held back */
};
/* Makes what the rubric's questions need, once; what went wrong is in `e` or in the parts. *shared serves as the held-back
 * variant if it fits; if it is NULL it becomes it, the caller's. Else it is this one's own, and if only queries need it, made
 * when it is asked for. */
void running_prepare(struct running *, const struct play *, const struct rubric *, struct held_back **shared);
/* Of a live lab, before its story is known: the held-back variant, and an engine for who can load none later. */
void running_prepare_live(struct running *, const struct scenario *, struct held_back **shared);
/* And when something is to be run: the logs of the submission, once. */
void running_read(struct running *, const struct play *, struct scene *);
struct held_back *running_held_back(struct running *);
unsigned evidence_needs(const struct rubric *); /* EVIDENCE_..., of its questions */
void running_begin(struct running *);           /* another submission: all its time is before it */
void running_drop(struct running *);
