/* SPDX-License-Identifier: MIT */
/* Time at work: any bytes as work.jsonl. Time is not made of nothing: no more than lies between the first line and the last. */
#include "grader/pace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(pace_drop) struct pace pace = {0};
    pace_read((const char *)data, size, &pace);
    if (pace.at_work_ms < 0 || pace.at_work_ms > pace.last_ms - pace.first_ms || (!pace.lines && pace.n))
        __builtin_trap();
    for (size_t i = 0; i < pace.n; i++)
        if (!pace.list[i].id || pace.list[i].ms < 0 || pace.list[i].ms > pace.at_work_ms)
            __builtin_trap();
    return 0;
}
