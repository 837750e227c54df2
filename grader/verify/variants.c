/* SPDX-License-Identifier: MIT */
/* How many variants a scenario has: what its `vary` can draw. */
#include "grader/verify/verify.h"

static double of_variable(const struct variable *v)
{
    double n = 1;
    switch (v->kind) {
    case VARY_PICK: return (double)v->pick.n;
    case VARY_IP: return (double)((1ull << (32 - v->net.bits)) - 2);
    case VARY_PORT:
    case VARY_NUMBER: return (double)(v->high - v->low + 1);
    case VARY_TIME:
    case VARY_DURATION: return (double)(v->high - v->low) / 1000 + 1; /* to the second */
    case VARY_DIGITS:
        for (int64_t i = 0; i < v->count; i++)
            n *= 10;
        return n;
    case VARY_WORDS:
    case VARY_NAME:
    case VARY_TEXT: /* made of others; words and names are drawn from lists that may grow: not counted */ return 1;
    }
    return 1;
}

double verify_variants(const struct scenario *s)
{
    const struct variable *v = s->vary.items;
    double n = 1;
    for (size_t i = 0; i < s->vary.n; i++)
        n *= of_variable(&v[i]);
    return n;
}
