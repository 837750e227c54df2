/* SPDX-License-Identifier: MIT */
/*
 * Gzip of a mixture. A coder finds half a per cent to save in a picture or in an archive, by a code for each of its bytes, and
 * whoever unpacks it goes through these codes one by one: ten times as long as copying. So pieces in which each byte is about
 * as frequent as any other are stored (RFC 1951, 3.2.4), the others are the coder's. One gzip member in any case.
 */
#include "sim/evidence/evidence.h"
#include "sim/evidence/gzip.h"

#include <zlib.h>

enum { PIECE = 4096, STORED_MOST = 65535 };

/* The chance that two bytes of it are the same: 1/256 where all are as frequent (and 1/n that it is the same byte twice). A
 * third more is still worth no code: by that much a code may save a fifth of a bit for each byte. */
static bool is_random(const unsigned char *s, size_t n)
{
    unsigned counts[256] = {0};
    uint64_t same = 0;
    for (size_t i = 0; i < n; i++)
        counts[s[i]]++;
    for (size_t i = 0; i < COUNT(counts); i++)
        same += (uint64_t)counts[i] * counts[i];
    return n == PIECE && (same - n) * 256 < (uint64_t)n * n * 4 / 3;
}

/* How many bytes from here on are alike: all but the last piece are whole. */
static size_t run_of(const unsigned char *s, size_t n, bool *ret_random)
{
    size_t at = n < PIECE ? n : PIECE;
    *ret_random = is_random(s, at);
    while (at < n) {
        size_t piece = n - at < PIECE ? n - at : PIECE;
        if (is_random(s + at, piece) != *ret_random)
            break;
        at += piece;
    }
    return at;
}

static void add_stored(struct str *out, const unsigned char *s, size_t n, bool last)
{
    do {
        size_t now = n < STORED_MOST ? n : STORED_MOST;
        const char head[] = {(char)(last && now == n), (char)now, (char)(now >> 8), (char)~now, (char)(~now >> 8)};
        str_addn(out, head, sizeof(head));
        str_addn(out, s, now);
        s += now;
        n -= now;
    } while (n);
}

static void add_little(struct str *out, uint32_t value)
{
    const char bytes[] = {(char)value, (char)(value >> 8), (char)(value >> 16), (char)(value >> 24)};
    str_addn(out, bytes, sizeof(bytes));
}

void gzip_add_mixed(struct str *out, const void *data, size_t n)
{
    static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff"; /* RFC 1952: no name, no time, no system */
    AUTO(gzip_coder_drop) struct gzip_coder *g = gzip_coder_new();
    const unsigned char *s = data;
    str_reserve(out, n / 2);
    str_addn(out, head, sizeof(head) - 1);
    for (size_t at = 0, run; at < n; at += run) {
        bool random;
        run = run_of(s + at, n - at, &random);
        if (random)
            add_stored(out, s + at, run, false);
        else
            gzip_coder_add_part(g, out, s + at, run);
    }
    add_stored(out, s, 0, true);
    add_little(out, (uint32_t)crc32_z(0, s, n));
    add_little(out, (uint32_t)n);
}
