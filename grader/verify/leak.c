/* SPDX-License-Identifier: MIT */
/*
 * No leak: what a student holds beside the evidence (README, sheet, .cafelab) has no answer, no hint, no check and no mark
 * in it; and nobody's secret but the student's own is anywhere.
 */
#include "grader/verify/proof.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAST_ANSWER = 4, LEAST_TEXT = 12 };
static const char event_history[] = "account/event-history.json";

struct bytes {
    const char *s;
    size_t len;
};
struct sought { /* a text that must stand nowhere */
    const char *text, *what, *id;
    struct src_pos at;
};
/* All of them are looked for at once, after Wu and Manber: where three bytes stand in none of them, none can end within the
 * length of the shortest. */
enum { BLOCK = 3, SHIFTS = 1 << 15 };
struct search {
    struct sought *list;
    size_t n, cap, least; /* length of the shortest, at most 200 */
    uint8_t shift[SHIFTS];
};
struct looking {
    struct proof *p;
    const struct play *story;
    const char *path; /* of the file that is looked into */
    struct bytes text;
    struct search secrets, rubric;
};

static size_t block_at(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    return ((size_t)u[0] ^ (size_t)u[1] << 5 ^ (size_t)u[2] << 10) & (SHIFTS - 1);
}

/* Once all are in the list. */
static void search_learn(struct search *s)
{
    s->least = 200;
    for (size_t i = 0; i < s->n; i++)
        s->least = strlen(s->list[i].text) < s->least ? strlen(s->list[i].text) : s->least;
    memset(s->shift, (int)(s->least - BLOCK + 1), sizeof(s->shift));
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j + BLOCK <= s->least; j++) {
            uint8_t *shift = &s->shift[block_at(s->list[i].text + j)], here = (uint8_t)(s->least - BLOCK - j);
            *shift = here < *shift ? here : *shift;
        }
}

static void tell(struct looking *l, struct src_pos at, const char *what, const char *id, const char *value)
{
    fault_note(
        l->p,
        &(struct fault){.property = PROVE_LEAK,
                        .at = at,
                        .file = l->path,
                        .command = arena_printf(&l->p->arena, "grep -anF -e %s try/%s", arena_shell_word(&l->p->arena, value),
                                                arena_shell_word(&l->p->arena, l->path))},
        "%s of \"%s\" stands in %s: \"%s\"", what, id, l->path, value);
}

/* Tells those that stand in the text; the same fault again is the same finding. */
static void search_run(struct looking *l, const struct search *s)
{
    const char *end = l->text.s + l->text.len;
    for (const char *at = l->text.s + s->least; s->n && at <= end;) { /* where the first `least` bytes of one would end */
        size_t shift = s->shift[block_at(at - BLOCK)];
        for (size_t i = 0; !shift && i < s->n; i++) {
            const char *text = s->list[i].text, *from = at - s->least;
            size_t n = strlen(text);
            if ((size_t)(end - from) >= n && !memcmp(from, text, n))
                tell(l, s->list[i].at, s->list[i].what, s->list[i].id, text);
        }
        at += shift ? shift : 1;
    }
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does it stand there as a word of its own? */
static bool holds(const struct bytes *text, const char *word)
{
    size_t n = strlen(word);
    const char *s = text->s, *end = s + text->len;
    for (const char *at; n && s < end && (at = memmem(s, (size_t)(end - s), word, n)); s = at + 1)
        if ((at == text->s || !word_char(at[-1])) && (at + n == end || !word_char(at[n])))
            return true;
    return false;
}

bool answer_stands_in(const char *text, size_t n, const char *answer)
{
    return strlen(answer) >= LEAST_ANSWER && holds(&(struct bytes){text, n}, answer);
}

static void look_for_answers(struct looking *l)
{
    const struct rubric *key = l->p->key->rubric;
    const struct question *q = key->questions.items;
    for (size_t i = 0; i < key->questions.n; i++)
        for (size_t j = 0; !answer_is_no_secret(&q[i]) && j < q[i].answer.n; j++) {
            l->p->facts[PROVE_LEAK]++;
            if (answer_stands_in(l->text.s, l->text.len, answer_secret(&q[i], j)))
                tell(l, q[i].at, "the answer", q[i].id, q[i].answer.list[j]);
        }
}

static void add_text(struct search *s, const struct local_text *text, struct src_pos at, const char *what, const char *id)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (text->in[i] && strlen(text->in[i]) >= LEAST_TEXT)
            *GROW(s->list, s->n, s->cap) = (struct sought){text->in[i], what, id, at};
}

/* Hints, diagnoses, the titles of checks, and what steps mean. */
static void learn_rubric(struct search *s, const struct rubric *key)
{
    const struct step *step = key->scenario->timeline.items;
    const struct question *q = key->questions.items;
    for (size_t i = 0; i < key->questions.n; i++) {
        const struct hint *hint = q[i].hints.items;
        for (size_t j = 0; j < q[i].hints.n; j++)
            add_text(s, &hint[j].text, hint[j].at, "a hint", q[i].id);
        for (size_t j = 0; j < q[i].n_wrong; j++)
            add_text(s, &q[i].wrong[j].says, q[i].wrong[j].at, "the diagnosis of a wrong answer", q[i].id);
    }
    const struct check *c = key->checks.items;
    for (size_t i = 0; i < key->checks.n; i++)
        add_text(s, &c[i].title, c[i].at, "the title", c[i].id);
    for (size_t i = 0; i < key->scenario->timeline.n; i++)
        add_text(s, &step[i].why, step[i].at, "what is told of a step", step[i].mark ? step[i].mark : step[i].as);
    search_learn(s);
}

static void learn_secrets(struct search *s, const struct play *story)
{
    for (size_t i = 0; i < story->n_cast; i++) {
        const struct member *m = &story->cast[i];
        if (m->secret && strlen(m->secret) >= LEAST_TEXT && !m->person->student)
            *GROW(s->list, s->n, s->cap) = (struct sought){m->secret, "the secret access key", m->person->name, m->person->at};
    }
    search_learn(s);
}

static void look_for_marks(struct looking *l)
{
    l->p->facts[PROVE_LEAK]++;
    if (memmem(l->text.s, l->text.len, "\"mark\":", 7))
        fault_note(l->p,
                   &(struct fault){.property = PROVE_LEAK,
                                   .file = l->path,
                                   .command = arena_printf(&l->p->arena, "grep -n -o '\"mark\":.*' try/%s",
                                                           arena_shell_word(&l->p->arena, l->path))},
                   "%s names the story's marks", l->path);
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

/* The event history ends with the lab: what is yet to come is nobody's to know. It has an event a line. */
static void look_for_future(struct looking *l)
{
    static const char field[] = "\"EventTime\":\"";
    const char *until = arena_time(&l->p->arena, l->story->until_ms, TIME_ISO), *latest = "";
    const char *end = l->text.s + l->text.len;
    size_t n = strlen(until);
    for (const char *line = l->text.s, *stop; line < end; line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        const char *s = memmem(line, (size_t)(stop - line), field, strlen(field));
        if (s && (size_t)(stop - s) > strlen(field) + n && strncmp(s + strlen(field), until, n) > 0)
            latest = s;
    }
    if (*latest)
        fault_note(l->p,
                   &(struct fault){
                       .property = PROVE_LEAK,
                       .at = place_of_part(l->p->scenario, "clock"),
                       .file = l->path,
                       .command = arena_printf(&l->p->arena, "jq -r '.Events[].EventTime' try/%s | sort | tail -n 1", l->path)},
                   "%s tells of what comes after the end of the lab's time, %s", l->path, until);
}

/* A scenario that is none of ours is found again by its path, which may hold any word; the SQL import is of the logs. */
static bool is_private(const char *path)
{
    return text_starts(path, ".cafelab/athena") || text_same(path, ".cafelab/scenario");
}

static void look_into_text(struct looking *l, const char *path, bool evidence)
{
    l->p->facts[PROVE_LEAK] += l->secrets.n;
    search_run(l, &l->secrets);
    if (text_same(path, event_history)) {
        l->p->facts[PROVE_LEAK]++;
        look_for_future(l);
    }
    if (evidence)
        return;
    l->p->facts[PROVE_LEAK] += l->rubric.n;
    search_run(l, &l->rubric);
    if (text_same(path, ".cafelab/journal.jsonl"))
        look_for_marks(l);
    if (text_starts(path, ".cafelab/"))
        return;
    look_for_answers(l);
    look_for_passwords(l);
}

/* Files of this lab, which nobody else writes: the event history is too long to be copied. NULL without an error: empty. */
static void *map_file(const char *path, size_t *ret_len, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *mapped = NULL;
    *ret_len = 0;
    if (fd < 0 || fstat(fd, &st))
        err_set(e, "open '%s': %m", path);
    else if (st.st_size &&
             (mapped = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)) == MAP_FAILED) {
        err_set(e, "map '%s': %m", path);
        mapped = NULL;
    }
    *ret_len = mapped ? (size_t)st.st_size : 0;
    close(fd);
    return mapped;
}

static bool look_into(void *context, const struct dir_entry *entry, struct err *e)
{
    struct looking *l = context;
    bool evidence = text_starts(entry->path, "s3/") || text_starts(entry->path, "host") ||
                    text_starts(entry->path, "server/") || text_starts(entry->path, "account/");
    if (entry->is_dir || entry->is_link || is_private(entry->path) || text_ends(entry->path, ".gz"))
        return true;
    l->path = entry->path;
    void *mapped = map_file(arena_printf(&l->p->arena, "%s/%s", l->p->dir, entry->path), &l->text.len, e);
    l->text.s = mapped;
    if (!mapped)
        return l->text.len == 0 && !e->set;
    look_into_text(l, entry->path, evidence);
    munmap(mapped, l->text.len);
    return true;
}

void prove_no_leak(struct proof *p)
{
    struct looking l = {.p = p, .story = &p->key->play};
    struct err e = {0};
    learn_secrets(&l.secrets, l.story);
    learn_rubric(&l.rubric, p->key->rubric);
    if (!dir_walk(p->dir, look_into, &l, &e))
        fault_note(p, &(struct fault){.property = PROVE_LEAK}, "%s", e.msg);
    prove_not_told(p);
    free(l.secrets.list);
    free(l.rubric.list);
}

/* ---- event history, while it is made ---- */

struct looking *leak_begin(struct proof *p, const struct play *story)
{
    struct looking *l = xcalloc(1, sizeof(*l));
    *l = (struct looking){.p = p, .story = story, .path = event_history};
    learn_secrets(&l->secrets, story);
    p->facts[PROVE_LEAK] += l->secrets.n + 1;
    return l;
}

bool leak_take_history(void *looking, const char *lines, size_t n, struct err *e)
{
    struct looking *l = looking;
    (void)e;
    l->text = (struct bytes){lines, n};
    search_run(l, &l->secrets);
    look_for_future(l);
    return true;
}

void leak_end(struct looking *l)
{
    free(l->secrets.list);
    free(l);
}
