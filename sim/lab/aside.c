/* SPDX-License-Identifier: MIT */
/*
 * What a lab that is served for long keeps of calls that only read: nothing but a line of the journal's file, and a brief in
 * memory until event history and the trails have told of it. What the student's steps of the story may be stays.
 */
#include "sim/lab/parts.h"

static const struct person *student_of(const struct scenario *s)
{
    const struct person *person = s ? s->cast.items : NULL;
    for (size_t i = 0; person && i < s->cast.n; i++)
        if (person[i].student)
            return &person[i];
    return NULL;
}

static bool is_awaited(const struct lab *lab, const char *op)
{
    const struct person *student = student_of(lab->scenario);
    const struct step *step = student ? lab->scenario->timeline.items : NULL;
    for (size_t i = 0; step && i < lab->scenario->timeline.n; i++)
        if (text_same(step[i].op, op) && text_same(step[i].as, student->name))
            return true;
    return false;
}

bool lab_may_put_aside(const struct lab *lab, const char *op)
{
    return op_only_reads(catalog_find(lab->world.catalog, op, NULL)) && !is_awaited(lab, op);
}

/* Will anybody tell of it? Data events only a trail that selects some. */
static bool is_recorded(const struct lab *lab, const struct entry *entry)
{
    const struct logging_span *span = lab->world.account.spans;
    while (entry->data_event && span && !(span->data_events && span->to_ms == INT64_MAX))
        span = span->next;
    return !entry->silent && entry->event_id && entry->identity && (!entry->data_event || span);
}

void lab_put_aside(struct lab *lab, struct scratch *scratch, size_t before, uint64_t at, size_t n)
{
    struct world *w = &lab->world;
    const struct entry *entry = w->journal.n == before + 1 ? w->journal.list[before] : NULL;
    if (!entry || entry->cause || entry->stream || entry->mark || !lab_may_put_aside(lab, entry->op)) {
        world_keep_scratch(w, scratch);
        return;
    }
    journal_put_aside(w, at, n, is_recorded(lab, entry));
    world_unscratch(w, scratch);
}
