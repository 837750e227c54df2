/* SPDX-License-Identifier: MIT */
/*
 * The two files that a statement leaves in S3, written and read back. Results: of queries CSV with every field quoted and
 * NULL as nothing at all; of other statements a line a row. Metadata: protocol buffers, as programs that read Athena's own
 * files found them: field 4 for each column, in it 1 catalog, 4 name, 5 label, 6 type, 7 precision, 8 scale,
 * 9 nullable (3 = unknown), 10 case sensitive.
 */
#include "sim/athena/athena.h"

#include <stdlib.h>
#include <string.h>

/* ---- columns as GetQueryResults has them ---- */

/* What a type without parameters says of itself; anything else has precision 0. */
static const struct {
    const char *type;
    int64_t precision;
    bool case_sensitive;
} types[] = {
    {"varchar",   2147483647, true },
    {"char",      2147483647, true },
    {"varbinary", 1073741824, false},
    {"tinyint",   3,          false},
    {"smallint",  5,          false},
    {"integer",   10,         false},
    {"bigint",    19,         false},
    {"real",      17,         false},
    {"double",    17,         false},
    {"timestamp", 3,          false},
    {"time",      3,          false},
};

static struct athena_column_info info_of(const struct athena_column *column, struct arena *arena)
{
    const char *type = column->type;
    struct athena_column_info info = {.name = column->name, .type = arena_dupn(arena, type, strcspn(type, "("))};
    if (strstr(type, "with time zone"))
        info.type = arena_printf(arena, "%s with time zone", info.type);
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_starts(type, types[i].type) && strcspn(type, "( ") == strlen(types[i].type)) {
            info.precision = types[i].precision;
            info.case_sensitive = types[i].case_sensitive;
        }
    if (text_starts(type, "decimal(")) {
        char *end = NULL;
        info.precision = strtol(type + strlen("decimal("), &end, 10);
        info.scale = *end == ',' ? strtol(end + 1, NULL, 10) : 0;
    }
    return info;
}

/* ---- protocol buffers ---- */

enum { VARINT, FIXED64, BYTES, FIXED32 = 5 };
enum { COLUMN = 4, CATALOG = 1, NAME = 4, LABEL = 5, TYPE = 6, PRECISION = 7, SCALE = 8, NULLABLE = 9, CASE = 10 };

static void add_varint(struct str *s, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        str_addc(s, (char)(n | 0x80));
    str_addc(s, (char)n);
}

static void add_bytes(struct str *s, unsigned field, const char *bytes, size_t n)
{
    add_varint(s, field << 3 | BYTES);
    add_varint(s, n);
    str_addn(s, bytes, n);
}

static void add_number(struct str *s, unsigned field, int64_t n)
{
    add_varint(s, field << 3 | VARINT);
    add_varint(s, (uint64_t)n);
}

void athena_add_metadata(struct str *s, const struct athena_result *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (size_t i = 0; i < r->n_columns; i++) {
        AUTO(str_drop) struct str one = {0};
        struct athena_column_info info = info_of(&r->columns[i], &arena);
        add_bytes(&one, CATALOG, "hive", strlen("hive"));
        add_bytes(&one, NAME, info.name, strlen(info.name));
        add_bytes(&one, LABEL, info.name, strlen(info.name));
        add_bytes(&one, TYPE, info.type, strlen(info.type));
        add_number(&one, PRECISION, info.precision);
        add_number(&one, SCALE, info.scale);
        add_number(&one, NULLABLE, 3);
        add_number(&one, CASE, info.case_sensitive);
        add_bytes(s, COLUMN, one.s, one.len);
    }
}

struct message {
    const uint8_t *at, *end;
};
struct field {
    uint64_t number, value; /* value: of VARINT; of BYTES their length */
    unsigned kind;
    const uint8_t *bytes;
};

static bool read_varint(struct message *m, uint64_t *ret)
{
    *ret = 0;
    for (unsigned shift = 0; m->at < m->end && shift < 64; shift += 7) {
        uint8_t byte = *m->at++;
        *ret |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool read_field(struct message *m, struct field *f)
{
    uint64_t key = 0;
    if (!read_varint(m, &key))
        return false;
    *f = (struct field){.number = key >> 3, .kind = key & 7};
    if (f->kind == VARINT)
        return read_varint(m, &f->value);
    if (f->kind == FIXED64 || f->kind == FIXED32)
        f->value = f->kind == FIXED64 ? 8 : 4;
    else if (f->kind != BYTES || !read_varint(m, &f->value))
        return false;
    if (f->value > (uint64_t)(m->end - m->at))
        return false;
    f->bytes = m->at;
    m->at += f->value;
    return true;
}

static bool read_column(struct message m, struct arena *arena, struct athena_column_info *to)
{
    struct field f;
    *to = (struct athena_column_info){.name = "", .type = "varchar"};
    while (m.at < m.end) {
        if (!read_field(&m, &f))
            return false;
        const char *text = f.kind == BYTES ? arena_dupn(arena, (const char *)f.bytes, f.value) : NULL;
        if (f.number == NAME && text)
            to->name = text;
        else if (f.number == TYPE && text)
            to->type = text;
        else if (f.number == PRECISION && f.kind == VARINT)
            to->precision = (int64_t)(f.value & INT32_MAX);
        else if (f.number == SCALE && f.kind == VARINT)
            to->scale = (int64_t)(f.value & INT32_MAX);
        else if (f.number == CASE && f.kind == VARINT)
            to->case_sensitive = f.value == 1;
    }
    return true;
}

bool athena_read_metadata(const char *bytes, size_t n, struct arena *arena, struct athena_column_info **ret, size_t *ret_n)
{
    struct message m = {(const uint8_t *)bytes, (const uint8_t *)bytes + n};
    struct athena_column_info *list = NULL;
    size_t cap = 0;
    struct field f;
    bool good = true;
    *ret_n = 0;
    while (good && m.at < m.end) {
        good = read_field(&m, &f);
        if (good && f.number == COLUMN && f.kind == BYTES)
            good = *ret_n < ATHENA_MAX_COLUMNS &&
                   read_column((struct message){f.bytes, f.bytes + f.value}, arena, GROW(list, *ret_n, cap));
    }
    *ret = arena_alloc(arena, (*ret_n + 1) * sizeof(*list));
    if (list)
        memcpy(*ret, list, *ret_n * sizeof(*list));
    free(list);
    return good;
}

/* ---- rows ---- */

void athena_add_result(struct str *s, const struct athena_result *r)
{
    if (text_same(r->statement, "DML")) {
        athena_add_csv(s, r);
        return;
    }
    for (size_t i = 0; r->n_columns && i < r->n_rows * r->n_columns; i++) {
        str_add(s, r->cells[i] ? r->cells[i] : "");
        str_addc(s, (i + 1) % r->n_columns ? '\t' : '\n');
    }
}

/* A quoted field from behind its first quote; *at is behind its last one then. NULL: it has no end. */
static const char *read_quoted(const char *bytes, size_t n, size_t *at, struct arena *arena)
{
    AUTO(str_drop) struct str text = {0};
    for (;;) {
        const char *quote = *at < n ? memchr(bytes + *at, '"', n - *at) : NULL;
        if (!quote)
            return NULL;
        str_addn(&text, bytes + *at, (size_t)(quote - (bytes + *at)));
        *at = (size_t)(quote - bytes) + 1;
        if (*at >= n || bytes[*at] != '"')
            return arena_dupn(arena, str_text(&text), text.len);
        str_addc(&text, '"');
        (*at)++;
    }
}

static bool read_csv_row(const char *bytes, size_t n, size_t n_columns, size_t *at, struct arena *arena, const char **cells)
{
    for (size_t i = 0; i < n_columns; i++) {
        char end = i + 1 < n_columns ? ',' : '\n';
        cells[i] = NULL;
        if (*at < n && bytes[*at] == '"') {
            (*at)++;
            cells[i] = read_quoted(bytes, n, at, arena);
            if (!cells[i])
                return false;
        }
        if (*at >= n || bytes[*at] != end)
            return false;
        (*at)++;
    }
    return true;
}

static bool read_line(const char *bytes, size_t n, size_t n_columns, size_t *at, struct arena *arena, const char **cells)
{
    const char *stop = memchr(bytes + *at, '\n', n - *at);
    if (!stop)
        return false;
    char *line = arena_dupn(arena, bytes + *at, (size_t)(stop - (bytes + *at)));
    for (size_t i = 0; i < n_columns; i++) {
        char *tab = i + 1 < n_columns && line ? strchr(line, '\t') : NULL;
        cells[i] = line;
        if (tab)
            *tab = 0;
        line = tab ? tab + 1 : NULL;
    }
    *at = (size_t)(stop - bytes) + 1;
    return true;
}

bool athena_read_row(const char *bytes, size_t n, bool csv, size_t n_columns, size_t *at, struct arena *arena,
                     const char **cells)
{
    return n_columns && *at < n && (csv ? read_csv_row : read_line)(bytes, n, n_columns, at, arena, cells);
}
