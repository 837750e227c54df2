/* SPDX-License-Identifier: MIT */
/*
 * CTFd challenges, one folder a question, as `ctf challenge install` takes them. A flag is compared as it stands, or is a
 * regular expression that the whole input must match (Python's): moments in their usual spellings, lists in any order. Hints
 * are a ladder: each needs the one before it. Instants, orders of more than six items and essays cannot be judged by a flag.
 */
#include "grader/formats/questions.h"
#include "grader/formats/writing.h"
#include "grader/grading.h"
#include "grader/types.h"

#include <string.h>

enum { MOST_ITEMS = 6 };

static void add_field(struct str *out, const char *key, const char *text)
{
    str_addf(out, "%s: ", key);
    str_add_json(out, text); /* YAML reads it as it is */
    str_addc(out, '\n');
}

static void add_quoted_pattern(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr(".^$*+?()[]{}|\\/", *text))
            str_addc(out, '\\');
        str_addc(out, *text);
    }
}

static void add_flag(struct str *out, const char *type, const char *content)
{
    str_addf(out, "  - {type: %s, content: ", type);
    str_add_json(out, content);
    str_add(out, ", data: case_insensitive}\n");
}

/* 2025-10-15T17:20:33Z, with a blank for the T, with or without a zone that says UTC. */
static void add_moment(struct str *out, const char *answer)
{
    AUTO(str_drop) struct str pattern = {0};
    AUTO(arena_drop) struct arena arena = {0};
    const char *iso = moment_in_utc(&arena, answer);
    if (!iso)
        return;
    str_addn(&pattern, iso, 10);
    str_add(&pattern, "[T ]");
    str_addn(&pattern, iso + 11, 8);
    str_add(&pattern, "(\\.0+)?\\s*(Z|UTC|GMT|\\+00:?00)?");
    add_flag(out, "regex", str_text(&pattern));
}

/* Every item once, in any order, and nothing else. */
static void add_set(struct str *out, const struct texts *items, bool ordered)
{
    AUTO(str_drop) struct str pattern = {0}, any = {0};
    for (size_t i = 0; i < items->n; i++) {
        str_add(&any, i ? "|" : "");
        add_quoted_pattern(&any, items->list[i]);
        if (ordered) {
            str_add(&pattern, i ? "\\s*,\\s*" : "");
            add_quoted_pattern(&pattern, items->list[i]);
        } else {
            str_add(&pattern, "(?=(.*[\\s,])?");
            add_quoted_pattern(&pattern, items->list[i]);
            str_add(&pattern, "\\s*(,|$))");
        }
    }
    if (!ordered)
        str_addf(&pattern, "(?:(?:%s)\\s*(?:,\\s*|$)){%zu}", str_text(&any), items->n);
    add_flag(out, "regex", str_text(&pattern));
}

static bool add_flags(struct str *out, const struct question *q)
{
    const char *type = q->type->name;
    size_t before = out->len;
    if (q->type->takes != TAKES_ONE) {
        if (q->answer.n <= MOST_ITEMS)
            add_set(out, &q->answer, q->type->takes == TAKES_ORDER);
        return out->len > before;
    }
    for (size_t i = 0; !q->type->manual && !q->type->judge && i < q->answer.n + q->accept.n; i++) {
        const char *text = i < q->answer.n ? q->answer.list[i] : q->accept.list[i - q->answer.n];
        if (text_same(type, "time"))
            add_moment(out, text);
        else
            add_flag(out, text_same(type, "regex") ? "regex" : "static", text);
    }
    return out->len > before;
}

static void add_hints(struct str *out, const struct question *q, const char *language)
{
    const struct hint *hint = q->hints.items;
    if (q->hints.n)
        str_add(out, "hints:\n");
    for (size_t i = 0; i < q->hints.n; i++) {
        AUTO(str_drop) struct str text = {0};
        str_add(&text, local_text_get(&hint[i].text, language));
        const char *shows = hint[i].shows.sql ? hint[i].shows.sql : hint[i].shows.command;
        if (shows)
            str_addf(&text, "\n\n    %s", shows);
        str_add(out, "  - content: ");
        str_add_json(out, str_text(&text));
        str_addf(out, "\n    cost: %lld\n    key: h%zu\n", (long long)hint[i].cost, i + 1);
        if (i)
            str_addf(out, "    requirements: [h%zu]\n", i);
    }
}

bool questions_ctfd(const struct key *key, const char *language,
                    bool (*each)(void *, const char *, const struct str *, struct err *), void *context, struct err *e)
{
    const struct question *q = key->rubric->questions.items;
    for (size_t i = 0; i < key->rubric->questions.n; i++) {
        AUTO(str_drop) struct str out = {0}, flags = {0};
        if (!add_flags(&flags, &q[i]))
            continue;
        add_field(&out, "name", q[i].id);
        add_field(&out, "author", "cafelab");
        add_field(&out, "category", local_text_get(&key->scenario->title, language));
        add_field(&out, "description", local_text_get(&q[i].ask, language));
        add_field(&out, "attribution", "");
        str_addf(&out, "value: %lld\ntype: standard\nflags:\n%s", (long long)q[i].points, str_text(&flags));
        add_hints(&out, &q[i], language);
        if (q[i].requires.n)
            str_add(&out, "requirements:\n");
        for (size_t j = 0; j < q[i].requires.n; j++)
            str_addf(&out, "  - %s\n", q[i].requires.list[j]);
        str_add(&out, "state: visible\nversion: \"0.1\"\n");
        if (!each(context, q[i].id, &out, e))
            return false;
    }
    return true;
}
