/* SPDX-License-Identifier: MIT */
/* Playing: what references come to, in which order things happen, what depends on what. */
#include "tests/unit/lab_plays.h"

#define SMALL "tests/data/small"

static bool play_small(struct play *p, struct scenario **s, const struct play_options *o)
{
    return play_of(SMALL, o, p, s);
}

static const struct play_options usual = {.seed = "7", .events = -1};

static void lookups(void)
{
    static const struct {
        const char *name, *field, *is; /* "x*": begins with x; NULL: has none */
    } rows[] = {
        {"digits",     "",                                                          "????"                                                    },
        {"office",     "",                                                          "203.0.113.0/28"                                          },
        {"mallory",    "",                                                          "mallory"                                                 },
        {"mallory",    "ip",                                                        "198.51.100.77"                                           },
        {"mallory",    "key",                                                       "AKIA*"                                                   },
        {"mallory",    "arn",                                                       "arn:aws:iam::*:user/mallory"                             },
        {"mallory",    "password",                                                  NULL                                                      },
        {"ana",        "password",                                                  "*"                                                       },
        {"ana",        "key",                                                       NULL                                                      },
        {"mallory",    "records",                                                   "0"                                                       }, /* no trail */
        {"me",         "ip",                                                        "203.0.113.*"                                             },
        {"web",        "id",                                                        "sg-0*"                                                   },
        {"web",        "name",                                                      "web"                                                     },
        {"web",        "rule.80",                                                   "sgr-*"                                                   },
        {"web",        "rule.443",                                                  NULL                                                      },
        {"box",        "id",                                                        "i-0*"                                                    },
        {"box",        "private_ip",                                                "172.31.*"                                                },
        {"files",      "",                                                          "files-????"                                              },
        {"web1",       "",                                                          "web1"                                                    },
        {"web1",       "hostname",                                                  "ip-172-31-*"                                             },
        {"account",    "id",                                                        "????????????"                                            },
        {"hole",       "time",                                                      "2025-10-13T20:00:00Z"                                    },
        {"hole",       "local_time",                                                "2025-10-13T13:00:00"                                     },
        {"hole",       "who",                                                       "mallory"                                                 },
        {"hole",       "ip",                                                        "198.51.100.77"                                           },
        {"hole",       "operation",                                                 "AuthorizeSecurityGroupIngress"                           },
        {"hole",       "method",                                                    "programmatic"                                            },
        {"hole",       "event_id",                                                  "*-*-4*-*-*"                                              },
        {"hole",       "agent",                                                     "aws-cli/*md/command#ec2.authorize-security-group-ingress"},
        {"hole",       "params.cidrIp",                                             "0.0.0.0/0"                                               },
        {"hole",       "response.securityGroupRuleSet.items.0.securityGroupRuleId", "sgr-*"                                                   },
        {"hole",       "response.nothing",                                          NULL                                                      },
        {"by_console", "method",                                                    "console"                                                 },
        {"by_console", "key",                                                       "ASIA*"                                                   },
        {"by_console", "ip",                                                        "203.0.113.*"                                             },
        {"guessed",    "ip",                                                        "198.51.100.77"                                           },
        {"guessed",    "agent",                                                     "Mozilla/5.0 *"                                           },
        {"elsewhere",  "ip",                                                        "198.51.100.77"                                           },
        {"elsewhere",  "who",                                                       "ana"                                                     },
        {"elsewhere",  "agent",                                                     "?S3Console/*"                                            },
        {"stolen",     "who",                                                       "ana"                                                     }, /* by whose password, not by whom */
        {"stolen",     "ip",                                                        "198.51.100.77"                                           },
        {"new_key",    "who",                                                       "ana"                                                     },
        {"new_key",    "method",                                                    "console"                                                 },
        {"new_key",    "key",                                                       "ASIA*"                                                   },
        {"new_key",    "ip",                                                        "198.51.100.77"                                           },
        {"new_key",    "agent",                                                     "AWS Internal"                                            },
        {"by_new_key", "who",                                                       "ana"                                                     },
        {"by_new_key", "method",                                                    "programmatic"                                            },
        {"by_new_key", "key",                                                       "AKIA*"                                                   },
        {"by_new_key", "agent",                                                     "aws-cli/*"                                               },
        {"typed",      "user",                                                      "ec2-user"                                                },
        {"typed",      "who",                                                       "me"                                                      },
        {"typed",      "server",                                                    "web1"                                                    },
        {"typed",      "pid",                                                       "*"                                                       },
        {"nobody",     "ip",                                                        NULL                                                      },
        {"hole",       "nothing",                                                   NULL                                                      },
    };
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_small(&p, &s, &usual))
        return;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *is = play_lookup(&p, rows[i].name, rows[i].field);
        bool good = rows[i].is ? is && text_glob(rows[i].is, is) : !is;
        if (!good)
            fprintf(stderr, "lab_play: {{ %s.%s }} is %s\n", rows[i].name, rows[i].field, is ? is : "nothing");
        CU_ASSERT(good);
    }
    play_drop(&p);
}

/* Steps come by time, not by their place in the file; a console person signs in before; times never run backwards. */
static void order(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_small(&p, &s, &usual))
        return;
    const struct mark *bucket = play_mark(&p, "bucket"), *hole = play_mark(&p, "hole"), *console = play_mark(&p, "by_console");
    CU_ASSERT(bucket && hole && console);
    CU_ASSERT(bucket->entry->seq < hole->entry->seq && hole->entry->seq < console->entry->seq);
    bool signed_in = false;
    for (size_t i = 0; i < p.world.journal.n; i++) {
        const struct entry *entry = p.world.journal.list[i];
        CU_ASSERT(!i || entry->cause || entry->time_ms >= p.world.journal.list[i - 1]->time_ms ||
                  p.world.journal.list[i - 1]->cause);
        signed_in |= text_same(entry->op, "signin:ConsoleLogin") && text_same(entry->who.name, "ana") &&
                     entry->seq < console->entry->seq;
    }
    CU_ASSERT(signed_in);
    const struct mark *elsewhere = play_mark(&p, "elsewhere");
    CU_ASSERT_STRING_EQUAL(play_mark(&p, "guessed")->entry->error_message, "Failed authentication");
    CU_ASSERT_STRING_NOT_EQUAL(elsewhere->entry->who.access_key_id,
                               console->entry->who.access_key_id); /* a session of its own */
    CU_ASSERT_STRING_EQUAL(play_mark(&p, "refused")->entry->error_code, "AccessDenied");
    play_drop(&p);
}

/* `times`: each with an event of its own, one after the other, and the mark is the first. */
static void repetitions(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_small(&p, &s, &alone))
        return;
    const struct mark *mark = play_mark(&p, "three_guesses");
    const struct entry *before = mark->entry;
    size_t n = 1;
    for (size_t i = mark->entry->seq; i < p.world.journal.n; i++) {
        const struct entry *entry = p.world.journal.list[i];
        if (entry == mark->entry || !text_same(entry->error_message, "Failed authentication"))
            continue;
        int64_t pause = entry->time_ms - before->time_ms;
        CU_ASSERT(pause > 1000 && pause < 8000);
        CU_ASSERT_STRING_NOT_EQUAL(entry->event_id, before->event_id);
        before = entry;
        n++;
    }
    CU_ASSERT_EQUAL(n, 3);
    play_drop(&p);
}

/* The student's `run` needs a way in: by key before, and out again afterwards. */
static void visits(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_small(&p, &s, &alone))
        return;
    uint64_t at = play_mark(&p, "typed")->entry->seq;
    const struct entry *before = p.world.journal.list[at - 2], *last = p.world.journal.list[p.world.journal.n - 1];
    CU_ASSERT_STRING_EQUAL(before->op, "host:LogIn");
    CU_ASSERT_STRING_EQUAL(json_str_or(before->response, "by", ""), "publickey");
    CU_ASSERT_STRING_EQUAL(last->op, "host:LogOut");
    CU_ASSERT_PTR_NULL(play_file_before(&p, "typed", "/home/ec2-user/note"));
    CU_ASSERT_PTR_NOT_NULL(play_file_before(&p, "typed", "/etc/passwd"));
    CU_ASSERT_PTR_NOT_NULL(tree_find(&p.world.servers->tree, "/home/ec2-user/note"));
    play_drop(&p);
}

/* Ids and times of the story do not depend on the noise; those of another student or seed differ. */
static void streams(void)
{
    static const struct {
        struct play_options o;
        bool same;
    } rows[] = {
        {{.seed = "7", .events = -1},                    true },
        {{.seed = "7", .events = 900},                   true },
        {{.seed = "7", .events = 0},                     true },
        {{.seed = "8", .events = -1},                    false},
        {{.seed = "7", .student = "4711", .events = -1}, false},
    };
    struct play first = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_small(&first, &s, &alone))
        return;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p = {0};
        AUTO(scenario_free) struct scenario *again = NULL;
        if (!play_small(&p, &again, &rows[i].o))
            break;
        const struct entry *a = play_mark(&first, "hole")->entry, *b = play_mark(&p, "hole")->entry;
        CU_ASSERT_EQUAL(text_same(a->event_id, b->event_id), rows[i].same);
        CU_ASSERT_EQUAL(text_same(a->who.access_key_id, b->who.access_key_id), rows[i].same);
        CU_ASSERT_EQUAL(text_same(play_lookup(&first, "web", "id"), play_lookup(&p, "web", "id")), rows[i].same);
        if (rows[i].same)
            CU_ASSERT_EQUAL(a->time_ms, b->time_ms);
        play_drop(&p);
    }
    play_drop(&first);
}

static void tell_all(const struct play *p, struct str *out)
{
    lab_journal_add(out, &p->world, 0);
    world_add_state(out, &p->world);
}

static void same_everyday(const struct everyday *a, const struct everyday *b)
{
    CU_ASSERT_EQUAL(a->n, b->n);
    CU_ASSERT_EQUAL(a->n_calls, b->n_calls);
    for (size_t i = 0; i < a->n && a->n == b->n && a->n_calls == b->n_calls; i++) {
        const struct occurrence *x = &a->list[i], *y = &b->list[i];
        const struct entry *one = a->calls[x->call].shape, *two = b->calls[y->call].shape;
        bool same = x->time_ms == y->time_ms && x->call == y->call && x->session == y->session && text_same(one->op, two->op) &&
                    text_same(one->error_code, two->error_code) && !one->params == !two->params &&
                    (!one->params || json_equal(one->params, two->params));
        CU_ASSERT(same);
        if (!same)
            break;
    }
}

/* What only reads may be drawn when the story is over, and comes to the same; nothing else sees a difference. */
static void later(void)
{
    static const char *const names[] = {SMALL,         "cafe-breach",   "cafe-breach-root-cause",
                                        "false-alarm", "night-miner",   "silenced-trail",
                                        "open-bucket", "stolen-console"};
    for (size_t i = 0; i < COUNT(names); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(str_drop) struct str one = {0}, two = {0};
        struct err e = {0};
        struct play at_once = {0}, p = {0};
        struct play_options o = {.seed = "7", .student = "later", .events = 1500};
        AUTO(scenario_free) struct scenario *s = scenario_load(names[i], &diags, &e);
        CU_ASSERT(s && play(s, &o, &at_once, &e));
        o.reads_later = true;
        CU_ASSERT(s && play(s, &o, &p, &e));
        CU_ASSERT_EQUAL(p.background.everyday.n, 0);
        if (at_once.scenario && p.scenario) {
            same_everyday(play_everyday(&at_once), play_everyday(&p));
            tell_all(&at_once, &one);
            tell_all(&p, &two);
        }
        CU_ASSERT(one.len > 1000 && text_same(str_text(&one), str_text(&two)));
        play_drop(&at_once);
        play_drop(&p);
    }
}

/* A step that comes to something else than it should stops the play, with its place. */
static void failures(void)
{
    static const struct mistake rows[] = {
        {"    expect: AccessDenied\n",         "",                                                      "small.yaml:118:5: iam:ListUsers: AccessDenied: User: "          },
        {"expect: AccessDenied",               "expect: Throttling",                                    "iam:ListUsers: expected Throttling, but it came to AccessDenied"},
        {"bucketName: \"trail-{{ digits }}\"", "bucketName: \"-\"",                                     "small.yaml:88:5: s3:CreateBucket: InvalidBucketName"            },
        {"sudo useradd guest",                 "sudo useradd ec2-user",                                 "sudo useradd ec2-user ended with status 9: "                    },
        {"do: ec2:CreateSecurityGroup",        "expect: AccessDenied\n    do: ec2:CreateSecurityGroup",
         "expected AccessDenied, but it came to success"                                                                                                                 },
        {"cidr: 198.51.100.77",                "cidr: \"{{ digits }}\"",                                "expected an IPv4 network, got"                                  },
    };
    plays_fail(SMALL "/scenario.yaml", "small.yaml", rows, COUNT(rows));
}

CU_TestInfo lab_play_tests[] = {
    {"references come to what was played",           lookups    },
    {"steps come by time",                           order      },
    {"what is done several times",                   repetitions},
    {"who types on a server logs in and out",        visits     },
    {"noise, seed and student change what they may", streams    },
    {"what only reads is drawn later if ever",       later      },
    {"a failing step says where it stands",          failures   },
    CU_TEST_INFO_NULL,
};
