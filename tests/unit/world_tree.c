/* SPDX-License-Identifier: MIT */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct yard { /* a world and a tree in it: /, /a, /a/b, /a/b/c.txt, /z */
    struct world w;
    struct tree t;
};

static void yard_make(struct yard *y)
{
    struct seed seed = seed_from_text("tree");
    *y = (struct yard){0};
    world_init(&y->w, &seed, "123456789012", "us-west-2", 1000);
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(&y->w, &y->t, "/", 0755, 0, 0, 10));
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(&y->w, &y->t, "/a", 0755, 1, 2, 20));
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(&y->w, &y->t, "/a/b", 0700, 0, 0, 30));
    CU_ASSERT_PTR_NOT_NULL(tree_put(&y->w, &y->t, "/a/b/c.txt", "cake", 4, 40));
    CU_ASSERT_PTR_NOT_NULL(tree_link(&y->w, &y->t, "/z", "a/b", 50));
}

static void yard_drop(struct yard *y)
{
    world_drop(&y->w);
}

/* The paths in order, joined by blanks. */
static const char *paths(struct yard *y)
{
    AUTO(str_drop) struct str all = {0};
    size_t n = 0;
    for (const struct file *f = y->t.files; f; f = f->next, n++)
        str_addf(&all, "%s%s", n ? " " : "", f->path);
    CU_ASSERT_EQUAL(n, y->t.n);
    return arena_dup(&y->w.arena, str_text(&all));
}

static int64_t mtime(struct yard *y, const char *path)
{
    const struct file *file = tree_find(&y->t, path);
    return file ? file->mtime_ms : -1;
}

static void test_changes(void)
{
    AUTO(yard_drop) struct yard y;
    yard_make(&y);
    CU_ASSERT_STRING_EQUAL(paths(&y), "/ /a /a/b /a/b/c.txt /z");
    CU_ASSERT(mtime(&y, "/a/b") == 40 && mtime(&y, "/") == 50 && mtime(&y, "/a") == 30);
    struct file *cake = tree_find(&y.t, "/a/b/c.txt");
    cake->mode = 0600;
    CU_ASSERT(tree_put(&y.w, &y.t, "/a/b/c.txt", "cakes", 5, 60) == cake && cake->mode == 0600 && cake->size == 5);
    CU_ASSERT(mtime(&y, "/a/b") == 40 && y.t.bytes == 5);
    CU_ASSERT(tree_move(&y.w, &y.t, "/a/b", "/b", 70));
    CU_ASSERT_STRING_EQUAL(paths(&y), "/ /a /b /b/c.txt /z");
    CU_ASSERT(mtime(&y, "/a") == 70 && mtime(&y, "/") == 70 && mtime(&y, "/b/c.txt") == 60);
    CU_ASSERT(tree_find(&y.t, "/b/c.txt") == cake && !tree_find(&y.t, "/a/b/c.txt"));
    CU_ASSERT(tree_put(&y.w, &y.t, "/d", "x", 1, 80) && tree_move(&y.w, &y.t, "/b/c.txt", "/d", 90));
    CU_ASSERT(tree_find(&y.t, "/d") == cake && y.t.bytes == 5);
    CU_ASSERT(tree_remove(&y.t, "/b", 100) && tree_remove(&y.t, "/d", 110) && y.t.bytes == 0);
    CU_ASSERT_STRING_EQUAL(paths(&y), "/ /a /z");
    CU_ASSERT_EQUAL(mtime(&y, "/"), 110);
}

/* The order is that of a walk: a directory, what it holds, then its sister whose name begins alike. */
/* What grows does so in place, and what a copy of the tree remembers stays as it was. */
static void test_growth(void)
{
    AUTO(yard_drop) struct yard y;
    struct tree before = {0};
    yard_make(&y);
    tree_copy(&y.w, &before, &y.t);
    struct file *cake = tree_append(&y.w, &y.t, "/a/b/c.txt", "s and", 5, 60);
    const char *place = cake ? cake->data : NULL;
    CU_ASSERT(cake && cake->size == 9 && cake->mtime_ms == 60 && y.t.bytes == 9 && cake->dirty);
    CU_ASSERT(tree_append(&y.w, &y.t, "/a/b/c.txt", " pi", 3, 70) == cake && cake->data == place);
    CU_ASSERT(cake && cake->size == 12 && !memcmp(cake->data, "cakes and pi", 12));
    const struct file *was = tree_find(&before, "/a/b/c.txt");
    CU_ASSERT(was && was->size == 4 && !memcmp(was->data, "cake", 4));
    struct file *copied = tree_append(&y.w, &before, "/a/b/c.txt", "!", 1, 80);
    CU_ASSERT(copied && copied->size == 5 && !memcmp(copied->data, "cake!", 5) && cake->data[4] == 's');
    CU_ASSERT(tree_append(&y.w, &y.t, "/a/new", "x", 1, 90) && tree_find(&y.t, "/a/new")->size == 1);
    CU_ASSERT(!tree_append(&y.w, &y.t, "/z", "x", 1, 90) && !tree_append(&y.w, &y.t, "/no/such", "x", 1, 90));
}

static void test_order(void)
{
    AUTO(yard_drop) struct yard y;
    yard_make(&y);
    tree_put(&y.w, &y.t, "/a-1", "", 0, 1);
    tree_put(&y.w, &y.t, "/a/z", "", 0, 1);
    tree_put(&y.w, &y.t, "/a.txt", "", 0, 1);
    CU_ASSERT_STRING_EQUAL(paths(&y), "/ /a /a/b /a/b/c.txt /a/z /a-1 /a.txt /z");
}

static void test_refusals(void)
{
    static const char *const bad[] = {"",       "a",       "a/b",     "/a/",  "//a",         "/a//b",
                                      "/a/./b", "/a/../b", "/none/x", "/z/x", "/a/b/c.txt/x"};
    AUTO(yard_drop) struct yard y;
    char longer[300], deep[200] = "";
    yard_make(&y);
    const char *before = paths(&y);
    for (size_t i = 0; i < COUNT(bad); i++) {
        CU_ASSERT_PTR_NULL(tree_put(&y.w, &y.t, bad[i], "x", 1, 1));
        CU_ASSERT_PTR_NULL(tree_mkdir(&y.w, &y.t, bad[i], 0755, 0, 0, 1));
        CU_ASSERT_PTR_NULL(tree_link(&y.w, &y.t, bad[i], "t", 1));
        CU_ASSERT(!tree_move(&y.w, &y.t, "/a/b", bad[i], 1));
        CU_ASSERT(!tree_remove(&y.t, bad[i], 1));
    }
    CU_ASSERT_PTR_NULL(tree_put(&y.w, &y.t, "/a", "x", 1, 1));       /* a directory */
    CU_ASSERT_PTR_NULL(tree_put(&y.w, &y.t, "/z", "x", 1, 1));       /* a link */
    CU_ASSERT_PTR_NULL(tree_mkdir(&y.w, &y.t, "/z", 0755, 0, 0, 1)); /* a link */
    CU_ASSERT_PTR_NULL(tree_link(&y.w, &y.t, "/a", "t", 1));
    CU_ASSERT(!tree_move(&y.w, &y.t, "/a", "/a/b/a", 1)); /* into itself */
    CU_ASSERT(!tree_move(&y.w, &y.t, "/z", "/a", 1));     /* over a directory */
    CU_ASSERT(!tree_move(&y.w, &y.t, "/", "/q", 1));
    CU_ASSERT(!tree_remove(&y.t, "/", 1));
    memset(longer, 'x', sizeof(longer));
    longer[0] = '/';
    longer[299] = '\0';
    CU_ASSERT_PTR_NULL(tree_put(&y.w, &y.t, longer, "x", 1, 1));
    CU_ASSERT_STRING_EQUAL(paths(&y), before);
    for (int i = 0; i < 64; i++) { /* as deep as it goes; then nothing may be moved deeper */
        strcat(deep, "/d");
        CU_ASSERT_PTR_NOT_NULL(tree_mkdir(&y.w, &y.t, deep, 0755, 0, 0, 1));
    }
    CU_ASSERT(!tree_move(&y.w, &y.t, "/d", "/a/d", 1));
    CU_ASSERT(tree_move(&y.w, &y.t, "/d", "/e", 1));
}

/* All contents together have a limit, not each by itself. */
static void test_limit(void)
{
    AUTO(yard_drop) struct yard y;
    size_t half = TREE_MAX_BYTES / 2 + 1;
    char *data = calloc(1, half);
    yard_make(&y);
    CU_ASSERT_PTR_NOT_NULL(tree_put(&y.w, &y.t, "/1", data, half, 1));
    CU_ASSERT_PTR_NULL(tree_put(&y.w, &y.t, "/2", data, half, 1));
    CU_ASSERT_PTR_NULL(tree_find(&y.t, "/2"));
    CU_ASSERT_PTR_NOT_NULL(tree_put(&y.w, &y.t, "/1", data, 8, 1));
    CU_ASSERT_PTR_NOT_NULL(tree_put(&y.w, &y.t, "/2", data, half, 1));
    free(data);
}

/* ---- the disk ---- */

struct disk {
    char dir[64], root[80], manifest[96];
};

static void disk_make(struct disk *d)
{
    snprintf(d->dir, sizeof(d->dir), "/tmp/cafelab-tree-XXXXXX");
    if (!mkdtemp(d->dir))
        abort();
    snprintf(d->root, sizeof(d->root), "%s/root", d->dir);
    snprintf(d->manifest, sizeof(d->manifest), "%s/tree.mtree", d->dir);
}

static void disk_drop(struct disk *d)
{
    struct err e = {0};
    dir_remove(d->dir, &e);
}

static void test_disk(void)
{
    AUTO(yard_drop) struct yard y, other;
    AUTO(disk_drop) struct disk d;
    AUTO(str_drop) struct str first = {0}, second = {0};
    struct err e = {0};
    char path[128];
    yard_make(&y);
    yard_make(&other);
    disk_make(&d);
    tree_find(&y.t, "/a/b/c.txt")->mode = 0000;
    CU_ASSERT(tree_save(&y.t, d.root, d.manifest, true, &e));
    CU_ASSERT(tree_load(&other.w, &other.t, d.root, d.manifest, &e));
    tree_add_manifest(&first, &y.t);
    tree_add_manifest(&second, &other.t);
    CU_ASSERT_STRING_EQUAL(first.s, second.s);
    CU_ASSERT(other.t.bytes == 4 && tree_find(&other.t, "/a/b/c.txt")->mode == 0);
    CU_ASSERT_STRING_EQUAL(tree_find(&other.t, "/a/b/c.txt")->data, "cake");
    CU_ASSERT_STRING_EQUAL(tree_find(&other.t, "/z")->data, "a/b");
    /* somebody works on the disk: what is new is taken, what is gone is gone, a link is not followed */
    snprintf(path, sizeof(path), "%s/a/new", d.root);
    CU_ASSERT(file_write(path, "n", 1, 0640, &e));
    snprintf(path, sizeof(path), "%s/z", d.root);
    CU_ASSERT(unlink(path) == 0);
    snprintf(path, sizeof(path), "%s/a/out", d.root);
    CU_ASSERT(symlink("/etc", path) == 0);
    CU_ASSERT(tree_load(&other.w, &other.t, d.root, d.manifest, &e));
    CU_ASSERT_STRING_EQUAL(paths(&other), "/ /a /a/b /a/b/c.txt /a/new /a/out");
    CU_ASSERT(tree_find(&other.t, "/a/new")->mode == 0640 && tree_find(&other.t, "/a/out")->kind == FILE_LINK);
    /* a removal in the tree is one on the disk */
    CU_ASSERT(tree_remove(&other.t, "/a/b", 1) && tree_save(&other.t, d.root, d.manifest, false, &e));
    snprintf(path, sizeof(path), "%s/a/b", d.root);
    CU_ASSERT(!file_exists(path));
    CU_ASSERT(!e.set);
}

/* Piece by piece, as rm and userdel do it: what was in a directory before the directory. */
static void test_removed_in_pieces(void)
{
    AUTO(yard_drop) struct yard y;
    AUTO(disk_drop) struct disk d;
    struct err e = {0};
    char path[128];
    yard_make(&y);
    disk_make(&d);
    CU_ASSERT(tree_save(&y.t, d.root, d.manifest, true, &e));
    snprintf(path, sizeof(path), "%s/a/b", d.root);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    CU_ASSERT(tree_remove(&y.t, "/a/b/c.txt", 1) && tree_remove(&y.t, "/a/b", 1));
    CU_ASSERT(tree_save(&y.t, d.root, d.manifest, false, &e));
    CU_ASSERT_EQUAL(access(path, F_OK), -1);
    CU_ASSERT(!e.set);
}

/* Names come, go and move until the index has been through every kind of gap; what is listed is found, and nothing else. */
static void test_many(void)
{
    enum { NAMES = 900, ROUNDS = 6000 };
    AUTO(yard_drop) struct yard y;
    struct seed seed = seed_from_text("many");
    struct chance chance = chance_of(&seed, "names");
    bool there[NAMES] = {false};
    yard_make(&y);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t a = chance_between(&chance, 0, NAMES - 1), b = chance_between(&chance, 0, NAMES - 1);
        const char *from = arena_printf(&y.w.arena, "/a/f%d", (int)a), *to = arena_printf(&y.w.arena, "/a/f%d", (int)b);
        if (!there[a])
            there[a] = tree_put(&y.w, &y.t, from, "x", 1, 1) != NULL;
        else if (i % 3 == 0 && a != b && tree_move(&y.w, &y.t, from, to, 1)) {
            there[a] = false;
            there[b] = true;
        } else
            there[a] = !tree_remove(&y.t, from, 1);
    }
    size_t wrong = 0, n = 0;
    for (int i = 0; i < NAMES; i++) {
        const struct file *f = tree_find(&y.t, arena_printf(&y.w.arena, "/a/f%d", i));
        wrong += (f != NULL) != there[i] || (f && strcmp(f->path + 4, arena_printf(&y.w.arena, "%d", i)) != 0);
        n += there[i];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(n > 100 && y.t.n == n + 5);
}

/* Bytes that are not copied, until a log in them grows. */
static void test_lasting(void)
{
    static const char bytes[] = "cake and tea";
    AUTO(yard_drop) struct yard y;
    yard_make(&y);
    struct file *f = tree_put_lasting(&y.w, &y.t, "/a/b/c.txt", bytes, 4, 60);
    CU_ASSERT(f && f->data == bytes && f->size == 4 && y.t.bytes == 4);
    CU_ASSERT_PTR_EQUAL(tree_put(&y.w, &y.t, "/a/b/c.txt", "cakes", 5, 61), f);
    CU_ASSERT(f->data != bytes && f->size == 5 && !memcmp(f->data, "cakes", 5) && !strcmp(bytes, "cake and tea"));
    CU_ASSERT_PTR_NULL(tree_put_lasting(&y.w, &y.t, "/nowhere/x", bytes, 4, 60));
    CU_ASSERT_PTR_NULL(tree_put_lasting(&y.w, &y.t, "/a", bytes, 4, 60));
}

static void test_no_disk(void)
{
    AUTO(yard_drop) struct yard y;
    AUTO(disk_drop) struct disk d;
    struct err e = {0};
    disk_make(&d);
    yard_make(&y);
    CU_ASSERT(!tree_load(&y.w, &y.t, d.root, d.manifest, &e) && e.set && y.t.n == 0);
    e = (struct err){0};
    CU_ASSERT(dir_make(d.root, &e));
    CU_ASSERT(file_write(d.manifest, "./x type=file mode=0644 uid=0 gid=0 time=1\n", 43, 0644, &e));
    CU_ASSERT(!tree_load(&y.w, &y.t, d.root, d.manifest, &e));
    CU_ASSERT(strstr(e.msg, "\"/x\" is in the manifest but not there") != NULL);
}

CU_TestInfo world_tree_tests[] = {
    {"changes, and the times they leave", test_changes          },
    {"growth",                            test_growth           },
    {"order",                             test_order            },
    {"refusals",                          test_refusals         },
    {"the limit on all contents",         test_limit            },
    {"the disk and back",                 test_disk             },
    {"what is missing on the disk",       test_no_disk          },
    {"many that come and go",             test_many             },
    {"bytes that are not copied",         test_lasting          },
    {"removed in pieces",                 test_removed_in_pieces},
    CU_TEST_INFO_NULL,
};
