/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing CSV (RFC 4180, and what spreadsheets make of it): quotes doubled inside quotes, line ends of any kind,
 * Excel's "sep=;" in front, UTF-8 with or without a byte order mark, UTF-16 with one. Anything else is a mistake with a place:
 * a name in the wrong encoding would be wrong on every page that follows.
 */
#include "grader/class/csv.h"

#include "grader/class/class.h"

#include <stdlib.h>
#include <string.h>

/* ---- encodings ---- */

static void add_utf8(struct str *out, uint32_t c)
{
    if (c < 0x80)
        return str_addc(out, (char)c);
    if (c < 0x800)
        str_addc(out, (char)(0xC0 | c >> 6));
    else {
        if (c < 0x10000)
            str_addc(out, (char)(0xE0 | c >> 12));
        else {
            str_addc(out, (char)(0xF0 | c >> 18));
            str_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
        }
        str_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
    }
    str_addc(out, (char)(0x80 | (c & 0x3F)));
}

static uint32_t unit_at(const char *text, size_t i, bool little)
{
    const unsigned char *s = (const unsigned char *)text + i;
    return little ? (uint32_t)(s[0] | s[1] << 8) : (uint32_t)(s[0] << 8 | s[1]);
}

/* Lone surrogates become U+FFFD, as everywhere. */
static void add_utf16(struct str *out, const char *text, size_t len, bool little)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint32_t c = unit_at(text, i, little);
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < len) {
            uint32_t low = unit_at(text, i + 2, little);
            if (low >= 0xDC00 && low < 0xE000) {
                add_utf8(out, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
                i += 2;
                continue;
            }
        }
        add_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
}

/* ---- where we are ---- */

struct reading {
    const char *file;
    struct csv *csv;
    struct diags *diags;
    const struct csv_limits *limits;
    const char *s, *end;
    unsigned line, col;
    bool good;
};

static bool fail_at(struct reading *r, unsigned line, unsigned col, const char *rule, const char *says)
{
    diag_error(r->diags, (struct src_pos){r->file, line, col}, 1, rule, "%s", says);
    return r->good = false;
}

/* One byte on; a line end of any kind is one step. */
static void step(struct reading *r)
{
    unsigned char c = (unsigned char)*r->s++;
    if (c == '\r' && r->s < r->end && *r->s == '\n')
        r->s++;
    if (c == '\r' || c == '\n') {
        r->line++;
        r->col = 1;
    } else if ((c & 0xC0) != 0x80)
        r->col++;
}

static bool at_line_end(const struct reading *r)
{
    return r->s >= r->end || *r->s == '\n' || *r->s == '\r';
}

/* The first byte that is no UTF-8, or a NUL: with its place, since it is somebody's name. */
static bool check_encoding(struct reading *r)
{
    if (text_utf8(r->s, (size_t)(r->end - r->s)))
        return true;
    struct reading at = *r;
    while (at.s < at.end) {
        size_t left = (size_t)(at.end - at.s), n = 1;
        while (n < 4 && n < left && ((unsigned char)at.s[n] & 0xC0) == 0x80)
            n++;
        if (!text_utf8(at.s, n))
            break;
        for (const char *stop = at.s + n; at.s < stop;)
            step(&at);
    }
    return fail_at(r, at.line, at.col, "not-utf-8",
                   at.s < at.end && !*at.s ? "a byte of value 0: expected a CSV file"
                                           : "not UTF-8: save the file as \"CSV UTF-8\"");
}

/* ---- cells ---- */

/* What nobody sees around a cell; the last three come with what is copied from pages and joined from files. */
static const char *const blanks[] = {" ", "\t", "\u00a0", "\u200b", "\ufeff"};

static size_t blank_at(const char *s, size_t n, bool end)
{
    for (size_t i = 0; i < COUNT(blanks); i++) {
        size_t length = strlen(blanks[i]);
        if (length <= n && !memcmp(end ? s + n - length : s, blanks[i], length))
            return length;
    }
    return 0;
}

static const char *trimmed(struct arena *arena, const char *s, size_t n)
{
    size_t blank;
    while ((blank = blank_at(s, n, true)))
        n -= blank;
    while ((blank = blank_at(s, n, false)))
        s += blank, n -= blank;
    return arena_dupn(arena, s, n);
}

static bool read_quoted(struct reading *r, struct str *out)
{
    unsigned line = r->line, col = r->col;
    step(r);
    while (r->s < r->end) {
        if (*r->s == '"') {
            step(r);
            if (r->s >= r->end || *r->s != '"')
                return true;
        }
        str_addc(out, *r->s == '\r' ? '\n' : *r->s);
        step(r);
    }
    return fail_at(r, line, col, "open-quote", "this quote never ends");
}

static bool read_cell(struct reading *r, struct csv_cell *cell)
{
    AUTO(str_drop) struct str text = {0};
    *cell = (struct csv_cell){.line = r->line, .col = r->col};
    bool quoted = !at_line_end(r) && *r->s == '"';
    if (quoted && !read_quoted(r, &text))
        return false;
    const char *rest = r->s;
    while (!at_line_end(r) && *r->s != r->csv->delimiter)
        step(r);
    for (const char *s = rest; quoted && s < r->s; s++)
        if (*s != ' ')
            return fail_at(r, cell->line, cell->col, "text-after-quote",
                           "text after the closing quote: expected a delimiter or the line's end");
    str_addn(&text, rest, (size_t)(r->s - rest));
    cell->width = r->line == cell->line && r->col > cell->col ? r->col - cell->col : 1;
    cell->text = trimmed(&r->csv->arena, str_text(&text), text.len);
    return true;
}

static bool read_row(struct reading *r, struct csv_row *row)
{
    row->line = r->line;
    do {
        if (row->n >= r->limits->columns)
            return fail_at(r, r->line, r->col, "too-many-columns", "more columns than any roster has");
        if (row->n)
            step(r); /* the delimiter */
        if (!read_cell(r, GROW(row->cells, row->n, row->cap)))
            return false;
    } while (!at_line_end(r));
    if (r->s < r->end)
        step(r);
    return true;
}

static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (*row->cells[i].text)
            return false;
    return true;
}

/* ---- the whole ---- */

static char sniff(const char *s, const char *end)
{
    static const char candidates[] = ",;\t";
    size_t counts[3] = {0};
    bool quoted = false;
    for (; s < end && (quoted || (*s != '\n' && *s != '\r')); s++) {
        quoted ^= *s == '"';
        const char *found = quoted || !*s ? NULL : strchr(candidates, *s);
        if (found)
            counts[found - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        best = counts[i] > counts[best] ? i : best;
    return candidates[best];
}

static void open_text(struct reading *r, const char *text, size_t len)
{
    AUTO(str_drop) struct str utf8 = {0};
    bool little = len >= 2 && !memcmp(text, "\xFF\xFE", 2), big = len >= 2 && !memcmp(text, "\xFE\xFF", 2);
    if (little || big)
        add_utf16(&utf8, text + 2, len - 2, little);
    else if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
        str_addn(&utf8, text + 3, len - 3);
    else
        str_addn(&utf8, text, len);
    r->csv->text = arena_dupn(&r->csv->arena, str_text(&utf8), utf8.len);
    r->csv->len = utf8.len;
    r->s = r->csv->text;
    r->end = r->s + utf8.len;
    diag_source(r->diags, r->file, r->csv->text, r->csv->len);
}

static void find_delimiter(struct reading *r)
{
    if (r->end - r->s > 4 && !strncasecmp(r->s, "sep=", 4)) {
        r->csv->delimiter = r->s[4];
        while (!at_line_end(r))
            step(r);
        if (r->s < r->end)
            step(r);
    } else
        r->csv->delimiter = sniff(r->s, r->end);
}

bool csv_read(const char *file, const char *text, size_t len, const struct csv_limits *limits, struct csv *csv,
              struct diags *diags)
{
    struct reading r = {.file = file, .csv = csv, .diags = diags, .limits = limits, .line = 1, .col = 1, .good = true};
    if (len > limits->bytes)
        return fail_at(&r, 0, 0, "too-big", "more bytes than any roster has");
    open_text(&r, text, len);
    if (!check_encoding(&r))
        return false;
    find_delimiter(&r);
    while (r.s < r.end && r.good) {
        struct csv_row row = {0};
        bool good = read_row(&r, &row);
        if (good && csv->n >= limits->rows)
            good = fail_at(&r, row.line, 1, "too-many-rows", "more rows than any roster has");
        if (good && !is_empty(&row))
            *GROW(csv->rows, csv->n, csv->cap) = row;
        else
            free(row.cells);
    }
    return r.good;
}

void csv_drop(struct csv *csv)
{
    for (size_t i = 0; i < csv->n; i++)
        free(csv->rows[i].cells);
    free(csv->rows);
    arena_drop(&csv->arena);
    *csv = (struct csv){0};
}

/* ---- writing ---- */

void csv_add(struct str *out, const char *cell, char delimiter, bool guard)
{
    const char special[] = {'"', '\n', '\r', delimiter, 0};
    bool formula = guard && *cell && strchr("=+-@\t", *cell);
    if (!formula && !strpbrk(cell, special))
        return str_add(out, cell);
    str_add(out, formula ? "\"'" : "\"");
    for (; *cell; cell++) {
        if (*cell == '"')
            str_addc(out, '"');
        str_addc(out, *cell);
    }
    str_addc(out, '"');
}
