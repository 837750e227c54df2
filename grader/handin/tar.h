/* SPDX-License-Identifier: MIT */
/* Private to those who pack: files and folders into a tar archive in memory. Depends on lab. */
#pragma once

#include "sim/lab/tar.h"

/* Whatever lies below `dir`, in folders named `under`, with its modes and times, but none later than latest_ms: what was
 * written just now would not be the same twice. Owners are nobody's. */
bool tar_add_dir(struct str *tar, const char *dir, const char *under, int64_t latest_ms, struct err *);
bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *);
