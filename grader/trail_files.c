/* SPDX-License-Identifier: MIT */
/* The trail's files of a live lab: digests verified as `aws cloudtrail validate-logs` does it, records by the journal. */
#include "grader/trail_files.h"
#include "grader/delivered.h"
#include "sim/lab/hooks.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* CloudTrail delivers within some 15 minutes. */
enum { MOST_BYTES = 64 << 20, ALL_BYTES = 256 << 20, MINUTE_MS = 60000, OLDEST_MS = 15 * MINUTE_MS, LATE_MS = 20 * MINUTE_MS };

struct trail_file {
    const char *path, *key; /* "s3/b/AWSLogs/..", "b/AWSLogs/.." */
    struct str text;
    char hash[65]; /* of the text */
    bool is_digest;
};
struct record_id { /* where a record stands */
    const char *id;
    const struct trail_file *file;
};
struct erased { /* a log file that somebody of the story deleted: nobody else answers for that */
    const char *path;
    int64_t stamp_ms;
};
struct trail_files {
    struct arena arena;
    const char *dir;           /* where they lie; NULL: `scene` has them */
    const struct scene *scene; /* and their bytes are its */
    struct str metadata;
    struct erased *erased;
    size_t n_erased, cap_erased;
    struct trail_file *list; /* by path */
    size_t n, cap;
    struct record_id *ids; /* by id */
    size_t n_ids, cap_ids;
    json_t *signatures; /* key to signature */
    EVP_PKEY *signer;
    size_t altered;
    const char *first; /* of what was altered */
    size_t bytes;      /* of all texts */
};

static void trail_files_drop(struct trail_files *t)
{
    for (size_t i = 0; i < t->n; i++)
        str_drop(&t->list[i].text);
    free(t->list);
    free(t->erased);
    free(t->ids);
    json_decref(t->signatures);
    str_drop(&t->metadata);
    EVP_PKEY_free(t->signer);
    arena_drop(&t->arena);
}

static void altered(struct trail_files *t, struct scene *scene, struct result *r, const char *path, const char *how)
{
    if (!t->altered)
        t->first = arena_printf(&t->arena, "%s %s", path, how);
    if (t->altered++ < 5)
        found(r, "%s %s", path, how);
    cite(r, &(struct exhibit){.file = arena_dup(scene->arena, path), .text = how});
}

/* ---- reading ---- */

static const char metadata_path[] = ".cafelab/s3-metadata.jsonl"; /* what head-object would show of each digest */

static bool is_of_trail(const char *path)
{
    return text_starts(path, "s3/") && text_ends(path, ".json.gz");
}

static void add_file(struct trail_files *t, const char *path, const struct str *gz)
{
    struct trail_file file = {.path = path, .key = path + strlen("s3/"), .is_digest = strstr(path, "/CloudTrail-Digest/")};
    size_t left = ALL_BYTES - t->bytes;
    unpack_gzip(gz, left < MOST_BYTES ? left : MOST_BYTES, &file.text); /* what does not unpack has another hash */
    t->bytes += file.text.len < left ? file.text.len : left;            /* none is left: open_files() says so */
    sha256_hex(str_text(&file.text), file.text.len, file.hash);
    *GROW(t->list, t->n, t->cap) = file;
}

static bool take_file(void *context, const struct dir_entry *entry, struct err *e)
{
    struct trail_files *t = context;
    AUTO(str_drop) struct str gz = {0};
    const char *path = arena_printf(&t->arena, "s3/%s", entry->path);
    if (entry->is_dir || entry->is_link || !is_of_trail(path) ||
        !file_read(arena_printf(&t->arena, "%s/%s", t->dir, path), MOST_BYTES, &gz, e))
        return !e->set;
    add_file(t, path, &gz);
    return true;
}

static void take_handed(void *context, const char *path, const char *bytes, size_t n)
{
    struct trail_files *t = context;
    struct str lent = {.s = (char *)bytes, .len = n};
    if (text_same(path, metadata_path))
        str_addn(&t->metadata, bytes, n);
    else if (is_of_trail(path))
        add_file(t, arena_dup(&t->arena, path), &lent);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct trail_file *)a)->path, ((const struct trail_file *)b)->path);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct record_id *)a)->id, ((const struct record_id *)b)->id, UUID_LEN);
}

static void note_ids(struct trail_files *t, const struct trail_file *file)
{
    static const char key[] = "\"eventID\":\"";
    const char *at = str_text(&file->text), *end = at + file->text.len;
    while ((at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
        at += sizeof(key) - 1;
        if (end - at >= UUID_LEN)
            *GROW(t->ids, t->n_ids, t->cap_ids) = (struct record_id){at, file};
    }
}

static const struct trail_file *file_of(const struct trail_files *t, const char *bucket, const char *key)
{
    AUTO(str_drop) struct str path = {0};
    str_addf(&path, "s3/%s/%s", bucket ? bucket : "", key ? key : "");
    struct trail_file wanted = {.path = str_text(&path)};
    return t->n ? bsearch(&wanted, t->list, t->n, sizeof(*t->list), by_path) : NULL;
}

static void read_signatures(struct trail_files *t)
{
    struct err e = {0};
    t->signatures = json_object();
    if (t->dir && !file_read(arena_printf(&t->arena, "%s/%s", t->dir, metadata_path), MOST_BYTES, &t->metadata, &e))
        return;
    for (const char *s = str_text(&t->metadata), *end = s + t->metadata.len; s < end;) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        size_t n = (size_t)((stop ? stop : end) - s);
        json_auto_t *line = json_read(s, n, &e);
        const char *bucket = json_str(line, "Bucket"), *key = json_str(line, "Key");
        const char *signature = json_string_value(json_path(line, "Metadata.signature"));
        if (bucket && key && signature)
            json_put_text(t->signatures, arena_printf(&t->arena, "%s/%s", bucket, key), signature);
        e = (struct err){0};
        s += n + 1;
    }
}

static bool read_signer(struct trail_files *t, struct err *e)
{
    AUTO(str_drop) struct str der = {0};
    char fingerprint[33];
    if (t->scene && t->scene->signer)
        str_addn(&der, t->scene->signer->s, t->scene->signer->len);
    else if (!digest_public_key(&der, fingerprint, e))
        return false;
    const unsigned char *bytes = (const unsigned char *)str_text(&der);
    t->signer = d2i_PublicKey(EVP_PKEY_RSA, NULL, &bytes, (long)der.len);
    return t->signer || err_set(e, "the digests' public key cannot be read");
}

static bool open_files(struct trail_files *t, struct err *e)
{
    const char *s3 = t->dir ? arena_printf(&t->arena, "%s/s3", t->dir) : NULL;
    if (!read_signer(t, e) || (s3 && access(s3, F_OK) == 0 && !dir_walk(s3, take_file, t, e)))
        return false;
    if (!s3 && t->scene->each)
        t->scene->each(t->scene->handed, take_handed, t);
    if (t->bytes == ALL_BYTES)
        return err_set(e, "the trail's files unpack to more than %d MiB: more than can be judged", ALL_BYTES >> 20);
    if (t->n)
        qsort(t->list, t->n, sizeof(*t->list), by_path);
    for (size_t i = 0; i < t->n; i++)
        if (!t->list[i].is_digest)
            note_ids(t, &t->list[i]);
    if (t->n_ids)
        qsort(t->ids, t->n_ids, sizeof(*t->ids), by_id);
    read_signatures(t);
    return true;
}

/* ---- what the story erased ---- */

/* "..._20261126T0422Z_ueyqnz6rvVvF0MLW.json.gz"; 0 = it is no log file's key. */
static int64_t stamp_of(struct trail_files *t, const char *key)
{
    int64_t ms = 0;
    const char *random = strrchr(key, '_'), *s = random && random - key > 14 ? random - 14 : NULL;
    if (s && strspn(s, "0123456789TZ") == 14)
        time_parse(arena_printf(&t->arena, "%.4s-%.2s-%.2sT%.2s:%.2s:00Z", s, s + 4, s + 6, s + 9, s + 11), &ms, NULL);
    return ms;
}

/* Everybody's actions but the student's own have a stream. */
static void find_erased(struct trail_files *t, const struct journal *journal)
{
    for (size_t i = 0; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        const char *bucket = json_str(entry->asked, "bucketName"), *key = json_str(entry->asked, "key");
        if (entry->stream && text_same(entry->op, "s3:DeleteObject") && !entry->error_code && bucket && key)
            *GROW(t->erased, t->n_erased, t->cap_erased) =
                (struct erased){arena_printf(&t->arena, "s3/%s/%s", bucket, key), stamp_of(t, key)};
    }
}

static bool was_erased(const struct trail_files *t, const char *path)
{
    size_t i = 0;
    while (i < t->n_erased && !text_same(t->erased[i].path, path))
        i++;
    return i < t->n_erased;
}

static bool was_in_erased(const struct trail_files *t, const struct entry *entry)
{
    size_t i = 0;
    while (i < t->n_erased &&
           (entry->time_ms > t->erased[i].stamp_ms + MINUTE_MS || entry->time_ms < t->erased[i].stamp_ms - OLDEST_MS))
        i++;
    return i < t->n_erased;
}

/* ---- digests ---- */

static bool signed_by(EVP_PKEY *key, const struct str *text, const char *hex)
{
    AUTO(str_drop) struct str signature = {0};
    if (!hex || !hex_decode(hex, strlen(hex), &signature) || !signature.len || signature.len > 512)
        return false;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.s, signature.len,
                                 (const unsigned char *)str_text(text), text->len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static void check_named(struct trail_files *t, struct scene *scene, const json_t *named, const char *object, const char *hash,
                        struct result *r)
{
    const char *bucket = json_str(named, text_same(object, "s3Object") ? "s3Bucket" : "previousDigestS3Bucket");
    const char *key = json_str(named, object);
    if (!key)
        return;
    const struct trail_file *file = file_of(t, bucket, key);
    const char *path = arena_printf(scene->arena, "s3/%s/%s", bucket ? bucket : "?", key);
    if (!file && was_erased(t, path))
        return;
    if (!file || !text_same(file->hash, json_str(named, hash)))
        altered(t, scene, r, path, file ? "was edited" : "is gone");
}

static void check_digest(struct trail_files *t, struct scene *scene, const struct trail_file *file, struct result *r)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    json_auto_t *digest = json_read(str_text(&file->text), file->text.len, &e);
    str_addf(&text, "%s\n%s\n%s\n%s", json_str_or(digest, "digestEndTime", ""), file->key, file->hash,
             json_str_or(digest, "previousDigestSignature", "null"));
    if (!digest || !signed_by(t->signer, &text, json_str(t->signatures, file->key))) {
        altered(t, scene, r, file->path, "was edited: its signature does not fit");
        return;
    }
    check_named(t, scene, digest, "previousDigestS3Object", "previousDigestHashValue", r);
    size_t i;
    json_t *log;
    json_array_foreach(json_object_get(digest, "logFiles"), i, log) check_named(t, scene, log, "s3Object", "hashValue", r);
}

static void tell_named(const struct trail_files *t, const struct trail_file *digest_file, bool missing,
                       void (*each)(void *, const char *), void *context)
{
    struct err e = {0};
    json_auto_t *digest = json_read(str_text(&digest_file->text), digest_file->text.len, &e);
    size_t i;
    json_t *log;
    json_array_foreach(json_object_get(digest, "logFiles"), i, log)
    {
        const char *key = json_str(log, "s3Object");
        const struct trail_file *file = file_of(t, json_str(log, "s3Bucket"), key);
        if (key && (missing ? !file : file && !text_same(file->hash, json_str(log, "hashValue"))))
            each(context, key);
    }
}

bool trail_files_named(const char *dir, bool missing, void (*each)(void *, const char *), void *context, struct err *e)
{
    AUTO(trail_files_drop) struct trail_files t = {.dir = dir};
    if (!open_files(&t, e))
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (t.list[i].is_digest)
            tell_named(&t, &t.list[i], missing, each, context);
    return true;
}

/* ---- records ---- */

static bool was_recorded(const struct world *w, const struct entry *entry)
{
    if (!entry->event_id || entry->silent || entry->prelude || entry->data_event)
        return false;
    for (const struct logging_span *s = w->account.spans; s; s = s->next)
        if (s->multi_region && s->management && (entry->read_only ? s->reads : s->writes) &&
            span_covers(s, entry->time_ms, span_goes_on(w->account.spans, s)))
            return true;
    return false;
}

static void check_record(struct trail_files *t, struct scene *scene, const struct entry *entry, struct result *r)
{
    AUTO(str_drop) struct str record = {0};
    struct record_facts facts;
    struct record_id wanted = {entry->event_id, NULL};
    const struct record_id *at =
        t->n_ids && strlen(entry->event_id) == UUID_LEN ? bsearch(&wanted, t->ids, t->n_ids, sizeof(*t->ids), by_id) : NULL;
    if (!hook_about(scene->now, entry->op, &facts))
        return;
    record_add(&record, scene->now, &facts, entry);
    if (!at && scene->now->now_ms - entry->time_ms > LATE_MS && !was_in_erased(t, entry))
        altered(t, scene, r, arena_printf(scene->arena, "the record %s of %s", entry->event_id, entry->op), "is gone");
    else if (at && !memmem(str_text(&at->file->text), at->file->text.len, str_text(&record), record.len))
        altered(t, scene, r, at->file->path, "was edited: a record is not what happened");
}

static bool are_intact(struct trail_files *t, struct scene *scene, struct result *r)
{
    const struct journal *j = &scene->now->journal;
    find_erased(t, j);
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].is_digest)
            check_digest(t, scene, &t->list[i], r);
    for (size_t i = 0; i < j->n; i++)
        if (was_recorded(scene->now, j->list[i]))
            check_record(t, scene, j->list[i], r);
    return !t->altered;
}

bool trail_files_intact(struct scene *scene, struct result *r)
{
    AUTO(trail_files_drop) struct trail_files t = {.dir = scene->dir, .scene = scene};
    struct err e = {0};
    if (!open_files(&t, &e)) {
        r->broken = true;
        found(r, "%s", arena_dup(scene->arena, e.msg));
        return false;
    }
    are_intact(&t, scene, r);
    if (t.altered > 5)
        found(r, "and %zu more", t.altered - 5);
    if (!t.altered && t.n == 1)
        found(r, "one file of the trail fits its digest and the journal");
    else if (!t.altered)
        found(r, "%zu files of the trail fit their digests and the journal", t.n);
    return !t.altered;
}

/* ---- for who runs something over them ---- */

/* What students put there themselves need not lie where the trail's files lie. */
static bool is_log(const struct trail_file *file)
{
    return !file->is_digest && strstr(file->path, "/AWSLogs/");
}

bool trail_files_read(struct scene *scene, bool (*look)(void *, const struct athena_log *, size_t, struct err *), void *context,
                      struct err *e)
{
    AUTO(trail_files_drop) struct trail_files t = {.dir = scene->dir, .scene = scene};
    AUTO(result_drop) struct result r = {0};
    if (!open_files(&t, e))
        return false;
    if (!are_intact(&t, scene, &r))
        return err_set(e, "what the trail delivered was changed: %s", t.first);
    struct athena_log *logs = arena_alloc(&t.arena, (t.n + 1) * sizeof(*logs));
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        if (is_log(&t.list[i]))
            logs[n++] = (struct athena_log){t.list[i].path, str_text(&t.list[i].text), t.list[i].text.len};
    return look(context, logs, n, e);
}
