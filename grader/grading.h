/* SPDX-License-Identifier: MIT */
/* Private to grader and the folders below it: what a key and a submission are made of. */
#pragma once

#include "grader/answers.h"
#include "grader/pace.h"
#include "grader/checks.h"
#include "grader/delivered.h"
#include "grader/evidence.h"

struct key {
    const struct scenario *scenario;
    struct rubric *rubric; /* filled in */
    struct play play;
    bool live;          /* of a live lab in memory: until it is opened the world before the story, and no rubric */
    struct play before; /* and then that is here */
    struct str signer;  /* its digests' public key, DER */
    struct delivered delivered;
    bool has_delivered;
    char journal_hash[65]; /* of what the play journalled, as the build writes it */
    char seed_commitment[65];
    struct arena arena;
    struct known *known;      /* never NULL: of the play's bytes, as it is found out */
    struct running *running;  /* never NULL; logs to run answers over, made when they are first needed */
    struct submission *begun; /* what the next one in memory begins with; NULL = not made ahead */
};

/* Of a live one: the story of the submission that it is for, which is taken over, and the rubric filled in from it. */
bool key_tell(struct key *, struct play *story, struct err *);

struct hints_taken { /* of one question */
    const char *question;
    unsigned n;
};
struct taken {
    struct arena arena;
    struct hints_taken *list;
    size_t n, cap;
    unsigned unreadable; /* lines */
};
void taken_read(const char *lab_dir, struct taken *);
void taken_parse(const char *text, size_t n, struct taken *);
unsigned taken_of(const struct taken *, const char *question);
void taken_drop(struct taken *);

struct submission {
    struct lab lab;
    struct answers answers;
    bool has_sheet;
    char *malformed; /* the sheet's mistakes, or NULL */
    struct taken taken;
    struct pace pace; /* as noted in it, of one that was handed in as bytes */
    char hash[65];
    /* Of one that was handed in as bytes, whose lab has no directory: how a file of the evidence differs from what was
     * delivered, NULL when it does not; and what that is looked up in. */
    const char *(*altered)(const void *handed, const struct delivered_file *);
    void *handed;
    void (*handed_drop)(void *);
    /* Of a live one: every file below s3/, and what head-object would show of digests. */
    void (*each)(const void *handed, delivered_file_fn *, void *context);
    struct tree *untouched; /* each server's files as they were handed out, the last server's first */
};
/* Reads the sheet's text; its mistakes go to s->malformed. */
const char *submission_speaks(const struct submission *, const char *language); /* what was asked for, else the lab's own */
void submission_take_sheet(struct submission *, const char *text, size_t n);
