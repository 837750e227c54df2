/* SPDX-License-Identifier: MIT */
/* cafelab build: a scenario becomes a lab directory. */
#include "sim/cli/cli.h"
#include "grader/grader.h"
#include "sim/lab/lab.h"

#include <stdio.h>
#include <string.h>

#define MOST_THREADS 256

static void print_made(const struct request *r, const struct lab_plan *plan)
{
    if (request_has(r, "json")) {
        json_auto_t *made = json_object();
        json_put_text(made, "lab", plan->out);
        json_put_text(made, "scenario", plan->scenario);
        json_put_text(made, "seed", plan->play.seed);
        json_put_text(made, "student", plan->play.student);
        print_json(made);
    } else
        printf("%s is ready: begin with %s/README.md\n", plan->out, plan->out);
}

/* DIR becomes DIR.old and what was made aside becomes DIR: whoever is killed meanwhile has both, whole. */
static bool take_place(const char *aside, const char *dir, const char *old, struct err *e)
{
    if (!lab_may_go(dir, e) || (rename(dir, old) && !err_set(e, "rename '%s': %m", dir)))
        return false;
    if (!rename(aside, dir))
        return true;
    err_set(e, "rename '%s': %m", aside);
    if (rename(old, dir))
        err_wrap(e, "the old lab is '%s' now", old);
    return false;
}

/* Neither the new lab's place nor the old one's is written over; whoever was killed may have left a lab at either. */
static bool is_free(const char *path, const char *is_for, struct err *e)
{
    if (!file_exists(path))
        return true;
    if (is_lab(path))
        return err_set(e,
                       "'%s' is in the way: %s; what is there is a lab, as a killed `build --replace` leaves it: "
                       "look at it, then remove it with `cafelab rm`",
                       path, is_for);
    return err_set(e, "'%s' is in the way: %s; what is there is no whole lab: move or remove it", path, is_for);
}

/* The new lab is made aside first: where it cannot be made, or the old one must not go, that stays. */
static bool build_anew(const struct lab_plan *plan, struct diags *diags, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct lab_plan aside = *plan;
    struct err ignored = {0};
    size_t n = strlen(plan->out);
    while (n > 1 && plan->out[n - 1] == '/')
        n--;
    const char *dir = arena_dupn(&arena, plan->out, n), *old = arena_printf(&arena, "%s.old", dir);
    aside.out = arena_printf(&arena, "%s.new", dir);
    if (!is_free(old, "the old lab is put there until it is removed", e) ||
        !is_free(aside.out, "the new lab is made there first", e) || !lab_may_go(dir, e) || !lab_build(&aside, diags, e))
        return false;
    if (take_place(aside.out, dir, old, e))
        return remove_lab(old, e);
    remove_lab(aside.out, &ignored);
    return false;
}

static int build(const struct request *r, const struct lab_plan *plan)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    bool anew = request_has(r, "replace") && file_exists(plan->out);
    bool good = anew ? build_anew(plan, &diags, &e) : lab_build(plan, &diags, &e);
    progress_end();
    if (good) {
        print_made(r, plan);
        return EXIT_GOOD;
    }
    AUTO(str_drop) struct str mistakes = {0};
    diags_show(&diags, &mistakes);
    fputs(str_text(&mistakes), stderr);
    return e.set ? trouble_err(&e) : trouble("the scenario has mistakes: nothing was built");
}

static int run(const struct request *r)
{
    int64_t events = -1, threads = 0;
    const char *seed = request_value(r, "seed"), *student = request_value(r, "student");
    const char *language = request_language(r);
    if (!request_value(r, "out"))
        return misused(r, "expected -o DIR: where the lab shall be");
    if (!language || !request_int(r, "events", 0, LAB_MAX_EVENTS, &events) ||
        !request_int(r, "threads", 1, MOST_THREADS, &threads))
        return EXIT_TROUBLE;
    return build(r, &(struct lab_plan){
                        .scenario = r->args[0],
                        .out = request_value(r, "out"),
                        .play = {.seed = seed ? seed : "0", .student = student ? student : "", .events = events},
                        .threads = (unsigned)threads,
                        .language = language,
                        .sheet = answers_for_play,
                        .progress = progress_show
    });
}

const struct command command_build = {
    .name = "build",
    .synopsis = "SCENARIO -o DIR",
    .says = "play a scenario and write its lab",
    .more = "SCENARIO is a name that `cafelab list` shows, a folder, or a file. The same scenario, seed and student give\n"
            "the same lab, byte by byte; another seed or student gives other names, addresses, times and ids.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"out", 'o', "DIR", "where the lab shall be; must not exist"},
                {"replace", 0, NULL, "a lab that is there goes when the new one is made; nothing else does"},
                {"seed", 's', "S", "what the variant is drawn from, any text; 0 without"},
                {"student", 0, "ID", "whose variant it is"},
                {"events", 0, "N", "records of everyday life; as the scenario says without"},
                {"threads", 0, "N", "how many write; as many as there are cores without"},
                {"lang", 0, "L", "language of brief and questions: en, pt, es"},
                OPTION_JSON},
};
