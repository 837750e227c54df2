/* SPDX-License-Identifier: MIT */
/* CloudTrail log files read strictly and fast: {"Records":[{..},..]} in, one row of cells per record out. Private to
 * sim/athena; depends on base. The text is not trusted. */
#pragma once

#include "sim/athena/columns.h"

struct cell {
    const char *s; /* NULL = SQL NULL; in the text itself or, where it had escapes, in the reader's memory */
    uint32_t n;
};
struct records { /* zeroed = none; may be read into again and again: each time the rows before are gone */
    struct cell (*rows)[LEAVES];
    size_t n, cap;
    struct arena arena; /* texts that had escapes */
};
void records_drop(struct records *);

/* False, with what is wrong and at which byte, when `s` is not JSON, not UTF-8, nested too deep, has no list of records
 * or more of them than RECORDS_MAX. s[n] must be NUL. */
#define RECORDS_MAX 100000 /* CloudTrail's own files hold some hundred */
bool records_read(const char *s, size_t n, struct records *, struct err *);

/* Cells that hold JSON text: a row for every element of a list ({..} by the fields of `leaf`), or for every key and
 * value of a map (row[0], row[1]). What comes after a mistake is left out. s[n] must be NUL. */
void records_read_list(const char *s, size_t n, size_t leaf, struct records *);
void records_read_map(const char *s, size_t n, struct records *);
