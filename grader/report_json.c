/* SPDX-License-Identifier: MIT */
/* The report for machines: {score, max, percent, findings, receipt, ...}. */
#include "grader/grader.h"

static json_t *exhibit(const struct exhibit *e)
{
    json_t *out = json_object();
    json_put_text(out, "file", e->file);
    if (e->line)
        json_put(out, "line", json_integer(e->line));
    json_put_text(out, "eventID", e->event_id);
    if (e->seq)
        json_put(out, "journal", json_integer((json_int_t)e->seq));
    if (e->time_ms) {
        AUTO(str_drop) struct str time = {0};
        str_add_time(&time, e->time_ms, TIME_ISO);
        json_put_text(out, "time", str_text(&time));
    }
    json_put_text(out, "query", e->query);
    json_put_text(out, "text", e->text);
    return out;
}

static json_t *finding(const struct report *r, const struct finding *whole, bool hide_answers)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding seen = hide_answers ? finding_veiled(r, whole, r->language, &arena) : *whole, *f = &seen;
    json_t *out = json_object();
    json_put_text(out, "id", f->id);
    json_put_text(out, "kind", finding_names[f->kind]);
    json_put_text(out, "title", f->title);
    json_put_text(out, "outcome", outcome_names[f->outcome]);
    json_put(out, "points", json_points(f->points));
    json_put(out, "max", json_points(f->max));
    json_put_text(out, "expected", f->expected);
    json_put_text(out, "found", f->found);
    json_t *evidence = json_array();
    for (size_t i = 0; i < f->n_evidence; i++)
        json_array_append_new(evidence, exhibit(&f->evidence[i]));
    json_put(out, "evidence", evidence);
    json_put_text(out, "feedback", f->feedback);
    json_put_text(out, "depends_on", f->depends_on);
    if (f->hints) {
        json_put(out, "hints", json_integer(f->hints));
        json_put(out, "hint_cost", json_points(f->hint_cost));
    }
    return out;
}

static json_t *receipt(const struct report *r)
{
    json_t *out = json_object();
    json_put_text(out, "scenario", r->scenario);
    json_put_text(out, "content_hash", r->receipt.content_hash);
    json_put_text(out, "seed_commitment", r->receipt.seed_commitment);
    json_put(out, "events", json_integer(r->receipt.events));
    json_put_text(out, "journal_hash", r->receipt.journal_hash);
    json_put_text(out, "lab_version", r->receipt.lab_version);
    json_put_text(out, "version", r->receipt.version);
    json_put_text(out, "submission_hash", r->receipt.submission_hash);
    return out;
}

json_t *report_json(const struct report *r, bool hide_answers)
{
    json_t *out = json_object();
    json_put(out, "score", r->ungradable ? json_null() : json_points(r->score));
    json_put(out, "max", json_points(r->max));
    json_put(out, "percent", r->ungradable ? json_null() : json_integer(report_percent(r)));
    json_put_text(out, "title", r->title);
    json_put_text(out, "student", r->student);
    json_put_text(out, "ungradable", r->ungradable);
    json_put_text(out, "vetoed", r->vetoed);
    json_t *notes = json_array(), *findings = json_array();
    for (size_t i = 0; i < r->n_notes; i++)
        json_array_append_new(notes, json_clean(r->notes[i]));
    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(findings, finding(r, &r->findings[i], hide_answers || r->ungradable));
    json_put(out, "notes", notes);
    json_put(out, "findings", findings);
    json_put(out, "receipt", receipt(r));
    return out;
}
