/* SPDX-License-Identifier: MIT */
/*
 * What a student stands at: the attempts of results/ID.json, the class's rules, what people decided by hand. A pure function
 * of these three, so that results stay as they were judged. Depends on class.
 *
 * class.json, all optional:
 *
 *     "grading": {"attempts": 3, "penalty": 10, "keep": "best", "deadline": "2026-03-01T23:59:00Z",
 *                 "late": [{"after": "0s", "percent": 90}, {"after": "24h", "percent": 50}]}
 *
 * attempts: how many count, 0 any number; what cannot be graded is none. penalty: per cent of its points that each attempt
 * loses for every one before it. keep: the best or the last. late: what a score is worth when it came that much after the
 * deadline; a column "deadline" of the roster gives a student an own one. An upload that its LMS marked late and whose time is
 * not known counts as just late.
 *
 * overrides.csv beside it: student,item,points,reason. item: an item's id, or "total" for the score as a whole. Of two lines
 * about the same the last counts. More than the item is worth is taken for a slip.
 */
#pragma once

#include "grader/class/class.h"

#define LATE_STEPS 16
struct late_step {
    int64_t after_ms, percent;
};
struct class_rules {
    int64_t attempts, penalty;
    enum { KEEP_BEST, KEEP_LAST } keep;
    int64_t deadline_ms; /* 0 = none */
    struct late_steps {
        struct late_step list[LATE_STEPS];
        size_t n;
    } late;
};
/* Of class.json; nothing there: no limits. What is wrong is in the class's `told`, all of it, with its place. */
bool rules_read(struct class *, struct class_rules *, struct err *);

struct override {
    const char *student, *item, *reason;
    int64_t points; /* hundredths */
    struct override_place {
        struct src_pos at;
        unsigned width;
    } item_at, points_at;
    bool wrong; /* it was told */
};
struct overrides {
    struct arena arena;
    struct override *list;
    size_t n, cap;
};
bool overrides_read(struct class *, struct overrides *, struct err *); /* no file: none */
/* False, and an error that counts them, when standings were read to which some of them do not fit. */
bool overrides_good(const struct overrides *, struct err *);
/* Marks that were filled in in a marking sheet go to overrides.csv, where they stay; *ret_n: how many were new there. False
 * when some contradict what stands there already. */
bool overrides_adopt(struct class *, const char *sheet, size_t *ret_n, struct err *);
void overrides_drop(struct overrides *);

struct attempt { /* texts live as long as the result */
    const json_t *json;
    const char *outcome;
    bool counts;    /* graded, and within the number of attempts */
    int64_t points; /* after penalty and lateness, hundredths */
};
struct standing {
    struct arena arena;
    const struct student *student;
    json_t *result;
    struct attempt *attempts;
    size_t n, counted;
    size_t kept; /* which attempt the grade is from */
    bool graded;
    bool untimed;         /* when that was handed in is not known, and would matter: it counts as in time */
    bool outdated;        /* that was judged before the scenario was corrected */
    struct report report; /* of that attempt, overrides applied; of one that is not graded, its reason */
    int64_t raw;          /* hundredths, before penalty and lateness; report.score is after them */
    const char *why;      /* what was done to the score, in a sentence; NULL = nothing */
};
/* `folder`: results, or what a regrade came to. False when the student's file cannot be read. Overrides that do not fit what
 * was marked are told in the class's `told` and left out: whoever has read all standings asks overrides_good(). */
bool standing_read(struct class *, const char *folder, const struct class_rules *, struct overrides *, const struct student *,
                   struct standing *, struct err *);
void standing_drop(struct standing *);
