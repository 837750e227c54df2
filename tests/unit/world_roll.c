/* SPDX-License-Identifier: MIT */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define N 600

struct thing {
    struct thing *next, *prev;
    const char *name;
};

/* Names that share long beginnings, are each other's beginnings, are empty, and are no ASCII. */
static void name_all(struct arena *arena, struct thing *things, size_t n)
{
    struct seed seed = seed_from_text("roll");
    struct chance draw = chance_of(&seed, "names");
    static const char *const odd[] = {"", "a", "aa", "a/", "ab", "\xc3\xa9", "\xff", "a\x01", "\x7f"};
    for (size_t i = 0; i < n; i++)
        things[i].name = i < COUNT(odd) ? odd[i] : arena_printf(arena, "logs/%zu-%zu", (size_t)chance_below(&draw, 9), i);
}

static bool is_whole(const struct roll *roll, size_t n, bool sorted)
{
    const struct rolled *last = NULL;
    size_t found = 0;
    for (const struct rolled *one = roll->first; one; last = one, one = one->next, found++)
        if (one->prev != last || roll_find(roll, one->name) != one || (sorted && last && strcmp(last->name, one->name) >= 0))
            return false;
    return found == n && roll->last == last;
}

/* What a walk would find. */
static void *first_from(const struct roll *roll, const char *name)
{
    struct rolled *one = roll->first;
    while (one && strcmp(one->name, name) < 0)
        one = one->next;
    return one;
}

static void test_sorted(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    static const char *const asked[] = {"", "a", "aaa", "b", "logs/", "logs/4", "logs/4-10", "logs/9", "z", "\xff", "\xff\xff"};
    struct thing things[N] = {0};
    struct roll roll = {0};
    CU_ASSERT(!roll_find(&roll, "a") && !roll_from(&roll, "a") && !roll_find(&roll, NULL));
    name_all(&arena, things, N);
    for (size_t i = 0; i < N; i++)
        roll_add_sorted(&roll, &arena, &things[i * 7 % N]);
    CU_ASSERT(is_whole(&roll, N, true) && !roll_find(&roll, "logs/") && !roll_find(&roll, "logs"));
    for (size_t i = 0; i < COUNT(asked); i++)
        CU_ASSERT_PTR_EQUAL(roll_from(&roll, asked[i]), first_from(&roll, asked[i]));
    for (size_t i = 0; i < N; i += 2)
        roll_remove(&roll, &things[i]);
    CU_ASSERT(is_whole(&roll, N / 2, true));
    for (size_t i = 0; i < N; i++) {
        CU_ASSERT_PTR_EQUAL(roll_find(&roll, things[i].name), i % 2 ? &things[i] : NULL);
        CU_ASSERT_PTR_EQUAL(roll_from(&roll, things[i].name), first_from(&roll, things[i].name));
    }
    for (size_t i = 1; i < N; i += 2)
        roll_remove(&roll, &things[i]);
    CU_ASSERT(!roll.first && !roll.last && !roll.names.root);
}

static void test_order(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct thing things[N] = {0}, twin = {.name = "a"};
    struct roll roll = {0}, copy;
    name_all(&arena, things, N);
    for (size_t i = 0; i < N; i++)
        roll_add(&roll, &arena, &things[i]);
    CU_ASSERT(is_whole(&roll, N, false) && roll.first == (void *)things && roll.last == (void *)&things[N - 1]);
    roll_rename(&roll, &arena, &things[3], "another");
    CU_ASSERT(is_whole(&roll, N, false) && !roll_find(&roll, "a/") && things[2].next == &things[3]);
    roll_copy(&copy, &arena, &roll, sizeof(struct thing));
    CU_ASSERT(is_whole(&copy, N, false) && roll_find(&copy, "another") != &things[3]);
    roll_remove(&roll, &things[3]);
    CU_ASSERT(is_whole(&roll, N - 1, false) && is_whole(&copy, N, false));
    roll_add(&roll, &arena, &twin); /* of an edited state: the newest is found, and nothing breaks */
    CU_ASSERT_PTR_EQUAL(roll_find(&roll, "a"), &twin);
    roll_remove(&roll, &things[1]);
    CU_ASSERT_PTR_EQUAL(roll_find(&roll, "a"), &twin);
    CU_ASSERT(is_whole(&roll, N - 1, false));
}

CU_TestInfo world_roll_tests[] = {
    {"sorted",         test_sorted},
    {"in their order", test_order },
    CU_TEST_INFO_NULL,
};
