/* SPDX-License-Identifier: MIT */
/* Private to sim/host: a command line as a tree. Words are as typed, quotes and all; they are expanded when they are run. */
#pragma once

#include "sim/host/machine.h"

enum redirect_kind { REDIRECT_IN, REDIRECT_OUT, REDIRECT_APPEND, REDIRECT_BOTH, REDIRECT_DUP, REDIRECT_TEXT };
struct redirect {
    struct redirect *next;
    enum redirect_kind kind;
    int fd;           /* 0, 1, 2 */
    int to;           /* REDIRECT_DUP */
    const char *word; /* file; REDIRECT_TEXT: the text itself (<<<) */
};
enum compound { COMPOUND_NONE, COMPOUND_GROUP, COMPOUND_SUBSHELL, COMPOUND_IF, COMPOUND_WHILE, COMPOUND_UNTIL, COMPOUND_FOR };
struct simple { /* one command of a pipeline */
    struct simple *next;
    const char **words;
    size_t n, cap;
    struct redirect *redirects;
    enum compound kind;
    struct line_list *inner; /* of all but COMPOUND_NONE: what stands in the parentheses, after do or then; words are for's */
    struct line_list *test;  /* of if, while, until */
    struct line_list *other; /* of if: else and elif; NULL = none */
    const char *variable;    /* for's */
    unsigned line;
};
enum joined { JOIN_ALWAYS, JOIN_AND, JOIN_OR };
struct pipeline {
    struct pipeline *next;
    enum joined joined; /* to the one before */
    bool negated;
    struct simple *first;
};
struct line_list {
    struct pipeline *first;
};
/* NULL when it is no command line; *why is bash's complaint ("syntax error near unexpected token `;'"). */
struct line_list *shell_parse(struct arena *, const char *text, const char **why);

struct fields {
    const char **list; /* in the machine's arena, ends with NULL */
    size_t n, cap;
};
bool shell_expand(struct shell *, const struct streams *, const char *word,
                  struct fields *);                                                     /* splits and globs; false: told */
const char *shell_expand_one(struct shell *, const struct streams *, const char *word); /* one text; NULL: told */
