/* SPDX-License-Identifier: MIT */
/* Private: the functions behind cloudtrail.c's table. */
#pragma once

#include "sim/aws/shapes.h"

struct trail *ct_trail(struct call *, const char *param); /* NULL after TrailNotFoundException */
/* The same, for what changes it: only from its home region. */
struct trail *ct_own_trail(struct call *, const char *param);
/* Ends the trail's span if it is logging, and begins one with its present settings. */
void ct_new_span(struct call *, struct trail *);

op_fn ct_add_tags, ct_create_trail, ct_delete_trail, ct_describe_trails, ct_get_event_selectors, ct_get_trail,
    ct_get_trail_status, ct_list_public_keys, ct_list_tags, ct_list_trails, ct_lookup_events, ct_put_event_selectors,
    ct_remove_tags, ct_start_logging, ct_stop_logging, ct_update_trail;
