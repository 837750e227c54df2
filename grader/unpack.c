/* SPDX-License-Identifier: MIT */
/*
 * gzip that was made in one piece: one member, which says at its end how much it holds. libdeflate unpacks that in one go, in
 * a third of zlib's time, into as much room as the caller allows and not a byte more.
 */
#include "grader/delivered.h"

#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#ifdef HAVE_LIBDEFLATE
enum { HEADER = 10, TRAILER = 8, FLAGS = 3, NAME = 8 }; /* RFC 1952: 2.3 */

static size_t size_said(const unsigned char *trailer)
{
    return trailer[4] | (size_t)trailer[5] << 8 | (size_t)trailer[6] << 16 | (size_t)trailer[7] << 24;
}

bool unpack_size(const char *gz, size_t n, size_t *ret)
{
    const unsigned char *b = (const unsigned char *)gz;
    if (n < HEADER + TRAILER || (b[FLAGS] & ~NAME)) /* a header's own checksum is not looked at */
        return false;
    *ret = size_said(b + n - TRAILER);
    return true;
}

bool unpack_to(const char *gz, size_t n, char *to, size_t size)
{
    size_t used = 0, made = 0;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    bool good =
        d && libdeflate_gzip_decompress_ex(d, gz, n, to, size, &used, &made) == LIBDEFLATE_SUCCESS && used == n && made == size;
    libdeflate_free_decompressor(d);
    return good;
}
#else
bool unpack_size(const char *gz, size_t n, size_t *ret)
{
    (void)gz, (void)n, (void)ret;
    return false;
}

bool unpack_to(const char *gz, size_t n, char *to, size_t size)
{
    (void)gz, (void)n, (void)to, (void)size;
    return false;
}
#endif

static bool unpack_whole(const char *gz, size_t n, size_t most, struct str *text)
{
    size_t said;
    if (!unpack_size(gz, n, &said) || said > most)
        return false;
    bool good = unpack_to(gz, n, str_reserve(text, said + 1), said);
    text->len += good ? said : 0;
    str_addn(text, "", 0); /* terminates it */
    return good;
}

bool unpack_gzip(const struct str *gz, size_t most, struct str *text)
{
    if (!text->len && unpack_whole(gz->s, gz->len, most, text))
        return true;
    z_stream z = {.next_in = (unsigned char *)gz->s, .avail_in = (unsigned)gz->len};
    if (inflateInit2(&z, 31) != Z_OK)
        return false;
    int status = Z_OK;
    while (status == Z_OK && text->len < most) {
        z.next_out = (unsigned char *)str_reserve(text, 1 << 16);
        z.avail_out = 1 << 16;
        status = inflate(&z, Z_NO_FLUSH);
        text->len += (1 << 16) - z.avail_out;
    }
    inflateEnd(&z);
    str_addn(text, "", 0);
    return status == Z_STREAM_END;
}
