/* SPDX-License-Identifier: MIT */
/* Private to those who pack: files that were made into a tar archive in memory. Depends on lab. */
#pragma once

#include "sim/evidence/evidence.h"
#include "sim/lab/tar.h"

struct tar_look { /* whoever wants to see each file; the hash is what made_file said, or "" */
    bool (*each)(void *context, const char *path, size_t n, const char *hash, struct err *); /* path is below the folder */
    void *context;
};
/* What is made is gathered by tar_load_take, the `take` of a struct folder with the load as its context (one thread at a
 * time), and packed by tar_pack_load(): in folders named `under`, by path, with its modes and times, but none later than
 * latest_ms outside of the servers' trees: what was made just now would not be the same twice. Owners are nobody's. The look
 * may be NULL. */
struct tar_load {
    struct loaded *list;
    size_t n, cap;
};
bool tar_load_take(void *load, const struct made_file *, struct err *);
bool tar_pack_load(struct gzip_parts *, struct tar_load *, const char *under, int64_t latest_ms, const struct tar_look *,
                   struct err *);
bool tar_pack_file(struct gzip_parts *, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms,
                   struct err *);
void tar_pack_end(struct gzip_parts *);                               /* and of the gzip */
const char *tar_load_hash(const struct tar_load *, const char *path); /* when it was packed; "" = not known */
void tar_load_drop(struct tar_load *);
bool tar_add_file(struct str *tar, const char *path, const void *data, size_t n, unsigned mode, int64_t mtime_ms, struct err *);
