/* SPDX-License-Identifier: MIT */
/* Private: small tables that a teacher writes, by the names of their columns. Every mistake is told, with line and column. */
#pragma once

#include "grader/class/class.h"
#include "grader/class/csv.h"

#define COLUMNS_MAX 4 /* at most */
struct columns {      /* zeroed = empty: no rows */
    const char *path; /* the caller's */
    struct csv csv;   /* row 0 holds the columns' names */
    int at[COLUMNS_MAX];
    struct diags *diags; /* where mistakes go, the caller's */
    size_t known;        /* how many stood there before */
};
/* Reads a file and finds its columns, all of which it must have; `names` ends with NULL. False when there is nothing to go on
 * with. */
bool columns_read(struct columns *, const char *path, const char *const *names, struct diags *, struct err *);
int columns_find(const struct columns *, const char *name);                  /* one that may be there; -1 = it is not */
const char *columns_text(const struct columns *, size_t row, size_t column); /* "" where the row has none */
/* Where a cell stands, the row where it has none, and how wide it is. */
struct src_pos columns_place(const struct columns *, size_t row, size_t column, unsigned *ret_width);
void columns_wrong(struct columns *, size_t row, size_t column, const char *rule, const char *fmt, ...) PRINTF(5, 6);
/* The student of a row; NULL when it is nobody, or several may be meant. */
const struct student *columns_student(struct columns *, const struct roster *, size_t row, size_t column);
/* False, and an error that counts them, when there were mistakes. */
bool columns_good(const struct columns *, struct err *);
bool none_wrong(size_t n, const char *path, struct err *); /* the same of any file */
void columns_drop(struct columns *);
