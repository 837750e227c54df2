/* SPDX-License-Identifier: MIT */
/*
 * tar: GNU tar 1.26 in options, words and exit codes: c, t and x of plain archives and gzip's (the server has no bzip2 and
 * no xz). Archives are libarchive's.
 */
#include "sim/host/accounts.h"
#include "sim/host/tar.h"

#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>

static void vcomplain(struct tar *t, const char *fmt, va_list args)
{
    str_addf(t->p->io.err, "%s: ", path_base(t->p->argv[0]));
    str_vaddf(t->p->io.err, fmt, args);
    str_addc(t->p->io.err, '\n');
    t->status = TAR_FATAL;
}

void tar_complain(struct tar *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vcomplain(t, fmt, args);
    va_end(args);
}

int tar_dies(struct tar *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vcomplain(t, fmt, args);
    va_end(args);
    tar_complain(t, "Error is not recoverable: exiting now");
    return TAR_FATAL;
}

/* ---- names ---- */

const char *tar_in(struct tar *t, const char *dir, const char *name)
{
    return *dir && *name != '/' ? path_join(&t->p->m->arena, dir, name) : name;
}

/* Fits a pattern all of it, or what begins or ends at a slash. */
bool tar_excludes(const struct tar *t, const char *name)
{
    AUTO(str_drop) struct str below = {0};

    for (size_t i = 0; i < t->excluded.n; i++) {
        str_clear(&below);
        str_addf(&below, "%s/*", t->excluded.list[i]);
        for (const char *from = name; from && *from; from = strchr(from, '/') ? strchr(from, '/') + 1 : NULL)
            if (pattern_fits(t->excluded.list[i], from) || pattern_fits(str_text(&below), from))
                return true;
    }
    return false;
}

const char *tar_safe_name(struct tar *t, const char *name)
{
    const char *safe = name;

    if (t->absolute)
        return name;
    for (const char *at = name; *at; at += strcspn(at, "/"), at += strspn(at, "/"))
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            safe = at + 2;
    safe += strspn(safe, "/");
    if (safe > name) {
        const char *gone = arena_dupn(&t->p->m->arena, name, (size_t)(safe - name));

        if (!text_same(t->removed, gone))
            str_addf(t->p->io.err, "%s: Removing leading `%s' from member names\n", path_base(t->p->argv[0]), gone);
        t->removed = gone;
    }
    return *safe ? safe : "./";
}

/* ---- the list ---- */

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999, where a tree's manifest ends */

int64_t tar_time_ms(struct archive_entry *entry)
{
    int64_t seconds = archive_entry_mtime(entry);

    return (seconds < 0 ? 0 : seconds > LAST_SECOND ? LAST_SECOND : seconds) * 1000;
}

void tar_add_mode(struct str *out, unsigned type, unsigned mode)
{
    static const char *const special[] = {"tT", "sS", "sS"};

    str_addc(out, type == AE_IFDIR ? 'd' : type == AE_IFLNK ? 'l' : type == AE_IFREG ? '-' : '?');
    for (int i = 8; i >= 0; i--) {
        char c = mode >> i & 1 ? "rwxrwxrwx"[8 - i] : '-';

        str_addc(out, i % 3 == 0 && mode >> (9 + i / 3) & 1 ? special[i / 3][c == '-'] : c);
    }
}

void tar_show(struct tar *t, struct str *out, struct archive_entry *entry, const char *name)
{
    const char *user = archive_entry_uname(entry), *group = archive_entry_gname(entry);
    AUTO(str_drop) struct str owner = {0}, size = {0};

    if (t->verbose < 2) {
        str_addf(out, "%s\n", name);
        return;
    }
    if (t->numeric || !user || !*user)
        str_addf(&owner, "%lld/", (long long)archive_entry_uid(entry));
    else
        str_addf(&owner, "%s/", user);
    if (t->numeric || !group || !*group)
        str_addf(&owner, "%lld", (long long)archive_entry_gid(entry));
    else
        str_add(&owner, group);
    str_addf(&size, "%lld", (long long)(archive_entry_filetype(entry) == AE_IFREG ? archive_entry_size(entry) : 0));
    t->width = owner.len + 1 + size.len > t->width ? owner.len + 1 + size.len : t->width;
    tar_add_mode(out, archive_entry_filetype(entry), archive_entry_perm(entry));
    str_addf(out, " %s %*s ", str_text(&owner), (int)(t->width - owner.len - 1), str_text(&size));
    str_add_time(out, tar_time_ms(entry), "%Y-%m-%d %H:%M");
    str_addf(out, " %s", name);
    if (archive_entry_symlink(entry))
        str_addf(out, " -> %s", archive_entry_symlink(entry));
    str_addc(out, '\n');
}

/* ---- options ---- */

enum { /* long options without a letter */
       EXCLUDE = 1,
       STRIP,
       NUMERIC,
       OWNERS,
       NO_OWNERS,
       WILDCARDS,
       NO_RECURSION,
       PLAIN_EXTRAS, /* of files that have none: --xattrs, --acls, --selinux */
};
#define EXTRAS "xattrs=\10 acls=\10 selinux=\10 no-xattrs=\10 no-acls=\10 no-selinux=\10"
static const struct option_spec spec = {
    "\1:\2:\3\4\5\6\7\10ctxf:C:zjJvpPhkmOT:X:",
    "create=c list=t extract=x get=x file=f directory=C gzip=z gunzip=z bzip2=j xz=J verbose=v preserve-permissions=p "
    "same-permissions=p absolute-names=P dereference=h keep-old-files=k touch=m to-stdout=O files-from=T exclude-from=X "
    "exclude=\1 strip-components=\2 numeric-owner=\3 same-owner=\4 no-same-owner=\5 wildcards=\6 no-recursion=\7 " EXTRAS,
    false};

static int usage(struct tar *t, const char *why, int status)
{
    if (why)
        complain(t->p, status, "%s", why);
    str_addf(t->p->io.err, "Try `%s --help' or `%s --usage' for more information.\n", path_base(t->p->argv[0]),
             path_base(t->p->argv[0]));
    return status;
}

/* "czf a.tgz d" is "-c -z -f a.tgz d": each letter that wants a value takes the next word. */
static int spread_old_style(struct tar *t)
{
    struct program *p = t->p;
    const char *letters = p->argc > 1 && p->argv[1][0] != '-' ? p->argv[1] : "", **argv;
    int n = 1, next = 2;

    if (!*letters)
        return 0;
    argv = arena_alloc(&p->m->arena, ((size_t)p->argc + strlen(letters) + 1) * sizeof(*argv));
    argv[0] = p->argv[0];
    for (; *letters; letters++) {
        const char *known = *letters > ' ' ? strchr(spec.letters, *letters) : NULL;

        argv[n++] = arena_printf(&p->m->arena, "-%c", *letters);
        if (!known || known[1] != ':')
            continue;
        if (next >= p->argc)
            return usage(t, arena_printf(&p->m->arena, "Old option `%c' requires an argument.", *letters), TAR_FATAL);
        argv[n++] = p->argv[next++];
    }
    while (next < p->argc)
        argv[n++] = p->argv[next++];
    p->argv = argv;
    p->argc = n;
    return 0;
}

static int add_lines(struct tar *t, const char *file, struct tar_names *names)
{
    const char *data;
    size_t n;
    int error = input_read(t->p, file, &data, &n);

    if (error)
        return tar_dies(t, "%s: Cannot open: %s", file, strerror(error));
    for (const char *at = data, *end = data + n; at < end; at += strnlen(at, 1)) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);

        if (len > 0)
            *GROW(names->list, names->n, names->cap) = arena_dupn(&t->p->m->arena, at, len);
        at += len;
    }
    return 0;
}

static int take_mode(struct tar *t, char does)
{
    if (t->does && t->does != does)
        return usage(t, "You may not specify more than one `-Acdtrux' or `--test-label'  option", TAR_FATAL);
    t->does = does;
    return 0;
}

static int take_option(struct tar *t, int letter, const char *value)
{
    switch (letter) {
    case 'c':
    case 't':
    case 'x': return take_mode(t, (char)letter);
    case 'f': t->file = value; break;
    case 'C': t->dir = *value == '/' || !t->dir ? value : path_join(&t->p->m->arena, t->dir, value); break;
    case 'z': t->gzip = true; break;
    case 'j':
    case 'J':
        str_addf(t->p->io.err,
                 "tar (child): %s: Cannot exec: No such file or directory\ntar (child): Error is not recoverable: "
                 "exiting now\n",
                 letter == 'j' ? "bzip2" : "xz");
        return tar_dies(t, "Child returned status 2");
    case 'v': t->verbose++; break;
    case 'p': t->permissions = true; break;
    case 'P': t->absolute = true; break;
    case 'h': t->follow = true; break;
    case 'k': t->keep = true; break;
    case 'm': t->no_time = true; break;
    case 'O': t->to_stdout = true; break;
    case 'X': return add_lines(t, value, &t->excluded);
    case EXCLUDE: *GROW(t->excluded.list, t->excluded.n, t->excluded.cap) = value; break;
    case STRIP:
        if (!id_parse(value, &t->strip))
            return usage(t, arena_printf(&t->p->m->arena, "%s: Invalid number of elements", value), TAR_FATAL);
        break;
    case NUMERIC: t->numeric = true; break;
    case OWNERS: t->owners = true; break;
    case NO_OWNERS: t->owners = false; break;
    case WILDCARDS: t->wildcards = true; break;
    case NO_RECURSION: t->no_recursion = true; break;
    }
    return 0;
}

/* The directories of names that have none yet. */
static void place_names(struct tar *t, size_t n)
{
    while (t->dirs.n < n)
        *GROW(t->dirs.list, t->dirs.n, t->dirs.cap) = t->dir ? t->dir : "";
}

static int take_options(struct tar *t)
{
    struct program *p = t->p;
    struct options o = {.p = p, .spec = &spec};
    struct tar_names listed = {0};
    const char *value;
    int letter, status = 0;

    while (!status && (letter = options_next(&o, &value))) {
        if (letter == 'C')
            place_names(t, (size_t)o.n_operands); /* those before it stand elsewhere */
        status = letter == 'T' ? add_lines(t, value, &listed) : take_option(t, letter, value);
    }
    if (o.failed)
        status = usage(t, NULL, 64);
    for (int i = o.at; i < p->argc && !status; i++)
        *GROW(t->names.list, t->names.n, t->names.cap) = p->argv[i];
    for (size_t i = 0; i < listed.n && !status; i++)
        *GROW(t->names.list, t->names.n, t->names.cap) = listed.list[i];
    free(listed.list);
    place_names(t, t->names.n);
    return status;
}

static int do_it(struct tar *t)
{
    if (!t->does)
        return usage(t, "You must specify one of the `-Acdtrux' or `--test-label'  options", TAR_FATAL);
    if (t->does == 'c' && t->names.n == 0)
        return usage(t, "Cowardly refusing to create an empty archive", TAR_FATAL);
    t->verbose += t->does == 't';
    t->status = 0;
    if ((t->does == 'c' ? tar_create : tar_read)(t) != 0)
        return TAR_FATAL;
    if (t->status)
        str_addf(t->p->io.err, "%s: Exiting with failure status due to previous errors\n", path_base(t->p->argv[0]));
    return t->status;
}

int run_tar(struct program *p)
{
    struct tar t = {.p = p, .file = "-", .width = 19, .owners = p->cred.uid == 0, .permissions = p->cred.uid == 0};
    int status = spread_old_style(&t);

    if (!status)
        status = take_options(&t);
    if (!status)
        status = do_it(&t);
    free(t.names.list);
    free(t.dirs.list);
    free(t.excluded.list);
    return status;
}
