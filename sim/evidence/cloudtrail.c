/* SPDX-License-Identifier: MIT */
/* The CloudTrail writer: a plan, its files, the digests over them, and where delivery stands now. */
#include "sim/evidence/cloudtrail.h"

#include "sim/evidence/writers.h"

bool cloudtrail_write(const struct evidence_task *task, struct err *e)
{
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    stock_open(&stock, task);
    if (!plan_open(&plan, &stock, false, e))
        return false;
    stock_prepare(&stock, &plan, false);
    return files_write(&plan, e) && digests_write(&plan, e) && state_write(&plan, e);
}
