/* SPDX-License-Identifier: MIT */
/* Private: what was handed in as a file, graded from memory. */
#pragma once

#include "grader/class/class.h"
#include "sim/cli/grading.h"

struct file_grading {     /* zeroed, but for scenario = none yet */
    const char *scenario; /* of --scenario, or NULL */
    struct class class;
    struct variants variants;
    bool has_class;
    struct grading_key key;
};
/* From now on bundles of that class can be graded. False after telling what is wrong with its folder. */
bool file_grading_class(struct file_grading *, const char *dir);
/* Grades it and has the report shown, which borrows from what was read. False with "place: outcome: reason" when it cannot be
 * graded. */
struct showing {
    void (*show)(void *context, const char *name, const struct report *);
    void *context;
    const char *language; /* NULL = as the lab is */
};
bool file_grade(struct file_grading *, const struct arrival *, const struct showing *, struct err *);
void file_grading_drop(struct file_grading *);
