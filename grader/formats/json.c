/* SPDX-License-Identifier: MIT */
/* The whole report for machines: one object, or a list when several submissions were asked for; or an object a line. */
#include "grader/formats/rows.h"

static json_t *whole(const struct writing *w, const struct graded *g)
{
    json_t *value = report_json(g->report, w->style->hide_answers);
    json_put_text(value, "submission", g->submission);
    json_put_text(value, "name", g->name);
    json_put_text(value, "late", g->due);
    return value;
}

bool json_begin_all(struct writing *w, struct err *e)
{
    (void)e;
    if (w->of != 1)
        str_add(w->out, "[\n");
    return true;
}

void json_add(struct writing *w, const struct graded *g)
{
    json_auto_t *value = whole(w, g);
    if (w->n > 1) { /* the comma stands before what comes, so that nothing needs to be known of it */
        str_add(w->out, ",\n");
    }
    str_add_json_pretty(w->out, value);
}

void json_end_all(struct writing *w)
{
    if (w->of != 1)
        str_add(w->out, "]\n");
}

void jsonl_add(struct writing *w, const struct graded *g)
{
    json_auto_t *value = whole(w, g);
    str_add_json_value(w->out, value);
    str_addc(w->out, '\n');
}
