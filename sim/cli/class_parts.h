/* SPDX-License-Identifier: MIT */
/* Private: what the commands of a class share. */
#pragma once

#include "grader/batch/batch.h"
#include "grader/class/class.h"
#include "sim/cli/cli.h"
#include "sim/yaml/yaml.h"

/* --shard I/N; 0 of 0 when it was not given. False after telling what was wrong. */
bool request_shard(const struct request *, unsigned *shard, unsigned *shards);
/* Shows the mistakes in what people wrote (struct class's `told`), then the error, if there is one; EXIT_TROUBLE. */
int class_mistakes(struct diags *, const struct err *);
/* Judges what the arguments name (CLASS UPLOAD...) by the plan; --workers and --times as told. False after telling why not. */
bool class_judge_told(const struct request *, struct batch_plan *, struct class *, struct batch_done *);
/* Warns of what makes it doubtful whose an upload is; false after telling what is wrong with it. */
bool class_open_told(const char *dir, struct class *);
