/* SPDX-License-Identifier: MIT */
/* What comes out of a shell is bytes of somebody who had power over who sent them: taken when it fits, refused otherwise. */
#include "sim/shell/parts.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define MANIFEST                                                                                                               \
    "#mtree saved\n. type=dir mode=0755 uid=0 gid=0 time=1.000 inode=1\n"                                                      \
    "./b type=file mode=0600 uid=1000 gid=1000 time=2000.000 size=3 inode=2\n"                                                 \
    "./a type=file mode=0644 uid=0 gid=0 time=1.000 size=2 inode=3\n"
#define SETTLED "{\"sessions\":[]}"

static bool take(const char *manifest, const char *settled, const char *contents, struct world *w, struct shell_left *left)
{
    struct str s = {0};
    struct err e = {0};
    struct shell_plan plan = {.lab_ms = 500000, .now_ms = 1000000};
    str_addf(&s, "%zu %zu %zu\n%s%s%s", strlen(manifest), strlen(settled), strlen(contents), manifest, settled, contents);
    bool good = state_take(&s, &plan, w, left, &e);
    CU_ASSERT(good || e.set);
    str_drop(&s);
    return good;
}

static void fits(void)
{
    struct world w = {0};
    struct shell_left left = {0};
    CU_ASSERT(take(MANIFEST, SETTLED, "xyzpq", &w, &left));
    const struct file *a = tree_find(&left.tree, "/a"), *b = tree_find(&left.tree, "/b");
    CU_ASSERT(a && b && !memcmp(b->data, "xyz", 3) && !memcmp(a->data, "pq", 2)); /* in the manifest's order */
    CU_ASSERT(b && b->uid == 1000 && b->mode == 0600);
    CU_ASSERT(a && a->mtime_ms == 1000);             /* from before the shell: as it was */
    CU_ASSERT(b && b->mtime_ms == 2000000 - 500000); /* written inside: in the lab's time */
    json_decref(left.settled);
    world_drop(&w);
}

static void does_not_fit(void)
{
    static const struct {
        const char *manifest, *settled, *contents;
    } rows[] = {
        {MANIFEST,                                                                 SETTLED, "xyzp"  },
        {MANIFEST,                                                                 SETTLED, "xyzpqr"},
        {MANIFEST,                                                                 "",      "xyzpq" },
        {MANIFEST,                                                                 "[",     "xyzpq" },
        {"./../x type=file mode=0600 uid=0 gid=0 time=1.000 size=0 inode=2\n",     SETTLED, ""      },
        {"./no/dir type=file mode=0600 uid=0 gid=0 time=1.000 size=0 inode=2\n",   SETTLED, ""      },
        {"./a type=file mode=0600 uid=0 gid=0 time=1.000 size=99999999 inode=2\n", SETTLED, "x"     },
        {MANIFEST "./a type=file mode=0644 uid=0 gid=0 time=1.0 size=0 inode=3\n", SETTLED, "xyzpq" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w = {0};
        struct shell_left left = {0};
        CU_ASSERT_FALSE(take(rows[i].manifest, rows[i].settled, rows[i].contents, &w, &left));
        json_decref(left.settled);
        world_drop(&w);
    }
}

static void lengths(void)
{
    static const char *const rows[] = {"",       "1", "1 2", "0 0 0", "-1 0 0\n", "9 9 9\nx", "99999999999999999999 0 0\n",
                                       "x y z\n"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w = {0};
        struct shell_left left = {0};
        struct shell_plan plan = {0};
        struct err e = {0};
        struct str s = {0};
        str_add(&s, rows[i]);
        CU_ASSERT_FALSE(state_take(&s, &plan, &w, &left, &e));
        str_drop(&s);
        world_drop(&w);
    }
}

static void whose_files(void)
{
    CU_ASSERT(root_is_ours("/usr"));
    CU_ASSERT(root_is_ours("/usr/bin/sudo"));
    CU_ASSERT(root_is_ours("/etc/alternatives/vi"));
    CU_ASSERT_FALSE(root_is_ours("/usrlocal"));
    CU_ASSERT_FALSE(root_is_ours("/etc/passwd"));
    CU_ASSERT_FALSE(root_is_ours("/etc/ssh/sshd_config"));
}

CU_TestInfo shell_state_tests[] = {
    {"a state that fits",    fits        },
    {"what does not fit",    does_not_fit},
    {"lengths",              lengths     },
    {"whose files they are", whose_files },
    CU_TEST_INFO_NULL,
};
