/* SPDX-License-Identifier: MIT */
/* Where delivery stands (.cafelab/delivery.json): any bytes, beside an account with a trail. */
#include "sim/evidence/cloudtrail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world w;
static struct trail trail = {.name = "monitor",
                             .arn = "arn:aws:cloudtrail:us-west-2:123456789012:trail/monitor",
                             .bucket = "monitoring1234",
                             .prefix = "",
                             .home_region = "us-west-2"};
static struct kms_key key = {.arn = "arn:aws:kms:us-west-2:123456789012:key/1111"};
static struct logging_span span = {.trail = &trail,
                                   .from_ms = 1760372160500,
                                   .to_ms = INT64_MAX,
                                   .management = true,
                                   .reads = true,
                                   .writes = true,
                                   .bucket = "monitoring1234",
                                   .prefix = "",
                                   .validation = true,
                                   .key = &key,
                                   .multi_region = true,
                                   .global_events = true};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    struct err e = {0};
    if (!w.account.id) {
        struct seed seed = seed_from_text("fuzz");
        json_begin();
        world_init(&w, &seed, "123456789012", "us-west-2", 1760371200000);
        w.account.spans = &span;
    }
    struct evidence_task task = {.w = &w, .to.dir = "/nonexistent", .from_ms = 1760371200000, .until_ms = 1760392800000};
    stock_open(&stock, &task);
    if (!plan_open(&plan, &stock, false, &e)) /* without a state: streams to put the calls in */
        __builtin_trap();
    if (state_parse(&plan, (const char *)data, size, &e) == e.set)
        __builtin_trap();
    return 0;
}
