/* SPDX-License-Identifier: MIT */
/* KMS: what its table and the use of its keys share. Private to sim/aws. */
#pragma once

#include "sim/aws/shapes.h"

/* By id, ARN or alias; NULL after a failure in KMS's words. asked_ is the parameter "keyId", named in the record, too. */
struct kms_key *kms_key_named(struct call *, const char *param);
struct kms_key *kms_asked_key(struct call *);
bool kms_key_here(const struct call *, const struct kms_key *); /* is it in the call's region? */
bool kms_usable(struct call *, const struct kms_key *);         /* enabled and not about to be deleted; false after a failure */

void kms_generate_data_key(struct call *);
void kms_encrypt(struct call *);
void kms_decrypt(struct call *);
