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

static bool take(const char *manifest, const char *flags, const char *settled, const char *contents, const struct state *before,
                 struct state *ret)
{
    AUTO(str_drop) struct str s = {0};
    struct err e = {0};
    str_addf(&s, "%zu %zu %zu %zu\n%s%s%s%s", strlen(manifest), strlen(flags), strlen(settled), strlen(contents), manifest,
             flags, settled, contents);
    bool good = state_take(&s, before, 500000, 1000000, ret, &e);
    CU_ASSERT(good || e.set);
    return good;
}

static void fits(void)
{
    AUTO(state_drop) struct state s = {0}, next = {0};
    CU_ASSERT(take(MANIFEST, "11", SETTLED, "xyzpq", NULL, &s));
    const struct file *a = tree_find(&s.tree, "/a"), *b = tree_find(&s.tree, "/b");
    CU_ASSERT(a && b && !memcmp(b->data, "xyz", 3) && !memcmp(a->data, "pq", 2)); /* in the manifest's order */
    CU_ASSERT(b && b->uid == 1000 && b->mode == 0600);
    CU_ASSERT(a && a->mtime_ms == 1000);             /* from before the shell: as it was */
    CU_ASSERT(b && b->mtime_ms == 2000000 - 500000); /* written inside: in the lab's time */
    CU_ASSERT_EQUAL(s.tree.bytes, 5);
    CU_ASSERT(take(MANIFEST, "01", SETTLED, "rs", &s, &next));
    a = tree_find(&next.tree, "/a"), b = tree_find(&next.tree, "/b");
    CU_ASSERT(a && b && !memcmp(b->data, "xyz", 3) && !memcmp(a->data, "rs", 2)); /* one as before, one anew */
}

static void does_not_fit(void)
{
    static const struct {
        const char *manifest, *flags, *settled, *contents;
    } rows[] = {
        {MANIFEST,                                                                 "11",  SETTLED, "xyzp"  },
        {MANIFEST,                                                                 "11",  SETTLED, "xyzpqr"},
        {MANIFEST,                                                                 "11",  "",      "xyzpq" },
        {MANIFEST,                                                                 "11",  "[",     "xyzpq" },
        {MANIFEST,                                                                 "1",   SETTLED, "xyz"   },
        {MANIFEST,                                                                 "111", SETTLED, "xyzpq" },
        {MANIFEST,                                                                 "",    SETTLED, ""      },
        {MANIFEST,                                                                 "00",  SETTLED, ""      }, /* there is no before */
        {"./../x type=file mode=0600 uid=0 gid=0 time=1.000 size=0 inode=2\n",     "1",   SETTLED, ""      },
        {"./no/dir type=file mode=0600 uid=0 gid=0 time=1.000 size=0 inode=2\n",   "1",   SETTLED, ""      },
        {"./a type=file mode=0600 uid=0 gid=0 time=1.000 size=99999999 inode=2\n", "1",   SETTLED, "x"     },
        {MANIFEST "./a type=file mode=0644 uid=0 gid=0 time=1.0 size=0 inode=3\n", "11",  SETTLED, "xyzpq" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(state_drop) struct state s = {0};
        CU_ASSERT_FALSE(take(rows[i].manifest, rows[i].flags, rows[i].settled, rows[i].contents, NULL, &s));
    }
}

/* A content that is "as before" while the file before was another. */
static void another_before(void)
{
    AUTO(state_drop) struct state before = {0}, s = {0};
    CU_ASSERT(take("#mtree saved\n. type=dir mode=0755 uid=0 gid=0 time=1.000 inode=1\n"
                   "./b type=file mode=0600 uid=0 gid=0 time=1.000 size=2 inode=2\n",
                   "1", SETTLED, "no", NULL, &before));
    CU_ASSERT_FALSE(take(MANIFEST, "01", SETTLED, "pq", &before, &s));
}

static void lengths(void)
{
    static const char *const rows[] = {
        "", "1", "1 2", "0 0 0 0", "-1 0 0 0\n", "9 9 9 9\nx", "0 0 0\n", "99999999999999999999 0 0 0\n", "x y z u\n"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(state_drop) struct state s = {0};
        AUTO(str_drop) struct str text = {0};
        struct err e = {0};
        str_add(&text, rows[i]);
        CU_ASSERT_FALSE(state_take(&text, NULL, 0, 0, &s, &e));
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
    {"a state that fits",    fits          },
    {"what does not fit",    does_not_fit  },
    {"another before",       another_before},
    {"lengths",              lengths       },
    {"whose files they are", whose_files   },
    CU_TEST_INFO_NULL,
};
