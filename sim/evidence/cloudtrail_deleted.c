/* SPDX-License-Identifier: MIT */
/*
 * Delivered files that somebody deleted from their bucket: the journal says who and when. In a build such a file is made,
 * since the hour's digest names it, and not kept; later it is taken off the disk. Whoever asks S3 to delete a key that
 * was not delivered yet deletes nothing.
 */
#include "sim/evidence/cloudtrail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* It becomes a path below s3/: the journal may come from anybody. */
static bool is_below(const char *key)
{
    bool parts = key && *key && *key != '/' && strlen(key) <= 1024;
    return parts && !strstr(key, "//") && !strstr(key, "./") && !text_ends(key, "/..") && !text_ends(key, "/.") &&
           !text_same(key, "..") && !text_same(key, ".");
}

static void note(struct plan *p, const struct entry *entry, const char *bucket, const char *key)
{
    if (is_below(key) && is_below(bucket) && !strchr(bucket, '/') && strstr(key, "AWSLogs/"))
        *GROW(p->deleted, p->n_deleted, p->cap_deleted) = (struct deleted_file){bucket, key, entry->time_ms};
}

void deleted_find(struct plan *p)
{
    const struct journal *journal = &p->task->w->journal;
    for (size_t i = p->task->live ? 0 : p->task->first; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        const char *bucket = json_str(entry->asked, "bucketName");
        const json_t *objects = json_object_get(entry->asked, "objects");
        if (entry->error_code || !text_starts(entry->op, "s3:DeleteObject"))
            continue;
        if (text_same(entry->op, "s3:DeleteObject") && !json_object_get(entry->asked, "versionId"))
            note(p, entry, bucket, json_str(entry->asked, "key"));
        for (size_t k = 0; text_same(entry->op, "s3:DeleteObjects") && k < json_array_size(objects); k++)
            note(p, entry, bucket, json_str(json_array_get(objects, k), "key"));
    }
}

bool deleted_is(const struct plan *p, const char *bucket, const char *key, int64_t written_ms)
{
    for (size_t i = 0; i < p->n_deleted; i++)
        if (p->deleted[i].time_ms >= written_ms && text_same(p->deleted[i].key, key) && text_same(p->deleted[i].bucket, bucket))
            return true;
    return false;
}

/* Of a versioned bucket it becomes an older version, unless that has been brought back. */
static void remove_file(const struct plan *p, const struct deleted_file *deleted)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err ignored = {0};
    const struct bucket *bucket = find_bucket(p->task->w, deleted->bucket);
    const struct object *newest = bucket ? find_older(bucket, deleted->key) : NULL;
    const char *file = arena_printf(&arena, "%s/s3/%s/%s", p->task->to.dir, deleted->bucket, deleted->key);
    struct stat st;
    int64_t ms = stat(file, &st) ? INT64_MAX : st.st_mtim.tv_sec * 1000LL + st.st_mtim.tv_nsec / 1000000;
    if (ms > deleted->time_ms) /* none, or one that was put later */
        return;
    if (!bucket || !*bucket->versioning) {
        unlink(file);
        return;
    }
    if (!newest || !newest->marker)
        return;
    const char *version = delivered_version(p->task->w, bucket, deleted->key, ms, &arena);
    const char *folder = arena_printf(&arena, "%s/.cafelab/superseded/%s/%s", p->task->to.dir, deleted->bucket, deleted->key);
    if (dir_make_in(p->task->to.dir, folder, &ignored))
        rename(file, arena_printf(&arena, "%s/%s", folder, version ? version : "null"));
}

void deleted_remove(const struct plan *p)
{
    for (size_t i = 0; i < p->n_deleted; i++)
        remove_file(p, &p->deleted[i]);
}
