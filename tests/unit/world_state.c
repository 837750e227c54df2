/* SPDX-License-Identifier: MIT */
/* The state of a world as text: the café's goes into another world and comes out the same; damage is told. */
#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>
#include <string.h>

static bool play_cafe(struct scenario **s, struct play *p)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    *s = scenario_load("scenarios/cafe-breach", &diags, &e);
    return *s && play(*s, &(struct play_options){.seed = "7", .student = "s", .events = 200}, p, &e);
}

static void keys_are_their_owners(const struct world *w)
{
    for (struct user *user = w->account.users; user; user = user->next)
        for (struct access_key *key = user->keys; key; key = key->next) {
            struct access_key *found = NULL;
            CU_ASSERT_PTR_EQUAL(find_user_by_key(w, key->id, &found), user);
            CU_ASSERT_PTR_EQUAL(found, key);
        }
}

/* Through the one door, as the account's root. */
static void does(struct world *w, const char *op, json_t *params)
{
    struct action a = {
        .time_ms = w->now_ms + 1000,
        .who = {.kind = PRINCIPAL_ROOT},
        .from = { .ip = "203.0.113.9",          .agent = "x"},
        .op = op,
        .params = params
    };
    struct outcome out;
    act(w, &a, &out);
    CU_ASSERT_PTR_NULL(out.error_code);
    json_decref(params);
}

/* Somebody's MFA device is nobody's afterwards: a list that a story need not fill. */
static void take_off_device(struct world *w)
{
    const struct user *user = w->account.users;
    while (user && !user->mfa)
        user = user->next;
    CU_ASSERT_PTR_NOT_NULL(user);
    if (user)
        does(w, "iam:DeactivateMFADevice", json_pack("{s:s, s:s}", "userName", user->name, "serialNumber", user->mfa->serial));
    CU_ASSERT_PTR_NOT_NULL(w->account.idle_mfa);
}

/* What describe and list calls show of it must not tell which of the two it is. */
static void same_again(void)
{
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(str_drop) struct str before = {0}, after = {0};
    struct world w = {0};
    struct play p = {0};
    struct err e = {0};
    CU_ASSERT(play_cafe(&s, &p));
    take_off_device(&p.world);
    world_add_state(&before, &p.world);
    world_init(&w, &p.seed, "111122223333", "eu-west-1", 0);
    CU_ASSERT(world_take_state(&w, str_text(&before), before.len, &e));
    world_add_state(&after, &w);
    CU_ASSERT_STRING_EQUAL(str_text(&before), str_text(&after));
    CU_ASSERT_EQUAL(w.now_ms, p.world.now_ms);
    CU_ASSERT_PTR_NOT_NULL(find_user(&w, "chaos"));
    CU_ASSERT_PTR_EQUAL(w.servers->instance, find_instance(&w, w.servers->instance->id));
    CU_ASSERT(w.account.trails->key && w.account.trails->key == find_kms_key(&w, w.account.trails->key->arn));
    keys_are_their_owners(&w);
    world_drop(&w);
    play_drop(&p);
}

/* Documents are shared: what holds one gets another, and nothing is written into one. */
static void change_documents(struct world *w)
{
    static const char nothing[] = "{\"Version\": \"2012-10-17\", \"Statement\": []}";
    for (const struct bucket *bucket = w->account.buckets; bucket; bucket = bucket->next) {
        does(w, "s3:DeleteBucketPolicy", json_pack("{s:s}", "bucketName", bucket->name));
        CU_ASSERT_PTR_NULL(bucket->policy);
    }
    for (const struct user *user = w->account.users; user; user = user->next)
        for (const struct policy_doc *policy = user->inline_policies; policy; policy = policy->next) {
            const json_t *before = policy->document;
            does(w, "iam:PutUserPolicy",
                 json_pack("{s:s, s:s, s:s}", "userName", user->name, "policyName", policy->name, "policyDocument", nothing));
            CU_ASSERT_PTR_NOT_EQUAL(policy->document, before);
        }
}

/* A copy is what reading the text would have made, and what happens to it happens to it alone. */
static void copied(void)
{
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(str_drop) struct str before = {0}, copy = {0}, after = {0};
    struct world w = {0};
    struct play p = {0};
    CU_ASSERT(play_cafe(&s, &p));
    take_off_device(&p.world);
    world_add_state(&before, &p.world);
    world_init(&w, &p.seed, "111122223333", "eu-west-1", 0);
    world_copy_state(&w, &p.world);
    world_add_state(&copy, &w);
    CU_ASSERT_STRING_EQUAL(str_text(&before), str_text(&copy));
    CU_ASSERT_PTR_EQUAL(w.servers->instance, find_instance(&w, w.servers->instance->id));
    CU_ASSERT_PTR_NOT_EQUAL(w.servers->instance, p.world.servers->instance);
    CU_ASSERT_PTR_EQUAL(w.account.trails->key, find_kms_key(&w, w.account.trails->key->arn));
    keys_are_their_owners(&w);
    w.catalog = p.world.catalog;
    change_documents(&w);
    w.account.users->login_profile_ms++;
    w.account.instances->state = "stopped";
    world_drop(&w);
    world_add_state(&after, &p.world);
    CU_ASSERT_STRING_EQUAL(str_text(&before), str_text(&after));
    play_drop(&p);
}

static void secrets_forgotten(void)
{
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(str_drop) struct str text = {0};
    struct play p = {0};
    CU_ASSERT(play_cafe(&s, &p));
    world_forget_secrets(&p.world, "sofia");
    world_add_state(&text, &p.world);
    for (const struct user *u = p.world.account.users; u; u = u->next)
        for (const struct access_key *k = u->keys; k; k = k->next)
            CU_ASSERT_EQUAL(k->secret != NULL, text_same(u->name, "sofia"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), find_user(&p.world, "sofia")->keys->secret));
    play_drop(&p);
}

static void damage(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"",                 "state: "                                },
        {"[]",               "state: expected an object"              },
        {"{\"now\":\"x\"}",  "state: \"now\": expected a whole number"},
        {"{\"account\":{}}", "state: \"id\": expected a text"         },
        {"{\"account\":7}",  "state: expected an object"              },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w = {0};
        struct err e = {0};
        struct seed seed = seed_from_text("x");
        world_init(&w, &seed, "111122223333", "eu-west-1", 0);
        CU_ASSERT_FALSE(world_take_state(&w, rows[i].text, strlen(rows[i].text), &e));
        CU_ASSERT(text_starts(e.msg, rows[i].says));
        world_drop(&w);
    }
}

/* A whole state with one thing gone or of another kind: an error, and nothing is followed that is not there. */
static void one_part_wrong(void)
{
    static const char *const edits[][2] = {
        {"\"policy\":\"arn",  "\"policy\":\"brn" },
        {"\"instance\":\"i-", "\"instance\":\"j-"},
        {"\"groups\":[\"sg-", "\"groups\":[\"tg-"},
        {"\"trail\":\"arn",   "\"trail\":\"brn"  },
        {"\"user\":\"",       "\"user\":\"x"     },
        {"\"processes\":[",   "\"processes\":[7,"},
        {"\"active\":1",      "\"active\":2"     },
    };
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(str_drop) struct str text = {0};
    struct play p = {0};
    CU_ASSERT(play_cafe(&s, &p));
    world_add_state(&text, &p.world);
    for (size_t i = 0; i < COUNT(edits); i++) {
        AUTO(str_drop) struct str edited = {0};
        const char *at = strstr(str_text(&text), edits[i][0]);
        struct world w = {0};
        struct err e = {0};
        CU_ASSERT_PTR_NOT_NULL(at);
        if (!at)
            continue;
        str_addn(&edited, text.s, (size_t)(at - text.s));
        str_add(&edited, edits[i][1]);
        str_add(&edited, at + strlen(edits[i][0]));
        world_init(&w, &p.seed, "111122223333", "eu-west-1", 0);
        CU_ASSERT_FALSE(world_take_state(&w, str_text(&edited), edited.len, &e));
        CU_ASSERT(text_starts(e.msg, "state: "));
        world_drop(&w);
    }
    play_drop(&p);
}

CU_TestInfo world_state_tests[] = {
    {"there and back",               same_again       },
    {"copied",                       copied           },
    {"secrets of others",            secrets_forgotten},
    {"what is no state",             damage           },
    {"a state with one thing wrong", one_part_wrong   },
    CU_TEST_INFO_NULL,
};
