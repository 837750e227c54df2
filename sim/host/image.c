/* SPDX-License-Identifier: MIT */
/*
 * What servers are installed from, in fixtures/: the tree of the image, and the sites that a web team puts up. Each is read
 * once in a process and stays: a class has hundreds of servers made of it.
 */
#include "sim/host/image.h"

#include <pthread.h>
#include <stdlib.h>

#define IMAGE "fixtures/host/amazon-linux-2"
#define FILE_LIMIT (4u << 20)

static struct {
    pthread_mutex_t lock;
    struct world holder; /* its arena alone */
    struct tree tree;    /* n = 0: not read yet */
    struct image_site *sites;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct tree *kept_tree(struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    pthread_mutex_lock(&kept.lock);
    bool good = kept.tree.n > 0 || tree_load(&kept.holder, &kept.tree, data_path(&arena, IMAGE "/root"),
                                             data_path(&arena, IMAGE "/tree.mtree"), e);
    pthread_mutex_unlock(&kept.lock);
    return good ? &kept.tree : NULL;
}

bool image_tree(struct world *w, struct tree *tree, struct err *e)
{
    const struct tree *image = kept_tree(e);
    if (image)
        tree_copy(w, tree, image);
    return image != NULL;
}

/* ---- sites ---- */

struct reading {
    struct image_site *site;
    size_t cap;
    const char *root;
};

static bool take(void *context, const struct dir_entry *entry, struct err *e)
{
    struct reading *r = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str data = {0};
    if (entry->is_link)
        return true;
    if (!entry->is_dir && !file_read(arena_printf(&arena, "%s/%s", r->root, entry->path), FILE_LIMIT, &data, e))
        return false;
    *GROW(r->site->files, r->site->n, r->cap) = (struct image_file){
        .path = arena_dup(&kept.holder.arena, entry->path),
        .is_dir = entry->is_dir,
        .data = arena_dupn(&kept.holder.arena, str_text(&data), data.len),
        .n = data.len,
    };
    return true;
}

static struct image_site *read_site(const char *name, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct image_site *site = arena_alloc(&kept.holder.arena, sizeof(*site));
    struct reading reading = {.site = site, .root = data_path(&arena, "fixtures/site/%s", name)};
    site->name = arena_dup(&kept.holder.arena, name);
    if (dir_walk(reading.root, take, &reading, e))
        return site;
    free(site->files);
    return NULL;
}

const struct image_site *image_site(const char *name, struct err *e)
{
    pthread_mutex_lock(&kept.lock);
    struct image_site *site = kept.sites;
    while (site && !text_same(site->name, name))
        site = site->next;
    if (!site && (site = read_site(name, e))) {
        site->next = kept.sites;
        kept.sites = site;
    }
    pthread_mutex_unlock(&kept.lock);
    return site;
}
