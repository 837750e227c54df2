/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of a submission beside its grade, for comparing students' work with each other, and how long it took as
 * far as that was noted.
 */
#include "grader/grading.h"

#include <string.h>

/* What was done, without what differs between two students who do the same: times, ids, addresses. */
static void hash_work(const struct submission *s, char out[65])
{
    AUTO(str_drop) struct str text = {0};
    const struct journal *journal = &s->lab.world.journal;
    for (size_t i = s->lab.built_entries; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        const char *command = entry->asked ? json_str(entry->asked, "command") : NULL;
        str_addf(&text, "%s %s\n", entry->op, command ? command : "");
    }
    sha256_hex(str_text(&text), text.len, out);
}

static void hash_answers(const struct submission *s, char out[65])
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < s->answers.n; i++) {
        const struct answer *a = &s->answers.list[i];
        for (size_t j = 0; j < a->given.n; j++)
            str_addf(&text, "%s=%s\n", a->id, a->given.list[j]);
    }
    sha256_hex(str_text(&text), text.len, out);
}

static json_t *seconds(int64_t ms)
{
    return json_integer((json_int_t)(ms / 1000));
}

static json_t *time_of(const struct pace *p)
{
    json_t *out = json_object(), *questions = json_object();
    AUTO(str_drop) struct str first = {0}, last = {0};
    str_add_time(&first, p->first_ms, TIME_ISO);
    str_add_time(&last, p->last_ms, TIME_ISO);
    json_put_text(out, "first", str_text(&first));
    json_put_text(out, "last", str_text(&last));
    json_put(out, "seconds", seconds(p->at_work_ms));
    for (size_t i = 0; i < p->n; i++)
        if (text_utf8(p->list[i].id, strlen(p->list[i].id)))
            json_put(questions, p->list[i].id, seconds(p->list[i].ms));
    json_put(out, "questions", questions);
    return out;
}

json_t *submission_facts(const struct submission *s)
{
    const struct journal *journal = &s->lab.world.journal;
    size_t from = s->lab.built_entries;
    char hex[65];
    json_t *out = json_object(), *answers = json_object();
    hash_answers(s, hex);
    json_put_text(out, "sheet", hex);
    hash_work(s, hex);
    json_put_text(out, "work", hex);
    json_put(out, "entries", json_integer((json_int_t)(journal->n > from ? journal->n - from : 0)));
    for (size_t i = 0; i < s->answers.n; i++) {
        const struct answer *a = &s->answers.list[i];
        json_t *given = json_array();
        for (size_t j = 0; j < a->given.n; j++)
            json_array_append_new(given, json_clean(a->given.list[j]));
        if (!json_object_get(answers, a->id) && text_utf8(a->id, strlen(a->id)))
            json_put(answers, a->id, given);
        else
            json_decref(given);
    }
    json_put(out, "answers", answers);
    if (s->pace.lines > 1) /* one moment is no time */
        json_put(out, "time", time_of(&s->pace));
    return out;
}
