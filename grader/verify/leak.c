/* SPDX-License-Identifier: MIT */
/*
 * No leak: what a student holds beside the evidence (README, sheet, .cafelab) has no answer, no hint, no check and no mark
 * in it; and nobody's secret but the student's own is anywhere.
 */
#include "grader/verify/proof.h"

#include <ctype.h>
#include <string.h>

enum { LEAST_ANSWER = 4, LEAST_TEXT = 12, MOST_BYTES = 64 << 20 };

struct looking {
    struct proof *p;
    const char *path; /* of the file that is looked into */
    struct str text;
};

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does it stand there as a word of its own? */
static bool holds(const struct str *text, const char *word)
{
    size_t n = strlen(word);
    const char *s = str_text(text), *end = s + text->len;
    for (const char *at; n && s < end && (at = memmem(s, (size_t)(end - s), word, n)); s = at + 1)
        if ((at == text->s || !word_char(at[-1])) && (at + n == end || !word_char(at[n])))
            return true;
    return false;
}

static void tell(struct looking *l, struct src_pos at, const char *what, const char *id, const char *value)
{
    fault_note(l->p,
               &(struct fault){.property = PROVE_LEAK,
                               .at = at,
                               .file = l->path,
                               .command = arena_printf(&l->p->arena, "grep -anF -e '%s' try/%s", value, l->path)},
               "%s of \"%s\" stands in %s: \"%s\"", what, id, l->path, value);
}

static bool has_options(const struct question *q)
{
    return q->type->needs_options || (q->of && q->of->needs_options);
}

static void look_for_answers(struct looking *l)
{
    const struct rubric *key = l->p->key->rubric;
    const struct question *q = key->questions.items;
    for (size_t i = 0; i < key->questions.n; i++)
        for (size_t j = 0; !has_options(&q[i]) && j < q[i].answer.n; j++) {
            l->p->facts[PROVE_LEAK]++;
            if (strlen(q[i].answer.list[j]) >= LEAST_ANSWER && holds(&l->text, q[i].answer.list[j]))
                tell(l, q[i].at, "the answer", q[i].id, q[i].answer.list[j]);
        }
}

static void look_for_text(struct looking *l, const struct local_text *text, struct src_pos at, const char *what, const char *id)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        const char *said = text->in[i];
        if (!said || strlen(said) < LEAST_TEXT)
            continue;
        l->p->facts[PROVE_LEAK]++;
        if (memmem(str_text(&l->text), l->text.len, said, strlen(said)))
            tell(l, at, what, id, said);
    }
}

static void look_for_rubric(struct looking *l)
{
    const struct rubric *key = l->p->key->rubric;
    const struct question *q = key->questions.items;
    for (size_t i = 0; i < key->questions.n; i++) {
        const struct hint *hint = q[i].hints.items;
        for (size_t j = 0; j < q[i].hints.n; j++)
            look_for_text(l, &hint[j].text, hint[j].at, "a hint", q[i].id);
        for (size_t j = 0; j < q[i].n_wrong; j++)
            look_for_text(l, &q[i].wrong[j].says, q[i].wrong[j].at, "the diagnosis of a wrong answer", q[i].id);
    }
    const struct check *c = key->checks.items;
    for (size_t i = 0; i < key->checks.n; i++)
        look_for_text(l, &c[i].title, c[i].at, "the title", c[i].id);
}

static void look_for_marks(struct looking *l)
{
    l->p->facts[PROVE_LEAK]++;
    if (memmem(str_text(&l->text), l->text.len, "\"mark\":", 7))
        fault_note(l->p, &(struct fault){.property = PROVE_LEAK, .file = l->path}, "%s names the story's marks", l->path);
}

static void look_for_secrets(struct looking *l)
{
    for (size_t i = 0; i < l->p->key->play.n_cast; i++) {
        const struct member *m = &l->p->key->play.cast[i];
        if (!m->secret || m->person->student)
            continue;
        l->p->facts[PROVE_LEAK]++;
        if (memmem(str_text(&l->text), l->text.len, m->secret, strlen(m->secret)))
            tell(l, m->person->at, "the secret access key", m->person->name, m->secret);
    }
}

/* What a person signs in with: in evidence an intruder may well have typed it. */
static void look_for_passwords(struct looking *l)
{
    for (size_t i = 0; i < l->p->key->play.n_cast; i++) {
        const struct member *m = &l->p->key->play.cast[i];
        if (!m->password || m->person->student)
            continue;
        l->p->facts[PROVE_LEAK]++;
        if (holds(&l->text, m->password))
            tell(l, m->person->at, "the password", m->person->name, m->password);
    }
}

/* The event history ends with the lab: what is yet to come is nobody's to know. */
static void look_for_future(struct looking *l)
{
    static const char field[] = "\"EventTime\":\"";
    const char *until = arena_time(&l->p->arena, l->p->untouched->lab.until_ms, TIME_ISO), *latest = "";
    const char *s = str_text(&l->text), *end = s + l->text.len;
    size_t n = strlen(until);
    l->p->facts[PROVE_LEAK]++;
    for (; (s = memmem(s, (size_t)(end - s), field, strlen(field))) && (size_t)(end - s) > strlen(field) + n; s++)
        if (strncmp(s + strlen(field), until, n) > 0)
            latest = s;
    if (*latest)
        fault_note(l->p,
                   &(struct fault){
                       .property = PROVE_LEAK,
                       .file = l->path,
                       .command = arena_printf(&l->p->arena, "jq -r '.Events[].EventTime' try/%s | sort | tail -n 1", l->path)},
                   "%s tells of what comes after the end of the lab's time, %s", l->path, until);
}

/* A scenario that is none of ours is found again by its path, which may hold any word; the SQL import is of the logs. */
static bool is_private(const char *path)
{
    return text_starts(path, ".cafelab/athena") || text_same(path, ".cafelab/scenario");
}

static bool look_into(void *context, const struct dir_entry *entry, struct err *e)
{
    struct looking *l = context;
    bool evidence = text_starts(entry->path, "s3/") || text_starts(entry->path, "host") ||
                    text_starts(entry->path, "server/") || text_starts(entry->path, "account/");
    if (entry->is_dir || entry->is_link || is_private(entry->path) || text_ends(entry->path, ".gz"))
        return true;
    str_clear(&l->text);
    l->path = entry->path;
    if (!file_read(arena_printf(&l->p->arena, "%s/%s", l->p->dir, entry->path), MOST_BYTES, &l->text, e))
        return false;
    look_for_secrets(l);
    if (text_same(entry->path, "account/event-history.json"))
        look_for_future(l);
    if (evidence)
        return true;
    look_for_rubric(l);
    if (text_same(entry->path, ".cafelab/journal.jsonl"))
        look_for_marks(l);
    if (text_starts(entry->path, ".cafelab/"))
        return true;
    look_for_answers(l);
    look_for_passwords(l);
    return true;
}

void prove_no_leak(struct proof *p)
{
    struct looking l = {.p = p};
    struct err e = {0};
    if (!dir_walk(p->dir, look_into, &l, &e))
        fault_note(p, &(struct fault){.property = PROVE_LEAK}, "%s", e.msg);
    str_drop(&l.text);
}
