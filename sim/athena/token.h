/* SPDX-License-Identifier: MIT */
/* SQL text cut into tokens that know where they stand. Private to sim/athena; depends on base. */
#pragma once

#include "sim/base/base.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* select, eventname */
    TOKEN_QUOTED, /* "$path" */
    TOKEN_TICKED, /* `timestamp`: DDL only */
    TOKEN_TEXT,   /* 'it''s' */
    TOKEN_NUMBER, /* 1, 0.5, 1e3 */
    TOKEN_MARK,   /* ( ) , . [ ] + - * / % = < > <> != <= >= || -> : ; */
};
struct token {
    enum token_kind kind;
    uint32_t at, len;   /* in the text, quotes included */
    uint32_t line, col; /* from 1; Trino counts characters, and so does this */
};
struct tokens { /* zeroed = none; the last is a TOKEN_END */
    const char *sql;
    struct token *items;
    size_t n, cap;
};
#define SQL_MAX (256u << 10) /* Athena's own limit for a query string */
/* The text must outlive the tokens. False, in Athena's words, for text that no token begins with or that never ends. */
bool tokens_read(struct tokens *, const char *sql, size_t n, struct err *);
void tokens_drop(struct tokens *);

/* Beyond the end they see the TOKEN_END. */
const struct token *token_at(const struct tokens *, size_t i);
bool token_is(const struct tokens *, size_t i, const char *word); /* a keyword, any case, or a mark */
bool token_is_name(const struct tokens *, size_t i);              /* word or "quoted" */
/* The text without quotes, in the arena. */
char *token_text(const struct tokens *, size_t i, struct arena *);
/* The place of the bracket that closes the one at `i`; the TOKEN_END's place if none does. */
size_t token_close(const struct tokens *, size_t i);
/* "line 1:8: mismatched input 'x'" and what was expected (NULL: nothing is said). Returns false. */
bool token_mismatch(const struct tokens *, size_t i, const char *expected, struct err *);
