/* SPDX-License-Identifier: MIT */
/*
 * Numbers: 1234, 1,234, 1 234, 1'234, 12.5. A unit behind it is refused by name, for it would have to be judged, too.
 */
#include "grader/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A mark between groups of three digits. */
static bool groups(const char *s)
{
    return *s && strchr(", _'", *s) && is_digit(s[1]) && is_digit(s[2]) && is_digit(s[3]) && !is_digit(s[4]);
}

bool read_number(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_text(r->arena, text);
    char digits[40];
    size_t n = 0;
    const char *at = s;
    if (*at == '-' || *at == '+')
        digits[n++] = *at++;
    bool point = false, any = false;
    for (; *at && n + 1 < sizeof(digits); at++) {
        if (is_digit(*at))
            any = true;
        else if (*at == '.' && !point && is_digit(at[1]))
            point = true;
        else if (any && !point && groups(at))
            continue;
        else
            break;
        digits[n++] = *at;
    }
    digits[n] = 0;
    at += any && text_same(at, "."); /* the end of a sentence */
    if (any && !*at) {
        out->number = strtod(digits, NULL);
        out->norm = s;
        return true;
    }
    at += strspn(at, " ");
    if (any && *at && !is_digit(*at) && !strpbrk(at, "0123456789"))
        str_addf(why, "write the number alone, without \"%s\"", at);
    else
        str_add(why, "expected a number such as 42");
    return false;
}

bool same_number(const struct question *q, const struct reading *key, const struct reading *given)
{
    return fabs(key->number - given->number) <= q->tolerance + 1e-9 * fabs(key->number);
}

void near_number(const struct reading *key, const struct reading *given, struct str *says)
{
    const char *point = strchr(given->norm, '.');
    if (point && strlen(point) == 4 && fabs(given->number * 1000 - key->number) < 0.5)
        str_addf(says, "a point stands before decimals here: %s is less than %.0f; write thousands as 1234 or 1,234",
                 given->norm, ceil(given->number));
    else if (key->number != 0 && fabs(given->number + key->number) < 1e-9)
        str_add(says, "the sign is the wrong way round");
    else if (fabs(given->number - key->number) == 1)
        str_add(says, "off by one: check what is counted at the edges");
}
