/* SPDX-License-Identifier: MIT */
/* Private: what the commands of a class share. */
#pragma once

#include "grader/class/class.h"
#include "sim/cli/cli.h"
#include "sim/yaml/yaml.h"

/* --shard I/N; 0 of 0 when it was not given. False after telling what was wrong. */
bool request_shard(const struct request *, unsigned *shard, unsigned *shards);
/* Shows the mistakes of roster and scenario, then the error or `otherwise`; EXIT_TROUBLE. */
int class_mistakes(struct diags *, const struct err *, const char *otherwise);
bool class_open_told(const char *dir, struct class *); /* false after telling what is wrong with it */
