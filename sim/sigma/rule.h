/* SPDX-License-Identifier: MIT */
/* Private: what a rule and a log are made of. */
#pragma once

#include "sim/sigma/sigma.h"

/* ---- values that a field is compared with ---- */

enum compare { COMPARE_TEXT, COMPARE_REGEX, COMPARE_NET, COMPARE_NUMBER, COMPARE_NULL, COMPARE_EXISTS };
enum number_way { NUMBER_LT, NUMBER_LTE, NUMBER_GT, NUMBER_GTE };
struct wild { /* a text with wildcards: bytes, WILD_ANY, WILD_ONE */
    uint16_t *list;
    size_t n;
};
enum { WILD_ANY = 256, WILD_ONE = 257 };
struct regex;
struct matcher {
    enum compare compare;
    bool cased;
    struct wild wild;
    struct regex *regex; /* the rule's list of them frees it */
    struct cidr net;
    enum number_way way;
    double number;
    bool there; /* of exists */
};
struct value { /* of a record */
    enum value_kind { VALUE_NULL, VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL, VALUE_OBJECT, VALUE_LIST } kind;
    const char *s; /* a text as it is, everything else as JSON writes it */
    size_t n;
};
/* 1, 0; -1 when a regular expression reached its limit. */
int matcher_matches(const struct matcher *, const struct value *);
/* Reads \* and \? and \\ as Sigma does; ANY in front and behind as asked for. */
struct wild wild_read(struct arena *, const char *text, bool open_start, bool open_end);

enum { REGEX_CASELESS = 1, REGEX_LINES = 2, REGEX_DOT_ALL = 4 };
struct regex *regex_new(const char *text, unsigned flags, struct str *why);
void regex_free(struct regex *);

/* ---- selections ---- */

struct item {          /* field|modifiers: values */
    const char *field; /* NULL = keywords: any field */
    bool all, negated;
    struct matcher *matchers;
    size_t n;
};
struct map { /* all items hold */
    struct item *items;
    size_t n;
};
struct selection { /* any map holds */
    const char *name;
    struct map *maps;
    size_t n;
};

/* ---- conditions ---- */

enum logic { LOGIC_SELECTION, LOGIC_NOT, LOGIC_AND, LOGIC_OR };
struct logic_node {
    enum logic kind;
    size_t selection;
    struct logic_node **parts;
    size_t n, cap;
};

enum { MOST_SELECTIONS = 64, MOST_MATCHERS = 500, MOST_REGEXES = 20, MOST_DEPTH = 32 };
struct sigma_rule {
    struct arena arena;
    struct selection *selections;
    size_t n;
    struct logic_node *condition;
    struct regex *regexes[MOST_REGEXES];
    size_t n_regexes, n_matchers;
};
/* NULL after it told the mistake. */
struct logic_node *condition_read(struct sigma_rule *, const struct node *, struct diags *);

/* ---- the log ---- */

struct interned { /* different texts, by number */
    struct value *list;
    size_t n, cap;
    uint32_t *slots; /* number + 1; 0 = free */
    size_t n_slots;
};
struct entry {
    uint32_t path, value;
};
struct record {
    size_t first, n; /* of the entries */
    struct sigma_event event;
};
struct sigma_log {
    struct arena arena;
    struct interned paths, values;
    struct entry *entries;
    size_t n_entries, cap_entries;
    struct record *records;
    size_t n, cap;
};
/* The number of a path; SIZE_MAX if no record has it. */
size_t log_path(const struct sigma_log *, const char *path);
