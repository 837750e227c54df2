/* SPDX-License-Identifier: MIT */
/* Logs to run answers over: opened, queried with limits, and the variant that is held back. */
#include "grader/evidence.h"

#include "grader/apart.h"
#include "grader/delivered.h"
#include "grader/rows.h"
#include "grader/trail_files.h"
#include "grader/types.h"

#include <stdlib.h>
#include <string.h>

enum {
    ONE_MS = 5000,    /* a statement's or a rule's time, of the process's own */
    ALL_MS = 15000,   /* and that of all of a submission */
    LEAST_MS = 20,    /* less is no time at all */
    MEMORY_MIB = 256, /* DuckDB's */
};

/* No roster has such a student: ids begin with a letter or a digit. */
static const char nobody[] = "/held-back";

/* ---- opening ---- */

static bool add_log(void *context, const char *path, const char *text, size_t n, struct err *e)
{
    return sigma_log_add(context, path, text, n, e);
}

static const struct athena_options strangers = {
    .timeout_ms = ONE_MS, .memory_mib = MEMORY_MIB, .threads = 1, .most_rows = ROWS_MOST, .alone = true};

/* Of the lab at `dir`. */
static bool open_lab(struct evidence *ev, const struct play *play, const char *dir, unsigned what, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_options options = strangers;
    options.lab = dir;
    options.now_ms = play->until_ms;
    *ev = (struct evidence){.play = play};
    if (what & EVIDENCE_RULES) {
        ev->log = sigma_log_new();
        if (!athena_each_log(dir, add_log, ev->log, &warnings, e))
            return false;
    }
    if (what) /* a rule may be SQL */
        ev->athena = athena_open(&options, &warnings, &ev->no_sql);
    return true;
}

bool evidence_take(struct evidence *ev, const struct play *play, const struct evidence_logs *logs, unsigned what, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_options options = strangers;
    options.logs = logs->list;
    options.n_logs = logs->n;
    options.now_ms = logs->now_ms;
    *ev = (struct evidence){.play = play, .no_sql = *logs->no_engine};
    if (what & EVIDENCE_RULES)
        ev->log = sigma_log_new();
    for (size_t i = 0; ev->log && i < logs->n; i++)
        if (!sigma_log_add(ev->log, logs->list[i].path, logs->list[i].text, logs->list[i].n, e))
            return err_wrap(e, "%s", logs->list[i].path);
    if (what && !ev->no_sql.set)
        ev->athena = athena_open(&options, &warnings, &ev->no_sql);
    const char *said = str_text(&warnings); /* left out, it would be another lab's query */
    return !*said || err_set(e, "%.*s", (int)strcspn(said, "\n"), said);
}

struct aside {
    struct evidence *ev;
    const struct play *play;
    unsigned what;
};

static bool look(void *context, const char *dir, struct err *e)
{
    const struct aside *a = context;
    return open_lab(a->ev, a->play, dir, a->what, e);
}

/* Of a lab that is built aside for it and removed. */
static bool open_aside(struct evidence *ev, const struct play *play, const struct play_options *options, unsigned what,
                       struct err *e)
{
    return with_lab_aside(play->scenario, options, look, &(struct aside){ev, play, what}, e);
}

void evidence_drop(struct evidence *ev)
{
    for (size_t i = 0; i < ev->n_references; i++) {
        athena_result_drop(&ev->references[i].result);
        free(ev->references[i].sql);
    }
    free(ev->references);
    athena_drop(&ev->athena);
    sigma_log_free(&ev->log);
    *ev = (struct evidence){0};
}

/* ---- asking ---- */

bool evidence_has_time(int64_t spent_us)
{
    return ALL_MS - spent_us / 1000 >= LEAST_MS;
}

/* Time that is left for the next; false when there is none. */
static bool time_left(int64_t spent_us, int64_t *ms, struct err *e)
{
    int64_t left = ALL_MS - spent_us / 1000;
    *ms = left < ONE_MS ? left : ONE_MS;
    return evidence_has_time(spent_us) || err_set(e, "no time is left for it: what was run before took %d s", ALL_MS / 1000);
}

bool evidence_query(struct evidence *ev, int64_t *spent_us, const char *sql, struct athena_result *result, struct err *e)
{
    int64_t ms, took;
    *result = (struct athena_result){0};
    if (!ev->athena || !time_left(*spent_us, &ms, e))
        return ev->athena ? false : err_set(e, "%s", ev->no_sql.msg);
    bool good = apart_query(ev->athena, sql, ms, result, &took, e);
    *spent_us += took;
    return good;
}

bool evidence_rule(struct evidence *ev, int64_t *spent_us, const struct sigma_rule *rule, bool *hits, struct err *e)
{
    int64_t ms, from = clock_cpu_us();
    bool good = time_left(*spent_us, &ms, e) && sigma_run(rule, ev->log, ms, hits, e);
    *spent_us += clock_cpu_us() - from;
    return good;
}

const struct reference *evidence_reference(struct evidence *ev, const struct question *q)
{
    for (size_t i = 0; i < ev->n_references; i++)
        if (text_same(ev->references[i].sql, q->answer.list[0]))
            return &ev->references[i];
    struct reference *r = GROW(ev->references, ev->n_references, ev->cap_references);
    *r = (struct reference){.sql = xstrdup(q->answer.list[0])};
    if (ev->athena)
        athena_set_timeout(ev->athena, ONE_MS, 0);
    r->good = ev->athena ? athena_query(ev->athena, r->sql, &r->result, &r->e) : err_set(&r->e, "%s", ev->no_sql.msg);
    return r;
}

static void add_event(struct texts *events, const struct entry *entry)
{
    const char *id = entry->event_id;
    for (size_t i = 0; id && i < events->n; i++)
        id = text_same(events->list[i], id) ? NULL : id;
    if (id)
        events->list[events->n++] = id;
}

struct texts evidence_events(struct arena *arena, const struct evidence *ev, const struct texts *marks)
{
    const struct journal *journal = &ev->play->world.journal;
    struct texts events = {arena_alloc(arena, (journal->n + marks->n + 1) * sizeof(*events.list)), 0};
    for (size_t i = 0; i < marks->n; i++) {
        const struct mark *mark = play_mark(ev->play, marks->list[i]);
        if (mark && mark->entry)
            add_event(&events, mark->entry);
        for (size_t j = 0; mark && j < journal->n; j++)
            if (text_same(journal->list[j]->mark, marks->list[i]))
                add_event(&events, journal->list[j]);
    }
    return events;
}

/* ---- held back ---- */

static struct play_options options_of(const struct play_options *o)
{
    return (struct play_options){.seed = o->seed, .student = nobody, .content_hash = o->content_hash, .events = o->events};
}

static void name_of(const struct scenario *s, const struct play_options *o, char out[65])
{
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "%s\n%s\n%s\n%lld", s->id, o->content_hash ? o->content_hash : s->content_hash, o->seed ? o->seed : "0",
             (long long)o->events);
    sha256_hex(str_text(&text), text.len, out);
}

/* Never NULL; e says whether it could be made. */
static struct held_back *held_back_make(const struct scenario *s, const struct play_options *of, unsigned what)
{
    struct held_back *h = xcalloc(1, sizeof(*h));
    struct play_options options = options_of(of);
    name_of(s, of, h->of);
    if (play(s, &options, &h->play, &h->e))
        open_aside(&h->evidence, &h->play, &options, what, &h->e);
    if (h->e.set)
        err_wrap(&h->e, "the held-back variant");
    return h;
}

/* Is this one of the same scenario, seed and events? */
static bool held_back_fits(const struct held_back *h, const struct scenario *s, const struct play_options *of)
{
    char name[65];
    name_of(s, of, name);
    return !strcmp(name, h->of) && !h->e.set;
}

void held_back_free(struct held_back **h)
{
    if (!*h)
        return;
    evidence_drop(&(*h)->evidence);
    play_drop(&(*h)->play);
    free(*h);
    *h = NULL;
}

/* ---- both ---- */

unsigned evidence_needs(const struct rubric *rubric)
{
    const struct question *q = rubric->questions.items;
    unsigned what = 0;
    for (size_t i = 0; i < rubric->questions.n; i++)
        what |= q[i].type->judge == judge_sql    ? EVIDENCE_SQL
                : q[i].type->judge == judge_rule ? EVIDENCE_SQL | EVIDENCE_RULES
                                                 : 0;
    return what;
}

static void run_references(struct evidence *ev, const struct rubric *rubric)
{
    const struct question *q = rubric->questions.items;
    for (size_t i = 0; i < rubric->questions.n; i++)
        if (q[i].type->judge == judge_sql)
            evidence_reference(ev, &q[i]);
}

/* *shared serves if it fits; if it is NULL it becomes the new one. */
static void hold_back(struct running *r, const struct scenario *s, unsigned what, struct held_back **shared)
{
    bool fits = shared && *shared && held_back_fits(*shared, s, &r->options);
    r->held_back = fits ? *shared : held_back_make(s, &r->options, what);
    if (shared && !*shared)
        *shared = r->held_back;
    else if (!fits)
        r->owned = r->held_back;
}

/* What a rule needs anyway, or whoever may make none later. */
static bool wants_held_back(unsigned what, struct held_back **shared)
{
    return what & EVIDENCE_RULES || (what && shared);
}

struct held_back *running_held_back(struct running *r)
{
    if (!r->held_back)
        hold_back(r, r->own.play->scenario, EVIDENCE_SQL, NULL);
    return r->held_back;
}

void running_prepare(struct running *r, const struct play *play, const struct rubric *rubric, struct held_back **shared)
{
    unsigned what = evidence_needs(rubric);
    if (r->prepared || !what)
        return;
    r->prepared = true;
    bool good = r->dir ? open_lab(&r->own, play, r->dir, what, &r->e) : open_aside(&r->own, play, &r->options, what, &r->e);
    if (!good)
        return;
    run_references(&r->own, rubric);
    if (wants_held_back(what, shared))
        hold_back(r, play->scenario, what, shared);
    if (shared && *shared && !(*shared)->e.set)
        run_references(&(*shared)->evidence, rubric);
}

void running_prepare_live(struct running *r, const struct scenario *s, struct held_back **shared)
{
    if (r->prepared || !r->what)
        return;
    r->prepared = true;
    if (wants_held_back(r->what, shared))
        hold_back(r, s, r->what, shared);
    if (!athena_prepare(MEMORY_MIB, &r->no_engine)) /* kept: whoever may open nothing must not look for it again */
        err_set(&r->no_engine, "DuckDB does not start");
}

struct reading_logs {
    struct running *running;
    const struct play *play;
    int64_t now_ms;
};

static bool read_logs(void *context, const struct athena_log *list, size_t n, struct err *e)
{
    const struct reading_logs *in = context;
    const struct evidence_logs logs = {list, n, in->now_ms, &in->running->no_engine};
    return evidence_take(&in->running->own, in->play, &logs, in->running->what, e);
}

void running_read(struct running *r, const struct play *play, struct scene *scene)
{
    const struct journal *j = &scene->now->journal;
    struct reading_logs in = {r, play, j->n ? j->list[j->n - 1]->time_ms : play->until_ms};
    running_prepare_live(r, play->scenario, NULL);
    if (!r->read)
        trail_files_read(scene, read_logs, &in, &r->e);
    r->read = true;
}

void running_begin(struct running *r)
{
    r->spent_us = 0;
}

void running_drop(struct running *r)
{
    evidence_drop(&r->own);
    held_back_free(&r->owned);
}
