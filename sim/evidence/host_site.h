/* SPDX-License-Identifier: MIT */
/*
 * What the website's files were at any moment, so that requests get the sizes and the 304s of their time. Private to
 * host_site.c and host_visitors.c.
 */
#pragma once

#include "sim/evidence/host_traces.h"

struct file_version {
    const char *path;
    int64_t from_ms, until_ms; /* it stood there from..until, until exclusive */
    int64_t size, mtime_ms;    /* size -1 = not known */
};
struct site {
    const char *root; /* "/var/www/html" */
    struct file_version *versions;
    size_t n, cap;
};
void site_read(const struct traces *, const char *root, struct site *);
void site_drop(struct site *);
const struct file_version *site_file(const struct site *, const char *path, int64_t ms); /* NULL: not there */
