/* SPDX-License-Identifier: MIT */
/* A statement looked at without tables and engine, or by an engine without logs: for who writes one into a scenario. */
#include "sim/athena/athena.h"
#include "sim/athena/rewrite.h"
#include "sim/athena/tables.h"

#include <string.h>

bool statement_is_query(const struct tokens *t)
{
    static const char *const queries[] = {"select", "with", "values", "(", "explain", NULL};
    for (size_t i = 0; queries[i]; i++)
        if (token_is(t, 0, queries[i]))
            return true;
    return false;
}

static size_t byte_at(const char *sql, unsigned line, unsigned column)
{
    const char *s = sql;
    while (line > 1 && strchr(s, '\n')) {
        s = strchr(s, '\n') + 1;
        line--;
    }
    while (column > 1 && *s && *s != '\n') {
        do
            s++;
        while ((*s & 0xc0) == 0x80);
        column--;
    }
    return (size_t)(s - sql);
}

/* "line 1:8: " is taken out of the message: who asked knows another line for it. */
static void take_place(const char *sql, size_t *ret_at, struct err *e)
{
    char *place = strstr(e->msg, "line ");
    unsigned line = 0, column = 0;
    int n = 0;
    if (!place || sscanf(place, "line %u:%u: %n", &line, &column, &n) != 2 || !n)
        return;
    *ret_at = byte_at(sql, line, column);
    memmove(place, place + n, strlen(place + n) + 1);
}

static bool is_statement(struct tokens *t, const char *sql, struct err *e)
{
    AUTO(rewritten_drop) struct rewritten query = {0};
    if (!tokens_read(t, sql, strlen(sql), e))
        return false;
    if (token_at(t, 0)->kind == TOKEN_END)
        return err_set(e, "expected a statement");
    if (statement_end(t, e) == SIZE_MAX)
        return false;
    return statement_is_query(t) ? rewrite(t, &query, e) : tables_know(t, e);
}

bool athena_check(const char *sql, size_t *ret_at, struct err *e)
{
    AUTO(tokens_drop) struct tokens t = {0};
    *ret_at = 0;
    if (is_statement(&t, sql, e))
        return true;
    take_place(sql, ret_at, e);
    return false;
}

/* What names its place is the text's own mistake; other failures are of this engine, or of tables and buckets. */
bool athena_try(struct athena *a, const char *sql, size_t *ret_at, struct err *e)
{
    struct athena_result result;
    struct err said = {0};
    *ret_at = 0;
    bool good = athena_query(a, sql, &result, &said);
    if (good)
        athena_result_drop(&result);
    if (good || !strstr(said.msg, "line ") || text_starts(said.msg, "TABLE_NOT_FOUND"))
        return true;
    take_place(sql, ret_at, &said);
    return err_set(e, "%s", said.msg);
}
