/* SPDX-License-Identifier: MIT */
/* Programs that read text and say something about it: cat, tac, head, tail, wc, cut, tee; and vi and scp,
 * which write it. */
#include "sim/host/commands.h"
#include "sim/host/accounts.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- cat ---- */

struct cat {
    struct program *p;
    bool number, number_filled, ends;
    unsigned line;
};

static bool cat_line(void *context, const struct text_line *line)
{
    struct cat *c = context;

    if (c->number || (c->number_filled && line->n > 0))
        sayf(c->p, "%6u\t", ++c->line);
    say(c->p, line->s, line->n);
    if (c->ends && line->newline)
        say(c->p, "$", 1);
    if (line->newline)
        say(c->p, "\n", 1);
    return true;
}

int run_cat(struct program *p)
{
    static const struct option_spec spec = {"AbeEnstTuv", "number=n number-nonblank=b show-ends=E show-all=A", true};
    struct options o = {.p = p, .spec = &spec};
    struct cat c = {.p = p};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        c.number |= letter == 'n';
        c.number_filled |= letter == 'b';
        c.ends |= letter == 'E' || letter == 'A' || letter == 'e';
    }
    return o.failed ? 1 : each_line(p, o.at, cat_line, &c);
}

int run_tac(struct program *p)
{
    int status = 0;

    for (int i = p->argc > 1 ? 1 : 0; i < p->argc; i++) {
        const char *name = i ? p->argv[i] : "-", *data;
        size_t n, start;
        int error = input_read(p, name, &data, &n);

        if (error)
            status = complain(p, 1, error == EISDIR ? "%s: read error: %s" : "failed to open '%s' for reading: %s", name,
                              strerror(error));
        for (size_t end = n; end > 0 && !error; end = start) {
            for (start = end - 1; start > 0 && data[start - 1] != '\n'; start--)
                ;
            say(p, data + start, end - start);
        }
    }
    return status;
}

/* ---- head and tail ---- */

struct part {
    struct program *p;
    bool bytes, from_start; /* tail -n +N */
    bool but_last;          /* head -n -N */
    long n;
    bool quiet, verbose;
};

static size_t lines_in(const char *data, size_t n)
{
    size_t lines = 0;

    for (size_t i = 0; i < n; i++)
        lines += data[i] == '\n';
    return lines + (n > 0 && data[n - 1] != '\n');
}

/* The bytes before line `line` (from 0). */
static size_t line_start(const char *data, size_t n, size_t line)
{
    size_t at = 0;

    while (line-- > 0 && at < n) {
        const char *newline = memchr(data + at, '\n', n - at);

        at = newline ? (size_t)(newline - data) + 1 : n;
    }
    return at;
}

static void show_part(struct part *part, const char *data, size_t n, bool tail)
{
    size_t all = part->bytes ? n : lines_in(data, n), want = (size_t)part->n, cut;

    if (tail)
        cut = part->from_start ? (want > 0 ? want - 1 : 0) : all > want ? all - want : 0;
    else
        cut = part->but_last ? (all > want ? all - want : 0) : want < all ? want : all;
    if (cut > all)
        cut = all;
    if (!part->bytes)
        cut = line_start(data, n, cut);
    if (tail)
        say(part->p, data + cut, n - cut);
    else
        say(part->p, data, cut);
}

static bool part_count(struct part *part, const char *text)
{
    char *end;

    part->from_start = *text == '+';
    part->but_last = *text == '-';
    part->n = strtol(text + (*text == '+' || *text == '-'), &end, 10);
    if (*end == 'k' || *end == 'K')
        part->n *= 1024, end++;
    return *end == '\0' && end != text && part->n >= 0;
}

static int show_parts(struct part *part, int at, bool tail)
{
    struct program *p = part->p;
    bool none = at >= p->argc, heads = (p->argc - at > 1 || part->verbose) && !part->quiet, first = true;
    int status = 0;

    for (int i = at; i < p->argc || (none && i == at); i++) {
        const char *name = none ? "-" : p->argv[i], *data;
        size_t n;
        int error = input_read(p, name, &data, &n);

        if (error) {
            status = complain(p, 1, error == EISDIR ? "error reading '%s': %s" : "cannot open '%s' for reading: %s", name,
                              strerror(error));
            continue;
        }
        if (heads)
            sayf(p, "%s==> %s <==\n", first ? "" : "\n", strcmp(name, "-") == 0 ? "standard input" : name);
        first = false;
        show_part(part, data, n, tail);
    }
    return status;
}

static int head_or_tail(struct program *p, bool tail)
{
    static const struct option_spec spec = {"c:n:qvfF0123456789", "bytes=c lines=n quiet=q silent=q verbose=v follow=f", true};
    struct options o = {.p = p, .spec = &spec};
    struct part part = {.p = p, .n = 10};
    const char *value;
    long digits = -1;
    int letter;

    while ((letter = options_next(&o, &value))) {
        if (letter == 'c' || letter == 'n') {
            part.bytes = letter == 'c';
            if (!part_count(&part, value))
                return complain(p, 1, part.bytes ? "invalid number of bytes: '%s'" : "invalid number of lines: '%s'", value);
        }
        if (isdigit(letter) && digits < 100000000)
            part.n = digits = (digits < 0 ? 0 : digits) * 10 + letter - '0';
        part.quiet |= letter == 'q';
        part.verbose |= letter == 'v';
    }
    return o.failed ? 1 : show_parts(&part, o.at, tail);
}

int run_head(struct program *p)
{
    return head_or_tail(p, false);
}

int run_tail(struct program *p)
{
    return head_or_tail(p, true);
}

/* ---- wc ---- */

struct counts {
    size_t lines, words, bytes;
};

static void count(struct counts *c, const char *data, size_t n)
{
    bool in_word = false;

    c->bytes += n;
    for (size_t i = 0; i < n; i++) {
        bool blank = isspace((unsigned char)data[i]);

        c->lines += data[i] == '\n';
        c->words += !blank && !in_word;
        in_word = !blank;
    }
}

static void show_counts(struct program *p, const struct counts *c, const char *which, int width, const char *name)
{
    const size_t values[] = {c->lines, c->words, c->bytes};
    const char *gap = "";

    for (size_t i = 0; i < COUNT(values); i++)
        if (strchr(which, "lwc"[i])) {
            sayf(p, "%s%*zu", gap, width, values[i]);
            gap = " ";
        }
    sayf(p, "%s%s\n", *name ? " " : "", name);
}

int run_wc(struct program *p)
{
    static const struct option_spec spec = {"clLmw", "bytes=c lines=l chars=m words=w", true};
    struct options o = {.p = p, .spec = &spec};
    struct counts all = {0};
    const char *value;
    char which[8] = "";
    int letter, status = 0, width;
    bool none;

    while ((letter = options_next(&o, &value)))
        if (strlen(which) < 6)
            which[strlen(which)] = letter == 'm' ? 'c' : (char)letter;
    if (o.failed)
        return 1;
    if (!*which)
        memcpy(which, "lwc", 4);
    none = o.at >= p->argc;
    width = none && strlen(which) > 1 ? 7 : 1;
    for (int i = o.at; i < p->argc && (strlen(which) > 1 || p->argc - o.at > 1); i++) { /* as wide as the sum of the sizes */
        struct place at = place_find(p, p->argv[i], FOLLOW);
        int digits = snprintf(NULL, 0, "%zu", all.bytes += at.file ? at.file->size : 0);

        width = digits > width ? digits : width;
    }
    all = (struct counts){0};
    for (int i = o.at; i < p->argc || (none && i == o.at); i++) {
        const char *name = none ? "-" : p->argv[i], *data;
        struct counts c = {0};
        size_t n;
        int error = input_read(p, name, &data, &n);

        if (error) {
            status = complain(p, 1, "%s: %s", name, strerror(error));
            continue;
        }
        count(&c, data, n);
        count(&all, data, n);
        show_counts(p, &c, which, width, none ? "" : name);
    }
    if (p->argc - o.at > 1)
        show_counts(p, &all, which, width, "total");
    return status;
}

/* ---- cut ---- */

struct cut {
    struct program *p;
    const char *list, *out_separator;
    char separator;
    bool fields, only_separated;
};

/* Is number `n` in a list like "1,3-5,7-"? */
static bool in_list(const char *list, unsigned long n)
{
    while (*list) {
        char *end;
        unsigned long low = strtoul(list, &end, 10), high = low;

        if (end == list)
            low = 1;
        if (*end == '-') {
            list = end + 1;
            high = strtoul(list, &end, 10);
            if (end == list)
                high = (unsigned long)-1;
        }
        if (n >= low && n <= high)
            return true;
        list = *end == ',' ? end + 1 : end + strlen(end);
    }
    return false;
}

static bool cut_line(void *context, const struct text_line *line)
{
    struct cut *c = context;
    const char *at = line->s, *end = line->s + line->n;
    bool any = false;

    if (c->fields && !memchr(at, c->separator, line->n)) {
        if (!c->only_separated) {
            say(c->p, at, line->n);
            say(c->p, "\n", 1);
        }
        return true;
    }
    for (unsigned long n = 1; c->fields ? at <= end : at < end; n++) {
        const char *stop = c->fields ? memchr(at, c->separator, (size_t)(end - at)) : at + 1;

        stop = stop ? stop : end;
        if (in_list(c->list, n)) {
            if (c->fields && any)
                say(c->p, c->out_separator, strlen(c->out_separator));
            say(c->p, at, (size_t)(stop - at));
            any = true;
        }
        at = c->fields ? stop + 1 : stop;
    }
    say(c->p, "\n", 1);
    return true;
}

int run_cut(struct program *p)
{
    static const struct option_spec spec = {
        "b:c:d:f:ns", "bytes=b characters=c delimiter=d fields=f only-delimited=s output-delimiter=o", true};
    struct options o = {.p = p, .spec = &spec};
    struct cut c = {.p = p, .separator = '\t'};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        if (letter == 'd' && strlen(value) > 1)
            return complain(p, 1, "the delimiter must be a single character\nTry 'cut --help' for more information.");
        if (letter == 'd')
            c.separator = *value;
        if (strchr("bcf", letter)) {
            c.list = value;
            c.fields = letter == 'f';
        }
        c.only_separated |= letter == 's';
    }
    if (o.failed)
        return 1;
    if (!c.list)
        return complain(p, 1,
                        "you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.");
    if (strspn(c.list, "0123456789,-") != strlen(c.list) || !*c.list)
        return complain(p, 1, "invalid byte, character or field list\nTry 'cut --help' for more information.");
    c.out_separator = arena_dupn(&p->m->arena, &c.separator, 1);
    return each_line(p, o.at, cut_line, &c);
}

/* ---- tee ---- */

int run_tee(struct program *p)
{
    static const struct option_spec spec = {"ai", "append=a ignore-interrupts=i", true};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *data;
    bool append = false;
    int letter, status = 0, error;
    size_t n;

    while ((letter = options_next(&o, &value)))
        append |= letter == 'a';
    if (o.failed)
        return 1;
    input_read(p, "-", &data, &n);
    for (int i = o.at; i < p->argc; i++) {
        error = (append ? fs_append : fs_write)(p, p->argv[i], data, n);
        if (error)
            status = complain(p, 1, "%s: %s", p->argv[i], strerror(error));
    }
    say(p, data, n);
    return status;
}

/* ---- vi ---- */

/* It needs a person: host:Edit is one. Vim writes into the file that is there (backupcopy=auto keeps its inode here). */
int run_vi(struct program *p)
{
    int error;

    if (!p->m->edited || p->argc < 2) {
        str_add(p->io.err,
                "Vim: Warning: Output is not to a terminal\nVim: Warning: Input is not from a terminal\nVim: Error reading "
                "input, exiting...\nVim: Finished.\n");
        return 1;
    }
    error = fs_write(p, p->argv[p->argc - 1], p->m->edited, p->m->edited_len);
    return error ? complain(p, 1, "\"%s\": %s", p->argv[p->argc - 1], strerror(error)) : 0;
}

/* scp -t FILE: what comes in on standard input is the file. */
int run_scp(struct program *p)
{
    const char *file = p->argc > 2 && strcmp(p->argv[1], "-t") == 0 ? p->argv[2] : NULL;
    int error;

    if (!file || !p->io.in_given)
        return str_add(
                   p->io.err,
                   "usage: scp [-12346BCpqrv] [-c cipher] [-F ssh_config] [-i identity_file] [-l limit] [-o ssh_option] [-P "
                   "port] [-S program] [[user@]host1:]file1 ... [[user@]host2:]file2\n"),
               1;
    p->umask |= 022; /* the other side sends mode 0644 */
    error = fs_write(p, file, p->io.in, p->io.in_len);
    if (error)
        return complain(p, 1, "%s: %s", file, strerror(error));
    return 0;
}
