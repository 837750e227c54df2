/* SPDX-License-Identifier: MIT */
/*
 * Private: is what lies in a lab's buckets what the trail delivered? For a live lab, whose files cannot be built again:
 * when each came depends on when people did what. Three things bear witness: the signed digests name every file of past
 * hours with its hash; each digest names the one before it; and the journal knows what every record must say.
 */
#pragma once

#include "grader/checks.h"
#include "sim/athena/athena.h"

/* Keys of log files that the digests below DIR/s3 name, and that are missing, or else altered: what `aws cloudtrail
 * validate-logs` calls INVALID. False when the files cannot be read. */
bool trail_files_named(const char *dir, bool missing, void (*each)(void *context, const char *key), void *context,
                       struct err *);
/* Tells what was altered; true when nothing was. */
bool trail_files_intact(struct scene *, struct result *);
/* Hands out the log files' texts, all at once, in the order of their paths, when nothing was altered; they are there until
 * `look` returns. False when something was, with the first of it in one line, or when `look` says so. */
bool trail_files_read(struct scene *, bool (*look)(void *context, const struct athena_log *, size_t n, struct err *),
                      void *context, struct err *);
