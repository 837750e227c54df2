/* SPDX-License-Identifier: MIT */
/* The list of tables, and the statements that change it. */
#include "sim/athena/tables.h"
#include "sim/athena/columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEPT_MAX (1u << 20)

struct table *tables_find(const struct tables *ts, const char *name)
{
    for (size_t i = 0; i < ts->n; i++)
        if (!strcasecmp(ts->items[i].name, name))
            return &ts->items[i];
    return NULL;
}

/* ---- the tables from the start ---- */

static void add_console_columns(struct tables *ts, struct table *t)
{
    t->columns = arena_alloc(&ts->arena, LEAVES * sizeof(*t->columns));
    for (size_t leaf = 0; leaf < LEAVES; leaf = leaf_next(leaf))
        if (leaf_is_console(leaf)) {
            t->columns[t->n_columns].name = leaves[leaf].name;
            hive_of_leaf(&t->columns[t->n_columns++].type, leaf, &ts->arena);
        }
}

static void add_ready(struct tables *ts, const char *name, const char *prefix)
{
    struct table t = {.name = name, .ready = true, .prefix = prefix, .serde = "org.apache.hive.hcatalog.data.JsonSerDe"};
    static struct property classification[] = {
        {"classification", "cloudtrail"}
    };
    t.properties = classification;
    t.n_properties = 1;
    add_console_columns(ts, &t);
    if (!tables_find(ts, name))
        *GROW(ts->items, ts->n, ts->cap) = t;
}

const char *athena_table_name(struct arena *arena, const char *bucket)
{
    char *name = arena_printf(arena, "cloudtrail_logs_%s", bucket);
    for (char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : '_');
    return name;
}

static void add_all_ready(struct tables *ts)
{
    for (size_t i = 0; i < ts->logs->n_buckets; i++)
        add_ready(ts, athena_table_name(&ts->arena, ts->logs->buckets[i]),
                  arena_printf(&ts->arena, "%s/", ts->logs->buckets[i]));
    add_ready(ts, "logs", "");
}

/* ---- replies ---- */

void reply_add(struct reply *r, const char *cell)
{
    *GROW(r->cells, r->n_cells, r->cap_cells) = arena_dup(&r->arena, cell);
}

void reply_drop(struct reply *r)
{
    free(r->cells);
    arena_drop(&r->arena);
    *r = (struct reply){0};
}

/* ---- statements ---- */

static bool at_end(struct reading *in)
{
    reading_take(in, ";");
    return token_at(in->t, in->i)->kind == TOKEN_END || token_mismatch(in->t, in->i, "<EOF>", in->e);
}

static bool create(struct tables *ts, struct reading *in, struct reply *r)
{
    struct table t = {0};
    bool if_not_exists;
    AUTO(str_drop) struct str view = {0};
    if (!ddl_read(in, ts->logs, &t, &if_not_exists) || !at_end(in) || !view_add(&view, &t, false, in->e))
        return false;
    struct table *there = tables_find(ts, t.name);
    r->statement = "DDL";
    if (there && !there->ready)
        return if_not_exists || err_set(in->e, "AlreadyExistsException: Table %s already exists", t.name);
    if (there && text_same(t.name, "logs"))
        return if_not_exists ||
               err_set(in->e, "AlreadyExistsException: Table logs already exists: it is this lab's own, over all buckets");
    if (there)
        *there = t; /* the ready one gives way to the student's */
    else
        *GROW(ts->items, ts->n, ts->cap) = t;
    r->changed = true;
    return true;
}

static struct table *wanted_table(struct tables *ts, struct reading *in, const char *name)
{
    struct table *t = name ? tables_find(ts, name) : NULL;
    if (name && !t)
        err_set(in->e, "FAILED: SemanticException [Error 10001]: Table not found %s", name);
    return t;
}

static bool drop(struct tables *ts, struct reading *in, struct reply *r)
{
    bool if_exists = reading_take(in, "if");
    if (if_exists && !reading_expect(in, "exists"))
        return false;
    const char *name = reading_table(in);
    if (!name || !at_end(in))
        return false;
    r->statement = "DDL";
    if (if_exists && !tables_find(ts, name))
        return true;
    struct table *t = wanted_table(ts, in, name);
    if (!t)
        return false;
    if (text_same(name, "logs"))
        return err_set(in->e, "FAILED: SemanticException: Table logs is this lab's own and stays");
    r->dropped = arena_dup(&r->arena, t->name);
    size_t i = (size_t)(t - ts->items);
    memmove(t, t + 1, (ts->n - i - 1) * sizeof(*t));
    ts->n--;
    r->changed = true;
    return true;
}

/* PARTITION (region='us-east-1', year='2025') LOCATION 's3://..' */
static bool add_partition(struct tables *ts, struct reading *in, struct table *t, bool if_not_exists, bool *changed)
{
    struct partition p = {.values = arena_alloc(in->arena, (t->n_keys + 1) * sizeof(*p.values))};
    if (!reading_expect(in, "(") || !t->n_keys)
        return t->n_keys ? false : err_set(in->e, "FAILED: SemanticException: Table %s is not a partitioned table", t->name);
    do {
        size_t at = in->i, key = 0;
        const char *name = reading_name(in);
        while (name && key < t->n_keys && !text_same(t->keys[key].name, name))
            key++;
        if (!name || key == t->n_keys)
            return name ? (in->i = at, token_mismatch(in->t, at, "a partition key", in->e)) : false;
        if (!reading_expect(in, "="))
            return false;
        bool number = token_at(in->t, in->i)->kind == TOKEN_NUMBER;
        if (!(p.values[key] = number ? token_text(in->t, in->i++, in->arena) : reading_text(in)))
            return false;
    } while (reading_take(in, ","));
    if (!reading_expect(in, ")"))
        return false;
    size_t at = in->i + 1;
    if (reading_take(in, "location") ? !ddl_location(in, ts->logs, at, reading_text(in), &p.prefix)
                                     : !token_mismatch(in->t, in->i, "'LOCATION'", in->e))
        return false;
    for (size_t key = 0; key < t->n_keys; key++)
        if (!p.values[key])
            return err_set(in->e, "FAILED: SemanticException: partition key '%s' has no value", t->keys[key].name);
    for (size_t i = 0; i < t->n_partitions; i++) {
        size_t key = 0;
        while (key < t->n_keys && text_same(t->partitions[i].values[key], p.values[key]))
            key++;
        if (key == t->n_keys)
            return if_not_exists || err_set(in->e, "FAILED: AlreadyExistsException: Partition already exists");
    }
    *GROW(t->partitions, t->n_partitions, t->cap_partitions) = p;
    *changed = true;
    return true;
}

static bool alter(struct tables *ts, struct reading *in, struct reply *r)
{
    const char *name = reading_expect(in, "table") ? reading_table(in) : NULL;
    struct table *t = wanted_table(ts, in, name);
    if (!t || !reading_expect(in, "add"))
        return false;
    bool if_not_exists = reading_take(in, "if");
    if (if_not_exists && (!reading_expect(in, "not") || !reading_expect(in, "exists")))
        return false;
    r->statement = "DDL";
    if (!reading_expect(in, "partition"))
        return false;
    do
        if (!add_partition(ts, in, t, if_not_exists, &r->changed))
            return false;
    while (reading_take(in, "partition"));
    return at_end(in);
}

/* Finds partitions where paths say key=value, which CloudTrail's do not: nothing changes, and Athena says nothing. */
static bool repair(struct tables *ts, struct reading *in, struct reply *r)
{
    const char *name = reading_expect(in, "repair") && reading_expect(in, "table") ? reading_table(in) : NULL;
    struct table *t = wanted_table(ts, in, name);
    r->statement = "DDL";
    return t && at_end(in) &&
           (t->n_keys || err_set(in->e, "FAILED: SemanticException: Table %s is not a partitioned table", t->name));
}

static bool create_or_refuse(struct tables *ts, struct reading *in, struct reply *r)
{
    if (reading_take(in, "external"))
        return reading_expect(in, "table") && create(ts, in, r);
    if (token_is(in->t, in->i, "table") || token_is(in->t, in->i, "view") || token_is(in->t, in->i, "or") ||
        token_is(in->t, in->i, "database") || token_is(in->t, in->i, "schema"))
        return err_set(in->e, "NOT_SUPPORTED: this lab keeps no data but its logs: expected CREATE EXTERNAL TABLE");
    return token_mismatch(in->t, in->i, "'EXTERNAL', 'OR', 'SCHEMA', 'TABLE', 'VIEW'", in->e);
}

static bool drop_or_refuse(struct tables *ts, struct reading *in, struct reply *r)
{
    return reading_take(in, "table") ? drop(ts, in, r) : token_mismatch(in->t, in->i, "'TABLE'", in->e);
}

static bool show(struct tables *ts, struct reading *in, struct reply *r)
{
    r->statement = "UTILITY";
    in->i--;
    return show_run(ts, in, r) && at_end(in);
}

static const struct {
    const char *word;
    bool (*run)(struct tables *, struct reading *, struct reply *);
} statements[] = {
    {"create",   create_or_refuse},
    {"drop",     drop_or_refuse  },
    {"alter",    alter           },
    {"msck",     repair          },
    {"show",     show            },
    {"describe", show            },
    {"desc",     show            },
};

/* Statements that Athena knows and this lab has no use for, in Athena's words where the logs cannot be changed. */
static bool refuse_statement(const struct tokens *t, struct err *e)
{
    static const char *const changes[] = {"insert", "update", "delete", "merge", "truncate", NULL};
    static const char *const others[] = {"set",    "reset",    "use",      "pragma", "attach",  "detach",  "copy",
                                         "export", "import",   "call",     "load",   "install", "vacuum",  "begin",
                                         "commit", "rollback", "grant",    "revoke", "prepare", "execute", "deallocate",
                                         "unload", "analyze",  "optimize", "start",  NULL};
    for (size_t i = 0; changes[i]; i++)
        if (token_is(t, 0, changes[i]))
            return err_set(e, "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables");
    for (size_t i = 0; others[i]; i++)
        if (token_is(t, 0, others[i]))
            return err_set(e, "Queries of this type are not supported");
    return token_mismatch(t, 0, "'ALTER', 'CREATE', 'DESCRIBE', 'DROP', 'EXPLAIN', 'MSCK', 'SELECT', 'SHOW', 'VALUES', 'WITH'",
                          e);
}

bool tables_know(const struct tokens *t, struct err *e)
{
    for (size_t i = 0; i < COUNT(statements); i++)
        if (token_is(t, 0, statements[i].word))
            return true;
    return refuse_statement(t, e);
}

bool tables_say(struct tables *ts, const struct tokens *t, struct reply *r, struct err *e)
{
    struct reading in = {t, 1, &ts->arena, e};
    for (size_t i = 0; i < COUNT(statements); i++)
        if (token_is(t, 0, statements[i].word))
            return statements[i].run(ts, &in, r);
    return refuse_statement(t, e);
}

/* ---- keeping ---- */

static void keep(struct tables *ts, const char *sql)
{
    *GROW(ts->statements, ts->n_statements, ts->cap_statements) = xstrdup(sql);
}

static bool save(const struct tables *ts, struct err *e)
{
    AUTO(str_drop) struct str text = {0}, dir = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < ts->n_statements; i++)
        json_array_append_new(list, json_clean(ts->statements[i]));
    str_add_json_pretty(&text, list);
    json_decref(list);
    str_addn(&dir, ts->path, strlen(ts->path) - strlen("/statements.json"));
    return text.len > KEPT_MAX ? err_set(e, "too many statements to keep in '%s'", ts->path)
                               : dir_make(str_text(&dir), e) && file_write(ts->path, text.s, text.len, 0644, e);
}

bool tables_run(struct tables *ts, const struct tokens *t, struct reply *r, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    if (!tables_say(ts, t, r, e))
        return false;
    if (!r->changed)
        return true;
    keep(ts, arena_dupn(&arena, t->sql, token_at(t, t->n - 1)->at));
    struct err failed = {0};
    if (ts->path)
        save(ts, &failed); /* a lab that cannot be written: the table lasts as long as this session */
    return true;
}

static void say_again(struct tables *ts, const char *sql, struct str *warnings)
{
    AUTO(tokens_drop) struct tokens t = {0};
    AUTO(reply_drop) struct reply r = {0};
    struct err e = {0};
    if (tokens_read(&t, sql, strlen(sql), &e) && tables_say(ts, &t, &r, &e))
        keep(ts, sql);
    else {
        str_addf(warnings, "'%s': a statement kept there does not hold any more: ", ts->path);
        str_add_log(warnings, e.msg);
        str_addc(warnings, '\n');
    }
}

void tables_open(struct tables *ts, const char *lab, const struct logs *logs, struct str *warnings)
{
    AUTO(str_drop) struct str path = {0}, text = {0};
    struct err e = {0};
    size_t i;
    json_t *item;
    *ts = (struct tables){.logs = logs};
    if (!lab) {
        add_all_ready(ts);
        return;
    }
    str_addf(&path, "%s/.cafelab/athena/statements.json", lab);
    ts->path = str_steal(&path);
    add_all_ready(ts);
    if (!file_exists(ts->path))
        return;
    json_t *list = file_read(ts->path, KEPT_MAX, &text, &e) ? json_read(str_text(&text), text.len, &e) : NULL;
    if (!json_is_array(list))
        str_addf(warnings, "'%s' is left out: %s\n", ts->path, e.set ? e.msg : "expected a list of statements");
    json_array_foreach(list, i, item)
    {
        if (json_is_string(item))
            say_again(ts, json_string_value(item), warnings);
    }
    json_decref(list);
}

void tables_close(struct tables *ts)
{
    for (size_t i = 0; i < ts->n; i++)
        free(ts->items[i].partitions);
    for (size_t i = 0; i < ts->n_statements; i++)
        free(ts->statements[i]);
    free(ts->items);
    free(ts->statements);
    free(ts->path);
    arena_drop(&ts->arena);
    *ts = (struct tables){0};
}
