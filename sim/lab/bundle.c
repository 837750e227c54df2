/* SPDX-License-Identifier: MIT */
/*
 * A student's bundle: what it has instead of the past. .cafelab/state-N.json is the world after N entries of the journal; the
 * build writes the first, each call the next, before it touches the trees. .cafelab/written says which one holds: the
 * number of entries that the trees agree to. After a kill the other one is ignored.
 */
#include "sim/lab/parts.h"

#include <string.h>
#include <unistd.h>

#define STATE_MAX (64u << 20)

struct seed lab_bundle_seed(const struct seed *seed)
{
    return seed_derive(seed, "bundle");
}

bool lab_ids_parse(const char *hex, struct seed *ret)
{
    if (strlen(hex) != 2 * sizeof(ret->key) || strspn(hex, ALPHABET_HEX) != 2 * sizeof(ret->key))
        return false;
    for (size_t i = 0; i < sizeof(ret->key); i++) {
        unsigned byte = 0;
        sscanf(hex + 2 * i, "%2x", &byte);
        ret->key[i] = (uint8_t)byte;
    }
    return true;
}

static const char *state_path(struct arena *arena, const char *dir, size_t n)
{
    return arena_printf(arena, "%s/.cafelab/state-%zu.json", dir, n);
}

bool lab_state_put(const struct world *w, const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    world_add_state(&text, w);
    return file_write(state_path(&arena, dir, w->journal.n), str_text(&text), text.len, 0644, e);
}

void lab_state_forget(const char *dir, size_t old)
{
    AUTO(arena_drop) struct arena arena = {0};
    unlink(state_path(&arena, dir, old)); /* one that stays does no harm */
}

bool lab_state_take(struct world *w, const char *dir, size_t n, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = state_path(&arena, dir, n);
    return file_read(path, STATE_MAX, &text, e) &&
           (world_take_state(w, str_text(&text), text.len, e) || err_wrap(e, "%s", path));
}
