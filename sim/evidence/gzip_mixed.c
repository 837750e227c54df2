/* SPDX-License-Identifier: MIT */
/*
 * Gzip of a mixture. A coder finds half a per cent to save in a picture or in an archive, by a code for each of its bytes, and
 * whoever unpacks it goes through these codes one by one: ten times as long as copying. So pieces in which each byte is about
 * as frequent as any other are stored (RFC 1951, 3.2.4), the others are the coder's. One gzip member in any case.
 */
#include "sim/evidence/evidence.h"
#include "sim/evidence/gzip.h"

enum { PIECE = 4096 };

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

void gzip_add_mixed(struct str *out, const void *data, size_t n)
{
    const unsigned char *s = data;
    struct gzip_parts *g = gzip_parts_new(out);
    str_reserve(out, n / 2);
    for (size_t at = 0, run; at < n; at += run) {
        bool random;
        run = run_of(s + at, n - at, &random);
        if (random)
            gzip_parts_store(g, s + at, run);
        else
            gzip_parts_code(g, s + at, run);
    }
    gzip_parts_end(g);
}
