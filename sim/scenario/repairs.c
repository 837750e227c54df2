/* SPDX-License-Identifier: MIT */
/*
 * Other repairs than the solution: what is played of them, and what an author may get wrong in them. Whether the checks
 * that they name exist is the grader's to say.
 */
#include "sim/scenario/check.h"

static bool is_among(const struct texts *texts, const char *word)
{
    for (size_t i = 0; i < texts->n; i++)
        if (text_same(texts->list[i], word))
            return true;
    return false;
}

/* A step that earns one check more is still needed for that. */
static bool left_out(const struct repair *repair, const struct step *step)
{
    bool all = step->earns.n > 0;
    for (size_t i = 0; i < step->earns.n; i++)
        all &= is_among(&repair->instead_of, step->earns.list[i]);
    return all;
}

static size_t add_own(const struct repair *repair, struct repair_step *out)
{
    const struct step *own = repair->steps.items;
    for (size_t i = 0; i < repair->steps.n; i++)
        out[i] = (struct repair_step){&own[i], true};
    return repair->steps.n;
}

struct repair_step *repair_steps(const struct scenario *s, const struct repair *other, int skip, struct arena *arena,
                                 size_t *ret_n)
{
    const struct step *steps = s->solution.items;
    struct repair_step *out = arena_alloc(arena, (s->solution.n + (other ? other->steps.n : 0) + 1) * sizeof(*out));
    bool whole = skip < 0 && !(other && other->costs.n), pending = other;
    size_t n = 0;
    for (size_t i = 0; i < s->solution.n; i++) {
        if (other && left_out(other, &steps[i])) {
            if (pending)
                n += add_own(other, out + n);
            pending = false;
        } else if ((int)i != skip)
            out[n++] = (struct repair_step){&steps[i], whole};
    }
    if (pending)
        n += add_own(other, out + n);
    *ret_n = n;
    return out;
}

const struct repair *scenario_repair(const struct scenario *s, const char *id, struct err *e)
{
    const struct repair *repair = s->other_repairs.items;
    AUTO(str_drop) struct str list = {0};
    for (size_t i = 0; i < s->other_repairs.n; i++) {
        if (text_same(repair[i].id, id))
            return &repair[i];
        str_addf(&list, "%s%s", i ? ", " : "", repair[i].id);
    }
    err_set(e, "no repair \"%s\" under other_repairs%s%s", id, list.len ? ": expected one of " : "", str_text(&list));
    return NULL;
}

bool repair_replaces(const struct scenario *s, const struct repair *repair)
{
    const struct step *solution = s->solution.items;
    bool replaces = false;
    for (size_t i = 0; i < s->solution.n; i++)
        replaces |= left_out(repair, &solution[i]);
    return replaces;
}

static void check_repair(struct scenario *s, struct diags *diags, const struct repair *repair)
{
    const struct step *own = repair->steps.items;
    if (!repair->instead_of.n && !repair->costs.n && repair->steps.n)
        diag_error(diags, repair->at, 1, "no-difference",
                   "a repair that is right says what it is \"instead_of\", a wrong one what it \"costs\"");
    for (size_t i = 0; i < repair->steps.n; i++)
        if (own[i].earns.n)
            word_error(s, diags, own[i].earns.list[0], "needless-key", "\"earns\" goes with steps of the solution");
}

void check_repairs(struct scenario *s, struct diags *diags, check_step_fn *check_step)
{
    const struct repair *repair = s->other_repairs.items;
    for (size_t i = 0; i < s->other_repairs.n; i++) {
        check_repair(s, diags, &repair[i]);
        for (size_t j = 0; j < i; j++)
            if (repair[i].id && text_same(repair[j].id, repair[i].id)) {
                word_error(s, diags, repair[i].id, "name-taken", "\"%s\" is the id of another repair already: %s", repair[i].id,
                           first_is(&s->arena, repair[j].at, repair[i].at));
                break;
            }
        for (size_t j = 0; j < repair[i].steps.n; j++)
            check_step(s, diags, (const struct step *)repair[i].steps.items + j);
    }
}
