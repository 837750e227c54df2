/* SPDX-License-Identifier: MIT */
/* Private: what students' work has in common. Sketches are taken student by student, compared at the end. */
#pragma once

#include "grader/batch/analysis.h"

struct alike;
struct alike *alike_new(struct class *, const struct variants *);
/* Everything that is kept of one student; `attempts` as stored. */
void alike_take(struct alike *, const struct standing *, size_t student);
void alike_find(struct alike *, void (*progress)(void *context, const char *what, unsigned done, unsigned all),
                struct analysis *);
void alike_free(struct alike **);
