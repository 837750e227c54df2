/* SPDX-License-Identifier: MIT */
/* Private: the functions behind kms.c's table, and what its files share. */
#pragma once

#include "sim/aws/shapes.h"

/* By id, ARN or alias; NULL after a failure in KMS's words. asked_ is the parameter "keyId", named in the record, too. */
struct kms_key *kms_key_named(struct call *, const char *param);
struct kms_key *kms_asked_key(struct call *);
bool kms_key_here(const struct call *, const struct kms_key *); /* is it in the call's region? */
bool kms_usable(struct call *, const struct kms_key *);         /* enabled and not about to be deleted; false after a failure */
bool kms_not_pending(struct call *, const struct kms_key *);    /* not about to be deleted; false after a failure */
const char *kms_arn(struct call *, const char *key_or_alias);   /* an ARN stays what it is */
void kms_log_key(struct call *, const struct kms_key *);        /* its ARN, as the record's response has it */
void kms_page(struct call *, const char *key, json_t *list);    /* takes over the list */

op_fn kms_decrypt, kms_encrypt, kms_generate_data_key;
op_fn kms_create_alias, kms_delete_alias, kms_list_aliases, kms_update_alias;
