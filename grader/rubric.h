/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: questions and checks as structs. The same tables decode the author's text, where
 * references are still open, and the text filled in for one student, where every value must be what its type says.
 */
#pragma once

#include "grader/grader.h"

struct answer_type;
struct check_kind;

struct method { /* how something can be found: in one way or several, each of which leads there by itself */
    struct src_pos at;
    bool there; /* something stood there, readable or not */
    const char *sql;
    const char *command;      /* a line of sim/pipeline, in the lab's folder; each line of its output is a value */
    int validate;             /* the trail's digests: VALIDATE_MISSING, ...; 0 = not by them */
    const char *file, *match; /* below the lab; a pattern whose first group (or whole match) is the value */
};
enum { VALIDATE_MISSING = 1, VALIDATE_ALTERED };
enum way { WAY_SQL, WAY_FILE, WAY_VALIDATE, WAY_COMMAND, WAYS }; /* in the order in which one is chosen */
bool method_has(const struct method *, enum way);
bool method_any(const struct method *, enum way *ret_first);
struct hint {
    struct src_pos at;
    struct local_text text;
    int64_t cost;
    struct {
        const char *sql, *command;
        struct texts finds; /* what must stand in what they print: for verify alone, never shown or delivered */
    } shows;
};
struct diagnosis { /* a known wrong answer and what to say to it */
    struct src_pos at;
    unsigned width;
    const char *answer;
    struct local_text says;
    int64_t percent; /* of partial: what it is worth */
};
enum { PART_IS_MOST = 90 }; /* per cent: from here on a partly right answer is a second right one */
struct question {
    struct src_pos at;
    const char *id;
    struct local_text ask;
    const struct answer_type *type;
    const struct answer_type *of; /* of the items of set and order, of match's right sides; text without */
    int64_t points;
    const struct node *answer_node, *accept_node;
    struct texts answer, accept;
    struct texts options;
    const struct node *within_node;
    const char *within;
    int64_t tolerance_ms; /* time */
    double tolerance;     /* number */
    struct diagnosis *wrong, *partial;
    size_t n_wrong, n_partial;
    struct texts requires; /* ids of items before it that must be right */
    struct {               /* of sql */
        bool there, ordered, partial;
        int columns; /* enum columns_by */
    } compare;
    bool within_relative;      /* of sql: `tolerance` is a share */
    struct texts matches;      /* of rule: marks whose events it must find */
    int64_t precision, recall; /* of rule: per cent that count as right; 0 = all */
    struct method solve;
    struct list hints; /* struct hint */
};
struct condition { /* one kind of check with its parameters, or several joined */
    struct src_pos at;
    const struct check_kind *kind; /* NULL = nothing readable */
    void *params;                  /* struct of the kind */
    struct condition *parts;       /* of all, any, not */
    size_t n_parts;
};
struct check {
    struct src_pos at;
    const char *id;
    struct local_text title;
    int64_t points, penalty;
    bool veto;
    bool hidden;           /* the self-check does not tell of it: its title would say too much */
    struct texts requires; /* as of a question */
    struct condition what;
    unsigned conditions; /* how many kinds stood there: exactly one is right */
};
struct rubric {
    struct arena arena;
    const struct scenario *scenario;
    struct list questions; /* struct question */
    struct list checks;    /* struct check */
};

/* What the decode functions get as context. */
struct rubric_reader {
    const struct scenario *scenario;
    struct rubric *rubric;
    reference_fn *lookup; /* NULL: the author's text, references are still open */
    void *context;
};

extern const struct fields question_fields;
decode_fn decode_type;     /* of a question: const struct answer_type * */
decode_fn decode_partial;  /* of a question: sets partial; out is the struct question */
decode_fn decode_compare;  /* compare of a question; arg: its table */
decode_fn decode_wrong;    /* of a question: sets wrong; out is the struct question */
decode_fn decode_validate; /* enum of validate_ways; arg: their names */
decode_fn decode_method;   /* struct method; arg: its table */
decode_fn decode_sql;      /* const char *: a statement of sim/athena */
decode_fn decode_command;  /* const char *: a line of sim/pipeline */
extern const struct fields method_fields;
void method_check(struct decoder *, const struct method *);   /* what its table cannot see */
void question_check(struct decoder *, struct question *);     /* what its table cannot see; reads the answers by type */
void question_check_run(struct decoder *, struct question *); /* the same of one whose answer is run */
extern const struct fields compare_fields;
const struct fields *check_fields(struct arena *); /* id, points, ..., and every kind of check */
void check_check(struct decoder *, const struct node *, struct check *);

/* A mistake of a question or check that begins at `at`: told at its key, or where `text` stands under it (the pointer that was
 * decoded; NULL = the key). Where neither is known, at its beginning. */
void key_error(struct decoder *, struct src_pos at, const char *key, const char *text, const char *rule, const char *fmt, ...)
    PRINTF(6, 7);

bool still_open(const char *text); /* holds a reference that is not filled in */

/* Finds the question by id; NULL with "did you mean" in the error. */
const struct question *rubric_question(const struct rubric *, const char *id, struct err *);

/* ---- answers by their declared method ---- */

struct derived { /* zeroed = none; different values in the order in which they were found */
    struct arena arena;
    const char *list[100];
    size_t n;
    bool not_here; /* with an error: it is this machine that cannot run the command line */
};
/* Goes one way of the question's `solve`, whatever comes of it: none or several values are no error here. *athena is opened
 * when it is needed first, and then the caller's. */
struct athena;
bool derive_values(const struct lab *, const struct question *, enum way, struct athena **, struct derived *, struct err *);
/* What a command line prints in the lab, at most `most` bytes of it (the rest is let go). False with *not_here as above. */
bool derive_printed(const struct lab *, const char *command, size_t most, struct str *out, bool *ret_more, bool *ret_not_here,
                    struct err *);
void derived_add(struct str *sheet, const struct question *, const struct derived *); /* one line of the sheet */

/* ---- values of checks: a text with references, or, once filled in, a valid thing. All are const char *. ---- */

decode_fn decode_filled;    /* any text */
decode_fn decode_cidrs;     /* struct texts: networks, addresses, security groups */
decode_fn decode_server;    /* a server of the scenario */
decode_fn decode_group;     /* a security group of the scenario; filled in: its id */
decode_fn decode_mark;      /* a mark of the timeline */
decode_fn decode_path;      /* absolute, without "." and ".." */
decode_fn decode_globs;     /* struct texts: absolute paths, * and ? */
decode_fn decode_pattern;   /* a regular expression */
decode_fn decode_sha256;    /* 64 hexadecimal digits */
decode_fn decode_mode;      /* int64_t: "0644" */
decode_fn decode_address;   /* an IP address */
decode_fn decode_mentioned; /* a name that occurs in the cast or the timeline: else its absence cannot fail */

/* A regular expression with limits on its work, compiled. NULL with the mistake and where in `why`. */
struct pattern;
struct pattern *pattern_new(const char *text, struct str *why);
void pattern_drop(struct pattern **);
struct pattern_hit {
    size_t at, n; /* its first group, or all of it without one */
    size_t end;   /* of all of it */
};
/* 1, 0; -1 when the limit of work was reached. Is it all of the text, or anywhere behind `from`? `ret` may be NULL. */
int pattern_is_all(const struct pattern *, const char *s, size_t n);
int pattern_find(const struct pattern *, const char *s, size_t n, size_t from, struct pattern_hit *ret);
