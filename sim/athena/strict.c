/* SPDX-License-Identifier: MIT */
/*
 * What DuckDB lets pass and Athena does not, as far as the tokens tell without doubt: a varchar column compared with a
 * number or a time, and an alias of the select list in WHERE or GROUP BY. Both are everyday slips, and who learns them
 * here would meet the errors only on AWS. Where a name may mean something else, nothing is said.
 */
#include "sim/athena/columns.h"
#include "sim/athena/rewriter.h"

#include <string.h>
#include <strings.h>

static bool same_name(const struct rewriter *r, size_t i, const char *name)
{
    AUTO(arena_drop) struct arena arena = {0};
    return token_is_name(r->t, i) && !strcasecmp(token_text(r->t, i, &arena), name);
}

/* How often the query gives something this name: AS name, or a name in a list behind an alias. */
static size_t times_defined(const struct rewriter *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 1; i + 1 < r->t->n; i++) {
        bool listed = (token_is(r->t, i - 1, "(") || token_is(r->t, i - 1, ",")) &&
                      (token_is(r->t, i + 1, ")") || token_is(r->t, i + 1, ","));
        if (same_name(r, i, name) && (token_is(r->t, i - 1, "as") || listed))
            n++;
    }
    return n;
}

/* ---- comparisons ---- */

/* The first token of the chain a.b.c that ends at `i`. */
static size_t chain_start(const struct rewriter *r, size_t i)
{
    while (i >= 2 && token_is(r->t, i - 1, ".") && token_is_name(r->t, i - 2))
        i -= 2;
    return i;
}

/* Whether the chain is a text of CloudTrail's: a column, or a field of useridentity or tlsdetails. */
static bool is_varchar(const struct rewriter *r, size_t from, size_t to)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *last = token_text(r->t, to, &arena);
    static const char *const structs[] = {"useridentity", "sessioncontext", "sessionissuer", "attributes", "tlsdetails", NULL};
    if (times_defined(r, last))
        return false;
    if (to > from && one_of(r, to - 2, structs)) {
        for (size_t i = 0; i < LEAVES; i++)
            if (leaves[i].depth && leaves[i].kind == LEAF_TEXT && !strcasecmp(leaves[i].name, last))
                return true;
        return false;
    }
    size_t leaf = leaf_find(last);
    return leaf < LEAVES && leaves[leaf].kind == LEAF_TEXT && to - from <= 2;
}

/* The type of the operand at `i`, where its first tokens tell; NULL where they do not. */
static const char *type_of(const struct rewriter *r, size_t i, struct arena *arena)
{
    static const char *const zoned[] = {"now", "current_timestamp", "from_iso8601_timestamp", NULL};
    const struct token *token = token_at(r->t, i);
    if (token->kind == TOKEN_NUMBER) {
        const char *text = token_text(r->t, i, arena), *point = strchr(text, '.');
        size_t digits = strlen(text);
        if (strpbrk(text, "eE"))
            return "double";
        if (point)
            return arena_printf(arena, "decimal(%zu,%zu)", digits - 1, strlen(point + 1));
        return digits > 9 ? "bigint" : "integer";
    }
    bool literal = token_at(r->t, i + 1)->kind == TOKEN_TEXT;
    if (token_is(r->t, i, "timestamp") && literal)
        return "timestamp(0)";
    if ((token_is(r->t, i, "date") && literal) || token_is(r->t, i, "current_date"))
        return "date";
    if (one_of(r, i, zoned) || (token_is(r->t, i, "date_add") && one_of(r, token_close(r->t, i + 1) - 3, zoned)))
        return "timestamp(3) with time zone";
    return NULL;
}

bool strict_comparison(struct rewriter *r, size_t i)
{
    static const char *const operators[] = {"=", "<>", "!=", "<", ">", "<=", ">=", NULL};
    static const char *const before[] = {"where", "and", "or", "not", "on", "(", "when", "having", NULL};
    AUTO(arena_drop) struct arena arena = {0};
    if (!i || !one_of(r, i, operators) || !token_is_name(r->t, i - 1))
        return true;
    size_t from = chain_start(r, i - 1);
    if (!from || !one_of(r, from - 1, before) || !is_varchar(r, from, i - 1))
        return true;
    const char *type = type_of(r, i + 1, &arena);
    AUTO(str_drop) struct str sign = {0};
    str_addn(&sign, r->t->sql + token_at(r->t, i)->at, token_at(r->t, i)->len);
    return !type || fail_at(r, i, "TYPE_MISMATCH", "Cannot apply operator: varchar %s %s", str_text(&sign), type);
}

/* ---- aliases ---- */

/* In i..to, a WHERE or GROUP BY with what follows: a name that only the select list knows. */
bool strict_aliases(struct rewriter *r, size_t i, size_t to, const char *const *aliases, size_t n)
{
    static const char *const ends[] = {"order", "limit", "offset", "fetch", "union", "intersect", "except", "window", NULL};
    static const char *const starts[] = {"where", "group", "having", NULL};
    size_t end = find_word(r, i, to, ends);
    for (i = find_word(r, i, end, starts); i < end; i++) {
        if (token_is(r->t, i, "(")) {
            i = token_close(r->t, i);
            continue;
        }
        for (size_t a = 0; a < n; a++)
            if (same_name(r, i, aliases[a]) && !token_is(r->t, i - 1, ".") && !token_is(r->t, i + 1, ".") &&
                !token_is(r->t, i + 1, "(") && times_defined(r, aliases[a]) == 1 && leaf_find(aliases[a]) == LEAVES)
                return fail_at(r, i, "COLUMN_NOT_FOUND", "Column '%s' cannot be resolved (it is an alias of the select list)",
                               aliases[a]);
    }
    return true;
}
