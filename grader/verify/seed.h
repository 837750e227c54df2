/* SPDX-License-Identifier: MIT */
/* Private: proving one seed. */
#pragma once

#include "grader/rubric.h"
#include "grader/verify/verify.h"

struct seed_plan {
    const struct verify_plan *plan;
    const struct scenario *scenario;
    const struct rubric *author;
    const char *seed;
    const char *dir;    /* where the lab is built; must not be there; the caller's to remove */
    bool on_disk;       /* the solution is written and read again, not only played */
    bool runs_commands; /* command lines, too, where there is another way */
};
/* Builds the lab and says what came of it: {"facts": [n, ...], "findings": [{property, warns, line, column, message, about,
 * file, command}], "answers": [...]}; with "failed" when nothing could be proved on this machine. */
void seed_prove(const struct seed_plan *, struct str *out);
