/* SPDX-License-Identifier: MIT */
/*
 * Somebody is on a server in a real shell: what the journal is told when it begins and when it is left. The shell itself is
 * sim/shell's. Depends on the rest of sim/lab.
 */
#pragma once

#include "sim/lab/lab.h"

/* The student logs in by key; or, `console`, by a session of Systems Manager, which needs neither port 22 nor sshd and is in
 * the trail. {"session": 7}, or {"code", "message"} when he is not let in (ConnectionTimedOut, PermissionDenied, ...); a new
 * reference, NULL on failure. Sessions of his that a killed shell left open are ended before, unless he `joins` them. */
struct arrival {
    const char *on;
    bool console, joins;
};
json_t *lab_stay_begin(struct lab *, const struct arrival *, struct err *);
/* Then the login is in the journal; this brings it into the servers' trees in memory. */
bool lab_stay_trace(struct lab *, struct err *);
/* And this writes them, and what else follows from it. After a kill in between, whoever opens the lab next does. */
bool lab_stay_begun(struct lab *, struct err *);

struct stay {
    const char *on;
    long session;     /* whose end this is; 0 = nobody goes: what has been done so far */
    int64_t left_ms;  /* lab time */
    json_t **changes; /* parameters of disk:Changed, in order; owned */
    size_t n_changes, cap_changes;
    json_t *settled; /* parameters of disk:Settled; borrowed; NULL = nothing */
};
/* What became of the files: those that differ between two trees, each with owner, mode and time. Files that `ignored` says
 * yes to are passed over. False: one is too big for the journal (message). */
bool stay_compare(struct stay *, const struct tree *before, const struct tree *after, bool (*ignored)(const char *path),
                  struct err *);
void stay_drop(struct stay *);
/* Journals it all, and the logout, if that it is. The lab may have been opened anew: what others did meanwhile stays. */
bool lab_stay_end(struct lab *, const struct stay *, struct err *);

/* {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "LastUpdated"} of the role of a server's instance; NULL when
 * it has none. New ones are an sts:AssumeRole by EC2, in the trail. */
json_t *lab_stay_credentials(struct lab *, const char *on, struct err *);

/* ---- the same asked of whoever serves the lab: JSON both ways ---- */

/* {"do": "begin", "on": "cafe", "console": false, "joins": false} or {"do": "end", "on", "session", "changes": [...],
 * "settled": {...}}. Answers are lab_stay_begin()'s, {} for the end. New references. */
json_t *stay_ask_begin(const struct arrival *);
json_t *stay_ask_end(const struct stay *);
struct live;
json_t *live_stay(struct live *, const json_t *asked, struct err *); /* NULL on failure */
