/* SPDX-License-Identifier: MIT */
/*
 * Results on disk. Whoever kills a run leaves whole files only; what stood there before stays until what replaces it is whole.
 * The lock is the kernel's: it goes with the process that held it.
 */
#include "grader/batch/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- the lock ---- */

static bool tell_holder(const char *path, struct err *e)
{
    AUTO(str_drop) struct str who = {0};
    struct err ignored = {0};
    if (!file_read(path, 64, &who, &ignored) || !who.len)
        return err_set(e, "another run is grading this class ('%s')", path);
    who.s[strcspn(who.s, "\n")] = 0;
    return err_set(e, "another run is grading this class: pid %s ('%s')", str_text(&who), path);
}

static int take_lock(const char *path, int how, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_set(e, "open '%s': %m", path);
        return -1;
    }
    if (flock(fd, how | LOCK_NB)) {
        if (errno == EWOULDBLOCK)
            tell_holder(path, e);
        else
            err_set(e, "lock '%s': %m", path);
        close(fd);
        return -1;
    }
    AUTO(str_drop) struct str who = {0};
    str_addf(&who, "%ld\n", (long)getpid());
    if (how == LOCK_EX && (ftruncate(fd, 0) || pwrite(fd, who.s, who.len, 0) != (ssize_t)who.len)) {
        err_set(e, "write '%s': %m", path); /* a full disk: better told now than after the first upload */
        close(fd);
        return -1;
    }
    return fd;
}

/* What killed runs left aside. Other shards may be at work: what they write is locked. */
static void sweep(struct class *c, const char *folder)
{
    AUTO(arena_drop) struct arena arena = {0};
    dir_sweep(class_path(&arena, c, "%s", folder), "*.json");
    dir_sweep(class_path(&arena, c, "%s/unclaimed", folder), "*.json");
    class_sweep(c);
}

bool results_open(struct results *s, struct class *c, const char *folder, unsigned shard, unsigned shards, struct err *e)
{
    *s = (struct results){.class = c, .folder = folder, .held = -1, .shard_held = -1};
    if (!dir_make(class_path(&c->arena, c, RESULTS), e) || !dir_make(class_path(&c->arena, c, "%s", folder), e))
        return false;
    s->held = take_lock(class_path(&c->arena, c, RESULTS "/.lock"), shards ? LOCK_SH : LOCK_EX, e);
    if (s->held >= 0 && shards)
        s->shard_held = take_lock(class_path(&c->arena, c, RESULTS "/.lock-%u-of-%u", shard, shards), LOCK_EX, e);
    if (s->held < 0 || (shards && s->shard_held < 0))
        return false;
    sweep(c, folder);
    return true;
}

static void forget(struct kept_result *k)
{
    free(k->student);
    free(k->attempts);
    str_drop(&k->text);
    *k = (struct kept_result){0};
}

void results_close(struct results *s)
{
    for (size_t i = 0; i < RESULTS_KEPT; i++)
        forget(&s->kept[i]);
    if (s->class && s->held >= 0)
        close(s->held);
    if (s->class && s->shard_held >= 0)
        close(s->shard_held);
    *s = (struct results){0};
}

bool results_empty(struct results *s, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *folder = class_path(&arena, s->class, "%s", s->folder);
    return dir_remove(folder, e) && dir_make(folder, e);
}

/* ---- files ---- */

/* Somebody's grade: one that was copied under another's name, or is half there, is nobody's. */
static bool check_result(const char *path, const json_t *value, const char *student, struct err *e)
{
    const char *of = json_str_or(value, "student", student);
    if (!value)
        return err_wrap(e, "'%s' is damaged (take it from a backup, or delete it and grade what \"%s\" handed in again)", path,
                        student);
    if (!json_is_array(json_object_get(value, "attempts")))
        return err_set(e, "'%s' is no result of cafelab: expected \"attempts\"", path);
    return text_same(of, student) ||
           err_set(
               e,
               "'%s' holds the attempts of \"%s\": take it from a backup, or delete it and grade what \"%s\" handed in again",
               path, of, student);
}

static json_t *read_file(const char *path, const char *student, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    if (!file_read(path, RESULT_MAX_BYTES, &text, e))
        return NULL;
    json_t *value = json_read(str_text(&text), text.len, e);
    if (check_result(path, value, student, e))
        return value;
    json_decref(value);
    return NULL;
}

json_t *results_read(struct class *c, const char *folder, const char *student, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = class_path(&arena, c, "%s/%s.json", folder, student);
    if (!file_exists(path))
        path = class_path(&arena, c, RESULTS "/%s.json", student);
    if (file_exists(path))
        return read_file(path, student, e);
    json_t *fresh = json_object();
    json_put_text(fresh, "student", student);
    json_put(fresh, "attempts", json_array());
    return fresh;
}

static bool write_json(const char *path, const json_t *value, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, value);
    str_addc(&text, '\n');
    return file_write(path, str_text(&text), text.len, 0600, e);
}

/* ---- what is kept ---- */

static void key_by_name(const json_t *attempt, char out[65])
{
    const char *name = json_str_or(attempt, "upload", "");
    sha256_hex(name, strlen(name), out);
}

void results_key(const json_t *attempt, char out[65])
{
    const char *sha256 = json_str_or(attempt, "sha256", "");
    if (*sha256)
        snprintf(out, 65, "%s", sha256);
    else
        key_by_name(attempt, out);
}

static void keep_attempt(struct results *s, struct kept_result *k, const json_t *attempt)
{
    struct kept_attempt *known = GROW(k->attempts, k->n, k->cap);
    *known = (struct kept_attempt){.current = results_is_current(attempt, s->class->scenario->content_hash),
                                   .graded = text_same(json_str(attempt, "outcome"), "good")};
    results_key(attempt, known->key);
}

static void keep_result(struct results *s, struct kept_result *k, const json_t *result)
{
    const json_t *attempts = json_object_get(result, "attempts");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)result, key, value) k->attempts_last = value == attempts;
    k->n = 0;
    for (size_t i = 0; i < json_array_size(attempts); i++)
        keep_attempt(s, k, json_array_get(attempts, i));
    str_clear(&k->text);
    str_add_json_value(&k->text, result);
    str_addc(&k->text, '\n');
}

/* The student's, read if it has to be. NULL when there is a file and it is none of ours. */
static struct kept_result *kept_of(struct results *s, const char *student, struct err *e)
{
    for (size_t i = 0; i < RESULTS_KEPT; i++)
        if (s->kept[i].student && text_same(s->kept[i].student, student))
            return &s->kept[i];
    json_auto_t *result = results_read(s->class, s->folder, student, e);
    if (!result)
        return NULL;
    struct kept_result *k = &s->kept[s->next++ % RESULTS_KEPT];
    forget(k);
    k->student = xstrdup(student);
    keep_result(s, k, result);
    return k;
}

static size_t attempt_of(const struct kept_result *k, const char *sha256)
{
    size_t at = 0;
    while (at < k->n && (!*sha256 || !text_same(k->attempts[at].key, sha256)))
        at++;
    return at;
}

bool results_has_current(struct results *s, const char *student, const char *sha256)
{
    struct err ignored = {0};
    const struct kept_result *k = kept_of(s, student, &ignored);
    size_t at = k ? attempt_of(k, sha256) : 0;
    return k && at < k->n && k->attempts[at].current;
}

bool results_was_graded(struct results *s, const char *student, const char *sha256)
{
    struct err ignored = {0};
    const struct kept_result *k = kept_of(s, student, &ignored);
    size_t at = k ? attempt_of(k, sha256) : 0;
    return k && at < k->n && k->attempts[at].graded;
}

/* A second judgement says nothing of when it came: that was told with the first one. */
static void keep_time(const json_t *old, json_t *attempt)
{
    static const char *const keys[] = {"submitted", "marked_late"};
    for (size_t i = 0; i < COUNT(keys); i++)
        if (json_object_get(old, keys[i]) && !json_object_get(attempt, keys[i]))
            json_object_set(attempt, keys[i], json_object_get(old, keys[i]));
}

static bool put_attempt(struct results *s, struct kept_result *k, size_t at, json_t *attempt, struct err *e)
{
    json_auto_t *result = json_read(str_text(&k->text), k->text.len, e);
    json_t *attempts = json_object_get(result, "attempts");
    if (!result)
        return false;
    if (at < k->n) {
        keep_time(json_array_get(attempts, at), attempt);
        json_array_set(attempts, at, attempt);
    } else
        json_array_append(attempts, attempt);
    keep_result(s, k, result);
    return true;
}

/* Behind the others, without reading them. */
static void append_attempt(struct results *s, struct kept_result *k, json_t *attempt)
{
    static const char end[] = "]}\n";
    k->text.len -= strlen(end);
    if (k->n)
        str_addc(&k->text, ',');
    str_add_json_value(&k->text, attempt);
    str_add(&k->text, end);
    keep_attempt(s, k, attempt);
}

static bool write_kept(struct results *s, struct kept_result *k, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    if (file_write(class_path(&arena, s->class, "%s/%s.json", s->folder, k->student), str_text(&k->text), k->text.len, 0600, e))
        return true;
    forget(k); /* it is not what is on the disk */
    return false;
}

static const char *unclaimed_path(struct arena *arena, const struct results *s, const char *key)
{
    return class_path(arena, s->class, "%s/unclaimed/%s.json", s->folder, key);
}

/* Somebody joined the class, or the file has a name now; or it can be read now, and was known by its name alone. */
static void forget_unclaimed(struct results *s, const json_t *attempt)
{
    AUTO(arena_drop) struct arena arena = {0};
    char key[65], name[65];
    results_key(attempt, key);
    key_by_name(attempt, name);
    unlink(unclaimed_path(&arena, s, key));
    unlink(unclaimed_path(&arena, s, name));
}

bool results_add(struct results *s, const char *student, json_t *attempt, struct err *e)
{
    struct kept_result *k = kept_of(s, student, e);
    if (!k)
        return false;
    char key[65];
    results_key(attempt, key);
    size_t at = attempt_of(k, key);
    bool good = true;
    if (at == k->n && k->attempts_last)
        append_attempt(s, k, attempt);
    else
        good = put_attempt(s, k, at, attempt, e);
    if (!good || !write_kept(s, k, e))
        return false;
    forget_unclaimed(s, attempt);
    return true;
}

bool results_set_time(struct results *s, const char *student, const char *sha256, const char *submitted, struct err *e)
{
    struct kept_result *k = kept_of(s, student, e);
    size_t at = k ? attempt_of(k, sha256) : 0;
    json_auto_t *result = k ? json_read(str_text(&k->text), k->text.len, e) : NULL;
    json_t *attempt = json_array_get(json_object_get(result, "attempts"), at);
    if (!result)
        return false;
    if (!attempt || text_same(json_str(attempt, "submitted"), submitted))
        return true;
    json_put_text(attempt, "submitted", submitted);
    keep_result(s, k, result);
    return write_kept(s, k, e);
}

bool results_has_unclaimed(const struct results *s, const json_t *attempt)
{
    static const char *const keys[] = {"upload", "outcome", "place", "reason"};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    char key[65];
    results_key(attempt, key);
    bool same = file_read(unclaimed_path(&arena, s, key), RESULT_MAX_BYTES, &text, &e);
    json_auto_t *known = same ? json_read(str_text(&text), text.len, &e) : NULL;
    for (size_t i = 0; known && i < COUNT(keys); i++) {
        const json_t *was = json_object_get(known, keys[i]), *is = json_object_get(attempt, keys[i]);
        same &= was == is || json_equal(was, is);
    }
    return known && same;
}

bool results_add_unclaimed(struct results *s, const json_t *attempt, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    char key[65];
    results_key(attempt, key);
    forget_unclaimed(s, attempt);
    return dir_make(class_path(&arena, s->class, "%s/unclaimed", s->folder), e) &&
           write_json(unclaimed_path(&arena, s, key), attempt, e);
}

bool results_apply(struct results *s, size_t *ret_n, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct roster *r = &s->class->roster;
    *ret_n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const char *from = class_path(&arena, s->class, REGRADE "/%s.json", r->list[i].id);
        const char *to = class_path(&arena, s->class, RESULTS "/%s.json", r->list[i].id);
        if (!file_exists(from))
            continue;
        if (rename(from, to))
            return err_set(e, "rename '%s': %m", from);
        ++*ret_n;
    }
    return dir_remove(class_path(&arena, s->class, REGRADE), e);
}

bool results_is_current(const json_t *attempt, const char *content_hash)
{
    const char *outcome = json_str_or(attempt, "outcome", "error");
    const json_t *by = json_object_get(attempt, "judged");
    return attempt && !text_same(outcome, "error") && text_same(json_str(by, "version"), CAFELAB_VERSION) &&
           text_same(json_str(by, "scenario"), content_hash);
}

const char *attempt_place(const json_t *attempt)
{
    const char *place = json_str_or(attempt, "place", ""), *upload = json_str_or(attempt, "upload", "");
    size_t n = strlen(upload);
    bool named = n && text_starts(place, upload) && (!place[n] || text_starts(place + n, ": "));
    if (named)
        return place[n] ? place + n + 2 : "";
    return strlen(place) >= 255 && !strncmp(place, upload, 200) ? "" : place; /* a long name that was cut says nothing */
}
