/* SPDX-License-Identifier: MIT */
/*
 * Private: are the scripted steps that a live lab's journal tells those of the scenario? Whoever has the lab can write into its
 * journal; a replay finds what cannot have happened, and this what others did not do.
 */
#pragma once

#include "sim/lab/live_story.h"

struct steps;
struct steps *steps_new(const struct story *, struct lab *); /* in the lab's arena */
/* While the journal is replayed: the next entry, and the world just before it. */
void steps_see(struct steps *, struct world *, const struct entry *);
/* At the end of the story: false with the first entry that is of no step, or of one that goes otherwise. */
bool steps_told(const struct steps *, struct err *);
