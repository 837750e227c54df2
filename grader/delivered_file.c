/* SPDX-License-Identifier: MIT */
/*
 * What was delivered, remembered in a file: making it anew is a build aside, a fifth of a second for each student. The first
 * line says what it is of (program, scenario's text, seed, events); a file of anything else, or that cannot be read to its
 * end, is as good as none. A line a file: f|g SIZE SHA256 UNPACKED|- PATH; a line a record: r EVENT-ID PATH; then "end"
 * and the hash of all before it: what was torn or edited is made again.
 */
#include "grader/delivered.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 << 20, HASH = 64 };

static bool is_hash(const char *s)
{
    return strspn(s, ALPHABET_HEX) >= HASH;
}

static bool read_file(struct delivered *d, char *line, bool grows)
{
    char *rest = NULL;
    struct delivered_file file = {.grows = grows, .size = strtoull(line, &rest, 10)};
    if (rest == line || *rest++ != ' ' || !is_hash(rest) || rest[HASH] != ' ')
        return false;
    memcpy(file.sha256, rest, HASH);
    rest += HASH + 1;
    bool unpacked = is_hash(rest);
    if (unpacked)
        memcpy(file.unpacked, rest, HASH);
    else if (*rest != '-')
        return false;
    rest += unpacked ? HASH : 1;
    if (*rest != ' ' || !rest[1])
        return false;
    file.path = arena_dup(&d->arena, rest + 1);
    *GROW(d->files, d->n, d->cap) = file;
    return true;
}

static bool read_record(struct delivered *d, char *line)
{
    char *space = strchr(line, ' ');
    if (!space || !space[1])
        return false;
    *GROW(d->records, d->n_records, d->cap_records) =
        (struct delivered_record){arena_dupn(&d->arena, line, (size_t)(space - line)), arena_dup(&d->arena, space + 1)};
    return true;
}

/* Cuts the last line off, if it is what it must be. */
static bool whole(struct str *text)
{
    enum { END = 4 + HASH + 1 }; /* "end HASH\n" */
    char hash[HASH + 1];
    size_t n = text->len > END ? text->len - END : 0;
    if (!n || memcmp(text->s + n, "end ", 4) != 0 || text->s[n - 1] != '\n' || text->s[text->len - 1] != '\n')
        return false;
    sha256_hex(text->s, n, hash);
    if (memcmp(text->s + n + 4, hash, HASH) != 0)
        return false;
    text->s[n - 1] = 0; /* the last line's end */
    return true;
}

bool delivered_load(const char *path, const char *of, struct delivered *d)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (!file_exists(path) || !file_read(path, MOST_BYTES, &text, &ignored) || !whole(&text))
        return false;
    char *rest = text.s, *line = strsep(&rest, "\n");
    bool good = line && text_same(line, of);
    while (good && (line = strsep(&rest, "\n"))) {
        bool known = line[0] && line[1] == ' ';
        good = known && (line[0] == 'r'                     ? read_record(d, line + 2)
                         : line[0] == 'f' || line[0] == 'g' ? read_file(d, line + 2, line[0] == 'g')
                                                            : false);
    }
    if (!good)
        delivered_drop(d);
    return good;
}

bool delivered_save(const char *path, const char *of, const struct delivered *d, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "%s\n", of);
    for (size_t i = 0; i < d->n; i++) {
        const struct delivered_file *f = &d->files[i];
        str_addf(&text, "%c %llu %s %s %s\n", f->grows ? 'g' : 'f', (unsigned long long)f->size, f->sha256,
                 *f->unpacked ? f->unpacked : "-", f->path);
    }
    for (size_t i = 0; i < d->n_records; i++)
        str_addf(&text, "r %s %s\n", d->records[i].event_id, d->records[i].path);
    char hash[HASH + 1];
    sha256_hex(text.s, text.len, hash);
    str_addf(&text, "end %s\n", hash);
    return file_write(path, str_text(&text), text.len, 0600, e);
}
