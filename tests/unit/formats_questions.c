/* SPDX-License-Identifier: MIT */
/* Questions for other systems: flags take every right answer and no other, Moodle's fractions are of its list and add up. */
#include "grader/formats/questions.h"
#include "grader/grading.h"

#include <CUnit/CUnit.h>
#include <string.h>
#include <strings.h>

#define ESSAY(rest) "questions:\n  - {id: q, ask: Which?, points: 5, " rest "}\n"
#define QUESTION(rest) ESSAY(rest ", solve: {sql: SELECT 1}")

static bool add_challenge(void *context, const char *folder, const struct str *text, struct err *e)
{
    (void)folder;
    (void)e;
    str_add(context, str_text(text));
    return true;
}

static void export_as(const char *format, const char *title, const char *questions, const char *language, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0}, said = {0};
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    CU_ASSERT(file_read(data_path(&arena, "tests/data/rubric/stage.yml"), 1 << 20, &text, &e));
    char *solution = strstr(text.s, "\nsolution:"); /* it earns a check */
    text.len = solution ? (size_t)(solution + 1 - text.s) : text.len;
    str_add(&text, questions);
    diag_source(&diags, "x.yaml", str_text(&text), text.len);
    AUTO(scenario_free) struct scenario *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
    AUTO(rubric_free) struct rubric *r = s ? rubric_read(s, &diags) : NULL;
    diags_show(&diags, &said);
    if (diags.n_errors)
        printf("formats_questions: %s", str_text(&said));
    CU_ASSERT(r && !diags.n_errors);
    if (!r || diags.n_errors)
        return;
    if (title)
        s->title.in[0] = title;
    const struct key key = {.scenario = s, .rubric = r};
    if (text_same(format, "moodle"))
        questions_moodle(&key, language, out);
    else
        CU_ASSERT(questions_ctfd(&key, language, add_challenge, out, &e));
}

/* ---- CTFd ---- */

/* As CTFd does it: what Python's re.match finds must be all of the answer. */
static bool regex_takes(const char *content, const char *answer)
{
    AUTO(str_drop) struct str why = {0}, text = {0};
    struct pattern_hit hit;
    str_addf(&text, "(?i)\\A(?:%s)", content);
    AUTO(pattern_drop) struct pattern *p = pattern_new(str_text(&text), &why);
    CU_ASSERT_PTR_NOT_NULL(p);
    return p && pattern_find(p, answer, strlen(answer), 0, &hit) > 0 && hit.end == strlen(answer);
}

static bool takes(const char *challenge, const char *answer)
{
    static const char before[] = "  - {type: ";
    bool right = false;
    for (const char *at = challenge; (at = strstr(at, before));) {
        at += strlen(before);
        const char *content = strchr(at, '"');
        json_auto_t *flag = json_loads(content, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, NULL);
        CU_ASSERT(json_is_string(flag));
        right |= text_starts(at, "regex") ? regex_takes(json_string_value(flag), answer)
                                          : !strcasecmp(json_string_value(flag), answer);
    }
    return right;
}

static void flags(void)
{
    static const struct {
        const char *question, *right[6], *wrong[6];
    } rows[] = {
        {QUESTION("type: time, answer: 2025-10-15T18:20:33+01:00"),
         {"2025-10-15T17:20:33Z", "2025-10-15 17:20:33", "2025-10-15 17:20:33 UTC", "2025-10-15T17:20:33.000Z",
          "2025-10-15T17:20:33+00:00"},
         {"2025-10-15T18:20:33Z", "2025-10-15T17:20:34Z", "2025-10-15T17:20:33.5Z", "2025-10-15T17:20:33+01:00"}      },
        {QUESTION("type: set, answer: [a.b, 'c*']"),
         {"a.b, c*", "c*,a.b", "A.B , C*"},
         {"a.b", "axb, c*", "a.b, a.b", "a.b, c*, d", "a.bc*", "a.b, xc*"}                                            },
        {QUESTION("type: order, answer: [one, t.wo, three]"),
         {"one, t.wo, three", "ONE,t.wo ,three"},
         {"t.wo, one, three", "one, tawo, three", "one, t.wo", "one, t.wo, three, four"}                              },
        {QUESTION("type: order, answer: [a, b, c, d, e, f]"),           {"a, b, c, d, e, f"},  {"a, b, c, d, e"}      },
        {QUESTION("type: order, answer: [a, b, c, d, e, f, g]"),        {0},                   {"a, b, c, d, e, f, g"}},
        {QUESTION("type: text, answer: 'a.c', accept: ['say \"hi\"']"), {"A.C", "say \"hi\""}, {"abc", "a.cc", ""}    },
        {QUESTION("type: regex, answer: 'ab+c'"),                       {"abbc"},              {"ac", "abcd"}         },
        {ESSAY("type: essay, answer: all of it"),                       {0},                   {"all of it"}          },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        export_as("ctfd", NULL, rows[i].question, "en", &out);
        for (size_t j = 0; j < 6; j++) {
            bool good = (!rows[i].right[j] || takes(str_text(&out), rows[i].right[j])) &&
                        (!rows[i].wrong[j] || !takes(str_text(&out), rows[i].wrong[j]));
            if (!good)
                printf("formats_questions: flags %zu, %zu:\n%s", i, j, str_text(&out));
            CU_ASSERT(good);
        }
        CU_ASSERT_EQUAL(out.len > 0, rows[i].right[0] != NULL); /* what no flag can judge is no challenge */
    }
}

/* ---- texts ---- */

static void says(const char *format, const char *title, const char *language, const char *questions, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    export_as(format, title, questions, language, &out);
    bool good = strstr(str_text(&out), text) != NULL;
    if (!good)
        printf("formats_questions: %s: expected '%s' in:\n%s\n", format, text, str_text(&out));
    CU_ASSERT(good);
}

#define TWO                                                                                                                    \
    "questions:\n"                                                                                                             \
    "  - {id: one, ask: {en: First, pt: Primeiro}, type: text, points: 9, answer: 'x', solve: {sql: SELECT 1},\n"              \
    "     hints: [{text: a, cost: 0}, {text: b, cost: 2, shows: {sql: SELECT 1}}, {text: c, cost: 3}]}\n"                      \
    "  - {id: two, ask: Second, type: text, points: 7, answer: 'y', solve: {sql: SELECT 1}, requires: [one]}\n"

static void challenges(void)
{
    static const char *const parts[] = {
        "name: \"one\"\nauthor: \"cafelab\"\n",
        "value: 9\ntype: standard\nflags:\n  - {type: static, content: \"x\", data: case_insensitive}\n",
        "hints:\n  - content: \"a\"\n    cost: 0\n    key: h1\n"
        "  - content: \"b\\n\\n    SELECT 1\"\n    cost: 2\n    key: h2\n    requirements: [h1]\n"
        "  - content: \"c\"\n    cost: 3\n    key: h3\n    requirements: [h2]\nstate: visible\n",
        "value: 7\n",
        "data: case_insensitive}\nrequirements:\n  - one\nstate: visible\n",
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        says("ctfd", NULL, "en", TWO, parts[i]);
    says("ctfd", "A \"b\": c", "en", TWO, "category: \"A \\\"b\\\": c\"\ndescription: \"First\"\n");
    says("ctfd", NULL, "pt", TWO, "description: \"Primeiro\"\n");
    says("ctfd", NULL, "pt", TWO, "description: \"Second\"\n");
}

#define ANSWERED(fraction, format, text)                                                                                       \
    "    <answer fraction=\"" fraction "\" format=\"" format "\"><text>" text "</text>"                                        \
    "<feedback format=\"plain_text\"><text></text></feedback></answer>\n"
#define ANSWER(fraction, text) ANSWERED(fraction, "moodle_auto_format", text)
#define OPTION(fraction, text) ANSWERED(fraction, "plain_text", text)
#define ONLY(answers) "<usecase>0</usecase>\n" answers "  </question>"
#define MULTI(answer) QUESTION("type: multi, options: [a, b, c, d, e, f, g, h, i], answer: " answer)
#define CHOICE QUESTION("type: choice, options: [a, b], answer: b")
#define TIME(answer) QUESTION("type: time, answer: " answer)
#define ORDERS                                                                                                                 \
    ANSWER("100", "x, y, z")                                                                                                   \
    ANSWER("100", "x, z, y")                                                                                                   \
    ANSWER("100", "y, x, z")                                                                                                   \
    ANSWER("100", "y, z, x")                                                                                                   \
    ANSWER("100", "z, x, y")                                                                                                   \
    ANSWER("100", "z, y, x")

/* clang-format off */
static const struct {
    const char *questions, *text;
} bank[] = {
    {TWO, "<question type=\"shortanswer\">\n    <name><text>one</text></name>"},
    {TWO, "<defaultgrade>9</defaultgrade>\n    <penalty>0.2500000</penalty>"},
    {TWO, "<defaultgrade>7</defaultgrade>\n    <penalty>0.3333333</penalty>"},
    {TWO, "<idnumber>small-two</idnumber>"},
    {TWO, "<hint format=\"plain_text\"><text>b</text></hint>"},
    {TWO, ONLY(ANSWER("100", "y"))},
    /* a * alone would be a wildcard */
    {QUESTION("type: text, answer: 'a*b<c', accept: [d]"), ONLY(ANSWER("100", "a\\*b&lt;c") ANSWER("100", "d"))},
    {QUESTION("type: text, answer: x, partial: {'p': 33, 'n': 89, 'l': 4}"),
     ANSWER("33.3333", "p") ANSWER("83.3333", "n") ANSWER("0", "l")},
    {QUESTION("type: text, answer: x, wrong: {'w': 'Why & not'}"),
     "\"0\" format=\"moodle_auto_format\"><text>w</text><feedback format=\"plain_text\"><text>Why &amp; not<"},
    {QUESTION("type: number, answer: 12, within: 0.5"), "<tolerance>0.5</tolerance></answer>"},
    {QUESTION("type: number, answer: 12"), "<question type=\"numerical\">"},
    {QUESTION("type: number, answer: 12"), "<tolerance>0</tolerance></answer>"},
    /* moments are asked for in UTC */
    {TIME("2025-10-15T17:20:33Z"), ONLY(ANSWER("100", "2025-10-15T17:20:33Z") ANSWER("100", "2025-10-15 17:20:33"))},
    {TIME("2025-10-15T18:20:33+01:00"), ANSWER("100", "2025-10-15T17:20:33Z") ANSWER("100", "2025-10-15 17:20:33")},
    /* right options add up to 100, and each wrong one takes as much away */
    {CHOICE, OPTION("0", "a") OPTION("100", "b") "  </question>"},
    {CHOICE, "<single>true</single>\n    <shuffleanswers>true</shuffleanswers>\n    <answernumbering>none</answernumbering>\n"},
    {MULTI("[a, b]"), "<single>false</single>"},
    {MULTI("[B]"), OPTION("-100", "a") OPTION("100", "b")},
    {MULTI("[b, c]"), OPTION("-50", "a") OPTION("50", "b") OPTION("50", "c") OPTION("-50", "d")},
    {MULTI("[a, b, c]"), OPTION("33.3333", "c") OPTION("-33.3333", "d")},
    {MULTI("[a, b, c, d, e, f]"), OPTION("16.6667", "f") OPTION("-16.6667", "g")},
    {MULTI("[a, b, c, d, e, f, g]"), OPTION("14.2857", "g") OPTION("-14.2857", "h")},
    {MULTI("[a, b, c, d, e, f, g, h]"), OPTION("12.5", "h") OPTION("-12.5", "i")},
    /* lists in each order that is right */
    {QUESTION("type: set, answer: [x]"), ONLY(ANSWER("100", "x"))},
    {QUESTION("type: set, answer: [x, 'y*']"), ONLY(ANSWER("100", "x, y\\*") ANSWER("100", "y\\*, x"))},
    {QUESTION("type: set, answer: [x, y, z]"), ONLY(ORDERS)},
    {QUESTION("type: order, answer: [x, y, z]"), ONLY(ANSWER("100", "x, y, z"))},
    {QUESTION("type: set, answer: [x, y, z, w]"), "<graderinfo format=\"plain_text\"><text>x, y, z, w</text></graderinfo>"},
    {QUESTION("type: regex, answer: 'a+'"), "<question type=\"essay\">"},
    {QUESTION("type: match, answer: [a = x, 'b = <y>']"), "    <subquestion format=\"plain_text\"><text>b</text><answer><text>&lt;y&gt;</text></answer></subquestion>\n"},
    {ESSAY("type: essay, answer: all of it"), "<attachments>0</attachments>\n    <graderinfo format=\"plain_text\">"},
};
/* clang-format on */

static void question_bank(void)
{
    for (size_t i = 0; i < COUNT(bank); i++)
        says("moodle", NULL, "en", bank[i].questions, bank[i].text);
    says("moodle", NULL, "pt", TWO, "<questiontext format=\"plain_text\"><text>Primeiro</text>");
    /* a slash alone would begin a category within the category */
    says("moodle", "TCP/IP & <more>", "en", TWO, "<text>$course$/top/TCP//IP &amp; &lt;more&gt;</text>");
}

CU_TestInfo formats_questions_tests[] = {
    {"flags",         flags        },
    {"challenges",    challenges   },
    {"question bank", question_bank},
    CU_TEST_INFO_NULL,
};
