/* SPDX-License-Identifier: MIT */
/*
 * The true story of one student's variant. Before the exercise, for its author (preview): cast, timeline, questions with their
 * answers, checks. After it, for everybody (debriefing): JSON lines for Timesketch, a layer for the ATT&CK Navigator, one page
 * for people. All of it is the key: nothing for students before that. Depends on grader and everything below it.
 */
#pragma once

#include "grader/rubric.h"

/* ---- before: the preview ---- */

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
/* The same within a page; the label is what a screen reader says. */
void preview_picture(const struct preview *, const char *label, struct str *out);
extern const char preview_picture_style[];

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

/* An answer's texts, joined. In the play's arena. */
const char *preview_answer(const struct preview *, const struct question *);

/* ---- afterwards: the debriefing ---- */

void debrief_timesketch(const struct preview *, struct str *out);
json_t *debrief_navigator(const struct preview *);
/* In the language of the preview. Builds the lab aside, to say in which file and line each step is to be seen. Links lead to
 * the lab's files, from a page that lies in its folder. False when the lab cannot be built. */
bool debrief_page(const struct preview *, struct str *out, struct err *);

/* A technique of ATT&CK; NULL when it is not known here. Names are of version 18. */
struct technique {
    const char *id, *name, *tactic; /* "Cloud Accounts"; "Initial Access", the first of several that is meant here */
};
const struct technique *technique_find(const char *id);
