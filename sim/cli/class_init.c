/* SPDX-License-Identifier: MIT */
/* cafelab class init: the folder of a course. */
#include "grader/class/class.h"
#include "sim/cli/class_parts.h"

static const char promises[] =
    "\n%s/secret draws every student's variant. Whoever reads it has all answers; without it nothing of this\n"
    "class can be graded. Back it up now, away from this machine, and never put it into a repository.\n"
    "\n"
    "What this secrecy promises: a bundle holds neither the secret nor an answer, and no bundle says anything of\n"
    "another one. What it cannot promise: students have their evidence and all the time they want, so they can help\n"
    "each other with the method; hints are sealed, not locked; and a student's own record of what was done is\n"
    "checked for whether it can have happened, not for who did it.\n";

static int tell_made(const struct request *r)
{
    AUTO(class_close) struct class c = {0};
    if (!class_open_told(r->args[0], &c))
        return EXIT_TROUBLE;
    if (request_has(r, "json")) {
        json_auto_t *made = json_object();
        json_put_text(made, "class", c.dir);
        json_put_text(made, "scenario", c.scenario_id);
        json_put_text(made, "roster", roster_kinds[c.roster.kind]);
        json_put_text(made, "ids", c.roster.id_column);
        json_put(made, "students", json_integer((json_int_t)c.roster.n));
        print_json(made);
        return EXIT_GOOD;
    }
    printf("%s is ready: %zu student%s (%s roster), scenario %s. Next: cafelab class build %s\n", c.dir, c.roster.n,
           c.roster.n == 1 ? "" : "s", roster_kinds[c.roster.kind], c.scenario_id, arena_shell_word(&c.arena, c.dir));
    printf("Students go by the roster's column \"%s\"; files that they hand in may be named by any other id of theirs, too.\n",
           c.roster.id_column);
    printf(promises, c.dir);
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str secret = {0};
    struct err e = {0};
    struct class_plan plan = {.dir = r->args[0],
                              .scenario = request_value(r, "scenario"),
                              .roster = request_value(r, "roster"),
                              .language = request_language(r),
                              .live = request_has(r, "live"),
                              .events = -1};
    if (!plan.scenario || !plan.roster)
        return misused(r, "expected --scenario S and --roster FILE");
    if (!plan.language || !request_int(r, "events", 0, INT32_MAX, &plan.events))
        return EXIT_TROUBLE;
    if (request_value(r, "secret")) {
        if (!file_read(request_value(r, "secret"), 100, &secret, &e))
            return trouble_err(&e);
        while (secret.len && secret.s[secret.len - 1] == '\n')
            secret.s[--secret.len] = 0;
        plan.secret = str_text(&secret);
    }
    bool made = class_init(&plan, &diags, &e);
    if (!made && !e.set)
        err_set(&e, "mistakes in roster or scenario: nothing was made");
    return made ? tell_made(r) : class_mistakes(&diags, &e);
}

const struct command command_class_init = {
    .name = "class init",
    .synopsis = "NAME --scenario S --roster FILE",
    .says = "make the folder of a course: its secret, its roster, its scenario",
    .more = "FILE is a CSV: plain with the columns id, name, email, section; Canvas's gradebook export; or Moodle's\n"
            "participants. The roster may be replaced later in NAME/roster.csv; whose bundle was built keeps the variant.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"scenario", 0, "S", "a name that `cafelab list` shows, a folder, or a file"},
                {"roster", 0, "FILE", "who takes part"},
                {"events", 0, "N", "records of everyday life in each lab; as the scenario says without"},
                {"live", 0, NULL, "students start live labs, each with a seed of his own: for practice"},
                {"lang", 0, "L", "language of brief and questions: en, pt, es"},
                {"secret", 0, "FILE", "take this secret, of a backup, instead of a new one"},
                OPTION_JSON},
};
