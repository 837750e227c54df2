/* SPDX-License-Identifier: MIT */
/*
 * Grades as Moodle, nbgrader and LTI gateways take them. Who has no grade is left blank, not 0. Moodle refuses a grade above
 * its site's limit, usually 100, and with it the whole file: the grade is the percentage, the points stand in the feedback.
 * What is blank in Moodle's file is "-": a blank grade of a new item becomes 0 there, and a row whose student is blank in the
 * column that the teacher mapped goes to the student of the row before (grade/import/csv, class load_data).
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static void add_text(struct str *out, const char *s)
{
    str_add_cell(out, s ? s : "");
    str_addc(out, ',');
}

/* ---- Moodle ---- */

static const char *column_of(const struct writing *w, const struct report *r)
{
    return w->style->column ? w->style->column : *r->title ? r->title : "cafelab";
}

static void add_text_or_dash(struct str *out, const char *s)
{
    if (s && *s)
        add_text(out, s);
    else
        str_add(out, "-,");
}

bool moodle_begin(struct writing *w, struct err *e)
{
    (void)w;
    (void)e;
    return true;
}

void moodle_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str feedback = {0};
    if (w->n == 1) {
        AUTO(str_drop) struct str title = {0};
        str_add(w->out, "username,idnumber,email,");
        add_text(w->out, column_of(w, r));
        str_addf(&title, "%s feedback", column_of(w, r));
        str_add_cell(w->out, str_text(&title));
        str_addc(w->out, '\n');
    }
    add_text_or_dash(w->out, g->login);
    add_text_or_dash(w->out, student_of(g));
    add_text_or_dash(w->out, g->email);
    if (!r->ungradable && r->max)
        str_add_points(w->out, r->score * 10000 / r->max);
    str_add(w->out, r->ungradable || !r->max ? "-," : ",");
    add_score_line(&feedback, r);
    if (r->vetoed)
        str_addf(&feedback, "; \"%s\" does not hold, so nothing else counts", r->vetoed);
    if (g->due)
        str_addf(&feedback, "; %s", g->due);
    str_add_cell(w->out, str_text(&feedback));
    str_addc(w->out, '\n');
}

/* ---- nbgrader ---- */

bool nbgrader_begin(struct writing *w, struct err *e)
{
    (void)e;
    str_add(w->out, "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,"
                    "score,max_score\n");
    return true;
}

void nbgrader_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    add_text(w->out, r->scenario);
    str_add(w->out, ",,");
    add_text(w->out, student_of(g));
    add_text(w->out, g->name); /* a name is not cut into first and last: nobody can do that right */
    str_add(w->out, ",");
    add_text(w->out, g->email);
    const int64_t points[] = {r->score + g->lowered, g->lowered, r->score};
    for (size_t i = 0; i < COUNT(points); i++) {
        if (!r->ungradable)
            str_add_points(w->out, points[i]);
        str_addc(w->out, ',');
    }
    str_add_points(w->out, r->max);
    str_addc(w->out, '\n');
}

/* ---- LTI 1.3, Assignment and Grade Services ---- */

static const char *grading_progress(const struct graded *g)
{
    const struct report *r = g->report;
    if (r->ungradable)
        return g->absent ? "NotReady" : "Failed";
    for (size_t i = 0; i < r->n; i++)
        if (r->findings[i].outcome == OUTCOME_MANUAL)
            return "PendingManual";
    return "FullyGraded";
}

void lti_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str comment = {0};
    json_auto_t *out = json_object();
    json_put_text(out, "userId", student_of(g));
    if (!r->ungradable) {
        json_put(out, "scoreGiven", json_points(r->score));
        json_put(out, "scoreMaximum", json_points(r->max));
    }
    add_score_line(&comment, r);
    json_put(out, "comment", json_clean(str_text(&comment)));
    json_put_text(out, "activityProgress", r->ungradable && g->absent ? "Initialized" : "Completed");
    json_put_text(out, "gradingProgress", grading_progress(g));
    str_add_json_value(w->out, out);
    str_addc(w->out, '\n');
}
