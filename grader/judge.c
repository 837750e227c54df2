/* SPDX-License-Identifier: MIT */
/*
 * Judging one answer. A single answer is right, a known mistake, several answers at once (refused), or simply wrong. A
 * list earns (hits - false ones) / expected, so that listing everything earns nothing; it is also refused by name.
 */
#include "grader/sentences.h"
#include "grader/types.h"

#include <string.h>

enum { SHOWN = 200, SHOWN_RUN = 600, SHOWN_ESSAY = 20000, MOST_ITEMS = 200 };

struct readings {
    struct reading *list;
    size_t n;
};

void verdict_drop(struct verdict *v)
{
    str_drop(&v->found);
    str_drop(&v->feedback);
}

void verdict_show(struct verdict *v, const struct exhibit *e)
{
    if (v->n_evidence < VERDICT_EXHIBITS)
        v->evidence[v->n_evidence++] = *e;
}

void str_add_words(struct str *out, const char *text)
{
    for (size_t from = out->len; *text;) {
        text += strspn(text, " \t\r\n");
        size_t n = strcspn(text, " \t\r\n");
        str_add(out, n && out->len > from ? " " : "");
        str_addn(out, text, n);
        text += n;
    }
}

static void add_cut(struct str *out, const char *text, size_t most, void (*clean_into)(struct str *, const char *))
{
    AUTO(str_drop) struct str clean = {0};
    clean_into(&clean, text);
    size_t n = clean.len > most ? most : clean.len;
    while (n < clean.len && n && ((unsigned char)clean.s[n] & 0xc0) == 0x80) /* not in the middle of a character */
        n--;
    str_addn(out, str_text(&clean), n);
    if (clean.len > n)
        str_add(out, "...");
}

static void add_shown(struct str *out, const char *text, size_t most)
{
    add_cut(out, text, most, str_add_log);
}

void verdict_say(struct verdict *v, const char *fmt, ...)
{
    va_list args;
    if (v->feedback.len)
        str_addc(&v->feedback, ' ');
    va_start(args, fmt);
    str_vaddf(&v->feedback, sentence(fmt, v->language, NULL), args);
    va_end(args);
}

/* What readers and near misses say is a sentence, too. */
static void say_of(struct verdict *v, const char *fmt, const char *why)
{
    AUTO(str_drop) struct str reason = {0};
    str_add_sentence(&reason, why, v->language);
    str_addf(&v->feedback, "%s", v->feedback.len ? " " : "");
    str_addf(&v->feedback, sentence(fmt, v->language, NULL), str_text(&reason));
}

/* The right readings of a single answer: `answer` and every `accept`. Unreadable ones were found when it was filled in. */
static struct readings key_readings(const struct reader *r)
{
    const struct question *q = r->question;
    size_t n = q->answer.n + q->accept.n;
    struct readings key = {arena_alloc(r->arena, n * sizeof(*key.list)), 0};
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str why = {0};
        const char *text = i < q->answer.n ? q->answer.list[i] : q->accept.list[i - q->answer.n];
        if (answer_item_type(q)->read(r, text, &key.list[key.n], &why))
            key.n++;
    }
    return key;
}

static bool is_one_of(const struct question *q, const struct readings *key, const struct reading *given)
{
    for (size_t i = 0; i < key->n; i++)
        if (answer_item_type(q)->same(q, &key->list[i], given))
            return true;
    return false;
}

static const struct diagnosis *known_mistake(const struct reader *r, const struct reading *given)
{
    const struct question *q = r->question;
    const struct answer_type *type = answer_item_type(q);
    for (size_t i = 0; i < q->n_wrong; i++) {
        AUTO(str_drop) struct str why = {0};
        struct reading wrong = {0};
        if (type->read(r, q->wrong[i].answer, &wrong, &why) &&
            (type->same_wrong ? type->same_wrong : type->same)(q, &wrong, given))
            return &q->wrong[i];
    }
    return NULL;
}

/* "console or programmatic", "a, b; c": the parts of a text that may be several answers. NULL-terminated, in the arena. */
static const char **split(struct arena *arena, const char *text, size_t *ret_n)
{
    static const char *const marks[] = {",", ";", "|", "\n", " or ", " and ", " ou ", " e ", " o ", " y ", " / "};
    const char **parts = arena_alloc(arena, (MOST_ITEMS + 1) * sizeof(*parts));
    size_t n = 0;
    const char *from = text, *s = text;
    while (*s) {
        size_t len = 0;
        for (size_t i = 0; i < COUNT(marks) && !len; i++)
            len = text_starts(s, marks[i]) ? strlen(marks[i]) : 0;
        if (len && n < MOST_ITEMS - 1)
            parts[n++] = bare_text(arena, arena_dupn(arena, from, (size_t)(s - from)));
        s += len ? len : 1;
        from = len ? s : from;
    }
    parts[n++] = bare_text(arena, from);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (*parts[i])
            parts[kept++] = parts[i];
    *ret_n = kept;
    return parts;
}

/* A text of several parts of which one is right: whoever names all of them would always be right. */
static bool several_answers(const struct reader *r, const struct readings *key, const char *text)
{
    size_t n = 0;
    const char **parts = split(r->arena, text, &n);
    for (size_t i = 0; n > 1 && i < n; i++) {
        AUTO(str_drop) struct str why = {0};
        struct reading part = {0};
        if (answer_item_type(r->question)->read(r, parts[i], &part, &why) && is_one_of(r->question, key, &part))
            return true;
    }
    return false;
}

static const struct diagnosis *worth_a_part(const struct reader *r, const struct reading *given)
{
    const struct question *q = r->question;
    for (size_t i = 0; i < q->n_partial; i++) {
        AUTO(str_drop) struct str why = {0};
        struct reading part = {0};
        if (q->type->read(r, q->partial[i].answer, &part, &why) && q->type->same(q, &part, given))
            return &q->partial[i];
    }
    return NULL;
}

static void judge_one(const struct reader *r, const char *language, const char *text, struct verdict *v)
{
    const struct question *q = r->question;
    AUTO(str_drop) struct str why = {0};
    struct readings key = key_readings(r);
    struct reading given = {0};
    bool read = q->type->read(r, text, &given, &why);
    if (read && is_one_of(q, &key, &given)) {
        v->outcome = OUTCOME_PASS;
        v->hits = v->of = 1;
        return;
    }
    const struct diagnosis *known = read ? known_mistake(r, &given) : NULL, *part = read ? worth_a_part(r, &given) : NULL;
    if (part) {
        v->outcome = OUTCOME_PARTIAL;
        v->hits = part->percent;
        v->of = 100;
    }
    if (part && !known)
        verdict_say(v, "Near enough for %lld %% of the points, but not what was asked for.", (long long)part->percent);
    else if (known)
        verdict_say(v, "%s", local_text_get(&known->says, language));
    else if (several_answers(r, &key, text))
        verdict_say(v, "Several answers at once count as none: decide on one.");
    else if (!read)
        say_of(v, "That cannot be read as an answer: %s.", str_text(&why));
    else if (q->type->near_miss && key.n) {
        AUTO(str_drop) struct str near = {0};
        q->type->near_miss(&key.list[0], &given, &near);
        if (near.len)
            say_of(v, "Near: %s.", str_text(&near));
    }
}

/* ---- lists ---- */

/* What the student listed, understood and without repetitions; a single text may hold a whole list. */
static struct readings read_items(const struct reader *r, const struct texts *given, struct verdict *v)
{
    const struct question *q = r->question;
    size_t n = given->n;
    const char **texts = given->list;
    if (n == 1)
        texts = split(r->arena, given->list[0], &n);
    struct readings items = {arena_alloc(r->arena, (n + 1) * sizeof(*items.list)), 0};
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str why = {0};
        struct reading *item = &items.list[items.n];
        if (!answer_item_type(q)->read(r, texts[i], item, &why)) {
            AUTO(str_drop) struct str shown = {0};
            add_shown(&shown, texts[i], SHOWN);
            AUTO(str_drop) struct str reason = {0};
            str_add_sentence(&reason, str_text(&why), v->language);
            verdict_say(v, "\"%s\": %s.", str_text(&shown), str_text(&reason));
            v->extra++;
        } else if (!is_one_of(q, &items, item))
            items.n++;
    }
    return items;
}

static void explain_extras(const struct reader *r, const char *language, const struct readings *key,
                           const struct readings *items, struct verdict *v)
{
    for (size_t i = 0; i < items->n; i++) {
        const struct diagnosis *known = NULL;
        if (!is_one_of(r->question, key, &items->list[i]))
            known = known_mistake(r, &items->list[i]);
        if (known)
            verdict_say(v, "%s", local_text_get(&known->says, language));
    }
}

static bool lists_everything(const struct question *q, const struct readings *key, size_t n)
{
    if (q->type->needs_options)
        return n >= q->options.n && key->n < q->options.n;
    return n >= 2 * key->n + 2;
}

static int64_t common_order(const struct reader *r, const struct readings *key, const struct readings *items)
{
    size_t width = items->n + 1;
    int64_t *row = arena_alloc(r->arena, width * sizeof(*row));
    for (size_t i = 0; i < key->n; i++) {
        int64_t diagonal = 0;
        for (size_t j = 1; j < width; j++) {
            int64_t above = row[j];
            if (answer_item_type(r->question)->same(r->question, &key->list[i], &items->list[j - 1]))
                row[j] = diagonal + 1;
            else if (row[j - 1] > row[j])
                row[j] = row[j - 1];
            diagonal = above;
        }
    }
    return row[width - 1];
}

static bool has_left(const struct reading *list, size_t n, const char *left)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(list[i].left, left))
            return true;
    return false;
}

/* One answer to each left side is asked for: a wrong one is only a hit less, every other one is too many. */
static int64_t false_pairs(const struct readings *key, const struct readings *items)
{
    int64_t n = 0;
    for (size_t i = 0; i < items->n; i++)
        n += !has_left(key->list, key->n, items->list[i].left) || has_left(items->list, i, items->list[i].left);
    return n;
}

static void judge_list(const struct reader *r, const char *language, const struct texts *given, struct verdict *v)
{
    const struct question *q = r->question;
    struct readings key = key_readings(r), items = read_items(r, given, v);
    int64_t hits = 0;
    for (size_t i = 0; i < items.n; i++)
        hits += is_one_of(q, &key, &items.list[i]);
    v->extra += q->type->takes == TAKES_PAIRS ? false_pairs(&key, &items) : (int64_t)items.n - hits;
    v->of = (int64_t)key.n;
    if (lists_everything(q, &key, items.n)) {
        verdict_say(v, "%zu items are a list of everything: name only what is asked for.", items.n);
        return;
    }
    explain_extras(r, language, &key, &items, v);
    if (q->type->takes == TAKES_ORDER) { /* one item alone is in order with itself: the first earns nothing */
        int64_t in_order = common_order(r, &key, &items);
        if (in_order < hits)
            verdict_say(v, "Right items, not in order.");
        bool all = in_order == v->of && !v->extra;
        v->of = v->of > 1 && !all ? v->of - 1 : v->of;
        hits = in_order > 0 && !all && key.n > 1 ? in_order - 1 : in_order;
    }
    v->hits = hits;
    if (v->hits == v->of && !v->extra)
        v->outcome = OUTCOME_PASS;
    else if (v->hits > v->extra)
        v->outcome = OUTCOME_PARTIAL;
    if (v->outcome != OUTCOME_PASS && v->extra)
        verdict_say(v, "%lld too many: each takes one hit away.", (long long)v->extra);
}

static void show_given(const struct texts *given, size_t most, struct verdict *v)
{
    for (size_t i = 0; i < given->n && i < 12; i++) {
        if (i)
            str_add(&v->found, ", ");
        add_shown(&v->found, given->list[i], most);
    }
    if (given->n > 12)
        str_addf(&v->found, ", and %zu more", given->n - 12);
}

/* Many lines as one. */
static void show_lines(struct arena *arena, const char *text, struct verdict *v)
{
    AUTO(str_drop) struct str line = {0};
    str_add_words(&line, text);
    add_shown(&v->found, arena_dup(arena, str_text(&line)), SHOWN_RUN);
}

void judge(const struct reader *r, const char *language, const struct texts *given, struct verdict *v)
{
    struct texts said = {arena_alloc(r->arena, (given->n + 1) * sizeof(*said.list)), 0};
    for (size_t i = 0; i < given->n; i++)
        if (*bare_text(r->arena, given->list[i]) && !(r->question->type->takes == TAKES_PAIRS && pair_is_open(given->list[i])))
            said.list[said.n++] = given->list[i];
    v->language = language;
    v->outcome = OUTCOME_FAIL;
    v->of = 1;
    if (!said.n) {
        str_add(&v->found, "not answered");
        return;
    }
    const struct answer_type *type = r->question->type;
    if (type->judge)
        show_lines(r->arena, said.list[0], v);
    else if (type->manual && said.n == 1) /* somebody reads it: in its lines */
        add_cut(&v->found, trimmed_text(r->arena, said.list[0]), SHOWN_ESSAY, str_add_prose);
    else
        show_given(&said, type->manual ? SHOWN_ESSAY : SHOWN, v);
    if (r->question->type->manual)
        v->outcome = OUTCOME_MANUAL;
    else if (r->question->type->takes != TAKES_ONE)
        judge_list(r, language, &said, v);
    else if (said.n > 1)
        verdict_say(v, "One answer is asked for, %zu are given: decide on one.", said.n);
    else if (type->judge)
        type->judge(r, said.list[0], v);
    else
        judge_one(r, language, said.list[0], v);
}
