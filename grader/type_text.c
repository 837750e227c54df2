/* SPDX-License-Identifier: MIT */
/*
 * Words: texts, choices, patterns. Case, blanks and quotes do not count; a choice may be misspelt a little.
 */
#include "grader/types.h"

#include <ctype.h>
#include <string.h>

/* How many bytes of blank or quote stand at s; NBSP and the curly quotes of word processors, too. */
static size_t blank_at(const char *s)
{
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    return !strncmp(s, "\u00a0", 2) ? 2 : 0;
}

static size_t quote_at(const char *s)
{
    static const char *const quotes[] = {"\"", "'", "`", "\u201c", "\u201d", "\u2018", "\u2019", "\u00ab", "\u00bb"};
    for (size_t i = 0; i < COUNT(quotes); i++)
        if (text_starts(s, quotes[i]))
            return strlen(quotes[i]);
    return 0;
}

/* How many bytes at the end of s[0..n) `at` finds to be one of its own. */
static size_t ending(const char *s, size_t n, size_t (*at)(const char *))
{
    for (size_t len = 1; len <= 3 && len <= n; len++)
        if (at(s + n - len) == len)
            return len;
    return 0;
}

bool says_nothing(const char *text)
{
    size_t len;
    while ((len = blank_at(text)) || (len = quote_at(text)))
        text += len;
    return !*text;
}

const char *bare_text(struct arena *arena, const char *text)
{
    size_t n, len;
    while ((len = blank_at(text)))
        text += len;
    n = strlen(text);
    while ((len = ending(text, n, blank_at)))
        n -= len;
    size_t open = quote_at(text), close = ending(text, n, quote_at);
    if (open && close && n > open + close)
        return bare_text(arena, arena_dupn(arena, text + open, n - open - close));
    return arena_dupn(arena, text, n);
}

const char *plain_text(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    bool gap = false;
    for (const char *s = bare_text(arena, text); *s;) {
        size_t blank = blank_at(s);
        if (blank) {
            gap = true;
            s += blank;
            continue;
        }
        if (gap)
            str_addc(&out, ' ');
        gap = false;
        unsigned char c = (unsigned char)s[0], d = (unsigned char)s[1];
        if (c == 0xc3 && d >= 0x80 && d <= 0x9e && d != 0x97) { /* À..Þ */
            str_addc(&out, (char)c);
            str_addc(&out, (char)(d + 0x20));
            s += 2;
        } else {
            str_addc(&out, (char)tolower(c));
            s++;
        }
    }
    return arena_dup(arena, str_text(&out));
}

bool read_plain(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    out->norm = plain_text(r->arena, text);
    if (*out->norm)
        return true;
    str_add(why, "expected a text");
    return false;
}

bool same_norm(const struct question *q, const struct reading *key, const struct reading *given)
{
    (void)q;
    return text_same(key->norm, given->norm);
}

/* ---- choices ---- */

/* "programmatically" and "programatic" are meant as "programmatic"; a second option as near makes it nobody's. */
static bool meant_as(const char *given, const char *option)
{
    size_t n = strlen(option);
    if (text_same(given, option))
        return true;
    if (n >= 4 && text_starts(given, option) && !strchr(given + n, ' ') && strlen(given + n) <= 4)
        return true;
    return n >= 6 && text_distance(given, option) <= 2;
}

bool read_choice(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const struct texts *options = &r->question->options;
    const char *given = plain_text(r->arena, text);
    size_t n = 0;
    for (size_t i = 0; i < options->n; i++) {
        const char *option = plain_text(r->arena, options->list[i]);
        if (text_same(given, option)) {
            out->norm = option;
            return true;
        }
        if (meant_as(given, option)) {
            out->norm = option;
            n++;
        }
    }
    if (n == 1)
        return true;
    str_add(why, "expected one of ");
    for (size_t i = 0; i < options->n; i++)
        str_addf(why, "%s%s", i ? ", " : "", options->list[i]);
    return false;
}

/* ---- patterns ---- */

bool read_whole(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    out->norm = bare_text(r->arena, text);
    if (*out->norm)
        return true;
    str_add(why, "expected a text");
    return false;
}

bool same_pattern(const struct question *q, const struct reading *key, const struct reading *given)
{
    (void)q;
    AUTO(str_drop) struct str why = {0};
    AUTO(pattern_drop) struct pattern *p = pattern_new(key->norm, &why);
    return p && pattern_is_all(p, given->norm, strlen(given->norm)) > 0;
}
