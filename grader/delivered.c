/* SPDX-License-Identifier: MIT */
/*
 * Building the evidence aside, and remembering what it is: hashes of files, and in which file the records of marked steps
 * lie. The folder is removed at once.
 */
#include "grader/delivered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MOST_BYTES = 64 << 20 };

/* "host/var/log/secure"; with several servers "host/web/var/log/secure" */
static bool is_evidence(const char *path)
{
    static const char *const in_place[] = {"/lastlog", "/tallylog", "/faillog"}; /* every login writes into them, not behind */
    if (text_starts(path, "s3/"))
        return true;
    for (size_t i = 0; i < COUNT(in_place); i++)
        if (text_ends(path, in_place[i]))
            return false;
    const char *log = text_starts(path, "host/") ? strstr(path, "/var/log/") : NULL;
    return log && !memchr(path + 5, '/', log > path + 5 ? (size_t)(log - path - 5) : 0);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct delivered_record *)a)->event_id, ((const struct delivered_record *)b)->event_id);
}

/* Ids of marked steps, each once; which file they lie in is not known yet. */
static void seek_records(struct delivered *d, const struct play *p)
{
    size_t kept = 0;
    d->sought = arena_alloc(&d->arena, (p->n_marks + 1) * sizeof(*d->sought));
    for (size_t i = 0; i < p->n_marks; i++)
        if (p->marks[i].entry && p->marks[i].entry->event_id)
            d->sought[d->n_sought++].event_id = arena_dup(&d->arena, p->marks[i].entry->event_id);
    qsort(d->sought, d->n_sought, sizeof(*d->sought), by_id);
    for (size_t i = 0; i < d->n_sought; i++)
        if (!kept || !text_same(d->sought[kept - 1].event_id, d->sought[i].event_id))
            d->sought[kept++] = d->sought[i];
    d->n_sought = kept;
}

/* The records' ids, one after the other, as evidence writes them: "eventID":"0b9f1b2c-...". */
static void find_records(struct delivered *d, const char *path, const struct str *text)
{
    static const char key[] = "\"eventID\":\"";
    const char *end = str_text(text) + text->len, *at = str_text(text);
    while ((at = memmem(at, (size_t)(end - at), key, strlen(key)))) {
        char id[64] = "";
        at += strlen(key);
        size_t n = strcspn(at, "\"");
        if (n >= sizeof(id))
            continue;
        memcpy(id, at, n);
        const struct delivered_record wanted = {.event_id = id};
        const struct delivered_record *sought = bsearch(&wanted, d->sought, d->n_sought, sizeof(*d->sought), by_id);
        if (sought)
            *GROW(d->records, d->n_records, d->cap_records) = (struct delivered_record){sought->event_id, path};
    }
}

/* What is in a log file: its hash, for whoever unpacks it in place, and the records of marked steps, by their ids. */
static void look_inside(struct delivered *d, struct delivered_file *file, const struct str *gz)
{
    AUTO(str_drop) struct str text = {0};
    if (!text_ends(file->path, ".json.gz") || !unpack_gzip(gz, MOST_BYTES, &text))
        return;
    sha256_hex(str_text(&text), text.len, file->unpacked);
    if (d->n_sought && !strstr(file->path, "-Digest"))
        find_records(d, file->path, &text);
}

void delivered_look(struct delivered *d, const struct play *p, const char *path, const void *data, size_t n)
{
    if (!is_evidence(path))
        return;
    if (!d->sought)
        seek_records(d, p);
    struct delivered_file file = {.path = arena_dup(&d->arena, path), .size = n, .grows = text_starts(path, "host/")};
    sha256_hex(data, n, file.sha256);
    look_inside(d, &file, &(struct str){.s = (char *)data, .len = n});
    *GROW(d->files, d->n, d->cap) = file;
}

struct walk {
    struct delivered *d;
    const struct play *play;
    const char *dir;
};

static bool remember(void *context, const struct dir_entry *entry, struct err *e)
{
    struct walk *w = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str bytes = {0};
    if (entry->is_dir || entry->is_link || !is_evidence(entry->path))
        return true;
    if (!file_read(arena_printf(&arena, "%s/%s", w->dir, entry->path), MOST_BYTES, &bytes, e))
        return false;
    delivered_look(w->d, w->play, entry->path, str_text(&bytes), bytes.len);
    return true;
}

/* $TMPDIR; memory where there is plenty, twice as fast; /tmp. */
const char *place_aside(void)
{
    enum { PLENTY_MIB = 1024 };
    const char *tmp = env_get("TMPDIR");
    struct statvfs st;
    if (tmp && *tmp)
        return tmp;
    bool plenty = statvfs("/dev/shm", &st) == 0 && (uint64_t)st.f_bavail * st.f_frsize >> 20 >= PLENTY_MIB;
    return plenty && access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

bool delivered_read(const struct play *p, const char *dir, struct delivered *d, struct err *e)
{
    struct walk walk = {d, p, dir};
    return dir_walk(dir, remember, &walk, e);
}

bool with_lab_aside(const struct scenario *s, const struct play_options *options,
                    bool (*look)(void *, const char *, struct err *), void *context, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(diags_drop) struct diags diags = {0};
    char *aside = arena_printf(&arena, "%s/cafelab-key-XXXXXX", place_aside());
    if (!mkdtemp(aside))
        return err_set(e, "cannot make a folder at '%s': %s", aside, strerror(errno));
    const char *dir = arena_printf(&arena, "%s/lab", aside);
    struct lab_plan plan = {.scenario = s->file, .out = dir, .play = *options, .threads = 0};
    bool good = lab_build(&plan, &diags, e) && look(context, dir, e);
    if (!good && !e->set)
        err_set(e, "the scenario has mistakes: see `cafelab lint`");
    struct err ignored = {0};
    dir_remove(aside, &ignored);
    return good;
}

struct reading_it {
    const struct play *play;
    struct delivered *d;
};

static bool read_it(void *context, const char *dir, struct err *e)
{
    const struct reading_it *r = context;
    return delivered_read(r->play, dir, r->d, e);
}

bool delivered_make(const struct play *p, const struct play_options *options, struct delivered *d, struct err *e)
{
    return with_lab_aside(p->scenario, options, read_it, &(struct reading_it){p, d}, e);
}

const char *delivered_record_path(const struct delivered *d, const char *event_id)
{
    for (size_t i = 0; d && i < d->n_records; i++)
        if (text_same(d->records[i].event_id, event_id))
            return d->records[i].path;
    return NULL;
}

void delivered_drop(struct delivered *d)
{
    free(d->files);
    free(d->records);
    arena_drop(&d->arena);
    *d = (struct delivered){0};
}
