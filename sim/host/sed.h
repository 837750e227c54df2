/* SPDX-License-Identifier: MIT */
/* Private to sim/host: a sed script, read and ready to run. */
#pragma once

#include "sim/host/regexes.h"

#define SED_MAX_COMMANDS 200

enum sed_where { SED_ANY, SED_LINE, SED_LAST, SED_MATCH, SED_STEP };
struct sed_address {
    enum sed_where where;
    unsigned long n, step;
    struct regex *regex; /* NULL = the one used last */
};
struct sed_command {
    struct sed_address from, to; /* to.where SED_ANY = one address or none */
    bool negated, open;          /* open: within its range */
    char name;
    struct regex *regex;      /* s */
    const char *text;         /* s: replacement; a i c: the text; y: from */
    const char *other;        /* y: to */
    bool global, print, plus; /* s///gp; addr,+N */
    unsigned long nth;        /* s///3; q: exit code */
    size_t end;               /* {: index of its } */
    unsigned long stop;       /* addr,+N: last line */
};
struct sed_script {
    struct machine *m;
    struct arena *arena;
    int flags; /* REG_EXTENDED */
    struct sed_command list[SED_MAX_COMMANDS];
    size_t n;
    struct regex regexes[SED_MAX_COMMANDS];
    size_t n_regexes;
    const char *why; /* "char 5: unterminated `s' command" */
};
bool sed_parse(struct sed_script *, const char *text);
void sed_drop(struct sed_script *);
