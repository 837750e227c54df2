/* SPDX-License-Identifier: MIT */
/* What the commands share that show a seed of a scenario to its author. */
#include "sim/cli/preview_parts.h"
#include "grader/verify/verify.h"

bool preview_told(const struct request *r, struct preview *p)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    const char *language = request_language(r), *seed = request_value(r, "seed");
    if (!language)
        return false;
    AUTO(scenario_free) struct scenario *s = scenario_load(r->args[0], &diags, &e);
    if (s)
        lab_check(s, &diags);
    AUTO(rubric_free) struct rubric *rubric = s ? rubric_read(s, &diags) : NULL;
    (void)rubric; /* reading it is the check */
    if (!e.set && (!s || diags.n_errors)) {
        AUTO(str_drop) struct str mistakes = {0};
        diags_show(&diags, &mistakes);
        fputs(str_text(&mistakes), stderr);
        err_set(&e, "the scenario has mistakes: there is nothing to show");
    }
    if (!e.set && preview_make(s, seed ? seed : "0", request_value(r, "student"), language, p, &e)) {
        p->variants = verify_variants(s);
        p->owned = s;
        s = NULL;
        return true;
    }
    trouble_err(&e);
    return false;
}

bool preview_write(const struct request *r, const struct preview *p, const struct preview_form *forms, size_t n,
                   size_t *written)
{
    struct err e = {0};
    for (size_t i = 0; i < n; i++) {
        const char *file = request_value(r, forms[i].option);
        AUTO(str_drop) struct str text = {0};
        if (!file)
            continue;
        if (!forms[i].add(p, &text, &e) || !file_write(file, str_text(&text), text.len, 0644, &e)) {
            trouble_err(&e);
            return false;
        }
        printf("%s is written\n", file);
        ++*written;
    }
    return true;
}
