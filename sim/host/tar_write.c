/* SPDX-License-Identifier: MIT */
/* tar c: files of the server as an archive in memory, GNU's format, in records of 20 blocks; then packed, then written. */
#include "sim/host/packing.h"
#include "sim/host/tar.h"

#include <archive.h>
#include <archive_entry.h>

#define TAR_RECORD 10240

struct writing {
    struct tar *t;
    struct archive *a;
    struct str bytes;
    const char *itself; /* path of the archive; NULL = standard output */
    const struct nest *in;
    bool full; /* and nothing goes on */
};
struct nest { /* the directory that is being put in, and those around it */
    const struct nest *around;
    const struct file *dir;
};

static la_ssize_t keep_bytes(struct archive *a, void *context, const void *data, size_t n)
{
    struct str *bytes = context;
    (void)a;

    if (bytes->len + n > SAID_MAX_BYTES)
        return -1;
    str_addn(bytes, data, n);
    return (la_ssize_t)n;
}

static struct archive_entry *entry_of(struct tar *t, const struct file *file, const char *name)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, file_type_mode(file));
    archive_entry_set_uid(entry, file->uid);
    archive_entry_set_gid(entry, file->gid);
    archive_entry_set_mtime(entry, file->mtime_ms / 1000, 0);
    archive_entry_set_size(entry, file->kind == FILE_REGULAR ? (la_int64_t)file->size : 0);
    if (!t->numeric) {
        archive_entry_set_uname(entry, os_user_name(t->p->m, file->uid));
        archive_entry_set_gname(entry, os_group_name(t->p->m, file->gid));
    }
    if (file->kind == FILE_LINK)
        archive_entry_set_symlink(entry, file->data ? file->data : "");
    return entry;
}

static void tell(struct writing *w, struct archive_entry *entry, const char *name)
{
    AUTO(str_drop) struct str line = {0};

    if (!w->t->verbose)
        return;
    tar_show(w->t, &line, entry, name);
    if (w->itself)
        say(w->t->p, str_text(&line), line.len);
    else
        str_add(w->t->p->io.err, str_text(&line));
}

static void put(struct writing *w, const struct file *file, const char *name, const char *data)
{
    struct archive_entry *entry = entry_of(w->t, file, tar_safe_name(w->t, name));

    tell(w, entry, name);
    if (archive_write_header(w->a, entry) < ARCHIVE_WARN ||
        (file->kind == FILE_REGULAR && file->size > 0 && archive_write_data(w->a, data, file->size) < 0)) {
        tar_dies(w->t, "%s: Cannot write: %s", w->t->file, strerror(EFBIG));
        w->full = true;
    }
    archive_entry_free(entry);
}

static void add(struct writing *w, const char *dir, const char *name);

/* Links that are followed may lead back to where they are. */
static bool is_around(const struct writing *w, const struct file *dir)
{
    const struct nest *at = w->in;

    while (at && at->dir != dir)
        at = at->around;
    return at != NULL;
}

static void add_dir(struct writing *w, const struct file *file, const char *dir, const char *name)
{
    struct program *p = w->t->p;
    const char *slashed = text_ends(name, "/") ? name : arena_printf(&p->m->arena, "%s/", name);
    struct nest here = {.around = w->in, .dir = file};

    if (is_around(w, file)) {
        str_addf(p->io.err, "%s: %s: directory is within itself; not dumped\n", path_base(p->argv[0]), name);
        return;
    }
    if (!may(&p->cred, file, 4)) {
        tar_complain(w->t, "%s: Cannot open: %s", path_trimmed(p, name), strerror(EACCES));
        return;
    }
    put(w, file, slashed, NULL);
    w->in = &here;
    for (struct file *at = w->t->no_recursion ? NULL : dir_next(file, NULL); at && !w->full; at = dir_next(file, at))
        add(w, dir, arena_printf(&p->m->arena, "%s%s", slashed, path_base(at->path)));
    w->in = here.around;
}

static void add(struct writing *w, const char *dir, const char *name)
{
    struct tar *t = w->t;
    struct program *p = t->p;
    const char *where = tar_in(t, dir, name), *data = NULL;
    struct place at = place_find(p, where, t->follow || text_ends(name, "/"));

    if (at.error != ENAMETOOLONG && tar_excludes(t, path_trimmed(p, name)))
        return;
    tar_safe_name(t, name); /* said even of what is not there */
    if (at.error) {
        tar_complain(t, "%s: Cannot stat: %s", name, strerror(at.error));
    } else if (w->itself && strcmp(at.path, w->itself) == 0) {
        str_addf(p->io.err, "%s: %s: file is the archive; not dumped\n", path_base(p->argv[0]), name);
    } else if (at.file->kind == FILE_DIR) {
        add_dir(w, at.file, dir, name);
    } else {
        int error = at.file->kind == FILE_REGULAR ? fs_read(p, where, &data, &(size_t){0}) : 0;

        if (error)
            tar_complain(t, "%s: Cannot open: %s", name, strerror(error));
        else
            put(w, at.file, name, data);
    }
}

/* Every -C is gone to, wherever it leads. */
static int find_dirs(struct tar *t)
{
    for (size_t i = 0; i < t->dirs.n; i++) {
        const char *dir = t->dirs.list[i];
        struct place at = place_find(t->p, *dir ? dir : ".", FOLLOW);
        int error = at.error ? at.error : at.file->kind != FILE_DIR ? ENOTDIR : 0;

        if (*dir && error)
            return tar_dies(t, "%s: Cannot open: %s", dir, strerror(error));
    }
    return 0;
}

static int finish(struct writing *w)
{
    AUTO(str_drop) struct str packed = {0};
    struct tar *t = w->t;
    const struct str *bytes = &w->bytes;
    int error = 0;

    if (t->gzip && !gzip_pack(t->p->m, &packed, w->bytes.s, w->bytes.len, 6, NULL, 0))
        return tar_dies(t, "%s: Cannot write: %s", t->file, strerror(ENOMEM));
    if (t->gzip)
        bytes = &packed;
    if (w->itself)
        error = fs_write(t->p, t->file, str_text(bytes), bytes->len);
    else if (t->p->io.out->len + bytes->len > STREAM_MAX_BYTES)
        error = EFBIG;
    else
        say(t->p, str_text(bytes), bytes->len);
    return error ? tar_dies(t, "%s: Cannot write: %s", t->file, strerror(error)) : 0;
}

int tar_create(struct tar *t)
{
    struct writing w = {.t = t, .a = archive_write_new()};
    int status, error = 0;

    if (strcmp(t->file, "-") != 0) {
        error = fs_write(t->p, t->file, "", 0); /* made before anything is read */
        w.itself = place_find(t->p, t->file, FOLLOW).path;
    }
    archive_write_set_format_gnutar(w.a);
    archive_write_set_bytes_per_block(w.a, TAR_RECORD);
    archive_write_open(w.a, &w.bytes, NULL, keep_bytes, NULL);
    status = error ? tar_dies(t, "%s: Cannot open: %s", t->file, strerror(error)) : find_dirs(t);
    for (size_t i = 0; i < t->names.n && !status; i++) {
        add(&w, t->dirs.list[i], t->names.list[i]);
        status = w.full ? TAR_FATAL : 0;
    }
    archive_write_close(w.a);
    archive_write_free(w.a);
    if (!status)
        status = finish(&w);
    str_drop(&w.bytes);
    return status;
}
