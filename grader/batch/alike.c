/* SPDX-License-Identifier: MIT */
/*
 * What students' work has in common, with how often that is so in this class:
 *
 *   another's value      an answer that only another student's variant has, and that is nowhere in one's own evidence
 *   another's lab        an upload that is another student's lab
 *   same bytes           one file handed in by several
 *   same answers         sheets that say the same, though variants differ, and not only what is right for everybody
 *   same steps           the same commands in the same order; short repairs are alike by nature: see the class's share
 *   near-identical text  long answers with most five-letter pieces in common, by the 64 smallest hashes of each
 *
 * A person decides what it means: students may have worked as a pair, or followed the same page of a book.
 */
#include "grader/batch/alike.h"
#include "grader/batch/own_evidence.h"
#include "grader/batch/phrases.h"
#include "grader/types.h"

#include <stdlib.h>
#include <string.h>

enum { SKETCH = 64, PIECE = 5, LONG_TEXT = 60, SHORT_VALUE = 5, MOST_SHOWN = 200, MOST_TEXTS = 8 };

struct sketch { /* of one long answer */
    const char *question;
    uint64_t least[SKETCH]; /* sorted */
    size_t n;
};
struct traits {
    bool graded;
    char sheet[65], steps[65];
    size_t n_steps, n_answers;
    bool errs; /* an answer of the sheet is not right */
    struct sketch *texts;
    size_t n_texts;
};
struct alone { /* a value of a student's variant: drawn, or the right answer to a question */
    const char *value, *name;
    const char *means; /* whatever its spelling */
    size_t student;
};
struct said { /* a short answer */
    const char *question, *text;
    const char *means;
    size_t student;
};
struct hashed { /* a student's upload, sheet, steps */
    const char *hash;
    size_t student;
};
struct lab_of { /* an upload that was another's lab */
    size_t student;
    const char *what;
};
struct alike {
    struct arena arena;
    struct class *class;
    const struct variants *variants;
    struct alone *alone; /* sorted by what they mean */
    size_t n_alone, cap_alone;
    struct traits *traits; /* by student */
    struct said *said;
    size_t n_said, cap_said;
    struct lab_of *labs;
    size_t n_labs, cap_labs;
    struct hashed *uploads; /* student by student, refused ones, too: nobody is graded with another's */
    size_t n_uploads, cap_uploads;
};

static void add_alone(struct alike *a, const char *value, const char *name, size_t student)
{
    size_t n = strcspn(value, "(");
    while (n && value[n - 1] == ' ') /* "2025-10-15T17:20:33Z (within 1s)" */
        n--;
    if (n < SHORT_VALUE)
        return;
    const char *whole = arena_dupn(&a->arena, value, n);
    *GROW(a->alone, a->n_alone, a->cap_alone) =
        (struct alone){whole, arena_dup(&a->arena, name), answer_spelled_once(&a->arena, whole), student};
}

struct alike *alike_new(struct class *c, const struct variants *variants)
{
    struct alike *a = xcalloc(1, sizeof(*a));
    a->class = c;
    a->variants = variants;
    a->traits = xcalloc(c->roster.n + 1, sizeof(*a->traits));
    for (size_t i = 0; i < variants->n; i++) {
        const struct variant *v = &variants->list[i];
        for (size_t j = 0; j < v->n; j++)
            if (v->values[j].alone)
                add_alone(a, v->values[j].value, v->values[j].name, (size_t)(v->student - c->roster.list));
    }
    return a;
}

void alike_free(struct alike **a)
{
    if (!*a)
        return;
    free((*a)->alone);
    free((*a)->traits);
    free((*a)->said);
    free((*a)->labs);
    free((*a)->uploads);
    arena_drop(&(*a)->arena);
    free(*a);
    *a = NULL;
}

/* ---- taking ---- */

static uint64_t hash_piece(const char *s)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a, then mixed: neighbours must not stay neighbours */
    for (size_t i = 0; i < PIECE; i++)
        h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    h ^= h >> 32;
    return h * 0x9e3779b97f4a7c15u;
}

static void add_hash(struct sketch *k, uint64_t h)
{
    size_t at = 0;
    while (at < k->n && k->least[at] < h)
        at++;
    if (at == SKETCH || (at < k->n && k->least[at] == h))
        return;
    size_t move = (k->n < SKETCH ? k->n : SKETCH - 1) - at;
    memmove(&k->least[at + 1], &k->least[at], move * sizeof(k->least[0]));
    k->least[at] = h;
    k->n += k->n < SKETCH;
}

static void take_text(struct alike *a, struct traits *w, const char *question, const char *text)
{
    AUTO(str_drop) struct str plain = {0};
    for (const char *s = text; *s; s++)
        if (!strchr(" \t\r\n.,;:!?\"'()-", *s))
            str_addc(&plain, *s >= 'A' && *s <= 'Z' ? (char)(*s | 32) : *s);
    if (plain.len < LONG_TEXT || w->n_texts == MOST_TEXTS)
        return;
    if (!w->texts)
        w->texts = arena_alloc(&a->arena, MOST_TEXTS * sizeof(*w->texts));
    struct sketch *k = &w->texts[w->n_texts++];
    k->question = arena_dup(&a->arena, question);
    for (size_t i = 0; i + PIECE <= plain.len; i++)
        add_hash(k, hash_piece(plain.s + i));
}

/* Once a student, however often it was handed in. */
static void take_said(struct alike *a, size_t student, const char *question, const char *text)
{
    for (size_t i = a->n_said; i-- > 0 && a->said[i].student == student;)
        if (text_same(a->said[i].question, question) && text_same(a->said[i].text, text))
            return;
    *GROW(a->said, a->n_said, a->cap_said) = (struct said){arena_dup(&a->arena, question), arena_dup(&a->arena, text),
                                                           answer_spelled_once(&a->arena, text), student};
}

/* Of every attempt: what somebody tried first is evidence, too. Long texts of the one that is kept. */
static void take_answers(struct alike *a, struct traits *w, size_t student, const json_t *answers, bool kept)
{
    const char *question;
    json_t *given;
    json_object_foreach((json_t *)answers, question, given)
    {
        for (size_t i = 0; i < json_array_size(given); i++) {
            const char *text = json_string_value(json_array_get(given, i));
            if (!text || !*text)
                continue;
            w->n_answers += kept;
            if (strlen(text) < LONG_TEXT)
                take_said(a, student, question, text);
            else if (kept)
                take_text(a, w, question, text);
        }
    }
}

static void copy_hash(char out[65], const char *text)
{
    snprintf(out, 65, "%s", text ? text : "");
}

static void take_lab(struct alike *a, size_t student, const json_t *attempt)
{
    if (text_same(json_str(attempt, "outcome"), "other-student"))
        *GROW(a->labs, a->n_labs, a->cap_labs) =
            (struct lab_of){student, arena_dup(&a->arena, json_str_or(attempt, "reason", "another student's lab"))};
}

static void take_upload(struct alike *a, size_t student, const json_t *attempt)
{
    const char *hash = json_str(attempt, "sha256");
    if (hash && *hash)
        *GROW(a->uploads, a->n_uploads, a->cap_uploads) = (struct hashed){arena_dup(&a->arena, hash), student};
}

void alike_take(struct alike *a, const struct standing *s, size_t student)
{
    struct traits *w = &a->traits[student];
    for (size_t i = 0; i < s->n; i++) {
        take_lab(a, student, s->attempts[i].json);
        take_upload(a, student, s->attempts[i].json);
    }
    w->graded = s->graded && s->n;
    if (!w->graded)
        return;
    const json_t *attempt = s->attempts[s->kept].json, *facts = json_object_get(attempt, "facts");
    copy_hash(w->sheet, json_str(facts, "sheet"));
    copy_hash(w->steps, json_str(facts, "work"));
    w->n_steps = (size_t)json_int_or(facts, "entries", 0);
    for (size_t i = 0; i < s->n; i++)
        take_answers(a, w, student, json_object_get(json_object_get(s->attempts[i].json, "facts"), "answers"), i == s->kept);
    json_t *answers = json_object_get(facts, "answers"), *given;
    const char *question;
    size_t right = 0, answered = 0;
    for (size_t i = 0; i < s->report.n; i++) {
        const struct finding *q = &s->report.findings[i];
        if (q->kind != FINDING_QUESTION)
            continue;
        if (q->expected)
            add_alone(a, q->expected, q->id, student);
        right += q->outcome == OUTCOME_PASS && json_array_size(json_object_get(answers, q->id));
    }
    json_object_foreach(answers, question, given) answered += json_array_size(given) > 0;
    w->errs = right < answered;
}

/* ---- comparing ---- */

struct finder {
    struct alike *a;
    void (*progress)(void *context, const char *what, unsigned done, unsigned all);
    struct analysis *out;
};

static const char *say(const struct finder *f, enum phrase which)
{
    return phrase(f->a->class->language, which);
}

static struct likeness *add(struct finder *f, enum phrase kind, double rarity, const char *base)
{
    struct analysis *out = f->out;
    struct likeness *l = GROW(out->alike, out->n_alike, out->cap_alike);
    *l = (struct likeness){
        .kind = phrase("en", kind), .says = say(f, kind), .rarity = rarity, .base = arena_dup(&out->arena, base)};
    return l;
}

static void name_students(struct finder *f, struct likeness *l, const size_t *students, size_t n)
{
    l->students = arena_alloc(&f->out->arena, (n + 1) * sizeof(*l->students));
    for (size_t i = 0; i < n; i++)
        l->students[l->n++] = f->a->class->roster.list[students[i]].id;
}

static int by_value(const void *a, const void *b)
{
    const struct alone *x = a, *y = b;
    int order = strcmp(x->means, y->means);
    return order ? order : (x->student > y->student) - (x->student < y->student);
}

/* Leaves only values that one student has: what several variants share tells nothing. */
static void keep_alone(struct alike *a)
{
    size_t kept = 0;
    if (a->n_alone)
        qsort(a->alone, a->n_alone, sizeof(*a->alone), by_value);
    for (size_t i = 0, next; i < a->n_alone; i = next) {
        bool one = true;
        for (next = i + 1; next < a->n_alone && text_same(a->alone[next].means, a->alone[i].means); next++)
            one &= a->alone[next].student == a->alone[i].student;
        if (one)
            a->alone[kept++] = a->alone[i];
    }
    a->n_alone = kept;
}

static int value_order(const void *a, const void *b)
{
    return strcmp(((const struct alone *)a)->means, ((const struct alone *)b)->means);
}

struct hit { /* a short answer that is another's value */
    const struct said *said;
    const struct alone *value;
};

static size_t hits_of(struct alike *a, size_t from, struct hit *hits, size_t *ret_next)
{
    size_t n = 0, i = from;
    for (; i < a->n_said && a->said[i].student == a->said[from].student; i++) {
        const struct alone wanted = {.means = a->said[i].means};
        const struct alone *found = a->n_alone ? bsearch(&wanted, a->alone, a->n_alone, sizeof(wanted), value_order) : NULL;
        if (found && found->student != a->said[i].student)
            hits[n++] = (struct hit){&a->said[i], found};
    }
    *ret_next = i;
    return n;
}

/* What stands in one's own evidence, too, may have been read there. Where nobody can say, it is told. */
static void drop_own(struct alike *a, const struct hit *hits, size_t n, bool *own)
{
    struct err ignored = {0};
    const char **texts = xcalloc(n + 1, sizeof(*texts));
    for (size_t i = 0; i < n; i++)
        texts[i] = hits[i].value->value;
    const char *id = a->class->roster.list[hits[0].said->student].id;
    const struct variant *v = variants_of(a->variants, id);
    if (!v || !own_evidence_has(a->class, v, texts, n, own, &ignored))
        memset(own, 0, n);
    free(texts);
}

static void add_value_of(struct finder *f, const struct hit *hit)
{
    const size_t pair[] = {hit->said->student, hit->value->student};
    struct likeness *l = add(f, PHRASE_LIKE_VALUE, 0, say(f, PHRASE_VALUE_BASE));
    name_students(f, l, pair, 2);
    l->what = arena_printf(&f->out->arena, say(f, PHRASE_VALUE_WHAT), hit->said->question, hit->value->value, hit->value->name);
}

static void find_values(struct finder *f)
{
    struct alike *a = f->a;
    keep_alone(a);
    struct hit *hits = xcalloc(a->n_said + 1, sizeof(*hits));
    bool *own = xcalloc(a->n_said + 1, sizeof(*own));
    for (size_t i = 0, next; i < a->n_said; i = next) {
        size_t n = hits_of(a, i, hits, &next);
        if (n && f->progress)
            f->progress(NULL, "who has another's value", (unsigned)i, (unsigned)a->n_said);
        if (n)
            drop_own(a, hits, n, own);
        for (size_t k = 0; k < n; k++)
            if (!own[k])
                add_value_of(f, &hits[k]);
    }
    free(own);
    free(hits);
}

static void find_labs(struct finder *f)
{
    for (size_t i = 0; i < f->a->n_labs; i++) {
        struct likeness *l = add(f, PHRASE_LIKE_LAB, -1, say(f, PHRASE_LAB_BASE));
        name_students(f, l, &f->a->labs[i].student, 1);
        l->what = arena_dup(&f->out->arena, f->a->labs[i].what);
    }
}

/* ---- groups of equal hashes ---- */

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    int order = strcmp(x->hash, y->hash);
    return order ? order : (x->student > y->student) - (x->student < y->student);
}

static void add_group(struct finder *f, enum phrase kind, const struct hashed *same, size_t n, size_t all, const char *what)
{
    AUTO(str_drop) struct str base = {0};
    str_addf(&base, say(f, PHRASE_SHARE_BASE), n, all, 100.0 * (double)n / (double)all);
    struct likeness *l = add(f, kind, (double)n / (double)all, str_text(&base));
    size_t *students = xcalloc(n, sizeof(*students));
    for (size_t i = 0; i < n; i++)
        students[i] = same[i].student;
    name_students(f, l, students, n);
    free(students);
    l->what = what;
}

/* `all`: how many students the hashes are of. */
static void find_groups(struct finder *f, enum phrase kind, struct hashed *list, size_t n, size_t all, const char *what)
{
    if (n)
        qsort(list, n, sizeof(*list), by_hash);
    for (size_t i = 0, next; i < n; i = next) {
        bool counts = kind != PHRASE_LIKE_ANSWERS || f->a->traits[list[i].student].errs;
        for (next = i + 1; next < n && text_same(list[next].hash, list[i].hash); next++)
            counts |= kind != PHRASE_LIKE_ANSWERS || f->a->traits[list[next].student].errs;
        if (next - i > 1 && counts)
            add_group(f, kind, list + i, next - i, all, what);
    }
}

static void find_uploads(struct finder *f)
{
    struct alike *a = f->a;
    size_t students = 0;
    for (size_t i = 0; i < a->n_uploads; i++)
        students += !i || a->uploads[i].student != a->uploads[i - 1].student;
    find_groups(f, PHRASE_LIKE_BYTES, a->uploads, a->n_uploads, students, say(f, PHRASE_BYTES_WHAT));
}

static void find_traits(struct finder *f, enum phrase kind, const char *(*hash_of)(const struct traits *), const char *what)
{
    size_t n = 0, all = f->a->class->roster.n;
    struct hashed *list = xcalloc(all + 1, sizeof(*list));
    for (size_t i = 0; i < all; i++) {
        const char *hash = f->a->traits[i].graded ? hash_of(&f->a->traits[i]) : NULL;
        if (hash && *hash)
            list[n++] = (struct hashed){hash, i};
    }
    find_groups(f, kind, list, n, n, what);
    free(list);
}

static const char *sheet_of(const struct traits *w)
{
    return w->n_answers >= 3 ? w->sheet : NULL;
}

static const char *steps_of(const struct traits *w)
{
    return w->n_steps >= 4 ? w->steps : NULL;
}

/* ---- texts ---- */

/* The share of the smallest hashes of both together that both have: an estimate of their Jaccard index. */
static double resemblance(const struct sketch *a, const struct sketch *b)
{
    size_t i = 0, j = 0, common = 0, all = 0;
    while (all < SKETCH && (i < a->n || j < b->n)) {
        bool both = i < a->n && j < b->n && a->least[i] == b->least[j];
        bool first = j == b->n || (i < a->n && a->least[i] < b->least[j]);
        common += both;
        i += both || first;
        j += both || !first;
        all++;
    }
    return all ? (double)common / (double)all : 0;
}

struct near {
    size_t a, b;
    const char *question;
    double share;
};

static void compare_two(const struct traits *a, const struct traits *b, size_t i, size_t j, struct near **list, size_t *n,
                        size_t *cap, size_t *compared)
{
    for (size_t x = 0; x < a->n_texts; x++)
        for (size_t y = 0; y < b->n_texts; y++) {
            if (!text_same(a->texts[x].question, b->texts[y].question))
                continue;
            double share = resemblance(&a->texts[x], &b->texts[y]);
            ++*compared;
            if (share >= 0.7)
                *GROW(*list, *n, *cap) = (struct near){i, j, a->texts[x].question, share};
        }
}

static void find_texts(struct finder *f)
{
    struct near *list = NULL;
    size_t n = 0, cap = 0, compared = 0, all = f->a->class->roster.n;
    for (size_t i = 0; i < all; i++)
        for (size_t j = i + 1; f->a->traits[i].n_texts && j < all; j++)
            compare_two(&f->a->traits[i], &f->a->traits[j], i, j, &list, &n, &cap, &compared);
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str base = {0};
        const size_t pair[] = {list[i].a, list[i].b};
        str_addf(&base, say(f, PHRASE_TEXT_BASE), n, compared);
        struct likeness *l = add(f, PHRASE_LIKE_TEXT, (double)n / (double)compared, str_text(&base));
        name_students(f, l, pair, 2);
        l->what = arena_printf(&f->out->arena, say(f, PHRASE_TEXT_WHAT), list[i].question, list[i].share * 100);
    }
    free(list);
}

static int by_rarity(const void *a, const void *b)
{
    const struct likeness *x = a, *y = b;
    int order = (x->rarity > y->rarity) - (x->rarity < y->rarity);
    order = order ? order : strcmp(x->kind, y->kind);
    order = order ? order : strcmp(x->students[0], y->students[0]);
    order = order ? order : strcmp(x->students[x->n - 1], y->students[y->n - 1]);
    return order ? order : strcmp(x->what, y->what);
}

void alike_find(struct alike *a, void (*progress)(void *context, const char *what, unsigned done, unsigned all),
                struct analysis *out)
{
    struct finder f = {a, progress, out};
    for (size_t i = 0; i < a->class->roster.n; i++)
        out->compared += a->traits[i].graded;
    find_labs(&f);
    find_values(&f);
    find_uploads(&f);
    find_traits(&f, PHRASE_LIKE_ANSWERS, sheet_of, say(&f, PHRASE_ANSWERS_WHAT));
    find_traits(&f, PHRASE_LIKE_STEPS, steps_of, say(&f, PHRASE_STEPS_WHAT));
    find_texts(&f);
    if (out->n_alike)
        qsort(out->alike, out->n_alike, sizeof(*out->alike), by_rarity);
    out->alike_left_off = out->n_alike > MOST_SHOWN ? out->n_alike - MOST_SHOWN : 0;
    out->n_alike -= out->alike_left_off;
}
