/* SPDX-License-Identifier: MIT */
/*
 * A lab's story, for whoever has to know what was meant: a static one is played again from its seed. A live one happened
 * when it happened, and is told again from the journal: replayed in memory as far as the scripted steps go, with the
 * servers' files kept as they were before each marked step.
 */
#include "sim/lab/retell_steps.h"

#include <string.h>

struct teller {
    struct story *now; /* of the lab as it is: which entries its marks are */
    struct mark *kept; /* by mark: the files before it */
    struct steps *steps;
};

static void before_entry(void *context, struct world *w, const struct entry *entry)
{
    struct teller *t = context;
    const struct play *p = &t->now->p;
    steps_see(t->steps, w, entry);
    for (size_t i = 0; i < p->n_marks; i++)
        if (p->marks[i].entry->seq == entry->seq) {
            struct play lent = {.world = *w};
            mark_keep_before(&lent, p->marks[i].step, &t->kept[i]);
            *w = lent.world;
        }
}

/* How many entries the story has; 0 while it is not over. */
static size_t story_end(const struct story *s, struct lab *lab, struct err *e)
{
    const struct step *steps = lab->scenario->timeline.items;
    size_t end = lab->built_entries;
    for (size_t i = 0; i < lab->scenario->timeline.n; i++) {
        size_t last = story_step_end(lab, i);
        if ((!last || story_goes_on(s, i)) && !story_is_students(s, &steps[i])) {
            err_set(e, "the story of this live lab is not over: the rest comes by itself, sooner after cafelab skip");
            return 0;
        }
        end = last > end ? last : end;
    }
    return end;
}

/* Names and marks in the world of then: it outlives the lab. */
static bool take_over(const struct teller *t, struct lab *then, struct play *out, struct err *e)
{
    struct story s;
    if (!story_open(&s, then, 1, e))
        return false;
    *out = s.p;
    out->world = then->world;
    memset(&then->world, 0, sizeof(then->world));
    out->marks = arena_alloc(&out->world.arena, (s.p.n_marks + 1) * sizeof(*out->marks));
    for (size_t i = 0; i < s.p.n_marks; i++) {
        out->marks[i] = s.p.marks[i];
        for (size_t k = 0; k < t->now->p.n_marks; k++)
            if (t->now->p.marks[k].step == s.p.marks[i].step && t->kept[k].before) {
                out->marks[i].before = t->kept[k].before;
                out->marks[i].n_before = t->kept[k].n_before;
                out->marks[i].server = t->kept[k].server;
            }
    }
    return true;
}

typedef bool again_fn(void *context, const struct retelling *, struct lab *then, struct err *);

static bool retell(struct lab *lab, struct story *now, again_fn *again, void *context, struct play *out, struct err *e)
{
    struct teller teller = {now, arena_alloc(&lab->arena, (now->p.n_marks + 1) * sizeof(struct mark)), steps_new(now, lab)};
    struct lab then;
    size_t end = story_end(now, lab, e);
    if (!end || !again(context, &(struct retelling){end, before_entry, &teller}, &then, e))
        return false;
    scenario_free(&then.scenario);
    then.scenario = lab->scenario; /* marks point at its steps */
    bool good = steps_told(teller.steps, e) && take_over(&teller, &then, out, e);
    then.scenario = NULL;
    lab_drop(&then);
    return good;
}

static bool from_dir(void *dir, const struct retelling *r, struct lab *then, struct err *e)
{
    return lab_retell(dir, r, then, e);
}

bool lab_story_again(struct lab *lab, again_fn *again, void *context, struct play *out, struct err *e)
{
    struct story now;
    if (!story_open(&now, lab, 1, e))
        return false;
    bool good = retell(lab, &now, again, context, out, e);
    story_drop(&now);
    return good;
}

bool lab_story_is_over(struct lab *lab, struct err *e)
{
    struct story now;
    if (!lab->scenario)
        return err_set(e, "the story is the scenario's: expected \"%s\" on this machine, as the lab was built from it",
                       lab->scenario_id);
    if (!story_open(&now, lab, 1, e))
        return false;
    bool over = story_end(&now, lab, e) > 0;
    story_drop(&now);
    return over;
}

bool lab_story(struct lab *lab, struct play *out, struct err *e)
{
    if (!lab->scenario)
        return err_set(e, "the story is the scenario's: expected \"%s\" on this machine, as the lab was built from it",
                       lab->scenario_id);
    if (!lab->live)
        return play(
            lab->scenario,
            &(struct play_options){.seed = lab->seed, .student = lab->student, .events = lab->events, .reads_later = true}, out,
            e);
    return lab_story_again(lab, from_dir, lab->dir, out, e);
}
