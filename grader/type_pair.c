/* SPDX-License-Identifier: MIT */
/*
 * Pairs, "chaos = 198.51.100.7": what stands on the left is given, what belongs to it is asked for, and is of the type that the
 * question's `of` names.
 */
#include "grader/types.h"

#include <string.h>

const char *pair_right(const char *text)
{
    const char *sign = strchr(text, '=');
    return sign ? sign + 1 + strspn(sign + 1, " \t") : text;
}

const char *pair_left(struct arena *arena, const char *text)
{
    return bare_text(arena, arena_dupn(arena, text, strcspn(text, "=")));
}

bool pair_is_open(const char *text)
{
    return strchr(text, '=') && says_nothing(pair_right(text));
}

/* The blank tells it from Base64. */
bool pair_is_untouched(const char *text)
{
    const char *sign = strchr(text, '=');
    return sign > text && sign[-1] == ' ' && says_nothing(sign + 1);
}

static const struct answer_type *right_type(const struct question *q)
{
    return q->of ? q->of : answer_type_find("text");
}

bool read_pair(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    if (!strchr(text, '=') || !*pair_left(r->arena, text)) {
        str_add(why, "expected a pair such as left = right");
        return false;
    }
    if (!right_type(r->question)->read(r, pair_right(text), out, why))
        return false;
    out->left = plain_text(r->arena, pair_left(r->arena, text));
    return true;
}

bool same_pair(const struct question *q, const struct reading *key, const struct reading *given)
{
    return text_same(key->left, given->left) && right_type(q)->same(q, key, given);
}
