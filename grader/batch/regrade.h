/* SPDX-License-Identifier: MIT */
/*
 * What a correction of the scenario, of overrides.csv or of the rules changes: grades as they stand in results/ against those
 * that the same uploads come to now. Depends on class.
 */
#pragma once

#include "grader/batch/standing.h"

struct change {
    const struct student *student;
    bool was_graded, is_graded;
    int64_t was, is, was_max, is_max; /* hundredths */
    const char *why;                  /* "who: fail 0 of 10 -> pass 10 of 10" and so on; "; " between; a few */
};
struct changes {
    struct arena arena;
    struct change *list; /* those whose grade or maximum changes, in the roster's order */
    size_t n, cap, same; /* same: looked at, and nothing changes */
    size_t unseen;       /* students of whom an upload was not given, so that the correction may change theirs as well */
};
bool changes_find(struct class *, struct changes *, struct err *);
void changes_drop(struct changes *);
void changes_text(const struct changes *, struct str *out);
json_t *changes_json(const struct changes *);
/* regrade/ becomes results/; how many files. */
bool changes_apply(struct class *, size_t *ret_n, struct err *);
