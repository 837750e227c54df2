/* SPDX-License-Identifier: MIT */
/* Reports: words before colours, lines no wider than the terminal, untrusted text harmless, JSON whole. */
#include "grader/grader.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct exhibit record = {
    .file = "s3/b/x.json.gz", .event_id = "0b9f1b2c", .seq = 7, .time_ms = 1760548833000, .text = "ec2:X"};
static struct exhibit line = {.file = "host/etc/passwd", .line = 27, .text = "chaos-user:x:1001"};
static struct exhibit query = {.query = "SELECT eventtime FROM logs"};

static struct finding findings[] = {
    {.kind = FINDING_QUESTION,
     .id = "who",
     .title = "Which identity?",
     .outcome = OUTCOME_PASS,
     .points = 900,
     .max = 1000,
     .expected = "chaos",
     .found = "chaos",
     .hints = 2,
     .hint_cost = 100},
    {.kind = FINDING_QUESTION,
     .id = "when",
     .title = "Exactly when (UTC)?",
     .outcome = OUTCOME_FAIL,
     .max = 1000,
     .expected = "2025-10-15T17:20:33Z",
     .found = "\033[31mnoon",
     .feedback = "That cannot be read as an answer."},
    {.kind = FINDING_QUESTION,
     .id = "files",
     .title = "Which files?",
     .outcome = OUTCOME_PARTIAL,
     .points = 333,
     .max = 1000,
     .expected = "a, b, c",
     .found = "a"},
    {.kind = FINDING_CHECK,
     .id = "user-gone",
     .title = "The OS account is gone everywhere, in every file that could name it",
     .outcome = OUTCOME_FAIL,
     .max = 1000,
     .expected = "no trace of chaos-user",
     .found = "/etc/passwd line 27: the account"},
    {.kind = FINDING_PENALTY,
     .id = "site-up",
     .title = "Guests reach the site",
     .outcome = OUTCOME_FAIL,
     .points = -1000,
     .expected = "tcp/80 open",
     .found = "tcp/80 is open to nobody"},
    {.kind = FINDING_VETO,
     .id = "trail-kept",
     .title = "The trail logs",
     .outcome = OUTCOME_ERROR,
     .expected = "x",
     .found = "not known"                          },
};

static struct report make_report(void)
{
    findings[1].evidence = &record;
    findings[1].n_evidence = 1;
    findings[2].evidence = &query;
    findings[2].n_evidence = 1;
    findings[3].evidence = &line;
    findings[3].n_evidence = 1;
    static const char *notes[] = {"there is no answers.yaml"};
    struct report r = {
        .scenario = "cafe-breach", .title = "The Café", .student = "s17", .findings = findings, .n = COUNT(findings)};
    r.score = 233;
    r.max = 4000;
    r.notes = notes;
    r.n_notes = 1;
    r.receipt.content_hash = r.receipt.seed_commitment = r.receipt.submission_hash = r.receipt.journal_hash =
        "0123456789abcdef";
    r.receipt.lab_version = r.receipt.version = "0.1.0";
    r.receipt.events = 400;
    return r;
}

static void words_and_places(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    report_text(&r, &(struct report_style){.width = 0}, &text);
    static const char *const says[] = {
        "The Café, student s17\n\nQuestions\n  PASS    9/10  who              Which identity?\n      hints: 2, costing 1\n",
        ("  FAIL    0/10  when             Exactly when (UTC)?\n      found: \\x1b[31mnoon\n      expected: "
         "2025-10-15T17:20:33Z\n"
         "      That cannot be read as an answer.\n      see: 2025-10-15T17:20:33Z eventID 0b9f1b2c in s3/b/x.json.gz: "
         "ec2:X\n"),
        "  PART 3.33/10  files",
        "      query: SELECT eventtime FROM logs\n",
        "\nRepairs\n",
        "      see: host/etc/passwd:27: chaos-user:x:1001\n",
        "\nMust be kept\n  FAIL     -10  site-up",
        "  ????",
        "note: there is no answers.yaml\nScore: 2.33 of 40 points, 5 %\n",
        ("receipt: cafe-breach 0123456789ab, seed 0123456789ab, 400 events, lab by 0.1.0, graded by 0.1.0, submission "
         "0123456789ab\n"),
    };
    for (size_t i = 0; i < COUNT(says); i++) {
        bool said = strstr(str_text(&text), says[i]) != NULL;
        if (!said)
            printf("missing:\n%s\nin:\n%s\n", says[i], str_text(&text));
        CU_ASSERT(said);
    }
    CU_ASSERT_PTR_NULL(strchr(str_text(&text), '\033'));
}

static size_t widest(const char *text)
{
    size_t most = 0, cells = 0;
    for (; *text; text++) {
        cells = *text == '\n' ? 0 : cells + (((unsigned char)*text & 0xc0) != 0x80);
        most = cells > most ? cells : most;
    }
    return most;
}

static void lines_wrap(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    report_text(&r, &(struct report_style){.width = 60}, &text);
    CU_ASSERT(widest(str_text(&text)) <= 60);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "user-gone        The OS account is gone\n"));
}

static void colour_repeats_the_word(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    report_text(&r, &(struct report_style){.colour = true}, &text);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "\033[32mPASS\033[0m"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "\033[1;31mFAIL\033[0m"));
}

static void answers_can_be_hidden(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    report_text(&r, &(struct report_style){.hide_answers = true}, &text);
    CU_ASSERT_PTR_NULL(strstr(str_text(&text), "2025-10-15T17:20:33Z"));
    CU_ASSERT_PTR_NULL(strstr(str_text(&text), "SELECT"));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "expected: no trace of chaos-user"));
    json_auto_t *value = report_json(&r, true);
    CU_ASSERT_PTR_NULL(json_path(value, "findings.1.expected"));
    CU_ASSERT_PTR_NOT_NULL(json_path(value, "findings.3.expected"));
}

static void json_is_whole(void)
{
    struct report r = make_report();
    json_auto_t *value = report_json(&r, false);
    CU_ASSERT_EQUAL(json_real_value(json_object_get(value, "score")), 2.33);
    CU_ASSERT_EQUAL(json_int_or(value, "max", 0), 40);
    CU_ASSERT_EQUAL(json_int_or(value, "percent", 0), 5);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_path(value, "findings.4.outcome")), "fail");
    CU_ASSERT_EQUAL(json_integer_value(json_path(value, "findings.4.points")), -10);
    CU_ASSERT_EQUAL(json_integer_value(json_path(value, "findings.3.evidence.0.line")), 27);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_path(value, "findings.1.evidence.0.eventID")), "0b9f1b2c");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_path(value, "findings.1.evidence.0.time")), "2025-10-15T17:20:33Z");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_path(value, "receipt.scenario")), "cafe-breach");
}

static void no_score_without_a_sheet(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    r.ungradable = "answers.yaml:3:5: error: x\n";
    report_text(&r, &(struct report_style){.width = 80}, &text);
    json_auto_t *value = report_json(&r, false);
    CU_ASSERT(json_is_null(json_object_get(value, "score")));
    CU_ASSERT(json_is_null(json_object_get(value, "percent")));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "NOT GRADED: answers.yaml:3:5: error: x\nreceipt"));
    CU_ASSERT_PTR_NULL(strstr(str_text(&text), "Score"));
}

static void a_veto_is_named(void)
{
    AUTO(str_drop) struct str text = {0};
    struct report r = make_report();
    r.vetoed = "The trail logs";
    r.score = 0;
    report_text(&r, &(struct report_style){.width = 80}, &text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(str_text(&text), "VETO: \"The trail logs\" does not hold, so nothing else counts\nScore: 0 of 40"));
}

/* Whoever reads one back counts with it: a judge wrote it, who had read what a stranger wrote. */
static void a_score_is_within_its_maximum(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"{'score': 0, 'max': 0, 'findings': []}",         true },
        {"{'score': 10, 'max': 10, 'findings': []}",       true },
        {"{'score': 10.01, 'max': 10, 'findings': []}",    false},
        {"{'score': -0.01, 'max': 10, 'findings': []}",    false},
        {"{'score': null, 'max': -10, 'findings': []}",    false},
        {"{'score': 0, 'max': 1e300, 'findings': []}",     false},
        {"{'ungradable': 'x', 'max': -1, 'findings': []}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(report_drop) struct report r = {0};
        AUTO(free_text) char *text = xstrdup(rows[i].text);
        struct err e = {0};
        for (char *quote = text; (quote = strchr(quote, '\''));)
            *quote = '"';
        json_auto_t *value = json_read(text, strlen(text), &e);
        CU_ASSERT_PTR_NOT_NULL(value);
        CU_ASSERT_EQUAL(report_read(value, &r, &e), rows[i].good);
    }
}

static void points_as_people_write_them(void)
{
    static const struct {
        const char *text;
        int64_t hundredths; /* -1 = none */
    } rows[] = {
        {"7.5",                               750     },
        {"7,5",                               750     },
        {"0",                                 0       },
        {"100000",                            10000000},
        {"100000.01",                         -1      },
        {"1,000.5",                           -1      },
        {"1,000,000",                         -1      },
        {"7,5 points",                        -1      },
        {"-1",                                -1      },
        {"",                                  -1      },
        {"nan",                               -1      },
        {"0000000000000000000000000000007.5", -1      },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t got = -1;
        CU_ASSERT_EQUAL(points_parse(rows[i].text, &got), rows[i].hundredths >= 0);
        CU_ASSERT_EQUAL(got, rows[i].hundredths);
    }
}

/* A repair's reason is told if it holds no answer that is not right yet, whole or not at all. */
static void reasons_tell_no_answers(void)
{
    static const struct {
        const char *answer, *found, *cited;
        bool told;
    } rows[] = {
        {"chaos",                            "the user chaos exists",      NULL,                    false},
        {"chaos",                            "CHAOS: it exists",           NULL,                    false},
        {"chaos",                            "chaos-user, chaos2, xchaos", NULL,                    true },
        {"chaos",                            "it exists",                  "host/sudoers.d/chaos",  false},
        {"rosa = 192.0.2.9, x = chaos",      "it exists",                  "host/sudoers.d/chaos",  false},
        {"rosa = 192.0.2.9, x = kaos",       "it exists",                  "host/sudoers.d/chaos",  true },
        {"chaos",                            "it exists",                  "host/sudoers.d/cha",    true },
        {"198.51.100.7",                     "open from 198.51.100.7/32",  NULL,                    false},
        {"198.51.100.7",                     "open from 198.51.100.78",    NULL,                    true },
        {"a.jpg, b.backup",                  "images/b.backup lies there", NULL,                    false},
        {"a.jpg, b.backup",                  "images/b lies there",        NULL,                    true },
        {"/etc/cron.d/tick",                 "it runs",                    "host/etc/cron.d/tick",  false},
        {"/etc/cron.d/tick",                 "it runs",                    "host/etc/cron.d/ticks", true },
        {"/etc/cron.d/tick",                 "the job tick runs",          NULL,                    false},
        {"arn:aws:iam::1:user/chaos",        "the user chaos exists",      NULL,                    false},
        {"10.0.0.0/16",                      "16 are open",                NULL,                    true },
        {"/var/log/",                        "it runs",                    "host/var/log/secure",   false},
        {"6",                                "6 of them",                  NULL,                    true },
        {"",                                 "it exists",                  NULL,                    true },
        {"2025-10-15T17:20:33Z (within 1s)", "since 17:20:33",             NULL,                    false},
        {"2025-10-15T17:20:33Z (within 1s)", "within reach",               "Oct 15 17:20:34 sshd",  true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct exhibit cited = {.text = rows[i].cited};
        struct finding both[] = {
            {.kind = FINDING_QUESTION, .id = "q", .outcome = OUTCOME_FAIL, .expected = rows[i].answer},
            { .kind = FINDING_CHECK,
             .id = "c",
             .outcome = OUTCOME_FAIL,
             .expected = "-",
             .found = rows[i].found,
             .evidence = &cited,
             .n_evidence = 1},
        };
        struct report r = {.findings = both, .n = COUNT(both)};
        struct finding seen = finding_veiled(&r, &both[1], "en", &arena);
        if (!seen.found == rows[i].told)
            printf("grader_report: %s: %s\n", rows[i].answer, rows[i].found);
        CU_ASSERT_EQUAL(seen.found != NULL, rows[i].told);
        CU_ASSERT_EQUAL(seen.expected != NULL, rows[i].told);
        CU_ASSERT_EQUAL(seen.n_evidence, rows[i].told);
        CU_ASSERT_EQUAL(seen.feedback == NULL, rows[i].told);
        both[0].outcome = OUTCOME_PASS; /* who knows it may read it */
        CU_ASSERT_PTR_NOT_NULL(finding_veiled(&r, &both[1], "en", &arena).found);
    }
}

/* The moment of an exhibit is a time, too. */
static void moments_tell_no_answers(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct finding both[] = {
        {.kind = FINDING_QUESTION, .id = "when", .outcome = OUTCOME_FAIL, .expected = "2025-10-15T17:20:33Z"},
        { .kind = FINDING_CHECK,
         .id = "c",
         .outcome = OUTCOME_FAIL,
         .found = "x",
         .evidence = &record,
         .n_evidence = 1,
         .feedback = "Set by hand."},
    };
    struct report r = {.findings = both, .n = COUNT(both)};
    struct finding seen = finding_veiled(&r, &both[1], "pt", &arena);
    CU_ASSERT_PTR_NULL(seen.found);
    CU_ASSERT_STRING_EQUAL(seen.feedback,
                           "O porquê não se diz enquanto revelar uma resposta que ainda não está certa. Set by hand.");
    both[1].outcome = OUTCOME_PASS; /* of what holds there is nothing to explain */
    CU_ASSERT_STRING_EQUAL(finding_veiled(&r, &both[1], "pt", &arena).feedback, "Set by hand.");
}

CU_TestInfo grader_report_tests[] = {
    {"words and places",              words_and_places             },
    {"lines wrap",                    lines_wrap                   },
    {"colour repeats the word",       colour_repeats_the_word      },
    {"answers can be hidden",         answers_can_be_hidden        },
    {"reasons tell no answers",       reasons_tell_no_answers      },
    {"moments tell no answers",       moments_tell_no_answers      },
    {"JSON is whole",                 json_is_whole                },
    {"no score without a sheet",      no_score_without_a_sheet     },
    {"a veto is named",               a_veto_is_named              },
    {"a score is within its maximum", a_score_is_within_its_maximum},
    {"points as people write them",   points_as_people_write_them  },
    CU_TEST_INFO_NULL,
};
