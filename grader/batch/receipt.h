/* SPDX-License-Identifier: MIT */
/*
 * Receipts: what a grade was made from, signed with the class's secret, so that years later it can be said whether a sheet of
 * paper tells the truth. Depends on class.
 */
#pragma once

#include "grader/batch/standing.h"

/* {class, student, score, max, upload (SHA-256), receipt: {...}, mac}. NULL when the student has no grade. A new reference. */
json_t *receipt_make(struct class *, const struct student *, struct err *);
struct receipt_answer {
    bool authentic;  /* made with this class's secret and not changed since */
    bool same_seed;  /* the seed commitment is what class and student come to now */
    bool same_grade; /* the grade that stands in results/ is the same */
    char now[64];    /* what stands there: "95 of 120", "no grade" */
};
/* False when the text is no receipt of this class's students. */
bool receipt_verify(struct class *, const char *text, size_t n, struct receipt_answer *, struct err *);
