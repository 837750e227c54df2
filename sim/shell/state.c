/* SPDX-License-Identifier: MIT */
/*
 * What has become of the server: a manifest of its files as trees are saved with, what is to be settled as JSON, and the
 * contents of the files one after the other, in the manifest's order. First a line with the three lengths.
 *
 * PID 1 walks the files; whoever reads trusts none of it: tree_read_manifest() has the limits of any lab, lengths must fit.
 */
#include "sim/shell/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- out ---- */

struct walk {
    struct arena arena;
    struct file **found;
    size_t n, cap;
    struct str contents;
    dev_t device;
    unsigned depth;
};

static struct file *note(struct walk *w, const char *path, const struct stat *st, enum file_kind kind)
{
    struct file *f = arena_alloc(&w->arena, sizeof(*f));
    *f = (struct file){.path = arena_dup(&w->arena, path),
                       .kind = kind,
                       .mode = st->st_mode & 07777,
                       .uid = st->st_uid,
                       .gid = st->st_gid,
                       .mtime_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000};
    *GROW(w->found, w->n, w->cap) = f;
    return f;
}

static void note_regular(struct walk *w, int dir, const char *name, const char *path)
{
    AUTO(close_fd) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || (size_t)st.st_size > TREE_MAX_BYTES - w->contents.len)
        return;
    struct file *f = note(w, path, &st, FILE_REGULAR);
    while (f->size < (size_t)st.st_size) {
        ssize_t n = read(fd, str_reserve(&w->contents, (size_t)st.st_size - f->size), (size_t)st.st_size - f->size);
        if (n <= 0)
            break;
        f->size += (size_t)n;
        w->contents.len += (size_t)n;
    }
}

static void walk_dir(struct walk *w, int fd, const char *path);

static void walk_one(struct walk *w, int dir, const char *at, const char *name)
{
    char path[TREE_MAX_PATH];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s/%s", at, name);
    if (n >= (int)sizeof(path) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_dev != w->device ||
        root_is_ours(path) || w->n >= TREE_MAX_FILES)
        return;
    if (S_ISREG(st.st_mode)) {
        note_regular(w, dir, name, path);
    } else if (S_ISLNK(st.st_mode)) {
        char target[4096];
        ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);
        if (len > 0)
            note(w, path, &st, FILE_LINK)->data = arena_dupn(&w->arena, target, (size_t)len);
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

static json_t *sessions_settled(const struct inside *in, const int64_t *ended_ms)
{
    json_t *list = json_array();
    size_t k = 0;
    for (const struct os_session *s = in->server->sessions; s; s = s->next, k++)
        if (ended_ms[k] && !s->ended_ms)
            json_array_append_new(list,
                                  json_pack("{s:I, s:I}", "session", (json_int_t)s->number, "ended", (json_int_t)ended_ms[k]));
    return list;
}

static json_t *processes_settled(const struct inside *in, const struct cast *cast)
{
    json_t *list = json_array();
    const struct os_session *mine = in->plan->session;
    for (const struct process *p = in->server->processes; p; p = p->next)
        if (p->pid != 1 && p->session != mine->number && !cast_alive(cast, p->pid))
            json_array_append_new(list, json_integer(p->pid));
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
        json_array_append_new(list, one);
    }
    return list;
}

void state_give(const struct inside *in, const struct cast *cast, const struct units *us, const int64_t *ended_ms)
{
    struct walk w = {0};
    struct stat st;
    struct str manifest = {0}, settled = {0}, all = {0};
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return;
    w.device = st.st_dev;
    note(&w, "/", &st, FILE_DIR);
    walk_dir(&w, fd, "");
    for (size_t i = 0; i < w.n; i++)
        w.found[i]->next = i + 1 < w.n ? w.found[i + 1] : NULL;
    tree_add_manifest(&manifest, &(struct tree){.files = w.found[0]});
    json_t *what = json_pack("{s:o, s:o, s:o}", "sessions", sessions_settled(in, ended_ms), "processes",
                             processes_settled(in, cast), "daemons", daemons_settled(us));
    str_add_json_value(&settled, what);
    str_addf(&all, "%zu %zu %zu\n", manifest.len, settled.len, w.contents.len);
    str_addn(&all, manifest.s, manifest.len);
    str_addn(&all, settled.s, settled.len);
    str_addn(&all, str_text(&w.contents), w.contents.len);
    link_send(in->link, LINK_STATE, all.s, all.len, NULL, 0);
}

/* ---- in ---- */

struct lengths {
    size_t manifest, settled, contents;
};

static const char *read_lengths(const struct str *s, struct lengths *n)
{
    const char *text = str_text(s);
    char *end = NULL;
    n->manifest = strtoul(text, &end, 10);
    n->settled = *end == ' ' ? strtoul(end + 1, &end, 10) : 0;
    n->contents = *end == ' ' ? strtoul(end + 1, &end, 10) : 0;
    size_t rest = s->len - (size_t)(end - text);
    if (*end != '\n' || n->manifest > LINK_MAX_BYTES || n->settled > LINK_MAX_BYTES || n->contents > LINK_MAX_BYTES ||
        rest - 1 != n->manifest + n->settled + n->contents)
        return NULL;
    return end + 1;
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

/* Contents come in the order of the manifest's lines, while a tree is sorted. */
static bool take_contents(struct world *w, const char *manifest, size_t n, struct tree *tree, const char *data, size_t left)
{
    for (const char *line = manifest, *end = manifest + n; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *stop = newline ? newline : end;
        AUTO(str_drop) struct str name = {0};
        if (*line == '.')
            add_name(&name, line, stop);
        struct file *f = name.len ? tree_find(tree, str_text(&name)) : NULL;
        line = stop + 1;
        if (!f || f->kind != FILE_REGULAR)
            continue;
        if (f->data || f->size > left)
            return false;
        f->data = arena_dupn(&w->arena, data, f->size);
        data += f->size;
        left -= f->size;
    }
    return left == 0;
}

/* Every file got its content; a socket or pipe was none. */
static bool complete(const struct tree *tree)
{
    for (const struct file *f = tree->files; f; f = f->next)
        if (f->kind == FILE_REGULAR && !f->data)
            return false;
    return true;
}

bool state_take(const struct str *s, const struct shell_plan *plan, struct world *w, struct shell_left *left, struct err *e)
{
    struct lengths n;
    bool saved;
    const char *at = read_lengths(s, &n);
    if (!at)
        return err_set(e, "what the server sent is no state of it");
    if (!tree_read_manifest(w, &left->tree, at, n.manifest, &saved, e))
        return err_wrap(e, "the server's files");
    if (!take_contents(w, at, n.manifest, &left->tree, at + n.manifest + n.settled, n.contents) || !complete(&left->tree))
        return err_set(e, "the server's files are not what their list says");
    for (struct file *f = left->tree.files; f; f = f->next) /* what was written inside has the machine's time */
        if (f->mtime_ms >= plan->now_ms - 2 * SECOND_MS)
            f->mtime_ms += plan->lab_ms - plan->now_ms;
    left->settled = json_read(at + n.manifest, n.settled, e);
    return left->settled || err_wrap(e, "the server's state");
}
