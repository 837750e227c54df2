/* SPDX-License-Identifier: MIT */
/* Any bytes are read as a result's metadata and as its rows without harm: they lie where a student may change them. */
#include "sim/athena/athena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct athena_column_info *columns = NULL;
    const char *cells[16];
    const char *bytes = (const char *)data;
    size_t n = 0, at = 0;
    if (!size || size > 1 << 16)
        return 0;
    athena_read_metadata(bytes, size, &arena, &columns, &n);
    size_t n_columns = 1 + (data[0] & 15);
    while (athena_read_row(bytes, size, data[0] & 16, n_columns, &at, &arena, cells))
        ;
    return 0;
}
