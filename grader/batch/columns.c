/* SPDX-License-Identifier: MIT */
/* Small tables that a teacher writes: the first mistake is told with its place. */
#include "grader/batch/columns.h"

#include <string.h>

bool columns_read(const char *path, struct csv *csv, const char *const *names, size_t required, int *at, struct err *e)
{
    static const struct csv_limits limits = {16u << 20, 100000, 100};
    AUTO(str_drop) struct str text = {0};
    AUTO(diags_drop) struct diags diags = {0};
    if (!file_read(path, limits.bytes, &text, e))
        return false;
    if (!csv_read(path, str_text(&text), text.len, &limits, csv, &diags)) {
        const struct diag *d = diags.n ? &diags.list[0] : NULL;
        return err_set(e, "%s:%u:%u: %s", path, d ? d->at.line : 0, d ? d->at.col : 0, d ? d->message : "cannot be read");
    }
    for (size_t i = 0; names[i]; i++) {
        bool needed = i < required;
        at[i] = -1;
        for (size_t j = 0; csv->n && j < csv->rows[0].n; j++)
            if (!strcasecmp(csv->rows[0].cells[j].text, names[i]))
                at[i] = (int)j;
        if (at[i] < 0 && needed)
            return err_set(e, "%s:1: expected a column \"%s\"", path, names[i]);
    }
    return true;
}

const char *column_text(const struct csv_row *row, int at)
{
    return at >= 0 && (size_t)at < row->n ? row->cells[at].text : "";
}

const struct student *column_student(const struct roster *roster, const char *path, const struct csv_row *row, int at,
                                     struct err *e)
{
    const char *text = column_text(row, at);
    const struct student *s = roster_student(roster, text);
    s = s ? s : roster_meant(roster, text);
    if (!s)
        err_set(e,
                roster_several(roster, text) ? "%s:%u: \"%s\" may mean several students: expected an id"
                                             : "%s:%u: no student \"%s\" in this class",
                path, row->line, text);
    return s;
}
