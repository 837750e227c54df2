/* SPDX-License-Identifier: MIT */
/* Which log files a lab has, and their text. Private to sim/athena; depends on base. Nothing here is trusted. */
#pragma once

#include "sim/base/base.h"

struct log_file {
    const char *path; /* below LAB/s3: "bucket/AWSLogs/..."; so "s3://" before it is its "$path" */
    int64_t size, mtime_ms;
    const char *text; /* of one that is at hand, unpacked: size bytes and a NUL; else NULL */
};
struct logs {
    struct arena arena;
    int dir;                /* LAB/s3, open; -1 if there is none */
    struct log_file *files; /* sorted by path */
    size_t n, cap;
    const char **buckets;
    size_t n_buckets, cap_buckets;
    const char *const *more_buckets; /* without logs, see struct athena_options */
    uint8_t key[32];                 /* changes with every file that comes, goes or changes */
};
/* Lists *.json.gz and *.json below LAB/s3 but for digests and insights. Links are named in `warnings` and not followed. */
bool logs_list(struct logs *, const char *lab, struct str *warnings, struct err *);
/* Those that somebody has at hand, and no others; texts stay the caller's. */
struct athena_log;
void logs_take(struct logs *, const struct athena_log *, size_t n);
void logs_drop(struct logs *);

/* The text of a log file: opened without following links, unpacked within limits. Appends to `out`. */
#define LOG_MAX_PACKED (64u << 20)
#define LOG_MAX_UNPACKED (256u << 20) /* CloudTrail's own files hold at most some 50 MB */
bool log_text(const struct logs *, const struct log_file *, struct str *out, struct err *);

/* gunzip in memory: every member, checksums checked, nothing behind. Appends to `out`, at most `limit` bytes. */
bool gunzip(const void *data, size_t n, size_t limit, struct str *out, struct err *);
