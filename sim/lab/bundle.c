/* SPDX-License-Identifier: MIT */
/*
 * A student's bundle: what it has instead of the past. .cafelab/state-N is the world after N entries of the journal; the
 * build writes the first, each call the next, before it touches the trees. .cafelab/written says which one holds: the
 * number of entries that the trees agree to. After a kill the other one is ignored.
 *
 * The state says nothing that describe and list calls, `ps` and `who` do not tell. It is sealed all the same, as hints are: who
 * greps through .cafelab finds no shortcut. The key lies beside it; a seal is no lock.
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
    AUTO(str_drop) struct str key = {0};
    if (!hex_decode(hex, strlen(hex), &key) || key.len != sizeof(ret->key))
        return false;
    memcpy(ret->key, key.s, sizeof(ret->key));
    return true;
}

void lab_seal(const struct seed *seed, const char *what, char *text, size_t n)
{
    struct seed key = seed_derive(seed, "seal/%s", what);
    aes256_mask(key.key, text, n);
}

static const char *state_name(struct arena *arena, size_t n)
{
    return arena_printf(arena, ".cafelab/state-%zu", n);
}

static const char *state_seal(struct arena *arena, size_t n)
{
    return arena_printf(arena, "state/%zu", n);
}

bool lab_state_put(const struct world *w, const struct seed *ids, const struct folder *to, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    world_add_state(&text, w);
    lab_seal(ids, state_seal(&arena, w->journal.n), text.s, text.len);
    return folder_put(to, state_name(&arena, w->journal.n), str_text(&text), text.len, e);
}

void lab_state_forget(const char *dir, size_t old)
{
    AUTO(arena_drop) struct arena arena = {0};
    unlink(lab_file(&arena, dir, state_name(&arena, old))); /* one that stays does no harm */
}

bool lab_state_take(struct world *w, const char *dir, size_t n, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = lab_file(&arena, dir, state_name(&arena, n));
    if (!file_read(path, STATE_MAX, &text, e))
        return false;
    lab_seal(&w->seed, state_seal(&arena, n), text.s, text.len);
    struct err why = {0};
    return world_take_state(w, str_text(&text), text.len, &why) || err_set(e, "%s: " LAB_SEAL_BROKEN, path);
}
