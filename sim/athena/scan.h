/* SPDX-License-Identifier: MIT */
/* The one source of rows that the engine has: a table function over the import. Private to sim/athena. */
#pragma once

#include "sim/athena/duckdb.h"
#include "sim/athena/store.h"

#define SCAN_FUNCTION "cafelab_scan"

struct scan_source {
    const struct duckdb *duckdb;
    const struct store *store;
    const struct logs *logs;
    int64_t *scanned; /* bytes of the logs that scans were started on are added */
};
/* cafelab_scan(prefix): the records of all logs whose path below s3/ begins with `prefix`, a row of all columns each, and
 * behind them "$path". The source must outlive the connection. Texts are not copied: they lie in the import's map. */
bool scan_register(duckdb_handle connection, struct scan_source *, struct err *);
