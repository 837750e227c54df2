/* SPDX-License-Identifier: MIT */
/*
 * TAP, called version 13, which every reader knows (Perl's refuses 14) and 14 includes. One submission is a plain stream;
 * several are one test each, with their items as a subtest. What is not right in full is "not ok"; what was skipped or waits
 * for a person is "# SKIP". A submission that cannot be graded bails out.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static void add_indented(struct writing *w)
{
    if (w->of != 1)
        str_add(w->out, "    ");
}

/* A description in one line: "#" would begin a directive, and "\" before it would take its own "\" away. */
static void add_description(struct str *out, const char *s)
{
    AUTO(str_drop) struct str clean = {0};
    str_add_log(&clean, s);
    for (const char *c = str_text(&clean); *c; c++) {
        if (*c == '#' || *c == '\\')
            str_addc(out, '\\');
        str_addc(out, *c);
    }
}

static void add_field(struct writing *w, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    add_indented(w);
    str_addf(w->out, "  %s: ", key);
    str_add_json(w->out, value); /* YAML reads it as it is */
    str_addc(w->out, '\n');
}

static void add_block(struct writing *w, const struct report *r, const struct finding *f)
{
    AUTO(str_drop) struct str points = {0}, story = {0};
    str_add_points(&points, f->points);
    str_addc(&points, '/');
    str_add_points(&points, f->max);
    add_indented(w);
    str_add(w->out, "  ---\n");
    add_field(w, "outcome", outcome_names[f->outcome]);
    add_field(w, "points", str_text(&points));
    add_story(&story, w, r, f);
    add_field(w, "message", str_text(&story));
    add_indented(w);
    str_add(w->out, "  ...\n");
}

static void add_item(struct writing *w, const struct report *r, size_t i)
{
    const struct finding *f = &r->findings[i];
    bool skipped = f->outcome == OUTCOME_SKIPPED || f->outcome == OUTCOME_MANUAL;
    add_indented(w);
    str_addf(w->out, "%sok %zu - ", is_lost(f) ? "not " : "", i + 1);
    add_description(w->out, f->id);
    str_add(w->out, ": ");
    add_description(w->out, f->title);
    if (skipped)
        str_addf(w->out, " # SKIP %s", f->outcome == OUTCOME_MANUAL ? "to be marked by a person" : "not graded");
    str_addc(w->out, '\n');
    if (!skipped && (is_lost(f) || f->hints))
        add_block(w, r, f);
}

static void add_items(struct writing *w, const struct report *r)
{
    add_indented(w);
    str_addf(w->out, "1..%zu\n", r->n);
    for (size_t i = 0; i < r->n; i++)
        add_item(w, r, i);
}

bool tap_begin(struct writing *w, struct err *e)
{
    (void)e;
    str_add(w->out, "TAP version 13\n");
    if (w->of > 1)
        str_addf(w->out, "1..%zu\n", w->of);
    return true;
}

void tap_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str score = {0};
    add_score_line(&score, r);
    if (w->of == 1) {
        if (r->ungradable) {
            str_add(w->out, "Bail out! ");
            str_add_log(w->out, str_text(&score));
            str_addc(w->out, '\n');
            return;
        }
        add_items(w, r);
        str_addf(w->out, "# %s\n", str_text(&score));
        return;
    }
    bool full = !r->ungradable && r->score == r->max;
    if (!r->ungradable) {
        str_add(w->out, "# Subtest: ");
        add_description(w->out, g->submission);
        str_addc(w->out, '\n');
        add_items(w, r);
    }
    for (size_t i = 0; !r->ungradable && i < r->n; i++)
        full &= !is_lost(&r->findings[i]);
    str_addf(w->out, "%sok %zu - ", full ? "" : "not ", w->n);
    add_description(w->out, g->submission);
    str_add(w->out, ": ");
    add_description(w->out, str_text(&score));
    str_addc(w->out, '\n');
}
