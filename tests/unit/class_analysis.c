/* SPDX-License-Identifier: MIT */
/* The numbers of the item analysis, each worked out by hand. */
#include "grader/batch/analysis.h"
#include "grader/batch/results.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STUDENTS = 7 };

/*
 * Attempts of each student: points of who, when and why (10 each), and what the penalty up took; x = cannot be read, ? = waits
 * for a person, e = could not be decided, ! = a hint was taken.
 *
 * The first class, of the attempts that are kept, s0 to s4 (s5 and s6 have no grade):
 *
 *     who   5  5  0  0  10   facility 20/50          its rest, when + why   16  2  8  8  10
 *     when 10  0  0  0  10            20/50                    who + why    11  7  8  8  10
 *     why   6  2  8  8   ?            24/40                    who + when   15  5  0  0
 *     up    0 -3  0  0   0   kept by 4 of 5; it is no part of anybody's rest
 *
 *     discrimination = (n sum xy - sum x sum y) / sqrt((n sum xx - (sum x)^2) (n sum yy - (sum y)^2))
 *     who   (5*190 - 20*44) / sqrt((5*150 - 400) (5*488 - 1936)) =  70 / sqrt(350 * 504) =  70/420 =  1/6
 *     when  (5*210 - 20*44) / sqrt((5*200 - 400) (5*398 - 1936)) = 170 / sqrt(600 *  54) = 170/180 = 17/18
 *     why   (4*100 - 24*20) / sqrt((4*168 - 576) (4*250 -  400)) = -80 / sqrt( 96 * 600) = -80/240 = -1/3
 *
 *     first attempts that count: who 0+5+0+0+0 of 50, when 0+0+0+0+10 of 50, why 0+2+8+8 of 40, up kept by 3 of 5
 *     attempts until right: who 2 (s4); when 2 (s0), 1 (s4); why nobody; up 2 (s0), 1, 1, 1 (s2, s3, s4)
 *
 * The second has too few students for a correlation. In the third all have the same of who, which correlates with nothing, and
 * nobody has why decided, so that the rest of when is 5 of everybody: the penalty, which would make a difference, is not in it.
 */
static const struct {
    const char *of[STUDENTS], *found;
} classes[] = {
    {{"x 0,0,0,-3 5,10,6,0", "5!!,0,2,-3", "0,0,8,0", "0,0,8,0", "0!,10,?,0 10!,10,?,0", "x", ""},
     "6 handed in, 5 graded\n"
     "who: 5, 1 right, 2 partly, 0 undecided, 3 hints; 0.4000, first 0.1000, 0.1667, tries 2.0000\n"
     "when: 5, 2 right, 0 partly, 0 undecided, 0 hints; 0.4000, first 0.2000, 0.9444, tries 1.5000\n"
     "why: 5, 0 right, 4 partly, 1 undecided, 0 hints; 0.6000, first 0.4500, -0.3333, tries none\n"
     "up: 5, 4 right, 0 partly, 0 undecided, 0 hints; 0.8000, first 0.6000, none, tries 1.2500\n"},
    {{"10,0,0,0", "0,10,5,0", "x", "x", "", "", ""},
     "4 handed in, 2 graded\n"
     "who: 2, 1 right, 0 partly, 0 undecided, 0 hints; 0.5000, first 0.5000, none, tries 1.0000\n"
     "when: 2, 1 right, 0 partly, 0 undecided, 0 hints; 0.5000, first 0.5000, none, tries 1.0000\n"
     "why: 2, 0 right, 1 partly, 0 undecided, 0 hints; 0.2500, first 0.2500, none, tries none\n"
     "up: 2, 2 right, 0 partly, 0 undecided, 0 hints; 1.0000, first 1.0000, none, tries 1.0000\n"},
    {{"5,10,?,-3", "5,10,e,-3", "5,0,?,0", "", "", "", ""},
     "3 handed in, 3 graded\n"
     "who: 3, 0 right, 3 partly, 0 undecided, 0 hints; 0.5000, first 0.5000, none, tries none\n"
     "when: 3, 2 right, 0 partly, 0 undecided, 0 hints; 0.6667, first 0.6667, none, tries 1.0000\n"
     "why: 3, 0 right, 0 partly, 3 undecided, 0 hints; none, first none, none, tries none\n"
     "up: 3, 1 right, 0 partly, 0 undecided, 0 hints; 0.3333, first 0.3333, none, tries 1.0000\n"},
};

/* ---- what students handed in ---- */

/* One item of an attempt, "5!!"; returns the rest of the text. */
static const char *add_finding(struct str *out, const char *text, const char *id, int max, int *score)
{
    char *end;
    long points = strtol(text, &end, 10);
    bool waits = *end == '?', odd = *end == 'e';
    const char *outcome = waits ? "manual" : odd ? "error" : points == max ? "pass" : points > 0 ? "partial" : "fail";
    end += waits || odd;
    size_t hints = strspn(end, "!");
    end += hints;
    str_addf(out,
             "%s{\"kind\": \"%s\", \"id\": \"%s\", \"title\": \"\", \"outcome\": \"%s\", \"points\": %ld, \"max\": %d, "
             "\"hints\": %zu, \"hint_cost\": 0}",
             out->s[out->len - 1] == '}' ? ", " : "", max ? "question" : "penalty", id, outcome, points, max, hints);
    *score += (int)points;
    return end + (*end == ',');
}

static const char *add_attempt(struct str *out, const char *text)
{
    static const char *const ids[] = {"who", "when", "why"};
    AUTO(str_drop) struct str findings = {0};
    int score = 0;
    if (*text == 'x') {
        str_add(out, "{\"outcome\": \"ungradable\", \"reason\": \"x\", \"report\": {\"ungradable\": \"x\", \"max\": 30, "
                     "\"findings\": []}}");
        return text + 1;
    }
    str_add(&findings, "[");
    for (size_t i = 0; i < COUNT(ids); i++)
        text = add_finding(&findings, text, ids[i], 10, &score);
    text = add_finding(&findings, text, "up", 0, &score);
    str_addf(out, "{\"outcome\": \"good\", \"report\": {\"score\": %d, \"max\": 30, \"findings\": %s]}}", score < 0 ? 0 : score,
             str_text(&findings));
    return text;
}

static bool hand_in(struct class *c, size_t student, const char *attempts)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    str_add(&text, "{\"attempts\": [");
    for (const char *at = attempts; *at; at += *at == ' ') {
        str_add(&text, at > attempts ? ", " : "");
        at = add_attempt(&text, at);
    }
    str_add(&text, "]}");
    return file_write(class_path(&arena, c, RESULTS "/s%zu.json", student), text.s, text.len, 0600, &e);
}

/* ---- what is found ---- */

static void add_number(struct str *out, const char *before, double value)
{
    str_add(out, before);
    if (isnan(value))
        str_add(out, "none");
    else
        str_addf(out, "%.4f", value);
}

static void say(const struct analysis *a, struct str *out)
{
    str_addf(out, "%zu handed in, %zu graded\n", a->handed_in, a->graded);
    for (size_t i = 0; i < a->n_items; i++) {
        const struct item *item = &a->items[i];
        str_addf(out, "%s: %zu, %zu right, %zu partly, %zu undecided, %zu hints", item->id, item->n, item->right, item->partly,
                 item->errors, item->hints);
        add_number(out, "; ", item->facility);
        add_number(out, ", first ", item->first);
        add_number(out, ", ", item->discrimination);
        add_number(out, ", tries ", item->tries);
        str_add(out, "\n");
    }
}

static bool open_class(struct arena *arena, const char *root, struct class *c)
{
    static const char roster[] = "id\ns0\ns1\ns2\ns3\ns4\ns5\ns6\n";
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    struct class_plan plan = {.dir = arena_printf(arena, "%s/c", root),
                              .scenario = "scenarios/cafe-breach",
                              .roster = arena_printf(arena, "%s/roster.csv", root),
                              .events = 10};
    return file_write(plan.roster, roster, strlen(roster), 0600, &e) && class_init(&plan, &diags, &e) &&
           class_open(plan.dir, c, &e) && dir_make(class_path(arena, c, RESULTS), &e);
}

/* Seconds of each question, the median of those that are known; an item that is none has no time of its own. */
static void times_of_items(struct class *c)
{
    static const struct {
        int seconds;
        const char *questions;
    } kinds[STUDENTS] = {
        {100, "\"who\": 0, \"up\": 7"},
        {50,  "\"who\": 90"          },
        {-1,  ""                     },
    };
    AUTO(analysis_drop) struct analysis a = {0};
    struct err e = {0};
    for (size_t i = 0; i < STUDENTS; i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str findings = {0};
        int score = 0;
        str_add(&findings, "[");
        add_finding(&findings, add_finding(&findings, "10,0", "who", 10, &score), "up", 0, &score);
        const char *text = arena_printf(&arena,
                                        "{\"attempts\": [{\"outcome\": \"good\", \"facts\": {\"time\": {\"seconds\": %d, "
                                        "\"questions\": {%s}}}, \"report\": {\"score\": 10, \"max\": 10, \"findings\": %s]}}]}",
                                        kinds[i].questions ? kinds[i].seconds : -1,
                                        kinds[i].questions ? kinds[i].questions : "", str_text(&findings));
        CU_ASSERT(file_write(class_path(&arena, c, RESULTS "/s%zu.json", i), text, strlen(text), 0600, &e));
    }
    CU_ASSERT(analysis_make(c, NULL, &a, &e));
    CU_ASSERT_EQUAL(a.n_items, 2);
    CU_ASSERT_EQUAL(a.timed, 2);
    CU_ASSERT_EQUAL(a.median_s, 75);
    for (size_t i = 0; i < a.n_items; i++) {
        CU_ASSERT_EQUAL(a.items[i].seconds, i ? -1 : 45);
        CU_ASSERT_EQUAL(a.items[i].timed, i ? 0 : 2);
    }
}

static void numbers_of_items(void)
{
    char root[] = "/tmp/cafelab-analysis-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool open = mkdtemp(root) && open_class(&arena, root, &c);
    CU_ASSERT(open);
    for (size_t i = 0; open && i < COUNT(classes); i++) {
        AUTO(analysis_drop) struct analysis a = {0};
        AUTO(str_drop) struct str text = {0};
        for (size_t k = 0; k < STUDENTS; k++)
            CU_ASSERT(hand_in(&c, k, classes[i].of[k]));
        CU_ASSERT(analysis_make(&c, NULL, &a, &e));
        say(&a, &text);
        if (!i) /* s0: one of three cannot be read, and counts for nothing */
            CU_ASSERT(a.rows[0].attempts == 3 && a.rows[0].counted == 2);
        if (!text_same(str_text(&text), classes[i].found))
            printf("class_analysis: class %zu: %s\n%s", i, e.msg, str_text(&text));
        CU_ASSERT_STRING_EQUAL(str_text(&text), classes[i].found);
    }
    if (open)
        times_of_items(&c);
    CU_ASSERT(dir_remove(root, &e));
}

/* What the page advises needs ten students whose item is decided. */
static void advice(void)
{
    static const struct {
        struct item item;
        const char *says;
    } rows[] = {
        {{.max = 1000, .n = 10, .facility = 0, .discrimination = NAN},                  "nobody has it: is the key right?"},
        {{.max = 1000, .n = 9, .facility = 0, .discrimination = NAN},                   ""                                },
        {{.max = 0, .n = 10, .facility = 0, .discrimination = NAN},                     ""                                },
        {{.max = 1000, .n = 12, .errors = 12, .facility = NAN, .discrimination = NAN},  ""                                },
        {{.max = 1000, .n = 12, .errors = 2, .facility = 0, .discrimination = NAN},     "nobody has it: is the key right?"},
        {{.max = 1000, .n = 10, .partly = 1, .facility = 0.05, .discrimination = 0.5},  ""                                },
        {{.max = 1000, .n = 10, .right = 10, .facility = 1, .discrimination = NAN},     "everybody has it"                },
        {{.max = 1000, .n = 100, .right = 98, .facility = 0.98, .discrimination = 0.5}, ""                                },
        {{.max = 1000, .n = 10, .right = 5, .facility = 0.5, .discrimination = -0.01},
         "those who do well elsewhere miss it: read it again"                                                             },
        {{.max = 1000, .n = 10, .right = 5, .facility = 0.5, .discrimination = 0.19},
         "tells good from weak work only a little"                                                                        },
        {{.max = 1000, .n = 10, .right = 5, .facility = 0.5, .discrimination = 0.2},    ""                                },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scenario s = {.title.in = {"T"}};
        struct class c = {.name = "c", .language = "en", .scenario = &s};
        struct item item = rows[i].item;
        item.id = item.title = "x";
        const struct analysis a = {.class = &c, .items = &item, .n_items = 1, .median_s = -1};
        AUTO(str_drop) struct str page = {0}, cell = {0};
        analysis_html(&a, &page);
        str_addf(&cell, "<td class=\"n\">0</td><td>%s</td></tr>\n", rows[i].says);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&page), str_text(&cell)));
    }
}

/* ---- what is shown ---- */

/* Three with a grade (95, 4 and 100 %), one whose upload cannot be read, one who handed nothing in. */
static struct student students[] = {
    {.id = "s0", .name = "Ana <b>", .section = ""},
    {.id = "s1", .name = "",        .section = ""},
    {.id = "s2", .name = "",        .section = ""},
    {.id = "s3", .name = "",        .section = ""},
    {.id = "s4", .name = "",        .section = ""},
};
static struct cell s0_cells[] = {
    {OUTCOME_PASS,    500},
    {OUTCOME_SKIPPED, 0  }
};
static struct cell s1_cells[] = {
    {OUTCOME_MANUAL,  0 },
    {OUTCOME_PARTIAL, 40}
};
static struct cell s4_cells[] = {
    {OUTCOME_PASS, 500},
    {OUTCOME_PASS, 500}
};
/* clang-format off */
static struct row class_rows[] = {
    {.student = &students[0], .handed_in = true, .graded = true, .attempts = 3, .counted = 2, .score = 950, .max = 1000,
     .raw = 1000, .hints = 2, .seconds = 61, .why = "10 % less", .cells = s0_cells, .n_cells = 2},
    {.student = &students[1], .handed_in = true, .graded = true, .attempts = 1, .counted = 1, .score = 40, .max = 1000,
     .raw = 40, .seconds = 0, .vetoed = "The <trail>", .cells = s1_cells, .n_cells = 2},
    {.student = &students[2], .handed_in = true, .attempts = 1, .max = 1000, .seconds = -1, .not_graded = "no-lab: x\ny"},
    {.student = &students[3], .max = 1000, .seconds = -1, .not_graded = "nothing was handed in"},
    {.student = &students[4], .handed_in = true, .graded = true, .attempts = 1, .counted = 1, .score = 1000, .max = 1000,
     .raw = 1000, .seconds = 600, .cells = s4_cells, .n_cells = 2},
};
static struct item class_items[] = {
    {.id = "who", .title = "Who?", .max = 500, .n = 3, .right = 2, .errors = 1, .facility = 1, .first = 0.12345,
     .discrimination = -0.5, .hints = 2, .tries = 1.5, .n_first = 3, .n_solved = 2, .seconds = 0, .timed = 2},
    {.id = "when", .title = "When?", .max = 500, .n = 3, .right = 1, .partly = 1, .facility = 0.36, .first = NAN,
     .discrimination = NAN, .tries = NAN, .seconds = 121, .timed = 1},
};
/* clang-format on */
static const char *many[] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12"};
static struct likeness alike[] = {
    {.kind = "same bytes", .says = "same bytes", .students = many, .n = 13, .what = "a <file>", .base = "13 of 20"},
    {.kind = "same steps", .says = "same steps", .students = many, .n = 12, .what = "steps",    .base = "12 of 20"},
};
static struct unclaimed unclaimed[] = {
    {"<x>.zip", "no-archive: a PDF"}
};

static struct analysis make_analysis(const struct class *c)
{
    return (struct analysis){.class = (struct class *)c,
                             .items = class_items,
                             .n_items = COUNT(class_items),
                             .rows = class_rows,
                             .n = COUNT(class_rows),
                             .graded = 3,
                             .handed_in = 4,
                             .alike = alike,
                             .n_alike = COUNT(alike),
                             .unclaimed = unclaimed,
                             .n_unclaimed = COUNT(unclaimed),
                             .timed = 3,
                             .median_s = 61,
                             .compared = 3};
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        printf("class_analysis: expected %s in:\n%s\n", part, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

static void what_is_shown(void)
{
    static const char *const page[] = {
        "<p>Grades: 3; mean 66.3 %, median 95.0 %, lowest 4 %, highest 100 %.</p>",
        "0 to under 10 %</th><td class=\"n\">1</td><td class=\"bar\" aria-hidden=\"true\" style=\"--n:50.0%\">",
        "80 to under 90 %</th><td class=\"n\">0</td>",
        "90 to 100 %</th><td class=\"n\">2</td><td class=\"bar\" aria-hidden=\"true\" style=\"--n:100.0%\">",
        "<strong>who</strong> Who?</th><td class=\"n\">2 of 3</td><td class=\"n\">0</td><td class=\"n\">100 %</td><td "
        "class=\"n\">12 %</td><td class=\"n\">-0.50</td><td class=\"n\">1.50</td><td class=\"n\">2</td><td></td></tr>",
        "<p>Students: 3; median in minutes: 2.</p>",
        /* the slowest first, begun minutes count */
        "<strong>when</strong> When?</th><td class=\"n\">3</td><td class=\"n\">1</td></tr>\n"
        "<tr><th scope=\"row\"><strong>who</strong> Who?</th><td class=\"n\">0</td><td class=\"n\">2</td></tr>",
        "<td>Ana &lt;b&gt;</td><td class=\"n\">9.50</td><td class=\"n\">95 %</td><td class=\"n\">2</td><td "
        "class=\"n\">2</td><td class=\"n\">2</td><td>10 % less</td></tr>",
        "<td class=\"n\">0</td><td>nothing counts, because this does not hold: The &lt;trail&gt;</td></tr>",
        "<td class=\"n\">none</td><td class=\"n\"></td><td class=\"n\">0</td><td class=\"n\">0</td><td></td><td>no-lab: x</td>",
        "<th scope=\"row\">s0</th><td class=\"P\">yes</td><td>skip</td></tr>\n"
        "<tr><th scope=\"row\">s1</th><td>hand</td><td class=\"H\">part</td></tr>\n<tr><th scope=\"row\">s4</th>",
        "<td>s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 and 1 more</td><td>a &lt;file&gt;</td><td>13 of 20</td>",
        "<td>s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11</td><td>steps</td>",
        "<li>&lt;x&gt;.zip: no-archive: a PDF</li>",
    };
    static const char *const screen[] = {
        "c: 5 students, 4 handed in, 3 have a grade, mean 66.3 %\n",
        "\nwho                  2/3       100%     12%     -0.50      2\n",
        "\nwhen                 1/3        36%       -         -      0\n",
        "\nhanded in, and no grade:\n  s2                no-lab: x\n\nnothing handed in:\n  s3\n",
        "\nof nobody in the class:\n  <x>.zip: no-archive: a PDF\n",
        "\ntime at work, as noted: median 2 min, of 3 students\n",
    };
    static const char *const machine[] = {
        "\"facility_first_attempt\":0.123,\"discrimination\":-0.5,\"hints\":2,\"attempts_until_right\":1.5,\"seconds\":0}",
        "\"facility_first_attempt\":null,\"discrimination\":null,\"hints\":0,\"attempts_until_right\":null,\"seconds\":121}",
        "\"score\":9.5,\"max\":10,\"before_rules\":10,\"why\":\"10 % "
        "less\",\"uploads\":3,\"attempts\":2,\"hints\":2,\"seconds\":61,",
        "\"items\":{\"who\":[\"pass\",5],\"when\":[\"skipped\",0]}}",
        "\"score\":null,\"max\":10,\"before_rules\":null,\"not_graded\":\"no-lab: "
        "x\\ny\",\"uploads\":1,\"attempts\":0,\"hints\":0,"
        "\"seconds\":null,\"items\":{}}",
    };
    struct scenario s = {.title.in = {"T"}};
    const struct class c = {.name = "c", .language = "en", .scenario = &s, .scenario_id = "t"};
    const struct class pt = {.name = "c", .language = "pt", .scenario = &s, .scenario_id = "t"};
    const struct analysis a = make_analysis(&c), of_pt = make_analysis(&pt);
    AUTO(str_drop) struct str html = {0}, text = {0}, json = {0}, in_pt = {0};
    json_auto_t *value = analysis_json(&a);
    analysis_html(&a, &html);
    analysis_text(&a, &text);
    str_add_json_value(&json, value);
    analysis_html(&of_pt, &in_pt);
    for (size_t i = 0; i < COUNT(page); i++)
        has(str_text(&html), page[i]);
    for (size_t i = 0; i < COUNT(screen); i++)
        has(str_text(&text), screen[i]);
    for (size_t i = 0; i < COUNT(machine); i++)
        has(str_text(&json), machine[i]);
    has(str_text(&in_pt), "<td class=\"n\">-0,50</td><td class=\"n\">1,50</td>");
    has(str_text(&in_pt), "<td class=\"n\">9,50</td>");
    has(str_text(&in_pt), " 66,3 %");
}

/* Names of those who handed nothing in fill lines of the screen, and no more than that. */
static void long_lists(void)
{
    struct student absent = {.id = "student-01", .name = "", .section = ""};
    struct row rows[40];
    struct scenario s = {.title.in = {"T"}};
    struct class c = {.name = "c", .language = "en", .scenario = &s};
    const struct analysis a = {.class = &c, .rows = rows, .n = COUNT(rows), .median_s = -1};
    AUTO(str_drop) struct str text = {0};
    size_t lines = 0;
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct row){.student = &absent, .seconds = -1};
    analysis_text(&a, &text);
    const char *list = strstr(str_text(&text), "nothing handed in:\n");
    CU_ASSERT_PTR_NOT_NULL(list);
    for (const char *at = list ? strchr(list, '\n') + 1 : ""; *at; at += strcspn(at, "\n") + 1, lines++)
        CU_ASSERT(strcspn(at, "\n") <= 100);
    CU_ASSERT_EQUAL(lines, 5); /* eight of twelve letters a line */
}

CU_TestInfo class_analysis_tests[] = {
    {"the numbers of items", numbers_of_items},
    {"what is shown",        what_is_shown   },
    {"long lists",           long_lists      },
    {"advice",               advice          },
    CU_TEST_INFO_NULL,
};
