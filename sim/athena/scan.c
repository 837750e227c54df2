/* SPDX-License-Identifier: MIT */
/*
 * From the import to DuckDB's vectors. Only the columns that a query reads are filled. One thread scans, so that rows
 * come in the same order every time: LIMIT without ORDER BY shows the same rows to everyone.
 */
#include "sim/athena/scan.h"

#include <stdlib.h>
#include <string.h>

#define MAX_VECTOR 8192 /* rows that a vector may hold; DuckDB's are 2048 */

struct bound { /* a use of the function in a query */
    const struct scan_source *source;
    char *prefix;
};
struct scan { /* a run of it */
    const struct scan_source *source;
    bool *wanted;    /* by log; NULL = all */
    size_t *columns; /* leaf of each column, LEAVES for "$path" */
    size_t n_columns;
    size_t group;
    uint32_t row;
    size_t group_of_rows; /* that of the rows at hand */
    bool damaged;
    struct records records; /* of the list or map at hand */
    struct str text;
    char **paths; /* "s3://..", made when asked for; by log */
};

static duckdb_handle leaf_type(const struct duckdb *d, size_t leaf);

static duckdb_handle struct_type(const struct duckdb *d, size_t leaf)
{
    duckdb_handle types[LEAVES];
    const char *names[LEAVES];
    size_t n = 0;
    for (size_t field = leaf + 1; field < leaf_next(leaf); field = leaf_next(field)) {
        names[n] = leaves[field].name;
        types[n++] = leaf_type(d, field);
    }
    duckdb_handle type = d->create_struct_type(types, names, n);
    while (n)
        d->destroy_logical_type(&types[--n]);
    return type;
}

static duckdb_handle leaf_type(const struct duckdb *d, size_t leaf)
{
    if (leaves[leaf].kind == LEAF_STRUCT)
        return struct_type(d, leaf);
    duckdb_handle inner = leaves[leaf].kind == LEAF_LIST ? struct_type(d, leaf) : d->create_logical_type(DUCKDB_VARCHAR);
    if (leaves[leaf].kind == LEAF_TEXT)
        return inner;
    duckdb_handle type = leaves[leaf].kind == LEAF_MAP ? d->create_map_type(inner, inner) : d->create_list_type(inner);
    d->destroy_logical_type(&inner);
    return type;
}

/* ---- binding and starting ---- */

static void bound_free(void *p)
{
    struct bound *b = p;
    free(b->prefix);
    free(b);
}

static void bind(duckdb_handle info)
{
    const struct duckdb *d = duckdb_load(NULL); /* it is: it calls us */
    struct bound *b = xcalloc(1, sizeof(*b));
    b->source = d->bind_get_extra_info(info);
    duckdb_handle parameter = d->bind_get_parameter(info, 0);
    char *prefix = d->get_varchar(parameter);
    b->prefix = xstrdup(prefix);
    d->free(prefix);
    d->destroy_value(&parameter);
    for (size_t leaf = 0; leaf < LEAVES; leaf = leaf_next(leaf)) {
        duckdb_handle type = leaf_type(d, leaf);
        d->bind_add_result_column(info, leaves[leaf].name, type);
        d->destroy_logical_type(&type);
    }
    duckdb_handle text = d->create_logical_type(DUCKDB_VARCHAR);
    d->bind_add_result_column(info, "$path", text);
    d->destroy_logical_type(&text);
    d->bind_set_cardinality(info, b->source->store->rows, false);
    d->bind_set_bind_data(info, b, bound_free);
}

static void scan_free(void *p)
{
    struct scan *s = p;
    for (size_t i = 0; s->paths && i < s->source->store->n_paths; i++)
        free(s->paths[i]);
    free(s->paths);
    free(s->wanted);
    free(s->columns);
    records_drop(&s->records);
    str_drop(&s->text);
    free(s);
}

static void start(duckdb_handle info)
{
    const struct duckdb *d = duckdb_load(NULL);
    const struct bound *b = d->init_get_bind_data(info);
    const struct store *store = b->source->store;
    size_t tops[LEAVES + 1], n = 0;
    struct scan *s = xcalloc(1, sizeof(*s));
    s->source = b->source;
    if (*b->prefix) {
        s->wanted = xcalloc(store->n_paths + 1, sizeof(bool));
        for (size_t i = 0; i < store->n_paths; i++)
            s->wanted[i] = text_starts(store->paths[i], b->prefix);
    }
    for (size_t i = 0; i < b->source->logs->n; i++)
        if (text_starts(b->source->logs->files[i].path, b->prefix))
            *b->source->scanned += b->source->logs->files[i].size;
    for (size_t leaf = 0; leaf < LEAVES; leaf = leaf_next(leaf))
        tops[n++] = leaf;
    tops[n] = LEAVES;
    s->n_columns = d->init_get_column_count(info);
    s->columns = xcalloc(s->n_columns + 1, sizeof(*s->columns));
    for (size_t i = 0; i < s->n_columns; i++) {
        uint64_t column = d->init_get_column_index(info, i);
        s->columns[i] = column <= n ? tops[column] : LEAVES + 1; /* beyond: a row id that nobody reads, for count(*) */
    }
    d->init_set_max_threads(info, 1);
    d->init_set_init_data(info, s, scan_free);
}

/* ---- filling vectors ---- */

static void set_text(union duckdb_text *to, const char *s, size_t n)
{
    to->len = (uint32_t)n;
    if (n <= sizeof(to->in.s)) {
        memset(to->in.s, 0, sizeof(to->in.s));
        memcpy(to->in.s, s, n);
    } else {
        memcpy(to->out.prefix, s, sizeof(to->out.prefix));
        to->out.s = s;
    }
}

/* The mask in which bits of NULLs are to be cleared. */
static uint64_t *nulls_of(const struct duckdb *d, duckdb_handle vector)
{
    d->vector_ensure_validity_writable(vector);
    return d->vector_get_validity(vector);
}

static void set_null(uint64_t *nulls, size_t i)
{
    nulls[i / 64] &= ~(1ull << (i % 64));
}

/* A column of a group, its places looked up once. */
struct view {
    uint32_t width, same; /* same: every row's code when width is 0 */
    const uint8_t *narrow;
    const uint16_t *wide;
    const uint32_t *offsets;
    const char *texts;
};

static struct view view_of(const struct group *g, size_t leaf)
{
    const struct leaf_block *b = &g->leaf[leaf];
    const uint8_t *base = (const uint8_t *)g;
    return (struct view){b->width,
                         b->n_texts,
                         base + b->codes,
                         (const uint16_t *)(const void *)(base + b->codes),
                         (const uint32_t *)(const void *)(base + b->offsets),
                         (const char *)base + b->texts};
}

static uint32_t code_at(const struct view *v, uint32_t row)
{
    return v->width == 0 ? v->same : v->width == 1 ? v->narrow[row] : v->wide[row];
}

static struct cell text_at(const struct view *v, uint32_t code)
{
    return (struct cell){v->texts + v->offsets[code - 1], v->offsets[code] - v->offsets[code - 1]};
}

static void set_all_null(uint64_t *nulls, size_t n)
{
    memset(nulls, 0, (n + 63) / 64 * sizeof(*nulls));
}

static void fill_text(const struct duckdb *d, duckdb_handle vector, const struct group *g, size_t leaf, const uint32_t *rows,
                      size_t n)
{
    struct view v = view_of(g, leaf);
    union duckdb_text *to = d->vector_get_data(vector);
    if (v.width || !v.same) {
        uint64_t *nulls = nulls_of(d, vector);
        if (!v.width)
            set_all_null(nulls, n);
        for (size_t i = 0; v.width && i < n; i++) {
            uint32_t code = code_at(&v, rows[i]);
            if (code) {
                struct cell cell = text_at(&v, code);
                set_text(&to[i], cell.s, cell.n);
            } else
                set_null(nulls, i);
        }
        return;
    }
    union duckdb_text one;
    struct cell cell = text_at(&v, v.same);
    set_text(&one, cell.s, cell.n);
    for (size_t i = 0; i < n; i++)
        to[i] = one;
}

/* The JSON text of a list or map, in memory of ours with a NUL behind it, as rows in s->records. */
static void read_nested(struct scan *s, size_t leaf, const struct cell *cell)
{
    str_clear(&s->text);
    str_addn(&s->text, cell->s, cell->n);
    if (leaves[leaf].kind == LEAF_MAP)
        records_read_map(s->text.s, s->text.len, &s->records);
    else
        records_read_list(s->text.s, s->text.len, leaf, &s->records);
}

/* A list's or map's elements, from `at` on in the child vectors: copied, for they lie in s->text. */
static void add_elements(const struct duckdb *d, struct scan *s, duckdb_handle element, size_t leaf, uint64_t at)
{
    size_t first = leaves[leaf].kind == LEAF_MAP ? 0 : leaf + 1, end = leaves[leaf].kind == LEAF_MAP ? 2 : leaf_next(leaf);
    for (size_t field = first; field < end; field++) {
        duckdb_handle child = d->struct_vector_get_child(element, field - first);
        uint64_t *nulls = nulls_of(d, child);
        for (size_t i = 0; i < s->records.n; i++) {
            const struct cell *cell = &s->records.rows[i][field];
            if (cell->s)
                d->vector_assign_string_element_len(child, at + i, cell->s, cell->n);
            else
                set_null(nulls, at + i);
        }
    }
}

static void fill_nested(const struct duckdb *d, struct scan *s, duckdb_handle vector, const struct group *g, size_t leaf,
                        const uint32_t *rows, size_t n)
{
    struct duckdb_list_entry *to = d->vector_get_data(vector);
    uint64_t *nulls = nulls_of(d, vector), used = 0;
    struct view v = view_of(g, leaf);
    for (size_t i = 0; i < n; i++) {
        uint32_t code = code_at(&v, rows[i]);
        to[i] = (struct duckdb_list_entry){used, 0};
        if (!code) {
            set_null(nulls, i);
            continue;
        }
        struct cell cell = text_at(&v, code);
        read_nested(s, leaf, &cell);
        d->list_vector_reserve(vector, used + s->records.n);
        add_elements(d, s, d->list_vector_get_child(vector), leaf, used);
        to[i].len = s->records.n;
        used += s->records.n;
    }
    d->list_vector_set_size(vector, used);
}

static void fill(const struct duckdb *d, struct scan *s, duckdb_handle vector, const struct group *g, size_t leaf,
                 const uint32_t *rows, size_t n);

static void fill_struct(const struct duckdb *d, struct scan *s, duckdb_handle vector, const struct group *g, size_t leaf,
                        const uint32_t *rows, size_t n)
{
    struct view v = view_of(g, leaf);
    uint64_t *nulls = nulls_of(d, vector), child = 0;
    if (!v.width && !v.same)
        set_all_null(nulls, n);
    for (size_t i = 0; v.width && i < n; i++)
        if (!code_at(&v, rows[i]))
            set_null(nulls, i);
    for (size_t field = leaf + 1; field < leaf_next(leaf); field = leaf_next(field))
        fill(d, s, d->struct_vector_get_child(vector, child++), g, field, rows, n);
}

static void fill(const struct duckdb *d, struct scan *s, duckdb_handle vector, const struct group *g, size_t leaf,
                 const uint32_t *rows, size_t n)
{
    if (!store_check_leaf(s->source->store, s->group_of_rows, leaf))
        s->damaged = true;
    else if (leaves[leaf].kind == LEAF_TEXT)
        fill_text(d, vector, g, leaf, rows, n);
    else if (leaves[leaf].kind == LEAF_STRUCT)
        fill_struct(d, s, vector, g, leaf, rows, n);
    else
        fill_nested(d, s, vector, g, leaf, rows, n);
}

static const char *path_of(struct scan *s, uint32_t file)
{
    if (!s->paths)
        s->paths = xcalloc(s->source->store->n_paths, sizeof(*s->paths));
    if (!s->paths[file]) {
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "s3://%s", s->source->store->paths[file]);
        s->paths[file] = str_steal(&path);
    }
    return s->paths[file];
}

static void fill_path(const struct duckdb *d, struct scan *s, duckdb_handle vector, const struct group *g, const uint32_t *rows,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *path = path_of(s, group_files(g)[rows[i]]);
        d->vector_assign_string_element_len(vector, i, path, strlen(path));
    }
}

/* Up to `most` wanted rows of one group; *ret_group is theirs. */
static size_t next_rows(struct scan *s, uint32_t *rows, size_t most, const struct group **ret_group)
{
    const struct store *store = s->source->store;
    size_t n = 0;
    while (!n && s->group < store->n_groups) {
        const struct group *g = store->groups[s->group];
        for (; n < most && s->row < g->rows; s->row++)
            if (!s->wanted || s->wanted[group_files(g)[s->row]])
                rows[n++] = s->row;
        *ret_group = g;
        s->group_of_rows = s->group;
        if (s->row == g->rows) {
            s->group++;
            s->row = 0;
        }
    }
    return n;
}

static void scan(duckdb_handle info, duckdb_handle chunk)
{
    const struct duckdb *d = duckdb_load(NULL);
    struct scan *s = d->function_get_init_data(info);
    const struct group *g = NULL;
    uint32_t rows[MAX_VECTOR];
    size_t most = d->vector_size(), n = next_rows(s, rows, most < MAX_VECTOR ? most : MAX_VECTOR, &g);
    for (size_t i = 0; n && i < s->n_columns; i++) {
        duckdb_handle vector = d->data_chunk_get_vector(chunk, i);
        if (s->columns[i] < LEAVES)
            fill(d, s, vector, g, s->columns[i], rows, n);
        else if (s->columns[i] == LEAVES)
            fill_path(d, s, vector, g, rows, n);
    }
    if (s->damaged)
        d->function_set_error(info, "the import of this lab's logs is damaged: remove .cafelab/athena/logs");
    d->data_chunk_set_size(chunk, s->damaged ? 0 : n);
}

bool scan_register(duckdb_handle connection, struct scan_source *source, struct err *e)
{
    const struct duckdb *d = source->duckdb;
    duckdb_handle function = d->create_table_function(), text = d->create_logical_type(DUCKDB_VARCHAR);
    d->table_function_set_name(function, SCAN_FUNCTION);
    d->table_function_add_parameter(function, text);
    d->table_function_set_extra_info(function, source, NULL);
    d->table_function_set_bind(function, bind);
    d->table_function_set_init(function, start);
    d->table_function_set_function(function, scan);
    d->table_function_supports_projection_pushdown(function, true);
    bool failed = d->register_table_function(connection, function);
    d->destroy_logical_type(&text);
    d->destroy_table_function(&function);
    return !failed || err_set(e, "DuckDB refuses the scan of the logs");
}
