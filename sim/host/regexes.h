/* SPDX-License-Identifier: MIT */
/*
 * Private to sim/host: POSIX regular expressions for grep and sed, of anybody's making. glibc's are dear in three ways:
 * back-references (exponential), repetitions in repetitions (memory), length. Those are refused.
 */
#pragma once

#include "sim/host/machine.h"

#include <regex.h>

#define REGEX_MAX_BYTES 512
#define REGEX_MAX_WORK (64u << 20) /* bytes looked at by all matches of an operation's one program */

struct regex {
    regex_t compiled;
    bool good;
    size_t work; /* bytes looked at so far */
};
struct regex_span {
    size_t from, to;
};
/* Flags: REG_EXTENDED, REG_ICASE. False with the library's words in *why (arena). */
bool regex_make(struct regex *, struct arena *, const char *pattern, int flags, const char **why);
/* The first match at or after `from`. Spans: \0 .. \9; from == SIZE_MAX where a group did not take part. */
bool regex_find(struct regex *, const char *s, size_t n, size_t from, struct regex_span spans[10]);
void regex_drop(struct regex *);
