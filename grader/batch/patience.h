/* SPDX-License-Identifier: MIT */
/*
 * Private: when no more of a zip is looked at. Each upload in it takes a judge and leaves a record, so that a small zip of junk
 * could keep a grader at work for hours. One in which much is graded is a whole class's, whatever else lies beside it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PATIENCE_BAD = 100, PATIENCE_GOOD = 10 }; /* so many may be bad, and so many more for each student with graded work */

struct tally {
    unsigned bad, good; /* what cannot be graded; students of whom something can */
    bool over;
};
struct patience {
    struct tally *by;  /* of the zip that is read now: by whom names mean, nobody first */
    bool *seen;        /* by student: something of his in this zip is graded */
    size_t n_students; /* in the class */
    char *path;        /* of that zip */
    size_t n_zips;     /* in this run, with that one */
};

void patience_begin(struct patience *, size_t n_students);
void patience_drop(struct patience *);
size_t patience_zip(struct patience *,
                    const char *path); /* its number, from 1, when an upload of it comes; 0 of NULL, no zip */
/* What came of an upload in zip number `zip`: `named`, whom its names mean, `student`, whose it is; -1 = nobody. */
void patience_note(struct patience *, size_t zip, int named, int student, bool graded);
unsigned patience_left(const struct patience *, int named); /* how many more of those names may be bad */
/* It is given up, as far as those names go, and will not be taken up again. True the first time. */
bool patience_end(struct patience *, int named);
bool patience_is_over(const struct patience *, int named);
