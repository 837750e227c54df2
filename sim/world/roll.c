/* SPDX-License-Identifier: MIT */
/*
 * Rolls: lists whose things are found by name without walking. The index is a crit-bit tree: each fork knows the first bit in
 * which the texts on its two ways differ, so finding looks at a few bits and compares once, texts come in order, and the tree's
 * form depends on nothing but the texts. Removed twigs stay in the arena, as removed things do.
 * Source: D. J. Bernstein, "Crit-bit trees"; D. R. Morrison, "PATRICIA", JACM 15 (1968).
 */
#include "sim/world/world.h"

#include <string.h>

struct twig {
    uint32_t at;  /* a fork: the byte that tells its ways apart */
    uint8_t mask; /* and the bit in it; 0 = a leaf */
    union {
        struct twig *way[2]; /* bit clear, bit set */
        struct {
            const char *text;
            void *thing;
        } leaf;
    };
};

/* ---- the tree ---- */

static bool goes_right(const struct twig *fork, const char *text, size_t len)
{
    return fork->at < len && (uint8_t)text[fork->at] & fork->mask;
}

/* Where the text is, if it is there; else some leaf that shares the most with it. */
static struct twig *nearest_leaf(struct twig *twig, const char *text)
{
    size_t len = strlen(text);
    while (twig->mask)
        twig = twig->way[goes_right(twig, text, len)];
    return twig;
}

static struct twig *least_leaf(struct twig *twig)
{
    while (twig->mask)
        twig = twig->way[0];
    return twig;
}

struct difference { /* between two texts: the first bit, as in a fork */
    uint32_t at;
    uint8_t mask; /* 0 = none */
};

static struct difference first_difference(const char *a, const char *b)
{
    size_t at = 0;
    while (a[at] == b[at] && a[at])
        at++;
    unsigned bits = (uint8_t)a[at] ^ (uint8_t)b[at];
    return (struct difference){(uint32_t)at, bits ? (uint8_t)(1u << (31 - __builtin_clz(bits))) : 0};
}

/* Where a fork for this difference belongs on the text's way: above all that tell apart later bits. *over, if it is asked for:
 * what lies next to the right of there; NULL = nothing. */
static struct twig **place_of(struct twig **at, struct difference d, const char *text, struct twig **over)
{
    size_t len = strlen(text);
    while ((*at)->mask && ((*at)->at < d.at || ((*at)->at == d.at && (*at)->mask > d.mask))) {
        bool right = goes_right(*at, text, len);
        if (over && !right)
            *over = (*at)->way[1];
        at = &(*at)->way[right];
    }
    return at;
}

/* ---- the index ---- */

void index_put(struct index *index, struct arena *arena, const char *text, void *thing)
{
    struct twig *leaf = arena_alloc(arena, sizeof(*leaf));
    leaf->leaf.text = text;
    leaf->leaf.thing = thing;
    if (!index->root) {
        index->root = leaf;
        return;
    }
    struct twig *near = nearest_leaf(index->root, text);
    struct difference d = first_difference(near->leaf.text, text);
    if (!d.mask) {
        *near = *leaf;
        return;
    }
    struct twig **at = place_of(&index->root, d, text, NULL), *fork = arena_alloc(arena, sizeof(*fork));
    bool right = (uint8_t)text[d.at] & d.mask;
    *fork = (struct twig){.at = d.at, .mask = d.mask};
    fork->way[right] = leaf;
    fork->way[!right] = *at;
    *at = fork;
}

void index_drop(struct index *index, const char *text)
{
    struct twig **at = &index->root, **above = NULL;
    size_t len = strlen(text);
    bool right = false;
    if (!index_find(index, text))
        return;
    while ((*at)->mask) {
        right = goes_right(*at, text, len);
        above = at;
        at = &(*at)->way[right];
    }
    if (above)
        *above = (*above)->way[!right];
    else
        index->root = NULL;
}

void *index_find(const struct index *index, const char *text)
{
    const struct twig *leaf = index->root && text ? nearest_leaf(index->root, text) : NULL;
    return leaf && strcmp(leaf->leaf.text, text) == 0 ? leaf->leaf.thing : NULL;
}

/* Of the texts that are not less, by strcmp(), the least; or NULL. What lies at the place of a text that is absent is all
 * before it, or all behind. */
static void *index_from(const struct index *index, const char *text)
{
    struct twig *root = index->root, *leaf = root ? nearest_leaf(root, text) : NULL, *over = NULL;
    struct difference d = leaf ? first_difference(leaf->leaf.text, text) : (struct difference){0};
    if (leaf && d.mask) {
        struct twig *here = *place_of(&root, d, text, &over);
        bool behind = !((uint8_t)text[d.at] & d.mask);
        leaf = behind ? least_leaf(here) : over ? least_leaf(over) : NULL;
    }
    return leaf ? leaf->leaf.thing : NULL;
}

/* ---- the roll ---- */

static void link_before(struct roll *roll, struct rolled *thing, struct rolled *next)
{
    struct rolled *prev = next ? next->prev : roll->last;
    thing->next = next;
    thing->prev = prev;
    *(prev ? &prev->next : &roll->first) = thing;
    *(next ? &next->prev : &roll->last) = thing;
}

void roll_add(struct roll *roll, struct arena *arena, void *thing)
{
    link_before(roll, thing, NULL);
    index_put(&roll->names, arena, ((struct rolled *)thing)->name, thing);
}

void roll_add_sorted(struct roll *roll, struct arena *arena, void *thing)
{
    const char *name = ((struct rolled *)thing)->name;
    link_before(roll, thing, index_from(&roll->names, name));
    index_put(&roll->names, arena, name, thing);
}

void roll_remove(struct roll *roll, void *thing)
{
    struct rolled *gone = thing;
    *(gone->prev ? &gone->prev->next : &roll->first) = gone->next;
    *(gone->next ? &gone->next->prev : &roll->last) = gone->prev;
    if (index_find(&roll->names, gone->name) == thing)
        index_drop(&roll->names, gone->name);
}

void roll_rename(struct roll *roll, struct arena *arena, void *thing, const char *name)
{
    struct rolled *named = thing;
    index_drop(&roll->names, named->name);
    named->name = name;
    index_put(&roll->names, arena, name, thing);
}

void *roll_find(const struct roll *roll, const char *name)
{
    return index_find(&roll->names, name);
}

void *roll_from(const struct roll *roll, const char *name)
{
    return index_from(&roll->names, name);
}

void roll_copy(struct roll *to, struct arena *arena, const struct roll *from, size_t size)
{
    *to = (struct roll){0};
    for (const struct rolled *one = from->first; one; one = one->next) {
        void *copy = arena_alloc(arena, size);
        memcpy(copy, one, size);
        roll_add(to, arena, copy);
    }
}
