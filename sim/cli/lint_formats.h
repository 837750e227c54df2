/* SPDX-License-Identifier: MIT */
/* Private: mistakes in the forms that other programs read. */
#pragma once

#include "sim/base/base.h"

/* `list` is what diags_json() gives. SARIF 2.1.0 (OASIS), as code scanning and editors read it. A new reference. */
json_t *lint_sarif(const json_t *list);
/* GitHub's workflow commands: a line "::error file=..,line=..,col=..,title=RULE::MESSAGE" for each. */
void lint_github(const json_t *list, struct str *out);
