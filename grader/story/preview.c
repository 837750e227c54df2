/* SPDX-License-Identifier: MIT */
/* A preview as text and as JSON. */
#include "grader/story/story.h"
#include "grader/checks.h"
#include "grader/types.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
    const struct preview_row *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return x->step < y->step ? -1 : x->step > y->step;
}

static void collect_rows(struct preview *p)
{
    const struct step *steps = p->scenario->timeline.items;
    p->rows = xcalloc(p->scenario->timeline.n + 1, sizeof(*p->rows));
    for (size_t i = 0; i < p->scenario->timeline.n; i++) {
        const struct entry *entry = play_step_entry(&p->play, i);
        if (entry)
            p->rows[p->n++] = (struct preview_row){&steps[i],         entry,           entry->time_ms, entry->op,
                                                   entry->error_code, entry->event_id, entry->from.ip};
    }
    qsort(p->rows, p->n, sizeof(*p->rows), by_time);
}

bool preview_make(const struct scenario *s, const char *seed, const char *student, const char *language, struct preview *p,
                  struct err *e)
{
    *p = (struct preview){.scenario = s, .seed = seed, .student = student, .language = language};
    const struct play_options options = {.seed = seed, .student = student ? student : "", .events = -1, .reads_later = true};
    if (!play(s, &options, &p->play, e))
        return false;
    p->rubric = rubric_fill(s, play_lookup, &p->play, e);
    if (p->rubric)
        collect_rows(p);
    else
        preview_drop(p);
    return p->rubric;
}

void preview_drop(struct preview *p)
{
    rubric_free(&p->rubric);
    free(p->rows);
    play_drop(&p->play);
    scenario_free(&p->owned);
    *p = (struct preview){0};
}

const char *preview_answer(const struct preview *p, const struct question *q)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < q->answer.n; i++)
        str_addf(&text, "%s%s", i ? ", " : "", q->answer.list[i]);
    return arena_dup(&((struct preview *)p)->play.world.arena, str_text(&text));
}

/* ---- text ---- */

static void add_head(struct str *out, const struct preview *p)
{
    const struct scenario *s = p->scenario;
    str_addf(out, "%s (%s), seed %s\n", local_text_get(&s->title, p->language), s->id, p->seed);
    str_addf(out, "%s, %lld minutes, %s, account %s, from ", s->level, (long long)s->minutes, s->region,
             p->play.world.account.id);
    str_add_time(out, s->clock.start, "%Y-%m-%d %H:%M");
    str_add(out, " to ");
    str_add_time(out, s->clock.start + s->clock.length, "%Y-%m-%d %H:%M UTC\n");
}

/* A column: padded by characters, not bytes. */
static void add_column(struct str *out, const char *text, size_t width)
{
    size_t n = 0;
    for (const char *s = text ? text : ""; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    str_add(out, text ? text : "");
    str_addf(out, "%*s", n < width ? (int)(width - n) + 2 : 2, "");
}

static void end_line(struct str *out)
{
    while (out->len && out->s[out->len - 1] == ' ')
        out->s[--out->len] = 0;
    str_addc(out, '\n');
}

static void add_cast(struct str *out, const struct preview *p)
{
    str_add(out, "\nCast\n");
    for (size_t i = 0; i < p->play.n_cast; i++) {
        const struct member *m = &p->play.cast[i];
        str_add(out, "  ");
        add_column(out, m->person->name, 12);
        add_column(out, m->person->full_name, 18);
        add_column(out, m->person->user, 14);
        add_column(out, m->from.ip, 15);
        add_column(out, m->person->client, 10);
        str_add(out, m->person->student ? "the student" : m->person->habit ? m->person->habit : "");
        end_line(out);
    }
}

static void add_timeline(struct str *out, const struct preview *p)
{
    str_add(out, "\nTimeline (UTC)\n");
    for (size_t i = 0; i < p->n; i++) {
        const struct preview_row *row = &p->rows[i];
        str_add(out, "  ");
        str_add_time(out, row->time_ms, "%Y-%m-%d %H:%M:%S  ");
        add_column(out, row->step->as, 10);
        add_column(out, row->op, 36);
        add_column(out, row->step->mark, 15);
        add_column(out, row->step->technique, 9);
        str_add(out, row->error_code ? row->error_code : "");
        end_line(out);
    }
}

/* Of steps that have a name or a technique: the others are there to make the story whole. */
static void add_evidence(struct str *out, const struct preview *p)
{
    str_add(out, "\nWhat is evidence for what\n");
    for (size_t i = 0; i < p->n; i++) {
        const struct preview_row *row = &p->rows[i];
        struct preview_traces traces;
        if (!row->step->mark && !row->step->technique)
            continue;
        preview_traces_of(p, row, &traces);
        str_add(out, "  ");
        add_column(out, row->step->mark ? row->step->mark : row->op, 22);
        for (size_t j = 0; j < traces.n; j++)
            str_addf(out, "%s%s", j ? ", " : "", traces.list[j].file);
        if (row->event_id)
            str_addf(out, "  %s", row->event_id);
        end_line(out);
    }
}

static void add_questions(struct str *out, const struct preview *p)
{
    const struct question *q = p->rubric->questions.items;
    str_add(out, "\nQuestions\n");
    for (size_t i = 0; i < p->rubric->questions.n; i++) {
        const char *rests_on = preview_rests_on(p, i);
        str_addf(out, "  %-12s %-9s %3lld points, %zu hints   %s\n      %s\n      found by %s%s%s\n", q[i].id, q[i].type->name,
                 (long long)q[i].points, q[i].hints.n, preview_answer(p, &q[i]), local_text_get(&q[i].ask, p->language),
                 preview_found_by(p, &q[i]), *rests_on ? "; rests on " : "", rests_on);
    }
}

static void add_checks(struct str *out, const struct preview *p)
{
    const struct check *c = p->rubric->checks.items;
    str_add(out, "\nChecks\n");
    for (size_t i = 0; i < p->rubric->checks.n; i++) {
        AUTO(str_drop) struct str worth = {0};
        str_addf(&worth, c[i].veto ? "veto" : "%+lld", (long long)(c[i].penalty ? -c[i].penalty : c[i].points));
        str_addf(out, "  %-16s %-15s %5s   %s\n", c[i].id, c[i].what.kind ? c[i].what.kind->name : "", str_text(&worth),
                 local_text_get(&c[i].title, p->language));
    }
}

static void add_draw(struct str *out, const struct preview *p)
{
    const struct variable *v = p->scenario->vary.items;
    str_add(out, "\nDrawn for this seed\n");
    for (size_t i = 0; i < p->scenario->vary.n; i++) {
        double n = variable_variants(&v[i]);
        str_add(out, "  ");
        add_column(out, v[i].name, 20);
        add_column(out, p->play.draw.values[i], 24);
        if (n > 1) {
            str_add(out, "one of ");
            str_add_variants(out, n);
        }
        end_line(out);
    }
    str_addc(out, '\n');
    str_add_variants(out, p->variants);
    str_add(out, " different draws\n");
}

void preview_text(const struct preview *p, struct str *out)
{
    add_head(out, p);
    add_cast(out, p);
    add_timeline(out, p);
    add_evidence(out, p);
    add_questions(out, p);
    add_checks(out, p);
    add_draw(out, p);
}

/* ---- JSON ---- */

static json_t *evidence_json(const struct preview *p, const struct preview_row *row)
{
    json_t *list = json_array();
    struct preview_traces traces;
    preview_traces_of(p, row, &traces);
    for (size_t i = 0; i < traces.n; i++)
        json_array_append_new(list, json_clean(traces.list[i].file));
    return list;
}

static json_t *cast_json(const struct preview *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->play.n_cast; i++) {
        const struct member *m = &p->play.cast[i];
        json_t *item = json_object();
        json_put_text(item, "name", m->person->name);
        json_put_text(item, "full_name", m->person->full_name);
        json_put_text(item, "user", m->person->user);
        json_put_text(item, "ip", m->from.ip);
        json_put_text(item, "client", m->person->client);
        json_put_text(item, "habit", m->person->habit);
        json_put(item, "student", json_boolean(m->person->student));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *checks_json(const struct preview *p)
{
    const struct check *c = p->rubric->checks.items;
    json_t *list = json_array();
    for (size_t i = 0; i < p->rubric->checks.n; i++) {
        json_t *item = json_object();
        json_put_text(item, "id", c[i].id);
        json_put_text(item, "title", local_text_get(&c[i].title, p->language));
        json_put_text(item, "kind", c[i].what.kind ? c[i].what.kind->name : NULL);
        json_put(item, "points", json_integer(c[i].points));
        json_put(item, "penalty", json_integer(c[i].penalty));
        json_put(item, "veto", json_boolean(c[i].veto));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *timeline_json(const struct preview *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n; i++) {
        AUTO(str_drop) struct str time = {0};
        json_t *row = json_object();
        str_add_time(&time, p->rows[i].time_ms, TIME_ISO);
        json_put_text(row, "time", str_text(&time));
        json_put_text(row, "as", p->rows[i].step->as);
        json_put_text(row, "op", p->rows[i].op);
        json_put_text(row, "mark", p->rows[i].step->mark);
        json_put_text(row, "technique", p->rows[i].step->technique);
        json_put_text(row, "error", p->rows[i].error_code);
        json_put_text(row, "ip", p->rows[i].ip);
        json_put_text(row, "event_id", p->rows[i].event_id);
        json_put(row, "evidence", evidence_json(p, &p->rows[i]));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *questions_json(const struct preview *p)
{
    const struct question *q = p->rubric->questions.items;
    json_t *list = json_array();
    for (size_t i = 0; i < p->rubric->questions.n; i++) {
        json_t *item = json_object(), *answers = json_array();
        for (size_t j = 0; j < q[i].answer.n; j++)
            json_array_append_new(answers, json_clean(q[i].answer.list[j]));
        json_put_text(item, "id", q[i].id);
        json_put_text(item, "ask", local_text_get(&q[i].ask, p->language));
        json_put_text(item, "type", q[i].type->name);
        json_put(item, "points", json_integer(q[i].points));
        json_put(item, "answer", answers);
        json_put(item, "hints", json_integer((json_int_t)q[i].hints.n));
        json_put_text(item, "found_by", preview_found_by(p, &q[i]));
        json_put_text(item, "rests_on", preview_rests_on(p, i));
        json_array_append_new(list, item);
    }
    return list;
}

json_t *preview_json(const struct preview *p)
{
    const struct variable *v = p->scenario->vary.items;
    json_t *out = json_object(), *draw = json_object();
    for (size_t i = 0; i < p->scenario->vary.n; i++)
        json_put_text(draw, v[i].name, p->play.draw.values[i]);
    json_put_text(out, "scenario", p->scenario->id);
    json_put_text(out, "seed", p->seed);
    json_put(out, "draw", draw);
    json_put(out, "variants", json_real(p->variants));
    json_put(out, "cast", cast_json(p));
    json_put(out, "timeline", timeline_json(p));
    json_put(out, "questions", questions_json(p));
    json_put(out, "checks", checks_json(p));
    return out;
}
