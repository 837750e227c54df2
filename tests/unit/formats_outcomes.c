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

static void write_all(const char *format, const struct format_style *style, const struct graded *list, size_t n,
                      struct str *out)
{
    AUTO(str_drop) struct str roster = {0};
    struct err e = {0};
    struct format_style with = *style;
    str_add(&roster, gradebook);
    if (!with.roster)
        with.roster = &roster;
    struct writing w = {.format = format_find(format), .style = &with, .out = out, .of = n};
    CU_ASSERT(writing_begin(&w, &e));
    for (size_t i = 0; i < n; i++)
        writing_add(&w, &list[i]);
    writing_end(&w);
}

static void write_as(const char *format, const struct report *r, const char *due, struct str *out)
{
    const struct graded g = {.report = r, .submission = "ana.tar.gz", .due = due};
    write_all(format, &(struct format_style){0}, &g, 1, out);
}

struct row {
    const char *format, *text;
    bool absent;
};

static void check_all(const struct row *rows, size_t n, const struct format_style *style, const struct graded *list,
                      size_t n_list)
{
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str out = {0};
        write_all(rows[i].format, style, list, n_list, &out);
        bool good = !strstr(str_text(&out), rows[i].text) == rows[i].absent;
        if (!good)
            printf("%s: %s '%s' in:\n%s\n", rows[i].format, rows[i].absent ? "did not expect" : "expected", rows[i].text,
                   str_text(&out));
        CU_ASSERT(good);
    }
}

static void check_rows(const struct row *rows, size_t n, const struct report *r, const char *due)
{
    const struct graded g = {.report = r, .submission = "ana.tar.gz", .due = due};
    check_all(rows, n, &(struct format_style){0}, &g, 1);
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
        {"tap",          "TAP version 13\n1..8\nok 1",                                                                                  false},
        {"junit",        "<failure message=\"2.50 of 5 points\" type=\"partial\">",                                                     false},
        {"gradescope",   "which is not right\\nnot graded\\n\"",                                                                        false},
        {"gradescope",   "\"stdout_visibility\": \"hidden\"",                                                                           false},
        {"gradescope",   "\"name\": \"who: Who?\",\n      \"number\": \"1\",",                                                          false},
        {"autolab",      "\"event\":{\"passed\":false",                                                                                 false},
        {"check50",      "\"data\": {\n        \"points\": 2.5,\n        \"max\": 5\n",                                                 false},
        {"prairielearn", "\"points\": 2.5,\n      \"max_points\": 5,",                                                                  false},
        {"submitty",     "\"score\": 0.15833333333333333,",                                                                             false},
        {"submitty",     "\"message\": \"9.50 of 60 points, 15 %\",\n        \"status\": \"information\"",                              false},
        {"submitty",     "\"message\": \"files: Which?\\nfound: a\\n\",\n        \"status\": \"warning\"",                              false},
        {"submitty",
         "\"message\": \"gone: Gone\\nfound: still there\\nexpected: no trace\\n\",\n        \"status\": \"failure\"",                  false},
        {"moodle",       "-,ana,-,15.83,\"9.50 of 60 points, 15 %\"\n",                                                                 false},
        {"csv",          "\nana.tar.gz,ana,,cafe,9.50,60,15,,,0123456789abcdef,10,2.50,,,,0,-3,0\n",                                    false},
        {"csv-items",    "\nana.tar.gz,ana,question,files,partial,2.50,5,0,a,\"a, b\",\n",                                              false},
        {"html",         "<th scope=\"row\">Questions</th><td class=\"n\">12.50 of 50</td>",                                            false},
        {"html",         "<th scope=\"row\">Repairs</th><td class=\"n\">0 of 10</td>",                                                  false},
        {"html",         "<th scope=\"row\">Must be kept</th><td class=\"n\">-3</td>",                                                  false},
        {"html",         "<a href=\"#gone\">Gone</a></th><td class=\"w fail\">Not right</td><td class=\"n\">0 of 10</td>",              false},
        {"html",         "<a href=\"#up\">The site is up</a></th><td class=\"w fail\">Not kept</td><td class=\"n\">-3</td>",            false},
        {"html",         "The owner gets in</th><td class=\"w pass\">Kept</td>",                                                        false},
        {"html",         "needs &quot;who&quot; first, which is not right",                                                             false},
    };
    struct report r = make_report();
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* No score anywhere, not even 0, but where the system wants a number: there it is said that no attempt is used up. */
static void what_cannot_be_graded(void)
{
    static const struct row rows[] = {
        {"canvas",       "\"Núñez, Ana\",1001,ana,A,\n",                                  false},
        {"moodle",       "-,ana,-,-,\"not graded: answers.yaml:3:5: error: x\"",            true },
        {"moodle",       "-,ana,-,-,not graded: answers.yaml:3:5: error: x\n",              false},
        {"tap",          "Bail out! not graded: answers.yaml:3:5: error: x\n",              false},
        {"tap",          "ok ",                                                             true },
        {"lti",          "scoreGiven",                                                      true },
        {"lti",          "\"gradingProgress\":\"Failed\"",                                  false},
        {"autolab",      "{\"scores\":{}}",                                                 false},
        {"prairielearn", "\"gradable\": false",                                             false},
        {"gradescope",   "no attempt of yours is used up",                                  false},
        {"html",         "This uses up no attempt",                                         false},
        {"html",         "href=",                                                           true },
        {"html",         "decides",                                                         true },
        {"nbgrader",     "cafe,,,ana,,,,,,,60\n",                                           false},
        {"csv",          "950",                                                             true },
        {"csv",          ",cafe,,60,,\"answers.yaml:3:5: error: x\n\",,0123456789abcdef,,", false},
        {"csv-items",    ",chaos,chaos,",                                                   true },
        {"json",         "\"expected\": \"chaos\"",                                         true },
        {"submitty",     "\"status\": \"fail\"",                                            false},
        {"junit",        "tests=\"8\" failures=\"3\" errors=\"1\"",                         false},
        {"csv",          "9.5",                                                             true },
    };
    struct report r = make_report();
    r.ungradable = "answers.yaml:3:5: error: x\n";
    check_rows(rows, COUNT(rows), &r, NULL);
}

/* A veto leaves nothing, and each form says which. */
static void under_a_veto(void)
{
    static const struct row rows[] = {
        {"prairielearn", "\\\"The trail logs\\\" does not hold, so nothing else counts",          false},
        {"gradescope",   "\\\"The trail logs\\\" does not hold, so nothing else counts",          false},
        {"html",         "The trail logs",                                                        false},
        {"text",         "VETO: \"The trail logs\" does not hold",                                false},
        {"autolab",      "\"who\":0,\"files\":0",                                                 false},
        {"canvas",       "1001,ana,A,0\n",                                                        false},
        {"moodle",       "-,ana,-,0,\"0 of 60 points, 0 %; \"\"The trail logs\"\" does not hold", false},
        {"csv",          ",cafe,0,60,0,,The trail logs,0123456789abcdef,",                        false},
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
        {"json",       "\"late\": \"80 % of it, because it was late\"",         false},
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

/* What is told of one item, where answers may be told: hints, what was found and expected, where it is seen. */
static struct exhibit seen_in[] = {
    {.file = "s3/b/x.json.gz",      .event_id = "0b9f1b2c",        .time_ms = 1760548833000, .text = "ec2:X"},
    {.file = "host/etc/passwd",              .line = 27,                                           .text = "chaos-user:x:1001"},
    {.file = "host/var/log/secure",      .time_ms = 1760548833000},
    {.query = "SELECT 1", .text = "x"},
};
static struct finding rich[] = {
    ITEM(QUESTION, "who", "Who?", PASS, 900, 1000, "chaos", "chaos"),
    ITEM(QUESTION, "when", "When?", FAIL, 0, 1000, "five", "noon"),
    ITEM(QUESTION, "event", "Which?", SKIPPED, 0, 500, "e1", "needs \"who\""),
    ITEM(QUESTION, "where", "Where?", FAIL, 0, 500, "there", "not answered"),
    ITEM(VETO, "trail", "It logs", FAIL, 0, 0, "logs", "off"),
};

static struct report make_rich_report(void)
{
    static const char *notes[] = {"one & two"};
    rich[0].hints = 2;
    rich[0].hint_cost = 100;
    rich[1].feedback = "in UTC";
    rich[1].evidence = seen_in;
    rich[1].n_evidence = COUNT(seen_in);
    rich[2].depends_on = "who";
    struct report r = make_report();
    r.findings = rich;
    r.n = COUNT(rich);
    r.score = 900;
    r.max = 3000;
    r.notes = notes;
    r.n_notes = COUNT(notes);
    return r;
}

#define STORY                                                                                                                  \
    "found: noon\\nexpected: five\\nin UTC\\nsee: 2025-10-15T17:20:33Z eventID 0b9f1b2c in s3/b/x.json.gz: ec2:X\\n"           \
    "see: host/etc/passwd:27: chaos-user:x:1001\\nsee: 2025-10-15T17:20:33Z in host/var/log/secure\\nquery: SELECT 1\\n"

static void stories(void)
{
    static const struct row rows[] = {
        {"gradescope", "\"" STORY "\"",                                                                          false},
        {"gradescope", "\"found: needs \\\"who\\\"\\nnot graded\\n\"",                                           false},
        {"gradescope", "note: one & two\\n",                                                                     false},
        {"tap",        "  points: \"9/10\"\n  message: \"hints: 2, costing 1\\nfound: chaos\\n\"\n",             false},
        {"check50",    "\"help\": \"in UTC\",\n        \"expected\": \"five\",\n        \"actual\": \"noon\"\n", false},
        {"check50",    "\"dependency\": \"who\"",                                                                false},
        {"autolab",    "\"Kept\":{\"trail\":",                                                                   false},
        {"html",       "<td class=\"w pass\">Right<br>Hints taken: 2</td><td class=\"n\">9 of 10</td>",          false},
        {"html",       "<td class=\"w fail\">Not answered</td>",                                                 false},
        {"html",       "<td class=\"w fail\">Not right</td>",                                                    false},
        {"html",       "<dt>Expected</dt><dd>five</dd>",                                                         false},
        {"html",       "<dd>e1",                                                                                 true },
        {"html",       "<dt>Found</dt><dd>not answered",                                                         true },
        {"html",       "<code>host/etc/passwd</code>, line 27<pre>",                                             false},
        {"html",       "<li>one &amp; two</li>",                                                                 false},
        {"html",       "<th scope=\"row\">Must be kept</th>",                                                    false},
    };
    const struct report r = make_rich_report();
    const struct graded g = {.report = &r, .submission = "ana.tar.gz"};
    check_all(rows, COUNT(rows), &(struct format_style){.answers = true}, &g, 1);
}

/* Nobody is told, whatever else was asked for. */
static void hidden_answers(void)
{
    static const struct row rows[] = {
        {"json",       "five", true},
        {"jsonl",      "five", true},
        {"gradescope", "five", true},
        {"csv-items",  "five", true},
        {"check50",    "five", true},
    };
    const struct report r = make_rich_report();
    const struct graded g = {.report = &r, .submission = "ana.tar.gz"};
    check_all(rows, COUNT(rows), &(struct format_style){.answers = true, .hide_answers = true}, &g, 1);
}

/* Forms that students see tell no answer unless they are asked to. */
static void forms_for_students(void)
{
    static const char *const teachers[] = {"text", "json", "jsonl", "csv", "csv-items"};
    const struct report r = make_rich_report();
    const struct graded g = {.report = &r, .submission = "ana.tar.gz"};
    size_t n = 0;
    for (size_t i = 0; i < n_formats; i++) {
        AUTO(str_drop) struct str out = {0};
        bool of_teachers = false;
        for (size_t j = 0; j < COUNT(teachers); j++)
            of_teachers |= text_same(teachers[j], formats[i].name);
        if (of_teachers)
            continue;
        write_all(formats[i].name, &(struct format_style){0}, &g, 1, &out);
        const char *secret = text_same(formats[i].name, "gradescope") ? "expected: five" : "five"; /* in extra_data it is */
        CU_ASSERT_PTR_NULL(strstr(str_text(&out), secret));
        n++;
    }
    CU_ASSERT(n >= 13);
}

/* Several: a row, a suite, a test each; columns by item, not by place. */
static void several(void)
{
    static struct finding turned[] = {
        ITEM(QUESTION, "files", "Which?", PASS, 500, 500, "a, b", "a, b"),
        ITEM(QUESTION, "who", "Who?", MANUAL, 0, 1000, "chaos", "x"),
    };
    static struct finding all[] = {ITEM(QUESTION, "files", "Which?", PASS, 500, 500, "a", "a")};
    static struct finding lost[] = {ITEM(PENALTY, "up", "Up", FAIL, 0, 0, "open", "closed")};
    static const struct row rows[] = {
        {"csv",      "\nb,ana,,cafe,5,15,33,,,0123456789abcdef,,5,,,,,,\n",    false},
        {"csv",      "\nc,ana,,cafe,5,5,100,,,0123456789abcdef,,5,,,,,,\n",    false},
        {"tap",      "TAP version 13\n1..4\n# Subtest: a\n    1..8\n    ok 1", false},
        {"tap",      "\nnot ok 2 - b: 5 of 15 points, 33 %\n",                 false},
        {"tap",      "\nok 3 - c: 5 of 5 points, 100 %\n",                     false},
        {"tap",      "\nnot ok 4 - <d>: 5 of 5 points, 100 %\n",               false}, /* set by hand, and yet something is lost */
        {"junit",    "<testsuite name=\"&lt;&amp;&quot;\"",                    false},
        {"junit",    "<property name=\"submission\" value=\"&lt;d&gt;\"/>",    false},
        {"moodle",   "-,<&\"\",",                                              true },
        {"nbgrader", "\ncafe,,,ana,Ana,,a@b.c,11.50,2,9.50,60\n",              false},
        {"moodle",   "\nlogin,ana,a@b.c,15.83,",                               false},
    };
    struct report a = make_report(), b = make_report(), c = make_report(), d = make_report();
    b.findings = turned, b.n = COUNT(turned), b.score = 500, b.max = 1500;
    c.findings = all, c.n = COUNT(all), c.score = c.max = 500;
    d.findings = lost, d.n = COUNT(lost), d.score = d.max = 500;
    d.student = "<&\"";
    const struct graded list[] = {
        {.report = &a,      .submission = "a", .name = "Ana", .email = "a@b.c", .login = "login", .lowered = 200},
        {.report = &b, .submission = "b" },
        {.report = &c,                 .submission = "c"                      },
        {.report = &d,                 .submission = "<d>"                     },
    };
    check_all(rows, COUNT(rows), &(struct format_style){0}, list, COUNT(list));
}

/* Neither two submissions in a form that is about one, nor Canvas without what it exported. */
static void what_a_form_refuses(void)
{
    static const struct {
        const char *format;
        size_t of;
        const char *says;
    } rows[] = {
        {"gradescope", 2, "gradescope is about one submission, 2 are given"           },
        {"html",       3, "html is about one submission, 3 are given"                 },
        {"canvas",     1, "canvas needs the gradebook that it exported: --roster FILE"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        struct err e = {0};
        const struct format_style style = {0};
        struct writing w = {.format = format_find(rows[i].format), .style = &style, .out = &out, .of = rows[i].of};
        CU_ASSERT(!writing_begin(&w, &e));
        CU_ASSERT_STRING_EQUAL(e.msg, rows[i].says);
    }
}

static void nothing_to_earn(void)
{
    static const struct row rows[] = {
        {"moodle",       "\n-,ana.tar.gz,-,-,", false},
        {"prairielearn", "\"score\": 0",        false},
    };
    struct report r = make_report();
    r.max = r.score = 0;
    r.student = "";
    check_rows(rows, COUNT(rows), &r, NULL);
}

static void why_lowered(void)
{
    struct report r = make_report();
    static const struct {
        const char *vetoed, *due, *says;
    } rows[] = {
        {"The trail", NULL,   "counts for nothing, because \\\"The trail\\\" does not hold\\n\""},
        {NULL,        "late", "lowered: late\\n\""                                              },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0}, runner = {0};
        r.vetoed = rows[i].vetoed;
        write_as("github", &r, rows[i].due, &out);
        const char *value = strchr(str_text(&out), '=') + 1;
        CU_ASSERT(base64_decode(value, strcspn(value, "\n"), &runner));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&runner), rows[i].says));
    }
}

static void decimals(void)
{
    static const struct {
        const char *language, *says;
    } rows[] = {
        {"en", "<strong>9.50 of 60</strong>"},
        {"pt", "<strong>9,50 de 60</strong>"},
        {"es", "<strong>9,50 de 60</strong>"},
    };
    static const char *const words[] = {"<h2>Questions</h2>", "<h2>Perguntas</h2>", "<h2>Preguntas</h2>"};
    const struct report r = make_report();
    const struct graded g = {.report = &r, .submission = "x"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        write_all("html", &(struct format_style){.language = rows[i].language}, &g, 1, &out);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&out), rows[i].says));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&out), words[i]));
    }
}

/* ---- Canvas: 9.50 of 60 ---- */

#define HEAD "Student,ID,SIS User ID,SIS Login ID,Section,"
static void columns_of_canvas(void)
{
    static const struct {
        const char *student, *export, *column, *wanted;
    } rows[] = {
  /* the share of 50 points, 7.9166..., is the nearest; what Canvas says of its column stays */
        {"ana", HEAD "Lab (7),Lab (9)\n    Points Possible,,,,,10,50\nAna,1,u1,ana,A,3,4\nRui,2,u2,rui,A,5,6\n", "Lab (9)",
         HEAD "Lab (9)\nPoints Possible,,,,,50\nAna,1,u1,ana,A,7.92\nRui,2,u2,rui,A,6\n"},
        {"ana", HEAD "Lab,Lab (9)\n    Points Possible,,,,,10,50\nAna,1,u1,ana,A,3,4\n",                         "Lab",
         HEAD "Lab\nPoints Possible,,,,,10\nAna,1,u1,ana,A,1.58\n"                      },
        {"ana", HEAD "Lab (2nd try),Lab ()\n    Points Possible,,,,,10,10\nAna,1,u1,ana,A,3,4\n",                "Lab",
         HEAD "Lab\nPoints Possible,,,,,60\nAna,1,u1,ana,A,9.50\n"                      },
        {"ana", HEAD "Lab\n    Points Possible,,,,,10\nAna,1,u1,ana,A,EX\n",                                     "Lab",
         HEAD "Lab\nPoints Possible,,,,,10\nAna,1,u1,ana,A,EX\n"                        },
        {"u1",  HEAD "Lab\n    Points Possible,,,,,60\nAna,1,u1,ana,A,\n",                                       "Lab",
         HEAD "Lab\nPoints Possible,,,,,60\nAna,1,u1,ana,A,9.50\n"                      },
        {"ANA", HEAD "Lab\n    Points Possible,,,,,60\nAna,1,u1,ana,A,\n",                                       "Lab",
         HEAD "Lab\nPoints Possible,,,,,60\nAna,1,u1,ana,A,9.50\n"                      },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str roster = {0}, out = {0};
        struct report r = make_report(), less = make_report();
        r.student = rows[i].student;
        less.student = "nobody";
        less.max = 3000;
        const struct graded list[] = {
            {.report = &r,    .submission = "a"},
            {.report = &less, .submission = "b"}
        };
        str_add(&roster, rows[i].export);
        write_all("canvas", &(struct format_style){.roster = &roster, .column = rows[i].column}, list, COUNT(list), &out);
        if (!text_same(str_text(&out), rows[i].wanted))
            printf("formats_outcomes: canvas %zu: %s", i, str_text(&out));
        CU_ASSERT_STRING_EQUAL(str_text(&out), rows[i].wanted);
    }
}

/* What students and file names bring along begins no directive, ends no element and is no formula. */
static void hostile(void)
{
    static struct finding odd[] = {
        ITEM(QUESTION, "who", "A \\# TODO <b>", FAIL, 0, 1000, "x", "]]>\x01\"&\xef\xbf\xbf\xef\xbf\xbe"),
        ITEM(QUESTION, "a-sum", "B", FAIL, 0, 1000, "x", "=1+1"),
    };
    static const struct row rows[] = {
        {"tap",       "\nnot ok 1 - who: A \\\\\\# TODO <b>\n",                   false},
        {"junit",     "name=\"who: A \\# TODO &lt;b&gt;\">",                      false},
        {"junit",     "found: ]]&gt;\\x01&quot;&amp;\xef\xbf\xbd\xef\xbf\xbd\n",  false},
        {"html",      "<dd>]]&gt;\\x01&quot;&amp;\xef\xbf\xbd\xef\xbf\xbd</dd>",  false},
        {"github",    "\nRUNNERS=r1who,r2asum\n",                                 false},
        {"csv-items", "ana.tar.gz,ana,question,a-sum,fail,0,10,0,\"'=1+1\",x,\n", false},
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
    {"stories",               stories              },
    {"hidden answers",        hidden_answers       },
    {"forms for students",    forms_for_students   },
    {"several submissions",   several              },
    {"what a form refuses",   what_a_form_refuses  },
    {"nothing to earn",       nothing_to_earn      },
    {"why less counts",       why_lowered          },
    {"decimal signs",         decimals             },
    {"columns of Canvas",     columns_of_canvas    },
    {"hostile texts",         hostile              },
    {"nobody of Canvas",      nobody_of_canvas     },
    {"cells of tables",       cells                },
    CU_TEST_INFO_NULL,
};
