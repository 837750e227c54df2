/* SPDX-License-Identifier: MIT */
/*
 * What check50 prints with -o json: passed is true, false, or null for what was not run; a cause says why, and a dependency
 * which check had to pass first. A submission that cannot be graded is an error instead of results.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static json_t *cause_of(const struct writing *w, const struct report *r, const struct finding *whole)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding shown = seen(w, r, whole, &arena), *f = &shown;
    if (f->outcome == OUTCOME_PASS)
        return json_null();
    json_t *out = json_object();
    json_put_text(out, "rationale",
                  f->outcome == OUTCOME_SKIPPED  ? "not graded"
                  : f->outcome == OUTCOME_MANUAL ? "to be marked by a person"
                                                 : outcome_names[f->outcome]);
    json_put(out, "help", f->feedback ? json_clean(f->feedback) : json_null());
    json_put_text(out, "expected", f->expected);
    json_put_text(out, "actual", f->found);
    return out;
}

static json_t *result_of(const struct writing *w, const struct report *r, const struct finding *f)
{
    bool unknown = f->outcome == OUTCOME_SKIPPED || f->outcome == OUTCOME_MANUAL || f->outcome == OUTCOME_ERROR;
    AUTO(str_drop) struct str story = {0};
    json_t *out = json_object(), *data = json_object(), *log = json_array();
    json_put_text(out, "name", f->id);
    json_put_text(out, "description", f->title);
    json_put(out, "passed", unknown ? json_null() : json_boolean(f->outcome == OUTCOME_PASS));
    add_story(&story, w, r, f);
    if (story.len)
        json_array_append_new(log, json_clean(str_text(&story)));
    json_put(out, "log", log);
    json_put(out, "cause", cause_of(w, r, f));
    json_put(data, "points", json_points(f->points));
    json_put(data, "max", json_points(f->max));
    json_put(out, "data", data);
    json_put(out, "dependency", f->depends_on ? json_clean(f->depends_on) : json_null());
    return out;
}

void check50_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    json_auto_t *out = json_object();
    json_put(out, "slug", json_textf("cafelab/%s", r->scenario));
    if (r->ungradable)
        json_put(
            out, "error",
            json_pack("{s:s,s:o,s:[],s:{}}", "type", "Ungradable", "value", json_clean(r->ungradable), "traceback", "data"));
    else {
        json_t *results = json_array();
        for (size_t i = 0; i < r->n; i++)
            json_array_append_new(results, result_of(w, r, &r->findings[i]));
        json_put(out, "results", results);
    }
    json_put_text(out, "version", CAFELAB_VERSION);
    str_add_json_pretty(w->out, out);
}
