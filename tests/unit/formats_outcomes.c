/* SPDX-License-Identifier: MIT */
/* Every outcome in every form: what waits for a person, was skipped or takes away means the same wherever it is read. */
#include "grader/formats/writing.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define ITEM(kind_, id_, title_, outcome_, points_, max_, expected_, found_)                                                   \
    {                                                                                                                          \
        .kind = FINDING_##kind_, .id = id_, .title = title_, .outcome = OUTCOME_##outcome_, .points = points_, .max = max_,    \
        .expected = expected_, .found = found_                                                                                 \
    }

static struct finding findings[] = {
    ITEM(QUESTION, "who", "Who?", PASS, 1000, 1000, "chaos", "chaos"),
    ITEM(QUESTION, "files", "Which?", PARTIAL, 250, 500, "a, b", "a"),
    ITEM(QUESTION, "event", "Which event?", SKIPPED, 0, 500, "e1", "needs \"who\" first, which is not right"),
    ITEM(QUESTION, "story", "Tell # it", MANUAL, 0, 2000, "all of it", "It was chaos."),
    ITEM(QUESTION, "takings", "How much?", ERROR, 0, 1000, "the rows", "SELECT 1"),
    ITEM(CHECK, "gone", "Gone", FAIL, 0, 1000, "no trace", "still there"),
    ITEM(PENALTY, "up", "The site is up", FAIL, -300, 0, "tcp/80 open", "closed"),
    ITEM(PENALTY, "in", "The owner gets in", PASS, 0, 0, "a key", "a key"),
};

static struct report make_report(void)
{
    struct report r = {.scenario = "cafe", .title = "The Café", .student = "ana", .findings = findings, .n = COUNT(findings)};
    r.score = 950;
    r.max = 6000;
    r.receipt.content_hash = r.receipt.seed_commitment = r.receipt.submission_hash = r.receipt.journal_hash =
        "0123456789abcdef";
    r.receipt.lab_version = r.receipt.version = "0.1.0";
    return r;
}

static const char gradebook[] = "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n\"Núñez, Ana\",1001,ana,A\n";

static void write_as(const char *format, const struct report *r, const char *due, struct str *out)
{
    AUTO(str_drop) struct str roster = {0};
    struct err e = {0};
    str_add(&roster, gradebook);
    struct format_style style = {.roster = &roster};
    struct writing w = {.format = format_find(format), .style = &style, .out = out, .of = 1};
    struct graded g = {.report = r, .submission = "ana.tar.gz", .due = due};
    CU_ASSERT(writing_begin(&w, &e));
    writing_add(&w, &g);
    writing_end(&w);
}

struct row {
    const char *format, *text;
    bool absent;
};

static void check_rows(const struct row *rows, size_t n, const struct report *r, const char *due)
{
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str out = {0};
        write_as(rows[i].format, r, due, &out);
        bool good = !strstr(str_text(&out), rows[i].text) == rows[i].absent;
        if (!good)
            printf("%s: %s '%s' in:\n%s\n", rows[i].format, rows[i].absent ? "did not expect" : "expected", rows[i].text,
                   str_text(&out));
        CU_ASSERT(good);
    }
}

static void every_outcome(void)
{
    static const struct row rows[] = {
        {"tap",          "1..8\nok 1 - who: Who?\nnot ok 2",                                                                            false},
        {"tap",          "\nnot ok 2 - files: Which?\n",                                                                                false},
        {"tap",          "\nok 3 - event: Which event? # SKIP not graded\nok 4 - ",                                                     false},
        {"tap",          "\nok 4 - story: Tell \\# it # SKIP to be marked by a person\nnot ok 5 - ",                                    false},
        {"tap",          "\nnot ok 7 - up: The site is up\n",                                                                           false},
        {"tap",          "\nok 8 - in: The owner gets in\n",                                                                            false},
        {"junit",        "tests=\"8\" failures=\"3\" errors=\"1\" skipped=\"2\"",                                                       false},
        {"junit",        "<skipped message=\"0 of 20 points, to be marked by a person\"></skipped>",                                    false},
        {"junit",        "<failure message=\"-3 of 0 points\" type=\"fail\">",                                                          false},
        {"junit",        "<error message=\"0 of 10 points\" type=\"error\">",                                                           false},
        {"prairielearn", "\"points\": -",                                                                                               true },
        {"prairielearn", "\"score\": 0.15833333333333333",                                                                              false},
        {"gradescope",   "\"score\": -3,\n      \"max_score\": 0,\n      \"status\": \"failed\"",                                       false},
        {"gradescope",   "to be marked by a person\\n",                                                                                 false},
        {"gradescope",   "\"score\": 9.5,",                                                                                             false},
        {"autolab",      "{\"scores\":{\"who\":9.50,\"files\":0,\"event\":0,",                                                          true },
        {"autolab",
         "{\"scores\":{\"who\":9.5,\"files\":0,\"event\":0,\"story\":0,\"takings\":0,\"gone\":0},\"scoreboard\":[9.5]}\n",              false},
        {"check50",      "\"rationale\": \"to be marked by a person\"",                                                                 false},
        {"check50",      "\"name\": \"event\",\n      \"description\": \"Which event?\",\n      \"passed\": null",                      false},
        {"check50",      "\"name\": \"takings\",\n      \"description\": \"How much?\",\n      \"passed\": null",                       false},
        {"check50",      "\"name\": \"files\",\n      \"description\": \"Which?\",\n      \"passed\": false",                           false},
        {"check50",      "\"expected\": \"chaos\"",                                                                                     true },
        {"lti",          "\"scoreGiven\":9.5,\"scoreMaximum\":60",                                                                      false},
        {"lti",          "\"gradingProgress\":\"PendingManual\"",                                                                       false},
        {"canvas",       "\"Núñez, Ana\",1001,ana,A,9.50\n",                                                                          false},
        {"moodle",       "-,ana,-,15.83,",                                                                                              false},
        {"html",         "<a href=\"#event\">Which event?</a></th><td class=\"w other\">Skipped</td>",                                  false},
        {"html",         "<td class=\"w other\">Marked by a person</td>",                                                               false},
        {"html",         "<p>Points that a person still decides on: 20</p>",                                                            false},
        {"html",         "<article class=\"other\" id=\"event\">\n<h3>Which event?</h3>\n<p>Skipped: 0 of 5</p>\n<dl>\n<dt>Found</dt>",
         false                                                                                                                               },
        {"html",         "all of it",                                                                                                   true },
        {"html",         "needs &quot;who&quot; first, which is not right",                                                             false},
    };
    struct report r = make_report();
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* No score anywhere, not even 0, but where the system wants a number: there it is said that no attempt is used up. */
static void what_cannot_be_graded(void)
{
    static const struct row rows[] = {
        {"canvas",       "\"Núñez, Ana\",1001,ana,A,\n",                       false},
        {"moodle",       "-,ana,-,-,\"not graded: answers.yaml:3:5: error: x\"", true },
        {"moodle",       "-,ana,-,-,not graded: answers.yaml:3:5: error: x\n",   false},
        {"tap",          "Bail out! not graded: answers.yaml:3:5: error: x\n",   false},
        {"tap",          "ok ",                                                  true },
        {"lti",          "scoreGiven",                                           true },
        {"lti",          "\"gradingProgress\":\"Failed\"",                       false},
        {"autolab",      "{\"scores\":{}}",                                      false},
        {"prairielearn", "\"gradable\": false",                                  false},
        {"gradescope",   "no attempt of yours is used up",                       false},
        {"html",         "This uses up no attempt",                              false},
        {"html",         "href=",                                                true },
        {"html",         "decides",                                              true },
        {"nbgrader",     "cafe,,,ana,,,,,,,60\n",                                false},
        {"csv",          "950",                                                  true },
        {"csv",          "9.5",                                                  true },
    };
    struct report r = make_report();
    r.ungradable = "answers.yaml:3:5: error: x\n";
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* A veto leaves nothing, and each form says which. */
static void under_a_veto(void)
{
    static const struct row rows[] = {
        {"prairielearn", "\\\"The trail logs\\\" does not hold, so nothing else counts", false},
        {"gradescope",   "\\\"The trail logs\\\" does not hold, so nothing else counts", false},
        {"html",         "The trail logs",                                               false},
        {"text",         "VETO: \"The trail logs\" does not hold",                       false},
        {"autolab",      "\"who\":0,\"files\":0",                                        false},
        {"canvas",       "1001,ana,A,0\n",                                               false},
    };
    struct report r = make_report();
    r.vetoed = "The trail logs";
    r.score = 0;
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* Why a grade is lower than its items is said where there is room. */
static void late(void)
{
    static const struct row rows[] = {
        {"gradescope", "80 % of it, because it was late",                       false},
        {"html",       "<p>How it counts: 80 % of it, because it was late</p>", false},
        {"moodle",     "80 % of it, because it was late",                       false},
    };
    struct report r = make_report();
    r.score = 760;
    check_rows(rows, COUNT(rows), &r, "80 % of it, because it was late");
}

/* Of what takes points away nothing is lowered, and what waits for a person says so. */
static void runners_of_github(void)
{
    static const struct {
        const char *variable, *says;
    } rows[] = {
        {"R1WHO_RESULTS=",     "\"status\":\"fail\",\"score\":9.5,"                                   },
        {"R2FILES_RESULTS=",   "lowered by what must be kept"                                         },
        {"R4STORY_RESULTS=",   "\"status\":\"fail\",\"score\":0,"                                     },
        {"R4STORY_RESULTS=",   "to be marked by a person\\n"                                          },
        {"R5TAKINGS_RESULTS=", "\"status\":\"error\",\"max_score\":10,"                               },
        {"R7UP_RESULTS=",      "\"score\":0,\"message\":\"found: closed\\nexpected: tcp/80 open\\n\","},
        {"R7UP_RESULTS=",      "\"status\":\"fail\",\"max_score\":0"                                  },
    };
    AUTO(str_drop) struct str out = {0};
    struct report r = make_report();
    write_as("github", &r, NULL, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&out), "\nRUNNERS=r1who,r2files,r3event,r4story,r5takings,r6gone,r7up\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str runner = {0};
        const char *line = strstr(str_text(&out), rows[i].variable), *value = line ? strchr(line, '=') + 1 : "";
        CU_ASSERT(base64_decode(value, strcspn(value, "\n"), &runner));
        if (!strstr(str_text(&runner), rows[i].says))
            printf("formats_outcomes: expected %s in:\n%s\n", rows[i].says, str_text(&runner));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&runner), rows[i].says));
    }
}

/* What students and file names bring along begins no directive, ends no element and is no formula. */
static void hostile(void)
{
    static struct finding odd[] = {
        ITEM(QUESTION, "who", "A \\# TODO <b>", FAIL, 0, 1000, "x", "]]>\x01\"&\xef\xbf\xbf\xef\xbf\xbe"),
        ITEM(QUESTION, "sum", "B", FAIL, 0, 1000, "x", "=1+1"),
    };
    static const struct row rows[] = {
        {"tap",       "\nnot ok 1 - who: A \\\\\\# TODO <b>\n",                  false},
        {"junit",     "name=\"who: A \\# TODO &lt;b&gt;\">",                     false},
        {"junit",     "found: ]]&gt;\\x01&quot;&amp;\xef\xbf\xbd\xef\xbf\xbd\n", false},
        {"html",      "<dd>]]&gt;\\x01&quot;&amp;\xef\xbf\xbd\xef\xbf\xbd</dd>", false},
        {"csv-items", "ana.tar.gz,ana,question,sum,fail,0,10,0,\"'=1+1\",x,\n",  false},
    };
    struct report r = make_report();
    r.findings = odd;
    r.n = COUNT(odd);
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* A section or a family may be called as a student is who is not in the export. */
static void nobody_of_canvas(void)
{
    static const struct row rows[] = {
        {"canvas", "\"Núñez, Ana\",1001,ana,A,\n", false}
    };
    struct report r = make_report();
    r.student = "A";
    check_rows(rows, COUNT(rows), &r, NULL);
}

static void cells(void)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"",       ""           },
        {"a b",    "a b"        },
        {"a,b",    "\"a,b\""    },
        {"a;b",    "\"a;b\""    },
        {"a\"b",   "\"a\"\"b\"" },
        {"a\nb",   "\"a\nb\""   },
        {"a\rb",   "\"a\rb\""   },
        {"=1",     "\"'=1\""    },
        {"+1",     "\"'+1\""    },
        {"@a",     "\"'@a\""    },
        {"\t=1",   "\"'\t=1\""  },
        {"\r=1",   "\"'\r=1\""  },
        {"-",      "\"'-\""     },
        {"-a",     "\"'-a\""    },
        {"-1-2",   "\"'-1-2\""  },
        {"-1.",    "\"'-1.\""   },
        {"-1.5.2", "\"'-1.5.2\""},
        {"-1",     "-1"         },
        {"-10.50", "-10.50"     },
        {"1-2",    "1-2"        },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        str_add_cell(&out, rows[i].text);
        CU_ASSERT_STRING_EQUAL(str_text(&out), rows[i].cell);
    }
}

CU_TestInfo formats_outcomes_tests[] = {
    {"every outcome",         every_outcome        },
    {"what cannot be graded", what_cannot_be_graded},
    {"under a veto",          under_a_veto         },
    {"late",                  late                 },
    {"runners of GitHub",     runners_of_github    },
    {"hostile texts",         hostile              },
    {"nobody of Canvas",      nobody_of_canvas     },
    {"cells of tables",       cells                },
    CU_TEST_INFO_NULL,
};
