/* SPDX-License-Identifier: MIT */
/* Private, but for grader/trail_files.c. What lab plugs into the catalog (act.h, struct catalog) and into the writers' task. */
#pragma once

#include "sim/act/act.h"

struct record_facts;
bool hook_about(const struct world *, const char *op, struct record_facts *);
void hook_lookup_form(struct str *, const struct world *, const struct entry *);
bool hook_event_history(const struct world *, bool (*each)(void *context, const char *event, size_t n), void *context);
json_t *hook_public_keys(const struct world *);
json_t *hook_query_page(const struct world *, const char *location, const char *token, int64_t most);
json_t *hook_table_rows(const struct world *, const char *statement, struct err *);
