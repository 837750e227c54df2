/* SPDX-License-Identifier: MIT */
/* What the files about authorisation share: a question while it is answered. Private to sim/act. */
#pragma once

#include "sim/act/act.h"

struct asking {
    const struct world *w;
    const struct question_of_access *q;
    const struct user *user; /* who asks, if it is one that the account knows */
    const struct role *role;
    const char *arn;    /* of the principal */
    struct arena arena; /* for this question */
    bool variables;     /* the policy at hand is of 2012-10-17: ${..} means something */
};
struct values { /* of a condition key; n = 0: the key is absent */
    const char **list;
    size_t n;
};
struct values key_values(struct asking *, const char *key);
/* ${aws:username} and the like replaced; NULL when a variable has no value (then nothing matches). */
const char *expand_variables(struct asking *, const char *pattern);
bool conditions_hold(struct asking *, const json_t *condition); /* the Condition element; NULL holds */
bool condition_operator_known(const char *name);
const char *scalar_text(struct arena *, const json_t *); /* a text, number or truth value as text; else NULL */

/* Policies write one thing plainly and several as a list. */
size_t one_or_more(const json_t *);
const json_t *nth(const json_t *, size_t i);
/* Do a bucket's or an object's access control lists let somebody do what no policy does? */
bool acl_lets(const struct world *, const struct question_of_access *);
