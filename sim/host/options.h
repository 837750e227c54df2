/* SPDX-License-Identifier: MIT */
/* Private to sim/host: command options as getopt_long(3) reads them, with its complaints. */
#pragma once

#include "sim/host/machine.h"

struct option_spec {
    const char *letters; /* "rf:p?": f takes a value, p one as --long=VALUE. "+" first: stop at the first operand */
    const char *longs;   /* "recursive=r force=f"; may be "" */
    bool hint;           /* coreutils: "Try 'rm --help' for more information." */
};
struct options { /* zeroed but for p and spec */
    struct program *p;
    const struct option_spec *spec;
    int at;      /* when the options are over: index of the first operand in p->argv */
    bool failed; /* a complaint was made */
    int next;    /* private from here on */
    const char *cluster;
    const char **operands;
    int n_operands;
};
/* The next option's letter, 0 when there is none left; its value, or NULL. */
int options_next(struct options *, const char **ret_value);
