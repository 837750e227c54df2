/* SPDX-License-Identifier: MIT */
/* Who takes a lab's files as they are made gets what the disk gets: bytes, modes, times and links; also without a disk. */
#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct kept {
    char *path;
    mode_t mode;
    int64_t mtime_ms;
    struct str data;
    bool unpacked;
};
struct taken {
    pthread_mutex_t lock;
    struct kept *list;
    size_t n, cap;
};

static bool keep(void *context, const struct made_file *file, struct err *e)
{
    struct taken *t = context;
    (void)e;
    pthread_mutex_lock(&t->lock);
    struct kept *one = GROW(t->list, t->n, t->cap);
    *one = (struct kept){xstrdup(file->path), file->mode, file->mtime_ms, {0}, file->unpacked != NULL};
    str_addn(&one->data, file->data, file->n);
    pthread_mutex_unlock(&t->lock);
    return true;
}

static void taken_drop(struct taken *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->list[i].path);
        str_drop(&t->list[i].data);
    }
    free(t->list);
}

static const struct kept *find(const struct taken *t, const char *path)
{
    size_t i = 0;
    while (i < t->n && strcmp(t->list[i].path, path) != 0)
        i++;
    return i < t->n ? &t->list[i] : NULL;
}

static void build(const char *out, struct taken *taken)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    struct lab_plan plan = {
        .scenario = "cafe-breach",
        .out = out,
        .play = {.seed = "7", .events = 200},
        .threads = 2,
        .take = keep,
        .take_context = taken
    };
    CU_ASSERT(lab_build(&plan, &diags, &e));
    if (e.set)
        fprintf(stderr, "lab_build: %s\n", e.msg);
}

struct comparing {
    const struct taken *with, *without;
    size_t n_files, n_packed;
};

static bool compare(void *context, const struct dir_entry *entry, struct err *e)
{
    struct comparing *c = context;
    AUTO(str_drop) struct str bytes = {0};
    bool history = strcmp(entry->path, "account/event-history.json") == 0;
    const struct kept *one = find(c->without, entry->path), *both = history ? one : find(c->with, entry->path);
    if (entry->is_dir && !one) /* a folder that others lie in */
        return true;
    CU_ASSERT(one && both);
    if (!one || !both)
        return err_set(e, "'%s' was not taken", entry->path);
    CU_ASSERT(one->mode == (entry->is_link ? (S_IFLNK | 0777) : entry->mode) && both->mode == one->mode);
    CU_ASSERT(one->mtime_ms == MADE_NOW || one->mtime_ms == entry->mtime_ms);
    if (entry->is_dir || entry->is_link)
        return true;
    CU_ASSERT(file_read_at(entry->dir, entry->name, 64 << 20, &bytes, e));
    CU_ASSERT(bytes.len == one->data.len && !memcmp(str_text(&bytes), str_text(&one->data), bytes.len));
    CU_ASSERT(one->data.len == both->data.len && !memcmp(str_text(&one->data), str_text(&both->data), one->data.len));
    CU_ASSERT(one->unpacked == text_ends(entry->path, ".json.gz"));
    c->n_files++;
    c->n_packed += one->unpacked;
    return true;
}

static void test_taken(void)
{
    char dir[] = "/tmp/cafelab-unit-XXXXXX", out[64];
    struct taken with = {.lock = PTHREAD_MUTEX_INITIALIZER}, without = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct comparing c = {&with, &without, 0, 0};
    struct err e = {0};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    snprintf(out, sizeof(out), "%s/lab", dir);
    build(out, &with);
    build(NULL, &without);
    CU_ASSERT(dir_walk(out, compare, &c, &e));
    size_t files = 0;
    for (size_t i = 0; i < without.n; i++)
        files += S_ISREG(without.list[i].mode);
    CU_ASSERT(c.n_packed > 0 && c.n_files == files);
    CU_ASSERT_PTR_NULL(find(&with, "account/event-history.json"));
    taken_drop(&with);
    taken_drop(&without);
    CU_ASSERT(dir_remove(dir, &e));
}

CU_TestInfo lab_build_tests[] = {
    {"who takes files gets what the disk gets", test_taken},
    CU_TEST_INFO_NULL,
};
