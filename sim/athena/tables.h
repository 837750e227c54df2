/* SPDX-License-Identifier: MIT */
/*
 * The tables: those that are there from the start, one per bucket and `logs` over all, and those that the student makes.
 * Private to sim/athena; depends on base.
 *
 * What was made or dropped is kept as the statements that did it, LAB/.cafelab/athena/statements.json, and said again
 * when the lab is opened: the file has no format of its own and is read as carefully as what is typed.
 */
#pragma once

#include "sim/athena/logs.h"
#include "sim/athena/token.h"

struct hive_type {
    enum { HIVE_PLAIN, HIVE_STRUCT, HIVE_ARRAY, HIVE_MAP } kind;
    const char *name;          /* of a plain one: "string" */
    struct hive_field *fields; /* of a struct; of an array one, of a map two, without names */
    size_t n;
};
struct hive_field {
    const char *name; /* lower case */
    struct hive_type type;
};
struct property {
    const char *key, *value;
};
struct partition {       /* added by ALTER TABLE */
    const char **values; /* as many as the table has keys */
    const char *prefix;  /* bucket/key below s3/ */
};
struct table {
    const char *name;   /* lower case */
    bool ready;         /* was there from the start */
    const char *prefix; /* where its logs lie below s3/: "bucket/AWSLogs/.."; "" for all buckets */
    const char *comment, *serde;
    struct hive_field *columns, *keys; /* keys: PARTITIONED BY */
    size_t n_columns, n_keys;
    struct property *properties;
    size_t n_properties;
    struct partition *partitions;
    size_t n_partitions, cap_partitions;
};
struct tables {
    struct arena arena;
    const struct logs *logs;
    struct table *items;
    size_t n, cap;
    char **statements; /* to be kept */
    size_t n_statements, cap_statements;
    char *path; /* of statements.json; NULL = nothing is kept */
};
/* The ones from the start and, of a lab, the kept ones; a kept statement that no longer holds is named in `warnings`. */
void tables_open(struct tables *, const char *lab, const struct logs *, struct str *warnings);
void tables_close(struct tables *);
struct table *tables_find(const struct tables *, const char *name); /* any case; NULL if there is none */

/* ---- statements ---- */

struct reply { /* what DDL and SHOW print: rows of `n_columns` texts */
    struct arena arena;
    const char *names[3];
    size_t n_columns;
    const char **cells;
    size_t n_cells, cap_cells;
    const char *statement; /* "DDL", "UTILITY" */
    bool changed;          /* the tables did */
    const char *dropped;   /* the one that is gone */
};
void reply_drop(struct reply *);
/* A statement that is no query. False, in Athena's words, for what is refused. */
bool tables_run(struct tables *, const struct tokens *, struct reply *, struct err *);
/* Whether it is one by its first word. False, in Athena's words. */
bool tables_know(const struct tokens *, struct err *);
/* The same without keeping it: for what was kept. */
bool tables_say(struct tables *, const struct tokens *, struct reply *, struct err *);

/* A place in a statement and the arena for what is read from it. */
struct reading {
    const struct tokens *t;
    size_t i;
    struct arena *arena;
    struct err *e;
};
bool reading_take(struct reading *, const char *word);   /* passes over it if it is there */
bool reading_expect(struct reading *, const char *word); /* .. and a mismatch if it is not */
const char *reading_name(struct reading *);              /* a name in lower case, quotes of any kind; NULL and a mismatch */
const char *reading_table(struct reading *);             /* [default.]name */
const char *reading_text(struct reading *);              /* 'text' */
/* CREATE EXTERNAL TABLE, from behind these words (ddl.c). */
bool ddl_read(struct reading *, const struct logs *, struct table *, bool *if_not_exists);
bool ddl_location(struct reading *, const struct logs *, size_t at, const char *location, const char **prefix);
void ddl_add(struct str *, const struct table *); /* SHOW CREATE TABLE */
void hive_add_type(struct str *, const struct hive_type *);
void hive_of_leaf(struct hive_type *, size_t leaf, struct arena *);
bool show_run(struct tables *, struct reading *, struct reply *); /* SHOW and DESCRIBE (show.c) */
void reply_add(struct reply *, const char *cell);

/* The query that a table is (views.c): columns, keys and, where asked for, "$path". */
bool view_add(struct str *, const struct table *, bool with_path, struct err *);
