/* SPDX-License-Identifier: MIT */
/* Files within limits, trees, what is written aside, and directories that appear as a whole. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct scratch { /* a folder of the test's own */
    char dir[64];
    struct arena arena;
};

static void scratch_open(struct scratch *s)
{
    struct err e = {0};

    *s = (struct scratch){0};
    snprintf(s->dir, sizeof(s->dir), "/tmp/cafelab-file-%d", (int)getpid());
    CU_ASSERT(dir_make(s->dir, &e));
}

static void scratch_drop(struct scratch *s)
{
    struct err e = {0};

    CU_ASSERT(dir_remove(s->dir, &e));
    CU_ASSERT_FALSE(file_exists(s->dir));
    arena_drop(&s->arena);
}

static const char *in(struct scratch *s, const char *name)
{
    return arena_printf(&s->arena, "%s/%s", s->dir, name);
}

static void test_write_and_read(void)
{
    AUTO(scratch_drop) struct scratch s;
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    struct stat st = {0};

    scratch_open(&s);
    CU_ASSERT(file_write(in(&s, "a"), "one\0two", 7, 0640, &e));
    CU_ASSERT(file_write(in(&s, "a"), "three", 5, 0600, &e)); /* over it */
    CU_ASSERT(file_append(in(&s, "a"), " four", 5, &e));
    CU_ASSERT(file_read(in(&s, "a"), 10, &text, &e));
    CU_ASSERT_STRING_EQUAL(str_text(&text), "three four");
    CU_ASSERT(stat(in(&s, "a"), &st) == 0 && (st.st_mode & 0777) == 0600);
    CU_ASSERT_FALSE(e.set);
}

static void test_refused(void)
{
    AUTO(scratch_drop) struct scratch s;
    AUTO(str_drop) struct str text = {0};
    struct {
        const char *path, *says;
        size_t limit;
    } rows[4];

    scratch_open(&s);
    struct err ignored = {0};
    CU_ASSERT(file_write(in(&s, "big"), "0123456789", 10, 0644, &ignored));
    CU_ASSERT_EQUAL(mkfifo(in(&s, "pipe"), 0600), 0);
    rows[0].path = in(&s, "big"), rows[0].limit = 9, rows[0].says = "is larger than 0 KiB";
    rows[1].path = in(&s, "none"), rows[1].limit = 9, rows[1].says = "No such file or directory";
    rows[2].path = s.dir, rows[2].limit = 9, rows[2].says = "is not a regular file";
    rows[3].path = in(&s, "pipe"), rows[3].limit = 9, rows[3].says = "is not a regular file";
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        CU_ASSERT_FALSE(file_read(rows[i].path, rows[i].limit, &text, &e));
        CU_ASSERT(strstr(e.msg, rows[i].says) != NULL);
    }
    struct err e[4] = {{0}};
    CU_ASSERT_FALSE(file_write(in(&s, "none/x"), "", 0, 0644, &e[0]));
    CU_ASSERT_FALSE(file_append(in(&s, "none/x"), "", 0, &e[1]));
    CU_ASSERT_FALSE(dir_make(in(&s, "big/x"), &e[2]));
    CU_ASSERT_FALSE(file_write(s.dir, "x", 1, 0644, &e[3])); /* there is a folder of that name */
    for (size_t i = 0; i < COUNT(e); i++)
        CU_ASSERT(e[i].set);
}

static bool list_one(void *out, const struct dir_entry *entry, struct err *e)
{
    (void)e;
    str_addf(out, "%s%s%s ", entry->path, entry->is_dir ? "/" : "", entry->is_link ? "@" : "");
    return true;
}

static bool refuse_one(void *out, const struct dir_entry *entry, struct err *e)
{
    (void)out;
    return err_set(e, "no '%s' here", entry->path);
}

static void test_walk(void)
{
    AUTO(scratch_drop) struct scratch s;
    AUTO(str_drop) struct str list = {0};
    struct err e = {0};

    scratch_open(&s);
    CU_ASSERT(dir_make(in(&s, "b/c//d/"), &e));
    CU_ASSERT(file_write(in(&s, "b/c/z"), "", 0, 0644, &e));
    CU_ASSERT(file_write(in(&s, "b.x"), "", 0, 0644, &e));
    CU_ASSERT(file_write(in(&s, ".a"), "", 0, 0644, &e));
    CU_ASSERT_EQUAL(symlink("..", in(&s, "b/up")), 0); /* would go round for ever */
    CU_ASSERT(dir_walk(s.dir, list_one, &list, &e));
    CU_ASSERT_STRING_EQUAL(str_text(&list), ".a b/ b/c/ b/c/d/ b/c/z b/up@ b.x ");
    CU_ASSERT_FALSE(dir_walk(s.dir, refuse_one, NULL, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "no '.a' here");
    struct err none = {0};
    CU_ASSERT_FALSE(dir_walk(in(&s, "none"), list_one, &list, &none));
    CU_ASSERT(none.set);
}

static void test_remove_follows_no_link(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    CU_ASSERT(dir_make(in(&s, "kept"), &e));
    CU_ASSERT(file_write(in(&s, "kept/file"), "x", 1, 0644, &e));
    CU_ASSERT(dir_make(in(&s, "gone"), &e));
    CU_ASSERT_EQUAL(symlink("../kept", in(&s, "gone/link")), 0);
    CU_ASSERT(dir_remove(in(&s, "gone"), &e));
    CU_ASSERT(file_exists(in(&s, "kept/file")));
    CU_ASSERT_FALSE(file_exists(in(&s, "gone")));
    CU_ASSERT(dir_remove(in(&s, "gone"), &e)); /* what is not there is gone */
}

/* ---- asides ---- */

static const struct {
    const char *name;
    bool goes;
} left[] = {
    {"a.json.999999999~", true },
    {"a.json.1~",         true }, /* whoever has that pid now does not write it */
    {"b.c.json.42~",      true },
    {"b.csv.42~",         false}, /* another's name */
    {"a.json~",           false}, /* an editor's, and what else people call their files */
    {"a.json.~1~",        false},
    {"a.json.x~",         false},
    {"a.json.042~",       false},
    {"a.json42~",         false},
    {"a.json.42",         false},
    {"a.json.42~~",       false},
    {".42~",              false},
    {"a.json",            false},
};

static void test_sweep_names(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    for (size_t i = 0; i < COUNT(left); i++)
        CU_ASSERT(file_write(in(&s, left[i].name), "x", 1, 0600, &e));
    dir_sweep(s.dir, "*.json");
    for (size_t i = 0; i < COUNT(left); i++)
        CU_ASSERT_EQUAL(file_exists(in(&s, left[i].name)), !left[i].goes);
    dir_sweep(in(&s, "none"), "*"); /* nothing there, nothing to do */
}

static void test_sweep_one(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    CU_ASSERT(file_write(in(&s, "a*.gz.7~"), "x", 1, 0600, &e));
    CU_ASSERT(file_write(in(&s, "a1.gz.7~"), "x", 1, 0600, &e));
    file_sweep(in(&s, "a*.gz")); /* a name, no pattern */
    CU_ASSERT_FALSE(file_exists(in(&s, "a*.gz.7~")));
    CU_ASSERT(file_exists(in(&s, "a1.gz.7~")));
}

static void test_sweep_files_only(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    CU_ASSERT(dir_make(in(&s, "dir.7~"), &e));
    CU_ASSERT(file_write(in(&s, "kept"), "x", 1, 0600, &e));
    CU_ASSERT_EQUAL(symlink("kept", in(&s, "link.7~")), 0);
    CU_ASSERT_EQUAL(mkfifo(in(&s, "pipe.7~"), 0600), 0);
    int reads = open(in(&s, "pipe.7~"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    dir_sweep(s.dir, "*");
    close(reads);
    CU_ASSERT(file_exists(in(&s, "dir.7~")) && file_exists(in(&s, "link.7~")) && file_exists(in(&s, "pipe.7~")));
    CU_ASSERT(file_exists(in(&s, "kept")));
}

/* Starts a process that does the work until it is killed; it is at it when this returns. */
static pid_t begin_work(void (*work)(struct scratch *, int to), struct scratch *s)
{
    int ends[2];
    char c = 0;

    CU_ASSERT_EQUAL(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        work(s, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    CU_ASSERT_EQUAL(read(ends[0], &c, 1), 1);
    close(ends[0]);
    return pid;
}

static void write_for_ever(struct scratch *s, int to)
{
    AUTO(str_drop) struct str aside = {0};
    if (aside_open(in(s, "a"), &aside) >= 0 && write(to, "x", 1) == 1)
        for (;;)
            pause();
}

static void test_sweep_of_killed(void)
{
    AUTO(scratch_drop) struct scratch s;

    scratch_open(&s);
    pid_t pid = begin_work(write_for_ever, &s);
    const char *aside = arena_printf(&s.arena, "%s/a.%d~", s.dir, (int)pid);
    dir_sweep(s.dir, "*");
    CU_ASSERT(file_exists(aside)); /* who lives is left alone */
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT); /* dead, but it has its pid still */
    dir_sweep(s.dir, "*");
    CU_ASSERT_FALSE(file_exists(aside));
    waitpid(pid, NULL, 0);
}

static void sweep_for_ever(struct scratch *s, int to)
{
    if (write(to, "x", 1) == 1)
        for (;;)
            dir_sweep(s->dir, "*");
}

/* Not even between making the file and locking it. */
static void test_sweep_robs_nobody(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    pid_t pid = begin_work(sweep_for_ever, &s);
    for (size_t i = 0; i < 2000 && !e.set; i++)
        file_write(in(&s, "a"), "x", 1, 0600, &e);
    CU_ASSERT_FALSE(e.set);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- stages ---- */

static size_t entries_in(struct scratch *s)
{
    AUTO(str_drop) struct str list = {0};
    struct err e = {0};
    size_t n = 0;

    dir_walk(s->dir, list_one, &list, &e);
    for (const char *c = str_text(&list); *c; c++)
        n += *c == ' ';
    return n;
}

static void test_stage(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    {
        AUTO(stage_drop) struct stage st = {0};
        CU_ASSERT(stage_open(&st, in(&s, "lab"), &e));
        CU_ASSERT_FALSE(file_exists(in(&s, "lab")));
        CU_ASSERT(file_write(arena_printf(&s.arena, "%s/x", st.aside), "1", 1, 0644, &e));
        CU_ASSERT(stage_commit(&st, &e));
    }
    CU_ASSERT(file_exists(in(&s, "lab/x")));
    CU_ASSERT_EQUAL(entries_in(&s), 2);
    {
        AUTO(stage_drop) struct stage st = {0};
        CU_ASSERT(stage_open(&st, in(&s, "given-up"), &e)); /* and nothing came of it */
    }
    CU_ASSERT_EQUAL(entries_in(&s), 2);
}

static void test_stage_refused(void)
{
    AUTO(scratch_drop) struct scratch s;
    const char *bad[] = {"lab", ".", "..", "", "/"};

    scratch_open(&s);
    struct err made = {0};
    CU_ASSERT(dir_make(in(&s, "lab"), &made));
    bad[0] = in(&s, "lab");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct err e = {0};
        AUTO(stage_drop) struct stage st = {0};
        CU_ASSERT_FALSE(stage_open(&st, bad[i], &e));
        CU_ASSERT(e.set);
    }
    struct err e = {0};
    AUTO(stage_drop) struct stage st = {0};
    CU_ASSERT(stage_open(&st, in(&s, "late"), &e));
    CU_ASSERT(dir_make(in(&s, "late"), &e)); /* somebody was faster */
    CU_ASSERT_FALSE(stage_commit(&st, &e));
}

static void build_for_ever(struct scratch *s, int to)
{
    struct stage st = {0};
    struct err e = {0};
    if (stage_open(&st, in(s, "lab"), &e) && write(to, "x", 1) == 1)
        for (;;)
            pause();
}

/* What a killed run left behind goes, with or without a lock; what a running one is at stays, whatever its number. */
static void test_stage_clears_killed(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    CU_ASSERT(dir_make(in(&s, ".lab.999999999.partial/deep"), &e));
    CU_ASSERT(dir_make(in(&s, ".labour.999999999.partial"), &e));
    CU_ASSERT(dir_make(in(&s, ".lab.x.partial"), &e));
    CU_ASSERT(file_write(in(&s, ".lab.12.partial~"), "", 0, 0600, &e));
    pid_t pid = begin_work(build_for_ever, &s);
    const char *others = arena_printf(&s.arena, "%s/.lab.%d.partial", s.dir, (int)pid);
    {
        AUTO(stage_drop) struct stage st = {0};
        CU_ASSERT(stage_open(&st, in(&s, "lab"), &e));
        CU_ASSERT(file_exists(others));
    }
    CU_ASSERT_FALSE(file_exists(in(&s, ".lab.999999999.partial")));
    CU_ASSERT_FALSE(file_exists(in(&s, ".lab.12.partial~")));
    CU_ASSERT(file_exists(in(&s, ".labour.999999999.partial")));
    CU_ASSERT(file_exists(in(&s, ".lab.x.partial")));
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT); /* dead, but it has its pid still */
    {
        AUTO(stage_drop) struct stage st = {0};
        CU_ASSERT(stage_open(&st, in(&s, "lab"), &e));
        CU_ASSERT_FALSE(file_exists(others));
    }
    CU_ASSERT_EQUAL(entries_in(&s), 2);
    waitpid(pid, NULL, 0);
}

/* On a shared disk another machine's process may have our number. */
static void test_stage_shares_numbers(void)
{
    AUTO(scratch_drop) struct scratch s;
    struct err e = {0};

    scratch_open(&s);
    AUTO(stage_drop) struct stage theirs = {0};
    AUTO(stage_drop) struct stage ours = {0};
    CU_ASSERT(stage_open(&theirs, in(&s, "lab"), &e));
    CU_ASSERT(file_write(arena_printf(&s.arena, "%s/x", theirs.aside), "1", 1, 0644, &e));
    CU_ASSERT(stage_open(&ours, in(&s, "lab"), &e));
    CU_ASSERT_STRING_NOT_EQUAL(ours.aside, theirs.aside);
    CU_ASSERT(stage_commit(&theirs, &e));
    CU_ASSERT(file_exists(in(&s, "lab/x")));
    CU_ASSERT_FALSE(stage_commit(&ours, &e));
}

static void test_data_path(void)
{
    AUTO(arena_drop) struct arena a = {0};

    CU_ASSERT(file_exists(data_path(&a, "scenarios/%s/scenario.yaml", "cafe-breach")));
    CU_ASSERT_PTR_NULL(env_get("CAFELAB_THERE_IS_NO_SUCH_VARIABLE"));
}

/* Above the root links are the owner's, below it they would lead what is written elsewhere. */
static void test_folders_of_its_own(void)
{
    struct scratch s;
    struct err e[3] = {0};
    scratch_open(&s);
    CU_ASSERT(dir_make(in(&s, "elsewhere"), &e[0]) && dir_make(in(&s, "lab/s3"), &e[0]));
    CU_ASSERT(!symlink("lab", in(&s, "way")) && !symlink("../../elsewhere", in(&s, "lab/s3/b")));
    CU_ASSERT(dir_make_in(in(&s, "way"), in(&s, "way/s3/c/d"), &e[1]));
    CU_ASSERT(file_exists(in(&s, "lab/s3/c/d")));
    CU_ASSERT_FALSE(dir_make_in(in(&s, "way"), in(&s, "way/s3/b/d"), &e[2]));
    CU_ASSERT_PTR_NOT_NULL(strstr(e[2].msg, "way/s3/b' is not a directory"));
    CU_ASSERT_FALSE(file_exists(in(&s, "elsewhere/d")));
    scratch_drop(&s);
}

/* '/' comes before all other bytes; what is the same is skipped by eights. */
static void test_path_order(void)
{
    static const char *const sorted[] = {
        "",   "a",   "a/12345",    "a/1234567",  "a/12345678", "a/12345678/z", "a/12345678 z", "a/1234567a", "a/1234567\xff",
        "a ", "a-1", "a.12345678", "b/12345678", "\xc3\xa9",
    };
    for (size_t i = 0; i < COUNT(sorted); i++)
        for (size_t j = 0; j < COUNT(sorted); j++) {
            int order = path_order(sorted[i], sorted[j]);
            CU_ASSERT_EQUAL((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

CU_TestInfo base_file_tests[] = {
    {"order of paths",              test_path_order            },
    {"write and read",              test_write_and_read        },
    {"what is refused",             test_refused               },
    {"walking",                     test_walk                  },
    {"removing follows no link",    test_remove_follows_no_link},
    {"folders of its own",          test_folders_of_its_own    },
    {"asides by their names",       test_sweep_names           },
    {"asides of one file",          test_sweep_one             },
    {"asides are files",            test_sweep_files_only      },
    {"an aside of the killed",      test_sweep_of_killed       },
    {"who writes is not robbed",    test_sweep_robs_nobody     },
    {"a stage appears as a whole",  test_stage                 },
    {"stages refused",              test_stage_refused         },
    {"leftovers of killed runs",    test_stage_clears_killed   },
    {"a number that two have",      test_stage_shares_numbers  },
    {"where the program's data is", test_data_path             },
    CU_TEST_INFO_NULL,
};
