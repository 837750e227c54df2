/* SPDX-License-Identifier: MIT */
/*
 * Command lines as a student types them, `zcat s3/.../\*.gz | jq -r '...' | sort -u`, run on a lab without a shell. Depends on
 * base.
 *
 * The lines stand in scenario files, which strangers write: they are hostile. A line is words, quotes, globs and `|`, nothing
 * else; its programs are rows of a table (programs.c); each runs in a process that can read the lab's evidence and the system's
 * libraries, and can write nothing, start nothing, reach nobody (confine.c). Where this machine cannot hold a process so,
 * nothing is run.
 */
#pragma once

#include "sim/base/base.h"

struct pipeline; /* lives in the arena it was read into */
/* NULL with what is wrong; *ret_at (may be NULL) is the byte of the line where. Nothing is looked up: whether a program is
 * installed shows when it is run. */
struct pipeline *pipeline_read(struct arena *, const char *line, size_t *ret_at, struct err *);

/* The names of the programs that a line may use, ending with NULL. */
const char *const *pipeline_programs(void);

/* False, and why, when this machine cannot keep a stranger's line from doing harm. */
bool pipeline_possible(struct err *);

struct pipeline_choice {   /* texts in the arena */
    const char *words;     /* "head -n 1" */
    bool sorted;           /* the lines that it chooses from have been sorted */
    bool by_line;          /* by nothing but their whole text, and what is chosen is printed as it is */
    const char *open;      /* the line without the choice */
    const char *equals[2]; /* sorted: the line, equals in the order in which they come, and in the other one; else NULL */
};
/* Where the line keeps some first or last lines of many, the which-th (0-based) time: head, tail, grep -m. False: there are no
 * more of them. A part of each line's text (head -c) and all but some lines (tail -n +2) are no choice. */
bool pipeline_choice(struct arena *, const char *line, size_t which, struct pipeline_choice *ret);

enum pipeline_end {
    PIPELINE_RAN,
    PIPELINE_FAILED,  /* a program says that something is wrong; it took too long; more came out than is taken */
    PIPELINE_MISSING, /* it cannot be run here: no such program on this machine, no way to hold it */
};
struct pipeline_result { /* zeroed = empty */
    struct str out;
    bool cut; /* there was more than was asked for: the rest was not waited for */
};
/* Runs the line with the folder `lab` as the working folder, in which .cafelab is closed. At most `most` bytes of output are
 * taken. `path` is where programs are looked for ("/usr/bin:/bin"), NULL = the usual places. */
enum pipeline_end pipeline_run(const struct pipeline *, const char *lab, const char *path, size_t most,
                               struct pipeline_result *, struct err *);
void pipeline_result_drop(struct pipeline_result *);
