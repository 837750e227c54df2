/* SPDX-License-Identifier: MIT */
/*
 * Private to sim/host: POSIX regular expressions for grep and sed, of anybody's making. glibc's are dear in three ways:
 * back-references (exponential), repetitions in repetitions (memory), length. Those are refused.
 */
#pragma once

#include "sim/host/machine.h"

#include <regex.h>

#define REGEX_MAX_BYTES 512
/* Of all matches of an operation, each counted with the square of its text's length: that is how glibc's matcher grows at its
 * worst (measured: 16,000 bytes in 0.5 s). A log of 40,000 lines of 300 bytes can be searched; the worst takes some 8 s. */
#define REGEX_MAX_WORK UINT64_C(4000000000)

struct regex {
    regex_t compiled;
    bool good;
    struct machine *m; /* counts the work */
};
struct regex_span {
    size_t from, to;
};
/* Flags: REG_EXTENDED, REG_ICASE. False with the library's words in *why (arena). */
bool regex_make(struct regex *, struct machine *, const char *pattern, int flags, const char **why);
bool regex_spent(const struct machine *); /* matches were refused: say "memory exhausted" */
/* The first match at or after `from`. Spans: \0 .. \9; from == SIZE_MAX where a group did not take part. */
bool regex_find(struct regex *, const char *s, size_t n, size_t from, struct regex_span spans[10]);
void regex_drop(struct regex *);
