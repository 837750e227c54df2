/* SPDX-License-Identifier: MIT */
/*
 * From a path to uploads: a student's file or folder, a folder of such, or an LMS's bulk zip. Bulk zips are read from the disk
 * member by member, so that ten thousand submissions take no more memory than the biggest of them.
 *
 * Names (Canvas: "roejane_LATE_4711_88_me.tar.gz", from the download of all submissions, and "roejane_4711_text.html" of a
 * text; Moodle: "Jane Roe_312_assignsubmission_file_/me.tar.gz", "..._onlinetext_/onlinetext.html"): they say whose it is, as
 * far as anybody believes a file's name.
 */
#include "grader/handin/archive.h"
#include "grader/handin/form.h"
#include "grader/handin/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deflate makes a byte of 1032 at most: what unpacks to more than that in all lies in a zip whose members share their bytes. */
enum { MOST_FOLDERS = 8, MOST_OF_A_BYTE = 1032 };

struct looking {
    bool (*each)(void *, const struct arrival *);
    void *context;
    struct err *e;
    struct arena arena; /* of one upload */
};

/* ---- what names say ---- */

static bool is_ignored(const char *name)
{
    static const char *const junk[] = {"__MACOSX", "Thumbs.db", "desktop.ini"};
    for (size_t i = 0; i < COUNT(junk); i++)
        if (text_same(name, junk[i]))
            return true;
    return name[0] == '.' || text_starts(name, "~$"); /* of office programs: a file that somebody had open */
}

/* "name_[LATE_]user_submission_file": two numbers behind a name without underscores. */
static bool canvas_name(struct arena *arena, const char *name, const char **owner, bool *late)
{
    const char *at = strchr(name, '_');
    *late = at && text_starts(at, "_LATE_");
    if (*late)
        at += strlen("_LATE");
    size_t user = at ? strspn(at + 1, ALPHABET_DIGITS) : 0;
    size_t submission = user && at[1 + user] == '_' ? strspn(at + 2 + user, ALPHABET_DIGITS) : 0;
    if (!submission || at[2 + user + submission] != '_')
        return *late = false;
    *owner = arena_dupn(arena, at + 1, user);
    return true;
}

/* "name_[LATE_]user_text.html": what was typed instead of a file. */
static bool canvas_text(struct arena *arena, const char *name, const char **owner)
{
    const char *at = strchr(name, '_');
    if (at && text_starts(at, "_LATE_"))
        at += strlen("_LATE");
    size_t user = at ? strspn(at + 1, ALPHABET_DIGITS) : 0;
    if (!user || !text_same(at + 1 + user, "_text.html"))
        return false;
    *owner = arena_dupn(arena, at + 1, user);
    return true;
}

/* "Jane Roe_312_assignsubmission_file_" or "..._onlinetext_", of a folder or before a file's name. */
static bool moodle_name(struct arena *arena, const char *folder, const char **owner, bool *typed)
{
    const char *file = strstr(folder, "_assignsubmission_file"), *text = strstr(folder, "_assignsubmission_onlinetext");
    const char *mark = file ? file : text;
    *typed = !file && text;
    const char *at = mark;
    while (at && at > folder && at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (!at || at == mark || at <= folder + 1 || at[-1] != '_')
        return false;
    *owner = arena_dupn(arena, folder, (size_t)(at - 1 - folder));
    return true;
}

/* Of a path within what was handed in: "Jane Roe_312_assignsubmission_file_/me.tar.gz". */
static void name_owner(struct arena *arena, const char *path, struct arrival *f)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    f->owner = "";
    f->within = "";
    f->by_lms = true;
    for (const char *part = path; part;) {
        const char *end = strchr(part, '/');
        if (moodle_name(arena, arena_dupn(arena, part, end ? (size_t)(end - part) : strlen(part)), &f->owner, &f->typed))
            return; /* folders below are the student's own */
        part = end ? end + 1 : NULL;
    }
    f->within = slash ? arena_dupn(arena, path, (size_t)(slash - path)) : "";
    f->typed = canvas_text(arena, name, &f->owner) || text_same(name, "onlinetext.html");
    f->dated = !f->typed && canvas_name(arena, name, &f->owner, &f->late);
    f->by_lms = f->typed || f->dated;
    if (!f->by_lms)
        f->owner = arena_dup(arena, name);
}

static const char *printable(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    str_add_log(&out, text);
    return arena_dup(arena, str_text(&out));
}

static bool give(struct looking *l, struct arrival *f)
{
    bool good = l->each(l->context, f);
    arena_drop(&l->arena);
    l->arena = (struct arena){0};
    return good;
}

/* ---- bulk zips ---- */

struct roots { /* where labs begin in a zip: "subs/jane/"; in order */
    struct arena arena;
    const char **list;
    size_t n, cap;
};
struct bulk {
    struct looking *l;
    const char *path, *name; /* name: below what was given */
    struct archive *a;
    const struct roots *roots;
    struct str bytes;          /* of the member, or a tar of the group */
    struct str group;          /* the folder of the zip that is being put together */
    struct handin_fault fault; /* of a member of it: the others alone would be a lab from which something is gone */
    uint64_t left;             /* bytes that members may still unpack to, all together */
};

static void roots_drop(struct roots *r)
{
    free(r->list);
    arena_drop(&r->arena);
}

struct zip { /* mapped: what is changed in memory is not changed on the disk */
    struct archive *a;
    char *bytes;
    size_t n;
};

static void close_zip(struct zip *z)
{
    if (z->a)
        archive_read_free(z->a);
    if (z->bytes)
        munmap(z->bytes, z->n);
}

static bool open_zip(const char *path, struct zip *z)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    bool good = fd >= 0 && !fstat(fd, &st) && st.st_size > 0;
    void *bytes = good ? mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (bytes == MAP_FAILED)
        return false;
    *z = (struct zip){archive_read_new(), bytes, (size_t)st.st_size};
    if (!z->a)
        abort();
    zip_unmark_names(z->bytes, z->n);
    archive_read_support_format_zip_seekable(z->a);
    return archive_read_open_memory(z->a, z->bytes, z->n) == ARCHIVE_OK;
}

/* A name that no locale knows is a warning: we have none, and take it as it stands. */
static bool next_entry(struct archive *a, struct archive_entry **entry, int *status)
{
    *status = archive_read_next_header(a, entry);
    return *status == ARCHIVE_OK || *status == ARCHIVE_WARN;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A zip of many students' uploads: labs in folders of their own, or files that an LMS or a teacher named. */
static bool is_bulk(const char *path, struct roots *roots)
{
    AUTO(close_zip) struct zip zip = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct archive *a = open_zip(path, &zip) ? zip.a : NULL;
    struct archive_entry *entry;
    size_t archives = 0, named = 0;
    int status;
    while (a && next_entry(a, &entry, &status)) {
        struct arrival f = {0};
        const char *name = archive_name(entry), *owner;
        bool late;
        if (archive_entry_filetype(entry) != AE_IFREG || text_starts(name, "__MACOSX/") || is_ignored(base_of(name)))
            continue;
        if (lab_prefix(name) != SIZE_MAX)
            *GROW(roots->list, roots->n, roots->cap) = arena_dupn(&roots->arena, name, lab_prefix(name));
        archives += text_ends(name, ".gz") || text_ends(name, ".tgz") || text_ends(name, ".zip") || text_ends(name, ".tar");
        name_owner(&arena, name, &f);
        named += strstr(name, "_assignsubmission_") || f.typed || canvas_name(&arena, base_of(name), &owner, &late);
    }
    if (roots->n) /* a lab has more than one mark */
        roots->n = texts_once(roots->list, roots->n);
    return roots->n > 1 || named > 0 || (!roots->n && archives > 1);
}

static bool read_entry(struct bulk *b, struct archive_entry *entry, struct str *to, size_t most, struct handin_fault *fault,
                       const char *place)
{
    size_t before = to->len;
    if (archive_entry_is_data_encrypted(entry))
        return fault_set(fault, HANDIN_ENCRYPTED, place, "is encrypted");
    for (;;) {
        ssize_t n = archive_read_data(b->a, str_reserve(to, 1 << 16), 1 << 16);
        if (n < 0)
            return fault_set(fault, HANDIN_DAMAGED, place, "%s", archive_error_string(b->a) ? archive_error_string(b->a) : "?");
        to->len += (size_t)n;
        if (!n)
            break;
        b->left -= (uint64_t)n < b->left ? (uint64_t)n : b->left;
        if (to->len - before > most)
            return fault_set(fault, HANDIN_TOO_BIG, place, "more than %zu MiB", most >> 20);
    }
    str_addn(to, "", 0);
    return true;
}

/* An LMS's name of the zip says whose all of it is; any other is one more folder around what is in it. "ir_2026_03_all.zip" is
 * spelled like the first and names nobody: then what is in it has its own names. */
static void name_member(struct bulk *b, const char *name, struct arrival *f)
{
    struct arena *arena = &b->l->arena;
    struct arrival zip = {0};
    name_owner(arena, b->name, &zip);
    if (zip.by_lms && !zip.typed) {
        f->owner = zip.owner;
        f->dated = zip.dated;
        f->late = zip.late;
        f->by_lms = true;
        f->within = arena_dup(arena, name);
        return;
    }
    name_owner(arena, name, f);
    bool has_ending = text_ends(b->name, ".zip") || text_ends(b->name, ".ZIP");
    if (!f->by_lms)
        f->within = arena_printf(arena, "%.*s/%s", (int)(strlen(b->name) - (has_ending ? 4 : 0)), b->name, f->within);
}

static bool give_bulk(struct bulk *b, const char *name, struct arrival *f)
{
    f->from = arena_printf(&b->l->arena, "%s: %s", printable(&b->l->arena, b->path), printable(&b->l->arena, name));
    f->bytes = str_text(&b->bytes);
    f->size = b->bytes.len;
    f->zip = b->path;
    name_member(b, name, f);
    bool good = give(b->l, f);
    str_clear(&b->bytes);
    return good;
}

static bool give_member(struct bulk *b, struct archive_entry *entry)
{
    struct arrival f = {0};
    const char *name = archive_name(entry);
    AUTO(str_drop) struct str place = {0};
    str_addf(&place, "%s: %s", b->path, name);
    str_clear(&b->bytes);
    read_entry(b, entry, &b->bytes, UPLOAD_MAX_BYTES, &f.fault, str_text(&place));
    return give_bulk(b, name, &f);
}

/* The folder of a lab whose members come one after the other becomes a tar of its own. */
static bool end_group(struct bulk *b)
{
    struct arrival f = {.fault = b->fault};
    AUTO(str_drop) struct str name = {0};
    if (!b->bytes.len && f.fault.outcome == HANDIN_GOOD)
        return true;
    tar_end(&b->bytes);
    b->fault = (struct handin_fault){0};
    str_addn(&name, str_text(&b->group), b->group.len > 1 ? b->group.len - 1 : b->group.len);
    return give_bulk(b, str_text(&name), &f);
}

/* Labs in folders below the first n bytes of a path, two at most, and whether that folder is one itself. */
static size_t labs_below(const struct roots *r, const char *path, size_t n, bool *itself)
{
    size_t at = 0, below = 0;
    for (size_t end = r->n; at < end;) { /* the first that does not come before it */
        size_t middle = at + (end - at) / 2;
        if (strncmp(r->list[middle], path, n) < 0)
            at = middle + 1;
        else
            end = middle;
    }
    *itself = at < r->n && !strncmp(r->list[at], path, n) && !r->list[at][n];
    at += *itself;
    while (below < 2 && at + below < r->n && !strncmp(r->list[at + below], path, n))
        below++;
    return below;
}

/* How much of a path is the folder of a lab, or one in which there is none: its members belong together. SIZE_MAX: it lies
 * beside labs, *ret_labs of them. */
static size_t group_of(const struct bulk *b, const char *path, size_t *ret_labs)
{
    size_t n = b->group.len;
    bool is_lab;
    if (n && !strncmp(path, str_text(&b->group), n)) /* most come behind one of the same */
        return n;
    n = 0;
    while ((*ret_labs = labs_below(b->roots, path, n, &is_lab)) && !is_lab) {
        const char *slash = strchr(path + n, '/');
        if (!slash)
            return SIZE_MAX;
        n = (size_t)(slash - path) + 1;
    }
    return n;
}

static void add_member(struct bulk *b, struct archive_entry *entry)
{
    AUTO(str_drop) struct str data = {0};
    const char *name = archive_name(entry);
    struct err e = {0};
    if (!read_entry(b, entry, &data, PARCEL_MAX_MEMBER, &b->fault, name))
        return;
    if (b->bytes.len + data.len > PARCEL_MAX_BYTES)
        fault_set(&b->fault, HANDIN_BOMB, name, "more than 192 MiB");
    else if (!tar_add_file(&b->bytes, name, str_text(&data), data.len, 0644, 0, &e))
        fault_set(&b->fault, HANDIN_BAD_PATH, name, "%s", e.msg);
}

static bool add_to_group(struct bulk *b, struct archive_entry *entry)
{
    const char *name = archive_name(entry);
    size_t labs = 0, n = group_of(b, name, &labs);
    if (n == SIZE_MAX) /* beside one it is that student's, and not looked at */
        return labs == 1 || is_ignored(base_of(name)) || (end_group(b) && give_member(b, entry));
    if (n != b->group.len || strncmp(name, str_text(&b->group), n) != 0) {
        if (!end_group(b))
            return false;
        str_clear(&b->group);
        str_addn(&b->group, name, n);
    }
    if (b->fault.outcome == HANDIN_GOOD)
        add_member(b, entry);
    return true;
}

static bool each_of_bulk(struct looking *l, const char *path, const char *name, const struct roots *roots)
{
    AUTO(close_zip) struct zip zip = {0};
    struct archive *a = open_zip(path, &zip) ? zip.a : NULL;
    struct bulk b = {.l = l, .path = path, .name = name, .a = a, .roots = roots, .left = (zip.n + 1) * MOST_OF_A_BYTE};
    struct archive_entry *entry;
    int status = ARCHIVE_EOF;
    bool good = true;
    while (good && a && b.left && next_entry(a, &entry, &status)) {
        const char *member = archive_name(entry);
        if (archive_entry_filetype(entry) != AE_IFREG || text_starts(member, "__MACOSX/"))
            continue;
        if (roots->n)
            good = add_to_group(&b, entry);
        else if (!is_ignored(base_of(member)))
            good = give_member(&b, entry);
    }
    bool broken = good && status != ARCHIVE_EOF;
    enum handin outcome = b.left ? HANDIN_DAMAGED : HANDIN_BOMB;
    const char *said = a ? archive_error_string(a) : NULL;
    const char *why = !b.left ? "unpacks to more than its bytes can hold: members that share them" : said ? said : "damaged";
    if (broken && roots->n) /* what it broke off in is not whole either */
        fault_set(&b.fault, outcome, path, "%s", why);
    good = good && (!roots->n || end_group(&b));
    if (good && broken) {
        struct arrival f = {0};
        fault_set(&f.fault, outcome, path, "%s: what follows in it cannot be read", why);
        good = give_bulk(&b, "the rest", &f);
    }
    str_drop(&b.bytes);
    str_drop(&b.group);
    return good;
}

/* ---- files and folders ---- */

static bool is_zip(const char *path)
{
    char magic[4] = "";
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, magic, sizeof(magic)) : 0;
    if (fd >= 0)
        close(fd);
    return n == 4 && !memcmp(magic, "PK\3\4", 4);
}

static bool give_file(struct looking *l, const char *path, const char *name, const struct stat *st)
{
    AUTO(str_drop) struct str bytes = {0};
    struct err e = {0};
    struct arrival f = {.from = printable(&l->arena, path)};
    name_owner(&l->arena, name, &f);
    if (!S_ISREG(st->st_mode))
        fault_set(&f.fault, HANDIN_UNREADABLE, path, "a device, a pipe, a socket or a link");
    else if (st->st_size > UPLOAD_MAX_BYTES)
        fault_set(&f.fault, HANDIN_TOO_BIG, path, "a file of more than %u MiB", UPLOAD_MAX_BYTES >> 20);
    else if (!file_read(path, UPLOAD_MAX_BYTES, &bytes, &e))
        fault_set(&f.fault, HANDIN_UNREADABLE, path, "%s", e.msg);
    f.bytes = str_text(&bytes);
    f.size = bytes.len;
    return give(l, &f);
}

static bool is_handed_in(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    return is_lab(dir) || file_exists(arena_printf(&arena, "%s/" FORM_HEAD, dir));
}

static bool give_folder(struct looking *l, const char *path, const char *name)
{
    struct arrival f = {.from = printable(&l->arena, path), .folder = path};
    name_owner(&l->arena, name, &f);
    return give(l, &f);
}

/* The class's own folder, which lies among what was handed in: its bundles and keys were not. */
static bool is_class(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    return file_exists(arena_printf(&arena, "%s/class.json", dir)) && file_exists(arena_printf(&arena, "%s/secret", dir));
}

/* Nobody can look into it, or nobody should: that is said of it, and the others go on. */
static bool give_closed(struct looking *l, const char *path, const char *name, const char *says)
{
    struct arrival f = {.from = printable(&l->arena, path), .bytes = ""};
    name_owner(&l->arena, name, &f);
    fault_set(&f.fault, HANDIN_UNREADABLE, path, "%s", says);
    return give(l, &f);
}

/* What was named must be there. */
static bool give_missing(struct looking *l, const char *path, const char *name, unsigned depth)
{
    return depth ? give_closed(l, path, name, strerror(errno)) : err_set(l->e, "'%s': %m", path);
}

static bool give_too_deep(struct looking *l, const char *path, const char *name)
{
    AUTO(str_drop) struct str says = {0};
    str_addf(&says, "%d folders deep: not looked into", MOST_FOLDERS);
    return give_closed(l, path, name, str_text(&says));
}

struct names {
    char **list;
    size_t n, cap;
};

static bool read_names(const char *path, struct names *names)
{
    DIR *d = opendir(path);
    if (!d)
        return false;
    for (struct dirent *entry; (entry = readdir(d));)
        if (!is_ignored(entry->d_name))
            *GROW(names->list, names->n, names->cap) = xstrdup(entry->d_name);
    closedir(d);
    if (names->n)
        qsort(names->list, names->n, sizeof(*names->list), texts_order);
    return true;
}

static bool look_at(struct looking *, const char *path, const char *name, unsigned depth);

static bool look_into(struct looking *l, const char *path, const char *name, unsigned depth)
{
    struct names names = {0};
    bool good = true;
    if (!read_names(path, &names))
        return give_missing(l, path, name, depth);
    for (size_t i = 0; i < names.n; i++) {
        AUTO(str_drop) struct str inner = {0}, shown = {0};
        str_addf(&inner, "%s%s%s", path, text_ends(path, "/") ? "" : "/", names.list[i]);
        str_addf(&shown, "%s%s%s", name, *name ? "/" : "", names.list[i]);
        good = good && look_at(l, str_text(&inner), str_text(&shown), depth + 1);
        free(names.list[i]);
    }
    free(names.list);
    return good;
}

static bool look_at(struct looking *l, const char *path, const char *name, unsigned depth)
{
    AUTO(roots_drop) struct roots roots = {0};
    struct stat st;
    if (lstat(path, &st) || (S_ISLNK(st.st_mode) && !depth && stat(path, &st)))
        return give_missing(l, path, name, depth);
    if (S_ISDIR(st.st_mode)) {
        if (is_handed_in(path))
            return give_folder(l, path, name);
        if (is_class(path))
            return depth || err_set(l->e, "'%s' is the folder of a class: expected what students handed in", path);
        return depth < MOST_FOLDERS ? look_into(l, path, depth ? name : "", depth) : give_too_deep(l, path, name);
    }
    if (S_ISREG(st.st_mode) && (uint64_t)st.st_size <= UPLOADS_MAX_BYTES && is_zip(path) && is_bulk(path, &roots))
        return each_of_bulk(l, path, name, &roots);
    return give_file(l, path, name, &st);
}

bool uploads_each(const char *path, bool (*each)(void *, const struct arrival *), void *context, struct err *e)
{
    struct looking l = {.each = each, .context = context, .e = e};
    bool good = look_at(&l, path, base_of(path), 0);
    arena_drop(&l.arena);
    return good;
}
