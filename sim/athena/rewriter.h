/* SPDX-License-Identifier: MIT */
/* What the rewriter's files share: rewrite.c walks, tables.c and calls.c do the parts. Private to sim/athena.
 * What gives a place gives the one to go on from, or SIZE_MAX after setting the error. */
#pragma once

#include "sim/athena/rewrite.h"

struct rewriter {
    const struct tokens *t;
    struct rewritten *to;
    unsigned depth;
    size_t list_end; /* where the last select list ended: the one place where FROM may stand */
    struct err *e;
};
bool one_of(const struct rewriter *, size_t i, const char *const *words);
size_t find_word(const struct rewriter *, size_t i, size_t to, const char *const *words);

bool refuse(struct rewriter *, size_t i, const char *expected);
bool refuse_open(struct rewriter *, size_t i, size_t to); /* the bracket at i has no end */
bool fail_at(struct rewriter *, size_t i, const char *code, const char *fmt, ...) PRINTF(4, 5);

void put(struct rewriter *, size_t i);
void put_text(struct rewriter *, size_t i, const char *text);
void put_macro(struct rewriter *, size_t i, const char *name); /* athena_NAME, which will be made */
void put_name(struct rewriter *, size_t i, const char *name);  /* quoted */

bool range(struct rewriter *, size_t from, size_t to);
bool walk(struct rewriter *, size_t from, size_t to, bool in_from); /* the same, perhaps from amid a FROM clause on */
size_t brackets(struct rewriter *, size_t i, size_t to);
size_t names(struct rewriter *, size_t i);
size_t call(struct rewriter *, size_t i, size_t to);  /* calls.c: from the function's name */
size_t table(struct rewriter *, size_t i, size_t to); /* sources.c: what comes after FROM, JOIN or a comma there */
bool type(struct rewriter *, size_t from, size_t to); /* types.c: of a cast */
bool type_as_json(struct rewriter *, size_t from, size_t to, struct str *); /* .. as json_transform() wants it */

/* strict.c: false with an error for what Athena refuses and DuckDB would not. */
bool strict_comparison(struct rewriter *, size_t i);                                               /* the operator at i */
bool strict_aliases(struct rewriter *, size_t i, size_t to, const char *const *aliases, size_t n); /* behind a select list */
