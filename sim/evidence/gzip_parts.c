/* SPDX-License-Identifier: MIT */
/*
 * One gzip member of many parts (RFC 1952, RFC 1951). What will not shrink, pictures and what is gzip itself, is stored as it
 * is: to look for something in it costs more than all the rest. Short parts wait for each other; a long one is taken from where
 * it lies.
 */
#include "sim/evidence/gzip.h"

#include "sim/evidence/evidence.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define LONG (256u << 10)
#define LEAST_STORED 512
#define MOST_STORED 65535 /* in one block */

struct gzip_parts {
    struct gzip_coder *coder;
    struct str *out, waiting;
    uint32_t sum, len; /* of all; modulo 2^32 */
};

struct gzip_parts *gzip_parts_new(struct str *out)
{
    static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff"; /* deflate, no flags, no time, no system */
    struct gzip_parts *g = xcalloc(1, sizeof(*g));
    g->coder = gzip_coder_new();
    g->out = out;
    str_addn(out, head, sizeof(head) - 1);
    return g;
}

static void run(struct gzip_parts *g, const void *data, size_t n)
{
    g->sum = gzip_sum(g->sum, data, n);
    gzip_coder_run(g->coder, g->out, data, n);
}

static void end_waiting(struct gzip_parts *g)
{
    if (g->waiting.len)
        run(g, g->waiting.s, g->waiting.len);
    str_clear(&g->waiting);
}

/* Blocks of type 00: where a run has ended they begin with a byte of zeros. */
void gzip_parts_store(struct gzip_parts *g, const void *data, size_t n)
{
    const char *from = data;
    end_waiting(g);
    g->len += (uint32_t)n;
    g->sum = gzip_sum(g->sum, data, n);
    for (size_t now; n; from += now, n -= now) {
        now = n < MOST_STORED ? n : MOST_STORED;
        const uint16_t lengths[] = {htole16((uint16_t)now), htole16((uint16_t)~now)};
        str_addc(g->out, 0);
        str_addn(g->out, lengths, sizeof(lengths));
        str_addn(g->out, from, now);
    }
}

void gzip_parts_code(struct gzip_parts *g, const void *data, size_t n)
{
    g->len += (uint32_t)n;
    if (n >= LONG || g->waiting.len >= LONG)
        end_waiting(g);
    if (n >= LONG)
        run(g, data, n);
    else
        str_addn(&g->waiting, data, n);
}

static bool is_packed(const char *data, size_t n)
{
    static const char *const begins[] = {"\x1f\x8b\x08", "\xff\xd8\xff", "\x89PNG"}; /* gzip, JPEG */
    for (size_t i = 0; n >= LEAST_STORED && i < COUNT(begins); i++)
        if (!memcmp(data, begins[i], strlen(begins[i])))
            return true;
    return false;
}

void gzip_parts_add(struct gzip_parts *g, const void *data, size_t n)
{
    if (is_packed(data, n))
        gzip_parts_store(g, data, n);
    else
        gzip_parts_code(g, data, n);
}

void gzip_parts_end(struct gzip_parts *g)
{
    static const char last[] = "\1\0\0\xff\xff"; /* an empty block */
    end_waiting(g);
    const uint32_t tail[] = {htole32(g->sum), htole32(g->len)};
    str_addn(g->out, last, sizeof(last) - 1);
    str_addn(g->out, tail, sizeof(tail));
    gzip_coder_drop(&g->coder);
    str_drop(&g->waiting);
    free(g);
}
