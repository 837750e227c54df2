/* SPDX-License-Identifier: MIT */
/*
 * A way that keeps one of several values: LIMIT 1, head -n 1. What it leaves out may be as right, and then a student who finds
 * that is refused. The way is walked once more without the choice, or, where an order decides, with those that the order does
 * not tell apart the other way round. Only a warning: the first line of a log may be what is meant.
 */
#include "grader/verify/proof.h"
#include "sim/pipeline/pipeline.h"

/* Where times and numbers are asked for, the first of them is an answer; no address is the right one by its digits. */
static bool ordered_by_value(const struct question *q)
{
    return q->type->read == read_time || q->type->read == read_number;
}

static bool listed(const struct question *key, const char *text)
{
    for (size_t i = 0; i < key->answer.n; i++)
        if (text_same(key->answer.list[i], text))
            return true;
    return false;
}

/* What comes besides the answer, as the report prints it; NULL = nothing. */
static const char *others(struct proof *p, const struct question *key, const struct derived *found)
{
    AUTO(str_drop) struct str text = {0};
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (key->type->takes == TAKES_ONE ? proof_right(p, key, &found->list[i], 1) : listed(key, found->list[i]))
            continue;
        if (n < 4)
            str_addf(&text, "%s\"%s\"", n ? ", " : "", found->list[i]);
        n++;
    }
    if (n > 4)
        str_addf(&text, ", and %zu more", n - 4);
    return n ? arena_dup(&p->arena, str_text(&text)) : NULL;
}

/* The question's way as `changed` has it: true if it shows another value, which is told. */
static bool shows_others(struct proof *p, const struct question *changed, const struct question *key, enum way way,
                         const char *words, struct fault *fault)
{
    struct err ignored = {0};
    struct derived found = {0};
    const char *besides = NULL;
    p->facts[PROVE_UNIQUE]++;
    if (derive_values(&p->untouched->lab, changed, way, &p->athena, &found, &ignored) &&
        (key->type->takes == TAKES_ONE || !proof_right(p, key, found.list, found.n)))
        besides = others(p, key, &found);
    arena_drop(&found.arena);
    if (!besides)
        return false;
    fault->command = way == WAY_SQL ? query_command(p, changed->solve.sql) : line_command(p, changed->solve.command);
    fault_note(p, fault,
               "question \"%s\": \"%s\" hides what is found besides: %s; say by an order which one is meant, or \"accept\" the "
               "others",
               key->id, words, besides);
    return true;
}

static void try_query(struct proof *p, const struct question *q, const struct question *key, struct fault *fault)
{
    struct athena_choice choice;
    for (size_t n = 0; athena_choice(&p->arena, q->solve.sql, n, ordered_by_value(q), &choice); n++) {
        struct question least = *q, greatest = *q;
        least.solve.sql = choice.least;
        greatest.solve.sql = choice.greatest;
        if (shows_others(p, &least, key, WAY_SQL, choice.words, fault) ||
            shows_others(p, &greatest, key, WAY_SQL, choice.words, fault))
            return;
    }
}

static void try_line(struct proof *p, const struct question *q, const struct question *key, struct fault *fault)
{
    struct pipeline_choice choice;
    for (size_t n = 0; pipeline_choice(&p->arena, q->solve.command, n, &choice); n++) {
        bool free = !choice.sorted || (choice.by_line && !ordered_by_value(q));
        const char *const lines[] = {free ? choice.open : choice.equals[0], free ? NULL : choice.equals[1]};
        for (size_t i = 0; i < COUNT(lines); i++) {
            struct question changed = *q;
            changed.solve.command = lines[i];
            if (lines[i] && shows_others(p, &changed, key, WAY_COMMAND, choice.words, fault))
                return;
        }
    }
}

void prove_nothing_hidden(struct proof *p, const struct question *author, const struct question *key, enum way way,
                          const struct fault *of_way)
{
    struct fault fault = *of_way;
    fault.property = PROVE_UNIQUE;
    fault.warns = true;
    fault.about = way == WAY_SQL ? "hidden by the query" : "hidden by the command";
    if (way == WAY_SQL)
        try_query(p, author, key, &fault);
    else if (way == WAY_COMMAND)
        try_line(p, author, key, &fault);
}
