/* SPDX-License-Identifier: MIT */
/*
 * Detection rules in a subset of Sigma, over CloudTrail records. Depends on base and yaml.
 *
 * What is understood: title, logsource (product aws, service cloudtrail), detection with named selections (maps, lists of maps,
 * lists of keywords), values with wildcards, lists, null, the modifiers of sigma_modifiers, and conditions with and, or, not,
 * brackets, "1 of x*", "all of x*", "1 of them", "all of them". Everything else that Sigma has is refused by name, never
 * ignored, where it would change what a rule finds. Facts: Sigma specification 2.1.0, rules and modifiers appendix.
 *
 * A field is a path in the record (requestParameters.bucketName); lists on the way are looked into (any element will do), and a
 * field that is an object or a list is its JSON text, too. Neither rules nor records are trusted.
 */
#pragma once

#include "sim/yaml/yaml.h"

/* ---- rules ---- */

#define SIGMA_MAX_BYTES (64u << 10)
struct sigma_rule;
/* Every mistake is in `diags`, with its line and column in the text; NULL if there is one. */
struct sigma_rule *sigma_read(const char *text, size_t n, struct diags *);
struct sigma_rule *sigma_read_file(const char *file, const char *text, size_t n, struct diags *); /* named in mistakes */
void sigma_free(struct sigma_rule **);                                                            /* takes NULL, too */
/* The field that comes first in the rule and in no record of any log: it is misspelt, or of another service. NULL if all occur.
 * *meant: one that occurs and is near, or NULL. */
struct sigma_log;
const char *sigma_unknown_field(const struct sigma_rule *, const struct sigma_log *, const char **meant);

extern const struct sigma_modifier { /* ends with a NULL name */
    const char *name, *says;
} sigma_modifiers[];

/* ---- records: flat, each path and each value once ---- */

struct sigma_log *sigma_log_new(void);
void sigma_log_free(struct sigma_log **);
/* The text of one log file, {"Records": [...]}; `path` is remembered with its records. False: it is none, nothing is added. */
bool sigma_log_add(struct sigma_log *, const char *path, const char *text, size_t n, struct err *);
size_t sigma_log_size(const struct sigma_log *); /* records */
struct sigma_event {                             /* texts live as long as the log; "" for what a record does not have */
    const char *id, *name, *time, *who, *path;
};
struct sigma_event sigma_log_event(const struct sigma_log *, size_t i);
/* The record with this eventID; SIZE_MAX if there is none. */
size_t sigma_log_find(const struct sigma_log *, const char *event_id);

/* ---- finding ---- */

/* hits[i] for every record of the log. False when it takes longer than cpu_ms of this process's time (0 = 5 s) or a regular
 * expression reaches its limit. */
bool sigma_run(const struct sigma_rule *, const struct sigma_log *, int64_t cpu_ms, bool *hits, struct err *);
