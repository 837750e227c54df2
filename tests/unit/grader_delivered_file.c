/* SPDX-License-Identifier: MIT */
/* What was delivered comes back out of its file as it went in; a file of something else, or a damaged one, is as good as none.
 */
#include "grader/delivered.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define H "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool write_text(const char *path, const char *text)
{
    struct err e = {0};
    return file_write(path, text, strlen(text), 0600, &e);
}

static void there_and_back(void)
{
    char dir[] = "/tmp/cafelab-kept-XXXXXX";
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    const char *path = arena_printf(&arena, "%s/kept", dir);
    struct delivered d = {0}, back = {0};
    struct delivered_file files[] = {
        {"s3/b/with blank.json.gz", 17, H, H,  false},
        {"host/var/log/secure",     0,  H, "", true },
    };
    struct delivered_record records[] = {
        {"0b9f1b2c", "s3/b/with blank.json.gz"}
    };
    d.files = files;
    d.n = 2;
    d.records = records;
    d.n_records = 1;
    CU_ASSERT(delivered_save(path, "of this", &d, &e));
    CU_ASSERT(!delivered_load(path, "of that", &back));
    CU_ASSERT(delivered_load(path, "of this", &back));
    CU_ASSERT_EQUAL(back.n, 2);
    CU_ASSERT_EQUAL(back.n_records, 1);
    for (size_t i = 0; i < back.n; i++) {
        CU_ASSERT_STRING_EQUAL(back.files[i].path, files[i].path);
        CU_ASSERT_STRING_EQUAL(back.files[i].sha256, files[i].sha256);
        CU_ASSERT_STRING_EQUAL(back.files[i].unpacked, files[i].unpacked);
        CU_ASSERT_EQUAL(back.files[i].size, files[i].size);
        CU_ASSERT_EQUAL(back.files[i].grows, files[i].grows);
    }
    CU_ASSERT_STRING_EQUAL(delivered_record_path(&back, "0b9f1b2c"), "s3/b/with blank.json.gz");
    delivered_drop(&back);
    static const char *const damaged[] = {
        "",
        "of this\n",
        "of this\nf 17 " H " - s3/x\n",
        "of this\nf 17 abc - s3/x\nend\n",
        "of this\nf seventeen " H " - s3/x\nend\n",
        "of this\nf 17 " H " - \nend\n",
        "of this\nx 17 " H " - s3/x\nend\n",
        "of this\nr 0b9f1b2c\nend\n",
        "of this\n\nend\n",
    };
    for (size_t i = 0; i < COUNT(damaged); i++) {
        CU_ASSERT(write_text(path, damaged[i]));
        CU_ASSERT(!delivered_load(path, "of this", &back));
        CU_ASSERT_EQUAL(back.n, 0);
    }
    CU_ASSERT(!delivered_load(arena_printf(&arena, "%s/none", dir), "of this", &back));
    CU_ASSERT(dir_remove(dir, &e));
}

CU_TestInfo grader_delivered_file_tests[] = {
    {"there and back", there_and_back},
    CU_TEST_INFO_NULL,
};
