/* SPDX-License-Identifier: MIT */
/*
 * Words expanded: quotes, ~, $NAME, $(command), then split at blanks and fitted to file names, all but what was quoted. A
 * field grows in two forms: as it reads, and as a pattern in which what was quoted is escaped.
 */
#include "sim/host/shell.h"

#include <ctype.h>

#define FIELDS_MAX 4000
#define FIELD_MAX_BYTES (128u << 10) /* MAX_ARG_STRLEN */

struct expansion {
    struct shell *sh;
    const struct streams *io;
    struct fields *fields;
    struct str plain, pattern;
    bool begun; /* the field exists even if it is empty: quotes make it so */
    bool whole; /* neither split nor globbed */
    bool failed;
};

static void add_field(struct expansion *x, const char *text)
{
    struct arena *arena = &x->sh->m->arena;

    if (x->fields->n + 2 > x->fields->cap) {
        size_t cap = x->fields->cap ? x->fields->cap * 2 : 16;
        const char **list = arena_alloc(arena, cap * sizeof(*list));

        if (x->fields->n)
            memcpy(list, x->fields->list, x->fields->n * sizeof(*list));
        x->fields->list = list;
        x->fields->cap = cap;
    }
    if (x->fields->n < FIELDS_MAX)
        x->fields->list[x->fields->n++] = arena_dup(arena, text);
    x->fields->list[x->fields->n] = NULL;
}

static void end_field(struct expansion *x)
{
    const char **paths = NULL;
    size_t n = 0;

    if (!x->begun)
        return;
    if (glob_has_magic(str_text(&x->pattern)))
        n = glob_paths(&x->sh->cred, x->sh->m->tree, &x->sh->m->arena, x->sh->cwd, str_text(&x->pattern), &paths, NULL);
    for (size_t i = 0; i < n; i++)
        add_field(x, paths[i]);
    if (n == 0)
        add_field(x, str_text(&x->plain));
    str_clear(&x->plain);
    str_clear(&x->pattern);
    x->begun = false;
}

static void add_char(struct expansion *x, char c, bool quoted)
{
    if (x->plain.len >= FIELD_MAX_BYTES)
        return;
    x->begun = true;
    str_addc(&x->plain, c);
    if ((quoted && strchr("*?[]\\-!", c)) || c == '\\')
        str_addc(&x->pattern, '\\');
    str_addc(&x->pattern, c);
}

/* What a variable or a command gave: split at blanks unless quoted. */
static void add_value(struct expansion *x, const char *value, bool quoted)
{
    for (; *value; value++) {
        if (!quoted && !x->whole && strchr(" \t\n", *value))
            end_field(x);
        else
            add_char(x, *value, quoted);
    }
}

/* ---- $ ---- */

static void substitute(struct expansion *x, const char *command, size_t n, bool quoted)
{
    AUTO(str_drop) struct str out = {0};
    struct shell inner = *x->sh;
    struct streams io = {.in = "", .in_given = true, .out_pipe = true, .out = &out, .err = x->io->err};

    if (++inner.depth > SHELL_MAX_DEPTH) {
        x->failed = true;
        shell_complain(x->sh, x->io, 1, "substitutions nested too deep");
        return;
    }
    x->sh->status = shell_run(&inner, arena_dupn(&x->sh->m->arena, command, n), &io);
    while (out.len > 0 && out.s[out.len - 1] == '\n')
        out.s[--out.len] = '\0';
    add_value(x, str_text(&out), quoted);
}

static const char *parens(const char *s)
{
    unsigned depth = 1;

    for (; *s; s++) { /* quotes are balanced, the parser saw to that */
        if (*s == '\\' && s[1])
            s++;
        else if (*s == '\'' && strchr(s + 1, '\''))
            s = strchr(s + 1, '\'');
        else if (*s == '(')
            depth++;
        else if (*s == ')' && --depth == 0)
            break;
    }
    return s;
}

static const char *name_end(const char *s)
{
    return isdigit((unsigned char)*s) ? s + 1 : s + strspn(s, ALPHABET_ALNUM "_");
}

/* At "$"; returns what follows. */
static const char *dollar(struct expansion *x, const char *s, bool quoted)
{
    struct arena *arena = &x->sh->m->arena;
    bool braces = s[1] == '{';
    const char *name = s + 1 + braces, *end = name_end(name), *value;

    if (s[1] == '(') {
        end = parens(s + 2);
        substitute(x, s + 2, (size_t)(end - s) - 2, quoted);
        return end + (*end == ')');
    }
    if (s[1] == '?' || s[1] == '$') {
        add_value(x, arena_printf(arena, "%d", s[1] == '?' ? x->sh->status : x->sh->pid), quoted);
        return s + 2;
    }
    if (end == name || (braces && *end != '}')) {
        if (braces) {
            x->failed = true;
            shell_complain(x->sh, x->io, 1, "%s: bad substitution", s);
            return s + strlen(s);
        }
        add_char(x, '$', true);
        return s + 1;
    }
    value = shell_get(x->sh, arena_dupn(arena, name, (size_t)(end - name)));
    add_value(x, value ? value : "", quoted);
    return end + braces;
}

static const char *backticks(struct expansion *x, const char *s, bool quoted)
{
    AUTO(str_drop) struct str command = {0};

    for (s++; *s && *s != '`'; s++) {
        if (*s == '\\' && s[1] && strchr("`\\$", s[1]))
            s++;
        str_addc(&command, *s);
    }
    substitute(x, str_text(&command), command.len, quoted);
    return s + (*s == '`');
}

/* ---- quotes and the tilde ---- */

static const char *single(struct expansion *x, const char *s)
{
    x->begun = true;
    for (s++; *s && *s != '\''; s++)
        add_char(x, *s, true);
    return s + (*s == '\'');
}

static const char *twofold(struct expansion *x, const char *s)
{
    x->begun = true;
    for (s++; *s && *s != '"' && !x->failed;) {
        if (*s == '\\' && s[1] == '\n') {
            s += 2;
        } else if (*s == '\\' && s[1] && strchr("\"\\$`", s[1])) {
            add_char(x, s[1], true);
            s += 2;
        } else if (*s == '$') {
            s = dollar(x, s, true);
        } else if (*s == '`') {
            s = backticks(x, s, true);
        } else {
            add_char(x, *s++, true);
        }
    }
    return s + (*s == '"');
}

static const char *tilde(struct expansion *x, const char *s)
{
    size_t n = strcspn(s, "/");
    struct os_user user;

    if (n == 1)
        add_value(x, shell_get(x->sh, "HOME") ? shell_get(x->sh, "HOME") : x->sh->home, true);
    else if (os_user_find(x->sh->m->w, x->sh->m->server, arena_dupn(&x->sh->m->arena, s + 1, n - 1), &user))
        add_value(x, user.home, true);
    else
        return s;
    return s + n;
}

static void expand(struct expansion *x, const char *s)
{
    if (*s == '~')
        s = tilde(x, s);
    while (*s && !x->failed) {
        if (*s == '\'')
            s = single(x, s);
        else if (*s == '"')
            s = twofold(x, s);
        else if (*s == '`')
            s = backticks(x, s, false);
        else if (*s == '$')
            s = dollar(x, s, false);
        else if (*s == '\\' && s[1]) {
            if (s[1] != '\n')
                add_char(x, s[1], true);
            s += 2;
        } else
            add_char(x, *s++, false);
    }
}

bool shell_expand(struct shell *sh, const struct streams *io, const char *word, struct fields *fields)
{
    struct expansion x = {.sh = sh, .io = io, .fields = fields};

    expand(&x, word);
    end_field(&x);
    str_drop(&x.plain);
    str_drop(&x.pattern);
    return !x.failed;
}

const char *shell_expand_one(struct shell *sh, const struct streams *io, const char *word)
{
    struct expansion x = {.sh = sh, .io = io, .whole = true};
    const char *text;

    expand(&x, word);
    text = x.failed ? NULL : arena_dup(&sh->m->arena, str_text(&x.plain));
    str_drop(&x.plain);
    str_drop(&x.pattern);
    return text;
}
