/* SPDX-License-Identifier: MIT */
/* Private: proving one seed. */
#pragma once

#include "grader/rubric.h"
#include "grader/verify/verify.h"

/* Builds the lab at `dir`, which must not exist, and says what came of it: {"facts": [n, ...], "findings": [{property, warns,
 * line, column, message, about, file, command}], "answers": [...]};
 * with "failed" when nothing could be proved on this machine. `on_disk`: the solution is written
 * and read again, not only played. `runs_commands`: command lines, too, where there is another way. The folder is the caller's
 * to remove. */
void seed_prove(const struct verify_plan *, const struct scenario *, const struct rubric *author, const char *seed,
                const char *dir, bool on_disk, bool runs_commands, struct str *out);
