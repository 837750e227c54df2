/* SPDX-License-Identifier: MIT */
/* What both projections of a report share. */
#include "grader/grader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const outcome_names[] = {"pass", "partial", "fail", "skipped", "error", "ungradable", "manual", NULL};
const char *const finding_names[] = {"question", "check", "penalty", "veto", NULL};

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

json_t *json_points(int64_t hundredths)
{
    return hundredths % 100 ? json_real((double)hundredths / 100) : json_integer(hundredths / 100);
}

bool points_parse(const char *text, int64_t *ret)
{
    char plain[32], *end = NULL;
    if (snprintf(plain, sizeof(plain), "%s", text) >= (int)sizeof(plain))
        return false;
    char *comma = strchr(plain, '.') ? NULL : strchr(plain, ',');
    if (comma)
        *comma = '.';
    double value = strtod(plain, &end);
    if (end == plain || *end || !(value >= 0 && value <= 100000))
        return false;
    *ret = llround(value * 100);
    return true;
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
