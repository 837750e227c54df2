/* SPDX-License-Identifier: MIT */
/* cafelab lint: every mistake of a scenario in one run. */
#include "sim/cli/cli.h"
#include "grader/grader.h"
#include "sim/lab/lab.h"

static bool lint_one(const char *name, struct diags *diags)
{
    struct err e = {0};
    AUTO(scenario_free) struct scenario *s = scenario_load(name, diags, &e);
    if (s) {
        lab_check(s, diags);
        AUTO(rubric_free) struct rubric *rubric = rubric_read(s, diags);
        (void)rubric; /* reading it is the check */
    }
    if (e.set)
        trouble_err(&e);
    return !e.set;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_verdict(const struct diags *diags, size_t n_files)
{
    size_t errors = 0;
    for (size_t i = 0; i < diags->n; i++)
        errors += diags->list[i].severity == SEVERITY_ERROR;
    if (!diags->n)
        printf("%zu file%s, no mistakes\n", n_files, plural(n_files));
    else
        printf("%zu error%s, %zu warning%s\n", errors, plural(errors), diags->n - errors, plural(diags->n - errors));
}

static int run(const struct request *r)
{
    AUTO(diags_drop) struct diags diags = {0};
    bool good = true;
    for (size_t i = 0; i < r->n_args; i++)
        good = lint_one(r->args[i], &diags) && good;
    if (request_has(r, "json")) {
        json_auto_t *list = diags_json(&diags);
        print_json(list);
    } else {
        AUTO(str_drop) struct str text = {0};
        diags_show(&diags, &text);
        print_text(&text);
        if (good)
            print_verdict(&diags, r->n_args);
    }
    return !good ? EXIT_TROUBLE : diags.n_errors ? EXIT_FINDINGS : EXIT_GOOD;
}

const struct command command_lint = {
    .name = "lint",
    .synopsis = "FILE...",
    .says = "find every mistake in scenarios",
    .more = "FILE is a scenario's file, its folder, or a name that `cafelab list` shows. Each mistake is told with its\n"
            "line and column; exit status 1 says that there are some.",
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
    .options = {OPTION_JSON},
};
