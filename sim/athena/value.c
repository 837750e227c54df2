/* SPDX-License-Identifier: MIT */
/*
 * DuckDB's values in Athena's clothes: rows as {a=1, b=null}, lists as [a, b], times with milliseconds. Athena is Trino,
 * and Trino prints numbers as Java does.
 */
#include "sim/athena/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ---- */

static const struct {
    int id;
    const char *name;
} type_names[] = {
    {DUCKDB_BOOLEAN,      "boolean"                    },
    {DUCKDB_TINYINT,      "tinyint"                    },
    {DUCKDB_SMALLINT,     "smallint"                   },
    {DUCKDB_INTEGER,      "integer"                    },
    {DUCKDB_BIGINT,       "bigint"                     },
    {DUCKDB_UTINYINT,     "smallint"                   },
    {DUCKDB_USMALLINT,    "integer"                    },
    {DUCKDB_UINTEGER,     "bigint"                     },
    {DUCKDB_UBIGINT,      "bigint"                     },
    {DUCKDB_HUGEINT,      "bigint"                     }, /* what a sum of bigint is there */
    {DUCKDB_FLOAT,        "real"                       },
    {DUCKDB_DOUBLE,       "double"                     },
    {DUCKDB_TIMESTAMP,    "timestamp(3)"               },
    {DUCKDB_TIMESTAMP_S,  "timestamp(3)"               },
    {DUCKDB_TIMESTAMP_MS, "timestamp(3)"               },
    {DUCKDB_TIMESTAMP_NS, "timestamp(3)"               },
    {DUCKDB_TIMESTAMP_TZ, "timestamp(3) with time zone"},
    {DUCKDB_DATE,         "date"                       },
    {DUCKDB_TIME,         "time(3)"                    },
    {DUCKDB_INTERVAL,     "interval day to second"     },
    {DUCKDB_VARCHAR,      "varchar"                    },
    {DUCKDB_BLOB,         "varbinary"                  },
    {DUCKDB_UUID,         "uuid"                       },
    {DUCKDB_SQLNULL,      "unknown"                    },
};

static void read_part(const struct duckdb *d, struct value_type *t, size_t i, duckdb_handle type, struct arena *arena)
{
    t->parts[i] = *value_type_of(d, type, arena);
    d->destroy_logical_type(&type);
}

static void read_parts(const struct duckdb *d, struct value_type *t, duckdb_handle type, struct arena *arena)
{
    t->n = t->id == DUCKDB_LIST ? 1 : t->id == DUCKDB_MAP ? 2 : t->id == DUCKDB_STRUCT ? d->struct_type_child_count(type) : 0;
    if (!t->n)
        return;
    t->parts = arena_alloc(arena, t->n * sizeof(*t->parts));
    t->names = arena_alloc(arena, t->n * sizeof(*t->names));
    for (size_t i = 0; i < t->n; i++) {
        if (t->id == DUCKDB_LIST)
            read_part(d, t, i, d->list_type_child_type(type), arena);
        else if (t->id == DUCKDB_MAP)
            read_part(d, t, i, i ? d->map_type_value_type(type) : d->map_type_key_type(type), arena);
        else {
            char *name = d->struct_type_child_name(type, i);
            t->names[i] = arena_dup(arena, name);
            d->free(name);
            read_part(d, t, i, d->struct_type_child_type(type, i), arena);
        }
    }
}

struct value_type *value_type_of(const struct duckdb *d, duckdb_handle type, struct arena *arena)
{
    struct value_type *t = arena_alloc(arena, sizeof(*t));
    char *alias = d->logical_type_get_alias(type);
    t->id = d->get_type_id(type);
    t->is_json = text_same(alias, "JSON");
    if (alias)
        d->free(alias);
    if (t->id == DUCKDB_DECIMAL) {
        t->width = d->decimal_width(type);
        t->scale = d->decimal_scale(type);
    }
    read_parts(d, t, type, arena);
    return t;
}

void value_add_type(struct str *s, const struct value_type *t)
{
    const char *name = "unknown";
    for (size_t i = 0; i < COUNT(type_names); i++)
        if (type_names[i].id == t->id)
            name = type_names[i].name;
    if (t->id == DUCKDB_DECIMAL) {
        str_addf(s, "decimal(%u,%u)", t->width, t->scale);
        return;
    }
    name = t->is_json               ? "json"
           : t->id == DUCKDB_LIST   ? "array"
           : t->id == DUCKDB_MAP    ? "map"
           : t->id == DUCKDB_STRUCT ? "row"
                                    : name;
    str_add(s, name);
    for (size_t i = 0; i < t->n; i++) {
        str_add(s, i ? ", " : "(");
        if (t->id == DUCKDB_STRUCT)
            str_addf(s, "%s ", t->names[i]);
        value_add_type(s, &t->parts[i]);
    }
    str_add(s, t->n ? ")" : "");
}

/* ---- numbers ---- */

/* The digits of a shortest decimal that reads back as the same number: d.ddd times ten to *exponent. */
static size_t shortest(double value, bool single, char *digits, int *exponent)
{
    char text[40] = "";
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    size_t n = 0;
    char *e = strchr(text, 'e');
    *exponent = atoi(e + 1);
    for (char *p = text; p < e; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = 0;
    return n;
}

void value_add_double(struct str *s, double value, bool single)
{
    char digits[40];
    int exponent;
    if (isnan(value) || isinf(value)) {
        str_add(s, isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
        return;
    }
    str_add(s, signbit(value) ? "-" : "");
    if (value == 0) {
        str_add(s, "0.0");
        return;
    }
    int n = (int)shortest(fabs(value), single, digits, &exponent);
    if (exponent < -3 || exponent >= 7)
        str_addf(s, "%c.%sE%d", digits[0], n > 1 ? digits + 1 : "0", exponent);
    else if (exponent < 0)
        str_addf(s, "0.%.*s%s", -exponent - 1, "000", digits);
    else if (n <= exponent + 1)
        str_addf(s, "%s%.*s.0", digits, exponent + 1 - n, "0000000");
    else
        str_addf(s, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

static void add_huge(struct str *s, __int128 value, unsigned scale)
{
    char text[48], *p = text + sizeof(text);
    unsigned __int128 left = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    *--p = 0;
    for (unsigned done = 0; left || done <= scale; done++) {
        if (done == scale && scale)
            *--p = '.';
        *--p = (char)('0' + (int)(left % 10));
        left /= 10;
    }
    str_addf(s, "%s%s", value < 0 ? "-" : "", p);
}

static void add_decimal(struct str *s, const struct value_type *t, const void *data, uint64_t i)
{
    __int128 huge = 0;
    if (t->width <= 4)
        huge = ((const int16_t *)data)[i];
    else if (t->width <= 9)
        huge = ((const int32_t *)data)[i];
    else if (t->width <= 18)
        huge = ((const int64_t *)data)[i];
    else
        memcpy(&huge, (const char *)data + i * sizeof(huge), sizeof(huge));
    add_huge(s, huge, t->scale);
}

/* ---- times and bytes ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static void add_interval(struct str *s, const struct duckdb_interval *v)
{
    int64_t ms = v->us / 1000;
    if (v->months && !v->days && !v->us) {
        str_addf(s, "%s%d-%d", v->months < 0 ? "-" : "", abs(v->months) / 12, abs(v->months) % 12);
        return;
    }
    ms += (int64_t)v->days * 86400000 + (int64_t)v->months * 30 * 86400000;
    uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
    str_addf(s, "%s%llu %02d:%02d:%02d.%03d", ms < 0 ? "-" : "", (unsigned long long)(left / 86400000),
             (int)(left / 3600000 % 24), (int)(left / 60000 % 60), (int)(left / 1000 % 60), (int)(left % 1000));
}

static void add_time_value(struct str *s, int id, const void *data, uint64_t i)
{
    int64_t value = id == DUCKDB_DATE ? ((const int32_t *)data)[i] : ((const int64_t *)data)[i];
    int64_t ms = id == DUCKDB_DATE           ? value * 86400000
                 : id == DUCKDB_TIMESTAMP_S  ? value * 1000
                 : id == DUCKDB_TIMESTAMP_MS ? value
                 : id == DUCKDB_TIMESTAMP_NS ? floor_div(value, 1000000)
                                             : floor_div(value, 1000);
    str_add_time(s, ms, id == DUCKDB_DATE ? "%Y-%m-%d" : id == DUCKDB_TIME ? "%H:%M:%S.%L" : "%Y-%m-%d %H:%M:%S.%L");
    str_add(s, id == DUCKDB_TIMESTAMP_TZ ? " UTC" : "");
}

static void add_text(struct str *s, const union duckdb_text *text, bool is_blob)
{
    const char *p = text->len <= sizeof(text->in.s) ? text->in.s : text->out.s;
    if (!is_blob) {
        str_addn(s, p, text->len);
        return;
    }
    for (uint32_t i = 0; i < text->len; i++)
        str_addf(s, "%s%02x", i ? " " : "", (unsigned char)p[i]);
}

/* DuckDB keeps the first bit of a UUID turned over, so that they sort as numbers. */
static void add_uuid(struct str *s, const void *data, uint64_t i)
{
    uint64_t half[2];
    memcpy(half, (const char *)data + i * sizeof(half), sizeof(half));
    half[1] ^= 1ull << 63;
    str_addf(s, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(half[1] >> 32), (unsigned)(half[1] >> 16 & 0xffff),
             (unsigned)(half[1] & 0xffff), (unsigned)(half[0] >> 48), (unsigned long long)(half[0] & 0xffffffffffffull));
}

/* ---- any value ---- */

static void add_part(const struct duckdb *d, struct str *s, const struct value_type *t, duckdb_handle vector, uint64_t i)
{
    if (!value_add(d, s, t, vector, i))
        str_add(s, "null");
}

static void add_nested(const struct duckdb *d, struct str *s, const struct value_type *t, duckdb_handle vector, uint64_t i)
{
    if (t->id == DUCKDB_STRUCT) {
        for (size_t field = 0; field < t->n; field++) {
            str_addf(s, "%s%s=", field ? ", " : "{", t->names[field]);
            add_part(d, s, &t->parts[field], d->struct_vector_get_child(vector, field), i);
        }
        str_addc(s, '}');
        return;
    }
    const struct duckdb_list_entry *entry = (struct duckdb_list_entry *)d->vector_get_data(vector) + i;
    duckdb_handle child = d->list_vector_get_child(vector);
    str_addc(s, t->id == DUCKDB_MAP ? '{' : '[');
    for (uint64_t at = entry->offset; at < entry->offset + entry->len; at++) {
        str_add(s, at > entry->offset ? ", " : "");
        if (t->id == DUCKDB_MAP) {
            add_part(d, s, &t->parts[0], d->struct_vector_get_child(child, 0), at);
            str_addc(s, '=');
            add_part(d, s, &t->parts[1], d->struct_vector_get_child(child, 1), at);
        } else
            add_part(d, s, &t->parts[0], child, at);
    }
    str_addc(s, t->id == DUCKDB_MAP ? '}' : ']');
}

bool value_add(const struct duckdb *d, struct str *s, const struct value_type *t, duckdb_handle vector, uint64_t i)
{
    const uint64_t *valid = d->vector_get_validity(vector);
    const void *data = d->vector_get_data(vector);
    __int128 huge;
    if ((valid && !(valid[i / 64] >> (i % 64) & 1)) || t->id == DUCKDB_SQLNULL)
        return false;
    switch (t->id) {
    case DUCKDB_BOOLEAN: str_add(s, ((const bool *)data)[i] ? "true" : "false"); break;
    case DUCKDB_TINYINT: str_addf(s, "%d", ((const int8_t *)data)[i]); break;
    case DUCKDB_SMALLINT: str_addf(s, "%d", ((const int16_t *)data)[i]); break;
    case DUCKDB_INTEGER: str_addf(s, "%d", ((const int32_t *)data)[i]); break;
    case DUCKDB_BIGINT: str_addf(s, "%lld", (long long)((const int64_t *)data)[i]); break;
    case DUCKDB_UTINYINT: str_addf(s, "%u", ((const uint8_t *)data)[i]); break;
    case DUCKDB_USMALLINT: str_addf(s, "%u", ((const uint16_t *)data)[i]); break;
    case DUCKDB_UINTEGER: str_addf(s, "%u", ((const uint32_t *)data)[i]); break;
    case DUCKDB_UBIGINT: str_addf(s, "%llu", (unsigned long long)((const uint64_t *)data)[i]); break;
    case DUCKDB_HUGEINT:
        memcpy(&huge, (const char *)data + i * sizeof(huge), sizeof(huge));
        add_huge(s, huge, 0);
        break;
    case DUCKDB_FLOAT: value_add_double(s, ((const float *)data)[i], true); break;
    case DUCKDB_DOUBLE: value_add_double(s, ((const double *)data)[i], false); break;
    case DUCKDB_DECIMAL: add_decimal(s, t, data, i); break;
    case DUCKDB_INTERVAL: add_interval(s, (const struct duckdb_interval *)data + i); break;
    case DUCKDB_VARCHAR:
    case DUCKDB_BLOB: add_text(s, (const union duckdb_text *)data + i, t->id == DUCKDB_BLOB); break;
    case DUCKDB_UUID: add_uuid(s, data, i); break;
    case DUCKDB_DATE:
    case DUCKDB_TIME:
    case DUCKDB_TIMESTAMP:
    case DUCKDB_TIMESTAMP_S:
    case DUCKDB_TIMESTAMP_MS:
    case DUCKDB_TIMESTAMP_NS:
    case DUCKDB_TIMESTAMP_TZ: add_time_value(s, t->id, data, i); break;
    case DUCKDB_STRUCT:
    case DUCKDB_LIST:
    case DUCKDB_MAP: add_nested(d, s, t, vector, i); break;
    default: return false; /* types that no accepted statement makes */
    }
    return true;
}
