/* SPDX-License-Identifier: MIT */
/* cafelab class: the table of what can be done with a class, nothing else. */
#include "sim/cli/cli.h"

static const struct command *const parts[] = {&command_class_init, &command_class_build, NULL};

const struct command command_class = {
    .name = "class",
    .synopsis = "PART ...",
    .says = "a whole course: own variants, bundles, grades",
    .parts = parts,
};
