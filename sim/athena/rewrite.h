/* SPDX-License-Identifier: MIT */
/*
 * Athena's SELECT made into DuckDB's. Private to sim/athena; depends on base.
 *
 * This is no parser: it walks the tokens, follows brackets and clauses, and changes what the two dialects write or mean
 * differently. What it lets through is a query and nothing else: every statement's first word, every function and every
 * type must be known here, so that nothing of DuckDB beyond Athena's language can be reached. Syntax is judged by DuckDB.
 */
#pragma once

#include "sim/athena/token.h"

#define FUNCTIONS_MAX 256 /* rows of functions.c, at most */
struct rewritten {
    struct str text; /* for DuckDB */
    struct place {   /* text from `at` on comes from this token */
        size_t at, token;
    } * places;
    size_t n_places, cap_places;
    /* Names of the result's columns as far as the text tells; the others are the engine's. */
    struct output {
        const char *name; /* NULL: "_col" and its number; "*": as many as there are */
    } * outputs;
    size_t n_outputs, cap_outputs;
    bool uses_path;           /* "$path" occurs: the tables must have it */
    bool uses[FUNCTIONS_MAX]; /* by function_number(): macros that must be there when the text runs */
    struct arena arena;
};
/* Tokens of one statement that begins with SELECT, WITH, VALUES, ( or EXPLAIN. False in Athena's words. */
bool rewrite(const struct tokens *, struct rewritten *, struct err *);
void rewritten_drop(struct rewritten *);
/* The token that byte `at` of the text comes from. */
size_t rewritten_token(const struct rewritten *, size_t at);

bool statement_is_query(const struct tokens *); /* SELECT, WITH, VALUES, (, EXPLAIN: for rewrite(); others: tables_run() */
/* The place behind the statement, where its one semicolon or its end is; SIZE_MAX and an error if more comes. */
size_t statement_end(const struct tokens *, struct err *);

/* ---- the functions of the dialect (functions.c) ---- */

enum form {                /* how a call is written for DuckDB */
            FORM_SAME,     /* name and arguments as they are */
            FORM_NAMED,    /* by another name */
            FORM_MACRO,    /* by a macro of ours, athena_NAME, which `to` defines: "(a, b) AS ..." */
            FORM_INNER,    /* such a macro that the rewriter uses and nobody may call */
            FORM_CAST,     /* CAST(x AS type), also TRY_CAST */
            FORM_FROM,     /* arguments with keywords: extract(x FROM y); `to` is the name */
            FORM_PATH,     /* a macro whose second argument is a JSON path */
            FORM_MYSQL,    /* strptime or strftime whose second argument is a pattern of MySQL's */
            FORM_JODA,     /* .. of Joda's */
            FORM_DATE_ADD, /* date_add(unit, n, x), by its macro; a date when x is one */
            FORM_MATCH,    /* any_match and its like: `to` is put between length of what matches and of all: "> 0" */
            FORM_REDUCE,   /* reduce(list, start, step, last) */
            FORM_CONCAT,   /* concat(a, b): a || b, for NULL makes all of it NULL */
            FORM_DISTINCT, /* approx_distinct(x): count(DISTINCT x), which is within its error */
            FORM_LISTAGG,  /* listagg(x, y) WITHIN GROUP (ORDER BY z) */
};
struct function {
    const char *name;
    enum form form;
    const char *to;
};
const struct function *function_find(const char *name); /* lower case; NULL if there is none */
const char *function_meant(const char *name);           /* the one that is near enough to be meant; NULL */
size_t function_number(const struct function *);        /* below FUNCTIONS_MAX */
/* The statement that makes a function's macro; `now_ms` is what now() says. */
void function_add_macro(struct str *, size_t number, int64_t now_ms);

/* A pattern for DuckDB's strptime and strftime, quoted; false when it has something that DuckDB has not. */
bool pattern_from_mysql(struct str *, const char *pattern);
bool pattern_from_joda(struct str *, const char *pattern);
/* $["a b"].c[0] as $."a b".c[0] */
void path_from_trino(struct str *, const char *path);
