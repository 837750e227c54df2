/* SPDX-License-Identifier: MIT */
/* Comparing texts: globs, distances, "did you mean". */
#include "sim/base/base.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

int texts_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t texts_once(const char **list, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(list, n, sizeof(*list), texts_order);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(list[kept - 1], list[i]) != 0)
            list[kept++] = list[i];
    return kept;
}

bool text_starts(const char *s, const char *prefix)
{
    if (!s)
        return false;
    while (*prefix && *s == *prefix) /* most prefixes are short, and most texts begin otherwise */
        s++, prefix++;
    return !*prefix;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = s ? strlen(s) : 0, m = strlen(suffix);
    return s && n >= m && !strcmp(s + n - m, suffix);
}

static bool same_char(char a, char b, bool ignore_case)
{
    return a == b || (ignore_case && tolower((unsigned char)a) == tolower((unsigned char)b));
}

/* Only the last * needs going back to: linear in practice, n*m at worst. */
static bool glob(const char *pattern, const char *s, bool ignore_case)
{
    const char *star = NULL, *retry = s;
    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = s;
        } else if (*pattern == '?' || (*pattern && same_char(*pattern, *s, ignore_case))) {
            pattern++;
            s++;
        } else if (star) {
            pattern = star;
            s = ++retry;
        } else
            return false;
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

bool text_glob(const char *pattern, const char *s)
{
    return glob(pattern, s, false);
}

bool text_glob_any_case(const char *pattern, const char *s)
{
    return glob(pattern, s, true);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
    size_t n = strnlen(a, 255), m = strnlen(b, 255);
    size_t rows[3][256];
    size_t *two = rows[0], *one = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        one[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t change = one[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(change, least(one[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], two[j - 2] + 1);
        }
        size_t *oldest = two;
        two = one;
        one = now;
        now = oldest;
    }
    return one[m];
}

const char *text_meant(const char *word, const char *const *words)
{
    const char *best = NULL;
    size_t nearest = strlen(word) / 3 + 1; /* a third of the letters may be wrong */
    if (nearest > 3)
        nearest = 3;
    nearest++;
    for (; *words; words++) {
        size_t distance = text_distance(word, *words);
        if (!strcasecmp(word, *words))
            distance = 0;
        if (distance < nearest && distance < strlen(*words)) {
            nearest = distance;
            best = *words;
        }
    }
    return best;
}

const char *arena_shell_word(struct arena *arena, const char *s)
{
    AUTO(str_drop) struct str out = {0};
    str_add_shell_word(&out, s);
    return arena_dup(arena, str_text(&out));
}

const char *arena_meant(struct arena *arena, const char *word, const char *const *words)
{
    const char *meant = text_meant(word, words);
    return meant ? arena_printf(arena, " (did you mean \"%s\"?)", meant) : "";
}
