/* SPDX-License-Identifier: MIT */
/*
 * Taking an archive apart: tar and zip by libarchive, from memory to memory (gzip: gunzip.c). No filter programs, no other
 * formats, no names that are translated. Sizes are checked before anything is kept, against three limits: of a member, of
 * all, and of what a packed byte may become.
 */
#include "grader/handin/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

enum { TAR_BLOCK = 512, CHUNK = 1 << 16 };
#define RATIO_FREE (16u << 20)

const char *const handin_names[] = {
    [HANDIN_GOOD] = "good",
    [HANDIN_UNREADABLE] = "unreadable",
    [HANDIN_EMPTY] = "empty",
    [HANDIN_TOO_BIG] = "too-big",
    [HANDIN_NO_ARCHIVE] = "no-archive",
    [HANDIN_TRUNCATED] = "truncated",
    [HANDIN_DAMAGED] = "damaged",
    [HANDIN_ENCRYPTED] = "encrypted",
    [HANDIN_BOMB] = "bomb",
    [HANDIN_TOO_MANY] = "too-many-members",
    [HANDIN_HUGE_MEMBER] = "huge-member",
    [HANDIN_SPARSE] = "sparse",
    [HANDIN_LINK] = "link",
    [HANDIN_DEVICE] = "device",
    [HANDIN_BAD_PATH] = "bad-path",
    [HANDIN_DUPLICATE] = "duplicate",
    [HANDIN_NESTED] = "nested",
    [HANDIN_NO_LAB] = "no-lab",
    [HANDIN_LIVE] = "live",
    [HANDIN_MALFORMED] = "malformed",
    [HANDIN_OTHER_VERSION] = "other-version",
    [HANDIN_OTHER_SCENARIO] = "other-scenario",
    [HANDIN_OTHER_STUDENT] = "other-student",
    [HANDIN_UNKNOWN_STUDENT] = "unknown-student",
    [HANDIN_OTHER_CLASS] = "other-class",
    [HANDIN_EDITED_PAST] = "edited-past",
    [HANDIN_BAD_JOURNAL] = "bad-journal",
    [HANDIN_IMPOSSIBLE] = "impossible-journal",
    [HANDIN_BAD_FILES] = "bad-files",
    [HANDIN_UNTOUCHED] = "untouched",
    [HANDIN_OUTCOMES] = NULL,
};

bool fault_set(struct handin_fault *fault, enum handin outcome, const char *place, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0}, where = {0}, why = {0};
    va_list args;
    if (fault->outcome != HANDIN_GOOD)
        return false;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    str_add_log(&where, place ? place : "");
    str_add_log(&why, str_text(&text));
    fault->outcome = outcome;
    snprintf(fault->place, sizeof(fault->place), "%s", str_text(&where));
    snprintf(fault->reason, sizeof(fault->reason), "%s", str_text(&why));
    return false;
}

bool archive_fail(struct unpacking *u, enum handin outcome, const char *member, const char *says)
{
    AUTO(str_drop) struct str place = {0};
    str_addf(&place, "%s%s%s", u->from, member ? ": " : "", member ? member : "");
    return fault_set(u->fault, outcome, str_text(&place), "%s", says);
}

/* ---- what is it? ---- */

static bool is_tar(const char *bytes, size_t n)
{
    unsigned sum = 0, said = 0;
    if (n < TAR_BLOCK)
        return false;
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : (unsigned char)bytes[i];
    for (size_t i = 148; i < 156; i++)
        said = bytes[i] >= '0' && bytes[i] <= '7' ? said * 8 + (unsigned)(bytes[i] - '0') : said;
    return sum == said && bytes[0];
}

enum archive_kind archive_look(const char *bytes, size_t n, const char **says)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *says;
    } others[] = {
        {"%PDF",             4, "a PDF"                },
        {"Rar!",             4, "a RAR archive"        },
        {"7z\xBC\xAF",       4, "a 7z archive"         },
        {"\xFD"
         "7zXZ",    5, "packed with xz"       },
        {"BZh",              3, "packed with bzip2"    },
        {"\x28\xB5\x2F\xFD", 4, "packed with zstd"     },
        {"\x89PNG",          4, "a picture"            },
        {"\xFF\xD8\xFF",     3, "a picture"            },
        {"\x7F"
         "ELF",     4, "a program"            },
        {"MZ",               2, "a program"            },
        {"<",                1, "a page or an XML text"},
        {"{",                1, "a JSON text"          },
    };
    if (n >= 2 && !memcmp(bytes, "\x1F\x8B", 2))
        return ARCHIVE_GZIP;
    if (n >= 4 && (!memcmp(bytes, "PK\3\4", 4) || !memcmp(bytes, "PK\5\6", 4)))
        return ARCHIVE_ZIP;
    if (is_tar(bytes, n))
        return ARCHIVE_TAR;
    *says = text_utf8(bytes, n < 4096 ? n : 4096) ? "a text" : "something else";
    for (size_t i = 0; i < COUNT(others); i++)
        if (n >= others[i].n && !memcmp(bytes, others[i].magic, others[i].n)) {
            *says = others[i].says;
            break;
        }
    return ARCHIVE_NONE;
}

/* ---- limits ---- */

bool archive_may_grow(struct unpacking *u, const char *member, size_t n)
{
    size_t all = u->bytes + n;
    if (all > PARCEL_MAX_BYTES)
        return archive_fail(u, HANDIN_BOMB, member, "unpacks to more than 192 MiB");
    if (all > RATIO_FREE && all / PARCEL_MAX_RATIO > u->packed)
        return archive_fail(u, HANDIN_BOMB, member, "each of its bytes unpacks to more than 250");
    return true;
}

size_t archive_room(const struct unpacking *u)
{
    size_t most = u->packed < PARCEL_MAX_BYTES / PARCEL_MAX_RATIO ? (u->packed + 1) * PARCEL_MAX_RATIO - 1 : PARCEL_MAX_BYTES;
    most = most < RATIO_FREE ? RATIO_FREE : most;
    return most > u->bytes ? most - u->bytes : 0;
}

/* ---- members ---- */

struct opened {
    struct unpacking *u;
    struct archive *a;
    enum archive_kind kind;
    const char *stays; /* what is read lies in the arena itself: n_stays bytes of it, and a NUL; or NULL */
    size_t n_stays;
    bool (*each)(void *, const struct raw_member *);
    void *context;
};

/* libarchive says in words what is wrong; these words are stable and tested. */
static bool archive_fault(struct opened *o, const char *member)
{
    const char *error = archive_error_string(o->a), *says = "cannot be read";
    if (error) /* some end with a line break */
        says = arena_dupn(o->u->arena, error, strcspn(error, "\n"));
    bool cut = strstr(says, "runcated") || strstr(says, "end of file") || strstr(says, "end-of-file");
    bool locked = strstr(says, "ncrypt") || strstr(says, "assphrase");
    return archive_fail(o->u, locked ? HANDIN_ENCRYPTED : cut ? HANDIN_TRUNCATED : HANDIN_DAMAGED, member, says);
}

/* A tar's members are followed by zeros up to the next block: then one is a text where it lies, and is not copied. */
static bool lies_there(const struct opened *o, const char *block, size_t n)
{
    return o->stays && block >= o->stays && block < o->stays + o->n_stays && n <= (size_t)(o->stays + o->n_stays - block) &&
           !block[n];
}

/* The next piece of a member that says its size. Holes are zeros, as in archive_read_data(). */
static bool take_piece(struct opened *o, size_t said, const char *piece, size_t n, int64_t at, struct raw_member *m)
{
    if (at < (int64_t)m->n)
        return archive_fail(o->u, HANDIN_DAMAGED, m->path, "its parts are not in order");
    if ((size_t)at > said || n > said - (size_t)at)
        return archive_fail(o->u, HANDIN_DAMAGED, m->path, "holds more than it says");
    if (n == said && lies_there(o, piece, n))
        m->data = piece;
    else {
        char *copy = m->n ? (char *)m->data : arena_alloc(o->u->arena, said + 1);
        memcpy(copy + at, piece, n);
        m->data = copy;
    }
    m->n = (size_t)at + n;
    return true;
}

/* It is read until its end is seen, and what is wrong there. */
static bool read_sized(struct opened *o, size_t said, struct raw_member *m)
{
    const void *piece;
    la_int64_t at;
    size_t n;
    int status;
    m->data = "";
    while ((status = archive_read_data_block(o->a, &piece, &n, &at)) == ARCHIVE_OK)
        if (n && !take_piece(o, said, piece, n, at, m))
            return false;
    o->u->bytes += m->n;
    return status == ARCHIVE_EOF || archive_fault(o, m->path);
}

static bool read_unsized(struct opened *o, struct raw_member *m)
{
    AUTO(str_drop) struct str data = {0};
    for (ssize_t n; (n = archive_read_data(o->a, str_reserve(&data, CHUNK), CHUNK)) != 0;) {
        if (n < 0)
            return archive_fault(o, m->path);
        data.len += (size_t)n;
        if (data.len > PARCEL_MAX_MEMBER)
            return archive_fail(o->u, HANDIN_HUGE_MEMBER, m->path, "is of more than 64 MiB");
        if (!archive_may_grow(o->u, m->path, data.len))
            return false;
    }
    o->u->bytes += data.len;
    m->data = arena_dupn(o->u->arena, data.len ? data.s : "", data.len);
    m->n = data.len;
    return true;
}

static bool read_data(struct opened *o, struct archive_entry *entry, struct raw_member *m)
{
    if (!archive_entry_size_is_set(entry))
        return read_unsized(o, m);
    int64_t said = archive_entry_size(entry);
    if (said < 0 || said > PARCEL_MAX_MEMBER)
        return archive_fail(o->u, HANDIN_HUGE_MEMBER, m->path, "claims to be of more than 64 MiB");
    return archive_may_grow(o->u, m->path, (size_t)said) && read_sized(o, (size_t)said, m);
}

const char *archive_name(struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    return path ? path : "";
}

static size_t little(const char *s, size_t bytes)
{
    size_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (size_t)(unsigned char)s[i] << (8 * i);
    return value;
}

/* APPNOTE.TXT 4.3: the directory's end (22 bytes and a comment), its entries, and the header before each member; bit 11 of
 * their flags is the mark. */
void zip_unmark_names(char *bytes, size_t n)
{
    enum { END = 22, ENTRY = 46, HEADER = 30, COMMENT_MOST = 65535, MARK = 8 };
    size_t least = n > END + COMMENT_MOST ? n - END - COMMENT_MOST : 0, end = n < END ? 0 : n - END;
    while (end > least && memcmp(bytes + end, "PK\5\6", 4) != 0)
        end--;
    if (n < END || memcmp(bytes + end, "PK\5\6", 4) != 0)
        return;
    for (size_t at = little(bytes + end + 16, 4); at < n && n - at >= ENTRY && !memcmp(bytes + at, "PK\1\2", 4);) {
        size_t header = little(bytes + at + 42, 4);
        bytes[at + 9] = (char)(bytes[at + 9] & ~MARK);
        if (header < n && n - header >= HEADER && !memcmp(bytes + header, "PK\3\4", 4))
            bytes[header + 7] = (char)(bytes[header + 7] & ~MARK);
        at += ENTRY + little(bytes + at + 28, 2) + little(bytes + at + 30, 2) + little(bytes + at + 32, 2);
    }
}

static bool take_entry(struct opened *o, struct archive_entry *entry)
{
    const char *path = archive_name(entry);
    struct raw_member m = {.path = arena_dup(o->u->arena, path)};
    if (++o->u->members > PARCEL_MAX_MEMBERS)
        return archive_fail(o->u, HANDIN_TOO_MANY, NULL, "more than 30000 members");
    if (!*path)
        return archive_fail(o->u, HANDIN_BAD_PATH, NULL, "a member without a name");
    if (archive_entry_is_data_encrypted(entry) || archive_entry_is_metadata_encrypted(entry))
        return archive_fail(o->u, HANDIN_ENCRYPTED, m.path, "is encrypted");
    if (archive_entry_hardlink(entry))
        return archive_fail(o->u, HANDIN_LINK, m.path, "is a hard link");
    if (archive_entry_sparse_count(entry) > 0)
        return archive_fail(o->u, HANDIN_SPARSE, m.path, "is a sparse file");
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        m.kind = MEMBER_FILE;
        if (!read_data(o, entry, &m))
            return false;
        break;
    case AE_IFDIR: m.kind = MEMBER_FOLDER; break;
    case AE_IFLNK:
        m.kind = MEMBER_LINK;
        m.data = arena_dup(o->u->arena, archive_entry_symlink(entry) ? archive_entry_symlink(entry) : "");
        m.n = strlen(m.data);
        break;
    default: return archive_fail(o->u, HANDIN_DEVICE, m.path, "is a device, a pipe or a socket");
    }
    return o->each(o->context, &m);
}

static void close_archive(struct archive **a)
{
    if (*a)
        archive_read_free(*a);
}

static bool read_members(struct opened *o, const char *bytes, size_t n)
{
    AUTO(close_archive) struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int status;
    o->a = a;
    if (!a)
        abort();
    if (o->kind == ARCHIVE_ZIP)
        archive_read_support_format_zip_seekable(a);
    else
        archive_read_support_format_tar(a);
    if (o->kind == ARCHIVE_ZIP && !memcmp(bytes, "PK\5\6", 4)) /* only the end of a directory */
        return archive_fail(o->u, HANDIN_EMPTY, NULL, "an archive with nothing in it");
    if (archive_read_open_memory(a, bytes, n) != ARCHIVE_OK)
        return o->kind == ARCHIVE_ZIP
                   ? archive_fail(o->u, HANDIN_TRUNCATED, NULL, "the zip's directory, which stands at its end, is not there")
                   : archive_fault(o, NULL);
    while ((status = archive_read_next_header(a, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN)
        if (!take_entry(o, entry))
            return false;
    return status == ARCHIVE_EOF || archive_fault(o, NULL);
}

bool archive_read_all(struct unpacking *u, const char *bytes, size_t n, bool (*each)(void *, const struct raw_member *),
                      void *context)
{
    AUTO(str_drop) struct str copy = {0}; /* of a zip */
    const char *says = NULL;
    struct opened o = {.u = u, .each = each, .context = context, .kind = archive_look(bytes, n, &says)};
    u->packed += n;
    if (o.kind == ARCHIVE_GZIP) {
        char *unpacked;
        if (!parcel_gunzip(u, bytes, n, &unpacked, &n))
            return false;
        bytes = o.stays = unpacked;
        o.n_stays = n;
        o.kind = archive_look(bytes, n, &says);
        if (o.kind != ARCHIVE_TAR)
            return n ? archive_fail(u, HANDIN_NO_ARCHIVE, NULL,
                                    "packed with gzip, but no tar archive: expected what `cafelab submit` makes")
                     : archive_fail(u, HANDIN_EMPTY, NULL, "packed with gzip, but nothing is in it");
    }
    if (o.kind == ARCHIVE_NONE)
        return fault_set(u->fault, HANDIN_NO_ARCHIVE, u->from, "%s: expected a tar.gz, tar or zip", says);
    if (o.kind == ARCHIVE_ZIP) {
        str_addn(&copy, bytes, n);
        zip_unmark_names(copy.s, n);
        bytes = copy.s;
    }
    return read_members(&o, bytes, n);
}
