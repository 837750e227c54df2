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

/* Event history goes back to where there was no trail; what is shared does, too. */
struct account_plan *account_plan(const struct evidence_task *task, struct account_plan *own, unsigned forms, struct err *e)
{
    struct account_plan *a = task->shared ? task->shared : own;
    unsigned all = a == own ? forms : STOCK_LOOKUP | (task->w->account.spans ? STOCK_PLAIN : 0);
    if (a->made)
        return a;
    stock_open(&a->stock, task);
    if (!plan_open(&a->plan, &a->stock, all & STOCK_LOOKUP, e))
        return NULL;
    stock_prepare(&a->stock, &a->plan, all);
    a->made = true;
    return a;
}

void account_plan_drop(struct account_plan *a)
{
    plan_drop(&a->plan);
    if (a->stock.task)
        stock_drop(&a->stock);
    a->made = false;
}

bool cloudtrail_write(const struct evidence_task *task, struct err *e)
{
    AUTO(account_plan_drop) struct account_plan own = {0};
    struct account_plan *account = account_plan(task, &own, STOCK_PLAIN, e);
    if (!account)
        return false;
    struct plan *plan = &account->plan;
    if (!files_write(plan, e) || !digests_write(plan, e) || !state_write(plan, e))
        return false;
    if (task->settled_ms)
        *task->settled_ms = settled(plan);
    return true;
}
