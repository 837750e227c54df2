/* SPDX-License-Identifier: MIT */
/* What both projections of a report share. */
#include "grader/grader.h"

#include <stdlib.h>

const char *const outcome_names[] = {"pass", "partial", "fail", "skipped", "error", "ungradable", "manual", NULL};

int report_percent(const struct report *r)
{
    return r->max ? (int)(r->score * 100 / r->max) : 0;
}

void report_drop(struct report *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->findings[i].evidence);
    free(r->findings);
    free(r->notes);
    arena_drop(&r->arena);
    *r = (struct report){0};
}
