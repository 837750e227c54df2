/* SPDX-License-Identifier: MIT */
/* Private, but for the loader's fuzz target: files that a scenario uses, joined with it. */
#pragma once

#include "sim/scenario/decode.h"

/* The scenario's map with what it uses before its own, and the content hash over all of them. The root itself if it uses
 * nothing. */
const struct node *scenario_use(struct scenario *, const struct node *root, const struct shelf *, struct diags *);
extern const struct shelf files_shelf;
