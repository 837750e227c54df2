/* SPDX-License-Identifier: MIT */
/* What was delivered comes back out of its file as it went in; a file of something else, or a damaged one, is as good as none.
 */
#include "grader/delivered.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define H "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool write_ended(const char *path, const char *text)
{
    AUTO(arena_drop) struct arena arena = {0};
    char hash[65];
    struct err e = {0};
    sha256_hex(text, strlen(text), hash);
    const char *all = arena_printf(&arena, "%send %s\n", text, hash);
    return file_write(path, all, strlen(all), 0600, &e);
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
    AUTO(str_drop) struct str text = {0};
    CU_ASSERT(file_read(path, 4096, &text, &e));
    for (size_t i = 0; i < text.len; i++) { /* torn, or a byte is another */
        CU_ASSERT(file_write(path, text.s, i, 0600, &e) && !delivered_load(path, "of this", &back));
        text.s[i] ^= 1;
        CU_ASSERT(file_write(path, text.s, text.len, 0600, &e) && !delivered_load(path, "of this", &back));
        text.s[i] ^= 1;
    }
    CU_ASSERT_EQUAL(back.n, 0);
    static const char *const damaged[] = {
        "f 17 abc - s3/x\n", "f seventeen " H " - s3/x\n", "f 17 " H " - \n", "x 17 " H " - s3/x\n", "r 0b9f1b2c\n", "\n",
    };
    static const char good[] = "f 17 " H " - s3/x\n";
    for (size_t i = 0; i <= COUNT(damaged); i++) {
        const char *line = i < COUNT(damaged) ? damaged[i] : good;
        CU_ASSERT(write_ended(path, arena_printf(&arena, "of this\n%s", line)));
        CU_ASSERT_EQUAL(delivered_load(path, "of this", &back), line == good);
        CU_ASSERT_EQUAL(back.n, line == good);
    }
    delivered_drop(&back);
    CU_ASSERT(!delivered_load(arena_printf(&arena, "%s/none", dir), "of this", &back));
    CU_ASSERT(dir_remove(dir, &e));
}

CU_TestInfo grader_delivered_file_tests[] = {
    {"there and back", there_and_back},
    CU_TEST_INFO_NULL,
};
