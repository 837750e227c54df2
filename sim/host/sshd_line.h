/* SPDX-License-Identifier: MIT */
/* Private to sim/host: a line of sshd_config between the reader (sshd_config.c) and what takes its value (sshd_values.c). */
#pragma once

#include "sim/host/sshd.h"

#define SSHD_MAX_WORDS 256
#define SSHD_BLANKS " \t\r\n"

struct sshd_line {
    struct sshd_config *c;
    const char *file;
    unsigned number, *flags, depth;
    const char *keyword, *rest; /* as written; rest is all that follows */
    const char *words[SSHD_MAX_WORDS];
    size_t n;
    const struct sshd_keyword *known;
};

/* False, with the file and line before it; the first rejection of a reading is kept. */
bool sshd_reject(struct sshd_line *, const char *fmt, ...) PRINTF(2, 3);
/* Takes the value of any kind but SSHD_MATCH and SSHD_INCLUDE, and checks that nothing is left over. */
bool sshd_take_value(struct sshd_line *);
