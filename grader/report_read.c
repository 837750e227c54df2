/* SPDX-License-Identifier: MIT */
/* The report for machines, read back: for class reports, gradebooks and comparing after a regrade. */
#include "grader/grader.h"

#include <math.h>

static const char *text_of(struct report *r, const json_t *object, const char *key)
{
    return arena_dup(&r->arena, json_str(object, key));
}

static bool read_points(const json_t *object, const char *key, int64_t *ret)
{
    const json_t *value = json_object_get(object, key);
    double points = json_number_value(value);
    if (!json_is_number(value) || !(fabs(points) < 1e9))
        return false;
    *ret = llround(points * 100);
    return true;
}

static bool read_name(const char *text, const char *const *names, size_t n, int *ret)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(names[i], text)) {
            *ret = (int)i;
            return true;
        }
    return false;
}

static void read_exhibit(struct report *r, const json_t *from, struct exhibit *e)
{
    *e = (struct exhibit){.file = text_of(r, from, "file"),
                          .line = (unsigned)json_int_or(from, "line", 0),
                          .event_id = text_of(r, from, "eventID"),
                          .seq = (uint64_t)json_int_or(from, "journal", 0),
                          .query = text_of(r, from, "query"),
                          .text = text_of(r, from, "text")};
    const char *time = json_str(from, "time");
    if (time && !time_parse(time, &e->time_ms, NULL))
        e->time_ms = 0;
}

static bool read_finding(struct report *r, const json_t *from, struct finding *f)
{
    int kind = 0, outcome = 0;
    *f = (struct finding){.id = text_of(r, from, "id"),
                          .title = text_of(r, from, "title"),
                          .expected = text_of(r, from, "expected"),
                          .found = text_of(r, from, "found"),
                          .feedback = text_of(r, from, "feedback"),
                          .depends_on = text_of(r, from, "depends_on"),
                          .hints = (unsigned)json_int_or(from, "hints", 0)};
    const json_t *evidence = json_object_get(from, "evidence");
    for (size_t i = 0; i < json_array_size(evidence); i++)
        read_exhibit(r, json_array_get(evidence, i), GROW(f->evidence, f->n_evidence, f->cap_evidence));
    if (!f->id || !f->title || !read_name(json_str(from, "kind"), finding_names, FINDING_VETO + 1, &kind) ||
        !read_name(json_str(from, "outcome"), outcome_names, OUTCOME_MANUAL + 1, &outcome) ||
        !read_points(from, "points", &f->points) || !read_points(from, "max", &f->max))
        return false;
    f->kind = (enum finding_kind)kind;
    f->outcome = (enum judged)outcome;
    return !f->hints || read_points(from, "hint_cost", &f->hint_cost);
}

static const char *text_or(struct report *r, const json_t *object, const char *key)
{
    return arena_dup(&r->arena, json_str_or(object, key, ""));
}

bool report_read(const json_t *from, struct report *r, struct err *e)
{
    const json_t *findings = json_object_get(from, "findings"), *notes = json_object_get(from, "notes");
    const json_t *receipt = json_object_get(from, "receipt");
    *r = (struct report){.scenario = ""};
    r->scenario = text_or(r, receipt, "scenario");
    r->title = text_or(r, from, "title");
    r->student = text_or(r, from, "student");
    r->ungradable = text_of(r, from, "ungradable");
    r->vetoed = text_of(r, from, "vetoed");
    r->receipt.content_hash = text_of(r, receipt, "content_hash");
    r->receipt.seed_commitment = text_or(r, receipt, "seed_commitment");
    r->receipt.lab_version = text_or(r, receipt, "lab_version");
    r->receipt.version = text_or(r, receipt, "version");
    r->receipt.submission_hash = text_or(r, receipt, "submission_hash");
    r->receipt.journal_hash = text_or(r, receipt, "journal_hash");
    r->receipt.events = json_int_or(receipt, "events", 0);
    if (!json_is_array(findings) || !read_points(from, "max", &r->max) ||
        (!r->ungradable && !read_points(from, "score", &r->score)))
        return err_set(e, "no report of cafelab: expected score, max and findings");
    if (r->score < 0 || r->score > r->max)
        return err_set(e, "no report of cafelab: expected a score from 0 to max");
    r->findings = xcalloc(json_array_size(findings) + 1, sizeof(*r->findings));
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (!read_finding(r, json_array_get(findings, i), &r->findings[r->n++]))
            return err_set(e, "no report of cafelab: finding %zu has no id, outcome or points", i + 1);
    for (size_t i = 0; i < json_array_size(notes); i++)
        if (json_is_string(json_array_get(notes, i)))
            *GROW(r->notes, r->n_notes, r->cap_notes) = arena_dup(&r->arena, json_string_value(json_array_get(notes, i)));
    return true;
}
