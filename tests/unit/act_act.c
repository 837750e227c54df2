/* SPDX-License-Identifier: MIT */
/* The door itself, with two small services behind it: gates, parameters, causes, rehearsals, replays. */
#include "sim/act/act.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void make(struct call *c)
{
    call_log_response(c, json_pack("{s:s}", "id", call_id(c, "x-", ALPHABET_HEX, 8)));
    c->reply = json_pack("{s:s}", "Uuid", call_uuid(c));
}

static void look(struct call *c)
{
    c->reply = json_pack("{s:s}", "Id", call_id(c, "x-", ALPHABET_HEX, 8));
}

static void fail(struct call *c)
{
    call_fail(c, "TooBad", "for %s", call_text(c, "name"));
    call_fail(c, "Other", "the first one counts");
}

/* Does itself again, one deeper, until it is refused. */
static void deepen(struct call *c)
{
    struct outcome out;
    call_cause(c,
               &(struct action){.time_ms = c->now_ms + 1, .who = c->action->who, .from = c->action->from, .op = "toy:Deepen"},
               &out);
    if (out.error_code)
        call_fail(c, out.error_code, "%s", out.error_message);
}

static void cause_two(struct call *c)
{
    struct outcome out;
    for (int i = 0; i < 2; i++)
        call_cause(
            c, &(struct action){.time_ms = c->now_ms + 5 + i, .who = c->action->who, .from = c->action->from, .op = "toy:Make"},
            &out);
}

static const struct op toy_ops[] = {
    {"toy:CauseTwo", "",                                        OP_FREE,               "*", NULL, cause_two},
    {"toy:Deepen",   "",                                        OP_FREE,               "*", NULL, deepen   },
    {"toy:Fail",     "name! size# sure? list[] object{} both~", OP_FREE,               "*", NULL, fail     },
    {"toy:Look",     "",                                        OP_FREE | OP_READ,     "*", NULL, look     },
    {"toy:Make",     "",                                        OP_FREE,               "*", NULL, make     },
    {"toy:Quiet",    "",                                        OP_FREE | OP_UNLOGGED, "*", NULL, make     },
};
static const struct op host_ops[] = {
    {"host:Do", "", OP_HOST, NULL, NULL, make}
};
static const struct service toy = {
    .name = "toy", .source = "toy.amazonaws.com", .denied_code = "AccessDenied", .ops = toy_ops, .n = COUNT(toy_ops)};
static const struct service host = {.name = "host", .ops = host_ops, .n = COUNT(host_ops)};
static const struct service *const services[] = {&toy, &host};
static const struct catalog catalog = {.services = services, .n = COUNT(services)};

static void open_world(struct world *w)
{
    struct seed seed = seed_from_text("act");
    world_init(w, &seed, "123456789012", "us-west-2", 1000);
    w->catalog = &catalog;
}

static const struct action root = {
    .time_ms = 5000, .who = {.kind = PRINCIPAL_ROOT},
         .from = { .ip = "203.0.113.9",          .agent = "x"}
};

static struct outcome do_it(struct world *w, const char *op, const char *params)
{
    struct action a = root;
    struct outcome out;
    json_auto_t *given = params ? json_read(params, strlen(params), NULL) : NULL;
    a.op = op;
    a.params = given;
    act(w, &a, &out);
    return out;
}

/* ---- gates and parameters ---- */

static const struct {
    const char *op, *params, *code, *says;
} refusals[] = {
    {"toy:Mak",   NULL,                                                                                                       "UnknownOperationException", "unknown operation \"toy:Mak\" (did you mean \"toy:Make\"?)"},
    {"",          NULL,                                                                                                       "UnknownOperationException", "unknown operation \"\""                                    },
    {"none:Such", NULL,                                                                                                       "UnknownOperationException", "unknown operation \"none:Such\""                           },
    {"host:Do",   NULL,                                                                                                       "NoSuchServer",              "host:Do: on which server?"                                 },
    {"toy:Fail",  "{}",                                                                                                       "ValidationException",       "missing parameter \"name\""                                },
    {"toy:Fail",  "{\"name\": null}",                                                                                         "ValidationException",       "missing parameter \"name\""                                },
    {"toy:Fail",  "{\"name\": 1}",                                                                                            "ValidationException",       "\"name\": expected a text"                                 },
    {"toy:Fail",  "{\"name\": \"a\", \"siz\": 1}",                                                                            "ValidationException",
     "unknown parameter \"siz\" of toy:Fail (did you mean \"size\"?)"                                                                                                                                                  },
    {"toy:Fail",  "{\"name\": \"a\", \"size\": \"x\"}",                                                                       "ValidationException",       "\"size\": expected a number"                               },
    {"toy:Fail",  "{\"name\": \"a\", \"sure\": \"maybe\"}",                                                                   "ValidationException",       "\"sure\": expected true or false"                          },
    {"toy:Fail",  "{\"name\": \"a\", \"list\": {}}",                                                                          "ValidationException",       "\"list\": expected a list"                                 },
    {"toy:Fail",  "{\"name\": \"a\", \"object\": []}",                                                                        "ValidationException",       "\"object\": expected an object"                            },
    {"toy:Fail",  "{\"name\": \"a\", \"both\": 1}",                                                                           "ValidationException",       "\"both\": expected a document, as text or object"          },
    {"toy:Fail",  "[]",                                                                                                       "ValidationException",       "the parameters: expected an object"                        },
    {"toy:Fail",  "{\"name\": \"a\", \"size\": \"-22\", \"sure\": \"true\", \"list\": [], \"object\": {}, \"both\": \"{}\"}",
     "TooBad",                                                                                                                                             "for a"                                                     },
    {"toy:Fail",  "{\"name\": \"b\", \"size\": 3, \"sure\": false, \"both\": {}}",                                            "TooBad",                    "for b"                                                     },
};

static void test_refusals(void)
{
    AUTO(world_drop) struct world w;
    open_world(&w);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct outcome out = do_it(&w, refusals[i].op, refusals[i].params);
        CU_ASSERT_STRING_EQUAL(out.error_code ? out.error_code : "", refusals[i].code);
        CU_ASSERT_STRING_EQUAL(out.error_message ? out.error_message : "", refusals[i].says);
        CU_ASSERT(out.entry->seq == i + 1 && !out.reply);
    }
}

/* ---- what an operation causes ---- */

static void test_causes(void)
{
    AUTO(world_drop) struct world w;
    struct outcome out;
    open_world(&w);
    struct action a = root;
    a.op = "toy:CauseTwo";
    a.stream = "story";
    act(&w, &a, &out);
    CU_ASSERT(w.journal.n == 3 && w.journal.list[1]->cause == 1 && w.journal.list[2]->cause == 1);
    CU_ASSERT_STRING_EQUAL(w.journal.list[1]->stream, "story/0");
    CU_ASSERT_STRING_EQUAL(w.journal.list[2]->stream, "story/1");
    CU_ASSERT_STRING_NOT_EQUAL(w.journal.list[1]->event_id, w.journal.list[2]->event_id);
    CU_ASSERT(w.journal.list[2]->time_ms == 5006 && w.now_ms == 5000);
    do_it(&w, "toy:CauseTwo", NULL);
    CU_ASSERT_PTR_NULL(w.journal.list[4]->stream);
    size_t before = w.journal.n;
    out = do_it(&w, "toy:Deepen", NULL);
    CU_ASSERT_STRING_EQUAL(out.error_code, "LimitExceeded");
    CU_ASSERT(w.depth == 0 && w.journal.n == before + 10); /* the ninth below the first is refused */
}

/* An action of before now happens now. */
static void test_time(void)
{
    AUTO(world_drop) struct world w;
    struct outcome out;
    open_world(&w);
    do_it(&w, "toy:Make", NULL);
    struct action a = root;
    a.time_ms = 10;
    a.op = "toy:Make";
    act(&w, &a, &out);
    CU_ASSERT_EQUAL(out.entry->time_ms, 5000);
}

static void test_silence(void)
{
    AUTO(world_drop) struct world w;
    open_world(&w);
    CU_ASSERT(do_it(&w, "toy:Quiet", NULL).entry->silent);
    CU_ASSERT(!do_it(&w, "toy:Make", NULL).entry->silent);
    CU_ASSERT(do_it(&w, "toy:None", NULL).entry->silent);
}

/* ---- rehearsals ---- */

static void test_rehearsal(void)
{
    AUTO(world_drop) struct world w, plain;
    open_world(&w);
    open_world(&plain);
    struct action a = root;
    a.op = "toy:Look";
    const struct entry *first = act_rehearse(&w, &a), *second = act_rehearse(&w, &a);
    CU_ASSERT(first && second && first->read_only && first->seq == 0 && !first->identity);
    CU_ASSERT(first && second && text_same(first->event_id, second->event_id));
    a.op = "toy:Make";
    CU_ASSERT_PTR_NULL(act_rehearse(&w, &a));
    a.op = "toy:None";
    CU_ASSERT_PTR_NULL(act_rehearse(&w, &a));
    CU_ASSERT(w.journal.n == 0 && w.now_ms == 0 && w.depth == 0);
    CU_ASSERT_STRING_EQUAL(do_it(&w, "toy:Make", NULL).entry->event_id, do_it(&plain, "toy:Make", NULL).entry->event_id);
}

/* ---- replays: what an editor may try ---- */

static void edit_op(struct entry *e)
{
    e->op = "toy:Look";
}
static void edit_error(struct entry *e)
{
    e->error_code = "AccessDenied";
}
static void edit_event_id(struct entry *e)
{
    e->event_id = "00000000-0000-4000-8000-000000000000";
}
static void edit_no_event_id(struct entry *e)
{
    e->event_id = NULL;
}
static void edit_seq(struct entry *e)
{
    e->seq = 7;
}
static void edit_cause(struct entry *e)
{
    e->cause = 1;
}
static void edit_time(struct entry *e)
{
    e->time_ms = 4000;
}
static void edit_stream(struct entry *e)
{
    e->stream = "other";
}
static void edit_response(struct entry *e)
{
    e->response = json_true();
}
static void edit_params(struct entry *e)
{
    e->params = json_true();
}
static void edit_who(struct entry *e)
{
    e->who.kind = PRINCIPAL_ANONYMOUS;
}
static void edit_identity(struct entry *e)
{
    e->identity = json_true();
}
static void edit_nothing(struct entry *e)
{
    (void)e;
}

static const struct {
    void (*edit)(struct entry *);
    const char *says; /* glob; NULL = nothing wrong */
} edits[] = {
    {edit_nothing,     NULL                                                                },
    {edit_op,          "entry 2: *"                                                        },
    {edit_error,       "entry 2: recorded AccessDenied, replayed success"                  },
    {edit_event_id,    "entry 2: recorded event id 00000000-*, replayed *"                 },
    {edit_no_event_id, "entry 2: recorded event id none, replayed *"                       },
    {edit_seq,         "entry 7: expected entry 2 here"                                    },
    {edit_cause,       "entry 2: entry 1 does not cause it"                                },
    {edit_time,        "entry 2: recorded at 4000 ms, before an earlier entry or its cause"},
    {edit_stream,      "entry 2: recorded event id *"                                      },
    {edit_response,    "entry 2: recorded response *"                                      },
    {edit_params,      "entry 2: recorded params *"                                        },
    {edit_who,         "entry 2: recorded identity *"                                      },
    {edit_identity,    "entry 2: recorded identity *"                                      },
};

static void test_edited_journals(void)
{
    for (size_t i = 0; i < COUNT(edits); i++) {
        AUTO(world_drop) struct world w, again;
        struct err e = {0};
        open_world(&w);
        open_world(&again);
        do_it(&w, "toy:Make", NULL);
        do_it(&w, "toy:Make", NULL);
        struct entry copy = *w.journal.list[1];
        edits[i].edit(&copy);
        CU_ASSERT(act_replay(&again, w.journal.list[0], &e));
        bool good = act_replay(&again, &copy, &e);
        if (good != !edits[i].says || (!good && !text_glob(edits[i].says, e.msg)))
            printf("edit %zu: %s\n", i, good ? "passes" : e.msg);
        CU_ASSERT(good == !edits[i].says && (good || text_glob(edits[i].says, e.msg)));
    }
}

/* What was caused must be there, too, and as it was. */
static void test_edited_causes(void)
{
    AUTO(world_drop) struct world w, again;
    struct err e = {0};
    open_world(&w);
    open_world(&again);
    do_it(&w, "toy:CauseTwo", NULL);
    CU_ASSERT(act_replay(&again, w.journal.list[0], &e));
    CU_ASSERT(act_replay(&again, w.journal.list[1], &e));
    struct entry copy = *w.journal.list[2];
    copy.error_code = "AccessDenied";
    CU_ASSERT(!act_replay(&again, &copy, &e));
    copy = *w.journal.list[2];
    copy.seq = 9;
    e = (struct err){0};
    CU_ASSERT(!act_replay(&again, &copy, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "entry 9: entry 1 does not cause it");
}

CU_TestInfo act_act_tests[] = {
    {"refusals before an operation runs", test_refusals       },
    {"causes",                            test_causes         },
    {"time",                              test_time           },
    {"silence",                           test_silence        },
    {"a rehearsal leaves no trace",       test_rehearsal      },
    {"edited journals",                   test_edited_journals},
    {"edited causes",                     test_edited_causes  },
    CU_TEST_INFO_NULL,
};
