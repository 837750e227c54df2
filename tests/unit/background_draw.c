/* SPDX-License-Identifier: MIT */
/* Everyday life as a whole: the number wanted, the same again, one person's days left alone by another's. */
#include "background_cafe.inc"

static void test_count(void)
{
    static const uint64_t wanted[] = {0, 40, 100, 777, 2000, 20000, 150000};

    for (size_t i = 0; i < COUNT(wanted); i++) {
        AUTO(cafe_drop) struct cafe c;
        cafe_draw(&c, "count", wanted[i]);
        CU_ASSERT_EQUAL(c.b.everyday.n + c.b.n_actions, wanted[i]);
        CU_ASSERT(c.b.n_actions <= wanted[i] / 4);
    }
}

static void print(const struct background *b, const char *only, struct str *out)
{
    for (size_t i = 0; i < b->n_actions; i++) {
        const struct action *a = &b->actions[i].action;
        if (only && strcmp(b->actions[i].who_id, only) != 0)
            continue;
        str_addf(out, "%lld %s %s %s %s %s %s ", (long long)a->time_ms, a->op, a->who.name,
                 a->who.access_key_id ? a->who.access_key_id : "-", a->from.ip, a->from.agent, a->stream);
        str_add_json_value(out, a->params);
        str_addc(out, '\n');
    }
}

static void print_calls(const struct background *b, struct str *out)
{
    for (size_t i = 0; i < b->everyday.n; i++) {
        const struct occurrence *o = &b->everyday.list[i];
        const struct entry *shape = b->everyday.calls[o->call].shape;
        str_addf(out, "%lld %s %s %s %s ", (long long)o->time_ms, shape->op, shape->region, shape->from.agent,
                 b->everyday.sessions[o->session].identity);
        str_add_json_value(out, shape->params);
        str_addf(out, " %s\n", shape->error_code ? shape->error_code : "");
    }
}

static void test_same_again(void)
{
    struct str text[3] = {{0}};

    for (int i = 0; i < 3; i++) {
        AUTO(cafe_drop) struct cafe c;
        cafe_draw(&c, i < 2 ? "one" : "two", 3000);
        print(&c.b, NULL, &text[i]);
        print_calls(&c.b, &text[i]);
    }
    CU_ASSERT_STRING_EQUAL(text[0].s, text[1].s);
    CU_ASSERT_STRING_NOT_EQUAL(text[0].s, text[2].s);
    for (int i = 0; i < 3; i++)
        str_drop(&text[i]);
}

/* Without Frank the others do what they did; and their calls are those that they made, and some more. */
static void test_others_left_alone(void)
{
    AUTO(cafe_drop) struct cafe all;
    AUTO(cafe_drop) struct cafe less;
    AUTO(str_drop) struct str before = {0}, after = {0};
    struct err e = {0};

    cafe_draw(&all, "alone", 20000);
    cafe_plan(&less, "alone", 20000);
    less.people[1].habit = HABIT_NONE;
    CU_ASSERT(background_draw(&less.plan, &less.b, &e));
    for (size_t i = 0; i < COUNT(cafe_users); i++) {
        print(&all.b, i == 1 ? "nobody" : cafe_users[i].name, &before);
        print(&less.b, cafe_users[i].name, &after);
    }
    CU_ASSERT(before.len > 2000);
    CU_ASSERT_STRING_EQUAL(before.s, after.s);
    str_drop(&after);
}

/* More events are the same ones and some more. */
static void test_more_is_a_superset(void)
{
    AUTO(cafe_drop) struct cafe few;
    AUTO(cafe_drop) struct cafe many;
    size_t j = 0, missing = 0;

    cafe_draw(&few, "more", 6000);
    cafe_draw(&many, "more", 9000);
    for (size_t i = 0; i < few.b.everyday.n; i++) {
        int64_t when = few.b.everyday.list[i].time_ms;
        while (j < many.b.everyday.n && many.b.everyday.list[j].time_ms < when)
            j++;
        if (j == many.b.everyday.n || many.b.everyday.list[j].time_ms != when)
            missing++;
        else
            j++;
    }
    CU_ASSERT_EQUAL(missing, 0);
}

static void test_sorted(void)
{
    AUTO(cafe_drop) struct cafe c;
    bool sorted = true, inside = true;

    cafe_draw(&c, "sorted", 20000);
    for (size_t i = 0; i < c.b.everyday.n; i++) {
        const struct occurrence *o = &c.b.everyday.list[i];
        inside = inside && o->time_ms >= FROM_MS && o->time_ms < UNTIL_MS && o->call < c.b.everyday.n_calls &&
                 o->session < c.b.everyday.n_sessions;
        if (i && (o[-1].time_ms > o->time_ms || (o[-1].time_ms == o->time_ms && o[-1].call > o->call)))
            sorted = false;
    }
    for (size_t i = 0; i < c.b.n_actions; i++) {
        int64_t when = c.b.actions[i].action.time_ms;
        inside = inside && when >= FROM_MS && when < UNTIL_MS;
        sorted = sorted && (!i || c.b.actions[i - 1].action.time_ms <= when);
    }
    CU_ASSERT(sorted);
    CU_ASSERT(inside);
}

static void test_journal_left_alone(void)
{
    AUTO(cafe_drop) struct cafe c;
    struct err e = {0};

    cafe_plan(&c, "quiet", 5000);
    size_t before = c.w.journal.n;
    int64_t now = c.w.now_ms;
    CU_ASSERT(background_draw(&c.plan, &c.b, &e));
    CU_ASSERT_EQUAL(c.w.journal.n, before);
    CU_ASSERT_EQUAL(c.w.now_ms, now);
}

static void test_bad_plans(void)
{
    static const struct {
        int64_t until_ms;
        uint64_t events;
        const char *second_id, *says;
    } rows[] = {
        {FROM_MS,  10,         "frank",  "everyday life needs some time: it would end at or before its beginning"},
        {UNTIL_MS, 1ull << 40, "frank",  "1099511627776 events are too many: at most 20000000"                   },
        {UNTIL_MS, 10,         "martha", "two people of everyday life are called \"martha\""                     },
        {UNTIL_MS, 10,         "",       "person 2 of everyday life has no id"                                   },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(cafe_drop) struct cafe c;
        struct err e = {0};
        cafe_plan(&c, "bad", rows[i].events);
        c.plan.until_ms = rows[i].until_ms;
        c.people[1].id = rows[i].second_id;
        CU_ASSERT_FALSE(background_draw(&c.plan, &c.b, &e));
        CU_ASSERT_STRING_EQUAL(e.msg, rows[i].says);
    }
}

/* People alone must fill any number, too: there is no program to take the rest. */
static void test_people_only(void)
{
    AUTO(cafe_drop) struct cafe c;
    struct err e = {0};

    cafe_plan(&c, "people", 30000);
    c.plan.n_people = 2;
    CU_ASSERT(background_draw(&c.plan, &c.b, &e));
    CU_ASSERT_EQUAL(c.b.everyday.n + c.b.n_actions, 30000);
}

static void test_nobody(void)
{
    AUTO(cafe_drop) struct cafe c;
    struct err e = {0};

    cafe_plan(&c, "nobody", 500);
    for (size_t i = 0; i < c.plan.n_people; i++)
        c.people[i].habit = HABIT_NONE;
    CU_ASSERT(background_draw(&c.plan, &c.b, &e));
    CU_ASSERT_EQUAL(c.b.everyday.n + c.b.n_actions, 0);
}

CU_TestInfo background_draw_tests[] = {
    {"as many events as wanted",            test_count             },
    {"same seed, same life",                test_same_again        },
    {"one person's days are that person's", test_others_left_alone },
    {"more events hold the fewer",          test_more_is_a_superset},
    {"sorted, inside the plan's time",      test_sorted            },
    {"rehearsals leave the journal alone",  test_journal_left_alone},
    {"impossible plans",                    test_bad_plans         },
    {"people without programs",             test_people_only       },
    {"nobody there",                        test_nobody            },
    CU_TEST_INFO_NULL,
};
