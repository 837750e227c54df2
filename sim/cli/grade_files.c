/* SPDX-License-Identifier: MIT */
/* Grading files: the key is the class's for its bundles, else made from the scenario and the seed that the file names. */
#include "sim/cli/grade_files.h"

#include "sim/cli/class_parts.h"

bool file_grading_class(struct file_grading *g, const char *dir)
{
    struct err e = {0};
    if (class_open(dir, &g->class, &e))
        g->has_class = class_variants(&g->class, &g->variants, &e);
    if (!g->has_class)
        class_mistakes(&g->class.told, &e);
    return g->has_class;
}

static struct key *keep_key(struct file_grading *g, struct str *made_for, struct scenario *s, struct key *key)
{
    grading_key_drop(&g->key);
    g->key = (struct grading_key){.scenario = s, .key = key, .made_for = str_steal(made_for)};
    return key;
}

static struct key *key_of_class(struct file_grading *g, const struct student *s, const struct claim *c, struct err *e)
{
    AUTO(str_drop) struct str made_for = {0};
    str_addf(&made_for, "class\n%s", s->id);
    if (g->key.key && !c->live && text_same(g->key.made_for, str_text(&made_for)))
        return g->key.key;
    const struct variant *variant = variants_of(&g->variants, s->id);
    struct key *key = c->live ? class_key_live(&g->class, variant, c->start_ms, e) : class_key(&g->class, variant, e);
    return key ? keep_key(g, &made_for, NULL, key) : NULL;
}

static struct key *key_of_claim(struct file_grading *g, const struct claim *c, struct err *e)
{
    AUTO(str_drop) struct str made_for = {0};
    struct lab named = {.scenario_id = c->scenario_id};
    str_addf(&made_for, "%s\n%s\n%s\n%s\n%lld\n%lld", c->scenario_id, c->content_hash, c->seed, c->student,
             (long long)c->events, (long long)c->start_ms);
    if (g->key.key && !c->live && text_same(g->key.made_for, str_text(&made_for)))
        return g->key.key;
    struct scenario *s = grading_scenario(&named, g->scenario, e);
    struct play_options options = {.seed = c->seed,
                                   .student = c->student,
                                   .content_hash = c->content_hash,
                                   .events = c->events,
                                   .live_from_ms = c->start_ms};
    struct key *key = !s ? NULL : c->live ? key_make_live(s, &options, e) : key_make(s, &options, e);
    if (key)
        return keep_key(g, &made_for, s, key);
    scenario_free(&s);
    return NULL;
}

static struct key *key_for(struct file_grading *g, const struct arrival *f, const struct claim *c, struct handin_fault *fault,
                           struct err *e)
{
    const struct student *s = g->has_class ? class_student_of(&g->class, f, c, fault) : NULL;
    if (s)
        return key_of_class(g, s, c, e);
    if (!g->has_class && c->seed)
        return key_of_claim(g, c, e);
    if (!g->has_class)
        err_set(e, "%s: a bundle of a class: say --class DIR, the folder that `cafelab class init` made", f->from);
    return NULL;
}

static void grade_and_show(const struct key *key, const struct submission *s, const struct arrival *f,
                           const struct showing *showing)
{
    AUTO(report_drop) struct report report = {0};
    grade(key, s, showing->language, &report);
    showing->show(showing->context, f->from, &report);
}

bool file_grade(struct file_grading *g, const struct arrival *f, const struct showing *showing, struct err *e)
{
    AUTO(parcel_drop) struct parcel parcel = {0};
    struct handin_fault fault = {0};
    struct claim claim;
    bool read = parcel_read(f, &parcel, &fault) && parcel_claim(&parcel, &claim, &fault);
    struct key *key = read ? key_for(g, f, &claim, &fault, e) : NULL;
    AUTO(submission_free) struct submission *s = key ? submission_open_memory(key, &parcel, &claim, &fault) : NULL;
    if (s)
        grade_and_show(key, s, f, showing);
    if (fault.outcome == HANDIN_GOOD)
        return s != NULL;
    bool named = text_starts(fault.place, f->from);
    return err_set(e, "%s%s%s: %s: %s", named ? "" : f->from, named || !*fault.place ? "" : ": ", fault.place,
                   handin_names[fault.outcome], fault.reason);
}

void file_grading_drop(struct file_grading *g)
{
    grading_key_drop(&g->key);
    variants_drop(&g->variants);
    class_close(&g->class);
}
