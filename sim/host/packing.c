/* SPDX-License-Identifier: MIT */
/* gzip in memory, by zlib. */
#include "sim/host/packing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    CHUNK = 1 << 16,
    GZIP_WINDOW = 31, /* zlib's word for gzip around the data */
    PACKING = 8,      /* times as dear as adding up */
};

bool gzip_pack(struct machine *m, struct str *out, const void *data, size_t n, int level, const char *name, int64_t mtime_ms)
{
    z_stream z = {.next_in = (unsigned char *)(n ? data : ""), .avail_in = (unsigned)n};
    gz_header header = {.name = (unsigned char *)name, .time = (unsigned long)(mtime_ms / 1000), .os = 3};

    if (!work_on(m, PACKING * n))
        return false;
    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    deflateSetHeader(&z, &header);
    for (int status = Z_OK; status != Z_STREAM_END;) {
        z.next_out = (unsigned char *)str_reserve(out, CHUNK);
        z.avail_out = CHUNK;
        status = deflate(&z, Z_FINISH);
        out->len += CHUNK - z.avail_out;
    }
    deflateEnd(&z);
    str_addn(out, "", 0); /* terminates it */
    return true;
}

bool gzip_is(const void *data, size_t n)
{
    return n >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
}

const char *gzip_unpack(struct machine *m, const void *data, size_t n, size_t most, struct str *out)
{
    z_stream z = {.next_in = (unsigned char *)data, .avail_in = (unsigned)n};
    size_t start = out->len;
    int status = Z_OK;

    if (!work_on(m, n))
        return strerror(ENOMEM);
    if (!gzip_is(data, n))
        return n ? "not in gzip format" : "unexpected end of file";
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        abort();
    while (status == Z_OK && out->len - start < most) {
        z.next_out = (unsigned char *)str_reserve(out, CHUNK);
        z.avail_out = CHUNK;
        status = inflate(&z, Z_NO_FLUSH);
        out->len += CHUNK - z.avail_out;
        if (status == Z_STREAM_END && gzip_is(z.next_in, z.avail_in))
            status = inflateReset(&z);
    }
    size_t left = z.avail_in;
    inflateEnd(&z);
    work_on(m, out->len - start);
    str_addn(out, "", 0);
    if (status == Z_STREAM_END)
        return left ? "decompression OK, trailing garbage ignored" : NULL;
    if (status == Z_OK)
        return strerror(EFBIG);
    return status == Z_BUF_ERROR ? "unexpected end of file" : "invalid compressed data--format violated";
}
