/* SPDX-License-Identifier: MIT */
/* cafelab class regrade: what a correction changes, before it is applied. */
#include "grader/batch/regrade.h"
#include "sim/cli/class_parts.h"

static int show(const struct request *r, struct class *c)
{
    struct err e = {0};
    AUTO(changes_drop) struct changes changes = {0};
    AUTO(str_drop) struct str text = {0};
    size_t applied = 0;
    if (!changes_find(c, &changes, &e))
        return class_mistakes(&c->told, &e);
    if (request_has(r, "json")) {
        json_auto_t *value = changes_json(&changes);
        print_json(value);
    } else {
        changes_text(&changes, &text);
        print_text(&text);
    }
    if (request_has(r, "apply")) {
        if (!changes_apply(c, &applied, &e))
            return trouble_err(&e);
        if (!request_has(r, "json"))
            printf("applied to %zu student%s\n", applied, applied == 1 ? "" : "s");
    } else if (!request_has(r, "json") && changes.n)
        printf("nothing is changed yet: --apply does it\n");
    return changes.n ? EXIT_FINDINGS : EXIT_GOOD;
}

static int run(const struct request *r)
{
    AUTO(class_close) struct class c = {0};
    struct batch_done done = {0};
    struct batch_plan plan = {.regrade = true};
    return class_judge_told(r, &plan, &c, &done) ? show(r, &c) : EXIT_TROUBLE;
}

const struct command command_class_regrade = {
    .name = "class regrade",
    .synopsis = "CLASS UPLOAD...",
    .says = "whose grade changes, and why, after a correction",
    .more =
        "Correct CLASS/scenario/scenario.yaml (a key, a weight, a check; not the story), then judge the same uploads again:\n"
        "a table tells whose grade changes and by which items. CLASS/results stays as it is until --apply.\n"
        "Exit status 1: grades change.",
    .least = 2,
    .most = SIZE_MAX,
    .run = run,
    .options = {{"apply", 0, NULL, "the new grades are the grades"},
                {"workers", 0, "N", "how many at a time; one a core without"},
                {"times", 0, "FILE", "CSV with student and submitted: when each handed in"},
                OPTION_JSON},
};
