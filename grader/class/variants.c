/* SPDX-License-Identifier: MIT */
/*
 * Nobody has another's variant. A student's values follow from secret, scenario and id alone; where they come to what somebody
 * has already, they are drawn once more under another name. Who was there first keeps his: variants.csv remembers how often
 * each was drawn, and students without a line in it are settled in the order of their ids, so that every machine that has
 * the folder comes to the same.
 */
#include "grader/class/class.h"
#include "grader/class/csv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DRAWS = 200, MOST_BYTES = 4 << 20 };

/* Of a live class: what the student's lab is started with. */
static const char *live_seed(struct class *c, const struct student *s)
{
    AUTO(str_drop) struct str text = {0};
    struct seed secret = seed_from_text(c->secret), own = seed_derive(&secret, "live/%s", s->id);
    str_add_hex(&text, own.key, 16);
    return arena_dup(&c->arena, str_text(&text));
}

struct play_options class_options(struct class *c, const struct student *s, unsigned draw)
{
    return (struct play_options){.seed = c->live ? live_seed(c, s) : c->secret,
                                 .student = draw ? arena_printf(&c->arena, "%s/%u", s->id, draw) : s->id,
                                 .content_hash = c->content_hash,
                                 .events = c->events};
}

struct key *class_key(struct class *c, const struct variant *v, struct err *e)
{
    struct play_options options = class_options(c, v->student, v->draw);
    AUTO(arena_drop) struct arena arena = {0};
    if (!dir_make(class_path(&arena, c, "keys"), e))
        return NULL;
    return key_make_kept(c->scenario, &options, class_path(&arena, c, "keys/%s", v->student->id), e);
}

struct key *class_key_live(struct class *c, const struct variant *v, int64_t start_ms, struct err *e)
{
    struct play_options options = class_options(c, v->student, v->draw);
    options.live_from_ms = start_ms;
    struct key *key = key_make_live(c->scenario, &options, e);
    if (key)
        key_hold_back(key, c->secret); /* one for all, and nobody's own seed tells it */
    return key;
}

/* ---- values ---- */

static void add_value(struct variants *all, struct variant *v, const char *kind, const char *name, const char *value)
{
    v->values[v->n++] = (struct variant_value){.name = arena_printf(&all->arena, "%s%s%s", kind, *name ? " " : "", name),
                                               .value = arena_dup(&all->arena, value)};
}

static bool draw_values(struct class *c, struct variants *all, struct variant *v, struct err *e)
{
    struct play p;
    struct play_options options = class_options(c, v->student, v->draw);
    const struct variable *variable = c->scenario->vary.items;
    if (!play_begin(c->scenario, &options, &p, e))
        return false;
    v->values = arena_alloc(&all->arena, (1 + p.draw.n + p.n_cast) * sizeof(*v->values));
    v->n = 0;
    add_value(all, v, "account", "", p.world.account.id);
    for (size_t i = 0; i < p.draw.n; i++)
        add_value(all, v, "vary", variable[i].name, p.draw.values[i]);
    for (size_t i = 0; i < p.n_cast; i++)
        add_value(all, v, "address", p.cast[i].person->name, p.cast[i].from.ip);
    play_drop(&p);
    return true;
}

/* ---- what is taken: texts by their hash ---- */

struct taken_texts {
    const char **slots;
    size_t size; /* a power of two, at most half full */
};

static const char **slot_of(const struct taken_texts *t, const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *s = text; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 1099511628211u;
    size_t at = hash & (t->size - 1);
    while (t->slots[at] && strcmp(t->slots[at], text) != 0)
        at = (at + 1) & (t->size - 1);
    return &t->slots[at];
}

/* The account, and all the rest together. */
static void identities(struct arena *arena, const struct variant *v, const char *ret[2])
{
    AUTO(str_drop) struct str rest = {0};
    for (size_t i = 1; i < v->n; i++)
        str_addf(&rest, "%s=%s\n", v->values[i].name, v->values[i].value);
    ret[0] = arena_printf(arena, "account %s", v->values[0].value);
    ret[1] = arena_dup(arena, str_text(&rest));
}

struct settling {
    struct class *c;
    struct variants *all;
    struct taken_texts taken;
    bool *settled; /* by place in the roster */
    bool changed;
};

static bool settle(struct settling *s, size_t i, bool remembered, struct err *e)
{
    struct variant *v = &s->all->list[i];
    bool exhausted = false; /* the scenario varies too little: account and ids have to do */
    for (;; v->draw++) {
        const char *names[2];
        if (!draw_values(s->c, s->all, v, e))
            return err_wrap(e, "student \"%s\"", v->student->id);
        identities(&s->all->arena, v, names);
        bool account = *slot_of(&s->taken, names[0]), rest = *slot_of(&s->taken, names[1]);
        if (remembered && account) /* nobody was drawn like that: the file was edited */
            return err_set(e, "%s/variants.csv: \"%s\" has another student's account", s->c->dir, v->student->id);
        if (!account && (!rest || exhausted || remembered)) {
            for (size_t k = 0; k < 2; k++)
                *slot_of(&s->taken, names[k]) = names[k];
            s->all->shared += rest;
            return s->settled[i] = true;
        }
        if (v->draw >= MOST_DRAWS) {
            exhausted = true;
            v->draw = UINT_MAX; /* the next is the first again */
        }
    }
}

/* ---- variants.csv ---- */

static bool remember(struct settling *s, const struct csv *csv, struct err *e)
{
    for (size_t i = 1; i < csv->n; i++) {
        const struct csv_row *row = &csv->rows[i];
        char *end = NULL;
        unsigned long draw = row->n > 1 ? strtoul(row->cells[1].text, &end, 10) : MOST_DRAWS + 1;
        if (!end || *end || draw > MOST_DRAWS)
            return err_set(e, "%s/variants.csv:%u: expected an id and a number", s->c->dir, row->line);
        if (!roster_student(&s->c->roster, row->cells[0].text))
            *GROW(s->all->gone, s->all->n_gone, s->all->cap_gone) = arena_dup(&s->c->arena, row->cells[0].text);
        for (size_t k = 0; k < s->all->n; k++)
            if (!s->settled[k] && text_same(s->all->list[k].student->id, row->cells[0].text)) {
                s->all->list[k].draw = (unsigned)draw;
                if (!settle(s, k, true, e))
                    return false;
            }
    }
    return true;
}

static bool read_remembered(struct settling *s, const char *path, struct str *text, struct err *e)
{
    AUTO(csv_drop) struct csv csv = {0};
    AUTO(diags_drop) struct diags diags = {0};
    const struct csv_limits limits = {MOST_BYTES, 10 * ROSTER_MAX_STUDENTS, 2};
    if (!file_exists(path))
        return true;
    if (!file_read(path, MOST_BYTES, text, e))
        return false;
    if (csv_read(path, str_text(text), text->len, &limits, &csv, &diags))
        return remember(s, &csv, e);
    return err_set(e, "%s: cannot be read: take the one of your backup", path);
}

/* Old lines stay as they are, those of students who left, too. */
static bool write_remembered(struct settling *s, const char *path, struct str *text, const bool *before, struct err *e)
{
    if (!text->len)
        str_add(text, "id,draw\n");
    for (size_t i = 0; i < s->all->n; i++)
        if (!before[i])
            str_addf(text, "%s,%u\n", s->all->list[i].student->id, s->all->list[i].draw);
    file_sweep(path);
    return file_write(path, str_text(text), text->len, 0600, e);
}

/* ---- all of them ---- */

static int by_id(const void *left, const void *right)
{
    const struct variant *const *a = left, *const *b = right;
    return strcmp((*a)->student->id, (*b)->student->id);
}

static bool settle_new(struct settling *s, struct err *e)
{
    const struct variant **order = xcalloc(s->all->n + 1, sizeof(*order));
    bool good = true;
    for (size_t i = 0; i < s->all->n; i++)
        order[i] = &s->all->list[i];
    if (s->all->n)
        qsort(order, s->all->n, sizeof(*order), by_id);
    for (size_t i = 0; i < s->all->n && good; i++) {
        size_t at = (size_t)(order[i] - s->all->list);
        if (s->settled[at])
            continue;
        s->changed = true;
        good = settle(s, at, false, e);
    }
    free(order);
    return good;
}

/* What only one of all has: a text that occurs once. */
static void mark_alone(struct settling *s)
{
    memset(s->taken.slots, 0, s->taken.size * sizeof(*s->taken.slots));
    for (size_t k = 0; s->all->n && k < s->all->list[0].n; k++) {
        struct variant_value **first = xcalloc(s->taken.size, sizeof(struct variant_value *));
        memset(s->taken.slots, 0, s->taken.size * sizeof(*s->taken.slots));
        for (size_t i = 0; i < s->all->n; i++) {
            struct variant_value *value = &s->all->list[i].values[k];
            const char **slot = slot_of(&s->taken, value->value);
            size_t at = (size_t)(slot - s->taken.slots);
            value->alone = !*slot;
            if (*slot)
                first[at]->alone = false;
            else
                first[at] = value;
            *slot = value->value;
        }
        free(first);
    }
}

static bool settle_all(struct settling *s, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = class_path(&s->all->arena, s->c, "variants.csv");
    if (!read_remembered(s, path, &text, e))
        return false;
    bool *before = arena_alloc(&s->all->arena, s->all->n + 1);
    memcpy(before, s->settled, s->all->n);
    if (!settle_new(s, e) || (s->changed && !write_remembered(s, path, &text, before, e)))
        return false;
    mark_alone(s);
    return true;
}

bool class_variants(struct class *c, struct variants *all, struct err *e)
{
    struct settling s = {.c = c, .all = all};
    *all = (struct variants){.n = c->roster.n};
    all->list = arena_alloc(&all->arena, (all->n + 1) * sizeof(*all->list));
    s.settled = arena_alloc(&all->arena, all->n + 1);
    for (s.taken.size = 64; s.taken.size < 4 * all->n;)
        s.taken.size *= 2;
    s.taken.slots = xcalloc(s.taken.size, sizeof(*s.taken.slots));
    for (size_t i = 0; i < all->n; i++)
        all->list[i].student = &c->roster.list[i];
    bool good = settle_all(&s, e);
    free(s.taken.slots);
    if (!good)
        variants_drop(all);
    return good;
}

const struct variant *variants_of(const struct variants *all, const char *student)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->list[i].student->id, student))
            return &all->list[i];
    return NULL;
}

void variants_drop(struct variants *all)
{
    free(all->gone);
    arena_drop(&all->arena);
    *all = (struct variants){0};
}
