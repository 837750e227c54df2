/* SPDX-License-Identifier: MIT */
/* The CloudTrail writer: a plan, its files, the digests over them, and where delivery stands now. */
#include "sim/evidence/cloudtrail.h"

#include "sim/evidence/writers.h"

/* A file reaches to its lag before its mark, at most. Without a trail event history is all there is. */
static int64_t settled(const struct plan *p)
{
    int64_t delivered = p->mark_ms - MOST_LAG > p->flushed_ms ? p->mark_ms - MOST_LAG : p->flushed_ms;
    if (!p->task->live)
        return p->task->until_ms;
    return p->n_channels && delivered < p->tell_ms ? delivered : p->tell_ms;
}

bool cloudtrail_write(const struct evidence_task *task, struct err *e)
{
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    stock_open(&stock, task);
    if (!plan_open(&plan, &stock, false, e))
        return false;
    stock_prepare(&stock, &plan, false);
    if (!files_write(&plan, e) || !digests_write(&plan, e) || !state_write(&plan, e))
        return false;
    if (task->settled_ms)
        *task->settled_ms = settled(&plan);
    return true;
}
