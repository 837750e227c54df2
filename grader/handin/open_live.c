/* SPDX-License-Identifier: MIT */
/*
 * A live lab opened in memory. Its story happened when it happened: the journal holds the scripted steps among what the student
 * did. All of it is played on the world as it was before; then once more as far as the story goes, with each scripted step
 * beside what the scenario says, and the servers' files are kept as they were before marked ones.
 */
#include "grader/handin/archive.h"
#include "grader/handin/unfolding.h"

static bool play_again(void *unfolding, const struct retelling *r, struct lab *then, struct err *e)
{
    struct unfolding again = *(struct unfolding *)unfolding;
    struct handin_fault fault = {0};
    again.retelling = r;
    again.fault = &fault;
    unfold_begin(&again);
    bool good = unfold_journal(&again);
    if (good) {
        *then = again.s->lab;
        again.s->lab = (struct lab){0};
    } else
        err_set(e, "%s: %s", fault.place, fault.reason);
    submission_free(&again.s);
    return good;
}

bool unfold_story(struct unfolding *o)
{
    struct lab *lab = &o->s->lab;
    struct err e = {0};
    struct play story;
    lab->scenario = (struct scenario *)o->key->scenario; /* lent */
    bool over = lab_story_is_over(lab, &e);
    bool good = over && lab_story_again(lab, play_again, o, &story, &e) && key_tell(o->key, &story, &e);
    lab->scenario = NULL;
    return good || fault_set(o->fault, over ? HANDIN_IMPOSSIBLE : HANDIN_LIVE, o->journal, "%s", e.msg);
}
