/* SPDX-License-Identifier: MIT */
/* SHOW and DESCRIBE, laid out as Athena lays them out. */
#include "sim/athena/tables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Hive's patterns: * for anything, | between alternatives. */
static bool fits(const char *pattern, const char *name)
{
    AUTO(arena_drop) struct arena arena = {0};
    if (!pattern)
        return true;
    for (char *part = arena_dup(&arena, pattern), *next; part; part = next) {
        if ((next = strchr(part, '|')))
            *next++ = 0;
        if (text_glob_any_case(part, name))
            return true;
    }
    return false;
}

/* [IN|FROM default] */
static bool skip_database(struct reading *in)
{
    if (!reading_take(in, "in") && !reading_take(in, "from"))
        return true;
    const char *name = reading_name(in);
    if (name && text_same(name, "awsdatacatalog") && reading_take(in, "."))
        name = reading_name(in);
    return name && (text_same(name, "default") ||
                    err_set(in->e, "FAILED: SemanticException [Error 10072]: Database does not exist: %s", name));
}

static bool show_tables(struct tables *ts, struct reading *in, struct reply *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    if (!skip_database(in))
        return false;
    reading_take(in, "like");
    const char *pattern = token_at(in->t, in->i)->kind == TOKEN_TEXT ? reading_text(in) : NULL;
    const char **names = arena_alloc(&arena, (ts->n + 1) * sizeof(*names));
    for (size_t i = 0; i < ts->n; i++)
        names[i] = ts->items[i].name;
    qsort(names, ts->n, sizeof(*names), texts_order);
    r->names[0] = "tab_name";
    r->n_columns = 1;
    for (size_t i = 0; i < ts->n; i++)
        if (fits(pattern, names[i]))
            reply_add(r, names[i]);
    return true;
}

static bool show_databases(struct reading *in, struct reply *r)
{
    reading_take(in, "like");
    const char *pattern = token_at(in->t, in->i)->kind == TOKEN_TEXT ? reading_text(in) : NULL;
    r->names[0] = "database_name";
    r->n_columns = 1;
    if (fits(pattern, "default"))
        reply_add(r, "default");
    return true;
}

static const struct table *table_of(struct tables *ts, struct reading *in)
{
    const char *name = reading_table(in);
    const struct table *t = name ? tables_find(ts, name) : NULL;
    if (name && !t)
        err_set(in->e, "FAILED: SemanticException [Error 10001]: Table not found %s", name);
    return t;
}

/* SHOW COLUMNS IN t */
static bool show_columns(struct tables *ts, struct reading *in, struct reply *r)
{
    if (!reading_take(in, "in") && !reading_take(in, "from"))
        return token_mismatch(in->t, in->i, "'FROM', 'IN'", in->e);
    const struct table *t = table_of(ts, in);
    r->names[0] = "field";
    r->n_columns = 1;
    for (size_t i = 0; t && i < t->n_columns + t->n_keys; i++)
        reply_add(r, i < t->n_columns ? t->columns[i].name : t->keys[i - t->n_columns].name);
    return t && (!token_is(in->t, in->i, "in") || skip_database(in));
}

static bool show_create(struct tables *ts, struct reading *in, struct reply *r)
{
    AUTO(str_drop) struct str text = {0};
    const struct table *t = reading_expect(in, "table") ? table_of(ts, in) : NULL;
    if (!t)
        return false;
    ddl_add(&text, t);
    r->names[0] = "createtab_stmt";
    r->n_columns = 1;
    for (char *line = text.s, *next; line; line = next) {
        if ((next = strchr(line, '\n')))
            *next++ = 0;
        reply_add(r, line);
    }
    return true;
}

static bool show_partitions(struct tables *ts, struct reading *in, struct reply *r)
{
    const struct table *t = table_of(ts, in);
    if (!t)
        return false;
    if (!t->n_keys)
        return err_set(in->e,
                       "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                       "Table %s is not a partitioned table",
                       t->name);
    r->names[0] = "partition";
    r->n_columns = 1;
    for (size_t i = 0; i < t->n_partitions; i++) {
        AUTO(str_drop) struct str text = {0};
        for (size_t key = 0; key < t->n_keys; key++)
            str_addf(&text, "%s%s=%s", key ? "/" : "", t->keys[key].name, t->partitions[i].values[key]);
        reply_add(r, str_text(&text));
    }
    return true;
}

static void describe_one(struct reply *r, const struct hive_field *column)
{
    AUTO(str_drop) struct str type = {0};
    hive_add_type(&type, &column->type);
    reply_add(r, column->name);
    reply_add(r, str_text(&type));
    reply_add(r, "");
}

static bool describe(struct tables *ts, struct reading *in, struct reply *r)
{
    if (!reading_take(in, "extended"))
        reading_take(in, "formatted");
    const struct table *t = table_of(ts, in);
    if (!t)
        return false;
    r->names[0] = "col_name";
    r->names[1] = "data_type";
    r->names[2] = "comment";
    r->n_columns = 3;
    for (size_t i = 0; i < t->n_columns; i++)
        describe_one(r, &t->columns[i]);
    for (size_t i = 0; i < t->n_keys; i++)
        describe_one(r, &t->keys[i]);
    static const char *const title[] = {"", "", "", "# Partition Information", "", "", "# col_name", "data_type", "comment"};
    for (size_t i = 0; t->n_keys && i < COUNT(title); i++)
        reply_add(r, title[i]);
    for (size_t i = 0; i < t->n_keys; i++)
        describe_one(r, &t->keys[i]);
    return true;
}

bool show_run(struct tables *ts, struct reading *in, struct reply *r)
{
    if (reading_take(in, "describe") || reading_take(in, "desc"))
        return describe(ts, in, r);
    in->i++;
    if (reading_take(in, "tables"))
        return show_tables(ts, in, r);
    if (reading_take(in, "databases") || reading_take(in, "schemas"))
        return show_databases(in, r);
    if (reading_take(in, "columns"))
        return show_columns(ts, in, r);
    if (reading_take(in, "create"))
        return show_create(ts, in, r);
    if (reading_take(in, "partitions"))
        return show_partitions(ts, in, r);
    return token_mismatch(in->t, in->i, "'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES'", in->e);
}
