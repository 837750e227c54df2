/* SPDX-License-Identifier: MIT */
/* Files as members of an archive: what was made just now is dated to the end; servers' files keep their own time. Folders come
 * before what is in them, also those that nobody made. */
#include "grader/handin/tar.h"
#include "sim/evidence/evidence.h"

#include <CUnit/CUnit.h>
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>

#define LATEST_MS INT64_C(1760630400000)

static const struct row {
    const char *path;
    int64_t made_s, packed_s; /* 0 = just now */
} rows[] = {
    {"README.md",             0,          1760630400},
    {"answers.yaml",          1760000000, 1760000000},
    {"host/var/log/secure",   1760630401, 1760630401}, /* a visit that began before the end */
    {"host-b/var/log/secure", 1760630405, 1760630405},
    {"hosting/x",             1790000000, 1760630400},
};

#define FOLDERS 8 /* lab/, host/, host/var/, host/var/log/, host-b/ and below, hosting/ */

static void gather(struct tar_load *load, struct err *e)
{
    for (size_t i = COUNT(rows); i-- > 0;) /* in no order */
        CU_ASSERT(tar_load_take(load,
                                &(struct made_file){.path = rows[i].path,
                                                    .mode = S_IFREG | 0644,
                                                    .mtime_ms = rows[i].made_s ? rows[i].made_s * 1000 : MADE_NOW,
                                                    .data = "x",
                                                    .n = 1},
                                e));
    const struct made_file folder = {.path = "host/var", .mode = S_IFDIR | 0755, .mtime_ms = MADE_NOW, .data = ""};
    CU_ASSERT(tar_load_take(load, &folder, e) && tar_load_take(load, &folder, e)); /* twice is once */
}

static void compare(const struct str *packed)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t seen = 0, folders = 0;
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    CU_ASSERT_EQUAL(archive_read_open_memory(a, packed->s, packed->len), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
        folders += archive_entry_filetype(entry) == AE_IFDIR;
        for (size_t i = 0; i < COUNT(rows); i++)
            if (!strcmp(archive_entry_pathname(entry) + strlen("lab/"), rows[i].path)) {
                CU_ASSERT_EQUAL(archive_entry_mtime(entry), rows[i].packed_s);
                seen++;
            }
    }
    CU_ASSERT_EQUAL(seen, COUNT(rows));
    CU_ASSERT_EQUAL(folders, FOLDERS);
    archive_read_free(a);
}

static void compare_contents(const struct str *packed)
{
    static const char *const wanted[] = {"passing", "given", "stays"};
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t seen = 0;
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    CU_ASSERT_EQUAL(archive_read_open_memory(a, packed->s, packed->len), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
        char text[16] = "";
        if (archive_entry_filetype(entry) == AE_IFREG && archive_read_data(a, text, sizeof(text) - 1) > 0 &&
            seen < COUNT(wanted))
            CU_ASSERT_STRING_EQUAL(text, wanted[seen++]);
    }
    CU_ASSERT_EQUAL(seen, COUNT(wanted));
    archive_read_free(a);
}

static void times_of_members(void)
{
    AUTO(str_drop) struct str packed = {0};
    AUTO(tar_load_drop) struct tar_load load = {0};
    struct err e = {0};
    gather(&load, &e);
    struct gzip_parts *gz = gzip_parts_new(&packed);
    CU_ASSERT(tar_pack_load(gz, &load, "lab", LATEST_MS, NULL, &e));
    tar_pack_end(gz);
    CU_ASSERT(!e.set);
    compare(&packed);
}

/* Bytes that stay are not copied, those that are given are taken over, all others are; hashes that are known are kept. */
static void whose_bytes(void)
{
    AUTO(tar_load_drop) struct tar_load load = {0};
    AUTO(str_drop) struct str packed = {0}, given = {0};
    struct err e = {0};
    char passing[] = "passing", hash[65];
    memset(hash, '7', 64);
    hash[64] = 0;
    str_add(&given, "given");
    const struct made_file files[] = {
        {.path = "a",      .mode = S_IFREG | 0644, .data = passing, .n = 7},
        {           .path = "b",                      .mode = S_IFREG | 0644,                 .data = given.s, .n = 5,       .gives = &given},
        { .path = "c", .mode = S_IFREG | 0644,                   .data = "stays",                      .n = 5,       .stays = true, .hash = hash},
    };
    for (size_t i = 0; i < COUNT(files); i++)
        CU_ASSERT(tar_load_take(&load, &files[i], &e));
    CU_ASSERT_PTR_NULL(given.s);
    memset(passing, 'x', sizeof(passing));
    struct gzip_parts *gz = gzip_parts_new(&packed);
    CU_ASSERT(tar_pack_load(gz, &load, "lab", LATEST_MS, NULL, &e));
    tar_pack_end(gz);
    CU_ASSERT_STRING_EQUAL(tar_load_hash(&load, "c"), hash);
    CU_ASSERT_STRING_EQUAL(tar_load_hash(&load, "a"), "");
    CU_ASSERT_STRING_EQUAL(tar_load_hash(&load, "d"), "");
    compare_contents(&packed);
}

CU_TestInfo handin_tar_tests[] = {
    {"times of members", times_of_members},
    {"whose bytes",      whose_bytes     },
    CU_TEST_INFO_NULL
};
