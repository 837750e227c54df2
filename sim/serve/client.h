/* SPDX-License-Identifier: MIT */
/*
 * What makes the real `aws` CLI and SDKs talk to a served lab: a folder with configuration, credentials and endpoint rules,
 * and the environment that points at it. Depends on lab.
 */
#pragma once

#include "sim/lab/live.h"

struct client_plan {
    const char *dir; /* the lab's */
    unsigned port;
    const char *access_key_id, *secret, *region;
};
/* Writes DIR/.cafelab/aws/{config,credentials,models/}. Old CLIs know no AWS_ENDPOINT_URL but read rule sets, and new ones
 * read both; neither then needs --endpoint-url, and validate-logs finds S3 (checked with 2.9.19 and 1.45.11). */
bool client_write(const struct client_plan *, struct err *);
unsigned client_last_port(const char *dir); /* at which it was served the last time; 0 = never */
/* The environment: names and values; NULL = to be unset. Texts in the arena. 0 with an error. */
struct client_variable {
    const char *name, *value;
};
#define CLIENT_VARIABLES 20
/* The rule sets that make a client ask `url`: file names below AWS_DATA_PATH's parent ("models/..."), and their texts. */
#define CLIENT_RULES 64
size_t client_rules(struct arena *, const char *url, struct client_variable out[CLIENT_RULES]);
size_t client_environment(const struct client_plan *, struct arena *, struct client_variable out[CLIENT_VARIABLES],
                          struct err *);
