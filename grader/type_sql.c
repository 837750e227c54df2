/* SPDX-License-Identifier: MIT */
/*
 * A query as an answer: it is run over the logs that the grader made itself, of a live lab over those that its trail delivered,
 * and its rows are compared with those of the author's query. Rows that stand in the query itself are no answer to a question
 * for one: such a query returns them over other logs, too, those of the variant that is held back. Whoever asks for a name or a
 * time of the own lab finds nothing there, or something else, and is right. What could not be run here is no wrong answer.
 */
#include "grader/evidence.h"
#include "grader/rows.h"
#include "grader/sentences.h"
#include "grader/types.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LEAST_SHARE = 10 }; /* less than a tenth of the rows is nothing: so that selecting everything earns nothing */

struct query { /* that was run */
    const char *text;
    const struct athena_result *expected, *given;
};

/* ---- reading ---- */

/* Behind blanks and comments. */
static const char *first_word(const char *s)
{
    for (;;) {
        s += strspn(s, " \t\r\n");
        if (s[0] == '-' && s[1] == '-')
            s += strcspn(s, "\n");
        else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");
            s = end ? end + 2 : s + strlen(s);
        } else
            return s;
    }
}

bool rule_is_sql(const char *text)
{
    static const char *const words[] = {"select", "with", "values", "explain"};
    const char *s = first_word(text);
    for (size_t i = 0; i < COUNT(words); i++)
        if (!strncasecmp(s, words[i], strlen(words[i])) && !isalnum((unsigned char)s[strlen(words[i])]) &&
            s[strlen(words[i])] != ':')
            return true;
    return *s == '(';
}

bool read_sql(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    AUTO(str_drop) struct str rewritten = {0};
    struct err e = {0};
    if (!rule_is_sql(text) || !strncasecmp(first_word(text), "explain", 7)) {
        str_add(why, "expected a query that begins with SELECT or WITH");
        return false;
    }
    if (!athena_rewrite(text, strlen(text), &rewritten, &e)) {
        str_add(why, e.msg);
        return false;
    }
    out->norm = arena_dup(r->arena, text);
    return true;
}

/* ---- judging ---- */

void judge_not(const struct reader *r, const char *why, struct verdict *v)
{
    bool by_hand = r->running && r->running->by_hand;
    AUTO(str_drop) struct str reason = {0};
    str_add_sentence(&reason, why, v->language);
    v->outcome = by_hand ? OUTCOME_MANUAL : OUTCOME_ERROR;
    if (by_hand)
        verdict_say(v, "A person decides on this: %s.", str_text(&reason));
    else
        verdict_say(v, "This could not be judged, which says nothing of the answer: %s.", str_text(&reason));
}

void judge_undelivered(const struct reader *r, struct verdict *v)
{
    judge_not(r, "what is to be found is in no log that was handed in: the trail did not log then, or had not delivered it", v);
}

static void show_rows(const struct reader *r, struct verdict *v, const char *what, const struct athena_result *result,
                      const size_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str text = {0};
        str_add(&text, what);
        row_add(&text, result, rows[i]);
        verdict_show(v, &(struct exhibit){.text = arena_dup(r->arena, str_text(&text))});
    }
}

static void say_rows(const struct reader *r, struct verdict *v, const struct athena_result *expected,
                     const struct athena_result *given, const struct row_difference *d)
{
    size_t want = expected->n_rows, have = given->n_rows;
    if (d->out_of_order && want == have && !d->n_missing) {
        verdict_say(v, "The right rows, in another order.");
        return;
    }
    size_t right = d->hits;
    verdict_say(v, "%zu row%s expected, %zu came: %zu right, %zu missing, %zu too many%s.", want, want == 1 ? " is" : "s are",
                have, right, want - right, have - right, r->question->compare.ordered ? " (in their places)" : "");
    for (size_t i = 0; i < d->n_extra; i++) {
        AUTO(str_drop) struct str row = {0};
        row_add(&row, given, d->extra[i]);
        verdict_say(v, "Too many: %s.", str_text(&row));
    }
    show_rows(r, v, "missing: ", expected, d->missing, d->n_missing);
}

static size_t common_rows(const struct athena_result *a, const struct athena_result *b)
{
    const struct row_rules as_they_are = {false, COLUMNS_POSITION, 0, false};
    AUTO(row_difference_drop) struct row_difference d;
    rows_compare(a, b, &as_they_are, &d);
    return d.hits;
}

enum elsewhere { OTHER_ROWS, THESE_ROWS, NO_TIME };

/* Do as many rows as are right here come over other logs, too, though fewer of the author's do? An error there is none here:
 * but who has used up the time is told so. */
static enum elsewhere rows_elsewhere(const struct reader *r, struct held_back *held, const struct query *query, size_t right,
                                     struct err *e)
{
    AUTO(athena_result_drop) struct athena_result there = {0};
    int64_t *spent_us = &r->running->spent_us;
    const struct reference *author = evidence_reference(&held->evidence, r->question);
    if (!author->good || common_rows(query->expected, &author->result) >= right)
        return OTHER_ROWS;
    if (!evidence_query(&held->evidence, spent_us, query->text, &there, e))
        return evidence_has_time(*spent_us) ? OTHER_ROWS : NO_TIME;
    return common_rows(query->given, &there) >= right ? THESE_ROWS : OTHER_ROWS;
}

/* That right rows were found, and did not stand in the query. Else the verdict says so. */
static bool is_found(const struct reader *r, const struct query *query, size_t right, struct verdict *v)
{
    struct held_back *held = running_held_back(r->running);
    struct err late = {0};
    const struct err *e = held->e.set ? &held->e : held->evidence.athena ? NULL : &held->evidence.no_sql;
    enum elsewhere elsewhere = e ? OTHER_ROWS : rows_elsewhere(r, held, query, right, &late);
    if (e)
        judge_not(r, e->msg, v);
    else if (elsewhere == NO_TIME)
        verdict_say(v, "The query does not run: %s.", late.msg);
    else if (elsewhere == THESE_ROWS)
        verdict_say(v, "Over other logs the query returns these rows, too, though others are right there: they are not found, "
                       "but written in it.");
    return !e && elsewhere == OTHER_ROWS;
}

static void compare(const struct reader *r, const struct query *query, struct verdict *v)
{
    const struct athena_result *expected = query->expected, *given = query->given;
    const struct question *q = r->question;
    const struct row_rules rules = {q->compare.ordered, q->compare.columns, q->tolerance, q->within_relative};
    AUTO(row_difference_drop) struct row_difference d;
    rows_compare(expected, given, &rules, &d);
    if (d.columns.len) {
        verdict_say(v, "The columns are others: %s.", str_text(&d.columns));
        return;
    }
    v->of = (int64_t)(expected->n_rows + given->n_rows);
    v->hits = (int64_t)(2 * d.hits);
    bool all = v->hits == v->of && v->of, part = !all && q->compare.partial && v->hits * LEAST_SHARE >= v->of;
    v->of = v->of ? v->of : 1;
    if ((all || part) && !is_found(r, query, d.hits, v))
        return;
    v->outcome = all ? OUTCOME_PASS : part ? OUTCOME_PARTIAL : OUTCOME_FAIL;
    if (!all)
        say_rows(r, v, expected, given, &d);
}

void judge_sql(const struct reader *r, const char *text, struct verdict *v)
{
    AUTO(athena_result_drop) struct athena_result given = {0};
    struct err e = {0};
    if (!r->running || r->running->e.set) {
        judge_not(r, r->running ? r->running->e.msg : "there are no logs to run it over", v);
        return;
    }
    if (!r->running->own.athena) {
        judge_not(r, r->running->own.no_sql.msg, v);
        return;
    }
    const struct reference *reference = evidence_reference(&r->running->own, r->question);
    if (!reference->good)
        judge_not(r, arena_printf(r->arena, "the scenario's own query does not run: %s", reference->e.msg), v);
    else if (!evidence_query(&r->running->own, &r->running->spent_us, text, &given, &e))
        verdict_say(v, "The query does not run: %s.", e.msg);
    else if (r->running->live && !reference->result.n_rows)
        judge_undelivered(r, v);
    else if (!given.scanned && reference->result.scanned)
        verdict_say(v, "The query reads no log: its rows are written in it.");
    else
        compare(r, &(struct query){text, &reference->result, &given}, v);
}
