/* SPDX-License-Identifier: MIT */
/* Answers are judged by what they mean; every refusal and every known mistake is told in words. */
#include "grader/evidence.h"
#include "grader/types.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* A small account: chaos with a key, faythe, a role, and a server with one picture. */
static void make_world(struct world *w)
{
    struct seed seed = seed_from_text("judge");
    world_init(w, &seed, "123456789012", "us-west-2", 0);
    static const char *const names[] = {"faythe", "chaos"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct user *u = arena_alloc(&w->arena, sizeof(*u));
        u->name = names[i];
        u->id = i ? "AIDACHAOS" : "AIDAFAYTHE";
        u->arn = arena_printf(&w->arena, "arn:aws:iam::123456789012:user/%s", names[i]);
        roll_add(&w->account.users_roll, &w->arena, u);
        struct access_key *key = arena_alloc(&w->arena, sizeof(*key));
        key->id = i ? "AKIACHAOS00000000000" : "AKIAFAYTHE0000000000";
        user_add_key(w, u, key);
    }
    struct role *role = arena_alloc(&w->arena, sizeof(*role));
    role->name = "Admin";
    role->arn = "arn:aws:iam::123456789012:role/Admin";
    roll_add(&w->account.roles_roll, &w->arena, role);
    struct server *s = arena_alloc(&w->arena, sizeof(*s));
    s->name = "cafe";
    list_append(&w->servers, s);
    tree_mkdir(w, &s->tree, "/", 0755, 0, 0, 0);
    tree_mkdir(w, &s->tree, "/images", 0755, 0, 0, 0);
    tree_put(w, &s->tree, "/images/tart.jpg", "tart", 4, 0);
}

/* Lists are written with commas here. */
static struct texts texts_of(struct arena *arena, const char *list)
{
    struct texts texts = {arena_alloc(arena, 40 * sizeof(*texts.list)), 0};
    char *rest = arena_dup(arena, list);
    for (char *part; list && (part = strsep(&rest, "|"));)
        texts.list[texts.n++] = part;
    return texts;
}

struct row {
    const char *type, *answer, *given;
    enum judged outcome;
    const char *says;                     /* in the feedback; "" = none at all; NULL = whatever */
    const char *options, *accept, *wrong; /* wrong: answer|what to say */
};

static void judge_row(struct world *w, const struct row *row, struct verdict *v, struct arena *arena)
{
    struct question q = {.id = "q", .type = answer_type_find(row->type), .points = 10};
    q.answer = texts_of(arena, row->answer);
    if (row->options)
        q.options = texts_of(arena, row->options);
    if (row->accept)
        q.accept = texts_of(arena, row->accept);
    struct texts wrong = row->wrong ? texts_of(arena, row->wrong) : (struct texts){0};
    struct diagnosis known = {.answer = wrong.n ? wrong.list[0] : "", .says = {.in = {wrong.n ? wrong.list[1] : NULL}}};
    q.wrong = &known;
    q.n_wrong = wrong.n ? 1 : 0;
    q.tolerance_ms = 1000;
    struct reader reader = {.arena = arena, .question = &q, .world = w};
    struct texts given = row->given ? texts_of(arena, row->given) : (struct texts){0};
    judge(&reader, "en", &given, v);
}

static void check_rows(const struct row *rows, size_t n)
{
    struct world w = {0};
    make_world(&w);
    for (size_t i = 0; i < n; i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        judge_row(&w, &rows[i], &v, &arena);
        bool said = !rows[i].says || (*rows[i].says ? strstr(str_text(&v.feedback), rows[i].says) != NULL : !v.feedback.len);
        if (v.outcome != rows[i].outcome || !said)
            printf("%s '%s' given '%s': outcome %d, says '%s'\n", rows[i].type, rows[i].answer,
                   rows[i].given ? rows[i].given : "(null)", v.outcome, str_text(&v.feedback));
        CU_ASSERT_EQUAL(v.outcome, rows[i].outcome);
        CU_ASSERT(said);
    }
    world_drop(&w);
}

#define P OUTCOME_PASS
#define F OUTCOME_FAIL
#define H OUTCOME_PARTIAL

/* A part of the points for what is near enough; an essay waits for a person, whatever it says. */
static void parts_and_essays(void)
{
    static const struct {
        const char *type, *answer, *part, *given;
        enum judged outcome;
        int64_t hits, of;
        const char *says;
    } rows[] = {
        {"cidr",  "198.51.100.7/32",      "198.51.100.0/24",      "198.51.100.0/255.255.255.0", H,              40, 100, "40 %"         },
        {"cidr",  "198.51.100.7/32",      "198.51.100.0/24",      "198.51.100.7",               P,              1,  1,   NULL           },
        {"cidr",  "198.51.100.7/32",      "198.51.100.0/24",      "198.51.0.0/16",              F,              0,  1,   NULL           },
        {"time",  "2025-10-15T17:20:33Z", "2025-10-15T17:20:00Z", "2025-10-15 17:20",           H,              40, 100, "Near enough"  },
        {"text",  "chaos-user",           "chaos",                "chaos, chaos-user",          F,              0,  1,   "decide on one"},
        {"essay", "names the open port",  NULL,                   "It was the port, I think.",  OUTCOME_MANUAL, 0,  1,   NULL           },
        {"essay", "names the open port",  NULL,                   "  ",                         F,              0,  1,   NULL           },
        {"essay", "names the open port",  NULL,                   "names the open port",        OUTCOME_MANUAL, 0,  1,   NULL           },
    };
    struct world w = {0};
    make_world(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        struct diagnosis part = {.answer = rows[i].part, .percent = 40};
        struct question q = {.id = "q", .type = answer_type_find(rows[i].type), .points = 10, .partial = &part};
        q.n_partial = rows[i].part != NULL;
        q.answer = texts_of(&arena, rows[i].answer);
        struct texts given = texts_of(&arena, rows[i].given);
        judge(&(struct reader){.arena = &arena, .question = &q, .world = &w}, "en", &given, &v);
        if (v.outcome != rows[i].outcome)
            printf("%s given '%s': outcome %d\n", rows[i].answer, rows[i].given, v.outcome);
        CU_ASSERT_EQUAL(v.outcome, rows[i].outcome);
        CU_ASSERT_EQUAL(v.hits, rows[i].hits);
        CU_ASSERT_EQUAL(v.of, rows[i].of);
        CU_ASSERT(!rows[i].says || strstr(str_text(&v.feedback), rows[i].says));
    }
    AUTO(verdict_drop) struct verdict v = {0};
    AUTO(arena_drop) struct arena arena = {0};
    char essay[5001]; /* an essay is shown whole: somebody reads it */
    memset(essay, 'e', sizeof(essay) - 1);
    essay[sizeof(essay) - 1] = 0;
    const char *list[] = {essay};
    struct question q = {.id = "q", .type = answer_type_find("essay"), .points = 10};
    judge(&(struct reader){.arena = &arena, .question = &q, .world = &w}, "en", &(struct texts){list, 1}, &v);
    CU_ASSERT_EQUAL(v.found.len, 5000);
    world_drop(&w);
}

static void texts_and_choices(void)
{
    static const struct row rows[] = {
        {"text",      "PasswordAuthentication", "passwordauthentication",                           P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "PasswordAuthentication", "  `PasswordAuthentication` ",                      P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "\"Chaos-User\"",                                   P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "Inês Duarte",           "INÊS  duarte",                                    P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "\u201cchaos-user\u201d",                           P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "PasswordAuthentication", "PasswordAuthentication yes",                       P,              "",                                      NULL,                   "PasswordAuthentication yes", NULL                                    },
        {"text",      "chaos-user",             "chaos",                                            F,              "users of its own",                      NULL,                   NULL,                         "chaos|The server has users of its own."},
        {"text",      "chaos-user",             NULL,                                               F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "   ",                                              F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "ec2-user, chaos-user",                             F,              "Several answers",                       NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "ec2-user or chaos-user",                           F,              "Several answers",                       NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "ec2-user|chaos-user",                              F,              "One answer is asked for, 2 are given",  NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "chaos\u2011user",                                  P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "\ufeffchaos\u2013\u200buser\u200b",                P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "menu \u2013 spring",     "menu \u2013 spring",                               P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "menu \u2013 spring",     "menu - spring",                                    P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "\u200b",                                           F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             "ch\u0430os-user",                                  F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"essay",     "x",                      "\u2014 so it was",                                 OUTCOME_MANUAL, "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "chaos-user",             " \"chaos-user\", ",                                P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"ip",        "198.51.100.7",           "198.51.100[.]7",                                   P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"cidr",      "10.0.0.0/24",            "10.0.0.0\u201310.0.0.255",                         P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"number",    "1234",                   "1234.",                                            P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"number",    "1234",                   "1\u202f234",                                       P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"number",    "1234",                   "\u22121234",                                       F,              "the sign",                              NULL,                   NULL,                         NULL                                    },
        {"principal", "chaos",                  "IAM user: chaos",                                  P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"principal", "chaos",                  "Utilizador chaos",                                 P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"principal", "chaos",                  "users chaos",                                      F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"text",      "salt, pepper",           "salt, pepper",                                     P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"choice",    "programmatic",           "Programmatic",                                     P,              "",                                      "console|programmatic", NULL,                         NULL                                    },
        {"choice",    "programmatic",           "programmatically",                                 P,              "",                                      "console|programmatic", NULL,                         NULL                                    },
        {"choice",    "programmatic",           "programatic",                                      P,              "",                                      "console|programmatic", NULL,                         NULL                                    },
        {"choice",    "programmatic",           "console",                                          F,              "",                                      "console|programmatic", NULL,                         NULL                                    },
        {"choice",    "programmatic",           "by mail",                                          F,              "expected one of console, programmatic", "console|programmatic", NULL,                         NULL                                    },
        {"choice",    "programmatic",           "console or programmatic",                          F,              "Several answers",                       "console|programmatic", NULL,                         NULL                                    },
        {"regex",     "T1562(\\.007)?",         "T1562.007",                                        P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"regex",     "T1562(\\.007)?",         "T1562",                                            P,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"regex",     "T1562(\\.007)?",         "T1562.001",                                        F,              "",                                      NULL,                   NULL,                         NULL                                    },
        {"match",     "(a+)+$",                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", F,              NULL,                                    NULL,                   NULL,                         NULL                                    },
    };
    check_rows(rows, COUNT(rows));
}

static void times(void)
{
    static const char key[] = "2025-10-15T17:20:33Z";
    static const struct row rows[] = {
        {"time", key, "2025-10-15T17:20:33Z",                                      P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15 17:20:33",                                       P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15 17:20:33 UTC",                                   P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15 17:20:33.000 UTC",                               P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T10:20:33-07:00",                                 P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T20:20:33+0300",                                  P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "Wed, 15 Oct 2025 17:20:33 +0000",                           P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "15 Oct 2025 17:20:33 GMT",                                  P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "October 15, 2025, 17:20:33 (UTC+00:00)",                    P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "October 15, 2025, 10:20:33 (UTC-07:00)",                    P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "Oct 15th 2025 5:20:33 pm",                                  P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025/10/15 17:20:33",                                       P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "1760548833",                                                P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "1760548833000",                                             P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T17:20:34Z",                                      P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T17:20:36Z",                                      F, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T10:20:33",                                       F, "Local, not UTC",                  NULL, NULL, "2025-10-15T10:20:33|Local, not UTC."},
        {"time", key, "2025-10-15 10:20:33 -0700",                                 P, "",                                NULL, NULL, "2025-10-15T10:20:33|Local, not UTC."},
        {"time", key, "2025-10-15T19:20:33",                                       F, "off by exactly +2:00",            NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T10:20:33Z",                                      F, "local time under the wrong zone", NULL, NULL, NULL                                 },
        {"time", key, "2025-10-16T17:20:33Z",                                      F, "the day is not",                  NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T17:20",                                          F, "the second is asked for",         NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15",                                                F, "expected a time of day, too",     NULL, NULL, NULL                                 },
        {"time", key, "10/11/2025 17:20:33",                                       F, "day or month first",              NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15 10:20:33 PDT",                                   F, "write it as an offset",           NULL, NULL, NULL                                 },
        {"time", key, "2025-02-30T17:20:33Z",                                      F, "expected a time such as",         NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T25:20:33Z",                                      F, "expected a time such as",         NULL, NULL, NULL                                 },
        {"time", key, "[15/Oct/2025:17:20:33 +0000]",                              P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "15/Oct/2025:10:20:33 -0700",                                P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "20251015T172033Z",                                          P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "20251015T172033",                                           P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "msg=audit(1760548833.125:417):",                            P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "@1760548833",                                               P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "15 de outubro de 2025, 17:20:33 UTC",                       P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "quarta-feira, 15 de out. de 2025, 17:20:33",                P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "mi\u00e9rcoles, 15 de octubre de 2025 a las 5:20:33 p. m.", P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "15 de octubre de 2025, 5:20:33 p.m.",                       P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "October 15, 2025 at 5:20:33\u202fPM UTC",                   P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "October 15, 2025, 10:20:33 (UTC\u221207:00)",               P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025\u201110\u201115T17:20:33Z\u200b",                      P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T17:20:33,000Z",                                  P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15 17:20:33 +0000 UTC",                             P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "17:20:33 UTC on 15 October 2025.",                          P, "",                                NULL, NULL, NULL                                 },
        {"time", key, "martes, 14 de octubre de 2025, 17:20:33",                   F, "the day is not",                  NULL, NULL, NULL                                 },
        {"time", key, "3 de mar\u00e7o de 2025, 17:20:33",                         F, "the day is not",                  NULL, NULL, NULL                                 },
        {"time", key, "20251015T172033Z, 20251015T172133Z",                        F, "Several answers",                 NULL, NULL, NULL                                 },
        {"time", key, "15/Foo/2025:17:20:33 +0000",                                F, "expected a time such as",         NULL, NULL, NULL                                 },
        {"time", key, "20251315T172033Z",                                          F, "expected a time such as",         NULL, NULL, NULL                                 },
        {"time", key, "soon",                                                      F, "expected a time such as",         NULL, NULL, NULL                                 },
        {"time", key, "2025-10-15T17:20:33Z, 2025-10-15T17:22:33Z",                F, "Several answers",                 NULL, NULL, NULL                                 },
    };
    check_rows(rows, COUNT(rows));
}

static void numbers(void)
{
    static const struct row rows[] = {
        {"number", "1234", "1234",        P, "",                               NULL, NULL, NULL},
        {"number", "1234", "1,234",       P, "",                               NULL, NULL, NULL},
        {"number", "1234", "1 234",       P, "",                               NULL, NULL, NULL},
        {"number", "1234", "1234.0",      P, "",                               NULL, NULL, NULL},
        {"number", "1234", "1.234",       F, "a point stands before decimals", NULL, NULL, NULL},
        {"number", "1234", "1235",        F, "off by one",                     NULL, NULL, NULL},
        {"number", "1234", "1234 events", F, "without \"events\"",             NULL, NULL, NULL},
        {"number", "12",   "12%",         F, "without \"%\"",                  NULL, NULL, NULL},
        {"number", "12",   "twelve",      F, "expected a number",              NULL, NULL, NULL},
        {"number", "-3",   "3",           F, "sign",                           NULL, NULL, NULL},
        {"number", "12",   "12 or 13",    F, "Several answers",                NULL, NULL, NULL},
    };
    check_rows(rows, COUNT(rows));
}

static void addresses(void)
{
    static const struct row rows[] = {
        {"ip",   "198.51.100.7",    " 198.51.100.7 ",             P, "",                    NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "::ffff:198.51.100.7",        P, "",                    NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "198.51.100.7/32",            P, "",                    NULL, NULL, NULL                          },
        {"ip",   "2001:db8::1",     "2001:DB8:0:0:0:0:0:1",       P, "",                    NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "198.51.100.7:51560",         F, "without a port",      NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "198.51.100.0/24",            F, "not a network",       NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "198.51.100",                 F, "expected an address", NULL, NULL, NULL                          },
        {"ip",   "198.51.100.7",    "192.0.2.70",                 F, "your own",            NULL, NULL, "192.0.2.70|That is your own."},
        {"ip",   "198.51.100.7",    "198.51.100.7, 192.0.2.70",   F, "Several answers",     NULL, NULL, NULL                          },
        {"cidr", "0.0.0.0/0",       "0.0.0.0/0.0.0.0",            P, "",                    NULL, NULL, NULL                          },
        {"cidr", "0.0.0.0/0",       "0.0.0.0-255.255.255.255",    P, "",                    NULL, NULL, NULL                          },
        {"cidr", "0.0.0.0/0",       "::/0",                       F, NULL,                  NULL, NULL, NULL                          },
        {"cidr", "198.51.100.0/24", "198.51.100.77/24",           P, "",                    NULL, NULL, NULL                          },
        {"cidr", "198.51.100.0/24", "198.51.100.0/255.255.255.0", P, "",                    NULL, NULL, NULL                          },
        {"cidr", "198.51.100.0/24", "198.51.0.0/16",              F, "wider",               NULL, NULL, NULL                          },
        {"cidr", "198.51.100.0/24", "198.51.100.0/25",            F, "only a part",         NULL, NULL, NULL                          },
        {"cidr", "198.51.100.0/24", "everybody",                  F, "expected a network",  NULL, NULL, NULL                          },
    };
    check_rows(rows, COUNT(rows));
}

static void names(void)
{
    static const char event[] = "0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b";
    /* sha256 and md5 of "tart" */
    static const char sha[] = "99abe2fb06cf43b1d0b53b4fdab67bd09ba18b3d2a8c0c1c8ae4f5e8b4f6b9d1";
    static const struct row rows[] = {
        {"principal", "chaos",                                "chaos",                                                                   P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "arn:aws:iam::123456789012:user/chaos",                                    P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "user/chaos",                                                              P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "IAM user chaos",                                                          P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "AKIACHAOS00000000000",                                                    P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "AIDACHAOS",                                                               P, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "arn:aws:iam::999999999999:user/chaos",                                    F, "",                                     NULL, NULL, NULL                                },
        {"principal", "chaos",                                "AKIAFAYTHE0000000000",                                                    F, "only changed",                         NULL, NULL, "faythe|Faythe only changed a text."},
        {"principal", "chaos",                                "faythe, chaos",                                                           F, "Several answers",                      NULL, NULL, NULL                                },
        {"principal", "Admin",                                "arn:aws:sts::123456789012:assumed-role/Admin/martha",                     P, "",                                     NULL, NULL, NULL                                },
        {"arn",       "arn:aws:iam::123456789012:user/chaos", "chaos",                                                                   P, "",                                     NULL, NULL, NULL                                },
        {"arn",       "arn:aws:s3:::logs",                    "arn:aws:s3:::logs",                                                       P, "",                                     NULL, NULL, NULL                                },
        {"arn",       "arn:aws:s3:::logs",                    "logs",                                                                    F, "expected an ARN",                      NULL, NULL, NULL                                },
        {"event",     event,                                  "0B9F1B2C-6E0A-4F5D-9C3E-2A7D8E4F1A6B",                                    P, "",                                     NULL, NULL, NULL                                },
        {"event",     event,                                  "0b9f1b2c6e0a4f5d9c3e2a7d8e4f1a6b",                                        F, "expected an event id",                 NULL, NULL, NULL                                },
        {"hash",      sha,                                    "SHA256:99ABE2FB06CF43B1D0B53B4FDAB67BD09BA18B3D2A8C0C1C8AE4F5E8B4F6B9D1", P, "",                                     NULL, NULL, NULL                                },
        {"hash",      sha,                                    "d41d8cd98f00b204e9800998ecf8427e",                                        F, "that is an MD5; SHA-256 is asked for", NULL, NULL, NULL                                },
        {"hash",      sha,                                    "xyz",                                                                     F, "expected a hash",                      NULL, NULL, NULL                                },
        {"file",      "/images/tart.jpg",                     "tart.jpg",                                                                P, "",                                     NULL, NULL, NULL                                },
        {"file",      "/images/tart.jpg",                     "host/images/tart.jpg",                                                    P, "",                                     NULL, NULL, NULL                                },
        {"file",      "/images/tart.jpg",                     "/pictures/tart.jpg",                                                      F, "",                                     NULL, NULL, NULL                                },
    };
    check_rows(rows, COUNT(rows));
}

static void files_by_hash(void)
{
    struct world w = {0};
    make_world(&w);
    char hex[65];
    sha256_hex("tart", 4, hex);
    const struct row right = {"file", "/images/tart.jpg", hex, P, "", NULL, NULL, NULL};
    check_rows(&right, 1);
    sha256_hex("cake", 4, hex);
    const struct row other = {"file", "/images/tart.jpg", hex, F, "", NULL, NULL, NULL};
    check_rows(&other, 1);
    world_drop(&w);
}

static void lists(void)
{
    static const struct row rows[] = {
        {"set",   "a.jpg|a.backup", "a.backup|a.jpg",         P, "",                     NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "A.JPG, a.backup",        P, "",                     NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg",                  H, "",                     NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg|a.jpg",            H, "",                     NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg|b.jpg",            F, "1 too many",           NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg|a.backup|c",       H, "1 too many",           NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg|a.backup|c|d|e|f", F, "a list of everything", NULL,             NULL, NULL},
        {"set",   "a.jpg|a.backup", "a.jpg|index",            H, NULL,                   NULL,             NULL, NULL},
        {"multi", "iam|ec2",        "ec2|iam",                P, "",                     "iam|ec2|s3|kms", NULL, NULL},
        {"multi", "iam|ec2",        "iam|ec2|s3|kms",         F, "a list of everything", "iam|ec2|s3|kms", NULL, NULL},
        {"multi", "iam|ec2",        "iam|lambda",             F, "expected one of",      "iam|ec2|s3|kms", NULL, NULL},
        {"order", "a|b|c|d",        "a|b|c|d",                P, "",                     NULL,             NULL, NULL},
        {"order", "a|b|c|d",        "a|b|d|c",                H, "not in order",         NULL,             NULL, NULL},
        {"order", "a|b|c|d",        "a",                      F, NULL,                   NULL,             NULL, NULL},
        {"order", "a|b|c|d",        "d|c|b|a",                F, "not in order",         NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "B=Y|a = \"x\"",          P, "",                     NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "a = x, b = y",           P, "",                     NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "a = x|b=",               H, "",                     NULL,             NULL, NULL},
        {"set",   "a=|b",           "a=|b",                   P, "",                     NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "a = x",                  H, "",                     NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "a = y|b = x",            F, "",                     NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "a = x|c = y",            F, "1 too many",           NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "x",                      F, "expected a pair",      NULL,             NULL, NULL},
        {"match", "a = x|b = y",    "= x",                    F, "expected a pair",      NULL,             NULL, NULL},
    };
    struct row fixed[COUNT(rows)];
    memcpy(fixed, rows, sizeof(rows));
    fixed[7].outcome = F; /* one hit, one false: nothing is left */
    check_rows(fixed, COUNT(fixed));
}

/* Hits less what is false, of all: 1 - 0 of 2; 2 - 1 of 2; order 3 of 4 in order brings 2 of 3. */
static void partial_credit(void)
{
    static const struct {
        struct row row;
        int64_t hits, extra, of;
    } rows[] = {
        {{"set", "a|b", "a", H, NULL, NULL, NULL, NULL},                                       1, 0, 2},
        {{"set", "a|b", "a|b|c", H, NULL, NULL, NULL, NULL},                                   2, 1, 2},
        {{"order", "a|b|c|d", "a|b|d|c", H, NULL, NULL, NULL, NULL},                           2, 0, 3},
        {{"match", "a = x|b = y|c = z", "a = x|b = z|c = z", H, NULL, NULL, NULL, NULL},       2, 0, 3}, /* a wrong one is no hit */
        {{"match", "a = x|b = y|c = z", "a = x|b = x|b = y|c = z", H, NULL, NULL, NULL, NULL},
         3,                                                                                       1,
         3                                                                                            }, /* a second one is too many */
        {{"match", "a = x|b = y", "a = x|a = y|b = x|b = y", F, NULL, NULL, NULL, NULL},       2, 2, 2},
    };
    struct world w = {0};
    make_world(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        judge_row(&w, &rows[i].row, &v, &arena);
        CU_ASSERT_EQUAL(v.outcome, rows[i].row.outcome);
        CU_ASSERT_EQUAL(v.hits, rows[i].hits);
        CU_ASSERT_EQUAL(v.extra, rows[i].extra);
        CU_ASSERT_EQUAL(v.of, rows[i].of);
    }
    world_drop(&w);
}

/* What a student writes reaches a terminal: control bytes shown, length bounded. */
static void hostile_text_is_shown(void)
{
    struct world w = {0};
    make_world(&w);
    AUTO(verdict_drop) struct verdict v = {0};
    AUTO(arena_drop) struct arena arena = {0};
    char *long_text = arena_alloc(&arena, 5001);
    memset(long_text, 'x', 5000);
    memcpy(long_text, "\033[31m", 5);
    const struct row row = {"text", "chaos", long_text, F, NULL, NULL, NULL, NULL};
    judge_row(&w, &row, &v, &arena);
    CU_ASSERT_EQUAL(v.outcome, OUTCOME_FAIL);
    CU_ASSERT(v.found.len < 300);
    CU_ASSERT_PTR_NULL(strchr(str_text(&v.found), '\033'));
    world_drop(&w);
}

/* What cannot be run says nothing of the answer; where logs are not handed in at all, a person decides. */
static void what_cannot_be_run(void)
{
    static const struct {
        const char *type, *given;
        bool by_hand;
        enum judged outcome;
        const char *says;
    } rows[] = {
        {"sql",  "SELECT 1",                                                                                       false, OUTCOME_ERROR,  "which says nothing of the answer: no logs"},
        {"sql",  "SELECT 1",                                                                                       true,  OUTCOME_MANUAL, "A person decides on this: no logs."       },
        {"rule", "SELECT eventid FROM logs",                                                                       true,  OUTCOME_MANUAL, "A person decides on this: no logs."       },
        {"rule", "title: x\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {a: b}, condition: s}", true,
         OUTCOME_MANUAL,                                                                                                                  "A person decides"                         },
        {"rule", "title: x\n",                                                                                     true,  OUTCOME_FAIL,   "That is no rule"                          },
        {"sql",  " ",                                                                                              true,  OUTCOME_FAIL,   ""                                         },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        struct running running = {.by_hand = rows[i].by_hand};
        struct question q = {.id = "q", .type = answer_type_find(rows[i].type), .points = 10};
        const char *list[] = {rows[i].given};
        err_set(&running.e, "no logs");
        judge(&(struct reader){.arena = &arena, .question = &q, .running = &running}, "en", &(struct texts){list, 1}, &v);
        CU_ASSERT_EQUAL(v.outcome, rows[i].outcome);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&v.feedback), rows[i].says));
    }
}

/* A log of one record each; `id` is that of the marked step. */
static void put_log(struct evidence *ev, struct play *p, struct mark *mark, struct entry *entry, const char *id,
                    const char *logged)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    *entry = (struct entry){.event_id = id};
    *mark = (struct mark){.name = "star", .entry = entry};
    p->marks = mark;
    p->n_marks = 1;
    *ev = (struct evidence){.play = p, .log = sigma_log_new()};
    str_addf(&text, "{\"Records\":[{\"eventID\":\"%s\",\"eventName\":\"Open\"}]}", logged);
    CU_ASSERT(sigma_log_add(ev->log, "s3/b/1.json.gz", str_text(&text), text.len, &e));
}

/* Of a live lab the trail may not have delivered what is to be found: nobody's rule is wrong for that. */
static void what_was_not_delivered(void)
{
    static const struct {
        const char *logged;
        bool live;
        enum judged outcome;
        const char *says;
    } rows[] = {
        {"own",   true,  OUTCOME_PASS,   ""                                                          },
        {"own",   false, OUTCOME_PASS,   ""                                                          },
        {"other", false, OUTCOME_FAIL,   "On your logs: 0 of 1 found, 1 missed, 1 false hit."        },
        {"other", true,  OUTCOME_MANUAL, "A person decides on this: what is to be found is in no log"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        struct held_back held = {0};
        struct running running = {.live = rows[i].live, .by_hand = rows[i].live, .held_back = &held};
        struct play play = {0};
        struct mark marks[2];
        struct entry entries[2];
        const char *matches[] = {"star"}, *list[] = {"title: x\nlogsource: {product: aws, service: cloudtrail}\n"
                                                     "detection: {s: {eventName: Open}, condition: s}"};
        struct question q = {
            .id = "q",
            .type = answer_type_find("rule"),
            .points = 10,
            .matches = {matches, 1},
            .precision = 100,
            .recall = 100
        };
        put_log(&running.own, &play, &marks[0], &entries[0], "own", rows[i].logged);
        put_log(&held.evidence, &held.play, &marks[1], &entries[1], "held", "held");
        judge(&(struct reader){.arena = &arena, .question = &q, .running = &running}, "en", &(struct texts){list, 1}, &v);
        CU_ASSERT_EQUAL(v.outcome, rows[i].outcome);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&v.feedback), rows[i].says));
        evidence_drop(&running.own);
        evidence_drop(&held.evidence);
    }
}

/* The same of a query, for which the author's own finds nothing then: no rows would be as wrong as others. */
static void no_rows_of_a_live_lab(void)
{
    static const char text[] = "{\"Records\":[{\"eventName\":\"Open\"}]}";
    static const struct athena_log log = {"s3/b/AWSLogs/1.json.gz", text, sizeof(text) - 1},
                                   other = {"s3/b/AWSLogs/1.json.gz", "{\"Records\":[]}", 14};
    static const struct {
        const char *answer, *given;
        bool live;
        enum judged outcome;
        const char *says;
    } rows[] = {
        {"Open",  "Open",  true,  OUTCOME_PASS,   ""                                                           },
        {"Open",  "Close", true,  OUTCOME_FAIL,   "1 row is expected, 0 came"                                  },
        {"Close", "Close", true,  OUTCOME_MANUAL, "A person decides on this: what is to be found is in no log" },
        {"Close", "Open",  true,  OUTCOME_MANUAL, "A person decides on this: what is to be found is in no log" },
        {"Close", "Open",  false, OUTCOME_FAIL,   "0 rows are expected, 1 came: 0 right, 0 missing, 1 too many"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(verdict_drop) struct verdict v = {0};
        AUTO(arena_drop) struct arena arena = {0};
        struct err none = {0}, e = {0};
        struct held_back held = {0};
        struct running running = {.live = rows[i].live, .by_hand = rows[i].live, .held_back = &held};
        struct play play = {0};
        const char *answers[] = {arena_printf(&arena, "SELECT eventname FROM logs WHERE eventname = '%s'", rows[i].answer)};
        const char *given[] = {arena_printf(&arena, "SELECT eventname FROM logs WHERE eventname = '%s'", rows[i].given)};
        struct question q = {
            .id = "q", .type = answer_type_find("sql"), .points = 10, .answer = {answers, 1}
        };
        CU_ASSERT(evidence_take(&running.own, &play, &(struct evidence_logs){&log, 1, 0, &none}, EVIDENCE_SQL, &e));
        CU_ASSERT(evidence_take(&held.evidence, &play, &(struct evidence_logs){&other, 1, 0, &none}, EVIDENCE_SQL, &e));
        judge(&(struct reader){.arena = &arena, .question = &q, .running = &running}, "en", &(struct texts){given, 1}, &v);
        CU_ASSERT_EQUAL(v.outcome, rows[i].outcome);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&v.feedback), rows[i].says));
        evidence_drop(&running.own);
        evidence_drop(&held.evidence);
    }
}

static void types_are_sorted(void)
{
    for (size_t i = 1; i < n_answer_types; i++)
        CU_ASSERT(strcmp(answer_types[i - 1].name, answer_types[i].name) < 0);
}

CU_TestInfo grader_judge_tests[] = {
    {"parts and essays",       parts_and_essays      },
    {"texts and choices",      texts_and_choices     },
    {"times",                  times                 },
    {"numbers",                numbers               },
    {"addresses",              addresses             },
    {"names",                  names                 },
    {"files by hash",          files_by_hash         },
    {"lists",                  lists                 },
    {"partial credit",         partial_credit        },
    {"hostile text is shown",  hostile_text_is_shown },
    {"what cannot be run",     what_cannot_be_run    },
    {"what was not delivered", what_was_not_delivered},
    {"no rows",                no_rows_of_a_live_lab },
    {"types are sorted",       types_are_sorted      },
    CU_TEST_INFO_NULL,
};
