/* SPDX-License-Identifier: MIT */
/* Command lines of scenarios, read and never run: any bytes give words or a mistake whose place lies in them. */
#include "sim/pipeline/parts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    size_t at = 0;
    if (size > 3 * MOST_LINE || memchr(data, 0, size))
        return 0;
    const char *line = arena_dupn(&arena, (const char *)data, size);
    const struct pipeline *p = pipeline_read(&arena, line, &at, &e);
    if (at > size || !p != e.set)
        __builtin_trap();
    for (size_t i = 0; p && i < p->n; i++)
        for (size_t j = 0; j < p->segments[i].n; j++)
            if (program_refuses(p->segments[i].program, p->segments[i].words[j].text))
                __builtin_trap();
    return 0;
}
