/* SPDX-License-Identifier: MIT */
/* Private: the servers' files and the evidence as a parcel has them. */
#pragma once

#include "grader/checks.h"
#include "grader/delivered.h"
#include "grader/handin/handin.h"

struct handed; /* what is known of the evidence; a submission keeps it */
struct handed *handed_new(const struct parcel *, const struct claim *);
void handed_drop(void *);
const char *handed_altered(const void *handed, const struct delivered_file *); /* see struct submission */

void handed_each(const void *handed, delivered_file_fn *, void *context); /* see struct submission */

bool handed_changed_servers(const struct handed *); /* of a packed one: a line about a file of theirs */

/* The servers' trees become those of the parcel: what it changes of the trees as they are, or the whole. */
bool files_take(struct world *, const struct parcel *, const struct claim *, struct handed *, struct handin_fault *);
