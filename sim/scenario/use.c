/* SPDX-License-Identifier: MIT */
/*
 * use: places, cast, account, noise and building blocks from other files. What they hold comes before what the scenario
 * itself says, and gives way to it: a name that the scenario has, too, is the scenario's. Nodes keep the place in their
 * own file, so every message later on names the file where the word stands.
 */
#include "sim/scenario/use.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 32, MOST_DEPTH = 8, MOST_NAME = 100 };

/* What a file may bring along, and how several of them become one. */
enum join { JOIN_NAMES, JOIN_MAPS, JOIN_LISTS };
static const struct {
    const char *key;
    enum join join;
} shared[] = {
    {"vary",          JOIN_NAMES},
    {"places",        JOIN_NAMES},
    {"cast",          JOIN_NAMES},
    {"account",       JOIN_MAPS },
    {"servers",       JOIN_NAMES},
    {"background",    JOIN_NAMES},
    {"blocks",        JOIN_NAMES},
    {"timeline",      JOIN_LISTS},
    {"questions",     JOIN_LISTS},
    {"checks",        JOIN_LISTS},
    {"solution",      JOIN_LISTS},
    {"other_repairs", JOIN_LISTS},
};

bool is_shared_key(const char *key)
{
    for (size_t i = 0; i < COUNT(shared); i++)
        if (text_same(shared[i].key, key))
            return true;
    return false;
}

struct chain { /* who uses whom, from the scenario down */
    const char *path, *as;
    const struct chain *above;
};
struct using
{
    struct scenario *s;
    struct diags *diags;
    const struct shelf *shelf;
    const char *home;                     /* where the scenario lies, and its library below it */
    const struct node *files[MOST_FILES]; /* their maps, in the order in which they count */
    struct used_file used[MOST_FILES];
    size_t n;
    struct str hashed; /* what the content hash covers beside the scenario's own bytes */
};

/* ---- finding files ---- */

/* "cafe/cast" is of the library, "./cast" lies beside the file that says so. No other dots: nothing leads elsewhere. */
static bool good_name(const char *name)
{
    const char *at = name + (text_starts(name, "./") ? 2 : 0);
    if (strlen(name) > MOST_NAME)
        return false;
    for (;;) {
        size_t n = strspn(at, ALPHABET_LOWER "_-");
        if (!n || (at[n] && at[n] != '/'))
            return false;
        if (!at[n])
            return true;
        at += n + 1;
    }
}

/* A link must not lead out of its folder: what is shown of a mistake would be of any file of this machine. */
static bool stays_within(const char *folder, const char *path, struct err *e)
{
    char root[PATH_MAX], real[PATH_MAX];
    if (!realpath(folder, root) || !realpath(path, real))
        return err_set(e, "open '%s': %m", path);
    size_t n = strlen(root);
    return (strncmp(root, real, n) == 0 && real[n] == '/') || err_set(e, "'%s' is a link that leads out of its folder", path);
}

static const char *folder_of(struct arena *arena, const char *home, const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');
    const char *own = arena_printf(arena, "%s/library", home);
    if (text_starts(name, "./"))
        return slash ? arena_dupn(arena, from, (size_t)(slash - from)) : ".";
    return file_exists(arena_printf(arena, "%s/%s.yaml", own, name)) ? own : data_path(arena, "scenarios/library");
}

static bool read_file(void *context, const char *home, const char *from, const char *name, struct str *path, struct str *text,
                      struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *folder = folder_of(&arena, home, from, name);
    const char *bare = name + (text_starts(name, "./") ? 2 : 0);
    (void)context;
    if (text_same(folder, "."))
        str_addf(path, "%s.yaml", bare);
    else
        str_addf(path, "%s/%s.yaml", folder, bare);
    return file_read(str_text(path), YAML_MAX_BYTES, text, e) && stays_within(folder, str_text(path), e);
}

const struct shelf files_shelf = {read_file, NULL};

/* ---- reading them ---- */

static bool read_uses(struct using *u, const struct node *file, const struct chain *chain, unsigned depth);

/* What is above the last folder "library" of a path; NULL if there is none. */
static const char *above_library(struct arena *arena, const char *dir)
{
    static const char word[] = "library";
    const size_t n = strlen(word);
    for (const char *end = dir + strlen(dir); (size_t)(end - dir) >= n; end--) {
        const char *begin = end - n;
        if (memcmp(begin, word, n) != 0 || (*end && *end != '/') || (begin > dir && begin[-1] != '/'))
            continue;
        return begin == dir ? "." : begin == dir + 1 ? "/" : arena_dupn(arena, dir, (size_t)(begin - 1 - dir));
    }
    return NULL;
}

/* A library file that is read alone lies in the library of a scenario, as it is named or as folders lie, or beside one. */
static const char *home_of(struct scenario *s)
{
    char real[PATH_MAX];
    const char *home = s->library ? above_library(&s->arena, s->dir) : NULL;
    if (!home && s->library && realpath(s->dir, real))
        home = above_library(&s->arena, real);
    return home ? home : s->dir;
}

static const char *bare(const char *path)
{
    return path + (text_starts(path, "./") ? 2 : 0);
}

static bool in_chain(const struct chain *chain, const char *path)
{
    while (chain && !text_same(bare(chain->path), bare(path)))
        chain = chain->above;
    return chain;
}

static void check_keys(struct using *u, const struct node *file)
{
    const char *known[COUNT(shared) + 3] = {"library", "use"};
    for (size_t i = 0; i < COUNT(shared); i++)
        known[2 + i] = shared[i].key;
    for (size_t i = 0; i < file->n; i++) {
        const char *key = file->pairs[i].key->text, *meant;
        if (is_shared_key(key) || text_same(key, "library") || text_same(key, "use"))
            continue;
        meant = text_meant(key, known);
        node_error(u->diags, file->pairs[i].key, "unknown-key",
                   meant ? "unknown key \"%s\" in a library file (did you mean \"%s\"?)"
                         : "\"%s\" is not for a library file: it is the scenario's own",
                   key, meant);
    }
    const struct node *version = node_get(file, "library");
    if (!version || version->kind != NODE_TEXT || !text_same(version->text, "1"))
        node_error(u->diags, file, "missing-key", "a file that is used begins with \"library: 1\"");
}

static const char *as_of(struct using *u, const struct chain *above, const char *name)
{
    const char *slash = strrchr(above->as, '/');
    if (!text_starts(name, "./"))
        return arena_printf(&u->s->arena, "library/%s.yaml", name);
    return arena_printf(&u->s->arena, "%.*s%s.yaml", slash ? (int)(slash + 1 - above->as) : 0, above->as, name + 2);
}

/* One file, and what it uses itself, which counts before it. */
static void read_one(struct using *u, const struct node *item, const struct chain *above, unsigned depth)
{
    AUTO(str_drop) struct str path = {0}, text = {0};
    struct err e = {0};
    if (item->kind != NODE_TEXT && !above->above)
        return; /* the scenario's own `use` is decoded, and told then */
    if (item->kind != NODE_TEXT || !good_name(item->text)) {
        node_error(u->diags, item, "bad-use",
                   "expected a file of the library such as cafe/cast, or ./name for one beside this, without \".yaml\"");
        return;
    }
    if (!u->shelf->read(u->shelf->context, u->home, above->path, item->text, &path, &text, &e)) {
        node_error(u->diags, item, "no-such-file", "\"%s\" cannot be used: %s", item->text, e.msg);
        return;
    }
    if (in_chain(above, str_text(&path))) {
        node_error(u->diags, item, "circle", "\"%s\" uses itself in the end", item->text);
        return;
    }
    for (size_t i = 0; i < u->n; i++)
        if (text_same(u->used[i].path, str_text(&path)))
            return; /* by another one already */
    if (depth > MOST_DEPTH || u->n >= MOST_FILES) {
        node_error(u->diags, item, "too-large", "too many files: at most %d, and %d deep", MOST_FILES, MOST_DEPTH);
        return;
    }
    struct chain chain = {arena_dup(&u->s->arena, str_text(&path)), as_of(u, above, item->text), above};
    const struct node *file = yaml_read(&u->s->arena, chain.path, str_text(&text), text.len, u->diags);
    str_addf(&u->hashed, "%s %zu\n", item->text, text.len);
    str_addn(&u->hashed, str_text(&text), text.len);
    if (file && file->kind != NODE_MAP)
        node_error(u->diags, file, "wrong-kind", "expected a library file: a map of keys and values");
    if (!file || file->kind != NODE_MAP)
        return;
    check_keys(u, file);
    if (!read_uses(u, file, &chain, depth + 1))
        return;
    u->used[u->n] = (struct used_file){chain.path, chain.as};
    u->files[u->n++] = file;
}

/* False when there is no room for more. */
static bool read_uses(struct using *u, const struct node *file, const struct chain *chain, unsigned depth)
{
    const struct node *use = node_get(file, "use");
    if (use && use->kind == NODE_MAP && chain->above)
        node_error(u->diags, use, "wrong-kind", "\"use\": expected a list of files");
    else if (use && use->kind == NODE_TEXT)
        read_one(u, use, chain, depth);
    for (size_t i = 0; use && use->kind == NODE_LIST && i < use->n; i++)
        read_one(u, use->items[i], chain, depth);
    return u->n < MOST_FILES;
}

/* ---- joining them ---- */

static const char *kind_word(enum node_kind kind)
{
    return kind == NODE_LIST ? "a list" : kind == NODE_MAP ? "a map" : "a text";
}

/* This key's value in every file that has it, the scenario's own last. */
static size_t gather(struct using *u, const struct node *const *maps, size_t n, const char *key, enum node_kind kind,
                     const struct node **out)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct node *value = node_get(maps[i], key);
        if (!value)
            continue;
        if (value->kind == kind)
            out[found++] = value;
        else if (i + 1 < n) /* the scenario's own is told when it is decoded */
            node_error(u->diags, value, "wrong-kind", "\"%s\": expected %s, got %s", key, kind_word(kind),
                       kind_word(value->kind));
    }
    return found;
}

static struct node *like(struct using *u, const struct node *node, size_t n)
{
    struct node *copy = arena_alloc(&u->s->arena, sizeof(*copy));
    *copy = *node;
    copy->n = 0;
    if (node->kind == NODE_MAP)
        copy->pairs = arena_alloc(&u->s->arena, (n + 1) * sizeof(*copy->pairs));
    else
        copy->items = arena_alloc(&u->s->arena, (n + 1) * sizeof(struct node *));
    return copy;
}

static size_t sum(const struct node *const *nodes, size_t n)
{
    size_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += nodes[i]->n;
    return all;
}

/* A name that two files have is a mistake; one that the scenario has, too, is the scenario's. */
static void add_names(struct using *u, struct node *out, const struct node *from, const struct node *own)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct pair *pair = &from->pairs[i];
        const struct node *there = NULL;
        if (from != own && own && node_get(own, pair->key->text))
            continue;
        for (size_t j = 0; j < out->n && !there; j++)
            if (text_same(out->pairs[j].key->text, pair->key->text))
                there = out->pairs[j].key;
        if (there)
            node_error(u->diags, pair->key, "name-taken", "\"%s\" is in %s already", pair->key->text, there->at.file);
        else
            out->pairs[out->n++] = *pair;
    }
}

static struct node *join_names(struct using *u, const struct node *const *values, size_t n, const struct node *own)
{
    struct node *out = like(u, values[n - 1], sum(values, n));
    for (size_t i = 0; i < n; i++)
        add_names(u, out, values[i], own);
    if (out->n > YAML_MAX_KEYS)
        node_error(u->diags, out, "too-large", "too many keys in one map");
    return out;
}

static struct node *join_lists(struct using *u, const struct node *const *values, size_t n)
{
    struct node *out = like(u, values[n - 1], sum(values, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < values[i]->n; j++)
            out->items[out->n++] = values[i]->items[j];
    return out;
}

/* A map of maps of names, as the account is one. */
static struct node *join_maps(struct using *u, const struct node *const *values, size_t n, const struct node *own)
{
    struct node *out = like(u, values[n - 1], sum(values, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < values[i]->n; j++) {
            const struct pair *pair = &values[i]->pairs[j];
            const struct node *inner[MOST_FILES + 1];
            if (node_get(out, pair->key->text))
                continue;
            size_t found = gather(u, values, n, pair->key->text, NODE_MAP, inner);
            struct node *joined = pair->value;
            if (found)
                joined = join_names(u, inner, found, own ? node_get(own, pair->key->text) : NULL);
            out->pairs[out->n++] = (struct pair){pair->key, joined};
        }
    return out;
}

static void join_key(struct using *u, struct node *root, const char *key, enum join join)
{
    const struct node *maps[MOST_FILES + 1], *values[MOST_FILES + 1], *own = node_get(root, key);
    enum node_kind kind = join == JOIN_LISTS ? NODE_LIST : NODE_MAP;
    memcpy(maps, u->files, u->n * sizeof(*maps));
    maps[u->n] = root;
    size_t n = gather(u, maps, u->n + 1, key, kind, values);
    if (!n || (own && own->kind != kind))
        return;
    struct node *joined = join == JOIN_LISTS  ? join_lists(u, values, n)
                          : join == JOIN_MAPS ? join_maps(u, values, n, own)
                                              : join_names(u, values, n, own);
    for (size_t i = 0; i < root->n; i++)
        if (text_same(root->pairs[i].key->text, key)) {
            root->pairs[i].value = joined;
            return;
        }
    struct node *word = arena_alloc(&u->s->arena, sizeof(*word));
    *word = (struct node){.kind = NODE_TEXT, .at = joined->at, .width = 1, .text = key};
    root->pairs[root->n++] = (struct pair){word, joined};
}

const struct node *scenario_use(struct scenario *s, const struct node *root, const struct shelf *shelf, struct diags *diags)
{
    struct using u = {.s = s, .diags = diags, .shelf = shelf, .home = home_of(s)};
    struct chain self = {s->file, "scenario.yaml", NULL};
    if (root->kind != NODE_MAP || !node_get(root, "use"))
        return root;
    read_uses(&u, root, &self, 1);
    struct node *all = like(&u, root, root->n + COUNT(shared));
    memcpy(all->pairs, root->pairs, root->n * sizeof(*all->pairs));
    all->n = root->n;
    for (size_t i = 0; u.n && i < COUNT(shared); i++)
        join_key(&u, all, shared[i].key, shared[i].join);
    struct used_file *used = arena_alloc(&s->arena, (u.n + 1) * sizeof(*used));
    memcpy(used, u.used, u.n * sizeof(*used));
    s->used = (struct list){used, u.n};
    if (u.hashed.len) {
        AUTO(str_drop) struct str covered = {0};
        char hash[65];
        str_addf(&covered, "%s\n", s->content_hash);
        str_addn(&covered, str_text(&u.hashed), u.hashed.len);
        sha256_hex(str_text(&covered), covered.len, hash);
        s->content_hash = arena_dup(&s->arena, hash);
    }
    str_drop(&u.hashed);
    return all;
}
