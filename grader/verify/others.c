/* SPDX-License-Identifier: MIT */
/*
 * Does what an author accepts beside the answer, or however near to it, let in what belongs to somebody else of the cast, or to
 * another moment of the story? Then there are two right answers, and the method finds one of them.
 */
#include "grader/verify/proof.h"

struct other {
    const char *text, *of; /* "203.0.113.7", "\"rosa\"" */
};

/* The key without what it accepts beside the answer. */
static struct question without_favours(const struct question *key)
{
    struct question strict = *key;
    strict.accept = (struct texts){0};
    strict.tolerance = 0;
    strict.tolerance_ms = 0;
    return strict;
}

static void try_other(struct proof *p, const struct question *author, const struct question *key, const struct other *other)
{
    struct question strict = without_favours(key), exact = *key;
    exact.tolerance = 0;
    exact.tolerance_ms = 0;
    if (!other->text || !proof_right(p, key, &other->text, 1) || proof_right(p, &strict, &other->text, 1))
        return;
    bool accepted = proof_right(p, &exact, &other->text, 1);
    const struct node *place = accepted ? author->accept_node : author->within_node;
    const struct fault fault = {.property = PROVE_UNIQUE,
                                .warns = !accepted, /* moments may come that near in one seed of many */
                                .at = place ? place->at : author->at,
                                .about = accepted ? "accept" : "within",
                                .command = answer_command(p, key, other->text)};
    fault_note(p, &fault, "question \"%s\": \"%s\", which is %s, is right, too, by \"%s\"; the answer is \"%s\"", key->id,
               other->text, other->of, fault.about, key->answer.n ? key->answer.list[0] : "");
}

static void try_people(struct proof *p, const struct question *author, const struct question *key)
{
    const struct play *story = &p->key->play;
    for (size_t i = 0; i < story->n_cast; i++) {
        const struct member *m = &story->cast[i];
        const char *of = arena_printf(&p->arena, "of %s", m->person->name);
        const char *const texts[] = {m->person->user, m->from.ip, m->access_key_id};
        for (size_t j = 0; j < COUNT(texts); j++)
            try_other(p, author, key, &(struct other){texts[j], of});
    }
}

static void try_moments(struct proof *p, const struct question *author, const struct question *key)
{
    const struct play *story = &p->key->play;
    for (size_t i = 0; i < story->n_marks; i++) {
        const struct mark *m = &story->marks[i];
        const char *of = arena_printf(&p->arena, "of the step \"%s\"", m->name);
        if (!m->entry)
            continue;
        try_other(p, author, key, &(struct other){arena_time(&p->arena, m->entry->time_ms, TIME_ISO), of});
        try_other(p, author, key, &(struct other){m->entry->event_id, of});
    }
}

void prove_others_wrong(struct proof *p, const struct question *author, const struct question *key)
{
    bool favours = key->accept.n || key->tolerance_ms > 0 || key->tolerance > 0;
    if (!favours || key->type->takes != TAKES_ONE || key->type->judge)
        return;
    try_people(p, author, key);
    try_moments(p, author, key);
}
