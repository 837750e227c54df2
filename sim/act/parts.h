/* SPDX-License-Identifier: MIT */
/* What the files of act() share. Private to sim/act. */
#pragma once

#include "sim/act/act.h"

enum param_fault { PARAM_GOOD, PARAM_MISSING, PARAM_UNKNOWN, PARAM_WRONG };
enum param_fault params_fault(const struct op *, const json_t *params, struct arena *, const char **why);
json_t *params_without_secrets(json_t *params); /* as CloudTrail logs them: a new reference, perhaps to the same */

/* How a service words the refusals that all services have in common. */
struct dialect {
    const char *service;
    const char *missing, *unknown, *wrong; /* parameters */
    const char *no_operation;
    const char *bad_key, *bad_key_says; /* an access key that is deleted or inactive */
};
const struct dialect *dialect_of(const char *service_name);
/* One failure has two spellings: "NoSuchEntity" on the wire is "NoSuchEntityException" in IAM's records. */
const char *code_on_wire(struct arena *, const struct service *, const char *code);
const char *code_in_record(struct arena *, const struct service *, const char *wire_code);

/* The ARN that policies are asked about, the policy of what it names (or NULL), and the request's condition keys. */
const char *op_resource(const struct call *);
const json_t *resource_policy(const struct world *, const struct call *, const char *resource);
json_t *access_context(const struct call *, const char *resource); /* a new reference */
const char *call_action(const struct call *);
