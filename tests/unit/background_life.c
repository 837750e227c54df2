/* SPDX-License-Identifier: MIT */
/* What everyday life is made of: known operations, people's hours, sign-ins before sessions, and nothing that misleads. */
#include "background_cafe.inc"

#include "sim/background/habits.h"

/* ---- the tables ---- */

static void check_call(const struct things *t, const char *op_name, const char *params_text, struct arena *arena)
{
    const struct own own = {"203.0.113.4", "martha"};
    const struct op *op = catalog_find(&lab_catalog, op_name, NULL);
    const char *why = "";

    if (!op) {
        printf("there is no operation %s\n", op_name);
        CU_FAIL("unknown operation");
        return;
    }
    CU_ASSERT(op->flags & OP_READ);
    CU_ASSERT_FALSE(op->flags & (OP_UNLOGGED | OP_DATA));
    size_t variants = things_variants(t, params_text);
    for (size_t v = 0; v < variants; v++) {
        json_auto_t *params = things_fill(t, params_text, v, &own);
        if (!op_check_params(op, params, arena, &why)) {
            printf("%s: %s\n", op_name, why);
            CU_FAIL("parameters");
        }
    }
}

static void test_tables(void)
{
    AUTO(cafe_drop) struct cafe c;
    AUTO(arena_drop) struct arena arena = {0};
    struct things t;

    cafe_plan(&c, "tables", 100);
    things_find(&c.plan, &t);
    for (int h = HABIT_NONE; habit_names[h]; h++)
        for (size_t i = 0; i < habits[h].n; i++)
            for (size_t r = 0; r < *habits[h].hours[i].n_routines; r++) {
                const struct routine *routine = &habits[h].hours[i].routines[r];
                CU_ASSERT(routine->weight > 0 && routine->n > 0);
                for (size_t k = 0; k < routine->n; k++)
                    check_call(&t, routine->calls[k].op, routine->calls[k].params, &arena);
            }
    things_drop(&t);
}

static void test_names(void)
{
    enum habit habit = HABIT_BACKUP;

    CU_ASSERT(habit_named("night-owl", &habit));
    CU_ASSERT_EQUAL(habit, HABIT_NIGHT_OWL);
    CU_ASSERT(habit_named("", &habit));
    CU_ASSERT_EQUAL(habit, HABIT_NONE);
    CU_ASSERT(habit_named(NULL, &habit));
    CU_ASSERT_FALSE(habit_named("early-bird", &habit));
}

static void test_templates(void)
{
    static const struct {
        const char *template, *filled;
        size_t variants;
    } rows[] = {
        {NULL,                                         NULL,                                                       1                },
        {"{'a': 1}",                                   "{\"a\":1}",                                                1                },
        {"{'u': '$user', 'x': '$own/32', 'm': '$me'}", "{\"u\":\"martha\",\"x\":\"192.0.2.9/32\",\"m\":\"ines\"}",
         COUNT(cafe_users)                                                                                                          },
        {"{'g': '$group', 'u': '$user'}",              "{\"g\":\"owners\",\"u\":\"martha\"}",                      COUNT(cafe_users)},
        {"{'s': '$signer', 'p': '$password'}",         "{\"s\":\"martha\",\"p\":\"Espresso!2025\"}",               3                },
        {"{'k': '$kmskey'}",                           NULL,                                                       0                },
    };
    AUTO(cafe_drop) struct cafe c;
    struct things t;
    const struct own own = {"192.0.2.9", "ines"};

    cafe_plan(&c, "templates", 100);
    things_find(&c.plan, &t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        CU_ASSERT_EQUAL(things_variants(&t, rows[i].template), rows[i].variants);
        if (!rows[i].filled)
            continue;
        json_auto_t *filled = things_fill(&t, rows[i].template, 0, &own);
        str_add_json_value(&text, filled);
        CU_ASSERT_STRING_EQUAL(text.s, rows[i].filled);
    }
    things_drop(&t);
}

/* ---- hours ---- */

static int local_minute(int64_t when_ms, int zone_minutes)
{
    struct civil local = civil_from_ms(when_ms + zone_minutes * 60000LL);

    return local.hour * 60 + local.minute;
}

static const struct cafe_user *user_of(const char *name)
{
    for (size_t i = 0; i < COUNT(cafe_users); i++)
        if (strcmp(cafe_users[i].name, name) == 0)
            return &cafe_users[i];
    return NULL;
}

/* From when to when may a habit be seen, in local minutes (beyond 1440: after midnight)? */
static bool at_work(enum habit habit, int minute)
{
    static const struct {
        enum habit habit;
        int from, to;
    } rows[] = {
        {HABIT_CONSOLE_OFFICE,   495, 1035},
        {HABIT_CONSOLE_EVENINGS, 595, 1365},
        {HABIT_CLI_OFFICE,       505, 1085},
        {HABIT_NIGHT_OWL,        715, 1650},
        {HABIT_SDK_MONITOR,      0,   1440},
        {HABIT_TERRAFORM,        295, 1425},
        {HABIT_BACKUP,           535, 565 },
        {HABIT_AUDITOR,          565, 990 },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].habit == habit)
            return (minute >= rows[i].from && minute <= rows[i].to) ||
                   (minute + 1440 >= rows[i].from && minute + 1440 <= rows[i].to);
    return false;
}

static const char *who_did(const struct entry *shape)
{
    return shape->who.kind == PRINCIPAL_ROLE ? shape->who.session_name : shape->who.name;
}

static void test_hours(void)
{
    AUTO(cafe_drop) struct cafe c;
    size_t off = 0, of_weekend = 0;

    cafe_draw(&c, "hours", 20000);
    for (size_t i = 0; i < c.b.everyday.n; i++) {
        const struct occurrence *o = &c.b.everyday.list[i];
        const struct cafe_user *u = user_of(who_did(c.b.everyday.calls[o->call].shape));
        if (!u || !at_work(u->habit, local_minute(o->time_ms, u->zone)))
            off++;
        int weekday = civil_from_ms(o->time_ms + (u ? u->zone : 0) * 60000LL).weekday;
        if (u && u->habit == HABIT_CONSOLE_OFFICE && (weekday == 0 || weekday == 6))
            of_weekend++;
    }
    CU_ASSERT_EQUAL(off, 0);
    CU_ASSERT_EQUAL(of_weekend, 0);
}

/* A poll every five minutes, day and night. */
static void test_monitor_is_steady(void)
{
    AUTO(cafe_drop) struct cafe c;
    int64_t last = FROM_MS, widest = 0;

    cafe_draw(&c, "steady", 20000);
    for (size_t i = 0; i < c.b.everyday.n; i++) {
        const struct occurrence *o = &c.b.everyday.list[i];
        if (strcmp(c.b.everyday.calls[o->call].shape->who.name, "uptime-probe") != 0)
            continue;
        widest = o->time_ms - last > widest ? o->time_ms - last : widest;
        last = o->time_ms;
    }
    CU_ASSERT(widest <= 380000);
    CU_ASSERT(UNTIL_MS - last <= 380000);
}

/* ---- sessions ---- */

static int64_t signed_in_before(const struct background *b, const char *user, int64_t created_s)
{
    for (size_t i = 0; i < b->n_actions; i++) {
        const struct action *a = &b->actions[i].action;
        if (strcmp(a->op, "signin:ConsoleLogin") == 0 && strcmp(a->who.name, user) == 0 && a->time_ms / 1000 == created_s)
            return a->time_ms;
    }
    return -1;
}

static void test_sessions(void)
{
    AUTO(cafe_drop) struct cafe c;
    size_t late = 0, early = 0, unsigned_in = 0, wrong_key = 0, n = 0;

    cafe_draw(&c, "sessions", 20000);
    for (size_t i = 0; i < c.b.everyday.n; i++) {
        const struct occurrence *o = &c.b.everyday.list[i];
        const struct everyday_session *s = &c.b.everyday.sessions[o->session];
        struct err e = {0};
        json_auto_t *identity = json_read(s->identity, s->len, &e);
        const char *created = json_str(json_path(identity, "sessionContext.attributes"), "creationDate");
        const char *key = json_str_or(identity, "accessKeyId", "");
        int64_t ms = 0;
        if (text_starts(key, created ? "ASIA" : "AKIA") != true)
            wrong_key++;
        if (!created || !time_parse(created, &ms, NULL))
            continue;
        n++;
        early += o->time_ms < ms;
        late += o->time_ms - ms > 12 * 3600000LL;
        if (s->console && ms >= FROM_MS && signed_in_before(&c.b, json_str_or(identity, "userName", ""), ms / 1000) < 0)
            unsigned_in++;
    }
    CU_ASSERT(n > 1000);
    CU_ASSERT_EQUAL(early, 0);
    CU_ASSERT_EQUAL(late, 0);
    CU_ASSERT_EQUAL(unsigned_in, 0);
    CU_ASSERT_EQUAL(wrong_key, 0);
}

/* The key of the audit's session is the one that AssumeRole hands out when it is played. */
static void test_role(void)
{
    AUTO(cafe_drop) struct cafe c;
    const char *used = NULL, *given = NULL;

    cafe_draw(&c, "role", 20000);
    for (size_t i = 0; i < c.b.everyday.n_calls; i++)
        if (c.b.everyday.calls[i].shape->who.kind == PRINCIPAL_ROLE)
            used = c.b.everyday.calls[i].shape->who.access_key_id;
    for (size_t i = 0; i < c.b.n_actions; i++) {
        struct outcome out;
        act(&c.w, &c.b.actions[i].action, &out);
        if (strcmp(c.b.actions[i].action.op, "sts:AssumeRole") == 0)
            given = json_str(json_path(out.entry->response, "credentials"), "accessKeyId");
    }
    CU_ASSERT_PTR_NOT_NULL(used);
    CU_ASSERT(used && given && strcmp(used, given) == 0);
}

/* ---- played ---- */

/* Colleagues' changes work out, but for those that are mistakes; ids are nobody else's. */
static void test_actions_played(void)
{
    size_t failed = 0, logins = 0, denied = 0, rules = 0;

    for (int seed = 0; seed < 12; seed++) {
        AUTO(cafe_drop) struct cafe c;
        char name[32];
        snprintf(name, sizeof(name), "played %d", seed);
        cafe_draw(&c, name, 4000);
        for (size_t i = 0; i < c.b.n_actions; i++) {
            const struct action *a = &c.b.actions[i].action;
            struct outcome out;
            act(&c.w, a, &out);
            CU_ASSERT_STRING_EQUAL(out.entry->stream, a->stream);
            CU_ASSERT_EQUAL(out.entry->time_ms, a->time_ms);
            if (strcmp(a->op, "signin:ConsoleLogin") == 0)
                logins++, failed += out.entry->error_message != NULL;
            else if (out.error_code && text_starts(out.error_code, "AccessDenied"))
                denied++;
            else if (out.error_code && strcmp(out.error_code, "LimitExceeded") != 0) { /* a third key for somebody */
                printf("%s: %s: %s\n", a->op, out.error_code, out.error_message);
                CU_FAIL("an action failed");
            }
            rules += strcmp(a->op, "ec2:AuthorizeSecurityGroupIngress") == 0;
        }
    }
    CU_ASSERT(logins > 100);
    CU_ASSERT(failed > 5 && failed < logins / 4);
    CU_ASSERT(denied > 3);
    CU_ASSERT(rules > 12);
}

/* ---- nothing that misleads ---- */

static void test_no_false_trail(void)
{
    for (int seed = 0; seed < 12; seed++) {
        AUTO(cafe_drop) struct cafe c;
        char name[32];
        snprintf(name, sizeof(name), "trail %d", seed);
        cafe_draw(&c, name, 4000);
        const char *web = find_security_group(&c.w, "web")->id;
        for (size_t i = 0; i < c.b.n_actions; i++) {
            const struct action *a = &c.b.actions[i].action;
            AUTO(str_drop) struct str params = {0};
            str_add_json_value(&params, a->params);
            CU_ASSERT_PTR_NULL(strstr(params.s, "0.0.0.0/0"));
            CU_ASSERT_PTR_NULL(strstr(params.s, "chaos"));
            CU_ASSERT_PTR_NULL(strstr(params.s, web));
            CU_ASSERT(strstr(params.s, "\"fromPort\":22") == NULL);
            CU_ASSERT_STRING_NOT_EQUAL(a->from.ip, "198.51.100.99");
            CU_ASSERT_STRING_NOT_EQUAL(a->who.name, "chaos");
        }
    }
}

/* What the intruder of the café does, others do in every lab, too. */
static void test_not_the_only_one(void)
{
    for (int seed = 0; seed < 8; seed++) {
        AUTO(cafe_drop) struct cafe c;
        size_t who_am_i = 0, denied_list = 0, groups = 0, outside = 0, night = 0, versions[3] = {0};
        char name[32];
        snprintf(name, sizeof(name), "only %d", seed);
        cafe_draw(&c, name, 20000);
        for (size_t i = 0; i < c.b.everyday.n; i++) {
            const struct occurrence *o = &c.b.everyday.list[i];
            const struct entry *shape = c.b.everyday.calls[o->call].shape;
            const char *ip = c.b.everyday.sessions[o->session].from.ip;
            bool cli = text_starts(shape->from.agent, "aws-cli/");
            who_am_i += cli && strcmp(shape->op, "sts:GetCallerIdentity") == 0;
            denied_list += strcmp(shape->op, "iam:ListUsers") == 0 && shape->error_code;
            groups += cli && strcmp(shape->op, "ec2:DescribeSecurityGroups") == 0;
            outside += !ip_in(ip, "203.0.113.0/28") && !ip_in(ip, "203.0.113.128/28");
            for (size_t v = 0; v < COUNT(versions); v++)
                versions[v] += cli && strncmp(shape->from.agent, client_find("aws-cli")->agents[v], 14) == 0;
            night += cli && local_minute(o->time_ms, -420) > 1260;
        }
        CU_ASSERT(who_am_i >= 3);
        CU_ASSERT(denied_list >= 3);
        CU_ASSERT(groups >= 3);
        CU_ASSERT(outside >= 3);
        CU_ASSERT(night >= 3);
        for (size_t v = 0; v < COUNT(versions); v++)
            CU_ASSERT(versions[v] >= 3);
    }
}

CU_TestInfo background_life_tests[] = {
    {"every call of every table is known",     test_tables           },
    {"habits by name",                         test_names            },
    {"templates",                              test_templates        },
    {"people keep their hours",                test_hours            },
    {"the monitor never sleeps",               test_monitor_is_steady},
    {"sessions begin with a sign-in",          test_sessions         },
    {"the role's key is the one handed out",   test_role             },
    {"actions can be played",                  test_actions_played   },
    {"nothing benign looks like an answer",    test_no_false_trail   },
    {"no step of an intruder is the only one", test_not_the_only_one },
    CU_TEST_INFO_NULL,
};
