/* SPDX-License-Identifier: MIT */
/*
 * An upload as a list of members: every path checked, junk of desktops left out, whatever folder is around it taken off. A
 * submission that somebody zipped once more is taken out of its zip; more than that is no honest mistake.
 */
#include "grader/handin/archive.h"
#include "grader/handin/form.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PATH = 1024, MOST_DEPTH = 64, MOST_NESTED = 2 };

struct sorting {
    struct unpacking u;
    struct parcel *parcel;
    size_t cap;
    unsigned depth; /* of archives in archives */
};

/* ---- paths ---- */

/* "./a/b/" as "a/b"; NULL with what is wrong. "" is the top itself. */
static const char *checked_path(struct arena *arena, const char *path, const char **why)
{
    size_t n, depth = 0;
    *why = NULL;
    while (text_starts(path, "./"))
        path += 2;
    if (text_same(path, "."))
        path = "";
    n = strlen(path);
    if (*path == '/')
        *why = "an absolute path";
    else if (n > MOST_PATH)
        *why = "a path of more than 1024 bytes";
    else if (strchr(path, '\\'))
        *why = "a path with backslashes";
    else if (!text_utf8(path, n))
        *why = "a path that is not UTF-8";
    for (size_t i = 0; i < n && !*why; i++)
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7F)
            *why = "a path with control characters";
    for (const char *part = path; *part && !*why;) {
        size_t len = strcspn(part, "/");
        if (len == 2 && !strncmp(part, "..", 2))
            *why = "a path with ..";
        else if (!len || (len == 1 && *part == '.'))
            *why = "a path with an empty part";
        else if (++depth > MOST_DEPTH)
            *why = "a path of more than 64 folders";
        part += len + (part[len] == '/');
    }
    while (n && path[n - 1] == '/')
        n--;
    return *why ? NULL : arena_dupn(arena, path, n);
}

static bool is_junk(const char *path)
{
    static const char *const names[] = {".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (text_starts(path, "__MACOSX/") || text_same(path, "__MACOSX") || text_starts(name, "._"))
        return true;
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_same(name, names[i]))
            return true;
    return false;
}

static bool wrong(struct sorting *s, enum handin outcome, const char *path, const char *says)
{
    AUTO(str_drop) struct str place = {0};
    str_addf(&place, "%s: %s", s->u.from, path);
    return fault_set(s->u.fault, outcome, str_text(&place), "%s", says);
}

static bool take(void *context, const struct raw_member *m)
{
    struct sorting *s = context;
    const char *why, *path = checked_path(&s->parcel->arena, m->path, &why);
    if (!path)
        return wrong(s, HANDIN_BAD_PATH, m->path, why);
    if (!*path || is_junk(path))
        return true;
    *GROW(s->parcel->list, s->parcel->n, s->cap) = (struct packed){path, m->kind, m->data, m->n};
    return true;
}

/* ---- sorted, each once ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct packed *)a)->path, ((const struct packed *)b)->path);
}

static const struct packed *find(const struct parcel *p, const char *path)
{
    const struct packed key = {.path = path};
    return p->n ? bsearch(&key, p->list, p->n, sizeof(*p->list), by_path) : NULL;
}

const struct packed *parcel_find(const struct parcel *p, const char *path)
{
    return find(p, path);
}

/* Folders may be named again; nothing else may, and nothing lies in what is no folder. */
static bool sort(struct sorting *s)
{
    struct parcel *p = s->parcel;
    size_t kept = 0;
    if (p->n)
        qsort(p->list, p->n, sizeof(*p->list), by_path);
    for (size_t i = 0; i < p->n; i++) {
        const struct packed *last = kept ? &p->list[kept - 1] : NULL;
        if (last && text_same(last->path, p->list[i].path)) {
            if (last->kind != MEMBER_FOLDER || p->list[i].kind != MEMBER_FOLDER)
                return wrong(s, HANDIN_DUPLICATE, last->path, "is there twice");
            continue;
        }
        p->list[kept++] = p->list[i];
    }
    p->n = kept;
    for (size_t i = 0; i < p->n; i++) {
        AUTO(free_text) char *parent = xstrdup(p->list[i].path);
        for (char *slash; (slash = strrchr(parent, '/'));) {
            *slash = 0;
            const struct packed *above = find(p, parent);
            if (above && above->kind != MEMBER_FOLDER)
                return wrong(s, HANDIN_DUPLICATE, above->path, "is a file and a folder");
        }
    }
    return true;
}

/* ---- which folder is the lab? ---- */

static size_t depth_of(const char *path)
{
    size_t n = 0;
    for (; *path; path++)
        n += *path == '/';
    return n;
}

size_t lab_prefix(const char *path)
{
    static const char *const marks[] = {FORM_HEAD, ".cafelab/lab.json"};
    for (size_t i = 0; i < COUNT(marks); i++) {
        size_t n = strlen(path), m = strlen(marks[i]);
        if (n >= m && text_same(path + n - m, marks[i]) && (n == m || path[n - m - 1] == '/'))
            return n - m;
    }
    return SIZE_MAX;
}

/* The shallowest folder that says it is one; another as shallow would make it two submissions. */
static bool find_root(struct sorting *s, const char **root, size_t *length)
{
    const char *second = NULL;
    *root = NULL;
    for (size_t i = 0; i < s->parcel->n; i++) {
        const char *path = s->parcel->list[i].path;
        size_t n = lab_prefix(path);
        if (s->parcel->list[i].kind != MEMBER_FILE || n == SIZE_MAX)
            continue;
        bool same = *root && n == *length && !strncmp(*root, path, n);
        AUTO(free_text) char *folder = xstrdup(path);
        folder[n] = 0;
        size_t depth = depth_of(folder), best = 0;
        if (*root) {
            AUTO(free_text) char *so_far = xstrdup(*root);
            so_far[*length] = 0;
            best = depth_of(so_far);
        }
        if (!*root || depth < best) {
            *root = path;
            *length = n;
            second = NULL;
        } else if (!same && depth == best)
            second = path;
    }
    if (second)
        return wrong(s, HANDIN_DUPLICATE, second, "is a second submission beside the first");
    return true;
}

/* What lies beside the lab is not looked at; links only mean something among a server's files. */
static bool strip_root(struct sorting *s, const char *root, size_t length)
{
    struct parcel *p = s->parcel;
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct packed m = p->list[i];
        bool inside = !strncmp(m.path, root, length) && m.path[length];
        if (m.kind == MEMBER_LINK && (!inside || !text_starts(m.path + length, "host")))
            return wrong(s, HANDIN_LINK, m.path, "is a link");
        if (!inside)
            continue;
        m.path += length;
        p->bytes += m.size;
        p->list[kept++] = m;
    }
    p->n = kept;
    return true;
}

/* The only archive among the members; NULL if there is none, or more. */
static const struct packed *only_archive(const struct parcel *p)
{
    const struct packed *found = NULL;
    const char *says;
    for (size_t i = 0; i < p->n; i++) {
        if (p->list[i].kind != MEMBER_FILE || archive_look(p->list[i].data, p->list[i].size, &says) == ARCHIVE_NONE)
            continue;
        if (found)
            return NULL;
        found = &p->list[i];
    }
    return found;
}

static bool unpack(struct sorting *s, const char *bytes, size_t n)
{
    const char *root = NULL;
    size_t length = 0;
    if (!archive_read_all(&s->u, bytes, n, take, s) || !sort(s) || !find_root(s, &root, &length))
        return false;
    if (root)
        return strip_root(s, root, length);
    const struct packed *inner = only_archive(s->parcel);
    if (!s->parcel->n)
        return fault_set(s->u.fault, HANDIN_EMPTY, s->u.from, "an archive with nothing in it");
    if (!inner)
        return fault_set(s->u.fault, HANDIN_NO_LAB, s->u.from,
                         "no submission in it: expected what `cafelab submit` makes, or a lab's folder");
    if (++s->depth >= MOST_NESTED)
        return fault_set(s->u.fault, HANDIN_NESTED, s->u.from, "an archive in an archive in an archive");
    s->parcel->n = 0;
    return unpack(s, inner->data, inner->size);
}

/* ---- a folder of this disk ---- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

struct parcel_folder {
    struct sorting *s;
    int fd;
};

static bool read_disk_file(struct parcel_folder *f, const struct dir_entry *entry, struct raw_member *m, struct err *e)
{
    AUTO(close_fd) int fd = openat(f->fd, entry->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    AUTO(str_drop) struct str data = {0};
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return err_set(e, "read '%s': %m", entry->path);
    if (!S_ISREG(st.st_mode))
        return wrong(f->s, HANDIN_DEVICE, entry->path, "is a device, a pipe or a socket");
    if (st.st_size > PARCEL_MAX_MEMBER)
        return wrong(f->s, HANDIN_HUGE_MEMBER, entry->path, "is of more than 64 MiB");
    if (f->s->u.bytes + (size_t)st.st_size > PARCEL_MAX_BYTES)
        return wrong(f->s, HANDIN_BOMB, entry->path, "the folder holds more than 192 MiB");
    for (ssize_t n; (n = read(fd, str_reserve(&data, 1 << 16), 1 << 16)) != 0;) {
        if (n < 0 && errno != EINTR)
            return err_set(e, "read '%s': %m", entry->path);
        data.len += n > 0 ? (size_t)n : 0;
        if (data.len > PARCEL_MAX_MEMBER)
            return wrong(f->s, HANDIN_HUGE_MEMBER, entry->path, "grows while it is read");
    }
    f->s->u.bytes += data.len;
    m->data = arena_dupn(&f->s->parcel->arena, data.len ? data.s : "", data.len);
    m->n = data.len;
    return true;
}

static bool take_disk_entry(void *context, const struct dir_entry *entry, struct err *e)
{
    struct parcel_folder *f = context;
    struct raw_member m = {.path = entry->path, .kind = entry->is_dir ? MEMBER_FOLDER : MEMBER_FILE};
    if (++f->s->u.members > PARCEL_MAX_MEMBERS)
        return fault_set(f->s->u.fault, HANDIN_TOO_MANY, f->s->u.from, "more than %d files", PARCEL_MAX_MEMBERS);
    if (entry->is_link) {
        char target[4096];
        ssize_t n = readlinkat(f->fd, entry->path, target, sizeof(target) - 1);
        m.kind = MEMBER_LINK;
        m.n = n > 0 ? (size_t)n : 0;
        m.data = arena_dupn(&f->s->parcel->arena, target, m.n);
    } else if (!entry->is_dir && !S_ISREG(entry->mode))
        return true; /* running daemons leave sockets and pipes: nothing to read */
    else if (!entry->is_dir && !read_disk_file(f, entry, &m, e))
        return false;
    return take(f->s, &m);
}

static void hash_members(struct parcel *p)
{
    AUTO(str_drop) struct str all = {0};
    for (size_t i = 0; i < p->n; i++) {
        char hash[65] = "";
        if (p->list[i].kind != MEMBER_FOLDER)
            sha256_hex(p->list[i].data, p->list[i].size, hash);
        str_addf(&all, "%s %d %s\n", p->list[i].path, (int)p->list[i].kind, hash);
    }
    sha256_hex(str_text(&all), all.len, p->sha256);
}

static bool read_folder(struct sorting *s, const char *dir)
{
    AUTO(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct parcel_folder f = {s, fd};
    struct err e = {0};
    const char *root = NULL;
    size_t length = 0;
    if (fd < 0)
        return fault_set(s->u.fault, HANDIN_UNREADABLE, s->u.from, "open: %s", strerror(errno));
    if (!dir_walk(dir, take_disk_entry, &f, &e))
        return fault_set(s->u.fault, HANDIN_UNREADABLE, s->u.from, "%s", e.msg);
    if (!sort(s) || !find_root(s, &root, &length))
        return false;
    if (!root)
        return fault_set(s->u.fault, HANDIN_NO_LAB, s->u.from, "no lab in this folder");
    return strip_root(s, root, length);
}

/* ---- all of it ---- */

bool parcel_read(const struct arrival *upload, struct parcel *p, struct handin_fault *fault)
{
    *p = (struct parcel){0};
    *fault = upload->fault;
    struct sorting s = {
        .u = {.arena = &p->arena, .from = upload->from, .fault = fault},
          .parcel = p
    };
    bool good = fault->outcome == HANDIN_GOOD;
    if (good && upload->folder)
        good = read_folder(&s, upload->folder);
    else if (good && !upload->size)
        good = fault_set(fault, HANDIN_EMPTY, upload->from, "a file of no bytes");
    else if (good && upload->size > UPLOAD_MAX_BYTES)
        good = fault_set(fault, HANDIN_TOO_BIG, upload->from, "a file of more than %u MiB", UPLOAD_MAX_BYTES >> 20);
    else if (good)
        good = unpack(&s, upload->bytes, upload->size);
    if (good && upload->folder)
        hash_members(p);
    else if (good && upload->sha256)
        snprintf(p->sha256, sizeof(p->sha256), "%s", upload->sha256);
    else if (good)
        sha256_hex(upload->bytes, upload->size, p->sha256);
    if (!good)
        parcel_drop(p);
    return good;
}

void parcel_drop(struct parcel *p)
{
    free(p->list);
    arena_drop(&p->arena);
    *p = (struct parcel){0};
}
