/* SPDX-License-Identifier: MIT */
/* Private to sim/host: a configuration file changed as a person in an editor would. */
#pragma once

#include "sim/host/machine.h"

/* Appends `data` with each keyword of `set` set to its text: other active lines of the keyword are commented out, a line that
 * says the wanted is uncommented, else the first active or commented one is followed by it, else it goes to the end, before
 * Match. */
void set_directives(struct str *out, const char *data, size_t n, const json_t *set);
