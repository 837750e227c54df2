/* SPDX-License-Identifier: MIT */
/* Whose grade changes, and why: the kept attempts' findings side by side. */
#include "grader/batch/regrade.h"
#include "grader/batch/results.h"

#include <stdlib.h>
#include <string.h>

static const struct finding *find(const struct report *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (text_same(r->findings[i].id, id))
            return &r->findings[i];
    return NULL;
}

static void add_side(struct str *out, const struct finding *f)
{
    if (!f) {
        str_add(out, "nothing");
        return;
    }
    str_addf(out, "%s ", outcome_names[f->outcome]);
    str_add_points(out, f->points);
    str_add(out, " of ");
    str_add_points(out, f->max);
}

/* ---- why ---- */

enum { MOST_CLAUSES = 3 };

struct clauses { /* "; " between; those beyond the first are only counted */
    struct str text;
    size_t n;
};

static void add_clause(struct clauses *why, const char *says)
{
    if (why->n++ < MOST_CLAUSES)
        str_addf(&why->text, "%s%s", why->text.len ? "; " : "", says);
}

static void add_item(struct clauses *why, const char *id, const struct finding *was, const struct finding *is)
{
    AUTO(str_drop) struct str says = {0};
    bool same = was && is && was->outcome == is->outcome && was->points == is->points && was->max == is->max;
    if (same)
        return;
    str_addf(&says, "%s: ", id);
    add_side(&says, was);
    str_add(&says, " -> ");
    add_side(&says, is);
    if (was && is && was->expected && is->expected && !text_same(was->expected, is->expected)) {
        str_add(&says, ", expected was \"");
        str_add_log(&says, was->expected);
        str_add(&says, "\", is \"");
        str_add_log(&says, is->expected);
        str_addc(&says, '"');
    }
    add_clause(why, str_text(&says));
}

static void compare_items(struct clauses *why, const struct report *was, const struct report *is)
{
    for (size_t i = 0; i < was->n; i++)
        add_item(why, was->findings[i].id, &was->findings[i], find(is, was->findings[i].id));
    for (size_t i = 0; i < is->n; i++)
        if (!find(was, is->findings[i].id))
            add_item(why, is->findings[i].id, NULL, &is->findings[i]);
}

static void explain(struct changes *all, struct change *c, const struct standing *was, const struct standing *is)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct clauses why = {0};
    const char *none = is->report.ungradable;
    if (none)
        add_clause(&why, arena_printf(&arena, "%.*s", (int)strcspn(none, "\n"), none));
    else if (!was->graded)
        add_clause(&why, "no grade before");
    else {
        if (was->kept != is->kept)
            add_clause(&why, arena_printf(&arena, "attempt %zu counts instead of %zu", is->kept + 1, was->kept + 1));
        compare_items(&why, &was->report, &is->report);
    }
    if (why.n > MOST_CLAUSES)
        str_addf(&why.text, "; and %zu more", why.n - MOST_CLAUSES);
    c->why = why.n ? arena_dup(&all->arena, str_text(&why.text)) : "the class's rules";
    str_drop(&why.text);
}

/* ---- who ---- */

/* Something that the student handed in was not given to this regrade: it stands as another text of the scenario judged it. */
static bool is_unseen(const struct class *c, const struct standing *is)
{
    for (size_t i = 0; i < is->n; i++)
        if (!text_same(is->attempts[i].outcome, "error") &&
            !results_is_current(is->attempts[i].json, c->scenario->content_hash))
            return true;
    return false;
}

static bool look(struct class *class, const struct class_rules *rules, struct overrides *overrides, struct changes *all,
                 const struct student *student, struct err *e)
{
    AUTO(standing_drop) struct standing was = {0};
    AUTO(standing_drop) struct standing is = {0};
    if (!standing_read(class, RESULTS, rules, overrides, student, &was, e) ||
        !standing_read(class, REGRADE, rules, overrides, student, &is, e))
        return false;
    all->unseen += is_unseen(class, &is);
    if (was.graded == is.graded && was.report.score == is.report.score && was.report.max == is.report.max) {
        all->same += was.n > 0;
        return true;
    }
    struct change *c = GROW(all->list, all->n, all->cap);
    *c = (struct change){.student = student,
                         .was_graded = was.graded,
                         .is_graded = is.graded,
                         .was = was.report.score,
                         .is = is.report.score,
                         .was_max = was.report.max,
                         .is_max = is.report.max};
    explain(all, c, &was, &is);
    return true;
}

bool changes_find(struct class *c, struct changes *all, struct err *e)
{
    struct class_rules rules;
    AUTO(overrides_drop) struct overrides overrides = {0};
    *all = (struct changes){0};
    if (!rules_read(c, &rules, e) || !overrides_read(c, &overrides, e))
        return false;
    for (size_t i = 0; i < c->roster.n; i++)
        if (!look(c, &rules, &overrides, all, &c->roster.list[i], e))
            return false;
    return overrides_good(&overrides, e);
}

void changes_drop(struct changes *all)
{
    free(all->list);
    arena_drop(&all->arena);
    *all = (struct changes){0};
}

bool changes_apply(struct class *c, size_t *ret_n, struct err *e)
{
    struct results store = {0};
    bool good = results_open(&store, c, REGRADE, 0, 0, e) && results_apply(&store, ret_n, e);
    results_close(&store);
    return good;
}

/* ---- telling ---- */

static void add_grade(struct str *out, bool graded, int64_t points, int64_t max)
{
    if (!graded) {
        str_add(out, "none");
        return;
    }
    str_add_points(out, points);
    str_addc(out, '/');
    str_add_points(out, max);
}

void changes_text(const struct changes *all, struct str *out)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct change *c = &all->list[i];
        AUTO(str_drop) struct str was = {0}, is = {0};
        add_grade(&was, c->was_graded, c->was, c->was_max);
        add_grade(&is, c->is_graded, c->is, c->is_max);
        str_addf(out, "%-16s %12s -> %-12s %s\n", c->student->id, str_text(&was), str_text(&is), c->why);
    }
    str_addf(out, "%zu grade%s change%s, %zu stay%s\n", all->n, all->n == 1 ? "" : "s", all->n == 1 ? "s" : "", all->same,
             all->same == 1 ? "s as it is" : " as they are");
    if (all->unseen)
        str_addf(out, "of %zu student%s not every upload was given: what was not stands as it was judged before\n", all->unseen,
                 all->unseen == 1 ? "" : "s");
}

static json_t *grade_json(bool graded, int64_t hundredths)
{
    return graded ? json_real((double)hundredths / 100) : json_null();
}

json_t *changes_json(const struct changes *all)
{
    json_t *out = json_object(), *list = json_array();
    for (size_t i = 0; i < all->n; i++) {
        const struct change *c = &all->list[i];
        json_t *one = json_object();
        json_put_text(one, "student", c->student->id);
        json_put(one, "was", grade_json(c->was_graded, c->was));
        json_put(one, "is", grade_json(c->is_graded, c->is));
        json_put(one, "was_max", grade_json(true, c->was_max));
        json_put(one, "is_max", grade_json(true, c->is_max));
        json_put(one, "why", json_clean(c->why));
        json_array_append_new(list, one);
    }
    json_put(out, "changes", list);
    json_put(out, "same", json_integer((json_int_t)all->same));
    json_put(out, "unseen", json_integer((json_int_t)all->unseen));
    return out;
}
