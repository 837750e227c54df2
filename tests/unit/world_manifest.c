/* SPDX-License-Identifier: MIT */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define ROW "type=file mode=0644 uid=0 gid=0 time=1727942412.25"

/* clang-format off */
static const struct {
    const char *text, *says; /* NULL = good */
} rows[] = {
    {"", NULL},
    {"./a " ROW "\n", NULL},
    {"# a comment\n\n./a " ROW " size=12 inode=7\n", NULL},
    {"./a\\040b " ROW "\n", NULL},
    {". type=dir mode=0755 uid=0 gid=0 time=1\n./l type=link mode=0777 uid=0 gid=0 time=1 link=a\\040b\n", NULL},
    {"./a type=fifo mode=0644 uid=0 gid=0 time=1\n", "line 1: expected file, dir or link after type=, not \"type=fifo\""},
    {"./a type=file mode=0888 uid=0 gid=0 time=1\n", "line 1: expected octal digits such as 0644 after mode=, not \"mode=0888\""},
    {"./a type=file mode=17777 uid=0 gid=0 time=1\n", "line 1: expected octal digits such as 0644 after mode=, not \"mode=17777\""},
    {"./a type=file mode=0644 uid=-1 gid=0 time=1\n", "line 1: expected a number after uid=, not \"uid=-1\""},
    {"./a type=file mode=0644 uid=0 gid=5000000000 time=1\n", "line 1: expected a number after gid=, not \"gid=5000000000\""},
    {"./a type=file mode=0644 uid=0 gid=0 time=soon\n", "line 1: expected seconds such as 1727942412.250 after time=, not \"time=soon\""},
    {"./a type=file mode=0644 uid=0 gid=0\n", "line 1: no time= for \"/a\""},
    {"./a " ROW " uid=1\n", "line 1: given twice: \"uid\""},
    {"./a " ROW " colour=red\n", "line 1: unknown word \"colour=red\""},
    {"./a " ROW " link=x\n", "line 1: link= belongs to links, and only to them"},
    {"./a type=link mode=0777 uid=0 gid=0 time=1\n", "line 1: link= belongs to links, and only to them"},
    {"/etc/passwd " ROW "\n", "line 1: not a path below \".\": \"/etc/passwd\""},
    {"./../x " ROW "\n", "line 1: not a path below \".\": \"./../x\""},
    {"./a\\000 " ROW "\n", "line 1: not a path below \".\": \"./a\\000\""},
    {"./a " ROW "\n./a " ROW "\n", "\"/a\" is listed twice"},
    {"./a/b " ROW "\n", "\"/a/b\": the directory that holds it is not listed"},
    {". " ROW "\n", "\"/\" is not a directory"},
    {"   \n", "line 1: names no path"},
};
/* clang-format on */

static void test_reading(void)
{
    struct seed seed = seed_from_text("m");
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(world_drop) struct world w;
        struct tree t = {0};
        struct err e = {0};
        world_init(&w, &seed, "123456789012", "us-west-2", 1000);
        bool good = tree_read_manifest(&w, &t, rows[i].text, strlen(rows[i].text), NULL, &e);
        if (good != !rows[i].says || (!good && strcmp(e.msg, rows[i].says) != 0))
            printf("%s: %s\n", rows[i].text, good ? "good" : e.msg);
        CU_ASSERT(good == !rows[i].says && (good || strcmp(e.msg, rows[i].says) == 0));
        CU_ASSERT(good ? t.n >= 1 : t.n == 0);
    }
}

static void test_values(void)
{
    static const char text[] = "#mtree saved\n. type=dir mode=0755 uid=0 gid=0 time=1\n"
                               "./a\\040\\134 type=file mode=4755 uid=3 gid=4 time=1727942412.2567 size=12 inode=77\n";
    AUTO(world_drop) struct world w;
    AUTO(str_drop) struct str again = {0};
    struct seed seed = seed_from_text("m");
    struct tree t = {0};
    struct err e = {0};
    bool saved = false;
    world_init(&w, &seed, "123456789012", "us-west-2", 1000);
    CU_ASSERT(tree_read_manifest(&w, &t, text, strlen(text), &saved, &e) && saved);
    const struct file *file = tree_find(&t, "/a \\");
    CU_ASSERT(file && file->mode == 04755 && file->uid == 3 && file->gid == 4 && file->mtime_ms == 1727942412256 &&
              file->size == 12 && file->inode == 77);
    tree_add_manifest(&again, &t);
    CU_ASSERT(strstr(again.s, "./a\\040\\134 type=file mode=4755 uid=3 gid=4 time=1727942412.256 size=12 inode=77\n") != NULL);
}

CU_TestInfo world_manifest_tests[] = {
    {"good and bad lines", test_reading},
    {"values",             test_values },
    CU_TEST_INFO_NULL,
};
