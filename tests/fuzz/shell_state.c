/* SPDX-License-Identifier: MIT */
/* What PID 1 of a shell sends, by somebody who has power over it: a state, and another one that leans on it. */
#include "sim/shell/parts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const char *data, size_t n, const struct state *before, struct state *ret)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    str_addn(&text, data, n);
    bool good = state_take(&text, before, 500000, 1000000, ret, &e);
    if (good == e.set || good != (ret->settled != NULL))
        __builtin_trap();
    for (const struct file *f = good ? ret->tree.files : NULL; f; f = f->next)
        if (f->path[0] != '/' || (f->kind == FILE_REGULAR && !f->data))
            __builtin_trap();
}

/* Two states, parted by a line of "----". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(state_drop) struct state first = {0}, second = {0};
    AUTO(stay_drop) struct stay stay = {0};
    struct err too_big = {0};
    const char *text = (const char *)data, *part = memmem(text, size, "\n----\n", 6);
    size_t n = part ? (size_t)(part - text) : size;
    json_begin();
    take(text, n, NULL, &first);
    if (!part)
        return 0;
    take(part + 6, size - n - 6, &first, &second);
    stay_compare(&stay, &first.tree, &second.tree, root_is_ours, &too_big);
    return 0;
}
