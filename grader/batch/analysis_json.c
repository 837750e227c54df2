/* SPDX-License-Identifier: MIT */
/* A class looked at, for machines. */
#include "grader/batch/analysis.h"

#include <math.h>

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(round(value * 1000) / 1000);
}

static json_t *seconds(int64_t value)
{
    return value < 0 ? json_null() : json_integer((json_int_t)value);
}

static json_t *item_json(const struct item *item)
{
    json_t *out = json_object();
    json_put_text(out, "id", item->id);
    json_put_text(out, "kind", finding_names[item->kind]);
    json_put_text(out, "title", item->title);
    json_put(out, "max", json_points(item->max));
    json_put(out, "students", json_integer((json_int_t)item->n));
    json_put(out, "right", json_integer((json_int_t)item->right));
    json_put(out, "partly", json_integer((json_int_t)item->partly));
    json_put(out, "undecided", json_integer((json_int_t)item->errors));
    json_put(out, "facility", number(item->facility));
    json_put(out, "facility_first_attempt", number(item->first));
    json_put(out, "discrimination", number(item->discrimination));
    json_put(out, "hints", json_integer((json_int_t)item->hints));
    json_put(out, "attempts_until_right", number(item->tries));
    json_put(out, "seconds", seconds(item->seconds));
    return out;
}

static json_t *row_json(const struct analysis *a, const struct row *row)
{
    json_t *out = json_object(), *cells = json_object();
    json_put_text(out, "student", row->student->id);
    json_put_text(out, "name", *row->student->name ? row->student->name : NULL);
    json_put_text(out, "section", *row->student->section ? row->student->section : NULL);
    json_put(out, "score", row->graded ? json_points(row->score) : json_null());
    json_put(out, "max", json_points(row->max));
    json_put(out, "before_rules", row->graded ? json_points(row->raw) : json_null());
    json_put_text(out, "why", row->why);
    json_put_text(out, "vetoed", row->vetoed);
    json_put_text(out, "not_graded", row->graded ? NULL : row->not_graded);
    json_put(out, "uploads", json_integer((json_int_t)row->attempts));
    json_put(out, "attempts", json_integer((json_int_t)row->counted));
    json_put(out, "hints", json_integer(row->hints));
    json_put(out, "seconds", seconds(row->seconds));
    for (size_t i = 0; row->graded && i < a->n_items; i++)
        if (row->cells[i].outcome >= 0)
            json_put(cells, a->items[i].id,
                     json_pack("[s,o]", outcome_names[row->cells[i].outcome], json_points(row->cells[i].points)));
    json_put(out, "items", cells);
    return out;
}

static json_t *likeness_json(const struct likeness *l)
{
    json_t *out = json_object(), *students = json_array();
    json_put_text(out, "kind", l->kind);
    for (size_t i = 0; i < l->n; i++)
        json_array_append_new(students, json_clean(l->students[i]));
    json_put(out, "students", students);
    json_put(out, "what", json_clean(l->what));
    json_put(out, "how_common", json_clean(l->base));
    return out;
}

json_t *analysis_json(const struct analysis *a)
{
    json_t *out = json_object(), *items = json_array(), *rows = json_array(), *alike = json_array(), *unclaimed = json_array();
    json_put_text(out, "class", a->class->name);
    json_put_text(out, "scenario", a->class->scenario_id);
    json_put(out, "students", json_integer((json_int_t)a->n));
    json_put(out, "handed_in", json_integer((json_int_t)a->handed_in));
    json_put(out, "graded", json_integer((json_int_t)a->graded));
    json_put(out, "outdated", json_integer((json_int_t)a->outdated));
    json_put(out, "untimed", json_integer((json_int_t)a->untimed));
    json_put(out, "timed", json_integer((json_int_t)a->timed));
    json_put(out, "median_seconds", seconds(a->median_s));
    for (size_t i = 0; i < a->n_items; i++)
        json_array_append_new(items, item_json(&a->items[i]));
    for (size_t i = 0; i < a->n; i++)
        json_array_append_new(rows, row_json(a, &a->rows[i]));
    for (size_t i = 0; i < a->n_alike; i++)
        json_array_append_new(alike, likeness_json(&a->alike[i]));
    for (size_t i = 0; i < a->n_unclaimed; i++) {
        json_t *one = json_object();
        json_put(one, "upload", json_clean(a->unclaimed[i].upload));
        json_put(one, "why", json_clean(a->unclaimed[i].why));
        json_array_append_new(unclaimed, one);
    }
    json_put(out, "items", items);
    json_put(out, "grades", rows);
    json_put(out, "alike", alike);
    json_put(out, "alike_left_off", json_integer((json_int_t)a->alike_left_off));
    json_put(out, "unclaimed", unclaimed);
    return out;
}
