/* SPDX-License-Identifier: MIT */
/*
 * What trails delivered, as objects of their buckets: the files below s3/ are the truth, and clients list, get and delete
 * them like any other object. New files are taken each time, known ones are not read again, and what somebody removed by
 * hand is gone.
 */
#include "sim/lab/parts.h"

#include <string.h>

#define MOST_BYTES (64u << 20)

struct taking {
    struct lab *lab;
    struct bucket *bucket;
    const char *root; /* LAB/s3/<bucket> */
};

/* Log files are encrypted as their trail says now; digests are not (CloudTrail user guide, "Encrypting log files"). */
static const char *key_of(const struct taking *t, const char *path)
{
    for (const struct trail *trail = t->lab->world.account.trails; trail; trail = trail->next)
        if (trail->key && text_same(trail->bucket, t->bucket->name) && strstr(path, "/CloudTrail/"))
            return trail->key->arn;
    return NULL;
}

static bool take_file(void *context, const struct dir_entry *entry, struct err *e)
{
    struct taking *t = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str bytes = {0};
    char etag[33];
    if (entry->is_dir || entry->is_link)
        return true;
    struct object *object = bucket_put_object(&t->lab->world, t->bucket, entry->path);
    object->delivered = true;
    object->missed = false;
    if (object->etag && object->size == (uint64_t)entry->size && object->modified_ms == entry->mtime_ms)
        return true;
    if (!file_read(arena_printf(&arena, "%s/%s", t->root, entry->path), MOST_BYTES, &bytes, e))
        return false;
    md5_hex(str_text(&bytes), bytes.len, etag);
    object->etag = arena_dup(&t->lab->world.arena, etag);
    object->size = bytes.len;
    object->modified_ms = entry->mtime_ms;
    object->kms_key = key_of(t, entry->path);
    return true;
}

static void miss_all(struct bucket *bucket)
{
    for (struct object *object = bucket->objects; object; object = object->next)
        object->missed = object->delivered;
}

static void forget_missed(struct bucket *bucket)
{
    for (struct object **at = &bucket->objects; *at;)
        if ((*at)->missed)
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

bool lab_objects_take(struct lab *lab, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (struct bucket *bucket = lab->world.account.buckets; bucket; bucket = bucket->next) {
        struct taking t = {lab, bucket, lab_file(&arena, lab->dir, arena_printf(&arena, "s3/%s", bucket->name))};
        miss_all(bucket);
        if (file_exists(t.root) && !dir_walk(t.root, take_file, &t, e))
            return false;
        forget_missed(bucket);
    }
    return true;
}
