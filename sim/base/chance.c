/* SPDX-License-Identifier: MIT */
/* Named streams of chance: HMAC-SHA256 of the path seeds a xoshiro256** generator (Blackman and Vigna, public domain). */
#include "sim/base/base.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct seed seed_from_text(const char *text)
{
    struct seed seed = {{0}};
    sha256(text, strlen(text), seed.key);
    return seed;
}

static struct seed derive(const struct seed *from, const char *fmt, va_list args)
{
    AUTO(str_drop) struct str path = {0};
    str_vaddf(&path, fmt, args);
    struct seed seed = {{0}};
    hmac_sha256(from->key, sizeof(from->key), str_text(&path), path.len, seed.key);
    return seed;
}

struct seed seed_derive(const struct seed *from, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct seed seed = derive(from, fmt, args);
    va_end(args);
    return seed;
}

struct chance chance_of(const struct seed *from, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct seed seed = derive(from, fmt, args);
    va_end(args);
    struct chance c = {{0}};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 8; j++)
            c.s[i] = c.s[i] << 8 | seed.key[8 * i + j];
    return c;
}

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

uint64_t chance_u64(struct chance *c)
{
    uint64_t *s = c->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, x; /* beyond it some remainders would come more often */
    do
        x = chance_u64(c);
    while (x >= limit);
    return x % n;
}

int64_t chance_between(struct chance *c, int64_t low, int64_t high)
{
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    return span ? (int64_t)((uint64_t)low + chance_below(c, span)) : (int64_t)chance_u64(c);
}

bool chance_one_in(struct chance *c, uint64_t n)
{
    return chance_below(c, n) == 0;
}

/* -log2 of a uniform 32-bit number in 16.16 fixed point, by squaring: no floating point, so the same everywhere. */
static uint32_t minus_log2(uint32_t u)
{
    uint32_t shift = (uint32_t)__builtin_clz(u | 1);
    uint64_t x = (uint64_t)(u | 1) << shift; /* 1.31 fixed point in [1, 2) */
    uint32_t fraction = 0;
    for (int bit = 15; bit >= 0; bit--) {
        x = x * x >> 31;
        if (x >> 32) {
            fraction |= 1u << bit;
            x >>= 1;
        }
    }
    return ((shift + 1) << 16) - fraction;
}

int64_t chance_gap(struct chance *c, int64_t mean)
{
    const int64_t ln2 = 45426; /* in 16.16 */
    uint32_t bits = minus_log2((uint32_t)(chance_u64(c) >> 32));
    int64_t factor = (int64_t)bits * ln2 >> 16; /* -ln(u), 16.16, at most 22.2 */
    return (mean >> 16) * factor + ((mean & 0xffff) * factor >> 16);
}

void chance_text(struct chance *c, const char *alphabet, size_t n, char *out)
{
    size_t letters = strlen(alphabet);
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[chance_below(c, letters)];
    out[n] = 0;
}

/* Two hexadecimal digits for every byte, so that a UUID costs sixteen two-byte copies. */
static char pairs[256][2];

__attribute__((constructor)) static void fill_pairs(void)
{
    for (int i = 0; i < 256; i++) {
        pairs[i][0] = ALPHABET_HEX[i >> 4];
        pairs[i][1] = ALPHABET_HEX[i & 15];
    }
}

void chance_uuid(struct chance *c, char *out)
{
    uint64_t high = chance_u64(c), low = chance_u64(c);
    high = (high & 0xffffffffffff0fffULL) | 0x4000;              /* version 4 */
    low = (low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL; /* variant 1 */
    for (int i = 0; i < 8; i++) {
        if (i == 4 || i == 6)
            *out++ = '-';
        memcpy(out, pairs[high >> (56 - 8 * i) & 255], 2);
        out += 2;
    }
    for (int i = 0; i < 8; i++) {
        if (i == 0 || i == 2)
            *out++ = '-';
        memcpy(out, pairs[low >> (56 - 8 * i) & 255], 2);
        out += 2;
    }
}

bool chance_of_system(void *out, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = getrandom((char *)out + done, n - done, 0);
        if (got < 0 && errno != EINTR)
            return err_set(e, "getrandom: %m");
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}
