/* SPDX-License-Identifier: MIT */
/*
 * The author's queries tried by the engine, on a lab without logs: what is no statement to its parser, and columns and
 * functions that are not there. A text with references is tried when they are filled in, by verify.
 */
#include "grader/delivered.h"
#include "grader/rubric.h"
#include "grader/types.h"
#include "sim/athena/athena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 3000 };

struct trying {
    const struct scenario *scenario;
    struct diags *diags;
    struct athena *athena; /* NULL: nothing is tried, only counted */
    size_t n;
};

static void try_text(struct trying *t, const char *key, const char *sql)
{
    struct err e = {0};
    size_t at = 0;
    const struct node *node = sql && !still_open(sql) ? scenario_text(t->scenario, sql) : NULL;
    if (!node)
        return;
    t->n++;
    if (t->athena && !athena_try(t->athena, sql, &at, &e))
        diag_error(t->diags, node_inside(t->diags, node, at), 1, "bad-sql", "\"%s\": %s", key, e.msg);
}

static void try_all(struct trying *t, const struct rubric *r)
{
    const struct question *q = r->questions.items;
    for (size_t i = 0; i < r->questions.n; i++) {
        const struct hint *hint = q[i].hints.items;
        try_text(t, "sql", q[i].solve.sql);
        for (size_t j = 0; j < q[i].hints.n; j++)
            try_text(t, "sql", hint[j].shows.sql);
        if (q[i].type && text_same(q[i].type->name, "sql") && q[i].answer_node && q[i].answer_node->kind == NODE_TEXT)
            try_text(t, "answer", q[i].answer_node->text);
    }
}

bool rubric_try_queries(const struct rubric *r, struct diags *diags, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str warnings = {0};
    struct trying t = {.scenario = r->scenario, .diags = diags};
    struct err ignored = {0};
    try_all(&t, r);
    if (!t.n)
        return true;
    char *aside = arena_printf(&arena, "%s/cafelab-lint-XXXXXX", place_aside());
    if (!mkdtemp(aside))
        return err_set(e, "make a folder '%s': %s", aside, strerror(errno));
    struct athena_options options = {.lab = aside, .now_ms = r->scenario->clock.start, .timeout_ms = PATIENCE_MS};
    if (dir_make(arena_printf(&arena, "%s/s3", aside), e) && (t.athena = athena_open(&options, &warnings, e)))
        try_all(&t, r);
    athena_drop(&t.athena);
    dir_remove(aside, &ignored);
    return !e->set;
}
