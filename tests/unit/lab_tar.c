/* SPDX-License-Identifier: MIT */
/* Tar archives as libarchive reads them back: all that a member can have, names that do not fit, the same bytes twice. */
#include "sim/lab/tar.h"

#include <CUnit/CUnit.h>
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A150 A50 A50 A50

#define PREFIXED A50 "/" A150 "/x"
#define LONG A150 A150 "/" A150 "/"
#define LONG_BYTES A150 "bytes\xff\xfe"
#define FAR "../" A150 "/" A150
static const struct tar_member rows[] = {
    {"etc/",                   TAR_DIR,       0755,  0,          0,           1757022231000, NULL,         0  },
    {"etc/shadow",             TAR_FILE,      0,     0,          0,           1760556149138, NULL,         5  },
    {"usr/bin/backdoor",       TAR_FILE,      06755, 1001,       48,          1,             NULL,         513},
    {"tmp/",                   TAR_DIR,       01777, 0,          0,           0,             NULL,         0  },
    {"bin",                    TAR_LINK,      0777,  0,          0,           999,           "usr/bin",    0  },
    {"far",                    TAR_LINK,      0777,  0,          0,           0,             FAR,          0  },
    {"hard",                   TAR_HARD_LINK, 0644,  0,          0,           0,             "etc/shadow", 0  },
    {PREFIXED,                 TAR_FILE,      0644,  0,          0,           0,             NULL,         512},
    {LONG,                     TAR_DIR,       0700,  0,          0,           0,             NULL,         0  },
    {"new\nline and \\ blank", TAR_FILE,      0644,  0,          0,           0,             NULL,         0  },
    {"bytes\xff\xfe",          TAR_FILE,      0644,  0,          0,           0,             NULL,         0  },
    {LONG_BYTES,               TAR_FILE,      0644,  0,          0,           0,             NULL,         1  },
    {"big",                    TAR_FILE,      0644,  0x70000000, 4294967294u, 8589934591999, NULL,         0  },
};

static void make(struct str *tar)
{
    char data[513];
    memset(data, 'x', sizeof(data));
    for (size_t i = 0; i < COUNT(rows); i++)
        tar_add(tar, &rows[i], data);
    tar_end(tar);
}

static void compare(const struct tar_member *want, struct archive_entry *got)
{
    const char *hard = archive_entry_hardlink(got), *soft = archive_entry_symlink(got);
    CU_ASSERT_STRING_EQUAL(archive_entry_pathname(got), want->path);
    CU_ASSERT_EQUAL(archive_entry_perm(got), want->mode);
    CU_ASSERT_EQUAL(archive_entry_uid(got), want->uid);
    CU_ASSERT_EQUAL(archive_entry_gid(got), want->gid);
    CU_ASSERT_EQUAL(archive_entry_mtime(got) * 1000 + archive_entry_mtime_nsec(got) / 1000000, want->mtime_ms);
    CU_ASSERT(text_same(want->type == TAR_HARD_LINK ? hard : soft, want->link));
    if (want->type == TAR_FILE)
        CU_ASSERT_EQUAL(archive_entry_size(got), (int64_t)want->size);
    CU_ASSERT_EQUAL(archive_entry_filetype(got) == AE_IFDIR, want->type == TAR_DIR);
}

static void test_read_back(void)
{
    AUTO(str_drop) struct str tar = {0};
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t n = 0;
    make(&tar);
    archive_read_support_format_tar(a);
    CU_ASSERT_EQUAL(archive_read_open_memory(a, tar.s, tar.len), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK && n < COUNT(rows))
        compare(&rows[n++], entry);
    CU_ASSERT_EQUAL(n, COUNT(rows));
    archive_read_free(a);
}

static void test_same_bytes(void)
{
    AUTO(str_drop) struct str once = {0}, twice = {0};
    make(&once);
    make(&twice);
    CU_ASSERT_EQUAL(once.len % TAR_BLOCK, 0);
    CU_ASSERT(once.len == twice.len && memcmp(once.s, twice.s, once.len) == 0);
    CU_ASSERT_EQUAL(tar_pad(0), 0);
    CU_ASSERT_EQUAL(tar_pad(1), 511);
    CU_ASSERT_EQUAL(tar_pad(512), 0);
}

CU_TestInfo lab_tar_tests[] = {
    {"read back",      test_read_back },
    {"the same bytes", test_same_bytes},
    CU_TEST_INFO_NULL,
};
