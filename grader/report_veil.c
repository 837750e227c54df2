/* SPDX-License-Identifier: MIT */
/*
 * What a report says to a student who may still answer. What questions expected is left out, and so is the reason of a
 * repair where it holds an answer which is not right yet: of a hole that was not closed the very record that opened it
 * is evidence, with the event id, the moment, the address and the user that questions ask for.
 */
#include "grader/grader.h"
#include "grader/sentences.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    SHORTEST = 3, /* what is shorter, a number of a digit or two, stands in many a text by chance */
    HOUR = 11,    /* in a time as answers have it, and how long hour, minute and second are */
    CLOCK = 8
};

static bool is_within_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* A path that begins with a slash is one wherever it stands: host/etc/crontab has /etc/crontab. */
static bool has_word(const char *text, const char *word, size_t n)
{
    const char *end = text + strlen(text);
    bool any_before = !is_within_word(word[0]), any_after = !is_within_word(word[n - 1]);
    for (const char *at = text; (size_t)(end - at) >= n; at++)
        if (!strncasecmp(at, word, n) && (any_after || !is_within_word(at[n])) &&
            (any_before || at == text || !is_within_word(at[-1])))
            return true;
    return false;
}

/* Logs write a day in many ways, the time of day in one. */
static bool has_item(const char *text, const char *item, size_t n)
{
    bool is_time = n >= HOUR + CLOCK && item[HOUR - 1] == 'T' && item[HOUR + 2] == ':';
    if (is_time)
        return memmem(text, strlen(text), item + HOUR, CLOCK) != NULL;
    const char *slash = memrchr(item, '/', n);
    size_t name = slash ? (size_t)(item + n - slash - 1) : 0; /* of a file or an ARN it is an answer, too */
    const char *sign = memmem(item, n, " = ", 3);             /* of a pair the right side, too */
    if (sign && has_item(text, sign + 3, (size_t)(item + n - sign - 3)))
        return true;
    return (n >= SHORTEST && has_word(text, item, n)) || (name >= SHORTEST && has_word(text, item + n - name, name));
}

/* "a, b (within 1s)": a or b. */
static bool has_answer(const char *text, const char *expected)
{
    const char *end = strstr(expected, " (within ");
    size_t all = end ? (size_t)(end - expected) : strlen(expected);
    for (size_t from = 0, n; from < all; from += n + strlen(", ")) {
        const char *comma = memmem(expected + from, all - from, ", ", strlen(", "));
        n = comma ? (size_t)(comma - expected) - from : all - from;
        if (has_item(text, expected + from, n))
            return true;
    }
    return false;
}

static bool tells(const struct report *r, const char *text)
{
    for (size_t i = 0; text && i < r->n; i++) {
        const struct finding *f = &r->findings[i];
        if (f->kind == FINDING_QUESTION && f->outcome != OUTCOME_PASS && f->expected && has_answer(text, f->expected))
            return true;
    }
    return false;
}

static bool exhibit_tells(const struct report *r, const struct exhibit *e)
{
    AUTO(str_drop) struct str time = {0};
    if (e->time_ms)
        str_add_time(&time, e->time_ms, TIME_ISO);
    return tells(r, time.s) || tells(r, e->file) || tells(r, e->event_id) || tells(r, e->query) || tells(r, e->text);
}

static bool finding_tells(const struct report *r, const struct finding *f)
{
    bool it_does = tells(r, f->found) || tells(r, f->expected);
    for (size_t i = 0; !it_does && i < f->n_evidence; i++)
        it_does = exhibit_tells(r, &f->evidence[i]);
    return it_does;
}

/* All of a repair's reason or nothing: a line's number and another record of the same user lead to the answer as well. */
struct finding finding_veiled(const struct report *r, const struct finding *f, const char *language, struct arena *arena)
{
    struct finding seen = *f;
    bool question = f->kind == FINDING_QUESTION;
    if (!question && !finding_tells(r, f))
        return seen;
    seen.expected = NULL;
    seen.n_evidence = 0;
    if (question)
        return seen;
    seen.found = NULL;
    if (f->outcome == OUTCOME_PASS)
        return seen;
    seen.feedback = sentence("Why is not told as long as that would tell an answer that is not right yet.", language, NULL);
    if (f->feedback)
        seen.feedback = arena_printf(arena, "%s %s", seen.feedback, f->feedback);
    return seen;
}
