/* SPDX-License-Identifier: MIT */
/*
 * The true timeline for a debriefing: as Timesketch takes it (JSON lines with message, datetime, timestamp_desc), and its
 * techniques as a layer of the ATT&CK Navigator (layer format 4.5).
 */
#include "grader/story/story.h"

#include <string.h>

/* ---- Timesketch ---- */

static void add_message(struct str *out, const struct preview_row *r)
{
    str_addf(out, "%s: %s", r->step->as, r->op);
    if (r->step->mark)
        str_addf(out, " (%s)", r->step->mark);
    if (r->error_code)
        str_addf(out, ", refused: %s", r->error_code);
}

static void add_event(struct str *out, const struct preview *p, const struct preview_row *r)
{
    AUTO(str_drop) struct str message = {0}, time = {0};
    json_auto_t *event = json_object();
    json_t *tags = json_array();
    add_message(&message, r);
    str_add_time(&time, r->time_ms, "%Y-%m-%dT%H:%M:%S.%L+00:00");
    json_put_text(event, "message", str_text(&message));
    json_put_text(event, "datetime", str_text(&time));
    json_put_text(event, "timestamp_desc", "Scripted step");
    json_put_text(event, "data_type", "cafelab:step");
    json_put_text(event, "scenario", p->scenario->id);
    json_put_text(event, "actor", r->step->as);
    json_put_text(event, "operation", r->op);
    json_put_text(event, "event_id", r->event_id);
    json_put_text(event, "source_ip", r->ip);
    if (r->step->technique)
        json_array_append_new(tags, json_string(r->step->technique));
    json_put(event, "tag", tags);
    str_add_json_value(out, event);
    str_addc(out, '\n');
}

void debrief_timesketch(const struct preview *p, struct str *out)
{
    for (size_t i = 0; i < p->n; i++)
        add_event(out, p, &p->rows[i]);
}

/* ---- Navigator ---- */

/* What was done under a technique, in order, as the cell's comment. */
static json_t *technique_of(const struct preview *p, size_t row)
{
    const char *id = p->rows[row].step->technique;
    AUTO(str_drop) struct str comment = {0};
    unsigned n = 0;
    for (size_t i = row; i < p->n; i++) {
        if (!text_same(p->rows[i].step->technique, id))
            continue;
        str_add(&comment, n++ ? "\n" : "");
        str_add_time(&comment, p->rows[i].time_ms, "%Y-%m-%d %H:%M:%S ");
        add_message(&comment, &p->rows[i]);
    }
    return json_pack("{s:s, s:i, s:s, s:b}", "techniqueID", id, "score", (int)n, "comment", str_text(&comment), "enabled",
                     true);
}

static bool seen_before(const struct preview *p, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (text_same(p->rows[i].step->technique, p->rows[row].step->technique))
            return true;
    return false;
}

/* The layer's version is the major number of ATT&CK's. */
static json_t *versions(const struct preview *p)
{
    const char *version = p->scenario->attack_version;
    json_t *out = json_pack("{s:s, s:s}", "layer", "4.5", "navigator", "5.1.0");
    if (version)
        json_put(out, "attack", json_stringn(version, strcspn(version, ".")));
    return out;
}

/* Sub-techniques are folded away unless the layout opens those that are coloured. */
json_t *debrief_navigator(const struct preview *p)
{
    json_t *techniques = json_array();
    json_int_t most = 1;
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].step->technique && !seen_before(p, i)) {
            json_t *technique = technique_of(p, i);
            most = json_int_or(technique, "score", 0) > most ? json_int_or(technique, "score", 0) : most;
            json_array_append_new(techniques, technique);
        }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:{s:s, s:b, s:b, s:s}, s:{s:[s,s], s:i, s:I}}", "name",
                     local_text_get(&p->scenario->title, p->language), "domain", "enterprise-attack", "description",
                     "What the intruder did, and when", "versions", versions(p), "techniques", techniques, "layout", "layout",
                     "side", "showName", true, "showID", true, "expandedSubtechniques", "annotated", "gradient", "colors",
                     "#ffe0b2", "#c0392b", "minValue", 0, "maxValue", most);
}
