/* SPDX-License-Identifier: MIT */
/* Private to sim/host: keys as authorized_keys holds them. */
#pragma once

#include "sim/host/sshd.h"

struct public_key {
    const char *type; /* "ssh-ed25519" */
    const char *kind; /* as sshd logs it: "ED25519" */
    int bits;
    const char *fingerprint; /* "SHA256:..." */
    const char *blob;        /* base64 */
};
bool public_key_read(struct arena *, const char *line, struct public_key *out); /* "[options] type base64 [comment]" */

enum key_answer { KEY_FITS, KEY_UNKNOWN, KEY_BAD_MODES, KEY_FORCED };
struct key_search {
    const struct public_key *key;
    const struct os_user *user;
    const struct sshd_client *client;
    const struct sshd_config *config;
    const char *file;    /* set: where it was found, or which modes are bad */
    const char *command; /* set: what the line makes sshd run instead of a shell */
};
enum key_answer authorized_keys_ask(struct machine *, struct key_search *);
