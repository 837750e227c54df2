/* SPDX-License-Identifier: MIT */
/* Private to those who pack: files that were made into a tar archive in memory. Depends on lab. */
#pragma once

#include "sim/lab/tar.h"

struct tar_look { /* whoever wants to see each file's bytes, since they are at hand; they hold until `each` returns */
    bool (*each)(void *context, const char *path, const void *data, size_t n, struct err *); /* path is below the folder */
    void *context;
};
/* What is made is gathered by tar_load_take, the `take` of a struct folder with the load as its context (one thread at a
 * time), and packed by tar_add_load(): in folders named `under`, by path, with its modes and times, but none later than
 * latest_ms outside of the servers' trees: what was made just now would not be the same twice. Owners are nobody's. The look
 * may be NULL. */
struct tar_load {
    struct loaded *list;
    size_t n, cap;
};
bool tar_load_take(void *load, const struct made_file *, struct err *);
bool tar_add_load(struct str *tar, struct tar_load *, const char *under, int64_t latest_ms, const struct tar_look *,
                  struct err *);
void tar_load_drop(struct tar_load *);
bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *);
