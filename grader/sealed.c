/* SPDX-License-Identifier: MIT */
/*
 * .cafelab/questions.json: what a bundle knows of its questions. Texts, points, types and options are there to read; each hint
 * is sealed under a key of its own, so that opening one shows no other. The student holds what the keys are made from: a seal
 * keeps the honest honest, and hints.jsonl says what was taken.
 */
#include "grader/grading.h"
#include "grader/types.h"

#include <string.h>

enum { QUESTIONS_MAX = 4 << 20, MOST_QUESTIONS = 500, MOST_HINTS = 50 };

static void seal(const struct seed *seed, const char *question, size_t hint, char *text, size_t n)
{
    AUTO(str_drop) struct str what = {0};
    str_addf(&what, "hint/%s/%zu", question, hint);
    lab_seal(seed, str_text(&what), text, n);
}

/* ---- writing ---- */

static json_t *local_json(const struct local_text *text)
{
    json_t *all = json_object();
    for (size_t i = 0; i < LANGUAGES; i++)
        json_put_text(all, scenario_languages[i], text->in[i]);
    return all;
}

static json_t *hint_json(const struct seed *seed, const char *question, size_t i, const struct hint *hint)
{
    AUTO(str_drop) struct str text = {0}, sealed = {0};
    json_auto_t *inside = json_object();
    json_put(inside, "text", local_json(&hint->text));
    json_put_text(inside, "sql", hint->shows.sql);
    json_put_text(inside, "command", hint->shows.command);
    str_add_json_value(&text, inside);
    seal(seed, question, i, text.s, text.len);
    str_add_base64(&sealed, text.s, text.len);
    return json_pack("{s:I, s:s}", "cost", (json_int_t)hint->cost, "sealed", str_text(&sealed));
}

static json_t *question_json(const struct seed *seed, const struct question *q)
{
    json_t *out = json_object(), *options = json_array(), *hints = json_array();
    const struct hint *hint = q->hints.items;
    json_put_text(out, "id", q->id);
    json_put(out, "ask", local_json(&q->ask));
    json_put_text(out, "type", q->type->name);
    json_put_text(out, "of", q->of ? q->of->name : NULL);
    json_put(out, "points", json_integer(q->points));
    for (size_t i = 0; i < q->options.n; i++)
        json_array_append_new(options, json_clean(q->options.list[i]));
    for (size_t i = 0; i < q->hints.n; i++)
        json_array_append_new(hints, hint_json(seed, q->id, i, &hint[i]));
    json_put(out, "options", options);
    json_put(out, "hints", hints);
    return out;
}

void rubric_seal(const struct rubric *rubric, const struct seed *seed, struct str *out)
{
    const struct question *q = rubric->questions.items;
    json_auto_t *all = json_array();
    for (size_t i = 0; i < rubric->questions.n; i++)
        json_array_append_new(all, question_json(seed, &q[i]));
    str_add_json_pretty(out, all);
}

/* ---- reading ---- */

static void take_local(struct arena *arena, const json_t *from, struct local_text *to)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        to->in[i] = arena_dup(arena, json_str(from, scenario_languages[i]));
}

static bool take_hint(struct arena *arena, const struct seed *seed, const char *question, size_t i, const json_t *from,
                      struct hint *to, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *sealed = json_str(from, "sealed");
    if (!sealed || !base64_decode(sealed, strlen(sealed), &text) || !text.len)
        return err_set(e, "hint %zu of \"%s\": expected base64", i + 1, question);
    seal(seed, question, i, text.s, text.len);
    struct err unreadable = {0};
    json_auto_t *inside = json_read(text.s, text.len, &unreadable);
    if (!inside)
        return err_set(e, "hint %zu of \"%s\": " LAB_SEAL_BROKEN, i + 1, question);
    take_local(arena, json_object_get(inside, "text"), &to->text);
    to->shows.sql = arena_dup(arena, json_str(inside, "sql"));
    to->shows.command = arena_dup(arena, json_str(inside, "command"));
    to->cost = json_int_or(from, "cost", 0);
    return true;
}

static bool take_hints(struct arena *arena, const struct seed *seed, const json_t *list, struct question *q, struct err *e)
{
    size_t n = json_array_size(list);
    if (n > MOST_HINTS)
        return err_set(e, "\"%s\": too many hints", q->id);
    struct hint *hints = arena_alloc(arena, (n + 1) * sizeof(*hints));
    for (size_t i = 0; i < n; i++)
        if (!take_hint(arena, seed, q->id, i, json_array_get(list, i), &hints[i], e))
            return false;
    q->hints = (struct list){hints, n};
    return true;
}

static bool take_question(struct arena *arena, const struct seed *seed, const json_t *from, struct question *q, struct err *e)
{
    const json_t *options = json_object_get(from, "options");
    q->id = arena_dup(arena, json_str(from, "id"));
    q->type = answer_type_find(json_str_or(from, "type", ""));
    q->of = answer_type_find(json_str_or(from, "of", ""));
    q->points = json_int_or(from, "points", 0);
    if (!q->id || !q->type || json_array_size(options) > MOST_QUESTIONS)
        return err_set(e, "expected questions with \"id\" and \"type\"");
    take_local(arena, json_object_get(from, "ask"), &q->ask);
    q->options.list = arena_alloc(arena, (json_array_size(options) + 1) * sizeof(*q->options.list));
    for (size_t i = 0; i < json_array_size(options); i++)
        if (json_is_string(json_array_get(options, i)))
            q->options.list[q->options.n++] = arena_dup(arena, json_string_value(json_array_get(options, i)));
    return take_hints(arena, seed, json_object_get(from, "hints"), q, e);
}

static struct rubric *rubric_unseal(const char *text, size_t n, const struct seed *seed, struct err *e)
{
    json_auto_t *all = json_read(text, n, e);
    struct rubric *rubric = xcalloc(1, sizeof(*rubric));
    bool good =
        all && ((json_is_array(all) && json_array_size(all) <= MOST_QUESTIONS) || err_set(e, "expected a list of questions"));
    struct question *q = good ? arena_alloc(&rubric->arena, (json_array_size(all) + 1) * sizeof(*q)) : NULL;
    rubric->questions = (struct list){q, good ? json_array_size(all) : 0};
    for (size_t i = 0; good && i < rubric->questions.n; i++)
        good = take_question(&rubric->arena, seed, json_array_get(all, i), &q[i], e);
    if (!good)
        rubric_free(&rubric);
    return rubric;
}

struct rubric *rubric_of_bundle(const struct lab *lab, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/questions.json", lab->dir);
    if (!file_read(path, QUESTIONS_MAX, &text, e))
        return NULL;
    struct rubric *rubric = rubric_unseal(str_text(&text), text.len, &lab->world.seed, e);
    if (!rubric)
        err_wrap(e, "%s", path);
    return rubric;
}
