/* SPDX-License-Identifier: MIT */
/* From attempts to a grade: rules, lateness to the millisecond, decisions of people; and what of it a regrade tells. */
#include "grader/batch/receipt.h"
#include "grader/batch/regrade.h"
#include "grader/batch/results.h"
#include "grader/batch/standing.h"
#include "grader/batch/times.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char root[] = "/tmp/cafelab-standing-XXXXXX";

/* JSON with ' for ". */
static const char *quoted(struct arena *arena, const char *text)
{
    char *out = arena_dup(arena, text);
    for (char *quote = out; (quote = strchr(quote, '\''));)
        *quote = '"';
    return out;
}

static bool put(struct class *c, const char *name, const char *text)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *whole = quoted(&arena, text);
    return file_write(class_path(&arena, c, "%s", name), whole, strlen(whole), 0600, &e);
}

/* A report of two questions of 10, a penalty and a veto, as an attempt. */
#define ITEM(kind, id, outcome, points, max)                                                                                   \
    "{'kind': '" kind "', 'id': '" id "', 'title': '" id "', 'outcome': '" outcome "', 'points': " points ", 'max': " max "}"
#define GOOD(hash, score, more, findings)                                                                                      \
    "{'sha256': '" hash "', 'outcome': 'good', " more " 'report': {'score': " score ", 'max': 20, 'findings': [" findings "]}" \
    "}"
#define TEN GOOD("a", "10", "", ITEM("question", "who", "pass", "10", "10") "," ITEM("question", "when", "fail", "0", "10"))
#define ALL GOOD("b", "20", "", ITEM("question", "who", "pass", "10", "10") "," ITEM("question", "when", "pass", "10", "10"))
#define AT(time) GOOD("c", "20", "'submitted': '" time "',", ITEM("question", "who", "pass", "20", "20"))
#define MARKED GOOD("d", "20", "'marked_late': true,", ITEM("question", "who", "pass", "20", "20"))
#define BROKEN                                                                                                                 \
    "{'sha256': 'e', 'outcome': 'ungradable', 'reason': 'answers.yaml:3', 'report': {'ungradable': 'x', 'max': 20, "           \
    "'findings': []}}"
#define CUT "{'sha256': 'f', 'outcome': 'truncated', 'reason': 'in the middle'}"
#define LOST                                                                                                                   \
    GOOD("g", "0", "",                                                                                                         \
         ITEM("question", "who", "pass", "10", "10") "," ITEM("penalty", "up", "fail", "-30", "0") "," ITEM("veto", "trail",   \
                                                                                                            "pass", "0", "0"))
#define VETOED GOOD("h", "0", "", ITEM("question", "who", "pass", "10", "10") "," ITEM("veto", "trail", "fail", "0", "0"))
#define PARTLY GOOD("i", "15", "", ITEM("question", "who", "pass", "10", "10") "," ITEM("question", "when", "pass", "5", "10"))
#define WORTH_40                                                                                                               \
    "{'sha256': 'j', 'outcome': 'good', 'report': {'score': 10, 'max': 40, 'findings': [" ITEM(                                \
        "question", "who", "pass", "10", "10") "," ITEM("question", "when", "fail", "0", "30") "]}}"
#define NOTHING "{'sha256': 'k', 'outcome': 'good', 'report': {'score': 0, 'max': 120, 'findings': []}}"
#define FAILED "{'sha256': 'l', 'outcome': 'error', 'reason': 'no memory'}"
#define HINTED(points, hints, cost)                                                                                            \
    "{'sha256': 'm', 'outcome': 'good', 'report': {'score': " points ", 'max': 20, 'findings': [{'kind': 'question', "         \
    "'id': 'who', 'title': 'who', 'outcome': 'pass', 'points': " points ", 'max': 10, 'hints': " hints ", 'hint_cost': " cost  \
    "}," ITEM("question", "when", "fail", "0", "10") "]}}"
#define DEADLINE                                                                                                               \
    "{'deadline': '2026-03-01T12:00:00Z', 'late': [{'after': '0s', 'percent': 90}, {'after': '24h', 'percent': 50}]}"

static const struct {
    const char *rules, *overrides, *attempts, *says; /* score of max, which attempt, how many counted; why */
} rows[] = {
    {"{}",                                                                                                            "",                                "","none: nothing was handed in"},
    {"{}",                                                                                                            "",                                TEN "," ALL "," TEN,"20/20 of 2, 3 counted"},
    {"{}",                                                                                                            "",                                TEN "," TEN "," BROKEN,"10/20 of 2, 2 counted"},
    {"{'penalty': 10, 'deadline': '2026-03-01T12:00:00Z', 'late': [{'after': '0s', 'percent': 50}]}",                 "",
     TEN "," AT("2026-03-01T13:00:00Z"),"10/20 of 1, 2 counted"},
    {"{'penalty': 10, 'deadline': '2026-03-01T12:00:00Z', 'late': [{'after': '0s', 'percent': 50}], 'keep': 'last'}", "",
     TEN "," AT("2026-03-01T13:00:00Z"),
     "9/20 of 2, 2 counted; 10 % less for the attempts before; 50 % of it, because it was late by 1h"},
    {"{'keep': 'last'}",                                                                                              "",                                ALL "," TEN,"10/20 of 2, 2 counted"},
    {"{'attempts': 1}",                                                                                               "",                                TEN "," ALL,"10/20 of 1, 1 counted"},
    {"{'attempts': 1}",                                                                                               "",                                BROKEN "," CUT "," TEN,"10/20 of 3, 1 counted"},
    {"{'penalty': 10}",                                                                                               "",                                BROKEN "," CUT "," ALL,"20/20 of 3, 1 counted"},
    {"{'penalty': 10}",                                                                                               "",                                TEN "," CUT "," ALL,"18/20 of 3, 2 counted; 10 % less for the attempts before"},
    {"{'penalty': 60, 'keep': 'last'}",                                                                               "",                                TEN "," TEN "," ALL,"0/20 of 3, 3 counted; 100 % less for the attempts before"},
 /* hints that an earlier upload tells of stay taken; one that was taken later costs nothing before */
    {"{'keep': 'last'}",                                                                                              "",                                HINTED("7","2",          "3") "," TEN, "7/20 of 2, 2 counted"},
    {"{'keep': 'last'}",                                                                                         "",                                                                                                                          HINTED("7","2","3") "," TEN "," HINTED("9", "1", "1") "," ALL, "17/20 of 4, 4 counted"},
    {"{'keep': 'last'}",                                                                                                            "",                                                                                                                  HINTED("7",       "2",                                                                                                                                                      "3") "," HINTED("5", "3", "5"), "5/20 of 2, 2 counted"},
    {"{}",                                                                                                               "",                                                                                                                               TEN "," HINTED("7","2","3"), "10/20 of 1, 2 counted"},
    {"{'keep': 'last'}",                                                                                            "s0,who,10,all of it",                                                                                                                          HINTED("7","2","3") "," TEN, "10/20 of 2, 2 counted"},
    {"{}",                                                                                                            "",                             BROKEN,"none: ungradable: answers.yaml:3"},
 /* in time to the millisecond; late by no step; a step later */
    {DEADLINE,                                                                                        "",                                                                                                                         AT("2026-03-01T12:00:00Z"),"20/20 of 1, 1 counted"},
    {DEADLINE,                                                                                                            "",                                                                                                                                 AT("2026-03-01T11:59:59.999Z"),"20/20 of 1, 1 counted"                                                                                                                                                                                                                   },
    {DEADLINE,  "", AT("2026-03-01T12:00:00.001Z"),                                                                                   "18/20 of 1, 1 counted; 90 % of it, because it was late by 1ms"                                                                                                                                                                                                                          },
    {DEADLINE,                      "",AT("2026-03-02T12:00:00Z"),"18/20 of 1, 1 counted; 90 % of it, because it was late by 1d"},
    {DEADLINE,  "",AT("2026-03-02T09:00:01-03:00"),"10/20 of 1, 1 counted; 50 % of it, because it was late by 1d1s"},
    {DEADLINE,                                                                                                            "",                                                                                                               MARKED,"18/20 of 1, 1 counted; 90 % of it, because it was late"},
    {"{'late': [{'after': '0s', 'percent': 90}]}",                                                                                        "",                                                                                                                                                                                           AT("2026-03-02T12:00:00Z"),                                                                                                                                                                              "20/20 of 1, 1 counted"                                                                                                                                                                                                                                 },
    {"{'deadline': '2026-03-01T12:00:00Z', 'late': [{'after': '0s', 'percent': 50}]}",                                                                                                            "s0,who,9.99,x",
     AT("2026-03-01T13:00:00Z"),                                                                                                                                                                                                                                                                                                                 "5/20 of 1, 1 counted; 50 % of it, because it was late by 1h"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   },
 /* what people decide */
    {"{}",  "s0,who,10,all of it",TEN,"10/20 of 1, 1 counted"                                                                                                                                                                                                                                                                                                                               },
    {"{}",                      "s0,total,20,all of it",TEN,"20/20 of 1, 1 counted; set by hand: all of it"},
    {"{}","s0,who,9,x\ns0,total,15,viva",                                                                                                                         VETOED,"15/20 of 1, 1 counted; set by hand: viva"},
    {"{}",                                                                                         "s0,who,0,copied",                                                                                                                                                                                                         ALL,                                                                                                                "10/20 of 1, 1 counted"},
    {"{}",                                                                   "s0,up,0,was down for us all",                                                                                                                                                                                                                                                               LOST,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "10/20 of 1, 1 counted"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"{}",                                                                                             "s0,up,5,less hard",LOST,                                                                                                                                                                                                           "5/20 of 1, 1 counted"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           },
    {"{}",      "s0,who,3,x",LOST,"0/20 of 1, 1 counted"},
    {"{}",                "s0,trail,0,the lab's fault",VETOED,"10/20 of 1, 1 counted"},
    {"{}","s0,who,9,x",                              VETOED,"0/20 of 1, 1 counted; vetoed by trail"},
    {"{}",                                                                                              "s0,total,15,viva\ns0,total,7,second viva",                                                                                                                                                                                                                                                                                                ALL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     "7/20 of 1, 1 counted; set by hand: second viva"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    },
    {"{'penalty': 10}",                                                                    "s0,total,15,viva",                                                                                                                                                                                                                                                                                                                 TEN "," ALL,
     "15/20 of 2, 2 counted; 10 % less for the attempts before; set by hand: viva"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   },
    {"{}",                                                                                                    "s1,total,15,viva",                                                                                                  ALL,                                                                                                                                                                                                                                                              "20/20 of 1, 1 counted"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    },
    {"{}","s0,total,15,viva",CUT,"15/120 of 1, 0 counted; set by hand: viva"},
 /* refused */
    {"{}",                          "s0,who,-1,x",ALL,":8 \"points\": expected a number such as 7.5, got \"-1\""},
    {"{}","s0,who,nan,x",ALL,":8 \"points\": expected a number such as 7.5, got \"nan\""},
    {"{}",                                                                                                                      "s0,who,1,\ns9,who,1,x",                                                                                                                                                                                                                                                                                                                                                                                                                                              ALL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 ":10 an override needs its reason\n3:1 no student \"s9\" in this class"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           },
    {"{}",                                                                         "s9,who,1,x",                                                                                                                                                                                                                                                                                                                                                                        ALL,                                                                                                                                                                                                                                       ":1 no student \"s9\" in this class"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           },
    {"{}",                                                                                                        "s0,whoo,1,x\ns0,when,11,x\ns0,total,20.01,x",                                                                                                                                                                                                                TEN "," ALL,
     "2:4 the scenario has no item \"whoo\" (did you mean \"who\"?) (for s0)\n"
     "3:9 \"points\": \"when\" is worth 10 at most, got 11 (for s0)\n"
     "4:10 \"points\": \"total\" is worth 20 at most, got 20.01 (for s0)\n"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"{}","s0,total,121,x",CUT,"2:10 \"points\": \"total\" is worth 120 at most, got 121 (for s0)"},
};

static void say(const struct standing *s, struct str *out)
{
    if (!s->graded) {
        str_addf(out, "none: %s", s->report.ungradable);
        return;
    }
    str_add_points(out, s->report.score);
    str_addc(out, '/');
    str_add_points(out, s->report.max);
    str_addf(out, " of %zu, %zu counted", s->kept + 1, s->counted);
    if (s->why)
        str_addf(out, "; %s", s->why);
    if (s->report.vetoed)
        str_addf(out, "; vetoed by %s", s->report.vetoed);
}

/* What was wrong with what people wrote, or else with us. */
static void add_told(struct class *c, const struct err *e, struct str *out)
{
    for (size_t i = 0; i < c->told.n; i++)
        str_addf(out, "%u:%u %s\n", c->told.list[i].at.line, c->told.list[i].at.col, c->told.list[i].message);
    if (!c->told.n)
        str_add(out, e->msg);
    diags_drop(&c->told);
}

/* class.json, as if the class had been opened with it. */
static void rules_are(struct class *c, const char *text)
{
    struct err e = {0};
    json_decref(c->settings);
    c->language = "en"; /* it stood in them, as the names did */
    c->name = c->scenario_id = c->content_hash = NULL;
    c->written = arena_dup(&c->arena, text);
    c->settings = json_read(text, strlen(text), &e);
    CU_ASSERT_PTR_NOT_NULL(c->settings);
}

static void look(struct class *c, size_t i, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(overrides_drop) struct overrides overrides = {0};
    AUTO(standing_drop) struct standing s = {0};
    struct class_rules rules;
    struct err e = {0};
    rules_are(c, quoted(&arena, arena_printf(&arena, "{'grading': %s}", rows[i].rules)));
    CU_ASSERT(put(c, "results/s0.json", arena_printf(&arena, "{'attempts': [%s]}", rows[i].attempts)));
    CU_ASSERT(put(c, "overrides.csv", arena_printf(&arena, "student,item,points,reason\n%s\n", rows[i].overrides)));
    if (rules_read(c, &rules, &e) && overrides_read(c, &overrides, &e) &&
        standing_read(c, RESULTS, &rules, &overrides, &c->roster.list[0], &s, &e) && overrides_good(&overrides, &e))
        say(&s, out);
    else
        add_told(c, &e, out);
}

static void grades(struct class *c)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str out = {0};
        look(c, i, &out);
        bool refused = strchr(rows[i].says, '"') || rows[i].says[0] == ':';
        bool good = refused ? strstr(str_text(&out), rows[i].says) != NULL : text_same(str_text(&out), rows[i].says);
        if (!good)
            printf("class_standing: row %zu: %s, expected %s\n", i, str_text(&out), rows[i].says);
        CU_ASSERT(good);
    }
    CU_ASSERT(put(c, "overrides.csv", "student,item,points,reason\n"));
}

/* Who was given more time is late after that, by the same steps. */
static void own_deadline(struct class *c)
{
    static const struct {
        const char *attempt, *says;
    } kinds[] = {
        {AT("2026-03-05T12:00:00Z"), "20/20 of 1, 1 counted"                                       },
        {AT("2026-03-06T12:00:00Z"), "18/20 of 1, 1 counted; 90 % of it, because it was late by 1d"},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(overrides_drop) struct overrides overrides = {0};
        AUTO(standing_drop) struct standing s = {0};
        AUTO(str_drop) struct str out = {0};
        struct class_rules rules;
        struct err e = {0};
        rules_are(c, quoted(&arena, "{'grading': " DEADLINE "}"));
        CU_ASSERT(put(c, "results/s1.json", arena_printf(&arena, "{'attempts': [%s]}", kinds[i].attempt)));
        CU_ASSERT(rules_read(c, &rules, &e));
        CU_ASSERT(standing_read(c, RESULTS, &rules, &overrides, &c->roster.list[1], &s, &e));
        say(&s, &out);
        CU_ASSERT_STRING_EQUAL(str_text(&out), kinds[i].says);
    }
    CU_ASSERT(put(c, "results/s1.json", "{'attempts': []}"));
}

/* Rules that are refused: each mistake with its place, whatever others keep in the file. */
static void rules_with_mistakes(struct class *c)
{
    static const struct {
        const char *text, *says;
    } kinds[] = {
        {"{'grading': {'attempts': 3, 'penalty': 10, 'keep': 'last', 'deadline': '2026-03-01T23:59:00-03:00',\n"
         "\t'late': [{'after': '0s', 'percent': 90}, {'after': '24h', 'percent': 0}]}}",                    ""                                                                 },
        {"{'format': 1}",                                                                                            ""                                                                 },
        {"{'a': '{[,:\\'\\\\', 'b': [1, {'grading': 1}], 'gradin\\u0067': {'keep': 'last'}, 'c': '\\ud83d\\ude00'}", ""                                                                 },
        {"{'grading': 5}",                                                                                           "1:13 expected \"grading\": a map of keys and values, got a text\n"},
        {"{'n': 'é',\n 'm': '日本', 'grading': {'penalty': 101, 'atempts': 1},\n 'x': 1}",
         "2:36 \"penalty\": expected a number from 0 to 100, got 101\n"
         "2:41 unknown key \"atempts\" in \"grading\" (did you mean \"attempts\"?)\n"                                                                                                   },
        {"{'grading': {'attempts': '3', 'penalty': 1.5}}",
         "1:26 \"attempts\": expected a number without quotes\n1:42 \"penalty\": expected a whole number, got \"1.5\"\n"                                                                },
        {"{'grading': {'keep': 'first', 'deadline': '2026-03-01T12:00:00'}}",
         "1:22 \"keep\": expected one of best, last, got \"first\"\n"
         "1:43 \"deadline\": expected a time with its zone such as 2025-10-14T13:00:00Z, got \"2026-03-01T12:00:00\"\n"                                                                 },
        {"{'grading': {'keep': 7, 'late': []}}",
         "1:22 \"keep\": expected one of best, last, got \"7\"\n1:33 \"late\": an empty list says nothing\n"                                                                            },
        {"{'grading': {'late': [{'after': '24h', 'percent': 50},\n{'after': '0s', 'percent': 90}]}}",
         "2:11 \"after\": steps must come in order, each later than the one before\n"                                                                                                   },
        {"{'grading': {'attempts': -1}}",                                                                            "1:26 \"attempts\": expected a number from 0 to 1000, got -1\n"    },
        {"{'grading': {'late': [{'after': '1h', 'percent': 90},\n{'after': '60m', 'percent': 50}]}}",
         "2:11 \"after\": steps must come in order, each later than the one before\n"                                                                                                   },
        {"{'grading': {'late': [{'after': '1 day', 'percent': -1}, {'percent': 50}]}}",
         "1:33 \"after\": expected a duration such as \"30s\" or \"2h30m\", got \"1 day\"\n"
         "1:53 \"percent\": expected a number from 0 to 100, got -1\n1:58 missing key \"after\" in a step of \"late\"\n"                                                                },
        {"{'grading': {'late': [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}",                                               "1:22 \"late\": expected 16 steps at most, got 17\n"               },
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str told = {0};
        struct class_rules rules;
        struct err e = {0};
        rules_are(c, quoted(&arena, kinds[i].text));
        bool good = rules_read(c, &rules, &e);
        add_told(c, &e, &told);
        if (!text_same(str_text(&told), kinds[i].says))
            printf("class_standing: rules %zu: %s, expected %s\n", i, str_text(&told), kinds[i].says);
        CU_ASSERT_STRING_EQUAL(str_text(&told), kinds[i].says);
        CU_ASSERT_EQUAL(good, !*kinds[i].says);
        CU_ASSERT(i != 2 || rules.keep == KEEP_LAST);
    }
    rules_are(c, "{}");
}

/* An outcome stays as long as program and text of the scenario are the same; an error never does. */
static void what_is_current(void)
{
    static const struct {
        const char *outcome, *version, *scenario;
        bool current;
    } kinds[] = {
        {"good",       CAFELAB_VERSION, "hash",  true },
        {"ungradable", CAFELAB_VERSION, "hash",  true },
        {"truncated",  CAFELAB_VERSION, "hash",  true },
        {"error",      CAFELAB_VERSION, "hash",  false},
        {"good",       "0.0.1",         "hash",  false},
        {"good",       CAFELAB_VERSION, "other", false},
        {"good",       NULL,            NULL,    false},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_auto_t *attempt = json_object();
        json_t *by = json_object();
        json_put_text(attempt, "outcome", kinds[i].outcome);
        json_put_text(by, "version", kinds[i].version);
        json_put_text(by, "scenario", kinds[i].scenario);
        json_put(attempt, "judged", by);
        CU_ASSERT_EQUAL(results_is_current(attempt, "hash"), kinds[i].current);
    }
}

static void what_a_regrade_tells(struct class *c)
{
    static const struct {
        const char *was, *is, *says;
        size_t unseen;
    } kinds[] = {
        {TEN,     TEN,         "0 grades change, 1 stays as it is\n",                                                        1},
        {TEN,     ALL,         "s0                      10/20 -> 20/20        when: fail 0 of 10 -> pass 10 of 10\n",        1},
        {TEN,     TEN "," ALL, "10/20 -> 20/20        attempt 2 counts instead of 1; when: fail 0 of 10 -> pass 10 of 10\n", 1},
        {TEN,     BROKEN,      "10/20 -> none         ungradable: answers.yaml:3\n",                                         1},
        {TEN,     WORTH_40,    "10/20 -> 10/40        when: fail 0 of 10 -> fail 0 of 30\n",                                 1},
        {ALL,     PARTLY,      "20/20 -> 15/20        when: pass 10 of 10 -> pass 5 of 10\n",                                1},
        {NOTHING, BROKEN,      "0/120 -> none         ungradable: answers.yaml:3\n",                                         1},
        {TEN,     FAILED,      "10/20 -> none         error: no memory\n",                                                   0}, /* is no judgement of another text */
        {BROKEN,  TEN,         "none -> 10/20        no grade before\n",                                                     1},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(changes_drop) struct changes changes = {0};
        AUTO(str_drop) struct str text = {0};
        struct err e = {0};
        CU_ASSERT(put(c, "results/s0.json", arena_printf(&arena, "{'attempts': [%s]}", kinds[i].was)));
        CU_ASSERT(put(c, "regrade/s0.json", arena_printf(&arena, "{'attempts': [%s]}", kinds[i].is)));
        CU_ASSERT(changes_find(c, &changes, &e));
        changes_text(&changes, &text);
        if (!strstr(str_text(&text), kinds[i].says))
            printf("class_standing: regrade %zu: %s\n", i, str_text(&text));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), kinds[i].says));
        CU_ASSERT_EQUAL(changes.unseen, kinds[i].unseen);
    }
}

/* A receipt stays true, whatever became of the grade; what the grade is now is told. */
static void receipts(struct class *c)
{
    static const struct {
        const char *was, *is, *now;
        bool same;
    } kinds[] = {
        {TEN,     TEN,      "10 of 20", true },
        {TEN,     ALL,      "20 of 20", false},
        {TEN,     WORTH_40, "10 of 40", false},
        {TEN,     "",       "no grade", false},
        {NOTHING, NOTHING,  "0 of 120", true },
        {NOTHING, BROKEN,   "no grade", false}, /* which is not 0 of 120 */
        {NOTHING, CUT,      "no grade", false},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str text = {0};
        struct receipt_answer answer = {0};
        struct err e = {0};
        CU_ASSERT(put(c, "results/s0.json", arena_printf(&arena, "{'attempts': [%s]}", kinds[i].was)));
        json_auto_t *receipt = receipt_make(c, &c->roster.list[0], &e);
        str_add_json_value(&text, receipt);
        CU_ASSERT(put(c, "results/s0.json", arena_printf(&arena, "{'attempts': [%s]}", kinds[i].is)));
        CU_ASSERT(receipt_verify(c, str_text(&text), text.len, &answer, &e));
        CU_ASSERT(answer.authentic && answer.same_grade == kinds[i].same);
        CU_ASSERT_STRING_EQUAL(answer.now, kinds[i].now);
        if (!text_same(answer.now, "no grade"))
            continue;
        CU_ASSERT_PTR_NULL(receipt_make(c, &c->roster.list[0], &e));
        CU_ASSERT_STRING_EQUAL(e.msg, "s0 has no grade that an upload stands behind");
    }
}

/* A file that is there and no result must not become a student who handed nothing in. */
static void no_result(struct class *c)
{
    AUTO(standing_drop) struct standing s = {0};
    struct err e = {0};
    CU_ASSERT(put(c, "results/s0.json", "{'student': 's0'}"));
    CU_ASSERT(!standing_read(c, RESULTS, &(struct class_rules){0}, &(struct overrides){0}, &c->roster.list[0], &s, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "/results/s0.json' is no result of cafelab: expected \"attempts\""));
}

static void times_of_uploads(struct class *c)
{
    static const struct {
        const char *text, *says; /* of s0; or the error */
    } kinds[] = {
        {"student,submitted\ns0,2026-03-01T09:00:00-03:00\ns1,\n", "2026-03-01T12:00:00Z"                 },
        {"submitted,student\n,s0\n",                               NULL                                   },
        {"student,submitted\ns0,2026-03-01T12:00:00\ns9,\n",
         "2:4 expected a time with its zone such as 2026-03-01T23:59:00Z, got \"2026-03-01T12:00:00\"\n3:1 no student \"s9\" "
         "in this class\n"                                                                                },
        {"student,when\ns0,\n",                                    "1:1 expected a column \"submitted\"\n"},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        AUTO(times_drop) struct times t = {0};
        AUTO(arena_drop) struct arena arena = {0};
        struct err e = {0};
        CU_ASSERT(put(c, "times.csv", kinds[i].text));
        AUTO(str_drop) struct str wrong = {0};
        const char *path = class_path(&arena, c, "times.csv");
        bool read = times_read(&t, &c->roster, path, &c->told, &e);
        if (!read)
            add_told(c, &e, &wrong);
        const char *said = read ? times_of(&t, "s0") : str_text(&wrong);
        bool good = kinds[i].says && said ? strstr(said, kinds[i].says) != NULL : said == kinds[i].says;
        if (!good)
            printf("class_standing: times %zu: %s\n", i, said ? said : "nothing");
        CU_ASSERT(good);
    }
}

static void everything(void)
{
    static const char roster[] = "id,deadline\ns0,\ns1,2026-03-05T12:00:00Z\n";
    AUTO(class_close) struct class c = {0};
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(root));
    struct class_plan plan = {.dir = arena_printf(&arena, "%s/c", root),
                              .scenario = "scenarios/cafe-breach",
                              .roster = arena_printf(&arena, "%s/roster.csv", root),
                              .events = 10};
    bool made = file_write(plan.roster, roster, strlen(roster), 0600, &e) && class_init(&plan, &diags, &e) &&
                class_open(plan.dir, &c, &e) && dir_make(class_path(&arena, &c, RESULTS), &e) &&
                dir_make(class_path(&arena, &c, REGRADE), &e);
    CU_ASSERT(made);
    if (made) {
        grades(&c);
        own_deadline(&c);
        rules_with_mistakes(&c);
        what_a_regrade_tells(&c);
        receipts(&c);
        times_of_uploads(&c);
        no_result(&c);
    }
    what_is_current();
    CU_ASSERT(dir_remove(root, &e));
}

CU_TestInfo class_standing_tests[] = {
    {"from attempts to a grade", everything},
    CU_TEST_INFO_NULL,
};
