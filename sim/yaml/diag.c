/* SPDX-License-Identifier: MIT */
/* Mistakes of an author: collected while reading goes on, shown with their line and a caret. */
#include "sim/yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DIAGS = 200, SHOWN_WIDTH = 160 };

void diags_drop(struct diags *d)
{
    free(d->list);
    free(d->sources);
    arena_drop(&d->arena);
    *d = (struct diags){0};
}

void diag_source(struct diags *d, const char *file, const char *text, size_t len)
{
    struct source source = {arena_dup(&d->arena, file), arena_dupn(&d->arena, text, len), len};
    for (size_t i = 0; i < d->n_sources; i++)
        if (text_same(d->sources[i].file, file)) {
            d->sources[i] = source;
            return;
        }
    *GROW(d->sources, d->n_sources, d->cap_sources) = source;
}

static void add(struct diags *d, enum severity severity, struct src_pos at, unsigned width, const char *rule, const char *fmt,
                va_list args)
{
    d->n_errors += severity == SEVERITY_ERROR;
    if (d->n >= MOST_DIAGS) /* a file this broken is read in several goes anyway */
        return;
    AUTO(str_drop) struct str text = {0}, shown = {0};
    str_vaddf(&text, fmt, args);
    str_add_log(&shown, str_text(&text));
    struct diag diag = {severity, at, width ? width : 1, rule, arena_dup(&d->arena, str_text(&shown))};
    diag.at.file = arena_dup(&d->arena, at.file);
    *GROW(d->list, d->n, d->cap) = diag;
}

void diag_error(struct diags *d, struct src_pos at, unsigned width, const char *rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(d, SEVERITY_ERROR, at, width, rule, fmt, args);
    va_end(args);
}

void diag_warn(struct diags *d, struct src_pos at, unsigned width, const char *rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(d, SEVERITY_WARNING, at, width, rule, fmt, args);
    va_end(args);
}

void node_error(struct diags *d, const struct node *node, const char *rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(d, SEVERITY_ERROR, node->at, node->width, rule, fmt, args);
    va_end(args);
}

const char *first_is(struct arena *arena, struct src_pos first, struct src_pos second)
{
    if (text_same(first.file, second.file))
        return arena_printf(arena, "the first is on line %u", first.line);
    return arena_printf(arena, "the first is on line %u of %s", first.line, first.file);
}

/* ---- showing ---- */

static int by_place(const void *left, const void *right)
{
    const struct diag *a = left, *b = right;
    int files = strcmp(a->at.file, b->at.file);
    if (files)
        return files;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    if (a->at.col != b->at.col)
        return a->at.col < b->at.col ? -1 : 1;
    return strcmp(a->message, b->message);
}

static bool same_diag(const struct diag *a, const struct diag *b)
{
    return by_place(a, b) == 0;
}

static void sort_diags(struct diags *d)
{
    if (d->n)
        qsort(d->list, d->n, sizeof(*d->list), by_place);
    size_t kept = 0;
    for (size_t i = 0; i < d->n; i++)
        if (!i || !same_diag(&d->list[kept - 1], &d->list[i]))
            d->list[kept++] = d->list[i];
    d->n = kept;
}

/* The bytes of the line break at s, 0 if there is none: what YAML 1.1 (and so libyaml) takes for one. */
static size_t break_len(const char *s, const char *end)
{
    size_t left = (size_t)(end - s);
    if (*s == '\n')
        return 1;
    if (*s == '\r')
        return left > 1 && s[1] == '\n' ? 2 : 1;
    if (left > 1 && memcmp(s, "\xc2\x85", 2) == 0)
        return 2;
    return left > 2 && (memcmp(s, "\xe2\x80\xa8", 3) == 0 || memcmp(s, "\xe2\x80\xa9", 3) == 0) ? 3 : 0;
}

static const char *find_line(const struct diags *d, const struct diag *diag, size_t *len)
{
    for (size_t i = 0; i < d->n_sources; i++) {
        if (!text_same(d->sources[i].file, diag->at.file))
            continue;
        const char *at = d->sources[i].text, *end = at + d->sources[i].len;
        for (unsigned line = 1; line < diag->at.line; line++) {
            while (at < end && !break_len(at, end))
                at++;
            if (at == end)
                return NULL;
            at += break_len(at, end);
        }
        for (*len = 0; at + *len < end && !break_len(at + *len, end);)
            ++*len;
        return at;
    }
    return NULL;
}

/* How many cells of a terminal a character takes: most one, combining marks none, East Asian and pictures two. */
static size_t cells_of(const char *s, size_t n)
{
    static const struct {
        uint32_t first, last;
        size_t cells;
    } spans[] = {
        {0x300,   0x36f,   0},
        {0x1100,  0x115f,  2},
        {0x200b,  0x200d,  0},
        {0x20d0,  0x20ff,  0},
        {0x2e80,  0xa4cf,  2},
        {0xac00,  0xd7a3,  2},
        {0xf900,  0xfaff,  2},
        {0xfe00,  0xfe0f,  0},
        {0xff00,  0xff60,  2},
        {0x1f300, 0x1faff, 2},
        {0x20000, 0x3fffd, 2}
    };
    const unsigned char *u = (const unsigned char *)s;
    uint32_t c = n == 1 ? u[0] : n == 2 ? u[0] & 0x1fu : n == 3 ? u[0] & 0xfu : u[0] & 7u;
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (u[i] & 0x3f);
    for (size_t i = 0; i < COUNT(spans); i++)
        if (c >= spans[i].first && c <= spans[i].last)
            return spans[i].cells;
    return 1;
}

static size_t char_len(unsigned char c)
{
    return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
}

/* One character of the source line; returns the cells it takes. */
static size_t add_char(struct str *out, const char *s, size_t n)
{
    if ((unsigned char)*s >= 0x20 && *s != 0x7f && text_utf8(s, n) &&
        !(n == 2 && s[0] == '\xc2' && (unsigned char)s[1] < 0xa0)) {
        str_addn(out, s, n);
        return cells_of(s, n);
    }
    str_addc(out, *s == '\t' ? ' ' : '?');
    return 1;
}

/* The line, cut around the caret when it is long. Returns how many cells precede the caret. */
static size_t add_line(struct str *out, const char *line, size_t len, unsigned col)
{
    unsigned from = col > SHOWN_WIDTH - 40 ? col - (SHOWN_WIDTH - 40) : 1, number = 1;
    size_t before = 0;
    if (from > 1) {
        str_add(out, "...");
        before = 3;
    }
    for (size_t i = 0; i < len; number++) {
        size_t n = char_len((unsigned char)line[i]);
        n = n > len - i || !text_utf8(line + i, n) ? 1 : n;
        if (number >= from && number < from + SHOWN_WIDTH) {
            size_t cells = add_char(out, line + i, n);
            before += number < col ? cells : 0;
        }
        i += n;
    }
    if (number > from + SHOWN_WIDTH)
        str_add(out, "...");
    return before;
}

static void show(const struct diags *d, const struct diag *diag, struct str *out)
{
    static const char *const words[] = {"error", "warning"};
    str_add_log(out, diag->at.file);
    if (diag->at.line)
        str_addf(out, ":%u:%u", diag->at.line, diag->at.col);
    str_addf(out, ": %s: %s", words[diag->severity], diag->message);
    if (d->show_rules)
        str_addf(out, " [%s]", diag->rule);
    str_addc(out, '\n');
    size_t len = 0;
    const char *line = diag->at.line ? find_line(d, diag, &len) : NULL;
    if (!line)
        return;
    str_addf(out, "%5u | ", diag->at.line);
    size_t before = add_line(out, line, len, diag->at.col);
    str_addf(out, "\n      | %*s^", (int)before, "");
    for (unsigned i = 1; i < diag->width && i < 60; i++)
        str_addc(out, '~');
    str_addc(out, '\n');
}

void diags_show(struct diags *d, struct str *out)
{
    sort_diags(d);
    for (size_t i = 0; i < d->n; i++)
        show(d, &d->list[i], out);
    if (d->n >= MOST_DIAGS)
        str_addf(out, "(only the first %d mistakes are shown)\n", MOST_DIAGS);
}

json_t *diags_json(struct diags *d)
{
    sort_diags(d);
    json_t *list = json_array();
    for (size_t i = 0; i < d->n; i++) {
        json_t *item = json_object();
        json_put_text(item, "file", d->list[i].at.file);
        json_put(item, "line", json_integer(d->list[i].at.line));
        json_put(item, "column", json_integer(d->list[i].at.col));
        json_put_text(item, "severity", d->list[i].severity == SEVERITY_ERROR ? "error" : "warning");
        json_put_text(item, "rule", d->list[i].rule);
        json_put_text(item, "message", d->list[i].message);
        json_array_append_new(list, item);
    }
    return list;
}
