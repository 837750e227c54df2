/* SPDX-License-Identifier: MIT */
/* Programs that look at files without reading them: ls, stat, readlink, realpath, basename. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <stdlib.h>
#include <sys/stat.h>

#define HALF_A_YEAR_MS (INT64_C(31556952000) / 2)

static void add_mode(struct str *out, const struct file *file)
{
    static const char bits[] = "rwxrwxrwx";
    static const char *const special[] = {"tT", "sS", "sS"};

    str_addc(out, file->kind == FILE_DIR ? 'd' : file->kind == FILE_LINK ? 'l' : '-');
    for (int i = 8; i >= 0; i--) {
        char c = file->mode >> i & 1 ? bits[8 - i] : '-';

        if (i % 3 == 0 && file->mode >> (9 + i / 3) & 1)
            c = special[i / 3][c == '-'];
        str_addc(out, c);
    }
}

static const char *owner(struct program *p, unsigned uid)
{
    const char *name = os_user_name(p->m, uid);

    return name ? name : arena_printf(&p->m->arena, "%u", uid);
}

static const char *group(struct program *p, unsigned gid)
{
    const char *name = os_group_name(p->m, gid);

    return name ? name : arena_printf(&p->m->arena, "%u", gid);
}

/* ---- ls ---- */

struct ls {
    struct program *p;
    bool all, almost, longer, dirs, numeric, human, inode, recursive, reverse, by_time, by_size, full_time, long_iso, slash;
    int status;
    bool several, printed;
};
struct ls_row {
    const char *name;
    const struct file *file;
    const struct ls *ls;
};

static int ls_order(const void *a, const void *b)
{
    const struct ls_row *x = a, *y = b;
    int order = 0;

    if (x->ls->by_time)
        order = (x->file->mtime_ms < y->file->mtime_ms) - (x->file->mtime_ms > y->file->mtime_ms);
    else if (x->ls->by_size)
        order = (x->file->size < y->file->size) - (x->file->size > y->file->size);
    if (order == 0)
        order = strcmp(x->name, y->name);
    return x->ls->reverse ? -order : order;
}

static unsigned links_of(const struct file *file)
{
    unsigned n = file->kind == FILE_DIR ? 2 : 1;

    for (struct file *at = file->kind == FILE_DIR ? dir_next(file, NULL) : NULL; at; at = dir_next(file, at))
        n += at->kind == FILE_DIR;
    return n;
}

static size_t shown_size(const struct file *file)
{
    return file->kind == FILE_DIR ? 4096 : file->size;
}

static void add_human(struct str *out, size_t size)
{
    static const char units[] = "KMG";
    double value = (double)size;
    int unit = -1;

    while (value >= 1024 && unit < 2) {
        value /= 1024;
        unit++;
    }
    if (unit < 0)
        str_addf(out, "%zu", size);
    else if (value < 9.95)
        str_addf(out, "%.1f%c", (double)(long)(value * 10 + 0.9999) / 10, units[unit]);
    else
        str_addf(out, "%ld%c", (long)(value + 0.9999), units[unit]);
}

static void add_when(struct str *out, const struct ls *ls, int64_t ms)
{
    int64_t now = ls->p->m->now_ms;

    if (ls->full_time)
        str_add_time(out, ms, "%Y-%m-%d %H:%M:%S.%L000000 +0000");
    else if (ls->long_iso)
        str_add_time(out, ms, "%Y-%m-%d %H:%M");
    else if (ms > now || ms < now - HALF_A_YEAR_MS)
        str_add_time(out, ms, "%b %e  %Y");
    else
        str_add_time(out, ms, "%b %e %H:%M");
}

struct widths {
    int links, user, group, size;
};

static void widen(int *width, size_t n)
{
    *width = (int)n > *width ? (int)n : *width;
}

static const char *size_text(struct ls *ls, const struct file *file)
{
    AUTO(str_drop) struct str size = {0};

    if (ls->human)
        add_human(&size, shown_size(file));
    else
        str_addf(&size, "%zu", shown_size(file));
    return arena_dup(&ls->p->m->arena, str_text(&size));
}

static const char *id_text(struct ls *ls, unsigned id, const char *(*name)(struct program *, unsigned))
{
    return ls->numeric ? arena_printf(&ls->p->m->arena, "%u", id) : name(ls->p, id);
}

static void measure(struct ls *ls, const struct ls_row *row, struct widths *w)
{
    widen(&w->links, (size_t)snprintf(NULL, 0, "%u", links_of(row->file)));
    widen(&w->user, strlen(id_text(ls, row->file->uid, owner)));
    widen(&w->group, strlen(id_text(ls, row->file->gid, group)));
    widen(&w->size, strlen(size_text(ls, row->file)));
}

static void show_row(struct ls *ls, const struct ls_row *row, const struct widths *w)
{
    AUTO(str_drop) struct str out = {0};

    if (ls->inode)
        str_addf(&out, "%llu ", (unsigned long long)row->file->inode);
    if (ls->longer) {
        add_mode(&out, row->file);
        str_addf(&out, ". %*u %-*s %-*s %*s ", w->links, links_of(row->file), w->user, id_text(ls, row->file->uid, owner),
                 w->group, id_text(ls, row->file->gid, group), w->size, size_text(ls, row->file));
        out.s[10] = ' '; /* no SELinux: no mark behind the mode */
        memmove(out.s + 10, out.s + 11, out.len - 10);
        out.len--;
        add_when(&out, ls, row->file->mtime_ms);
        str_addc(&out, ' ');
    }
    str_add(&out, row->name);
    if (ls->slash && row->file->kind == FILE_DIR)
        str_addc(&out, '/');
    if (ls->longer && row->file->kind == FILE_LINK)
        str_addf(&out, " -> %s", row->file->data ? row->file->data : "");
    str_addc(&out, '\n');
    say(ls->p, str_text(&out), out.len);
}

static void show_rows(struct ls *ls, struct ls_row *rows, size_t n, bool total)
{
    struct widths w = {0};
    size_t blocks = 0;

    if (n > 0)
        qsort(rows, n, sizeof(*rows), ls_order);
    for (size_t i = 0; i < n; i++) {
        if (ls->longer)
            measure(ls, &rows[i], &w);
        blocks += rows[i].file->kind == FILE_LINK ? 0 : (shown_size(rows[i].file) + 4095) / 4096 * 4;
    }
    if (total && ls->longer)
        sayf(ls->p, "total %zu\n", blocks);
    for (size_t i = 0; i < n; i++)
        show_row(ls, &rows[i], &w);
    ls->printed |= n > 0 || total;
}

static void show_dir(struct ls *ls, const char *name, const struct file *dir, unsigned depth)
{
    struct ls_row *rows = NULL;
    size_t n = 0, cap = 0;
    const struct file *parent;

    if (!may(&ls->p->cred, dir, 4)) {
        ls->status = complain(ls->p, 2, "cannot open directory %s: Permission denied", name);
        return;
    }
    if (ls->several)
        sayf(ls->p, "%s%s:\n", ls->printed ? "\n" : "", name);
    parent = place_find(ls->p, path_join(&ls->p->m->arena, dir->path, ".."), FOLLOW).file;
    if (ls->all) {
        *GROW(rows, n, cap) = (struct ls_row){".", dir, ls};
        *GROW(rows, n, cap) = (struct ls_row){"..", parent ? parent : dir, ls};
    }
    for (struct file *at = dir_next(dir, NULL); at; at = dir_next(dir, at))
        if (path_base(at->path)[0] != '.' || ls->all || ls->almost)
            *GROW(rows, n, cap) = (struct ls_row){path_base(at->path), at, ls};
    show_rows(ls, rows, n, true);
    for (size_t i = 0; i < n && ls->recursive && depth < TREE_MAX_DEPTH; i++)
        if (rows[i].file->kind == FILE_DIR && strcmp(rows[i].name, ".") != 0 && strcmp(rows[i].name, "..") != 0)
            show_dir(ls, path_join(&ls->p->m->arena, name, rows[i].name), rows[i].file, depth + 1);
    free(rows);
}

static void take_style(struct ls *ls, const char *style, struct options *o)
{
    ls->full_time |= strcmp(style, "full-iso") == 0;
    ls->long_iso = strcmp(style, "long-iso") == 0;
    if (ls->full_time || ls->long_iso || strcmp(style, "locale") == 0)
        return;
    complain(ls->p, 2,
             "invalid argument '%s' for 'time style'\nValid arguments are:\n  - 'full-iso'\n  - 'long-iso'\n  - "
             "'locale'\nTry 'ls --help' for more information.",
             style);
    o->failed = true;
}

static void ls_options(struct ls *ls, struct options *o)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        ls->all |= letter == 'a';
        ls->almost |= letter == 'A';
        ls->longer |= letter == 'l' || letter == 'n' || letter == 'y';
        ls->numeric |= letter == 'n';
        ls->dirs |= letter == 'd';
        ls->human |= letter == 'h';
        ls->inode |= letter == 'i';
        ls->recursive |= letter == 'R';
        ls->reverse |= letter == 'r';
        ls->by_time |= letter == 't';
        ls->by_size |= letter == 'S';
        ls->slash |= letter == 'p' || letter == 'F';
        ls->full_time |= letter == 'y';
        if (letter == '\1')
            take_style(ls, value, o);
    }
}

/* -l and -d show a link itself; otherwise it is followed, if it leads anywhere. */
static struct place ls_find(struct ls *ls, const char *name)
{
    struct place at = place_find(ls->p, name, !(ls->longer || ls->dirs) || text_ends(name, "/"));

    return at.error == ENOENT ? place_find(ls->p, name, NO_FOLLOW) : at;
}

int run_ls(struct program *p)
{
    static const struct option_spec spec = {
        "1aAdFhilnpRrStZ\1:\2?",
        "all=a almost-all=A directory=d human-readable=h inode=i recursive=R reverse=r full-time=y "
        "numeric-uid-gid=n color=\2 time-style=\1",
        true};
    struct options o = {.p = p, .spec = &spec};
    struct ls ls = {.p = p};
    struct ls_row *rows = NULL;
    size_t n = 0, cap = 0;
    bool none;

    ls_options(&ls, &o);
    if (o.failed)
        return 2;
    none = o.at >= p->argc;
    ls.several = p->argc - o.at > 1 || ls.recursive;
    for (int i = o.at; i < p->argc || (none && i == o.at); i++) {
        const char *name = none ? "." : p->argv[i];
        struct place at = ls_find(&ls, name);

        if (at.error)
            ls.status = complain(p, 2, "cannot access %s: %s", name, strerror(at.error));
        else if (at.file->kind != FILE_DIR || ls.dirs)
            *GROW(rows, n, cap) = (struct ls_row){name, at.file, &ls};
    }
    if (n > 0)
        show_rows(&ls, rows, n, false);
    for (int i = o.at; (i < p->argc || (none && i == o.at)) && !ls.dirs; i++) {
        const char *name = none ? "." : p->argv[i];
        struct place at = ls_find(&ls, name);

        if (at.file && at.file->kind == FILE_DIR)
            show_dir(&ls, name, at.file, 0);
    }
    free(rows);
    return ls.status;
}

/* ---- stat ---- */

static const char *kind_text(const struct file *file)
{
    return file->kind == FILE_DIR    ? "directory"
           : file->kind == FILE_LINK ? "symbolic link"
           : file->size              ? "regular file"
                                     : "regular empty file";
}

/* One conversion of stat -c. */
static void add_stat(struct program *p, struct str *out, char letter, const char *name, const struct file *file)
{
    switch (letter) {
    case 'n': str_add(out, name); break;
    case 's': str_addf(out, "%zu", shown_size(file)); break;
    case 'a': str_addf(out, "%o", file->mode); break;
    case 'A': add_mode(out, file); break;
    case 'f': str_addf(out, "%x", file_type_mode(file)); break;
    case 'u': str_addf(out, "%u", file->uid); break;
    case 'g': str_addf(out, "%u", file->gid); break;
    case 'U': str_add(out, owner(p, file->uid)); break;
    case 'G': str_add(out, group(p, file->gid)); break;
    case 'i': str_addf(out, "%llu", (unsigned long long)file->inode); break;
    case 'h': str_addf(out, "%u", links_of(file)); break;
    case 'F': str_add(out, kind_text(file)); break;
    case 'N': str_addf(out, file->kind == FILE_LINK ? "'%s' -> '%s'" : "'%s'", name, file->data); break;
    case 'x':
    case 'y':
    case 'z': str_add_time(out, file->mtime_ms, "%Y-%m-%d %H:%M:%S.%L000000 +0000"); break;
    case 'X':
    case 'Y':
    case 'Z': str_addf(out, "%lld", (long long)(file->mtime_ms / 1000)); break;
    case 'w': str_addc(out, '-'); break; /* the birth: 8.22 does not know it */
    case 'W': str_addc(out, '0'); break;
    case 'b': str_addf(out, "%zu", (shown_size(file) + 4095) / 4096 * 8); break;
    case 'B': str_add(out, "512"); break;
    case 'o': str_add(out, "4096"); break;
    case 'd': str_add(out, "51713"); break;
    case 'D': str_add(out, "ca01"); break;
    case 't':
    case 'T': str_addc(out, '0'); break;
    case 'm': str_addc(out, '/'); break;
    case '%': str_addc(out, '%'); break;
    default: str_addc(out, '?');
    }
}

static void stat_format(struct program *p, const char *format, const char *name, const struct file *file, bool escapes)
{
    AUTO(str_drop) struct str out = {0};

    for (; *format; format++) {
        if (*format == '%' && format[1])
            add_stat(p, &out, *++format, name, file);
        else if (escapes && *format == '\\' && format[1])
            str_addc(&out, *++format == 'n' ? '\n' : *format == 't' ? '\t' : *format);
        else
            str_addc(&out, *format);
    }
    if (!escapes)
        str_addc(&out, '\n');
    say(p, str_text(&out), out.len);
}

static void stat_full(struct program *p, const char *name, const struct file *file)
{
    AUTO(str_drop) struct str out = {0};

    str_addf(&out, "  File: '%s'", name);
    if (file->kind == FILE_LINK)
        str_addf(&out, " -> '%s'", file->data ? file->data : "");
    str_addf(&out, "\n  Size: %-10zu\tBlocks: %-10zu IO Block: 4096   %s\n", shown_size(file),
             (shown_size(file) + 4095) / 4096 * 8, kind_text(file));
    str_addf(&out, "Device: ca01h/51713d\tInode: %-11llu Links: %u\nAccess: (%04o/", (unsigned long long)file->inode,
             links_of(file), file->mode);
    add_mode(&out, file);
    str_addf(&out, ")  Uid: (%5u/%8s)   Gid: (%5u/%8s)\n", file->uid, owner(p, file->uid), file->gid, group(p, file->gid));
    for (const char *const *what = (const char *const[]){"Access", "Modify", "Change", NULL}; *what; what++) {
        str_addf(&out, "%s: ", *what);
        str_add_time(&out, file->mtime_ms, "%Y-%m-%d %H:%M:%S.%L000000 +0000\n");
    }
    str_add(&out, " Birth: -\n");
    say(p, str_text(&out), out.len);
}

int run_stat(struct program *p)
{
    static const struct option_spec spec = {"c:Lt\1:", "format=c printf=\1 dereference=L terse=t", true};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *format = NULL;
    bool follow = false, escapes = false;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        follow |= letter == 'L';
        if (letter == 'c' || letter == '\1') {
            format = value;
            escapes = letter == '\1';
        }
        if (letter == 't' && !format)
            format = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o";
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++) {
        struct place at = place_find(p, p->argv[i], follow);

        if (at.error)
            status = complain(p, 1, "cannot stat '%s': %s", p->argv[i], strerror(at.error));
        else if (format)
            stat_format(p, format, p->argv[i], at.file, escapes);
        else
            stat_full(p, p->argv[i], at.file);
    }
    return status;
}

/* ---- names ---- */

int run_readlink(struct program *p)
{
    static const struct option_spec spec = {"efmn", "canonicalize=f", true};
    struct options o = {.p = p, .spec = &spec};
    const char *value;
    bool whole = false;
    int letter, status = 0;

    while ((letter = options_next(&o, &value)))
        whole |= letter != 'n';
    if (o.failed)
        return 1;
    for (int i = o.at; i < p->argc; i++) {
        struct place at = place_find(p, p->argv[i], whole);

        if (whole && (at.file || at.parent))
            sayf(p, "%s\n", at.path);
        else if (!whole && at.file && at.file->kind == FILE_LINK)
            sayf(p, "%s\n", at.file->data ? at.file->data : "");
        else
            status = 1;
    }
    return status;
}

/* The last part of a name may be missing, with -e nothing, with -m anything. */
int run_realpath(struct program *p)
{
    static const struct option_spec spec = {
        "emqsz", "canonicalize-existing=e canonicalize-missing=m quiet=q strip=s no-symlinks=s zero=z", true};
    struct options o = {.p = p, .spec = &spec};
    bool existing = false, missing = false, quiet = false, strip = false, zero = false;
    const char *value;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        existing |= letter == 'e';
        missing |= letter == 'm';
        quiet |= letter == 'q';
        strip |= letter == 's';
        zero |= letter == 'z';
    }
    if (o.failed)
        return 1;
    if (o.at >= p->argc)
        return usage_missing(p, "operand");
    for (int i = o.at; i < p->argc; i++) {
        struct place at = place_find(p, p->argv[i], FOLLOW);

        if (!missing && at.error && (existing || at.error != ENOENT || !at.parent)) {
            status = 1;
            if (!quiet)
                complain(p, 1, "%s: %s", p->argv[i], strerror(at.error));
            continue;
        }
        sayf(p, "%s%c", strip || (at.error && !at.parent) ? path_absolute(&p->m->arena, p->cwd, p->argv[i]) : at.path,
             zero ? '\0' : '\n');
    }
    return status;
}

int run_basename(struct program *p)
{
    const char *base;
    size_t n;

    if (p->argc < 2)
        return usage_missing(p, "operand");
    base = path_base(p->argv[1]);
    n = strlen(base);
    if (p->argc > 2 && text_ends(base, p->argv[2]) && strlen(p->argv[2]) < n)
        n -= strlen(p->argv[2]);
    sayf(p, "%.*s\n", n ? (int)n : 1, n ? base : "/");
    return 0;
}

int run_dirname(struct program *p)
{
    const char *slash;

    if (p->argc < 2)
        return usage_missing(p, "operand");
    slash = strrchr(p->argv[1], '/');
    if (!slash)
        sayf(p, ".\n");
    else
        sayf(p, "%.*s\n", slash == p->argv[1] ? 1 : (int)(slash - p->argv[1]), p->argv[1]);
    return 0;
}
