/* SPDX-License-Identifier: MIT */
/* What the commands of a class share. */
#include "sim/cli/class_parts.h"

static void show(struct diags *diags)
{
    AUTO(str_drop) struct str text = {0};
    diags_show(diags, &text);
    fputs(str_text(&text), stderr);
    diags_drop(diags);
}

/* Of the warnings those that make it doubtful whose an upload is: what the scenario's author is warned of is no teacher's. */
static void show_doubts(struct diags *diags)
{
    size_t kept = 0;
    for (size_t i = 0; i < diags->n; i++)
        if (text_same(diags->list[i].rule, ROSTER_CALLED_TWICE))
            diags->list[kept++] = diags->list[i];
    diags->n = kept;
    show(diags);
}

int class_mistakes(struct diags *diags, const struct err *e)
{
    show(diags);
    return e->set ? trouble_err(e) : trouble("mistakes in the class's roster or scenario");
}

bool class_open_told(const char *dir, struct class *c)
{
    struct err e = {0};
    bool good = class_open(dir, c, &e);
    if (good)
        show_doubts(&c->told);
    else
        class_mistakes(&c->told, &e);
    return good;
}

bool class_judge_told(const struct request *r, struct batch_plan *plan, struct class *c, struct batch_done *done)
{
    struct err e = {0};
    int64_t workers = 0;
    if (!request_int(r, "workers", 1, 256, &workers) || !class_open_told(r->args[0], c))
        return false;
    plan->paths = r->args + 1;
    plan->n = r->n_args - 1;
    plan->workers = (unsigned)workers;
    plan->times = request_value(r, "times");
    plan->progress = progress_show;
    plan->tell = progress_tell;
    bool good = batch_grade(c, plan, done, &e);
    progress_end();
    if (!good)
        class_mistakes(&c->told, &e);
    return good;
}
