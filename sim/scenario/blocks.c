/* SPDX-License-Identifier: MIT */
/*
 * Building blocks: steps that are written once, under `blocks`, and used by name where steps stand. They are put in place
 * before anything is decoded, node by node, so that a step of a block is a step as any other and keeps its place in the file in
 * which it is written; what comes from the use (an argument, a time) keeps the place there.
 *
 * In a block {{ name }} is an argument if the block takes that name; marks of its own steps get the use's prefix wherever they
 * are mentioned; everything else means what it means in the scenario.
 */
#include "sim/scenario/decode.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 8, MOST_STEPS = 1000, MOST_MARKS = 1000, MOST_WORK = 200000 };

struct frame {                 /* one use; its arguments mean what they mean outside */
    const char *name, *prefix; /* prefix of its marks, of all uses around it; "" = none */
    const struct node *block, *with;
    const struct frame *above;
    unsigned depth;
};
struct builder {
    struct arena *arena;
    struct diags *diags;
    const struct node *blocks;
    size_t steps, work; /* work: steps looked at, for blocks that use blocks that use blocks come to many without making one */
    const char *marks[MOST_MARKS];
    size_t n_marks;
    bool told; /* that it is too much */
};

static const struct node *steps_of(const struct node *block)
{
    const struct node *steps = node_get(block, "steps");
    return steps && steps->kind == NODE_LIST ? steps : NULL;
}

static const char *text_at(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node && node->kind == NODE_TEXT ? node->text : NULL;
}

static struct node *copy_of(struct builder *b, const struct node *node)
{
    struct node *copy = arena_alloc(b->arena, sizeof(*copy));
    *copy = *node;
    if (node->kind == NODE_LIST)
        copy->items =
            memcpy(arena_alloc(b->arena, (node->n + 1) * sizeof(*copy->items)), node->items, node->n * sizeof(*copy->items));
    else if (node->kind == NODE_MAP)
        copy->pairs =
            memcpy(arena_alloc(b->arena, (node->n + 8) * sizeof(*copy->pairs)), node->pairs, node->n * sizeof(*copy->pairs));
    return copy;
}

/* ---- names ---- */

static bool takes(const struct node *block, const char *name)
{
    const struct node *list = node_get(block, "takes"), *defaults = node_get(block, "defaults");
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->n; i++)
        if (list->items[i]->kind == NODE_TEXT && text_same(list->items[i]->text, name))
            return true;
    return node_get(defaults, name);
}

static const struct node *argument(const struct frame *f, const char *name)
{
    const struct node *given = node_get(f->with, name);
    if (!takes(f->block, name))
        return NULL;
    return given ? given : node_get(node_get(f->block, "defaults"), name);
}

/* Is it the mark of a step of the block, or of a block that it uses? */
static bool makes_mark(struct builder *b, const struct node *block, const char *mark, unsigned depth)
{
    const struct node *steps = steps_of(block);
    for (size_t i = 0; steps && i < steps->n && depth < MOST_DEPTH && ++b->work < MOST_WORK; i++) {
        const char *used = text_at(steps->items[i], "block"), *prefix = text_at(steps->items[i], "prefix");
        size_t n = prefix ? strlen(prefix) : 0;
        if (text_same(text_at(steps->items[i], "mark"), mark))
            return true;
        if (used && n && text_starts(mark, prefix) && mark[n] == '_' &&
            makes_mark(b, node_get(b->blocks, used), mark + n + 1, depth + 1))
            return true;
        if (used && !n && makes_mark(b, node_get(b->blocks, used), mark, depth + 1))
            return true;
    }
    return false;
}

static const char *marked(struct builder *b, const struct frame *f, const char *name)
{
    if (!*f->prefix || !makes_mark(b, f->block, name, f->depth))
        return name;
    return arena_printf(b->arena, "%s_%s", f->prefix, name);
}

/* ---- filling in ---- */

static const char *filled_name(struct builder *b, const struct frame *f, const struct node *at, const struct reference *ref)
{
    const struct node *given = argument(f, ref->name);
    if (!given)
        return marked(b, f, ref->name);
    if (given->kind == NODE_TEXT)
        return given->text;
    node_error(b->diags, at, "bad-argument", "\"%s\" of the block \"%s\" stands within a text here, and is given no text",
               ref->name, f->name);
    return ref->name;
}

/* "{{ who.ip }}" with who: sofia is "{{ sofia.ip }}"; "{{ who }}" is sofia, or the reference that was given. */
static const char *fill_text(struct builder *b, const struct frame *f, const struct node *node)
{
    AUTO(str_drop) struct str out = {0};
    struct reference ref = {0};
    const char *from = node->text, *rest = from;
    if (!strstr(from, "{{"))
        return from;
    while (reference_next(&rest, &ref)) {
        const char *name = ref.bad ? NULL : filled_name(b, f, node, &ref);
        if (name && ref.field[0] && strstr(name, "{{")) {
            node_error(b->diags, node, "bad-argument",
                       "\"%s\" of the block \"%s\" is a name here: expected one such as sofia, got \"%s\"", ref.name, f->name,
                       name);
            name = NULL;
        }
        str_addn(&out, from, ref.start);
        if (!name || text_same(name, ref.name))
            str_addn(&out, from + ref.start, ref.len);
        else if (!ref.field[0] && argument(f, ref.name))
            str_add(&out, name);
        else
            str_addf(&out, "{{ %s%s%s }}", name, ref.field[0] ? "." : "", ref.field);
        from = rest;
    }
    str_add(&out, from);
    return arena_dup(b->arena, str_text(&out));
}

/* A text that is an argument and nothing else is what was given, be it a list or a map. */
static const struct node *whole_argument(const struct frame *f, const struct node *node)
{
    struct reference ref = {0};
    const char *rest = node->text;
    if (!reference_next(&rest, &ref) || ref.bad || ref.field[0] || ref.start || *rest)
        return NULL;
    return argument(f, ref.name);
}

static bool names_mark(const char *key)
{
    return text_same(key, "mark") || text_same(key, "after") || text_same(key, "session") || text_same(key, "prefix");
}

/* What is given as ~ is not there: a step then lacks the key. */
static bool left_out(const struct frame *f, const struct node *value)
{
    const struct node *whole = value->kind == NODE_TEXT ? whole_argument(f, value) : NULL;
    return whole && node_is_null(whole);
}

/* `key`: of the step in which the value stands; NULL of the step itself, "" deeper down. */
static struct node *fill(struct builder *b, const struct frame *f, const struct node *node, const char *key)
{
    const struct node *whole = node->kind == NODE_TEXT ? whole_argument(f, node) : NULL;
    struct node *copy = copy_of(b, whole ? whole : node);
    bool step = !key || text_same(key, "live");
    if (whole)
        return copy;
    if (node->kind == NODE_TEXT && names_mark(key) && !strstr(node->text, "{{") && !text_same(key, "prefix"))
        copy->text = marked(b, f, node->text);
    else if (node->kind == NODE_TEXT)
        copy->text = fill_text(b, f, node);
    for (size_t i = 0; node->kind == NODE_LIST && i < node->n; i++)
        copy->items[i] = fill(b, f, node->items[i], "");
    copy->n = node->kind == NODE_MAP ? 0 : node->n;
    for (size_t i = 0; node->kind == NODE_MAP && i < node->n; i++)
        if (!step || !left_out(f, node->pairs[i].value))
            copy->pairs[copy->n++] =
                (struct pair){node->pairs[i].key, fill(b, f, node->pairs[i].value, step ? node->pairs[i].key->text : "")};
    return copy;
}

/* ---- a use ---- */

static bool is_time(const char *key)
{
    return text_same(key, "at") || text_same(key, "after") || text_same(key, "wait");
}

/* The first step of a block happens when its use says, if it does. */
static void take_times(struct node *first, const struct node *use)
{
    bool timed = node_get(use, "at") || node_get(use, "after") || node_get(use, "wait"), live = node_get(use, "live");
    size_t n = 0;
    for (size_t i = 0; i < first->n; i++) {
        const char *key = first->pairs[i].key->text;
        if (!(timed && is_time(key)) && !(live && text_same(key, "live")))
            first->pairs[n++] = first->pairs[i];
    }
    first->n = n; /* copy_of leaves room for these */
    for (size_t i = 0; i < use->n; i++)
        if (is_time(use->pairs[i].key->text) || text_same(use->pairs[i].key->text, "live"))
            first->pairs[first->n++] = use->pairs[i];
}

static const char *list_of(struct builder *b, const struct node *block)
{
    AUTO(str_drop) struct str out = {0};
    const struct node *list = node_get(block, "takes"), *defaults = node_get(block, "defaults");
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->n; i++)
        str_addf(&out, "%s%s", out.len ? ", " : "", list->items[i]->kind == NODE_TEXT ? list->items[i]->text : "?");
    for (size_t i = 0; defaults && defaults->kind == NODE_MAP && i < defaults->n; i++)
        str_addf(&out, "%s%s", out.len ? ", " : "", defaults->pairs[i].key->text);
    return out.len ? arena_dup(b->arena, str_text(&out)) : "nothing";
}

static bool check_arguments(struct builder *b, const struct frame *f, const struct node *use)
{
    const struct node *list = node_get(f->block, "takes");
    size_t before = b->diags->n_errors;
    for (size_t i = 0; f->with && i < f->with->n; i++)
        if (!takes(f->block, f->with->pairs[i].key->text))
            node_error(b->diags, f->with->pairs[i].key, "unknown-key", "the block \"%s\" takes no \"%s\": it takes %s", f->name,
                       f->with->pairs[i].key->text, list_of(b, f->block));
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->n; i++)
        if (list->items[i]->kind == NODE_TEXT && !argument(f, list->items[i]->text))
            node_error(b->diags, node_get(use, "block"), "missing-key", "the block \"%s\" needs \"%s\" under \"with\"", f->name,
                       list->items[i]->text);
    return b->diags->n_errors == before;
}

/* Marks of this use that are there already: of another use, or the author's own. */
static bool check_marks(struct builder *b, const struct frame *f, const struct node *use)
{
    const struct node *steps = steps_of(f->block);
    for (size_t i = 0; i < steps->n; i++) {
        const char *mark = text_at(steps->items[i], "mark");
        for (size_t j = 0; mark && j < b->n_marks; j++)
            if (text_same(b->marks[j], marked(b, f, mark))) {
                node_error(b->diags, node_get(use, "block"), "name-taken",
                           "\"%s\" of the block \"%s\" is there already: give this use another \"prefix\"", b->marks[j],
                           f->name);
                return false;
            }
    }
    return true;
}

static void take_mark(struct builder *b, const struct node *step)
{
    const char *mark = text_at(step, "mark");
    if (mark && b->n_marks < MOST_MARKS)
        b->marks[b->n_marks++] = mark;
}

static const struct node *find_block(struct builder *b, const struct node *use, const struct frame *above)
{
    const struct node *name = node_get(use, "block");
    const struct node *block = name->kind == NODE_TEXT ? node_get(b->blocks, name->text) : NULL;
    for (const struct frame *f = above; block && f; f = f->above)
        if (f->block == block) {
            node_error(b->diags, name, "circle", "the block \"%s\" uses itself in the end", name->text);
            return NULL;
        }
    if (block)
        return block->kind == NODE_MAP && steps_of(block) ? block : NULL; /* told by its table */
    if (name->kind != NODE_TEXT)
        return NULL;
    const char *names[YAML_MAX_KEYS + 1] = {NULL}, *meant;
    for (size_t i = 0; b->blocks && b->blocks->kind == NODE_MAP && i < b->blocks->n && i < YAML_MAX_KEYS; i++)
        names[i] = b->blocks->pairs[i].key->text;
    meant = text_meant(name->text, names);
    node_error(b->diags, name, "unknown-block", "no block \"%s\" under blocks%s%s%s", name->text,
               meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    return NULL;
}

struct growing {
    struct node **items;
    size_t n, cap;
};

static void add_steps(struct builder *b, const struct node *use, const struct frame *above, struct growing *out);

static void add_one(struct builder *b, const struct node *step, const struct frame *f, struct growing *out)
{
    if (step->kind == NODE_MAP && node_get(step, "block")) {
        add_steps(b, step, f, out);
        return;
    }
    if (++b->steps == MOST_STEPS + 1)
        node_error(b->diags, step, "too-large", "too many steps: at most %d", MOST_STEPS);
    if (b->steps > MOST_STEPS)
        return;
    if (f) /* the scenario's own marks are known from the beginning */
        take_mark(b, step);
    *GROW(out->items, out->n, out->cap) = (struct node *)step;
}

/* What a prefix is may be an argument of the block around it; its own marks come behind that one's prefix. */
static const char *prefix_of(struct builder *b, const struct node *use, const struct frame *above)
{
    const char *own = text_at(use, "prefix"), *outer = above ? above->prefix : "";
    if (!own)
        return outer;
    return *outer ? arena_printf(b->arena, "%s_%s", outer, own) : own;
}

static bool enough_for_one(struct builder *b, const struct node *use)
{
    if (b->work >= MOST_WORK && !b->told)
        node_error(b->diags, node_get(use, "block"), "too-large", "too many blocks within blocks");
    b->told = b->told || b->work >= MOST_WORK;
    b->work++;
    return !b->told;
}

static void add_steps(struct builder *b, const struct node *use, const struct frame *above, struct growing *out)
{
    struct frame f = {.name = text_at(use, "block"),
                      .prefix = prefix_of(b, use, above),
                      .block = find_block(b, use, above),
                      .with = node_get(use, "with"),
                      .above = above,
                      .depth = above ? above->depth + 1 : 1};
    struct decoder decoder = {b->arena, b->diags, NULL};
    if (!look_at_use(&decoder, use) || !f.block)
        return;
    if (f.depth > MOST_DEPTH) {
        node_error(b->diags, node_get(use, "block"), "too-large", "blocks within blocks: at most %d deep", MOST_DEPTH);
        return;
    }
    if (!check_arguments(b, &f, use) || !check_marks(b, &f, use))
        return;
    const struct node *steps = steps_of(f.block);
    for (size_t i = 0; i < steps->n && b->steps <= MOST_STEPS && enough_for_one(b, use); i++) {
        struct node *step = fill(b, &f, steps->items[i], NULL);
        if (i == 0 && step->kind == NODE_MAP)
            take_times(step, use);
        add_one(b, step, &f, out);
    }
}

/* ---- lists of steps ---- */

static bool has_use(const struct node *list)
{
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->n; i++)
        if (list->items[i]->kind == NODE_MAP && node_get(list->items[i], "block"))
            return true;
    return false;
}

static struct node *with_blocks(struct builder *b, const struct node *list)
{
    struct growing out = {0};
    struct node *copy = copy_of(b, list);
    for (size_t i = 0; i < list->n; i++)
        add_one(b, list->items[i], NULL, &out);
    copy->n = out.n;
    copy->items = arena_alloc(b->arena, (out.n + 1) * sizeof(*copy->items));
    if (out.n)
        memcpy(copy->items, out.items, out.n * sizeof(*copy->items));
    free(out.items);
    return copy;
}

static void put_in(struct builder *b, struct node *map, const char *key)
{
    for (size_t i = 0; i < map->n; i++)
        if (text_same(map->pairs[i].key->text, key) && has_use(map->pairs[i].value))
            map->pairs[i].value = with_blocks(b, map->pairs[i].value);
}

static void put_into_repairs(struct builder *b, struct node *root)
{
    const struct node *repairs = node_get(root, "other_repairs");
    if (!repairs || repairs->kind != NODE_LIST)
        return;
    struct node *copy = copy_of(b, repairs);
    for (size_t i = 0; i < copy->n; i++)
        if (copy->items[i]->kind == NODE_MAP && has_use(node_get(copy->items[i], "steps"))) {
            copy->items[i] = copy_of(b, copy->items[i]);
            put_in(b, copy->items[i], "steps");
        }
    for (size_t i = 0; i < root->n; i++)
        if (root->pairs[i].value == repairs)
            root->pairs[i].value = copy;
}

const struct node *scenario_blocks(struct scenario *s, const struct node *root, struct diags *diags)
{
    const struct node *timeline = node_get(root, "timeline");
    struct builder *b = arena_alloc(&s->arena, sizeof(*b));
    if (root->kind != NODE_MAP)
        return root;
    *b = (struct builder){.arena = &s->arena, .diags = diags, .blocks = node_get(root, "blocks")};
    for (size_t i = 0; timeline && timeline->kind == NODE_LIST && i < timeline->n; i++)
        take_mark(b, timeline->items[i]);
    struct node *all = copy_of(b, root);
    put_in(b, all, "timeline");
    put_in(b, all, "solution");
    put_into_repairs(b, all);
    return all;
}
