/* SPDX-License-Identifier: MIT */
/*
 * Hints: one after the other, the price known before. What was taken is a line each in .cafelab/hints.jsonl; it lowers
 * what the question brings when it is solved, and nothing else.
 */
#include "grader/grading.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 << 10 };

static const char *hints_path(struct arena *arena, const char *dir)
{
    return arena_printf(arena, "%s/.cafelab/hints.jsonl", dir);
}

static void take_line(struct taken *t, const char *line, size_t n)
{
    struct err e = {0};
    json_auto_t *value = json_read(line, n, &e);
    const char *question = json_str(value, "question");
    int64_t number = json_int_or(value, "hint", 0);
    if (!question || number < 1 || number > 100) {
        t->unreadable++;
        return;
    }
    for (size_t i = 0; i < t->n; i++)
        if (text_same(t->list[i].question, question)) {
            t->list[i].n = (unsigned)number > t->list[i].n ? (unsigned)number : t->list[i].n;
            return;
        }
    *GROW(t->list, t->n, t->cap) = (struct hints_taken){arena_dup(&t->arena, question), (unsigned)number};
}

void taken_parse(const char *text, size_t n, struct taken *t)
{
    for (const char *s = text, *end = s + n; s < end;) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        size_t len = (size_t)((stop ? stop : end) - s);
        if (len)
            take_line(t, s, len);
        s += len + 1;
    }
}

void taken_read(const char *lab_dir, struct taken *t)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    const char *path = hints_path(&arena, lab_dir);
    if (!file_exists(path))
        return;
    if (!file_read(path, MOST_BYTES, &text, &e)) {
        t->unreadable++;
        return;
    }
    taken_parse(str_text(&text), text.len, t);
}

unsigned taken_of(const struct taken *t, const char *question)
{
    for (size_t i = 0; i < t->n; i++)
        if (text_same(t->list[i].question, question))
            return t->list[i].n;
    return 0;
}

void taken_drop(struct taken *t)
{
    free(t->list);
    arena_drop(&t->arena);
    *t = (struct taken){0};
}

bool hint_next(const struct rubric *rubric, const char *lab_dir, const char *question, const char *language,
               struct hint_offer *offer, struct err *e)
{
    const struct question *q = rubric_question(rubric, question, e);
    AUTO(taken_drop) struct taken taken = {0};
    if (!q)
        return false;
    if (!q->hints.n)
        return err_set(e, "the question '%s' has no hints", q->id);
    taken_read(lab_dir, &taken);
    unsigned n = taken_of(&taken, q->id);
    if (n >= q->hints.n)
        return err_set(e, "the question '%s' has no further hint: all %zu were taken", q->id, q->hints.n);
    const struct hint *hints = q->hints.items, *hint = &hints[n];
    int64_t before = 0;
    for (unsigned i = 0; i < n; i++)
        before += hints[i].cost;
    offer->question = q->id;
    offer->number = n + 1;
    offer->of = (unsigned)q->hints.n;
    offer->cost = hint->cost;
    offer->left = q->points - before - hint->cost;
    offer->text = local_text_get(&hint->text, language);
    offer->query = hint->shows.sql;
    offer->command = hint->shows.command;
    return true;
}

bool hint_take(const char *lab_dir, const struct hint_offer *offer, int64_t now_ms, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str line = {0};
    str_add(&line, "{\"question\":");
    str_add_json(&line, offer->question);
    str_addf(&line, ",\"hint\":%u,\"cost\":%lld,\"time\":\"", offer->number, (long long)offer->cost);
    str_add_time(&line, now_ms, TIME_ISO);
    str_add(&line, "\"}\n");
    return file_append(hints_path(&arena, lab_dir), str_text(&line), line.len, e);
}

void hint_drop(struct hint_offer *offer)
{
    arena_drop(&offer->arena);
    *offer = (struct hint_offer){0};
}
