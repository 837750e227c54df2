/* SPDX-License-Identifier: MIT */
/*
 * One value of a rule against one value of a record: texts with wildcards, regular expressions (PCRE2, with a limit on their
 * work), networks, numbers.
 */
#include "sim/sigma/rule.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 50000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 2048 };

/* ---- wildcards ---- */

struct wild wild_read(struct arena *arena, const char *text, bool open_start, bool open_end)
{
    struct wild w = {arena_alloc(arena, (strlen(text) + 3) * sizeof(*w.list)), 0};
    if (open_start)
        w.list[w.n++] = WILD_ANY;
    for (const char *s = text; *s; s++) {
        bool escapes = *s == '\\' && s[1] && strchr("*?\\", s[1]);
        if (escapes)
            s++;
        w.list[w.n++] = escapes ? (unsigned char)*s : *s == '*' ? WILD_ANY : *s == '?' ? WILD_ONE : (unsigned char)*s;
    }
    if (open_end)
        w.list[w.n++] = WILD_ANY;
    return w;
}

/* Bytes of the character at s, of well-formed UTF-8. */
static size_t character(const char *s, size_t n)
{
    size_t len = 1;
    while (len < n && ((unsigned char)s[len] & 0xc0) == 0x80)
        len++;
    return len;
}

static bool same_byte(uint16_t pattern, char c, bool cased)
{
    unsigned char byte = (unsigned char)c;
    return cased || pattern >= 128 ? pattern == byte : tolower(pattern) == tolower(byte);
}

/* Goes back to the last star only: no blow-up. */
static bool wild_matches(const struct wild *w, const char *s, size_t n, bool cased)
{
    size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;
    while (i < n) {
        if (p < w->n && w->list[p] == WILD_ANY) {
            star = p++;
            mark = i;
        } else if (p < w->n && w->list[p] == WILD_ONE) {
            p++;
            i += character(s + i, n - i);
        } else if (p < w->n && same_byte(w->list[p], s[i], cased)) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++mark;
        } else
            return false;
    }
    while (p < w->n && w->list[p] == WILD_ANY)
        p++;
    return p == w->n;
}

/* ---- regular expressions ---- */

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

struct regex *regex_new(const char *text, unsigned flags, struct str *why)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    uint32_t options = PCRE2_NEVER_BACKSLASH_C | (flags & REGEX_CASELESS ? PCRE2_CASELESS : 0) |
                       (flags & REGEX_LINES ? PCRE2_MULTILINE : 0) | (flags & REGEX_DOT_ALL ? PCRE2_DOTALL : 0);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
    if (!code) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(error, message, sizeof(message));
        str_addf(why, "%s at character %zu", (const char *)message, (size_t)offset + 1);
        return NULL;
    }
    struct regex *r = xmalloc(sizeof(*r));
    *r = (struct regex){code, pcre2_match_context_create(NULL), pcre2_match_data_create_from_pattern(code, NULL)};
    if (!r->limits || !r->data)
        abort();
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
    return r;
}

/* 1, 0; -1 when it reached its limit. */
static int regex_matches(const struct regex *r, const char *s, size_t n)
{
    int found = pcre2_match(r->code, (PCRE2_SPTR)s, n, 0, 0, r->data, r->limits);
    return found > 0 ? 1 : found == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

void regex_free(struct regex *r)
{
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->limits);
    pcre2_code_free(r->code);
    free(r);
}

/* ---- numbers and networks ---- */

static bool number_matches(const struct matcher *m, const struct value *v)
{
    char *end = NULL;
    double number = strtod(v->s, &end);
    if ((v->kind != VALUE_NUMBER && v->kind != VALUE_TEXT) || end == v->s || *end)
        return false;
    return m->way == NUMBER_LT    ? number < m->number
           : m->way == NUMBER_LTE ? number <= m->number
           : m->way == NUMBER_GT  ? number > m->number
                                  : number >= m->number;
}

static bool net_matches(const struct matcher *m, const struct value *v)
{
    struct cidr inner;
    return v->kind == VALUE_TEXT && v->n < 64 && cidr_parse(v->s, &inner) && cidr_contains(&m->net, &inner);
}

int matcher_matches(const struct matcher *m, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        return 0;
    switch (m->compare) {
    case COMPARE_TEXT: return wild_matches(&m->wild, v->s, v->n, m->cased);
    case COMPARE_REGEX: return regex_matches(m->regex, v->s, v->n);
    case COMPARE_NET: return net_matches(m, v);
    case COMPARE_NUMBER: return number_matches(m, v);
    default: /* null and exists ask for fields, not for values */ return 0;
    }
}
