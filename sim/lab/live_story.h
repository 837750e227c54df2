/* SPDX-License-Identifier: MIT */
/*
 * Private: the rest of a live lab's story. Scripted steps come when their waits are over; steps of the student's are
 * waited for. The journal tells what has happened: nothing else is kept, so nothing can disagree after a kill.
 */
#pragma once

#include "sim/lab/parts.h"

#define NOT_YET INT64_MAX

struct story {
    struct play p;  /* names and marks; its world is the lab's, lent while a step is played */
    int64_t *times; /* of each step of the timeline: when it happened; 0 = not yet */
    struct again {  /* of each step: what is done several times comes one by one, at its own times */
        size_t done, all;
        int64_t last_ms; /* when it was done last, or could not be done yet */
    } * again;
    struct sign_in *consoles; /* of each step that somebody signed in for: sessions of the console */
    bool wants_files;         /* a step waits for a delivery: the key of a log file, say */
    size_t seen;              /* entries of the journal that were looked at for the student's steps */
    unsigned pace;
    bool skipping;     /* waits are over until nothing more can follow */
    size_t next_knock; /* of p.strangers: those before it have come */
    bool knocking;
};
/* Cast, names and marks as the journal has them. */
bool story_open(struct story *, struct lab *, unsigned pace, struct err *);
void story_drop(struct story *);
/* The nth action of a step (0-based), as the journal has it; NULL if there is none. */
const struct entry *story_entry(struct lab *, size_t step, size_t n);
/* How many entries of the journal there were when this step was over; 0 = it is not. */
size_t story_step_end(struct lab *, size_t step);
bool story_goes_on(const struct story *, size_t step); /* it has been done, but not as often as it will be */
bool story_is_students(const struct story *, const struct step *);
/* Were steps of the student's among the entries since the last time? */
void story_notice(struct story *, struct lab *);
/* Plays what is due by now. Returns when the next thing is, or NOT_YET when that depends on the student. */
int64_t story_play_due(struct story *, struct lab *, int64_t now_ms);
