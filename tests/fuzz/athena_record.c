/* SPDX-License-Identifier: MIT */
/* Log files: packed ones are unpacked first; the lists and maps within are read as a query would. */
#include "sim/athena/logs.h"
#include "sim/athena/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_nested(const struct records *rows)
{
    AUTO(records_drop) struct records nested = {0};
    for (size_t row = 0; row < rows->n; row++)
        for (size_t leaf = 0; leaf < LEAVES; leaf++) {
            const struct cell *cell = &rows->rows[row][leaf];
            AUTO(str_drop) struct str text = {0};
            if (!cell->s)
                continue;
            if (!text_utf8(cell->s, cell->n))
                __builtin_trap();
            str_addn(&text, cell->s, cell->n);
            if (leaves[leaf].kind == LEAF_LIST)
                records_read_list(str_text(&text), text.len, leaf, &nested);
            if (leaves[leaf].kind == LEAF_MAP)
                records_read_map(str_text(&text), text.len, &nested);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(records_drop) struct records rows = {0};
    struct err e = {0};
    if (size > 1 && data[0] == 0x1f) {
        if (gunzip(data, size, 1 << 20, &text, &e) == e.set)
            __builtin_trap();
        if (e.set)
            return 0;
    } else
        str_addn(&text, data, size);
    if (records_read(str_text(&text), text.len, &rows, &e) == e.set)
        __builtin_trap();
    read_nested(&rows);
    return 0;
}
