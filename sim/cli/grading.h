/* SPDX-License-Identifier: MIT */
/* Private: what grade, hint and check share: the scenario behind a lab, and the key that serves every lab of one seed. */
#pragma once

#include "grader/grader.h"

struct grading_key { /* zeroed = none made yet */
    struct scenario *scenario;
    struct key *key;
    char *made_for; /* scenario, seed, student, events */
};
/* The key for this lab; made anew only when the last one was for another. NULL with an error. */
const struct key *grading_key_for(struct grading_key *, struct lab *, const char *scenario, struct err *);
void grading_key_drop(struct grading_key *);
/* The lab's scenario, without mistakes; the caller frees it. `name` NULL: by the id in lab.json. */
struct scenario *grading_scenario(const struct lab *, const char *name, struct err *);
