/* SPDX-License-Identifier: MIT */
/* Private: what is behind Athena's table of operations (athena.c): athena_groups.c, athena_queries.c. */
#pragma once

#include "sim/aws/shapes.h"

#define ATHENA_GROUP "primary"
#define ATHENA_INVALID "InvalidRequestException"

#define ATHENA_MOST_SQL 262144

/* By name; NULL = "primary". NULL after a failure. */
const struct workgroup *athena_group(struct call *, const char *name);

void athena_create_group(struct call *);
void athena_delete_group(struct call *);
void athena_get_group(struct call *);
void athena_list_groups(struct call *);
void athena_update_group(struct call *);
void athena_save_query(struct call *);
void athena_batch_get_saved(struct call *);
void athena_delete_saved(struct call *);
void athena_get_saved(struct call *);
void athena_list_saved(struct call *);

void athena_start_query(struct call *);
void athena_stop_query(struct call *);
void athena_get_query(struct call *);
void athena_batch_get_query(struct call *);
void athena_get_results(struct call *);
void athena_list_queries(struct call *);
