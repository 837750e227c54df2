/* SPDX-License-Identifier: MIT */
/* Private: small tables that a teacher writes, by the names of their columns. */
#pragma once

#include "grader/class/class.h"
#include "grader/class/csv.h"

/* Reads a file and finds its columns; `names` ends with NULL, at[i] is the column of names[i]. False, naming file, line and
 * column, when it cannot be read or a column is missing (those after `required` may be: -1). */
bool columns_read(const char *path, struct csv *, const char *const *names, size_t required, int *at, struct err *);
const char *column_text(const struct csv_row *, int at); /* "" where the row has none */
/* The student of a row; NULL with an error that names the line. */
const struct student *column_student(const struct roster *, const char *path, const struct csv_row *, int at, struct err *);
