/* SPDX-License-Identifier: MIT */
/*
 * gunzip within limits. What `cafelab submit` makes is one gzip member and is unpacked in one go. Whatever is not just so
 * (several members, something behind them, a checksum that is wrong, more than it said) is zlib's, chunk by chunk, and so are
 * the words for what is wrong.
 */
#include "grader/delivered.h"
#include "grader/handin/archive.h"

#include <stdlib.h>
#include <zlib.h>

enum { CHUNK = 1 << 16 };

/* ---- one member, as we make them ---- */

static char *unpack_plain(const struct unpacking *u, const char *bytes, size_t n, size_t *ret_n)
{
    if (!unpack_size(bytes, n, ret_n) || *ret_n > archive_room(u))
        return NULL;
    char *to = arena_room(u->arena, *ret_n + 1);
    memory_touch(to, *ret_n);
    to[*ret_n] = '\0';
    return unpack_to(bytes, n, to, *ret_n) ? to : NULL;
}

/* ---- anything ---- */

static bool inflate_one(struct unpacking *u, z_stream *z, struct str *out)
{
    int status = Z_OK;
    while (status == Z_OK) {
        z->next_out = (unsigned char *)str_reserve(out, CHUNK);
        z->avail_out = CHUNK;
        status = inflate(z, Z_NO_FLUSH);
        out->len += CHUNK - z->avail_out;
        if (!archive_may_grow(u, NULL, out->len))
            return false;
        if (status == Z_OK && !z->avail_in && z->avail_out)
            status = Z_BUF_ERROR;
    }
    if (status == Z_STREAM_END)
        return true;
    return status == Z_BUF_ERROR ? archive_fail(u, HANDIN_TRUNCATED, NULL, "the gzip data ends in the middle")
                                 : archive_fail(u, HANDIN_DAMAGED, NULL, z->msg ? z->msg : "the gzip data is damaged");
}

/* Members one behind the other, as gzip allows, and zeros behind them, as tapes leave. */
static bool unpack_members(struct unpacking *u, const char *bytes, size_t n, struct str *out)
{
    z_stream z = {.next_in = (unsigned char *)bytes, .avail_in = (unsigned)n};
    if (inflateInit2(&z, 31) != Z_OK)
        abort();
    bool good;
    do
        good = inflate_one(u, &z, out);
    while (good && z.avail_in >= 2 && z.next_in[0] == 0x1F && z.next_in[1] == 0x8B && inflateReset(&z) == Z_OK);
    for (; good && z.avail_in; z.next_in++, z.avail_in--)
        if (*z.next_in)
            good = archive_fail(u, HANDIN_DAMAGED, NULL, "there is something behind the gzip data");
    inflateEnd(&z);
    return good;
}

bool parcel_gunzip(struct unpacking *u, const char *bytes, size_t n, char **ret, size_t *ret_n)
{
    AUTO(str_drop) struct str out = {0};
    *ret = unpack_plain(u, bytes, n, ret_n);
    if (*ret)
        return true;
    if (!unpack_members(u, bytes, n, &out))
        return false;
    *ret = arena_dupn(u->arena, str_text(&out), out.len);
    *ret_n = out.len;
    return true;
}
