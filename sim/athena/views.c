/* SPDX-License-Identifier: MIT */
/*
 * A table as a query over the scan. Columns that a statement declares narrower than CloudTrail's own are built from
 * their fields; those that CloudTrail has not are NULL, as with Hive. The keys of partitions come from ALTER TABLE or,
 * with partition projection, from the logs' paths.
 */
#include "sim/athena/columns.h"
#include "sim/athena/scan.h"
#include "sim/athena/tables.h"

#include <string.h>

static void add_name(struct str *s, const char *name)
{
    str_addc(s, '"');
    for (; *name; name++)
        str_add(s, *name == '"' ? "\"\"" : (char[]){*name, 0});
    str_addc(s, '"');
}

static void add_text(struct str *s, const char *text)
{
    str_addc(s, '\'');
    for (; *text; text++)
        str_add(s, *text == '\'' ? "''" : (char[]){*text, 0});
    str_addc(s, '\'');
}

/* ---- columns ---- */

/* Hive's plain types and DuckDB's. */
static const struct {
    const char *hive, *duckdb;
} plain[] = {
    {"string",    "VARCHAR"  },
    {"varchar",   "VARCHAR"  },
    {"char",      "VARCHAR"  },
    {"boolean",   "BOOLEAN"  },
    {"tinyint",   "TINYINT"  },
    {"smallint",  "SMALLINT" },
    {"int",       "INTEGER"  },
    {"integer",   "INTEGER"  },
    {"bigint",    "BIGINT"   },
    {"float",     "FLOAT"    },
    {"double",    "DOUBLE"   },
    {"date",      "DATE"     },
    {"timestamp", "TIMESTAMP"},
    {"binary",    "BLOB"     },
};

static void add_duckdb_type(struct str *s, const struct hive_type *t)
{
    if (t->kind == HIVE_ARRAY) {
        add_duckdb_type(s, &t->fields[0].type);
        str_add(s, "[]");
        return;
    }
    if (t->kind == HIVE_PLAIN)
        for (size_t i = 0; i < COUNT(plain); i++)
            str_add(s, text_same(plain[i].hive, t->name) ? plain[i].duckdb : "");
    else {
        str_add(s, t->kind == HIVE_MAP ? "MAP(" : "STRUCT(");
        for (size_t i = 0; i < t->n; i++) {
            str_add(s, i ? ", " : "");
            if (t->kind == HIVE_STRUCT) {
                add_name(s, t->fields[i].name);
                str_addc(s, ' ');
            }
            add_duckdb_type(s, &t->fields[i].type);
        }
        str_addc(s, ')');
    }
}

static size_t find_field(size_t leaf, const char *name)
{
    size_t field = leaf + 1;
    while (field < leaf_next(leaf) && !text_same(leaves[field].name, name))
        field = leaf_next(field);
    return field < leaf_next(leaf) ? field : LEAVES;
}

/* Whether the declared type is just what the scan gives. */
static bool is_whole(const struct hive_type *t, size_t leaf)
{
    AUTO(str_drop) struct str declared = {0}, own = {0};
    hive_add_type(&declared, t);
    leaf_add_type(&own, leaf, &dialect_hive);
    return text_same(str_text(&declared), str_text(&own));
}

static bool add_fields(struct str *s, const struct hive_type *t, size_t leaf, const char *value, unsigned depth, struct err *e);

/* The value of a leaf, `value` being the SQL that gives it, as the declared type. */
static bool add_value(struct str *s, const struct hive_type *t, size_t leaf, const char *value, unsigned depth, struct err *e)
{
    AUTO(str_drop) struct str type = {0}, own = {0};
    if (is_whole(t, leaf)) {
        str_add(s, value);
        return true;
    }
    if (t->kind == HIVE_PLAIN && leaves[leaf].kind == LEAF_TEXT) { /* managementevent boolean */
        str_addf(s, "TRY_CAST(%s AS ", value);
        add_duckdb_type(s, t);
        str_addc(s, ')');
        return true;
    }
    if (t->kind == HIVE_STRUCT && leaves[leaf].kind == LEAF_STRUCT) {
        str_addf(s, "CASE WHEN %s IS NOT NULL THEN ", value);
        if (!add_fields(s, t, leaf, value, depth, e))
            return false;
        str_add(s, " END");
        return true;
    }
    if (t->kind == HIVE_ARRAY && t->fields[0].type.kind == HIVE_STRUCT && leaves[leaf].kind == LEAF_LIST) {
        AUTO(str_drop) struct str element = {0};
        str_addf(&element, "e%u", depth);
        str_addf(s, "list_transform(%s, lambda %s: ", value, str_text(&element));
        if (!add_fields(s, &t->fields[0].type, leaf, str_text(&element), depth + 1, e))
            return false;
        str_addc(s, ')');
        return true;
    }
    hive_add_type(&type, t);
    leaf_add_type(&own, leaf, &dialect_hive);
    return err_set(e, "NOT_SUPPORTED: this lab reads '%s' as %s, not as %s", leaves[leaf].name, str_text(&own),
                   str_text(&type));
}

static bool add_fields(struct str *s, const struct hive_type *t, size_t leaf, const char *value, unsigned depth, struct err *e)
{
    str_addc(s, '{');
    for (size_t i = 0; i < t->n; i++) {
        AUTO(str_drop) struct str field = {0};
        size_t at = find_field(leaf, t->fields[i].name);
        str_add(s, i ? ", " : "");
        add_name(s, t->fields[i].name);
        str_add(s, ": ");
        str_addf(&field, "%s.", value);
        add_name(&field, t->fields[i].name);
        if (at < LEAVES ? !add_value(s, &t->fields[i].type, at, str_text(&field), depth, e) : false)
            return false;
        if (at == LEAVES) {
            str_add(s, "CAST(NULL AS ");
            add_duckdb_type(s, &t->fields[i].type);
            str_addc(s, ')');
        }
    }
    str_addc(s, '}');
    return true;
}

static bool add_column(struct str *s, const struct hive_field *column, struct err *e)
{
    size_t leaf = leaf_find(column->name);
    AUTO(str_drop) struct str name = {0};
    add_name(&name, column->name);
    if (leaf < LEAVES) {
        if (!add_value(s, &column->type, leaf, str_text(&name), 0, e))
            return false;
    } else {
        str_add(s, "CAST(NULL AS ");
        add_duckdb_type(s, &column->type);
        str_addc(s, ')');
    }
    str_addf(s, " AS %s", str_text(&name));
    return true;
}

/* ---- partitions ---- */

static const char *property(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_properties; i++)
        if (text_same(t->properties[i].key, key))
            return t->properties[i].value;
    return NULL;
}

static const char *projection(const struct table *t, const char *key, const char *what)
{
    AUTO(str_drop) struct str name = {0};
    str_addf(&name, "projection.%s.%s", key, what);
    return property(t, str_text(&name));
}

static void add_regex_literal(struct str *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr("\\^$.|?*+()[]{}", text[i]))
            str_addc(s, '\\');
        str_addc(s, text[i]);
    }
}

/* Where the logs of a partition lie: the template, or Hive's location/key=value/key=value. */
static void add_template(struct str *s, const struct table *t)
{
    const char *template = property(t, "storage.location.template");
    if (template) {
        str_add(s, template);
        return;
    }
    str_addf(s, "s3://%s", t->prefix);
    for (size_t i = 0; i < t->n_keys; i++)
        str_addf(s, "%s%s=${%s}", text_ends(str_text(s), "/") ? "" : "/", t->keys[i].name, t->keys[i].name);
}

/* A pattern of paths with a group for each key, in the order of the template; order[i] is the group of key i, 0 if the
 * template does not have it. A key with a format such as yyyy/MM/dd takes as many parts of the path as that has. */
static void add_path_pattern(struct str *s, const struct table *t, unsigned *order)
{
    AUTO(str_drop) struct str template = {0};
    unsigned groups = 0;
    add_template(&template, t);
    str_addc(s, '^');
    for (const char *p = str_text(&template); *p;) {
        const char *end = p[0] == '$' && p[1] == '{' ? strchr(p, '}') : NULL;
        size_t key = 0;
        while (end && key < t->n_keys &&
               (strlen(t->keys[key].name) != (size_t)(end - p - 2) ||
                strncmp(t->keys[key].name, p + 2, (size_t)(end - p - 2)) != 0))
            key++;
        if (!end || key == t->n_keys) {
            add_regex_literal(s, p++, 1);
            continue;
        }
        const char *format = projection(t, t->keys[key].name, "format");
        str_add(s, "([^/]+");
        for (; format && *format; format++)
            str_add(s, *format == '/' ? "/[^/]+" : "");
        str_addc(s, ')');
        order[key] = ++groups;
        p = end + 1;
    }
    str_add(s, text_ends(str_text(&template), "/") ? "" : "/");
}

/* What projection.KEY.values and .range let through. */
static void add_key_limits(struct str *s, const struct table *t, size_t key)
{
    const char *name = t->keys[key].name, *values = projection(t, name, "values"), *limits = projection(t, name, "range");
    AUTO(str_drop) struct str column = {0};
    add_name(&column, name);
    if (values) {
        str_addf(s, " AND list_contains(list_transform(string_split(");
        add_text(s, values);
        str_addf(s, ", ','), lambda v: trim(v)), %s)", str_text(&column));
    }
    if (limits && strchr(limits, ',')) {
        AUTO(str_drop) struct str low = {0};
        str_addn(&low, limits, strcspn(limits, ","));
        const char *high = strchr(limits, ',') + 1;
        if (!text_starts(str_text(&low), "NOW")) {
            str_addf(s, " AND %s >= ", str_text(&column));
            add_text(s, str_text(&low));
        }
        if (!text_starts(high, "NOW")) {
            str_addf(s, " AND %s <= ", str_text(&column));
            add_text(s, high);
        }
    }
}

static bool add_columns(struct str *s, const struct table *t, struct err *e)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        str_add(s, i ? ", " : "");
        if (!add_column(s, &t->columns[i], e))
            return false;
    }
    return true;
}

static void add_source(struct str *s, const char *prefix)
{
    str_add(s, " FROM " SCAN_FUNCTION "(");
    add_text(s, prefix);
    str_addc(s, ')');
}

static bool add_projected(struct str *s, const struct table *t, bool with_path, struct err *e)
{
    AUTO(str_drop) struct str pattern = {0}, quoted = {0};
    AUTO(arena_drop) struct arena arena = {0};
    unsigned *order = arena_alloc(&arena, (t->n_keys + 1) * sizeof(*order));
    add_path_pattern(&pattern, t, order);
    add_text(&quoted, str_text(&pattern));
    str_add(s, "SELECT * FROM (SELECT ");
    if (!add_columns(s, t, e))
        return false;
    for (size_t i = 0; i < t->n_keys; i++) {
        if (order[i])
            str_addf(s, ", regexp_extract(\"$path\", %s, %u) AS ", str_text(&quoted), order[i]);
        else
            str_add(s, ", CAST(NULL AS VARCHAR) AS ");
        add_name(s, t->keys[i].name);
    }
    str_add(s, with_path ? ", \"$path\"" : "");
    add_source(s, t->prefix);
    str_addf(s, " WHERE regexp_matches(\"$path\", %s)) WHERE true", str_text(&quoted));
    for (size_t i = 0; i < t->n_keys; i++)
        add_key_limits(s, t, i);
    return true;
}

/* One partition, or none at all when `p` is NULL. */
static bool add_partition(struct str *s, const struct table *t, const struct partition *p, bool with_path, struct err *e)
{
    str_add(s, "SELECT ");
    if (!add_columns(s, t, e))
        return false;
    for (size_t i = 0; i < t->n_keys; i++) {
        str_add(s, ", CAST(");
        if (p)
            add_text(s, p->values[i]);
        else
            str_add(s, "NULL");
        str_add(s, " AS VARCHAR) AS ");
        add_name(s, t->keys[i].name);
    }
    str_add(s, with_path ? ", \"$path\"" : "");
    add_source(s, p ? p->prefix : t->prefix);
    str_add(s, p || !t->n_keys ? "" : " WHERE false");
    return true;
}

bool view_add(struct str *s, const struct table *t, bool with_path, struct err *e)
{
    const char *projected = property(t, "projection.enabled");
    if (t->n_keys && text_same(projected, "true"))
        return add_projected(s, t, with_path, e);
    if (!t->n_partitions)
        return add_partition(s, t, NULL, with_path, e);
    for (size_t i = 0; i < t->n_partitions; i++) {
        str_add(s, i ? " UNION ALL " : "");
        if (!add_partition(s, t, &t->partitions[i], with_path, e))
            return false;
    }
    return true;
}
