/* SPDX-License-Identifier: MIT */
/* How many variants a scenario has: what its `vary` can draw. */
#include "grader/verify/verify.h"

double verify_variants(const struct scenario *s)
{
    const struct variable *v = s->vary.items;
    double n = 1;
    for (size_t i = 0; i < s->vary.n; i++)
        n *= variable_variants(&v[i]);
    return n;
}
