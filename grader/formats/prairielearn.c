/* SPDX-License-Identifier: MIT */
/*
 * PrairieLearn's results.json: score from 0 to 1, or gradable: false with format_errors, which uses up no attempt. Each
 * test has points, or the badges of all would vanish; max_points 0 is neutral.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static json_t *test_of(const struct writing *w, const struct report *r, const struct finding *f)
{
    AUTO(str_drop) struct str story = {0};
    json_t *out = json_object();
    json_put_text(out, "name", f->id);
    json_put_text(out, "description", f->title);
    json_put(out, "points", json_points(f->points > 0 ? f->points : 0));
    json_put(out, "max_points", json_points(f->max));
    json_put_text(out, "message", outcome_names[f->outcome]);
    add_story(&story, w, r, f);
    json_put(out, "output", json_clean(str_text(&story)));
    return out;
}

void prairielearn_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str message = {0};
    json_auto_t *out = json_object();
    if (r->ungradable) {
        json_put(out, "gradable", json_false());
        json_put(out, "score", json_integer(0));
        json_put(out, "format_errors", json_pack("[o]", json_clean(r->ungradable)));
        str_add_json_pretty(w->out, out);
        return;
    }
    add_score_line(&message, r);
    if (r->vetoed)
        str_addf(&message, "; \"%s\" does not hold, so nothing else counts", r->vetoed);
    json_t *tests = json_array();
    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(tests, test_of(w, r, &r->findings[i]));
    json_put(out, "gradable", json_true());
    json_put(out, "score", json_real(r->max ? (double)r->score / (double)r->max : 0));
    json_put(out, "message", json_clean(str_text(&message)));
    json_put(out, "tests", tests);
    str_add_json_pretty(w->out, out);
}
