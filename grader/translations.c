/* SPDX-License-Identifier: MIT */
/*
 * Translations: the languages of a scenario are those of its title. A text that lacks one of them falls back to another,
 * which is no error, but worth a warning.
 */
#include "grader/rubric.h"

#include <string.h>

struct translating {
    const struct scenario *scenario;
    struct diags *diags;
    bool promised[LANGUAGES];
};

static void check_text(const struct translating *t, const struct local_text *text, struct src_pos at, const char *what)
{
    if (!*local_text_get(text, "en")) /* in no language: that it is missing was told */
        return;
    for (size_t i = 0; i < LANGUAGES; i++)
        if (t->promised[i] && !text->in[i])
            diag_warn(t->diags, text->at.line ? text->at : at, 1, "missing-translation",
                      "%s is not translated: expected \"%s\", as the title has it", what, scenario_languages[i]);
}

/* brief.md is English; brief.pt.md, brief.es.md lie beside it. */
static void check_brief(const struct translating *t)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct scenario *s = t->scenario;
    size_t stem = s->brief ? strlen(s->brief) - (text_ends(s->brief, ".md") ? 3 : 0) : 0;
    for (size_t i = 1; s->brief && i < LANGUAGES; i++) {
        const char *name = arena_printf(&arena, "%.*s.%s.md", (int)stem, s->brief, scenario_languages[i]);
        unsigned width = 1;
        struct src_pos at = scenario_place(s, s->brief, &width);
        if (t->promised[i] && !file_exists(arena_printf(&arena, "%s/%s", s->dir, name)))
            diag_warn(t->diags, at, width, "missing-translation", "the brief is not translated: expected the file \"%s\"",
                      name);
    }
}

static void check_question(const struct translating *t, const struct question *q)
{
    const struct hint *hint = q->hints.items;
    check_text(t, &q->ask, q->at, "the question");
    for (size_t i = 0; i < q->hints.n; i++)
        check_text(t, &hint[i].text, hint[i].at, "the hint");
    for (size_t i = 0; i < q->n_wrong; i++)
        check_text(t, &q->wrong[i].says, q->wrong[i].at, "what is said to a wrong answer");
}

static void check_repairs(const struct translating *t)
{
    const struct repair *r = t->scenario->other_repairs.items;
    for (size_t i = 0; i < t->scenario->other_repairs.n; i++)
        if (r[i].title.at.line)
            check_text(t, &r[i].title, r[i].at, "the repair's title");
}

/* What the debriefing tells of a step, of the story or of the solution. */
static void check_steps(const struct translating *t, const struct list *steps)
{
    const struct step *step = steps->items;
    for (size_t i = 0; i < steps->n; i++)
        if (step[i].why.at.line)
            check_text(t, &step[i].why, step[i].at, "why the step matters");
}

void rubric_check_translations(const struct rubric *r, struct diags *diags)
{
    struct translating t = {.scenario = r->scenario, .diags = diags};
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < LANGUAGES; i++)
        t.promised[i] = r->scenario->title.in[i];
    check_brief(&t);
    for (size_t i = 0; i < r->questions.n; i++)
        check_question(&t, &q[i]);
    for (size_t i = 0; i < r->checks.n; i++)
        check_text(&t, &c[i].title, c[i].at, "the check's title");
    check_repairs(&t);
    check_steps(&t, &r->scenario->timeline);
    check_steps(&t, &r->scenario->solution);
}
