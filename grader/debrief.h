/* SPDX-License-Identifier: MIT */
/*
 * What is told after the exercise: the true story of one student's variant. As JSON lines for Timesketch, as a layer for the
 * ATT&CK Navigator, and as one page for people, in the language of the preview. Depends on the preview; the page builds the lab
 * aside, to say in which file and line each step is to be seen. All of it is the key: nothing for students before that.
 */
#pragma once

#include "grader/preview.h"

void debrief_timesketch(const struct preview *, struct str *out);
json_t *debrief_navigator(const struct preview *);
/* Links lead to the lab's files, from a page that lies in its folder. False when the lab cannot be built. */
bool debrief_page(const struct preview *, struct str *out, struct err *);

/* A technique of ATT&CK; NULL when it is not known here. Names are of version 18. */
struct technique {
    const char *id, *name, *tactic; /* "Cloud Accounts"; "Initial Access", the first of several that is meant here */
};
const struct technique *technique_find(const char *id);
