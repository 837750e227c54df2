/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML as Jenkins and GitLab read it: a suite a submission, a case an item. What was solved in part has failed, too,
 * and says so in its message; an essay that waits for a person is skipped. No times: a report has none.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

struct counts {
    unsigned failures, errors, skipped;
};

static struct counts count(const struct report *r)
{
    struct counts n = {0};
    for (size_t i = 0; i < r->n; i++) {
        enum judged o = r->findings[i].outcome;
        n.failures += o == OUTCOME_FAIL || o == OUTCOME_PARTIAL;
        n.errors += o == OUTCOME_ERROR || o == OUTCOME_UNGRADABLE;
        n.skipped += o == OUTCOME_SKIPPED || o == OUTCOME_MANUAL;
    }
    return n;
}

static void add_property(struct str *out, const char *name, const char *value)
{
    str_addf(out, "      <property name=\"%s\" value=\"", name);
    str_add_markup(out, value);
    str_add(out, "\"/>\n");
}

static void add_properties(struct str *out, const struct graded *g)
{
    AUTO(str_drop) struct str score = {0};
    add_score_line(&score, g->report);
    str_add(out, "    <properties>\n");
    add_property(out, "submission", g->submission);
    add_property(out, "score", str_text(&score));
    if (g->report->receipt.submission_hash)
        add_property(out, "submission_hash", g->report->receipt.submission_hash);
    str_add(out, "    </properties>\n");
}

static void add_verdict(struct writing *w, const struct report *r, const struct finding *f)
{
    static const char *const elements[] = {
        [OUTCOME_PARTIAL] = "failure", [OUTCOME_FAIL] = "failure",     [OUTCOME_SKIPPED] = "skipped",
        [OUTCOME_ERROR] = "error",     [OUTCOME_UNGRADABLE] = "error", [OUTCOME_MANUAL] = "skipped"};
    AUTO(str_drop) struct str story = {0}, points = {0};
    const char *element = elements[f->outcome];
    add_story(&story, w, r, f);
    str_add_points(&points, f->points);
    str_add(&points, " of ");
    str_add_points(&points, f->max);
    str_addf(&points, " points%s", f->outcome == OUTCOME_MANUAL ? ", to be marked by a person" : "");
    str_addf(w->out, "      <%s message=\"%s\"", element, str_text(&points));
    if (element[0] != 's')
        str_addf(w->out, " type=\"%s\"", outcome_names[f->outcome]);
    str_addc(w->out, '>');
    if (element[0] != 's')
        str_add_markup(w->out, str_text(&story));
    str_addf(w->out, "</%s>\n", element);
}

static void add_case(struct writing *w, const struct report *r, const struct finding *f)
{
    str_add(w->out, "    <testcase classname=\"");
    str_add_markup(w->out, r->scenario);
    str_addf(w->out, ".%s\" name=\"", finding_names[f->kind]);
    str_add_markup(w->out, f->id);
    str_add(w->out, ": ");
    str_add_markup(w->out, f->title);
    if (f->outcome == OUTCOME_PASS) {
        str_add(w->out, "\"/>\n");
        return;
    }
    str_add(w->out, "\">\n");
    add_verdict(w, r, f);
    str_add(w->out, "    </testcase>\n");
}

/* A submission that has no items at all is one error. */
static void add_unreadable(struct writing *w, const struct report *r)
{
    str_add(w->out, "    <testcase classname=\"submission\" name=\"can be read\">\n      <error message=\"not graded\" "
                    "type=\"ungradable\">");
    str_add_markup(w->out, r->ungradable);
    str_add(w->out, "</error>\n    </testcase>\n");
}

bool junit_begin(struct writing *w, struct err *e)
{
    (void)e;
    str_add(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cafelab\">\n");
    return true;
}

void junit_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    struct counts n = count(r);
    bool unreadable = r->ungradable && !n.errors;
    str_add(w->out, "  <testsuite name=\"");
    str_add_markup(w->out, student_of(g));
    str_addf(w->out, "\" tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", r->n + unreadable, n.failures,
             n.errors + unreadable, n.skipped);
    add_properties(w->out, g);
    if (unreadable)
        add_unreadable(w, r);
    for (size_t i = 0; i < r->n; i++)
        add_case(w, r, &r->findings[i]);
    str_add(w->out, "  </testsuite>\n");
}

void junit_end(struct writing *w)
{
    str_add(w->out, "</testsuites>\n");
}
