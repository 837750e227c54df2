/* SPDX-License-Identifier: MIT */
/*
 * Gzip of whole buffers. ISA-L is three times as fast as the next best at its ratio (measured: `make bench`); zlib takes
 * its place where the build has none. Both write a header without a time, so the bytes depend on the data alone.
 */
#include "sim/evidence/gzip.h"

#include "sim/evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ISAL

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>

/* What is short goes with a code that is made once, from gzip_sample: a code of its own saves 4 per cent of its size and takes
 * two thirds of the time (files of 5 KB: 12 us, else 5; of 16 KB and more, a third). */
#define SHORT (16u << 10)

/* Level 2 buys a few per cent of size for a few per cent of time. The level's buffer is large enough to make every block
 * of a log file (1 MB at most) a long one. */
#define LEVEL 2
#define LEVEL_BUFFER ISAL_DEF_LVL2_LARGE

const char gzip_coder_name[] = "ISA-L level 2";

struct gzip_coder {
    struct isal_zstream stream, brief; /* at the level; without one */
    uint8_t buffer[LEVEL_BUFFER];
};

static struct isal_hufftables typical;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_typical(void)
{
    struct isal_huff_histogram counts = {0};
    isal_update_histogram((uint8_t *)gzip_sample, (int)strlen(gzip_sample), &counts);
    if (isal_create_hufftables(&typical, &counts) != 0)
        abort();
}

struct gzip_coder *gzip_coder_new(void)
{
    struct gzip_coder *g = xmalloc(sizeof(*g));
    pthread_once(&once, make_typical);
    g->brief.hist_bits = 0; /* isal_deflate_stateless_init leaves it as it finds it (ISA-L 2.30), and it decides on bytes */
    isal_deflate_init(&g->stream);
    g->stream.level = LEVEL;
    g->stream.level_buf = g->buffer;
    g->stream.level_buf_size = sizeof(g->buffer);
    g->stream.gzip_flag = IGZIP_GZIP;
    return g;
}

/* One call does it: the output has room for data that will not shrink. Its 32-bit lengths are met by pieces. */
static void deflate_all(struct gzip_coder *g, struct str *out, const void *data, size_t n, bool end)
{
    const size_t piece = 64u << 20;
    const uint8_t *from = data;
    do {
        size_t now = n < piece ? n : piece, room = now + now / 8 + 4096;
        g->stream.next_in = (uint8_t *)from;
        g->stream.avail_in = (uint32_t)now;
        g->stream.end_of_stream = end && now == n;
        g->stream.flush = now == n && !end ? FULL_FLUSH : NO_FLUSH;
        g->stream.next_out = (uint8_t *)str_reserve(out, room);
        g->stream.avail_out = (uint32_t)room;
        if (isal_deflate(&g->stream) != COMP_OK || g->stream.avail_in || g->stream.avail_out == 0)
            abort();
        out->len += room - g->stream.avail_out;
        from += now;
        n -= now;
    } while (n);
    out->s[out->len] = 0;
}

static void add_short(struct gzip_coder *g, struct str *out, const void *data, size_t n, bool whole)
{
    size_t room = n + n / 8 + 4096;
    isal_deflate_stateless_init(&g->brief);
    isal_deflate_set_hufftables(&g->brief, &typical, IGZIP_HUFFTABLE_CUSTOM);
    g->brief.gzip_flag = whole ? IGZIP_GZIP : IGZIP_DEFLATE;
    g->brief.flush = whole ? NO_FLUSH : FULL_FLUSH;
    g->brief.end_of_stream = whole;
    g->brief.next_in = (uint8_t *)data;
    g->brief.avail_in = (uint32_t)n;
    g->brief.next_out = (uint8_t *)str_reserve(out, room);
    g->brief.avail_out = (uint32_t)room;
    if (isal_deflate_stateless(&g->brief) != COMP_OK || g->brief.avail_in)
        abort();
    out->len += room - g->brief.avail_out;
    out->s[out->len] = 0;
}

void gzip_coder_add(struct gzip_coder *g, struct str *out, const void *data, size_t n)
{
    if (n < SHORT)
        return add_short(g, out, data, n, true);
    isal_deflate_reset(&g->stream);
    g->stream.gzip_flag = IGZIP_GZIP;
    deflate_all(g, out, data, n, true);
}

void gzip_coder_run(struct gzip_coder *g, struct str *out, const void *data, size_t n)
{
    if (n < SHORT)
        return add_short(g, out, data, n, false);
    isal_deflate_reset(&g->stream);
    g->stream.gzip_flag = IGZIP_DEFLATE;
    deflate_all(g, out, data, n, false);
}

uint32_t gzip_sum(uint32_t sum, const void *data, size_t n)
{
    return crc32_gzip_refl(sum, data, n);
}

#else

#include <zlib.h>

const char gzip_coder_name[] = "zlib level 4";

struct gzip_coder {
    z_stream stream, raw;
};

struct gzip_coder *gzip_coder_new(void)
{
    struct gzip_coder *g = xcalloc(1, sizeof(*g));
    if (deflateInit2(&g->stream, 4, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflateInit2(&g->raw, 4, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return g;
}

static void deflate_all(z_stream *z, struct str *out, const void *data, size_t n, int flush)
{
    const size_t piece = 64u << 20;
    const Bytef *from = data;
    if (deflateReset(z) != Z_OK)
        abort();
    do {
        size_t now = n < piece ? n : piece, room = deflateBound(z, now) + 4096;
        z->next_in = (Bytef *)from;
        z->avail_in = (uInt)now;
        z->next_out = (Bytef *)str_reserve(out, room);
        z->avail_out = (uInt)room;
        int got = deflate(z, now == n ? flush : Z_NO_FLUSH);
        if (got != (now == n && flush == Z_FINISH ? Z_STREAM_END : Z_OK) || z->avail_in)
            abort();
        out->len += room - z->avail_out;
        from += now;
        n -= now;
    } while (n);
    out->s[out->len] = 0;
}

void gzip_coder_add(struct gzip_coder *g, struct str *out, const void *data, size_t n)
{
    deflate_all(&g->stream, out, data, n, Z_FINISH);
}

void gzip_coder_run(struct gzip_coder *g, struct str *out, const void *data, size_t n)
{
    deflate_all(&g->raw, out, data, n, Z_FULL_FLUSH);
}

uint32_t gzip_sum(uint32_t sum, const void *data, size_t n)
{
    return (uint32_t)crc32_z(sum, data, n);
}

#endif

void gzip_coder_drop(struct gzip_coder **g)
{
#ifndef HAVE_ISAL
    if (*g) {
        deflateEnd(&(*g)->stream);
        deflateEnd(&(*g)->raw);
    }
#endif
    free(*g);
    *g = NULL;
}

void gzip_add(struct str *out, const void *data, size_t n)
{
    AUTO(gzip_coder_drop) struct gzip_coder *g = gzip_coder_new();
    gzip_coder_add(g, out, data, n);
}
