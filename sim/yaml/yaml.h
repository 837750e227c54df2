/* SPDX-License-Identifier: MIT */
/*
 * YAML text as nodes that know their line and column, decoded into structs by tables of fields. Depends on base.
 *
 * A mistake of an author is collected, not returned: reading and decoding go on, and all mistakes are told in one run.
 * libyaml 0.2.5: marks start at 0, columns count characters, duplicate keys pass, tags and aliases pass, nesting is
 * not limited: all of that is handled here.
 */
#pragma once

#include "sim/base/base.h"

/* ---- mistakes ---- */

struct src_pos {
    const char *file;   /* as the user named it */
    unsigned line, col; /* from 1; 0 = the file as a whole */
};
enum severity { SEVERITY_ERROR, SEVERITY_WARNING };
struct diag {
    enum severity severity;
    struct src_pos at;
    unsigned width;   /* characters under the caret; at least 1 */
    const char *rule; /* "unknown-key", "dangling-reference": stable, kebab-case; a string literal */
    char *message;
};
struct source { /* one file's text, kept for showing the line of a mistake */
    const char *file;
    const char *text;
    size_t len;
};
struct diags { /* zeroed = none */
    struct arena arena;
    struct diag *list;
    size_t n, cap;
    size_t n_errors;
    bool show_rules; /* "... [unknown-key]" at the end of each message that diags_show() writes */
    struct source *sources;
    size_t n_sources, cap_sources;
};
void diags_drop(struct diags *);
void diag_source(struct diags *, const char *file, const char *text, size_t len); /* copies; instead of what it had */
void diag_error(struct diags *, struct src_pos, unsigned width, const char *rule, const char *fmt, ...) PRINTF(5, 6);
void diag_warn(struct diags *, struct src_pos, unsigned width, const char *rule, const char *fmt, ...) PRINTF(5, 6);
/* "x.yaml:6:12: error: ..." then the source line and a caret; sorted by place, repeated ones once. */
void diags_show(struct diags *, struct str *out);
/* Of something that is there twice: "the first is on line 3", with the file where that is another. */
const char *first_is(struct arena *, struct src_pos first, struct src_pos second);
json_t *diags_json(struct diags *); /* [{file, line, column, severity, rule, message}] */

/* ---- nodes ---- */

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };
struct pair {
    struct node *key, *value; /* key is always NODE_TEXT */
};
struct node {
    enum node_kind kind;
    struct src_pos at;
    unsigned width;   /* of a text in its line, for the caret */
    bool quoted;      /* "22" is not 22 */
    const char *text; /* NODE_TEXT */
    size_t n;
    struct node **items; /* NODE_LIST */
    struct pair *pairs;  /* NODE_MAP, in the file's order, no duplicates */
};
#define YAML_MAX_BYTES (1u << 20) /* a scenario is a text a person writes */
#define YAML_MAX_DEPTH 24
#define YAML_MAX_NODES 50000
#define YAML_MAX_KEYS 1000 /* of one map */
/* One document. NULL when it could not be read to its end, or says something by alias; whatever was wrong is in `diags`.
 * Nodes live in `arena`. A byte order mark and Windows line ends are taken as they come. */
struct node *yaml_read(struct arena *, const char *file, const char *text, size_t len, struct diags *);
const struct node *node_get(const struct node *map, const char *key); /* NULL if absent or no map */
bool node_is_null(const struct node *);                               /* plain "", ~ or null */
json_t *node_json(const struct node *); /* plain scalars typed as in YAML 1.2's core schema; quoted ones are text */
void node_error(struct diags *, const struct node *, const char *rule, const char *fmt, ...) PRINTF(4, 5);
/* Where byte `byte` of a text stands in its file, quotes, folds and indents passed over: for a mistake inside of a query that
 * is written over several lines. The text's own place when the file is not among the sources. */
struct src_pos node_inside(const struct diags *, const struct node *, size_t byte);

/* ---- decoding by tables ---- */

struct decoder { /* what every decode function gets */
    struct arena *arena;
    struct diags *diags;
    void *context; /* the module's own */
};
struct field;
/* Writes the value at `out`; false after it told the mistake. */
typedef bool decode_fn(struct decoder *, const struct node *, const struct field *, void *out);
struct field {
    const char *key;
    decode_fn *decode;
    size_t offset; /* in the struct decoded into */
    bool required;
    const char *help; /* one line, for schema, man page and messages */
    const void *arg;  /* choices, a nested table, limits: as the decode function says */
};
struct fields { /* a table and its name in messages: unknown key "x" in a question (did you mean "y"?) */
    const char *what;
    const struct field *list;
    size_t n;
    size_t size;  /* of the struct */
    size_t place; /* 1 + offset of a struct src_pos that decode_list fills in; 0 = none */
};
#define FIELDS(what, table, type)                                                                                              \
    {                                                                                                                          \
        (what), (table), COUNT(table), sizeof(type), 0                                                                         \
    }
#define FIELDS_AT(what, table, type, member)                                                                                   \
    {                                                                                                                          \
        (what), (table), COUNT(table), sizeof(type), 1 + offsetof(type, member)                                                \
    }
/* Unknown, missing keys and wrong kinds are told here, once for all. True if nothing was wrong. */
bool decode_map(struct decoder *, const struct node *, const struct fields *, void *out);

decode_fn decode_text;     /* const char * */
decode_fn decode_id;       /* const char *: [a-z][a-z0-9_-]{0,39} */
decode_fn decode_bool;     /* bool: true or false */
decode_fn decode_int;      /* int64_t; arg: const int64_t limits[2] or NULL */
decode_fn decode_duration; /* int64_t ms: "4m30s" */
decode_fn decode_time;     /* int64_t ms: 2025-10-14T13:00:00Z; the zone is required */
decode_fn decode_choice;   /* int: index into arg, const char *const choices[] ending with NULL */
decode_fn decode_node;     /* const struct node *: as it stands, for a later decoder */
decode_fn decode_texts;    /* struct texts: a list of texts, or one text */
decode_fn decode_struct;   /* a struct in place; arg: const struct fields * */
decode_fn decode_list;     /* struct list of structs; arg: const struct fields *; an empty list is a mistake */
decode_fn decode_named;    /* struct list: a map of name to struct, whose first member is const char *name
                              and second struct src_pos at; arg: const struct fields * */
struct texts {
    const char **list;
    size_t n;
};
struct list {
    void *items; /* array of the table's struct */
    size_t n;
};
