/* SPDX-License-Identifier: MIT */
/* Submitty's custom validator: a score from 0 to 1, and a list of messages with a status each. */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

static json_t *message(const char *text, const char *status)
{
    json_t *out = json_object();
    json_put(out, "message", json_clean(text));
    json_put_text(out, "status", status);
    return out;
}

void submitty_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    json_auto_t *out = json_object();
    if (r->ungradable) { /* the validator failed, so no score is taken from it */
        json_put_text(out, "status", "fail");
        json_put(out, "message", json_clean(r->ungradable));
        str_add_json_pretty(w->out, out);
        return;
    }
    AUTO(str_drop) struct str score = {0};
    json_t *data = json_object(), *messages = json_array();
    add_score_line(&score, r);
    json_array_append_new(messages, message(str_text(&score), r->score == r->max ? "success" : "information"));
    for (size_t i = 0; i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        AUTO(str_drop) struct str text = {0};
        if (!is_lost(f))
            continue;
        str_addf(&text, "%s: %s\n", f->id, f->title);
        add_story(&text, w, r, f);
        json_array_append_new(messages, message(str_text(&text), f->outcome == OUTCOME_PARTIAL ? "warning" : "failure"));
    }
    json_put(data, "score", json_real(r->max ? (double)r->score / (double)r->max : 0));
    json_put(data, "message", messages);
    json_put_text(data, "status", "success");
    json_put_text(out, "status", "success");
    json_put(out, "data", data);
    str_add_json_pretty(w->out, out);
}
