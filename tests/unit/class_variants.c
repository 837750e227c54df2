/* SPDX-License-Identifier: MIT */
/* Nobody has another's variant, whoever joins when; and what a scenario cannot give is said. */
#include "grader/class/class.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char root[] = "/tmp/cafelab-variants-XXXXXX";

static bool make_class(const char *name, const char *scenario, size_t students, struct class *c)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str roster = {0};
    struct err e = {0};
    const char *csv = arena_printf(&arena, "%s/%s.csv", root, name), *dir = arena_printf(&arena, "%s/%s", root, name);
    str_add(&roster, "id\n");
    for (size_t i = 0; i < students; i++)
        str_addf(&roster, "s%zu\n", i);
    struct class_plan plan = {.dir = dir, .scenario = scenario, .roster = csv, .events = 10};
    plan.secret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    bool good =
        file_write(csv, str_text(&roster), roster.len, 0600, &e) && class_init(&plan, &diags, &e) && class_open(dir, c, &e);
    if (!good)
        printf("%s\n", e.msg);
    return good;
}

static size_t different(const struct variants *all, size_t value)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        size_t k = 0;
        while (k < i && !text_same(all->list[k].values[value].value, all->list[i].values[value].value))
            k++;
        n += k == i;
    }
    return n;
}

static size_t holders(const struct variants *all, size_t value, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += text_same(all->list[i].values[value].value, text);
    return n;
}

static void nobody_has_anothers(void)
{
    AUTO(class_close) struct class c = {0};
    AUTO(variants_drop) struct variants all = {0};
    struct err e = {0};
    CU_ASSERT(make_class("cafe", "scenarios/cafe-breach", 300, &c));
    CU_ASSERT(class_variants(&c, &all, &e));
    CU_ASSERT_EQUAL(all.n, 300);
    CU_ASSERT_EQUAL(all.shared, 0);
    CU_ASSERT_EQUAL(different(&all, 0), 300);
    size_t alone = 0;
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = 0; k < all.list[i].n; k++)
            alone += all.list[i].values[k].alone && !strcmp(all.list[i].values[k].name, "account");
    CU_ASSERT_EQUAL(alone, 300);
    for (size_t i = 0; i < all.n; i++) /* alone: in no other's variant */
        for (size_t k = 1; k < all.list[i].n; k++)
            CU_ASSERT_EQUAL(all.list[i].values[k].alone, holders(&all, k, all.list[i].values[k].value) == 1);
    CU_ASSERT_PTR_EQUAL(variants_of(&all, "s7"), &all.list[7]);
    CU_ASSERT_PTR_NULL(variants_of(&all, "nobody"));
}

/* The old key, where hardly anything is left to chance: some 160 variants. */
static bool narrow_scenario(const char *dir)
{
    static const char *const edits[][2] = {
        {"ip: 198.51.100.0/24",                                "ip: 198.51.100.8/30"                               },
        {"time: 2025-11-03T20:30:00Z .. 2025-11-03T23:30:00Z", "time: 2025-11-03T20:30:00Z .. 2025-11-03T20:30:00Z"},
        {"duration: 20s .. 70s",                               "duration: 20s .. 20s"                              },
        {"duration: 80s .. 200s",                              "duration: 80s .. 80s"                              },
        {"digits: 4",                                          "digits: 1"                                         },
        {"cidr: 203.0.113.16/28",                              "cidr: 203.0.113.16/30"                             },
    };
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0}, brief = {0};
    struct err e = {0};
    if (!file_read("docs/examples/old-key/scenario.yaml", YAML_MAX_BYTES, &text, &e) ||
        !file_read("docs/examples/old-key/brief.md", YAML_MAX_BYTES, &brief, &e) || !dir_make(dir, &e))
        return false;
    for (size_t i = 0; i < COUNT(edits); i++) {
        AUTO(str_drop) struct str edited = {0};
        const char *at = strstr(str_text(&text), edits[i][0]);
        if (!at)
            return false;
        str_addn(&edited, text.s, (size_t)(at - text.s));
        str_add(&edited, edits[i][1]);
        str_add(&edited, at + strlen(edits[i][0]));
        str_clear(&text);
        str_add(&text, str_text(&edited));
    }
    return file_write(arena_printf(&arena, "%s/scenario.yaml", dir), str_text(&text), text.len, 0644, &e) &&
           file_write(arena_printf(&arena, "%s/brief.md", dir), str_text(&brief), brief.len, 0644, &e);
}

/* All values but the account, together. */
static size_t different_rest(const struct variants *all)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char **rest = arena_alloc(&arena, (all->n + 1) * sizeof(*rest));
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        AUTO(str_drop) struct str text = {0};
        size_t k = 0;
        for (size_t v = 1; v < all->list[i].n; v++)
            str_addf(&text, "%s ", all->list[i].values[v].value);
        rest[i] = arena_dup(&arena, str_text(&text));
        while (k < i && strcmp(rest[k], rest[i]) != 0)
            k++;
        n += k == i;
    }
    return n;
}

static void drawn_again(void)
{
    static const struct {
        const char *name;
        size_t students;
        bool enough;
    } rows[] = {
        {"few",  60,  true },
        {"many", 700, false},
    };
    AUTO(arena_drop) struct arena arena = {0};
    const char *scenario = arena_printf(&arena, "%s/narrow", root);
    CU_ASSERT(narrow_scenario(scenario));
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(class_close) struct class c = {0};
        AUTO(variants_drop) struct variants all = {0};
        struct err e = {0};
        unsigned again = 0;
        CU_ASSERT(make_class(rows[i].name, scenario, rows[i].students, &c));
        CU_ASSERT(class_variants(&c, &all, &e));
        for (size_t k = 0; k < all.n; k++)
            again += all.list[k].draw > 0;
        CU_ASSERT(again > 0);
        CU_ASSERT_EQUAL(different(&all, 0), rows[i].students);
        CU_ASSERT_EQUAL(different_rest(&all), rows[i].students - all.shared);
        CU_ASSERT_EQUAL(all.shared == 0, rows[i].enough);
    }
}

/* What was settled stays when others join; drawn again from the file it is the same. */
static void joined_later(void)
{
    AUTO(class_close) struct class c = {0};
    AUTO(class_close) struct class more = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(variants_drop) struct variants first = {0}, again = {0}, grown = {0};
    struct err e = {0};
    static const char roster[] = "id\na0\ns0\ns1\ns2\nzz\n";
    CU_ASSERT(make_class("later", "scenarios/cafe-breach", 3, &c));
    CU_ASSERT(class_variants(&c, &first, &e) && class_variants(&c, &again, &e));
    CU_ASSERT(file_write(class_path(&arena, &c, "roster.csv"), roster, sizeof(roster) - 1, 0600, &e));
    CU_ASSERT(class_open(c.dir, &more, &e));
    CU_ASSERT(class_variants(&more, &grown, &e));
    CU_ASSERT_EQUAL(grown.n, 5);
    for (size_t i = 0; i < first.n; i++) {
        const struct variant *v = variants_of(&grown, first.list[i].student->id);
        CU_ASSERT(v && v->draw == first.list[i].draw);
        for (size_t k = 0; v && k < v->n; k++) {
            CU_ASSERT_STRING_EQUAL(v->values[k].value, first.list[i].values[k].value);
            CU_ASSERT_STRING_EQUAL(again.list[i].values[k].value, first.list[i].values[k].value);
        }
    }
}

/* variants.csv says that s1 has s0's draw of another name: nobody may have that. */
static void edited_file(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"id,draw\ns0,x\n",    "variants.csv:2: expected an id and a number"},
        {"id,draw\ns0\n",      "variants.csv:2: expected an id and a number"},
        {"id,draw\ns0,9999\n", "variants.csv:2: expected an id and a number"},
        {"id,draw\ns0,\"\n",   "variants.csv: cannot be read"               },
    };
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    CU_ASSERT(make_class("edited", "scenarios/cafe-breach", 2, &c));
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(variants_drop) struct variants all = {0};
        struct err wrong = {0};
        CU_ASSERT(file_write(class_path(&arena, &c, "variants.csv"), rows[i].text, strlen(rows[i].text), 0600, &e));
        CU_ASSERT_FALSE(class_variants(&c, &all, &wrong));
        CU_ASSERT_PTR_NOT_NULL(strstr(wrong.msg, rows[i].says));
    }
    AUTO(variants_drop) struct variants all = {0};
    static const char drawn[] = "id,draw\ns1,4\ngone,3\n";
    CU_ASSERT(file_write(class_path(&arena, &c, "variants.csv"), drawn, sizeof(drawn) - 1, 0600, &e));
    CU_ASSERT(class_variants(&c, &all, &e));
    CU_ASSERT_EQUAL(variants_of(&all, "s1")->draw, 4);
    CU_ASSERT_EQUAL(variants_of(&all, "s0")->draw, 0);
}

/* Of these two, with this secret, the first draws come to one account number (found among three million; another way of
 * drawing needs another pair): the second in the order of ids is drawn again, and nobody may have written down otherwise. */
static void one_account_for_two(void)
{
    static const char roster[] = "id\ns753567\ns1089122\n", said[] = "id,draw\ns1089122,0\ns753567,0\n";
    AUTO(class_close) struct class c = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(variants_drop) struct variants all = {0}, none = {0};
    struct err e = {0}, wrong = {0};
    CU_ASSERT(make_class("twins", "scenarios/cafe-breach", 1, &c));
    snprintf(c.secret, sizeof(c.secret), "%064d", 4711);
    c.content_hash = "0000000000000000000000000000000000000000000000000000000000000000";
    roster_drop(&c.roster);
    AUTO(diags_drop) struct diags diags = {0};
    CU_ASSERT(roster_read("roster.csv", roster, sizeof(roster) - 1, &c.roster, &diags));
    CU_ASSERT(class_variants(&c, &all, &e));
    CU_ASSERT(all.n == 2 && all.list[0].draw == 1 && all.list[1].draw == 0);
    CU_ASSERT_STRING_EQUAL(all.list[1].values[0].value, "187455953371");
    CU_ASSERT(all.n == 2 && strcmp(all.list[0].values[0].value, all.list[1].values[0].value) != 0);
    CU_ASSERT(file_write(class_path(&arena, &c, "variants.csv"), said, sizeof(said) - 1, 0600, &e));
    CU_ASSERT_FALSE(class_variants(&c, &none, &wrong));
    CU_ASSERT_PTR_NOT_NULL(strstr(wrong.msg, "\"s753567\" has another student's account"));
}

static void secret_that_others_read(void)
{
    AUTO(class_close) struct class c = {0};
    AUTO(class_close) struct class again = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    CU_ASSERT(make_class("open", "scenarios/cafe-breach", 1, &c));
    AUTO(str_drop) struct str secret = {0};
    const char *path = class_path(&arena, &c, "secret");
    CU_ASSERT(file_read(path, 100, &secret, &e) && file_write(path, str_text(&secret), secret.len, 0644, &e));
    CU_ASSERT_FALSE(class_open(c.dir, &again, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "can be read by others (mode 0644)"));
}

/* One folder for all of them: the registry knows only tests. */
static void everything(void)
{
    struct err e = {0};
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(root));
    nobody_has_anothers();
    drawn_again();
    joined_later();
    edited_file();
    one_account_for_two();
    secret_that_others_read();
    CU_ASSERT(dir_remove(root, &e));
}

CU_TestInfo class_variants_tests[] = {
    {"nobody has another's", everything},
    CU_TEST_INFO_NULL,
};
