/* SPDX-License-Identifier: MIT */
/* Private: does a text stand in a student's own evidence? Another's address may be a passer-by's there. */
#pragma once

#include "grader/class/class.h"

/* has[i]: the i-th text stands, as a word of its own, in what the student was handed out; of a moment in its usual spellings.
 * Of a live class nobody knows: an error. Builds the lab in memory once, a fifth of a second. */
bool own_evidence_has(struct class *, const struct variant *, const char *const *texts, size_t n, bool *has, struct err *);
