/* SPDX-License-Identifier: MIT */
/* Private: when students handed in, from a file of the LMS: CSV with the columns student and submitted. */
#pragma once

#include "grader/class/class.h"

struct times { /* zeroed = nothing known */
    struct arena arena;
    const struct roster *roster;
    const char **list; /* by student: ISO 8601 in UTC; NULL = not known */
};
/* path NULL = nothing known. What is wrong in it is in `diags`. */
bool times_read(struct times *, const struct roster *, const char *path, struct diags *, struct err *);
const char *times_of(const struct times *, const char *student); /* NULL = not known */
void times_drop(struct times *);
