/* SPDX-License-Identifier: MIT */
/* When students handed in: a file's own time says when it was downloaded, so it has to be told. */
#include "grader/batch/times.h"
#include "grader/batch/columns.h"

bool times_read(struct times *t, const struct roster *roster, const char *path, struct err *e)
{
    static const char *const names[] = {"student", "submitted", NULL};
    AUTO(csv_drop) struct csv csv = {0};
    int at[2];
    *t = (struct times){.roster = roster};
    if (!path)
        return true;
    if (!columns_read(path, &csv, names, 2, at, e))
        return false;
    t->list = arena_alloc(&t->arena, (roster->n + 1) * sizeof(*t->list));
    for (size_t i = 1; i < csv.n; i++) {
        const struct student *s = column_student(roster, path, &csv.rows[i], at[0], e);
        const char *text = column_text(&csv.rows[i], at[1]);
        int64_t ms = 0;
        bool zoned = false;
        if (!s)
            return false;
        if (!*text)
            continue;
        if (!time_parse(text, &ms, &zoned) || !zoned)
            return err_set(e, "%s:%u: expected a time with its zone such as 2026-03-01T23:59:00Z, got \"%s\"", path,
                           csv.rows[i].line, text);
        t->list[s - roster->list] = arena_time(&t->arena, ms, TIME_ISO);
    }
    return true;
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
