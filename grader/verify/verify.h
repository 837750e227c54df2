/* SPDX-License-Identifier: MIT */
/*
 * Proving a scenario before it is handed out: for each of many seeds a lab is built aside, solved, repaired, left half
 * repaired, and searched for what should not be there. Depends on the grader and everything below it.
 *
 * A seed is proved in a process of its own, so that what one comes to (a crash included) is nobody else's. The solution of
 * the first of every eight seeds is written to the lab and graded as it would be handed in; the others' is played in memory,
 * and their digests are not signed, since nothing here reads a signature. Event history is a file where somebody asks for it.
 * Hints' command lines, and those of questions that can be found in another way as well, are run in each of up to ten seeds,
 * and in every twentieth of more.
 */
#pragma once

#include "grader/grader.h"

/* What is proved, in the order of the report. */
enum property {
    PROVE_SOLVABLE,
    PROVE_UNIQUE,
    PROVE_HINTS,
    PROVE_WRONG,
    PROVE_UNTOUCHED,
    PROVE_SOLUTION,
    PROVE_MUTATION,
    PROVE_VARIANTS,
    PROVE_LEAK,
    PROVE_CAUSALITY,
    PROVE_TELL,
    PROVE_REALISM,
    PROPERTIES
};
extern const struct property_row {
    const char *name; /* "solvable": stable, for machines */
    const char *says; /* what it means, one line */
    const char *unit; /* what is counted: "answers found" */
} verify_properties[PROPERTIES];

struct verify_plan {
    const char *scenario; /* name, folder or file, as it was typed: commands in the report repeat it */
    const char *seed;     /* this one alone; NULL = "1", "2", ... */
    unsigned seeds;       /* how many */
    unsigned jobs;        /* processes at a time; 0 = one per core */
    int64_t events;       /* records of everyday life; -1 = as the scenario says */
    bool every_way;       /* all command lines in every seed, however many there are */
    bool strict;          /* what would be warned of is refused, too */
    void (*progress)(void *context, const char *what, unsigned done, unsigned all); /* may be NULL */
    void *context;
    const volatile int *cancelled; /* ends it when it is not 0; may be NULL */
};
struct verify_finding {
    enum property property;
    enum severity severity;
    struct src_pos at;            /* in the scenario; line 0 = the file as a whole */
    const char *message;          /* of the first seed that showed it */
    const char *file;             /* of the lab, where it is to be seen; NULL = none */
    const char *about;            /* what makes it the same fault with another seed, beside its place */
    const char *seed, *last_seed; /* that showed it: the first, the last */
    unsigned seeds;               /* how many showed it */
    const char *command;          /* that shows it */
};
struct verify_report { /* zeroed = empty; everything in it lives in its arena */
    struct arena arena;
    const char *scenario, *file;
    unsigned seeds, jobs;
    unsigned written; /* seeds whose solution was written to the lab, read again and graded */
    int64_t events;
    struct verify_finding *findings; /* by property, then place */
    size_t n, cap;
    size_t n_errors;
    uint64_t facts[PROPERTIES]; /* how many were looked at, over all seeds */
    double variants;            /* how many the scenario's `vary` allows; times and addresses included */
    int64_t took_ms;
};
/* False when it could not be done at all: mistakes in the scenario (in `diags`), no SQL engine, no room. What is wrong with
 * the scenario otherwise is in the report. */
bool verify(const struct verify_plan *, struct verify_report *, struct diags *, struct err *);
void verify_report_drop(struct verify_report *);
void verify_text(const struct verify_report *, struct str *out);
void verify_html(const struct verify_report *, struct str *out); /* one page, read without script */
json_t *verify_json(const struct verify_report *);
/* What is asked of the trail's records, whatever the scenario: [{property, says, sql}]. A query that finds a row finds a fault.
 */
json_t *verify_rules(void);
/* How many different draws the scenario allows: the product of its variables' (a double: it may be astronomical). */
double verify_variants(const struct scenario *);
