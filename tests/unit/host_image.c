/* SPDX-License-Identifier: MIT */
/* Servers of one image and one site, which the process reads once, have files of their own. */
#include "tests/unit/host_server.h"

static void append(struct lab_server *s, const char *path)
{
    CU_ASSERT_PTR_NOT_NULL(tree_append(&s->w, &s->server->tree, path, "mine", 4, NOW_MS));
}

static void test_apart(void)
{
    static const char *const paths[] = {"/etc/hosts", "/etc/hostname", "/etc/shadow", "/var/www/html/cafe/index.html"};
    struct lab_server one, two;
    server_open(&one, "cafe");
    server_open(&two, "cafe");
    for (size_t i = 0; i < COUNT(paths); i++) {
        const struct file *mine = tree_find(&one.server->tree, paths[i]), *other = tree_find(&two.server->tree, paths[i]);
        CU_ASSERT_PTR_NOT_NULL(mine);
        CU_ASSERT_PTR_NOT_NULL(other);
        if (!mine || !other)
            continue;
        size_t n = other->size;
        CU_ASSERT_EQUAL(mine->size, n);
        CU_ASSERT_EQUAL(memcmp(mine->data, other->data, n), 0);
        append(&one, paths[i]);
        CU_ASSERT_EQUAL(mine->size, n + 4);
        CU_ASSERT_EQUAL(memcmp(mine->data + n, "mine", 4), 0);
        CU_ASSERT_EQUAL(other->size, n);
        append(&two, paths[i]);
        CU_ASSERT_EQUAL(memcmp(mine->data, other->data, n + 4), 0);
        CU_ASSERT_PTR_NOT_EQUAL(mine->data, other->data);
    }
    CU_ASSERT_PTR_NOT_NULL(tree_put(&one.w, &one.server->tree, "/etc/hosts", "gone", 4, NOW_MS));
    CU_ASSERT_EQUAL(one.server->tree.bytes < two.server->tree.bytes, true);
    server_close(&one);
    server_close(&two);
    server_open(&one, "cafe"); /* the image is what it was */
    const struct file *anew = tree_find(&one.server->tree, "/etc/hosts");
    CU_ASSERT(anew && !memmem(anew->data, anew->size, "mine", 4));
    server_close(&one);
}

CU_TestInfo host_image_tests[] = {
    {"servers of one image are apart", test_apart},
    CU_TEST_INFO_NULL
};
