/* SPDX-License-Identifier: MIT */
/*
 * A strict JSON reader that builds nothing: it walks the text once and notes where the values of the wanted keys lie.
 * Values of unwanted keys are checked and passed over, so that a damaged file is found wherever the damage is.
 */
#include "sim/athena/record.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64

struct reader {
    const char *p, *end;
    const char *wrong; /* NULL while all is well */
    struct records *to;
    struct cell *row; /* the one that is being read */
};

static bool stop(struct reader *r, const char *wrong)
{
    if (!r->wrong)
        r->wrong = wrong;
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r')
        r->p++;
}

/* Passes over `c`, with the blanks around it. */
static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (*r->p != c)
        return false;
    r->p++;
    skip_blanks(r);
    return true;
}

/* ---- strings ---- */

#define EACH_BYTE(b) (0x0101010101010101ull * (b))
#define HAS_ZERO(v) (((v)-EACH_BYTE(1)) & ~(v)&EACH_BYTE(0x80))

/* True if one of eight bytes ends a run of plain characters: quote, backslash, control byte, or not ASCII. */
static bool is_special(uint64_t v)
{
    return (v & EACH_BYTE(0x80)) || HAS_ZERO(v ^ EACH_BYTE('"')) || HAS_ZERO(v ^ EACH_BYTE('\\')) ||
           ((v - EACH_BYTE(0x20)) & ~v & EACH_BYTE(0x80));
}

static bool is_hex4(const char *p)
{
    return strspn(p, "0123456789abcdefABCDEF") >= 4;
}

/* From after the opening quote to after the closing one. */
static bool read_string(struct reader *r, const char **ret, size_t *len, bool *escaped)
{
    const char *begin = r->p, *p = r->p;
    bool ascii = true;
    *ret = begin;
    *len = 0;
    *escaped = false;
    for (;;) {
        for (uint64_t v; r->end - p >= 8; p += 8) {
            memcpy(&v, p, 8);
            if (is_special(v))
                break;
        }
        while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\') {
            ascii = ascii && !(*p & 0x80);
            p++;
        }
        if (*p != '\\')
            break;
        *escaped = true;
        if (!p[1] || !strchr("\"\\/bfnrtu", p[1]) || (p[1] == 'u' && !is_hex4(p + 2)))
            return r->p = p, stop(r, "a bad escape");
        p += p[1] == 'u' ? 6 : 2;
    }
    r->p = p;
    if (*p != '"')
        return stop(r, p >= r->end ? "it ends within a string" : "a control character in a string");
    if (!ascii && !text_utf8(begin, (size_t)(p - begin)))
        return stop(r, "text that is not UTF-8");
    *len = (size_t)(p - begin);
    r->p = p + 1;
    return true;
}

/* A key and the colon after it, as it is written: none that we look for needs escapes. */
static bool read_key(struct reader *r, const char **ret, size_t *len)
{
    bool escaped;
    skip_blanks(r);
    if (*r->p != '"')
        return stop(r, r->p >= r->end ? "it ends too early" : "expected a key");
    r->p++;
    return read_string(r, ret, len, &escaped) &&
           (take(r, ':') || stop(r, r->p >= r->end ? "it ends too early" : "expected ':'"));
}

static unsigned hex4(const char *p)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (unsigned)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
    return value;
}

static char *add_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800)
        *to++ = (char)(0xc0 | c >> 6);
    else {
        if (c < 0x10000)
            *to++ = (char)(0xe0 | c >> 12);
        else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* Of \uXXXX at p: halves of pairs that stand alone, and NUL, become U+FFFD. *used: the bytes read. */
static unsigned code_point(const char *p, size_t left, size_t *used)
{
    unsigned c = hex4(p + 2);
    *used = 6;
    if (c >= 0xd800 && c < 0xdc00 && left >= 12 && p[6] == '\\' && p[7] == 'u') {
        unsigned low = hex4(p + 8);
        if (low >= 0xdc00 && low < 0xe000) {
            *used = 12;
            return 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
        }
    }
    return !c || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c;
}

/* The text of a checked string; never longer than it is with its escapes. */
static struct cell unescape(struct arena *arena, const char *s, size_t n)
{
    static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char *text = arena_alloc(arena, n + 1), *to = text;
    for (size_t i = 0; i < n;) {
        size_t used = 2;
        if (s[i] != '\\') {
            *to++ = s[i++];
            continue;
        }
        if (s[i + 1] == 'u')
            to = add_utf8(to, code_point(s + i, n - i, &used));
        else
            for (const char *pair = named; *pair; pair += 2)
                if (*pair == s[i + 1])
                    *to++ = pair[1];
        i += used;
    }
    return (struct cell){text, (uint32_t)(to - text)};
}

/* ---- other values ---- */

static bool skip_value(struct reader *r, unsigned depth);

static bool read_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(r->p, word, n) != 0)
        return stop(r, "a value that is none");
    r->p += n;
    return true;
}

static size_t digits(struct reader *r)
{
    size_t n = strspn(r->p, "0123456789");
    r->p += n;
    return n;
}

static bool read_number(struct reader *r)
{
    r->p += *r->p == '-';
    if (*r->p == '0')
        r->p++;
    else if (!digits(r))
        return stop(r, r->p >= r->end ? "it ends too early" : "a value that is none");
    if (*r->p == '.' && (r->p++, !digits(r)))
        return stop(r, "a bad number");
    if (*r->p == 'e' || *r->p == 'E') {
        r->p++;
        r->p += *r->p == '+' || *r->p == '-';
        if (!digits(r))
            return stop(r, "a bad number");
    }
    return true;
}

/* From the opening bracket to after the closing one. */
static bool skip_nested(struct reader *r, char close, unsigned depth)
{
    const char *text;
    size_t n;
    if (depth > MAX_DEPTH)
        return stop(r, "nested too deep");
    r->p++;
    if (take(r, close))
        return true;
    for (;;) {
        if (close == '}' && !read_key(r, &text, &n))
            return false;
        if (!skip_value(r, depth + 1))
            return false;
        if (take(r, close))
            return true;
        if (!take(r, ','))
            return stop(r, r->p >= r->end ? "it ends too early" : close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    }
}

static bool skip_value(struct reader *r, unsigned depth)
{
    const char *text;
    size_t n;
    bool escaped;
    skip_blanks(r);
    switch (*r->p) {
    case '"': r->p++; return read_string(r, &text, &n, &escaped);
    case '{': return skip_nested(r, '}', depth);
    case '[': return skip_nested(r, ']', depth);
    case 't': return read_word(r, "true");
    case 'f': return read_word(r, "false");
    case 'n': return read_word(r, "null");
    default: return read_number(r);
    }
}

/* ---- the wanted ones ---- */

static bool read_fields(struct reader *r, size_t first, size_t end, unsigned depth);

/* A value into the cell (and, for a struct, the cells) of `leaf`. */
static bool read_cell(struct reader *r, size_t leaf, unsigned depth)
{
    struct cell *cell = &r->row[leaf];
    const char *begin = r->p, *text;
    size_t n;
    bool escaped;
    if (*begin == '"' && leaves[leaf].kind == LEAF_TEXT) {
        r->p++;
        if (!read_string(r, &text, &n, &escaped))
            return false;
        *cell = escaped ? unescape(&r->to->arena, text, n) : (struct cell){text, (uint32_t)n};
        return true;
    }
    if (*begin == '{' && leaves[leaf].kind == LEAF_STRUCT) {
        *cell = (struct cell){"", 0};
        return read_fields(r, leaf + 1, leaf_next(leaf), depth);
    }
    if (!skip_value(r, depth))
        return false;
    bool fits = leaves[leaf].kind == LEAF_TEXT ? *begin != 'n' : *begin == (leaves[leaf].kind == LEAF_LIST ? '[' : '{');
    if (fits && leaves[leaf].kind != LEAF_STRUCT)
        *cell = (struct cell){begin, (uint32_t)(r->p - begin)};
    return true;
}

/* The field with this key, looked for from `guess` on: keys mostly come in the order of the table. */
static size_t find_field(size_t first, size_t end, size_t guess, const char *key, size_t n)
{
    size_t leaf = guess;
    do {
        if (leaf >= end)
            leaf = first;
        if (leaf_shapes[leaf].key_len == n && !memcmp(leaves[leaf].key, key, n))
            return leaf;
        leaf = leaf_next(leaf);
    } while (leaf != guess && !(leaf >= end && guess == first));
    return LEAVES;
}

/* An object whose wanted keys are the leaves first..end, one deep. */
static bool read_fields(struct reader *r, size_t first, size_t end, unsigned depth)
{
    size_t guess = first;
    if (depth > MAX_DEPTH)
        return stop(r, "nested too deep");
    if (!take(r, '{'))
        return stop(r, r->p >= r->end ? "it ends too early" : "a record that is no object");
    if (take(r, '}'))
        return true;
    do {
        const char *key;
        size_t n;
        if (!read_key(r, &key, &n))
            return false;
        size_t leaf = find_field(first, end, guess, key, n);
        if (leaf < LEAVES ? !read_cell(r, leaf, depth + 1) : !skip_value(r, depth + 1))
            return false;
        guess = leaf < LEAVES && leaf_next(leaf) < end ? leaf_next(leaf) : first;
    } while (take(r, ','));
    return take(r, '}') || stop(r, r->p >= r->end ? "it ends too early" : "expected ',' or '}'");
}

static void add_row(struct reader *r)
{
    struct records *to = r->to;
    if (to->n == to->cap)
        to->rows = grow(to->rows, to->n, &to->cap, sizeof(*to->rows));
    r->row = to->rows[to->n++];
    memset(r->row, 0, sizeof(*to->rows));
}

static bool read_list(struct reader *r, size_t first, size_t end, unsigned depth)
{
    if (!take(r, '['))
        return stop(r, "\"Records\" is no list");
    if (take(r, ']'))
        return true;
    do {
        if (r->to->n == RECORDS_MAX)
            return stop(r, "too many records");
        add_row(r);
        if (!read_fields(r, first, end, depth))
            return false;
    } while (take(r, ','));
    return take(r, ']') || stop(r, r->p >= r->end ? "it ends too early" : "expected ',' or ']'");
}

static bool read_file(struct reader *r)
{
    bool found = false;
    if (!take(r, '{'))
        return stop(r, r->p >= r->end ? "it is empty" : "it does not begin with '{'");
    for (bool more = *r->p != '}'; more; more = take(r, ',')) {
        const char *key;
        size_t n;
        if (!read_key(r, &key, &n))
            return false;
        bool wanted = n == 7 && !memcmp(key, "Records", 7);
        if (wanted ? !read_list(r, 0, LEAVES, 2) : !skip_value(r, 1))
            return false;
        found = found || wanted;
    }
    if (!take(r, '}'))
        return stop(r, r->p >= r->end ? "it ends too early" : "expected ',' or '}'");
    if (r->p < r->end)
        return stop(r, "more text after the end");
    return found || stop(r, "it has no \"Records\"");
}

static struct reader begin(const char *s, size_t n, struct records *to)
{
    to->n = 0;
    arena_drop(&to->arena);
    return (struct reader){.p = s, .end = s + n, .to = to};
}

bool records_read(const char *s, size_t n, struct records *to, struct err *e)
{
    struct reader r = begin(s, n, to);
    return read_file(&r) || err_set(e, "%s (at byte %zu)", r.wrong, (size_t)(r.p - s));
}

void records_read_list(const char *s, size_t n, size_t leaf, struct records *to)
{
    struct reader r = begin(s, n, to);
    if (!read_list(&r, leaf + 1, leaf_next(leaf), 2) && to->n)
        to->n--; /* the one with the mistake */
}

void records_read_map(const char *s, size_t n, struct records *to)
{
    struct reader r = begin(s, n, to);
    if (!take(&r, '{') || *r.p == '}')
        return;
    do {
        const char *text;
        size_t len;
        bool escaped;
        add_row(&r);
        if (to->n > RECORDS_MAX || *r.p++ != '"' || !read_string(&r, &text, &len, &escaped) || !take(&r, ':') ||
            !read_cell(&r, 0, 2)) { /* leaf 0 is a text, as the values of a map are */
            to->n--;
            return;
        }
        r.row[1] = r.row[0];
        r.row[0] = unescape(&to->arena, text, len);
    } while (take(&r, ','));
}

void records_drop(struct records *to)
{
    free(to->rows);
    arena_drop(&to->arena);
    *to = (struct records){0};
}
