/* SPDX-License-Identifier: MIT */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void open_world(struct world *w)
{
    struct seed seed = seed_from_text("journal");
    world_init(w, &seed, "123456789012", "us-west-2", 1000);
}

static void fill(struct entry *e)
{
    *e = (struct entry){.seq = 12,
                        .cause = 3,
                        .stream = "chaos/4",
                        .time_ms = 1760371200123,
                        .op = "ec2:X",
                        .on = "cafe",
                        .region = "us-west-2",
                        .mark = "rogue_rule",
                        .error_code = "A",
                        .error_message = "b \"quoted\" \n",
                        .request_id = "r",
                        .event_id = "e",
                        .shared_event_id = "s",
                        .read_only = true,
                        .data_event = true,
                        .signin = true,
                        .silent = true,
                        .prelude = true};
    e->who = (struct principal){.kind = PRINCIPAL_ROLE,
                                .name = "n",
                                .access_key_id = "k",
                                .session_name = "s",
                                .invoked_by = "i",
                                .session_start_ms = 5,
                                .mfa = true,
                                .console = true,
                                .os_session = 7};
    e->from = (struct origin){.ip = "203.0.113.9", .agent = "aws-cli", .tls13 = true};
    e->asked = json_pack("{s:s}", "a", "b");
    e->identity = json_pack("{s:s}", "type", "T");
    e->params = json_null();
    e->response = json_pack("[i]", 1);
    e->additional = json_true();
    e->resources = json_pack("[]");
}

static void drop(struct entry *e)
{
    json_decref(e->asked);
    json_decref(e->identity);
    json_decref(e->response);
    json_decref(e->resources);
}

static void test_round_trip(void)
{
    AUTO(world_drop) struct world w;
    AUTO(str_drop) struct str line = {0}, again = {0}, public = {0};
    struct entry e, back;
    struct err err = {0};
    open_world(&w);
    fill(&e);
    entry_add_json(&line, &e, false);
    CU_ASSERT(entry_read(&w, line.s, line.len, &back, &err));
    entry_add_json(&again, &back, false);
    CU_ASSERT_STRING_EQUAL(line.s, again.s);
    CU_ASSERT(back.who.kind == PRINCIPAL_ROLE && back.who.os_session == 7 && back.from.tls13 && back.prelude &&
              back.cause == 3);
    CU_ASSERT(json_is_null(back.params) && text_same(back.stream, "chaos/4") && text_same(back.mark, "rogue_rule"));
    entry_add_json(&public, &e, true);
    CU_ASSERT_PTR_NULL(strstr(public.s, "rogue_rule"));
    CU_ASSERT(line.s[line.len - 1] == '\n' && !memchr(line.s, '\n', line.len - 1));
    drop(&e);
}

#define LEAST "\"seq\":1,\"time\":2,\"op\":\"o\",\"who\":{\"kind\":\"user\"},\"from\":{}"

/* clang-format off */
static const struct {
    const char *line, *says;
} rows[] = {
    {"{" LEAST "}", NULL},
    {"{" LEAST "}\n", NULL},
    {"", "entry*"},
    {"[]", "entry: expected an object"},
    {"{" LEAST ",\"extra\":1}", "entry: unknown key \"extra\""},
    {"{" LEAST ",\"seq\":1}", "entry*"},
    {"{\"seq\":0,\"time\":2,\"op\":\"o\",\"who\":{\"kind\":\"user\"},\"from\":{}}", "entry: \"seq\": expected a whole number from 1"},
    {"{\"seq\":1.5,\"time\":2,\"op\":\"o\",\"who\":{\"kind\":\"user\"},\"from\":{}}", "entry: \"seq\": expected a whole number from 1"},
    {"{\"seq\":1,\"time\":-2,\"op\":\"o\",\"who\":{\"kind\":\"user\"},\"from\":{}}", "entry: \"time\": expected a whole number from 0"},
    {"{\"seq\":1,\"time\":2,\"who\":{\"kind\":\"user\"},\"from\":{}}", "entry: missing key \"op\""},
    {"{\"seq\":1,\"time\":2,\"op\":3,\"who\":{\"kind\":\"user\"},\"from\":{}}", "entry: \"op\": expected a text"},
    {"{\"seq\":1,\"time\":2,\"op\":\"o\",\"who\":{\"kind\":\"cat\"},\"from\":{}}", "entry: who: \"kind\": expected root, user*"},
    {"{\"seq\":1,\"time\":2,\"op\":\"o\",\"who\":{},\"from\":{}}", "entry: who: missing key \"kind\""},
    {"{\"seq\":1,\"time\":2,\"op\":\"o\",\"who\":[],\"from\":{}}", "entry: who: expected an object"},
    {"{" LEAST ",\"silent\":false}", "entry: \"silent\": expected true, or to be left out"},
    {"{" LEAST ",\"silent\":1}", "entry: \"silent\": expected true, or to be left out"},
    {"{" LEAST ",\"stream\":7}", "entry: \"stream\": expected a text"},
    {"{" LEAST "} x", "entry*"},
};
/* clang-format on */

static void test_bad_lines(void)
{
    AUTO(world_drop) struct world w;
    open_world(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct entry out;
        struct err e = {0};
        bool good = entry_read(&w, rows[i].line, strlen(rows[i].line), &out, &e);
        if (good != !rows[i].says || (!good && !text_glob(rows[i].says, e.msg)))
            printf("%s: %s\n", rows[i].line, good ? "good" : e.msg);
        CU_ASSERT(good == !rows[i].says && (good || text_glob(rows[i].says, e.msg)));
        CU_ASSERT(good ? out.seq == 1 : out.seq == 0);
    }
}

static void test_adding(void)
{
    AUTO(world_drop) struct world w;
    open_world(&w);
    for (uint64_t i = 1; i <= 100; i++)
        CU_ASSERT_EQUAL(journal_add(&w)->seq, i);
    CU_ASSERT(w.journal.n == 100 && w.journal.list[41]->seq == 42);
}

CU_TestInfo world_journal_tests[] = {
    {"an entry written and read", test_round_trip},
    {"bad lines",                 test_bad_lines },
    {"adding",                    test_adding    },
    CU_TEST_INFO_NULL,
};
