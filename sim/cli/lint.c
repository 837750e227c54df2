/* SPDX-License-Identifier: MIT */
/* cafelab lint: every mistake of a scenario in one run. */
#include "sim/cli/cli.h"
#include "grader/grader.h"
#include "sim/cli/lint_formats.h"
#include "sim/lab/lab.h"

#include <string.h>

/* "FILE:12:7: ..." as the player words it, in its parts; false when the mistake is of the file as a whole. */
static bool take_place(struct arena *arena, const char **msg, struct src_pos *at)
{
    for (const char *colon = *msg; (colon = strchr(colon, ':')); colon++) {
        unsigned line, col;
        int n = 0;
        if (sscanf(colon, ":%u:%u: %n", &line, &col, &n) != 2 || !n)
            continue;
        *at = (struct src_pos){arena_dupn(arena, *msg, (size_t)(colon - *msg)), line, col};
        *msg = colon + n;
        return true;
    }
    return false;
}

/* What no table can tell: a step that is refused, a reference that comes to nothing. The story is played once, alone. */
static void try_to_play(const struct scenario *s, struct diags *diags)
{
    AUTO(play_drop) struct play p = {0};
    AUTO(rubric_free) struct rubric *rubric = NULL;
    struct err e = {0};
    if (play(s, &(struct play_options){.no_background = true}, &p, &e))
        rubric = rubric_fill(s, play_lookup, &p, &e);
    if (rubric)
        return;
    const char *msg = e.msg;
    struct src_pos at = {s->file, 0, 0};
    take_place(&diags->arena, &msg, &at);
    diag_error(diags, at, 1, "does-not-play", "%s", msg);
}

/* Without an engine lint knows less, which is no mistake of the scenario's. */
static void try_queries(const struct rubric *rubric, struct diags *diags)
{
    static bool told;
    struct err e = {0};
    if (rubric_try_queries(rubric, diags, &e) || told)
        return;
    told = true;
    fprintf(stderr, "cafelab: note: queries are looked at without an engine: %s\n", e.msg);
}

static bool lint_one(const char *name, struct diags *diags)
{
    struct err e = {0};
    AUTO(scenario_free) struct scenario *s = scenario_load(name, diags, &e);
    if (s && !s->library) {
        lab_check(s, diags);
        AUTO(rubric_free) struct rubric *rubric = rubric_read(s, diags);
        rubric_check_translations(rubric, diags);
        scenario_check_techniques(s, diags);
        if (!diags->n_errors)
            try_queries(rubric, diags);
        if (!diags->n_errors)
            try_to_play(s, diags);
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

static void print_as_text(struct diags *diags, size_t n_files, bool good)
{
    AUTO(str_drop) struct str text = {0};
    diags->show_rules = true;
    diags_show(diags, &text);
    print_text(&text);
    if (good)
        print_verdict(diags, n_files);
}

static void print_as_json(struct diags *diags, size_t n_files, bool good)
{
    (void)n_files;
    (void)good;
    json_auto_t *list = diags_json(diags);
    print_json(list);
}

static void print_as_sarif(struct diags *diags, size_t n_files, bool good)
{
    (void)n_files;
    (void)good;
    json_auto_t *list = diags_json(diags), *sarif = lint_sarif(list);
    print_json(sarif);
}

static void print_for_github(struct diags *diags, size_t n_files, bool good)
{
    (void)n_files;
    (void)good;
    AUTO(str_drop) struct str text = {0};
    json_auto_t *list = diags_json(diags);
    lint_github(list, &text);
    print_text(&text);
}

static const struct format {
    const char *name;
    void (*print)(struct diags *, size_t n_files, bool good);
} formats[] = {
    {"text",   print_as_text   },
    {"json",   print_as_json   },
    {"sarif",  print_as_sarif  },
    {"github", print_for_github},
};

static int run(const struct request *r)
{
    AUTO(diags_drop) struct diags diags = {0};
    int format = REQUEST_FORMAT(r, formats);
    bool good = true;
    if (format < 0)
        return EXIT_TROUBLE;
    for (size_t i = 0; i < r->n_args; i++)
        good = lint_one(r->args[i], &diags) && good;
    formats[format].print(&diags, r->n_args, good);
    return !good ? EXIT_TROUBLE : diags.n_errors ? EXIT_FINDINGS : EXIT_GOOD;
}

const struct command command_lint = {
    .name = "lint",
    .synopsis = "FILE...",
    .says = "find every mistake in scenarios",
    .more = "FILE is a scenario's file, its folder, or a name that `cafelab list` shows; or a file of a library. What a\n"
            "scenario uses and its brief are read, too, and the story is played once. Each mistake is told with its line\n"
            "and column, and its rule in brackets; exit status 1 says that there are some. All formats name the rules.",
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
    .options = {{"format", 0, "F", "text, json, sarif (code scanning), github (annotations)"}, OPTION_JSON},
};
