/* SPDX-License-Identifier: MIT */
/* Private to class and batch: CSV as LMS and spreadsheets write it, in cells that know where they stand. Depends on yaml
 * (mistakes) and base. */
#pragma once

#include "sim/yaml/yaml.h"

struct csv_cell {
    const char *text;          /* without quotes, blanks around it cut off */
    unsigned line, col, width; /* col and width in characters, as it stands in the file */
};
struct csv_row {
    struct csv_cell *cells;
    size_t n, cap;
    unsigned line;
};
struct csv { /* zeroed = empty; texts live in the arena, the arrays until csv_drop() */
    struct arena arena;
    const char *text; /* the file as UTF-8, without a byte order mark */
    size_t len;
    char delimiter; /* , ; or tab: what the first line has most of */
    struct csv_row *rows;
    size_t n, cap;
};
struct csv_limits {
    size_t bytes, rows, columns;
};
/* Rows whose cells are all empty are left out. False after telling every mistake, each with its place. */
bool csv_read(const char *file, const char *text, size_t len, const struct csv_limits *, struct csv *, struct diags *);
void csv_drop(struct csv *);
