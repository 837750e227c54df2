/* SPDX-License-Identifier: MIT */
/* Private: people's names as file names have them. Depends on base. */
#pragma once

#include "sim/base/base.h"

/* Letters and digits only, lower case, Latin letters without their marks: "Núñez, Zoë" and "nunez zoe" come to the same. What
 * is not Latin stays as it is. */
void name_fold(const char *name, struct str *out);
