/* SPDX-License-Identifier: MIT */
/*
 * printf into a growing string. What nearly every format here consists of (%s %.*s %c %d %u %x, of any size, with a width) is
 * done here: the C library makes a stream for each call, and a lab takes hundreds of thousands of them. Whatever else a
 * format has is left to the C library, as a whole.
 */
#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

struct arguments {
    va_list list;
};
struct field { /* one conversion */
    bool left, zero;
    size_t width, most; /* of a text, at most so many bytes; SIZE_MAX = all */
    enum size { SIZE_INT, SIZE_LONG, SIZE_LLONG, SIZE_SIZE } size;
    char kind;
};

static size_t read_number(const char **at)
{
    size_t n = 0;
    for (; **at >= '0' && **at <= '9' && n < 10000; ++*at)
        n = n * 10 + (size_t)(**at - '0');
    return n;
}

/* From behind the percent sign to behind the conversion. A negative "*" is left to the C library, as kind 0. */
static const char *read_field(const char *at, struct arguments *args, struct field *f)
{
    *f = (struct field){.most = SIZE_MAX};
    int most = 0;
    for (; *at == '-' || *at == '0'; at++)
        *(*at == '-' ? &f->left : &f->zero) = true;
    f->width = read_number(&at);
    if (at[0] == '.' && at[1] == '*') {
        most = va_arg(args->list, int);
        f->most = (size_t)most;
        at += 2;
    } else if (at[0] == '.') {
        at++;
        f->most = read_number(&at);
    }
    if (at[0] == 'l' || at[0] == 'z') {
        f->size = at[0] == 'z' ? SIZE_SIZE : at[1] == 'l' ? SIZE_LLONG : SIZE_LONG;
        at += f->size == SIZE_LLONG ? 2 : 1;
    }
    f->kind = most < 0 ? 0 : *at;
    return at + 1;
}

static void add_padded(struct str *s, const struct field *f, const char *text, size_t n)
{
    size_t pad = f->width > n ? f->width - n : 0;
    char *to = str_reserve(s, pad + n);
    memset(f->left ? to + n : to, ' ', pad);
    memcpy(f->left ? to : to + pad, text, n);
    s->len += pad + n;
}

static bool add_text(struct str *s, const struct field *f, const char *text)
{
    if (!text || f->zero || f->size != SIZE_INT)
        return false;
    add_padded(s, f, text, f->most == SIZE_MAX ? strlen(text) : strnlen(text, f->most));
    return true;
}

static bool add_integer(struct str *s, const struct field *f, bool negative, uint64_t value)
{
    static const char digits[] = ALPHABET_HEX;
    char text[64], *at = text + sizeof(text);
    unsigned base = f->kind == 'x' ? 16 : 10;
    size_t wanted = f->zero && !f->left ? f->width - (negative && f->width) : 0;
    if (f->most != SIZE_MAX || wanted > 40)
        return false;
    do
        *--at = digits[value % base];
    while (value /= base);
    while ((size_t)(text + sizeof(text) - at) < wanted)
        *--at = '0';
    if (negative)
        *--at = '-';
    add_padded(s, f, at, (size_t)(text + sizeof(text) - at));
    return true;
}

static bool add_signed(struct str *s, const struct field *f, struct arguments *args)
{
    long long value = 0;
    switch (f->size) {
    case SIZE_INT: value = va_arg(args->list, int); break;
    case SIZE_LONG: value = va_arg(args->list, long); break;
    case SIZE_LLONG: value = va_arg(args->list, long long); break;
    case SIZE_SIZE: value = va_arg(args->list, ssize_t); break;
    }
    return add_integer(s, f, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static bool add_unsigned(struct str *s, const struct field *f, struct arguments *args)
{
    uint64_t value = 0;
    switch (f->size) {
    case SIZE_INT: value = va_arg(args->list, unsigned); break;
    case SIZE_LONG: value = va_arg(args->list, unsigned long); break;
    case SIZE_LLONG: value = va_arg(args->list, unsigned long long); break;
    case SIZE_SIZE: value = va_arg(args->list, size_t); break;
    }
    return add_integer(s, f, false, value);
}

static bool add_field(struct str *s, const struct field *f, struct arguments *args)
{
    char c;
    switch (f->kind) {
    case 's': return add_text(s, f, va_arg(args->list, const char *));
    case 'd': return add_signed(s, f, args);
    case 'u':
    case 'x': return add_unsigned(s, f, args);
    case 'c':
        c = (char)va_arg(args->list, int);
        if (f->zero || f->most != SIZE_MAX || f->size != SIZE_INT)
            return false;
        add_padded(s, f, &c, 1);
        return true;
    default: return false;
    }
}

/* False when there is something in it that is not done here. */
static bool add_all(struct str *s, const char *fmt, struct arguments *args)
{
    struct field f;
    for (;;) {
        const char *percent = strchrnul(fmt, '%');
        str_addn(s, fmt, (size_t)(percent - fmt));
        if (!*percent)
            break;
        if (percent[1] == '%') {
            str_addc(s, '%');
            fmt = percent + 2;
            continue;
        }
        fmt = read_field(percent + 1, args, &f);
        if (!add_field(s, &f, args))
            return false;
    }
    s->s[s->len] = 0;
    return true;
}

static void add_by_library(struct str *s, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(str_reserve(s, 127), 128, fmt, args);
    if (n < 0)
        abort();
    if (n >= 128)
        vsnprintf(str_reserve(s, (size_t)n), (size_t)n + 1, fmt, again);
    va_end(again);
    s->len += (size_t)n;
}

void str_vaddf(struct str *s, const char *fmt, va_list args)
{
    struct arguments ours;
    size_t before = s->len;
    va_copy(ours.list, args);
    bool done = add_all(s, fmt, &ours);
    va_end(ours.list);
    if (done)
        return;
    s->len = before;
    add_by_library(s, fmt, args);
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    str_vaddf(s, fmt, args);
    va_end(args);
}
