/* SPDX-License-Identifier: MIT */
/*
 * Lines that are run: what they print, how they fail, and that nothing gets out. The attempts to break out go past the list of
 * programs where they must: awk and sort are asked for what no author would write.
 */
#include "sim/pipeline/parts.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static char lab[64], outside[64];

static void put(const char *dir, const char *name, const char *text)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    CU_ASSERT(file_write(arena_printf(&arena, "%s/%s", dir, name), text, strlen(text), 0644, &e));
}

static void make_lab(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    strcpy(lab, "/tmp/cafelab-pipeline-XXXXXX");
    strcpy(outside, "/tmp/cafelab-outside-XXXXXX");
    CU_ASSERT(mkdtemp(lab) && mkdtemp(outside));
    CU_ASSERT(dir_make(arena_printf(&arena, "%s/.cafelab", lab), &e) && dir_make(arena_printf(&arena, "%s/host/a", lab), &e));
    put(lab, ".cafelab/lab.json", "{\"seed\": \"secret-seed\"}");
    put(lab, "README.md", "one\ntwo\nthree\ntwo\n");
    put(lab, "host/a/1.log", "alpha 192.0.2.1\n");
    put(lab, "host/a/2.log", "beta 192.0.2.2\n");
    put(outside, "secret", "outside-secret\n");
    CU_ASSERT(symlink(outside, arena_printf(&arena, "%s/host/way-out", lab)) == 0);
    CU_ASSERT(symlink(".cafelab", arena_printf(&arena, "%s/host/way-in", lab)) == 0);
}

static void drop_lab(void)
{
    struct err e = {0};
    CU_ASSERT(dir_remove(lab, &e) && dir_remove(outside, &e));
}

static enum pipeline_end run_line(const char *line, size_t most, struct str *out, bool *cut, struct err *e)
{
    struct arena arena = {0};
    struct pipeline_result result = {0};
    const struct pipeline *p = pipeline_read(&arena, line, NULL, e);
    enum pipeline_end end = p ? pipeline_run(p, lab, NULL, most, &result, e) : PIPELINE_FAILED;
    str_add(out, str_text(&result.out));
    *cut = result.cut;
    pipeline_result_drop(&result);
    arena_drop(&arena);
    return end;
}

/* Lines of lines, what they print; or, when they fail, how ("!" before it). */
static const struct {
    const char *line, *says;
} rows[] = {
    {"cat README.md",                                               "one\ntwo\nthree\ntwo\n"                                  },
    {"sort README.md | uniq -c | sort -rn | head -n 1 | tr -s ' '", " 2 two\n"                                                },
    {"grep -h 192 host/a/*.log | cut -d' ' -f2",                    "192.0.2.1\n192.0.2.2\n"                                  },
    {"cat README.md | tac",                                         "two\nthree\ntwo\none\n"                                  },
    {"tac README.md host/a/1.log | head -n 5",                      "two\nthree\ntwo\none\nalpha 192.0.2.1\n"                 },
    {"tac host/a/*.log",                                            "alpha 192.0.2.1\nbeta 192.0.2.2\n"                       },
    {"grep -l beta host/*/*.log",                                   "host/a/2.log\n"                                          },
    {"grep four README.md",                                         ""                                                        },
    {"jq -n '[1,2] | add'",                                         "3\n"                                                     },
    {"awk '$1 == \"two\" {n++} END {print n}' README.md",           "2\n"                                                     },
    {"sed -n 's/^t/T/p' README.md",                                 "Two\nThree\nTwo\n"                                       },
    {"sort -S 10M --parallel=4 README.md | head -n 1",              "one\n"                                                   },
    {"cat README.md README.md | head -n 1",                         "one\n"                                                   },
    {"jq .x README.md",                                             "!'jq' fails (status "                                    },
    {"cat nothing-here",                                            "!'cat' fails (status 1): cat: nothing-here: No such file"},
    {"cat host/b/*.log",                                            "!'cat' fails (status 1): cat: 'host/b/*.log': No such"   },
    {"grep '[' README.md",                                          "!'grep' fails (status 2): grep: "                        },
    {"grep x nothing-here | sort",                                  "!'grep' fails (status 2): grep: nothing-here: No such"   },
};

static void test_runs(void)
{
    make_lab();
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        struct err e = {0};
        bool cut = false, fails = rows[i].says[0] == '!';
        enum pipeline_end end = run_line(rows[i].line, 1 << 20, &out, &cut, &e);
        bool good = fails ? end == PIPELINE_FAILED && text_starts(e.msg, rows[i].says + 1)
                          : end == PIPELINE_RAN && text_same(str_text(&out), rows[i].says);
        if (!good)
            printf("%s: %d \"%s\" %s\n", rows[i].line, end, str_text(&out), e.msg);
        CU_ASSERT(good && !cut);
    }
    drop_lab();
}

/* OUT is the folder outside. Nothing of what is printed may hold "secret" or "root:"; files stay as they are. */
static const char *const attempts[] = {
    "cat .cafelab/lab.json",
    "cat host/way-in/lab.json",
    "cat host/way-out/secret",
    "cat OUT/secret",
    "cat host/../../cafelab-outside-*/secret",
    "cat /etc/passwd",
    "cat /proc/self/environ /proc/1/environ",
    "grep -r secret .",
    "find / -maxdepth 1 -name etc -newer README.md",
    "ls /root /etc",
    "jq -n --rawfile x /etc/passwd '$x'",
    "jq -n --rawfile x .cafelab/lab.json '$x'",
    "awk 'BEGIN {while ((getline l < \"/etc/passwd\") > 0) print l}'",
    "awk 'BEGIN {while ((getline l < \".cafelab/lab.json\") > 0) print l}'",
    "awk 'BEGIN {print \"x\" > \"made\"}'",
    "awk 'BEGIN {print \"x\" > \"README.md\"}'",
    "awk 'BEGIN {print \"x\" >> \"OUT/secret\"}'",
    "awk 'BEGIN {print \"x\" > \"OUT/made\"}'",
    "awk 'BEGIN {system(\"touch made; cat /etc/passwd\")}'",
    "awk 'BEGIN {\"cat /etc/passwd\" | getline l; print l}'",
    "awk 'BEGIN {print \"touch made\" | \"sh\"}'",
    "awk 'BEGIN {print \"x\" > \"/dev/tcp/127.0.0.1/9\"}'",
    "sed 'w made' README.md",
    "sed '1e touch made' README.md",
    "sed -n '1r /etc/passwd' README.md",
    "sed -ni p README.md",
    "uniq README.md made",
    "uniq README.md README.md",
    "sort README.md -zo README.md",
    "sort README.md -S 1k --compress-p=touch",
    "gzip -kc README.md",
    "find host -name 1.log -printf x -fprin made",
    "tail --retr README.md",
};

static void test_breaking_out(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str readme = {0}, kept = {0};
    struct err e = {0};
    make_lab();
    for (size_t i = 0; i < COUNT(attempts); i++) {
        AUTO(str_drop) struct str line = {0}, out = {0};
        struct err why = {0};
        bool cut = false;
        for (const char *s = attempts[i]; *s; s++)
            if (text_starts(s, "OUT")) {
                str_add(&line, outside);
                s += 2;
            } else
                str_addc(&line, *s);
        enum pipeline_end end = run_line(str_text(&line), 1 << 20, &out, &cut, &why);
        bool shut = end != PIPELINE_MISSING && !strstr(str_text(&out), "secret") && !strstr(str_text(&out), "root:") &&
                    !file_exists(arena_printf(&arena, "%s/made", lab)) &&
                    !file_exists(arena_printf(&arena, "%s/made", outside));
        if (!shut)
            printf("%s: %d \"%s\" %s\n", str_text(&line), end, str_text(&out), why.msg);
        CU_ASSERT(shut);
    }
    CU_ASSERT(file_read(arena_printf(&arena, "%s/README.md", lab), 1000, &readme, &e));
    CU_ASSERT_STRING_EQUAL(str_text(&readme), "one\ntwo\nthree\ntwo\n");
    CU_ASSERT(file_read(arena_printf(&arena, "%s/secret", outside), 1000, &kept, &e));
    CU_ASSERT_STRING_EQUAL(str_text(&kept), "outside-secret\n");
    drop_lab();
}

static void put_big(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    gzFile file = gzopen(arena_printf(&arena, "%s/big.gz", lab), "wb1");
    for (size_t i = 0; file && i < 400000; i++)
        gzwrite(file, "abc", 3);
    CU_ASSERT(file && gzclose(file) == Z_OK);
}

/* What goes on for ever ends: output at the limit, memory and complaints at theirs. */
static void test_endless(void)
{
    AUTO(str_drop) struct str out = {0}, none = {0}, little = {0}, zipped = {0};
    struct err e = {0}, memory = {0}, loud = {0};
    bool cut = false, other = false;
    make_lab();
    put_big();
    CU_ASSERT(run_line("jq -n 'range(1e18)'", 1000, &out, &cut, &e) == PIPELINE_RAN && cut && out.len == 1000);
    CU_ASSERT(run_line("jq -n 'range(1e18)' | head -n 2", 1000, &little, &other, &e) == PIPELINE_RAN && !other);
    CU_ASSERT_STRING_EQUAL(str_text(&little), "0\n1\n");
    CU_ASSERT(run_line("zcat big.gz | head -c 3", 1000, &zipped, &other, &e) == PIPELINE_RAN && !other); /* it ends itself */
    CU_ASSERT_STRING_EQUAL(str_text(&zipped), "abc");
    CU_ASSERT(run_line("awk 'BEGIN {s = \"x\"; while (1) s = s s}'", 1000, &none, &other, &memory) == PIPELINE_FAILED);
    CU_ASSERT(run_line("awk 'BEGIN {for (i = 0; i < 200000; i++) print \"no\" > \"/dev/stderr\"; exit 3}'", 1000, &none, &other,
                       &loud) == PIPELINE_FAILED);
    CU_ASSERT(none.len == 0 && strlen(loud.msg) < 300);
    drop_lab();
}

/* The lock on system calls alone, without the one on files: each of these must be refused. */
static long try_call(size_t i, const char *file)
{
    const struct timespec never[2] = {
        {0, 0},
        {0, 0}
    };
    const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    switch (i) {
    case 0: return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    case 1: return syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0);
    case 2: return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    case 3: return syscall(SYS_openat, AT_FDCWD, file, O_WRONLY);
    case 4: return syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_TRUNC);
    case 5: return syscall(SYS_openat, AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0600);
    case 6: return syscall(SYS_fchmodat, AT_FDCWD, file, 0777);
    case 7: return syscall(SYS_utimensat, AT_FDCWD, file, never, 0);
    case 8: return syscall(SYS_unlinkat, AT_FDCWD, file, 0);
    case 9: return syscall(SYS_kill, getppid(), 0);
    case 10: return syscall(SYS_tgkill, getppid(), getppid(), 0);
    case 11: return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
    case 12: return syscall(SYS_unshare, CLONE_NEWUSER);
    case 13: return syscall(SYS_prlimit64, 0, RLIMIT_CPU, &more, NULL);
    case 14: return syscall(SYS_truncate, file, 0);
    case 15: return syscall(SYS_mkdirat, AT_FDCWD, "/tmp/cafelab-made", 0700);
    case 16: return syscall(SYS_fcntl, 0, F_SETOWN, getppid());
    case 17: return syscall(SYS_ioctl, 0, TIOCSTI, "x");
    case 18: return syscall(SYS_setsid);
    case 19: return syscall(SYS_memfd_create, "x", 0);
    default: return 0;
    }
}

enum { CALLS = 20 };

static void test_calls(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    make_lab();
    const char *file = arena_printf(&arena, "%s/README.md", lab);
    for (size_t i = 0; i <= CALLS; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            struct err e = {0};
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            struct calls_filter filter;
            if (!confine_prepare(&filter, &e) || !confine_calls(&filter, &e))
                _exit(2);
            long result = try_call(i, file);
            _exit(result == -1 && (errno == EPERM || errno == EACCES || errno == ENOTTY) ? 0 : 1);
        }
        CU_ASSERT(pid > 0 && waitpid(pid, &status, 0) == pid);
        if (status != (i == CALLS ? 1 << 8 : 0))
            printf("call %zu: status %d\n", i, status);
        CU_ASSERT(status == (i == CALLS ? 1 << 8 : 0)); /* the last is one that is allowed: the test can see that */
    }
    drop_lab();
}

static void test_missing(void)
{
    struct arena arena = {0};
    struct pipeline_result result = {0};
    struct err e = {0};
    static const struct program nowhere = {"nowhere", "no-such-program", {NULL}, NULL, 0};
    struct pipeline *p = arena_alloc(&arena, sizeof(*p));
    p->segments[p->n++].program = &nowhere;
    CU_ASSERT(pipeline_run(p, "/tmp", "relative:/nowhere", 10, &result, &e) == PIPELINE_MISSING);
    CU_ASSERT_STRING_EQUAL(e.msg, "this machine has no program 'no-such-program'");
    arena_drop(&arena);
}

CU_TestInfo pipeline_run_tests[] = {
    {"lines print what they should, or fail", test_runs        },
    {"nothing gets out",                      test_breaking_out},
    {"what goes on for ever ends",            test_endless     },
    {"what a held process may not call",      test_calls       },
    {"a program that is not there",           test_missing     },
    CU_TEST_INFO_NULL
};
