/* SPDX-License-Identifier: MIT */
/* Private: how each struct of a world stands in its state, as tables. To add a member is to add a line. Depends on world. */
#pragma once

#include "sim/world/world.h"

enum state_kind {
    TEXT,
    MUST_TEXT,
    NUMBER_INT,
    NUMBER_LONG,
    NUMBER_UINT,
    NUMBER_64,
    FLAG,
    DOCUMENT,
    LIST,
    ROLLED,  /* a roll of them */
    MEMBERS, /* a group's */
    REFERENCE,
    PLACES,
    CONTENT
};

enum state_target { TO_POLICY, TO_USER, TO_KEY, TO_TRAIL, TO_INSTANCE };
struct state_shape;
struct state_part {
    const char *key;
    enum state_kind kind;
    size_t offset;
    const struct state_shape *of; /* LIST, ROLLED, MEMBERS */
    enum state_target to;         /* REFERENCE */
    bool needed;                  /* REFERENCE */
};
struct state_shape {
    size_t size;
    const struct state_part *parts;
    size_t n;
};

extern const struct state_shape state_world, state_account, state_servers; /* of struct world, account, world */
extern const struct state_shape state_spans;                               /* of struct account: after what spans point to */
extern const struct state_shape state_trail, state_object;

struct linked { /* what every listed struct begins with */
    struct linked *next;
};
/* Things that are pointed to, by name; `gone`: trails that were deleted, which spans still name. NULL if there is none. */
const char *state_name(enum state_target, const void *thing);
void *state_thing(struct world *, struct trail *gone, enum state_target, const char *name);
/* The next deleted trail that a span names, each once, by its first span; NULL at the end. *at: where to go on, at first the
 * spans. */
const struct trail *state_gone_trail(const struct account *, const struct logging_span **at);
void state_index(struct world *); /* what stands in no list: who has a key, which query has a token */
bool state_is_left_out(const struct state_shape *, const void *item);
