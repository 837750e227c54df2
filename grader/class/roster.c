/* SPDX-License-Identifier: MIT */
/*
 * The roster: which columns say who somebody is, in a plain list, in Canvas's gradebook export and in Moodle's participants
 * (facts: the import code of both, and Moodle's language packs en, pt, pt_br, es). Each row becomes a student with an id that
 * can name a file; every mistake is told, so that one look at the file mends them all.
 */
#include "grader/class/class.h"
#include "grader/class/csv.h"
#include "grader/class/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const roster_kinds[] = {"plain", "canvas", "moodle"};

/* ---- what columns mean ---- */

enum meaning { ROLE_ID, ROLE_LMS_ID, ROLE_LOGIN, ROLE_EMAIL, ROLE_NAME, ROLE_GIVEN, ROLE_FAMILY, ROLE_SECTION, ROLES };

struct title {
    const char *text; /* lower case */
    enum meaning means;
};
static const struct title plain_titles[] = {
    {"id",             ROLE_ID     },
    {"student id",     ROLE_ID     },
    {"student_id",     ROLE_ID     },
    {"student number", ROLE_ID     },
    {"id number",      ROLE_ID     },
    {"matricula",      ROLE_ID     },
    {"name",           ROLE_NAME   },
    {"student",        ROLE_NAME   },
    {"student name",   ROLE_NAME   },
    {"full name",      ROLE_NAME   },
    {"nome",           ROLE_NAME   },
    {"nombre",         ROLE_NAME   },
    {"first name",     ROLE_GIVEN  },
    {"first_name",     ROLE_GIVEN  },
    {"last name",      ROLE_FAMILY },
    {"last_name",      ROLE_FAMILY },
    {"email",          ROLE_EMAIL  },
    {"e-mail",         ROLE_EMAIL  },
    {"email address",  ROLE_EMAIL  },
    {"login",          ROLE_LOGIN  },
    {"username",       ROLE_LOGIN  },
    {"section",        ROLE_SECTION},
    {"group",          ROLE_SECTION},
    {"class",          ROLE_SECTION},
};
static const struct title canvas_titles[] = {
    {"student",      ROLE_NAME   },
    {"id",           ROLE_LMS_ID },
    {"sis login id", ROLE_LOGIN  },
    {"section",      ROLE_SECTION},
};
static const struct title moodle_titles[] = {
    {"first name",                        ROLE_GIVEN  },
    {"nome",                              ROLE_GIVEN  },
    {"nome próprio",                     ROLE_GIVEN  },
    {"nombre",                            ROLE_GIVEN  },
    {"last name",                         ROLE_FAMILY },
    {"surname",                           ROLE_FAMILY },
    {"sobrenome",                         ROLE_FAMILY },
    {"apelido",                           ROLE_FAMILY },
    {"apelido(s)",                        ROLE_FAMILY },
    {"apellido(s)",                       ROLE_FAMILY },
    {"apellidos",                         ROLE_FAMILY },
    {"full name",                         ROLE_NAME   },
    {"id number",                         ROLE_ID     },
    {"número de identificação",        ROLE_ID     },
    {"número de id",                     ROLE_ID     },
    {"username",                          ROLE_LOGIN  },
    {"nome de utilizador",                ROLE_LOGIN  },
    {"identificação de usuário",       ROLE_LOGIN  },
    {"nombre de usuario",                 ROLE_LOGIN  },
    {"email address",                     ROLE_EMAIL  },
    {"endereço de email",                ROLE_EMAIL  },
    {"endereço de e-mail",               ROLE_EMAIL  },
    {"dirección de correo",              ROLE_EMAIL  },
    {"dirección de correo electrónico", ROLE_EMAIL  },
    {"groups",                            ROLE_SECTION},
    {"grupos",                            ROLE_SECTION},
};
static const struct {
    const struct title *titles;
    size_t n;
    enum meaning ids[4]; /* the first of these that every row has names the student */
    size_t n_ids;
    const char *wants; /* what the message says when none does */
} forms[] = {
    [ROSTER_PLAIN] = {plain_titles,  COUNT(plain_titles),  {ROLE_ID, ROLE_LOGIN},     2, "a column \"id\""                                                  },
    [ROSTER_CANVAS] = {canvas_titles, COUNT(canvas_titles), {ROLE_LOGIN, ROLE_LMS_ID}, 2, "a column \"ID\""                                                  },
    [ROSTER_MOODLE] = {moodle_titles,
                      COUNT(moodle_titles),
                      {ROLE_ID, ROLE_LOGIN, ROLE_EMAIL},
                      3,                                                                 "one of the columns \"ID number\", \"Username\", \"Email address\""},
};

struct making {
    const char *file;
    struct roster *roster;
    struct csv csv;
    struct diags *diags;
    int column[ROLES]; /* -1 = none */
    enum meaning id;
};

static void tell(const struct making *m, const struct csv_cell *at, const char *rule, const char *fmt, ...) PRINTF(4, 5);
static void tell(const struct making *m, const struct csv_cell *at, const char *rule, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    diag_error(m->diags, (struct src_pos){m->file, at->line, at->col}, at->width, rule, "%s", str_text(&text));
}

static bool title_is(const char *title, const char *lower)
{
    for (; *title && *lower; title++, lower++)
        if (tolower((unsigned char)*title) != (unsigned char)*lower && *title != *lower)
            return false;
    return !*title && !*lower;
}

static bool has_title(const struct csv_row *header, const char *lower)
{
    for (size_t i = 0; i < header->n; i++)
        if (title_is(header->cells[i].text, lower))
            return true;
    return false;
}

/* Canvas: "Student", "ID", ..., "Section" in the first columns. Moodle writes first and last name apart, and the address. */
static enum roster_kind kind_of(const struct csv_row *header)
{
    if (header->n > 2 && strstr(header->cells[0].text, "Student") && title_is(header->cells[1].text, "id") &&
        has_title(header, "section"))
        return ROSTER_CANVAS;
    bool given = false, family = false, email = false;
    for (size_t i = 0; i < header->n; i++)
        for (size_t k = 0; k < COUNT(moodle_titles); k++)
            if (title_is(header->cells[i].text, moodle_titles[k].text)) {
                given |= moodle_titles[k].means == ROLE_GIVEN;
                family |= moodle_titles[k].means == ROLE_FAMILY;
                email |= moodle_titles[k].means == ROLE_EMAIL;
            }
    return given && family && email && !has_title(header, "id") ? ROSTER_MOODLE : ROSTER_PLAIN;
}

static void find_columns(struct making *m)
{
    const struct csv_row *header = &m->csv.rows[0];
    enum roster_kind kind = m->roster->kind;
    for (int i = 0; i < ROLES; i++)
        m->column[i] = -1;
    for (size_t i = 0; i < header->n; i++)
        for (size_t k = 0; k < forms[kind].n; k++) {
            const struct title *title = &forms[kind].titles[k];
            if (!title_is(header->cells[i].text, title->text))
                continue;
            if (m->column[title->means] >= 0)
                tell(m, &header->cells[i], "double-column", "\"%s\" and \"%s\" both say the same of a student",
                     header->cells[m->column[title->means]].text, header->cells[i].text);
            else
                m->column[title->means] = (int)i;
        }
}

static const char *cell(const struct making *m, const struct csv_row *row, enum meaning means)
{
    int i = m->column[means];
    return i >= 0 && (size_t)i < row->n ? row->cells[i].text : "";
}

/* ---- rows that are no students ---- */

static bool is_student_row(const struct making *m, const struct csv_row *row)
{
    if (m->roster->kind != ROSTER_CANVAS)
        return true;
    const char *name = row->cells[0].text;
    bool remark = !*name && !*cell(m, row, ROLE_LMS_ID); /* "Manual Posting" under the columns it is about */
    bool nobody = text_same(name, "Student, Test") && !*cell(m, row, ROLE_LOGIN);
    return !remark && !nobody && !strstr(name, "Points Possible");
}

/* The first kind of id that each student has; else the first that anybody has, and it is told who has none. */
static bool choose_id(struct making *m)
{
    enum roster_kind kind = m->roster->kind;
    int partly = -1, empty = -1;
    for (size_t k = 0; k < forms[kind].n_ids; k++) {
        size_t with = 0, without = 0;
        enum meaning id = forms[kind].ids[k];
        if (m->column[id] < 0)
            continue;
        for (size_t i = 1; i < m->csv.n; i++)
            if (is_student_row(m, &m->csv.rows[i]))
                *(*cell(m, &m->csv.rows[i], id) ? &with : &without) += 1;
        m->id = id;
        if (!without)
            return true;
        *(with ? &partly : &empty) = (int)id;
        if (with && kind != ROSTER_CANVAS) /* Canvas has people without a login; elsewhere it is a mistake */
            return true;
    }
    m->id = partly >= 0 ? (enum meaning)partly : (enum meaning)empty;
    if (partly < 0 && empty < 0)
        tell(m, &m->csv.rows[0].cells[0], "no-id", "expected %s in the first line", forms[kind].wants);
    return partly >= 0 || empty >= 0;
}

/* ---- students ---- */

static bool id_usable(const char *id)
{
    return strlen(id) <= STUDENT_ID_MAX && !strchr(".-", *id) && strspn(id, ALPHABET_ALNUM "._@+-") == strlen(id);
}

static const char *name_of(const struct making *m, const struct csv_row *row)
{
    const char *given = cell(m, row, ROLE_GIVEN), *family = cell(m, row, ROLE_FAMILY), *name = cell(m, row, ROLE_NAME);
    if (*name)
        return arena_dup(&m->roster->arena, name);
    return arena_printf(&m->roster->arena, "%s%s%s", given, *given && *family ? " " : "", family);
}

/* "2.02312E+11": what a spreadsheet makes of a long number, and the number is lost. */
static bool id_rounded(const char *id)
{
    size_t whole = strspn(id, ALPHABET_DIGITS), point = whole && strchr(".,", id[whole]) && id[whole];
    const char *power = id + whole + point + strspn(id + whole + point, ALPHABET_DIGITS);
    return whole && (text_starts(power, "E+") || text_starts(power, "e+")) && power[2] &&
           strspn(power + 2, ALPHABET_DIGITS) == strlen(power + 2);
}

/* An own deadline is only looked at when grades are made: a slip in it is told at once. */
static bool check_deadline(struct making *m, const struct csv_row *row)
{
    for (size_t i = 0; i < m->roster->n_columns; i++) {
        const char *text = row->cells[i].text;
        int64_t ms = 0;
        bool zoned = false;
        if (strcasecmp(m->roster->header[i], ROSTER_DEADLINE) != 0 || !*text || (time_parse(text, &ms, &zoned) && zoned))
            continue;
        tell(m, &row->cells[i], "deadline", "the deadline \"%s\": expected a time with its zone such as 2026-03-01T23:59:00Z",
             text);
        return false;
    }
    return true;
}

static bool check_row(struct making *m, const struct csv_row *row, const char *id)
{
    const struct csv_cell *at = (size_t)m->column[m->id] < row->n ? &row->cells[m->column[m->id]] : &row->cells[0];
    const char *cells = row->n == 1 ? "" : "s", *columns = m->roster->n_columns == 1 ? "" : "s";
    if (row->n > m->roster->n_columns)
        tell(m, &row->cells[m->roster->n_columns], "row-length",
             "%zu cell%s under %zu column%s: a text with \"%c\" in it needs quotes", row->n, cells, m->roster->n_columns,
             columns, m->csv.delimiter);
    else if (row->n < m->roster->n_columns)
        tell(m, &row->cells[row->n - 1], "row-length", "%zu cell%s under %zu column%s", row->n, cells, m->roster->n_columns,
             columns);
    else if (!*id)
        tell(m, at, "missing-id", "\"%s\" has no id", name_of(m, row));
    else if (id_rounded(id))
        tell(m, at, "rounded-id",
             "the id \"%s\" is a number that a spreadsheet has rounded: make the column one of text, and put the ids in again",
             id);
    else if (!id_usable(id))
        tell(m, at, "unusable-id",
             "the id \"%s\": expected at most %d of A-Z a-z 0-9 . _ @ + - that begin with a letter or digit", id,
             STUDENT_ID_MAX);
    else
        return check_deadline(m, row);
    return false;
}

static void take_student(struct making *m, const struct csv_row *row)
{
    struct roster *r = m->roster;
    const char *id = cell(m, row, m->id);
    if (!check_row(m, row, id))
        return;
    struct student s = {.id = arena_dup(&r->arena, id),
                        .name = name_of(m, row),
                        .email = arena_dup(&r->arena, cell(m, row, ROLE_EMAIL)),
                        .login = arena_dup(&r->arena, cell(m, row, ROLE_LOGIN)),
                        .section = arena_dup(&r->arena, cell(m, row, ROLE_SECTION)),
                        .lms_id = arena_dup(&r->arena, cell(m, row, ROLE_LMS_ID)),
                        .cells = arena_alloc(&r->arena, (r->n_columns + 1) * sizeof(*s.cells)),
                        .line = row->line};
    for (size_t i = 0; i < r->n_columns; i++)
        s.cells[i] = arena_dup(&r->arena, row->cells[i].text);
    r->list[r->n++] = s;
}

/* ---- two who are called the same ---- */

struct called { /* what a file's name, times.csv or overrides.csv may name a student by */
    const char *text;
    enum meaning means;
    const struct student *student;
};

static int by_text(const void *left, const void *right)
{
    const struct called *a = left, *b = right;
    int order = strcasecmp(a->text, b->text);
    if (!order)
        order = (a->student->line > b->student->line) - (a->student->line < b->student->line);
    return order ? order : (int)a->means - (int)b->means;
}

static const struct csv_cell *cell_of(const struct making *m, const struct called *c)
{
    const struct csv_row *row = &m->csv.rows[0];
    for (size_t k = 1; k < m->csv.n && row->line != c->student->line; k++)
        row = &m->csv.rows[k];
    return &row->cells[m->column[c->means]];
}

static void warn_of(const struct making *m, const struct called *c, unsigned line, bool is_id)
{
    const struct csv_cell *at = cell_of(m, c);
    diag_warn(m->diags, (struct src_pos){m->file, at->line, at->col}, at->width, ROSTER_CALLED_TWICE,
              is_id ? "the %s \"%s\" is the id in line %u: what is named so may be taken for that student's"
                    : "the %s \"%s\" stands in line %u, too: what is named so is nobody's",
              m->csv.rows[0].cells[m->column[c->means]].text, c->text, line);
}

/* n of one text, in the order of lines. An id is everybody's own; who is meant by anything else that two have is not known. */
static void check_called(struct making *m, const struct called *list, size_t n)
{
    const struct called *id = NULL, *other = NULL;
    for (size_t i = 0; i < n; i++) {
        if (list[i].means != m->id)
            continue;
        if (id)
            tell(m, cell_of(m, &list[i]), "double-id", "the id \"%s\" stands in line %u, too", list[i].text, id->student->line);
        id = &list[i];
    }
    for (size_t i = 0; i < n && !other; i++)
        if (list[i].means != m->id && list[i].student != (id ? id : list)->student)
            other = &list[i];
    if (other)
        warn_of(m, other, (id ? id : list)->student->line, id != NULL);
}

static void check_doubles(struct making *m)
{
    const struct roster *r = m->roster;
    struct called *all = xcalloc(r->n * 4 + 1, sizeof(*all));
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct student *s = &r->list[i];
        const struct called names[] = {
            {s->id,     m->id,       s},
            {s->lms_id, ROLE_LMS_ID, s},
            {s->login,  ROLE_LOGIN,  s},
            {s->email,  ROLE_EMAIL,  s}
        };
        for (size_t k = 0; k < COUNT(names); k++)
            if (*names[k].text && (!k || names[k].means != m->id))
                all[n++] = names[k];
    }
    if (n)
        qsort(all, n, sizeof(*all), by_text);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && !strcasecmp(all[to].text, all[from].text);)
            to++;
        check_called(m, &all[from], to - from);
    }
    free(all);
}

static void take_header(struct making *m)
{
    const struct csv_row *row = &m->csv.rows[0];
    struct roster *r = m->roster;
    r->delimiter = m->csv.delimiter;
    r->n_columns = row->n;
    r->header = arena_alloc(&r->arena, (row->n + 1) * sizeof(*r->header));
    for (size_t i = 0; i < row->n; i++)
        r->header[i] = arena_dup(&r->arena, row->cells[i].text);
    r->kind = kind_of(row);
    find_columns(m);
}

static void take_points(struct making *m, const struct csv_row *row)
{
    struct roster *r = m->roster;
    r->points = arena_alloc(&r->arena, (r->n_columns + 1) * sizeof(*r->points));
    for (size_t i = 0; i < r->n_columns; i++)
        r->points[i] = i < row->n ? arena_dup(&r->arena, row->cells[i].text) : "";
}

static void take_rows(struct making *m)
{
    struct roster *r = m->roster;
    r->list = arena_alloc(&r->arena, m->csv.n * sizeof(*r->list));
    for (size_t i = 1; i < m->csv.n; i++)
        if (is_student_row(m, &m->csv.rows[i]))
            take_student(m, &m->csv.rows[i]);
        else if (!r->points && strstr(m->csv.rows[i].cells[0].text, "Points Possible"))
            take_points(m, &m->csv.rows[i]);
    check_doubles(m);
}

bool roster_read(const char *file, const char *text, size_t len, struct roster *roster, struct diags *diags)
{
    struct making m = {.file = file, .roster = roster, .diags = diags};
    size_t before = diags->n_errors;
    const struct csv_limits limits = {ROSTER_MAX_BYTES, ROSTER_MAX_STUDENTS + 10, ROSTER_MAX_COLUMNS};
    *roster = (struct roster){0};
    if (len >= 4 && (!memcmp(text, "PK\3\4", 4) || !memcmp(text, "\xd0\xcf\x11\xe0", 4)))
        diag_error(diags, (struct src_pos){file, 0, 0}, 1, "workbook",
                   "a workbook of a spreadsheet: save the list as \"CSV UTF-8\"");
    else if (csv_read(file, text, len, &limits, &m.csv, diags) && m.csv.n) {
        take_header(&m);
        if (choose_id(&m)) {
            roster->id_column = roster->header[m.column[m.id]];
            take_rows(&m);
        }
    }
    if (diags->n_errors == before && !roster->n)
        diag_error(diags, (struct src_pos){file, 0, 0}, 1, "empty", "no student: expected a line of titles, then one for each");
    csv_drop(&m.csv);
    return diags->n_errors == before;
}

void roster_drop(struct roster *r)
{
    arena_drop(&r->arena);
    *r = (struct roster){0};
}

/* ---- finding ---- */

const struct student *roster_alike(const struct roster *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (!strcasecmp(r->list[i].id, id))
            return &r->list[i];
    return NULL;
}

const struct student *roster_student(const struct roster *r, const char *id)
{
    const struct student *found = roster_alike(r, id);
    return found && text_same(found->id, id) ? found : NULL;
}

static bool is_called(const struct student *s, const char *text, const char *folded)
{
    if (!strcasecmp(s->id, text) || (*s->lms_id && text_same(s->lms_id, text)) || (*s->login && !strcasecmp(s->login, text)) ||
        (*s->email && !strcasecmp(s->email, text)))
        return true;
    AUTO(str_drop) struct str name = {0}, turned = {0};
    const char *comma = strchr(s->name, ',');
    name_fold(s->name, &name);
    name_fold(comma ? comma + 1 : "", &turned);
    if (comma) { /* "Roe, Jane": file names say janeroe, too */
        AUTO(free_text) char *family = xstrdup(s->name);
        family[comma - s->name] = 0;
        name_fold(family, &turned);
    }
    return *folded && (text_same(str_text(&name), folded) || (comma && text_same(str_text(&turned), folded)));
}

/* How many are called that, the first of them in *found; an id is called alone. */
static size_t count_meant(const struct roster *r, const char *text, const struct student **found)
{
    AUTO(str_drop) struct str folded = {0};
    size_t n = 0;
    *found = roster_student(r, text);
    if (*found)
        return 1;
    name_fold(text, &folded);
    for (size_t i = 0; i < r->n; i++)
        if (is_called(&r->list[i], text, str_text(&folded)) && !n++)
            *found = &r->list[i];
    return n;
}

const struct student *roster_meant(const struct roster *r, const char *text)
{
    const struct student *found;
    return count_meant(r, text, &found) == 1 ? found : NULL;
}

bool roster_several(const struct roster *r, const char *text)
{
    const struct student *ignored;
    return count_meant(r, text, &ignored) > 1;
}
