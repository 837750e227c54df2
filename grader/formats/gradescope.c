/* SPDX-License-Identifier: MIT */
/*
 * Gradescope's results.json. The score stands at the top, so that vetoes and penalties count as they do here; a penalty that
 * holds is a test without points. What was expected goes into extra_data, which is kept and never shown. A submission that
 * cannot be graded has to have a score there, 0, and says that it is no attempt.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static json_t *secrets(const struct writing *w, const struct report *r, const struct finding *whole)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding shown = w->style->hide_answers ? seen(w, r, whole, &arena) : *whole, *f = &shown;
    json_t *out = json_object();
    json_put_text(out, "outcome", outcome_names[f->outcome]);
    json_put_text(out, "expected", f->expected);
    json_put_text(out, "found", f->found);
    json_put(out, "hints", json_integer(f->hints));
    return out;
}

static json_t *test_of(const struct writing *w, const struct report *r, size_t i)
{
    static const char *const tags[] = {"question", "repair", "to be kept", "to be kept"};
    const struct finding *f = &r->findings[i];
    AUTO(str_drop) struct str story = {0};
    json_t *out = json_object();
    json_put(out, "name", json_textf("%s: %s", f->id, f->title));
    json_put(out, "number", json_textf("%zu", i + 1));
    if (f->max || f->points) {
        json_put(out, "score", json_points(f->points));
        json_put(out, "max_score", json_points(f->max));
    }
    json_put_text(out, "status", is_lost(f) ? "failed" : "passed");
    add_story(&story, w, r, f);
    if (f->outcome == OUTCOME_MANUAL)
        str_add(&story, "to be marked by a person\n");
    if (f->outcome == OUTCOME_SKIPPED)
        str_add(&story, "not graded\n");
    json_put(out, "output", json_clean(str_text(&story)));
    json_put(out, "tags", json_pack("[s]", tags[f->kind]));
    json_put_text(out, "visibility", "visible");
    json_put(out, "extra_data", secrets(w, r, f));
    return out;
}

static json_t *receipt_of(const struct report *r)
{
    json_auto_t *whole = report_json(r, true);
    return json_incref(json_object_get(whole, "receipt"));
}

void gradescope_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str output = {0};
    json_auto_t *out = json_object();
    json_t *tests = json_array();
    json_put(out, "score", r->ungradable ? json_integer(0) : json_points(r->score));
    if (r->ungradable)
        str_addf(&output, "NOT GRADED, and no attempt of yours is used up: %s\n", r->ungradable);
    else if (r->vetoed)
        str_addf(&output, "\"%s\" does not hold, so nothing else counts.\n", r->vetoed);
    for (size_t i = 0; i < r->n_notes; i++)
        str_addf(&output, "note: %s\n", r->notes[i]);
    if (g->due)
        str_addf(&output, "%s\n", g->due);
    json_put(out, "output", json_clean(str_text(&output)));
    json_put_text(out, "output_format", "text");
    json_put_text(out, "visibility", "visible");
    json_put_text(out, "stdout_visibility", "hidden");
    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(tests, test_of(w, r, i));
    json_put(out, "tests", tests);
    json_put(out, "extra_data", receipt_of(r));
    str_add_json_pretty(w->out, out);
}
