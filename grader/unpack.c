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

bool unpack_whole(const char *gz, size_t n, size_t most, struct str *text)
{
    const unsigned char *b = (const unsigned char *)gz;
    size_t used = 0, made = 0, said = n < HEADER + TRAILER ? SIZE_MAX : size_said(b + n - TRAILER);
    if (said > most || (b[FLAGS] & ~NAME)) /* a header's own checksum is not looked at */
        return false;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    char *to = str_reserve(text, said + 1);
    bool good =
        d && libdeflate_gzip_decompress_ex(d, gz, n, to, said, &used, &made) == LIBDEFLATE_SUCCESS && used == n && made == said;
    libdeflate_free_decompressor(d);
    text->len += good ? said : 0;
    str_addn(text, "", 0); /* terminates it */
    return good;
}
#else
bool unpack_whole(const char *gz, size_t n, size_t most, struct str *text)
{
    (void)gz, (void)n, (void)most, (void)text;
    return false;
}
#endif

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
