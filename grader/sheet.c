/* SPDX-License-Identifier: MIT */
/* The empty answers.yaml that a lab is delivered with, and the list of questions for its README. */
#include "grader/types.h"

#include <string.h>

/* Comment lines of at most 100 columns. */
static void add_comment(struct str *out, const char *lead, const char *text)
{
    size_t column = 0;
    while (*text) {
        text += strspn(text, " \n");
        size_t n = strcspn(text, " \n");
        if (!n)
            break;
        if (!column || column + 1 + n > 100) {
            str_addf(out, "%s# %s", column ? "\n" : "", column ? "   " : lead);
            column = strlen(lead) + 2;
        } else {
            str_addc(out, ' ');
            column++;
        }
        str_addn(out, text, n);
        column += n;
        text += n;
    }
    if (column)
        str_addc(out, '\n');
}

void answers_sheet(const struct rubric *rubric, const char *language, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct question *q = rubric->questions.items;
    add_comment(out, "", arena_printf(&arena, "%s", local_text_get(&rubric->scenario->title, language)));
    str_add(out, "#\n# Write each answer behind its key; a list as [one, two]. Leave open what you do not know.\n"
                 "# `cafelab check` says whether this file can be read, not whether it is right.\n");
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addc(out, '\n');
        add_comment(
            out, "",
            arena_printf(&arena, "%zu. %s (%lld points)", i + 1, local_text_get(&q[i].ask, language), (long long)q[i].points));
        AUTO(str_drop) struct str says = {0};
        str_addf(&says, "%s", q[i].type->says);
        for (size_t j = 0; j < q[i].options.n; j++)
            str_addf(&says, "%s%s", j ? ", " : ": ", q[i].options.list[j]);
        add_comment(out, "   ", str_text(&says));
        str_addf(out, "%s:\n", q[i].id);
    }
}

void questions_text(const struct rubric *rubric, const char *language, struct str *out)
{
    const struct question *q = rubric->questions.items;
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addf(out, "%zu. %s `%s`, %lld points", i + 1, local_text_get(&q[i].ask, language), q[i].id, (long long)q[i].points);
        if (q[i].hints.n)
            str_addf(out, ", %zu hint%s", q[i].hints.n, q[i].hints.n == 1 ? "" : "s");
        str_addc(out, '\n');
    }
}

bool answers_for_play(const struct play *p, const char *language, struct str *answers, struct str *questions, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    bool live = p->shift_ms != 0; /* nothing has happened yet that references could be filled in from */
    struct rubric *rubric = live ? rubric_read(p->scenario, &diags) : rubric_fill(p->scenario, play_lookup, (void *)p, e);
    if (!rubric)
        return false;
    answers_sheet(rubric, language, answers);
    questions_text(rubric, language, questions);
    rubric_free(&rubric);
    return true;
}
