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
    *GROW(d->sources, d->n_sources, d->cap_sources) = source;
}

static void add(struct diags *d, enum severity severity, struct src_pos at, unsigned width, const char *rule,
                const char *fmt, va_list args)
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

static const char *find_line(const struct diags *d, const struct diag *diag, size_t *len)
{
    for (size_t i = 0; i < d->n_sources; i++) {
        if (!text_same(d->sources[i].file, diag->at.file))
            continue;
        const char *at = d->sources[i].text, *end = at + d->sources[i].len;
        for (unsigned line = 1; line < diag->at.line && at; line++) {
            at = memchr(at, '\n', (size_t)(end - at));
            at = at ? at + 1 : NULL;
        }
        if (!at || at > end)
            return NULL;
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        *len = (size_t)((stop ? stop : end) - at);
        return at;
    }
    return NULL;
}

static size_t char_len(unsigned char c)
{
    return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
}

/* The line, one cell per character, cut around the caret when it is long. Returns how many cells precede the caret. */
static size_t add_line(struct str *out, const char *line, size_t len, unsigned col)
{
    unsigned from = col > SHOWN_WIDTH - 40 ? col - (SHOWN_WIDTH - 40) : 1, cell = 1;
    size_t before = 0;
    if (from > 1) {
        str_add(out, "...");
        before = 3;
    }
    for (size_t i = 0; i < len; cell++) {
        size_t n = char_len((unsigned char)line[i]);
        n = n > len - i ? len - i : n;
        if (cell >= from && cell < from + SHOWN_WIDTH) {
            if ((unsigned char)line[i] < 0x20 || !text_utf8(line + i, n))
                str_addc(out, line[i] == '\t' ? ' ' : '?');
            else
                str_addn(out, line + i, n);
            before += cell < col;
        }
        i += n;
    }
    if (cell > from + SHOWN_WIDTH)
        str_add(out, "...");
    return before;
}

static void show(const struct diags *d, const struct diag *diag, struct str *out)
{
    static const char *const words[] = {"error", "warning"};
    str_add_log(out, diag->at.file);
    if (diag->at.line)
        str_addf(out, ":%u:%u", diag->at.line, diag->at.col);
    str_addf(out, ": %s: %s\n", words[diag->severity], diag->message);
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
