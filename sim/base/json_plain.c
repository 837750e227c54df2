/* SPDX-License-Identifier: MIT */
/*
 * JSON as programs write it, read in one go into jansson's values: objects, arrays, texts without \u, whole numbers that fit,
 * true, false, null. jansson reads a byte at a time through three functions; journals are read by the thousand lines. Whatever
 * else stands there, right or wrong, is jansson's to read or to refuse (json_read), and so are all words for what is wrong:
 * what is read here, jansson would have read the same.
 */
#include "sim/base/json_plain.h"

#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 18 }; /* that fit into 64 bits whatever they are */

struct reading {
    const char *at, *end;
    unsigned depth;
    struct str text; /* of one that has escapes */
};

static json_t *read_value(struct reading *r);

static void skip_space(struct reading *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* The next byte that is no space, 0 at the end. */
static char next(struct reading *r)
{
    skip_space(r);
    return r->at < r->end ? *r->at : 0;
}

static bool take(struct reading *r, char c)
{
    if (next(r) != c)
        return false;
    r->at++;
    return true;
}

/* What the byte behind a backslash means; 0: not read here. */
static char escaped(char c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *p = c ? strchr(from, c) : NULL;
    return p ? to[p - from] : 0;
}

struct piece { /* bytes of a text, where they lie or in the reading's buffer */
    const char *s;
    size_t n;
    bool ascii;
};

static const char *end_of_run(const char *s, const char *end, bool *ascii)
{
    unsigned char all = 0;
    for (; s < end && *s != '"' && *s != '\\' && (unsigned char)*s >= 0x20; s++)
        all |= (unsigned char)*s;
    *ascii &= all < 0x80;
    return s;
}

/* Stands behind the opening quote. */
static bool read_text(struct reading *r, struct piece *p)
{
    const char *start = r->at;
    p->ascii = true;
    r->text.len = 0;
    for (;;) {
        const char *stop = end_of_run(r->at, r->end, &p->ascii);
        bool ends = stop < r->end && *stop == '"';
        char c = !ends && r->end - stop > 1 && *stop == '\\' ? escaped(stop[1]) : 0;
        if (!ends && !c)
            return false;
        if (ends && r->at == start) {
            *p = (struct piece){start, (size_t)(stop - start), p->ascii};
            r->at = stop + 1;
            return true;
        }
        str_addn(&r->text, r->at, (size_t)(stop - r->at));
        r->at = stop + (ends ? 1 : 2);
        if (ends)
            break;
        str_addc(&r->text, c);
    }
    *p = (struct piece){r->text.s, r->text.len, p->ascii};
    return true;
}

static json_t *read_string(struct reading *r)
{
    struct piece p;
    if (!read_text(r, &p))
        return NULL;
    return p.ascii ? json_stringn_nocheck(p.s, p.n) : json_stringn(p.s, p.n); /* which refuses what is not UTF-8 */
}

/* Two of one name are refused: then the object has not grown. */
static bool read_member(struct reading *r, json_t *object)
{
    size_t before = json_object_size(object);
    char kept[64];
    struct piece key;
    if (!take(r, '"') || !read_text(r, &key) || !take(r, ':'))
        return false;
    AUTO(free_text) char *copy = NULL;
    if (key.s == r->text.s) { /* the value has texts, too */
        copy = key.n <= sizeof(kept) ? NULL : xmalloc(key.n);
        key.s = memcpy(copy ? copy : kept, key.s, key.n);
    }
    json_t *value = read_value(r);
    if (!value)
        return false;
    int bad = key.ascii ? json_object_setn_new_nocheck(object, key.s, key.n, value)
                        : json_object_setn_new(object, key.s, key.n, value);
    return !bad && json_object_size(object) > before;
}

static bool read_element(struct reading *r, json_t *array)
{
    json_t *value = read_value(r);
    return value && !json_array_append_new(array, value);
}

static json_t *read_many(struct reading *r, json_t *into, char close, bool (*one)(struct reading *, json_t *))
{
    bool good = true;
    r->at++;
    if (!take(r, close))
        do
            good = one(r, into);
        while (good && take(r, ','));
    else
        return into;
    if (good && take(r, close))
        return into;
    json_decref(into);
    return NULL;
}

static json_t *read_number(struct reading *r)
{
    bool minus = *r->at == '-';
    const char *s = r->at + minus, *start = s;
    int64_t value = 0;
    for (; s < r->end && *s >= '0' && *s <= '9' && s - start <= DIGITS_MOST; s++)
        value = value * 10 + (*s - '0');
    bool whole = s > start && s - start <= DIGITS_MOST && (*start != '0' || s == start + 1);
    if (!whole || (s < r->end && (*s == '.' || *s == 'e' || *s == 'E')))
        return NULL;
    r->at = s;
    return json_integer(minus ? -value : value);
}

static json_t *read_word(struct reading *r, const char *word, json_t *value)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
        return NULL;
    r->at += n;
    return value; /* one of the three that are never freed */
}

static json_t *read_value(struct reading *r)
{
    json_t *value = NULL;
    if (++r->depth > JSON_MAX_DEPTH + 1)
        return NULL;
    switch (next(r)) {
    case '{':
        if (r->depth <= JSON_MAX_DEPTH)
            value = read_many(r, json_object(), '}', read_member);
        break;
    case '[':
        if (r->depth <= JSON_MAX_DEPTH)
            value = read_many(r, json_array(), ']', read_element);
        break;
    case '"':
        r->at++;
        value = read_string(r);
        break;
    case 't': value = read_word(r, "true", json_true()); break;
    case 'f': value = read_word(r, "false", json_false()); break;
    case 'n': value = read_word(r, "null", json_null()); break;
    case '-':
    case '0' ... '9': value = read_number(r); break;
    default: break;
    }
    r->depth--;
    return value;
}

json_t *json_read_plain(const char *s, size_t n)
{
    struct reading r = {.at = s, .end = s + n};
    json_t *value = read_value(&r);
    skip_space(&r);
    if (value && r.at < r.end) {
        json_decref(value);
        value = NULL;
    }
    str_drop(&r.text);
    return value;
}
