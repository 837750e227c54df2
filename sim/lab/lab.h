/* SPDX-License-Identifier: MIT */
/*
 * A lab directory: build it from a scenario, open it, act in it, close it. The composition root: it plugs services,
 * host operations and writers together. Depends on everything below it.
 *
 *   README.md answers.yaml s3/ host/ account/ server/ .cafelab/{lab.json,journal.jsonl,host.mtree,athena/}
 *
 * journal.jsonl holds every entry: first the prelude (how the account came to be), then the story, then what the
 * student did. lab.json says where the build's part ends and its hash, so that an edited past is found.
 */
#pragma once

#include "sim/act/act.h"
#include "sim/background/background.h"
#include "sim/evidence/evidence.h"
#include "sim/host/host.h"
#include "sim/lab/catalog.h"
#include "sim/scenario/scenario.h"

/* lab_catalog, every service, is in catalog.h */

/* ---- playing: scenario and seed in, world out, nothing on disk ---- */

struct mark { /* what a marked step came to */
    const char *name;
    const struct step *step;
    const struct entry *entry;
    const struct file *file_before; /* of host:Put, host:Move, ..: the file at its target as it was; NULL if none */
};
struct member { /* of the cast, as played */
    const struct person *person;
    struct principal who;
    struct origin from; /* address, agent of the usual client */
    const char *access_key_id, *secret, *password;
};
struct play {
    struct world world;
    const struct scenario *scenario;
    struct seed seed;
    struct draw draw;
    struct member *cast;
    size_t n_cast;
    struct mark *marks;
    size_t n_marks;
    struct background background;
    int64_t from_ms, until_ms; /* of the evidence */
    uint64_t records_of_chaos; /* see play_lookup: person.records */
};
struct play_options {
    const char *seed, *student; /* text; NULL = "0" and "" */
    int64_t events;             /* background records; -1 = as the scenario says */
    bool no_background;         /* the grader's short way: the story only */
};
/* False when a step fails that should not (or the other way round): the message has file:line:col of the step. */
bool play(const struct scenario *, const struct play_options *, struct play *, struct err *);
void play_drop(struct play *);
/* {{ name.field }}: a reference_fn; context is the struct play. Fields by kind of name are listed in play_fields.c,
 * and scenario_check_references reads the same table. */
const char *play_lookup(void *play, const char *name, const char *field);
const struct mark *play_mark(const struct play *, const char *name);

/* ---- building and opening ---- */

struct lab_plan {
    const char *scenario; /* name, folder or file */
    const char *out;      /* must not exist */
    struct play_options play;
    unsigned threads;
    void (*progress)(void *context, const char *what, unsigned done, unsigned all);
    void *context;
};
bool lab_build(const struct lab_plan *, struct diags *, struct err *);

struct lab {
    char *dir;
    struct arena arena;
    struct world world;        /* the journal replayed, servers' files as they are on disk */
    struct scenario *scenario; /* NULL when it is not on this machine (a student's bundle) */
    const char *scenario_id, *content_hash, *version, *seed, *student; /* of lab.json */
    int64_t events;
    size_t built_entries; /* journal entries that the build wrote */
    char built_hash[65];  /* SHA-256 hex of their lines */
    int64_t ends_ms;      /* the lab's clock stands here until the student acts */
};
bool lab_open(const char *dir, struct lab *, struct err *);
void lab_drop(struct lab *); /* writes nothing */

/* One operation as the student (or as `as`, a person of the cast): acts, appends to the journal (fsync), then brings
 * files, logs and views up to date. A lab's static clock goes on by 20 s with every call. */
bool lab_call(struct lab *, const char *as, const char *op, const char *on, json_t *params, struct outcome *, struct err *);
/* Plays the scenario's solution; `skip` leaves out that step (0-based), -1 none. Writes the answers found by the
 * questions' own `solve` into answers.yaml is the grader's part, not this. */
bool lab_solve(struct lab *, int skip, struct err *);
