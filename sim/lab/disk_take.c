/* SPDX-License-Identifier: MIT */
/*
 * Files that people changed by hand. The tree on the disk is the truth for a server's files, but a replay starts from
 * the tree of the build: what somebody did to host/ with an editor is found by comparing the disk with the manifest, and
 * becomes entries of the journal (disk:Changed) before the next operation.
 */
#include "sim/lab/parts.h"

#include <string.h>
#include <sys/stat.h>

#define CONTENT_MAX (5u << 20) /* as base64 it has to fit into an entry */

static void add_change(struct lab *lab, const struct server *server, const struct file *f, const char *does)
{
    *GROW(lab->changes, lab->n_changes, lab->cap_changes) = (struct disk_change){
        .server = server, .path = f->path, .does = does, .data = f->data, .size = f->size, .mode = f->mode};
}

static const char *way_of(const struct file *f)
{
    return f->kind == FILE_DIR ? "mkdir" : f->kind == FILE_LINK ? "link" : "write";
}

static bool same_file(const struct file *was, const struct file *is)
{
    if (was->kind != is->kind)
        return false;
    if (is->kind == FILE_REGULAR)
        return was->size == is->size && was->mtime_ms == is->mtime_ms;
    return is->kind == FILE_DIR || (was->size == is->size && !memcmp(was->data, is->data, is->size));
}

/* Directories come before what is in them. */
static void compare_trees(struct lab *lab, const struct server *server, const struct tree *was, const struct tree *is)
{
    for (const struct file *f = was->files; f; f = f->next)
        if (!tree_find(is, f->path))
            add_change(lab, server, f, "remove");
    for (const struct file *f = is->files; f; f = f->next) {
        const struct file *before = tree_find(was, f->path);
        if (!before || !same_file(before, f))
            add_change(lab, server, f, way_of(f));
    }
}

void disk_read(struct world *w, struct disk_reading *r)
{
    tree_load_listed(w, &r->tree, &r->listed, r->at.root, r->at.manifest, &r->err);
}

bool disk_adopt(struct lab *lab, struct server *server, const struct disk_reading *r, struct err *e)
{
    server->tree = r->tree;
    if (r->err.set)
        return err_set(e, "server \"%s\": %s", server->name, r->err.msg);
    compare_trees(lab, server, &r->listed, &server->tree);
    return true;
}

struct looking {
    const struct tree *tree;
    size_t n;
};

static bool look_at(void *context, const struct dir_entry *entry, struct err *e)
{
    struct looking *l = context;
    if (!entry->is_dir && !entry->is_link && !S_ISREG(entry->mode))
        return true; /* no file that a tree holds */
    char path[TREE_MAX_PATH + 2];
    int n = snprintf(path, sizeof(path), "/%s", entry->path);
    const struct file *file = n > 0 && (size_t)n < sizeof(path) ? tree_find(l->tree, path) : NULL;
    enum file_kind kind = entry->is_dir ? FILE_DIR : entry->is_link ? FILE_LINK : FILE_REGULAR;
    bool same =
        file && file->kind == kind &&
        (kind != FILE_REGULAR || (file->size == (size_t)entry->size && file->mtime_ms / 1000 == entry->mtime_ms / 1000)) &&
        (kind != FILE_LINK || file->size == (size_t)entry->size);
    l->n++;
    return same || err_set(e, "it differs");
}

/* Nothing is read but names and times: some thousand files take a few milliseconds. */
bool disk_differs(const struct lab *lab)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (const struct server *server = lab->world.servers; server; server = server->next) {
        struct err found = {0};
        struct looking l = {.tree = &server->tree};
        const char *root = lab_tree_path(&arena, lab->dir, &lab->world, server);
        if (!dir_walk(root, look_at, &l, &found) || l.n + 1 != server->tree.n)
            return true;
    }
    return false;
}

void disk_forget_redone(struct lab *lab)
{
    size_t kept = 0;
    for (size_t i = 0; i < lab->n_changes; i++) {
        const struct disk_change *change = &lab->changes[i];
        const struct file *now = tree_find(&change->server->tree, change->path);
        bool removed = text_same(change->does, "remove");
        if (now ? !now->dirty : removed)
            lab->changes[kept++] = *change;
    }
    lab->n_changes = kept;
}

void disk_note_changes(struct lab *lab, int64_t now_ms)
{
    for (size_t i = 0; i < lab->n_changes; i++) {
        const struct disk_change *change = &lab->changes[i];
        json_auto_t *params = json_pack("{s:o, s:s}", "path", json_clean(change->path), "does", change->does);
        bool has_data = !text_same(change->does, "remove") && !text_same(change->does, "mkdir") && change->size <= CONTENT_MAX;
        if (has_data) {
            AUTO(str_drop) struct str data = {0};
            str_add_base64(&data, change->data, change->size);
            json_put_text(params, "data", str_text(&data));
        }
        if (!text_same(change->does, "remove"))
            json_put(params, "mode", json_integer(change->mode));
        struct outcome out;
        act(&lab->world,
            &(struct action){
                .time_ms = now_ms,
                .who = {.kind = PRINCIPAL_OS, .name = "root" },
                .from = {.ip = "127.0.0.1",    .agent = "disk"},
                .op = "disk:Changed",
                .on = change->server->name,
                .params = params
        },
            &out);
    }
    lab->n_changes = 0;
}

bool lab_disk_take(struct lab *lab, int64_t now_ms, struct err *e)
{
    for (struct server *server = lab->world.servers; server; server = server->next) {
        struct disk_reading r = {.server = server->name};
        lab_tree_paths(&lab->arena, lab->dir, server->name, server == lab->world.servers, &r.at);
        disk_read(&lab->world, &r);
        if (!disk_adopt(lab, server, &r, e))
            return false;
    }
    disk_note_changes(lab, now_ms);
    return true;
}
