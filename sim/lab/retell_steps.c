/* SPDX-License-Identifier: MIT */
/* Each entry of a step beside what the step stands for, in the world as it was then. */
#include "sim/lab/retell_steps.h"

#include <inttypes.h>
#include <string.h>

struct step_so_far {
    size_t done, of; /* deeds */
    bool refused;    /* the last of them: what would have followed was not done */
};
struct steps {
    const struct story *story;
    struct step_so_far *list;
    size_t *step_of;           /* by seq of the journal: 1 + the step whose action it is; 0 = none */
    size_t n_built, n_entries; /* of the journal: the build's, and all */
    struct err wrong;
};

struct steps *steps_new(const struct story *s, struct lab *lab)
{
    struct steps *t = arena_alloc(&lab->arena, sizeof(*t));
    size_t n = s->p.scenario->timeline.n;
    const struct entry *entry;
    *t = (struct steps){.story = s, .n_built = lab->built_entries, .n_entries = lab->world.journal.n};
    t->list = arena_alloc(&lab->arena, (n + 1) * sizeof(*t->list));
    t->step_of = arena_alloc(&lab->arena, (t->n_entries + 1) * sizeof(*t->step_of));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; (entry = story_entry(lab, i, k)); k++)
            t->step_of[entry->seq] = i + 1;
    return t;
}

static void wrong(struct steps *t, const struct entry *entry, const char *why)
{
    if (!t->wrong.set)
        err_set(&t->wrong, "entry %" PRIu64 " (%s): %s", entry->seq, entry->op, why);
}

/* Other streams than the story's own: somebody who signs in before a step, and strangers who knock in vain. */
static bool is_by_the_way(const struct entry *entry)
{
    bool knocks = text_same(entry->op, "host:LogIn") && entry->error_code && entry->who.kind == PRINCIPAL_ANONYMOUS;
    return !entry->stream || entry->cause || knocks || text_starts(entry->op, "signin:");
}

/* What a password was when somebody tried it, and the name of a file that was delivered then, only that moment knew. */
static bool only_then(const struct node *value)
{
    return value->kind == NODE_TEXT && (strstr(value->text, ".password }}") || strstr(value->text, ".log_file }}"));
}

static const struct node *written(const struct step *step, const char *key)
{
    for (size_t i = 0; step->with && step->with->kind == NODE_MAP && i < step->with->n; i++)
        if (text_same(step->with->pairs[i].key->text, key))
            return step->with->pairs[i].value;
    return NULL;
}

/* A login's key is the server's to know; all else is the step's. */
static bool same_params(const struct step *step, const struct deed *deed, const struct entry *entry)
{
    json_auto_t *asked = entry->asked ? json_deep_copy(entry->asked) : json_object();
    json_auto_t *meant = deed->params ? json_deep_copy(deed->params) : json_object();
    const char *key;
    json_t *value;
    void *next;
    if (text_same(deed->op, "host:LogIn") && !json_object_get(meant, "key"))
        json_object_del(asked, "key");
    json_object_foreach_safe(asked, next, key, value)
    {
        const struct node *node = written(step, key);
        if (node && only_then(node)) {
            json_object_del(meant, key);
            json_object_del(asked, key);
        }
    }
    return json_equal(asked, meant);
}

/* The step as far as it can be told without what only that moment knew. */
static bool deeds_of(struct play *p, const struct step *step, struct deeds *deeds)
{
    struct err e = {0};
    if (step_deeds(p, step, deeds, &e))
        return true;
    json_t *plain = json_object();
    for (size_t i = 0; step->with && step->with->kind == NODE_MAP && i < step->with->n; i++) {
        const struct pair *pair = &step->with->pairs[i];
        struct err unknown = {0};
        if (only_then(pair->value))
            continue;
        json_t *value = scenario_expand_node(pair->value, play_lookup, p, &unknown);
        if (!value) {
            json_decref(plain);
            return false;
        }
        json_put(plain, pair->key->text, value);
    }
    *GROW(deeds->list, deeds->n, deeds->cap) = (struct deed){step->op, step->on, plain};
    return true;
}

/* Who comes to a server for a step alone logs in before and out after it. */
static bool is_way(const struct step *step, const struct entry *entry)
{
    bool in_or_out = text_same(entry->op, "host:LogIn") || text_same(entry->op, "host:LogOut");
    return in_or_out && !text_same(step->op, entry->op) && !step->session;
}

static bool is_next_deed(struct steps *t, struct world *w, const struct entry *entry, size_t step)
{
    AUTO(deeds_drop) struct deeds deeds = {0};
    struct step_so_far *so_far = &t->list[step];
    const struct step *what = (const struct step *)t->story->p.scenario->timeline.items + step;
    struct play lent = t->story->p;
    lent.world = *w;
    bool known = deeds_of(&lent, what, &deeds);
    size_t times = known ? step_times(&lent, what) : 1;
    *w = lent.world;
    if (known && is_way(what, entry))
        return true;
    so_far->of = deeds.n * times;
    const struct deed *deed = known && so_far->done < so_far->of ? &deeds.list[so_far->done++ % deeds.n] : NULL;
    return deed && text_same(deed->op, entry->op) && (!deed->on || text_same(deed->on, entry->on)) &&
           same_params(what, deed, entry);
}

static bool ended_badly(const struct entry *entry)
{
    return entry->error_code || entry->error_message || json_int_or(entry->response, "exit", 0);
}

void steps_see(struct steps *t, struct world *w, const struct entry *entry)
{
    if (entry->seq <= t->n_built || entry->seq > t->n_entries)
        return;
    size_t step = t->step_of[entry->seq];
    size_t cause = entry->cause && entry->cause <= t->n_entries ? t->step_of[entry->cause] : 0;
    if (cause && ended_badly(entry))
        t->list[cause - 1].refused = true;
    if (!step && !is_by_the_way(entry))
        wrong(t, entry, "it is nobody's: no step of the story does this");
    if (!step)
        return;
    if (!is_next_deed(t, w, entry, step - 1))
        wrong(t, entry, "the story goes otherwise there");
    t->list[step - 1].refused |= ended_badly(entry);
}

bool steps_told(const struct steps *t, struct err *e)
{
    struct err told = t->wrong;
    for (size_t i = 0; !told.set && i < t->story->p.scenario->timeline.n; i++) {
        const struct step_so_far *s = &t->list[i];
        const struct step *step = (const struct step *)t->story->p.scenario->timeline.items + i;
        if (s->done < s->of && !s->refused)
            err_set(&told, "%zu of %zu actions of what the story does in line %u are there", s->done, s->of, step->at.line);
    }
    return !told.set || err_set(e, "the journal was changed: %s", told.msg);
}
