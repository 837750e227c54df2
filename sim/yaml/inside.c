/* SPDX-License-Identifier: MIT */
/*
 * Where a byte of a text stands in the file. A text that was folded, quoted or indented differs from the file in its blanks
 * and escapes only, so the file is walked from the text's first character, one visible character after the other.
 */
#include "sim/yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

struct walk {
    const char *s, *end;
    struct src_pos at;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void step(struct walk *w)
{
    w->at.col++;
    if (*w->s == '\n') {
        w->at.line++;
        w->at.col = 1;
    }
    do
        w->s++;
    while (w->s < w->end && (*w->s & 0xc0) == 0x80);
}

static void steps(struct walk *w, size_t n)
{
    while (n-- && w->s < w->end)
        step(w);
}

static bool begin(const struct diags *d, const struct node *node, struct walk *w)
{
    *w = (struct walk){
        .at = {node->at.file, 1, 1}
    };
    for (size_t i = 0; i < d->n_sources && !w->s; i++)
        if (text_same(d->sources[i].file, node->at.file)) {
            w->s = d->sources[i].text;
            w->end = w->s + d->sources[i].len;
        }
    while (w->s && w->s < w->end && (w->at.line < node->at.line || (w->at.line == node->at.line && w->at.col < node->at.col)))
        step(w);
    return w->s && w->s < w->end;
}

/* How many characters of the file an escape is ("\n": 2, "\x41": 4), and whether it stands for a blank. */
static size_t escape(const char *s, const char *end, bool *blank)
{
    char c = s + 1 < end ? s[1] : 0;
    size_t n = c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2;
    unsigned long code =
        n > 2 && s + n <= end ? strtoul((char[]){s[2], s[3], n > 4 ? s[4] : 0, n > 4 ? s[5] : 0, 0}, NULL, 16) : 0;
    *blank = strchr(" \tntr\n\r", c) != NULL || (n > 2 && (code == ' ' || code == '\t' || code == '\n' || code == '\r'));
    return n;
}

/* One visible character of the text, and the blanks before it. */
static void pass(struct walk *w, char quote)
{
    for (bool blank = true; blank && w->s < w->end;) {
        size_t n = 1;
        blank = is_blank(*w->s);
        if (quote == '"' && *w->s == '\\')
            n = escape(w->s, w->end, &blank);
        else if (quote == '\'' && w->s + 1 < w->end && w->s[0] == '\'' && w->s[1] == '\'')
            n = 2;
        steps(w, n);
    }
}

struct src_pos node_inside(const struct diags *d, const struct node *node, size_t byte)
{
    struct walk w;
    if (node->kind != NODE_TEXT || !begin(d, node, &w))
        return node->at;
    char quote = *w.s == '\'' || *w.s == '"' ? *w.s : 0;
    if (quote)
        step(&w);
    else if (node->quoted) /* a block: it begins on the line behind its sign */
        while (w.s < w.end && *w.s != '\n')
            step(&w);
    const char *text = node->text;
    size_t n = strlen(text);
    for (size_t i = 0; i < byte && i < n; i++)
        if (!is_blank(text[i]) && (text[i] & 0xc0) != 0x80)
            pass(&w, quote);
    while (byte < n && !is_blank(text[byte]) && w.s < w.end && is_blank(*w.s)) /* it may begin a line */
        step(&w);
    return w.at;
}
