/* SPDX-License-Identifier: MIT */
/* Scanners at an open tcp/22: a few hundred, from nowhere that matters, never right. */
#include "background_cafe.inc"

static void test_knock(void)
{
    static const struct {
        int64_t opened_ms;
        size_t least;
    } rows[] = {
        {FROM_MS + 4 * DAY_MS,      100},
        {FROM_MS + 5 * DAY_MS,      100},
        {UNTIL_MS - 12 * 3600000LL, 60 },
        {UNTIL_MS - 60000,          0  }
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(cafe_drop) struct cafe c;
        cafe_plan(&c, "knock", 100);
        background_knock(&c.plan, rows[i].opened_ms, &c.b);
        CU_ASSERT(c.b.n_actions >= rows[i].least && c.b.n_actions <= 400);
        for (size_t k = 0; k < c.b.n_actions; k++) {
            const struct action *a = &c.b.actions[k].action;
            CU_ASSERT_STRING_EQUAL(a->op, "host:LogIn");
            CU_ASSERT_STRING_EQUAL(a->on, "cafe");
            CU_ASSERT(a->time_ms > rows[i].opened_ms && a->time_ms < UNTIL_MS);
            CU_ASSERT(!k || c.b.actions[k - 1].action.time_ms <= a->time_ms);
            CU_ASSERT_STRING_NOT_EQUAL(json_str_or(a->params, "user", "ec2-user"), "ec2-user");
            for (size_t n = 0; n < c.plan.n_avoid; n++)
                CU_ASSERT_FALSE(ip_in(a->from.ip, c.plan.avoid[n]));
            CU_ASSERT(ip_in(a->from.ip, "192.0.2.0/24") || ip_in(a->from.ip, "198.51.100.0/24") ||
                      ip_in(a->from.ip, "203.0.113.0/24"));
        }
    }
}

/* A scanner is one address and one program, and tries within one burst. */
static void test_bursts(void)
{
    AUTO(cafe_drop) struct cafe c;
    size_t quick = 0;

    cafe_plan(&c, "bursts", 100);
    background_knock(&c.plan, FROM_MS + 4 * DAY_MS, &c.b);
    for (size_t i = 1; i < c.b.n_actions; i++) {
        const struct action *a = &c.b.actions[i - 1].action, *b = &c.b.actions[i].action;
        if (strcmp(a->from.ip, b->from.ip) == 0 && b->time_ms - a->time_ms < 5000) {
            quick++;
            CU_ASSERT_STRING_EQUAL(a->from.agent, b->from.agent);
        }
    }
    CU_ASSERT(quick > c.b.n_actions / 2);
}

static void test_no_server(void)
{
    AUTO(cafe_drop) struct cafe c;

    cafe_plan(&c, "none", 100);
    c.plan.server = NULL;
    background_knock(&c.plan, FROM_MS, &c.b);
    CU_ASSERT_EQUAL(c.b.n_actions, 0);
}

/* Nobody is both a traveller and a scanner, and a world full of owners leaves nobody. */
static void test_nowhere_left(void)
{
    static const char *const all[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"};
    AUTO(cafe_drop) struct cafe c;

    cafe_plan(&c, "full", 100);
    c.plan.avoid = all;
    c.plan.n_avoid = COUNT(all);
    background_knock(&c.plan, FROM_MS, &c.b);
    CU_ASSERT_EQUAL(c.b.n_actions, 0);
}

CU_TestInfo background_knock_tests[] = {
    {"a few hundred logins that fail", test_knock       },
    {"in bursts",                      test_bursts      },
    {"no server, no scanners",         test_no_server   },
    {"no address left",                test_nowhere_left},
    CU_TEST_INFO_NULL,
};
