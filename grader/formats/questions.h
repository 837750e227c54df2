/* SPDX-License-Identifier: MIT */
/*
 * A scenario's questions for other systems, with the answers of one variant: CTFd challenges and a Moodle question bank. What a
 * system cannot judge is left out of CTFd, and is an essay in Moodle. Depends on grader. Facts: what CTFd's
 * `ctf challenge install` and Moodle's import of question banks take.
 */
#pragma once

#include "grader/grader.h"

/* challenge.yml for every question that a flag can judge: `each` gets a folder's name and the text. */
bool questions_ctfd(const struct key *, const char *language,
                    bool (*each)(void *, const char *folder, const struct str *, struct err *), void *context, struct err *);
void questions_moodle(const struct key *, const char *language, struct str *xml);
