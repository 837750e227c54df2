/* SPDX-License-Identifier: MIT */
/*
 * Private to grader, the folders below it, and `query --rule`: types of answers. A type reads a text to its normal form, so
 * that meaning is judged and not spelling; the same function reads the author's key, the known wrong answers and what the
 * student wrote.
 */
#pragma once

#include "grader/rubric.h"

struct reading { /* a text, understood; which members count depends on the type */
    const char *norm;
    double number;
    int64_t ms, wall_ms; /* the instant; and what the clock on the wall showed, taken as if it were UTC */
    bool zoned;
    struct cidr cidr;
    const char *left; /* of a pair; the others are of what stands on the right */
};
struct reader {
    struct arena *arena;
    const struct question *question;
    struct world *world;     /* as delivered: names and ids of principals, hashes of files; NULL while linting */
    struct running *running; /* logs that queries and rules are run over; NULL: nothing can be run */
};
struct verdict;
struct answer_type {
    const char *name, *says; /* says: for the sheet, the guide and messages: "an address such as 192.0.2.7" */
    enum { TAKES_ONE, TAKES_SET, TAKES_ORDER, TAKES_PAIRS } takes;
    bool needs_options, may_within;
    bool manual; /* a person marks it: the answer in the scenario is what a good one holds */
    /* False with one line in `why`: what is wrong with the text and what was expected. */
    bool (*read)(const struct reader *, const char *text, struct reading *, struct str *why);
    bool (*same)(const struct question *, const struct reading *key, const struct reading *given);
    bool (*same_wrong)(const struct question *, const struct reading *wrong, const struct reading *given); /* NULL: as same */
    /* What a near miss looks like, in words; adds nothing when it does not look like one. NULL: no such thing. */
    void (*near_miss)(const struct reading *key, const struct reading *given, struct str *says);
    /* Of an answer that is run, and judged by what comes of it; it is written as a block of lines. NULL: it is compared. */
    void (*judge)(const struct reader *, const char *text, struct verdict *);
};
extern const struct answer_type answer_types[];
extern const size_t n_answer_types;
const struct answer_type *answer_type_find(const char *name);
const struct answer_type *answer_item_type(const struct question *); /* of the items of a list, else of the answer */
const char *answer_type_says(const struct answer_type *,
                             const char *language); /* for the sheet; in English where untranslated */

bool says_nothing(const char *text); /* nothing but blanks and quotes: no answer */
/* Trimmed, one blank between words, quotes around it gone, letters small; in the arena. */
const char *plain_text(struct arena *, const char *text);
/* Trimmed, quotes and backticks around it gone; case kept. Of what is not on keyboards dashes and blanks are those that are,
 * and what nobody sees is gone. */
const char *bare_text(struct arena *, const char *text);
const char *trimmed_text(struct arena *, const char *text); /* the same, and the rest as it was written: of an essay */
/* A moment in any zone and spelling, an address, or plain_text(): for comparing what two students wrote. */
const char *answer_spelled_once(struct arena *, const char *text);
bool same_norm(const struct question *, const struct reading *key, const struct reading *given);
/* Of "left = right"; of a text without the sign all of it. */
const char *pair_left(struct arena *, const char *text);
const char *pair_right(const char *text);
bool pair_is_open(const char *text);      /* nothing stands on the right yet */
bool pair_is_untouched(const char *text); /* "left = ", as it stands in the sheet: no answer of any type */

typedef bool read_fn(const struct reader *, const char *text, struct reading *, struct str *why);
read_fn read_plain, read_choice, read_number, read_time, read_ip, read_cidr, read_principal, read_arn, read_event, read_hash,
    read_file, read_whole, read_sql, read_rule, read_pair;
bool same_file(const struct question *, const struct reading *key, const struct reading *given);
bool same_number(const struct question *, const struct reading *key, const struct reading *given);
bool same_time(const struct question *, const struct reading *key, const struct reading *given);
bool same_wrong_time(const struct question *, const struct reading *wrong, const struct reading *given);
bool same_pattern(const struct question *, const struct reading *key, const struct reading *given);
bool same_pair(const struct question *, const struct reading *key, const struct reading *given);
void near_time(const struct reading *key, const struct reading *given, struct str *says);
void near_number(const struct reading *key, const struct reading *given, struct str *says);
void near_hash(const struct reading *key, const struct reading *given, struct str *says);
void near_cidr(const struct reading *key, const struct reading *given, struct str *says);

/* ---- judging ---- */

enum { VERDICT_EXHIBITS = 12 };
struct verdict {
    enum judged outcome;
    const char *language;    /* that sentences are in */
    int64_t hits, of, extra; /* of the question's points: max(0, hits - extra) / of */
    struct str found, feedback;
    struct exhibit evidence[VERDICT_EXHIBITS]; /* texts in the reader's arena */
    size_t n_evidence;
};
void verdict_show(struct verdict *, const struct exhibit *);           /* what does not fit is left out */
void verdict_say(struct verdict *, const char *fmt, ...) PRINTF(2, 3); /* a sentence of feedback */
void str_add_words(struct str *, const char *text);                    /* one blank between them, whatever stands there */
void judge_sql(const struct reader *, const char *text, struct verdict *);
/* What is to be run cannot be: an error that says nothing of the answer, or left to a person. */
void judge_not(const struct reader *, const char *why, struct verdict *);
void judge_undelivered(const struct reader *, struct verdict *); /* of a live lab, whose logs hold nothing of it */
void judge_rule(const struct reader *, const char *text, struct verdict *);
bool rule_is_sql(const char *text);
void verdict_drop(struct verdict *);
/* `given` is what the sheet holds: none, one or several texts. The question is filled in. */
void judge(const struct reader *, const char *language, const struct texts *given, struct verdict *);
