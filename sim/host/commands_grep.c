/* SPDX-License-Identifier: MIT */
/* grep, egrep, fgrep: GNU grep 2.20's options that people use, and its words. */
#include "sim/host/commands.h"
#include "sim/host/accounts.h"
#include "sim/host/regexes.h"

#include <stdlib.h>

struct grep {
    struct program *p;
    struct regex regexes[16];
    size_t n_regexes;
    bool extended, fixed, fold, invert, count, number, recursive, names_only, names_without, quiet, no_messages, word, line,
        only;
    int with_name; /* 1 yes, -1 no, 0 as many files say */
    unsigned before, after, most;
    bool found, failed;
};
struct grep_file {
    struct grep *g;
    const char *name;
    struct text_line *lines;       /* of the whole file, for context */
    size_t n, cap, matches, shown; /* shown: lines before this one are out already */
};

static bool word_byte(const char *s, size_t n, size_t at)
{
    return at < n && (strchr(ALPHABET_ALNUM "_", s[at]) && s[at]);
}

/* The first match that fits -w and -x, at or after `from`. */
static bool find_match(struct grep *g, const struct text_line *line, size_t from, struct regex_span *ret)
{
    struct regex_span spans[10];
    bool any = false;

    for (size_t i = 0; i < g->n_regexes; i++) {
        size_t at = from;

        while (at <= line->n && regex_find(&g->regexes[i], line->s, line->n, at, spans)) {
            bool good = !(g->line && (spans[0].from != 0 || spans[0].to != line->n));

            if (g->word)
                good &= !(spans[0].from > 0 && word_byte(line->s, line->n, spans[0].from - 1)) &&
                        !word_byte(line->s, line->n, spans[0].to);
            if (good) {
                if (!any || spans[0].from < ret->from)
                    *ret = spans[0];
                any = true;
                break;
            }
            at = spans[0].from + 1;
        }
    }
    return any;
}

static void prefix(struct grep_file *f, const struct text_line *line, char mark)
{
    if (f->g->with_name > 0)
        sayf(f->g->p, "%s%c", f->name, mark);
    if (f->g->number)
        sayf(f->g->p, "%u%c", line->number, mark);
}

static void show(struct grep_file *f, const struct text_line *line, char mark)
{
    prefix(f, line, mark);
    say(f->g->p, line->s, line->n);
    say(f->g->p, "\n", 1);
}

static void show_only(struct grep_file *f, const struct text_line *line)
{
    struct regex_span span;
    size_t from = 0;

    while (from <= line->n && find_match(f->g, line, from, &span)) {
        if (span.to > span.from) {
            prefix(f, line, ':');
            say(f->g->p, line->s + span.from, span.to - span.from);
            say(f->g->p, "\n", 1);
        }
        from = span.to > span.from ? span.to : span.to + 1;
    }
}

static void show_context(struct grep_file *f, size_t at)
{
    struct grep *g = f->g;
    size_t first = at > g->before ? at - g->before : 0;

    if (first < f->shown)
        first = f->shown;
    if ((g->before || g->after) && f->shown > 0 && first > f->shown)
        sayf(g->p, "--\n");
    for (; first < at; first++)
        show(f, &f->lines[first], '-');
    if (g->only && !g->invert)
        show_only(f, &f->lines[at]);
    else
        show(f, &f->lines[at], ':');
    f->shown = at + 1;
}

static bool collect(void *context, const struct text_line *line)
{
    struct grep_file *f = context;

    *GROW(f->lines, f->n, f->cap) = *line;
    return true;
}

static void grep_lines(struct grep_file *f)
{
    struct grep *g = f->g;
    bool silent = g->count || g->names_only || g->names_without || g->quiet;
    size_t trail = 0; /* lines of context still to come */

    for (size_t i = 0; i < f->n; i++) {
        struct regex_span span;
        bool hit = (!g->most || f->matches < g->most) && find_match(g, &f->lines[i], 0, &span) != g->invert;

        if (!hit && trail > 0 && !silent) {
            show(f, &f->lines[i], '-');
            f->shown = i + 1;
            trail--;
        }
        if (!hit)
            continue;
        f->matches++;
        if (silent)
            continue;
        show_context(f, i);
        trail = g->after;
    }
}

static void grep_data(struct grep *g, const char *name, const char *data, size_t n)
{
    struct grep_file f = {.g = g, .name = name};
    const char *end = data + n;

    for (unsigned number = 1; data < end; number++) {
        const char *newline = memchr(data, '\n', (size_t)(end - data)), *stop = newline ? newline : end;
        struct text_line line = {name, data, (size_t)(stop - data), newline != NULL, number};

        collect(&f, &line);
        data = stop + 1;
    }
    if (memchr(end - n, '\0', n) && !g->count && !g->names_only && !g->quiet) { /* a picture */
        struct regex_span span;

        for (size_t i = 0; i < f.n && !f.matches; i++)
            f.matches = find_match(g, &f.lines[i], 0, &span) != g->invert;
        if (f.matches)
            sayf(g->p, "Binary file %s matches\n", name);
    } else {
        grep_lines(&f);
    }
    free(f.lines);
    g->found |= f.matches > 0;
    if (g->count && !g->quiet) {
        if (g->with_name > 0)
            sayf(g->p, "%s:", name);
        sayf(g->p, "%zu\n", f.matches);
    } else if (!g->quiet && ((g->names_only && f.matches) || (g->names_without && !f.matches))) {
        sayf(g->p, "%s\n", name);
    }
}

static void grep_file(struct grep *g, const char *name);

static void grep_dir(struct grep *g, const char *name, const struct file *dir)
{
    if (!may(&g->p->cred, dir, 5)) {
        g->failed = true;
        if (!g->no_messages)
            complain(g->p, 2, "%s: Permission denied", name);
        return;
    }
    for (struct file *at = dir_next(dir, NULL); at; at = dir_next(dir, at))
        if (at->kind != FILE_LINK)
            grep_file(g, path_join(&g->p->m->arena, name, path_base(at->path)));
}

static void grep_file(struct grep *g, const char *name)
{
    struct place at = {0};
    const char *data;
    size_t n;
    int error;

    if (strcmp(name, "-") != 0)
        at = place_find(g->p, name, FOLLOW);
    if (at.file && at.file->kind == FILE_DIR && g->recursive) {
        grep_dir(g, name, at.file);
        return;
    }
    error = input_read(g->p, name, &data, &n);
    if (error) {
        g->failed = true;
        if (!g->no_messages)
            complain(g->p, 2, error == EISDIR ? "%s: Is a directory" : "%s: %s", name, strerror(error));
        return;
    }
    grep_data(g, strcmp(name, "-") == 0 ? "(standard input)" : name, data, n);
}

/* A fixed string is a basic expression with its special bytes escaped. */
static const char *escaped(struct arena *arena, const char *text, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    for (size_t i = 0; i < n; i++) {
        if (strchr(".[]*^$\\", text[i]))
            str_addc(&out, '\\');
        str_addc(&out, text[i]);
    }
    return arena_dup(arena, str_text(&out));
}

/* A pattern of several lines is several patterns. */
static int add_patterns(struct grep *g, const char *text)
{
    int flags = (g->extended ? REG_EXTENDED : 0) | (g->fold ? REG_ICASE : 0);
    const char *why;

    for (;;) {
        size_t n = strcspn(text, "\n");
        const char *pattern = g->fixed ? escaped(&g->p->m->arena, text, n) : arena_dupn(&g->p->m->arena, text, n);

        if (g->n_regexes == COUNT(g->regexes))
            return complain(g->p, 2, "too many patterns");
        if (!regex_make(&g->regexes[g->n_regexes], g->p->m, pattern, g->fixed ? flags & REG_ICASE : flags, &why))
            return complain(g->p, 2, "%s", why);
        g->n_regexes++;
        if (!text[n])
            return 0;
        text += n + 1;
    }
}

static void grep_flag(struct grep *g, int letter)
{
    g->extended = letter == 'E' || (g->extended && letter != 'F' && letter != 'G');
    g->fixed = letter == 'F' || (g->fixed && letter != 'E' && letter != 'G');
    g->fold |= letter == 'i' || letter == 'y';
    g->invert |= letter == 'v';
    g->count |= letter == 'c';
    g->number |= letter == 'n';
    g->recursive |= letter == 'r' || letter == 'R';
    g->names_only |= letter == 'l';
    g->names_without |= letter == 'L';
    g->quiet |= letter == 'q';
    g->no_messages |= letter == 's';
    g->word |= letter == 'w';
    g->line |= letter == 'x';
    g->only |= letter == 'o';
    g->with_name = letter == 'H' ? 1 : letter == 'h' ? -1 : g->with_name;
}

static int grep_options(struct grep *g, struct options *o, const char **patterns, size_t *n_patterns)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        unsigned n = 0;

        grep_flag(g, letter);
        if (letter == 'e' && *n_patterns < COUNT(g->regexes))
            patterns[(*n_patterns)++] = value;
        if (strchr("ABCm", letter) && !id_parse(value, &n))
            return complain(g->p, 2, "%s: invalid context length argument", value);
        g->after = strchr("AC", letter) ? n : g->after;
        g->before = strchr("BC", letter) ? n : g->before;
        g->most = letter == 'm' ? n : g->most;
    }
    if (o->failed)
        return 2;
    if (*n_patterns == 0) {
        if (o->at >= g->p->argc) {
            str_add(g->p->io.err, "Usage: grep [OPTION]... PATTERN [FILE]...\nTry 'grep --help' for more information.\n");
            return 2;
        }
        patterns[(*n_patterns)++] = g->p->argv[o->at++];
    }
    return 0;
}

int run_grep(struct program *p)
{
    static const struct option_spec spec = {
        "A:aB:C:ce:EFGHhiLlm:noqRrsvwxy",
        "after-context=A before-context=B context=C count=c regexp=e extended-regexp=E "
        "fixed-strings=F with-filename=H no-filename=h ignore-case=i files-with-matches=l "
        "files-without-match=L line-number=n only-matching=o quiet=q silent=q recursive=r "
        "no-messages=s invert-match=v word-regexp=w line-regexp=x max-count=m text=a color=a",
        true};
    struct options o = {.p = p, .spec = &spec};
    struct grep g = {.p = p};
    const char *name = path_base(p->argv[0]), *patterns[COUNT(g.regexes)];
    size_t n_patterns = 0;
    int status;

    g.extended = *name == 'e';
    g.fixed = *name == 'f';
    status = grep_options(&g, &o, patterns, &n_patterns);
    for (size_t i = 0; i < n_patterns && !status; i++)
        status = add_patterns(&g, patterns[i]);
    if (!status) {
        if (g.with_name == 0)
            g.with_name = p->argc - o.at > 1 || g.recursive ? 1 : -1;
        if (o.at >= p->argc)
            grep_file(&g, g.recursive ? "." : "-");
        for (int i = o.at; i < p->argc; i++)
            grep_file(&g, p->argv[i]);
        status = g.failed && !(g.quiet && g.found) ? 2 : !g.found;
        if (regex_spent(p->m))
            status = complain(p, 2, "memory exhausted");
    }
    for (size_t i = 0; i < g.n_regexes; i++)
        regex_drop(&g.regexes[i]);
    return status;
}
