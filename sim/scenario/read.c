/* SPDX-License-Identifier: MIT */
/*
 * Finding, reading and freeing a scenario.
 */
#include "sim/scenario/use.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A library file alone: its keys and values, the files that it uses, and what shows without the scenario around it. */
static void read_library(struct scenario *s, const struct node *node, const struct shelf *shelf, struct diags *diags)
{
    struct decoder decoder = {&s->arena, diags, s};
    struct field keys[32];
    struct fields table = {"a library file", keys, 0, scenario_fields.size, 0};
    for (size_t i = 0; i < scenario_fields.n && table.n < COUNT(keys); i++) {
        const struct field *f = &scenario_fields.list[i];
        if (!is_shared_key(f->key) && !text_same(f->key, "use"))
            continue;
        keys[table.n] = *f;
        keys[table.n++].required = false;
    }
    keys[table.n++] = library_field;
    s->library = true;
    decode_map(&decoder, node, &table, s);
    scenario_use(s, node, shelf, diags);
    scenario_check_library(s, diags);
}

struct scenario *scenario_read(const char *file, const char *text, size_t len, struct diags *diags)
{
    return scenario_read_from(&files_shelf, file, text, len, diags);
}

struct scenario *scenario_read_from(const struct shelf *shelf, const char *file, const char *text, size_t len,
                                    struct diags *diags)
{
    struct scenario *s = xcalloc(1, sizeof(*s));
    s->file = arena_dup(&s->arena, file);
    const char *slash = strrchr(file, '/');
    s->dir = slash ? arena_dupn(&s->arena, file, (size_t)(slash - file)) : ".";
    char hash[65];
    sha256_hex(text, len, hash);
    s->content_hash = arena_dup(&s->arena, hash);

    const struct node *node = yaml_read(&s->arena, s->file, text, len, diags);
    if (!node) {
        scenario_free(&s);
        return NULL;
    }
    s->root = node;
    if (node_get(node, "library")) {
        read_library(s, node, shelf, diags);
        return s;
    }
    node = scenario_use(s, node, shelf, diags);
    s->root = node = scenario_blocks(s, node, diags);
    struct decoder decoder = {&s->arena, diags, s};
    decode_map(&decoder, node, &scenario_fields, s);
    if (node->kind == NODE_MAP)
        scenario_check(s, diags);
    return s;
}

/* Texts are never copied between reading and checking: the same address is the same word of the file. */
static const struct node *find_text(const struct node *node, const char *text)
{
    const struct node *found = node->kind == NODE_TEXT && node->text == text ? node : NULL;
    for (size_t i = 0; i < node->n && !found; i++) {
        if (node->kind == NODE_MAP && !(found = find_text(node->pairs[i].key, text)))
            found = find_text(node->pairs[i].value, text);
        else if (node->kind == NODE_LIST)
            found = find_text(node->items[i], text);
    }
    return found;
}

const struct node *scenario_text(const struct scenario *s, const char *text)
{
    return text && s->root ? find_text(s->root, text) : NULL;
}

struct src_pos scenario_place(const struct scenario *s, const char *text, unsigned *ret_width)
{
    const struct node *node = scenario_text(s, text);
    *ret_width = node ? node->width : 1;
    return node ? node->at : (struct src_pos){s->file, 0, 0};
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "cafe-breach", "./my-scenario/", "my.yaml": what a user may type. */
static char *scenario_path(struct arena *arena, const char *name)
{
    if (is_dir(name))
        return arena_printf(arena, "%s/scenario.yaml", name);
    if (file_exists(name) || strchr(name, '/'))
        return arena_dup(arena, name);
    return data_path(arena, "scenarios/%s/scenario.yaml", name);
}

struct scenario *scenario_load(const char *name, struct diags *diags, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = scenario_path(&arena, name);
    if (!file_exists(path)) {
        err_set(e, "no scenario '%s': expected a file, a folder with a scenario.yaml, or a name that `cafelab list` shows",
                name);
        return NULL;
    }
    if (!file_read(path, YAML_MAX_BYTES, &text, e))
        return NULL;
    return scenario_read(path, str_text(&text), text.len, diags);
}

void scenario_free(struct scenario **s)
{
    if (!*s)
        return;
    arena_drop(&(*s)->arena);
    free(*s);
    *s = NULL;
}
