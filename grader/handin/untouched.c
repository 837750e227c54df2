/* SPDX-License-Identifier: MIT */
/*
 * A bundle that comes back as it was handed out: somebody packed another copy than the one worked in, or tried how handing in
 * works. Nothing in it can be graded, so it is no attempt. Whoever answered a question, took a hint, made one call or changed
 * one file did something, which is judged.
 */
#include "grader/handin/archive.h"
#include "grader/handin/built.h"
#include "grader/handin/files.h"
#include "grader/handin/form.h"
#include "grader/handin/unfolding.h"

static bool has_answer(const struct submission *s)
{
    for (size_t i = 0; i < s->answers.n; i++)
        if (s->answers.list[i].given.n)
            return true;
    return s->malformed != NULL;
}

static bool has_altered_evidence(const struct unfolding *o)
{
    const struct delivered *d = &o->key->delivered;
    for (size_t i = 0; o->key->has_delivered && i < d->n; i++)
        if (handed_altered(o->s->handed, &d->files[i]))
            return true;
    return false;
}

/* ---- the servers of a whole lab ---- */

static size_t next_of_tree(const struct built *b, size_t i)
{
    while (i < b->n && text_starts(b->list[i].path, "s3/"))
        i++;
    return i;
}

static bool same_trees(const struct built *a, const struct built *b)
{
    size_t i = next_of_tree(a, 0), j = next_of_tree(b, 0);
    while (i < a->n && j < b->n && text_same(a->list[i].path, b->list[j].path) && built_same(&a->list[i], &b->list[j])) {
        i = next_of_tree(a, i + 1);
        j = next_of_tree(b, j + 1);
    }
    return i == a->n && j == b->n;
}

/* The list that the bundle was handed out with holds logs, too, which no story has. Nobody gains by writing another one. */
static bool trees_are_as_listed(const struct unfolding *o)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(built_drop) struct built was = {0}, is = {0};
    const struct packed *m = parcel_find(o->parcel, ".cafelab/built");
    struct err e = {0};
    if (!m || m->kind != MEMBER_FILE)
        return false;
    str_addn(&text, m->data, m->size);
    lab_seal(&o->s->lab.world.seed, "built", text.s, text.len);
    if (!built_read(str_text(&text), text.len, &was, &e))
        return false;
    built_look_at_trees(&o->s->lab.world, NULL, &is);
    built_end(&is);
    return same_trees(&was, &is);
}

bool unfold_something(struct unfolding *o)
{
    const struct submission *s = o->s;
    bool own = s->lab.world.journal.n > o->claim->built_entries || s->taken.n || s->taken.unreadable || has_answer(s);
    if (own || o->claim->live || o->claim->seed || has_altered_evidence(o) ||
        (o->claim->whole ? !trees_are_as_listed(o) : handed_changed_servers(s->handed)))
        return true;
    return fault_set(o->fault, HANDIN_UNTOUCHED, FORM_SHEET, HANDIN_NOTHING_DONE);
}
