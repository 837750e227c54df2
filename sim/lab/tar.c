/* SPDX-License-Identifier: MIT */
/* Headers of tar archives: POSIX.1-1988 ustar, POSIX.1-2001 pax. */
#include "sim/lab/tar.h"

#include <string.h>

enum { NAME_MOST = 100, PREFIX_MOST = 155 };
#define ID_MOST 07777777u         /* seven octal digits */
#define SIZE_MOST 077777777777ull /* eleven */
#define TYPE_PAX 'x'

struct header { /* as it stands in the file */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2], uname[32],
        gname[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == TAR_BLOCK, "a header is a block");

static void put_octal(char *to, size_t n, uint64_t value)
{
    to[--n] = 0;
    while (n) {
        to[--n] = (char)('0' + (value & 7));
        value >>= 3;
    }
}

/* "prefix/name", cut at a slash where it is too long for one field. */
static bool put_path(struct header *h, const char *path)
{
    size_t n = strlen(path);
    const char *cut = n > NAME_MOST ? memchr(path + n - NAME_MOST - 1, '/', NAME_MOST) : NULL;
    if (n > NAME_MOST && (!cut || cut - path > PREFIX_MOST || !cut[1]))
        return false;
    if (cut)
        memcpy(h->prefix, path, (size_t)(cut - path));
    memcpy(h->name, cut ? cut + 1 : path, cut ? n - (size_t)(cut + 1 - path) : n);
    return true;
}

/* "LENGTH key=value\n", where the length counts its own digits. */
static void add_record(struct str *records, const char *key, const char *value)
{
    size_t rest = strlen(key) + strlen(value) + 3, n = rest + 1;
    for (size_t digits = 1, limit = 10; n >= limit; limit *= 10)
        n = rest + ++digits;
    str_addf(records, "%zu %s=", n, key);
    str_add(records, value);
    str_addc(records, '\n');
}

static void add_text_record(struct str *records, const char *key, const char *value)
{
    if (!text_utf8(value, strlen(value)) && !strstr(str_text(records), "hdrcharset"))
        add_record(records, "hdrcharset", "BINARY"); /* names are bytes */
    add_record(records, key, value);
}

static void add_number_record(struct str *records, const char *key, uint64_t value, unsigned thousandths)
{
    char text[40];
    snprintf(text, sizeof(text), thousandths ? "%llu.%03u" : "%llu", (unsigned long long)value, thousandths);
    add_record(records, key, text);
}

/* What does not fit into the header's fields; there such a member has as much of it as does. */
static void find_records(const struct tar_member *m, int64_t mtime_ms, struct str *records)
{
    struct header tried;
    if (!put_path(&tried, m->path))
        add_text_record(records, "path", m->path);
    if (m->link && strlen(m->link) > NAME_MOST)
        add_text_record(records, "linkpath", m->link);
    if (mtime_ms % 1000)
        add_number_record(records, "mtime", (uint64_t)mtime_ms / 1000, (unsigned)(mtime_ms % 1000));
    if (m->uid > ID_MOST)
        add_number_record(records, "uid", m->uid, 0);
    if (m->gid > ID_MOST)
        add_number_record(records, "gid", m->gid, 0);
    if (m->size > SIZE_MOST)
        add_number_record(records, "size", m->size, 0);
}

static void add_block(struct str *tar, const struct tar_member *m, int64_t mtime_ms, char type)
{
    struct header h = {
        .type = type, .magic = "ustar", .version = {'0', '0'}
    };
    unsigned sum = 0;
    if (!put_path(&h, m->path))
        memcpy(h.name, m->path, NAME_MOST);
    if (m->link)
        memcpy(h.link, m->link, strnlen(m->link, sizeof(h.link)));
    put_octal(h.mode, sizeof(h.mode), m->mode & 07777);
    put_octal(h.uid, sizeof(h.uid), m->uid <= ID_MOST ? m->uid : 0);
    put_octal(h.gid, sizeof(h.gid), m->gid <= ID_MOST ? m->gid : 0);
    put_octal(h.size, sizeof(h.size), m->size <= SIZE_MOST ? m->size : 0);
    put_octal(h.mtime, sizeof(h.mtime), (uint64_t)mtime_ms / 1000);
    put_octal(h.major, sizeof(h.major), 0);
    put_octal(h.minor, sizeof(h.minor), 0);
    memset(h.sum, ' ', sizeof(h.sum));
    for (size_t i = 0; i < sizeof(h); i++)
        sum += ((unsigned char *)&h)[i];
    put_octal(h.sum, 7, sum);
    str_addn(tar, &h, sizeof(h));
}

static void add_zeros(struct str *tar, size_t n)
{
    static const char zeros[2 * TAR_BLOCK];
    str_addn(tar, zeros, n);
}

size_t tar_pad(uint64_t size)
{
    return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

void tar_add_header(struct str *tar, const struct tar_member *m)
{
    AUTO(str_drop) struct str records = {0};
    int64_t mtime_ms = m->mtime_ms > 0 ? m->mtime_ms : 0;
    find_records(m, mtime_ms, &records);
    if (records.len) {
        add_block(tar, &(struct tar_member){.path = "pax", .mode = 0644, .size = records.len}, mtime_ms, TYPE_PAX);
        str_addn(tar, records.s, records.len);
        add_zeros(tar, tar_pad(records.len));
    }
    add_block(tar, m, mtime_ms, (char)m->type);
}

void tar_add(struct str *tar, const struct tar_member *m, const void *data)
{
    tar_add_header(tar, m);
    if (m->size) {
        str_addn(tar, data, m->size);
        add_zeros(tar, tar_pad(m->size));
    }
}

void tar_end(struct str *tar)
{
    add_zeros(tar, 2 * TAR_BLOCK);
}
