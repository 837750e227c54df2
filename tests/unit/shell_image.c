/* SPDX-License-Identifier: MIT */
/* Bases for images: taken as they are, or refused with a reason; what of them goes under a server's tree; names of images. */
#include "sim/shell/image_parts.h"

#include <CUnit/CUnit.h>
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CORPUS "tests/corpus/image_base/"

/* ---- bases: the files that the fuzz target starts from ---- */

static void bases(void)
{
    static const struct {
        const char *file;
        size_t layers;
        const char *says; /* NULL = it is a base */
    } rows[] = {
        {"plain",     1, NULL                },
        {"oci",       2, NULL                },
        {"nested",    1, NULL                },
        {"docker",    2, NULL                },
        {"arm",       1, "it is for arm64"   },
        {"damaged",   0, "is damaged"        },
        {"cut",       0, "no tar archive"    },
        {"no-layout", 0, "lacks the blob"    },
        {"loop",      0, "lacks the blob"    },
        {"json",      0, "'index.json' in it"},
        {"none",      0, "no tar archive"    },
        {"text",      0, "no tar archive"    },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str bytes = {0};
        AUTO(base_drop) struct base base;
        struct err e = {0}, read = {0};
        CU_ASSERT(file_read(data_path(&arena, CORPUS "%s", rows[i].file), 1 << 20, &bytes, &read));
        bool good = base_read(str_text(&bytes), bytes.len, "amd64", &base, &e);
        CU_ASSERT_EQUAL(good, rows[i].says == NULL);
        CU_ASSERT(!rows[i].says || strstr(e.msg, rows[i].says) != NULL);
        CU_ASSERT(!good || base.n == rows[i].layers);
        CU_ASSERT(!good || base_has(&base, "/usr/bin/bash"));
        CU_ASSERT(!good || base_has(&base, "/etc/debian_version") == (base.n == 1)); /* a whiteout in the second */
    }
}

/* ---- the server's layer ---- */

static void add_paths(const char *tar, size_t n, struct str *out)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    archive_read_support_format_tar(a);
    CU_ASSERT_EQUAL(archive_read_open_memory(a, tar, n), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK)
        str_addf(out, "%s ", archive_entry_pathname(entry));
    archive_read_free(a);
}

static void server_layer(void)
{
    static const char *const there[] = {"/bin",
                                        "/usr",
                                        "/usr/bin/bash",
                                        "/etc",
                                        "/etc/passwd",
                                        "/etc/apt",
                                        "/etc/apt/sources.list",
                                        "/etc/alternatives",
                                        "/etc/alternatives/vi",
                                        "/etc/ld.so.cache",
                                        "/etc/ssh",
                                        "/etc/ssh/ssh_host_rsa_key",
                                        "/var",
                                        "/var/lib",
                                        "/var/lib/dpkg",
                                        "/home",
                                        "/opt"};
    AUTO(str_drop) struct str tar = {0}, paths = {0}, alone = {0};
    struct world w = {0};
    struct tree tree = {0};
    struct base base = {.paths = json_object()};
    size_t left_out = 9;
    for (size_t i = 0; i < COUNT(there); i++)
        json_object_set_new(base.paths, there[i], json_true());
    tree_mkdir(&w, &tree, "/", 0755, 0, 0, 1000);
    tree_mkdir(&w, &tree, "/etc", 0755, 0, 0, 1000);
    tree_put(&w, &tree, "/etc/passwd", "x", 1, 1000);
    tree_put(&w, &tree, "/etc/.wh.passwd", "x", 1, 1000);
    tree_mkdir(&w, &tree, "/etc/.wh..wh..opq", 0755, 0, 0, 1000);
    tree_put(&w, &tree, "/etc/.wh..wh..opq/x", "x", 1, 1000);
    tree_link(&w, &tree, "/home", "etc", 1000);
    layer_add_server(&tar, &tree, &base, &left_out);
    add_paths(tar.s, tar.len, &paths);
    CU_ASSERT_STRING_EQUAL(str_text(&paths),
                           "etc/.wh.apt etc/.wh.ssh .wh.opt .wh.var ./ etc/ etc/passwd home "); /* var: as a whole */
    CU_ASSERT_EQUAL(left_out, 3);
    str_clear(&tar);
    layer_add_server(&tar, &tree, NULL, &left_out);
    add_paths(tar.s, tar.len, &alone);
    CU_ASSERT_STRING_EQUAL(str_text(&alone), "./ etc/ etc/passwd home ");
    base_drop(&base);
    world_drop(&w);
}

/* ---- the lab's folder ---- */

static void make_lab(const char *dir, const char *outside)
{
    char path[256];
    static const char *const files[] = {"README.md",     "new\nline",      ".cafelab/lab.json",
                                        ".cafelab/held", ".cafelab/shell", ".wh.x"};
    snprintf(path, sizeof(path), "%s/.cafelab", dir);
    CU_ASSERT(!mkdir(path, 0700));
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        CU_ASSERT(file_write(path, "x", 1, 0600, &(struct err){0}));
    }
    snprintf(path, sizeof(path), "%s/away", dir);
    CU_ASSERT(!symlink(outside, path));
    snprintf(path, sizeof(path), "%s/pipe", dir);
    CU_ASSERT(!mkfifo(path, 0600));
}

/* A student's: links are not followed, what is no file is left out, nothing waits; times and owners are not the disk's. */
static void lab_folder(void)
{
    char one[] = "/tmp/cafelab-image.XXXXXX", two[] = "/tmp/cafelab-image.XXXXXX";
    AUTO(str_drop) struct str tar = {0}, again = {0}, paths = {0};
    struct err e = {0};
    CU_ASSERT(mkdtemp(one) && mkdtemp(two));
    make_lab(one, "/etc");
    make_lab(two, "/etc");
    CU_ASSERT(layer_add_lab(&tar, one, "cafe", 1760562052608, &e));
    CU_ASSERT(layer_add_lab(&again, two, "cafe", 1760562052608, &e));
    CU_ASSERT(tar.len == again.len && !memcmp(tar.s, again.s, tar.len));
    add_paths(tar.s, tar.len, &paths);
    CU_ASSERT_STRING_EQUAL(str_text(&paths), "usr/lib/cafelab/server usr/lib/cafelab/lab/ usr/lib/cafelab/lab/.cafelab/ "
                                             "usr/lib/cafelab/lab/.cafelab/lab.json usr/lib/cafelab/lab/README.md "
                                             "usr/lib/cafelab/lab/away usr/lib/cafelab/lab/new\nline ");
    CU_ASSERT(dir_remove(one, &e) && dir_remove(two, &e));
    CU_ASSERT_FALSE(layer_add_lab(&tar, one, "cafe", 0, &e));
}

/* ---- names ---- */

static void names(void)
{
    static const struct {
        const char *scenario, *student, *name;
    } rows[] = {
        {"cafe-breach", "",                                         "localhost/cafelab/cafe-breach:lab"           },
        {"cafe-breach", "4711",                                     "localhost/cafelab/cafe-breach:4711"          },
        {"cafe-breach", "Ana.S@x",                                  "localhost/cafelab/cafe-breach:u_41na_2eS_40x"},
        {"a--b-",       "-1",                                       "localhost/cafelab/ax2d-bx2d:u_2d1"           },
        {"x",           "0123456789012345678901234567890123456789", "localhost/cafelab/x:fb526cd4ad0ec978"        },
    };
    AUTO(arena_drop) struct arena arena = {0};
    struct server server = {.name = "cafe"}, other = {.name = "db1"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab lab = {.scenario_id = rows[i].scenario, .student = rows[i].student, .world = {.servers = &server}};
        CU_ASSERT_STRING_EQUAL(image_name(&arena, &lab, &server), rows[i].name);
        CU_ASSERT(image_name_ok(rows[i].name));
        CU_ASSERT(strstr(image_name(&arena, &lab, &other), "/db1:") != NULL);
    }
    static const char *const bad[] = {"",     "A:1",  "a b",    "a:",  ":b",   "/a",    "a/",
                                      "a//b", "a:-b", "a:b\nc", "a\n", "../a", "a:b/c:"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_FALSE(image_name_ok(bad[i]));
}

CU_TestInfo shell_image_tests[] = {
    {"bases",              bases       },
    {"the server's layer", server_layer},
    {"the lab's folder",   lab_folder  },
    {"names",              names       },
    CU_TEST_INFO_NULL,
};
