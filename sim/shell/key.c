/* SPDX-License-Identifier: MIT */
/*
 * The private half of the key that the server's owner logs in by, as ssh reads it: the lab's seed has it, since the public
 * half in authorized_keys was drawn from it. (OpenSSH's PROTOCOL.key; RFC 8709 for the blob.)
 */
#include "sim/shell/parts.h"

#include <openssl/evp.h>
#include <string.h>

static void add_number(struct str *out, unsigned n)
{
    const char bytes[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    str_addn(out, bytes, 4);
}

void ssh_add_bytes(struct str *out, const void *data, size_t n)
{
    add_number(out, (unsigned)n);
    str_addn(out, data, n);
}

static bool public_half(const struct seed *private, uint8_t out[32])
{
    size_t n = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private->key, sizeof(private->key));
    bool good = key && EVP_PKEY_get_raw_public_key(key, out, &n) == 1;
    EVP_PKEY_free(key);
    return good;
}

static void add_private(struct str *out, const struct seed *private, const uint8_t public[32], const char *comment)
{
    AUTO(str_drop) struct str both = {0};
    str_addn(&both, (const char *)private->key, 32);
    str_addn(&both, (const char *)public, 32);
    str_add(out, "cafecafe"); /* twice the same number: that it was decrypted well */
    ssh_add_bytes(out, "ssh-ed25519", 11);
    ssh_add_bytes(out, public, 32);
    ssh_add_bytes(out, both.s, both.len);
    ssh_add_bytes(out, comment, strlen(comment));
    for (char pad = 1; out->len % 8; pad++)
        str_addc(out, pad);
}

static void add_public(struct str *out, const uint8_t public[32])
{
    ssh_add_bytes(out, "ssh-ed25519", 11);
    ssh_add_bytes(out, public, 32);
}

bool ssh_ed25519_private(const struct seed *private, const char *comment, struct str *out)
{
    AUTO(str_drop) struct str blob = {0}, secret = {0}, all = {0}, text = {0};
    uint8_t public[32];
    if (!public_half(private, public))
        return false;
    add_public(&blob, public);
    str_addn(&all, "openssh-key-v1", 15);
    ssh_add_bytes(&all, "none", 4);
    ssh_add_bytes(&all, "none", 4);
    ssh_add_bytes(&all, "", 0);
    add_number(&all, 1);
    ssh_add_bytes(&all, blob.s, blob.len);
    add_private(&secret, private, public, comment);
    ssh_add_bytes(&all, secret.s, secret.len);
    str_add_base64(&text, all.s, all.len);
    str_add(out, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (size_t i = 0; i < text.len; i += 70)
        str_addf(out, "%.70s\n", text.s + i);
    str_add(out, "-----END OPENSSH PRIVATE KEY-----\n");
    return true;
}

bool lab_key(const struct world *w, const struct server *server, struct str *out)
{
    struct seed private = seed_derive(&w->seed, "server/%s/key", server->name);
    AUTO(str_drop) struct str blob = {0}, line = {0};
    uint8_t public[32];
    if (!public_half(&private, public))
        return false;
    add_public(&blob, public);
    str_add(&line, "ssh-ed25519 ");
    str_add_base64(&line, blob.s, blob.len);
    if (!text_starts(server->public_key, str_text(&line))) /* another key, or a lab that does not know its seed */
        return false;
    return ssh_ed25519_private(&private, "labsuser", out);
}
