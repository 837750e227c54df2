/* SPDX-License-Identifier: MIT */
/* cafelab class: the table of what can be done with a class, nothing else. */
#include "sim/cli/cli.h"

static const struct command *const parts[] = {
    &command_class_init,
    &command_class_build,
    &command_class_grade,
    &command_class_report,
    &command_class_regrade,
    &command_class_receipt,
    NULL,
};

const struct command command_class = {
    .name = "class",
    .synopsis = "PART ...",
    .says = "a whole course: own variants, bundles, grades",
    .parts = parts,
};
