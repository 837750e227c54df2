/* SPDX-License-Identifier: MIT */
/* Private to sim/pipeline. */
#pragma once

#include "sim/pipeline/pipeline.h"

#include <linux/filter.h>

enum {
    MOST_SEGMENTS = 12,
    MOST_WORDS = 64,    /* of a program, before globs are filled in */
    MOST_LINE = 4096,   /* bytes */
    MOST_FILES = 20000, /* that globs of one segment may name */
    MOST_SAID = 2000,   /* bytes of what programs complain of */
    LINE_MS = 60000,    /* a whole line, on a loaded machine */
    STAGE_CPU_S = 30,   /* of one program */
    STAGE_MEMORY_MIB = 2048,
    STAGE_OPEN_FILES = 64,
};

struct program {
    const char *name;     /* as it is typed */
    const char *runs;     /* the program that is started; what is a script somewhere is named by what it calls */
    const char *first[3]; /* arguments put before the typed ones */
    const char *refused;  /* options that it may not have, apart by blanks: "-exec -delete"; a short one also in a bundle */
    unsigned quiet;       /* status that says "found nothing", which is no failure; 0 = none */
};
const struct program *program_named(const char *name);
/* Why the word may not be given to the program; NULL = it may. */
const char *program_refuses(const struct program *, const char *word);

struct word {
    const char *text;    /* without quotes */
    const char *pattern; /* of a word with * ? or [ outside of quotes: for glob(3); else NULL */
    size_t at, end;      /* its bytes in the line, quotes included */
};
struct segment {
    const struct program *program;
    size_t at, end; /* the program's name in the line */
    struct word words[MOST_WORDS];
    size_t n;
};
struct pipeline {
    struct segment segments[MOST_SEGMENTS];
    size_t n;
};

/* From here on this process reads the lab and what `program` needs, and that is all: see confine.c. Called in a process that
 * does nothing else than starting the program. To make the filter takes memory, so it is prepared before there are limits. */
struct calls_filter {
    struct sock_filter rows[512];
    size_t n;
};
bool confine_files(const char *lab, const char *program, struct err *);
bool confine_prepare(struct calls_filter *ret, struct err *);
bool confine_calls(const struct calls_filter *, struct err *);
