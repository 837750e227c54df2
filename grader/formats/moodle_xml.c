/* SPDX-License-Identifier: MIT */
/*
 * A Moodle question bank. The declaration must be the file's first bytes; children stand in the order in which Moodle writes
 * them. Single answers are shortanswer (a * in them is escaped, it would be a wildcard), options multichoice, numbers
 * numerical; lists of more than three items and essays are essays with the answer for whoever marks them. Known wrong answers
 * bring their feedback and nothing.
 */
#include "grader/formats/questions.h"
#include "grader/formats/writing.h"
#include "grader/grading.h"
#include "grader/types.h"

#include <string.h>
#include <strings.h>

static void add_text(struct str *out, const char *element, const char *format, const char *text)
{
    str_addf(out, "    <%s%s%s%s><text>", element, format ? " format=\"" : "", format ? format : "", format ? "\"" : "");
    str_add_markup(out, text);
    str_addf(out, "</text></%s>\n", element);
}

static void add_answer(struct str *out, double fraction, const char *answer, bool pattern, const char *says)
{
    str_addf(out, "    <answer fraction=\"%g\" format=\"%s\"><text>", fraction, pattern ? "moodle_auto_format" : "plain_text");
    AUTO(str_drop) struct str text = {0};
    for (; *answer; answer++) {
        if (pattern && *answer == '*')
            str_addc(&text, '\\');
        str_addc(&text, *answer);
    }
    str_add_markup(out, str_text(&text));
    str_add(out, "</text><feedback format=\"plain_text\"><text>");
    str_add_markup(out, says ? says : "");
    str_add(out, "</text></feedback>");
}

/* Moodle takes only fractions of its own list: the next one below, a whole number of per cent for what it is rounded from. */
static double near_fraction(double percent)
{
    static const double known[] = {100,      90, 83.33333, 80, 75,       70,       66.66667, 60,       50, 40,
                                   33.33333, 30, 25,       20, 16.66667, 14.28571, 12.5,     11.11111, 10, 5};
    for (size_t i = 0; i < COUNT(known); i++)
        if (percent >= known[i] - 0.5)
            return known[i];
    return 0;
}

static void add_wrong(struct str *out, const struct question *q, const char *language)
{
    for (size_t i = 0; i < q->n_partial; i++) {
        add_answer(out, near_fraction((double)q->partial[i].percent), q->partial[i].answer, true, NULL);
        str_add(out, "</answer>\n");
    }
    for (size_t i = 0; i < q->n_wrong; i++) {
        add_answer(out, 0, q->wrong[i].answer, true, local_text_get(&q->wrong[i].says, language));
        str_add(out, "</answer>\n");
    }
}

/* Of a moment in UTC, with a blank and without the Z, too. */
static void add_right(struct str *out, const char *text, bool is_time)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *iso = is_time ? moment_in_utc(&arena, text) : NULL;
    const char *spellings[] = {text, iso, iso ? arena_printf(&arena, "%.10s %.8s", iso, iso + 11) : NULL};
    for (size_t i = 0; i < COUNT(spellings); i++)
        if (spellings[i] && (!i || !text_same(spellings[i], text))) {
            add_answer(out, 100, spellings[i], true, NULL);
            str_add(out, "</answer>\n");
        }
}

static void add_short(struct str *out, const struct question *q, const char *language)
{
    str_add(out, "    <usecase>0</usecase>\n");
    for (size_t i = 0; i < q->answer.n + q->accept.n; i++) {
        add_right(out, i < q->answer.n ? q->answer.list[i] : q->accept.list[i - q->answer.n], text_same(q->type->name, "time"));
    }
    add_wrong(out, q, language);
}

static void add_number(struct str *out, const struct question *q)
{
    add_answer(out, 100, q->answer.list[0], false, NULL);
    str_addf(out, "<tolerance>%g</tolerance></answer>\n", q->tolerance > 0 ? q->tolerance : 0);
}

static bool is_right(const struct question *q, const char *option)
{
    for (size_t i = 0; i < q->answer.n; i++)
        if (!strcasecmp(q->answer.list[i], option))
            return true;
    return false;
}

static void add_choice(struct str *out, const struct question *q)
{
    bool single = q->type->takes == TAKES_ONE;
    size_t right = 0;
    for (size_t i = 0; i < q->options.n; i++)
        right += is_right(q, q->options.list[i]);
    str_addf(
        out,
        "    <single>%s</single>\n    <shuffleanswers>true</shuffleanswers>\n    <answernumbering>none</answernumbering>\n",
        single ? "true" : "false");
    for (size_t i = 0; i < q->options.n; i++) {
        bool good = is_right(q, q->options.list[i]);
        double share = single ? 100 : near_fraction(100.0 / (double)(right ? right : 1));
        add_answer(out, good ? share : single ? 0 : -share, q->options.list[i], false, NULL);
        str_add(out, "</answer>\n");
    }
}

/* Two or three items in every order. */
static void add_list(struct str *out, const struct question *q)
{
    static const unsigned char orders[][3] = {
        {0, 1, 2},
        {0, 2, 1},
        {1, 0, 2},
        {1, 2, 0},
        {2, 0, 1},
        {2, 1, 0}
    };
    bool ordered = q->type->takes == TAKES_ORDER;
    str_add(out, "    <usecase>0</usecase>\n");
    for (size_t i = 0; i < (ordered ? 1 : COUNT(orders)); i++) {
        AUTO(str_drop) struct str text = {0};
        if (q->answer.n < 3 && orders[i][2] != 2)
            continue;
        for (size_t j = 0; j < q->answer.n; j++)
            str_addf(&text, "%s%s", j ? ", " : "", q->answer.list[q->answer.n == 1 ? 0 : orders[i][j]]);
        add_answer(out, 100, str_text(&text), true, NULL);
        str_add(out, "</answer>\n");
        if (q->answer.n == 1)
            break;
    }
}

static void add_essay(struct str *out, const struct question *q)
{
    AUTO(str_drop) struct str wanted = {0};
    for (size_t i = 0; i < q->answer.n; i++)
        str_addf(&wanted, "%s%s", i ? ", " : "", q->answer.list[i]);
    str_add(out, "    <responseformat>plain</responseformat>\n    <responserequired>1</responserequired>\n"
                 "    <responsefieldlines>10</responsefieldlines>\n    <attachments>0</attachments>\n");
    add_text(out, "graderinfo", "plain_text", str_text(&wanted));
}

static void add_pairs(struct str *out, const struct question *q)
{
    AUTO(arena_drop) struct arena arena = {0};
    str_add(out, "    <shuffleanswers>true</shuffleanswers>\n");
    for (size_t i = 0; i < q->answer.n; i++) {
        str_add(out, "    <subquestion format=\"plain_text\"><text>");
        str_add_markup(out, pair_left(&arena, q->answer.list[i]));
        str_add(out, "</text><answer><text>");
        str_add_markup(out, pair_right(q->answer.list[i]));
        str_add(out, "</text></answer></subquestion>\n");
    }
}

enum kind { SHORT, NUMBER, CHOICE, LIST, PAIRS, ESSAY };

static enum kind kind_of(const struct question *q)
{
    bool pattern = text_same(q->type->name, "regex");
    if (q->type->takes == TAKES_PAIRS)
        return PAIRS;
    if (q->type->manual || q->type->judge || pattern ||
        (q->type->takes != TAKES_ONE && !q->type->needs_options && q->answer.n > 3))
        return ESSAY;
    if (q->type->needs_options)
        return CHOICE;
    if (text_same(q->type->name, "number"))
        return NUMBER;
    return q->type->takes == TAKES_ONE ? SHORT : LIST;
}

static void add_question(struct str *out, const struct key *key, const struct question *q, const char *language)
{
    static const char *const types[] = {"shortanswer", "numerical", "multichoice", "shortanswer", "matching", "essay"};
    enum kind kind = kind_of(q);
    const struct hint *hint = q->hints.items;
    str_addf(out, "  <question type=\"%s\">\n", types[kind]);
    add_text(out, "name", NULL, q->id);
    add_text(out, "questiontext", "plain_text", local_text_get(&q->ask, language));
    add_text(out, "generalfeedback", "plain_text", "");
    str_addf(out, "    <defaultgrade>%lld</defaultgrade>\n    <penalty>%.7f</penalty>\n    <hidden>0</hidden>\n    <idnumber>",
             (long long)q->points, q->hints.n ? 1.0 / (double)(q->hints.n + 1) : 0.3333333);
    str_add_markup(out, key->scenario->id);
    str_addf(out, "-%s</idnumber>\n", q->id);
    switch (kind) {
    case SHORT: add_short(out, q, language); break;
    case NUMBER: add_number(out, q); break;
    case CHOICE: add_choice(out, q); break;
    case LIST: add_list(out, q); break;
    case PAIRS: add_pairs(out, q); break;
    case ESSAY: add_essay(out, q);
    }
    for (size_t i = 0; i < q->hints.n; i++)
        add_text(out, "hint", "plain_text", local_text_get(&hint[i].text, language));
    str_add(out, "  </question>\n");
}

void questions_moodle(const struct key *key, const char *language, struct str *out)
{
    const struct question *q = key->rubric->questions.items;
    AUTO(str_drop) struct str category = {0};
    for (const char *s = local_text_get(&key->scenario->title, language); *s; s++)
        str_addf(&category, *s == '/' ? "//" : "%c", *s); /* alone it would be a category within a category */
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n  <question type=\"category\">\n    <category><text>"
                 "$course$/top/");
    str_add_markup(out, str_text(&category));
    str_add(out, "</text></category>\n  </question>\n");
    for (size_t i = 0; i < key->rubric->questions.n; i++)
        add_question(out, key, &q[i], language);
    str_add(out, "</quiz>\n");
}
