/* SPDX-License-Identifier: MIT */
/* What students' work has in common: each kind is found where it is, with how common it is, and nowhere else. */
#include "grader/batch/analysis.h"
#include "grader/batch/own_evidence.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OWN_WORDS                                                                                                              \
    "The key of chaos was used from a strange network, opened port 22 to the whole world and then made a user on the server."
#define SAME_WORDS                                                                                                             \
    "the key of Chaos was used from a strange network; opened port 22 to the whole world, and then made a user on our server!"
#define LOUD_WORDS                                                                                                             \
    "THE KEY OF CHAOS WAS USED FROM A STRANGE NETWORK, OPENED PORT 22 TO THE WHOLE WORLD AND THEN MADE A USER ON THE SERVER."
#define OTHER_WORDS                                                                                                            \
    "Nobody had rotated these credentials since spring, so whoever found them could alter the firewall and come in by "        \
    "password."

#define RIGHT(id) "{'id': '" id "', 'kind': 'question', 'title': '', 'outcome': 'pass', 'points': 5, 'max': 5, 'expected': 'y'}"
#define WRONG(right)                                                                                                           \
    "{'id': 'a', 'kind': 'question', 'title': '', 'outcome': 'fail', 'points': 0, 'max': 5, 'expected': '" right "'}"
#define TRIED(sha256, answers)                                                                                                 \
    "{'sha256': '" sha256 "', 'outcome': 'good', 'facts': {'answers': {" answers "}}, "                                        \
    "'report': {'score': 0, 'max': 10, 'findings': []}}, "
#define ALL_RIGHT RIGHT("a") "," RIGHT("b")

struct handed { /* how one student's result differs from that of a student who did all alone */
    const char *sha256, *outcome, *sheet, *work;
    int entries;
    const char *answers, *findings;
    const char *before; /* an attempt before it */
};
static const struct {
    struct handed of[4]; /* s0, s1, ... */
    const char *found;   /* kind: students (base rate); ... */
} rows[] = {
    {{{0}},                                                                                                                   ""                                              },
    {{{.sha256 = "aa"}, {.sha256 = "aa", .outcome = "other-student"}},
     "another's lab: s1 (labs are drawn from the class's secret and the student's id); same bytes: s0 s1 (2 of 4 students: 50 "
     "%)"                                                                                                                                                                     },
    {{{.sha256 = "aa", .outcome = "no-lab"}, {0}, {.sha256 = "aa", .outcome = "no-lab"}},
     "same bytes: s0 s2 (2 of 4 students: 50 %)"                                                                                                                              },
    {{{.sheet = "aa"}, {.sheet = "aa"}, {.sheet = "aa"}},                                                                     "same answers: s0 s1 s2 (3 of 4 students: 75 %)"},
    {{{.sheet = "aa"}, {.sheet = "aa", .outcome = "ungradable"}},                                                             ""                                              },
    {{{.sheet = "aa", .answers = "'a': ['x'], 'b': ['y', '']"}, {.sheet = "aa", .answers = "'a': ['x'], 'b': ['y', '']"}},    ""                                              },
    {{{.sheet = "aa", .findings = ALL_RIGHT}, {.sheet = "aa", .findings = ALL_RIGHT}},                                        ""                                              },
    {{{.sheet = "aa", .findings = ALL_RIGHT}, {.sheet = "aa", .findings = RIGHT("a")}},
     "same answers: s0 s1 (2 of 4 students: 50 %)"                                                                                                                            },
    {{{.work = "aa", .entries = 4}, {.work = "aa", .entries = 4}, {.work = "bb"}, {.work = "bb", .outcome = "ungradable"}},
     "same steps: s0 s1 (2 of 3 students: 67 %)"                                                                                                                              },
    {{{.work = "aa", .entries = 3}, {.work = "aa", .entries = 3}},                                                            ""                                              },
 /* the right answer of one, of two; what stands in one's own evidence, too; what is too short to be anybody's */
    {{{.findings = WRONG("drawn-2222 (or so)")}, {.answers = "'a': ['drawn-2222']"}},
     "another's value: s1 s0 (of everybody with a grade only the second one has this value)"                                                                                  },
    {{{.findings = WRONG("drawn-2222")}, {.answers = "'a': ['drawn-2222']"}, {.findings = WRONG("drawn-2222")}},              ""                                              },
    {{{.findings = WRONG("chaos-user")}, {.answers = "'a': ['chaos-user']"}},                                                 ""                                              },
    {{{.findings = WRONG("qz9x")}, {.answers = "'a': ['qz9x']"}},                                                             ""                                              },
    {{{.findings = WRONG("qz9xy")}, {.answers = "'a': ['qz9xy']"}},
     "another's value: s1 s0 (of everybody with a grade only the second one has this value)"                                                                                  },
 /* in whatever spelling; an address that no lab draws, so that it stands in nobody's evidence */
    {{{.findings = WRONG("1999-01-02T03:04:05Z (within 1s)")}, {.answers = "'a': ['2 Jan 1999, 5:04:05 am +02:00']"}},
     "another's value: s1 s0 (of everybody with a grade only the second one has this value)"                                                                                  },
    {{{.findings = WRONG("100.64.99.7")}, {.answers = "'a': ['100.64.99[.]7,']"}},
     "another's value: s1 s0 (of everybody with a grade only the second one has this value)"                                                                                  },
 /* what was tried before counts for values and bytes, not for sheets and texts */
    {{{.sha256 = "aa", .before = TRIED("bb", "")}, {.sha256 = "aa"}},                                                         "same bytes: s0 s1 (2 of 4 students: 50 %)"     },
    {{{.findings = WRONG("drawn-2222")}, {.before = TRIED("bb", "'a': ['drawn-2222']")}},
     "another's value: s1 s0 (of everybody with a grade only the second one has this value)"                                                                                  },
    {{{.sheet = "aa", .answers = "'a': ['x', 'y']", .before = TRIED("bb", "'a': ['z']")},
      {.sheet = "aa", .answers = "'a': ['x', 'y']", .before = TRIED("cc", "'a': ['z']")}},
     ""                                                                                                                                                                       },
    {{{.before = TRIED("bb", "'why': ['" OWN_WORDS "']")}, {.answers = "'why': ['" OWN_WORDS "']"}},                          ""                                              },
 /* texts */
    {{{.answers = "'why': ['" OWN_WORDS "']"},
      {.answers = "'why': ['" OTHER_WORDS "']"},
      {.answers = "'why': ['" SAME_WORDS "']"}},
     "near-identical text: s0 s2 (pairs of long answers that are this alike: 1 of 3)"                                                                                         },
    {{{.answers = "'why': ['" OWN_WORDS "']"}, {.answers = "'why': ['" OWN_WORDS " " OWN_WORDS "']"}},
     "near-identical text: s0 s1 (pairs of long answers that are this alike: 1 of 1)"                                                                                         },
    {{{.answers = "'why': ['" OWN_WORDS "']"}, {.answers = "'why': ['" LOUD_WORDS "']"}},
     "near-identical text: s0 s1 (pairs of long answers that are this alike: 1 of 1)"                                                                                         },
    {{{.answers = "'why': ['" OWN_WORDS "']"},
      {.answers = "'why': ['" OWN_WORDS " Nobody had rotated these credentials since spring, so whoever found them']"}},
     ""                                                                                                                                                                       },
    {{{.answers = "'why': ['" OTHER_WORDS "'], 'how': ['" OWN_WORDS "']"},
      {.answers = "'why': ['" OWN_WORDS "'], 'how': ['" OWN_WORDS "']"}},
     "near-identical text: s0 s1 (pairs of long answers that are this alike: 1 of 2)"                                                                                         },
    {{{.answers = "'why': ['" OWN_WORDS "']"}, {.answers = "'how': ['" OWN_WORDS "']"}},                                      ""                                              },
    {{{.answers = "'why': ['" OWN_WORDS " " OTHER_WORDS "']"}, {.answers = "'why': ['" OWN_WORDS "']"}},                      ""                                              },
    {{{.answers = "'why': ['as short as what everybody says']"}, {.answers = "'why': ['as short as what everybody says']"}},
     ""                                                                                                                                                                       },
};

static bool write_result(struct class *c, size_t student, const struct handed *h)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *alone = arena_printf(&arena, "of-%zu", student);
    char *text = arena_printf(&arena,
                              "{'attempts': [%s{'sha256': '%s', 'outcome': '%s', 'facts': {'sheet': '%s', 'work': '%s', "
                              "'entries': %d, 'answers': {%s}}, 'report': {'score': 0, 'max': 10, 'findings': [%s]}}]}",
                              h->before ? h->before : "", h->sha256 ? h->sha256 : alone, h->outcome ? h->outcome : "good",
                              h->sheet ? h->sheet : alone, h->work ? h->work : alone, h->entries ? h->entries : 9,
                              h->answers ? h->answers : "'a': ['x'], 'b': ['y', 'z']", h->findings ? h->findings : "");
    for (char *quote = text; (quote = strchr(quote, '\''));)
        *quote = '"';
    return file_write(class_path(&arena, c, "results/s%zu.json", student), text, strlen(text), 0600, &e);
}

static void say(const struct analysis *a, struct str *out)
{
    for (size_t i = 0; i < a->n_alike; i++) {
        const struct likeness *l = &a->alike[i];
        str_addf(out, "%s%s:", i ? "; " : "", l->kind);
        for (size_t k = 0; k < l->n; k++)
            str_addf(out, " %s", l->students[k]);
        str_addf(out, " (%s)", l->base);
    }
}

/* A class of its own below `root`, which is made: the path's X are replaced. */
static bool open_class(struct arena *arena, char *root, const char *roster, struct class *c)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    if (!mkdtemp(root))
        return false;
    struct class_plan plan = {.dir = arena_printf(arena, "%s/c", root),
                              .scenario = "scenarios/cafe-breach",
                              .roster = arena_printf(arena, "%s/roster.csv", root),
                              .events = 10};
    return file_write(plan.roster, roster, strlen(roster), 0600, &e) && class_init(&plan, &diags, &e) &&
           class_open(plan.dir, c, &e);
}

static void found_where_it_is(void)
{
    static const char roster[] = "id\ns0\ns1\ns2\ns3\n";
    char root[] = "/tmp/cafelab-alike-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool open = open_class(&arena, root, roster, &c) && dir_make(class_path(&arena, &c, "results"), &e);
    CU_ASSERT(open);
    if (!open)
        return;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(analysis_drop) struct analysis a = {0};
        AUTO(str_drop) struct str text = {0};
        for (size_t k = 0; k < COUNT(rows[i].of); k++)
            CU_ASSERT(write_result(&c, k, &rows[i].of[k]));
        CU_ASSERT(analysis_make(&c, NULL, &a, &e));
        say(&a, &text);
        if (!text_same(str_text(&text), rows[i].found))
            printf("class_alike: row %zu: %s\n", i, str_text(&text));
        CU_ASSERT_STRING_EQUAL(str_text(&text), rows[i].found);
    }
    CU_ASSERT(dir_remove(root, &e));
}

struct moments { /* of a web server's first line, and from where; of what auditd wrote last */
    int64_t web_ms, audit_ms;
    char address[16];
};

static bool take_moments(void *context, const struct made_file *file, struct err *e)
{
    struct moments *m = context;
    struct tm tm = {0};
    (void)e;
    if (text_ends(file->path, "/access_log") && strptime(strchr(file->data, '[') + 1, "%d/%b/%Y:%H:%M:%S", &tm))
        m->web_ms = (int64_t)timegm(&tm) * 1000,
        snprintf(m->address, sizeof(m->address), "%.*s", (int)strcspn(file->data, " "), (const char *)file->data);
    for (const char *at = text_ends(file->path, "/audit.log") ? file->data : NULL; at && (at = strstr(at, "audit(")); at += 6)
        m->audit_ms = strtoll(at + 6, NULL, 10) * 1000;
    return true;
}

static bool moments_of(struct class *c, const struct variant *v, struct moments *m)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    const struct lab_plan plan = {
        .scenario = c->scenario->file, .play = class_options(c, v->student, v->draw), .take = take_moments, .take_context = m};
    *m = (struct moments){0};
    return lab_build(&plan, &diags, &e) && m->web_ms && m->audit_ms;
}

static void own_evidence_is_known(void)
{
    static const char roster[] = "id\ns0\ns1\n";
    char root[] = "/tmp/cafelab-alike-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(variants_drop) struct variants variants = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool open = open_class(&arena, root, roster, &c) && class_variants(&c, &variants, &e) && variants.list[0].n > 1;
    CU_ASSERT(open);
    if (!open)
        return;
    char *own = arena_dup(&arena, variants.list[0].values[0].value), *cut = arena_dup(&arena, own);
    cut[strlen(cut) - 1] = 0;  /* part of a word is none */
    const char *end = own + 1; /* nor is its end */
    struct moments m;
    CU_ASSERT(moments_of(&c, &variants.list[0], &m));
    const char *texts[] = {own,
                           variants.list[1].values[0].value,
                           cut,
                           "chaos-user",
                           "2001-01-01T00:00:00Z",
                           arena_time(&arena, m.web_ms, TIME_ISO),
                           arena_time(&arena, m.audit_ms, TIME_ISO),
                           end,
                           arena_printf(&arena, "audit(%lld.", (long long)(m.audit_ms / 1000)), /* ends with a sign */
                           m.address,
                           strchr(m.address, '.') + 1,                                                   /* no address */
                           arena_dupn(&arena, m.address, (size_t)(strrchr(m.address, '.') - m.address)), /* a network */
                           local_text_get(&c.scenario->title, "en")};                                    /* of README.md */
    bool has[COUNT(texts)], wanted[] = {true, false, false, true, false, true, true, false, true, true, false, false, false};
    CU_ASSERT(own_evidence_has(&c, &variants.list[0], texts, COUNT(texts), has, &e));
    for (size_t i = 0; i < COUNT(texts); i++)
        CU_ASSERT_EQUAL(has[i], wanted[i]);
    c.live = true;
    CU_ASSERT(!own_evidence_has(&c, &variants.list[0], texts, COUNT(texts), has, &e) && e.set);
    struct err removing = {0};
    CU_ASSERT(dir_remove(root, &removing));
}

/* What another's value was drawn for is evidence; one's own, and what several have, is none. */
static void values_of_others(void)
{
    static const struct {
        size_t of[2]; /* whose account s0 and s1 answer with */
        bool live;    /* nobody has such a lab's evidence but its student: then it is told */
        const char *found;
    } kinds[] = {
        {{0, 1}, false, ""                                              },
        {{1, 1}, false, "another's value: s0 s1"                        },
        {{1, 0}, false, "another's value: s0 s1; another's value: s1 s0"},
        {{1, 1}, true,  "another's value: s0 s1"                        },
    };
    char root[] = "/tmp/cafelab-alike-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool open = open_class(&arena, root, "id\ns0\ns1\n", &c) && dir_make(class_path(&arena, &c, "results"), &e);
    CU_ASSERT(open);
    for (size_t i = 0; open && i < COUNT(kinds); i++) {
        AUTO(analysis_drop) struct analysis a = {0};
        AUTO(variants_drop) struct variants variants = {0};
        AUTO(str_drop) struct str text = {0};
        c.live = kinds[i].live;
        CU_ASSERT(class_variants(&c, &variants, &e));
        for (size_t k = 0; k < 2; k++) { /* tried twice, it is still one thing */
            const char *value = variants.list[kinds[i].of[k]].values[0].value;
            struct handed h = {.answers = arena_printf(&arena, "'a': ['%s', '%s', 'of %zu']", value, value, k)};
            CU_ASSERT(write_result(&c, k, &h));
        }
        CU_ASSERT(analysis_make(&c, NULL, &a, &e));
        for (size_t k = 0; k < a.n_alike; k++)
            str_addf(&text, "%s%s: %s %s", k ? "; " : "", a.alike[k].kind, a.alike[k].students[0], a.alike[k].students[1]);
        if (!text_same(str_text(&text), kinds[i].found))
            printf("class_alike: values %zu: %s\n", i, str_text(&text));
        CU_ASSERT_STRING_EQUAL(str_text(&text), kinds[i].found);
    }
    CU_ASSERT(dir_remove(root, &(struct err){0}));
}

/* Half of the points in less than a tenth of the median, where that of five or more is known. */
static void hardly_any_time(void)
{
    static const struct {
        int seconds[6], score[6]; /* of 20 points; seconds -1 = not known */
        const char *found, *what;
    } kinds[] = {
        {{59, 600, 600, 600, 600, 600},
         {10, 10, 10, 10, 10, 10},
         "hardly any time: s0 (1 of 6 students whose time is known; the median is 10 min)", "1 min at work for 50 % of the points" },
        {{60, 600, 600, 600, 600, 600}, {10, 10, 10, 10, 10, 10}, "",                       NULL                                   },
        {{59, 600, 600, 600, 600, 600}, {9, 10, 10, 10, 10, 10},  "",                       NULL                                   },
        {{59, 600, 600, 600, 600, -1},
         {20, 10, 10, 10, 10, 20},
         "hardly any time: s0 (1 of 5 students whose time is known; the median is 10 min)", "1 min at work for 100 % of the points"},
        {{59, 600, 600, 600, -1, -1},   {20, 10, 10, 10, 10, 20}, "",                       NULL                                   },
    };
    char root[] = "/tmp/cafelab-alike-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool open = open_class(&arena, root, "id\ns0\ns1\ns2\ns3\ns4\ns5\n", &c) && dir_make(class_path(&arena, &c, "results"), &e);
    CU_ASSERT(open);
    for (size_t i = 0; open && i < COUNT(kinds); i++) {
        AUTO(analysis_drop) struct analysis a = {0};
        AUTO(str_drop) struct str text = {0};
        for (size_t k = 0; k < 6; k++) {
            const char *result =
                arena_printf(&arena,
                             "{\"attempts\": [{\"outcome\": \"good\", \"facts\": {\"time\": {\"seconds\": %d}}, \"report\": "
                             "{\"score\": %d, \"max\": 20, \"findings\": []}}]}",
                             kinds[i].seconds[k], kinds[i].score[k]);
            CU_ASSERT(file_write(class_path(&arena, &c, "results/s%zu.json", k), result, strlen(result), 0600, &e));
        }
        CU_ASSERT(analysis_make(&c, NULL, &a, &e));
        say(&a, &text);
        CU_ASSERT_STRING_EQUAL(str_text(&text), kinds[i].found);
        CU_ASSERT(!kinds[i].what || (a.n_alike == 1 && text_same(a.alike[0].what, kinds[i].what)));
    }
    CU_ASSERT(dir_remove(root, &e));
}

/* As a spreadsheet has it: of an even number, what lies between the two in the middle. */
static void medians(void)
{
    static const struct {
        size_t n;
        int64_t list[6], wanted;
    } rows[] = {
        {0, {0},                     -1},
        {1, {7},                     7 },
        {2, {30, 10},                20},
        {3, {9, 1, 5},               5 },
        {4, {70, 0, 20, 30},         25},
        {6, {0, 75, 22, 70, 33, 70}, 51},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t list[6];
        memcpy(list, rows[i].list, sizeof(list));
        CU_ASSERT_EQUAL(analysis_median(list, rows[i].n), rows[i].wanted);
    }
}

/* A text that all have from the same place: of 21 * 20 / 2 pairs the page shows 200, and says so. */
static void left_off(void)
{
    char root[] = "/tmp/cafelab-alike-XXXXXX";
    AUTO(class_close) struct class c = {0};
    AUTO(analysis_drop) struct analysis a = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str roster = {0}, page = {0}, screen = {0};
    struct err e = {0};
    str_add(&roster, "id\n");
    for (size_t i = 0; i < 21; i++)
        str_addf(&roster, "s%zu\n", i);
    bool open = open_class(&arena, root, str_text(&roster), &c) && dir_make(class_path(&arena, &c, "results"), &e);
    CU_ASSERT(open);
    if (!open)
        return;
    for (size_t i = 0; i < 21; i++)
        CU_ASSERT(write_result(&c, i, &(struct handed){.answers = "'why': ['" OWN_WORDS "']"}));
    CU_ASSERT(analysis_make(&c, NULL, &a, &e));
    CU_ASSERT_EQUAL(a.n_alike, 200);
    CU_ASSERT_EQUAL(a.alike_left_off, 10);
    analysis_html(&a, &page);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&page), "<p>10 more, no rarer than the last of these, are left off.</p>"));
    analysis_text(&a, &screen);
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&screen), "\n210 things are alike"));
    CU_ASSERT(dir_remove(root, &e));
}

CU_TestInfo class_alike_tests[] = {
    {"what is alike",                     found_where_it_is    },
    {"what stands in one's own evidence", own_evidence_is_known},
    {"values of others",                  values_of_others     },
    {"hardly any time",                   hardly_any_time      },
    {"medians",                           medians              },
    {"what a page cannot hold",           left_off             },
    CU_TEST_INFO_NULL,
};
