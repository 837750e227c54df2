/* SPDX-License-Identifier: MIT */
/* Any bytes are read as login records without harm; the slots made of them are read back. */
#include "sim/evidence/host_traces.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str wtmp = {0}, slots = {0};
    struct utmp_record r;
    size_t pos = 0, n = 0, kept = 0;

    if (size > 64 * UTMP_SIZE)
        return 0;
    str_addn(&wtmp, data, size);
    while (utmp_read(str_text(&wtmp), wtmp.len, &pos, &r))
        n++;
    if (n != size / UTMP_SIZE)
        abort();
    utmp_slots(&wtmp, &slots);
    for (pos = 0; utmp_read(str_text(&slots), slots.len, &pos, &r);)
        kept++;
    if (kept > n || slots.len != kept * UTMP_SIZE)
        abort();
    return 0;
}
