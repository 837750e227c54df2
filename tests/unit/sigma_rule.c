/* SPDX-License-Identifier: MIT */
/* Sigma rules: what each finds among a few records, a row a rule; and the words that a wrong one gets. */
#include "sim/sigma/sigma.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* a: chaos opens port 22; b: faythe opens 443, by a role; c: a console login that failed; d: odd texts. */
static const char records[] =
    "{\"Records\":["
    "{\"eventID\":\"a\",\"eventName\":\"AuthorizeSecurityGroupIngress\",\"eventSource\":\"ec2.amazonaws.com\","
    "\"sourceIPAddress\":\"198.51.100.7\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"chaos\"},\"errorCode\":null,"
    "\"requestParameters\":{\"groupId\":\"sg-1\",\"ipPermissions\":{\"items\":[{\"fromPort\":22,\"ipRanges\":{\"items\":"
    "[{\"cidrIp\":\"0.0.0.0/0\"},{\"cidrIp\":\"10.0.0.0/8\"}]}}]}}},"
    "{\"eventID\":\"b\",\"eventName\":\"AuthorizeSecurityGroupIngress\",\"eventSource\":\"ec2.amazonaws.com\","
    "\"sourceIPAddress\":\"203.0.113.9\",\"userIdentity\":{\"type\":\"AssumedRole\"},\"readOnly\":false,"
    "\"requestParameters\":{\"ipPermissions\":{\"items\":[{\"fromPort\":443}]}}},"
    "{\"eventID\":\"c\",\"eventName\":\"ConsoleLogin\",\"eventSource\":\"signin.amazonaws.com\","
    "\"sourceIPAddress\":\"2001:db8::1\",\"errorMessage\":\"Failed "
    "authentication\",\"responseElements\":{\"ConsoleLogin\":\"Failure\"}},"
    "{\"eventID\":\"d\",\"eventName\":\"Odd\",\"text\":\"50% of C:\\\\a*b\\\\ caf\\u00e9\\nnext\",\"empty\":\"\","
    "\"list\":[\"one\",\"two\"],\"count\":\"12\"}]}";

#define RULE(detection) "title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n" detection
#define ONE(selection) RULE("  s: " selection "\n  condition: s\n")

static const struct {
    const char *rule, *finds;
} rows[] = {
  /* texts: all of it, case does not count; one of a list */
    {ONE("{eventName: consolelogin}"),                                                                   "c"   },
    {ONE("{eventName|cased: consolelogin}"),                                                             ""    },
    {ONE("{eventName: Console}"),                                                                        ""    },
    {ONE("{eventName: [Odd, ConsoleLogin]}"),                                                            "cd"  },
    {ONE("{eventName: 'Console*'}"),                                                                     "c"   },
    {ONE("{eventName: 'O?d'}"),                                                                          "d"   },
    {ONE("{text|contains: 'caf? next'}"),                                                                ""    },
    {ONE("{text|contains: 'caf??next'}"),                                                                "d"   },
    {ONE("{text|contains: 'a\\*b\\\\ '}"),                                                               "d"   },
    {ONE("{text|contains: 'C:\\a\\*b'}"),                                                                "d"   },
    {ONE("{text|contains: '\\?'}"),                                                                      ""    },
    {ONE("{eventName|startswith: author}"),                                                              "ab"  },
    {ONE("{eventName|endswith: [login, ingress]}"),                                                      "abc" },
    {ONE("{list: two}"),                                                                                 "d"   },
    {ONE("{list|all: [one, two]}"),                                                                      "d"   },
    {ONE("{list|contains|all: [one, three]}"),                                                           ""    },
    {ONE("{eventName|neq: Odd}"),                                                                        "abc" },
    {ONE("{errorMessage|neq: x}"),                                                                       "abcd"},
 /* what is there, and what is not */
    {ONE("{errorCode: null}"),                                                                           "abcd"},
    {ONE("{errorMessage: null}"),                                                                        "abd" },
    {ONE("{errorCode|exists: true}"),                                                                    "a"   },
    {ONE("{errorCode|exists: false}"),                                                                   "bcd" },
    {ONE("{empty: ''}"),                                                                                 "d"   },
    {ONE("{errorMessage: [null, 'Failed*']}"),                                                           "abcd"},
    {ONE("{userIdentity|exists: true}"),                                                                 "ab"  },
 /* paths go through lists; an object is its text */
    {ONE("{requestParameters.ipPermissions.items.ipRanges.items.cidrIp: 10.0.0.0/8}"),                   "a"   },
    {ONE("{requestParameters.ipPermissions.items.fromPort: 22}"),                                        "a"   },
    {ONE("{requestParameters|contains: '\"fromPort\":443'}"),                                            "b"   },
    {ONE("{userIdentity.type: IAMUser, userIdentity.userName: chaos}"),                                  "a"   },
    {ONE("{readOnly: false}"),                                                                           "b"   },
 /* numbers, networks, regular expressions */
    {ONE("{requestParameters.ipPermissions.items.fromPort|lt: 443}"),                                    "a"   },
    {ONE("{requestParameters.ipPermissions.items.fromPort|lte: 443}"),                                   "ab"  },
    {ONE("{requestParameters.ipPermissions.items.fromPort|gt: 22}"),                                     "b"   },
    {ONE("{count|gte: 12}"),                                                                             "d"   },
    {ONE("{eventName|gt: 1}"),                                                                           ""    },
    {ONE("{sourceIPAddress|cidr: 198.51.100.0/24}"),                                                     "a"   },
    {ONE("{sourceIPAddress|cidr: ['203.0.113.0/24', '2001:db8::/32']}"),                                 "bc"  },
    {ONE("{eventName|cidr: 0.0.0.0/0}"),                                                                 ""    },
    {ONE("{eventName|re: '^Auth.*Ingress$'}"),                                                           "ab"  },
    {ONE("{eventName|re: '^auth'}"),                                                                     ""    },
    {ONE("{eventName|re|i: '^auth'}"),                                                                   "ab"  },
    {ONE("{text|re: '^next'}"),                                                                          ""    },
    {ONE("{text|re|m: '^next'}"),                                                                        "d"   },
    {ONE("{text|re|s: 'of.*next'}"),                                                                     "d"   },
 /* selections: lists are alternatives; keywords stand anywhere, in values and not in names */
    {ONE("[{eventName: Odd}, {userIdentity.userName: chaos}]"),                                          "ad"  },
    {ONE("[failure, chaos]"),                                                                            "ac"  },
    {ONE("chaos"),                                                                                       "a"   },
    {ONE("{'|all': [chaos, '0.0.0.0']}"),                                                                "a"   },
    {ONE("[userName]"),                                                                                  ""    },
 /* conditions */
    {RULE("  x: {eventName: Odd}\n  y: {eventID: a}\n  condition: x or y\n"),                            "ad"  },
    {RULE("  x: {eventName|contains: o}\n  y: {eventID: a}\n  condition: x and not y\n"),                "bcd" },
    {RULE("  x: {eventID: a}\n  y: {eventID: b}\n  z: {eventID: c}\n  condition: x or y and z\n"),       "a"   },
    {RULE("  x: {eventID: a}\n  y: {eventID: b}\n  condition: not (x or y)\n"),                          "cd"  },
    {RULE("  x: {eventID: a}\n  y: {eventID: b}\n  condition: NOT x AND not y\n"),                       "cd"  },
    {RULE("  sel_a: {eventID: a}\n  sel_b: {eventID: b}\n  o: {eventID: c}\n  condition: 1 of sel_*\n"), "ab"  },
    {RULE("  s1: {eventName|contains: in}\n  s2: {eventID: c}\n  condition: all of s*\n"),               "c"   },
    {RULE("  s1: {eventID: a}\n  _s2: {eventID: c}\n  condition: any of them\n"),                        "a"   },
    {RULE("  s1: {eventID: a}\n  s2: {eventID: c}\n  condition: [s1, s2]\n"),                            "ac"  },
    {RULE("  all: {eventID: a}\n  condition: all\n"),                                                    "a"   },
};

static struct sigma_log *make_log(void)
{
    struct sigma_log *log = sigma_log_new();
    struct err e = {0};
    CU_ASSERT_TRUE(sigma_log_add(log, "s3/x.json.gz", records, strlen(records), &e));
    CU_ASSERT_EQUAL(sigma_log_size(log), 4);
    return log;
}

static void finds(void)
{
    AUTO(sigma_log_free) struct sigma_log *log = make_log();
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(str_drop) struct str found = {0};
        AUTO(sigma_free) struct sigma_rule *rule = sigma_read(rows[i].rule, strlen(rows[i].rule), &diags);
        struct err e = {0};
        bool hits[4];
        if (rule && sigma_run(rule, log, 0, hits, &e))
            for (size_t j = 0; j < 4; j++)
                str_add(&found, hits[j] ? sigma_log_event(log, j).id : "");
        else
            str_addf(&found, "%s%s", e.msg, diags.n ? diags.list[0].message : "");
        if (strcmp(str_text(&found), rows[i].finds) != 0)
            printf("\n%s -> %s, expected %s", rows[i].rule, str_text(&found), rows[i].finds);
        CU_ASSERT_STRING_EQUAL(str_text(&found), rows[i].finds);
    }
}

static const struct {
    const char *rule, *says;
} mistakes[] = {
    {"",                                                                                       "the file is empty"                    },
    {"- a\n",                                                                                  "expected a rule"                      },
    {"title: t\n",                                                                             "missing key \"logsource\""            },
    {"logsource: {product: aws, service: cloudtrail}\ndetection: {s: {a: b}, condition: s}\n", "missing key \"title\""                },
    {"title: t\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}\n",        "expected product: aws"                },
    {"title: t\nlogsource: {product: aws}\ndetection: {s: {a: b}, condition: s}\n",            "expected service: cloudtrail"         },
    {"title: t\ncorrelation: {type: event_count}\n",                                           "only plain rules"                     },
    {"title: [\n",                                                                             ""                                     },
    {RULE("  condition: s\n"),                                                                 "expected a selection"                 },
    {RULE("  s: {a: b}\n"),                                                                    "missing key \"condition\""            },
    {RULE("  s: {a: b}\n  timeframe: 5m\n  condition: s\n"),                                   "\"timeframe\" looks at several events"},
    {RULE("  s: {a: b}\n  condition: s | count() > 5\n"),                                      "aggregations behind"                  },
    {RULE("  select: {a: b}\n  condition: selct\n"),                                           "did you mean \"select\""              },
    {RULE("  s: {a: b}\n  condition: (s\n"),                                                   "not closed"                           },
    {RULE("  s: {a: b}\n  condition: s and\n"),                                                "it ends where a selection is expected"},
    {RULE("  s: {a: b}\n  condition: s s\n"),                                                  "expected \"and\", \"or\" or the end"  },
    {RULE("  s: {a: b}\n  condition: 2 of s*\n"),                                              "expected \"1 of\" or \"all of\""      },
    {RULE("  s: {a: b}\n  condition: 1 of x*\n"),                                              "no selection is called \"x*\""        },
    {RULE("  s: {}\n  condition: s\n"),                                                        "finds everything"                     },
    {RULE("  s: ['*']\n  condition: s\n"),                                                     "finds everything"                     },
    {RULE("  s: []\n  condition: s\n"),                                                        "is empty"                             },
    {RULE("  s: {a: []}\n  condition: s\n"),                                                   "the list is empty"                    },
    {RULE("  s: {a: {b: c}}\n  condition: s\n"),                                               "expected a value, got a map"          },
    {ONE("{a|contians: b}"),                                                                   "did you mean \"contains\""            },
    {ONE("{a|base64: b}"),                                                                     "not supported here"                   },
    {ONE("{a|re|contains: b}"),                                                                "compare in different ways"            },
    {ONE("{a|i: b}"),                                                                          "need \"re\""                          },
    {ONE("{a|re: '('}"),                                                                       "is no regular expression"             },
    {ONE("{a|re: '\\C'}"),                                                                     "is no regular expression"             },
    {ONE("{a|gt: many}"),                                                                      "expected a number"                    },
    {ONE("{a|gt: nan}"),                                                                       "expected a number"                    },
    {ONE("{a|cidr: here}"),                                                                    "expected a network"                   },
    {ONE("{a|exists: maybe}"),                                                                 "expected true or false"               },
    {ONE("{a|contains: null}"),                                                                "null asks for a field"                },
    {ONE("{a|exists|all: true}"),                                                              "do not go together"                   },
};

static void refuses(void)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(str_drop) struct str said = {0};
        AUTO(sigma_free) struct sigma_rule *rule = sigma_read(mistakes[i].rule, strlen(mistakes[i].rule), &diags);
        diags_show(&diags, &said);
        bool good = !rule && diags.n_errors && strstr(str_text(&said), mistakes[i].says);
        if (!good)
            printf("\n%s -> %s, expected %s", mistakes[i].rule, str_text(&said), mistakes[i].says);
        CU_ASSERT_TRUE(good);
    }
}

static void knows_places(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    const char *rule = RULE("  s:\n    eventName|startwith: x\n  condition: s\n");
    AUTO(sigma_free) struct sigma_rule *read = sigma_read(rule, strlen(rule), &diags);
    CU_ASSERT_PTR_NULL(read);
    CU_ASSERT_EQUAL(diags.n, 1);
    CU_ASSERT_EQUAL(diags.list[0].at.line, 5);
    CU_ASSERT_EQUAL(diags.list[0].at.col, 5);
}

static void has_limits(void)
{
    AUTO(str_drop) struct str deep = {0}, many = {0}, log = {0}, big = {0};
    AUTO(sigma_log_free) struct sigma_log *one = sigma_log_new();
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    bool hits[1];
    str_add(&deep, RULE("  s: {a: b}\n  condition: "));
    for (size_t i = 0; i < 100; i++)
        str_add(&deep, "not (");
    CU_ASSERT_PTR_NULL(sigma_read(str_text(&deep), deep.len, &diags));
    str_add(&many, RULE("  s:\n    a:\n"));
    for (size_t i = 0; i < 600; i++)
        str_addf(&many, "      - v%zu\n", i);
    str_add(&many, "  condition: s\n");
    CU_ASSERT_PTR_NULL(sigma_read(str_text(&many), many.len, &diags));
    for (size_t i = 0; i < 70000; i++)
        str_addc(&big, '#');
    CU_ASSERT_PTR_NULL(sigma_read(str_text(&big), big.len, &diags));
    const char *slow = ONE("{a|re: '(a+)+$'}");
    AUTO(sigma_free) struct sigma_rule *rule = sigma_read(slow, strlen(slow), &diags);
    str_add(&log, "{\"Records\":[{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}]}");
    CU_ASSERT_TRUE(sigma_log_add(one, "x", str_text(&log), log.len, &e));
    CU_ASSERT_FALSE(rule && sigma_run(rule, one, 0, hits, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "a regular expression of the rule takes too long");
}

static void knows_fields(void)
{
    AUTO(sigma_log_free) struct sigma_log *log = make_log();
    AUTO(diags_drop) struct diags diags = {0};
    static const struct {
        const char *rule, *unknown, *meant;
    } fields[] = {
        {ONE("{eventName: x}"),                NULL,                    NULL                   },
        {ONE("{eventname: x}"),                "eventname",             "eventName"            },
        {ONE("{eventID: x, Image: y}"),        "Image",                 NULL                   },
        {ONE("{errorCod: null}"),              NULL,                    NULL                   },
        {ONE("{userIdentity.username: chao}"), "userIdentity.username", "userIdentity.userName"},
    };
    for (size_t i = 0; i < COUNT(fields); i++) {
        AUTO(sigma_free) struct sigma_rule *rule = sigma_read(fields[i].rule, strlen(fields[i].rule), &diags);
        const char *meant = NULL;
        CU_ASSERT_TRUE(rule && text_same(sigma_unknown_field(rule, log, &meant), fields[i].unknown));
        CU_ASSERT_TRUE(text_same(meant, fields[i].meant));
    }
    CU_ASSERT_EQUAL(sigma_log_find(log, "c"), 2);
    CU_ASSERT_EQUAL(sigma_log_find(log, "zzz"), SIZE_MAX);
    struct sigma_event event = sigma_log_event(log, 0);
    CU_ASSERT_STRING_EQUAL(event.who, "chaos");
    CU_ASSERT_STRING_EQUAL(event.path, "s3/x.json.gz");
}

CU_TestInfo sigma_rule_tests[] = {
    {"finds what it says",       finds       },
    {"refuses, in words",        refuses     },
    {"knows places of mistakes", knows_places},
    {"has limits",               has_limits  },
    {"knows a log's fields",     knows_fields},
    CU_TEST_INFO_NULL
};
