/* SPDX-License-Identifier: MIT */
/* Folders as members of an archive: what was written just now is dated to the end; servers' files keep their own time. */
#include "grader/handin/tar.h"

#include <CUnit/CUnit.h>
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LATEST_MS INT64_C(1760630400000)

static const struct row {
    const char *path;
    int64_t written_s, packed_s;
} rows[] = {
    {"README.md",             1790000000, 1760630400},
    {"answers.yaml",          1760000000, 1760000000},
    {"host/var/log/secure",   1760630401, 1760630401}, /* a visit that began before the end */
    {"host-b/var/log/secure", 1760630405, 1760630405},
    {"hosting/x",             1790000000, 1760630400},
};

static void lay_out(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    static const char *const folders[] = {"host",    "host/var",   "host/var/log",  "host-b",
                                          "hosting", "host-b/var", "host-b/var/log"};
    for (size_t i = 0; i < COUNT(folders); i++)
        dir_make(arena_printf(&arena, "%s/%s", dir, folders[i]), e);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *path = arena_printf(&arena, "%s/%s", dir, rows[i].path);
        const struct timespec times[2] = {{.tv_sec = rows[i].written_s}, {.tv_sec = rows[i].written_s}};
        file_write(path, "x", 1, 0644, e);
        CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, times, 0), 0);
    }
}

static void compare(const struct str *tar)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t seen = 0;
    archive_read_support_format_tar(a);
    CU_ASSERT_EQUAL(archive_read_open_memory(a, tar->s, tar->len), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK)
        for (size_t i = 0; i < COUNT(rows); i++)
            if (!strcmp(archive_entry_pathname(entry) + strlen("lab/"), rows[i].path)) {
                CU_ASSERT_EQUAL(archive_entry_mtime(entry), rows[i].packed_s);
                seen++;
            }
    CU_ASSERT_EQUAL(seen, COUNT(rows));
    archive_read_free(a);
}

static void times_of_members(void)
{
    AUTO(str_drop) struct str tar = {0};
    char dir[] = "/tmp/handin_tar-XXXXXX";
    struct err e = {0};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    lay_out(dir, &e);
    CU_ASSERT(tar_add_dir(&tar, dir, "lab", LATEST_MS, NULL, &e));
    tar_end(&tar);
    CU_ASSERT(!e.set);
    compare(&tar);
    dir_remove(dir, &e);
}

CU_TestInfo handin_tar_tests[] = {
    {"times of members", times_of_members},
    CU_TEST_INFO_NULL
};
