/* SPDX-License-Identifier: MIT */
/* cafelab check: what a student may know before handing in. */
#include "grader/pace.h"
#include "grader/grader.h"
#include "sim/cli/cli.h"
#include "sim/cli/grading.h"

static const char *const words[] = {"empty", "answered", "unreadable", "holds", "not yet", "unknown"};

static json_t *self_json(const struct self_check *c)
{
    json_t *out = json_object(), *items = json_array(), *notes = json_array();
    for (size_t i = 0; i < c->n; i++) {
        json_t *item = json_object();
        json_put_text(item, "id", c->items[i].id);
        json_put_text(item, "title", c->items[i].title);
        json_put_text(item, "state", words[c->items[i].state]);
        json_put_text(item, "why", c->items[i].why);
        json_array_append_new(items, item);
    }
    for (size_t i = 0; i < c->n_notes; i++)
        json_array_append_new(notes, json_clean(c->notes[i]));
    json_put(out, "items", items);
    json_put(out, "notes", notes);
    json_put_text(out, "ungradable", c->ungradable);
    return out;
}

static void print_self(const struct self_check *c)
{
    for (size_t i = 0; i < c->n; i++)
        printf("%-11s %-16s %s%s%s\n", words[c->items[i].state], c->items[i].id, c->items[i].title, c->items[i].why ? ": " : "",
               c->items[i].why ? c->items[i].why : "");
    for (size_t i = 0; i < c->n_notes; i++)
        printf("note: %s\n", c->notes[i]);
    if (c->ungradable)
        printf("cannot be graded: %s\n", c->ungradable);
}

/* What a student should look at before handing in. */
static bool finds_something(const struct self_check *c)
{
    bool finds = c->ungradable || c->n_notes;
    for (size_t i = 0; i < c->n; i++)
        finds |= c->items[i].state == SELF_MALFORMED || c->items[i].state == SELF_EMPTY || c->items[i].state == SELF_NOT_YET;
    return finds;
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct grading_key k = {0};
    struct self_check c = {0};
    pace_note(request_arg(r, 0), "check", clock_now_ms());
    const char *language;
    AUTO(submission_free)
    struct submission *s = request_own_language(r, &language) ? submission_open(request_arg(r, 0), &e) : NULL;
    bool bundle = s && !submission_lab(s)->seed;
    struct rubric *own = bundle ? rubric_of_bundle(submission_lab(s), &e) : NULL;
    const struct key *key = s && !bundle ? grading_key_for(&k, submission_lab(s), NULL, &e) : NULL;
    int status = EXIT_TROUBLE;
    if (e.set)
        trouble_err(&e);
    if (key || own) {
        if (own)
            sheet_check(own, s, language, &c);
        else
            self_check(key, s, language, &c);
        if (request_has(r, "json")) {
            json_auto_t *value = self_json(&c);
            print_json(value);
        } else
            print_self(&c);
        status = finds_something(&c) ? EXIT_FINDINGS : EXIT_GOOD;
    }
    self_check_drop(&c);
    rubric_free(&own);
    grading_key_drop(&k);
    return status;
}

const struct command command_check = {
    .name = "check",
    .synopsis = "DIR",
    .says = "self-check: which answers can be read, which repairs hold",
    .more = "Never says whether an answer is right. Exit status 1: something is empty, unreadable or not yet done.\n"
            "In a class's bundle it looks at the answers only: what a repair must achieve is not in it.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {OPTION_JSON, {"lang", 0, "LANG", "en, pt or es; the lab's own without"}},
};
