/* SPDX-License-Identifier: MIT */
/*
 * A server's file system in memory: a sorted list of files, found through a hash of their paths.
 *
 * '/' sorts before all other bytes, so what a directory holds follows it without a gap; moving and removing a directory
 * is cutting a stretch out of the list.
 */
#include "sim/world/tree.h"

#include <stdlib.h>
#include <string.h>

/* ---- paths ---- */

#define FIRST_INODE 4194304 /* where a root volume's first files tend to be; 0 is none */

bool tree_path_ok(const char *path)
{
    unsigned depth = 0;

    if (path[0] != '/' || strlen(path) > TREE_MAX_PATH)
        return false;
    if (path[1] == '\0')
        return true;
    while (*path == '/') {
        const char *part = path + 1;
        size_t n = strcspn(part, "/");

        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        if (n > 255 || ++depth > TREE_MAX_DEPTH)
            return false;
        path = part + n;
    }
    return true;
}

static bool path_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    if (n == 1)
        return path[1] != '\0';
    return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* ---- the index: open addressing, at most half full ---- */

static uint64_t path_hash(const char *path, size_t n)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)path[i]) * 1099511628211u;
    return hash ? hash : 1;
}

/* Where the file of this path is, or would be. */
static struct file **index_slot(const struct tree *tree, const char *path, size_t n, uint64_t hash)
{
    size_t mask = tree->index_size - 1;
    size_t at = hash & mask;

    while (tree->index[at] &&
           (tree->index[at]->hash != hash || strncmp(tree->index[at]->path, path, n) != 0 || tree->index[at]->path[n] != '\0'))
        at = (at + 1) & mask;
    return &tree->index[at];
}

static struct file **slot_of(const struct tree *tree, const struct file *file)
{
    return index_slot(tree, file->path, strlen(file->path), file->hash);
}

static void index_add(struct tree *tree, struct file *file)
{
    if (!file->hash)
        file->hash = path_hash(file->path, strlen(file->path));
    *slot_of(tree, file) = file;
}

static void index_fill(struct tree *tree)
{
    memset(tree->index, 0, tree->index_size * sizeof(*tree->index));
    for (struct file *file = tree->files; file; file = file->next)
        index_add(tree, file);
}

/* Takes a file out; what was pushed behind it by the same hash moves up, so that no gap comes before it. */
static void index_remove(struct tree *tree, const struct file *file)
{
    size_t mask = tree->index_size - 1;
    size_t gap = (size_t)(slot_of(tree, file) - tree->index);

    for (size_t at = (gap + 1) & mask; tree->index[at]; at = (at + 1) & mask) {
        size_t home = tree->index[at]->hash & mask;

        if (((at - home) & mask) < ((at - gap) & mask))
            continue; /* it stands between the gap and its place */
        tree->index[gap] = tree->index[at];
        gap = at;
    }
    tree->index[gap] = NULL;
}

static void index_make_room(struct world *w, struct tree *tree)
{
    size_t size = tree->index_size ? tree->index_size : 256;

    if (tree->index_size && tree->n * 2 <= size)
        return;
    while (tree->n * 2 > size)
        size *= 2;
    tree->index_size = size;
    tree->index = arena_alloc(&w->arena, size * sizeof(*tree->index));
    index_fill(tree);
}

static struct file *lookup(const struct tree *tree, const char *path, size_t n)
{
    return tree->index_size ? *index_slot(tree, path, n, path_hash(path, n)) : NULL;
}

struct file *tree_find(const struct tree *tree, const char *path)
{
    return lookup(tree, path, strlen(path));
}

struct file *tree_find_like(const struct tree *tree, const struct file *file)
{
    return tree->index_size && file->hash ? *slot_of(tree, file) : tree_find(tree, file->path);
}

/* The directory that holds it, or NULL. */
static struct file *tree_parent(const struct tree *tree, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct file *parent;

    if (!slash || slash[1] == '\0')
        return NULL;
    parent = lookup(tree, path, slash == path ? 1 : (size_t)(slash - path));
    return parent && parent->kind == FILE_DIR ? parent : NULL;
}

/* ---- changing ---- */

static void touch(struct file *dir, int64_t now_ms)
{
    dir->mtime_ms = now_ms;
    dir->dirty = true;
}

/* Puts the stretch first..last, whose paths follow each other, where it belongs. */
static void splice(struct file *parent, struct file *first, struct file *last)
{
    struct file *before = parent;

    while (before->next && path_order(before->next->path, first->path) < 0)
        before = before->next;
    last->next = before->next;
    before->next = first;
}

static struct file *last_below(struct file *file)
{
    struct file *last = file;

    while (last->next && path_below(last->next->path, file->path))
        last = last->next;
    return last;
}

static void cut(struct tree *tree, struct file *first, struct file *last)
{
    struct file **at = &tree->files;

    while (*at != first)
        at = &(*at)->next;
    *at = last->next;
    last->next = NULL;
}

/* A new file, or NULL when it cannot be there. */
static struct file *add(struct world *w, struct tree *tree, const char *path, enum file_kind kind, int64_t now_ms)
{
    struct file *parent = tree_path_ok(path) ? tree_parent(tree, path) : NULL;
    bool is_root = strcmp(path, "/") == 0 && !tree->files && kind == FILE_DIR;
    struct file *file;

    if ((!parent && !is_root) || tree->n >= TREE_MAX_FILES)
        return NULL;
    file = arena_alloc(&w->arena, sizeof(*file));
    file->path = arena_dup(&w->arena, path);
    file->kind = kind;
    if (tree->next_inode == 0)
        tree->next_inode = FIRST_INODE;
    file->inode = tree->next_inode++;
    file->dirty = true;
    if (is_root)
        tree->files = file;
    else
        splice(parent, file, file);
    tree->n++;
    index_make_room(w, tree);
    index_add(tree, file);
    if (parent)
        touch(parent, now_ms);
    file->mtime_ms = now_ms;
    return file;
}

/* A log that grows is copied seldom: it gets room, and what was there stays where it is, for those who remember it. */
static void append_content(struct world *w, struct file *file, const char *data, size_t n)
{
    size_t whole = file->size + n;

    if (file->owner != file || file->room < whole) {
        file->room = whole + whole / 2;
        file->owner = file;
        char *copy = arena_alloc(&w->arena, file->room + 1);
        memcpy(copy, file->data, file->size);
        file->data = copy;
    }
    memcpy((char *)file->data + file->size, data, n);
    file->size = whole;
}

static void put_content(struct world *w, struct file *file, const char *data, size_t n)
{
    bool grows = file->data && file->size && n >= file->size && !memcmp(file->data, data, file->size);

    if (grows) {
        append_content(w, file, data + file->size, n - file->size);
        return;
    }
    file->data = arena_dupn(&w->arena, data, n);
    file->size = file->room = n;
    file->owner = file;
}

/* The file with room for n bytes counted; its content is the caller's to set. */
static struct file *put(struct world *w, struct tree *tree, const char *path, size_t n, int64_t now_ms)
{
    struct file *file = tree_find(tree, path);
    size_t others = tree->bytes - (file && file->kind == FILE_REGULAR ? file->size : 0);

    if (n > TREE_MAX_BYTES || others > TREE_MAX_BYTES - n || (file && file->kind != FILE_REGULAR))
        return NULL;
    if (!file) {
        file = add(w, tree, path, FILE_REGULAR, now_ms);
        if (!file)
            return NULL;
        file->mode = 0644;
    }
    tree->bytes = others + n;
    touch(file, now_ms);
    return file;
}

struct file *tree_put(struct world *w, struct tree *tree, const char *path, const void *data, size_t n, int64_t now_ms)
{
    struct file *file = put(w, tree, path, n, now_ms);

    if (file)
        put_content(w, file, n ? data : "", n);
    return file;
}

struct file *tree_put_lasting(struct world *w, struct tree *tree, const char *path, const void *data, size_t n, int64_t now_ms)
{
    struct file *file = put(w, tree, path, n, now_ms);

    if (!file)
        return NULL;
    file->data = n ? data : "";
    file->size = n;
    file->owner = NULL; /* what grows is copied */
    return file;
}

struct file *tree_append(struct world *w, struct tree *tree, const char *path, const void *data, size_t n, int64_t now_ms)
{
    struct file *file = tree_find(tree, path);

    if (!file || file->kind != FILE_REGULAR || !file->data)
        return tree_put(w, tree, path, data, n, now_ms);
    if (tree->bytes > TREE_MAX_BYTES || n > TREE_MAX_BYTES - tree->bytes)
        return NULL;
    append_content(w, file, n ? data : "", n);
    tree->bytes += n;
    touch(file, now_ms);
    return file;
}

bool tree_is_dirty(const struct tree *tree)
{
    bool dirty = tree->removed;
    for (const struct file *file = tree->files; file && !dirty; file = file->next)
        dirty = file->dirty;
    return dirty;
}

struct file *tree_mkdir(struct world *w, struct tree *tree, const char *path, unsigned mode, unsigned uid, unsigned gid,
                        int64_t now_ms)
{
    struct file *dir = tree_find(tree, path);

    if (dir)
        return dir->kind == FILE_DIR ? dir : NULL;
    dir = add(w, tree, path, FILE_DIR, now_ms);
    if (!dir)
        return NULL;
    dir->mode = mode;
    dir->uid = uid;
    dir->gid = gid;
    return dir;
}

struct file *tree_link(struct world *w, struct tree *tree, const char *path, const char *target, int64_t now_ms)
{
    struct file *link = tree_find(tree, path) ? NULL : add(w, tree, path, FILE_LINK, now_ms);

    if (!link)
        return NULL;
    link->mode = 0777;
    link->data = arena_dup(&w->arena, target);
    link->size = strlen(target);
    return link;
}

bool tree_remove(struct tree *tree, const char *path, int64_t now_ms)
{
    struct file *file = tree_find(tree, path);
    struct file *parent = file ? tree_parent(tree, path) : NULL;

    if (!parent)
        return false;
    cut(tree, file, last_below(file));
    while (file) {
        struct file *next = file->next;

        if (file->kind == FILE_REGULAR)
            tree->bytes -= file->size;
        index_remove(tree, file);
        file->next = tree->removed; /* so that a directory comes after what it held */
        tree->removed = file;
        file = next;
        tree->n--;
    }
    touch(parent, now_ms);
    return true;
}

/* Notes that nothing is left at the old place of a file that moved. */
static void leave_gap(struct world *w, struct tree *tree, const struct file *file)
{
    struct file *gap = arena_alloc(&w->arena, sizeof(*gap));

    *gap = *file;
    gap->next = tree->removed;
    tree->removed = gap;
}

/* Are all the paths good that a move would make? */
static bool paths_fit(const struct file *first, const struct file *last, size_t old_len, const char *to)
{
    char path[TREE_MAX_PATH + 2];

    for (;; first = first->next) {
        if (snprintf(path, sizeof(path), "%s%s", to, first->path + old_len) > TREE_MAX_PATH || !tree_path_ok(path))
            return false;
        if (first == last)
            return true;
    }
}

bool tree_move(struct world *w, struct tree *tree, const char *from, const char *to, int64_t now_ms)
{
    struct file *file = tree_find(tree, from), *target = tree_find(tree, to), *last;
    struct file *old_parent = tree_parent(tree, from), *new_parent = tree_path_ok(to) ? tree_parent(tree, to) : NULL;
    size_t from_len = strlen(from);

    if (!file || !old_parent || !new_parent || file == target || path_below(to, from))
        return false;
    if (target && (target->kind == FILE_DIR || file->kind == FILE_DIR))
        return false;
    last = last_below(file);
    if (!paths_fit(file, last, from_len, to))
        return false;
    if (target)
        tree_remove(tree, to, now_ms);
    last = last_below(file);
    cut(tree, file, last);
    for (struct file *at = file; at; at = at->next) {
        leave_gap(w, tree, at);
        index_remove(tree, at);
        at->path = arena_printf(&w->arena, "%s%s", to, at->path + from_len);
        at->hash = 0;
        at->dirty = true;
        index_add(tree, at);
    }
    splice(new_parent, file, last);
    touch(old_parent, now_ms);
    touch(new_parent, now_ms);
    return true;
}

/* ---- a whole tree at once ---- */

static int by_path(const void *a, const void *b)
{
    const struct file *const *left = a, *const *right = b;

    return path_order((*left)->path, (*right)->path);
}

static struct file *make_root(struct world *w, int64_t time_ms)
{
    struct file *root = arena_alloc(&w->arena, sizeof(*root));

    *root = (struct file){.path = "/", .kind = FILE_DIR, .mode = 0755, .mtime_ms = time_ms};
    return root;
}

static void take_inodes(struct tree *tree)
{
    tree->next_inode = FIRST_INODE;
    for (struct file *file = tree->files; file; file = file->next)
        if (file->inode >= tree->next_inode)
            tree->next_inode = file->inode + 1;
    for (struct file *file = tree->files; file; file = file->next)
        if (file->inode == 0)
            file->inode = tree->next_inode++;
}

bool tree_take(struct world *w, struct tree *tree, struct file **files, size_t n, int64_t root_ms, struct err *e)
{
    struct file **end = &tree->files;

    *tree = (struct tree){0};
    if (n > 0)
        qsort(files, n, sizeof(*files), by_path);
    if (n == 0 || strcmp(files[0]->path, "/") != 0) {
        *end = make_root(w, root_ms);
        end = &(*end)->next;
        tree->n++;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(files[i - 1]->path, files[i]->path) == 0)
            return err_set(e, "\"%s\" is listed twice", files[i]->path);
        *end = files[i];
        end = &files[i]->next;
        tree->n++;
    }
    *end = NULL;
    index_make_room(w, tree);
    for (struct file *file = tree->files->next; file; file = file->next)
        if (!tree_parent(tree, file->path))
            return err_set(e, "\"%s\": the directory that holds it is not listed", file->path);
    if (tree->files->kind != FILE_DIR)
        return err_set(e, "\"/\" is not a directory");
    take_inodes(tree);
    return true;
}

void tree_copy(struct world *w, struct tree *to, const struct tree *from)
{
    struct file *copies = arena_alloc(&w->arena, (from->n + 1) * sizeof(*copies)), **end = &to->files;
    size_t n = 0;

    *to = (struct tree){.n = from->n, .bytes = from->bytes, .next_inode = from->next_inode};
    for (const struct file *file = from->files; file; file = file->next) {
        copies[n] = *file;
        *end = &copies[n];
        end = &copies[n++].next;
    }
    *end = NULL;
    if (to->n)
        index_make_room(w, to);
}
