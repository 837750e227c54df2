/* SPDX-License-Identifier: MIT */
/* What a student may know before handing in: is the sheet readable, is every answer of its type. Never whether it is right. */
#include "grader/grading.h"
#include "grader/types.h"

#include <stdlib.h>
#include <string.h>

/* How many of the texts say something, and the first that is not of the question's type. */
static size_t look_at(const struct reader *r, const struct texts *given, struct str *why)
{
    const struct question *q = r->question;
    const struct answer_type *type = q->of ? q->of : q->type;
    size_t said = 0;
    for (size_t i = 0; i < given->n; i++) {
        AUTO(str_drop) struct str wrong = {0};
        struct reading reading = {0};
        if (!*bare_text(r->arena, given->list[i]))
            continue;
        said++;
        bool one_of_many = q->type->takes != TAKES_ONE && given->n == 1; /* "a, b": judged in parts */
        if (!why->len && !one_of_many && !type->read(r, given->list[i], &reading, &wrong))
            str_add(why, str_text(&wrong));
    }
    if (said > 1 && q->type->takes == TAKES_ONE && !why->len)
        str_addf(why, "one answer is asked for, %zu are given", said);
    return said;
}

void self_check(const struct rubric *rubric, const struct submission *s, const char *language, struct self_check *out)
{
    const struct question *q = rubric->questions.items;
    *out = (struct self_check){0};
    out->ungradable = s->malformed ? arena_dup(&out->arena, s->malformed) : NULL;
    out->items = arena_alloc(&out->arena, (rubric->questions.n + 1) * sizeof(*out->items));
    for (size_t i = 0; i < rubric->questions.n && !s->malformed; i++) {
        AUTO(str_drop) struct str why = {0};
        struct reader reader = {&out->arena, &q[i], NULL};
        size_t said = look_at(&reader, answers_find(&s->answers, q[i].id), &why);
        out->items[out->n++] = (struct self_item){.id = q[i].id,
                                                  .title = local_text_get(&q[i].ask, language),
                                                  .state = !said     ? SELF_EMPTY
                                                           : why.len ? SELF_MALFORMED
                                                                     : SELF_ANSWERED,
                                                  .why = why.len ? arena_dup(&out->arena, str_text(&why)) : NULL};
    }
    for (size_t i = 0; i < s->answers.n && !s->malformed; i++) {
        struct err e = {0};
        AUTO(str_drop) struct str said = {0};
        const struct answer *a = &s->answers.list[i];
        if (rubric_question(rubric, a->id, &e))
            continue;
        str_add_log(&said, e.msg);
        *GROW(out->notes, out->n_notes, out->cap_notes) =
            arena_printf(&out->arena, "answers.yaml:%u:%u: %s", a->at.line, a->at.col, str_text(&said));
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
