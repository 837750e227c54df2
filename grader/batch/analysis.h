/* SPDX-License-Identifier: MIT */
/*
 * A whole class looked at: who stands where, how each item did, what is alike. Everything here is evidence for a person who
 * knows the class; nothing is a verdict and nothing changes a grade. Depends on class.
 */
#pragma once

#include "grader/batch/standing.h"

struct item { /* of the rubric, over all who have a grade */
    const char *id, *title;
    enum finding_kind kind;
    int64_t max;          /* hundredths; 0 of penalties and vetoes */
    size_t n;             /* students with a grade */
    size_t right, partly; /* pass; partial */
    size_t errors;        /* could not be decided, waits for a person */
    double facility; /* mean / max of the attempt that is kept, where it is decided (NAN: nowhere); of penalties: share of those
                        who kept it */
    double first;    /* the same of everybody's first attempt that counts */
    double discrimination;    /* correlation with the rest of the score; NAN = all alike */
    size_t hints;             /* taken, all together */
    double tries;             /* mean number of attempts until right, of those who got it right; NAN = nobody */
    size_t n_first, n_solved; /* students behind `first`; behind `tries` */
    int64_t seconds;          /* of a question: median of time at work before it was answered; -1 = of nobody is it known */
    size_t timed;             /* students behind it */
};
struct cell {
    signed char outcome; /* enum judged; -1 = no grade */
    int64_t points;
};
struct row { /* a student */
    const struct student *student;
    bool handed_in, graded;
    size_t attempts, counted;
    int64_t score, max, raw;
    unsigned hints;
    int64_t seconds, *times; /* at work, and by item; -1 = not known (grader/pace.h) */
    size_t n_times;
    const char *why, *not_graded, *vetoed;
    struct cell *cells; /* by item */
    size_t n_cells;
};
struct likeness {     /* one thing that two or more students have in common */
    const char *kind; /* for machines: "another's value", "same bytes", "same answers", "same steps", "near-identical text",
                         "hardly any time" */
    const char *says; /* the kind, in the class's language, as what follows */
    const char **students;
    size_t n;
    const char *what; /* in words */
    const char *base; /* how often that is so in this class, or why it cannot be chance */
    double rarity;    /* smaller = rarer; for sorting only */
};
struct unclaimed {            /* an upload of nobody in the roster */
    const char *upload, *why; /* "no-archive: a PDF: expected a tar.gz, tar or zip" */
};
struct analysis {
    struct arena arena;
    struct class *class;
    struct item *items;
    size_t n_items, cap_items;
    struct row *rows; /* in the roster's order */
    size_t n, graded, handed_in;
    size_t outdated;                           /* of those with a grade, struct standing's */
    size_t untimed;                            /* of those with a grade, struct standing's */
    bool idle_deadline;                        /* there is one in the rules, and nothing that lateness costs */
    struct likeness *alike;                    /* rarest first */
    size_t n_alike, cap_alike, alike_left_off; /* more common than the last one in it, which a page could not hold */
    struct unclaimed *unclaimed;               /* by name */
    size_t n_unclaimed, cap_unclaimed;
    const char **handed; /* results_key() of all attempts */
    size_t n_handed, cap_handed;
    size_t timed;     /* students with a grade whose time at work is known */
    int64_t median_s; /* of it; -1 = of nobody */
    size_t compared;  /* students with a grade that were compared */
};
/* Reads every student's results. Who answered with another's value has his lab made again, a fifth of a second each: `progress`
 * (may be NULL) is told of that, without a context. */
bool analysis_make(struct class *, void (*progress)(void *context, const char *what, unsigned done, unsigned all),
                   struct analysis *, struct err *);
void analysis_drop(struct analysis *);
void analysis_html(const struct analysis *, struct str *out); /* one page, no script, nothing loaded */
json_t *analysis_json(const struct analysis *);
void analysis_text(const struct analysis *, struct str *out); /* a screen: distribution, items, what is alike */

/* Those that lie in results/unclaimed and are nobody's attempt: a run may have been killed before it took one away. */
bool unclaimed_take(struct analysis *, struct err *);

/* Sorts the list; of an even number what lies between the two in the middle; -1 = of nothing. */
int64_t analysis_median(int64_t *list, size_t n);

/* ---- time at work ---- */

/* `facts` of the attempt that is kept; when all are taken, time_finish(). */
void time_take(struct analysis *, struct row *, const json_t *facts);
void time_finish(struct analysis *);
int64_t time_minutes(int64_t seconds);                                  /* begun ones count */
size_t time_slowest(const struct analysis *, const struct item **list); /* those that are known; list has room for all items */
