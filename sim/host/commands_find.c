/* SPDX-License-Identifier: MIT */
/* find: tests that are joined by "and", -print and -delete. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

struct find {
    struct program *p;
    const char *name, *newer;
    bool fold, remove, not_name;
    char type;
    int64_t newer_ms;
    long mtime_days, mmin;
    int mtime_sign, mmin_sign, status; /* sign 0 = not asked, 2 = exactly */
    unsigned uid, perm, max_depth, min_depth;
    bool has_uid, has_perm, all_bits, any_bits, empty;
};

static const char *lowered(struct arena *arena, const char *text)
{
    char *out = arena_dup(arena, text);

    for (char *at = out; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return out;
}

static bool age_fits(int64_t age, long asked, int sign)
{
    return sign == 0 || (sign == 1 ? age > asked : sign == -1 ? age < asked : age == asked);
}

static bool find_fits(struct find *f, const char *name, const struct file *file)
{
    int64_t age_ms = f->p->m->now_ms - file->mtime_ms;
    const char *base = path_base(name);

    base = *base ? base : name;
    if (f->name && pattern_fits(f->name, f->fold ? lowered(&f->p->m->arena, base) : base) == f->not_name)
        return false;
    if (f->type && f->type != (file->kind == FILE_DIR ? 'd' : file->kind == FILE_LINK ? 'l' : 'f'))
        return false;
    if (f->has_uid && file->uid != f->uid)
        return false;
    if (f->newer && file->mtime_ms <= f->newer_ms)
        return false;
    if (f->has_perm && !(f->all_bits   ? (file->mode & f->perm) == f->perm
                         : f->any_bits ? (file->mode & f->perm) != 0 || f->perm == 0
                                       : file->mode == f->perm))
        return false;
    if (f->empty && (file->kind == FILE_DIR ? dir_next(file, NULL) != NULL : file->kind != FILE_REGULAR || file->size > 0))
        return false;
    return age_fits(age_ms / 86400000, f->mtime_days, f->mtime_sign) && age_fits(age_ms / 60000, f->mmin, f->mmin_sign);
}

static void find_walk(struct find *f, const char *name, const struct file *file, unsigned depth);

/* What is in a directory. The next is asked for before one is looked at: -delete may take that away. */
static void find_below(struct find *f, const char *name, const struct file *dir, unsigned depth)
{
    for (struct file *at = dir_next(dir, NULL), *next; at; at = next) {
        next = dir_next(dir, at);
        find_walk(f, path_join(&f->p->m->arena, name, path_base(at->path)), at, depth);
    }
}

static void find_walk(struct find *f, const char *name, const struct file *file, unsigned depth)
{
    bool fits = depth >= f->min_depth && find_fits(f, name, file), dir = file->kind == FILE_DIR;

    if (fits && !f->remove)
        sayf(f->p, "%s\n", name);
    if (dir && depth < f->max_depth && !may(&f->p->cred, file, 5))
        f->status = complain(f->p, 1, "'%s': Permission denied", name);
    else if (dir && depth < f->max_depth)
        find_below(f, name, file, depth + 1);
    if (fits && f->remove && (dir ? fs_rmdir(f->p, name) : fs_unlink(f->p, name)) != 0)
        f->status = complain(f->p, 1, "cannot delete '%s': Permission denied", name);
}

/* ---- tests with an argument ---- */

static bool number_arg(const char *text, long *ret, int *ret_sign)
{
    char *end;

    *ret_sign = *text == '+' ? 1 : *text == '-' ? -1 : 2;
    *ret = strtol(text + (*ret_sign != 2), &end, 10);
    return *end == '\0' && end != text;
}

static int test_name(struct find *f, const char *test, const char *arg)
{
    f->fold = test[1] == 'i';
    f->name = f->fold ? lowered(&f->p->m->arena, arg) : arg;
    return 0;
}

static int test_type(struct find *f, const char *test, const char *arg)
{
    if (!strchr("fdl", *arg) || arg[1] || !*arg)
        return complain(f->p, 1, "Unknown argument to %s: %s", test, arg);
    f->type = *arg;
    return 0;
}

static int test_user(struct find *f, const char *test, const char *arg)
{
    struct os_user user;

    (void)test;
    if (os_user_find(f->p->m->w, f->p->m->server, arg, &user))
        f->uid = user.uid;
    else if (!id_parse(arg, &f->uid))
        return complain(f->p, 1, "'%s' is not the name of a known user", arg);
    f->has_uid = true;
    return 0;
}

static int test_newer(struct find *f, const char *test, const char *arg)
{
    struct place at = place_find(f->p, arg, FOLLOW);

    (void)test;
    if (at.error)
        return complain(f->p, 1, "'%s': %s", arg, strerror(at.error));
    f->newer = arg;
    f->newer_ms = at.file->mtime_ms;
    return 0;
}

static int test_newer_time(struct find *f, const char *test, const char *arg)
{
    (void)test;
    if (!time_parse(arg, &f->newer_ms, NULL))
        return complain(f->p, 1, "I cannot figure out how to interpret '%s' as a date or time", arg);
    f->newer = arg;
    return 0;
}

static int test_age(struct find *f, const char *test, const char *arg)
{
    bool days = strcmp(test, "-mtime") == 0;

    if (!number_arg(arg, days ? &f->mtime_days : &f->mmin, days ? &f->mtime_sign : &f->mmin_sign))
        return complain(f->p, 1, "invalid argument '%s' to '%s'", arg, test);
    return 0;
}

static int test_perm(struct find *f, const char *test, const char *arg)
{
    (void)test;
    f->all_bits = *arg == '-';
    f->any_bits = *arg == '/';
    f->has_perm = true;
    arg += f->all_bits || f->any_bits;
    if (!*arg || strspn(arg, "01234567") != strlen(arg))
        return complain(f->p, 1, "invalid mode '%s'", arg);
    f->perm = (unsigned)strtoul(arg, NULL, 8);
    return 0;
}

static int test_depth(struct find *f, const char *test, const char *arg)
{
    if (!id_parse(arg, strcmp(test, "-maxdepth") == 0 ? &f->max_depth : &f->min_depth))
        return complain(f->p, 1, "Expected a positive decimal integer argument to %s, but got '%s'", test, arg);
    return 0;
}

static const struct {
    const char *name;
    int (*take)(struct find *, const char *test, const char *arg); /* not 0 after a complaint */
} tests[] = {
    {"-name",     test_name      },
    {"-iname",    test_name      },
    {"-type",     test_type      },
    {"-user",     test_user      },
    {"-uid",      test_user      },
    {"-newer",    test_newer     },
    {"-newermt",  test_newer_time},
    {"-mtime",    test_age       },
    {"-mmin",     test_age       },
    {"-perm",     test_perm      },
    {"-maxdepth", test_depth     },
    {"-mindepth", test_depth     },
};

static int find_test(struct find *f, const char *test, const char *arg)
{
    for (size_t i = 0; i < COUNT(tests); i++)
        if (strcmp(tests[i].name, test) == 0)
            return tests[i].take(f, test, arg);
    return complain(f->p, 1, "unknown predicate '%s'", test);
}

static int find_tests(struct find *f, int at)
{
    struct program *p = f->p;

    for (; at < p->argc; at++) {
        const char *test = p->argv[at];
        bool has_arg = at + 1 < p->argc;

        if (strcmp(test, "-print") == 0 || strcmp(test, "-a") == 0)
            continue;
        if (strcmp(test, "-delete") == 0)
            f->remove = true;
        else if (strcmp(test, "-empty") == 0)
            f->empty = true;
        else if ((strcmp(test, "!") == 0 || strcmp(test, "-not") == 0) && has_arg && strstr(p->argv[at + 1], "name"))
            f->not_name = true;
        else if (!has_arg)
            return complain(p, 1, *test == '-' ? "missing argument to '%s'" : "paths must precede expression: %s", test);
        else if (find_test(f, test, p->argv[++at]) != 0)
            return 1;
    }
    return 0;
}

int run_find(struct program *p)
{
    struct find f = {.p = p, .max_depth = TREE_MAX_DEPTH};
    int first = 1, end;

    for (end = first; end < p->argc && p->argv[end][0] != '-' && strcmp(p->argv[end], "!") != 0; end++)
        ;
    if (find_tests(&f, end) != 0)
        return 1;
    for (int i = first; i < end || (end == first && i == first); i++) {
        const char *name = end == first ? "." : p->argv[i];
        struct place at = place_find(p, name, NO_FOLLOW);

        if (at.error)
            f.status = complain(p, 1, "'%s': %s", name, strerror(at.error));
        else
            find_walk(&f, name, at.file, 0);
    }
    return f.status;
}
