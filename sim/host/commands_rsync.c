/* SPDX-License-Identifier: MIT */
/*
 * rsync between directories of the server: 3.1.2 in options, words and exit codes. A file whose size and time are the same
 * stays as it is; another is made aside (".name.XXXXXX"), gets what it is to have, and is renamed over. There is no other host.
 */
#include "sim/host/commands.h"

#include <stdlib.h>

enum { PARTIAL = 23, USAGE = 1, FILE_IO = 11, NO_HOST = 255 };

struct rsync {
    struct program *p;
    bool recursive, links, perms, times, group, owner, verbose, quiet, dry, update, sums, always, delete, progress;
    const char **excluded;
    size_t n_excluded, cap_excluded;
    bool made;                                 /* the directory that all goes to */
    const char *target;                        /* its path: it is not sent into itself */
    size_t total, sent, received, files, seen; /* bytes; files sent, looked at */
    int first, now;                            /* in argv: the first operand, the one that is sent */
    int status;
};

/* `what` names the call and has a %s for the path. */
static void told(struct rsync *r, const char *what, const char *name, int error)
{
    str_add(r->p->io.err, "rsync: ");
    str_addf(r->p->io.err, what, path_absolute(&r->p->m->arena, r->p->cwd, name)); /* NOLINT: the formats below are literals */
    str_addf(r->p->io.err, ": %s (%d)\n", strerror(error), error);
    r->status = PARTIAL;
}

static int ends(struct rsync *r, int code, const char *what, const char *where)
{
    str_addf(r->p->io.err, "rsync error: %s (code %d) at %s=3.1.2]\n", what, code, where);
    return code;
}

static void show(struct rsync *r, const char *fmt, const char *name)
{
    if ((r->verbose || r->progress) && !r->quiet)
        sayf(r->p, fmt, name); /* NOLINT: the formats below are literals */
}

/* ---- what is left out ---- */

/* A pattern without a slash fits names, one that begins with one is of the whole path; a slash at its end wants a directory. */
static bool is_excluded(const struct rsync *r, const char *path, bool dir)
{
    for (size_t i = 0; i < r->n_excluded; i++) {
        const char *pattern = r->excluded[i];
        size_t n = strlen(pattern);
        bool dirs = n > 1 && pattern[n - 1] == '/';
        const char *text = arena_dupn(&r->p->m->arena, pattern, dirs ? n - 1 : n);

        if (dirs && !dir)
            continue;
        if (!strchr(text, '/') ? pattern_fits(text, path_base(path)) : *text == '/' && pattern_fits(text + 1, path))
            return true;
        for (const char *at = path; *text != '/' && strchr(text, '/') && at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
            if (pattern_fits(text, at))
                return true;
    }
    return false;
}

/* ---- attributes ---- */

static bool same_second(const struct file *a, const struct file *b)
{
    return a->mtime_ms / 1000 == b->mtime_ms / 1000;
}

static unsigned wanted_gid(const struct rsync *r, const struct file *from, const struct file *to)
{
    const struct cred *cred = &r->p->cred;

    return r->group && (cred->uid == 0 || in_group(cred, from->gid)) ? from->gid : to->gid;
}

static unsigned wanted_mode(const struct rsync *r, const struct file *from, const struct file *to)
{
    return r->perms ? from->mode : to->mode;
}

static bool attributes_differ(const struct rsync *r, const struct file *from, const struct file *to)
{
    return (r->perms && from->kind != FILE_LINK && from->mode != to->mode) || wanted_gid(r, from, to) != to->gid ||
           (r->owner && r->p->cred.uid == 0 && from->uid != to->uid) ||
           (r->times && from->kind != FILE_LINK && !same_second(from, to));
}

static void give_attributes(struct rsync *r, const struct file *from, const char *name)
{
    struct program *p = r->p;
    struct file *to = place_find(p, name, NO_FOLLOW).file;
    unsigned uid = to && r->owner && p->cred.uid == 0 ? from->uid : to ? to->uid : 0;
    int error = 0;

    if (!to)
        return;
    if (uid != to->uid || wanted_gid(r, from, to) != to->gid)
        error = fs_chown(p, name, uid, wanted_gid(r, from, to), NO_FOLLOW);
    if (error)
        told(r, "chown \"%s\" failed", name, error);
    if (from->kind != FILE_LINK && wanted_mode(r, from, to) != to->mode && (error = fs_chmod(p, name, from->mode)) != 0)
        told(r, "failed to set permissions on \"%s\"", name, error);
    if (r->times && (p->cred.uid == 0 || p->cred.uid == to->uid)) {
        to->mtime_ms = from->mtime_ms; /* of a file just made or changed: no fact of its own */
        to->dirty = true;
    }
}

/* ---- one file ---- */

static const char *aside_of(struct rsync *r, const char *to)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t n = (size_t)(path_base(to) - to), draw = (size_t)r->p->pid * 7919 + r->files * 104729;
    char end[7] = "";

    for (int i = 0; i < 6; i++, draw = draw / 7 + 31 * (size_t)i + 17)
        end[i] = letters[draw % (sizeof(letters) - 1)];
    return arena_printf(&r->p->m->arena, "%.*s.%s.%s", (int)n, to, to + n, end);
}

static bool is_same(const struct rsync *r, const struct file *from, const struct file *to)
{
    if (!to || to->kind != FILE_REGULAR || to->size != from->size || r->always)
        return false;
    if (r->sums)
        return from->size == 0 || memcmp(from->data, to->data, from->size) == 0;
    return same_second(from, to);
}

static void show_progress(struct rsync *r, size_t n)
{
    if (r->progress && !r->quiet)
        sayf(r->p, "%15zu 100%%    0.00kB/s    0:00:00 (xfr#%zu, to-chk=0/%zu)\n", n, r->files, r->seen);
}

static void send_file(struct rsync *r, const struct file *from, const char *name, const char *to, const char *shown)
{
    struct program *p = r->p;
    const char *aside = aside_of(r, to), *data;
    unsigned umask = p->umask;
    struct place there = place_find(p, to, NO_FOLLOW);
    size_t n;
    int error = fs_read(p, name, &data, &n);

    if (error) {
        told(r, "send_files failed to open \"%s\"", name, error);
        return;
    }
    show(r, "%s\n", shown);
    r->files++;
    r->sent += n + strlen(shown) + 42;
    r->received += 19;
    if (r->dry)
        return;
    show_progress(r, n);
    p->umask = 0177;
    error = fs_write_lasting(p, aside, data, n);
    p->umask = umask;
    if (error) {
        told(r, "mkstemp \"%s\" failed", aside, error);
        return;
    }
    give_attributes(r, from, aside);
    if (!r->perms) { /* as the old one had it, or as a new one gets it */
        unsigned mode = there.file && there.file->kind == FILE_REGULAR ? there.file->mode : from->mode & 0777 & ~umask;
        fs_chmod(p, aside, mode);
    }
    error = fs_rename(p, aside, to);
    if (error) {
        told(r, "rename \"%s\" failed", to, error);
        fs_unlink(p, aside);
    }
}

static void send_link(struct rsync *r, const struct file *from, const char *to, const char *shown)
{
    const struct file *there = place_find(r->p, to, NO_FOLLOW).file;
    int error;

    if (there && there->kind == FILE_LINK && text_same(there->data, from->data))
        return;
    show(r, "%s\n", arena_printf(&r->p->m->arena, "%s -> %s", shown, from->data ? from->data : ""));
    r->sent += strlen(shown) + from->size + 20;
    if (r->dry)
        return;
    if (there)
        fs_unlink(r->p, to);
    error = fs_symlink(r->p, from->data ? from->data : "", to);
    if (error)
        told(r, "symlink \"%s\" failed", to, error);
    else
        give_attributes(r, from, to);
}

/* ---- trees ---- */

static void send(struct rsync *r, const char *name, const char *to, const char *shown);

/* "dir/" and "." are sent as what is in them. */
static bool is_content(const char *operand)
{
    return text_ends(operand, "/") || strcmp(path_base(operand), ".") == 0;
}

/* Does one of the operands before `end` have it? `said` is its path in what is sent. */
static bool is_sent(const struct rsync *r, const char *said, int end)
{
    struct program *p = r->p;

    for (int i = r->first; i < end; i++) {
        const char *root = path_trimmed(p, p->argv[i]), *base = path_base(root);
        size_t n = strlen(base);
        bool content = is_content(p->argv[i]), below = strncmp(said, base, n) == 0 && (said[n] == '/' || said[n] == '\0');
        const char *path = content ? path_join(&p->m->arena, root, said)
                                   : arena_printf(&p->m->arena, "%.*s%s", (int)(base - root), root, said);

        if ((content || below) && place_find(p, path, NO_FOLLOW).file)
            return true;
    }
    return false;
}

/* What no operand has goes, when the first that has the directory is sent. */
static void delete_others(struct rsync *r, const char *to, const char *shown)
{
    struct program *p = r->p;
    const struct file *dir = place_find(p, to, FOLLOW).file, *next;

    for (const struct file *at = dir ? dir_next(dir, NULL) : NULL; at; at = next) {
        const char *base = path_base(at->path), *path = path_join(&p->m->arena, to, base), *where;
        const char *said = strcmp(shown, "./") == 0 ? base : arena_printf(&p->m->arena, "%s%s", shown, base);
        bool is_dir = at->kind == FILE_DIR;
        int error = 0;

        next = dir_next(dir, (struct file *)at);
        if (is_sent(r, said, p->argc - 1) || is_excluded(r, said, is_dir))
            continue;
        show(r, "deleting %s\n", is_dir ? arena_printf(&p->m->arena, "%s/", said) : said);
        if (!r->dry)
            error = fs_remove_tree(p, path, &where);
        if (error)
            told(r, "delete_file: unlink(%s) failed", path, error);
    }
}

static void send_dir(struct rsync *r, const struct file *dir, const char *name, const char *to, const char *shown)
{
    struct program *p = r->p;
    const struct file *there = place_find(p, to, FOLLOW).file;
    bool fresh = !there;
    int error = fresh && !r->dry                   ? fs_mkdir(p, to, dir->mode & 0777 & ~p->umask)
                : there && there->kind != FILE_DIR ? EEXIST
                                                   : 0;

    if (error) {
        told(r, "recv_generator: mkdir \"%s\" failed", to, error);
        return;
    }
    if (fresh || (r->made && strcmp(shown, "./") == 0) || attributes_differ(r, dir, there))
        show(r, "%s\n", shown);
    if (!may(&p->cred, dir, 5)) {
        told(r, "opendir \"%s\" failed", name, EACCES);
        return;
    }
    r->sent += strlen(shown) + 20;
    if (r->delete &&!fresh && !is_sent(r, path_trimmed(p, shown), r->now))
        delete_others(r, to, shown);
    for (struct file *at = dir_next(dir, NULL); at; at = dir_next(dir, at)) {
        const char *base = path_base(at->path);

        send(r, path_join(&p->m->arena, name, base), path_join(&p->m->arena, to, base),
             strcmp(shown, "./") == 0 ? base : arena_printf(&p->m->arena, "%s%s", shown, base));
    }
    if (!r->dry)
        give_attributes(r, dir, to);
}

static void send(struct rsync *r, const char *name, const char *to, const char *shown)
{
    const struct file *from = place_find(r->p, name, NO_FOLLOW).file, *there = place_find(r->p, to, NO_FOLLOW).file;

    if (!from || text_same(from->path, r->target) ||
        (is_excluded(r, shown, from->kind == FILE_DIR) && strcmp(shown, "./") != 0))
        return;
    r->seen++;
    r->total += from->kind == FILE_DIR ? 0 : from->size;
    if (from->kind == FILE_DIR) {
        send_dir(r, from, name, to, text_ends(shown, "/") ? shown : arena_printf(&r->p->m->arena, "%s/", shown));
    } else if (from->kind == FILE_LINK) {
        if (r->links)
            send_link(r, from, to, shown);
        else if (!r->quiet)
            sayf(r->p, "skipping non-regular file \"%s\"\n", shown);
    } else if (r->update && there && there->mtime_ms > from->mtime_ms) {
        return;
    } else if (!is_same(r, from, there)) {
        send_file(r, from, name, to, shown);
    } else if (attributes_differ(r, from, there) && !r->dry) {
        give_attributes(r, from, to);
    }
}

/* An operand: "dir" is sent by its name, "dir/" as what is in it. */
static void send_operand(struct rsync *r, const char *name, const char *to, bool into)
{
    struct program *p = r->p;
    struct place at = place_find(p, name, text_ends(name, "/"));
    bool inside = is_content(name);
    const char *base = path_base(path_trimmed(p, name));

    if (at.error) {
        told(r, "link_stat \"%s\" failed", name, at.error);
    } else if (at.file->kind == FILE_DIR && !r->recursive) {
        if (!r->quiet)
            sayf(p, "skipping directory %s\n", inside ? "." : base);
    } else if (inside && at.file->kind == FILE_DIR) {
        send(r, path_trimmed(p, name), to, "./");
    } else {
        send(r, name, into ? path_join(&p->m->arena, to, base) : to, base);
    }
}

/* ---- beginning and end ---- */

static const char *with_commas(struct program *p, size_t n)
{
    const char *digits = arena_printf(&p->m->arena, "%zu", n);
    AUTO(str_drop) struct str out = {0};

    for (size_t i = 0, len = strlen(digits); i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            str_addc(&out, ',');
        str_addc(&out, digits[i]);
    }
    return arena_dup(&p->m->arena, str_text(&out));
}

static void show_end(struct rsync *r)
{
    struct program *p = r->p;
    size_t sent = r->sent + 50, received = r->received + 16;

    if (!r->verbose || r->quiet)
        return;
    sayf(p, "\nsent %s bytes  received %s bytes  %s.00 bytes/sec\n", with_commas(p, sent), with_commas(p, received),
         with_commas(p, 2 * (sent + received)));
    sayf(p, "total size is %s  speedup is %.2f%s\n", with_commas(p, r->total), (double)r->total / (double)(sent + received),
         r->dry ? " (DRY RUN)" : "");
}

/* "host:path", "host::module"; a colon behind a slash is part of a name. */
static bool is_remote(const char *name)
{
    return name[strcspn(name, ":/")] == ':';
}

static int transfer(struct rsync *r, int at)
{
    struct program *p = r->p;
    const char *to = p->argv[p->argc - 1];
    struct place there = place_find(p, to, FOLLOW);
    bool several = p->argc - at > 2, dir = there.file && there.file->kind == FILE_DIR;
    struct place first = place_find(p, p->argv[at], FOLLOW);
    int error;

    show(r, "sending incremental file list\n%s", "");
    if (there.file && !dir && (several || (first.file && first.file->kind == FILE_DIR && r->recursive))) {
        str_addf(p->io.err, "ERROR: destination must be a directory when copying more than 1 file\n");
        return ends(r, 3, "errors selecting input/output files, dirs", "main.c(652) [Receiver");
    }
    if (!there.file && first.file && (several || text_ends(to, "/") || first.file->kind == FILE_DIR) && !r->dry) {
        error = fs_mkdir(p, path_trimmed(p, to), 0777 & ~p->umask);
        if (error) {
            told(r, "mkdir \"%s\" failed", path_trimmed(p, to), error);
            return ends(r, FILE_IO, "error in file IO", "main.c(675) [Receiver");
        }
        show(r, "created directory %s\n", path_trimmed(p, to));
        dir = r->made = true;
    }
    r->target = place_find(p, to, FOLLOW).path;
    r->first = at;
    for (r->now = at; r->now < p->argc - 1; r->now++)
        send_operand(r, p->argv[r->now], path_trimmed(p, to), dir || text_ends(to, "/"));
    show_end(r);
    if (r->status)
        return ends(r, PARTIAL, "some files/attrs were not transferred (see previous errors)", "main.c(1189) [sender");
    return 0;
}

static void take_option(struct rsync *r, int letter, const char *value)
{
    r->recursive |= letter == 'a' || letter == 'r';
    r->links |= letter == 'a' || letter == 'l';
    r->perms |= letter == 'a' || letter == 'p';
    r->times |= letter == 'a' || letter == 't';
    r->group |= letter == 'a' || letter == 'g';
    r->owner |= letter == 'a' || letter == 'o';
    r->verbose |= letter == 'v';
    r->quiet |= letter == 'q';
    r->dry |= letter == 'n';
    r->update |= letter == 'u';
    r->sums |= letter == 'c';
    r->always |= letter == 'I';
    r->progress |= letter == 'P';
    r->delete |= letter == '\1';
    if (letter == '\2')
        *GROW(r->excluded, r->n_excluded, r->cap_excluded) = value;
}

/* popt's words for what getopt complained about. */
static int unknown_option(struct rsync *r, const struct options *o, size_t said)
{
    const char *word = r->p->argv[o->next - 1];
    bool known = strstr(str_text(r->p->io.err) + said, "requires") != NULL;

    r->p->io.err->len = said;
    if (text_starts(word, "--"))
        str_addf(r->p->io.err, "rsync: %.*s: ", (int)strcspn(word, "="), word);
    else
        str_addf(r->p->io.err, "rsync: -%c: ", o->cluster[-1]);
    str_add(r->p->io.err, known ? "missing argument\n" : "unknown option\n");
    return ends(r, USAGE, "syntax or usage error", "main.c(1572) [client");
}

static int usage(struct rsync *r)
{
    str_add(r->p->io.err, "rsync  version 3.1.2  protocol version 31\nUsage: rsync [OPTION]... SRC [SRC]... DEST\n");
    return ends(r, USAGE, "syntax or usage error", "main.c(1580) [client");
}

static int no_host(struct rsync *r, const char *name)
{
    const char *host = strchr(name, '@') ? strchr(name, '@') + 1 : name;

    str_addf(
        r->p->io.err,
        "ssh: connect to host %.*s port 22: Connection timed out\nrsync: connection unexpectedly closed (0 bytes received so "
        "far) [sender]\n",
        (int)strcspn(host, ":"), host);
    return ends(r, NO_HOST, "unexplained error", "io.c(226) [sender");
}

int run_rsync(struct program *p)
{
    /* what changes nothing between two directories of this server: D H A X S x W z h, --numeric-ids, --partial */
    static const struct option_spec spec = {
        "acDghHAIlnopPqrStuvWxXz\1\2:\3",
        "archive=a checksum=c devices=D group=g human-readable=h hard-links=H acls=A ignore-times=I links=l dry-run=n owner=o "
        "perms=p quiet=q recursive=r sparse=S times=t update=u verbose=v whole-file=W one-file-system=x xattrs=X compress=z "
        "delete=\1 del=\1 exclude=\2 numeric-ids=\3 partial=\3 progress=P",
        false};
    struct options o = {.p = p, .spec = &spec};
    struct rsync r = {.p = p};
    const char *value;
    int letter, status;

    size_t said = p->io.err->len;
    while ((letter = options_next(&o, &value)))
        take_option(&r, letter, value);
    if (o.failed)
        status = unknown_option(&r, &o, said);
    else if (p->argc - o.at < 2)
        status = usage(&r);
    else if (is_remote(p->argv[p->argc - 1]) || is_remote(p->argv[o.at]))
        status = no_host(&r, is_remote(p->argv[o.at]) ? p->argv[o.at] : p->argv[p->argc - 1]);
    else
        status = transfer(&r, o.at);
    free(r.excluded);
    return status;
}
