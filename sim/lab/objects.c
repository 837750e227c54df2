/* SPDX-License-Identifier: MIT */
/*
 * What trails delivered, as objects of their buckets: the files below s3/ are the truth, and clients list, get and delete
 * them like any other object. New files are taken each time, known ones are not read again, and what somebody removed by
 * hand is gone. Of a versioned bucket, s3/ has the current versions; those that were deleted or put anew lie in
 * .cafelab/superseded/<bucket>/<key>/<version>.
 */
#include "sim/lab/parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES (64u << 20)

struct taking {
    struct lab *lab;
    struct bucket *bucket;
    const char *root, *superseded; /* LAB/s3/<bucket>, LAB/.cafelab/superseded/<bucket> */
};

/* ---- files to versions ---- */

static void move(const struct taking *t, const char *from, const char *to)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool made = dir_make_in(t->lab->dir, arena_dupn(&arena, to, (size_t)(strrchr(to, '/') - to)), &e);
    if (!made || (rename(from, to) && errno != ENOENT)) /* the evidence's writer may have moved it just now */
        fprintf(stderr, "cafelab: move '%s' to '%s': %s\n", from, to, e.set ? e.msg : strerror(errno));
}

static const char *superseded_place(const struct taking *t, struct arena *arena, const struct object *object)
{
    return arena_printf(arena, "%s/%s/%s", t->superseded, object->key, object->version ? object->version : "null");
}

/* Brings the files of a key to where its versions are now: the current one below s3/, the others among the superseded. */
static void settle_key(struct taking *t, const char *key)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *file = arena_printf(&arena, "%s/%s", t->root, key);
    const struct object *current = find_object(t->bucket, key);
    if (!lab_key_is_path(key))
        return;
    for (const struct object *older = find_older(t->bucket, key); older && text_same(older->key, key); older = older->next) {
        const char *place = superseded_place(t, &arena, older);
        if (older->delivered && !file_exists(place) && file_exists(file))
            move(t, file, place);
    }
    if (current && current->delivered && !file_exists(file) && file_exists(superseded_place(t, &arena, current)))
        move(t, superseded_place(t, &arena, current), file);
    else if (!(current && current->delivered))
        unlink(file);
}

/* Log files are encrypted as their trail says now; digests are not (CloudTrail user guide, "Encrypting log files"). */
static const char *key_of(const struct taking *t, const char *path)
{
    for (const struct trail *trail = t->lab->world.account.trails; trail; trail = trail->next)
        if (trail->key && text_same(trail->bucket, t->bucket->name) && strstr(path, "/CloudTrail/"))
            return trail->key->arn;
    return NULL;
}

static bool take_bytes(struct taking *t, struct object *object, const char *path, const struct dir_entry *entry, struct err *e)
{
    AUTO(str_drop) struct str bytes = {0};
    char etag[33];
    object->delivered = true;
    object->missed = false;
    if (object->etag && object->size == (uint64_t)entry->size && object->modified_ms == entry->mtime_ms)
        return true;
    if (!file_read(path, MOST_BYTES, &bytes, e))
        return false;
    md5_hex(str_text(&bytes), bytes.len, etag);
    object->etag = arena_dup(&t->lab->world.arena, etag);
    object->size = bytes.len;
    object->modified_ms = entry->mtime_ms;
    object->kms_key = key_of(t, object->key);
    t->lab->delivered = true;
    return true;
}

/* A version that the journal does not know, since a trail delivered it. */
static struct object *add_older(struct taking *t, const char *key, const char *version, int64_t ms)
{
    struct world *w = &t->lab->world;
    struct object *object = arena_alloc(&w->arena, sizeof(*object));
    object->key = arena_dup(&w->arena, key);
    object->version = arena_dup(&w->arena, version);
    object->modified_ms = ms;
    object->delivered = true;
    bucket_put_older(t->bucket, object);
    return object;
}

/* Its key was deleted after the file came: what has yet to happen to the file is settle_key()'s. */
static bool is_hidden(const struct taking *t, const char *key, int64_t ms)
{
    const struct object *newest = find_older(t->bucket, key);
    return newest && newest->marker && newest->modified_ms >= ms && !find_object(t->bucket, key);
}

static bool take_file(void *context, const struct dir_entry *entry, struct err *e)
{
    struct taking *t = context;
    struct world *w = &t->lab->world;
    AUTO(arena_drop) struct arena arena = {0};
    if (entry->is_dir || entry->is_link)
        return true;
    const char *path = arena_printf(&arena, "%s/%s", t->root, entry->path);
    const char *version = delivered_version(w, t->bucket, entry->path, entry->mtime_ms, &arena);
    struct object *object = NULL;
    if (is_hidden(t, entry->path, entry->mtime_ms)) {
        object = find_version(t->bucket, entry->path, version);
        object = object ? object : add_older(t, entry->path, version, entry->mtime_ms);
        bool good = take_bytes(t, object, path, entry, e);
        settle_key(t, entry->path);
        return good;
    }
    bool known = find_object(t->bucket, entry->path) != NULL;
    object = bucket_put_object(w, t->bucket, entry->path);
    if (!known)
        object->version = arena_dup(&w->arena, version);
    return take_bytes(t, object, path, entry, e);
}

/* <key>/<version> */
static bool take_superseded(void *context, const struct dir_entry *entry, struct err *e)
{
    struct taking *t = context;
    AUTO(arena_drop) struct arena arena = {0};
    const char *slash = strrchr(entry->path, '/');
    if (entry->is_dir || entry->is_link || !slash)
        return true;
    const char *key = arena_dupn(&arena, entry->path, (size_t)(slash - entry->path));
    const char *version = text_same(slash + 1, "null") ? NULL : slash + 1;
    struct object *object = find_version(t->bucket, key, version);
    if (!object)
        object = add_older(t, key, version, entry->mtime_ms);
    bool good = take_bytes(t, object, arena_printf(&arena, "%s/%s", t->superseded, entry->path), entry, e);
    if (bucket_restore(&t->lab->world, t->bucket, key)) /* the marker before it is gone */
        settle_key(t, key);
    return good;
}

static void miss_all(struct bucket *bucket)
{
    for (struct object *object = bucket->objects; object; object = object->next)
        object->missed = object->delivered;
    for (struct object *object = bucket->older; object; object = object->next)
        object->missed = object->delivered;
}

static void forget_missed(struct bucket *bucket)
{
    for (struct object *object = bucket->objects; object; object = object->next)
        if (object->missed)
            roll_remove(&bucket->objects_roll, object);
    for (struct object **at = &bucket->older; *at;)
        if ((*at)->missed)
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

static struct taking taking_of(struct lab *lab, struct bucket *bucket, struct arena *arena)
{
    return (struct taking){lab, bucket, lab_file(arena, lab->dir, arena_printf(arena, "s3/%s", bucket->name)),
                           lab_file(arena, lab->dir, arena_printf(arena, ".cafelab/superseded/%s", bucket->name))};
}

static bool take_bucket(struct lab *lab, struct bucket *bucket, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct taking t = taking_of(lab, bucket, &arena);
    miss_all(bucket);
    if ((file_exists(t.superseded) && !dir_walk(t.superseded, take_superseded, &t, e)) ||
        (file_exists(t.root) && !dir_walk(t.root, take_file, &t, e)))
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

static void see_key(struct lab *lab, struct bucket *bucket, const char *op, const char *key)
{
    static const char *const one[] = {"s3:DeleteObject",     "s3:DeleteObjectTagging", "s3:DeleteObjects",
                                      "s3:GetObject",        "s3:GetObjectAcl",        "s3:GetObjectTagging",
                                      "s3:HeadObject",       "s3:PutObject",           "s3:PutObjectAcl",
                                      "s3:PutObjectTagging", "s3:CopyObject",          "s3:CompleteMultipartUpload"};
    for (size_t i = 0; i < COUNT(one) && key; i++)
        if (text_same(op, one[i]))
            see_one(lab, bucket, key);
}

void lab_objects_see(struct lab *lab, const char *op, const json_t *params)
{
    static const char *const all[] = {"s3:ListObjects", "s3:ListObjectVersions", "cloudtrail:GetTrailStatus"};
    const char *name = json_str(params, "bucketName");
    const json_t *objects = json_object_get(params, "objects");
    struct err ignored = {0};
    struct bucket *bucket = name ? find_bucket(&lab->world, name) : NULL;
    if (bucket)
        see_key(lab, bucket, op, json_str(params, "key"));
    for (size_t i = 0; bucket && i < json_array_size(objects); i++)
        see_key(lab, bucket, op, json_str(json_array_get(objects, i), "key"));
    for (size_t i = 0; i < COUNT(all); i++)
        if (text_same(op, all[i])) {
            if (bucket)
                take_bucket(lab, bucket, &ignored);
            else if (!name)
                lab_objects_take(lab, &ignored);
        }
}

/* ---- after a change ---- */

/* A version that was deleted for good: its file would bring it back. */
static void settle_version(struct taking *t, const char *key, const char *id)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct object gone = {.key = key, .version = id};
    if (id && lab_key_is_path(key) && !strchr(id, '/') && !find_version(t->bucket, key, text_same(id, "null") ? NULL : id))
        unlink(superseded_place(t, &arena, &gone));
}

void lab_objects_settle(struct lab *lab, const char *op, const json_t *params)
{
    static const char *const changing[] = {"s3:DeleteObject", "s3:DeleteObjects", "s3:PutObject", "s3:CopyObject",
                                           "s3:CompleteMultipartUpload"};
    AUTO(arena_drop) struct arena arena = {0};
    const char *name = json_str(params, "bucketName"), *key = json_str(params, "key");
    const json_t *objects = json_object_get(params, "objects");
    struct bucket *bucket = name ? find_bucket(&lab->world, name) : NULL;
    bool changes = false;
    for (size_t i = 0; i < COUNT(changing); i++)
        changes |= text_same(changing[i], op);
    if (!bucket || !changes)
        return;
    struct taking t = taking_of(lab, bucket, &arena);
    if (!file_exists(t.root))
        return;
    if (key) {
        settle_key(&t, key);
        settle_version(&t, key, json_str(params, "versionId"));
    }
    for (size_t i = 0; i < json_array_size(objects); i++) {
        const json_t *object = json_array_get(objects, i);
        settle_key(&t, json_str_or(object, "key", ""));
        settle_version(&t, json_str_or(object, "key", ""), json_str(object, "versionId"));
    }
}

/* ---- where bytes lie ---- */

/* What versions of one key have in common is no key of another: none has a line break before such an id. */
static const char *version_path(struct arena *arena, const char *dir, const char *bucket, const char *key, const char *version)
{
    return lab_object_path(arena, dir, bucket, version ? arena_printf(arena, "%s\n%s", key, version) : key);
}

const char *lab_object_place(struct arena *arena, const char *dir, const char *bucket, const char *key, const char *version)
{
    const char *tree = lab_file(arena, dir, arena_printf(arena, "s3/%s", bucket));
    if (lab_key_is_path(bucket) && lab_key_is_path(key) && strstr(key, "AWSLogs/") && file_exists(tree))
        return arena_printf(arena, "%s/%s", tree, key); /* as what trails deliver, which it is among */
    return version_path(arena, dir, bucket, key, version);
}

const char *lab_object_file(struct lab *lab, struct arena *arena, const char *bucket_name, const char *key, const char *id)
{
    struct bucket *bucket = find_bucket(&lab->world, bucket_name);
    const struct object *object = !bucket ? NULL
                                  : id    ? find_version(bucket, key, text_same(id, "null") ? NULL : id)
                                          : find_object(bucket, key);
    if (!object || object->marker)
        return NULL;
    struct taking t = taking_of(lab, bucket, arena);
    bool current = object == find_object(bucket, key);
    if (object->delivered)
        return current ? arena_printf(arena, "%s/%s", t.root, key) : superseded_place(&t, arena, object);
    const char *own = version_path(arena, lab->dir, bucket_name, key, object->version);
    if (file_exists(own))
        return own;
    const char *placed = lab_object_place(arena, lab->dir, bucket_name, key, object->version);
    return file_exists(placed) ? placed : lab_object_path(arena, lab->dir, bucket_name, key); /* a query's result */
}
