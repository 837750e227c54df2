/* SPDX-License-Identifier: MIT */
/*
 * DuckDB's library, loaded at run time, as far as it is used here. Private to sim/athena; depends on base.
 *
 * Names, parameters and layouts are facts of DuckDB's C API (duckdb.h of release 1.4, MIT; unchanged in 1.5): handles
 * are pointers, idx_t is uint64_t, a text in a vector is a union duckdb_text. aarch64 has the same layouts.
 */
#pragma once

#include "sim/base/base.h"

enum duckdb_type {
    DUCKDB_BOOLEAN = 1,
    DUCKDB_TINYINT = 2,
    DUCKDB_SMALLINT = 3,
    DUCKDB_INTEGER = 4,
    DUCKDB_BIGINT = 5,
    DUCKDB_UTINYINT = 6,
    DUCKDB_USMALLINT = 7,
    DUCKDB_UINTEGER = 8,
    DUCKDB_UBIGINT = 9,
    DUCKDB_FLOAT = 10,
    DUCKDB_DOUBLE = 11,
    DUCKDB_TIMESTAMP = 12, /* microseconds since 1970, int64_t */
    DUCKDB_DATE = 13,      /* days since 1970, int32_t */
    DUCKDB_TIME = 14,      /* microseconds, int64_t */
    DUCKDB_INTERVAL = 15,  /* struct duckdb_interval */
    DUCKDB_HUGEINT = 16,   /* __int128 */
    DUCKDB_VARCHAR = 17,
    DUCKDB_BLOB = 18,
    DUCKDB_DECIMAL = 19, /* in the smallest of int16_t, int32_t, int64_t, __int128 that holds its width */
    DUCKDB_TIMESTAMP_S = 20,
    DUCKDB_TIMESTAMP_MS = 21,
    DUCKDB_TIMESTAMP_NS = 22,
    DUCKDB_ENUM = 23,
    DUCKDB_LIST = 24, /* struct duckdb_list_entry */
    DUCKDB_STRUCT = 25,
    DUCKDB_MAP = 26, /* a list of structs (key, value) */
    DUCKDB_UUID = 27,
    DUCKDB_TIMESTAMP_TZ = 31,
    DUCKDB_SQLNULL = 36,
};

union duckdb_text { /* 16 bytes */
    uint32_t len;
    struct { /* len <= 12 */
        uint32_t len;
        char s[12];
    } in;
    struct {
        uint32_t len;
        char prefix[4];
        const char *s;
    } out;
};
struct duckdb_list_entry {
    uint64_t offset, len;
};
struct duckdb_interval {
    int32_t months, days;
    int64_t us;
};
struct duckdb_result {
    uint64_t unused[3];
    void *unused_columns;
    char *unused_error;
    void *data;
};

typedef void *duckdb_handle; /* of a database, connection, type, vector, ... */
typedef void (*duckdb_free_fn)(void *);
typedef void (*duckdb_info_fn)(duckdb_handle info);
typedef void (*duckdb_scan_fn)(duckdb_handle info, duckdb_handle chunk);

/* What returns int returns 0 for success. */
#define DUCKDB_FUNCTIONS(F)                                                                                                    \
    F(const char *, library_version, (void))                                                                                   \
    F(int, create_config, (duckdb_handle *))                                                                                   \
    F(int, set_config, (duckdb_handle, const char *, const char *))                                                            \
    F(void, destroy_config, (duckdb_handle *))                                                                                 \
    F(int, open_ext, (const char *, duckdb_handle *, duckdb_handle, char **))                                                  \
    F(void, close, (duckdb_handle *))                                                                                          \
    F(int, connect, (duckdb_handle, duckdb_handle *))                                                                          \
    F(void, disconnect, (duckdb_handle *))                                                                                     \
    F(void, interrupt, (duckdb_handle))                                                                                        \
    F(void, free, (void *))                                                                                                    \
    F(int, query, (duckdb_handle, const char *, struct duckdb_result *))                                                       \
    F(void, destroy_result, (struct duckdb_result *))                                                                          \
    F(const char *, result_error, (struct duckdb_result *))                                                                    \
    F(uint64_t, column_count, (struct duckdb_result *))                                                                        \
    F(const char *, column_name, (struct duckdb_result *, uint64_t))                                                           \
    F(duckdb_handle, column_logical_type, (struct duckdb_result *, uint64_t))                                                  \
    F(duckdb_handle, fetch_chunk, (struct duckdb_result))                                                                      \
    F(void, destroy_data_chunk, (duckdb_handle *))                                                                             \
    F(uint64_t, data_chunk_get_size, (duckdb_handle))                                                                          \
    F(void, data_chunk_set_size, (duckdb_handle, uint64_t))                                                                    \
    F(duckdb_handle, data_chunk_get_vector, (duckdb_handle, uint64_t))                                                         \
    F(void *, vector_get_data, (duckdb_handle))                                                                                \
    F(uint64_t *, vector_get_validity, (duckdb_handle))                                                                        \
    F(void, vector_ensure_validity_writable, (duckdb_handle))                                                                  \
    F(void, vector_assign_string_element_len, (duckdb_handle, uint64_t, const char *, uint64_t))                               \
    F(uint64_t, vector_size, (void))                                                                                           \
    F(duckdb_handle, struct_vector_get_child, (duckdb_handle, uint64_t))                                                       \
    F(duckdb_handle, list_vector_get_child, (duckdb_handle))                                                                   \
    F(int, list_vector_reserve, (duckdb_handle, uint64_t))                                                                     \
    F(int, list_vector_set_size, (duckdb_handle, uint64_t))                                                                    \
    F(duckdb_handle, create_logical_type, (int))                                                                               \
    F(duckdb_handle, create_list_type, (duckdb_handle))                                                                        \
    F(duckdb_handle, create_map_type, (duckdb_handle, duckdb_handle))                                                          \
    F(duckdb_handle, create_struct_type, (duckdb_handle *, const char **, uint64_t))                                           \
    F(void, destroy_logical_type, (duckdb_handle *))                                                                           \
    F(int, get_type_id, (duckdb_handle))                                                                                       \
    F(char *, logical_type_get_alias, (duckdb_handle))                                                                         \
    F(uint8_t, decimal_width, (duckdb_handle))                                                                                 \
    F(uint8_t, decimal_scale, (duckdb_handle))                                                                                 \
    F(duckdb_handle, list_type_child_type, (duckdb_handle))                                                                    \
    F(duckdb_handle, map_type_key_type, (duckdb_handle))                                                                       \
    F(duckdb_handle, map_type_value_type, (duckdb_handle))                                                                     \
    F(uint64_t, struct_type_child_count, (duckdb_handle))                                                                      \
    F(char *, struct_type_child_name, (duckdb_handle, uint64_t))                                                               \
    F(duckdb_handle, struct_type_child_type, (duckdb_handle, uint64_t))                                                        \
    F(duckdb_handle, create_table_function, (void))                                                                            \
    F(void, destroy_table_function, (duckdb_handle *))                                                                         \
    F(void, table_function_set_name, (duckdb_handle, const char *))                                                            \
    F(void, table_function_add_parameter, (duckdb_handle, duckdb_handle))                                                      \
    F(void, table_function_set_extra_info, (duckdb_handle, void *, duckdb_free_fn))                                            \
    F(void, table_function_set_bind, (duckdb_handle, duckdb_info_fn))                                                          \
    F(void, table_function_set_init, (duckdb_handle, duckdb_info_fn))                                                          \
    F(void, table_function_set_function, (duckdb_handle, duckdb_scan_fn))                                                      \
    F(void, table_function_supports_projection_pushdown, (duckdb_handle, bool))                                                \
    F(int, register_table_function, (duckdb_handle, duckdb_handle))                                                            \
    F(void *, bind_get_extra_info, (duckdb_handle))                                                                            \
    F(duckdb_handle, bind_get_parameter, (duckdb_handle, uint64_t))                                                            \
    F(void, bind_add_result_column, (duckdb_handle, const char *, duckdb_handle))                                              \
    F(void, bind_set_bind_data, (duckdb_handle, void *, duckdb_free_fn))                                                       \
    F(void, bind_set_cardinality, (duckdb_handle, uint64_t, bool))                                                             \
    F(char *, get_varchar, (duckdb_handle))                                                                                    \
    F(void, destroy_value, (duckdb_handle *))                                                                                  \
    F(void *, init_get_bind_data, (duckdb_handle))                                                                             \
    F(void, init_set_init_data, (duckdb_handle, void *, duckdb_free_fn))                                                       \
    F(uint64_t, init_get_column_count, (duckdb_handle))                                                                        \
    F(uint64_t, init_get_column_index, (duckdb_handle, uint64_t))                                                              \
    F(void, init_set_max_threads, (duckdb_handle, uint64_t))                                                                   \
    F(void, function_set_error, (duckdb_handle, const char *))                                                                 \
    F(void *, function_get_init_data, (duckdb_handle))

struct duckdb {
#define F(type, name, args) type(*name) args; /* NOLINT(bugprone-macro-parentheses): a declaration */
    DUCKDB_FUNCTIONS(F)
#undef F
};
/* The library: loaded once, never unloaded. NULL when it is not on this machine; the error says how to get it. */
const struct duckdb *duckdb_load(struct err *);
