/* SPDX-License-Identifier: MIT */
/*
 * Variables and steps: circles, operations that cannot be, steps out of order or outside the clock. A variable gives a
 * step a span of time, so "can lie outside" is told for the worst that may be drawn.
 */
#include "sim/scenario/check.h"

#include <stdlib.h>
#include <string.h>

const char *const *scenario_marks(struct scenario *s)
{
    const struct step *steps = s->timeline.items;
    const char **names = arena_alloc(&s->arena, (s->timeline.n + 1) * sizeof(*names));

    for (size_t i = 0, n = 0; i < s->timeline.n; i++)
        if (steps[i].mark)
            names[n++] = steps[i].mark;
    return names;
}

/* ---- variables: a text may use only those above it, which also rules out circles ---- */

static void check_variables(const struct scenario *s, struct diags *diags)
{
    const struct variable *v = s->vary.items;
    for (size_t i = 0; i < s->vary.n; i++) {
        struct reference ref;
        const char *rest = v[i].text.text;
        while (rest && reference_next(&rest, &ref)) {
            size_t j = 0;
            while (j < i && !text_same(v[j].name, ref.name))
                j++;
            if (j < i && !ref.bad)
                continue;
            if (text_same(v[i].name, ref.name))
                diag_error(diags, v[i].text.at, v[i].text.width, "circle", "the variable \"%s\" is made of itself", ref.name);
            else
                diag_error(diags, v[i].text.at, v[i].text.width, "circle",
                           "%s: a variable's text may use variables above it only", ref.whole);
        }
    }
}

/* ---- what a step does ---- */

/* "T1136.001" */
static bool is_technique(const char *t)
{
    size_t n = t[0] == 'T' ? strspn(t + 1, ALPHABET_DIGITS) : 0;

    return n == 4 && (!t[5] || (t[5] == '.' && strspn(t + 6, ALPHABET_DIGITS) == 3 && !t[9]));
}

void scenario_check_techniques(const struct scenario *s, struct diags *diags)
{
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n && !s->attack_version; i++)
        if (step[i].technique) {
            unsigned width;
            struct src_pos at = scenario_place(s, step[i].technique, &width);
            diag_warn(diags, at, width, "no-attack-version",
                      "which version of ATT&CK is it of? missing key \"attack_version\", such as \"18.1\"");
            return;
        }
}

static void check_operation(const struct scenario *s, struct diags *diags, const struct step *step)
{
    const char *op = step->op ? step->op : "host:Run", *colon = strchr(op, ':');
    bool host = text_starts(op, "host:");

    if (!step->op && !step->run.n)
        diag_error(diags, step->at, 1, "missing-key", "a step needs \"do\" with an operation, or \"run\" with command lines");
    else if (!colon || colon == op || !colon[1])
        diag_error(diags, step->op_at, (unsigned)strlen(op), "bad-operation",
                   "expected service:Operation such as ec2:RunInstances, got \"%s\"", op);
    else if (step->run.n && !text_same(op, "host:Run") && !text_same(op, "ssm:SendCommand"))
        diag_error(diags, step->op_at, (unsigned)strlen(op), "bad-operation",
                   "\"run\" goes with ssm:SendCommand or with nothing else, not with %s", op);
    else if ((host || step->run.n) && !step->on)
        diag_error(diags, step->at, 1, "missing-key", "the step happens on a server: missing key \"on\"");
    else if (!host && !step->run.n && step->on)
        word_error(s, diags, step->on, "needless-key", "\"on\" goes with a host: operation or with \"run\", not with %s", op);
    if (step->technique && !is_technique(step->technique))
        word_error(s, diags, step->technique, "bad-technique", "expected a technique such as T1136.001, got \"%s\"",
                   step->technique);
}

static void check_repetition(const struct scenario *s, struct diags *diags, const struct step *step)
{
    const char *text = step->times.text, *rest = text;
    struct reference ref = {0};
    const void *item = NULL;
    int64_t low = 0, high = 0;
    if (!text)
        return;
    if (strspn(text, ALPHABET_DIGITS) == strlen(text) && strlen(text) < 9)
        low = high = strtoll(text, NULL, 10);
    else if (reference_next(&rest, &ref) && !ref.bad && !ref.start && !*rest &&
             scenario_name(s, ref.name, &item) == NAME_VARIABLE && ((const struct variable *)item)->kind == VARY_NUMBER) {
        low = ((const struct variable *)item)->low;
        high = ((const struct variable *)item)->high;
    }
    if (low < 1 || high > STEP_MOST_TIMES)
        diag_error(diags, step->times.at, step->times.width, "bad-number",
                   "\"times\": expected a number from 1 to %d, or a variable that is one, got \"%s\"", STEP_MOST_TIMES, text);
}

static void check_step(struct scenario *s, struct diags *diags, const struct step *step)
{
    expect_kind(s, diags, step->as, NAME_PERSON);
    expect_kind(s, diags, step->on, NAME_SERVER);
    expect_kind(s, diags, step->after, NAME_MARK);
    expect_kind(s, diags, step->session, NAME_MARK);
    expect_kind(s, diags, step->place, NAME_PLACE);
    check_client(s, diags, step->client);
    check_operation(s, diags, step);
    scenario_check_node(s, diags, step->with);
    for (size_t i = 0; i < step->run.n; i++) {
        unsigned width;
        struct src_pos at = scenario_place(s, step->run.list[i], &width);
        scenario_check_references(s, diags, step->run.list[i], at, width);
    }
    for (size_t i = 0; i < LANGUAGES; i++)
        if (step->why.in[i]) {
            unsigned width;
            struct src_pos at = scenario_place(s, step->why.in[i], &width);
            scenario_check_references(s, diags, step->why.in[i], at, width);
        }
    if (step->wait.text)
        scenario_check_references(s, diags, step->wait.text, step->wait.at, step->wait.width);
    if (step->at_time.text)
        scenario_check_references(s, diags, step->at_time.text, step->at_time.at, step->at_time.width);
    check_repetition(s, diags, step);
    if (step->region.text)
        scenario_check_references(s, diags, step->region.text, step->region.at, step->region.width);
    if (step->key.text)
        scenario_check_references(s, diags, step->key.text, step->key.at, step->key.width);
}

/* ---- when it does it ---- */

/* The span in which a variable or a plain text lies; false if it is no duration (or time). */
static bool span_of(const struct scenario *s, const char *text, bool time, int64_t *low, int64_t *high, bool *known)
{
    *known = true;
    bool zoned;
    if (!strstr(text, "{{")) {
        bool good = time ? time_parse(text, low, &zoned) : duration_parse(text, low);
        *high = *low;
        return good;
    }
    struct reference ref = {0};
    const char *rest = text;
    const void *item = NULL;
    if (!reference_next(&rest, &ref) || ref.bad || ref.start || *rest || scenario_name(s, ref.name, &item) != NAME_VARIABLE)
        return false;
    const struct variable *v = item;
    *low = v->low;
    *high = v->high;
    *known = !time || v->low; /* else its range was misread */
    return v->kind == (time ? VARY_TIME : VARY_DURATION);
}

/* In a live lab. */
static void check_live(struct scenario *s, struct diags *diags, const struct step *step)
{
    int64_t low, high;
    bool known;
    const struct value *wait = &step->live.wait, *or_at = &step->live.or_at;

    if (!step->live.at.line)
        return;
    expect_kind(s, diags, step->live.after, NAME_MARK);
    if (!step->live.after && !or_at->text)
        diag_error(diags, step->live.at, 1, "missing-key", "\"live\" needs \"after\" with a mark, or \"or_at\"");
    if (wait->text && !step->live.after)
        diag_error(diags, wait->at, wait->width, "missing-key", "a wait after what? missing key \"after\"");
    else if (wait->text && !span_of(s, wait->text, false, &low, &high, &known))
        diag_error(diags, wait->at, wait->width, "bad-duration",
                   "expected a duration such as \"30s\", or a variable that is one, got \"%s\"", wait->text);
    if (or_at->text && (or_at->text[0] != '+' || !duration_parse(or_at->text + 1, &low)))
        diag_error(diags, or_at->at, or_at->width, "bad-duration", "expected +90m after the start, got \"%s\"", or_at->text);
}

struct when { /* the earliest and the latest that a step can come */
    int64_t low, high;
    bool told; /* that it lies outside the clock: what follows it does, too */
};

static bool step_base(const struct scenario *s, struct diags *diags, const struct step *steps, size_t i,
                      const struct when *known, struct when *base)
{
    const struct step *step = &steps[i];
    bool known_time;
    if (step->when == STEP_AT_OFFSET)
        base->low = base->high = s->clock.start + step->offset_ms;
    else if (step->when == STEP_FOLLOWS)
        *base = i ? known[i - 1] : (struct when){s->clock.start, s->clock.start, false};
    else if (step->when == STEP_AT) {
        if (span_of(s, step->at_time.text, true, &base->low, &base->high, &known_time)) {
            base->told = !known_time;
            return true;
        }
        diag_error(diags, step->at_time.at, step->at_time.width, "bad-time",
                   "expected a time such as 2025-10-14T13:00:00Z, or a variable that is one, got \"%s\"", step->at_time.text);
        return false;
    } else {
        for (size_t j = 0; j < i; j++)
            if (text_same(steps[j].mark, step->after)) {
                *base = known[j];
                return true;
            }
        if (scenario_name(s, step->after, NULL) == NAME_MARK)
            word_error(s, diags, step->after, "circle", "\"after: %s\" names a step that comes later in the file", step->after);
        return false;
    }
    return true;
}

static void check_marks_used(const struct scenario *s, struct diags *diags, const struct step *steps, size_t i)
{
    if (!steps[i].session)
        return;
    for (size_t j = 0; j < i; j++)
        if (text_same(steps[j].mark, steps[i].session)) {
            if (!text_same(steps[j].op, "host:LogIn") && !text_same(steps[j].op, "ssm:StartSession") &&
                !text_same(steps[j].op, "signin:ConsoleLogin"))
                word_error(
                    s, diags, steps[i].session, "bad-session",
                    "\"session: %s\" is no login: expected the mark of host:LogIn, ssm:StartSession or signin:ConsoleLogin",
                    steps[i].session);
            return;
        }
    if (scenario_name(s, steps[i].session, NULL) == NAME_MARK)
        word_error(s, diags, steps[i].session, "circle", "\"session: %s\" names a step that comes later in the file",
                   steps[i].session);
}

static void check_when(struct scenario *s, struct diags *diags, const struct step *steps, size_t i, struct when *known)
{
    struct when *now = &known[i];
    int64_t end = s->clock.start + s->clock.length;

    if (!now->told && (now->low < s->clock.start || now->high > end)) {
        bool own = steps[i].when == STEP_AT; /* in a block the time is its use's */
        diag_error(diags, own ? steps[i].at_time.at : steps[i].at, own ? steps[i].at_time.width : 1, "outside-clock",
                   "this step can lie at %s, outside the clock (%s to %s)",
                   arena_time(&s->arena, now->high > end ? now->high : now->low, TIME_ISO),
                   arena_time(&s->arena, s->clock.start, TIME_ISO), arena_time(&s->arena, end, TIME_ISO));
        now->told = true;
    }
    if (steps[i].when == STEP_AT && i && steps[i].as && text_same(steps[i - 1].as, steps[i].as) && now->high < known[i - 1].low)
        diag_error(diags, steps[i].at_time.at, steps[i].at_time.width, "out-of-order",
                   "this step (%s at the latest) lies before the one above it (%s at the earliest), which the same person does",
                   arena_time(&s->arena, now->high, TIME_ISO), arena_time(&s->arena, known[i - 1].low, TIME_ISO));
}

static void check_times(struct scenario *s, struct diags *diags)
{
    const struct step *steps = s->timeline.items;
    struct when *known = arena_alloc(&s->arena, (s->timeline.n + 1) * sizeof(*known));

    for (size_t i = 0; i < s->timeline.n; i++) {
        struct when base = {s->clock.start, s->clock.start, false}, wait = {0, 0, false};
        bool known_wait, good = step_base(s, diags, steps, i, known, &base);
        check_live(s, diags, &steps[i]);
        check_marks_used(s, diags, steps, i);
        if (steps[i].wait.text && !span_of(s, steps[i].wait.text, false, &wait.low, &wait.high, &known_wait)) {
            diag_error(diags, steps[i].wait.at, steps[i].wait.width, "bad-duration",
                       "expected a duration such as \"30s\", or a variable that is one, got \"%s\"", steps[i].wait.text);
            good = false;
        }
        known[i] = (struct when){base.low + wait.low, base.high + wait.high, base.told};
        if (good && s->clock.start && s->clock.length)
            check_when(s, diags, steps, i, known);
    }
}

void check_steps(struct scenario *s, struct diags *diags)
{
    const struct step *steps = s->timeline.items, *solution = s->solution.items;

    check_variables(s, diags);
    for (size_t i = 0; i < s->timeline.n; i++)
        check_step(s, diags, &steps[i]);
    for (size_t i = 0; i < s->solution.n; i++)
        check_step(s, diags, &solution[i]);
    check_repairs(s, diags, check_step);
    check_times(s, diags);
}
