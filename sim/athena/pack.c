/* SPDX-License-Identifier: MIT */
/* Records into groups: a dictionary for each column, found by hash. */
#include "sim/athena/store.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_TEXT (64u << 20) /* so that offsets fit 32 bits */
#define SLOTS (2 * GROUP_ROWS) /* a power of two */

struct column {
    struct str texts;
    uint32_t n_texts, last; /* last: the code of the row before */
    uint32_t *offsets, *hashes;
    uint16_t *codes;
    uint16_t *slots; /* hash to code; 0 = free */
};
struct packer {
    group_fn *done;
    void *context;
    struct err e;
    uint32_t rows;
    size_t size; /* of the rows' texts */
    uint32_t *files;
    struct column column[LEAVES];
};

struct packer *packer_new(group_fn *done, void *context)
{
    struct packer *p = xcalloc(1, sizeof(*p));
    p->done = done;
    p->context = context;
    p->files = xcalloc(GROUP_ROWS, sizeof(*p->files));
    for (size_t i = 0; i < LEAVES; i++) {
        p->column[i].offsets = xcalloc(GROUP_ROWS + 1, sizeof(uint32_t));
        p->column[i].hashes = xcalloc(GROUP_ROWS + 1, sizeof(uint32_t));
        p->column[i].codes = xcalloc(GROUP_ROWS, sizeof(uint16_t));
        p->column[i].slots = xcalloc(SLOTS, sizeof(uint16_t));
    }
    return p;
}

void packer_free(struct packer *p)
{
    for (size_t i = 0; i < LEAVES; i++) {
        str_drop(&p->column[i].texts);
        free(p->column[i].offsets);
        free(p->column[i].hashes);
        free(p->column[i].codes);
        free(p->column[i].slots);
    }
    free(p->files);
    free(p);
}

static uint32_t hash_text(const char *s, size_t n)
{
    uint64_t h = n * 0x9e3779b97f4a7c15ull, v;
    for (; n >= 8; s += 8, n -= 8) {
        memcpy(&v, s, 8);
        h = (h ^ v) * 0xff51afd7ed558ccdull;
        h ^= h >> 32;
    }
    v = 0;
    memcpy(&v, s, n);
    h = (h ^ v) * 0xc4ceb9fe1a85ec53ull;
    return (uint32_t)(h >> 32);
}

static bool has_text(const struct column *c, uint32_t code, const struct cell *cell)
{
    uint32_t from = c->offsets[code - 1];
    return c->offsets[code] - from == cell->n && !memcmp(str_text(&c->texts) + from, cell->s, cell->n);
}

static uint32_t code_of(struct column *c, const struct cell *cell)
{
    if (!cell->s)
        return 0;
    if (c->last && has_text(c, c->last, cell))
        return c->last;
    uint32_t hash = hash_text(cell->s, cell->n), slot = hash % SLOTS;
    for (; c->slots[slot]; slot = (slot + 1) % SLOTS)
        if (c->hashes[c->slots[slot]] == hash && has_text(c, c->slots[slot], cell))
            return c->slots[slot];
    str_addn(&c->texts, cell->s, cell->n);
    c->n_texts++;
    c->offsets[c->n_texts] = (uint32_t)c->texts.len;
    c->hashes[c->n_texts] = hash;
    c->slots[slot] = (uint16_t)c->n_texts;
    return c->n_texts;
}

/* ---- a finished group ---- */

static void align(struct str *s)
{
    while (s->len % 8)
        str_addc(s, 0);
}

static void add_leaf(struct str *out, struct column *c, struct leaf_block *block, uint32_t rows)
{
    bool same = c->n_texts <= 1;
    for (uint32_t i = 0; i < rows && same; i++)
        same = c->codes[i] == c->n_texts;
    *block = (struct leaf_block){.n_texts = c->n_texts, .width = same ? 0 : c->n_texts < 256 ? 1 : 2};
    block->codes = out->len;
    if (block->width == 2)
        str_addn(out, c->codes, rows * sizeof(*c->codes));
    else if (block->width == 1)
        for (uint32_t i = 0; i < rows; i++)
            str_addc(out, (char)c->codes[i]);
    align(out);
    block->offsets = out->len;
    str_addn(out, c->offsets, (c->n_texts + 1) * sizeof(*c->offsets));
    block->texts = out->len;
    str_addn(out, str_text(&c->texts), c->texts.len);
    align(out);
}

static void start_again(struct packer *p)
{
    for (size_t i = 0; i < LEAVES; i++) {
        struct column *c = &p->column[i];
        if (c->n_texts)
            memset(c->slots, 0, SLOTS * sizeof(*c->slots));
        c->n_texts = c->last = 0;
        str_clear(&c->texts);
    }
    p->rows = 0;
    p->size = 0;
}

static void give(struct packer *p)
{
    AUTO(str_drop) struct str out = {0};
    struct group head = {.rows = p->rows};
    str_addn(&out, &head, sizeof(head));
    str_addn(&out, p->files, p->rows * sizeof(*p->files));
    align(&out);
    for (size_t i = 0; i < LEAVES; i++)
        add_leaf(&out, &p->column[i], &head.leaf[i], p->rows);
    head.size = out.len;
    memcpy(out.s, &head, sizeof(head));
    if (!p->e.set && !p->done(p->context, (const struct group *)(void *)out.s, &p->e) && !p->e.set)
        err_set(&p->e, "the import was broken off");
    start_again(p);
}

void packer_add(struct packer *p, uint32_t file, const struct cell row[LEAVES])
{
    p->files[p->rows] = file;
    for (size_t i = 0; i < LEAVES; i++) {
        struct column *c = &p->column[i];
        c->last = code_of(c, &row[i]);
        c->codes[p->rows] = (uint16_t)c->last;
        p->size += row[i].n;
    }
    if (++p->rows == GROUP_ROWS || p->size > GROUP_TEXT)
        give(p);
}

bool packer_finish(struct packer *p, struct err *e)
{
    if (p->rows)
        give(p);
    return !p->e.set || err_set(e, "%s", p->e.msg);
}
