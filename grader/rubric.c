/* SPDX-License-Identifier: MIT */
/*
 * Reading the rubric: the author's text (every mistake at once), or that text with its references filled in for one
 * student. Both go through the same tables; filling in copies the nodes, so that places stay the author's.
 */
#include "grader/rubric.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool still_open(const char *text)
{
    return text && strstr(text, "{{") != NULL;
}

/* ---- places ---- */

static const struct node *pair_of(const struct node *list, struct src_pos at, const char *key)
{
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->n; i++) {
        const struct node *item = list->items[i];
        for (size_t j = 0; item->kind == NODE_MAP && item->at.line == at.line && item->at.col == at.col && j < item->n; j++)
            if (text_same(item->pairs[j].key->text, key) && text_same(item->at.file, at.file))
                return item->pairs[j].key;
    }
    return NULL;
}

void key_error(struct decoder *d, struct src_pos at, const char *key, const char *text, const char *rule, const char *fmt, ...)
{
    const struct scenario *s = ((const struct rubric_reader *)d->context)->scenario;
    const struct node *there = pair_of(s->questions, at, key);
    AUTO(str_drop) struct str message = {0};
    unsigned width = 1;
    va_list args;
    va_start(args, fmt);
    str_vaddf(&message, fmt, args);
    va_end(args);
    there = there ? there : pair_of(s->checks, at, key);
    struct src_pos place = text ? scenario_place(s, text, &width) : (struct src_pos){0};
    if (place.line)
        diag_error(d->diags, place, width, rule, "%s", str_text(&message));
    else
        diag_error(d->diags, there ? there->at : at, there ? there->width : 1, rule, "%s", str_text(&message));
}

/* ---- rules that need more than one item ---- */

static void check_ids(struct decoder *d, const struct rubric *r)
{
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    size_t all = r->questions.n + r->checks.n;
    for (size_t i = 0; i < all; i++)
        for (size_t j = 0; j < i; j++) {
            const char *id = i < r->questions.n ? q[i].id : c[i - r->questions.n].id;
            const char *before = j < r->questions.n ? q[j].id : c[j - r->questions.n].id;
            struct src_pos at = i < r->questions.n ? q[i].at : c[i - r->questions.n].at;
            struct src_pos first = j < r->questions.n ? q[j].at : c[j - r->questions.n].at;
            if (id && text_same(id, before)) {
                key_error(d, at, "id", NULL, "id-taken", "\"%s\" is the id of another question or check: %s", id,
                          first_is(d->arena, first, at));
                break;
            }
        }
}

static const struct check *check_named(const struct rubric *r, const char *id)
{
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < r->checks.n; i++)
        if (text_same(c[i].id, id))
            return &c[i];
    return NULL;
}

/* The checks that are named exist. */
static void check_check_ids(struct decoder *d, const struct rubric *r, const char *key, const struct texts *named,
                            struct src_pos at)
{
    const char *ids[256] = {NULL};
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < r->checks.n && i + 1 < COUNT(ids); i++)
        ids[i] = c[i].id ? c[i].id : "";
    bool lost = !r->checks.n && d->diags->n_errors; /* all of them: what became of the list was told */
    for (size_t i = 0; !lost && i < named->n; i++)
        if (!check_named(r, named->list[i]))
            key_error(d, at, key, named->list[i], "dangling-reference", "\"%s\": there is no check \"%s\"%s", key,
                      named->list[i], arena_meant(d->arena, named->list[i], ids));
}

/* What a solution step earns must be a check with points. */
static void check_earns(struct decoder *d, const struct rubric *r)
{
    const struct step *step = r->scenario->solution.items;
    size_t before_steps = d->diags->n_errors;
    for (size_t i = 0; i < r->scenario->solution.n; i++) {
        check_check_ids(d, r, "earns", &step[i].earns, step[i].at);
        for (size_t j = 0; j < step[i].earns.n; j++) {
            const struct check *check = check_named(r, step[i].earns.list[j]);
            if (check && !check->points)
                key_error(d, step[i].at, "earns", step[i].earns.list[j], "earns-nothing",
                          "\"earns\": the check \"%s\" has no points to earn: expected one with \"points\"", check->id);
        }
    }
    bool mistyped = d->diags->n_errors > before_steps;
    const struct repair *repair = r->scenario->other_repairs.items;
    for (size_t i = 0; i < r->scenario->other_repairs.n; i++) {
        size_t before = d->diags->n_errors; /* a check that is not there would be told twice */
        check_check_ids(d, r, "instead_of", &repair[i].instead_of, repair[i].at);
        if (!mistyped && d->diags->n_errors == before && repair[i].instead_of.n && !repair_replaces(r->scenario, &repair[i]))
            key_error(d, repair[i].at, "instead_of", repair[i].instead_of.list[0], "replaces-nothing",
                      "\"instead_of\": no step of the solution earns just that, so none would be left out");
        check_check_ids(d, r, "costs", &repair[i].costs, repair[i].at);
    }
}

/* A misspelt name of the check: that was told where it stands. */
static bool is_meant(const struct rubric *r, const char *word, const char *id)
{
    const char *const ids[] = {id, NULL};
    return !check_named(r, word) && text_meant(word, ids);
}

/* A check with points that no step of the solution serves could never be shown to work. */
static void check_served(struct decoder *d, const struct rubric *r)
{
    const struct check *c = r->checks.items;
    const struct step *step = r->scenario->solution.items;
    for (size_t i = 0; i < r->checks.n; i++) {
        bool served = !c[i].points || !c[i].id || c[i].penalty || c[i].veto; /* of two worths only that is told */
        for (size_t j = 0; j < r->scenario->solution.n; j++)
            for (size_t k = 0; k < step[j].earns.n; k++)
                served |= text_same(step[j].earns.list[k], c[i].id) || is_meant(r, step[j].earns.list[k], c[i].id);
        if (!served)
            key_error(d, c[i].at, "id", NULL, "not-served",
                      "no step of the solution earns \"%s\": expected one with \"earns: [%s]\"", c[i].id, c[i].id);
    }
}

/* ---- reading ---- */

static void read_list(struct decoder *d, const char *key, const struct node *node, const struct fields *table, struct list *out)
{
    struct field field = {key, decode_list, 0, true, "", table};
    if (node)
        decode_list(d, node, &field, out);
}

/* Only what stands before it can be required: so there are no circles. */
static void check_requires(struct decoder *d, const struct rubric *r, const struct texts *requires, struct src_pos at,
                           size_t questions, size_t checks)
{
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < requires->n; i++) {
        const char *ids[256] = {NULL}, *name = requires->list[i];
        size_t n = 0;
        bool found = false;
        for (size_t j = 0; j < questions + checks; j++) {
            const char *id = j < questions ? q[j].id : c[j - questions].id;
            found |= text_same(id, name);
            if (id && n + 1 < COUNT(ids))
                ids[n++] = id;
        }
        if (!found)
            key_error(d, at, "requires", name, "dangling-reference",
                      "\"requires\": no question or check before this one is called \"%s\"%s", name,
                      arena_meant(d->arena, name, ids));
    }
}

static struct rubric *read_nodes(struct rubric *r, struct rubric_reader *reader, const struct node *questions,
                                 const struct node *checks, struct diags *diags)
{
    struct decoder d = {&r->arena, diags, reader};
    read_list(&d, "questions", questions, &question_fields, &r->questions);
    read_list(&d, "checks", checks, check_fields(&r->arena), &r->checks);
    struct question *q = r->questions.items;
    for (size_t i = 0; i < r->questions.n; i++)
        question_check(&d, &q[i]);
    struct check *c = r->checks.items;
    for (size_t i = 0; checks && i < r->checks.n; i++)
        check_check(&d, checks->items[i], &c[i]);
    check_ids(&d, r);
    for (size_t i = 0; i < r->questions.n; i++)
        check_requires(&d, r, &q[i].requires, q[i].at, i, 0);
    for (size_t i = 0; i < r->checks.n; i++)
        check_requires(&d, r, &c[i].requires, c[i].at, r->questions.n, i);
    return r;
}

struct rubric *rubric_read(const struct scenario *s, struct diags *diags)
{
    struct rubric *r = xcalloc(1, sizeof(*r));
    r->scenario = s;
    struct rubric_reader reader = {s, r, NULL, NULL};
    read_nodes(r, &reader, s->questions, s->checks, diags);
    struct decoder d = {&r->arena, diags, &reader};
    scenario_check_node(s, diags, s->questions);
    scenario_check_node(s, diags, s->checks);
    check_earns(&d, r);
    if (s->solution.n)
        check_served(&d, r);
    return r;
}

/* ---- filling in ---- */

struct filling {
    struct arena *arena;
    reference_fn *lookup;
    void *context;
    struct err *e;
};

static struct node *fill(const struct filling *f, const struct node *node, const char *key);

/* Known wrong answers and exceptions may name what never happened: in a live lab a student's own step. They are left out. */
static bool may_be_missing(const char *key)
{
    return text_same(key, "wrong") || text_same(key, "partial") || text_same(key, "except");
}

static bool forgive(const struct filling *f, const char *key)
{
    if (!may_be_missing(key))
        return false;
    *f->e = (struct err){0};
    return true;
}

static bool fill_list(const struct filling *f, const struct node *node, const char *key, struct node *copy)
{
    copy->items = arena_alloc(f->arena, (node->n + 1) * sizeof(struct node *));
    copy->n = 0;
    for (size_t i = 0; i < node->n; i++) {
        struct node *item = fill(f, node->items[i], NULL);
        if (item)
            copy->items[copy->n++] = item;
        else if (!forgive(f, key))
            return false;
    }
    return true;
}

static bool fill_map(const struct filling *f, const struct node *node, const char *key, struct node *copy)
{
    copy->pairs = arena_alloc(f->arena, (node->n + 1) * sizeof(*copy->pairs));
    copy->n = 0;
    for (size_t i = 0; i < node->n; i++) {
        struct pair pair = {fill(f, node->pairs[i].key, NULL), NULL};
        if (pair.key)
            pair.value = fill(f, node->pairs[i].value, node->pairs[i].key->text);
        if (pair.value && !(may_be_missing(pair.key->text) && pair.value->kind != NODE_TEXT && !pair.value->n))
            copy->pairs[copy->n++] = pair;
        else if (!pair.value && !forgive(f, key))
            return false;
    }
    return true;
}

static struct node *fill(const struct filling *f, const struct node *node, const char *key)
{
    struct node *copy = arena_alloc(f->arena, sizeof(*copy));
    *copy = *node;
    if (node->kind == NODE_LIST)
        return fill_list(f, node, key, copy) ? copy : NULL;
    if (node->kind == NODE_MAP)
        return fill_map(f, node, key, copy) ? copy : NULL;
    if (!still_open(node->text))
        return copy;
    AUTO(str_drop) struct str text = {0};
    if (!scenario_expand(node->text, f->lookup, f->context, &text, f->e)) {
        err_wrap(f->e, "%s:%u:%u", node->at.file, node->at.line, node->at.col);
        return NULL;
    }
    copy->text = arena_dup(f->arena, str_text(&text));
    copy->quoted = true;
    return copy;
}

struct rubric *rubric_fill(const struct scenario *s, reference_fn *lookup, void *context, struct err *e)
{
    struct rubric *r = xcalloc(1, sizeof(*r));
    r->scenario = s;
    AUTO(diags_drop) struct diags diags = {0};
    struct rubric_reader reader = {s, r, lookup, context};
    struct filling f = {&r->arena, lookup, context, e};
    const struct node *questions = s->questions ? fill(&f, s->questions, NULL) : NULL;
    const struct node *checks = s->checks && !e->set ? fill(&f, s->checks, NULL) : NULL;
    if (!e->set)
        read_nodes(r, &reader, questions, checks, &diags);
    if (!e->set && diags.n_errors)
        err_set(e, "%s:%u:%u: %s", diags.list[0].at.file, diags.list[0].at.line, diags.list[0].at.col, diags.list[0].message);
    if (e->set)
        rubric_free(&r);
    return r;
}

void rubric_free(struct rubric **r)
{
    if (!*r)
        return;
    arena_drop(&(*r)->arena);
    free(*r);
    *r = NULL;
}

/* ---- asking it ---- */

size_t rubric_questions(const struct rubric *r)
{
    return r->questions.n;
}

const char *rubric_title(const struct rubric *r, const char *id, const char *language)
{
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    const char *title = NULL;
    for (size_t i = 0; i < r->questions.n; i++)
        title = text_same(q[i].id, id) ? local_text_get(&q[i].ask, language) : title;
    for (size_t i = 0; i < r->checks.n; i++)
        title = text_same(c[i].id, id) ? local_text_get(&c[i].title, language) : title;
    return title && !still_open(title) ? title : NULL;
}

int64_t rubric_worth(const struct rubric *r)
{
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    int64_t points = 0;
    for (size_t i = 0; i < r->questions.n; i++)
        points += q[i].points;
    for (size_t i = 0; i < r->checks.n; i++)
        points += c[i].points;
    return points * 100;
}

const struct question *rubric_question(const struct rubric *r, const char *id, struct err *e)
{
    const struct question *q = r->questions.items;
    const char *ids[256] = {NULL};
    AUTO(str_drop) struct str list = {0};
    for (size_t i = 0; i < r->questions.n; i++) {
        if (text_same(q[i].id, id))
            return &q[i];
        if (i + 1 < COUNT(ids))
            ids[i] = q[i].id;
        str_addf(&list, "%s%s", i ? ", " : "", q[i].id);
    }
    const char *meant = text_meant(id, ids);
    if (meant)
        err_set(e, "no question '%s' (did you mean '%s'?)", id, meant);
    else
        err_set(e, "no question '%s': expected one of %s", id, str_text(&list));
    return NULL;
}
