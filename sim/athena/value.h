/* SPDX-License-Identifier: MIT */
/* Values as Athena prints them. Private to sim/athena. */
#pragma once

#include "sim/athena/duckdb.h"

/* A type, with its parts, so that it is asked for once and not for every row. */
struct value_type {
    int id; /* enum duckdb_type */
    bool is_json;
    uint8_t width, scale;     /* of a decimal */
    struct value_type *parts; /* of a list: 1; of a map: key, value; of a struct: its fields */
    const char **names;       /* of a struct's fields */
    size_t n;
};
/* In the arena. */
struct value_type *value_type_of(const struct duckdb *, duckdb_handle logical_type, struct arena *);
void value_add_type(struct str *, const struct value_type *); /* "varchar", "array(row(arn varchar, ..))" */

/* The value in row `i` of a vector; false for NULL. */
bool value_add(const struct duckdb *, struct str *, const struct value_type *, duckdb_handle vector, uint64_t i);
void value_add_double(struct str *, double, bool single); /* as Java prints it: 1.0, 0.001, 1.0E10, NaN, Infinity */
