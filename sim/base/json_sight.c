/* SPDX-License-Identifier: MIT */
/*
 * JSON read at sight: what cafelab writes itself, journals and answers, a third of the time that jansson's reader takes. Text
 * that is anything else, be it rare (numbers with a point, \u) or wrong, is left alone: NULL, and jansson reads it and finds
 * the words. So there is one truth about what is JSON, and this reader may only be faster, never of another opinion
 * (tests/fuzz/json.c holds them against each other).
 */
#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 18 /* an int64_t holds them all */

struct sight {
    const char *at, *end;
    unsigned depth;
    struct str text; /* of the string that is read, when it has escapes */
};

static json_t *value(struct sight *);

static void blanks(struct sight *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool take(struct sight *s, char c)
{
    blanks(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* To the quote or escape that comes next; false: there is none, or a byte that may not be there as it is. */
static bool plain_run(struct sight *s)
{
    while (s->at < s->end && *s->at != '"' && *s->at != '\\' && (unsigned char)*s->at >= 0x20)
        s->at++;
    return s->at < s->end && (unsigned char)*s->at >= 0x20;
}

static bool escape(struct sight *s)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *found = s->at + 1 < s->end && s->at[1] ? strchr(names, s->at[1]) : NULL;
    if (!found)
        return false;
    str_addc(&s->text, bytes[found - names]);
    s->at += 2;
    return true;
}

/* A string's bytes; valid until the next one is read. False: not at sight. */
static bool text(struct sight *s, const char **ret, size_t *ret_n)
{
    if (!take(s, '"'))
        return false;
    const char *start = s->at;
    if (!plain_run(s))
        return false;
    *ret = start;
    *ret_n = (size_t)(s->at - start);
    if (*s->at++ == '"')
        return true;
    s->at = start;
    for (str_clear(&s->text);; start = s->at) {
        if (!plain_run(s))
            return false;
        str_addn(&s->text, start, (size_t)(s->at - start));
        if (*s->at == '"')
            break;
        if (!escape(s))
            return false;
    }
    s->at++;
    *ret = str_text(&s->text);
    *ret_n = s->text.len;
    return true;
}

static json_t *string(struct sight *s)
{
    const char *start;
    size_t n;
    return text(s, &start, &n) ? json_stringn(start, n) : NULL; /* NULL, too, for what is no UTF-8 */
}

static json_t *number(struct sight *s)
{
    bool minus = *s->at == '-';
    const char *digits = s->at += minus;
    json_int_t n = 0;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - digits < DIGITS_MAX)
        n = n * 10 + (*s->at++ - '0');
    bool zero = s->at > digits && *digits == '0' && s->at - digits > 1;
    bool more = s->at < s->end && *s->at && strchr("0123456789.eE", *s->at);
    return s->at == digits || zero || more || (minus && !n) ? NULL : json_integer(minus ? -n : n);
}

static json_t *word(struct sight *s, const char *name, json_t *means)
{
    size_t n = strlen(name);
    bool there = (size_t)(s->end - s->at) >= n && !memcmp(s->at, name, n);
    s->at += there ? n : 0;
    return there ? means : NULL;
}

static json_t *array(struct sight *s)
{
    json_auto_t *list = json_array();
    if (take(s, ']'))
        return json_incref(list);
    do {
        if (json_array_append_new(list, value(s)))
            return NULL;
    } while (take(s, ','));
    return take(s, ']') ? json_incref(list) : NULL;
}

static bool member(struct sight *s, json_t *object)
{
    char key[64];
    const char *start;
    size_t n;
    if (!text(s, &start, &n) || n >= sizeof(key) || memchr(start, 0, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)start[i] >= 0x80)
            return false;
    memcpy(key, start, n);
    key[n] = 0;
    return take(s, ':') && !json_object_set_new_nocheck(object, key, value(s));
}

/* A name that comes twice leaves fewer members than were read. */
static json_t *object(struct sight *s)
{
    json_auto_t *all = json_object();
    size_t n = 0;
    if (take(s, '}'))
        return json_incref(all);
    do {
        if (!member(s, all) || json_object_size(all) != ++n)
            return NULL;
    } while (take(s, ','));
    return take(s, '}') ? json_incref(all) : NULL;
}

static json_t *value(struct sight *s)
{
    json_t *found = NULL;
    blanks(s);
    if (s->at == s->end || ++s->depth > JSON_MAX_DEPTH)
        return NULL;
    switch (*s->at) {
    case '{': s->at++, found = object(s); break;
    case '[': s->at++, found = array(s); break;
    case '"': found = string(s); break;
    case 't': found = word(s, "true", json_true()); break;
    case 'f': found = word(s, "false", json_false()); break;
    case 'n': found = word(s, "null", json_null()); break;
    default: found = (*s->at >= '0' && *s->at <= '9') || *s->at == '-' ? number(s) : NULL;
    }
    s->depth--;
    return found;
}

json_t *json_read_at_sight(const char *text, size_t n)
{
    struct sight s = {.at = text, .end = text + n};
    json_t *found = value(&s);
    blanks(&s);
    str_drop(&s.text);
    if (found && s.at != s.end) {
        json_decref(found);
        return NULL;
    }
    return found;
}
