/* SPDX-License-Identifier: MIT */
/*
 * The keys that the server's sshd shows: new ones each time, since the lab's tree holds public halves only. They are made by a
 * process in no process namespace of the server's, so that `ps` in there shows nothing that is not the server's; one at once,
 * for sshd needs it to start, the others when they are ready. (PROTOCOL.key of OpenSSH, RFC 4253, 5656, 8709 for the blobs.)
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RSA_BITS 2048

/* ---- public halves, as ssh's blobs ---- */

static void add_mpint(struct str *out, const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    unsigned char bytes[RSA_BITS / 8 + 1] = {0};
    if (EVP_PKEY_get_bn_param(key, name, &number) && BN_num_bytes(number) < (int)sizeof(bytes)) {
        int n = BN_bn2bin(number, bytes + 1);
        bool high = n > 0 && bytes[1] & 0x80; /* else it would be negative */
        ssh_add_bytes(out, bytes + !high, (size_t)n + high);
    }
    BN_free(number);
}

static void rsa_blob(const EVP_PKEY *key, struct str *out)
{
    add_mpint(out, key, OSSL_PKEY_PARAM_RSA_E);
    add_mpint(out, key, OSSL_PKEY_PARAM_RSA_N);
}

static void ecdsa_blob(const EVP_PKEY *key, struct str *out)
{
    unsigned char point[128];
    size_t n = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n)) {
        ssh_add_bytes(out, "nistp256", 8);
        ssh_add_bytes(out, point, n);
    }
}

static void ed25519_blob(const EVP_PKEY *key, struct str *out)
{
    unsigned char raw[32];
    size_t n = sizeof(raw);
    if (EVP_PKEY_get_raw_public_key(key, raw, &n) == 1)
        ssh_add_bytes(out, raw, n);
}

/* ---- private halves, as ssh-keygen of the server's time writes them ---- */

static bool as_pem(EVP_PKEY *key, struct str *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool good = bio && PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    long n = good ? BIO_get_mem_data(bio, &text) : 0;
    str_addn(out, text ? text : "", n > 0 ? (size_t)n : 0);
    BIO_free(bio);
    return good;
}

static bool as_openssh(EVP_PKEY *key, struct str *out)
{
    struct seed private;
    size_t n = sizeof(private.key);
    bool good = EVP_PKEY_get_raw_private_key(key, private.key, &n) == 1 && n == 32;
    return good && ssh_ed25519_private(&private, "", out);
}

static EVP_PKEY *new_ecdsa(void)
{
    return EVP_EC_gen("P-256");
}
static EVP_PKEY *new_ed25519(void)
{
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}
static EVP_PKEY *new_rsa(void)
{
    return EVP_RSA_gen(RSA_BITS);
}

static const struct kind {
    const char *file, *name;
    EVP_PKEY *(*make)(void);
    void (*blob)(const EVP_PKEY *, struct str *);
    bool (*private)(EVP_PKEY *, struct str *);
} kinds[] = {
    {"ssh_host_ecdsa_key",   "ecdsa-sha2-nistp256", new_ecdsa,   ecdsa_blob,   as_pem    },
    {"ssh_host_ed25519_key", "ssh-ed25519",         new_ed25519, ed25519_blob, as_openssh},
    {"ssh_host_rsa_key",     "ssh-rsa",             new_rsa,     rsa_blob,     as_pem    },
};

/* ---- files ---- */

static bool write_at(int dir, const char *name, unsigned mode, const struct str *text)
{
    AUTO(close_fd) int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    return fd >= 0 && write(fd, text->s, text->len) == (ssize_t)text->len && !fchmod(fd, mode);
}

/* What we put there is no trace of anybody's: the directory is as old as it was. */
static bool make_key(int dir, const struct kind *k)
{
    AUTO(str_drop) struct str private = {0}, blob = {0}, public = {0};
    char name[64];
    struct stat st;
    EVP_PKEY *key = k->make();
    bool good = key && k->private(key, &private) && !fstat(dir, &st);
    ssh_add_bytes(&blob, k->name, strlen(k->name));
    if (good)
        k->blob(key, &blob);
    EVP_PKEY_free(key);
    str_addf(&public, "%s ", k->name);
    str_add_base64(&public, blob.s, blob.len);
    str_addc(&public, '\n');
    snprintf(name, sizeof(name), "%s.pub", k->file);
    good = good && write_at(dir, k->file, 0600, &private) && write_at(dir, name, 0644, &public);
    return good && !futimens(dir, (struct timespec[2]){st.st_mtim, st.st_mtim});
}

/* RSA takes as long as all else until a shell is there: it waits for that. */
static _Noreturn void make_all(int dir, int first, int others)
{
    char byte;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "cafelab-keys");
    if (!make_key(dir, &kinds[0]) || write(first, "", 1) != 1)
        _exit(1);
    close(first);
    if (read(others, &byte, 1) != 1)
        _exit(0);
    if (nice(10) == -1)
        errno = 0;
    for (size_t i = 1; i < COUNT(kinds); i++)
        if (!make_key(dir, &kinds[i]))
            _exit(1);
    _exit(0);
}

bool host_keys_make(const char *at, int *ret_others, struct err *e)
{
    int first[2], others[2];
    char byte;
    AUTO(close_fd) int dir = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 || pipe2(first, O_CLOEXEC) || pipe2(others, O_CLOEXEC))
        return err_set(e, "open %s: %m", at);
    pid_t pid = fork();
    if (pid == 0) {
        close(others[1]);
        make_all(dir, first[1], others[0]);
    }
    close(first[1]);
    close(others[0]);
    *ret_others = others[1];
    bool good = pid > 0 && read(first[0], &byte, 1) == 1;
    close(first[0]);
    return good || err_set(e, "make the server's host key");
}
