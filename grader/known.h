/* SPDX-License-Identifier: MIT */
/*
 * Private: what was once found out about bytes that a key holds and that never change: their hash, the line that a pattern
 * finds. One key serves many submissions, most of whose files are the key's own bytes still. Known by where the bytes lie, so
 * only for bytes that live as long as this.
 */
#pragma once

#include "grader/rubric.h"

struct known_hash {
    const void *data;
    size_t n;
    char hex[65];
};
struct known_line {
    const void *data;
    size_t n;
    const char *pattern; /* a text of the rubric */
    unsigned line;       /* 0 = nothing matches */
    const char *text;
};
struct known { /* zeroed = nothing */
    struct arena arena;
    struct known_hash *hashes;
    size_t n_hashes, cap_hashes;
    struct known_line *lines;
    size_t n_lines, cap_lines;
};
/* The SHA-256; found out when it is not known yet. `known` may be NULL: then it lives in the arena. */
const char *known_hash(struct known *known, struct arena *, const void *data, size_t n);
/* The first line in which the pattern matches. line 0: there is none. */
struct known_line known_line(struct known *known, struct arena *, const char *data, size_t n, const char *pattern);
void known_drop(struct known *);
