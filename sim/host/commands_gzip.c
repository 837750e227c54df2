/* SPDX-License-Identifier: MIT */
/* gzip, gunzip, zcat: gzip 1.5 in options, words and exit codes. The new file gets owner, mode and time of the old one. */
#include "sim/host/commands.h"
#include "sim/host/packing.h"

#include <ctype.h>

enum { WARNING = 2, SUFFIX_MAX = 30 };

struct gzip {
    struct program *p;
    bool unpack, to_stdout, keep, force, quiet, verbose, test, list, no_name;
    int level;
    const char *suffix;
    size_t packed, plain, listed; /* with -l: bytes, files, the last one's name */
    const char *last;
    int status;
};

static void told(struct gzip *g, int status, const char *name, const char *why)
{
    str_addf(g->p->io.err, "gzip: %s%s\n", name, why);
    g->status = g->status == 1 ? 1 : status; /* an error is worse than a warning */
}

/* As for what was there: name, mode, owner, time. */
static void move_attributes(struct gzip *g, const struct file *from, const char *to)
{
    struct file *made;

    if (g->p->cred.uid == 0)
        fs_chown(g->p, to, from->uid, from->gid, NO_FOLLOW);
    fs_chmod(g->p, to, from->mode);
    made = place_find(g->p, to, NO_FOLLOW).file;
    if (made)
        made->mtime_ms = from->mtime_ms / 1000 * 1000;
}

static double saved(size_t plain, size_t packed, const char *name)
{
    double overhead = 18 + (double)strlen(name) + 1;

    return plain ? 100.0 * ((double)plain - ((double)packed - overhead)) / (double)plain : 0;
}

static void put(struct gzip *g, const struct file *from, const char *name, const char *to, const struct str *data)
{
    struct program *p = g->p;
    unsigned umask = p->umask;
    bool there = place_find(p, to, NO_FOLLOW).file;
    int error;

    if (there && !g->force) {
        told(g, WARNING, to, " already exists;\tnot overwritten");
        return;
    }
    if (there)
        fs_unlink(p, to);
    p->umask = 0177;
    error = fs_write(p, to, str_text(data), data->len);
    p->umask = umask;
    if (error) {
        told(g, 1, to, arena_printf(&p->m->arena, ": %s", strerror(error)));
        return;
    }
    move_attributes(g, from, to);
    if (!g->keep)
        fs_unlink(p, name);
    if (g->verbose)
        str_addf(p->io.err, "%s:\t%5.1f%% -- replaced with %s\n", name,
                 g->unpack ? saved(data->len, from->size, path_base(to)) : saved(from->size, data->len, path_base(name)), to);
}

static void show_list(struct gzip *g, const char *name, size_t packed, size_t plain)
{
    const char *base = text_ends(name, g->suffix) ? arena_dupn(&g->p->m->arena, name, strlen(name) - strlen(g->suffix)) : name;

    if (!g->quiet && g->listed == 0)
        sayf(g->p, "         compressed        uncompressed  ratio uncompressed_name\n");
    sayf(g->p, "%19zu %19zu %5.1f%% %s\n", packed, plain, saved(plain, packed, path_base(base)), base);
    g->packed += packed;
    g->plain += plain;
    g->listed++;
    g->last = path_base(base);
}

/* As gzip has it: the ratio allows for one header, the last file's. */
static void show_total(struct gzip *g)
{
    if (g->listed > 1 && !g->quiet)
        sayf(g->p, "%19zu %19zu %5.1f%% (totals)\n", g->packed, g->plain, saved(g->plain, g->packed, g->last));
}

/* Packs or unpacks what was read; false: told. */
static bool turn(struct gzip *g, const char *name, const char *data, size_t n, int64_t mtime_ms, struct str *out)
{
    bool named = !g->no_name && strcmp(name, "stdin") != 0;
    const char *why = NULL;

    if (g->unpack)
        why = gzip_unpack(g->p->m, data, n, FILE_MAX_BYTES, out);
    else if (!gzip_pack(g->p->m, out, data, n, g->level, named ? path_base(name) : NULL, named ? mtime_ms : 0))
        return told(g, 1, name, arena_printf(&g->p->m->arena, ": %s", strerror(ENOMEM))), false;
    if (!why)
        return true;
    str_addf(g->p->io.err, "\ngzip: %s: %s\n", name, why);
    g->status = strstr(why, "ignored") && g->status != 1 ? WARNING : 1;
    return strstr(why, "ignored");
}

static void one_file(struct gzip *g, const char *name)
{
    AUTO(str_drop) struct str out = {0};
    struct program *p = g->p;
    bool follow = g->force || g->to_stdout || g->test || g->list; /* else it opens with O_NOFOLLOW */
    struct place at = place_find(p, name, FOLLOW);
    bool fits = text_ends(name, g->suffix) || text_ends(name, ".tgz");
    const char *data, *to;
    size_t n;

    if (at.error == ENOENT && g->unpack && !fits) {
        name = arena_printf(&p->m->arena, "%s%s", name, g->suffix);
        at = place_find(p, name, FOLLOW);
        fits = true;
    }
    const struct file *itself = follow ? NULL : place_find(p, name, NO_FOLLOW).file;
    int error = itself && itself->kind == FILE_LINK ? ELOOP : at.error ? at.error : fs_read(p, name, &data, &n);
    if (error && error != EISDIR)
        told(g, 1, name, arena_printf(&p->m->arena, ": %s", strerror(error)));
    else if (error)
        told(g, WARNING, name, " is a directory -- ignored");
    else if (g->unpack && !g->to_stdout && !g->test && !g->list && !fits)
        told(g, WARNING, name, ": unknown suffix -- ignored");
    else if (!g->unpack && !g->to_stdout && fits)
        told(
            g, WARNING, name,
            arena_printf(&p->m->arena, " already has %s suffix -- unchanged", text_ends(name, g->suffix) ? g->suffix : ".tgz"));
    else if (!turn(g, name, data, n, at.file->mtime_ms, &out))
        return;
    else if (g->list)
        show_list(g, name, n, out.len);
    else if (g->to_stdout)
        say(p, str_text(&out), out.len);
    else if (!g->test) {
        size_t cut = strlen(name) - strlen(text_ends(name, ".tgz") ? ".tgz" : g->suffix);

        to = !g->unpack                ? arena_printf(&p->m->arena, "%s%s", name, g->suffix)
             : text_ends(name, ".tgz") ? arena_printf(&p->m->arena, "%.*s.tar", (int)cut, name)
                                       : arena_dupn(&p->m->arena, name, cut);
        put(g, at.file, name, to, &out);
    }
}

static void standard_input(struct gzip *g)
{
    AUTO(str_drop) struct str out = {0};
    const char *data;
    size_t n;

    input_read(g->p, "-", &data, &n);
    if (turn(g, "stdin", data, n, 0, &out) && g->list)
        show_list(g, "stdout", n, out.len);
    else if (!g->test && !g->list)
        say(g->p, str_text(&out), out.len);
}

int run_gzip(struct program *p)
{
    static const struct option_spec spec = {"cdfhklnNqS:tv123456789",
                                            "stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k list=l no-name=n "
                                            "name=N quiet=q suffix=S test=t verbose=v "
                                            "fast=1 best=9",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct gzip g = {.p = p, .level = 6, .suffix = ".gz"};
    const char *value, *base = path_base(p->argv[0]);
    int letter;

    while ((letter = options_next(&o, &value))) {
        g.to_stdout |= letter == 'c';
        g.unpack |= letter == 'd' || letter == 't' || letter == 'l';
        g.force |= letter == 'f';
        g.keep |= letter == 'k';
        g.list |= letter == 'l';
        g.test |= letter == 't';
        g.no_name |= letter == 'n';
        g.quiet |= letter == 'q';
        g.verbose |= letter == 'v';
        g.suffix = letter == 'S' ? value : g.suffix;
        g.level = isdigit(letter) ? letter - '0' : g.level;
    }
    g.unpack |= strcmp(base, "gzip") != 0;
    g.to_stdout |= strcmp(base, "zcat") == 0;
    if (o.failed)
        return str_add(p->io.err, "Try `gzip --help' for more information.\n"), 1;
    if (*g.suffix == '\0' || strlen(g.suffix) > SUFFIX_MAX)
        return complain(p, 1, "incorrect suffix '%s'", g.suffix);
    if (o.at >= p->argc)
        standard_input(&g);
    for (int i = o.at; i < p->argc; i++) {
        if (strcmp(p->argv[i], "-") == 0)
            standard_input(&g);
        else
            one_file(&g, p->argv[i]);
    }
    show_total(&g);
    return g.status;
}
