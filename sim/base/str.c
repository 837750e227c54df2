/* SPDX-License-Identifier: MIT */
/* Growing strings, and escaping named by its destination. */
#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

void str_drop(struct str *s)
{
    free(s->s);
    *s = (struct str){0};
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->s)
        s->s[0] = 0;
}

char *str_steal(struct str *s)
{
    char *text = s->s ? s->s : xcalloc(1, 1);
    *s = (struct str){0};
    return text;
}

static __attribute__((noinline)) void make_room(struct str *s, size_t n)
{
    size_t cap = s->cap ? s->cap : 64;
    while (cap - s->len <= n)
        cap *= 2;
    s->s = xrealloc(s->s, cap);
    s->cap = cap;
    s->s[s->len] = 0;
}

char *str_reserve(struct str *s, size_t n)
{
    if (s->cap - s->len <= n)
        make_room(s, n);
    return s->s + s->len;
}

void str_addn(struct str *s, const void *from, size_t n)
{
    char *to = str_reserve(s, n);
    if (n)
        memcpy(to, from, n);
    s->len += n;
    s->s[s->len] = 0;
}

void str_add(struct str *s, const char *from)
{
    str_addn(s, from, strlen(from));
}

void str_addc(struct str *s, char c)
{
    char *to = str_reserve(s, 1);
    to[0] = c;
    to[1] = 0;
    s->len++;
}

void str_add_int(struct str *s, int64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        str_addc(s, '-');
    str_addn(s, digits + at, sizeof(digits) - at);
}

void str_vaddf(struct str *s, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    char *to = str_reserve(s, 127);
    size_t room = s->cap - s->len;
    int n = vsnprintf(to, room, fmt, args);
    if (n < 0)
        abort();
    if ((size_t)n >= room)
        vsnprintf(str_reserve(s, (size_t)n), (size_t)n + 1, fmt, again);
    va_end(again);
    s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    str_vaddf(s, fmt, args);
    va_end(args);
}

const char *str_text(const struct str *s)
{
    return s->s ? s->s : "";
}

/* ---- UTF-8 ---- */

/* Length of the well-formed sequence at s, 0 if there is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8_len(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n < len)
        return 0;
    unsigned char low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

bool text_utf8(const char *s, size_t n)
{
    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_len((const unsigned char *)s + i, n - i);
        if (!len || !s[i])
            return false;
    }
    return true;
}

/* ---- escaping ---- */

static void add_json_odd(struct str *out, const unsigned char **at, const unsigned char *end)
{
    static const char names[] = "btn\0fr"; /* \b \t \n (vertical tab has none) \f \r: 8..13 */
    unsigned char c = **at;
    if (c == '"' || c == '\\')
        str_addn(out, (char[]){'\\', (char)c}, 2);
    else if (c >= 8 && c <= 13 && c != 11)
        str_addn(out, (char[]){'\\', names[c - 8]}, 2);
    else if (c < 0x20)
        str_addf(out, "\\u%04X", c); /* as jansson and Jackson, which writes CloudTrail's records, spell it */
    else {
        size_t len = utf8_len(*at, (size_t)(end - *at));
        str_addn(out, len ? (const char *)*at : "\xef\xbf\xbd", len ? len : 3);
        *at += len ? len : 1;
        return;
    }
    ++*at;
}

static const bool needs_care[256] = {[0 ... 0x1f] = true, ['"'] = true, ['\\'] = true, [0x80 ... 0xff] = true};

void str_add_json_inside(struct str *out, const char *s, size_t n)
{
    const unsigned char *at = (const unsigned char *)s, *end = at + n;
    while (at < end) {
        const unsigned char *plain = at;
        while (at < end && !needs_care[*at])
            at++;
        str_addn(out, plain, (size_t)(at - plain));
        if (at < end)
            add_json_odd(out, &at, end);
    }
}

void str_add_jsonn(struct str *out, const char *s, size_t n)
{
    str_addc(out, '"');
    str_add_json_inside(out, s, n);
    str_addc(out, '"');
}

void str_add_json(struct str *out, const char *s)
{
    str_add_jsonn(out, s, strlen(s));
}

void str_add_shell(struct str *out, const char *s)
{
    str_addc(out, '\'');
    for (; *s; s++)
        if (*s == '\'')
            str_add(out, "'\\''");
        else
            str_addc(out, *s);
    str_addc(out, '\'');
}

void str_add_shell_word(struct str *out, const char *s)
{
    static const char plain[] = ALPHABET_ALNUM "_@%+=:,./-";
    if (*s && *s != '-' && !s[strspn(s, plain)])
        str_add(out, s);
    else
        str_add_shell(out, s);
}

void str_add_json_key(struct str *out, const char *key)
{
    if (out->s[out->len - 1] != '{')
        str_addc(out, ',');
    str_addc(out, '"');
    str_add(out, key);
    str_addn(out, "\":", 2);
}

void str_add_json_member(struct str *out, const char *key, const char *s)
{
    if (!s)
        return;
    str_add_json_key(out, key);
    str_add_json(out, s);
}

void str_add_uri(struct str *out, const char *s)
{
    for (; *s; s++)
        if (strchr(ALPHABET_ALNUM "-_.~", *s))
            str_addc(out, *s);
        else
            str_addf(out, "%%%02X", (unsigned char)*s);
}

void str_add_html(struct str *out, const char *s)
{
    for (; s && *s; s++)
        switch (*s) {
        case '<': str_add(out, "&lt;"); break;
        case '>': str_add(out, "&gt;"); break;
        case '&': str_add(out, "&amp;"); break;
        case '"': str_add(out, "&quot;"); break;
        default:
            if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
                str_addc(out, *s);
        }
}

/* What makes the rest of a line read backwards, or ends it: U+2028 to U+202E, U+2066 to U+2069. */
static bool turns_line(const unsigned char *at, size_t len)
{
    return len == 3 && at[0] == 0xe2 &&
           ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) || (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

void str_add_log(struct str *out, const char *s)
{
    const unsigned char *at = (const unsigned char *)s;
    size_t left = strlen(s);
    while (left) {
        size_t len = utf8_len(at, left);
        if (!len || *at < 0x20 || *at == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0) || turns_line(at, len)) {
            len = len ? len : 1;
            for (size_t i = 0; i < len; i++)
                str_addf(out, "\\x%02x", at[i]);
        } else
            str_addn(out, at, len);
        at += len;
        left -= len;
    }
}

void str_add_prose(struct str *out, const char *s)
{
    for (;;) {
        size_t n = strcspn(s, "\n\t");
        AUTO(str_drop) struct str piece = {0};
        str_addn(&piece, s, n);
        str_add_log(out, str_text(&piece));
        if (!s[n])
            return;
        str_addc(out, s[n] == '\t' ? ' ' : '\n');
        s += n + 1;
    }
}

static void add_hex(struct str *out, const void *data, size_t n, const char digits[16])
{
    char *to = str_reserve(out, 2 * n);
    const unsigned char *from = data;
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[from[i] >> 4];
        to[2 * i + 1] = digits[from[i] & 15];
    }
    out->len += 2 * n;
    out->s[out->len] = 0;
}

void str_add_hex(struct str *out, const void *data, size_t n)
{
    add_hex(out, data, n, "0123456789abcdef");
}

void str_add_hex_upper(struct str *out, const void *data, size_t n)
{
    add_hex(out, data, n, "0123456789ABCDEF");
}
