/* SPDX-License-Identifier: MIT */
/* gunzip by ISA-L, twice as fast as zlib; by zlib where ISA-L is missing. */
#include "sim/athena/logs.h"

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <stdlib.h>
#include <zlib.h>
#endif

/* Room for more output: a first guess at six times the input, then half as much again. NULL at the limit. */
static char *more_room(struct str *out, size_t begin, size_t n, size_t limit, size_t *room)
{
    size_t have = out->len - begin, want = have ? have / 2 : n * 6;
    want = want < 4096 ? 4096 : want;
    *room = want < limit - have ? want : limit - have;
    return *room ? str_reserve(out, *room + 1) : NULL;
}

static bool damaged(struct err *e, bool cut)
{
    return err_set(e, cut ? "its gzip data ends too early" : "its gzip data is damaged");
}

#ifdef HAVE_ISAL
static bool one_member(const uint8_t **data, size_t *n, size_t limit, struct str *out, size_t begin, struct err *e)
{
    struct inflate_state state;
    isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    state.next_in = (uint8_t *)*data;
    state.avail_in = (uint32_t)*n;
    while (state.block_state != ISAL_BLOCK_FINISH) {
        size_t room;
        char *to = more_room(out, begin, *n, limit, &room);
        if (!to)
            return err_set(e, "it unpacks to more than %zu MiB", limit >> 20);
        state.next_out = (uint8_t *)to;
        state.avail_out = (uint32_t)room;
        if (isal_inflate(&state) != ISAL_DECOMP_OK)
            return damaged(e, false);
        out->len += room - state.avail_out;
        if (state.block_state != ISAL_BLOCK_FINISH && state.avail_out)
            return damaged(e, true);
    }
    *data = state.next_in;
    *n = state.avail_in;
    return true;
}
#else
static bool one_member(const uint8_t **data, size_t *n, size_t limit, struct str *out, size_t begin, struct err *e)
{
    z_stream z = {.next_in = (Bytef *)*data, .avail_in = (uInt)*n};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        abort();
    int got = Z_OK;
    bool good = true;
    while (good && got != Z_STREAM_END) {
        size_t room;
        char *to = more_room(out, begin, *n, limit, &room);
        z.next_out = (Bytef *)to;
        z.avail_out = (uInt)room;
        if (!to)
            good = err_set(e, "it unpacks to more than %zu MiB", limit >> 20);
        else if ((got = inflate(&z, Z_NO_FLUSH)) != Z_OK && got != Z_STREAM_END)
            good = damaged(e, got == Z_BUF_ERROR);
        out->len += to ? room - z.avail_out : 0;
        if (good && got == Z_OK && z.avail_out)
            good = damaged(e, true);
    }
    *data = z.next_in;
    *n = z.avail_in;
    inflateEnd(&z);
    return good;
}
#endif

bool gunzip(const void *data, size_t n, size_t limit, struct str *out, struct err *e)
{
    const uint8_t *p = data;
    size_t begin = out->len;
    do {
        if (n < 2 || p[0] != 0x1f || p[1] != 0x8b)
            return err_set(e, n ? (p == data ? "it is not gzip data" : "there is more behind its gzip data") : "it is empty");
        if (!one_member(&p, &n, limit, out, begin, e))
            return false;
        out->s[out->len] = 0;
    } while (n);
    return true;
}
