/* SPDX-License-Identifier: MIT */
/* What a CloudTrail table is made of: columns and, within structs, fields, in one flat list that importer, scan and
 * DDL share. Private to sim/athena; depends on base.
 *
 * Source of names, order and types: the statement that CloudTrail's console writes ("Create Athena table") and Athena's
 * page on CloudTrail logs; the keys are CloudTrail's own spelling, which the console's names are without capitals. */
#pragma once

#include "sim/base/base.h"

enum leaf_kind {
    LEAF_TEXT,   /* varchar: a string as it is, any other value as its JSON text */
    LEAF_STRUCT, /* row(...): its fields follow, one deeper; its own cell says only whether the object is there */
    LEAF_MAP,    /* map(varchar, varchar), kept as JSON text */
    LEAF_LIST,   /* array(row(...)): its fields follow, one deeper; kept as JSON text */
};
struct leaf {
    unsigned char depth;
    enum leaf_kind kind;
    const char *name; /* as Athena names it */
    const char *key;  /* as CloudTrail spells it */
};
#define LEAVES 61
extern const struct leaf leaves[LEAVES]; /* depth first; columns are those of depth 0 */

struct leaf_shape {
    unsigned char next, key_len;
};
extern struct leaf_shape leaf_shapes[LEAVES]; /* of the table, measured before main() */

/* The next one of the same depth or less; LEAVES at the end. */
static inline size_t leaf_next(size_t leaf)
{
    return leaf_shapes[leaf].next;
}
bool leaf_is_console(size_t column); /* in the table that the console makes; the others only by own DDL */
size_t leaf_find(const char *name);  /* a column by name, any case; LEAVES if there is none */

struct dialect { /* how an engine's DDL spells types */
    const char *text, *map, *row, *row_end, *list, *list_end;
    const char *quote, *colon, *between; /* around a field's name, behind it, and before the next field */
    bool keys;                           /* fields are named as CloudTrail spells them */
};
extern const struct dialect dialect_hive, dialect_trino, dialect_spark;
void leaf_add_type(struct str *, size_t, const struct dialect *);   /* Hive: struct<type:string,..> */
void leaf_add_fields(struct str *, size_t, const struct dialect *); /* of a list's rows the same without the list */
