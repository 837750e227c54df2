/* SPDX-License-Identifier: MIT */
/*
 * What was delivered, remembered in a file: making it anew is a build aside, a fifth of a second for each student. The first
 * line says what it is of (program, scenario's text, seed, events); a file of anything else, or that cannot be read to its
 * end, is as good as none. A line a file: f|g SIZE SHA256 UNPACKED|- PATH; a line a record: r EVENT-ID PATH; then "end".
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

bool delivered_load(const char *path, const char *of, struct delivered *d)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (!file_exists(path) || !file_read(path, MOST_BYTES, &text, &ignored))
        return false;
    char *rest = text.s, *line = strsep(&rest, "\n");
    bool good = line && text_same(line, of), ended = false;
    while (good && !ended && (line = strsep(&rest, "\n"))) {
        ended = text_same(line, "end");
        bool known = line[0] && line[1] == ' ';
        good = ended || (known && (line[0] == 'r'                     ? read_record(d, line + 2)
                                   : line[0] == 'f' || line[0] == 'g' ? read_file(d, line + 2, line[0] == 'g')
                                                                      : false));
    }
    if (!good || !ended)
        delivered_drop(d);
    return good && ended;
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
    str_add(&text, "end\n");
    return file_write(path, str_text(&text), text.len, 0600, e);
}
