/* SPDX-License-Identifier: MIT */
/* Questions: found by the way they declare, with one answer, and known mistakes are known as such. */
#include "grader/verify/proof.h"

#include <string.h>

enum { MOST_PRINTED = 16 << 20 }; /* of a hint's command that is looked at */
static const char *const way_names[WAYS] = {"sql", "file", "validate", "command"};

static const char *joined(struct proof *p, const char *const *list, size_t n)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < n && i < 6; i++)
        str_addf(&text, "%s\"%s\"", i ? ", " : "", list[i]);
    if (n > 6)
        str_addf(&text, ", and %zu more", n - 6);
    return arena_dup(&p->arena, str_text(&text));
}

static const char *method_command(struct proof *p, const struct question *q, enum way way)
{
    if (way == WAY_SQL)
        return query_command(p, q->solve.sql);
    if (way == WAY_COMMAND)
        return line_command(p, q->solve.command);
    if (way == WAY_VALIDATE)
        return arena_printf(&p->arena,
                            "find try/s3 -path '*-Digest/*' -name '*.gz' -exec zcat {} + | jq -r '.logFiles[] | .hashValue + "
                            "\" try/s3/\" + .s3Bucket + \"/\" + .s3Object' | while read -r hash file; do %s || echo $file; "
                            "done",
                            q->solve.validate == VALIDATE_MISSING
                                ? "[ -f $file ]"
                                : "[ ! -f $file ] || zcat $file | sha256sum | grep -q ^$hash");
    return arena_printf(&p->arena, "grep -aoP -e %s try/%s", arena_shell_word(&p->arena, q->solve.match),
                        arena_shell_word(&p->arena, q->solve.file));
}

static enum judged proof_judge(struct proof *p, const struct question *key, const struct texts *given, struct verdict *v)
{
    struct reader reader = {
        .arena = &p->arena, .question = key, .world = (struct world *)&p->key->play.world, .running = p->key->running};
    judge(&reader, "en", given, v);
    return v->outcome;
}

bool proof_right(struct proof *p, const struct question *key, const char *const *given, size_t n)
{
    AUTO(verdict_drop) struct verdict v = {0};
    return proof_judge(p, key, &(struct texts){(const char **)given, n}, &v) == OUTCOME_PASS;
}

static size_t count_right(struct proof *p, const struct question *key, const struct derived *found)
{
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++)
        n += proof_right(p, key, &found->list[i], 1);
    return n;
}

/* A way that this machine cannot go proves nothing, and is no fault of the scenario's. */
static void note_not_here(struct proof *p, enum property property, const char *why)
{
    const struct fault fault = {.property = property, .warns = true, .about = "command lines"};
    fault_note(p, &fault, "command lines are not run, and nothing is proved by them: %s", why);
}

/* Where the text of the way itself stands. */
static struct src_pos place_of_way(const struct proof *p, const struct question *q, enum way way)
{
    const char *const texts[WAYS] = {[WAY_SQL] = q->solve.sql, [WAY_FILE] = q->solve.match, [WAY_COMMAND] = q->solve.command};
    unsigned width;
    struct src_pos at = scenario_place(p->scenario, texts[way], &width);
    return at.line ? at : q->solve.at.line ? q->solve.at : q->at;
}

/* Does the author's text refer to it: "{{ name.who }}"? */
static bool refers_to(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = text; (at = strstr(at, "{{")); at += 2) {
        const char *word = at + 2 + strspn(at + 2, " ");
        if (!strncmp(word, name, n) && strchr(". }", word[n]) && word[n])
            return true;
    }
    return false;
}

/* Why nothing is found, where that shows: the trail's files know nothing of the step that the answer is about. */
static const char *why_nothing(struct proof *p, const struct question *q)
{
    const struct play *story = &p->key->play;
    for (size_t i = 0; i < story->n_marks; i++)
        for (size_t j = 0; j < q->answer.n; j++)
            if (story->marks[i].entry && refers_to(q->answer.list[j], story->marks[i].name) &&
                !play_in_trail(story, story->marks[i].entry))
                return arena_printf(&p->arena, "; no trail's file has a record of \"%s\" (was one logging by then?)",
                                    story->marks[i].name);
    return "";
}

/* Are they the answer? Of several where one is asked for each must be, in other words. Else it is told how they differ. */
static bool is_found(struct proof *p, const struct question *q, const struct question *key, enum way way,
                     const struct derived *found, struct fault fault)
{
    bool one = q->type->takes == TAKES_ONE;
    size_t right = one ? count_right(p, key, found) : proof_right(p, key, found->list, found->n);
    const char *expected = joined(p, key->answer.list, key->answer.n), *values = joined(p, found->list, found->n);
    if (found->n && right == (one ? found->n : 1))
        return true;
    bool torn = one ? right > 0 : found->n && found->n != key->answer.n;
    fault.property = torn ? PROVE_UNIQUE : PROVE_SOLVABLE;
    if (!found->n)
        fault_note(p, &fault, "question \"%s\": the declared way finds nothing; the answer is %s%s", q->id, expected,
                   way == WAY_SQL || way == WAY_COMMAND ? why_nothing(p, q) : "");
    else if (torn && one)
        fault_note(p, &fault, "question \"%s\": the declared way finds %zu values, of which one is meant: %s", q->id, found->n,
                   values);
    else if (torn)
        fault_note(p, &fault, "question \"%s\": the declared way finds %zu values, the answer has %zu: %s; the answer is %s",
                   q->id, found->n, key->answer.n, values, expected);
    else
        fault_note(p, &fault, "question \"%s\": the declared way finds %s; the answer is %s", q->id, values, expected);
    return false;
}

static bool prove_way(struct proof *p, const struct question *q, const struct question *key, enum way way,
                      struct derived *found)
{
    struct err e = {0};
    struct fault fault = {.property = PROVE_SOLVABLE,
                          .at = place_of_way(p, q, way),
                          .file = way == WAY_FILE      ? q->solve.file
                                  : way == WAY_COMMAND ? file_of_line(&p->arena, q->solve.command)
                                                       : NULL,
                          .about = way_names[way],
                          .command = method_command(p, q, way)};
    bool walked = derive_values(&p->untouched->lab, q, way, &p->athena, found, &e);
    p->facts[PROVE_SOLVABLE]++;
    p->facts[PROVE_UNIQUE] += found->n > 0;
    if (walked && is_found(p, q, key, way, found, fault)) {
        prove_nothing_hidden(p, q, key, way, &fault);
        return true;
    }
    fault.held = way == WAY_COMMAND;
    if (!walked && found->not_here)
        note_not_here(p, PROVE_SOLVABLE, e.msg);
    else if (!walked)
        fault_note(p, &fault, "%s", e.msg);
    return false;
}

/* Every way leads there by itself; the first that does fills in the sheet. */
static bool prove_question(struct proof *p, const struct question *q, const struct question *key)
{
    bool solved = false;
    for (enum way way = 0; way < WAYS; way++) {
        struct derived found = {0};
        bool alone = !solved && way == WAY_COMMAND;
        if (method_has(&q->solve, way) && (way != WAY_COMMAND || p->runs_commands || alone) &&
            prove_way(p, q, key, way, &found) && !solved) {
            derived_add(&p->sheet, q, &found);
            solved = true;
        }
        arena_drop(&found.arena);
    }
    return solved;
}

const char *answer_command(struct proof *p, const struct question *key, const char *answer)
{
    AUTO(str_drop) struct str line = {0};
    str_addf(&line, "%s: ", key->id);
    str_add_json(&line, answer); /* YAML reads JSON's texts */
    return arena_printf(&p->arena, "printf '%%s\\n' %s > try/answers.yaml && cafelab grade try",
                        arena_shell_word(&p->arena, str_text(&line)));
}

static void prove_wrong(struct proof *p, const struct question *key)
{
    for (size_t i = 0; i < key->n_wrong; i++) {
        const struct diagnosis *d = &key->wrong[i];
        const char *says = local_text_get(&d->says, "en");
        AUTO(verdict_drop) struct verdict v = {0};
        struct fault fault = {
            .property = PROVE_WRONG, .at = d->at.line ? d->at : key->at, .command = answer_command(p, key, d->answer)};
        p->facts[PROVE_WRONG]++;
        if (proof_judge(p, key, &(struct texts){(const char **)&d->answer, 1}, &v) == OUTCOME_PASS)
            fault_note(p, &fault, "question \"%s\": the known wrong answer \"%s\" is right", key->id, d->answer);
        else if (!strstr(str_text(&v.feedback), says))
            fault_note(p, &fault, "question \"%s\": whoever answers \"%s\" is told \"%s\", not what `wrong` says", key->id,
                       d->answer, str_text(&v.feedback));
    }
}

/* lint says so, too; whoever looks for a second right answer looks here. */
static void prove_parts(struct proof *p, const struct question *key)
{
    for (size_t i = 0; i < key->n_partial; i++) {
        const struct diagnosis *part = &key->partial[i];
        const struct fault fault = {
            .property = PROVE_UNIQUE, .warns = true, .at = part->at, .command = answer_command(p, key, part->answer)};
        p->facts[PROVE_UNIQUE]++;
        if (part->percent >= PART_IS_MOST)
            fault_note(p, &fault,
                       "question \"%s\": \"%s\" is worth %lld of 100 by \"partial\": as good as right; the answer is %s",
                       key->id, part->answer, (long long)part->percent, joined(p, key->answer.list, key->answer.n));
    }
}

void prove_answers(struct proof *p)
{
    const struct question *author = p->author->questions.items, *key = p->key->rubric->questions.items;
    p->all_solved = true;
    for (size_t i = 0; i < p->author->questions.n; i++) {
        enum way first = WAY_SQL;
        if (author[i].type->judge) {
            bool solved = prove_run(p, &author[i], &key[i]);
            p->all_solved = p->all_solved && solved;
            if (solved)
                derived_add(&p->sheet, &key[i], &(struct derived){.list = {key[i].answer.list[0]}, .n = 1});
            continue;
        }
        if (method_any(&author[i].solve, &first))
            p->all_solved = prove_question(p, &author[i], &key[i]) && p->all_solved;
        else {
            p->all_solved = false;
            fault_note(p, &(struct fault){.property = PROVE_SOLVABLE, .warns = true, .at = author[i].at},
                       "question \"%s\" does not say how it can be found (\"solve\"): nothing is proved of it", author[i].id);
        }
        prove_wrong(p, &key[i]);
        prove_parts(p, &key[i]);
        prove_others_wrong(p, &author[i], &key[i]);
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

static const char *missing_text(const struct texts *finds, const char *printed)
{
    for (size_t i = 0; i < finds->n; i++)
        if (!strstr(printed, finds->list[i]))
            return finds->list[i];
    return NULL;
}

static void look_at_printed(struct proof *p, const struct fault *fault, const char *what, const struct texts *finds,
                            const char *printed)
{
    const char *missing = *printed ? missing_text(finds, printed) : NULL;
    if (!*printed)
        fault_note(p, fault, "%s returns nothing", what);
    else if (missing)
        fault_note(p, fault, "%s does not show \"%s\", which it says it finds", what, missing);
}

static void prove_hint_query(struct proof *p, struct fault fault, const char *what, const struct hint *hint,
                             const struct texts *finds)
{
    AUTO(str_drop) struct str printed = {0};
    struct athena_result result;
    fault.command = query_command(p, hint->shows.sql);
    fault.about = "sql";
    p->facts[PROVE_HINTS]++;
    if (!proof_query(p, &fault, hint->shows.sql, &result))
        return;
    for (size_t i = 0; i < result.n_rows * result.n_columns; i++)
        str_addf(&printed, "%s\n", result.cells[i] ? result.cells[i] : "");
    look_at_printed(p, &fault, what, finds, str_text(&printed));
    athena_result_drop(&result);
}

static void prove_hint_command(struct proof *p, struct fault fault, const char *what, const struct hint *hint,
                               const struct texts *finds)
{
    AUTO(str_drop) struct str printed = {0};
    struct err e = {0};
    bool more = false, not_here = false; /* who reads on reads more: a hint may show more than a screen */
    fault.command = line_command(p, hint->shows.command);
    fault.file = file_of_line(&p->arena, hint->shows.command);
    fault.about = "command";
    p->facts[PROVE_HINTS]++;
    if (derive_printed(&p->untouched->lab, hint->shows.command, MOST_PRINTED, &printed, &more, &not_here, &e))
        look_at_printed(p, &fault, what, finds, str_text(&printed));
    else if (not_here)
        note_not_here(p, PROVE_HINTS, e.msg);
    else {
        fault.held = true;
        fault_note(p, &fault, "%s: %s", what, e.msg);
    }
}

void prove_hints(struct proof *p)
{
    const struct question *q = p->author->questions.items, *key = p->key->rubric->questions.items;
    for (size_t i = 0; i < p->author->questions.n; i++) {
        const struct hint *hint = q[i].hints.items, *filled = key[i].hints.items;
        for (size_t j = 0; j < q[i].hints.n; j++) {
            const struct fault fault = {.property = PROVE_HINTS, .at = hint[j].at};
            if (hint[j].shows.sql)
                prove_hint_query(p, fault, arena_printf(&p->arena, "question \"%s\": the query of hint %zu", q[i].id, j + 1),
                                 &hint[j], &filled[j].shows.finds);
            if (hint[j].shows.command && p->runs_commands)
                prove_hint_command(p, fault,
                                   arena_printf(&p->arena, "question \"%s\": the command of hint %zu", q[i].id, j + 1),
                                   &hint[j], &filled[j].shows.finds);
        }
    }
}
