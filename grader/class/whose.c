/* SPDX-License-Identifier: MIT */
/* Whose submission it is: what is in it says so, and its name must not say otherwise. */
#include "grader/class/class.h"
#include "grader/handin/archive.h"

#include <string.h>

static bool is_of_secret(const struct class *c, const struct student *s, const struct claim *claim)
{
    struct class lent = {.live = true};
    memcpy(lent.secret, c->secret, sizeof(lent.secret));
    bool same = text_same(class_options(&lent, s, 0).seed, claim->seed);
    explicit_bzero(lent.secret, sizeof(lent.secret));
    arena_drop(&lent.arena);
    return same;
}

const struct student *class_student_of(const struct class *c, const struct arrival *f, const struct claim *claim,
                                       struct handin_fault *fault)
{
    const struct student *s = roster_student(&c->roster, claim->student);
    const struct student *named = *f->owner ? roster_meant(&c->roster, f->owner) : NULL;
    if (!text_same(claim->scenario_id, c->scenario_id))
        fault_set(fault, HANDIN_OTHER_SCENARIO, f->from, "of the scenario \"%s\": the class is of \"%s\"", claim->scenario_id,
                  c->scenario_id);
    else if (c->live && !claim->live)
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "no live lab: those of this class are started with `cafelab start`");
    else if (!c->live && claim->live)
        fault_set(fault, HANDIN_LIVE, f->from, "a live lab: this class hands out bundles");
    else if (!c->live && claim->seed)
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "a lab that \"%s\" built, not the bundle that was handed out",
                  *claim->student ? claim->student : "somebody");
    else if (!s)
        fault_set(fault, HANDIN_UNKNOWN_STUDENT, f->from, "the bundle of \"%s\", who is not in roster.csv", claim->student);
    else if (named && named != s)
        fault_set(fault, HANDIN_OTHER_STUDENT, f->from, "handed in as \"%s\", but it is the bundle of \"%s\"", named->id,
                  s->id);
    if (s && c->live && fault->outcome == HANDIN_GOOD && !is_of_secret(c, s, claim))
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "not started with the seed that \"%s\" was given", s->id);
    return fault->outcome == HANDIN_GOOD ? s : NULL;
}
