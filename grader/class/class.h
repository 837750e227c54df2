/* SPDX-License-Identifier: MIT */
/*
 * A class: its folder, its students, the secret that their variants are drawn from, their bundles. Depends on grader and
 * everything below it.
 *
 *     ir101/
 *       class.json          what the class is: scenario and its hash, language, events; other keys are kept as they are
 *       secret              64 hex digits, mode 0600; whoever has it has every key: back it up, never hand it out
 *       roster.csv          as it came: plain, of Canvas or of Moodle
 *       scenario/           a copy of the scenario's folder: the class outlives the scenario's next edition
 *       variants.csv        0600: who was drawn how often; what once stands in it stays
 *       bundles/ID.tar.gz   one for each student, to hand out; of a live class bundles/ID.txt, how to start the lab
 *       keys/ID             0600: what each student was handed out, so that grading need not build it again; may be deleted
 *       results/ID.json     a student's attempts; results/unclaimed: what is of nobody in the roster
 *       regrade/            what a correction comes to, until it is applied
 *       overrides.csv       what people decided
 *       reports/            pages, tables, gradebooks
 *
 *     seed of a student = HMAC-SHA256(secret, scenario id / content hash / student id), as sim/lab's play() draws it
 *
 * In a live class each student starts a lab with a seed of his own, which is drawn from the secret and does not tell it: the
 * seed lies in the lab, so that is for practice, and for work under somebody's eyes.
 *
 * A variant is a function of these alone, so a bundle can be built again, on any machine that has the folder.
 */
#pragma once

#include "grader/handin/handin.h"

/* ---- the roster: a CSV file of a stranger's program, perhaps edited by hand ---- */

enum roster_kind { ROSTER_PLAIN, ROSTER_CANVAS, ROSTER_MOODLE };
extern const char *const roster_kinds[]; /* "plain", "canvas", "moodle" */
#define ROSTER_MAX_BYTES (16u << 20)
#define ROSTER_DEADLINE "deadline" /* the column of a student's own, in any form of roster; a time with its zone */
#define ROSTER_MAX_STUDENTS 20000
#define ROSTER_MAX_COLUMNS 1000
#define STUDENT_ID_MAX 64
struct student {      /* texts are never NULL, "" when the roster has none */
    const char *id;   /* A-Z a-z 0-9 . _ @ + -, not first: . - ; unique in a class, whatever the case of its letters */
    const char *name; /* as the roster writes it: "Last, First" in Canvas, "First Last" else */
    const char *email, *login, *section;
    const char *lms_id; /* Canvas: ID, which its file names carry; else "" */
    const char **cells; /* as they came, roster.n_columns of them ("" where the row was shorter) */
    unsigned line;      /* in the roster's file, from 1 */
};
struct roster { /* zeroed = empty; everything in it lives in its arena */
    struct arena arena;
    enum roster_kind kind;
    char delimiter; /* , ; or tab */
    const char **header;
    const char *id_column; /* of the header: what students' ids are */
    size_t n_columns;
    const char **points;  /* Canvas: the cells of the row "Points Possible"; NULL = none */
    struct student *list; /* in the roster's order */
    size_t n;
};
#define ROSTER_CALLED_TWICE "called-twice" /* the rule of a warning: two students share an address, a login or another's id */
/* UTF-8, with or without a byte order mark; UTF-16 with one (Excel's "Unicode text"). Every mistake is told with line and
 * column (characters): missing, unusable and double ids, rows of another length, quotes that do not end. False if any. What two
 * students are called by alike is warned of. */
bool roster_read(const char *file, const char *text, size_t len, struct roster *, struct diags *);
void roster_drop(struct roster *);
const struct student *roster_student(const struct roster *, const char *id); /* NULL if there is none; case counts */
const struct student *roster_alike(const struct roster *, const char *id);   /* ... it does not */
/* By what LMS file names carry: an id, an LMS id, a login, an email address, or a name without blanks and case. NULL when
 * nobody or several are meant. */
const struct student *roster_meant(const struct roster *, const char *text);
bool roster_several(const struct roster *, const char *text); /* two or more are called that: nobody is meant */
/* Appends one cell, quoted where it must be. A text that a spreadsheet would take for a formula (= + - @ first) gets a
 * leading apostrophe when `guard`. */
void csv_add(struct str *, const char *cell, char delimiter, bool guard);

/* ---- the folder ---- */

struct class
{ /* zeroed = closed */
    char *dir;
    struct arena arena;
    json_t *settings;                                         /* class.json as it stands: others keep keys of their own in it */
    const char *written;                                      /* its text, for the places of mistakes */
    const char *name, *scenario_id, *content_hash, *language; /* content_hash: of the text that variants are drawn with */
    int64_t events;
    bool live;
    char secret[65];
    struct roster roster;
    struct scenario *scenario; /* of scenario/: perhaps corrected since, its content_hash then differs */
    struct diags told;         /* mistakes in what people write: roster, scenario, later the tables that are read */
};
struct class_plan {
    const char *dir, *scenario, *roster; /* dir must not exist; the scenario's name, folder or file; a CSV file */
    const char *language;                /* NULL = "en" */
    int64_t events;                      /* -1 = as the scenario says */
    bool live;                           /* students start their labs themselves */
    const char *secret;                  /* 64 hex digits, of another class or a backup; NULL = drawn by the system */
};
/* Makes the folder as a whole or not at all. Mistakes of scenario and roster are in `diags`. */
bool class_init(const struct class_plan *, struct diags *, struct err *);
/* Refuses a secret that others can read, a roster or scenario with mistakes (in `told`, which stays until class_close()). */
bool class_open(const char *dir, struct class *, struct err *);
void class_close(struct class *);                                                          /* also after a refusal */
char *class_path(struct arena *, const struct class *, const char *fmt, ...) PRINTF(3, 4); /* below its folder */

/* ---- variants ---- */

/* What play() needs to tell this student's story; texts live as long as the class. `draw`: struct variant's. */
struct play_options class_options(struct class *, const struct student *, unsigned draw);
struct variant_value {
    const char *name; /* "account", "vary attacker_ip", "address chaos": the same names in the same order for every student */
    const char *value;
    bool alone; /* nobody else of the class has it */
};
struct variant {
    const struct student *student;
    unsigned draw; /* 0; higher where the draws before came to values that another student has */
    struct variant_value *values;
    size_t n;
};
struct variants {
    struct arena arena;
    struct variant *list; /* in the roster's order */
    size_t n;
    size_t shared;     /* how many have only account and ids of their own, since the scenario varies too little */
    const char **gone; /* who had one before, and is not in the roster any more; the texts are the class's */
    size_t n_gone, cap_gone;
};
/* What is drawn for each student before anything happens: the account's number, which nobody else in the class has, and
 * the scenario's variables and addresses, which nobody else has all of while there are enough. Ids of things and events are not
 * compared: they have 64 random bits and more. Draws are settled in the order of ids and remembered in variants.csv, so that a
 * variant stays when others join. */
bool class_variants(struct class *, struct variants *, struct err *);
const struct variant *variants_of(const struct variants *, const char *student); /* NULL if there is none */
void variants_drop(struct variants *);
/* The student's key, as key_make(). The class must outlive it. */
struct key *class_key(struct class *, const struct variant *, struct err *);
/* In a live class, for one submission: its lab began at start_ms. */
struct key *class_key_live(struct class *, const struct variant *, int64_t start_ms, struct err *);

/* ---- bundles ---- */

struct bundling {
    unsigned threads;                                                               /* 0 = one per core */
    unsigned shard, shards;                                                         /* 1..n of n; 0 of 0 = all */
    bool again;                                                                     /* those that are complete, too */
    void (*progress)(void *context, const char *what, unsigned done, unsigned all); /* may be NULL */
    void *context;
    size_t made, kept; /* what came of it */
    size_t shared;     /* struct variants' */
    const char **gone; /* struct variants'; the class's, as what they point to */
    size_t n_gone;
};
/* A bundle for each student of the shard. Each comes into being as a whole; one that is there is not made again. */
bool class_build(struct class *, struct bundling *, struct err *);
/* Takes away what killed runs left aside of bundles and keys: whole or half, it is nothing to hand out. */
void class_sweep(struct class *);
/* One bundle, in memory: a tar.gz of one folder with the student's lab. */
bool bundle_make(struct class *, const struct variant *, struct str *out, struct err *);

/* ---- what comes back ---- */

/* Whom its name means, or else the folders that it lies in; NULL = nobody of this class, or folders that mean two. `ret_sure`:
 * so that who hands in another's lab is told; not when it is a number of one or two digits ("12": a week, an attempt) or only a
 * part of a name ("Ana_4711_lab"), which say whose it may be when nothing else does. */
const struct student *class_named(const struct class *, const struct arrival *, bool *ret_sure);
/* Whose is it? The student that the claim names, if that is somebody of this class and no name surely names another: NULL
 * with a fault otherwise. */
const struct student *class_student_of(const struct class *, const struct arrival *, const struct claim *,
                                       struct handin_fault *);
