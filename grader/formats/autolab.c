/* SPDX-License-Identifier: MIT */
/*
 * Autolab reads the last line of the output: {"scores": {problem: points}}. The problems of the assessment have to be named
 * as the items here; penalties and vetoes are settled with their points. The line before shows the items by stage. Of a
 * submission that cannot be graded there is no score.
 */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

#include <stdlib.h>

static const char *const stages[] = {"Questions", "Repairs", "Kept", "Kept"};

static json_t *semantic(const struct writing *w, const struct report *r)
{
    json_t *out = json_object();
    json_put_text(out, "_presentation", "semantic");
    json_put(out, "stages", json_pack("[s,s,s]", stages[0], stages[1], stages[2]));
    for (size_t stage = 0; stage < 3; stage++) {
        json_t *items = json_object();
        for (size_t i = 0; i < r->n; i++) {
            const struct finding *f = &r->findings[i];
            AUTO(str_drop) struct str story = {0};
            if (!text_same(stages[f->kind], stages[stage]))
                continue;
            json_t *item = json_object();
            json_put(item, "passed", json_boolean(f->outcome == OUTCOME_PASS));
            add_story(&story, w, r, f);
            if (f->outcome != OUTCOME_PASS)
                json_put(item, "hint", json_clean(str_text(&story)));
            json_put(items, f->id, item);
        }
        json_put(out, stages[stage], items);
    }
    return out;
}

void autolab_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    json_auto_t *last = json_object(), *shown = semantic(w, r);
    json_t *scores = json_object();
    int64_t *points = settled_points(r);
    for (size_t i = 0; !r->ungradable && i < r->n; i++)
        if (r->findings[i].max > 0)
            json_put(scores, r->findings[i].id, json_points(points[i]));
    free(points);
    json_put(last, "scores", scores);
    if (!r->ungradable)
        json_put(last, "scoreboard", json_pack("[o]", json_points(r->score)));
    else {
        str_add_log(w->out, r->ungradable);
        str_addc(w->out, '\n');
    }
    str_add_json_value(w->out, shown);
    str_addc(w->out, '\n');
    str_add_json_value(w->out, last);
    str_addc(w->out, '\n');
}
