/* SPDX-License-Identifier: MIT */
/*
 * The operation that stands for files changed by hand (disk_take.c finds them): a replay sees the same files as the
 * operations after it did.
 */
#include "sim/lab/catalog.h"

#include <string.h>

static void make_parents(struct world *w, struct tree *tree, const char *path, int64_t now_ms)
{
    AUTO(free_text) char *part = xstrdup(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (!tree_find(tree, part))
            tree_mkdir(w, tree, part, 0755, 0, 0, now_ms);
        *slash = '/';
    }
}

static struct file *put_found(struct call *c, struct tree *tree, const char *path, const char *does)
{
    AUTO(str_drop) struct str data = {0};
    const char *text = call_text(c, "data");
    const struct file *there = tree_find(tree, path);
    if (text && !base64_decode(text, strlen(text), &data)) {
        call_fail(c, "ValidationError", "data: expected base64");
        return NULL;
    }
    bool wants_dir = text_same(does, "mkdir"), wants_link = text_same(does, "link");
    if (there && there->kind != (wants_dir ? FILE_DIR : wants_link ? FILE_LINK : FILE_REGULAR))
        tree_remove(tree, path, c->now_ms);
    make_parents(c->w, tree, path, c->now_ms);
    if (wants_dir)
        return tree_mkdir(c->w, tree, path, (unsigned)call_int(c, "mode", 0755), 0, 0, c->now_ms);
    if (wants_link)
        return tree_link(c->w, tree, path, arena_dup(c->arena, str_text(&data)), c->now_ms);
    struct file *file = tree_put(c->w, tree, path, str_text(&data), data.len, c->now_ms);
    if (file && !there)
        file->mode = (unsigned)call_int(c, "mode", 0644) & 07777;
    return file;
}

static void changed(struct call *c)
{
    static const char *const ways[] = {"write", "mkdir", "link", "remove", NULL};
    struct server *server = find_server(c->w, c->action->on);
    const char *path = call_text(c, "path"), *does = call_text(c, "does");
    size_t i = 0;
    while (ways[i] && !text_same(ways[i], does))
        i++;
    if (!ways[i])
        return call_fail(c, "ValidationError", "does: expected write, mkdir, link or remove");
    if (text_same(does, "remove"))
        tree_remove(&server->tree, path, c->now_ms); /* it may have gone with its directory */
    else if (!put_found(c, &server->tree, path, does) && !text_same(does, "mkdir"))
        call_fail(c, "InvalidPath", "\"%s\" cannot be there", path);
}

static const struct op ops[] = {
    {"disk:Changed", "path! does! data mode#", OP_HOST | OP_UNLOGGED, "*", NULL, changed},
};
const struct service disk_service = {.name = "disk", .source = "disk", .ops = ops, .n = COUNT(ops)};
