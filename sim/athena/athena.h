/* SPDX-License-Identifier: MIT */
/*
 * Athena SQL over the CloudTrail files below s3/, by DuckDB loaded at run time. Depends on base.
 *
 * The tables `cloudtrail_logs_<bucket>` (hyphens as underscores) and `logs` are there from the start, with the columns
 * and types of the console's CREATE EXTERNAL TABLE; that statement is accepted, too. Nothing but these logs can be read,
 * nothing can be written. Trino's dialect is reached by macros and a small rewriter (docs/athena.md lists the rest).
 */
#pragma once

#include "sim/base/base.h"

struct athena;
struct athena_log {   /* a log file that somebody has at hand */
    const char *path; /* "s3/bucket/AWSLogs/..." */
    const char *text; /* unpacked; text[n] is NUL. It may go once the engine is open */
    size_t n;
};
struct athena_options {
    const char *lab; /* the lab directory: logs below LAB/s3, import kept in LAB/.cafelab/athena */
    /* Or, with a NULL lab, these logs, in the order of their paths: then no file is touched, no thread is started, and tables
     * are those from the start. */
    const struct athena_log *logs;
    size_t n_logs;
    int64_t now_ms;                                               /* what now() and current_timestamp say: lab time */
    int64_t timeout_ms;                                           /* of a statement; 0 = 60 s */
    int64_t memory_mib;                                           /* 0 = 512 */
    unsigned threads;                                             /* of the import; 0 = as many as there are cores */
    void (*progress)(void *context, uint64_t done, uint64_t all); /* of the import, in bytes; one call at a time, from any
                                                                     thread; may be NULL */
    const volatile int *cancelled; /* ends import and statements when it is not 0; may be NULL, else outlives the engine */
    void *context;
    const char *const *more_buckets; /* without logs yet, in which tables may lie; ends with NULL. NULL = none */
    bool later;                      /* logs are read, and DuckDB is loaded, with the first query: DDL needs neither */
    size_t most_rows;                /* of a result; 0 = as many as there is room for */
    /* For statements of strangers, in a process that may do next to nothing: once open, no thread is started and no file is
     * touched. Only queries are run, and timeout_ms is of the process's CPU time, by SIGPROF: one engine, one thread. */
    bool alone;
};
/* Starts an engine ahead, which takes longer than most queries: the next athena_open() that asks for as much memory takes it
 * over, in this process and in each that is forked from it before. For one that forks many, or that can open no file later.
 * False: as athena_open(). */
bool athena_prepare(int64_t memory_mib, struct err *);
void athena_unprepare(void); /* ends it where nobody took it */
/* NULL on failure: no DuckDB library (says how to get it), no such lab. Damaged log files are named in `warnings`
 * (one line each), left out, and not fatal. */
struct athena *athena_open(const struct athena_options *, struct str *warnings, struct err *);
/* Whether logs came, went or changed since: it still answers from those it was opened with. */
bool athena_is_stale(const struct athena *);
void athena_close(struct athena *);
void athena_drop(struct athena **);

struct athena_column {
    const char *name; /* as Athena prints it: a table's own are lower case, one that the query names is as it is typed there,
                         an expression without a name is _col0, _col1, .. by its place */
    const char *type; /* Athena's: varchar, bigint, boolean, timestamp(3), row(...), array(...) */
};
struct athena_result { /* zeroed = empty; rows are text as Athena returns them, NULL = SQL NULL */
    struct arena arena;
    struct athena_column *columns;
    size_t n_columns;
    const char **cells; /* n_rows * n_columns */
    size_t n_rows;
    const char *statement; /* "DML", "DDL", "UTILITY" as GetQueryExecution says */
    int64_t time_us;
    int64_t scanned; /* bytes of the logs that it read, as they lie in S3 */
};
/* One statement as it would be typed in Athena's editor. The error says it in Athena's words where it has some, with
 * line:column of the author's own text. athena_interrupt() from a signal handler or thread ends it. */
bool athena_query(struct athena *, const char *sql, struct athena_result *, struct err *);
void athena_result_drop(struct athena_result *);
void athena_interrupt(struct athena *);
/* Of the next statements. `alone`: one that goes on for a second more, since DuckDB does not look whether it is to stop while
 * it takes a single step, ends the process with `exit_status`. 0 = it is waited for. */
void athena_set_timeout(struct athena *, int64_t timeout_ms, int exit_status);

/* Rendering. */
/* Aligned; lines are cut at `width` characters (0 = not). True if any was. */
bool athena_add_table(struct str *, const struct athena_result *, unsigned width);
void athena_add_csv(struct str *, const struct athena_result *);  /* every field quoted, as Athena writes */
void athena_add_json(struct str *, const struct athena_result *); /* [{column: value}]; numbers and booleans as such */

/* ---- the two files that a statement leaves in S3: <id>.csv or <id>.txt, and the same with .metadata ---- */

struct athena_column_info {  /* as GetQueryResults has it */
    const char *name, *type; /* type without its parameters: "varchar", "row", "timestamp" */
    int64_t precision, scale;
    bool case_sensitive;
};
void athena_add_result(struct str *, const struct athena_result *); /* CSV of queries; else a line a row, cells apart by tabs */
void athena_add_metadata(struct str *, const struct athena_result *); /* protocol buffers */
/* Back again, from anybody's bytes. Columns in the arena; false: it is no such file. */
#define ATHENA_MAX_COLUMNS 4096
bool athena_read_metadata(const char *, size_t, struct arena *, struct athena_column_info **ret, size_t *ret_n);
/* The next row of n_columns cells (NULL = SQL NULL; in the arena) from the file's bytes at *at, which goes on behind it. False
 * at the end, and for what is no whole row. */
bool athena_read_row(const char *, size_t, bool csv, size_t n_columns, size_t *at, struct arena *, const char **cells);

/* The text of every log file below LAB/s3, in the order of their paths ("s3/bucket/AWSLogs/..."), until `each` says false.
 * Damaged ones are named in `warnings` and left out. */
bool athena_each_log(const char *lab, bool (*each)(void *context, const char *path, const char *text, size_t n, struct err *),
                     void *context, struct str *warnings, struct err *);

/* As the console names the table of a bucket's logs: what is no letter or digit becomes an underscore. */
const char *athena_table_name(struct arena *, const char *bucket);

/* ---- the same table in the real engines ---- */

struct athena_logs {
    const char *table, *bucket;
    const char *prefix;         /* "AWSLogs/123456789012/CloudTrail": below it region/year/month/day */
    const char *const *regions; /* ends with NULL; NULL = no partitions, as in CloudTrail's console ("athena" alone) */
    const char *from, *to;      /* days: "2025/10/10", "NOW" */
};
/* Statements for "athena", "trino" or "spark" that make the table, with partitions that follow from the path. False: no such
 * engine. */
bool athena_add_ddl(struct str *, const char *engine, const struct athena_logs *);

/* Whether the text is one statement of the dialect, as far as that shows without tables and engine: its words, functions and
 * brackets are known, not the columns that it names. The error is in Athena's words, but for the place: that is *ret_at, a byte
 * of the text. */
bool athena_check(const char *sql, size_t *ret_at, struct err *);

struct athena_choice {            /* texts in the arena */
    const char *words;            /* "LIMIT 1" */
    const char *least, *greatest; /* the query, its first column deciding between rows that its order does not tell apart */
};
/* Where the query keeps some rows of many, its which-th (0-based) LIMIT. `by_value`: an order by the first column itself means
 * something (the first of several times); else, of the query as a whole, it is none (an address comes first by its digits).
 * False: there are no more of them. */
bool athena_choice(struct arena *, const char *sql, size_t which, bool by_value, struct athena_choice *ret);
/* The same by an engine, whatever its logs are: what its parser says, and that columns and functions are not there. Tables that
 * are not there may be elsewhere, and are no mistake. The statement is run. */
bool athena_try(struct athena *, const char *sql, size_t *ret_at, struct err *);
/* The text that DuckDB gets for an Athena text: the rewriter on its own, for tests and fuzzing. */
bool athena_rewrite(const char *sql, size_t n, struct str *out, struct err *);
