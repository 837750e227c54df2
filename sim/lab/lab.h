/* SPDX-License-Identifier: MIT */
/*
 * A lab directory: build it from a scenario, open it, act in it, close it. The composition root: it plugs services,
 * host operations and writers together. Depends on everything below it.
 *
 *   README.md answers.yaml s3/ host/ account/ server/ .cafelab/{lab.json,journal.jsonl,host.mtree,athena/}
 *
 * journal.jsonl holds every entry: first the prelude (how the account came to be), then the story, then what the
 * student did. lab.json says where the build's part ends and its hash, so that an edited past is found.
 * The catalog of every service, lab_catalog, is in catalog.h.
 */
#pragma once

#include "sim/act/act.h"
#include "sim/background/background.h"
#include "sim/evidence/evidence.h"
#include "sim/host/host.h"
#include "sim/lab/catalog.h"
#include "sim/scenario/scenario.h"

/* ---- playing: scenario and seed in, world out, nothing on disk ---- */

struct mark { /* what a marked step came to */
    const char *name;
    const struct step *step;
    const struct entry *entry;
    const char *server;        /* on which it happened; NULL = none */
    const struct file *before; /* that server's files as they were just before, sorted by path; contents are kept */
    size_t n_before;
};
struct member { /* of the cast, as played */
    const struct person *person;
    struct principal who;
    struct origin from; /* address, agent of the usual client: $command in it is the command that is typed */
    const char *access_key_id, *secret, *password; /* NULL = none */
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
    struct background background, strangers; /* see play_everyday() */
    int64_t events;                          /* of everyday life */
    bool reads_later;
    struct play *past;         /* all of this up to the story, if play_everyday() came to need it */
    int64_t from_ms, until_ms; /* of the evidence */
    int64_t shift_ms;          /* of a live lab: from the scenario's times to its own */
    bool logs_at_end;          /* of a static lab: the servers' logs are written when the story is over ... */
    size_t n_logged;           /* ... but for these first entries, which are in the trees' logs already */
    int64_t logged_ms;         /* and until then: later lines of theirs waited; 0 = none are */
};
struct play_options {
    const char *seed, *student; /* text; NULL = "0" and "" */
    const char *content_hash;   /* of the text that the lab was built from, to grade with a corrected one; NULL = this text's */
    int64_t events;             /* background records; -1 = as the scenario says */
    bool no_background;         /* the short way: the story only; its ids and times are the same */
    bool reads_later;           /* journal and world are the same; everyday calls that only read are drawn by play_everyday() */
    int64_t live_from_ms;       /* not 0: the story is to begin there, and is not played; everyday life lies before it */
};
/* False when a step fails that should not (or the other way round): the message has file:line:col of the step. */
bool play(const struct scenario *, const struct play_options *, struct play *, struct err *);
/* Only what is drawn before anything happens: the account's number, the variables, where the cast is. Quick. */
bool play_begin(const struct scenario *, const struct play_options *, struct play *, struct err *);
void play_drop(struct play *);
/* Everyday calls that only read. Of a play with reads_later they are drawn when this asks first, by one thread: who writes
 * records needs them, and who grades seldom. They are the play's. */
const struct everyday *play_everyday(struct play *);
/* {{ name.field }}: a reference_fn; context is the struct play. Fields by kind of name are listed in play_fields.c,
 * and scenario_check_references reads the same table. */
const char *play_lookup(void *play, const char *name, const char *field);
/* What the timeline's step (0-based) came to: its first operation, not the login before it. NULL if it was not played. */
const struct entry *play_step_entry(const struct play *, size_t step);
/* Is the record of a played entry written into a trail's files? A file may have been deleted since. */
bool play_in_trail(const struct play *, const struct entry *);
const struct mark *play_mark(const struct play *, const char *name);
/* A file of the server on which a marked step happened, as it was just before; NULL if it was not there. */
const struct file *play_file_before(const struct play *, const char *mark, const char *path);
const struct member *play_member(const struct play *, const char *person); /* NULL if there is none */
const struct member *play_student(const struct play *);

/* ---- building and opening ---- */

#define LAB_MAX_EVENTS 2000000
/* What ids of a student's own calls are drawn from in a bundle of the lab with this seed: it cannot be turned back. */
struct seed lab_bundle_seed(const struct seed *);
/* Makes a text unreadable, and readable again, under a key that follows from the seed and what it is. */
void lab_seal(const struct seed *, const char *what, char *text, size_t n);
/* What to say when it does not come out readable: a student is told what to do. */
#define LAB_SEAL_BROKEN                                                                                                        \
    "cannot be opened: damaged, or made by another version of cafelab than " CAFELAB_VERSION                                   \
    "; unpack your bundle once more, use the version it was made with, or ask for a new bundle"
struct lab_plan {
    const char *scenario; /* name, folder or file */
    const char *out;      /* must not exist; NULL = nothing comes to the disk */
    struct play_options play;
    struct play *played;   /* the story, played with these options already: the scenario is not read again, and writers add to
                              its servers; it stays the caller's. NULL = it is read and played */
    unsigned threads;      /* 0 = one per core */
    bool unsigned_digests; /* see struct evidence_task */
    const char *language;  /* of README.md and answers.yaml: "en", "pt", "es"; NULL = "en" */
    /* Writes answers.yaml and the questions' part of README.md: the grader's, which lies above. NULL = neither. */
    bool (*sheet)(const struct play *, const char *language, struct str *answers, struct str *questions, struct err *);
    /* A student's bundle: no seed, no story. Its journal is empty, and instead of the past it has what the past came to
     * (.cafelab/state-N); ids of what the student does are drawn from a seed that tells nothing of the lab's. */
    bool bundle;
    bool (*history)(void *context, const char *lines, size_t n, struct err *); /* see struct evidence_task */
    void *history_context;
    bool no_history; /* see struct evidence_task */
    /* Writes further files of theirs into .cafelab; NULL = none. */
    bool (*more)(void *context, const struct play *, const struct folder *, struct err *);
    void *more_context;
    /* Gets what is written, see struct folder; NULL = nobody. The event history only where there is no `out`. */
    bool (*take)(void *context, const struct made_file *, struct err *);
    void *take_context;
    void (*progress)(void *context, const char *what, unsigned done, unsigned all); /* may be NULL */
    void *context;
};
/* What only the tables of operations and habits can tell of a scenario: unknown ones, wrong parameters. For lint; building
 * does it, too. */
void lab_check(const struct scenario *, struct diags *);
/* False with the scenario's mistakes in `diags`, or with an error. Nothing is left at `out` then. */
bool lab_build(const struct lab_plan *, struct diags *, struct err *);

#define LAB_VIEWS 32
struct lab {
    char *dir;
    struct arena arena;
    struct world world;        /* the journal replayed, servers' files as they are on disk */
    struct scenario *scenario; /* NULL when it is not on this machine (a student's bundle), or is another by now */
    const char *scenario_id, *content_hash, *version, *seed, *student; /* of lab.json; seed NULL = a bundle: see lab_plan */
    const char *language;
    int64_t events;
    bool live;                   /* see live.h */
    int64_t from_ms, until_ms;   /* of the evidence that the build wrote */
    size_t built_entries;        /* journal entries that the build wrote */
    char built_hash[65];         /* SHA-256 hex of their lines */
    const char *table;           /* the SQL table's own name: "cloudtrail_logs_monitoring1234" */
    struct member me;            /* the student, of lab.json; person is NULL without the scenario */
    const char *visitors_site;   /* see struct evidence_task; NULL = none */
    const char *region;          /* of the next calls; NULL = the home region */
    bool flush;                  /* of a live lab: the next time files follow, trails deliver all that they have */
    struct play *before;         /* of a live lab, where its trails need everyday life before it began; else NULL */
    struct disk_change *changes; /* what was changed on the disk since the last call, to be journalled with the next */
    size_t n_changes, cap_changes;
    size_t journal_len;        /* bytes of journal.jsonl that are whole lines */
    size_t n_told;             /* journal entries whose traces are in s3/ and account/ */
    size_t n_written;          /* the same of the servers' trees */
    size_t n_seen;             /* the same of the trees in memory, when that is more */
    int64_t written_ms;        /* when the servers' daemons last wrote to them */
    uint64_t views[LAB_VIEWS]; /* hashes of what is in account/; 0 = not known */
    bool delivered;            /* a file that came by a trail was taken since account/ was written */
    size_t n_state;            /* of a bundle: journal entries that its newest state knows */
};
bool is_lab(const char *dir); /* whole: LAB/.cafelab/lab.json is written with the rest of it */
/* The same, with what everybody is told who names something else. */
bool lab_expected(const char *dir, struct err *);
/* Refuses a directory that is no lab, a journal that was edited in the build's part, or that does not replay: the message
 * names file and line. */
bool lab_open(const char *dir, struct lab *, struct err *);
void lab_drop(struct lab *); /* writes nothing */

/* The journal's lines from entry `first` (0-based) on, as they stand in journal.jsonl. */
void lab_journal_add(struct str *, const struct world *, size_t first);

/* Takes hold of a lab, for as long as the descriptor that is returned stays open; -1 when another process has it and
 * does not let go within five seconds, or serves it: the message names its pid and its port. Whoever writes into a lab holds it
 * before opening it. */
int lab_hold(const char *dir, struct err *);
bool lab_hold_says(int held, const char *dir, unsigned port, struct err *); /* who holds it; port 0 = does not serve it */

/* One operation as the student (or as `as`, a person of the cast): acts, appends to the journal (fsync), then brings
 * files, logs and views up to date. A lab's static clock goes on by 20 s with every call.
 * A host: operation happens in a session of the student's on the server `on`: where there is none, the student logs in
 * by key before and logs out afterwards. False when that could not be tried at all; a refusal is in the outcome. */
bool lab_call(struct lab *, const char *as, const char *op, const char *on, json_t *params, struct outcome *, struct err *);
/* Where the bytes of an object lie that somebody put into a bucket: the world has but its size and ETag. */
char *lab_object_path(struct arena *, const char *dir, const char *bucket, const char *key);
/* May a key be a path below its bucket's folder in s3/? Nothing of it is empty, "." or "..". */
bool lab_key_is_path(const char *key);
/* Where the bytes of what was put go; version NULL = the null version. */
const char *lab_object_place(struct arena *, const char *dir, const char *bucket, const char *key, const char *version);
/* The lab's story with its names and marks: a static lab's is played again; a live lab's is told again from its journal,
 * up to the last scripted step. False while a live story is not over; the message does not say what is yet to come, since
 * students read it. The scenario stays the lab's. */
bool lab_story(struct lab *, struct play *, struct err *);
/* Is a live lab's story over? False with a message that says no more than that, and how the rest comes. */
bool lab_story_is_over(struct lab *, struct err *);
/* Plays the scenario's solution, or another of its repairs; `skip` leaves out that step (0-based), -1 none; how many steps
 * were played comes back. Filling in answers.yaml is the grader's part, not this. False when a step fails: the message has
 * file:line:col of it. */
bool lab_solve(struct lab *, const char *other, int skip, size_t *ret_n, struct err *);
/* These steps, with the lab's story, which was played already. */
bool lab_solve_told(struct lab *, struct play *story, const struct repair_step *, size_t n, struct err *);
/* And in memory alone: nothing is written. For whoever only looks at what comes of it. */
bool lab_rehearse(struct lab *, struct play *story, const struct repair_step *, size_t n, struct err *);
