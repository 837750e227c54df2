/* SPDX-License-Identifier: MIT */
/* DuckDB's errors in Athena's words. Private to sim/athena. */
#pragma once

#include "sim/athena/rewrite.h"

/* `said`: DuckDB's error as JSON (SET errors_as_json). `to` and `t`: the query, for the place in the author's text; `to`
 * may be NULL. `tables`: the names there are, ending with NULL. Sets the error and returns false. */
bool words_of_error(const char *said, const struct rewritten *to, const struct tokens *t, const char *const *tables,
                    struct err *);
