/* SPDX-License-Identifier: MIT */
/* A class looked at, on a screen. */
#include "grader/batch/analysis.h"

#include <math.h>
#include <string.h>

static void add_ratio(struct str *out, double value)
{
    if (isnan(value))
        str_add(out, "     -");
    else
        str_addf(out, "%5.0f%%", value * 100);
}

static void add_items(struct str *out, const struct analysis *a)
{
    str_add(out, "\nitem               right   facility  first  discrim.  hints\n");
    for (size_t i = 0; i < a->n_items; i++) {
        const struct item *item = &a->items[i];
        str_addf(out, "%-17.17s %4zu/%-4zu  ", item->id, item->right, item->n);
        add_ratio(out, item->facility);
        str_add(out, "  ");
        add_ratio(out, item->first);
        if (isnan(item->discrimination))
            str_add(out, "         -");
        else
            str_addf(out, "  %8.2f", item->discrimination);
        str_addf(out, "  %5zu\n", item->hints);
    }
}

/* Who has no grade, and why: what is to be done before grades go out. */
static void add_missing(struct str *out, const struct analysis *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct row *row = &a->rows[i];
        if (row->graded || !row->handed_in)
            continue;
        const char *why = row->not_graded ? row->not_graded : "";
        str_addf(out, "%s  %-17s %.*s\n", n++ ? "" : "\nhanded in, and no grade:\n", row->student->id, (int)strcspn(why, "\n"),
                 why);
    }
    size_t column = 0;
    for (size_t i = 0; i < a->n; i++) {
        const char *id = a->rows[i].student->id;
        if (a->rows[i].graded || a->rows[i].handed_in)
            continue;
        bool full = column + strlen(id) > 96;
        str_add(out, !column ? "\nnothing handed in:\n  " : full ? ",\n  " : ", ");
        str_add(out, id);
        column = (full ? 0 : column) + strlen(id) + 2;
    }
    str_add(out, column ? "\n" : "");
    for (size_t i = 0; i < a->n_unclaimed; i++)
        str_addf(out, "%s  %s: %s\n", i ? "" : "\nof nobody in the class:\n", a->unclaimed[i].upload, a->unclaimed[i].why);
}

/* What makes grades other than they seem: a rule that does nothing looks like one that found nothing. */
static void add_doubts(struct str *out, const struct analysis *a)
{
    if (a->outdated)
        str_addf(out, "\n%zu grade%s from before the scenario in the class was corrected: class regrade CLASS UPLOAD...\n",
                 a->outdated, a->outdated == 1 ? " is" : "s are");
    if (a->idle_deadline)
        str_add(out, "\nthe deadline in class.json costs nobody anything: there is no \"late\" beside it\n");
    if (a->untimed)
        str_addf(out, "\n%zu grade%s of work that came nobody knows when, and so counts as in time: class grade --times FILE\n",
                 a->untimed, a->untimed == 1 ? " is" : "s are");
}

void analysis_text(const struct analysis *a, struct str *out)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        if (a->rows[i].graded && a->rows[i].max) {
            sum += (double)a->rows[i].score / (double)a->rows[i].max;
            n++;
        }
    str_addf(out, "%s: %zu student%s, %zu handed in, %zu %s a grade", a->class->name, a->n, a->n == 1 ? "" : "s", a->handed_in,
             a->graded, a->graded == 1 ? "has" : "have");
    if (n)
        str_addf(out, ", mean %.1f %%", 100 * sum / (double)n);
    str_addc(out, '\n');
    if (n)
        add_items(out, a);
    add_missing(out, a);
    add_doubts(out, a);
    if (a->timed)
        str_addf(out, "\ntime at work, as noted: median %lld min, of %zu student%s\n", (long long)time_minutes(a->median_s),
                 a->timed, a->timed == 1 ? "" : "s");
    size_t alike = a->n_alike + a->alike_left_off;
    if (alike)
        str_addf(out, "\n%zu %s alike among students: see the class page. Evidence, not a verdict.\n", alike,
                 alike == 1 ? "thing is" : "things are");
}
