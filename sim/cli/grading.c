/* SPDX-License-Identifier: MIT */
/* Finding the scenario behind a lab, and keeping its key. */
#include "sim/cli/grading.h"

#include <stdlib.h>
#include <string.h>

/* A stranger says what it is called: it is no path, and no folder of that name that lies about here is meant. */
static const char *scenario_of_id(struct arena *arena, const char *id)
{
    const char *ours = data_path(arena, "scenarios/%s", id);
    return strspn(id, ALPHABET_LOWER "_-") == strlen(id) && file_exists(ours) ? ours : id;
}

struct scenario *grading_scenario(const struct lab *lab, const char *name, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(arena_drop) struct arena arena = {0};
    const char *wanted = name ? name : lab->scenario ? lab->scenario->file : scenario_of_id(&arena, lab->scenario_id);
    struct scenario *s = scenario_load(wanted, &diags, e);
    struct rubric *rubric = s ? rubric_read(s, &diags) : NULL;
    rubric_free(&rubric);
    if (!e->set && diags.n_errors)
        err_set(e, "the scenario '%s' has mistakes: see cafelab lint %s", wanted, arena_shell_word(&arena, wanted));
    if (s && e->set)
        scenario_free(&s);
    return s;
}

const struct key *grading_key_for(struct grading_key *k, struct lab *lab, const char *scenario, struct err *e)
{
    if (!lab->seed) {
        err_set(
            e,
            "this lab is of a class: what is right in it only its teacher's machine knows; hand it in with `cafelab submit`");
        return NULL;
    }
    AUTO(str_drop) struct str made_for = {0};
    str_addf(&made_for, "%s\n%s\n%s\n%s\n%s\n%lld", scenario ? scenario : "", lab->scenario_id, lab->content_hash, lab->seed,
             lab->student, (long long)lab->events);
    if (k->key && !lab->live && text_same(k->made_for, str_text(&made_for)))
        return k->key;
    grading_key_drop(k);
    k->scenario = grading_scenario(lab, scenario, e);
    k->key = k->scenario ? key_of_lab(k->scenario, lab, e) : NULL;
    k->made_for = lab->live ? NULL : str_steal(&made_for);
    return k->key;
}

void grading_key_drop(struct grading_key *k)
{
    key_free(&k->key);
    scenario_free(&k->scenario);
    free(k->made_for);
    *k = (struct grading_key){0};
}
