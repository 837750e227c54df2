/* SPDX-License-Identifier: MIT */
/* The types of casts: array(bigint), map(varchar, json), row(a varchar) and the simple ones. */
#include "sim/athena/rewriter.h"

#include <string.h>

static const struct {
    const char *word, *to;
    bool sized; /* may have (n) or (p, s) */
} simple[] = {
    {"boolean",   "BOOLEAN",  false},
    {"tinyint",   "TINYINT",  false},
    {"smallint",  "SMALLINT", false},
    {"int",       "INTEGER",  false},
    {"integer",   "INTEGER",  false},
    {"bigint",    "BIGINT",   false},
    {"real",      "FLOAT",    false},
    {"double",    "DOUBLE",   false},
    {"decimal",   "DECIMAL",  true },
    {"varchar",   "VARCHAR",  true },
    {"char",      "VARCHAR",  true },
    {"varbinary", "BLOB",     false},
    {"date",      "DATE",     false},
    {"time",      "TIME",     false},
    {"json",      "JSON",     false},
    {"uuid",      "UUID",     false},
};

/* The comma that ends the part at i, outside all brackets; `to` if none does. */
static size_t part_end(const struct rewriter *r, size_t i, size_t to)
{
    for (size_t depth = 0; i < to; i++) {
        if (!depth && token_is(r->t, i, ","))
            break;
        depth += token_is(r->t, i, "(") || token_is(r->t, i, "<");
        depth -= depth && (token_is(r->t, i, ")") || token_is(r->t, i, ">"));
    }
    return i;
}

/* array(x) or array<x>: the places of what is within; false when no bracket follows. */
static bool inner(struct rewriter *r, size_t i, size_t to, size_t *from, size_t *end)
{
    size_t depth = 0;
    *from = i + 2;
    *end = token_close(r->t, i + 1);
    if (token_is(r->t, i + 1, "("))
        return *end + 1 == to || refuse(r, *end + 1, NULL);
    if (!token_is(r->t, i + 1, "<"))
        return refuse(r, i + 1, "'('");
    for (*end = i + 1; *end < to; ++*end) {
        depth += token_is(r->t, *end, "<");
        if (token_is(r->t, *end, ">") && --depth == 0)
            return *end + 1 == to || refuse(r, *end + 1, NULL);
    }
    return refuse(r, to, "'>'");
}

static bool row(struct rewriter *r, size_t i, size_t from, size_t end)
{
    AUTO(arena_drop) struct arena arena = {0};
    put_text(r, i, "STRUCT(");
    while (from < end) {
        size_t stop = part_end(r, from, end);
        if (!token_is_name(r->t, from))
            return refuse(r, from, "<identifier>");
        put_name(r, from, token_text(r->t, from, &arena));
        if (!type(r, from + 1, stop))
            return false;
        if (stop < end)
            put_text(r, stop, ",");
        from = stop + (stop < end);
    }
    put_text(r, end, ")");
    return true;
}

static bool map(struct rewriter *r, size_t i, size_t from, size_t end)
{
    size_t stop = part_end(r, from, end);
    put_text(r, i, "MAP(");
    if (!type(r, from, stop))
        return false;
    put_text(r, stop, ",");
    if (!type(r, stop + 1, end))
        return false;
    put_text(r, end, ")");
    return true;
}

static bool sized(struct rewriter *r, size_t i, size_t to)
{
    if (i == to)
        return true;
    if (!token_is(r->t, i, "(") || token_close(r->t, i) + 1 != to)
        return refuse(r, i, NULL);
    for (; i < to; i++) {
        if (!token_is(r->t, i, "(") && !token_is(r->t, i, ")") && !token_is(r->t, i, ",") &&
            token_at(r->t, i)->kind != TOKEN_NUMBER)
            return refuse(r, i, NULL);
        put(r, i);
    }
    return true;
}

/* timestamp, timestamp(3), timestamp(3) with time zone */
static bool timestamp(struct rewriter *r, size_t i, size_t to)
{
    size_t next = token_is(r->t, i + 1, "(") ? token_close(r->t, i + 1) + 1 : i + 1;
    bool zoned =
        next + 3 == to && token_is(r->t, next, "with") && token_is(r->t, next + 1, "time") && token_is(r->t, next + 2, "zone");
    put_text(r, i, zoned ? "TIMESTAMPTZ" : "TIMESTAMP");
    return zoned || next == to || refuse(r, next, NULL);
}

bool type(struct rewriter *r, size_t from, size_t to)
{
    size_t first, end;
    AUTO(arena_drop) struct arena arena = {0};
    if (from >= to)
        return refuse(r, to, "<type>");
    if (++r->depth > 200)
        return fail_at(r, from, "SYNTAX_ERROR", "the query is nested too deep");
    bool good = false, known = true;
    if (token_is(r->t, from, "array"))
        good = inner(r, from, to, &first, &end) && type(r, first, end) && (put_text(r, end, "[]"), true);
    else if (token_is(r->t, from, "map"))
        good = inner(r, from, to, &first, &end) && map(r, from, first, end);
    else if (token_is(r->t, from, "row"))
        good = inner(r, from, to, &first, &end) && row(r, from, first, end);
    else if (token_is(r->t, from, "timestamp"))
        good = timestamp(r, from, to);
    else {
        known = false;
        for (size_t i = 0; i < COUNT(simple) && !known; i++)
            if (token_is(r->t, from, simple[i].word)) {
                known = true;
                put_text(r, from, simple[i].to);
                good = simple[i].sized ? sized(r, from + 1, to) : from + 1 == to || refuse(r, from + 1, NULL);
            }
    }
    r->depth--;
    return known ? good : fail_at(r, from, "TYPE_NOT_FOUND", "Unknown type: %s", token_text(r->t, from, &arena));
}

/* The type is written once as SQL, which checks it and is taken back, and then turned into DuckDB's structures:
 * STRUCT("a" VARCHAR)[] is [{"a":"VARCHAR"}]. */
static const char *structure(const char *p, struct str *out);

static const char *structure_fields(const char *p, struct str *out)
{
    str_addc(out, '{');
    for (bool first = true; *p && *p != ')'; first = false) {
        p += strspn(p, " ,");
        const char *end = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (!end)
            break;
        str_addf(out, "%s%.*s:", first ? "" : ",", (int)(end + 1 - p), p);
        p = structure(end + 1, out);
        p += strspn(p, " ");
    }
    str_addc(out, '}');
    return *p ? p + 1 : p;
}

static const char *structure(const char *p, struct str *out)
{
    size_t begin = out->len;
    p += strspn(p, " ");
    if (text_starts(p, "STRUCT("))
        p = structure_fields(p + strlen("STRUCT("), out);
    else {
        size_t n = 0, depth = 0;
        for (; p[n] && (depth || !strchr(",)[ ", p[n])); n++)
            depth += (size_t)(p[n] == '(') - (size_t)(p[n] == ')');
        str_addf(out, "\"%.*s\"", (int)n, p);
        p += n;
    }
    for (p += strspn(p, " "); text_starts(p, "[]"); p += 2) {
        AUTO(str_drop) struct str inner = {0};
        str_addf(&inner, "[%s]", out->s + begin);
        out->len = begin;
        str_add(out, str_text(&inner));
    }
    return p;
}

bool type_as_json(struct rewriter *r, size_t from, size_t to, struct str *out)
{
    size_t begin = r->to->text.len, places = r->to->n_places;
    if (!type(r, from, to))
        return false;
    AUTO(str_drop) struct str sql = {0};
    str_add(&sql, r->to->text.s + begin);
    r->to->text.len = begin;
    r->to->text.s[begin] = 0;
    r->to->n_places = places;
    for (char *p = sql.s; p && *p; p++)
        if (*p == '\'' || *p == '\\')
            return fail_at(r, from, "NOT_SUPPORTED", "this lab does not take such names of fields");
    structure(str_text(&sql), out);
    return true;
}
