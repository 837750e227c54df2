/* SPDX-License-Identifier: MIT */
/* cafelab solve: plays the scenario's reference solution on a lab, for authors and demonstrations. */
#include <unistd.h>
#include "sim/cli/cli.h"
#include "grader/grader.h"
#include "sim/lab/lab.h"

/* The questions' own ways to the answers, tried on this lab before it is repaired. */
static bool answer(struct lab *lab, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    if (!lab->scenario)
        return err_set(e, "the solution is the scenario's: expected \"%s\" on this machine, as the lab was built from it",
                       lab->scenario_id);
    AUTO(rubric_free) struct rubric *rubric = rubric_read(lab->scenario, &diags);
    if (diags.n_errors)
        return err_set(e, "the scenario's questions have mistakes: see cafelab lint '%s'", lab->scenario->file);
    return grader_fill(lab, rubric, e);
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct lab lab;
    int64_t skip = -1;
    size_t done = 0;
    if (request_has(r, "skip") && request_has(r, "repair"))
        return misused(r, "--skip is of the reference solution: expected it without --repair");
    if (!request_int(r, "skip", 0, 10000, &skip))
        return EXIT_TROUBLE;
    int held = lab_hold(r->args[0], &e);
    if (held < 0 || !lab_open(r->args[0], &lab, &e)) {
        close(held);
        return trouble_err(&e);
    }
    bool good = (lab.seed || err_set(&e, "'%s' is a bundle of a class: the solution is not in it", r->args[0])) &&
                (request_has(r, "no-answers") || answer(&lab, &e)) &&
                lab_solve(&lab, request_value(r, "repair"), (int)skip, &done, &e);
    lab_drop(&lab);
    close(held);
    if (!good)
        return trouble_err(&e);
    printf("%zu step%s of %s%s played on %s\n", done, done == 1 ? "" : "s",
           request_has(r, "repair") ? "the repair " : "the reference solution",
           request_has(r, "repair") ? request_value(r, "repair") : "", r->args[0]);
    return EXIT_GOOD;
}

const struct command command_solve = {
    .name = "solve",
    .synopsis = "DIR",
    .says = "play the scenario's reference solution on a lab",
    .more = "Repairs by the solution's steps, answers by the questions' own queries. Needs the scenario on this\n"
            "machine, as the lab was built from it.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"skip", 0, "N", "leave out step N, counted from 0"},
                {"repair", 0, "ID", "one of other_repairs instead: as right, or overdone"},
                {"no-answers", 0, NULL, "repair only: leave answers.yaml as it is"}},
};
