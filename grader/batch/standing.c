/* SPDX-License-Identifier: MIT */
/*
 * From attempts to a grade: hints that stay taken, overrides of items, penalty of later attempts, lateness, the best or the
 * last, a total by hand.
 */
#include "grader/batch/standing.h"
#include "grader/batch/phrases.h"
#include "grader/batch/results.h"
#include "grader/sentences.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct hinted { /* a question, and what earlier attempts say was taken */
    const char *question;
    unsigned hints;
    int64_t cost;
};
struct standing_maker {
    struct class *class;
    const struct class_rules *rules;
    struct overrides *overrides;
    struct standing *out;
    struct hinted *hinted;
    size_t n_hinted, cap_hinted;
};

static bool is_graded(const json_t *attempt)
{
    return text_same(json_str(attempt, "outcome"), "good") && json_is_object(json_object_get(attempt, "report"));
}

/* ---- hints ---- */

static struct hinted *hinted_for(struct standing_maker *m, const char *question)
{
    for (size_t i = 0; i < m->n_hinted; i++)
        if (text_same(m->hinted[i].question, question))
            return &m->hinted[i];
    struct hinted *h = GROW(m->hinted, m->n_hinted, m->cap_hinted);
    *h = (struct hinted){.question = arena_dup(&m->out->arena, question)};
    return h;
}

/* What was taken is a file of the student's, and can be gone from it the next time. Once told of, it costs from then on. */
static bool charge_hints(struct standing_maker *m, struct report *r, struct finding *f)
{
    struct hinted *h = hinted_for(m, f->id);
    int64_t more = h->cost - f->hint_cost;
    bool less_told = more > 0;
    if (less_told) {
        const char *says = phrase(m->class->language, PHRASE_HINTS_BEFORE);
        f->points -= f->points < more ? f->points : more;
        f->feedback = f->feedback ? arena_printf(&r->arena, "%s %s", f->feedback, says) : says;
        f->hints = h->hints;
        f->hint_cost = h->cost;
    }
    h->hints = f->hints;
    h->cost = f->hint_cost;
    return less_told;
}

/* ---- what people decided ---- */

static void add_up(struct report *r)
{
    r->score = 0;
    r->vetoed = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        r->score += f->points;
        if (f->kind == FINDING_VETO && f->outcome == OUTCOME_FAIL && !r->vetoed)
            r->vetoed = f->title;
    }
    if (r->score < 0 || r->vetoed)
        r->score = 0;
}

/* An item gets the points and says why; one that takes away holds when it is set to 0. */
static void override_item(struct report *r, struct finding *f, const struct override *o, const char *language)
{
    const char *says = arena_printf(&r->arena, phrase(language, PHRASE_ITEM_BY_HAND), o->reason);
    f->points = f->max ? o->points : -o->points;
    f->outcome = f->points >= f->max ? OUTCOME_PASS : f->points > 0 ? OUTCOME_PARTIAL : OUTCOME_FAIL;
    f->feedback = f->feedback ? arena_printf(&r->arena, "%s %s", f->feedback, says) : says;
}

static bool is_last(const struct overrides *all, size_t at)
{
    for (size_t i = at + 1; i < all->n; i++)
        if (text_same(all->list[i].student, all->list[at].student) && text_same(all->list[i].item, all->list[at].item))
            return false;
    return true;
}

/* Told once, though several attempts may show it. */
static bool is_too_much(const struct standing_maker *m, struct override *o, int64_t max)
{
    AUTO(str_drop) struct str most = {0}, given = {0};
    if (o->points <= max)
        return false;
    str_add_points(&most, max);
    str_add_points(&given, o->points);
    if (!o->wrong)
        diag_error(&m->class->told, o->points_at.at, o->points_at.width, "too-many-points",
                   "\"points\": \"%s\" is worth %s at most, got %s (for %s)", o->item, str_text(&most), str_text(&given),
                   o->student);
    o->wrong = true;
    return true;
}

static void tell_no_item(const struct standing_maker *m, struct report *r, struct override *o)
{
    const char **ids = arena_alloc(&r->arena, (r->n + 2) * sizeof(*ids));
    for (size_t i = 0; i < r->n; i++)
        ids[i] = r->findings[i].id;
    ids[r->n] = "total";
    ids[r->n + 1] = NULL;
    if (!o->wrong)
        diag_error(&m->class->told, o->item_at.at, o->item_at.width, "unknown-item",
                   "the scenario has no item \"%s\"%s (for %s)", o->item, arena_meant(&r->arena, o->item, ids), o->student);
    o->wrong = true;
}

static void apply_hints(struct standing_maker *m, struct report *r)
{
    bool any = false;
    for (size_t i = 0; i < r->n; i++)
        if (r->findings[i].kind == FINDING_QUESTION)
            any |= charge_hints(m, r, &r->findings[i]);
    if (any)
        add_up(r);
}

static void apply_items(const struct standing_maker *m, struct report *r)
{
    bool any = false;
    for (size_t i = 0; i < m->overrides->n; i++) {
        struct override *o = &m->overrides->list[i];
        bool found = text_same(o->item, "total");
        if (!text_same(o->student, m->out->student->id) || !is_last(m->overrides, i))
            continue;
        for (size_t j = 0; j < r->n; j++) {
            if (!text_same(r->findings[j].id, o->item))
                continue;
            found = true;
            if (r->findings[j].max && is_too_much(m, o, r->findings[j].max))
                continue;
            override_item(r, &r->findings[j], o, m->class->language);
            any = true;
        }
        if (!found)
            tell_no_item(m, r, o);
    }
    if (any)
        add_up(r);
}

static struct override *total_of(const struct standing_maker *m)
{
    struct override *last = NULL;
    for (size_t i = 0; i < m->overrides->n; i++)
        if (text_same(m->overrides->list[i].student, m->out->student->id) && text_same(m->overrides->list[i].item, "total"))
            last = &m->overrides->list[i];
    return last;
}

/* ---- lateness ---- */

static const char *own_deadline(const struct standing_maker *m)
{
    const struct roster *r = &m->class->roster;
    for (size_t i = 0; i < r->n_columns; i++)
        if (!strcasecmp(r->header[i], ROSTER_DEADLINE))
            return m->out->student->cells[i];
    return "";
}

static int64_t deadline_of(const struct standing_maker *m)
{
    int64_t ms = 0;
    return time_parse(own_deadline(m), &ms, NULL) ? ms : m->rules->deadline_ms;
}

#define LATE_SOMEHOW (-1) /* by how much is not known */

/* Lateness costs, and nothing tells when this was handed in: a file's own time is that of the download. */
static bool is_untimed(const struct standing_maker *m, const json_t *attempt)
{
    return m->rules->late.n && deadline_of(m) && !json_str(attempt, "submitted") && !json_object_get(attempt, "marked_late");
}

/* Others may have been judged with the corrected key since. */
static bool is_outdated(const struct standing_maker *m, const json_t *attempt)
{
    const char *by = json_str(json_object_get(attempt, "judged"), "scenario");
    return by && !text_same(by, m->class->scenario->content_hash);
}

/* Per cent that the score is worth; *ret_late: how much too late, or LATE_SOMEHOW. */
static int lateness(const struct standing_maker *m, const json_t *attempt, int64_t *ret_late)
{
    const struct class_rules *p = m->rules;
    int64_t deadline = deadline_of(m), at = 0;
    const char *submitted = json_str(attempt, "submitted");
    *ret_late = 0;
    if (submitted && deadline && time_parse(submitted, &at, NULL))
        *ret_late = at > deadline ? at - deadline : 0;
    else if (json_bool_or(attempt, "marked_late", false))
        *ret_late = LATE_SOMEHOW;
    int percent = 100;
    for (size_t i = 0; i < p->late.n; i++)
        if (*ret_late > p->late.list[i].after_ms || (*ret_late == LATE_SOMEHOW && i == 0))
            percent = (int)p->late.list[i].percent;
    return percent;
}

/* ---- attempts ---- */

static int64_t share(int64_t points, int64_t percent)
{
    return percent <= 0 ? 0 : (points * percent + 50) / 100;
}

struct worth {
    int64_t raw, points;
    int penalty, late_percent;
    int64_t late_ms;
};

static bool weigh(struct standing_maker *m, const json_t *attempt, size_t before, struct report *r, struct worth *w,
                  struct err *e)
{
    if (!report_read(json_object_get(attempt, "report"), r, e))
        return err_wrap(e, "results/%s.json", m->out->student->id);
    apply_hints(m, r);
    apply_items(m, r);
    w->raw = r->score;
    w->penalty = (int)(m->rules->penalty * (int64_t)before > 100 ? 100 : m->rules->penalty * (int64_t)before);
    w->late_percent = lateness(m, attempt, &w->late_ms);
    w->points = share(share(w->raw, 100 - w->penalty), w->late_percent);
    return true;
}

static void explain(const struct standing_maker *m, const struct worth *w, const struct override *total)
{
    AUTO(str_drop) struct str why = {0}, late = {0};
    struct standing *s = m->out;
    const char *language = m->class->language;
    if (w->penalty)
        str_addf(&why, phrase(language, PHRASE_PENALTY), w->penalty);
    bool late_costs = w->late_ms && w->late_percent < 100;
    if (late_costs) {
        str_add(&why, why.len ? "; " : "");
        str_addf(&why, phrase(language, PHRASE_LATE), w->late_percent);
    }
    if (late_costs && w->late_ms > 0) {
        str_add_duration(&late, w->late_ms);
        str_addf(&why, phrase(language, PHRASE_LATE_BY), str_text(&late));
    }
    if (total) {
        str_add(&why, why.len ? "; " : "");
        str_addf(&why, phrase(language, PHRASE_BY_HAND), total->reason);
    }
    if (why.len)
        s->why = arena_dup(&s->arena, str_text(&why));
}

/* The grade: from the best or the last attempt that counts. Of equals the newer: what waits for a person was worked at since.
 */
static bool choose(struct standing_maker *m, struct err *e)
{
    struct standing *s = m->out;
    struct worth best = {0};
    for (size_t i = 0; i < s->n; i++) {
        struct report report = {0};
        struct worth w = {0};
        struct attempt *a = &s->attempts[i];
        if (!is_graded(a->json) || (m->rules->attempts && (int64_t)s->counted >= m->rules->attempts))
            continue;
        if (!weigh(m, a->json, s->counted, &report, &w, e)) {
            report_drop(&report);
            return false;
        }
        a->counts = true;
        a->points = w.points;
        if (!s->counted++ || m->rules->keep == KEEP_LAST || w.points >= best.points) {
            report_drop(&s->report);
            s->report = report;
            s->kept = i;
            s->untimed = is_untimed(m, a->json);
            s->outdated = is_outdated(m, a->json);
            best = w;
        } else
            report_drop(&report);
    }
    s->graded = s->counted > 0;
    if (!s->graded)
        return true;
    struct override *total = total_of(m);
    if (total && is_too_much(m, total, s->report.max))
        total = NULL;
    s->raw = best.raw;
    s->report.score = total ? total->points : best.points;
    s->report.vetoed = total ? NULL : s->report.vetoed;
    explain(m, &best, total);
    return true;
}

/* What there was to be earned, though nothing was handed in. */
static int64_t worth_of(const struct class *c)
{
    AUTO(diags_drop) struct diags ignored = {0};
    AUTO(rubric_free) struct rubric *rubric = rubric_read(c->scenario, &ignored);
    return rubric ? rubric_worth(rubric) : 0;
}

/* Nothing counts: why not, of the newest attempt. */
static void explain_none(const struct standing_maker *m)
{
    struct standing *s = m->out;
    const json_t *last = s->n ? s->attempts[s->n - 1].json : NULL;
    struct override *total = total_of(m);
    s->report = (struct report){.scenario = m->class->scenario_id, .student = s->student->id};
    s->report.title = local_text_get(&m->class->scenario->title, m->class->language);
    s->report.receipt.version = CAFELAB_VERSION;
    s->report.max = worth_of(m->class);
    if (total && !is_too_much(m, total, s->report.max)) {
        s->graded = true;
        s->report.score = total->points;
        explain(m, &(struct worth){0}, total);
    } else if (last) {
        const char *place = attempt_place(last);
        const char *reason = sentence(json_str_or(last, "reason", "no reason is known"), m->class->language, NULL);
        s->report.ungradable = arena_printf(&s->report.arena, "%s%s%s: %s", place, *place ? ": " : "",
                                            json_str_or(last, "outcome", "error"), reason);
    } else
        s->report.ungradable = phrase(m->class->language, PHRASE_NOT_HANDED_IN);
}

bool standing_read(struct class *c, const char *folder, const struct class_rules *rules, struct overrides *overrides,
                   const struct student *student, struct standing *out, struct err *e)
{
    struct standing_maker m = {.class = c, .rules = rules, .overrides = overrides, .out = out};
    *out = (struct standing){.student = student, .result = results_read(c, folder, student->id, e)};
    const json_t *attempts = out->result ? json_object_get(out->result, "attempts") : NULL;
    if (!out->result)
        return false;
    out->n = json_array_size(attempts);
    out->attempts = arena_alloc(&out->arena, (out->n + 1) * sizeof(*out->attempts));
    for (size_t i = 0; i < out->n; i++) {
        const json_t *json = json_array_get(attempts, i);
        out->attempts[i] = (struct attempt){.json = json, .outcome = json_str_or(json, "outcome", "error")};
    }
    bool chosen = choose(&m, e);
    free(m.hinted);
    if (!chosen)
        return false;
    if (!out->graded)
        explain_none(&m);
    return true;
}

void standing_drop(struct standing *s)
{
    report_drop(&s->report);
    json_decref(s->result);
    arena_drop(&s->arena);
    *s = (struct standing){0};
}
