/* SPDX-License-Identifier: MIT */
/*
 * Folding names. LMS and zip programs lose marks, turn composed letters into pairs and back, and drop blanks and commas;
 * what is left after that is compared.
 */
#include "grader/class/names.h"

#include <ctype.h>

/* U+00C0 to U+017F, a letter each; a space where there is no base letter (the signs for times and divided). */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuypsaaaaaaaceeeeiiiidnooooo ouuuuypy"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static size_t decode(const char *s, uint32_t *c)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = *u < 0x80 ? 1 : *u >= 0xF0 ? 4 : *u >= 0xE0 ? 3 : *u >= 0xC0 ? 2 : 1;
    *c = n == 1 ? *u : *u & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xC0) != 0x80)
            return i;
        *c = *c << 6 | (u[i] & 0x3F);
    }
    return n;
}

void name_fold(const char *name, struct str *out)
{
    while (*name) {
        uint32_t c;
        size_t n = decode(name, &c);
        if (c < 0x80 && isalnum((int)c))
            str_addc(out, (char)tolower((int)c));
        else if (c >= 0xC0 && c < 0xC0 + sizeof(latin) - 1) {
            if (latin[c - 0xC0] != ' ')
                str_addc(out, latin[c - 0xC0]);
        } else if (c >= 0x80 && !(c >= 0x300 && c <= 0x36F) && c != 0xA0)
            str_addn(out, name, n);
        name += n;
    }
}
