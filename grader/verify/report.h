/* SPDX-License-Identifier: MIT */
/* Private: what a report's forms share. */
#pragma once

#include "grader/verify/verify.h"

#define VERIFY_CLASS 30 /* students, in the probability that is told */
/* "holds", "warns", "REFUSED"; "nothing" was looked at. */
const char *verify_state(const struct verify_report *, enum property);
double verify_collision(double variants);                          /* that two of a class draw the same */
void verify_add_draws(struct str *, const struct verify_report *); /* how many, and that probability, as a sentence */
