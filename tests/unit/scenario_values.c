/* SPDX-License-Identifier: MIT */
/* References, expansion, variation, clients: the parts of the language that are read again when it is played. */
#include "sim/scenario/decode.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

/* ---- a scenario, with some variables in it ---- */

static const char head[] =
    "cafelab: 1\nid: small\ntitle: {en: A small one, pt: Um pequeno}\nbrief: brief.md\nlevel: beginner\nminutes: 30\n"
    "clock: {start: 2025-10-13T16:00:00Z, length: 1d}\nregion: us-west-2\n";
static const char tail[] = "places:\n  office: {cidr: 203.0.113.0/28}\n"
                           "cast:\n  sofia: {user: sofia, place: office, client: aws-cli, access_key: true, student: true}\n"
                           "account:\n  security_groups:\n    web: {name: Web, description: web}\n"
                           "timeline:\n  - {as: sofia, at: +1h, do: sts:GetCallerIdentity, mark: look}\n"
                           "questions: []\n";
static const char vary[] =
    "vary:\n  colour: {pick: [red, green, blue]}\n  from: {ip: 198.51.100.0/30}\n  door: {port: 40000 .. 40002}\n"
    "  when: {time: 2025-10-13T17:00:00Z .. 2025-10-13T18:00:00Z}\n  pause: {duration: 20s .. 55s}\n"
    "  code: {digits: 4}\n  signature: {words: 2}\n  who: {name: person}\n  amount: {number: -3 .. 3}\n"
    "  bucket: {text: \"logs-{{ code }}-{{colour}}\"}\n";

static struct scenario *read_small(const char *variables, struct diags *diags)
{
    AUTO(str_drop) struct str text = {0};

    str_addf(&text, "%s%s%s", head, variables, tail);
    return scenario_read("here/small.yaml", text.s, text.len, diags);
}

static void test_read(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0};
    AUTO(scenario_free) struct scenario *s = read_small(vary, &diags);
    unsigned width = 0;
    const struct person *sofia = s->cast.items;

    diags_show(&diags, &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "");
    CU_ASSERT_STRING_EQUAL(s->dir, "here");
    CU_ASSERT_EQUAL(strlen(s->content_hash), 64);
    CU_ASSERT_STRING_EQUAL(local_text_get(&s->title, "pt"), "Um pequeno");
    CU_ASSERT_STRING_EQUAL(local_text_get(&s->title, "es"), "A small one");
    CU_ASSERT_STRING_EQUAL(local_text_get(
                               &(struct local_text){
                                   {NULL,    NULL, "solo"},
                                   {0}
    },
                               "en"),
                           "solo");
    CU_ASSERT_STRING_EQUAL(local_text_get(&(struct local_text){{NULL}, {0}}, "en"), "");
    struct src_pos at = scenario_place(s, sofia->client, &width);
    CU_ASSERT(at.line == 23 && at.col == 47 && width == 7);
    at = scenario_place(s, "aws-cli", &width); /* the same letters, but not of the file */
    CU_ASSERT(at.line == 0 && width == 1);
}

/* ---- names ---- */

static void test_names(void)
{
    static const struct {
        const char *name;
        enum name_kind kind;
    } rows[] = {
        {"colour",  NAME_VARIABLE},
        {"office",  NAME_PLACE   },
        {"sofia",   NAME_PERSON  },
        {"web",     NAME_GROUP   },
        {"look",    NAME_MARK    },
        {"account", NAME_BUILT_IN},
        {"nobody",  NAME_NONE    },
        {"",        NAME_NONE    }
    };
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(scenario_free) struct scenario *s = read_small(vary, &diags);

    for (size_t i = 0; i < COUNT(rows); i++) {
        const void *item = NULL;
        CU_ASSERT_EQUAL(scenario_name(s, rows[i].name, &item), rows[i].kind);
        CU_ASSERT_EQUAL(item != NULL, rows[i].kind != NAME_NONE && rows[i].kind != NAME_BUILT_IN);
    }
}

static void test_references(void)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"no reference, { single } braces",                                                                        ""                                                                    },
        {"{{ colour }} {{office.cidr}} {{ sofia.ip }} {{ web.rule.80 }} {{ look.response.a.b }} {{ account.id }}", ""                                                                    },
        {"{{ color }}",                                                                                            "nothing is called \"color\" (did you mean \"colour\"?)"              },
        {"{{ xyzzyxyzzy }}",                                                                                       "nothing is called \"xyzzyxyzzy\""                                    },
        {"{{ colour.x }}",                                                                                         "\"colour\" is a variable and has no field \"x\""                     },
        {"{{ sofia.pi }}",                                                                                         "\"sofia\" is a person and has no field \"pi\" (did you mean \"ip\"?)"},
        {"{{ sofia.shoe_size }}",
         "\"sofia\" is a person and has no field \"shoe_size\": expected one of user, name, ip, key, arn, password, records"                                                             },
        {"{{ look }}",                                                                                             "\"look\" is a mark: say which field, one of "                        },
        {"{{ web.rule. }}",                                                                                        "\"web\" is a security group and has no field \"rule.\""              },
        {"{{ look.params. }}",                                                                                     "\"look\" is a mark and has no field \"params.\""                     },
        {"{{",                                                                                                     "expected {{ name.field }}, got \"{{\""                               },
        {"{{}}",                                                                                                   "expected {{ name.field }}, got \"{{}}\""                             },
        {"{{ }}",                                                                                                  "expected {{ name.field }}"                                           },
        {"{{ a b }}",                                                                                              "expected {{ name.field }}"                                           },
        {"{{ .id }}",                                                                                              "expected {{ name.field }}"                                           },
        {"{{ colour }} {{ oops",                                                                                   "expected {{ name.field }}, got \"{{ oops\""                          },
    };
    AUTO(diags_drop) struct diags none = {0};
    AUTO(scenario_free) struct scenario *s = read_small(vary, &none);

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        scenario_check_references(s, &diags, rows[i].text, (struct src_pos){"t", 1, 1}, 1);
        CU_ASSERT_EQUAL(diags.n > 0, *rows[i].said != 0);
        if (diags.n)
            CU_ASSERT_PTR_NOT_NULL(strstr(diags.list[0].message, rows[i].said));
    }
}

/* ---- expanding ---- */

static const char *lookup(void *context, const char *name, const char *field)
{
    (void)context;
    if (text_same(name, "web") && text_same(field, "id"))
        return "sg-1";
    return text_same(name, "n") && !*field ? "22" : NULL;
}

static void test_expand(void)
{
    static const struct {
        const char *text, *expanded, *says;
    } rows[] = {
        {"plain",                "plain",     NULL                                          },
        {"",                     "",          NULL                                          },
        {"{{ web.id }}",         "sg-1",      NULL                                          },
        {"a{{web.id}}b{{ n }}c", "asg-1b22c", NULL                                          },
        {"}} {",                 "}} {",      NULL                                          },
        {"{{ none }}",           NULL,        "{{ none }} has no value here"                },
        {"{{ web }}",            NULL,        "{{ web }} has no value here"                 },
        {"{{ web.id",            NULL,        "expected {{ name.field }}, got \"{{ web.id\""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        struct err e = {0};
        CU_ASSERT_EQUAL(scenario_expand(rows[i].text, lookup, NULL, &out, &e), rows[i].expanded != NULL);
        if (rows[i].expanded)
            CU_ASSERT_STRING_EQUAL(str_text(&out), rows[i].expanded);
        if (rows[i].says)
            CU_ASSERT_STRING_EQUAL(e.msg, rows[i].says);
    }
}

static void test_expand_node(void)
{
    static const struct {
        const char *yaml, *json; /* NULL: refused */
    } rows[] = {
        {"{port: 22, open: true, group: \"{{ web.id }}\", list: [\"{{ n }}\", x]}",
         "{\"port\":22,\"open\":true,\"group\":\"sg-1\",\"list\":[\"22\",\"x\"]}"                 },
        {"{\"{{ web.id }}\": 1}",                                                   "{\"sg-1\":1}"},
        {"[\"{{ none }}\"]",                                                        NULL          },
        {"{a: {b: [\"{{ none }}\"]}}",                                              NULL          },
        {"{\"{{ none }}\": 1}",                                                     NULL          },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(str_drop) struct str text = {0};
        struct err e = {0};
        const struct node *node = yaml_read(&arena, "t", rows[i].yaml, strlen(rows[i].yaml), &diags);
        json_auto_t *json = scenario_expand_node(node, lookup, NULL, &e);
        CU_ASSERT_EQUAL(json != NULL, rows[i].json != NULL);
        CU_ASSERT_EQUAL(e.set, rows[i].json == NULL);
        if (!json)
            continue;
        str_add_json_value(&text, json);
        CU_ASSERT_STRING_EQUAL(text.s, rows[i].json);
    }
}

/* ---- variation ---- */

static bool draw_small(const char *variables, const char *student, struct str *out)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(scenario_free) struct scenario *s = read_small(variables, &diags);
    struct seed seed = seed_from_text(student);
    struct draw draw = {0};
    struct err e = {0};

    if (diags.n_errors || !scenario_draw(s, &seed, &arena, &draw, &e))
        return false;
    for (size_t i = 0; i < draw.n; i++)
        str_addf(out, "%s=%s\n", ((const struct variable *)s->vary.items)[i].name, draw.values[i]);
    CU_ASSERT_PTR_NULL(draw_value(s, &draw, "nobody"));
    return true;
}

static void test_draw(void)
{
    size_t differ = 0;

    for (int i = 0; i < 200; i++) {
        AUTO(str_drop) struct str first = {0}, again = {0};
        char student[32], colour[16] = "", code[16] = "", bucket[32] = "";
        int a = 0, port = 0, amount = 0, pause = 0;
        snprintf(student, sizeof(student), "student %d", i);
        CU_ASSERT(draw_small(vary, student, &first) && draw_small(vary, student, &again));
        CU_ASSERT_STRING_EQUAL(first.s, again.s);
        const char *minutes = strstr(first.s, "pause=1m");
        CU_ASSERT_PTR_NULL(minutes);
        int n =
            sscanf(first.s, "colour=%15[a-z] from=198.51.100.%d door=%d when=2025-10-13T17:%*d:%*dZ pause=%ds code=%15[0-9]",
                   colour, &a, &port, &pause, code);
        if (strstr(first.s, "when=2025-10-13T18:00:00Z")) /* the very last second */
            continue;
        CU_ASSERT_EQUAL(n, 5);
        CU_ASSERT(a == 1 || a == 2); /* never the network's own, never the broadcast */
        CU_ASSERT(port >= 40000 && port <= 40002);
        CU_ASSERT(pause >= 20 && pause <= 55);
        CU_ASSERT_EQUAL(strlen(code), 4);
        const char *tail_of = strstr(first.s, "amount=");
        CU_ASSERT(tail_of && sscanf(tail_of, "amount=%d bucket=%31s", &amount, bucket) == 2);
        CU_ASSERT(amount >= -3 && amount <= 3);
        AUTO(str_drop) struct str expected = {0};
        str_addf(&expected, "logs-%s-%s", code, colour);
        CU_ASSERT_STRING_EQUAL(bucket, expected.s);
        differ += colour[0] != 'r';
    }
    CU_ASSERT(differ > 80 && differ < 190);
}

/* A variable more leaves the others as they were. */
static void test_draw_apart(void)
{
    AUTO(str_drop) struct str two = {0}, three = {0};

    CU_ASSERT(draw_small("vary:\n  a: {digits: 6}\n  c: {words: 3}\n", "s", &two));
    CU_ASSERT(draw_small("vary:\n  b: {digits: 6}\n  a: {digits: 6}\n  c: {words: 3}\n", "s", &three));
    CU_ASSERT_PTR_NOT_NULL(strstr(three.s, two.s));
}

/* ---- clients ---- */

static void test_clients(void)
{
    static const struct {
        const char *op, *command;
    } rows[] = {
        {"ec2:DescribeInstances",   "ec2.describe-instances"   },
        {"iam:ListMFADevices",      "iam.list-mfa-devices"     },
        {"rds:DescribeDBInstances", "rds.describe-db-instances"},
        {"s3:ListBuckets",          "s3api.list-buckets"       },
        {"sts:GetCallerIdentity",   "sts.get-caller-identity"  },
        {"odd",                     "odd."                     },
    };
    AUTO(arena_drop) struct arena arena = {0};

    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_STRING_EQUAL(client_agent(&arena, "x $command y", rows[i].op),
                               arena_printf(&arena, "x %s y", rows[i].command));
    CU_ASSERT_STRING_EQUAL(client_agent(&arena, "plain", "a:B"), "plain");
    CU_ASSERT_PTR_NULL(client_agent(&arena, NULL, "a:B"));
    for (size_t i = 0; i < scenario_n_clients; i++) {
        CU_ASSERT_PTR_EQUAL(client_find(scenario_clients[i].name), &scenario_clients[i]);
        CU_ASSERT(scenario_clients[i].agents && scenario_clients[i].agents[0]);
    }
    CU_ASSERT_PTR_NULL(client_find("netscape"));
}

/* ---- finding ---- */

static void test_load(void)
{
    static const struct {
        const char *name;
        bool found;
    } rows[] = {
        {"cafe-breach",                         true },
        {"scenarios/cafe-breach",               true },
        {"scenarios/cafe-breach/scenario.yaml", true },
        {"nowhere",                             false},
        {"",                                    false},
        {"scenarios",                           false},
        {"/dev/null",                           false}
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        struct err e = {0};
        AUTO(scenario_free) struct scenario *s = scenario_load(rows[i].name, &diags, &e);
        CU_ASSERT_EQUAL(s != NULL, rows[i].found);
        CU_ASSERT_EQUAL(e.set, !rows[i].found);
        if (s)
            CU_ASSERT(text_ends(s->dir, "cafe-breach"));
    }
}

static void test_variants(void)
{
    static const struct {
        double n;
        const char *said;
    } rows[] = {
        {1,       "1"                 },
        {999999,  "999999"            },
        {1e6,     "about 1.0 x 10^6"  },
        {9.96e6,  "about 1.0 x 10^7"  },
        {8.12e31, "about 8.1 x 10^31" },
        {1e300,   "about 1.0 x 10^300"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str said = {0};
        str_add_variants(&said, rows[i].n);
        CU_ASSERT_STRING_EQUAL(str_text(&said), rows[i].said);
    }
}

CU_TestInfo scenario_values_tests[] = {
    {"reading",              test_read       },
    {"one space of names",   test_names      },
    {"references",           test_references },
    {"expanding texts",      test_expand     },
    {"expanding structures", test_expand_node},
    {"drawing",              test_draw       },
    {"variables draw apart", test_draw_apart },
    {"how many variants",    test_variants   },
    {"clients",              test_clients    },
    {"finding a scenario",   test_load       },
    CU_TEST_INFO_NULL,
};
