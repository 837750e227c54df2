/* SPDX-License-Identifier: MIT */
/* When students handed in: a file's own time says when it was downloaded, so it has to be told. */
#include "grader/batch/times.h"
#include "grader/batch/columns.h"

static void read_row(struct times *t, struct columns *table, size_t row)
{
    const struct student *s = columns_student(table, t->roster, row, 0);
    const char *text = columns_text(table, row, 1);
    int64_t ms = 0;
    bool zoned = false;
    if (!s || !*text)
        return;
    if (!time_parse(text, &ms, &zoned) || !zoned) {
        columns_wrong(table, row, 1, "bad-time", "expected a time with its zone such as 2026-03-01T23:59:00Z, got \"%s\"",
                      text);
        return;
    }
    const char **known = &t->list[s - t->roster->list], *at = arena_time(&t->arena, ms, TIME_ISO);
    if (*known && !text_same(*known, at))
        columns_wrong(table, row, 1, "two-times",
                      "\"%s\" handed in at another time in a line above: expected one; grade attempts with a table each",
                      s->id);
    *known = at;
}

bool times_read(struct times *t, const struct roster *roster, const char *path, struct diags *diags, struct err *e)
{
    static const char *const names[] = {"student", "submitted", NULL};
    AUTO(columns_drop) struct columns table = {0};
    *t = (struct times){.roster = roster};
    if (!path)
        return true;
    if (!columns_read(&table, path, names, diags, e))
        return false;
    t->list = arena_alloc(&t->arena, (roster->n + 1) * sizeof(*t->list));
    for (size_t i = 1; i < table.csv.n; i++)
        read_row(t, &table, i);
    return columns_good(&table, e);
}

const char *times_of(const struct times *t, const char *student)
{
    const struct student *s = t->list ? roster_student(t->roster, student) : NULL;
    return s ? t->list[s - t->roster->list] : NULL;
}

void times_drop(struct times *t)
{
    arena_drop(&t->arena);
    *t = (struct times){0};
}
