/* SPDX-License-Identifier: MIT */
/* Private: what the schema's files share. */
#pragma once

#include "sim/base/base.h"

/* Puts "examples" into a key's schema, if there is one for it. `what`: of the table, as in messages ("a step"). */
void schema_add_example(json_t *key_schema, const char *what, const char *key);
/* Says which names the program knows there: clients, habits, operations, regions. */
void schema_add_names(json_t *key_schema, const char *what, const char *key);
