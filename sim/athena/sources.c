/* SPDX-License-Identifier: MIT */
/* What a query reads from: tables by name, subqueries, UNNEST. Nothing else is a source here: no functions, no files. */
#include "sim/athena/rewriter.h"

#include <string.h>
#include <strings.h>

static const char *const comma[] = {",", NULL};
static const char *const no_alias[] = {"where",     "group",  "having", "order",       "limit",  "offset", "fetch", "union",
                                       "intersect", "except", "join",   "cross",       "inner",  "left",   "right", "full",
                                       "natural",   "on",     "using",  "tablesample", "window", NULL};

/* [AS] t [(a, b)] */
static size_t source_alias(struct rewriter *r, size_t i, size_t to)
{
    AUTO(arena_drop) struct arena arena = {0};
    bool as = token_is(r->t, i, "as");
    if (i >= to || (!as && (!token_is_name(r->t, i) || one_of(r, i, no_alias))))
        return i;
    i += as;
    if (!token_is_name(r->t, i))
        return refuse(r, i, "<identifier>"), SIZE_MAX;
    put_text(r, i, "AS");
    put_name(r, i, token_text(r->t, i, &arena));
    return token_is(r->t, i + 1, "(") ? names(r, i + 1) : i + 1;
}

/* DuckDB's own tables, which are none of Athena's. */
static bool is_inner(const char *name)
{
    static const char *const prefixes[] = {"duckdb_", "pragma_", "sqlite_", "pg_"};
    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (!strncasecmp(name, prefixes[i], strlen(prefixes[i])))
            return true;
    return false;
}

static bool known_place(struct rewriter *r, size_t i, char *const parts[3], size_t n)
{
    const char *schema = n > 1 ? parts[n - 2] : "default", *name = parts[n - 1];
    if (n == 3 && strcasecmp(parts[0], "awsdatacatalog") != 0)
        return fail_at(r, i, "CATALOG_NOT_FOUND", "Catalog '%s' does not exist", parts[0]);
    if (strcasecmp(schema, "default") != 0 && strcasecmp(schema, "information_schema") != 0)
        return fail_at(r, i, "SCHEMA_NOT_FOUND", "Schema '%s' does not exist", schema);
    return !is_inner(name) || fail_at(r, i, "TABLE_NOT_FOUND", "Table 'awsdatacatalog.%s.%s' does not exist", schema, name);
}

/* a, default.a, "awsdatacatalog"."default"."a" */
static size_t named(struct rewriter *r, size_t i, size_t to)
{
    char *parts[3];
    size_t n = 0, first = i;
    for (;; i++) {
        if (!token_is_name(r->t, i) || i >= to)
            return refuse(r, i, "<identifier>"), SIZE_MAX;
        if (n == 3)
            return fail_at(r, first, "SYNTAX_ERROR", "Too many parts in table name"), SIZE_MAX;
        parts[n++] = token_text(r->t, i++, &r->to->arena);
        if (!token_is(r->t, i, "."))
            break;
    }
    if (token_is(r->t, i, "("))
        return refuse(r, i, NULL), SIZE_MAX;
    if (!known_place(r, first, parts, n))
        return SIZE_MAX;
    for (size_t p = 0; p < n; p++) {
        if (p)
            put_text(r, first + 2 * p - 1, ".");
        put_name(r, first + 2 * p, parts[p]);
    }
    return source_alias(r, i, to);
}

/* ---- UNNEST ---- */

struct unnest {
    size_t open, close, next; /* next: behind the alias */
    size_t alias, columns;    /* the alias, 0 if there is none; how many columns it names */
    bool numbered;            /* WITH ORDINALITY */
};

static bool read_unnest(struct rewriter *r, size_t i, size_t to, struct unnest *u)
{
    *u = (struct unnest){.open = i + 1, .close = token_close(r->t, i + 1)};
    if (!token_is(r->t, i + 1, "(") || u->close >= to)
        return refuse(r, u->close < to ? i + 1 : r->t->n - 1, "'('");
    u->next = u->close + 1;
    if (token_is(r->t, u->next, "with") && token_is(r->t, u->next + 1, "ordinality")) {
        u->numbered = true;
        u->next += 2;
    }
    size_t alias = u->next + token_is(r->t, u->next, "as");
    if (alias >= to || !token_is_name(r->t, alias) || (alias == u->next && one_of(r, alias, no_alias)))
        return true;
    u->alias = alias;
    u->next = alias + 1;
    if (!token_is(r->t, u->next, "("))
        return true;
    size_t close = token_close(r->t, u->next);
    u->columns = (close - u->next) / 2;
    u->next = close + 1;
    return close < to || refuse(r, close, NULL);
}

/* A map comes out as keys and values. Only the text can tell: by a cast to a map, or a function that makes one. */
static bool is_map(struct rewriter *r, size_t from, size_t to)
{
    static const char *const makers[] = {"map", "split_to_map", "map_agg", "map_concat", "histogram", "map_from_entries", NULL};
    for (size_t i = from; i < to; i++)
        if (one_of(r, i, makers) && (i == from || token_is(r->t, i - 1, "as")))
            return true;
    return false;
}

/* One list as columns of a query of its own: `deep` takes the fields of its rows apart. */
static bool put_list(struct rewriter *r, size_t from, size_t to, bool deep)
{
    bool map = is_map(r, from, to);
    put_text(r, from, map ? "unnest(map_entries(" : "unnest(");
    if (!range(r, from, to))
        return false;
    put_text(r, to - 1, map ? ")" : "");
    put_text(r, to - 1, deep || map ? ", max_depth := 2)" : ")");
    return true;
}

static size_t unnest(struct rewriter *r, size_t i, size_t to)
{
    struct unnest u;
    if (!read_unnest(r, i, to, &u))
        return SIZE_MAX;
    size_t first = find_word(r, u.open + 1, u.close, comma);
    if (u.open + 1 == u.close)
        return refuse(r, u.close, NULL), SIZE_MAX;
    bool deep = first == u.close && u.columns > 1u + u.numbered;
    put_text(r, i, "LATERAL (SELECT");
    for (size_t at = u.open + 1; at < u.close;) {
        size_t stop = find_word(r, at, u.close, comma);
        if (stop == at)
            return refuse(r, at, NULL), SIZE_MAX;
        put_text(r, at, at > u.open + 1 ? "," : "");
        if (!put_list(r, at, stop, deep))
            return SIZE_MAX;
        at = stop + (stop < u.close);
    }
    if (u.numbered) {
        put_text(r, u.close, ", unnest(range(1, CAST(");
        put_macro(r, u.close, "cardinality");
        put_text(r, u.close, "(");
        if (!range(r, u.open + 1, first))
            return SIZE_MAX;
        put_text(r, u.close, ") AS BIGINT) + 1))");
    }
    put_text(r, u.close, ")");
    if (!u.alias)
        put_text(r, u.close, "AS unnested");
    else {
        put_text(r, u.alias, "AS");
        for (size_t at = u.alias; at < u.next; at++)
            put(r, at);
    }
    return u.next;
}

/* (a JOIN b ON ..): tables in brackets, not a query. */
static size_t joined(struct rewriter *r, size_t i, size_t to)
{
    size_t close = token_close(r->t, i);
    if (close >= to)
        return refuse_open(r, i, to), SIZE_MAX;
    if (++r->depth > 200)
        return fail_at(r, i, "SYNTAX_ERROR", "the query is nested too deep"), SIZE_MAX;
    put(r, i);
    size_t next = table(r, i + 1, close);
    if (next == SIZE_MAX || !walk(r, next, close, true))
        return SIZE_MAX;
    put(r, close);
    r->depth--;
    return close + 1;
}

size_t table(struct rewriter *r, size_t i, size_t to)
{
    static const char *const queries[] = {"select", "with", "values", "(", NULL};
    if (i >= to)
        return refuse(r, i, NULL), SIZE_MAX;
    if (token_is(r->t, i, "lateral")) {
        put(r, i++);
        if (!token_is(r->t, i, "("))
            return refuse(r, i, "'('"), SIZE_MAX;
    }
    if (token_is(r->t, i, "(")) {
        size_t next = one_of(r, i + 1, queries) ? brackets(r, i, to) : joined(r, i, to);
        return next == SIZE_MAX ? next : source_alias(r, next, to);
    }
    return token_is(r->t, i, "unnest") ? unnest(r, i, to) : named(r, i, to);
}
