/* SPDX-License-Identifier: MIT */
/* Private: what `preview` and `debrief` share: a seed of a scenario is played, and files are written of it. */
#pragma once

#include "grader/story/story.h"
#include "sim/cli/cli.h"

struct preview_form { /* of what a seed comes to, in a file that an option names */
    const char *option;
    bool (*add)(const struct preview *, struct str *out, struct err *);
};

/* The scenario that the command line names, its --seed, --student and --lang. False after telling what was wrong. */
bool preview_told(const struct request *, struct preview *);
/* Writes every form that was asked for and tells so; counts them. False after telling what was wrong. */
bool preview_write(const struct request *, const struct preview *, const struct preview_form *, size_t n, size_t *written);
