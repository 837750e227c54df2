/* SPDX-License-Identifier: MIT */
/* Percent-encoded text: forms and query strings cut into fields, and decoded. */
#include "sim/serve/wire.h"

#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool uri_decode(struct arena *arena, const char *text, size_t len, bool plus, const char **out)
{
    char *decoded = arena_alloc(arena, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            decoded[n++] = text[i] == '+' && plus ? ' ' : text[i];
            continue;
        }
        int high = i + 2 < len ? hex_digit(text[i + 1]) : -1, low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0)
            return false;
        decoded[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = decoded;
    return text_utf8(decoded, n);
}

bool form_read(struct arena *arena, const char *text, size_t len, bool plus, struct form *out)
{
    size_t cap = 0;
    struct form_field *list = NULL;
    bool good = true;
    out->n = 0;
    for (size_t at = 0; at < len && good;) {
        const char *part = text + at, *end = memchr(part, '&', len - at);
        size_t n = end ? (size_t)(end - part) : len - at;
        const char *equals = memchr(part, '=', n);
        size_t name = equals ? (size_t)(equals - part) : n;
        at += n + 1;
        if (!n)
            continue;
        struct form_field field = {NULL, ""};
        good = out->n < FORM_MAX_FIELDS && uri_decode(arena, part, name, plus, &field.name) &&
               (!equals || uri_decode(arena, equals + 1, n - name - 1, plus, &field.value));
        if (good)
            *GROW(list, out->n, cap) = field;
    }
    out->list = arena_alloc(arena, (out->n + 1) * sizeof(*list));
    if (out->n)
        memcpy(out->list, list, out->n * sizeof(*list));
    free(list);
    return good;
}

const char *form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++)
        if (text_same(form->list[i].name, name))
            return form->list[i].value;
    return NULL;
}
