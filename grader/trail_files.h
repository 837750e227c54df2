/* SPDX-License-Identifier: MIT */
/*
 * Private: is what lies in a lab's buckets what the trail delivered? For a live lab, whose files cannot be built again:
 * when each came depends on when people did what. Three things bear witness: the signed digests name every file of past
 * hours with its hash; each digest names the one before it; and the journal knows what every record must say.
 */
#pragma once

#include "grader/checks.h"

/* Tells what was altered; true when nothing was. */
bool trail_files_intact(struct scene *, struct result *);
