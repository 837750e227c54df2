/* SPDX-License-Identifier: MIT */
/*
 * What a lab's opening reads beside the replay: each line comes once and in order, whichever of the two is faster; trees may be
 * asked for, and the rest be given up, at any line. Journals are longer than what is read ahead, so each side has to wait for
 * the other. Who waits for ever is ended by an alarm.
 */
#include "sim/lab/ahead.h"

#include <CUnit/CUnit.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 60
#define AHEAD 1024 /* lines that are read ahead, at most */
#define NEVER INT32_MAX

static void call_last(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

/* `broken`: the number of a line that is no JSON. */
static void write_journal(struct str *out, int lines, int broken)
{
    for (int i = 0; i < lines; i++)
        if (i == broken)
            str_add(out, "{\"seq\":\n");
        else
            str_addf(out, "{\"seq\":%d,\"op\":\"host:Run\",\"asked\":{\"command\":\"true\"},\"silent\":true}\n", i);
}

#define FILES 400 /* reading them takes a moment */

struct desk { /* of a server's files */
    char dir[32], root[48], manifest[48];
};

static void desk_make(struct desk *p)
{
    AUTO(world_drop) struct world w = {0};
    struct tree tree = {0};
    struct err e = {0};
    *p = (struct desk){.dir = "/tmp/cafelab-ahead-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(p->dir));
    snprintf(p->root, sizeof(p->root), "%s/host", p->dir);
    snprintf(p->manifest, sizeof(p->manifest), "%s/manifest", p->dir);
    tree_mkdir(&w, &tree, "/", 0755, 0, 0, 1000);
    for (int i = 0; i < FILES; i++) {
        char path[16];
        snprintf(path, sizeof(path), "/%d", i);
        tree_put(&w, &tree, path, "hello", 5, 1000);
    }
    CU_ASSERT(tree_save(&tree, p->root, p->manifest, true, &e));
}

enum pace { EVEN, READER_FIRST, TAKING_TURNS, MEANWHILE };

static void keep_pace(enum pace pace, int line)
{
    if (pace == READER_FIRST && line % AHEAD == 0)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* it has read all that it may, and waits */
    if (pace == MEANWHILE)
        nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL); /* it reads the trees */
    if (pace == TAKING_TURNS && line % 7 == 0)
        sched_yield();
}

struct course {
    int lines, wanted, broken; /* of the journal; that are to come at most; the one that cannot be read */
    int trees, stop;           /* after how many lines the trees are asked for, and all is given up */
    enum pace pace;
    int come;
};

/* How many lines came, each as it should. */
static int take(struct ahead *a, const struct course *c, const struct disk_reading *reading, struct arena *arena, struct err *e)
{
    int n = 0;
    for (; n < c->stop; n++) {
        keep_pace(c->pace, n);
        if (n == c->trees) {
            ahead_trees(a, arena);
            CU_ASSERT_PTR_NOT_NULL(tree_find(&reading->tree, "/399"));
        }
        json_auto_t *document = ahead_document(a, e);
        if (!document)
            break;
        if (json_int_or(document, "seq", -1) != n)
            return -1;
    }
    return n;
}

static void follow(struct desk *desk, const struct course *c)
{
    AUTO(str_drop) struct str journal = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct disk_reading reading = {
        .server = "web1", .at = {.root = desk->root, .manifest = desk->manifest}
    };
    struct err e = {0};
    atomic_int called = 0;
    write_journal(&journal, c->lines, c->broken);
    struct ahead *a = ahead_begin(&(struct ahead_plan){.journal = str_text(&journal),
                                                       .n = journal.len,
                                                       .lines = (size_t)c->wanted,
                                                       .readings = &reading,
                                                       .n_readings = c->trees != NEVER,
                                                       .last = call_last,
                                                       .context = &called});
    int come = take(a, c, &reading, &arena, &e);
    CU_ASSERT_EQUAL(come, c->come);
    CU_ASSERT_EQUAL(e.set, c->broken != NEVER);
    if (come != c->come)
        fprintf(stderr, "lab_ahead: %d of %d lines came, expected %d\n", come, c->lines, c->come);
    keep_pace(c->pace, 0);
    if (c->stop == NEVER)
        ahead_finish(a);
    CU_ASSERT(called == 1 || c->stop != NEVER);
    ahead_end(a);
    CU_ASSERT(called <= 1);
}

static void follow_all(const struct course *list, size_t n)
{
    struct desk desk;
    desk_make(&desk);
    alarm(PATIENCE_S);
    for (size_t i = 0; i < n; i++)
        follow(&desk, &list[i]);
    alarm(0);
    CU_ASSERT(dir_remove(desk.dir, &(struct err){0}));
}

/* Lengths about what is read ahead, and many times that. */
static void to_the_end(void)
{
    static const struct course courses[] = {
        {0,             NEVER,     NEVER, NEVER, NEVER, EVEN,         0         },
        {3,             NEVER,     NEVER, NEVER, NEVER, EVEN,         3         }, /* without a thread */
        {AHEAD - 1,     NEVER,     NEVER, NEVER, NEVER, READER_FIRST, AHEAD - 1 },
        {AHEAD,         NEVER,     NEVER, NEVER, NEVER, READER_FIRST, AHEAD     },
        {AHEAD + 1,     NEVER,     NEVER, NEVER, NEVER, READER_FIRST, AHEAD + 1 },
        {20 * AHEAD,    NEVER,     NEVER, NEVER, NEVER, READER_FIRST, 20 * AHEAD},
        {20 * AHEAD,    NEVER,     NEVER, NEVER, NEVER, EVEN,         20 * AHEAD},
        {20 * AHEAD,    NEVER,     NEVER, NEVER, NEVER, TAKING_TURNS, 20 * AHEAD},
        {4 * AHEAD + 7, 3 * AHEAD, NEVER, NEVER, NEVER, READER_FIRST, 3 * AHEAD },
        {4 * AHEAD,     NEVER,     2000,  NEVER, NEVER, READER_FIRST, 2000      }, /* what is before it comes first */
        {4 * AHEAD,     NEVER,     0,     NEVER, NEVER, EVEN,         0         },
    };
    follow_all(courses, COUNT(courses));
}

/* While the other side waits for us, too. */
static void trees(void)
{
    static const struct course courses[] = {
        {0,         NEVER, NEVER, 0,             NEVER,     EVEN,         0        },
        {3,         NEVER, NEVER, 0,             NEVER,     EVEN,         3        },
        {3,         NEVER, NEVER, 3,             NEVER,     EVEN,         3        },
        {3,         NEVER, NEVER, 0,             NEVER,     MEANWHILE,    3        },
        {3,         NEVER, NEVER, 1,             NEVER,     MEANWHILE,    3        },
        {3,         NEVER, NEVER, 2,             NEVER,     READER_FIRST, 3        },
        {4 * AHEAD, NEVER, NEVER, 0,             NEVER,     READER_FIRST, 4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, 1,             NEVER,     READER_FIRST, 4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, AHEAD,         NEVER,     READER_FIRST, 4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, 4 * AHEAD - 1, NEVER,     READER_FIRST, 4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, 4 * AHEAD,     NEVER,     EVEN,         4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, 3 * AHEAD,     NEVER,     EVEN,         4 * AHEAD},
        {4 * AHEAD, NEVER, NEVER, AHEAD,         AHEAD + 5, TAKING_TURNS, AHEAD + 5},
    };
    follow_all(courses, COUNT(courses));
}

static void given_up(void)
{
    static const int stops[] = {0, 1, AHEAD / 2, AHEAD / 2 + 1, AHEAD - 1, AHEAD, AHEAD + 1, 3 * AHEAD};
    struct course courses[2 * COUNT(stops)];
    for (size_t i = 0; i < COUNT(courses); i++) {
        int stop = stops[i / 2];
        courses[i] = (struct course){4 * AHEAD, NEVER, NEVER, i % 2 ? NEVER : stop / 2, stop, READER_FIRST, stop};
    }
    follow_all(courses, COUNT(courses));
    ahead_end(NULL);
}

CU_TestInfo lab_ahead_tests[] = {
    {"to the end", to_the_end},
    {"trees",      trees     },
    {"given up",   given_up  },
    CU_TEST_INFO_NULL,
};
