/* SPDX-License-Identifier: MIT */
/*
 * Questions whose answers are run: the author's query returns something, his rule finds what it must and nothing else, on this
 * variant and on the one that is held back. A rule that names what one variant alone has is refused here.
 */
#include "grader/evidence.h"
#include "grader/verify/proof.h"

/* What makes the variant another than others: not the query, but what it returns. */
static void add_rows(struct proof *p, const struct athena_result *result)
{
    for (size_t i = 0; i < result->n_rows * result->n_columns; i++)
        if (result->cells[i])
            json_array_append_new(p->answers, json_clean(result->cells[i]));
}

static bool prove_query(struct proof *p, const struct question *q, struct fault fault)
{
    fault.command = query_command(p, q->answer.list[0]);
    const struct reference *r = evidence_reference(&p->key->running->own, q);
    if (!r->good)
        fault_note(p, &fault, "question \"%s\": the query of its answer does not run: %s", q->id, r->e.msg);
    else if (!r->result.n_rows)
        fault_note(p, &fault, "question \"%s\": the query of its answer returns nothing", q->id);
    else
        add_rows(p, &r->result);
    return r->good && r->result.n_rows;
}

/* Every mark has its record in the logs of a variant: nobody can find what is not there. */
static bool have_records(struct proof *p, const struct question *q, const struct evidence *ev, const struct fault *fault)
{
    for (size_t i = 0; i < q->matches.n; i++) {
        const struct texts one = {&q->matches.list[i], 1};
        struct texts events = evidence_events(&p->arena, ev, &one);
        size_t missing = events.n ? 0 : 1;
        for (size_t j = 0; j < events.n; j++)
            missing += sigma_log_find(ev->log, events.list[j]) == SIZE_MAX;
        if (missing) {
            fault_note(p, fault, "question \"%s\": what \"%s\" did has no record in the logs", q->id, q->matches.list[i]);
            return false;
        }
    }
    return true;
}

static bool prove_rule(struct proof *p, const struct question *q, const struct fault *fault)
{
    const struct running *running = p->key->running;
    if (running->held_back->e.set) {
        fault_note(p, fault, "question \"%s\": %s", q->id, running->held_back->e.msg);
        return false;
    }
    return have_records(p, q, &running->own, fault) && have_records(p, q, &running->held_back->evidence, fault);
}

bool prove_run(struct proof *p, const struct question *author, const struct question *key)
{
    AUTO(verdict_drop) struct verdict v = {0};
    struct running *running = p->key->running;
    const struct fault fault = {
        .property = PROVE_SOLVABLE, .at = author->at, .about = "run", .command = "cafelab solve try && cafelab grade try"};
    struct reader reader = {
        .arena = &p->arena, .question = key, .world = (struct world *)&p->key->play.world, .running = running};
    key_prepare(p->key, NULL);
    p->facts[PROVE_SOLVABLE]++;
    if (running->e.set) {
        fault_note(p, &fault, "question \"%s\": %s", key->id, running->e.msg);
        return false;
    }
    if (!(key->type->judge == judge_rule ? prove_rule(p, key, &fault) : prove_query(p, key, fault)))
        return false;
    running_begin(running);
    judge(&reader, "en", &key->answer, &v);
    p->facts[PROVE_UNIQUE]++;
    if (v.outcome == OUTCOME_PASS)
        return true;
    fault_note(p, &fault, "question \"%s\": its own answer is judged as %s: %s", key->id, outcome_names[v.outcome],
               str_text(&v.feedback));
    return false;
}
