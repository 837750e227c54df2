/* SPDX-License-Identifier: MIT */
/* Private: what the forms share. */
#pragma once

#include "grader/formats/formats.h"

/* The finding as this form may tell it; copies lie in the arena. */
struct finding seen(const struct writing *, const struct report *, const struct finding *, struct arena *);
/* Everything to be said about one finding, a line each, an essay in its own: found, expected, feedback, where it is seen. */
void add_story(struct str *, const struct writing *, const struct report *, const struct finding *);
void add_score_line(struct str *, const struct report *); /* "95 of 120 points, 79 %", or why there is none */
const char *student_of(const struct graded *);            /* id, else what the submission is called */
bool is_lost(const struct finding *);                     /* a failed penalty or veto, or points that are missing */
/* The points of each finding, lowered so that they add up to the score: penalties and vetoes taken off the last ones. For
 * systems that know no negative points. The caller frees. */
int64_t *settled_points(const struct report *);

/* What an answer calls a moment, in whatever zone, as "2025-10-15T17:20:33Z"; NULL = it names none. */
const char *moment_in_utc(struct arena *, const char *answer);

void str_add_markup(struct str *, const char *s); /* for HTML and XML: < > & " and what XML forbids as U+FFFD */
/* One cell of CSV; a text that a spreadsheet would take for a formula gets a ' before it. */
void str_add_cell(struct str *, const char *s);
