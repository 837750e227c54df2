/* SPDX-License-Identifier: MIT */
/*
 * What trails delivered, as objects of their buckets: the files below s3/ are the truth, and clients list, get and delete
 * them like any other object. New files are taken each time, known ones are not read again, and what somebody removed by
 * hand is gone.
 */
#include "sim/lab/parts.h"

#include <string.h>
#include <sys/stat.h>

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
    for (struct object *object = bucket->objects; object; object = object->next)
        if (object->missed)
            roll_remove(&bucket->objects_roll, object);
}

static struct taking taking_of(struct lab *lab, struct bucket *bucket, struct arena *arena)
{
    return (struct taking){lab, bucket, lab_file(arena, lab->dir, arena_printf(arena, "s3/%s", bucket->name))};
}

static bool take_bucket(struct lab *lab, struct bucket *bucket, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct taking t = taking_of(lab, bucket, &arena);
    miss_all(bucket);
    if (file_exists(t.root) && !dir_walk(t.root, take_file, &t, e))
        return false;
    forget_missed(bucket);
    return true;
}

bool lab_objects_take(struct lab *lab, struct err *e)
{
    for (struct bucket *bucket = lab->world.account.buckets; bucket; bucket = bucket->next)
        if (!take_bucket(lab, bucket, e))
            return false;
    return true;
}

/* ---- at once, for who asks ---- */

bool lab_key_is_path(const char *key)
{
    for (const char *part = key; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        size_t n = strcspn(part, "/");
        if (!n || (part[0] == '.' && (n == 1 || (n == 2 && part[1] == '.'))))
            return false;
    }
    return true;
}

static void see_one(struct lab *lab, struct bucket *bucket, const char *key)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct taking t = taking_of(lab, bucket, &arena);
    struct err ignored = {0};
    struct stat st;
    struct object *object = find_object(bucket, key);
    bool there = lab_key_is_path(key) && !lstat(arena_printf(&arena, "%s/%s", t.root, key), &st) && S_ISREG(st.st_mode);
    struct dir_entry entry = {.path = key};
    if (there) {
        entry.size = st.st_size;
        entry.mtime_ms = st.st_mtim.tv_sec * 1000LL + st.st_mtim.tv_nsec / 1000000;
        entry.mode = st.st_mode;
        take_file(&t, &entry, &ignored);
    } else if (object && object->delivered)
        roll_remove(&bucket->objects_roll, object);
}

void lab_objects_see(struct lab *lab, const char *op, const json_t *params)
{
    static const char *const one[] = {"s3:GetObject", "s3:HeadObject", "s3:GetObjectTagging"}, *const all[] = {
                                                                                                   "s3:ListObjects",
                                                                                                   "s3:ListObjectVersions",
                                                                                                   "cloudtrail:GetTrailStatus"};
    const char *name = json_str(params, "bucketName"), *key = json_str(params, "key");
    struct err ignored = {0};
    struct bucket *bucket = name ? find_bucket(&lab->world, name) : NULL;
    for (size_t i = 0; i < COUNT(one) && bucket && key; i++)
        if (text_same(op, one[i]))
            see_one(lab, bucket, key);
    for (size_t i = 0; i < COUNT(all); i++)
        if (text_same(op, all[i])) {
            if (bucket)
                take_bucket(lab, bucket, &ignored);
            else if (!name)
                lab_objects_take(lab, &ignored);
        }
}
