/* SPDX-License-Identifier: MIT */
/* Private: Athena's query executions, for its table of operations (athena.c). */
#pragma once

#include "sim/aws/shapes.h"

#define ATHENA_GROUP "primary"
#define ATHENA_INVALID "InvalidRequestException"

bool athena_group_known(struct call *); /* false after a failure */

void athena_start_query(struct call *);
void athena_stop_query(struct call *);
void athena_get_query(struct call *);
void athena_batch_get_query(struct call *);
void athena_get_results(struct call *);
void athena_list_queries(struct call *);
