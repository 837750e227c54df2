/* SPDX-License-Identifier: MIT */
/*
 * tar t and x. What is there already is taken away before a file is made in its place; whoever is root gives files their owners
 * and modes, others own what they unpack and their umask counts. Directories get their times at the end, and links that lead
 * out of where it is unpacked are made there: until then an empty file stands in their place.
 */
#include "sim/host/accounts.h"
#include "sim/host/packing.h"
#include "sim/host/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

struct late { /* a link that is made at the end, a directory that gets mode and time there */
    const char *path, *name;
    uint64_t inode; /* of what is there until then: nothing else is touched */
    unsigned mode;
    int64_t mtime_ms;
    struct archive_entry *entry; /* of a link; NULL */
};
struct reading {
    struct tar *t;
    struct archive *a;
    const char *name;   /* of the member that is being unpacked */
    const char *broken; /* what gzip says of it; NULL = it is whole */
    bool *found;        /* of t->names */
    bool over;          /* nothing more is read */
    struct late *late;
    size_t n_late, cap_late;
};

/* ---- which ---- */

/* "a/b" names "a/b", "a/b/" and all below. */
static bool is_named(const struct tar *t, const char *wanted, const char *name)
{
    size_t n = strlen(wanted);

    while (n > 1 && wanted[n - 1] == '/')
        n--;
    if (strncmp(wanted, name, n) == 0 && (name[n] == '\0' || name[n] == '/'))
        return true;
    return t->wildcards && pattern_fits(wanted, path_trimmed(t->p, name));
}

static bool is_wanted(struct reading *r, const char *name)
{
    struct tar *t = r->t;
    bool wanted = t->names.n == 0;

    for (size_t i = 0; i < t->names.n; i++)
        if (is_named(t, t->names.list[i], name))
            wanted = r->found[i] = true;
    return wanted && !tar_excludes(t, path_trimmed(t->p, name));
}

/* Without its first parts; NULL: nothing is left. */
static const char *stripped(const struct tar *t, const char *name)
{
    for (unsigned i = 0; i < t->strip; i++) {
        name += strspn(name, "/");
        name += strcspn(name, "/");
        name += strspn(name, "/");
    }
    return *name ? name : NULL;
}

/* ---- making ---- */

static void make_parents(struct tar *t, const char *path)
{
    for (const char *at = path + strspn(path, "/"); (at = strchr(at, '/')); at += strspn(at, "/")) {
        const char *dir = arena_dupn(&t->p->m->arena, path, (size_t)(at - path));

        if (place_find(t->p, dir, FOLLOW).error == ENOENT)
            fs_mkdir(t->p, dir, 0777 & ~t->p->umask);
    }
}

static unsigned mode_of(struct tar *t, struct archive_entry *entry)
{
    unsigned mode = archive_entry_perm(entry);

    return t->permissions ? mode : mode & 0777 & ~t->p->umask;
}

static void give_owner(const struct reading *r, struct archive_entry *entry, const char *path)
{
    struct tar *t = r->t;
    unsigned uid = (unsigned)archive_entry_uid(entry), gid = (unsigned)archive_entry_gid(entry);
    const char *user = archive_entry_uname(entry), *group = archive_entry_gname(entry);
    struct os_user account;
    int error;

    if (!t->owners)
        return;
    if (!t->numeric && user && os_user_find(t->p->m->w, t->p->m->server, user, &account))
        uid = account.uid;
    if (!t->numeric && group)
        os_group_find(t->p->m, group, &gid);
    error = fs_chown(t->p, path, uid, gid, NO_FOLLOW);
    if (error)
        tar_complain(t, "%s: Cannot change ownership to uid %u, gid %u: %s", r->name, uid, gid, strerror(error));
}

static int64_t time_of(struct tar *t, struct archive_entry *entry)
{
    return t->no_time ? t->p->m->now_ms : tar_time_ms(entry);
}

static void do_late(struct reading *r, struct archive_entry *entry, const char *path, struct archive_entry *link)
{
    struct place at = place_find(r->t->p, path, FOLLOW);

    if (at.file)
        *GROW(r->late, r->n_late, r->cap_late) = (struct late){
            .path = path,
            .name = path_trimmed(r->t->p, r->name),
            .inode = at.file->inode,
            .mode = mode_of(r->t, entry),
            .mtime_ms = time_of(r->t, entry),
            .entry = link,
        };
    else
        archive_entry_free(link);
}

static void make_dir(struct reading *r, struct archive_entry *entry, const char *path)
{
    struct tar *t = r->t;
    struct place at = place_find(t->p, path, FOLLOW);
    int error = at.file && at.file->kind == FILE_DIR ? 0 : fs_mkdir(t->p, path, mode_of(t, entry) | 0300);

    if (error) {
        tar_complain(t, "%s: Cannot mkdir: %s", r->name, strerror(error));
        return;
    }
    give_owner(r, entry, path);
    do_late(r, entry, path, NULL);
}

static int take_data(struct reading *r, struct str *out)
{
    const void *piece;
    la_int64_t at;
    size_t n;

    while (archive_read_data_block(r->a, &piece, &n, &at) == ARCHIVE_OK) {
        if (at < 0 || (uint64_t)at + n > FILE_MAX_BYTES)
            return EFBIG;
        while (out->len < (size_t)at) {
            static const char hole[4096];
            size_t left = (size_t)at - out->len;

            str_addn(out, hole, left < sizeof(hole) ? left : sizeof(hole));
        }
        str_addn(out, piece, n);
    }
    r->t->p->m->unpacked += out->len;
    return r->t->p->m->unpacked > SAID_MAX_BYTES ? ENOSPC : 0;
}

/* The way is clear, or it becomes so. */
static bool clear_way(struct tar *t, const char *path)
{
    const struct file *there = place_find(t->p, path, NO_FOLLOW).file;

    if (there && t->keep)
        return false;
    return !there || (there->kind == FILE_DIR ? fs_rmdir : fs_unlink)(t->p, path) == 0;
}

static bool leads_out(const struct tar *t, const char *target)
{
    if (t->absolute)
        return false;
    for (const char *at = target; *at; at += strcspn(at, "/"), at += strspn(at, "/"))
        if (*at == '/' || (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')))
            return true;
    return false;
}

static int write_with_mode(struct tar *t, const char *path, const struct str *data, unsigned mode)
{
    unsigned umask = t->p->umask;
    int error;

    t->p->umask = ~mode & 0777;
    error = fs_write(t->p, path, str_text(data), data->len);
    t->p->umask = umask;
    return error;
}

static void cannot_link(const struct reading *r, const char *name, struct archive_entry *entry, int error)
{
    const char *target = archive_entry_symlink(entry);

    tar_complain(r->t, "%s: Cannot create symlink to `%s': %s", name, target ? target : "", strerror(error));
}

static int put_link(const struct reading *r, struct archive_entry *entry, const char *path)
{
    int error = fs_symlink(r->t->p, archive_entry_symlink(entry), path);

    if (error)
        return error;
    place_find(r->t->p, path, NO_FOLLOW).file->mtime_ms = time_of(r->t, entry);
    give_owner(r, entry, path);
    return 0;
}

static void make_link(struct reading *r, struct archive_entry *entry, const char *path)
{
    struct tar *t = r->t;
    const char *target = archive_entry_symlink(entry);
    bool late = leads_out(t, target ? target : "");
    int error = !target ? ENOENT : !clear_way(t, path) ? EEXIST : 0;

    if (!error && !late)
        error = put_link(r, entry, path);
    else if (!error)
        error = write_with_mode(t, path, &(struct str){0}, 0);
    if (error)
        cannot_link(r, r->name, entry, error);
    else if (late)
        do_late(r, entry, path, archive_entry_clone(entry));
}

static void make_file(struct reading *r, struct archive_entry *entry, const char *path)
{
    AUTO(str_drop) struct str data = {0};
    struct tar *t = r->t;
    unsigned mode = mode_of(t, entry);
    int error = take_data(r, &data);

    if (error) {
        r->over = error == ENOSPC;
        if (r->over)
            tar_dies(t, "%s: Cannot write: %s", r->name, strerror(error));
        else
            tar_complain(t, "%s: Cannot write: %s", r->name, strerror(error));
        return;
    }
    if (t->to_stdout) {
        say(t->p, str_text(&data), data.len);
        return;
    }
    if (!clear_way(t, path)) {
        tar_complain(t, "%s: Cannot open: %s", r->name, strerror(EEXIST));
        return;
    }
    error = write_with_mode(t, path, &data, mode);
    struct file *file = error ? NULL : place_find(t->p, path, NO_FOLLOW).file;
    if (!file) {
        tar_complain(t, "%s: Cannot open: %s", r->name, strerror(error));
        return;
    }
    file->mtime_ms = time_of(t, entry);
    give_owner(r, entry, path);
    if (file->mode != mode)
        fs_chmod(t->p, path, mode);
}

static void extract(struct reading *r, struct archive_entry *entry, const char *name)
{
    struct tar *t = r->t;
    const char *safe = stripped(t, name), *path;
    unsigned type = archive_entry_filetype(entry);

    if (!safe)
        return;
    r->name = safe = tar_safe_name(t, safe);
    path = path_trimmed(t->p, tar_in(t, t->dir ? t->dir : "", safe));
    if (archive_entry_hardlink(entry)) {
        tar_complain(t, "%s: Cannot hard link to `%s': %s", safe, archive_entry_hardlink(entry), strerror(EPERM));
    } else if (type != AE_IFDIR && type != AE_IFREG && type != AE_IFLNK) {
        tar_complain(t, "%s: Cannot mknod: %s", safe, strerror(EPERM));
    } else {
        if (!t->to_stdout)
            make_parents(t, path);
        if (type == AE_IFDIR && !t->to_stdout)
            make_dir(r, entry, path);
        else if (type == AE_IFLNK && !t->to_stdout)
            make_link(r, entry, path);
        else if (type == AE_IFREG)
            make_file(r, entry, path);
    }
}

static void end_link(struct reading *r, const struct late *late)
{
    int error = fs_unlink(r->t->p, late->path);

    r->name = late->name;
    if (!error)
        error = put_link(r, late->entry, late->path);
    if (error)
        cannot_link(r, late->name, late->entry, error);
}

static void end_dir(struct reading *r, const struct late *late, struct file *dir)
{
    struct program *p = r->t->p;
    bool own = p->cred.uid == 0 || p->cred.uid == dir->uid;
    int error = dir->mode != late->mode ? fs_chmod(p, late->path, late->mode) : 0;
    AUTO(str_drop) struct str mode = {0};

    if (own) {
        dir->mtime_ms = late->mtime_ms;
        dir->dirty = true;
    } else if (!r->t->no_time) {
        tar_complain(r->t, "%s: Cannot utime: %s", late->name, strerror(EPERM));
    }
    if (!error)
        return;
    tar_add_mode(&mode, AE_IFDIR, late->mode);
    tar_complain(r->t, "%s: Cannot change mode to %s: %s", late->name, str_text(&mode) + 1, strerror(error));
}

/* Links first: they change the times of the directories that they are in. */
static void end_late(struct reading *r)
{
    for (int dirs = 0; dirs <= 1; dirs++)
        for (size_t i = r->n_late; i-- > 0;) {
            const struct late *late = &r->late[i];
            struct file *there = place_find(r->t->p, late->path, dirs ? FOLLOW : NO_FOLLOW).file;

            if (dirs != !late->entry || !there || there->inode != late->inode)
                continue; /* not yet, or no longer what was unpacked */
            if (late->entry)
                end_link(r, late);
            else
                end_dir(r, late, there);
        }
    for (size_t i = 0; i < r->n_late; i++)
        archive_entry_free(r->late[i].entry);
    free(r->late);
}

/* ---- the archive ---- */

static void member(struct reading *r, struct archive_entry *entry)
{
    struct tar *t = r->t;
    const char *name = archive_entry_pathname(entry);
    AUTO(str_drop) struct str line = {0};

    if (name && strlen(name) > TREE_MAX_PATH) {
        tar_complain(t, "%.60s...: Cannot open: %s", name, strerror(ENAMETOOLONG));
        return;
    }
    if (!name || !is_wanted(r, name))
        return;
    if (t->verbose) {
        tar_show(t, &line, entry, name);
        if (t->to_stdout)
            str_add(t->p->io.err, str_text(&line));
        else
            say(t->p, str_text(&line), line.len);
    }
    if (t->does == 'x')
        extract(r, entry, name);
}

static int read_members(struct reading *r, const char *data, size_t n)
{
    struct tar *t = r->t;
    struct archive_entry *entry;
    size_t members = 0;
    int status = n > 0 ? ARCHIVE_FATAL : ARCHIVE_EOF;

    archive_read_support_format_tar(r->a);
    if (n > 0 && archive_read_open_memory(r->a, data, n) == ARCHIVE_OK)
        while (!r->over && ((status = archive_read_next_header(r->a, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN)) {
            members++;
            member(r, entry);
        }
    if (r->over)
        return TAR_FATAL;
    if (r->broken)
        return 0;
    if (status != ARCHIVE_EOF && members > 0)
        return tar_dies(t, "Unexpected EOF in archive");
    if (status != ARCHIVE_EOF)
        tar_complain(t, "This does not look like a tar archive");
    for (size_t i = 0; i < t->names.n; i++)
        if (!r->found[i])
            tar_complain(t, "%s: Not found in archive", t->names.list[i]);
    return 0;
}

/* What it is packed with is seen, asked for or not. NULL, or gzip's complaint. */
static const char *unpack(struct tar *t, const char **data, size_t *n, struct str *out)
{
    const char *why;

    if (!t->gzip && !gzip_is(*data, *n))
        return NULL;
    why = gzip_unpack(t->p->m, *data, *n, SAID_MAX_BYTES, out);
    *data = str_text(out);
    *n = out->len;
    return why && !strstr(why, "ignored") ? why : NULL;
}

/* Of an archive that ends too early there are the first members. */
static int read_all(struct reading *r, const char *data, size_t n)
{
    AUTO(str_drop) struct str plain = {0};
    struct tar *t = r->t;
    int status;

    r->broken = unpack(t, &data, &n, &plain);
    status = read_members(r, data, n);
    if (!r->broken)
        return status;
    str_addf(t->p->io.err, "\ngzip: stdin: %s\n", r->broken);
    return tar_dies(t, "Child returned status 1");
}

int tar_read(struct tar *t)
{
    struct reading r = {.t = t};
    const char *data;
    size_t n;
    int error = input_read(t->p, t->file, &data, &n), status;

    if (error)
        return tar_dies(t, error == EISDIR ? "%s: Cannot read: %s" : "%s: Cannot open: %s", t->file, strerror(error));
    error = t->dir ? place_find(t->p, t->dir, FOLLOW).error : 0;
    if (error)
        return tar_dies(t, "%s: Cannot open: %s", t->dir, strerror(error));
    r.a = archive_read_new();
    r.found = arena_alloc(&t->p->m->arena, t->names.n + 1);
    status = read_all(&r, data, n);
    archive_read_free(r.a);
    end_late(&r);
    return status;
}
