/* SPDX-License-Identifier: MIT */
/* Private: one query's result beside another's. What is compared is what the cells say: 3 is 3.0, and a moment is a moment. */
#pragma once

#include "sim/athena/athena.h"

enum columns_by { COLUMNS_POSITION, COLUMNS_NAMES, COLUMNS_ANY };
extern const char *const columns_by_names[]; /* "position", "names", "any" */
enum { ROWS_SHOWN = 3, ROWS_MOST = 10000 };
struct row_rules {
    bool ordered;
    int columns;   /* enum columns_by */
    double within; /* tolerance of numbers; a share of the expected one when `relative` */
    bool relative;
};
struct row_difference {
    struct str columns;                            /* how the columns differ; then no row was compared */
    size_t hits;                                   /* rows that are right, each counted once */
    bool out_of_order;                             /* the right rows, but not in order; hits are those in their places */
    size_t missing[ROWS_SHOWN], extra[ROWS_SHOWN]; /* the first of them: rows of the expected, of the given result */
    size_t n_missing, n_extra;                     /* of these lists */
};
void rows_compare(const struct athena_result *expected, const struct athena_result *given, const struct row_rules *,
                  struct row_difference *);
void row_difference_drop(struct row_difference *);
/* "a | b | NULL", cut where it is long; control bytes are shown. */
void row_add(struct str *, const struct athena_result *, size_t row);
