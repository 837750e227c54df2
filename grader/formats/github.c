/* SPDX-License-Identifier: MIT */
/*
 * GitHub Classroom's reporter reads <RUNNER>_RESULTS from the environment, base64 of JSON, for every runner that its input
 * names. It shows passed tests / tests of each runner but reports the sum of the tests' scores, and forgets runners of
 * max_score 0: so each item with points is a runner of one test, and penalties and vetoes are settled with the items' points.
 * `cafelab grade ... --format github >> $GITHUB_ENV`, then `runners: ${{ env.RUNNERS }}`. Runners' ids: letters, digits.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

#include <ctype.h>
#include <stdlib.h>

static void add_runner(struct str *out, size_t i, const char *id)
{
    str_addf(out, "r%zu", i + 1);
    for (; *id; id++)
        if (isalnum((unsigned char)*id))
            str_addc(out, *id);
}

static json_t *runner(struct writing *w, const struct graded *g, const struct finding *f, int64_t points)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str story = {0};
    bool full = f->outcome == OUTCOME_PASS && points == f->points; /* hints lower a right answer's points, no more */
    bool error = f->outcome == OUTCOME_ERROR || f->outcome == OUTCOME_UNGRADABLE;
    const char *status = error ? "error" : full ? "pass" : "fail";
    add_story(&story, w, r, f);
    bool lowered = f->max > 0 && points != f->points; /* what takes points away takes none of its own */
    if (f->outcome == OUTCOME_MANUAL)
        str_add(&story, "to be marked by a person\n");
    if (lowered && r->vetoed)
        str_addf(&story, "counts for nothing, because \"%s\" does not hold\n", r->vetoed);
    else if (lowered && g->due)
        str_addf(&story, "lowered: %s\n", g->due);
    else if (lowered)
        str_add(&story, "lowered by what must be kept and was not: see the penalties\n");
    json_t *test = json_object(), *tests = json_array(), *out = json_object();
    json_put(test, "name", json_textf("%s: %s", f->id, f->title));
    json_put_text(test, "status", status);
    json_put(test, "score", json_points(points));
    json_put(test, "message", json_clean(str_text(&story)));
    json_put_text(test, "test_code", "");
    json_put_text(test, "filename", "");
    json_put(test, "line_no", json_integer(0));
    json_put(test, "duration", json_integer(0));
    json_array_append_new(tests, test);
    json_put(out, "version", json_integer(1));
    json_put_text(out, "status", status);
    json_put(out, "max_score", json_points(f->max));
    json_put(out, "tests", tests);
    return out;
}

static void add_result(struct str *out, const char *name, const json_t *value)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, value);
    for (; *name; name++)
        str_addc(out, (char)toupper((unsigned char)*name));
    str_add(out, "_RESULTS=");
    str_add_base64(out, str_text(&text), text.len);
    str_addc(out, '\n');
}

/* Nothing but a reason: one runner that is an error. */
static void add_unreadable(struct writing *w, const struct report *r)
{
    json_auto_t *value =
        json_pack("{s:i,s:s,s:i,s:[{s:s,s:s,s:i,s:o}]}", "version", 1, "status", "error", "max_score", 0, "tests", "name",
                  "the submission can be read", "status", "error", "score", 0, "message", json_clean(r->ungradable));
    add_result(w->out, "submission", value);
    str_add(w->out, "RUNNERS=submission\n");
}

void github_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    AUTO(str_drop) struct str names = {0};
    if (r->ungradable) {
        add_unreadable(w, r);
        return;
    }
    int64_t *points = settled_points(r);
    for (size_t i = 0; i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        if (f->max <= 0 && !is_lost(f))
            continue;
        AUTO(str_drop) struct str name = {0};
        json_auto_t *value = runner(w, g, f, points[i]);
        add_runner(&name, i, f->id);
        add_result(w->out, str_text(&name), value);
        str_addf(&names, "%s%s", names.len ? "," : "", str_text(&name));
    }
    str_addf(w->out, "RUNNERS=%s\n", str_text(&names));
    free(points);
}
