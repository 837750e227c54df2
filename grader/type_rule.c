/* SPDX-License-Identifier: MIT */
/*
 * A detection rule as an answer: it must find the records of the marked steps and no others, on the student's own logs and on a
 * variant that nobody has seen. Of that only numbers are told.
 */
#include "grader/evidence.h"
#include "grader/sentences.h"
#include "grader/types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LEAST_SHARE = 10 }; /* less than a tenth is nothing: whoever finds everything has found nothing */

struct found { /* eventIDs that a rule found, each once */
    const char **list;
    size_t n;
};
struct score {
    size_t right, false_hits, missed, truth;
};

/* ---- reading ---- */

static const char *first_mistake(struct arena *arena, const struct diags *diags)
{
    const struct diag *d = NULL;
    for (size_t i = 0; i < diags->n; i++)
        if (diags->list[i].severity == SEVERITY_ERROR && (!d || diags->list[i].at.line < d->at.line))
            d = &diags->list[i];
    if (!d)
        return "it cannot be read";
    AUTO(str_drop) struct str clean = {0};
    str_add_log(&clean, d->message);
    return d->at.line ? arena_printf(arena, "line %u:%u: %s", d->at.line, d->at.col, str_text(&clean))
                      : arena_dup(arena, str_text(&clean));
}

bool read_rule(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    AUTO(diags_drop) struct diags diags = {0};
    if (rule_is_sql(text))
        return read_sql(r, text, out, why);
    AUTO(sigma_free) struct sigma_rule *rule = sigma_read(text, strlen(text), &diags);
    if (!rule)
        str_add(why, first_mistake(r->arena, &diags));
    out->norm = arena_dup(r->arena, text);
    return rule;
}

/* ---- running ---- */

static bool find_by_sql(const struct reader *r, struct evidence *ev, const char *sql, struct found *f, struct err *e)
{
    AUTO(athena_result_drop) struct athena_result result = {0};
    size_t column = 0;
    if (!evidence_query(ev, &r->running->spent_us, sql, &result, e))
        return false;
    while (column < result.n_columns && strcasecmp(result.columns[column].name, "eventid") != 0)
        column++;
    if (column == result.n_columns)
        return err_set(e, "it must return a column eventid");
    f->list = arena_alloc(r->arena, (result.n_rows + 1) * sizeof(*f->list));
    for (size_t i = 0; i < result.n_rows; i++) {
        const char *id = result.cells[i * result.n_columns + column];
        f->list[f->n++] = arena_dup(r->arena, id ? id : "NULL");
    }
    f->n = texts_once(f->list, f->n);
    return true;
}

static bool find_by_rule(const struct reader *r, struct evidence *ev, const struct sigma_rule *rule, struct found *f,
                         struct err *e)
{
    size_t n = sigma_log_size(ev->log);
    bool *hits = arena_alloc(r->arena, n + 1);
    if (!evidence_rule(ev, &r->running->spent_us, rule, hits, e))
        return false;
    f->list = arena_alloc(r->arena, (n + 1) * sizeof(*f->list));
    for (size_t i = 0; i < n; i++)
        if (hits[i])
            f->list[f->n++] = sigma_log_event(ev->log, i).id;
    f->n = texts_once(f->list, f->n);
    return true;
}

static bool is_among(const struct found *f, const char *id)
{
    return f->n && bsearch(&id, f->list, f->n, sizeof(*f->list), texts_order);
}

static struct score score_of(const struct found *f, const struct texts *truth)
{
    struct score s = {.truth = truth->n};
    for (size_t i = 0; i < truth->n; i++)
        s.right += is_among(f, truth->list[i]);
    s.false_hits = f->n - s.right;
    s.missed = s.truth - s.right;
    return s;
}

/* ---- saying ---- */

static void say_score(struct verdict *v, const char *where, const struct score *s)
{
    verdict_say(v, "%s: %zu of %zu found, %zu missed, %zu false hit%s.", sentence(where, v->language, NULL), s->right, s->truth,
                s->missed, s->false_hits, s->false_hits == 1 ? "" : "s");
}

static void show_event(const struct reader *r, struct verdict *v, const char *what, const char *id)
{
    const struct sigma_log *log = r->running->own.log;
    size_t i = sigma_log_find(log, id);
    AUTO(str_drop) struct str who = {0};
    struct exhibit e = {.event_id = id, .text = arena_printf(r->arena, "%s: no record has this eventID", what)};
    if (i != SIZE_MAX) {
        struct sigma_event event = sigma_log_event(log, i);
        str_add_log(&who, event.who);
        e.file = event.path;
        e.text = arena_printf(r->arena, "%s: %s%s%s", what, event.name, who.len ? " by " : "", str_text(&who));
        time_parse(event.time, &e.time_ms, NULL);
    }
    verdict_show(v, &e);
}

/* The first of those that were missed, and of the false ones in the order of the logs; ids that are nobody's come last. */
static void show_events(const struct reader *r, struct verdict *v, const struct found *f, const struct texts *truth)
{
    enum { EACH = VERDICT_EXHIBITS / 2 };
    const struct sigma_log *log = r->running->own.log;
    struct found right = {arena_alloc(r->arena, (truth->n + 1) * sizeof(*right.list)), 0};
    size_t shown = 0;
    for (size_t i = 0; i < truth->n; i++) {
        right.list[right.n++] = truth->list[i];
        if (!is_among(f, truth->list[i]) && shown < EACH && ++shown)
            show_event(r, v, "missed", truth->list[i]);
    }
    right.n = texts_once(right.list, right.n);
    shown = 0;
    for (size_t i = 0; i < sigma_log_size(log) && shown < EACH; i++) {
        const char *id = sigma_log_event(log, i).id;
        if (is_among(f, id) && !is_among(&right, id) && ++shown)
            show_event(r, v, "false hit", id);
    }
    for (size_t i = 0; i < f->n && !shown; i++)
        if (!is_among(&right, f->list[i]) && ++shown)
            show_event(r, v, "false hit", f->list[i]);
}

static void say_field(struct verdict *v, const struct sigma_rule *rule, const struct sigma_log *log)
{
    const char *meant = NULL, *field = sigma_unknown_field(rule, log, &meant);
    AUTO(str_drop) struct str name = {0}, near = {0};
    if (!field)
        return;
    str_add_log(&name, field);
    str_add_log(&near, meant ? meant : "");
    verdict_say(v, "No record has a field %s%s%s%s.", str_text(&name), meant ? " (did you mean " : "", str_text(&near),
                meant ? "?)" : "");
}

/* ---- judging ---- */

static bool enough(const struct question *q, const struct score *s)
{
    size_t found = s->right + s->false_hits;
    return s->truth && (int64_t)s->right * 100 >= q->recall * (int64_t)s->truth &&
           (int64_t)s->right * 100 >= q->precision * (int64_t)found;
}

/* 2 x right / (found + truth): precision and recall in one. The worse of the two counts. */
static void worth(struct verdict *v, const struct score *s)
{
    int64_t hits = 2 * (int64_t)s->right, of = 2 * (int64_t)s->right + (int64_t)(s->false_hits + s->missed);
    of = of ? of : 1;
    if (!v->of || hits * v->of < v->hits * of) {
        v->hits = hits;
        v->of = of;
    }
}

/* Of a live lab a record may not have been delivered yet, or nothing logged then: what is in no log no rule can find. */
static struct texts own_truth(const struct reader *r)
{
    const struct running *running = r->running;
    struct texts all = evidence_events(r->arena, &running->own, &r->question->matches), there = all;
    there.n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (!running->live || sigma_log_find(running->own.log, all.list[i]) != SIZE_MAX)
            there.list[there.n++] = all.list[i];
    return there;
}

static void judge_found(const struct reader *r, const struct sigma_rule *rule, const struct found found[2], struct verdict *v)
{
    struct running *running = r->running;
    struct texts truth[2] = {own_truth(r), evidence_events(r->arena, &running->held_back->evidence, &r->question->matches)};
    struct score own = score_of(&found[0], &truth[0]), held = score_of(&found[1], &truth[1]);
    if (running->live && !truth[0].n) {
        judge_undelivered(r, v);
        return;
    }
    bool good = enough(r->question, &own), general = enough(r->question, &held);
    v->of = 0;
    worth(v, &own);
    worth(v, &held);
    v->outcome = good && general ? OUTCOME_PASS : v->hits * LEAST_SHARE >= v->of ? OUTCOME_PARTIAL : OUTCOME_FAIL;
    if (v->outcome == OUTCOME_PASS && !own.false_hits && !own.missed && !held.false_hits && !held.missed)
        return;
    say_score(v, "On your logs", &own);
    say_score(v, "On a variant that is held back, with other names, addresses and times", &held);
    if (good && !general && held.right < held.truth)
        verdict_say(v, "The rule names what only your lab has.");
    if (rule)
        say_field(v, rule, running->own.log);
    show_events(r, v, &found[0], &truth[0]);
}

/* What keeps a rule from being judged here; NULL = nothing. */
static const char *obstacle(const struct reader *r, bool sql)
{
    const struct running *running = r->running;
    if (!running)
        return "there are no logs to run it over";
    if (running->e.set)
        return running->e.msg;
    if (running->held_back->e.set)
        return running->held_back->e.msg;
    return sql && !running->own.athena                   ? running->own.no_sql.msg
           : sql && !running->held_back->evidence.athena ? running->held_back->evidence.no_sql.msg
                                                         : NULL;
}

void judge_rule(const struct reader *r, const char *text, struct verdict *v)
{
    AUTO(diags_drop) struct diags diags = {0};
    bool sql = rule_is_sql(text);
    AUTO(sigma_free) struct sigma_rule *rule = sql ? NULL : sigma_read(text, strlen(text), &diags);
    const char *why = obstacle(r, sql);
    struct found found[2] = {0};
    struct err e = {0};
    if (!sql && !rule)
        verdict_say(v, "That is no rule: %s.", first_mistake(r->arena, &diags));
    else if (why)
        judge_not(r, why, v);
    else {
        struct evidence *logs[2] = {&r->running->own, &r->running->held_back->evidence};
        size_t n = 0;
        while (n < 2 && (sql ? find_by_sql(r, logs[n], text, &found[n], &e) : find_by_rule(r, logs[n], rule, &found[n], &e)))
            n++;
        if (n == 0)
            verdict_say(v, "The rule does not run: %s.", e.msg);
        else if (n == 1) /* an error quotes what it met there */
            verdict_say(v, "The rule runs on your logs, and does not on a variant that is held back.");
        else
            judge_found(r, rule, found, v);
    }
}
