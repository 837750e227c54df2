/* SPDX-License-Identifier: MIT */
/*
 * Where a query keeps some rows of many. Which those are, its order says; rows that the order does not tell apart are as good,
 * and which of them is kept is chance. So the first column decides among them, once the least and once the greatest: when the
 * answer is not the same, the limit hid one.
 */
#include "sim/athena/athena.h"
#include "sim/athena/token.h"

#include <string.h>
#include <strings.h>

struct limit {            /* places of tokens */
    size_t at, end;       /* LIMIT, and what is behind its number */
    size_t order, behind; /* ORDER of the same query, or 0; where the order ends: OFFSET or LIMIT */
    size_t query;         /* the first token of the query that it belongs to */
    bool outermost;
};

static bool is_number(const struct tokens *t, size_t i)
{
    return token_at(t, i)->kind == TOKEN_NUMBER;
}

static bool opens(const struct tokens *t, size_t i)
{
    return token_is(t, i, "(") || token_is(t, i, "[");
}

static bool closes(const struct tokens *t, size_t i)
{
    return token_is(t, i, ")") || token_is(t, i, "]");
}

/* Back to the bracket in which it stands, past those that are closed. */
static void look_back(const struct tokens *t, struct limit *limit)
{
    size_t depth = 0, i = limit->at;
    limit->behind = limit->at;
    while (i > 0) {
        i--;
        if (closes(t, i))
            depth++;
        else if (opens(t, i) && depth == 0) {
            limit->query = i + 1;
            return;
        } else if (opens(t, i))
            depth--;
        if (depth == 0 && !limit->order && token_is(t, i, "ORDER") && token_is(t, i + 1, "BY"))
            limit->order = i;
        if (depth == 0 && token_is(t, i, "OFFSET") && is_number(t, i + 1))
            limit->behind = i;
    }
    limit->query = 0;
    limit->outermost = true;
}

static bool find_limit(const struct tokens *t, size_t which, struct limit *ret)
{
    for (size_t i = 1; i + 1 < t->n; i++) {
        if (!token_is(t, i, "LIMIT") || !is_number(t, i + 1) || which--)
            continue;
        *ret = (struct limit){.at = i, .end = i + 2};
        look_back(t, ret);
        return true;
    }
    return false;
}

static size_t begin_of(const struct tokens *t, size_t i)
{
    return token_at(t, i)->at;
}

static size_t end_of(const struct tokens *t, size_t i)
{
    return token_at(t, i)->at + token_at(t, i)->len;
}

static bool same_tokens(const struct tokens *t, size_t a, size_t b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct token *x = token_at(t, a + i), *y = token_at(t, b + i);
        if (x->len != y->len || strncasecmp(t->sql + x->at, t->sql + y->at, x->len) != 0)
            return false;
    }
    return true;
}

/* ORDER BY 1, ORDER BY what is selected first, in either direction, and nothing else. */
static bool ordered_by_itself(const struct tokens *t, const struct limit *limit)
{
    size_t by = limit->order + 2, n = limit->behind - by, select = limit->query;
    if (n && (token_is(t, by + n - 1, "ASC") || token_is(t, by + n - 1, "DESC")))
        n--;
    while (select < limit->order && !token_is(t, select, "SELECT"))
        select++;
    select += token_is(t, select + 1, "DISTINCT") ? 2 : 1;
    bool behind = token_is(t, select + n, ",") || token_is(t, select + n, "FROM") || token_is(t, select + n, "AS");
    bool first = n == 1 && is_number(t, by) && token_at(t, by)->len == 1 && t->sql[begin_of(t, by)] == '1';
    return n && (first || (behind && same_tokens(t, by, select, n)));
}

static const char *decide(struct arena *arena, const struct tokens *t, const struct limit *limit, bool anew, const char *how)
{
    bool more = limit->order && !anew;
    size_t from = anew && limit->order ? begin_of(t, limit->order) : begin_of(t, limit->behind);
    return arena_printf(arena, "%.*s%s%s %s", (int)(more ? end_of(t, limit->behind - 1) : from), t->sql,
                        more ? ", " : "ORDER BY ", how, t->sql + begin_of(t, limit->behind));
}

bool athena_choice(struct arena *arena, const char *sql, size_t which, bool by_value, struct athena_choice *ret)
{
    AUTO(tokens_drop) struct tokens t = {0};
    struct err ignored = {0};
    struct limit limit = {0};
    if (!tokens_read(&t, sql, strlen(sql), &ignored) || !find_limit(&t, which, &limit))
        return false;
    bool anew = !by_value && limit.outermost && limit.order && ordered_by_itself(&t, &limit);
    ret->words = arena_dupn(arena, sql + begin_of(&t, limit.at), end_of(&t, limit.end - 1) - begin_of(&t, limit.at));
    ret->least = decide(arena, &t, &limit, anew, "1");
    ret->greatest = decide(arena, &t, &limit, anew, "1 DESC");
    return true;
}
