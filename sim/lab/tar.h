/* SPDX-License-Identifier: MIT */
/*
 * Writing tar archives into memory: POSIX ustar, and pax records where a member does not fit into it (long or strange names,
 * parts of a second, big ids). The same members give the same bytes. libarchive would do, but its output differs between
 * versions, and hashes of what is written here are compared across machines. Depends on base.
 */
#pragma once

#include "sim/base/base.h"

#define TAR_BLOCK 512
enum tar_type { TAR_FILE = '0', TAR_HARD_LINK = '1', TAR_LINK = '2', TAR_DIR = '5' };
struct tar_member {
    const char *path; /* as it shall stand there; a directory's ends with a slash */
    enum tar_type type;
    unsigned mode, uid, gid;
    int64_t mtime_ms; /* not before 1970 */
    const char *link; /* target of links */
    uint64_t size;    /* of TAR_FILE; else 0 */
};
/* The header; `size` bytes and tar_pad() of them have to follow. */
void tar_add_header(struct str *, const struct tar_member *);
void tar_add(struct str *, const struct tar_member *, const void *data); /* the whole member */
size_t tar_pad(uint64_t size);                                           /* zeros that follow so many bytes */
void tar_end(struct str *);
