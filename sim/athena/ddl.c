/* SPDX-License-Identifier: MIT */
/*
 * CREATE EXTERNAL TABLE as CloudTrail's console writes it and Athena's manual shows it, with partitions by hand or by
 * projection. Clauses come in any order, as Hive wants them or not: people paste from everywhere.
 */
#include "sim/athena/columns.h"
#include "sim/athena/tables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- reading ---- */

bool reading_take(struct reading *in, const char *word)
{
    bool is = token_is(in->t, in->i, word);
    in->i += is;
    return is;
}

bool reading_expect(struct reading *in, const char *word)
{
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "'%s'", word);
    return reading_take(in, word) || token_mismatch(in->t, in->i, str_text(&text), in->e);
}

static char *lower(char *s)
{
    for (char *p = s; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    return s;
}

const char *reading_name(struct reading *in)
{
    enum token_kind kind = token_at(in->t, in->i)->kind;
    if (kind == TOKEN_WORD || kind == TOKEN_QUOTED || kind == TOKEN_TICKED)
        return lower(token_text(in->t, in->i++, in->arena));
    token_mismatch(in->t, in->i, "<identifier>", in->e);
    return NULL;
}

const char *reading_table(struct reading *in)
{
    const char *name = reading_name(in);
    const struct token *at = token_at(in->t, in->i - 1);
    if (name && text_same(name, "awsdatacatalog") && reading_take(in, "."))
        name = reading_name(in);
    if (!name || !reading_take(in, "."))
        return name;
    if (text_same(name, "default"))
        return reading_name(in);
    err_set(in->e, "SCHEMA_NOT_FOUND: line %u:%u: Schema '%s' does not exist", at->line, at->col, name);
    return NULL;
}

const char *reading_text(struct reading *in)
{
    if (token_at(in->t, in->i)->kind == TOKEN_TEXT)
        return token_text(in->t, in->i++, in->arena);
    token_mismatch(in->t, in->i, "<string>", in->e);
    return NULL;
}

/* ---- types and columns ---- */

static const char *const plain_types[] = {"string", "varchar", "char",   "boolean", "tinyint",   "smallint", "int", "integer",
                                          "bigint", "float",   "double", "date",    "timestamp", "binary",   NULL};

static bool read_type(struct reading *, struct hive_type *, unsigned depth);

/* a:string,b:int> or string> or string,string> */
static bool read_inner(struct reading *in, struct hive_type *type, unsigned depth)
{
    size_t cap = 0, wanted = type->kind == HIVE_ARRAY ? 1 : type->kind == HIVE_MAP ? 2 : SIZE_MAX;
    struct hive_field *fields = NULL;
    bool good = reading_expect(in, "<");
    while (good) {
        struct hive_field field = {0};
        if (type->kind == HIVE_STRUCT)
            good = (field.name = reading_name(in)) && reading_expect(in, ":");
        good = good && read_type(in, &field.type, depth + 1);
        *GROW(fields, type->n, cap) = field;
        if (type->n >= wanted || !good || !reading_take(in, ","))
            break;
    }
    type->fields = arena_alloc(in->arena, (type->n + 1) * sizeof(*fields));
    if (type->n)
        memcpy(type->fields, fields, type->n * sizeof(*fields));
    free(fields);
    return good &&
           (wanted == SIZE_MAX || type->n == wanted ? reading_expect(in, ">") : token_mismatch(in->t, in->i, "','", in->e));
}

static bool read_type(struct reading *in, struct hive_type *type, unsigned depth)
{
    size_t at = in->i;
    const char *name = reading_name(in);
    if (!name)
        return false;
    if (depth > 32)
        return err_set(in->e, "SYNTAX_ERROR: the type is nested too deep");
    type->kind = text_same(name, "struct")  ? HIVE_STRUCT
                 : text_same(name, "array") ? HIVE_ARRAY
                 : text_same(name, "map")   ? HIVE_MAP
                                            : HIVE_PLAIN;
    type->name = name;
    if (type->kind != HIVE_PLAIN)
        return read_inner(in, type, depth);
    for (size_t i = 0; plain_types[i]; i++)
        if (text_same(name, plain_types[i])) {
            if (!reading_take(in, "("))
                return true;
            in->i++; /* a length */
            return reading_expect(in, ")");
        }
    return token_mismatch(in->t, at, "a type such as string", in->e);
}

/* (name type [COMMENT 'x'], ..) */
static bool read_columns(struct reading *in, struct hive_field **ret, size_t *n)
{
    size_t cap = 0;
    struct hive_field *list = NULL;
    bool good = reading_expect(in, "(");
    *n = 0;
    while (good) {
        struct hive_field field = {.name = reading_name(in)};
        good = field.name && read_type(in, &field.type, 0) && (!reading_take(in, "comment") || reading_text(in));
        for (size_t i = 0; good && i < *n; i++)
            if (text_same(list[i].name, field.name))
                good = err_set(in->e, "FAILED: ParseException Duplicate column name: %s", field.name);
        *GROW(list, *n, cap) = field;
        if (!good || !reading_take(in, ","))
            break;
    }
    *ret = arena_alloc(in->arena, (*n + 1) * sizeof(*list));
    if (*n)
        memcpy(*ret, list, *n * sizeof(*list));
    free(list);
    return good && reading_expect(in, ")");
}

/* ('key'='value', ..) */
static bool read_properties(struct reading *in, struct table *t)
{
    size_t cap = 0;
    struct property *list = NULL;
    bool good = reading_expect(in, "(");
    t->n_properties = 0;
    while (good && !token_is(in->t, in->i, ")")) {
        struct property p = {.key = reading_text(in)};
        good = p.key && reading_expect(in, "=") && (p.value = reading_text(in));
        *GROW(list, t->n_properties, cap) = p;
        if (!good || !reading_take(in, ","))
            break;
    }
    t->properties = arena_alloc(in->arena, (t->n_properties + 1) * sizeof(*list));
    if (t->n_properties)
        memcpy(t->properties, list, t->n_properties * sizeof(*list));
    free(list);
    return good && reading_expect(in, ")");
}

/* ---- clauses ---- */

static const char *const serdes[] = {"com.amazon.emr.hive.serde.CloudTrailSerde", "org.apache.hive.hcatalog.data.JsonSerDe",
                                     "org.openx.data.jsonserde.JsonSerDe", NULL};
static const char *const formats[] = {"com.amazon.emr.cloudtrail.CloudTrailInputFormat", NULL};

static bool read_class(struct reading *in, const char *const *known, const char **ret)
{
    const char *name = reading_text(in);
    if (ret)
        *ret = name;
    for (size_t i = 0; name && known[i]; i++)
        if (text_same(known[i], name))
            return true;
    return name &&
           err_set(in->e, "NOT_SUPPORTED: this lab reads CloudTrail logs only: expected '%s', not '%s'", known[0], name);
}

static bool read_row_format(struct reading *in, struct table *t)
{
    struct table ignored;
    return reading_expect(in, "format") && reading_expect(in, "serde") && read_class(in, serdes, &t->serde) &&
           (!reading_take(in, "with") || (reading_expect(in, "serdeproperties") && read_properties(in, &ignored)));
}

static bool read_stored(struct reading *in)
{
    return reading_expect(in, "as") && reading_expect(in, "inputformat") && read_class(in, formats, NULL) &&
           reading_expect(in, "outputformat") && reading_text(in);
}

bool ddl_location(struct reading *in, const struct logs *logs, size_t at, const char *location, const char **prefix)
{
    const struct token *token = token_at(in->t, at);
    if (!location)
        return false;
    if (!text_starts(location, "s3://"))
        return err_set(in->e, "FAILED: SemanticException line %u:%u: '%s': expected a location such as s3://bucket/AWSLogs/",
                       token->line, token->col, location);
    *prefix = text_ends(location, "/") ? location + 5 : arena_printf(in->arena, "%s/", location + 5);
    size_t n = strcspn(*prefix, "/");
    AUTO(str_drop) struct str buckets = {0};
    for (const char *const *more = logs->more_buckets; more && *more; more++)
        if (strlen(*more) == n && !strncmp(*more, *prefix, n))
            return true;
    for (size_t i = 0; i < logs->n_buckets; i++) {
        if (strlen(logs->buckets[i]) == n && !strncmp(logs->buckets[i], *prefix, n))
            return true;
        str_addf(&buckets, "%s'%s'", i ? ", " : "", logs->buckets[i]);
    }
    return err_set(in->e, "FAILED: SemanticException line %u:%u: NoSuchBucket: '%.*s': this lab has %s", token->line,
                   token->col, (int)n, *prefix, buckets.len ? buckets.s : "no buckets");
}

static bool read_clause(struct reading *in, const struct logs *logs, struct table *t)
{
    if (reading_take(in, "comment"))
        return (t->comment = reading_text(in));
    if (reading_take(in, "partitioned"))
        return reading_expect(in, "by") && read_columns(in, &t->keys, &t->n_keys);
    if (reading_take(in, "row"))
        return read_row_format(in, t);
    if (reading_take(in, "stored"))
        return read_stored(in);
    if (reading_take(in, "location")) {
        size_t at = in->i;
        return ddl_location(in, logs, at, reading_text(in), &t->prefix);
    }
    if (reading_take(in, "tblproperties"))
        return read_properties(in, t);
    return token_mismatch(in->t, in->i, "'COMMENT', 'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES', <EOF>", in->e);
}

bool ddl_read(struct reading *in, const struct logs *logs, struct table *t, bool *if_not_exists)
{
    *if_not_exists = reading_take(in, "if");
    if (*if_not_exists && (!reading_expect(in, "not") || !reading_expect(in, "exists")))
        return false;
    if (!(t->name = reading_table(in)) || !read_columns(in, &t->columns, &t->n_columns))
        return false;
    while (token_at(in->t, in->i)->kind != TOKEN_END && !token_is(in->t, in->i, ";"))
        if (!read_clause(in, logs, t))
            return false;
    for (size_t i = 0; i < t->n_keys; i++)
        for (size_t c = 0; c < t->n_columns; c++)
            if (text_same(t->keys[i].name, t->columns[c].name))
                return err_set(in->e, "FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns");
    if (!t->prefix)
        return token_mismatch(in->t, in->i, "'LOCATION'", in->e);
    return t->serde || token_mismatch(in->t, in->i, "'ROW'", in->e);
}

/* ---- writing ---- */

void hive_of_leaf(struct hive_type *type, size_t leaf, struct arena *arena)
{
    static const int kinds[] = {
        [LEAF_TEXT] = HIVE_PLAIN, [LEAF_STRUCT] = HIVE_STRUCT, [LEAF_MAP] = HIVE_MAP, [LEAF_LIST] = HIVE_STRUCT};
    *type = (struct hive_type){.kind = kinds[leaves[leaf].kind], .name = "string"};
    if (leaves[leaf].kind == LEAF_MAP) {
        type->n = 2;
        type->fields = arena_alloc(arena, 2 * sizeof(*type->fields));
        type->fields[0].type.name = type->fields[1].type.name = "string";
    }
    if (type->kind != HIVE_STRUCT)
        return;
    type->fields = arena_alloc(arena, (leaf_next(leaf) - leaf) * sizeof(*type->fields));
    for (size_t field = leaf + 1; field < leaf_next(leaf); field = leaf_next(field)) {
        type->fields[type->n].name = leaves[field].name;
        hive_of_leaf(&type->fields[type->n++].type, field, arena);
    }
    if (leaves[leaf].kind == LEAF_LIST) {
        struct hive_field *element = arena_alloc(arena, sizeof(*element));
        element->type = *type;
        *type = (struct hive_type){.kind = HIVE_ARRAY, .name = "array", .fields = element, .n = 1};
    }
}

void hive_add_type(struct str *s, const struct hive_type *type)
{
    static const char *const open[] = {"", "struct<", "array<", "map<"};
    if (type->kind == HIVE_PLAIN) {
        str_add(s, type->name);
        return;
    }
    str_add(s, open[type->kind]);
    for (size_t i = 0; i < type->n; i++) {
        str_add(s, i ? "," : "");
        if (type->kind == HIVE_STRUCT)
            str_addf(s, "%s:", type->fields[i].name);
        hive_add_type(s, &type->fields[i].type);
    }
    str_addc(s, '>');
}

static void add_quoted(struct str *s, const char *text)
{
    str_addc(s, '\'');
    for (; *text; text++)
        str_add(s, *text == '\'' ? "''" : (char[]){*text, 0});
    str_addc(s, '\'');
}

static void add_columns(struct str *s, const struct hive_field *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str_addf(s, "  `%s` ", columns[i].name);
        hive_add_type(s, &columns[i].type);
        str_add(s, i + 1 < n ? ", \n" : ")\n");
    }
}

void ddl_add(struct str *s, const struct table *t)
{
    str_addf(s, "CREATE EXTERNAL TABLE `%s`(\n", t->name);
    add_columns(s, t->columns, t->n_columns);
    if (t->comment) {
        str_add(s, "COMMENT ");
        add_quoted(s, t->comment);
        str_addc(s, '\n');
    }
    if (t->n_keys) {
        str_add(s, "PARTITIONED BY ( \n");
        add_columns(s, t->keys, t->n_keys);
    }
    str_addf(s,
             "ROW FORMAT SERDE \n  '%s' \nSTORED AS INPUTFORMAT \n  '%s' \nOUTPUTFORMAT \n  "
             "'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\nLOCATION\n  ",
             t->serde, formats[0]);
    AUTO(str_drop) struct str location = {0};
    str_addf(&location, "s3://%s", t->prefix);
    add_quoted(s, str_text(&location));
    str_add(s, "\nTBLPROPERTIES (\n");
    for (size_t i = 0; i < t->n_properties; i++) {
        str_add(s, "  ");
        add_quoted(s, t->properties[i].key);
        str_addc(s, '=');
        add_quoted(s, t->properties[i].value);
        str_add(s, i + 1 < t->n_properties ? ", \n" : "");
    }
    str_addc(s, ')');
}
