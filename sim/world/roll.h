/* SPDX-License-Identifier: MIT */
/*
 * Lists of the world's things: short ones, and rolls, which may grow long and are found in by name. Depends on base. Included
 * by world.h.
 */
#pragma once

#include "sim/base/base.h"

/* Appends `item` to the end of a short intrusive list whose first member is `next`; or takes it out (false if not there). */
void list_append(void *list_head, void *item);
bool list_remove(void *list_head, void *item);

/* Things by a text: found, put in and taken out without walking through the others. Texts are borrowed. Zeroed = none. */
struct twig;
struct index {
    struct twig *root;
};
void index_put(struct index *, struct arena *, const char *text, void *thing); /* instead of what had the same text */
void index_drop(struct index *, const char *text);
void *index_find(const struct index *, const char *text); /* NULL if absent */

/* A roll: a list in order of creation that knows its end, and an index of it by name. ROLL(user, users) in a struct is the
 * list `users`, to walk, and the whole of it `users_roll`, to change. Names are unique. Zeroed = empty. */
struct rolled { /* what every struct in a roll begins with */
    struct rolled *next, *prev;
    const char *name; /* or its id, ARN, key: what it is found by */
};
struct roll {
    struct rolled *first, *last;
    struct index names;
};
/* NOLINTBEGIN(bugprone-macro-parentheses): a member's name takes none */
#define ROLL(type, list)                                                                                                       \
    union {                                                                                                                    \
        struct type *list;                                                                                                     \
        struct roll list##_roll;                                                                                               \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
void roll_add(struct roll *, struct arena *, void *thing);        /* at the end */
void roll_add_sorted(struct roll *, struct arena *, void *thing); /* of a roll that is sorted by name: in its place */
void roll_remove(struct roll *, void *thing);
void roll_rename(struct roll *, struct arena *, void *thing, const char *name); /* its place stays */
void *roll_find(const struct roll *, const char *name);                         /* NULL if absent */
void *roll_from(const struct roll *, const char *name); /* of a sorted one: the first whose name is not less, or NULL */
/* Each struct copied flatly, into a roll of its own. */
void roll_copy(struct roll *to, struct arena *, const struct roll *from, size_t size);
