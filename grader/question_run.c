/* SPDX-License-Identifier: MIT */
/*
 * Questions whose answers are run: a query whose rows are compared, a rule that must find marked events. The author's own
 * answer is the reference, and must read as such; a rule may not lean on what one variant alone has.
 */
#include "grader/rows.h"
#include "grader/types.h"

#define COMPARE(member) offsetof(struct question, compare.member) - offsetof(struct question, compare)

static const struct field compare_list[] = {
    {"order",   decode_bool,   COMPARE(ordered), false, "true: the rows' order counts; false without",                          NULL            },
    {"columns", decode_choice, COMPARE(columns), false,
     "how columns are found: by position (without), by names, or any that fit",                                                 columns_by_names},
    {"partial", decode_bool,   COMPARE(partial), false, "true: some right rows earn a part, 2 x right / (expected + returned)",
     NULL                                                                                                                                       },
};
const struct fields compare_fields = {"how rows are compared", compare_list, COUNT(compare_list), 0, 0};

static void useless(struct decoder *d, const struct question *q, bool there, const char *key, const char *types)
{
    if (there)
        key_error(d, q->at, key, NULL, "useless-key", "\"%s\" is for %s, not for %s", key, types, q->type->name);
}

/* Which mark may be meant. */
static const char *mark_meant(struct arena *arena, const struct scenario *s, const char *name)
{
    const struct step *step = s->timeline.items;
    const char **marks = arena_alloc(arena, (s->timeline.n + 1) * sizeof(*marks));
    size_t n = 0;
    for (size_t i = 0; i < s->timeline.n; i++)
        if (step[i].mark)
            marks[n++] = step[i].mark;
    marks[n] = NULL;
    return arena_meant(arena, name, marks);
}

/* A step that leaves no record can be found in none. */
static void check_mark(struct decoder *d, const struct question *q, const char *name)
{
    const struct scenario *s = ((const struct rubric_reader *)d->context)->scenario;
    const struct step *step = s->timeline.items;
    if (scenario_name(s, name, NULL) != NAME_MARK) {
        key_error(d, q->at, "matches", name, "dangling-reference", "\"matches\": \"%s\" is not a mark of this scenario%s", name,
                  mark_meant(d->arena, s, name));
        return;
    }
    for (size_t i = 0; i < s->timeline.n; i++)
        if (text_same(step[i].mark, name) && (!step[i].op || text_starts(step[i].op, "host:")))
            key_error(d, q->at, "matches", name, "no-record",
                      "\"matches\": \"%s\" is done on a server (%s): CloudTrail knows nothing of it", name,
                      step[i].op ? step[i].op : "run");
}

static void check_rule(struct decoder *d, struct question *q)
{
    if (!q->matches.n)
        diag_error(d->diags, q->at, 1, "missing-key", "missing key \"matches\" in a question of type rule");
    for (size_t i = 0; i < q->matches.n; i++)
        check_mark(d, q, q->matches.list[i]);
    for (size_t i = 0; i < q->answer.n; i++)
        if (still_open(q->answer.list[i]))
            diag_error(d->diags, q->answer_node->at, q->answer_node->width, "not-general",
                       "the reference rule refers to what this variant alone has: it would find nothing in another");
}

void question_check_run(struct decoder *d, struct question *q)
{
    bool sql = q->type->judge == judge_sql, rule = q->type->judge == judge_rule;
    q->precision = q->precision ? q->precision : 100;
    q->recall = q->recall ? q->recall : 100;
    useless(d, q, q->compare.there && !sql, "compare", "sql");
    useless(d, q, q->matches.n && !rule, "matches", "rule");
    useless(d, q, q->precision < 100 && !rule, "precision", "rule");
    useless(d, q, q->recall < 100 && !rule, "recall", "rule");
    if (!q->type->judge)
        return;
    useless(d, q, q->accept_node != NULL, "accept", "answers that are compared");
    useless(d, q, q->n_wrong > 0, "wrong", "answers that are compared");
    useless(d, q, q->n_partial > 0, "partial", "answers that are compared");
    if (rule)
        check_rule(d, q);
}
