/* SPDX-License-Identifier: MIT */
/*
 * How long somebody worked, as far as the commands saw it. A bundle's clock is the story's, so whoever uses `query`, `call`,
 * `check`, `hint` or `submit` in it leaves a line in .cafelab/work.jsonl, at most one a minute: when by the machine's
 * clock, and a short hash of each answer that is another than before. It is a file on a student's disk: whoever edits it can
 * claim any time, and who works with other tools leaves none. So it is told as it is, and nothing is graded by it. Depends on
 * grader.
 */
#pragma once

#include "grader/grader.h"

#define PACE_MAX_BYTES (256u << 10)
#define PACE_PAUSE_MS (20 * 60000) /* longer between two lines is a pause */

/* In a class's bundle and in a live lab, nowhere else. What cannot be written is left: no command fails by it. */
void pace_note(const char *lab_dir, const char *did, int64_t now_ms);
/* The same, but only if there are new answers: what is packed twice is the same bytes. */
void pace_note_answers(const char *lab_dir, const char *did, int64_t now_ms);

struct pace_question { /* time at work since the line before that had new answers, shared by those that came together */
    const char *id;
    int64_t ms;
};
struct pace { /* zeroed = nothing is known; ids live in the arena */
    struct arena arena;
    int64_t first_ms, last_ms, at_work_ms; /* pauses taken out */
    size_t lines;
    struct pace_question *list;
    size_t n, cap;
};
/* Lines that are none, or not later than those before, are left out. */
void pace_read(const char *text, size_t n, struct pace *);
void pace_drop(struct pace *);
