/* SPDX-License-Identifier: MIT */
/* Private: what the files of the debriefing's page share. */
#pragma once

#include "grader/story/story.h"

enum { SIGHTINGS = 8 };
struct sighting { /* where a step is to be seen in the lab; texts in the page's arena */
    const char *file;
    unsigned record;     /* of a file of log records or of wtmp, from 1; 0 = none */
    unsigned line;       /* from 1; 0 = none */
    const char *text;    /* that line, or the record in short; NULL = not shown */
    const char *command; /* that shows it, in the lab's folder; NULL = none */
};
struct sightings {
    struct sighting list[SIGHTINGS];
    size_t n;
};

enum told { /* words of the page */
            TOLD_DEBRIEFING,
            TOLD_KEY,
            TOLD_SUMMARY,
            TOLD_STORY,
            TOLD_DECOYS,
            TOLD_TECHNIQUES,
            TOLD_QUESTIONS,
            TOLD_REPAIRS,
            TOLD_SEED,
            TOLD_STUDENT,
            TOLD_ACCOUNT,
            TOLD_STEPS,
            TOLD_STEPS_OF_INTRUDERS,
            TOLD_FIRST,
            TOLD_LAST,
            TOLD_LASTED,
            TOLD_PICTURE,
            TOLD_KEY_ATTACK,
            TOLD_KEY_OTHERS,
            TOLD_SKIP,
            TOLD_CONTENTS,
            TOLD_UTC,
            TOLD_AFTER_THAT,
            TOLD_AS_STUDENT,
            TOLD_AS_INTRUDER,
            TOLD_AS_COLLEAGUE,
            TOLD_FROM,
            TOLD_ON,
            TOLD_REFUSED,
            TOLD_TIMES,
            TOLD_WHY,
            TOLD_EVIDENCE,
            TOLD_NO_EVIDENCE,
            TOLD_LINE,
            TOLD_RECORD,
            TOLD_EVENT,
            TOLD_SHOWN_BY,
            TOLD_TAKEN_FOR,
            TOLD_DECOYS_ARE,
            TOLD_WHOEVER_ANSWERS,
            TOLD_WHAT_SPEAKS_AGAINST,
            TOLD_STEP,
            TOLD_TECHNIQUE,
            TOLD_NAME,
            TOLD_TACTIC,
            TOLD_VERSION,
            TOLD_QUESTION,
            TOLD_ANSWER,
            TOLD_POINTS,
            TOLD_FOUND_WITH,
            TOLD_FOUND_IN,
            TOLD_RESTS_ON,
            TOLD_HINTS,
            TOLD_SOLUTION_IS,
            TOLD_EARNS,
            TOLD_CHECKS,
            TOLD_HOLDS,
            TOLD_WORTH,
            TOLD_VETO,
            TOLD_OTHER_RIGHT,
            TOLD_TOO_MUCH,
            TOLD_COSTS,
            TOLD_MADE_BY,
            TOLD_NOTHING,
            N_TOLD
};
const char *told(const char *language, enum told);

struct debriefing {
    struct arena arena;
    const struct preview *p;
    const char *language;
    struct sightings *seen; /* by row of the preview */
    struct str *out;
};
/* Looks for every row's traces in the lab at `dir`, which is of the same seed. */
bool sightings_find(struct debriefing *, const char *dir, struct err *);

/* ---- writing ---- */

void tell_element(struct debriefing *, const char *element, const char *text);
void tell_heading(struct debriefing *, const char *id, enum told title);
/* A text with its references filled in; as it stands when one has no value. In the arena. */
const char *tell_filled(struct debriefing *, const char *text);
/* What a step does, as its parameters or command lines say: `asked` as the operation was asked, or a step's own. */
void tell_deed(struct debriefing *, const char *op, const json_t *asked);
/* Links to the steps that a text's references name: "step 12"; what stands before them only if there is one. */
size_t tell_steps_named(struct debriefing *, const struct node *, const char *before);
const struct node *debrief_question_node(const struct debriefing *, size_t question);

void tell_decoys(struct debriefing *);
void tell_techniques(struct debriefing *);
void tell_questions(struct debriefing *);
void tell_repairs(struct debriefing *);
