/* SPDX-License-Identifier: MIT */
/* What the commands of a class share. */
#include "sim/cli/class_parts.h"

void class_doubts(const struct diags *all)
{
    AUTO(diags_drop) struct diags doubts = {0};
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < all->n_sources; i++)
        diag_source(&doubts, all->sources[i].file, all->sources[i].text, all->sources[i].len);
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->list[i].rule, ROSTER_CALLED_TWICE))
            diag_warn(&doubts, all->list[i].at, all->list[i].width, all->list[i].rule, "%s", all->list[i].message);
    diags_show(&doubts, &text);
    fputs(str_text(&text), stderr);
}

bool class_open_told(const char *dir, struct class *c)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    if (class_open(dir, c, &diags, &e)) {
        class_doubts(&diags);
        return true;
    }
    class_mistakes(&diags, &e, "mistakes in the class's roster or scenario");
    return false;
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
        trouble_err(&e);
    return good;
}
