/* SPDX-License-Identifier: MIT */
/*
 * Canvas's gradebook: its own export in, the columns that say who is who kept as they are, one column added. Only changed
 * columns should be uploaded, so the export's other assignments are left out. Canvas finds the assignment by the column's
 * title, or creates it and asks. A blank cell takes a score away that is there (lib/gradebook_importer.rb): who has no grade
 * keeps what the export has in that column. An assignment that is there is named in full, with its number, and keeps its
 * points: Canvas takes "Points Possible" of new ones only, so 120 of 120 would become 120 of 100. What was earned is written in
 * its share.
 */
#include "grader/class/class.h"
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

#include <stdlib.h>
#include <string.h>

struct cell { /* of one student */
    bool known;
    int64_t points;
};
struct gradebook {
    struct roster roster;
    struct cell *cells;
    int64_t max, worth; /* here; in Canvas, 0 = the same */
    const char *column; /* the export's name for what is written; NULL = it is new */
    size_t at;          /* that column */
    char *title;
};

/* What says who is who; one's own alone is an id: a section may be called as another student is, and so may a family. */
static const struct identity {
    const char *column;
    bool is_id;
} identities[] = {
    {"Student",        false},
    {"ID",             true },
    {"SIS User ID",    true },
    {"SIS Login ID",   true },
    {"Integration ID", true },
    {"Root Account",   false},
    {"Section",        false},
    {"LastName",       false},
    {"FirstName",      false},
};

static const struct identity *identity_of(const char *column)
{
    for (size_t i = 0; i < COUNT(identities); i++)
        if (text_same(identities[i].column, column))
            return &identities[i];
    return NULL;
}

static bool is_identity(const char *column)
{
    return identity_of(column) != NULL;
}

static bool is_id(const char *column)
{
    const struct identity *identity = identity_of(column);
    return identity && identity->is_id;
}

static bool read_roster(struct gradebook *book, const struct str *text, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    if (!roster_read("the gradebook", str_text(text), text->len, &book->roster, &diags)) {
        const struct diag *d = diags.n ? &diags.list[0] : NULL;
        return err_set(e, "%s:%u:%u: %s", d ? d->at.file : "the gradebook", d ? d->at.line : 0, d ? d->at.col : 0,
                       d ? d->message : "cannot be read");
    }
    return book->roster.kind == ROSTER_CANVAS ||
           err_set(e, "expected a gradebook as Canvas exports it (columns Student, ID, ..., Section)");
}

bool canvas_begin(struct writing *w, struct err *e)
{
    struct gradebook *book = w->own = xcalloc(1, sizeof(*book));
    if (!read_roster(book, w->style->roster, e)) {
        writing_drop(w);
        return false;
    }
    book->cells = xcalloc(book->roster.n + 1, sizeof(*book->cells));
    return true;
}

/* By its id here, by any of Canvas's own ids, or by what file names carry. */
static const struct student *row_of(const struct roster *r, const char *id)
{
    const struct student *s = roster_student(r, id);
    for (size_t i = 0; !s && i < r->n; i++)
        for (size_t j = 0; !s && j < r->n_columns; j++)
            if (is_id(r->header[j]) && text_same(r->list[i].cells[j], id))
                s = &r->list[i];
    return s ? s : roster_meant(r, id);
}

void canvas_add(struct writing *w, const struct graded *g)
{
    struct gradebook *book = w->own;
    const struct report *r = g->report;
    const struct student *s = row_of(&book->roster, student_of(g));
    if (!book->title && *r->title)
        book->title = xstrdup(w->style->column ? w->style->column : r->title);
    if (r->max > book->max)
        book->max = r->max;
    if (s && !r->ungradable)
        book->cells[s - book->roster.list] = (struct cell){true, r->score};
}

static void add_identity(struct str *out, const struct roster *r, const char *const *cells)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        if (!is_identity(r->header[i]))
            continue;
        csv_add(out, cells[i], r->delimiter, false); /* as it came: Canvas compares it */
        str_addc(out, r->delimiter);
    }
}

static void add_points_row(struct str *out, const struct gradebook *book)
{
    const struct roster *r = &book->roster;
    const char **cells = xcalloc(r->n_columns + 1, sizeof(*cells));
    for (size_t i = 0; i < r->n_columns; i++)
        cells[i] = r->points ? r->points[i] : i ? "" : "    Points Possible";
    add_identity(out, r, cells);
    if (book->column && r->points && *r->points[book->at])
        csv_add(out, r->points[book->at], r->delimiter, false);
    else
        str_add_points(out, book->max);
    str_addc(out, '\n');
    free(cells);
}

/* "IR lab (123)" is what Canvas calls "IR lab". */
static bool is_called(const char *column, const char *title)
{
    size_t n = strlen(title);
    if (text_same(column, title))
        return true;
    if (!text_starts(column, title) || !text_starts(column + n, " ("))
        return false;
    const char *number = column + n + 2;
    size_t digits = strspn(number, ALPHABET_DIGITS);
    return digits && text_same(number + digits, ")");
}

/* The column of the export that is written, if there is one: by its whole name, else by its title. */
static void find_column(struct gradebook *book)
{
    const struct roster *r = &book->roster;
    for (size_t i = 0; book->title && i < r->n_columns; i++)
        if (!is_identity(r->header[i]) && is_called(r->header[i], book->title) &&
            (!book->column || text_same(r->header[i], book->title))) {
            book->column = r->header[i];
            book->at = i;
        }
    if (book->column && r->points && !points_parse(r->points[book->at], &book->worth))
        book->worth = 0;
}

/* As many of Canvas's points as it is of ours. */
static int64_t in_canvas(const struct gradebook *book, int64_t points)
{
    return book->worth && book->max > 0 ? (points * book->worth + book->max / 2) / book->max : points;
}

void canvas_end(struct writing *w)
{
    struct gradebook *book = w->own;
    const struct roster *r = &book->roster;
    find_column(book);
    add_identity(w->out, r, r->header);
    csv_add(w->out, book->column ? book->column : book->title ? book->title : "cafelab", r->delimiter, false);
    str_addc(w->out, '\n');
    add_points_row(w->out, book);
    for (size_t i = 0; i < r->n; i++) {
        add_identity(w->out, r, r->list[i].cells);
        const char *old = book->column ? r->list[i].cells[book->at] : "";
        if (book->cells[i].known && !text_same(old, "EX")) /* excused by somebody */
            str_add_points(w->out, in_canvas(book, book->cells[i].points));
        else
            csv_add(w->out, old, r->delimiter, false);
        str_addc(w->out, '\n');
    }
}

void canvas_drop(struct writing *w)
{
    struct gradebook *book = w->own;
    roster_drop(&book->roster);
    free(book->cells);
    free(book->title);
    free(book);
}
