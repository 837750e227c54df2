/* SPDX-License-Identifier: MIT */
/* A trail's files without a copy to compare with: digests, their chain and the journal find what was edited or removed. */
#include "grader/grading.h"
#include "grader/trail_files.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench { /* a lab on the disk */
    char dir[64];
    struct arena arena;
    const char *lab;
    struct submission *s;
};

static void bench_drop(struct bench *b)
{
    struct err e = {0};
    submission_free(&b->s);
    arena_drop(&b->arena);
    dir_remove(b->dir, &e);
}

static bool bench_make(struct bench *b)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    *b = (struct bench){"/tmp/cafelab-trail-XXXXXX", {0}, NULL, NULL};
    if (!mkdtemp(b->dir))
        abort();
    b->lab = arena_printf(&b->arena, "%s/lab", b->dir);
    struct lab_plan plan = {
        .scenario = "cafe-breach", .out = b->lab, .play = {.seed = "trail", .events = 300},
                .threads = 1
    };
    if (!lab_build(&plan, &diags, &e) || !(b->s = submission_open(b->lab, &e)))
        printf("%s\n", e.msg);
    CU_ASSERT(b->s != NULL);
    return b->s;
}

static bool intact(struct bench *b, struct result *r)
{
    struct scene scene = {.arena = &b->arena, .now = &b->s->lab.world, .dir = b->lab, .live = true};
    bool good = trail_files_intact(&scene, r);
    CU_ASSERT(!r->broken);
    return good;
}

struct pick { /* the last file below s3/ whose path holds a text, and is not empty of records */
    const char *part;
    char path[512];
};

static bool each(void *context, const struct dir_entry *entry, struct err *e)
{
    (void)e;
    struct pick *pick = context;
    if (!entry->is_dir && strstr(entry->path, pick->part))
        snprintf(pick->path, sizeof(pick->path), "%s", entry->path);
    return true;
}

static const char *find_file(struct bench *b, const char *part)
{
    struct pick pick = {part, ""};
    struct err e = {0};
    CU_ASSERT(dir_walk(arena_printf(&b->arena, "%s/s3", b->lab), each, &pick, &e));
    CU_ASSERT(*pick.path);
    return arena_printf(&b->arena, "%s/s3/%s", b->lab, pick.path);
}

static void rewrite(const char *path, const char *from, const char *to)
{
    AUTO(str_drop) struct str gz = {0}, text = {0}, out = {0};
    struct err e = {0};
    CU_ASSERT(file_read(path, 64u << 20, &gz, &e) && unpack_gzip(&gz, 64u << 20, &text));
    char *at = text.len ? memmem(text.s, text.len, from, strlen(from)) : NULL;
    CU_ASSERT(at != NULL && strlen(from) == strlen(to));
    if (at)
        memcpy(at, to, strlen(to));
    gzip_add(&out, str_text(&text), text.len);
    CU_ASSERT(file_write(path, str_text(&out), out.len, 0644, &e));
}

static void check_after(struct bench *b, const char *path, const char *says)
{
    AUTO(result_drop) struct result r = {0};
    CU_ASSERT(!intact(b, &r));
    const char *name = strrchr(path, '/') + 1;
    bool named = strstr(str_text(&r.found), name) != NULL, said = strstr(str_text(&r.found), says) != NULL;
    if (!named || !said)
        printf("expected %s %s, found %s\n", name, says, str_text(&r.found));
    CU_ASSERT(named && said);
}

static void untouched(void)
{
    AUTO(bench_drop) struct bench b;
    AUTO(result_drop) struct result r = {0};
    if (!bench_make(&b))
        return;
    bool good = intact(&b, &r);
    if (!good)
        printf("%s\n", str_text(&r.found));
    CU_ASSERT(good);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&r.found), "files of the trail fit their digests and the journal"));
}

struct seen {
    size_t n;
    bool in_order, logs_only;
};

static bool see(void *context, const struct athena_log *logs, size_t n, struct err *e)
{
    struct seen *seen = context;
    *seen = (struct seen){n, true, true};
    for (size_t i = 0; i < n; i++) {
        seen->in_order &= !i || strcmp(logs[i - 1].path, logs[i].path) < 0;
        seen->logs_only &=
            strstr(logs[i].path, "/CloudTrail/") && text_starts(logs[i].text, "{\"Records\":[") && !logs[i].text[logs[i].n];
    }
    return err_set(e, "seen");
}

/* Handed out as a whole, or not at all. */
static void read_as_a_whole(void)
{
    AUTO(bench_drop) struct bench b;
    struct err e = {0}, changed = {0};
    struct seen seen = {0};
    if (!bench_make(&b))
        return;
    struct scene scene = {.arena = &b.arena, .now = &b.s->lab.world, .dir = b.lab, .live = true};
    CU_ASSERT_FALSE(trail_files_read(&scene, see, &seen, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "seen"); /* what the callee says is passed on */
    CU_ASSERT(seen.n > 10 && seen.in_order && seen.logs_only);
    const char *log = find_file(&b, "/CloudTrail/us-west-2/2025/10/15/");
    CU_ASSERT(unlink(log) == 0);
    seen.n = 0;
    CU_ASSERT_FALSE(trail_files_read(&scene, see, &seen, &changed));
    CU_ASSERT_EQUAL(seen.n, 0);
    CU_ASSERT(text_starts(changed.msg, "what the trail delivered was changed: s3/") && text_ends(changed.msg, " is gone"));
}

static void edited_and_removed(void)
{
    AUTO(bench_drop) struct bench b;
    AUTO(result_drop) struct result r = {0};
    AUTO(str_drop) struct str kept = {0};
    struct err e = {0};
    if (!bench_make(&b))
        return;
    const char *log = find_file(&b, "/CloudTrail/us-west-2/2025/10/15/"),
               *digest = find_file(&b, "/CloudTrail-Digest/us-west-2/2025/10/15/");
    CU_ASSERT(file_read(log, 64u << 20, &kept, &e));
    rewrite(log, "\"awsRegion\":\"us-west-2\"", "\"awsRegion\":\"us-west-1\"");
    check_after(&b, log, "was edited");
    CU_ASSERT(unlink(log) == 0);
    check_after(&b, log, "is gone");
    CU_ASSERT(file_write(log, str_text(&kept), kept.len, 0644, &e) && intact(&b, &r));
    str_clear(&kept);
    CU_ASSERT(file_read(digest, 64u << 20, &kept, &e));
    rewrite(digest, "\"digestEndTime\":\"2025", "\"digestEndTime\":\"2026");
    check_after(&b, digest, "its signature does not fit");
    CU_ASSERT(file_write(digest, str_text(&kept), kept.len, 0644, &e));
    CU_ASSERT(unlink(digest) == 0); /* the next one names it */
    check_after(&b, digest, "is gone");
}

/* Where digests were thrown away, too, the journal still knows what every record must say. */
static bool drop_digest(void *context, const struct dir_entry *entry, struct err *e)
{
    struct bench *b = context;
    (void)e;
    if (!entry->is_dir && strstr(entry->path, "/CloudTrail-Digest/"))
        CU_ASSERT(unlink(arena_printf(&b->arena, "%s/s3/%s", b->lab, entry->path)) == 0);
    return true;
}

static bool edit_intruder(void *context, const struct dir_entry *entry, struct err *e)
{
    struct bench *b = context;
    AUTO(str_drop) struct str gz = {0}, text = {0};
    const char *path = arena_printf(&b->arena, "%s/s3/%s", b->lab, entry->path), from[] = "\"cidrIp\":\"0.0.0.0/0\"";
    if (entry->is_dir || !strstr(path, "/CloudTrail/us-west-2/2025/10/1") || !file_read(path, 64u << 20, &gz, e))
        return !e->set;
    if (unpack_gzip(&gz, 64u << 20, &text) && strstr(str_text(&text), from))
        rewrite(path, from, "\"cidrIp\":\"1.1.1.1/1\"");
    return true;
}

static void without_digests(void)
{
    AUTO(bench_drop) struct bench b;
    AUTO(result_drop) struct result before = {0}, after = {0};
    struct err e = {0};
    if (!bench_make(&b))
        return;
    const char *s3 = arena_printf(&b.arena, "%s/s3", b.lab);
    CU_ASSERT(dir_walk(s3, drop_digest, &b, &e) && intact(&b, &before));
    CU_ASSERT(dir_walk(s3, edit_intruder, &b, &e) && !intact(&b, &after));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&after.found), "a record is not what happened"));
}

/* The journal says who deleted a file: somebody of the story, whose actions have streams of their own, or the student. */
static void erased_by_the_story(void)
{
    AUTO(bench_drop) struct bench b;
    AUTO(result_drop) struct result r = {0};
    if (!bench_make(&b))
        return;
    const char *log = find_file(&b, "/CloudTrail/us-west-2/2025/10/15/"), *bucket = strstr(log, "/s3/") + strlen("/s3/"),
               *key = strchr(bucket, '/') + 1;
    struct world *w = &b.s->lab.world;
    struct entry *entry = journal_add(w);
    *entry = (struct entry){.seq = entry->seq, .time_ms = w->now_ms, .op = "s3:DeleteObject", .silent = true};
    entry->asked = world_keep(
        w, json_pack("{s:s, s:s}", "bucketName", arena_dupn(&b.arena, bucket, (size_t)(key - bucket) - 1), "key", key));
    CU_ASSERT(unlink(log) == 0);
    check_after(&b, log, "is gone");
    entry->stream = "story";
    bool good = intact(&b, &r);
    if (!good)
        printf("%s\n", str_text(&r.found));
    CU_ASSERT(good);
}

CU_TestInfo grader_trail_files_tests[] = {
    {"erased by the story", erased_by_the_story},
    {"untouched",           untouched          },
    {"edited and removed",  edited_and_removed },
    {"without digests",     without_digests    },
    {"read as a whole",     read_as_a_whole    },
    CU_TEST_INFO_NULL,
};
