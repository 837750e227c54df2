/* SPDX-License-Identifier: MIT */
/* Patterns of file names: fitted without going back more than to the last star, so that no pattern is dear; and looked up. */
#include "sim/host/machine.h"

#include <stdlib.h>

#define PATHS_MAX 4000

/* ---- one name ---- */

/* The character class at `p` ("[a-z]"): does `c` fit? *ret_end is behind it; NULL when it is no class. */
static bool class_fits(const char *p, unsigned char c, const char **ret_end)
{
    bool negated = p[1] == '!' || p[1] == '^', fits = false;
    const char *at = p + 1 + negated;

    *ret_end = NULL;
    for (bool first = true; *at && (first || *at != ']'); first = false) {
        unsigned char low, high;

        at += *at == '\\' && at[1];
        low = high = (unsigned char)*at++;
        if (*at == '-' && at[1] && at[1] != ']') {
            high = (unsigned char)at[1];
            at += 2;
        }
        fits |= c >= low && c <= high;
    }
    if (*at != ']')
        return false;
    *ret_end = at + 1;
    return fits != negated;
}

/* One element of the pattern that is no star; *ret_next is behind it. */
static bool element_fits(const char *p, unsigned char c, const char **ret_next)
{
    const char *end;

    *ret_next = p + 1;
    if (*p == '?')
        return true;
    if (*p == '[') {
        bool fits = class_fits(p, c, &end);

        if (end) {
            *ret_next = end;
            return fits;
        }
    }
    if (*p == '\\' && p[1]) {
        *ret_next = p + 2;
        return (unsigned char)p[1] == c;
    }
    return (unsigned char)*p == c;
}

/* Hidden names want a dot in the pattern. */
static bool glob_fits(const char *pattern, const char *name)
{
    bool asks_hidden = *pattern == '.' || (*pattern == '\\' && pattern[1] == '.');

    return (*name != '.' || asks_hidden) && pattern_fits(pattern, name);
}

bool pattern_fits(const char *pattern, const char *name)
{
    const char *star = NULL, *again = NULL, *next;

    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            again = name;
        } else if (*pattern && element_fits(pattern, (unsigned char)*name, &next)) {
            pattern = next;
            name++;
        } else if (star) {
            pattern = star;
            name = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool glob_has_magic(const char *pattern)
{
    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        else if (strchr("*?[", *pattern))
            return true;
    }
    return false;
}

/* ---- many paths ---- */

struct search {
    const struct cred *cred;
    const struct tree *tree;
    struct arena *arena;
    const char *cwd;
    const char **found;
    size_t n, cap;
    size_t looked;
};

static const char *unescaped(struct arena *arena, const char *s, size_t n)
{
    char *out = arena_dupn(arena, s, n), *to = out;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n)
            i++;
        *to++ = s[i];
    }
    *to = '\0';
    return out;
}

static void look(struct search *s, const char *done, const char *rest);

static void look_in_dir(struct search *s, const char *done, const char *part, const char *rest)
{
    struct place dir = place_walk(s->cred, s->tree, s->arena, s->cwd, *done ? done : ".", FOLLOW);

    if (dir.error || dir.file->kind != FILE_DIR || !may(s->cred, dir.file, 4))
        return;
    for (struct file *at = dir_next(dir.file, NULL); at && s->n < PATHS_MAX; at = dir_next(dir.file, at), s->looked++)
        if (glob_fits(part, path_base(at->path)))
            look(s, arena_printf(s->arena, "%s%s", done, path_base(at->path)), rest);
}

/* `done` ends with a slash, is empty, or is whole; `rest` begins with a slash when a part was just done. */
static void look(struct search *s, const char *done, const char *rest)
{
    size_t slashes = strspn(rest, "/"), n = strcspn(rest + slashes, "/");
    const char *part = arena_dupn(s->arena, rest + slashes, n);

    if (s->n >= PATHS_MAX || strlen(done) > TREE_MAX_PATH)
        return;
    if (n == 0) {
        if (!place_walk(s->cred, s->tree, s->arena, s->cwd, done, NO_FOLLOW).error)
            *GROW(s->found, s->n, s->cap) = arena_printf(s->arena, "%s%.*s", done, (int)slashes, rest);
        return;
    }
    done = arena_printf(s->arena, "%s%s", done, slashes ? "/" : "");
    if (glob_has_magic(part))
        look_in_dir(s, done, part, rest + slashes + n);
    else
        look(s, arena_printf(s->arena, "%s%s", done, unescaped(s->arena, part, n)), rest + slashes + n);
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

size_t glob_paths(const struct cred *cred, const struct tree *tree, struct arena *arena, const char *cwd, const char *pattern,
                  const char ***ret_paths, size_t *looked)
{
    struct search s = {.cred = cred, .tree = tree, .arena = arena, .cwd = cwd};

    *ret_paths = NULL;
    if (strlen(pattern) > TREE_MAX_PATH)
        return 0;
    look(&s, "", pattern);
    if (looked)
        *looked += s.looked;
    if (s.n == 0)
        return 0;
    *ret_paths = arena_alloc(arena, s.n * sizeof(**ret_paths));
    memcpy(*ret_paths, s.found, s.n * sizeof(*s.found));
    free(s.found);
    qsort(*ret_paths, s.n, sizeof(**ret_paths), by_bytes);
    return s.n;
}
