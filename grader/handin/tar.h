/* SPDX-License-Identifier: MIT */
/* Private to those who pack: files and folders into a tar archive in memory. Depends on lab. */
#pragma once

#include "sim/lab/tar.h"

struct tar_look { /* whoever wants to see each file's bytes, since they are at hand; they hold until `each` returns */
    bool (*each)(void *context, const char *path, const void *data, size_t n, struct err *); /* path is below the folder */
    void *context;
};
/* Whatever lies below `dir`, in folders named `under`, with its modes and times, but none later than latest_ms outside of
 * the servers' trees: what was written just now would not be the same twice. Owners are nobody's. `look` may be NULL. */
bool tar_add_dir(struct str *tar, const char *dir, const char *under, int64_t latest_ms, const struct tar_look *look,
                 struct err *);
bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *);
