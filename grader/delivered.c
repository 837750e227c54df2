/* SPDX-License-Identifier: MIT */
/*
 * Building the evidence once more, and remembering what it is: hashes of files, and in which file the records of marked steps
 * lie. It is looked at while it is made; nothing comes to the disk.
 */
#include "grader/delivered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

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

/* ---- looking, while it is made ---- */

enum { HOUR_MS = 3600000 };

void delivered_begin(struct delivering *d, const struct play *story)
{
    *d = (struct delivering){.story = story};
    pthread_mutex_init(&d->lock, NULL);
}

static void take_record(struct delivering *d, const char *event_id, const char *path)
{
    struct delivered *to = &d->made;
    pthread_mutex_lock(&d->lock);
    *GROW(to->records, to->n_records, to->cap_records) =
        (struct delivered_record){arena_dup(&to->arena, event_id), arena_dup(&to->arena, path)};
    pthread_mutex_unlock(&d->lock);
}

/* CloudTrail delivers within some 15 minutes. */
static bool may_hold(const struct made_file *file, const struct entry *entry)
{
    return entry && entry->event_id && entry->time_ms <= file->mtime_ms && entry->time_ms >= file->mtime_ms - HOUR_MS;
}

/* The records of marked steps, by their ids. */
static void take_records(struct delivering *d, const struct made_file *file)
{
    const struct str *text = file->unpacked;
    for (size_t i = 0; i < d->story->n_marks; i++) {
        const struct entry *entry = d->story->marks[i].entry;
        if (may_hold(file, entry) && memmem(str_text(text), text->len, entry->event_id, strlen(entry->event_id)))
            take_record(d, entry->event_id, file->path);
    }
}

bool delivered_take(void *delivering, const struct made_file *file, struct err *e)
{
    struct delivering *d = delivering;
    struct delivered *to = &d->made;
    struct delivered_file one = {.size = file->n, .grows = text_starts(file->path, "host/")};
    (void)e;
    if (!S_ISREG(file->mode) || !is_evidence(file->path))
        return true;
    if (file->hash)
        memcpy(one.sha256, file->hash, sizeof(one.sha256));
    else
        sha256_hex(file->data, file->n, one.sha256);
    if (file->unpacked) {
        if (file->unpacked_hash)
            memcpy(one.unpacked, file->unpacked_hash, sizeof(one.unpacked));
        else
            sha256_hex(str_text(file->unpacked), file->unpacked->len, one.unpacked);
        if (!strstr(file->path, "-Digest"))
            take_records(d, file);
    }
    pthread_mutex_lock(&d->lock);
    one.path = arena_dup(&to->arena, file->path);
    *GROW(to->files, to->n, to->cap) = one;
    pthread_mutex_unlock(&d->lock);
    return true;
}

static int by_file(const void *a, const void *b)
{
    return path_order(((const struct delivered_file *)a)->path, ((const struct delivered_file *)b)->path);
}

static int by_record(const void *a, const void *b)
{
    const struct delivered_record *x = a, *y = b;
    int order = path_order(x->path, y->path);
    return order ? order : strcmp(x->event_id, y->event_id);
}

/* In one order, however many threads there were. */
void delivered_end(struct delivering *d, struct delivered *ret)
{
    *ret = d->made;
    pthread_mutex_destroy(&d->lock);
    if (ret->n)
        qsort(ret->files, ret->n, sizeof(*ret->files), by_file);
    if (ret->n_records)
        qsort(ret->records, ret->n_records, sizeof(*ret->records), by_record);
}

bool delivered_make(const struct play *p, const struct play_options *options, struct delivered *d, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct delivering delivering;
    delivered_begin(&delivering, p);
    const struct lab_plan plan = {.scenario = p->scenario->file,
                                  .play = *options,
                                  .no_history = true,
                                  .take = delivered_take,
                                  .take_context = &delivering};
    bool good = lab_build(&plan, &diags, e);
    delivered_end(&delivering, d);
    return good || e->set || err_set(e, "the scenario has mistakes: see `cafelab lint`");
}

/* ---- a whole lab aside ---- */

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
