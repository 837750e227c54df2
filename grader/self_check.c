/* SPDX-License-Identifier: MIT */
/*
 * What a student may know before handing in: can the sheet be read, is every answer of its type, which repairs hold.
 * Never whether an answer is right, and never why a check does not hold.
 */
#include "grader/grading.h"
#include "grader/sentences.h"
#include "grader/types.h"

#include <stdlib.h>

/* The first of the texts that is not of the question's type, or that there are too many. */
static void look_at(const struct reader *r, const struct texts *given, const char *language, struct str *why)
{
    const struct question *q = r->question;
    const struct answer_type *type = answer_item_type(q);
    for (size_t i = 0; i < given->n; i++) {
        AUTO(str_drop) struct str wrong = {0};
        struct reading reading = {0};
        bool one_of_many = q->type->takes != TAKES_ONE && given->n == 1; /* "a, b": judged in parts */
        if (!why->len && !one_of_many && !type->read(r, given->list[i], &reading, &wrong))
            str_add_sentence(why, str_text(&wrong), language);
    }
    if (given->n > 1 && q->type->takes == TAKES_ONE && !why->len)
        str_addf(why, sentence("one answer is asked for, %zu are given", language, NULL), given->n);
}

static struct self_item question_item(struct self_check *out, const struct submission *s, const struct question *q,
                                      const char *language)
{
    AUTO(str_drop) struct str why = {0};
    struct reader reader = {.arena = &out->arena, .question = q};
    const char *speaks = submission_speaks(s, language);
    const struct texts *given = answers_find(&s->answers, q->id);
    look_at(&reader, given, speaks, &why);
    return (struct self_item){.kind = FINDING_QUESTION,
                              .id = q->id,
                              .title = local_text_get(&q->ask, speaks),
                              .state = !given->n ? SELF_EMPTY
                                       : why.len ? SELF_MALFORMED
                                                 : SELF_ANSWERED,
                              .why = why.len ? arena_dup(&out->arena, str_text(&why)) : NULL};
}

void self_check(const struct key *key, const struct submission *s, const char *language, struct self_check *out)
{
    AUTO(report_drop) struct report report = {0};
    const struct question *q = key->rubric->questions.items;
    size_t n_questions = key->rubric->questions.n;
    *out = (struct self_check){0};
    grade(key, s, language, &report);
    out->ungradable = report.ungradable ? arena_dup(&out->arena, report.ungradable) : NULL;
    out->items = arena_alloc(&out->arena, (report.n + 1) * sizeof(*out->items));
    for (size_t i = 0; i < n_questions && !s->malformed; i++)
        out->items[out->n++] = question_item(out, s, &q[i], language);
    const struct check *c = key->rubric->checks.items;
    for (size_t i = n_questions; i < report.n; i++) {
        if (c[i - n_questions].hidden)
            continue;
        const struct finding *f = &report.findings[i];
        out->items[out->n++] = (struct self_item){.kind = f->kind,
                                                  .id = f->id,
                                                  .title = f->title,
                                                  .state = f->outcome == OUTCOME_PASS   ? SELF_HOLDS
                                                           : f->outcome == OUTCOME_FAIL ? SELF_NOT_YET
                                                                                        : SELF_UNKNOWN};
    }
    for (size_t i = 0; i < report.n_notes; i++)
        *GROW(out->notes, out->n_notes, out->cap_notes) = arena_dup(&out->arena, report.notes[i]);
}

void sheet_check(const struct rubric *rubric, const struct submission *s, const char *language, struct self_check *out)
{
    const struct question *q = rubric->questions.items;
    *out = (struct self_check){0};
    out->ungradable = s->malformed ? arena_dup(&out->arena, s->malformed) : NULL;
    out->items = arena_alloc(&out->arena, (rubric->questions.n + 1) * sizeof(*out->items));
    for (size_t i = 0; i < rubric->questions.n && !s->malformed; i++)
        out->items[out->n++] = question_item(out, s, &q[i], language);
    for (size_t i = 0; i < s->answers.n; i++) {
        struct err e = {0};
        AUTO(str_drop) struct str said = {0};
        if (rubric_question(rubric, s->answers.list[i].id, &e))
            continue;
        str_add_log(&said, e.msg);
        *GROW(out->notes, out->n_notes, out->cap_notes) = arena_printf(
            &out->arena, "answers.yaml:%u:%u: %s", s->answers.list[i].at.line, s->answers.list[i].at.col, str_text(&said));
    }
    if (!s->has_sheet)
        *GROW(out->notes, out->n_notes, out->cap_notes) = "there is no answers.yaml";
}

void self_check_drop(struct self_check *c)
{
    free(c->notes);
    arena_drop(&c->arena);
    *c = (struct self_check){0};
}
