/* SPDX-License-Identifier: MIT */
/* Hashes (OpenSSL), base64, and IP networks. */
#define OPENSSL_SUPPRESS_DEPRECATED /* see sha256() */
#include "sim/base/base.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static void digest(const EVP_MD *md, const void *data, size_t n, uint8_t *out)
{
    if (!EVP_Digest(data, n, out, NULL, md, NULL))
        abort();
}

static void hex(const uint8_t *data, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = ALPHABET_HEX[data[i] >> 4];
        out[2 * i + 1] = ALPHABET_HEX[data[i] & 15];
    }
    out[2 * n] = 0;
}

/* The plain functions: every stream of chance costs an HMAC, and looking the algorithm up (EVP) is six times the work. */
void sha256(const void *data, size_t n, uint8_t out[32])
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data, n);
    SHA256_Final(out, &context);
}

void sha256_hex(const void *data, size_t n, char out[65])
{
    uint8_t raw[32];
    sha256(data, n, raw);
    hex(raw, sizeof(raw), out);
}

bool sha256_is_hex(const char *s)
{
    return s && strlen(s) == 64 && strspn(s, ALPHABET_HEX) == 64;
}

struct hmac { /* what follows from the key alone */
    SHA256_CTX inner, outer;
};

static void hmac_begin(struct hmac *h, const void *key, size_t key_len)
{
    uint8_t inner[64] = {0}, outer[64];
    if (key_len > sizeof(inner))
        sha256(key, key_len, inner);
    else if (key_len)
        memcpy(inner, key, key_len);
    for (size_t i = 0; i < sizeof(inner); i++) { /* RFC 2104 */
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    SHA256_Init(&h->inner);
    SHA256_Update(&h->inner, inner, sizeof(inner));
    SHA256_Init(&h->outer);
    SHA256_Update(&h->outer, outer, sizeof(outer));
}

static void hmac_end(struct hmac h, const void *data, size_t n, uint8_t out[32])
{
    uint8_t hash[32];
    SHA256_Update(&h.inner, data, n);
    SHA256_Final(hash, &h.inner);
    SHA256_Update(&h.outer, hash, sizeof(hash));
    SHA256_Final(out, &h.outer);
}

/* Streams of chance are drawn by the thousand from one seed: what follows from the last key is kept. */
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t n, uint8_t out[32])
{
    static _Thread_local struct {
        uint8_t key[32];
        bool set;
        struct hmac h;
    } last;
    struct hmac h;
    if (key_len != sizeof(last.key))
        hmac_begin(&h, key, key_len);
    else {
        if (!last.set || memcmp(last.key, key, sizeof(last.key)) != 0) {
            hmac_begin(&last.h, key, key_len);
            memcpy(last.key, key, sizeof(last.key));
            last.set = true;
        }
        h = last.h;
    }
    hmac_end(h, data, n, out);
}

void aes256_mask(const uint8_t key[32], void *bytes, size_t n)
{
    static const uint8_t from_zero[16];
    const int most = 1 << 30;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = context && EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), NULL, key, from_zero) == 1;
    for (uint8_t *at = bytes; good && n;) {
        int now = n < (size_t)most ? (int)n : most, got = 0;
        good = EVP_EncryptUpdate(context, at, &got, at, now) == 1 && got == now;
        at += now;
        n -= (size_t)now;
    }
    EVP_CIPHER_CTX_free(context);
    if (!good)
        abort();
}

void md5_hex(const void *data, size_t n, char out[33])
{
    uint8_t raw[16];
    digest(EVP_md5(), data, n, raw);
    hex(raw, sizeof(raw), out);
}

void str_add_base64(struct str *out, const void *data, size_t n)
{
    char *to = str_reserve(out, (n + 2) / 3 * 4);
    out->len += (size_t)EVP_EncodeBlock((unsigned char *)to, data, (int)n);
}

static bool is_base64(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool base64_decode(const char *s, size_t n, struct str *out)
{
    size_t pad = n && s[n - 1] == '=' ? (n > 1 && s[n - 2] == '=' ? 2 : 1) : 0;
    if (n % 4 || n > INT32_MAX)
        return false;
    for (size_t i = 0; i < n - pad; i++)
        if (!is_base64((unsigned char)s[i]))
            return false;
    char *to = str_reserve(out, n / 4 * 3);
    int got = EVP_DecodeBlock((unsigned char *)to, (const unsigned char *)s, (int)n);
    if (got < 0)
        return false;
    out->len += (size_t)got - pad;
    out->s[out->len] = 0;
    return true;
}

bool hex_decode(const char *s, size_t n, struct str *out)
{
    static const char digits[] = ALPHABET_HEX;
    if (n % 2)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!s[i] || !strchr(digits, s[i]))
            return false;
    for (size_t i = 0; i < n; i += 2)
        str_addc(out, (char)((strchr(digits, s[i]) - digits) << 4 | (strchr(digits, s[i + 1]) - digits)));
    return true;
}

/* ---- networks ---- */

bool cidr_parse(const char *s, struct cidr *out)
{
    char address[64];
    const char *slash = strchr(s, '/');
    size_t n = slash ? (size_t)(slash - s) : strlen(s);
    if (n >= sizeof(address))
        return false;
    memcpy(address, s, n);
    address[n] = 0;
    *out = (struct cidr){0};
    out->family = strchr(address, ':') ? 6 : 4;
    if (inet_pton(out->family == 6 ? AF_INET6 : AF_INET, address, out->addr) != 1)
        return false;
    int most = out->family == 6 ? 128 : 32;
    out->bits = most;
    if (!slash)
        return true;
    size_t digits = strspn(slash + 1, ALPHABET_DIGITS);
    if (!digits || digits > 3 || slash[1 + digits] || (slash[1] == '0' && digits > 1))
        return false;
    out->bits = atoi(slash + 1);
    return out->bits <= most;
}

static bool bit(const struct cidr *c, int i)
{
    return c->addr[i / 8] >> (7 - i % 8) & 1;
}

bool cidr_strict(const struct cidr *c)
{
    for (int i = c->bits; i < (c->family == 6 ? 128 : 32); i++)
        if (bit(c, i))
            return false;
    return true;
}

char *cidr_network(struct arena *arena, const struct cidr *c)
{
    uint8_t addr[16] = {0};
    char text[INET6_ADDRSTRLEN] = "";
    for (int i = 0; i < c->bits; i++)
        addr[i / 8] |= (uint8_t)(c->addr[i / 8] & (0x80 >> i % 8));
    inet_ntop(c->family == 6 ? AF_INET6 : AF_INET, addr, text, sizeof(text));
    return arena_printf(arena, "%s/%d", text, c->bits);
}

bool cidr_contains(const struct cidr *net, const struct cidr *inner)
{
    if (net->family != inner->family || net->bits > inner->bits)
        return false;
    for (int i = 0; i < net->bits; i++)
        if (bit(net, i) != bit(inner, i))
            return false;
    return true;
}

bool ip_in(const char *ip, const char *cidr)
{
    struct cidr inner, net;
    return cidr_parse(ip, &inner) && cidr_parse(cidr, &net) && cidr_contains(&net, &inner);
}
