/* SPDX-License-Identifier: MIT */
/* Private: what the checks share. */
#pragma once

#include "sim/scenario/decode.h"

/* A mistake under a word of the file (the very text that was decoded, not a copy). */
void word_error(const struct scenario *, struct diags *, const char *word, const char *rule, const char *fmt, ...) PRINTF(5, 6);
void expect_kind(struct scenario *, struct diags *, const char *word, enum name_kind); /* NULL is fine */
void check_client(struct scenario *, struct diags *, const char *client);
const char *const *scenario_marks(struct scenario *); /* ends with NULL */
typedef void check_step_fn(struct scenario *, struct diags *, const struct step *);
void check_repairs(struct scenario *, struct diags *, check_step_fn *); /* other_repairs; each step by that function */
void check_steps(struct scenario *, struct diags *);                    /* variables, timeline and solution */
