/* SPDX-License-Identifier: MIT */
/* Log files that somebody deletes: they are gone, the digests name them still, and nothing else is touched. */
#include "evidence_rig.h"

/* Is there a file below s3/ with that text in it? */
struct sought {
    const char *root, *text, *found; /* found: its path, in the arena */
    struct arena arena;
};

static bool seek(void *context, const struct dir_entry *entry, struct err *e)
{
    struct sought *s = context;
    AUTO(str_drop) struct str path = {0}, text = {0};
    (void)e;
    str_addf(&path, "%s/%s", s->root, entry->path);
    if (!entry->is_dir && rig_read(str_text(&path), &text) && memmem(text.s, text.len, s->text, strlen(s->text)))
        s->found = arena_dup(&s->arena, entry->path);
    return true;
}

static bool lies_in(const struct rig *r, const char *text, const char *file)
{
    struct err e = {0};
    AUTO(str_drop) struct str root = {0};
    str_addf(&root, "%s/s3", r->lab);
    struct sought s = {.root = str_text(&root), .text = text};
    CU_ASSERT(dir_walk(s.root, seek, &s, &e));
    bool good = file ? s.found && text_ends(s.found, file) : !s.found;
    arena_drop(&s.arena);
    return good;
}

static struct entry *delete_file(struct rig *r, const char *key, int64_t after_ms)
{
    struct entry *entry = rig_add(r, "s3:DeleteObject", after_ms, NULL, NULL);
    entry->data_event = true;
    entry->asked = world_keep(&r->w, json_pack("{s:s, s:s}", "bucketName", "monitoring1234", "key", key));
    return entry;
}

/* Where the record will be is known before anything is written. The file goes when it is deleted after it was written, in
 * the same run or later; the hour's digest names it still. */
static void deleted_files_are_gone_and_named(void)
{
    static const struct {
        int64_t deleted_ms; /* after the record */
        bool refused, later, gone;
    } rows[] = {
        {0,       false, false, false}, /* nobody deletes it */
        {1000,    false, false, false}, /* it was not there yet */
        {1200000, false, false, true },
        {1200000, true,  false, false},
        {1200000, false, true,  true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rig r;
        int64_t written_ms = 0;
        rig_open(&r);
        rig_everyday(&r, 2000);
        const struct entry *made = rig_add(&r, "iam:CreateUser", 7200000, NULL, NULL);
        const char *key = cloudtrail_file_of(&r.task, made, &r.w.arena, &written_ms);
        CU_ASSERT(key && written_ms > made->time_ms && written_ms < made->time_ms + 720000);
        if (rows[i].later)
            rig_write(&r);
        size_t first = r.w.journal.n;
        if (rows[i].deleted_ms && delete_file(&r, key, 7200000 + rows[i].deleted_ms) && rows[i].refused)
            r.w.journal.list[first]->error_code = "AccessDenied";
        r.task.first = rows[i].later ? first : 0;
        rig_write(&r);
        CU_ASSERT(lies_in(&r, made->event_id, rows[i].gone ? NULL : key));
        CU_ASSERT(lies_in(&r, strrchr(key, '/') + 1, "Z.json.gz")); /* of the digest that names it */
        rig_drop(&r);
    }
}

/* Keys come from a journal that lies on a student's disk. */
static void nothing_outside_is_removed(void)
{
    static const char *const keys[] = {"../../AWSLogs/keep", "/AWSLogs/keep", "AWSLogs/../../../AWSLogs/keep", "AWSLogs//keep",
                                       "AWSLogs/.."};
    struct rig r;
    rig_open(&r);
    for (size_t i = 0; i < COUNT(keys); i++)
        delete_file(&r, keys[i], 7200000);
    AUTO(plan_drop) struct plan plan = {.task = &r.task};
    deleted_find(&plan);
    CU_ASSERT_EQUAL(plan.n_deleted, 0);
    delete_file(&r, "AWSLogs/1/x.json.gz", 7200000);
    deleted_find(&plan);
    CU_ASSERT_EQUAL(plan.n_deleted, 1);
    rig_drop(&r);
}

CU_TestInfo evidence_deleted_tests[] = {
    {"deleted files are gone and named", deleted_files_are_gone_and_named},
    {"nothing outside is removed",       nothing_outside_is_removed      },
    CU_TEST_INFO_NULL,
};
