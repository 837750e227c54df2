/* SPDX-License-Identifier: MIT */
/* Private to sim/host: gzip in memory, for gzip and tar. */
#pragma once

#include "sim/host/machine.h"

/* Both are counted as work (work_on()), packing eightfold, which has an end for each operation. */
/* One member, as gzip makes it of a file (`name`, its time) or, without a name, of standard input. Appends to `out`; false: the
 * operation has had enough. */
bool gzip_pack(struct machine *, struct str *out, const void *data, size_t n, int level, const char *name, int64_t mtime_ms);
bool gzip_is(const void *data, size_t n); /* by its first bytes */
/* Every member; appends to `out`, at most `most` bytes. NULL, or gzip's complaint. */
const char *gzip_unpack(struct machine *, const void *data, size_t n, size_t most, struct str *out);
