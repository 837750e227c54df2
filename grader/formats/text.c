/* SPDX-License-Identifier: MIT */
/* For people in a terminal: the report's own text; several submissions under their names. */
#include "grader/formats/rows.h"

void text_add(struct writing *w, const struct graded *g)
{
    struct report_style style = {.width = w->style->width, .colour = w->style->colour, .hide_answers = w->style->hide_answers};
    if (w->of != 1)
        str_addf(w->out, "%s== %s ==\n", w->n > 1 ? "\n" : "", g->submission);
    if (g->report->receipt.content_hash)
        report_text(g->report, &style, w->out);
    else
        str_addf(w->out, "NOT GRADED: %s\n", g->report->ungradable);
}
