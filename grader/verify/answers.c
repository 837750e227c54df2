/* SPDX-License-Identifier: MIT */
/* Questions: found by the way they declare, with one answer, and known mistakes are known as such. */
#include "grader/verify/proof.h"

#include <string.h>

static const char *joined(struct proof *p, const char *const *list, size_t n)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < n && i < 6; i++)
        str_addf(&text, "%s\"%s\"", i ? ", " : "", list[i]);
    if (n > 6)
        str_addf(&text, ", and %zu more", n - 6);
    return arena_dup(&p->arena, str_text(&text));
}

static const char *method_command(struct proof *p, const struct question *q)
{
    if (q->solve.sql)
        return query_command(p, q->solve.sql);
    if (q->solve.validate)
        return arena_printf(&p->arena,
                            "find try/s3 -path '*-Digest/*' -name '*.gz' -exec zcat {} + | jq -r '.logFiles[] | .hashValue + "
                            "\" try/s3/\" + .s3Bucket + \"/\" + .s3Object' | while read -r hash file; do %s || echo $file; "
                            "done",
                            q->solve.validate == VALIDATE_MISSING
                                ? "[ -f $file ]"
                                : "[ ! -f $file ] || zcat $file | sha256sum | grep -q ^$hash");
    return arena_printf(&p->arena, "grep -aoP '%s' try/%s", q->solve.match, q->solve.file);
}

static enum judged judged_as(struct proof *p, const struct question *key, const struct texts *given, struct verdict *v)
{
    struct reader reader = {&p->arena, key, (struct world *)&p->key->play.world};
    judge(&reader, "en", given, v);
    return v->outcome;
}

/* Several values where one is asked for: are they the same answer in other words? */
static bool all_right(struct proof *p, const struct question *key, const struct derived *found)
{
    for (size_t i = 0; i < found->n; i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        if (judged_as(p, key, &(struct texts){(const char **)&found->list[i], 1}, &v) != OUTCOME_PASS)
            return false;
    }
    return true;
}

static bool is_right(struct proof *p, const struct question *key, const struct derived *found)
{
    AUTO(verdict_drop) struct verdict v = {0};
    return judged_as(p, key, &(struct texts){(const char **)found->list, found->n}, &v) == OUTCOME_PASS;
}

static bool some_right(struct proof *p, const struct question *key, const struct derived *found)
{
    for (size_t i = 0; i < found->n; i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        if (judged_as(p, key, &(struct texts){(const char **)&found->list[i], 1}, &v) == OUTCOME_PASS)
            return true;
    }
    return false;
}

static bool prove_question(struct proof *p, const struct question *q, const struct question *key)
{
    struct derived found = {0};
    struct err e = {0};
    struct fault fault = {.property = PROVE_SOLVABLE,
                          .at = q->solve.at.line ? q->solve.at : q->at,
                          .file = q->solve.file,
                          .command = method_command(p, q)};
    bool one = q->type->takes == TAKES_ONE, good = false;
    const char *expected = joined(p, key->answer.list, key->answer.n);
    p->facts[PROVE_SOLVABLE]++;
    if (!derive_values(&p->untouched->lab, q, &p->athena, &found, &e))
        fault_note(p, &fault, "%s", e.msg);
    else if (!found.n)
        fault_note(p, &fault, "question \"%s\": the declared way finds nothing; the answer is %s", q->id, expected);
    else if (one && found.n > 1 && some_right(p, key, &found) && !all_right(p, key, &found)) {
        fault.property = PROVE_UNIQUE;
        fault_note(p, &fault, "question \"%s\": the declared way finds %zu values, of which one is meant: %s", q->id, found.n,
                   joined(p, found.list, found.n));
    } else if (one ? !all_right(p, key, &found) : !is_right(p, key, &found))
        fault_note(p, &fault, "question \"%s\": the declared way finds %s; the answer is %s", q->id,
                   joined(p, found.list, found.n), expected);
    else {
        derived_add(&p->sheet, q, &found);
        good = true;
    }
    p->facts[PROVE_UNIQUE] += found.n > 0;
    arena_drop(&found.arena);
    return good;
}

static void prove_wrong(struct proof *p, const struct question *key)
{
    for (size_t i = 0; i < key->n_wrong; i++) {
        const struct diagnosis *d = &key->wrong[i];
        const char *says = local_text_get(&d->says, "en");
        AUTO(verdict_drop) struct verdict v = {0};
        struct fault fault = {.property = PROVE_WRONG,
                              .at = d->at.line ? d->at : key->at,
                              .command = arena_printf(&p->arena, "echo '%s: \"%s\"' > try/answers.yaml && cafelab grade try",
                                                      key->id, d->answer)};
        p->facts[PROVE_WRONG]++;
        if (judged_as(p, key, &(struct texts){(const char **)&d->answer, 1}, &v) == OUTCOME_PASS)
            fault_note(p, &fault, "question \"%s\": the known wrong answer \"%s\" is right", key->id, d->answer);
        else if (!strstr(str_text(&v.feedback), says))
            fault_note(p, &fault, "question \"%s\": whoever answers \"%s\" is told \"%s\", not what `wrong` says", key->id,
                       d->answer, str_text(&v.feedback));
    }
}

void prove_answers(struct proof *p)
{
    const struct question *author = p->author->questions.items, *key = p->key->rubric->questions.items;
    p->all_solved = true;
    for (size_t i = 0; i < p->author->questions.n; i++) {
        if (author[i].solve.sql || author[i].solve.file || author[i].solve.validate)
            p->all_solved = prove_question(p, &author[i], &key[i]) && p->all_solved;
        else {
            p->all_solved = false;
            fault_note(p, &(struct fault){.property = PROVE_SOLVABLE, .warns = true, .at = author[i].at},
                       "question \"%s\" does not say how it can be found (\"solve\"): nothing is proved of it", author[i].id);
        }
        prove_wrong(p, &key[i]);
        for (size_t j = 0; j < key[i].answer.n; j++)
            json_array_append_new(p->answers, json_clean(key[i].answer.list[j]));
    }
}

/* ---- hints ---- */

bool proof_query(struct proof *p, const struct fault *fault, const char *sql, struct athena_result *out)
{
    struct err e = {0};
    *out = (struct athena_result){0};
    bool good = athena_query(p->athena, sql, out, &e);
    if (!good)
        fault_note(p, fault, "%s", e.msg);
    return good;
}

void prove_hints(struct proof *p)
{
    const struct question *q = p->author->questions.items;
    for (size_t i = 0; i < p->author->questions.n; i++) {
        const struct hint *hint = q[i].hints.items;
        for (size_t j = 0; j < q[i].hints.n; j++) {
            struct athena_result result;
            const char *sql = hint[j].shows.sql;
            if (!sql)
                continue;
            struct fault fault = {.property = PROVE_HINTS, .at = hint[j].at, .command = query_command(p, sql)};
            p->facts[PROVE_HINTS]++;
            if (proof_query(p, &fault, sql, &result) && !result.n_rows)
                fault_note(p, &fault, "question \"%s\": the query of hint %zu returns nothing", q[i].id, j + 1);
            athena_result_drop(&result);
        }
    }
}
