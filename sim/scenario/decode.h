/* SPDX-License-Identifier: MIT */
/* Private, but for who tells the language (grader/schema) and the story (grader/story). What a scenario's tables need beside
 * yaml.h's decode functions. */
#pragma once

#include "sim/scenario/scenario.h"

decode_fn decode_value;     /* struct value: a text */
decode_fn decode_any_value; /* struct value: any node */
decode_fn decode_plain;     /* const char *: a text in which references are not filled in */
decode_fn decode_zone;      /* int minutes */
decode_fn decode_variables; /* struct list of struct variable: a map of names */
decode_fn decode_at;        /* of a step: sets when, at_time, offset_ms; out is the struct step */
decode_fn decode_after;     /* of a step: sets when and after; out is the struct step */

decode_fn decode_op;      /* of a step: sets op and op_at; out is the struct step */
decode_fn decode_live;    /* of a step: sets live; out is the struct step */
decode_fn decode_steps;   /* struct list of struct step; arg: step_fields. A use of a block among them is only looked at */
decode_fn decode_version; /* nothing is kept; arg: the versions there are */
decode_fn decode_level;   /* const char *; arg: the levels there are */

extern const struct fields scenario_fields, step_fields, live_fields, use_of_block_fields;
extern const struct field library_field;
bool is_shared_key(const char *key); /* that a library file may have */
const char *variable_kind(size_t i); /* "pick", "ip", ...; NULL behind the last */

bool look_at_use(struct decoder *, const struct node *use); /* tells what is wrong with its keys */
/* The map with every use of a block replaced by the block's steps. */
const struct node *scenario_blocks(struct scenario *, const struct node *root, struct diags *);
void scenario_check_library(struct scenario *, struct diags *); /* what of this shows in a library file alone */
void scenario_check(struct scenario *, struct diags *);         /* what one table cannot see: names, order, references */

/* The fields that a kind of thing has, ending with NULL; what it is called; whether its name alone is a text, too. */
const char *const *reference_fields(enum name_kind, const char **ret_called, bool *ret_alone);

/* One {{ name.field }} of a text. */
struct reference {
    char whole[160], name[64], field[96]; /* field "" = none */
    size_t start, len;                    /* of the braces, from where the search began */
    bool bad;                             /* not of that form */
};
/* The next one in *rest, which moves on behind it. False when there is none. */
bool reference_next(const char **rest, struct reference *);
