/* SPDX-License-Identifier: MIT */
/*
 * S3: versions of objects. Where versioning is enabled nothing that was put is ever overwritten: what was current becomes an
 * older version, and to delete a key puts a marker before them. To delete a version by its id is to delete it for good; a
 * marker deleted so brings back what was before it. Where versioning is suspended, what is put or deleted is the null version.
 * Sources: S3 user guide, "Retaining multiple versions of objects with S3 Versioning"; S3 API Reference 2006-03-01
 * (DeleteObject, DeleteObjects, GetObject, ListObjectVersions).
 */
#include "sim/aws/s3.h"

const char *s3_version_id(const struct object *object)
{
    return text_or(object->version, "null");
}

struct object *s3_version(const struct bucket *bucket, const char *key, const char *id)
{
    return id ? find_version(bucket, key, text_same(id, "null") ? NULL : id) : find_object(bucket, key);
}

bool s3_id_well_formed(struct call *c, const char *id)
{
    if (id && !text_same(id, "null") && (strlen(id) != OBJECT_VERSION_ID || id[strspn(id, OBJECT_VERSION_ALPHABET)]))
        call_fail(c, "InvalidArgument", "Invalid version id specified");
    return !c->failed;
}

/* ---- what comes to be ---- */

static bool is_versioned(const struct bucket *bucket)
{
    return *bucket->versioning != '\0';
}

static bool is_enabled(const struct bucket *bucket)
{
    return text_same(bucket->versioning, "Enabled");
}

static void remove_version(struct bucket *bucket, struct object *object)
{
    if (object == find_object(bucket, object->key))
        roll_remove(&bucket->objects_roll, object);
    else
        list_remove(&bucket->older, object);
}

const char *s3_make_way(struct call *c, struct bucket *bucket, const char *key)
{
    struct object *null_version = is_enabled(bucket) ? NULL : s3_version(bucket, key, "null");
    const struct object *current = find_object(bucket, key);
    if (null_version && null_version != current)
        list_remove(&bucket->older, null_version);
    if (current && current != null_version)
        bucket_supersede(bucket, key);
    return is_enabled(bucket) ? call_id(c, "", OBJECT_VERSION_ALPHABET, OBJECT_VERSION_ID) : NULL;
}

static void put_marker(struct call *c, struct bucket *bucket, const char *key)
{
    const char *version = s3_make_way(c, bucket, key);
    struct object *marker = arena_alloc(c->arena, sizeof(*marker)), *current = find_object(bucket, key);
    if (current) /* a null version, which the marker takes the place of */
        remove_version(bucket, current);
    marker->key = kept(c, key);
    marker->version = version;
    marker->marker = true;
    marker->modified_ms = c->now_ms;
    bucket_put_older(bucket, marker);
}

/* ---- what is said of it ---- */

void s3_say_version(struct call *c, const struct object *object)
{
    if (!is_versioned(s3_bucket(c)))
        return;
    if (!c->reply)
        c->reply = json_object();
    json_put_text(c->reply, "VersionId", s3_version_id(object));
}

void s3_say_new_version(struct call *c, const struct object *object)
{
    if (!object->version)
        return;
    s3_say_version(c, object);
    json_put_text(c->entry->response, "x-amz-version-id", object->version);
}

/* ---- deleting ---- */

static void say_deleted(json_t *to, const char *id_key, const char *id, const char *marker_key, bool marker)
{
    if (to && id)
        json_put_text(to, id_key, id);
    if (to && marker)
        json_put(to, marker_key, json_true());
}

/* A version that is not there is deleted as well: S3 says yes in any case. */
static void delete_for_good(struct call *c, struct bucket *bucket, const char *key, const char *id, json_t *reply, json_t *log)
{
    struct object *object = s3_version(bucket, key, id);
    bool marker = object && object->marker;
    if (object)
        remove_version(bucket, object);
    bucket_restore(c->w, bucket, key);
    say_deleted(reply, "VersionId", id, "DeleteMarker", marker);
    say_deleted(log, "x-amz-version-id", id, "x-amz-delete-marker", marker);
}

/* Deletes the current version, or the one of that id; says in `reply` and `log` (NULL = nowhere) what came of it. */
static void delete_version(struct call *c, struct bucket *bucket, const char *key, const char *id, json_t *reply, json_t *log)
{
    struct object *object = find_object(bucket, key);
    if (id) {
        delete_for_good(c, bucket, key, id, reply, log);
    } else if (is_versioned(bucket)) {
        put_marker(c, bucket, key);
        id = s3_version_id(find_older(bucket, key));
        say_deleted(reply, "VersionId", id, "DeleteMarker", true);
        say_deleted(log, "x-amz-version-id", id, "x-amz-delete-marker", true);
    } else if (object) { /* a delivered log's file follows the journal: sim/evidence/cloudtrail_deleted.c */
        remove_version(bucket, object);
    }
}

void s3_delete_object(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const char *id = call_text(c, "versionId");
    if (!bucket || !s3_id_well_formed(c, id))
        return;
    json_t *log = json_object();
    c->reply = json_object();
    delete_version(c, bucket, call_text(c, "key"), id, c->reply, log);
    if (json_object_size(log))
        call_log_response(c, log);
    else
        json_decref(log);
}

/* One of DeleteObjects: what is not allowed is said beside what was deleted. */
static void delete_one(struct call *c, struct bucket *bucket, const json_t *asked, json_t *deleted, json_t *errors)
{
    const char *key = json_str_or(asked, "key", ""), *id = json_str(asked, "versionId");
    json_t *said = wrapped("Key", json_string(key));
    if (id && !s3_may(c, bucket, "s3:DeleteObjectVersion", key)) {
        json_put_text(said, "VersionId", id);
        json_put_text(said, "Code", "AccessDenied");
        json_put_text(said, "Message", "Access Denied");
        json_array_append_new(errors, said);
        return;
    }
    json_auto_t *what = json_object();
    delete_version(c, bucket, key, id, what, NULL);
    const char *made = json_str(what, "VersionId");
    if (id)
        json_put_text(said, "VersionId", id);
    if (json_object_get(what, "DeleteMarker")) {
        json_put(said, "DeleteMarker", json_true());
        json_put_text(said, "DeleteMarkerVersionId", made);
    }
    json_array_append_new(deleted, said);
}

void s3_delete_objects(struct call *c)
{
    struct bucket *bucket = s3_bucket(c);
    const json_t *objects = json_object_get(c->params, "objects");
    if (!bucket)
        return;
    if (!json_array_size(objects) || json_array_size(objects) > S3_MOST_KEYS)
        return s3_malformed(c);
    for (size_t i = 0; i < json_array_size(objects); i++)
        if (!s3_id_well_formed(c, json_str(json_array_get(objects, i), "versionId")))
            return;
    json_t *deleted = json_array(), *errors = json_array();
    for (size_t i = 0; i < json_array_size(objects); i++)
        delete_one(c, bucket, json_array_get(objects, i), deleted, errors);
    c->reply = wrapped("Deleted", deleted);
    if (json_array_size(errors))
        json_put(c->reply, "Errors", errors);
    else
        json_decref(errors);
}

/* ---- the list ---- */

struct versions { /* a page of them */
    const char *prefix, *delimiter, *key_marker, *id_marker;
    bool passed; /* the marked version of the marked key */
    int64_t most, n;
    json_t *versions, *markers, *prefixes;
    const char *last_key, *last_id; /* what came last; id NULL for a common prefix */
    bool more;
};

static json_t *version_said(struct call *c, const struct object *object, bool is_latest)
{
    json_t *j = json_object();
    json_put_text(j, "Key", object->key);
    json_put_text(j, "VersionId", s3_version_id(object));
    json_put(j, "IsLatest", json_boolean(is_latest));
    json_put(j, "LastModified", date_iso(object->modified_ms));
    json_put(j, "Owner", s3_owner(c));
    if (object->marker)
        return j;
    json_put(j, "ETag", s3_quoted(object->etag));
    json_put(j, "Size", json_integer((json_int_t)object->size));
    json_put_text(j, "StorageClass", text_or(object->storage_class, "STANDARD"));
    return j;
}

/* Keys up to the marked one were listed before, of that one the versions up to the marked one. */
static bool was_listed(struct versions *l, const struct object *object, const char *name)
{
    int order = l->key_marker ? strcmp(name, l->key_marker) : 1;
    if (order != 0 || !l->id_marker || l->passed)
        return order < 0 || (order == 0 && !l->passed);
    l->passed = text_same(s3_version_id(object), l->id_marker);
    return true;
}

static void list_version(struct call *c, struct versions *l, const struct object *object, bool is_latest)
{
    const char *rest = object->key + strlen(l->prefix), *cut = *l->delimiter ? strstr(rest, l->delimiter) : NULL;
    const char *folder = cut ? arena_dupn(c->arena, object->key, (size_t)(cut - object->key) + strlen(l->delimiter)) : NULL;
    if (l->more || was_listed(l, object, folder ? folder : object->key) || (folder && text_same(folder, l->last_key)))
        return;
    if (l->n >= l->most) {
        l->more = true;
        return;
    }
    l->n++;
    l->last_key = folder ? folder : object->key;
    l->last_id = folder ? NULL : s3_version_id(object);
    if (folder)
        json_array_append_new(l->prefixes, wrapped("Prefix", json_string(folder)));
    else
        json_array_append_new(object->marker ? l->markers : l->versions, version_said(c, object, is_latest));
}

/* Both lists are sorted by key: of each key the current version comes first, then the older ones. */
static void list_versions(struct call *c, struct versions *l, const struct bucket *bucket)
{
    const struct object *current = bucket->objects, *older = bucket->older;
    const char *latest_of = NULL; /* the key whose latest version has been met */
    while ((current || older) && !l->more) {
        const struct object **next = !older || (current && strcmp(current->key, older->key) <= 0) ? &current : &older;
        const struct object *object = *next;
        if (text_starts(object->key, l->prefix))
            list_version(c, l, object, !text_same(object->key, latest_of));
        latest_of = object->key;
        *next = object->next;
    }
}

static void reply_versions(struct call *c, const struct versions *l)
{
    c->reply = json_pack("{s:b, s:o, s:o, s:s, s:s, s:I, s:o}", "IsTruncated", l->more, "Versions", l->versions,
                         "DeleteMarkers", l->markers, "Name", call_text(c, "bucketName"), "Prefix", l->prefix, "MaxKeys",
                         (json_int_t)l->most, "CommonPrefixes", l->prefixes);
    json_put_text(c->reply, "KeyMarker", text_or(l->key_marker, ""));
    json_put_text(c->reply, "VersionIdMarker", text_or(l->id_marker, ""));
    if (!l->more)
        return;
    json_put_text(c->reply, "NextKeyMarker", l->last_key);
    if (l->last_id)
        json_put_text(c->reply, "NextVersionIdMarker", l->last_id);
}

void s3_list_object_versions(struct call *c)
{
    struct bucket *bucket = s3_listed_bucket(c);
    struct versions l = {
        .prefix = text_or(call_text(c, "prefix"), ""),
        .delimiter = text_or(call_text(c, "delimiter"), ""),
        .key_marker = call_text(c, "key-marker"),
        .id_marker = call_text(c, "version-id-marker"),
    };
    if (!bucket || !s3_most_keys(c, &l.most))
        return;
    if (l.key_marker && !*l.key_marker)
        l.key_marker = NULL;
    if (l.id_marker && !*l.id_marker)
        l.id_marker = NULL;
    if (l.id_marker && !l.key_marker)
        return call_fail(c, "InvalidArgument", "A version-id marker cannot be specified without a key marker.");
    l.versions = json_array();
    l.markers = json_array();
    l.prefixes = json_array();
    list_versions(c, &l, bucket);
    reply_versions(c, &l);
}
