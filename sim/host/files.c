/* SPDX-License-Identifier: MIT */
/*
 * What programs do to files, as the kernel would do or refuse it; each act becomes a fact of the program (host.h, "files").
 * A rename keeps inode, owner and time; a new file gets the program's owner and umask; directories note what they gain
 * and lose. Each function gives 0 or an errno.
 */
#include "sim/host/machine.h"

#include <sys/stat.h>

#define FACTS_MAX 2000 /* of one program: more says nothing more */

/* ---- facts ---- */

unsigned file_type_mode(const struct file *file)
{
    static const unsigned types[] = {[FILE_REGULAR] = S_IFREG, [FILE_DIR] = S_IFDIR, [FILE_LINK] = S_IFLNK};

    return types[file->kind] | file->mode;
}

static void put_file(json_t *fact, const struct file *file)
{
    json_put(fact, "inode", json_integer((json_int_t)file->inode));
    json_put(fact, "mode", json_integer(file_type_mode(file)));
    json_put(fact, "uid", json_integer(file->uid));
    json_put(fact, "gid", json_integer(file->gid));
    json_put(fact, "size", json_integer((json_int_t)file->size));
    json_put(fact, "mtime", json_integer(file->mtime_ms));
}

/* {"inode", "mode", "uid", "gid", "size", "mtime"} */
static json_t *fact_of_file(const struct file *file)
{
    json_t *fact = json_object();

    put_file(fact, file);
    return fact;
}

static json_t *fact_of_dir(const struct file *dir)
{
    json_t *fact = json_object();

    json_put_text(fact, "path", dir->path);
    json_put(fact, "inode", json_integer((json_int_t)dir->inode));
    json_put(fact, "mode", json_integer(file_type_mode(dir)));
    json_put(fact, "uid", json_integer(dir->uid));
    json_put(fact, "gid", json_integer(dir->gid));
    return fact;
}

/* What it is before it is changed; NULL when nobody will ask. */
static json_t *as_it_was(const struct program *p, const struct file *file)
{
    return file && !p->m->w->untold ? fact_of_file(file) : NULL;
}

/* A fact begun; NULL when the program has said enough. */
static json_t *note(struct program *p, const char *does, const char *name, const struct place *at)
{
    json_t *list = p->fact && !p->m->w->untold ? fact_list(p, "files") : NULL, *fact;

    if (!list || json_array_size(list) >= FACTS_MAX)
        return NULL;
    fact = json_object();
    json_put_text(fact, "does", does);
    json_put_text(fact, "path", at->path);
    json_put_text(fact, "name", name);
    if (at->parent)
        json_put(fact, "parent", fact_of_dir(at->parent));
    json_put(fact, "at", json_integer(p->m->now_ms));
    json_array_append_new(list, fact);
    return fact;
}

static int refuse(struct program *p, const char *does, const char *name, const struct place *at, int error)
{
    json_t *fact = error ? note(p, does, name, at) : NULL;

    if (fact) {
        json_put_text(fact, "errno", strerrorname_np(error));
        if (at->file)
            put_file(fact, at->file);
    }
    return error;
}

static void done(json_t *fact, const struct file *file, json_t *was)
{
    if (!fact) {
        json_decref(was);
        return;
    }
    if (file)
        put_file(fact, file);
    if (was)
        json_put(fact, "was", was);
}

/* ---- may a name be made or taken away here? ---- */

static bool is_daemons(const struct program *p, const struct place *at) /* its pid file: see pid_file() */
{
    return !tree_find(p->m->tree, at->path);
}

static int may_add(struct program *p, const struct place *at)
{
    if (!at->parent)
        return at->error;
    return may(&p->cred, at->parent, 3) ? 0 : EACCES;
}

static int may_take(struct program *p, const struct place *at)
{
    const struct file *dir = at->parent;

    if (at->error)
        return at->error;
    if (!dir)
        return EBUSY; /* the root */
    if (is_daemons(p, at))
        return EBUSY;
    if (!may(&p->cred, dir, 3))
        return EACCES;
    if (dir->mode & 01000 && p->cred.uid != 0 && p->cred.uid != at->file->uid && p->cred.uid != dir->uid)
        return EPERM; /* sticky: /tmp */
    return 0;
}

static void belong(struct program *p, struct file *file, const struct file *dir)
{
    file->uid = p->cred.uid;
    file->gid = dir->mode & 02000 ? dir->gid : p->cred.gid;
}

/* ---- reading ---- */

int fs_read(struct program *p, const char *name, const char **ret_data, size_t *ret_len)
{
    struct place at = place_find(p, name, FOLLOW);

    *ret_data = "";
    *ret_len = 0;
    if (is_null_device(at.path))
        return 0;
    if (at.error)
        return at.error == EACCES ? refuse(p, "read", name, &at, EACCES) : at.error;
    if (!may(&p->cred, at.file, 4))
        return refuse(p, "read", name, &at, EACCES);
    if (at.file->kind == FILE_DIR)
        return EISDIR;
    *ret_data = at.file->data ? at.file->data : "";
    *ret_len = at.file->data ? at.file->size : 0;
    return 0;
}

/* ---- writing ---- */

static int may_write(struct program *p, const char *name, const struct place *at, size_t n)
{
    if (at->error && (at->error != ENOENT || !at->parent))
        return at->error;
    if (at->file ? at->file->kind == FILE_DIR : text_ends(name, "/"))
        return EISDIR;
    if (at->file && !may(&p->cred, at->file, 2))
        return EACCES;
    if (at->file && is_daemons(p, at))
        return EBUSY;
    if (!at->file && may_add(p, at) != 0)
        return may_add(p, at);
    return n > FILE_MAX_BYTES ? EFBIG : 0;
}

enum way { WRITE_NEW, WRITE_BEHIND, WRITE_LASTING }; /* the last: the bytes stay where they are, nothing is copied */
static int write_file(struct program *p, const char *name, const void *data, size_t n, enum way way)
{
    bool append = way == WRITE_BEHIND;
    AUTO(str_drop) struct str all = {0};
    struct place at = place_find(p, name, FOLLOW);
    size_t before = append && at.file && at.file->kind == FILE_REGULAR && at.file->data ? at.file->size : 0;
    int error = is_null_device(at.path) ? 0 : may_write(p, name, &at, before + n);
    json_t *was = as_it_was(p, at.file), *fact;
    struct file *file;

    if (error || is_null_device(at.path)) {
        json_decref(was);
        return refuse(p, "open", name, &at, error);
    }
    if (before > 0) {
        str_addn(&all, at.file->data, before);
        str_addn(&all, n ? data : "", n);
        data = all.s;
        n = all.len;
    }
    file = (way == WRITE_LASTING ? tree_put_lasting : tree_put)(p->m->w, p->m->tree, at.path, data, n, p->m->now_ms);
    if (!file) {
        json_decref(was);
        return ENOSPC;
    }
    if (!at.file) {
        belong(p, file, at.parent);
        file->mode = 0666 & ~p->umask;
    }
    fact = note(p, "open", name, &at);
    if (fact) {
        json_put_text(fact, "flags", append ? "O_WRONLY|O_CREAT|O_APPEND" : "O_WRONLY|O_CREAT|O_TRUNC");
        if (!was)
            json_put(fact, "created", json_true());
    }
    done(fact, file, was);
    return 0;
}

int fs_write(struct program *p, const char *name, const void *data, size_t n)
{
    return write_file(p, name, data, n, WRITE_NEW);
}

int fs_append(struct program *p, const char *name, const void *data, size_t n)
{
    return write_file(p, name, data, n, WRITE_BEHIND);
}

int fs_write_lasting(struct program *p, const char *name, const void *data, size_t n)
{
    return write_file(p, name, data, n, WRITE_LASTING);
}

static json_t *newest_open(struct program *p, const char *path)
{
    json_t *facts = json_object_get(p->fact, "files");

    for (size_t i = json_array_size(facts); i > 0; i--) {
        json_t *fact = json_array_get(facts, i - 1);

        if (text_same(json_str(fact, "does"), "open") && text_same(json_str(fact, "path"), path))
            return fact;
    }
    return NULL;
}

void fs_fill(struct program *p, const char *name, const void *data, size_t n)
{
    AUTO(str_drop) struct str all = {0};
    struct place at = place_find(p, name, FOLLOW);
    json_t *fact = newest_open(p, at.path);

    if (n == 0 || is_null_device(at.path) || !at.file || at.file->kind != FILE_REGULAR)
        return;
    if (at.file->data)
        str_addn(&all, at.file->data, at.file->size);
    if (all.len + n > FILE_MAX_BYTES)
        n = all.len < FILE_MAX_BYTES ? FILE_MAX_BYTES - all.len : 0;
    str_addn(&all, data, n);
    tree_put(p->m->w, p->m->tree, at.path, str_text(&all), all.len, p->m->now_ms);
    if (fact)
        put_file(fact, at.file);
}

int fs_mkdir(struct program *p, const char *name, unsigned mode)
{
    struct place at = place_find(p, name, NO_FOLLOW);
    struct file *dir;
    int error = at.file ? EEXIST : at.error == ENOENT ? may_add(p, &at) : at.error;

    if (error)
        return refuse(p, "mkdir", name, &at, error);
    dir = tree_mkdir(p->m->w, p->m->tree, at.path, mode, p->cred.uid, p->cred.gid, p->m->now_ms);
    if (!dir)
        return ENOSPC;
    belong(p, dir, at.parent);
    if (at.parent->mode & 02000)
        dir->mode |= 02000;
    done(note(p, "mkdir", name, &at), dir, NULL);
    return 0;
}

int fs_symlink(struct program *p, const char *target, const char *name)
{
    struct place at = place_find(p, name, NO_FOLLOW);
    struct file *link;
    json_t *fact;
    int error = at.file ? EEXIST : at.error == ENOENT ? may_add(p, &at) : at.error;

    if (!error && strlen(target) > TREE_MAX_PATH)
        error = ENAMETOOLONG;
    if (error)
        return refuse(p, "symlink", name, &at, error);
    link = tree_link(p->m->w, p->m->tree, at.path, target, p->m->now_ms);
    if (!link)
        return ENOSPC;
    belong(p, link, at.parent);
    fact = note(p, "symlink", name, &at);
    if (fact)
        json_put_text(fact, "target", target);
    done(fact, link, NULL);
    return 0;
}

/* ---- names moved and taken away ---- */

static bool is_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return strncmp(path, dir, n) == 0 && path[n] == '/';
}

static int may_rename(struct program *p, const struct place *from, const struct place *to)
{
    int error = may_take(p, from);

    if (from->file && is_below(to->path, from->path))
        return EINVAL; /* looked at before any permission */
    if (error)
        return error;
    if (to->error && (to->error != ENOENT || !to->parent))
        return to->error;
    error = to->file ? may_take(p, to) : may_add(p, to);
    if (error)
        return error;
    if (!to->file || to->file == from->file)
        return 0;
    if (to->file->kind == FILE_DIR)
        return from->file->kind != FILE_DIR ? EISDIR : dir_next(to->file, NULL) ? ENOTEMPTY : 0;
    return from->file->kind == FILE_DIR ? ENOTDIR : 0;
}

int fs_rename(struct program *p, const char *from, const char *to)
{
    struct place source = place_find(p, from, NO_FOLLOW), target = place_find(p, to, NO_FOLLOW);
    int error = may_rename(p, &source, &target);
    json_t *fact, *was;

    if (error)
        return refuse(p, "rename", from, &source, error);
    if (source.file == target.file)
        return 0;
    was = as_it_was(p, target.file);
    fact = note(p, "rename", from, &source);
    if (target.file && target.file->kind == FILE_DIR)
        tree_remove(p->m->tree, target.path, p->m->now_ms);
    if (!tree_move(p->m->w, p->m->tree, source.path, target.path, p->m->now_ms)) {
        if (fact)
            json_put_text(fact, "errno", "ENAMETOOLONG");
        json_decref(was);
        return ENAMETOOLONG;
    }
    if (fact) {
        json_put_text(fact, "to", target.path);
        json_put_text(fact, "to_name", to);
        json_put(fact, "to_parent", fact_of_dir(target.parent));
        if (was)
            json_put(fact, "replaced", json_incref(was));
    }
    json_decref(was);
    done(fact, source.file, NULL);
    return 0;
}

static int take_away(struct program *p, const char *does, const char *name, const struct place *at)
{
    done(note(p, does, name, at), at->file, as_it_was(p, at->file));
    tree_remove(p->m->tree, at->path, p->m->now_ms);
    return 0;
}

int fs_unlink(struct program *p, const char *name)
{
    struct place at = place_find(p, name, NO_FOLLOW);
    int error = may_take(p, &at);

    if (!error && at.file->kind == FILE_DIR)
        error = EISDIR;
    return error ? refuse(p, "unlink", name, &at, error) : take_away(p, "unlink", name, &at);
}

int fs_rmdir(struct program *p, const char *name)
{
    struct place at = place_find(p, name, NO_FOLLOW);
    int error = may_take(p, &at);

    if (!error && at.file->kind != FILE_DIR)
        error = ENOTDIR;
    if (!error && dir_next(at.file, NULL))
        error = ENOTEMPTY;
    return error ? refuse(p, "rmdir", name, &at, error) : take_away(p, "rmdir", name, &at);
}

int fs_remove_tree(struct program *p, const char *name, const char **ret_path)
{
    struct place at = place_find(p, name, NO_FOLLOW);
    struct file *child;
    int error = at.error;

    *ret_path = name;
    if (error)
        return error;
    if (at.file->kind != FILE_DIR)
        return fs_unlink(p, name);
    if (dir_next(at.file, NULL) && !may(&p->cred, at.file, 7))
        return refuse(p, "rmdir", name, &at, EACCES);
    while ((child = dir_next(at.file, NULL))) {
        error = fs_remove_tree(p, path_join(&p->m->arena, name, path_base(child->path)), ret_path);
        if (error)
            return error;
    }
    *ret_path = name;
    return fs_rmdir(p, name);
}

/* ---- mode, owner, time ---- */

int fs_chmod(struct program *p, const char *name, unsigned mode)
{
    struct place at = place_find(p, name, FOLLOW);
    json_t *fact;

    if (at.error)
        return at.error;
    if (p->cred.uid != 0 && p->cred.uid != at.file->uid)
        return refuse(p, "chmod", name, &at, EPERM);
    if (is_daemons(p, &at))
        return refuse(p, "chmod", name, &at, EBUSY);
    fact = note(p, "chmod", name, &at);
    done(fact, at.file, NULL);
    if (fact)
        json_put(fact, "to_mode", json_integer(mode & 07777));
    at.file->mode = mode & 07777;
    at.file->dirty = true;
    return 0;
}

int fs_chown(struct program *p, const char *name, unsigned uid, unsigned gid, bool follow)
{
    struct place at = place_find(p, name, follow);
    bool may_group;
    json_t *fact;

    if (at.error)
        return at.error;
    may_group = p->cred.uid == at.file->uid && (uid == NO_ID || uid == at.file->uid) && in_group(&p->cred, gid);
    if (p->cred.uid != 0 && !may_group)
        return refuse(p, "chown", name, &at, EPERM);
    if (is_daemons(p, &at))
        return refuse(p, "chown", name, &at, EBUSY);
    fact = note(p, "chown", name, &at);
    done(fact, at.file, NULL);
    at.file->uid = uid == NO_ID ? at.file->uid : uid;
    at.file->gid = gid == NO_ID ? at.file->gid : gid;
    if (at.file->kind == FILE_REGULAR)
        at.file->mode &= ~06000u;
    at.file->dirty = true;
    if (fact) {
        json_put(fact, "to_uid", json_integer(at.file->uid));
        json_put(fact, "to_gid", json_integer(at.file->gid));
    }
    return 0;
}

int fs_utimes(struct program *p, const char *name, int64_t mtime_ms)
{
    struct place at = place_find(p, name, FOLLOW);
    json_t *was;

    if (at.error)
        return at.error;
    if (p->cred.uid != 0 && p->cred.uid != at.file->uid && !may(&p->cred, at.file, 2))
        return refuse(p, "utimes", name, &at, EACCES);
    if (is_daemons(p, &at))
        return refuse(p, "utimes", name, &at, EBUSY);
    was = as_it_was(p, at.file);
    at.file->mtime_ms = mtime_ms;
    at.file->dirty = true;
    done(note(p, "utimes", name, &at), at.file, was);
    return 0;
}

/* ---- replacing ---- */

int fs_replace(struct program *p, const char *path, const char *aside, const void *data, size_t n)
{
    struct place at = place_find(p, path, FOLLOW);
    struct file *file, like;
    int error = at.error;

    if (error)
        return error;
    like = *at.file;
    error = fs_write(p, aside, data, n);
    if (error)
        return error;
    file = place_find(p, aside, NO_FOLLOW).file;
    file->mode = like.mode;
    if (p->cred.uid == 0) {
        file->uid = like.uid;
        file->gid = like.gid;
    }
    return fs_rename(p, aside, at.path);
}
