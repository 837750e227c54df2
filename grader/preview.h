/* SPDX-License-Identifier: MIT */
/*
 * What one seed of a scenario comes to, for its author: cast, timeline, questions with their answers, checks. Holds the
 * whole key: nothing for students.
 */
#pragma once

#include "grader/rubric.h"

struct preview_row { /* one step of the timeline, as it was played */
    const struct step *step;
    const struct entry *entry;
    int64_t time_ms;
    const char *op;         /* as it was done: host:Run for a typed line */
    const char *error_code; /* NULL = it worked */
    const char *event_id;   /* of its record; NULL on a server */
    const char *ip;
};
struct preview {
    const struct scenario *scenario;
    struct scenario *owned; /* the same, when it goes with this; NULL = the caller's */
    const char *seed, *student, *language;
    struct play play;
    struct rubric *rubric; /* filled in */
    struct preview_row *rows;
    size_t n; /* by time */
    double variants;
};
/* Plays the story with the scenario's everyday life: answers that count records are the lab's. */
bool preview_make(const struct scenario *, const char *seed, const char *student, const char *language, struct preview *,
                  struct err *);
void preview_drop(struct preview *); /* zeroed is fine */
void preview_text(const struct preview *, struct str *out);
void preview_html(const struct preview *, struct str *out); /* one page, nothing loaded from elsewhere */
json_t *preview_json(const struct preview *);
void preview_svg(const struct preview *, struct str *out); /* the picture of the timeline alone, as a file */

/* Where a step left its traces. */
struct preview_trace {
    const char *file;     /* of the lab; "s3" = the trail's files */
    const char *event_id; /* of a record; NULL = a file of a server */
};
struct preview_traces {
    struct preview_trace list[8];
    size_t n;
};
void preview_traces_of(const struct preview *, const struct preview_row *, struct preview_traces *);
/* Names that a question's answer refers to ("rogue_rule, sofia"; "" = none), and how it is found: "SQL" or a file. In the
 * play's arena. */
const char *preview_rests_on(const struct preview *, size_t question);
const char *preview_found_by(const struct preview *, const struct question *);

/* The same within a page; the label is what a screen reader says. */
void preview_picture(const struct preview *, const char *label, struct str *out);
extern const char preview_picture_style[];
/* An answer's texts, joined. In the play's arena. */
const char *preview_answer(const struct preview *, const struct question *);
