/* SPDX-License-Identifier: MIT */
/*
 * Files as they were handed in. Of a packed submission, changes.jsonl says what is not as it was handed out, and files/N
 * hold it; of a whole lab, the members themselves are the files, and the manifest knows owners, modes and times. The
 * evidence is only compared: by the hashes that changes.jsonl lists, or by the bytes.
 */
#include "grader/handin/files.h"

#include "grader/handin/archive.h"
#include "grader/handin/built.h"
#include "grader/handin/form.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CHANGES = 60000, LINE_MAX_BYTES = 64 << 10 };

/* ---- the evidence ---- */

struct alteration { /* a line of changes.jsonl about a file that was delivered */
    const char *path;
    const char *unpacked; /* hash of what lies unpacked in its place, or NULL */
    bool gone, grew;      /* grew: what was delivered is still its beginning */
    uint64_t size;
};
struct handed {
    const struct parcel *parcel;
    bool whole;
    struct alteration *list; /* sorted by path */
    size_t n, cap;
    bool trail; /* one of them is about the trail's files, of which there are thousands */
};

struct handed *handed_new(const struct parcel *p, const struct claim *c)
{
    struct handed *h = xcalloc(1, sizeof(*h));
    h->parcel = p;
    h->whole = c->whole;
    return h;
}

void handed_drop(void *handed)
{
    struct handed *h = handed;
    if (h)
        free(h->list);
    free(h);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct alteration *)a)->path, ((const struct alteration *)b)->path);
}

static const char *altered_bytes(const struct handed *h, const struct delivered_file *file)
{
    const struct packed *m = parcel_find(h->parcel, file->path);
    char hash[65];
    if (!m) {
        AUTO(free_text) char *name = xstrdup(file->path);
        name[text_ends(name, ".gz") ? strlen(name) - 3 : 0] = 0;
        const struct packed *text = *file->unpacked ? parcel_find(h->parcel, name) : NULL;
        if (!text || text->kind != MEMBER_FILE)
            return "is gone";
        sha256_hex(text->data, text->size, hash);
        return text_same(hash, file->unpacked) ? NULL : "was edited";
    }
    if (m->kind != MEMBER_FILE)
        return "is no file any more";
    if (m->size < file->size)
        return "was cut";
    if (!file->grows && m->size > file->size)
        return "was edited";
    sha256_hex(m->data, file->size, hash);
    return text_same(hash, file->sha256) ? NULL : "was edited";
}

const char *handed_altered(const void *handed, const struct delivered_file *file)
{
    const struct handed *h = handed;
    const struct alteration key = {.path = file->path}, *a;
    if (h->whole)
        return altered_bytes(h, file);
    if (!h->trail && text_starts(file->path, "s3/"))
        return NULL;
    a = h->n ? bsearch(&key, h->list, h->n, sizeof(*h->list), by_path) : NULL;
    if (!a || (file->grows && !a->gone && (a->grew || !file->size)))
        return NULL;
    if (a->unpacked)
        return text_same(a->unpacked, file->unpacked) ? NULL : "was edited";
    return a->gone ? "is gone" : a->size < file->size ? "was cut" : "was edited";
}

bool handed_changed_servers(const struct handed *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (!text_starts(h->list[i].path, "s3/"))
            return true;
    return false;
}

void handed_each(const void *handed, delivered_file_fn *each, void *context)
{
    const struct handed *h = handed;
    static const char metadata[] = ".cafelab/s3-metadata.jsonl";
    const struct packed *m = parcel_find(h->parcel, h->whole ? metadata : FORM_METADATA);
    if (m && m->kind == MEMBER_FILE)
        each(context, metadata, m->data, m->size);
    for (size_t i = 0; i < h->parcel->n; i++)
        if (h->parcel->list[i].kind == MEMBER_FILE && text_starts(h->parcel->list[i].path, "s3/"))
            each(context, h->parcel->list[i].path, h->parcel->list[i].data, h->parcel->list[i].size);
}

/* ---- one changed file ---- */

struct change {
    const char *path; /* below the lab */
    enum file_kind kind;
    unsigned mode, uid, gid;
    int64_t time_ms;
    const char *data; /* of a file what was added or the whole; of a link the target */
    size_t size, kept;
    bool gone;
};
struct taking {
    struct world *w;
    const struct parcel *parcel;
    struct handed *handed;
    struct handin_fault *fault;
    char place[80]; /* "changes.jsonl:17" */
};

static bool bad(struct taking *t, const char *fmt, ...) PRINTF(2, 3);
static bool bad(struct taking *t, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    return fault_set(t->fault, HANDIN_BAD_FILES, t->place, "%s", str_text(&text));
}

/* The server whose file this is, and the path on it. */
static struct server *server_of(struct taking *t, const char *path, const char **inside)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (struct server *s = t->w->servers; s; s = s->next) {
        const char *name = built_tree_name(&arena, t->w, s);
        size_t n = strlen(name);
        if (strncmp(path, name, n) != 0 || (path[n] && path[n] != '/'))
            continue;
        *inside = path[n] ? path + n : "/";
        return s;
    }
    return NULL;
}

static bool put(struct taking *t, struct tree *tree, const char *path, const struct change *c)
{
    const struct file *there = tree_find(tree, path);
    if (there && there->kind != c->kind)
        tree_remove(tree, path, c->time_ms);
    struct file *f = NULL;
    if (c->kind == FILE_DIR)
        f = tree_mkdir(t->w, tree, path, c->mode, c->uid, c->gid, c->time_ms);
    else if (c->kind == FILE_REGULAR)
        f = tree_put_lasting(t->w, tree, path, c->data, c->size, c->time_ms);
    else {
        tree_remove(tree, path, c->time_ms);
        f = tree_link(t->w, tree, path, arena_dup(&t->w->arena, c->data), c->time_ms);
    }
    if (!f)
        return bad(t, "\"%s\" cannot be there", c->path);
    f->mode = c->mode;
    f->uid = c->uid;
    f->gid = c->gid;
    f->mtime_ms = c->time_ms;
    return true;
}

/* What evidence writers add to a log is not part of the story: where its beginning is not here, nothing looks at it. */
static bool put_grown(struct taking *t, struct tree *tree, const char *path, struct change *c)
{
    const struct file *was = tree_find(tree, path);
    if (!was || was->kind != FILE_REGULAR || was->size < c->kept)
        return true;
    if (c->kept > TREE_MAX_BYTES || c->size > TREE_MAX_BYTES)
        return bad(t, "\"%s\" cannot be there", c->path);
    char *whole = arena_alloc(&t->w->arena, c->kept + c->size + 1);
    memcpy(whole, was->data, c->kept);
    memcpy(whole + c->kept, c->data, c->size);
    c->data = whole;
    c->size += c->kept;
    return put(t, tree, path, c);
}

static bool apply(struct taking *t, struct change *c)
{
    const char *inside = NULL;
    struct server *server = server_of(t, c->path, &inside);
    if (!server)
        return bad(t, "\"%s\" is no file of a server", c->path);
    if (c->gone) {
        tree_remove(&server->tree, inside, t->w->now_ms); /* it may have gone with its folder */
        return true;
    }
    return c->kept && c->kind == FILE_REGULAR ? put_grown(t, &server->tree, inside, c) : put(t, &server->tree, inside, c);
}

/* ---- changes.jsonl ---- */

static bool number(struct taking *t, const json_t *line, const char *key, int64_t most, int64_t *ret)
{
    const json_t *value = json_object_get(line, key);
    *ret = json_is_integer(value) ? json_integer_value(value) : value ? -1 : 0;
    return (*ret >= 0 && *ret <= most) || bad(t, "\"%s\": expected a whole number", key);
}

static bool read_content(struct taking *t, const json_t *line, struct change *c)
{
    const char *content = json_str(line, "content"), *target = json_str(line, "target");
    const struct packed *m = content && text_starts(content, FORM_FILES) ? parcel_find(t->parcel, content) : NULL;
    c->data = "";
    if (c->kind == FILE_LINK && !target)
        return bad(t, "\"target\": expected where the link points to");
    if (c->kind == FILE_LINK)
        c->data = target;
    else if (content && (!m || m->kind != MEMBER_FILE))
        return bad(t, "\"%s\": there is no such member", content);
    else if (m) {
        c->data = m->data;
        c->size = m->size;
    }
    return true;
}

static bool read_change(struct taking *t, const json_t *line, struct change *c)
{
    const char *kind = json_str(line, "kind");
    int64_t mode, uid, gid, kept;
    size_t k = 0;
    c->gone = json_is_true(json_object_get(line, "gone"));
    if (c->gone)
        return true;
    while (form_kinds[k] && !text_same(form_kinds[k], kind))
        k++;
    if (!form_kinds[k])
        return bad(t, "\"kind\": expected file, dir or link");
    if (!number(t, line, "mode", 07777, &mode) || !number(t, line, "uid", UINT32_MAX, &uid) ||
        !number(t, line, "gid", UINT32_MAX, &gid) || !number(t, line, "kept", PARCEL_MAX_MEMBER, &kept) ||
        !number(t, line, "time", INT64_C(253402300799999), &c->time_ms))
        return false;
    c->kind = (enum file_kind)k;
    c->mode = (unsigned)mode;
    c->uid = (unsigned)uid;
    c->gid = (unsigned)gid;
    c->kept = (size_t)kept;
    return read_content(t, line, c);
}

static bool note_alteration(struct taking *t, const json_t *line, const char *path, const struct change *c)
{
    int64_t size = 0;
    struct alteration a = {.path = path, .gone = c->gone, .grew = c->kept > 0 && !c->gone, .size = c->size + c->kept};
    const char *unpacked = json_str(line, "unpacked");
    if (!number(t, line, "size", INT64_MAX, &size))
        return false;
    a.unpacked = arena_dup(&t->w->arena, unpacked);
    bool trail = text_starts(path, "s3/");
    a.size = trail ? (uint64_t)size : a.size;
    t->handed->trail |= trail;
    *GROW(t->handed->list, t->handed->n, t->handed->cap) = a;
    return true;
}

static bool take_line(struct taking *t, const json_t *line)
{
    struct change c = {.path = arena_dup(&t->w->arena, json_str(line, "path"))};
    if (!c.path || strlen(c.path) > TREE_MAX_PATH)
        return bad(t, "\"path\": expected a path");
    if (text_starts(c.path, "s3/")) {
        c.gone = json_is_true(json_object_get(line, "gone"));
        return note_alteration(t, line, c.path, &c);
    }
    return read_change(t, line, &c) && note_alteration(t, line, c.path, &c) && apply(t, &c);
}

/* In the order in which they stand: what is gone comes first, then folders before what is in them. */
static bool take_changes(struct taking *t, const struct packed *m)
{
    const char *s = m->data, *end = s + m->size;
    for (unsigned n = 1; s < end; n++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        size_t len = (size_t)((stop ? stop : end) - s);
        struct err e = {0};
        json_auto_t *line = len > LINE_MAX_BYTES ? NULL : json_read(s, len, &e);
        snprintf(t->place, sizeof(t->place), FORM_CHANGES ":%u", n);
        if (!line)
            return fault_set(t->fault, HANDIN_MALFORMED, t->place, "%s", e.set ? e.msg : "a line of more than 64 KiB");
        if (n > MOST_CHANGES)
            return bad(t, "more than %d lines", MOST_CHANGES);
        if (!take_line(t, line))
            return false;
        s = stop ? stop + 1 : end;
    }
    if (t->handed->n)
        qsort(t->handed->list, t->handed->n, sizeof(*t->handed->list), by_path);
    for (size_t i = 1; i < t->handed->n; i++)
        if (text_same(t->handed->list[i].path, t->handed->list[i - 1].path)) {
            snprintf(t->place, sizeof(t->place), FORM_CHANGES);
            return bad(t, "\"%s\" is listed twice", t->handed->list[i].path);
        }
    return true;
}

/* ---- a whole lab ---- */

static bool read_manifest(struct taking *t, const char *name, struct tree *listed)
{
    AUTO(str_drop) struct str path = {0};
    struct err e = {0};
    bool saved = false;
    str_addf(&path, ".cafelab/%s.mtree", name);
    const struct packed *m = parcel_find(t->parcel, str_text(&path));
    if (!m || m->kind != MEMBER_FILE)
        return fault_set(t->fault, HANDIN_MALFORMED, str_text(&path), "is not there");
    return tree_read_manifest(t->w, listed, m->data, m->size, &saved, &e) ||
           fault_set(t->fault, HANDIN_MALFORMED, str_text(&path), "%s", e.msg);
}

/* What the manifest does not know is somebody's new file: an archive's owners and modes say nothing about the server. */
static bool put_member(struct taking *t, struct server *server, const struct tree *listed, const struct packed *m,
                       const char *inside)
{
    static const enum file_kind kinds[] = {[MEMBER_FILE] = FILE_REGULAR, [MEMBER_FOLDER] = FILE_DIR, [MEMBER_LINK] = FILE_LINK};
    const struct file *known = tree_find(listed, inside);
    struct change c = {.path = m->path, .kind = kinds[m->kind], .data = m->data, .size = m->size, .time_ms = t->w->now_ms};
    c.mode = m->kind == MEMBER_FOLDER ? 0755 : 0644;
    if (known && known->kind == c.kind) {
        c.mode = known->mode;
        c.uid = known->uid;
        c.gid = known->gid;
        c.time_ms = known->mtime_ms;
    }
    return put(t, &server->tree, inside, &c);
}

static bool has_any(const struct parcel *p, const char *prefix, enum member_kind kind)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->list[i].kind == kind && text_starts(p->list[i].path, prefix))
            return true;
    return false;
}

/* Zips made on Windows name no folder in which there is something: it is there because that is. */
static bool put_folders_above(struct taking *t, struct server *server, const struct tree *listed, const char *inside)
{
    AUTO(free_text) char *path = xstrdup(inside);
    char *last = strrchr(path, '/');
    if (!last || last == path)
        return true;
    *last = 0;
    if (tree_find(&server->tree, path))
        return true;
    const struct packed folder = {.path = path, .kind = MEMBER_FOLDER, .data = ""};
    return put_folders_above(t, server, listed, path) && put_member(t, server, listed, &folder, path);
}

static bool lies_in(const struct file *f, const struct file *folder)
{
    size_t n = strlen(folder->path);
    return !strncmp(f->path, folder->path, n) && f->path[n] == '/';
}

/* Nothing but folders, at any depth. What lies in it follows it in the tree. */
static bool is_hollow(const struct file *folder)
{
    for (const struct file *f = folder->next; f && lies_in(f, folder); f = f->next)
        if (f->kind == FILE_REGULAR)
            return false;
    return true;
}

/* Where an archive names no folder at all, those in which no file was are still there: nobody could have packed them. */
static bool put_hollow_folders(struct taking *t, struct server *server, const struct tree *listed)
{
    for (const struct file *f = listed->files; f; f = f->next) {
        const struct packed folder = {.path = f->path, .kind = MEMBER_FOLDER, .data = ""};
        AUTO(free_text) char *parent = xstrdup(f->path);
        char *slash = strrchr(parent, '/');
        if (f->kind != FILE_DIR || !slash || !slash[1] || !is_hollow(f))
            continue;
        slash[slash == parent] = 0;
        if (tree_find(&server->tree, parent) && !tree_find(&server->tree, f->path) &&
            !put_member(t, server, listed, &folder, f->path))
            return false;
    }
    return true;
}

/* Most programs that make zips know no links: they pack what a link leads to, or nothing. Then links are as they were. */
static bool behind_link(const struct tree *listed, const char *inside)
{
    AUTO(free_text) char *path = xstrdup(inside);
    for (char *slash = path + strlen(path); slash && slash != path; slash = strrchr(path, '/')) {
        *slash = 0;
        const struct file *known = tree_find(listed, path);
        if (known && known->kind == FILE_LINK)
            return true;
    }
    return false;
}

static bool put_links(struct taking *t, struct server *server, const struct tree *listed)
{
    for (const struct file *f = listed->files; f; f = f->next) {
        struct change c = {.path = f->path, .kind = FILE_LINK, .data = f->data, .mode = f->mode, .time_ms = f->mtime_ms};
        AUTO(free_text) char *parent = xstrdup(f->path);
        char *slash = strrchr(parent, '/');
        if (f->kind != FILE_LINK || !f->data || !slash)
            continue;
        slash[slash == parent] = 0;
        if (tree_find(&server->tree, parent) && !put(t, &server->tree, f->path, &c))
            return false;
    }
    return true;
}

static bool take_server(struct taking *t, struct server *server)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *name = built_tree_name(&arena, t->w, server), *prefix = arena_printf(&arena, "%s/", name);
    struct tree listed = {0};
    snprintf(t->place, sizeof(t->place), "%s", name);
    if (!read_manifest(t, name, &listed))
        return false;
    server->tree = (struct tree){0};
    if (!tree_mkdir(t->w, &server->tree, "/", 0755, 0, 0, t->w->start_ms))
        return bad(t, "the tree has no room");
    bool links = has_any(t->parcel, prefix, MEMBER_LINK), folders = has_any(t->parcel, prefix, MEMBER_FOLDER);
    for (size_t i = 0; i < t->parcel->n; i++) {
        const struct packed *m = &t->parcel->list[i];
        if (!text_starts(m->path, prefix) || (!links && behind_link(&listed, m->path + strlen(name))))
            continue;
        if (!put_folders_above(t, server, &listed, m->path + strlen(name)) ||
            !put_member(t, server, &listed, m, m->path + strlen(name)))
            return false;
    }
    if (!folders && !put_hollow_folders(t, server, &listed))
        return false;
    return links || put_links(t, server, &listed);
}

bool files_take(struct world *w, const struct parcel *p, const struct claim *c, struct handed *h, struct handin_fault *fault)
{
    struct taking t = {.w = w, .parcel = p, .handed = h, .fault = fault};
    if (!c->whole)
        return take_changes(&t, parcel_find(p, FORM_CHANGES));
    for (struct server *server = w->servers; server; server = server->next)
        if (!take_server(&t, server))
            return false;
    return true;
}
