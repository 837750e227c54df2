/* SPDX-License-Identifier: MIT */
/* Private to sim/host: a login that is tried, and keys as authorized_keys holds them. */
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

/* ---- whether it works (login_decide.c) ---- */

struct login {
    struct machine *m;
    struct call *c; /* NULL when only the decision is asked for */
    const char *user, *by, *addr, *password;
    int port;
    struct daemon *sshd;
    struct sshd_client client;
    struct sshd_config config;
    struct os_user account;
    bool known;
    struct public_key key;
    bool key_good;
    int monitor, preauth;
    json_t *response; /* owned until the call takes it */
    const char *code; /* the refusal; NULL = none */
    const char *message;
};
void login_prepare(struct login *, struct machine *, const char *user, const char *by, const char *addr, const char *key);
/* Everything from the network to the account. What sshd thinks of it goes into the response; `peers` is called once sshd has
 * the connection. False: `code` and `message` say why not. */
bool login_decide(struct login *, void (*peers)(struct login *));
const char *login_offers(struct login *); /* methods as "Permission denied (...)" lists them */
