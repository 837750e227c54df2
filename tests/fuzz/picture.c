/* SPDX-License-Identifier: MIT */
/* The picture reader: any bytes as a JPEG. */
#include "sim/host/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str out = {0};
    struct err e = {0};
    if (picture_deface(data, size, "amber-otter", &out, &e) == e.set)
        __builtin_trap();
    return 0;
}
