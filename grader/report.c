/* SPDX-License-Identifier: MIT */
/* What both projections of a report share. */
#include "grader/grader.h"

#include <stdlib.h>

const char *const outcome_names[] = {"pass", "partial", "fail", "skipped", "error", "ungradable", "manual", NULL};

int report_percent(const struct report *r)
{
    return r->max ? (int)(r->score * 100 / r->max) : 0;
}

void str_add_points(struct str *out, int64_t hundredths)
{
    int64_t size = hundredths < 0 ? -hundredths : hundredths;
    str_addf(out, "%s%lld", hundredths < 0 ? "-" : "", (long long)(size / 100));
    if (size % 100)
        str_addf(out, ".%02lld", (long long)(size % 100));
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
