/* SPDX-License-Identifier: MIT */
/* Logs that go back in time, and effects before their causes, are found; honest ones pass. */
#include "grader/verify/proof.h"
#include "grader/verify/report.h"

#include <CUnit/CUnit.h>
#include <string.h>

typedef bool order_fn(const char *text, size_t n, struct disorder *);

static const struct {
    order_fn *in_order;
    const char *text;
    size_t line; /* where it breaks; 0 = in order */
    const char *says;
} rows[] = {
    {audit_in_order,      "",                                                                                            0, ""                        },
    {audit_in_order,
     "type=A msg=audit(100.001:7): x\ntype=B msg=audit(100.001:7): y\nno stamp\ntype=C msg=audit(101.000:8): z\n",       0, ""                        },
    {audit_in_order,      "type=A msg=audit(100.500:7): x\ntype=B msg=audit(100.100:8): y\n",                            2,
     "goes back in time, from 100.500 to 100.100"                                                                                                     },
    {audit_in_order,      "type=A msg=audit(100.500:9): x\ntype=B msg=audit(101.100:8): y\n",                            2,
     "the serial goes back, from 9 to 8"                                                                                                              },
    {syslog_in_order,     "Oct  9 08:00:00 h a\nOct 10 07:00:00 h b\n  continued\nNov  1 00:00:00 h c\n",                0, ""                        },
    {syslog_in_order,     "Dec 31 23:59:59 h a\nJan  1 00:00:01 h b\n",                                                  0, ""                        },
    {syslog_in_order,     "Oct 15 08:00:10 h a\nOct 15 08:00:04 h b\n",                                                  2, "goes back in time by 6 s"},
    {syslog_in_order,
     "Jan 31 23:59:59 h\nFeb  1 00:00:00 h\nFeb 29 23:59:59 h\nMar  1 00:00:00 h\nMar 31 23:59:59 h\nApr  1 00:00:00 h\n"
     "Apr 30 23:59:59 h\nMay  1 00:00:00 h\nMay 31 23:59:59 h\nJun  1 00:00:00 h\nJun 30 23:59:59 h\nJul  1 00:00:00 h\n"
     "Jul 31 23:59:59 h\nAug  1 00:00:00 h\nAug 31 23:59:59 h\nSep  1 00:00:00 h\nSep 30 23:59:59 h\nOct  1 00:00:00 h\n"
     "Oct 31 23:59:59 h\nNov  1 00:00:00 h\nNov 30 23:59:59 h\nDec  1 00:00:00 h\nDec 31 23:59:59 h\n",                  0, ""                        },
    {syslog_in_order,     "Mar  1 00:00:00 h a\nFeb 29 23:59:59 h b\n",                                                  2, "goes back in time by 1 s"},
    {syslog_in_order,     "Foo 15 08:00:10 h a\nOct 15 08:00:04 h b\n",                                                  0, ""                        },
    {logins_follow_users,
     "h useradd[1]: new user: name=eve, UID=1001\nh sshd[2]: Accepted password for eve from 198.51.100.1 port 1 ssh2\n", 0, ""                        },
    {logins_follow_users,
     "h sshd[2]: Accepted publickey for ec2-user from 192.0.2.1\nh useradd[1]: new user: name=eve, UID=1001\n",          0, ""                        },
    {logins_follow_users,
     "h sshd[2]: Accepted password for eve from 198.51.100.1\nh useradd[1]: new user: name=eveline, UID=1001\n",         0, ""                        },
    {logins_follow_users,
     "h sshd[2]: Accepted password for eve from 198.51.100.1\nh x\nh useradd[1]: new user: name=eve, UID=1001\n",        1,
     "\"eve\" logs in before line 3 makes that user"                                                                                                  },
};

static void orders(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct disorder d = {0};
        bool good = rows[i].in_order(rows[i].text, strlen(rows[i].text), &d);
        CU_ASSERT_EQUAL(good, rows[i].line == 0);
        CU_ASSERT_EQUAL(d.line, rows[i].line);
        CU_ASSERT_STRING_EQUAL(d.says, rows[i].says);
    }
}

static void wtmp(void)
{
    unsigned char records[3 * 384] = {0};
    uint32_t times[] = {100, 100, 101};
    struct disorder d = {0};
    for (size_t i = 0; i < COUNT(times); i++)
        memcpy(records + i * 384 + 340, &times[i], 4);
    CU_ASSERT_TRUE(wtmp_in_order(records, sizeof(records), &d));
    CU_ASSERT_FALSE(wtmp_in_order(records, sizeof(records) - 1, &d));
    CU_ASSERT_EQUAL(d.line, 3);
    times[2] = 99;
    memcpy(records + 2 * 384 + 340, &times[2], 4);
    CU_ASSERT_FALSE(wtmp_in_order(records, sizeof(records), &d));
    CU_ASSERT_EQUAL(d.line, 3);
    CU_ASSERT_STRING_EQUAL(d.says, "goes back in time, from 100 to 99");
}

static void variants(void)
{
    static const char text[] = "cafelab: 1\nvary:\n  a:\n    pick: [x, y, z]\n  b:\n    digits: 2\n  c:\n    ip: 192.0.2.0/29\n"
                               "  d:\n    duration: 10s .. 19s\n";
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(scenario_free) struct scenario *s = scenario_read("v.yaml", text, strlen(text), &diags);
    CU_ASSERT_PTR_NOT_NULL(s);
    if (s)
        CU_ASSERT_DOUBLE_EQUAL(verify_variants(s), 3 * 100 * 6 * 10.0, 0.5);
}

/* The birthday problem: a class of thirty is 435 pairs. */
static void collisions(void)
{
    CU_ASSERT_DOUBLE_EQUAL(verify_collision(1), 1, 0);
    CU_ASSERT_DOUBLE_EQUAL(verify_collision(1e6), 4.349e-4, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(verify_collision(1e12), 4.35e-10, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(verify_collision(435), 0.6321, 1e-4);
}

/* An answer is told by a word of its own; what is very short stands anywhere by chance. */
static void words_of_texts(void)
{
    static const struct {
        const char *text, *answer;
        bool stands;
    } kinds[] = {
        {"It was chaos.",      "chaos", true },
        {"chaos",              "chaos", true },
        {"It was chaos_made.", "chaos", false},
        {"xchaos",             "chaos", false},
        {"chaos1 (chaos)",     "chaos", true },
        {"It was rui.",        "rui",   false},
        {"It was rosa.",       "rosa",  true },
        {"",                   "rosa",  false},
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        CU_ASSERT_EQUAL(answer_stands_in(kinds[i].text, strlen(kinds[i].text), kinds[i].answer), kinds[i].stands);
}

/* Commands are copied into a shell. */
static void commands(void)
{
    struct proof p = {0};
    CU_ASSERT_STRING_EQUAL(query_command(&p, "SELECT \"a\", '$.b' -- `c` \\d"),
                           "cafelab query try \"SELECT \\\"a\\\", '\\$.b' -- \\`c\\` \\\\d\"");
    arena_drop(&p.arena);
}

/* How often it was seen is told beside the first seed; what a page quotes is no part of it. */
static void said_of_findings(void)
{
    struct verify_finding findings[] = {
        {.property = PROVE_LEAK,
         .severity = SEVERITY_ERROR,
         .at = {"x.yaml", 3, 5},
         .message = "<b> stands in README.md",
         .file = "README.md",
         .seed = "2",
         .seeds = 3,
         .command = "a && b"},
        {.property = PROVE_TELL,    .severity = SEVERITY_WARNING,      .at = {"x.yaml", 0, 0}, .message = "m", .seed = "1", .seeds = 1},
    };
    const struct verify_report r = {
        .scenario = "x",
        .seeds = 3,
        .jobs = 1,
        .written = 1,
        .events = 10,
        .findings = findings,
        .n = COUNT(findings),
        .n_errors = 1,
        .facts = {[PROVE_LEAK] = 9, [PROVE_TELL] = 1, [PROVE_REALISM] = 2},
        .variants = 100
    };
    static const char *const parts[] = {
        "\nx.yaml:3:5: error: <b> stands in README.md [leak]\n  seed 2 and 2 more, in README.md\n  a && b\n",
        "\nx.yaml: warning: m [tell]\n  seed 1\n",
        "  REFUSED  leak ",
        "  warns    tell ",
        "  holds    realism ",
        "  nothing  solvable ",
        "\n1 error, 1 warning; 0.0 s with 1 process\n",
    };
    AUTO(str_drop) struct str text = {0}, page = {0};
    verify_text(&r, &text);
    verify_html(&r, &page);
    for (size_t i = 0; i < COUNT(parts); i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), parts[i]));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&page), "</span> &lt;b&gt; stands in README.md</h3>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&page), "<dd>2 and 2 more</dd>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&page), "<pre><code>a &amp;&amp; b</code></pre>"));
}

CU_TestInfo grader_verify_tests[] = {
    {"logs in order",            orders          },
    {"wtmp in order",            wtmp            },
    {"how many variants",        variants        },
    {"collisions",               collisions      },
    {"words of texts",           words_of_texts  },
    {"commands",                 commands        },
    {"what is said of findings", said_of_findings},
    CU_TEST_INFO_NULL,
};
