/* SPDX-License-Identifier: MIT */
/*
 * Words: texts, choices, patterns. Case, blanks and quotes do not count; a choice may be misspelt a little.
 */
#include "grader/types.h"

#include <ctype.h>
#include <string.h>

/* ---- what word processors, chats and browsers make of what was typed ---- */

enum sort { SORT_SAID, SORT_BLANK, SORT_DASH, SORT_UNSEEN };
static const struct {
    unsigned first, last;
    enum sort sort;
} sorts[] = {
    {'\t',   '\r',   SORT_BLANK }, /* and line ends */
    {' ',    ' ',    SORT_BLANK },
    {0xa0,   0xa0,   SORT_BLANK },
    {0xad,   0xad,   SORT_UNSEEN}, /* where a word may be parted */
    {0x2000, 0x200a, SORT_BLANK },
    {0x200b, 0x200f, SORT_UNSEEN}, /* of no width; directions */
    {0x2010, 0x2015, SORT_DASH  },
    {0x2028, 0x2029, SORT_BLANK },
    {0x202a, 0x202e, SORT_UNSEEN},
    {0x202f, 0x202f, SORT_BLANK }, /* before AM and PM */
    {0x205f, 0x205f, SORT_BLANK },
    {0x2060, 0x2069, SORT_UNSEEN},
    {0x2212, 0x2212, SORT_DASH  }, /* minus */
    {0x3000, 0x3000, SORT_BLANK },
    {0xfeff, 0xfeff, SORT_UNSEEN},
};

/* What stands at s, in up to three bytes; longer characters are something said, byte for byte. */
static enum sort sort_at(const char *s, size_t *ret_n)
{
    const unsigned char *b = (const unsigned char *)s;
    bool two = (b[0] & 0xe0) == 0xc0 && b[1], three = (b[0] & 0xf0) == 0xe0 && b[1] && b[2];
    unsigned c = two ? (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu) : b[0];
    c = three ? (b[0] & 0xfu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu) : c;
    *ret_n = two ? 2 : three ? 3 : 1;
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (c >= sorts[i].first && c <= sorts[i].last && (c < 0x80 || two || three))
            return sorts[i].sort;
    return SORT_SAID;
}

/* Dashes and blanks as keyboards have them, and nothing that nobody sees. */
static const char *as_typed(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    for (size_t n; *text; text += n) {
        enum sort sort = sort_at(text, &n);
        if (sort == SORT_SAID || n == 1)
            str_addn(&out, text, n);
        else
            str_add(&out, sort == SORT_DASH ? "-" : sort == SORT_BLANK ? " " : "");
    }
    return arena_dupn(arena, str_text(&out), out.len);
}

/* ---- words ---- */

/* How many bytes of blank or quote stand at s; the curly quotes of word processors, too. */
static size_t blank_at(const char *s)
{
    size_t n;
    enum sort sort = sort_at(s, &n);
    return sort == SORT_BLANK || sort == SORT_UNSEEN ? n : 0;
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

const char *trimmed_text(struct arena *arena, const char *text)
{
    size_t n, len;
    while ((len = blank_at(text)))
        text += len;
    n = strlen(text);
    while ((len = ending(text, n, blank_at)))
        n -= len;
    size_t open = quote_at(text), close = ending(text, n, quote_at);
    if (open && close && n > open + close)
        return trimmed_text(arena, arena_dupn(arena, text + open, n - open - close));
    return arena_dupn(arena, text, n);
}

const char *bare_text(struct arena *arena, const char *text)
{
    const char *bare = trimmed_text(arena, as_typed(arena, text));
    for (size_t n; (n = strlen(bare)) > 1 && strchr(",;", bare[n - 1]);) /* of a line of JSON, or of a list of one */
        bare = trimmed_text(arena, arena_dupn(arena, bare, n - 1));
    return bare;
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
