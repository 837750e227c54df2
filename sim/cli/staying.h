/* SPDX-License-Identifier: MIT */
/* Private: a stay's begin and end, whether another process serves the lab or nobody does. */
#pragma once

#include "sim/lab/stay.h"

/* Logs in and opens the lab as it is then. *ret_answer (owned) is lab_stay_begin()'s. `on` NULL = the lab's first server. True:
 * staying_begun() must come, with *ret_held: we hold the lab until then; -1 = whoever serves it does all that. */
bool staying_begin(const char *dir, const struct arrival *, struct lab *, json_t **ret_answer, int *ret_held, struct err *);
bool staying_trace(struct lab *, int held, struct err *); /* lab_stay_trace(), where that is not done */
bool staying_begun(struct lab *, int held, struct err *);
bool staying_end(const char *dir, const struct stay *, struct err *);
json_t *staying_credentials(const char *dir, const char *on, struct err *); /* lab_stay_credentials(), whoever serves it */
