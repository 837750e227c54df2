/* SPDX-License-Identifier: MIT */
/* Any bytes as a zip that somebody hands in. */
#include "grader/handin/handin.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str zip = {0};
    struct handin_fault fault;
    struct parcel parcel;
    struct claim claim;
    str_addn(&zip, "PK\3\4", 4); /* whatever follows, libarchive's reader of zips gets it */
    if (size > 4)
        str_addn(&zip, data + 4, size - 4);
    bool good = parcel_read(&(struct arrival){.from = "x", .owner = "", .bytes = zip.s, .size = zip.len}, &parcel, &fault);
    if (good != (fault.outcome == HANDIN_GOOD) || (!good && !*fault.reason))
        __builtin_trap();
    if (good && parcel_claim(&parcel, &claim, &fault) != (fault.outcome == HANDIN_GOOD))
        __builtin_trap();
    parcel_drop(&parcel);
    return 0;
}
