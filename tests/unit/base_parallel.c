/* SPDX-License-Identifier: MIT */
/* Work on threads: every piece once, each thread its own things, and the error of the first piece that failed. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <stdatomic.h>
#include <stdlib.h>

struct sums {
    atomic_int seen[1000];
    atomic_int hands, dropped;
    size_t bad_from; /* pieces from here on fail */
};

static void *take_hand(void *context)
{
    struct sums *s = context;
    atomic_fetch_add(&s->hands, 1);
    return s;
}

static void drop_hand(void *own)
{
    struct sums *s = own;
    atomic_fetch_add(&s->dropped, 1);
}

static bool count(void *context, void *own, size_t i, struct err *e)
{
    struct sums *s = context;
    CU_ASSERT_PTR_EQUAL(own, context);
    atomic_fetch_add(&s->seen[i], 1);
    return i < s->bad_from || err_set(e, "piece %zu", i);
}

static void every_piece_once(void)
{
    static const unsigned threads[] = {0, 1, 2, 7, 200};
    static const size_t sizes[] = {0, 1, 3, 1000};
    for (size_t k = 0; k < COUNT(threads) * COUNT(sizes); k++) {
        struct sums *s = xcalloc(1, sizeof(*s));
        struct err e = {0};
        size_t n = sizes[k % COUNT(sizes)];
        s->bad_from = n;
        CU_ASSERT(parallel_run(&(struct work){n, s, take_hand, drop_hand, count}, threads[k / COUNT(sizes)], &e));
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_EQUAL(s->seen[i], 1);
        CU_ASSERT(s->hands == s->dropped && (s->hands > 0) == (n > 0) && (size_t)s->hands <= n);
        free(s);
    }
}

static void first_failure_is_told(void)
{
    static const unsigned threads[] = {1, 2, 7};
    for (size_t k = 0; k < COUNT(threads); k++) {
        struct sums *s = xcalloc(1, sizeof(*s));
        struct err e = {0};
        s->bad_from = 100;
        CU_ASSERT_FALSE(parallel_run(&(struct work){1000, s, take_hand, drop_hand, count}, threads[k], &e));
        CU_ASSERT_STRING_EQUAL(e.msg, "piece 100");
        CU_ASSERT_EQUAL(s->hands, s->dropped);
        free(s);
    }
}

CU_TestInfo base_parallel_tests[] = {
    {"every piece once",          every_piece_once     },
    {"the first failure is told", first_failure_is_told},
    CU_TEST_INFO_NULL,
};
