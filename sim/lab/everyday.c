/* SPDX-License-Identifier: MIT */
/*
 * Everyday life before a live lab began. It was told when the lab was made; only a trail that was logging then may still have
 * to deliver some of it. Without one nobody has a use for it, and it takes a while to draw.
 */
#include "sim/lab/parts.h"

static bool is_needed(const struct lab *lab)
{
    const struct logging_span *span = lab->world.account.spans;
    while (span && span->from_ms > lab->world.start_ms)
        span = span->next;
    return lab->live && !lab->before && span;
}

bool lab_everyday_open(struct lab *lab, struct err *e)
{
    if (!is_needed(lab))
        return true;
    if (!lab->scenario)
        return err_set(e, "a live lab needs its scenario: expected \"%s\" on this machine, as '%s' was built from it",
                       lab->scenario_id, lab->dir);
    struct play_options again = {
        .seed = lab->seed, .student = lab->student, .events = lab->events, .live_from_ms = lab->world.start_ms};
    lab->before = xcalloc(1, sizeof(*lab->before));
    return play(lab->scenario, &again, lab->before, e);
}
