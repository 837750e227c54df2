/* SPDX-License-Identifier: MIT */
/* Private: a submission while it is opened in memory. */
#pragma once

#include "grader/grading.h"
#include "grader/handin/handin.h"
#include "sim/lab/parts.h"

struct unfolding {
    struct key *key;
    const struct parcel *parcel;
    const struct claim *claim;
    struct handin_fault *fault;
    struct submission *s;
    const char *journal;               /* its name in the parcel */
    const struct retelling *retelling; /* of a live lab that is played once more: how far; else NULL */
};
/* The world at the end of the key's story, or before it, with what the claim says of the lab. */
void unfold_begin(struct unfolding *);
bool unfold_journal(struct unfolding *);
const char *actor_impossible(const struct unfolding *,
                             const struct entry *); /* why the student cannot have been who; or NULL */
/* Of a live lab: what happened in it, and when, is in its journal; the key is told. */
bool unfold_story(struct unfolding *);
/* When all is taken in: did the student do anything? A live lab's story changes things itself, and own labs know no attempts:
 * those are always judged. */
bool unfold_something(struct unfolding *);
