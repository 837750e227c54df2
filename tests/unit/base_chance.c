/* SPDX-License-Identifier: MIT */
/* Chance: the same on every machine for ever (so the numbers stand here), fair, and apart by path. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

/* Checked by hand with another implementation: HMAC-SHA256(SHA-256("cafelab"), "a/1") seeds xoshiro256**. */
static void test_fixed(void)
{
    struct seed seed = seed_from_text("cafelab");
    struct chance c = chance_of(&seed, "a/%d", 1);
    char uuid[UUID_LEN + 1] = {0}, text[9];
    static const uint64_t first[] = {UINT64_C(0x32492c20a6e828aa), UINT64_C(0x1a8ac53690d6cebf), UINT64_C(0xa7bfc5ec03dca2ac),
                                     UINT64_C(0x7d868e03d6c524cb)};

    for (size_t i = 0; i < COUNT(first); i++)
        CU_ASSERT_EQUAL(chance_u64(&c), first[i]);
    chance_uuid(&c, uuid);
    CU_ASSERT_STRING_EQUAL(uuid, "4f70d6ff-016d-4f96-98d7-a543c8448522");
    chance_text(&c, ALPHABET_BASE32, 8, text);
    CU_ASSERT_EQUAL(strspn(text, ALPHABET_BASE32), 8);
}

static void test_streams_apart(void)
{
    struct seed seed = seed_from_text("x"), other = seed_from_text("y"), below = seed_derive(&seed, "student/%s", "ada");
    struct chance a = chance_of(&seed, "a"), b = chance_of(&seed, "b"), c = chance_of(&other, "a"), d = chance_of(&below, "a"),
                  again = chance_of(&seed, "a");
    uint64_t first = chance_u64(&a);

    CU_ASSERT_EQUAL(first, chance_u64(&again));
    CU_ASSERT(first != chance_u64(&b) && first != chance_u64(&c) && first != chance_u64(&d));
}

static void test_below(void)
{
    struct seed seed = seed_from_text("below");
    struct chance c = chance_of(&seed, "x");
    size_t seen[10] = {0};

    for (int i = 0; i < 100000; i++)
        seen[chance_below(&c, 10)]++;
    for (size_t i = 0; i < COUNT(seen); i++)
        CU_ASSERT(seen[i] > 9500 && seen[i] < 10500);
    CU_ASSERT_EQUAL(chance_below(&c, 1), 0);
    CU_ASSERT(chance_one_in(&c, 1));
}

static void test_between(void)
{
    struct seed seed = seed_from_text("between");
    struct chance c = chance_of(&seed, "x");
    bool low = false, high = false;

    for (int i = 0; i < 1000; i++) {
        int64_t n = chance_between(&c, -3, 3);
        CU_ASSERT(n >= -3 && n <= 3);
        low = low || n == -3;
        high = high || n == 3;
    }
    CU_ASSERT(low && high);
    CU_ASSERT_EQUAL(chance_between(&c, 7, 7), 7);
    chance_between(&c, INT64_MIN, INT64_MAX); /* the whole range is no overflow */
}

/* Exponential: mean as asked, a third of the values beyond it, never negative. */
static void test_gap(void)
{
    struct seed seed = seed_from_text("gap");
    struct chance c = chance_of(&seed, "x");
    int64_t sum = 0, beyond = 0;

    for (int i = 0; i < 100000; i++) {
        int64_t gap = chance_gap(&c, 10000);
        CU_ASSERT_FALSE(gap < 0);
        sum += gap;
        beyond += gap > 10000;
    }
    CU_ASSERT(sum / 100000 > 9800 && sum / 100000 < 10200);
    CU_ASSERT(beyond > 35800 && beyond < 37800); /* 1/e */
    CU_ASSERT(chance_gap(&c, INT64_C(1) << 40) >= 0);
    CU_ASSERT_EQUAL(chance_gap(&c, 0), 0);
}

static void test_uuid(void)
{
    struct seed seed = seed_from_text("uuid");
    struct chance c = chance_of(&seed, "x");

    for (int i = 0; i < 1000; i++) {
        char u[UUID_LEN + 1] = {0};
        chance_uuid(&c, u);
        CU_ASSERT_EQUAL(strlen(u), UUID_LEN);
        CU_ASSERT(u[8] == '-' && u[13] == '-' && u[18] == '-' && u[23] == '-');
        CU_ASSERT_EQUAL(u[14], '4');
        CU_ASSERT_PTR_NOT_NULL(strchr("89ab", u[19]));
        CU_ASSERT_EQUAL(strspn(u, ALPHABET_HEX "-"), UUID_LEN);
    }
}

CU_TestInfo base_chance_tests[] = {
    {"fixed for ever",     test_fixed        },
    {"streams are apart",  test_streams_apart},
    {"below is fair",      test_below        },
    {"between holds both", test_between      },
    {"gaps",               test_gap          },
    {"UUIDs",              test_uuid         },
    CU_TEST_INFO_NULL,
};
