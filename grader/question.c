/* SPDX-License-Identifier: MIT */
/*
 * Questions: their keys, and what no single key can tell: does the answer read as its type, is it among the options, do
 * the hints cost more than the question brings.
 */
#include "grader/types.h"

#include <stdlib.h>
#include <string.h>

#define QUESTION(member) offsetof(struct question, member)
#define HINT(member) offsetof(struct hint, member)

/* ---- keys that need a decode function of their own ---- */

bool decode_type(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const char *names[64] = {NULL};
    for (size_t i = 0; i < n_answer_types && i + 1 < COUNT(names); i++)
        names[i] = answer_types[i].name;
    int choice = 0;
    struct field named = *field;
    named.arg = names;
    if (!decode_choice(d, node, &named, &choice))
        return false;
    *(const struct answer_type **)out = &answer_types[choice];
    return true;
}

bool decode_wrong(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct question *q = out;
    if (node->kind != NODE_MAP || !node->n) {
        node_error(d->diags, node, "wrong-kind", "\"%s\": expected a map of wrong answers and what to say to each", field->key);
        return false;
    }
    q->wrong = arena_alloc(d->arena, node->n * sizeof(*q->wrong));
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        const struct node *key = node->pairs[i].key;
        struct diagnosis *wrong = &q->wrong[q->n_wrong++];
        *wrong = (struct diagnosis){.at = key->at, .width = key->width, .answer = key->text};
        good &= decode_local(d, node->pairs[i].value, field, &wrong->says);
    }
    return good;
}

bool decode_partial(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    static const int64_t limits[2] = {1, 99};
    struct question *q = out;
    if (node->kind != NODE_MAP || !node->n) {
        node_error(d->diags, node, "wrong-kind", "\"%s\": expected a map of answers and what each is worth, in per cent",
                   field->key);
        return false;
    }
    q->partial = arena_alloc(d->arena, node->n * sizeof(*q->partial));
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        const struct node *key = node->pairs[i].key;
        struct diagnosis *part = &q->partial[q->n_partial++];
        *part = (struct diagnosis){.at = key->at, .width = key->width, .answer = key->text};
        const struct field share = {key->text, decode_int, 0, true, "", limits};
        good &= decode_int(d, node->pairs[i].value, &share, &part->percent);
    }
    return good;
}

bool decode_compare(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    bool good = decode_struct(d, node, field, out);
    ((struct question *)((char *)out - QUESTION(compare)))->compare.there = true;
    return good;
}

/* ---- the tables ---- */

static const int64_t points_limits[2] = {1, 1000};
static const int64_t cost_limits[2] = {0, 1000};
static const int64_t share_limits[2] = {1, 100};

#define SHOWS(member) HINT(shows.member) - HINT(shows)
static const struct field shows_list[] = {
    {"sql",     decode_sql,     SHOWS(sql),     false, "a query to try",                                NULL},
    {"command", decode_command, SHOWS(command), false, "a command line to try, in the lab's folder",    NULL},
    {"finds",   decode_texts,   SHOWS(finds),   false, "what must stand in what it prints; never told", NULL},
};
static const struct fields shows_fields = {"what a hint shows", shows_list, COUNT(shows_list), 0, 0};

static const struct field hint_list[] = {
    {"text",  decode_local,  HINT(text),  true,  "the hint",                                         NULL         },
    {"cost",  decode_int,    HINT(cost),  false, "points that it takes off the question; 0 without", cost_limits  },
    {"shows", decode_struct, HINT(shows), false, "a query (sql) or a command line (command) to try", &shows_fields},
};
static const struct fields hint_fields = FIELDS_AT("a hint", hint_list, struct hint, at);

static const struct field question_list[] = {
    {"id",        decode_id,      QUESTION(id),          true,  "its key in the sheet",                                                           NULL           },
    {"ask",       decode_local,   QUESTION(ask),         true,  "the question",                                                                   NULL           },
    {"type",      decode_type,    QUESTION(type),        true,  "type of the answer: text, time, ip, ...",                                        NULL           },
    {"of",        decode_type,    QUESTION(of),          false, "type of the items of a set or order, of the right sides of match; text without",
     NULL                                                                                                                                                        },
    {"points",    decode_int,     QUESTION(points),      true,  "what it is worth",                                                               points_limits  },
    {"answer",    decode_node,    QUESTION(answer_node), true,  "the right answer; a list for set, order, multi, match",                          NULL           },
    {"accept",    decode_node,    QUESTION(accept_node), false, "other answers that are as good",                                                 NULL           },
    {"options",   decode_texts,   QUESTION(options),     false, "what can be chosen from, of choice and multi",                                   NULL           },
    {"within",    decode_text,    QUESTION(within),      false, "tolerance: of time 90s, of number and of sql's numbers 5 or 2%",                 NULL           },
    {"wrong",     decode_wrong,   0,                     false, "known wrong answers and what to say to each",                                    NULL           },
    {"partial",   decode_partial, 0,                     false, "answers that are worth a part: {answer: per cent}",                              NULL           },
    {"compare",   decode_compare, QUESTION(compare),     false, "of sql: what counts in comparing the rows",                                      &compare_fields},
    {"matches",   decode_texts,   QUESTION(matches),     false, "of rule: marked steps whose records it must find, and no others",
     NULL                                                                                                                                                        },
    {"precision", decode_int,     QUESTION(precision),   false,
     "of rule: how many per cent of what it finds must be right; 100 without",                                                                    share_limits   },
    {"recall",    decode_int,     QUESTION(recall),      false, "of rule: how many per cent of what it must find it has to; 100 without",
     share_limits                                                                                                                                                },
    {"requires",  decode_texts,   QUESTION(requires),    false, "questions before it that must be right, else it is skipped",                     NULL           },
    {"solve",     decode_method,  QUESTION(solve),       false, "how it can be found: one way or several, each by itself",                        &method_fields },
    {"hints",     decode_list,    QUESTION(hints),       false, "a ladder of hints, in order",                                                    &hint_fields   },
};
const struct fields question_fields = FIELDS_AT("a question", question_list, struct question, at);

/* ---- what no single key can tell ---- */

#define AT_ANSWER(q) (q)->answer_node->at, (q)->answer_node->width

/* Reads an author's answer as its type; one with an open reference is read when it is filled in. */
static bool reads(struct decoder *d, const struct question *q, const char *text, struct src_pos at, unsigned width,
                  const char *what, struct reading *out)
{
    AUTO(str_drop) struct str why = {0};
    struct reader reader = {.arena = d->arena, .question = q};
    if (q->type->needs_options && !q->options.n)
        return false; /* told by check_options */
    if (still_open(text) || answer_item_type(q)->read(&reader, text, out, &why))
        return true;
    if (q->type->judge) /* many lines: their places are in what is said */
        diag_error(d->diags, at, 1, "bad-answer", "%s is not of type %s: %s", what, q->type->name, str_text(&why));
    else
        diag_error(d->diags, at, width, "bad-answer", "%s \"%s\" is not of type %s: %s", what, text, answer_item_type(q)->name,
                   str_text(&why));
    return false;
}

static void check_texts(struct decoder *d, struct question *q, const struct node *node, const struct texts *texts,
                        const char *what)
{
    for (size_t i = 0; i < texts->n; i++) {
        const struct node *at = node->kind == NODE_LIST ? node->items[i] : node;
        struct reading reading = {0}, other = {0};
        if (!reads(d, q, texts->list[i], at->at, at->width, what, &reading))
            continue;
        for (size_t j = 0; j < i; j++) {
            bool same = text_same(texts->list[i], texts->list[j]);
            if (!same && reading.norm && !still_open(texts->list[j])) {
                AUTO(str_drop) struct str why = {0};
                struct reader reader = {.arena = d->arena, .question = q};
                same = answer_item_type(q)->read(&reader, texts->list[j], &other, &why) &&
                       answer_item_type(q)->same(q, &other, &reading);
            }
            if (same)
                diag_error(d->diags, at->at, at->width, "said-twice", "\"%s\" says the same as \"%s\" before it",
                           texts->list[i], texts->list[j]);
        }
    }
}

/* The left sides are printed in the sheet. */
static void check_lefts(struct decoder *d, const struct question *q)
{
    if (q->answer.n < 2)
        diag_error(d->diags, AT_ANSWER(q), "empty", "one pair is no choice: expected a list of at least two");
    for (size_t i = 0; i < q->answer.n; i++) {
        const struct node *at = q->answer_node->kind == NODE_LIST ? q->answer_node->items[i] : q->answer_node;
        const char *left = plain_text(d->arena, pair_left(d->arena, q->answer.list[i]));
        if (strchr(left, '{'))
            diag_error(d->diags, at->at, at->width, "bad-answer",
                       "\"%s\": what stands on the left is told before anything happens: "
                       "expected a reference on the right alone",
                       q->answer.list[i]);
        for (size_t j = 0; j < i; j++)
            if (text_same(left, plain_text(d->arena, pair_left(d->arena, q->answer.list[j]))))
                diag_error(d->diags, at->at, at->width, "said-twice", "\"%s\" stands on the left twice", left);
    }
}

static void check_answers(struct decoder *d, struct question *q)
{
    static const struct field answer = {"answer", decode_texts, 0, true, "", NULL};
    static const struct field accept = {"accept", decode_texts, 0, false, "", NULL};
    if (!q->answer_node || !decode_texts(d, q->answer_node, &answer, &q->answer))
        return;
    if (q->type->takes == TAKES_ONE && q->answer_node->kind == NODE_LIST)
        diag_error(d->diags, AT_ANSWER(q), "wrong-kind",
                   "a question of type %s has one answer: others that are as good go into \"accept\"", q->type->name);
    if (q->type->takes == TAKES_ORDER && q->answer.n < 2)
        diag_error(d->diags, AT_ANSWER(q), "empty", "one item has no order: expected at least two");
    check_texts(d, q, q->answer_node, &q->answer, "the answer");
    if (q->type->takes == TAKES_PAIRS)
        check_lefts(d, q);
    if (!q->accept_node || !decode_texts(d, q->accept_node, &accept, &q->accept))
        return;
    if (q->type->takes != TAKES_ONE)
        node_error(d->diags, q->accept_node, "useless-key", "\"accept\" is for types with one answer, not for %s",
                   q->type->name);
    else
        check_texts(d, q, q->accept_node, &q->accept, "the accepted answer");
}

static void check_options(struct decoder *d, const struct question *q)
{
    if (!q->type->needs_options) {
        if (q->options.n)
            key_error(d, q->at, "options", NULL, "useless-key", "\"options\" is for choice and multi, not for %s",
                      q->type->name);
        return;
    }
    if (q->options.n < 2)
        key_error(d, q->at, "options", NULL, "empty",
                  "the question \"%s\" has nothing to choose from: expected \"options\" with at least two", q->id);
    for (size_t i = 0; i < q->options.n; i++)
        for (size_t j = 0; j < i; j++)
            if (text_same(plain_text(d->arena, q->options.list[i]), plain_text(d->arena, q->options.list[j])))
                key_error(d, q->at, "options", q->options.list[i], "said-twice", "the option \"%s\" is there twice",
                          q->options.list[i]);
    if (q->type->takes == TAKES_SET && q->answer.n && q->answer.n == q->options.n)
        diag_error(d->diags, AT_ANSWER(q), "cannot-fail", "every option is right: there is nothing to choose");
}

static bool read_tolerance(struct question *q)
{
    char *end = NULL;
    if (!q->within || still_open(q->within))
        return true;
    if (q->type->read == read_time)
        return duration_parse(q->within, &q->tolerance_ms);
    q->tolerance = strtod(q->within, &end);
    if (end == q->within || q->tolerance < 0)
        return false;
    q->within_relative = q->type->judge && text_same(end, "%");
    if (q->within_relative)
        q->tolerance /= 100;
    else if (text_same(end, "%") && q->answer.n)
        q->tolerance *= strtod(q->answer.list[0], NULL) / 100;
    return !*end || text_same(end, "%");
}

static void check_within(struct decoder *d, struct question *q)
{
    if (q->within && !q->type->may_within)
        key_error(d, q->at, "within", NULL, "useless-key", "\"within\" is for time, number and sql, not for %s", q->type->name);
    else if (!read_tolerance(q))
        key_error(d, q->at, "within", q->within, "wrong-value", "\"within\": expected a tolerance such as %s, got \"%s\"",
                  q->type->read == read_time ? "90s" : "5 or 2%", q->within);
}

static void check_wrong(struct decoder *d, const struct question *q)
{
    struct reader reader = {.arena = d->arena, .question = q};
    for (size_t i = 0; i < q->n_wrong; i++) {
        const struct diagnosis *wrong = &q->wrong[i];
        struct reading reading = {0};
        bool read = reads(d, q, wrong->answer, wrong->at, wrong->width, "the wrong answer", &reading) && reading.norm;
        for (size_t j = 0; j < q->answer.n + q->accept.n; j++) {
            const char *right = j < q->answer.n ? q->answer.list[j] : q->accept.list[j - q->answer.n];
            AUTO(str_drop) struct str why = {0};
            struct reading key = {0};
            bool same = text_same(right, wrong->answer);
            if (!same && read && !still_open(right) && answer_item_type(q)->read(&reader, right, &key, &why))
                same = answer_item_type(q)->same(q, &key, &reading);
            if (same && !(q->type->read == read_time && !reading.zoned))
                diag_error(d->diags, wrong->at, wrong->width, "contradiction", "\"%s\" is called wrong and is the right answer",
                           wrong->answer);
        }
    }
}

static void check_partial(struct decoder *d, const struct question *q)
{
    struct reader reader = {.arena = d->arena, .question = q};
    if (q->n_partial && (q->type->takes != TAKES_ONE || q->type->manual)) {
        diag_error(d->diags, q->partial[0].at, q->partial[0].width, "useless-key",
                   "\"partial\" is for types with one answer: a list earns by what is right in it");
        return;
    }
    for (size_t i = 0; i < q->n_partial; i++) {
        const struct diagnosis *part = &q->partial[i];
        struct reading reading = {0};
        bool read = reads(d, q, part->answer, part->at, part->width, "the answer", &reading) && reading.norm;
        for (size_t j = 0; read && j < q->answer.n + q->accept.n; j++) {
            const char *right = j < q->answer.n ? q->answer.list[j] : q->accept.list[j - q->answer.n];
            AUTO(str_drop) struct str why = {0};
            struct reading key = {0};
            if (text_same(right, part->answer) ||
                (!still_open(right) && answer_item_type(q)->read(&reader, right, &key, &why) &&
                 answer_item_type(q)->same(q, &key, &reading)))
                diag_error(d->diags, part->at, part->width, "contradiction", "\"%s\" is the right answer, and worth all",
                           part->answer);
        }
        if (part->percent >= PART_IS_MOST)
            diag_warn(d->diags, part->at, part->width, "part-is-most",
                      "\"%s\" is worth %lld of 100: as good as right; expected less than %d, or the answer in \"accept\"",
                      part->answer, (long long)part->percent, PART_IS_MOST);
    }
}

static void check_pattern_answers(struct decoder *d, const struct question *q)
{
    for (size_t i = 0; i < q->answer.n + q->accept.n; i++) {
        const char *text = i < q->answer.n ? q->answer.list[i] : q->accept.list[i - q->answer.n];
        AUTO(str_drop) struct str why = {0};
        AUTO(pattern_drop) struct pattern *p = still_open(text) ? NULL : pattern_new(text, &why);
        if (why.len)
            diag_error(d->diags, AT_ANSWER(q), "bad-regex", "\"%s\" is no regular expression: %s", text, str_text(&why));
        else if (p && pattern_is_all(p, "", 0) > 0 && pattern_is_all(p, "7 zebras, Qx!", 13) > 0)
            diag_error(d->diags, AT_ANSWER(q), "cannot-fail", "\"%s\" matches whatever is answered", text);
    }
}

static void check_method(struct decoder *d, const struct question *q)
{
    if (q->solve.there && q->type->manual)
        key_error(d, q->at, "solve", NULL, "useless-key", "\"solve\" is for answers that can be judged, not for %s",
                  q->type->name);
    if (q->solve.there && q->type->judge)
        key_error(d, q->at, "solve", NULL, "useless-key", "\"solve\": the answer of a question of type %s is its own way",
                  q->type->name);
    if (q->solve.at.line) /* else missing or misread: told before */
        method_check(d, &q->solve);
}

static void check_hints(struct decoder *d, const struct question *q)
{
    const struct hint *hint = q->hints.items;
    int64_t cost = 0;
    for (size_t i = 0; i < q->hints.n; i++) {
        bool was_worth = cost < q->points;
        cost += hint[i].cost;
        if (hint[i].shows.finds.n && !hint[i].shows.sql && !hint[i].shows.command)
            diag_error(d->diags, hint[i].at, 1, "useless-key",
                       "\"finds\" is of what is shown: expected \"sql\" or \"command\" beside it");
        if (was_worth && cost >= q->points)
            diag_error(d->diags, hint[i].at, 1, "hints-cost-all",
                       "with this hint the question \"%s\" is worth nothing: %lld of %lld points go to hints", q->id,
                       (long long)cost, (long long)q->points);
    }
}

void question_check(struct decoder *d, struct question *q)
{
    if (!q->solve.there && (!q->type || !(q->type->manual || q->type->judge)))
        diag_error(d->diags, q->at, 1, "missing-key", "missing key \"solve\" in a question");
    if (!q->type)
        return;
    bool listed = q->type->takes != TAKES_ONE && !q->type->needs_options;
    bool no_pattern = q->type->takes == TAKES_PAIRS && q->of && q->of->same == same_pattern;
    if (q->of && (!listed || q->of->takes != TAKES_ONE || q->of->needs_options || no_pattern)) {
        key_error(d, q->at, "of", NULL, "useless-key",
                  "\"of\" is the plain type of the items of a set or an order, or of what match asks for, not for %s",
                  listed ? q->of->name : q->type->name);
        q->of = NULL;
    }
    check_answers(d, q);
    check_options(d, q);
    check_within(d, q);
    question_check_run(d, q);
    if (q->answer_node && q->answer.n && !((const struct rubric_reader *)d->context)->lookup) {
        check_partial(d, q);
        check_wrong(d, q); /* of the author's text: a variant where the two meet is for verify to find, not to fail in */
        if (answer_item_type(q)->same == same_pattern)
            check_pattern_answers(d, q);
    }
    check_method(d, q);
    check_hints(d, q);
}
