/* SPDX-License-Identifier: MIT */
/*
 * What has become of the server: a manifest of its files as trees are saved with, a letter for each regular file in it that
 * tells whether its content follows or is as it was sent before, what is to be settled as JSON, and the contents, one after
 * the other, in the manifest's order. First a line with the four lengths.
 *
 * PID 1 walks the files; whoever reads trusts none of it: tree_read_manifest() has the limits of any lab, lengths must fit.
 */
#include "sim/shell/parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- out ---- */

#define CONTENT_FOLLOWS '1'
#define CONTENT_AS_BEFORE '0'

struct found {
    struct file file;
    char *target; /* a link's */
    struct timespec changed;
};
struct walk {
    struct found *list;
    size_t n, cap, bytes;
    dev_t device;
    unsigned depth;
};
struct seen {
    struct walk files; /* sorted by path */
    char *manifest, *settled;
};

static void walk_drop(struct walk *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free((char *)w->list[i].file.path);
        free(w->list[i].target);
    }
    free(w->list);
    *w = (struct walk){0};
}

static struct found *note(struct walk *w, const char *path, const struct stat *st, enum file_kind kind)
{
    struct found *f = GROW(w->list, w->n, w->cap);
    *f = (struct found){
        .file = {.path = xstrdup(path),
                 .kind = kind,
                 .mode = st->st_mode & 07777,
                 .uid = st->st_uid,
                 .gid = st->st_gid,
                 .inode = st->st_ino,
                 .size = kind == FILE_REGULAR ? (size_t)st->st_size : 0,
                 .mtime_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000},
        .changed = st->st_ctim
    };
    return f;
}

static void walk_dir(struct walk *w, int fd, const char *path);

static void walk_link(struct walk *w, int dir, const char *name, const char *path, const struct stat *st)
{
    char target[4096];
    ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);
    if (len <= 0)
        return;
    target[len] = 0;
    struct found *f = note(w, path, st, FILE_LINK);
    f->file.data = f->target = xstrdup(target);
}

static void walk_one(struct walk *w, int dir, const char *at, const char *name)
{
    char path[TREE_MAX_PATH];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s/%s", at, name);
    if (n >= (int)sizeof(path) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_dev != w->device ||
        root_is_ours(path) || w->n >= TREE_MAX_FILES)
        return;
    if (S_ISREG(st.st_mode) && (size_t)st.st_size <= TREE_MAX_BYTES - w->bytes) {
        w->bytes += (size_t)st.st_size;
        note(w, path, &st, FILE_REGULAR);
    } else if (S_ISLNK(st.st_mode)) {
        walk_link(w, dir, name, path, &st);
    } else if (S_ISDIR(st.st_mode) && w->depth < TREE_MAX_DEPTH) {
        note(w, path, &st, FILE_DIR);
        int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            walk_dir(w, fd, path);
    }
}

static void walk_dir(struct walk *w, int fd, const char *path)
{
    DIR *dir = fdopendir(fd);
    w->depth++;
    for (struct dirent *d; dir && (d = readdir(dir));)
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            walk_one(w, fd, path, d->d_name);
    w->depth--;
    if (dir)
        closedir(dir);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct found *)a)->file.path, ((const struct found *)b)->file.path);
}

static bool walk_all(struct walk *w)
{
    struct stat st;
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        close_fd(&fd);
        return false;
    }
    w->device = st.st_dev;
    note(w, "/", &st, FILE_DIR);
    walk_dir(w, fd, "");
    qsort(w->list, w->n, sizeof(*w->list), by_path); /* parents before children, as it happens */
    return true;
}

struct seen *state_seen(void)
{
    struct seen *s = xcalloc(1, sizeof(*s));
    walk_all(&s->files);
    return s;
}

/* The kernel's clock for files goes on in steps of a few milliseconds: what was changed just before it was read may have
 * been changed after it, too. */
static bool as_before(const struct seen *seen, const struct found *f)
{
    const struct found *was = seen->files.n ? bsearch(f, seen->files.list, seen->files.n, sizeof(*f), by_path) : NULL;
    int64_t changed_ms = (int64_t)f->changed.tv_sec * 1000 + f->changed.tv_nsec / 1000000;
    return was && was->file.kind == FILE_REGULAR && was->file.inode == f->file.inode && was->file.size == f->file.size &&
           was->changed.tv_sec == f->changed.tv_sec && was->changed.tv_nsec == f->changed.tv_nsec &&
           changed_ms < clock_now_ms() - 40;
}

static void read_content(struct found *f, struct str *contents)
{
    AUTO(close_fd) int fd = open(f->file.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    size_t wanted = f->file.size;
    f->file.size = 0;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
        return;
    while (f->file.size < wanted) {
        ssize_t n = read(fd, str_reserve(contents, wanted - f->file.size), wanted - f->file.size);
        if (n <= 0)
            break;
        f->file.size += (size_t)n;
        contents->len += (size_t)n;
    }
}

struct ending *ending_of(struct endings *all, long session)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].session == session)
            return &all->list[i];
    struct ending *one = GROW(all->list, all->n, all->cap);
    *one = (struct ending){.session = session};
    return one;
}

static json_t *sessions_settled(const struct inside *in, struct endings *endings)
{
    json_t *list = json_array();
    for (const struct os_session *s = in->server->sessions; s; s = s->next) {
        int64_t ended_ms = ending_of(endings, s->number)->ended_ms;
        if (ended_ms && !s->ended_ms)
            json_array_append_new(list,
                                  json_pack("{s:I, s:I}", "session", (json_int_t)s->number, "ended", (json_int_t)ended_ms));
    }
    return list;
}

static json_t *processes_settled(const struct inside *in, const struct cast *cast)
{
    json_t *list = json_array();
    for (const struct process *p = in->server->processes; p; p = p->next)
        if (p->pid != 1 && !is_visitors(in, p->session) && !cast_alive(cast, p->pid))
            json_array_append_new(list, json_integer(cast_world_pid(cast, p->pid)));
    return list;
}

static json_t *workers_settled(const struct unit_now *u)
{
    json_t *list = json_array();
    for (size_t i = 0; i < u->n_workers; i++)
        json_array_append_new(list, json_integer(u->workers[i]));
    return list;
}

static json_t *daemons_settled(const struct units *us)
{
    json_t *list = json_array();
    for (size_t i = 0; i < us->n; i++) {
        const struct unit_now *u = &us->list[i];
        if (!u->changed)
            continue;
        json_t *one = json_pack("{s:s, s:b, s:i, s:I}", "unit", u->daemon->unit, "running", u->running, "pid", u->pid,
                                "started", (json_int_t)u->started_ms);
        if (u->config)
            json_put_text(one, "config", u->config);
        if (u->n_workers && u->running)
            json_object_set_new(one, "workers", workers_settled(u));
        json_array_append_new(list, one);
    }
    return list;
}

/* Rounded up, so that a command or two is nothing new. */
static int last_pid(void)
{
    int newest = newest_pid();
    return newest ? newest | 63 : 0;
}

static char *settled_text(const struct inside *in, const struct cast *cast, const struct units *us, struct endings *endings)
{
    struct str text = {0};
    json_auto_t *what = json_pack("{s:o, s:o, s:o, s:i}", "sessions", sessions_settled(in, endings), "processes",
                                  processes_settled(in, cast), "daemons", daemons_settled(us), "lastPid", last_pid());
    str_add_json_value(&text, what);
    return str_steal(&text);
}

void state_give(const struct inside *in, struct seen *seen, const struct cast *cast, const struct units *us,
                struct endings *endings)
{
    AUTO(str_drop) struct str manifest = {0}, flags = {0}, contents = {0}, all = {0};
    struct walk w = {0};
    if (!walk_all(&w))
        return walk_drop(&w);
    for (size_t i = 0; i < w.n; i++) {
        struct found *f = &w.list[i];
        if (f->file.kind == FILE_REGULAR) {
            bool same = as_before(seen, f);
            str_addc(&flags, same ? CONTENT_AS_BEFORE : CONTENT_FOLLOWS);
            if (!same)
                read_content(f, &contents);
        }
        f->file.next = i + 1 < w.n ? &w.list[i + 1].file : NULL;
    }
    tree_add_manifest(&manifest, &(struct tree){.files = &w.list[0].file});
    char *settled = settled_text(in, cast, us, endings);
    bool same = seen->manifest && !strchr(str_text(&flags), CONTENT_FOLLOWS) && text_same(seen->settled, settled) &&
                text_same(seen->manifest, str_text(&manifest));
    str_addf(&all, "%zu %zu %zu %zu\n", manifest.len, flags.len, strlen(settled), contents.len);
    str_addn(&all, manifest.s, manifest.len);
    str_addn(&all, str_text(&flags), flags.len);
    str_add(&all, settled);
    str_addn(&all, str_text(&contents), contents.len);
    link_send(in->link, same ? LINK_SAME : LINK_STATE, same ? "" : all.s, same ? 0 : all.len, NULL, 0);
    walk_drop(&seen->files);
    free(seen->manifest);
    free(seen->settled);
    *seen = (struct seen){.files = w, .manifest = str_steal(&manifest), .settled = settled};
}

/* ---- in ---- */

struct lengths {
    size_t manifest, flags, settled, contents;
};

static const char *read_lengths(const struct str *s, struct lengths *n)
{
    size_t *all[] = {&n->manifest, &n->flags, &n->settled, &n->contents};
    const char *text = str_text(s);
    size_t sum = 0;
    for (size_t i = 0; i < COUNT(all); i++) {
        char *end = NULL;
        *all[i] = strtoul(text, &end, 10);
        if (end == text || *all[i] > LINK_MAX_BYTES || *end != (i + 1 < COUNT(all) ? ' ' : '\n'))
            return NULL;
        sum += *all[i];
        text = end + 1;
    }
    return s->len - (size_t)(text - str_text(s)) == sum ? text : NULL;
}

/* The name of a manifest's line, as tree_read_manifest() decodes it: "./a\040b" is "/a b". */
static void add_name(struct str *out, const char *line, const char *end)
{
    for (const char *at = line + 1; at < end && *at != ' '; at++) {
        bool octal = *at == '\\' && end - at > 3;
        str_addc(out, octal ? (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0')) : *at);
        at += octal ? 3 : 0;
    }
}

struct contents {
    const char *flags, *flags_end, *data;
    size_t left;
    const struct state *before;
};

static bool take_content(struct contents *c, struct arena *arena, struct file *f)
{
    if (f->data || c->flags == c->flags_end)
        return false;
    if (*c->flags++ == CONTENT_AS_BEFORE) {
        const struct file *was = c->before ? tree_find(&c->before->tree, f->path) : NULL;
        if (!was || was->kind != FILE_REGULAR || was->size != f->size)
            return false;
        f->data = arena_dupn(arena, was->data, was->size);
        return true;
    }
    if (f->size > c->left)
        return false;
    f->data = arena_dupn(arena, c->data, f->size);
    c->data += f->size;
    c->left -= f->size;
    return true;
}

/* Contents come in the order of the manifest's lines, while a tree is sorted in its own way. */
static bool take_contents(struct contents *c, struct state *s, const char *manifest, size_t n)
{
    for (const char *line = manifest, *end = manifest + n; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *stop = newline ? newline : end;
        AUTO(str_drop) struct str name = {0};
        if (*line == '.')
            add_name(&name, line, stop);
        struct file *f = name.len ? tree_find(&s->tree, str_text(&name)) : NULL;
        line = stop + 1;
        if (f && f->kind == FILE_REGULAR && !take_content(c, &s->w.arena, f))
            return false;
    }
    return c->left == 0 && c->flags == c->flags_end;
}

/* Every file got its content; a socket or pipe was none. */
static bool complete(const struct tree *tree)
{
    for (const struct file *f = tree->files; f; f = f->next)
        if (f->kind == FILE_REGULAR && !f->data)
            return false;
    return true;
}

void state_drop(struct state *s)
{
    if (s->settled)
        json_decref(s->settled);
    world_drop(&s->w);
    *s = (struct state){0};
}

void state_copy(struct state *s, const struct tree *tree)
{
    *s = (struct state){0};
    for (const struct file *f = tree->files; f; f = f->next) {
        struct file *copy;
        if (f->kind == FILE_DIR)
            copy = tree_mkdir(&s->w, &s->tree, f->path, f->mode, f->uid, f->gid, f->mtime_ms);
        else if (f->kind == FILE_LINK)
            copy = tree_link(&s->w, &s->tree, f->path, f->data, f->mtime_ms);
        else
            copy = tree_put(&s->w, &s->tree, f->path, f->data ? f->data : "", f->data ? f->size : 0, f->mtime_ms);
        if (copy)
            copy->mode = f->mode, copy->uid = f->uid, copy->gid = f->gid;
    }
    for (const struct file *f = tree->files; f; f = f->next) { /* each name that was added had changed its directory's */
        struct file *copy = tree_find(&s->tree, f->path);
        if (copy)
            copy->mtime_ms = f->mtime_ms;
    }
}

bool state_take(const struct str *s, const struct state *before, int64_t lab_ms, int64_t now_ms, struct state *ret,
                struct err *e)
{
    struct lengths n;
    bool saved;
    const char *at = read_lengths(s, &n);
    *ret = (struct state){0};
    if (!at)
        return err_set(e, "what the server sent is no state of it");
    if (!tree_read_manifest(&ret->w, &ret->tree, at, n.manifest, &saved, e))
        return err_wrap(e, "the server's files");
    const char *flags = at + n.manifest, *settled = flags + n.flags;
    struct contents contents = {flags, settled, settled + n.settled, n.contents, before};
    if (!take_contents(&contents, ret, at, n.manifest) || !complete(&ret->tree))
        return err_set(e, "the server's files are not what their list says");
    ret->tree.bytes = 0;
    for (struct file *f = ret->tree.files; f; f = f->next) {
        ret->tree.bytes += f->kind == FILE_REGULAR ? f->size : 0;
        if (f->mtime_ms >= now_ms - 2 * SECOND_MS) /* what was written inside has the machine's time */
            f->mtime_ms += lab_ms - now_ms;
    }
    ret->settled = json_read(settled, n.settled, e);
    return ret->settled || err_wrap(e, "the server's state");
}

static const struct file *heir_of(const struct state *s, const char *path)
{
    AUTO(free_text) char *part = xstrdup(path);
    for (char *slash; text_starts(part, "/home/") && (slash = strrchr(part, '/')) != part;) {
        const struct file *dir = tree_find(&s->tree, part);
        if (dir)
            return dir;
        *slash = 0;
    }
    return NULL;
}

/* The same file, be it under another name; else what had its name, before it was written anew. */
static const struct file *same_before(const struct state *before, const struct file *f)
{
    const struct file *named = tree_find(&before->tree, f->path);
    if (named && named->inode == f->inode)
        return named;
    for (const struct file *was = before->tree.files; was; was = was->next)
        if (was->inode == f->inode && was->kind == f->kind)
            return was;
    return named;
}

void state_own(struct state *s, const struct state *before, bool by_inode)
{
    for (struct file *f = s->tree.files; f; f = f->next) {
        const struct file *was = by_inode ? same_before(before, f) : tree_find(&before->tree, f->path);
        was = was ? was : heir_of(before, f->path);
        f->uid = was ? was->uid : 0;
        f->gid = was ? was->gid : 0;
    }
}
