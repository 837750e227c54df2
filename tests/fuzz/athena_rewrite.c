/* SPDX-License-Identifier: MIT */
/* What is typed: the rewriter and, for other statements, the tables of an empty lab. */
#include "sim/athena/athena.h"
#include "sim/athena/tables.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SHOW CREATE TABLE of whatever was made must read back as a table. */
static void try_table(const struct tables *tables, const char *name)
{
    AUTO(str_drop) struct str view = {0}, ddl = {0};
    const struct table *t = tables_find(tables, name);
    if (!t)
        return;
    ddl_add(&ddl, t);
    if (!view_add(&view, t, true, &(struct err){0}))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str out = {0}, sql = {0};
    AUTO(tokens_drop) struct tokens tokens = {0};
    AUTO(reply_drop) struct reply reply = {0};
    struct err e = {0};
    if (athena_rewrite((const char *)data, size, &out, &e) == e.set)
        __builtin_trap();
    str_addn(&sql, data, size);
    const char *buckets[] = {"b"};
    struct logs logs = {.dir = -1, .buckets = buckets, .n_buckets = 1};
    struct tables tables;
    tables_open(&tables, "/nonexistent", &logs, &out);
    e = (struct err){0};
    if (tokens_read(&tokens, str_text(&sql), sql.len, &e) && tables_say(&tables, &tokens, &reply, &e))
        try_table(&tables, "t");
    tables_close(&tables);
    return 0;
}
